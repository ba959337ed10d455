"""Audits by other hands: Python computes every score again, and names what does not agree.

Both the cases of `tests/suite/verify/` and the simulated batch; what Python finds in the latter `kaoping verify` finds as well."""

import copy
import json
import unittest

import batch
from draw_bytes import canonical
from program import ROOT, named, verified
from rescoring import Differs, Rules
from signing import identity

SUITE = json.loads((ROOT / "tests/suite/verify/audits.json").read_text(encoding="utf-8"))


def audited(lines, trust, logged=None):
    """How many results agree, and what does not, by name and subject; joined with what the log of the batch holds."""
    agree, found, seen = 0, [], set()
    try:
        rules = Rules(lines[0], trust)
    except Differs as name:
        return 0, [(str(name), "line 1")]
    if logged and (logged["batch"], logged["manifest"]) != (rules.batch, rules.manifest):
        found.append(("other_batch", rules.batch))
    elif logged and {str(index): commitment for index, commitment in rules.leaves.items()} != logged.get("key_corrections", {}):
        found.append(("key_correction", rules.batch))
    for number, line in enumerate(lines[1:], 2):
        pseudonym = json.loads(line)["pseudonym"]
        try:
            rules.check(line)
            agree += 1
        except Differs as name:
            found.append((str(name), f"line {number}" if str(name) == "line" else pseudonym))
        if logged and logged["results"].get(pseudonym, [None])[-1] != identity(json.loads(line)["jws"]):
            found.append(("not_logged", pseudonym))
        if pseudonym in seen:
            found.append(("doubled", pseudonym))
        seen.add(pseudonym)
    results = logged["results"] if logged else {}
    found += [("left_out", pseudonym) for pseudonym in sorted(results.keys() - seen)]
    if not lines[1:] and (logged is None or results):
        found.append(("nobody", "line 1"))
    return agree, found


class Suite(unittest.TestCase):
    def test_every_case(self):
        self.assertGreaterEqual(len(SUITE["cases"]), 39, "published cases never go away")
        for case in SUITE["cases"]:
            with self.subTest(case["name"]):
                lines = [SUITE["lines"][line] for line in case["lines"]]
                _, found = audited(lines, SUITE["trust"], case["logged"])
                self.assertEqual(found, list(map(tuple, case["expect"])))


class Batch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trust = batch.document("trust.json")
        cls.texts = (batch.folder() / "audit.jsonl").read_text(encoding="utf-8").splitlines()
        cls.lines = [json.loads(text) for text in cls.texts]

    def test_every_score_comes_out_again(self):
        self.assertEqual(audited(self.texts, self.trust), (40, []))
        self.assertTrue(all(line["journal"] for line in self.lines[1:]), "answers are replayed")
        results = {line["pseudonym"]: line["jws"] for line in self.lines[1:]}
        self.assertEqual(results, {name: bundle["jws"] for name, bundle in batch.bundles().items()})
        self.assertEqual(verified(self.texts, self.trust, "--audit")[0], 0)

    def test_an_answer_changed_at_the_seat(self):
        def change(line):
            events = line["journal"]["streams"][0]
            place, event = next((place, event) for place, event in enumerate(map(json.loads, events)) if event["kind"] == "seat.answered")
            [entry] = [entry for entry in line["paper"]["items"] if entry["item"] == event["body"]["item"]]
            event["body"]["options"] = [next(option for option in entry["options"] if option not in event["body"]["options"])]
            events[place] = canonical(event).decode()
        self.judge(4, change, "journal")

    def test_a_choice_changed_in_the_score(self):
        def change(line):
            item = next(item for item in line["score"]["payload"]["items"] if not item["half_marks"])
            item["half_marks"] = item["full"]
            line["score"]["payload"]["half_marks"] += item["full"]
        self.judge(6, change, "score")

    def test_a_turned_key(self):
        def change(line):
            line["keys"][0]["items"][0]["key"], line["keys"][0]["items"][1]["key"] = (item["key"] for item in line["keys"][0]["items"][1::-1])
        self.judge(0, change, "bank")

    def test_an_award_changed_on_a_sheet(self):
        def change(line):
            one, sheets = line["handed_in"][1][2], {sheet["id"]: sheet for sheet in self.lines[0]["sheets"]}
            items = [item for module in sheets[one["sheet"]]["modules"] for section in module["sections"] for item in section["items"]]
            worth = {award["code"]: award["half_marks"] for award in items[0]["awards"]}
            old = one["scores"][items[0]["id"]]
            new = next(code for code in worth if code != old)
            one["scores"][items[0]["id"]], one["total"] = new, one["total"] + worth[new] - worth[old]
        self.judge(9, change, "handed_in")
        # Without the signatures the marks alone vouch for the sheets.
        self.judge(9, lambda line: (change(line), line.pop("sheet_proofs")), "panel")

    def test_a_sheet_that_says_otherwise_for_the_same_mark(self):
        def change(line):
            line["handed_in"][0][0]["at_ms"] += 1000
        self.judge(7, change, "handed_in")
        self.judge(7, lambda line: line["sheet_proofs"][2].pop(), "handed_in")

    def test_every_sheet_is_signed(self):
        for line in self.lines[1:]:
            self.assertEqual([len(each) for each in line["sheet_proofs"]], [len(each) for each in line["handed_in"]])

    def judge(self, place, change, name):
        """Python and the program find just this once a line is changed."""
        line = copy.deepcopy(self.lines[place])
        change(line)
        texts = self.texts[:place] + [json.dumps(line, ensure_ascii=False)] + self.texts[place + 1:]
        expected = [(name, line.get("pseudonym", "line 1"))]
        self.assertEqual(audited(texts, self.trust)[1], expected)
        code, report = verified(texts, self.trust, "--audit")
        self.assertEqual((code, named(report)), (1, expected))


if __name__ == "__main__":
    unittest.main()
