"""Rules of scoring by other hands: what Python scores by its own rules, at random, `kaoping verify --audit` computes the same.

KAOPING_PROGRAM names the built program."""

import copy
import json
import random
import sys
import unittest
from fractions import Fraction

import scoring
from draw_bytes import canonical, digest, sha256
from program import ROOT, named, verified
from signing import credential, identity, message

sys.path.append(str(ROOT / "tests" / "suite" / "verify"))

from audits import BANK, BLUEPRINT, ROSTER, SECRET, basis, fixed, manifest  # noqa: E402
from make import AT, ISSUER, result, trust  # noqa: E402

TYPES = {"single_choice": 3, "multiple_choice": 5, "true_false": 2}  # half-marks
SALT = "0b" * 32


def case_of(sheet):
    """The sheet as an integrated case: its first sections count for another function."""
    sheet = copy.deepcopy(sheet)
    first, *rest = [section for module in sheet["modules"] for section in module["sections"]]
    weight = sum(item["half_marks"] for item in first["items"]) / 2
    assert weight == int(weight)
    own = {"function": "psychological_care", "id": "m1", "sections": [first], "title": "甲", "weight": int(weight)}
    other = {"id": "m2", "sections": rest, "title": "乙", "weight": 100 - int(weight)}
    return sheet | {"id": "integrated-case", "modules": [own, other]}


class Batch:
    """A batch whose choices, awards, vetoes and decisions are random, and whose marks are those of `scoring`."""

    def __init__(self, seed, policy, panel):
        self.random, self.policy, self.panel = random.Random(seed), policy, panel
        sheets = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(BANK.glob("sheets/5/*.json"))]
        self.sheets = [*sheets, case_of(sheets[0])]
        self.weights = {"daily_care": 35, "basic_nursing": 25, "emergency": 10, "function_maintenance": 20, "psychological_care": 10}
        self.items = {f"i{number:02}": self.random.choice(list(TYPES)) for number in range(30)}
        self.keys = {name: [f"{name}{letter}" for letter in ("ac" if kind == "multiple_choice" else "b")] for name, kind in self.items.items()}

    def header(self):
        salt = bytes.fromhex(SALT)
        sealed = {name: sha256("kaoping/item-key/1", salt, canonical({"id": name, "key": key})) for name, key in self.keys.items()}
        items = [{"content": "00" * 32, "difficulty": 3, "enemies": [], "function": "daily_care", "group": None, "id": name, "importance": "X",
                  "key": sealed[name].hex(), "options": [{"id": f"{name}{letter}", "pinned": False} for letter in "abc"],
                  "point": f"B-A-A-0{name[1:]}", "type": kind} for name, kind in self.items.items()]
        index = {"bank": "bank-a", "items": items, "kind": "national", "label": "样题，非国家题库", "level": 5, "v": 1}
        keys = [{"id": name, "key": key, "rationale": "样题", "salt": SALT, "source": "样题"} for name, key in self.keys.items()]
        blueprint = {**BLUEPRINT, "scoring": self.policy,
                     "types": [{"count": 1, "half_marks": marks, "type": kind} for kind, marks in TYPES.items()]}
        functions = [{"by_lot": [], "draw": 0, "function": name, "required": [], "weight": weight} for name, weight in self.weights.items()]
        functions[0]["required"] = [sheet["id"] for sheet in self.sheets]
        practical = fixed(self.sheets, functions=functions, panels=self.panels(), policy=self.panel)
        bank = {"answer_keys": sha256("kaoping/answer-keys/1", "bank-a", *sealed.values()).hex(), "approval": None, "bank": "bank-a",
                "index": digest(index).hex(), "kind": "national"}
        # Everybody came late, so that no lot gives the panel.
        roster = {**ROSTER, "entries": []}
        drawn = basis(banks=[bank], blueprint=digest(blueprint).hex(), practical=digest(practical).hex(), roster=digest(roster).hex())
        self.manifest = manifest(of=drawn)
        return {"basis": drawn, "batch": "b1", "blueprint": blueprint, "entropy": None, "indexes": [index], "keys": [{"bank": "bank-a", "items": keys, "v": 1}],
                "kind": "audit-bundle", "manifest": self.manifest, "practical": practical, "roster": roster,
                "secrets": [{"custodian": "custodian-1", "secret": SECRET}], "sheets": self.sheets, "v": 1}

    @staticmethod
    def panels():
        """Panels of three to six; the person's one is drawn."""
        return [{"examiners": [f"e{number}" for number in range(count)], "lead": "lead-1", "name": f"{count}", "panel": f"panel-{count}"}
                for count in range(3, 7)]

    def line(self, pseudonym):
        options = {name: [f"{name}{letter}" for letter in "abc"] for name in self.items}
        paper = {"attempt": 1, "batch": "b1", "items": [{"item": name, "options": options[name]} for name in self.items],
                 "manifest": identity(self.manifest), "paper": pseudonym, "v": 1}
        items = []
        for name, kind in self.items.items():
            most = 3 if kind == "multiple_choice" else 1
            right = self.random.random() < 0.5
            chosen = self.keys[name] if right else sorted(self.random.sample(options[name], self.random.randint(0, most)))
            earned = scoring.award(self.policy, kind, TYPES[kind], self.keys[name], chosen)
            items.append({"chosen": chosen, "full": TYPES[kind], "function": "daily_care", "half_marks": earned, "item": name})
        theory, journal = sum(item["half_marks"] for item in items), "01" * 32
        score = message("theory-score", {"batch": "b1", "half_marks": theory, "items": items, "journal": journal, "paper": digest(paper).hex(),
                                         "policy": self.policy, "sitting": pseudonym}, ISSUER)
        handed_in, marks, examiners = [], [], self.random.randint(3, 6)
        for sheet in self.sheets:
            sheets, mark = self.mark(sheet, [(f"e{number}", pseudonym) for number in range(examiners)])
            handed_in.append(sheets)
            marks.append({"mark": mark, "weight": 1})
        parts = {"theory": scoring.part(Fraction(theory, 2)), "practical": scoring.practical(self.weights, marks)}
        evidence = {"attempt": 1, "identity": {"person": "02" * 32, "shownName": "03" * 32}, "journal": journal, "manifest": identity(self.manifest), "panels": digest(marks).hex(),
                    "paper": digest(paper).hex(), "theoryScore": identity(score)}
        passed = all(part["passed"] for part in parts.values())
        rules = {"draw": "kaoping-draw-2", "panel": self.panel, "theory": self.policy}
        payload = result(**parts, evidence=evidence, id=f"urn:kaoping:person:{pseudonym}", outcome="passed" if passed else "failed", rules=rules)
        payload["id"] = f"urn:kaoping:result:b1:{pseudonym}"
        return {"handed_in": handed_in, "journal": None, "jws": credential(payload, ISSUER), "marks": marks, "paper": paper,
                "pseudonym": pseudonym, "score": score}

    def mark(self, sheet, examiners):
        """A sheet of each examiner with their mark; vetoes are rare, a termination is rarer."""
        sheets = [self.scored(sheet, *examiner) for examiner in examiners]
        self.random.shuffle(sheets)
        for one in sheets:
            for veto in sheet["vetoes"]:
                rare = 0.004 if veto["effect"]["type"] == "terminate" else 0.04
                if self.random.random() < rare:
                    one["vetoes"][veto["id"]] = {"at_ms": AT, "note": veto["notes"][0]["code"]}
        decision = {"at_ms": AT, "lead": "lead-1", "reason": "当场核实"}
        vetoes = [{**decision, "verdict": self.random.choice(("confirmed", "confirmed", "dismissed")), "veto": name}
                  for name in sorted({name for one in sheets for name in one["vetoes"]})]
        policy = scoring.PANEL_POLICIES[self.panel]
        try:
            return sheets, scoring.panel_mark(sheet, sheets, policy, {"spread": None, "vetoes": vetoes})
        except scoring.NoMark:
            stands = {"spread": {**decision, "verdict": "stands"}, "vetoes": vetoes}
            return sheets, scoring.panel_mark(sheet, sheets, policy, stands)

    def scored(self, sheet, examiner, pseudonym):
        items = [item for module in sheet["modules"] for section in module["sections"] for item in section["items"]]
        awards = {item["id"]: item["awards"][0] if self.random.random() < 0.7 else self.random.choice(item["awards"]) for item in items}
        own = f"{pseudonym}-{sheet['id']}-{examiner}"
        return {"assignment": own, "at_ms": AT, "examiner": examiner, "last_event": sha256(own).hex(), "number": int(pseudonym[1:]) + 1,
                "scores": {name: award["code"] for name, award in awards.items()}, "sheet": sheet["id"], "sheet_digest": digest(sheet).hex(),
                "total": sum(award["half_marks"] for award in awards.values()), "vetoes": {}}


