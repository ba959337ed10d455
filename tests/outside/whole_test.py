"""Whole batches by other hands: Python finds a batch whole, and names everything that is wrong with another.

Both the cases of `tests/suite/verify/` and the simulated batch; what Python finds in the latter `kaoping verify` finds as well."""

import copy
import json
import unittest

import batch
from program import ROOT, named, verified
from signing import identity
from whole import Whole

SUITE = json.loads((ROOT / "tests/suite/verify/batches.json").read_text(encoding="utf-8"))


class Suite(unittest.TestCase):
    def test_every_case(self):
        self.assertGreaterEqual(len(SUITE["cases"]), 37, "published cases never go away")
        for case in SUITE["cases"]:
            with self.subTest(case["name"]):
                found = Whole([SUITE["lines"][line] for line in case["lines"]], SUITE["trust"]).found
                self.assertEqual(sorted(found), sorted(map(tuple, case["expect"])))


class Batch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trust = batch.document("trust.json")
        cls.lines = [json.loads(line) for line in (batch.folder() / "batch.json").read_text(encoding="utf-8").splitlines()]
        cls.results = [place for place, line in enumerate(cls.lines) if line.get("leaf", {}).get("kind") == "result"]
        [cls.closing] = [place for place, line in enumerate(cls.lines) if line.get("leaf", {}).get("kind") == "closing"]

    def test_the_batch_is_whole(self):
        whole = Whole(self.texts(self.lines), self.trust)
        self.assertEqual(whole.found, [])
        self.assertEqual(whole.results, {name: identity(bundle["jws"]) for name, bundle in batch.bundles().items()})
        self.assertEqual((len(whole.sittings), whole.kinds["result"]), (40, 40))
        self.assertGreater(whole.uses["spare_unused"], 0)
        self.assertEqual(verified(self.texts(self.lines), self.trust)[0], 0)

    def test_a_dropped_result(self):
        name = self.candidate(self.results[3])
        lines = self.lines[:self.results[3]] + self.lines[self.results[3] + 1:]
        self.judge(lines, *self.uncounted(), ("sitting_missing", name))

    def test_a_doubled_result(self):
        place = self.results[5]
        lines = self.lines[:place] + [self.lines[place]] + self.lines[place:]
        self.judge(lines, *self.uncounted(), ("sitting_doubled", self.candidate(place)))

    def test_results_that_changed_places(self):
        lines, (one, other, *_) = copy.deepcopy(self.lines), self.results
        lines[one]["opened"], lines[other]["opened"] = lines[other]["opened"], lines[one]["opened"]
        self.judge(lines, ("leaf_other", f"leaf {one - 3}"), ("leaf_other", f"leaf {other - 3}"))

    def test_a_candidate_taken_off_the_roster(self):
        lines = copy.deepcopy(self.lines)
        gone = lines[1]["roster"]["entries"].pop(7)
        self.judge(lines, ("roster_other", "roster"), ("roster_other", "closing"), ("seating_other", "basis"),
                   ("seating_other", gone["seat"]), ("closing_counts", self.lines[0]["batch"]),
                   ("sitting_unknown", gone["pseudonym"]))

    def test_a_closing_that_counts_otherwise(self):
        lines, place = copy.deepcopy(self.lines), f"leaf {self.closing - 3}"
        lines[self.closing]["opened"]["record"]["payload"]["ends"] |= {"absent": 1, "result": 39}
        self.judge(lines, ("leaf_other", place), ("signature", place), ("closing_counts", self.lines[0]["batch"]))

    def uncounted(self):
        """What a leaf too many or too few leads to."""
        return (("checkpoint", self.trust["log"]["origin"]), ("closing_counts", self.lines[0]["batch"]), ("closing_tree", "closing"))

    def candidate(self, place):
        pseudonym = json.loads(batch.payload_bytes(self.lines[place]["opened"]["record"]))["credentialSubject"]["id"].split(":")[-1]
        [entry] = [entry for entry in self.lines[1]["roster"]["entries"] if entry["pseudonym"] == pseudonym]
        return f"{pseudonym} ({entry['theory']}, {entry['practical']})"

    def texts(self, lines):
        return [json.dumps(line, ensure_ascii=False) for line in lines]

    def judge(self, lines, *expected):
        """Python and the program find just this."""
        self.assertEqual(sorted(Whole(self.texts(lines), self.trust).found), sorted(expected))
        code, report = verified(self.texts(lines), self.trust)
        self.assertEqual((code, named(report)), (1, sorted(expected)))


if __name__ == "__main__":
    unittest.main()
