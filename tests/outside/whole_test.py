"""Whole batches by other hands: Python finds a batch whole, and names everything that is wrong, as `tests/suite/verify/` expects."""

import json
import pathlib
import unittest

from whole import Whole

SUITE = json.loads((pathlib.Path(__file__).parent.parent / "suite/verify/batches.json").read_text(encoding="utf-8"))


class Suite(unittest.TestCase):
    def test_every_case(self):
        self.assertGreaterEqual(len(SUITE["cases"]), 37, "published cases never go away")
        for case in SUITE["cases"]:
            with self.subTest(case["name"]):
                found = Whole([SUITE["lines"][line] for line in case["lines"]], SUITE["trust"]).found
                self.assertEqual(sorted(found), sorted(map(tuple, case["expect"])))


if __name__ == "__main__":
    unittest.main()