class Program(unittest.TestCase):
    def test_the_program_computes_the_same(self):
        shown = {"terminated": 0, "vetoes": 0, "decided": 0, "passed": 0}
        for seed, (policy, panel) in enumerate((policy, panel) for policy in ("exact-1", "partial-1") for panel in scoring.PANEL_POLICIES):
            batch = Batch(seed, policy, panel)
            lines = [batch.header(), *(batch.line(f"p{number}") for number in range(20))]
            with self.subTest(policy=policy, panel=panel):
                self.assertEqual(self.audited(lines), (0, 20, []))
                bent = copy.deepcopy(lines)
                bent[7]["handed_in"][3][1]["last_event"] = "ff" * 32
                self.assertEqual(self.audited(bent), (1, 20, [("panel", "p6")]))
            for each in (each["mark"] for line in lines[1:] for each in line["marks"]):
                shown["terminated"] += each["terminated"]
                shown["vetoes"] += bool(each["vetoes"])
                shown["decided"] += bool(each["decisions"]["spread"])
                shown["passed"] += each["mark"]["num"] >= 60 * each["mark"]["den"]
        self.assertTrue(all(shown.values()), shown)

    def audited(self, lines):
        code, report = verified([canonical(line).decode() for line in lines], trust(), "--audit")
        return code, report["results"], named(report)


if __name__ == "__main__":
    unittest.main()
