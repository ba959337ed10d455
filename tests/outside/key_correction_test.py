"""A wrong key is corrected over a closed batch, and outcomes flip both ways: by other hands.

The batch has 40 candidates, and 400 with KAOPING_TEST_LONG=1. Python judges the records and computes every score again by the corrected
key; `kaoping verify` judges batch, draw and scores in one call, and each file that the correction replaced."""

import json
import os
import pathlib
import tempfile
import unittest

from audit_test import audited
from batch import payload_bytes
from program import run, simulated
from rescoring import Rules
from signing import identity
from whole import Whole

PEOPLE = 400 if os.environ.get("KAOPING_TEST_LONG") else 40


class Corrected(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.before = pathlib.Path(cls.folder.name)
        simulated(PEOPLE, cls.before, "--wrong-key")
        cls.after = cls.before / "corrected"
        cls.trust = json.loads((cls.after / "trust.json").read_text(encoding="utf-8"))
        cls.affected = {each["pseudonym"]: each for each in json.loads((cls.after / "preview.json").read_text(encoding="utf-8"))["affected"]}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_files_of_the_batch_agree_afterwards(self):
        files = [self.after / name for name in ("batch.json", "draw.json", "audit.jsonl")]
        code, reports = self.verify("--status", self.after / "status.json", *files)
        self.assertEqual(code, 0, reports)
        [records, draw, scores, joined] = reports
        self.assertEqual((joined["verdict"], joined["missing"]), ("agrees", []))
        self.assertEqual((records["complete"], records["corrections"], draw["verdict"]), (True, len(self.affected), "holds"))
        self.assertEqual((scores["agrees"], scores["results"]), (True, PEOPLE))

    def test_python_computes_every_score_by_the_corrected_key(self):
        whole = Whole(self.lines(self.after / "batch.json"), self.trust)
        self.assertEqual(whole.found, [])
        texts = self.lines(self.after / "audit.jsonl")
        self.assertEqual(audited(texts, self.trust), (PEOPLE, []))
        self.assertEqual(len(Rules(texts[0], self.trust).leaves), 1)
        results = {json.loads(text)["pseudonym"]: identity(json.loads(text)["jws"]) for text in texts[1:]}
        self.assertEqual(whole.results, results)

    def test_outcomes_flip_both_ways_and_nobody_else_changes(self):
        flips = {"passed failed": 0, "failed passed": 0}
        for path in sorted(self.after.glob("result-*.json")):
            pseudonym = path.stem.removeprefix("result-")
            old, new = (json.loads((folder / path.name).read_text(encoding="utf-8"))["jws"] for folder in (self.before, self.after))
            if pseudonym not in self.affected:
                self.assertEqual(old, new, "whose mark stays keeps the result")
                continue
            was, now = (json.loads(payload_bytes(jws)) for jws in (old, new))
            self.assertEqual(now["supersedes"]["result"], identity(old))
            seen, subject = self.affected[pseudonym], now["credentialSubject"]
            marks = (was["credentialSubject"]["theory"]["shown"], subject["theory"]["shown"])
            self.assertEqual(marks, (seen["theory_before"], seen["theory_after"]), "as the dry run said")
            outcomes = (was["credentialSubject"]["outcome"], subject["outcome"])
            self.assertEqual(outcomes, (seen["outcome_before"], seen["outcome_after"]))
            self.assertEqual(was["credentialSubject"]["practical"], subject["practical"])
            name = " ".join(outcomes)
            flips[name] = flips.get(name, 0) + 1
        self.assertTrue(flips["passed failed"] and flips["failed passed"], flips)

    def test_what_was_replaced_no_longer_counts(self):
        status = ("--status", self.after / "status.json")
        for pseudonym, seen in self.affected.items():
            self.assertEqual(self.verify(*status, self.before / f"result-{pseudonym}.json")[0], 4)
            self.assertEqual(self.verify(*status, self.after / f"result-{pseudonym}.json")[0], 0)
            certificate, renewed = (folder / f"certificate-{pseudonym}.json" for folder in (self.before, self.after))
            if seen["outcome_before"] == "passed":
                code, [report] = self.verify(*status, certificate)
                self.assertEqual((code, report["verdict"]), (4, "superseded" if seen["outcome_after"] == "passed" else "revoked"))
            self.assertEqual(renewed.exists(), seen["outcome_after"] == "passed")
            if renewed.exists():
                self.assertEqual(self.verify(*status, renewed)[0], 0)

    def test_the_old_scores_under_the_log_of_today_are_named(self):
        old = self.lines(self.before / "audit.jsonl")
        corrected = self.lines(self.after / "audit.jsonl")
        expected = sorted(("old_key", pseudonym) for pseudonym in self.affected)
        self.assertEqual(sorted(audited([corrected[0], *old[1:]], self.trust)[1]), expected)
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in [corrected[0], *old[1:]]))
            file.flush()
            code, reports = self.verify(file.name)
        self.assertEqual((code, sorted((each["defect"], each["subject"]) for each in reports[0]["findings"])), (1, expected))
        # The audit of before hides the correction that the log holds.
        code, reports = self.verify(self.after / "batch.json", self.before / "audit.jsonl")
        self.assertEqual(code, 1)
        self.assertIn("key_correction", {each["defect"] for each in reports[1]["findings"]})

    @staticmethod
    def lines(path):
        return path.read_text(encoding="utf-8").splitlines()

    def verify(self, *words):
        done = run("verify", "--trust", self.after / "trust.json", "--json", *words)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    unittest.main()
