"""The files of one batch in one call: `kaoping verify` holds log, draw and scores against each other.

Nothing here needs a key: what is left out, doubled or exchanged is found although every signature holds."""

import json
import pathlib
import tempfile
import unittest

import batch
from program import run


class Joined(unittest.TestCase):
    def test_the_files_of_the_batch_agree(self):
        code, reports = self.verify()
        self.assertEqual(code, 0, reports)
        [records, draw, scores, joined] = reports
        self.assertEqual((joined["batch"], joined["verdict"], joined["missing"]), (records["batch"], "agrees", []))
        self.assertTrue(records["complete"] and scores["agrees"] and draw["verdict"] == "holds")
        self.assertTrue(any("results of the log name are those drawn" in proven["en"] for proven in draw["proven"]))
        self.assertFalse(any("batch bundle" in open_["en"] for open_ in scores["not_checked"] + draw["not_checked"]))

    def test_a_person_left_out_of_the_audit(self):
        head, first, *others = self.lines("audit.jsonl")
        code, reports = self.verify(**{"audit.jsonl": [head, *others]})
        self.assertEqual(reports[3]["verdict"], "differs")
        self.assertEqual((code, self.named(reports)), (1, [("left_out", json.loads(first)["pseudonym"])]))

    def test_a_person_audited_twice(self):
        head, first, *others = self.lines("audit.jsonl")
        code, reports = self.verify(**{"audit.jsonl": [head, first, first, *others]})
        self.assertEqual((code, self.named(reports)), (1, [("doubled", json.loads(first)["pseudonym"])]))

    def test_a_result_left_out_of_the_log(self):
        lines = self.lines("batch.json")
        place = next(place for place, line in enumerate(lines) if '"kind":"result"' in line)
        lines[place] = json.dumps({**json.loads(lines[place]), "opened": None})
        code, reports = self.verify(**{"batch.json": lines})
        self.assertEqual(code, 1)
        self.assertEqual([name for name, _ in self.named(reports)], ["not_logged"])

    def test_two_papers_exchanged_in_the_draw(self):
        draw = batch.document("draw.json")
        one, other = [paper for paper in draw["papers"] if paper["paper"].startswith("s1-")][:2]
        one["digest"], other["digest"] = other["digest"], one["digest"]
        code, reports = self.verify(**{"draw.json": [json.dumps(draw)]})
        codes = {fault["code"] for fault in reports[1]["differences"]}
        self.assertEqual((code, reports[1]["verdict"]), (1, "differs"))
        self.assertIn("result_paper", codes)

    def test_the_scores_of_another_batch(self):
        head, *_ = self.lines("batch.json")
        other = json.dumps({**json.loads(head), "batch": "another-batch"})
        code, reports = self.verify(**{"batch.json": [other, *self.lines("batch.json")[1:]]})
        self.assertEqual(code, 1)
        self.assertIn("other_batch", [name for name, _ in self.named(reports)])
        self.assertIn("other_batch", [fault["code"] for fault in reports[1]["differences"]])

    @staticmethod
    def lines(name):
        return (batch.folder() / name).read_text(encoding="utf-8").splitlines()

    @staticmethod
    def named(reports):
        return [(finding["defect"], finding["subject"]) for finding in reports[2]["findings"]]

    @staticmethod
    def verify(**altered):
        """Exit code and reports: of the batch, of the draw, of the scores, and the verdict over them."""
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for name in ("audit.jsonl", "draw.json", "batch.json"):
                file = batch.folder() / name
                if name in altered:
                    file = pathlib.Path(folder) / name
                    file.write_text("".join(f"{line}\n" for line in altered[name]), encoding="utf-8")
                files.append(file)
            done = run("verify", "--trust", batch.folder() / "trust.json", "--json", *files)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    unittest.main()
