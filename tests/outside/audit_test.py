"""Audits by other hands: Python computes every score again, and names what does not agree, as `tests/suite/verify/` expects."""

import json
import pathlib
import unittest
from fractions import Fraction

import scoring
from rescoring import Differs, Rules

SUITE = json.loads((pathlib.Path(__file__).parent.parent / "suite/verify/audits.json").read_text(encoding="utf-8"))


def audited(lines, trust):
    """How many results agree, and what does not, by name and subject."""
    agree, found, seen = 0, [], set()
    try:
        rules = Rules(lines[0], trust)
    except Differs as name:
        return 0, [(str(name), "line 1")]
    for number, line in enumerate(lines[1:], 2):
        pseudonym = json.loads(line)["pseudonym"]
        try:
            rules.check(line)
            agree += 1
        except Differs as name:
            found.append((str(name), f"line {number}" if str(name) == "line" else pseudonym))
        if pseudonym in seen:
            found.append(("doubled", pseudonym))
        seen.add(pseudonym)
    return agree, found


class Suite(unittest.TestCase):
    def test_every_case(self):
        self.assertGreaterEqual(len(SUITE["cases"]), 32, "published cases never go away")
        for case in SUITE["cases"]:
            with self.subTest(case["name"]):
                _, found = audited([SUITE["lines"][line] for line in case["lines"]], SUITE["trust"])
                self.assertEqual(found, list(map(tuple, case["expect"])))


if __name__ == "__main__":
    unittest.main()
