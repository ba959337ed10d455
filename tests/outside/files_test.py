"""The files of a draw by other hands: what `kaoping draw` writes is drawn again in Python, and `kaoping audit` finds what was altered.

KAOPING_PROGRAM names the built program."""

import json
import pathlib
import tempfile
import unittest

import batch
from draw import audit, draw
from draw_bytes import digest
from maker.inputs import committed
from program import ROOT, run

QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
# A round that quicknet published.
ROUND = {"v": 1, "rule": "drand", "source": f"{QUICKNET}/657413",
         "signature": "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"}
LOTTERY = {"v": 1, "rule": "lottery-rfc3797",
           "source": "中国福利彩票双色球 第2026135期 + 中国体育彩票超级大乐透 第26135期",
           "numbers": [[31, 3, 9, 14, 22, 27], [7], [28, 2, 11, 19, 35], [12, 4]], "published_at_ms": 1795320000000}


class Files(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        vector = ROOT / "tests" / "vectors" / "draw" / "plain.json"
        self.given = json.loads(vector.read_text(encoding="utf-8"))["input"]

    def drawn(self, outcome=None):
        """The folder of a draw, with an outcome of public entropy."""
        if outcome:
            named = {"source": outcome["source"], "rule": outcome["rule"], "not_before_ms": 1690000000000}
            self.given["basis"]["public_entropy"] = named
            committed(self.given)
        documents = {name: self.given[name] for name in ("basis", "manifest", "blueprint", "seating")}
        documents |= {f"secret {n}": secret for n, secret in enumerate(self.given["secrets"])}
        documents |= {"index": self.given["indexes"][0], "outcome": outcome}
        for name, document in documents.items():
            (self.folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
        secrets = sorted(self.folder.glob("secret *.json"))
        entropy = ["--entropy", self.folder / "outcome.json"] if outcome else []
        done = run("draw", "--manifest", self.folder / "manifest.json", "--secrets", *secrets,
                   "--index", self.folder / "index.json", *entropy, "--out", self.folder / "out")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return self.folder / "out"

    def test_python_draws_the_same(self):
        self.assertEqual(audit(batch.drawn(self.drawn())), (4, 4))

    def test_entropy_gives_the_same_bytes(self):
        for outcome in (LOTTERY, ROUND):
            with self.subTest(outcome["rule"]):
                self.setUp()
                self.assertEqual(audit(batch.drawn(self.drawn(outcome))), (4, 4))

    def test_what_python_wrote_holds_and_what_it_altered_does_not(self):
        out = self.drawn()
        papers = draw(self.given).papers
        lines = [json.dumps(paper, separators=(",", ":"), sort_keys=True) + "\n" for paper in papers]
        (out / "papers.jsonl").write_text("".join(lines), encoding="ascii")
        self.assertEqual(run("audit", out).returncode, 0)
        first = papers[0]["items"][0]["options"]
        first.reverse()
        lines[0] = json.dumps(papers[0], separators=(",", ":"), sort_keys=True) + "\n"
        (out / "papers.jsonl").write_text("".join(lines), encoding="ascii")
        done = run("audit", "--json", out)
        report = json.loads(done.stdout)
        self.assertEqual((done.returncode, report["verdict"]), (1, "differs"))
        [difference] = report["differences"]
        self.assertEqual(difference["code"], "paper_differs")
        self.assertIn(f"{papers[0]['paper']} /items/0/options/", difference["place"])

    def test_seed_names_the_manifest(self):
        seed = json.loads((self.drawn() / "seed.json").read_text(encoding="ascii"))
        expected = draw(self.given).seed
        self.assertEqual(seed, {"manifest": digest(self.given["manifest"]).hex(), "seed": expected.hex()})


if __name__ == "__main__":
    unittest.main()
