"""Makes `audits.json`: an audit bundle whose scores agree, and every way in which one does not, by the name that it must get.

One person; four items, of which one is answered wrongly and one not at all; one score sheet of the sample bank, scored in full by two
examiners and with one item less by the third. The marks are worked out here by hand, with fractions."""

import fractions
import json
import pathlib

from make import AT, ISSUER, SERVICE, STRANGER, deciders, digest, result, trust
from draw import lot
from draw_bytes import canonical, commitment, seed_of, sha256
from signing import credential, identity, key_id, leaf, message

HERE = pathlib.Path(__file__).parent
BANK = HERE.parent.parent.parent / "question-bank"
BATCH = "b1"
CASES, LINES = [], []
SHEET = json.loads((BANK / "sheets/5/s5-feeding-in-bed.json").read_text(encoding="utf-8"))
ITEMS = [item for module in SHEET["modules"] for section in module["sections"] for item in section["items"]]
KEYS = {"i1": ["i1a"], "i2": ["i2b"], "i3": ["i3a"], "i4": ["i4a", "i4c"]}
CHOSEN = {"i1": ["i1a"], "i2": ["i2a"], "i3": [], "i4": ["i4a", "i4c"]}
SALT = "0a" * 32


def headed(line):
    """A line as text, its kind first: by the first kilobyte a file is recognised."""
    rest = canonical({name: value for name, value in line.items() if name != "kind"}).decode()
    if "kind" not in line:
        return rest
    return '{"kind":' + json.dumps(line["kind"]) + (f",{rest[1:]}" if rest != "{}" else "}")


def sha(document):
    import hashlib
    return hashlib.sha256(canonical(document)).hexdigest()


def index_item(name):
    salt = bytes.fromhex(SALT)
    return {
        "content": digest(name), "difficulty": 3, "enemies": [], "function": "daily_care", "group": None, "id": name, "importance": "X",
        "key": sha256("kaoping/item-key/1", salt, canonical({"id": name, "key": KEYS[name]})).hex(),
        "options": [{"id": f"{name}{letter}", "pinned": False} for letter in "abc"], "point": f"B-A-A-00{name[1]}",
        "type": "multiple_choice" if name == "i4" else "single_choice",
    }


INDEX = {"bank": "bank-a", "items": [index_item(name) for name in KEYS], "kind": "national", "label": "样题，非国家题库", "level": 5, "v": 1}
BANK_KEYS = {"bank": "bank-a", "items": [
    {"id": name, "key": key, "rationale": "样题", "salt": SALT, "source": "样题"} for name, key in KEYS.items()], "v": 1}
ANSWER_KEYS = sha256("kaoping/answer-keys/1", "bank-a", *(bytes.fromhex(item["key"]) for item in INDEX["items"])).hex()
# A paper of four items is none that a bank's gate would let pass; what an item is worth is all that scoring reads.
BLUEPRINT = {
    **json.loads((BANK / "blueprints/5.json").read_text(encoding="utf-8")),
    "types": [{"count": 3, "half_marks": 60, "type": "single_choice"}, {"count": 1, "half_marks": 80, "type": "multiple_choice"}],
}
FUNCTION = {"by_lot": [], "draw": 0, "function": "daily_care", "required": [SHEET["id"]], "weight": 100}
PANEL = {"examiners": ["e1", "e2", "e3"], "lead": "lead-1", "name": "第 1 考评组", "panel": "panel-1"}
PLAN = {"functions": [FUNCTION], "minutes": 30, "panels": [PANEL], "policy": "mean-1"}


def entry(name, number):
    return {"avoid": [], "number": number, "practical": f"{name}-practical", "pseudonym": name, "room": "r1", "seat": f"s1-r1-{number:02}", "session": 1,
            "theory": f"{name}-theory"}


ROSTER = {"batch": BATCH, "entries": [entry("p7", 1), entry("p8", 2)], "v": 1}
SECRET = "0c" * 32


def fixed(sheets=(SHEET,), conflicts=None, **changes):
    """The practical plan with conflicts of interest and the digests of its sheets, as the basis commits to it."""
    return {"conflicts": conflicts or {}, "plan": {**PLAN, **changes}, "sheets": {sheet["id"]: sha(sheet) for sheet in sheets}}


PRACTICAL = fixed()
OTHER_SHEET = json.loads((BANK / "sheets/5/s5-vital-signs.json").read_text(encoding="utf-8"))
BOTH = (SHEET, OTHER_SHEET)
# Right: i1 (60) and i4 (80); 140 half-marks are 70 marks.
HALF_MARKS = {"i1": 60, "i2": 0, "i3": 0, "i4": 80}


def basis(signer=ISSUER, **changes):
    return message("draw-basis", {
        "algorithm": "kaoping-draw-2", "attempt": 1,
        "banks": [{"answer_keys": ANSWER_KEYS, "approval": None, "bank": "bank-a", "index": sha(INDEX), "kind": "national"}],
        "batch": BATCH, "blueprint": sha(BLUEPRINT), "custodians": [{"custodian": "custodian-1", "outside": True}],
        "level": 5, "plan": digest("plan"), "practical": sha(PRACTICAL), "profile": "sample", "public_entropy": None, "replaces": None,
        "roster": sha(ROSTER), "seating": digest("seating"), "v": 1, **changes}, signer)


def manifest(signer=ISSUER, of=None, secret=SECRET):
    named = bytes.fromhex(identity(of or basis()))
    commitments = [{"commitment": commitment(named, "custodian-1", bytes.fromhex(secret)).hex(), "custodian": "custodian-1"}]
    return message("draw-manifest", {"basis": named.hex(), "commitments": commitments, "v": 1}, signer)


def header(of=None, secret=SECRET, **changes):
    of = of or basis()
    return {"basis": of, "batch": BATCH, "blueprint": BLUEPRINT, "entropy": None, "indexes": [INDEX], "keys": [BANK_KEYS], "kind": "audit-bundle",
            "manifest": manifest(of=of, secret=secret), "practical": PRACTICAL, "roster": ROSTER,
            "secrets": [{"custodian": "custodian-1", "secret": secret}], "sheets": [SHEET], "v": 1, **changes}


class Lots:
    """Section 7 of the draw's specification, for the two people of the roster."""

    def __init__(self, of=None, practical=PRACTICAL, secret=SECRET, entropy=b""):
        self.of, self.secret, self.practical = of or basis(), secret, practical
        made = manifest(of=self.of, secret=secret)["payload"]
        self.seed = seed_of(self.of["payload"], made, {"custodian-1": bytes.fromhex(secret)}, entropy)
        panels, dealt, turn = [panel["panel"] for panel in practical["plan"]["panels"]], {}, 0
        for person_of in lot(self.seed, "panel", BATCH, ROSTER["entries"]):
            while panels[turn % len(panels)] in practical["conflicts"].get(person_of["pseudonym"], []):
                turn += 1
            dealt.setdefault(panels[turn % len(panels)], []).append(person_of["pseudonym"])
            turn += 1
        self.places = {}
        for panel, people in dealt.items():
            numbers = lot(self.seed, "number", panel, range(1, len(people) + 1))
            self.places |= {name: (panel, number) for name, number in zip(people, numbers)}

    def tasks(self, subject):
        return [sheet for each in self.practical["plan"]["functions"]
                for sheet in lot(self.seed, "task", f"{subject}/{each['function']}", each["by_lot"])[:each["draw"]]]


def lots_with(wanted, of, practical):
    """The first of some secrets whose lots come out as a case wants them."""
    made = (Lots(of, practical, f"{number:064x}") for number in range(1000))
    return next(lots for lots in made if wanted(lots))


def best(item):
    return max(item["awards"], key=lambda award: award["half_marks"])


def handed_in(examiner, less=0):
    """A sheet scored in full, but for the first item when `less` names the place of another award."""
    awards = {item["id"]: best(item) for item in ITEMS}
    if less:
        awards[ITEMS[0]["id"]] = ITEMS[0]["awards"][less]
    return {"assignment": f"a-{examiner}", "at_ms": AT, "examiner": examiner, "last_event": digest(examiner),
            "scores": {item: award["code"] for item, award in awards.items()}, "sheet": SHEET["id"], "sheet_digest": sha(SHEET),
            "total": sum(award["half_marks"] for award in awards.values()), "vetoes": {}}


def exact(value):
    return {"den": value.denominator, "num": value.numerator}


def shown(value):
    hundredths = (value * 100 + fractions.Fraction(1, 2)) // 1
    return f"{hundredths // 100}.{hundredths % 100:02}"


class Person:
    """Everything of one person, in the order in which it is made, so that a case can change any part."""

    def __init__(self):
        self.events, self.opened, self.moved = None, None, None
        self.chosen, self.half_marks, self.signer = CHOSEN, HALF_MARKS, ISSUER
        self.sheets = [handed_in("e1"), handed_in("e2"), handed_in("e3", 1)]
        totals = [fractions.Fraction(sheet["total"], 2) for sheet in self.sheets]
        self.total = sum(totals) / 3
        self.paper = {
            "attempt": 1, "batch": BATCH, "items": [{"item": name, "options": [f"{name}{letter}" for letter in "cab"]} for name in KEYS],
            "manifest": identity(manifest()), "paper": "s1-r1-01", "v": 1}
        self.policy = {"alert_above": 20, "average": "mean", "version": "mean-1", "vetoes": "any_examiner"}
        self.subject, self.score_changes, self.mark_changes = {}, {}, {}
        self.pseudonym, self.of, self.weight, self.score_signer = "p7", None, 1, ISSUER
        self.name, self.last_event = "", None
        self.lots, self.number = None, None

    def streams(self):
        """One stream, or two where the person moved to another PC before the hand-in; with the last event of each."""
        opened = {"continues": None, "paper": sha(self.paper), **(self.opened or {})}
        answered = [("seat.answered", {"item": name, "options": options}) for name, options in self.chosen.items() if options]
        end = ("seat.handed_in", {"answered": len(answered)})
        if self.moved is None:
            return zip(*[self.stream([("seat.opened", opened), *answered, end], "seat/p7-theory/0", AT)])
        first, last = self.stream([("seat.opened", opened), *answered], "seat/p7-theory/0", AT)
        moved = {"at": AT + 60_000, "continues": last, "stream": "seat/p7-theory/1", **self.moved}
        kinds = [("seat.opened", {**opened, "continues": moved["continues"]}), end]
        return zip((first, last), self.stream(kinds, moved["stream"], moved["at"], "22" * 32))

    @staticmethod
    def stream(kinds, name, at, key="11" * 32):
        events, prev = [], "00" * 32
        for seq, (kind, body) in enumerate(kinds):
            event = {"actor": f"seat:{key}", "at_ms": at + seq, "body": body, "kind": kind, "prev": prev, "seq": seq, "stream": name, "v": 1}
            prev = sha(event)
            events.append(canonical(event).decode())
        return events, prev

    def line(self, **changes):
        lots = self.lots or Lots(self.of)
        drawn_by = identity(manifest(of=lots.of, secret=lots.secret))
        number = self.number or lots.places[self.pseudonym][1]
        self.sheets = [{"number": number, **sheet} for sheet in self.sheets]
        self.paper = {**self.paper, "manifest": drawn_by}
        if self.name:
            self.sheets = [{**sheet, "assignment": f"a-{self.name}-{sheet['examiner']}", "last_event": digest(f"{self.name}-{sheet['examiner']}")}
                           for sheet in self.sheets]
        if self.last_event:
            self.sheets[1]["last_event"] = self.last_event
        streams, lasts = self.streams()
        journal = sha256("kaoping/journal/1", bytes.fromhex(SALT), *map(bytes.fromhex, lasts)).hex()
        full = {"i1": 60, "i2": 60, "i3": 60, "i4": 80}
        score = message("theory-score", {
            "batch": BATCH, "half_marks": sum(self.half_marks.values()),
            "items": [{"chosen": self.chosen[name], "full": full[name], "function": "daily_care", "half_marks": self.half_marks[name], "item": name} for name in KEYS],
            "journal": journal, "paper": sha(self.paper), "policy": "exact-1", "sitting": "p7-theory", **self.score_changes}, self.score_signer)
        mark = {
            "average": exact(self.total), "decisions": {"spread": None, "vetoes": []},
            "examiners": [{"averaged": True, "counted": sheet["total"], "examiner": sheet["examiner"], "handed_in": sheet["total"],
                           "last_event": sheet["last_event"]} for sheet in self.sheets],
            "mark": exact(self.total), "parts": [{"function": "daily_care", "score": exact(self.total), "weight": 100}], "policy": self.policy,
            "sheet": SHEET["id"], "sheet_digest": sha(SHEET), "terminated": False, "vetoes": [], **self.mark_changes}
        marks = [{"mark": mark, "weight": self.weight}]
        theory = fractions.Fraction(sum(self.half_marks.values()), 2)
        evidence = {"attempt": 1, "identity": {"person": digest("person"), "shownName": digest("shown name")}, "journal": journal, "manifest": drawn_by, "panels": sha(marks),
                    "paper": sha(self.paper), "theoryScore": identity(score)}
        parts = {name: {"exact": exact(value), "passed": value >= 60, "shown": shown(value)} for name, value in (("theory", theory), ("practical", self.total))}
        payload = result(**{**parts, "evidence": evidence, "outcome": "passed" if min(theory, self.total) >= 60 else "failed",
                            "id": f"urn:kaoping:person:{self.pseudonym}", **self.subject})
        streams = self.events or list(streams)
        return {"handed_in": [self.sheets], "journal": {"salt": SALT, "streams": streams}, "jws": credential(payload, self.signer), "marks": marks,
                "paper": self.paper, "pseudonym": self.pseudonym, "score": score, **changes}


def log_of_results(results, batch=BATCH, of=None):
    """What the log holds of the batch: by pseudonym the identities of the results, the one that counts last."""
    return {"batch": batch, "manifest": of or identity(manifest()), "results": results}


def key_correction(item, rule, index=20, signer=ISSUER, **changes):
    """A correction of an item's key, as the header of an audit bundle holds it."""
    payload = {"at_ms": AT, "bank": "bank-a", "batch": BATCH, "decided_by": deciders(), "opened": {"item": item, "key": KEYS[item], "salt": SALT},
               "reason": "标准答案有误。", "replaces": None, "rule": rule, **changes}
    return {"index": index, "record": message("key-correction", payload, signer), "salt": SALT}


def accepting(*keys):
    return {"keys": [list(key) for key in keys], "kind": "accepted"}


def cases_of_corrected_keys(genuine):
    """Keys that were corrected after the closing; of item 2 the person chose a, where the key was b, and item 3 was left out."""
    def scored(**half_marks):
        return person(half_marks={**HALF_MARKS, **half_marks}).line()

    p7, struck = "p7", {"kind": "struck"}
    other = key_correction("i2", accepting(["i2a"]))
    corrected = header(key_corrections=[other])
    case("corrected-key", "another key counts, by which the answer is right", [corrected, scored(i2=60)])
    case("corrected-key-old", "the score is still by the old key", [corrected, genuine], ("old_key", p7))
    case("corrected-key-item", "the score is neither by the old key nor by the new", [corrected, scored(i2=30)], ("item", p7))
    case("corrected-key-elsewhere", "another item than the corrected one is marked wrongly", [corrected, scored(i2=60, i3=60)], ("item", p7))
    case("corrected-key-lost", "another key counts, by which a right answer is wrong", [header(key_corrections=[key_correction("i1", accepting(["i1b"]))]), scored(i1=0)])
    case("corrected-several", "two keys count", [header(key_corrections=[key_correction("i2", accepting(["i2a"], ["i2b"]))]), scored(i2=60)])
    case("corrected-unchanged", "nobody's mark changes, and the result stands", [header(key_corrections=[key_correction("i3", accepting(["i3b"]))]), genuine])
    case("struck", "a struck item gives its marks to who left it out", [header(key_corrections=[key_correction("i3", struck)]), scored(i3=60)])
    case("struck-old", "a struck item gives nothing in the score", [header(key_corrections=[key_correction("i3", struck)]), genuine], ("old_key", p7))
    first = key_correction("i2", accepting(["i2a"], ["i2b"]))
    again = key_correction("i2", accepting(["i2c"]), 24, replaces=identity(first["record"]))
    case("corrected-again", "the second correction of an item counts", [header(key_corrections=[first, again]), genuine])
    case("corrected-again-old", "the score is by the first of two corrections", [header(key_corrections=[first, again]), scored(i2=60)], ("old_key", p7))
    back = key_correction("i2", accepting(["i2b"]), 24, replaces=identity(first["record"]))
    case("corrected-back", "the bank's key counts again", [header(key_corrections=[first, back]), genuine])
    for name, about, entries in [
        ("stranger", "a correction that nobody trusted signed", [key_correction("i2", accepting(["i2a"]), signer=STRANGER)]),
        ("key", "a correction that opens another key", [key_correction("i2", accepting(["i2a"]), opened={"item": "i2", "key": ["i2c"], "salt": SALT})]),
        ("salt", "a correction that opens the key with another salt", [key_correction("i2", accepting(["i2a"]), opened={"item": "i2", "key": ["i2b"], "salt": "0b" * 32})]),
        ("batch", "a correction in another batch", [key_correction("i2", accepting(["i2a"]), batch="b2")]),
        ("bank", "a correction of another bank", [key_correction("i2", accepting(["i2a"]), bank="bank-b")]),
        ("option", "an accepted key that names no option of the item", [key_correction("i2", accepting(["i1a"]))]),
        ("options", "two options for a single choice", [key_correction("i2", accepting(["i2a", "i2c"]))]),
        ("same", "the rule is the bank's key", [key_correction("i2", accepting(["i2b"]))]),
        ("unlinked", "a second correction that does not name the first", [first, key_correction("i2", struck, 24)]),
        ("other-first", "a correction that claims to replace one that never was", [key_correction("i2", struck, replaces=digest("x"))]),
        ("order", "two corrections that are not in the order of the log", [first, key_correction("i3", struck, 19)]),
        ("alone", "one officer alone", [key_correction("i2", struck, decided_by=deciders()[:1])]),
    ]:
        case(f"correction-{name}", about, [header(key_corrections=entries), genuine], ("key_correction", "line 1"))
    line = scored(i2=60)
    held = {p7: [digest("x"), identity(line["jws"])]}
    commitment = leaf(BATCH, "key_correction", SALT, identity(other["record"]))["commitment"]
    of_log = {**log_of_results(held), "key_corrections": {"20": commitment}}
    case("joined-correction", "the log holds just this correction", [corrected, line], logged=of_log)
    case("joined-correction-left-out", "the audit leaves out a correction of the log", [header(), genuine], ("key_correction", BATCH),
         logged={**of_log, "results": {p7: [identity(genuine["jws"])]}})
    case("joined-correction-unlogged", "the log holds no correction", [corrected, line], ("key_correction", BATCH), logged=log_of_results(held))
    case("joined-correction-place", "the log holds it at another place", [corrected, line], ("key_correction", BATCH),
         logged={**of_log, "key_corrections": {"21": commitment}})


def case(name, about, lines, *findings, logged=None):
    texts = [headed(line) for line in lines]
    LINES.extend(text for text in dict.fromkeys(texts) if text not in LINES)
    CASES.append({"name": name, "about": about, "lines": [LINES.index(text) for text in texts], "expect": [list(finding) for finding in findings], "logged": logged})


def person(**members):
    made = Person()
    for name, value in members.items():
        setattr(made, name, value)
    return made


def main():
    head, genuine = header(), Person().line()
    case("agrees", "nothing is changed", [head, genuine])
    case("agrees-without-journal", "the seat's streams are kept apart", [head, {**genuine, "journal": None}])
    p7 = "p7"
    logged = identity(genuine["jws"])
    case("joined", "the log holds just this result", [head, genuine], logged=log_of_results({p7: [logged]}))
    case("joined-corrected", "the log holds it as the one that replaced another", [head, genuine], logged=log_of_results({p7: [digest("x"), logged]}))
    case("joined-superseded", "another has replaced it in the log", [head, genuine], ("not_logged", p7), logged=log_of_results({p7: [logged, digest("x")]}))
    case("joined-other", "the log holds another result of this person", [head, genuine], ("not_logged", p7), logged=log_of_results({p7: [digest("x")]}))
    case("joined-none", "the log holds no result of this person", [head, genuine], ("not_logged", p7), logged=log_of_results({}))
    case("joined-left-out", "the audit leaves out somebody of the log", [head, genuine], ("left_out", "p8"),
         logged=log_of_results({p7: [logged], "p8": [digest("x")]}))
    case("joined-doubled", "one result is audited twice", [head, genuine, genuine], ("doubled", p7), logged=log_of_results({p7: [logged]}))
    case("joined-draw", "another manifest is in force in the log", [head, genuine], ("other_batch", BATCH), logged=log_of_results({p7: [logged]}, of=digest("x")))
    case("joined-batch", "the log of another batch", [head, genuine], ("other_batch", BATCH), logged=log_of_results({p7: [logged]}, batch="b2"))
    case("joined-nobody", "nobody of the batch has a result, and nobody is audited", [head], logged=log_of_results({}))
    case("nobody", "an audit of nobody", [head], ("nobody", "line 1"))
    wrong_mark = {**HALF_MARKS, "i2": 60}
    case("item-mark", "a wrong answer is marked as right, in score and result", [head, person(half_marks=wrong_mark).line()], ("item", p7))
    right = {**CHOSEN, "i2": ["i2b"]}
    [events] = list(Person().streams())[0]
    better = person(chosen=right, half_marks=wrong_mark, events=[events])
    case("other-answers", "the score says another answer than the seat's stream", [head, better.line()], ("journal", p7))
    case("stream-cut", "the last event is missing", [head, person(events=[events[:-1]]).line()], ("journal", p7))
    case("stream-gap", "an event in between is missing", [head, person(events=[events[:1] + events[2:]]).line()], ("journal", p7))
    case("sum", "the sum is another", [head, person(score_changes={"half_marks": 141}).line()], ("score", p7))
    case("other-score", "another score than the result's", [head, {**genuine, "score": person(half_marks=wrong_mark).line()["score"]}], ("score", p7))
    case("theory", "the result claims another mark", [head, person(subject={"theory": {"exact": {"den": 1, "num": 71}, "passed": True, "shown": "71.00"}}).line()],
         ("theory", p7))
    case("outcome", "the result claims another outcome", [head, person(subject={"outcome": "failed"}).line()], ("outcome", p7))
    other_paper = {**genuine["paper"], "items": list(reversed(genuine["paper"]["items"]))}
    case("other-paper", "another paper than the result's", [head, {**genuine, "paper": other_paper}], ("paper", p7))
    case("other-marks", "other marks than the result commits to", [head, {**genuine, "marks": [{**genuine["marks"][0], "weight": 2}]}], ("panels", p7))
    full = [{**handed_in(name), "number": genuine["handed_in"][0][0]["number"]} for name in ("e1", "e2", "e3")]
    case("other-sheets", "the third examiner gave less than the sheets that are shown", [head, {**genuine, "handed_in": [full]}], ("panel", p7))
    case("two-sheets", "one examiner's sheet is missing", [head, {**genuine, "handed_in": [full[:2]]}], ("examiner", p7))
    bent = fractions.Fraction(99)
    case("bent-mark", "a panel's mark that its sheets do not give", [head, person(total=bent).line()], ("panel", p7))
    case("total", "the result claims another total", [head, person(subject={"practical": {"exact": {"den": 1, "num": 99}, "passed": True, "shown": "99.00"}}).line()],
         ("total", p7))
    case("other-policy", "another policy than the marks' and the plan's", [head, person(subject={"rules": {"draw": "kaoping-draw-2", "panel": "median-1", "theory": "exact-1"}}).line()],
         ("policy", p7))
    unknown = fixed(policy="best-1")
    drawn = basis(practical=sha(unknown))
    case("unknown-policy", "a policy that no page describes", [header(basis=drawn, manifest=manifest(of=drawn), practical=unknown),
         person(lots=Lots(drawn, unknown), subject={"rules": {"draw": "kaoping-draw-2", "panel": "best-1", "theory": "exact-1"}}).line()], ("panel", p7))
    spread = {"at_ms": AT, "lead": "lead-2", "reason": "当场核实", "verdict": "stands"}
    decided = person(mark_changes={"decisions": {"spread": spread, "vetoes": []}})
    for name, about, changes, found in [
        ("plan-policy", "the plan fixed another policy", {"policy": "median-1"}, "policy"),
        ("plan-station", "the plan requires a sheet that was not examined", {"functions": [{**FUNCTION, "required": [SHEET["id"], OTHER_SHEET["id"]]}]}, "station"),
        ("plan-other-station", "the plan has other sheets", {"functions": [{**FUNCTION, "required": [], "by_lot": [OTHER_SHEET["id"]], "draw": 0}]}, "station"),
        ("plan-lot", "the plan draws two sheets by lot, of which one was examined",
         {"functions": [{**FUNCTION, "required": [], "by_lot": [SHEET["id"], OTHER_SHEET["id"]], "draw": 2}]}, "station"),
        ("plan-too-many", "the plan draws no sheet by lot", {"functions": [{**FUNCTION, "required": [], "by_lot": [SHEET["id"], OTHER_SHEET["id"]], "draw": 0}]}, "station"),
        ("plan-examiner", "the plan has another examiner in the panel", {"panels": [{**PANEL, "examiners": ["e1", "e2", "e4"]}]}, "examiner"),
        ("plan-more-examiners", "the plan's panel has five examiners", {"panels": [{**PANEL, "examiners": ["e1", "e2", "e3", "e4", "e5"]}]}, "examiner"),
    ]:
        named = {sheet for function in {**PLAN, **changes}["functions"] for sheet in function["required"] + function["by_lot"]}
        sheets = [sheet for sheet in BOTH if sheet["id"] in named]
        planned = fixed(sheets, **changes)
        drawn = basis(practical=sha(planned))
        head_of = header(basis=drawn, manifest=manifest(of=drawn), practical=planned, sheets=sheets)
        case(name, about, [head_of, person(lots=Lots(drawn, planned)).line()], (found, p7))
    one_of_two = fixed(BOTH, functions=[{**FUNCTION, "required": [], "by_lot": [OTHER_SHEET["id"], SHEET["id"]], "draw": 1}],
                       panels=[{**PANEL, "examiners": ["e4", "e5", "e6"], "panel": "panel-2"}, PANEL])
    drawn = basis(practical=sha(one_of_two))

    def by_seed(wanted, practical=one_of_two, of=drawn, **members):
        """The first line and the person's, by a seed that gives what is wanted."""
        lots = lots_with(wanted, of, practical)
        return [header(of, lots.secret, practical=practical, sheets=list(BOTH)), person(lots=lots, **members).line()]

    def own_panel(lots):
        return lots.places[p7][0] == "panel-1"

    def own_task(lots):
        return SHEET["id"] in lots.tasks("p7-practical")

    case("plan-one-by-lot", "one of two sheets was drawn, and the second of two panels scored", by_seed(lambda lots: own_panel(lots) and own_task(lots)))
    case("lot-task", "another sheet than the one drawn by lot", by_seed(lambda lots: own_panel(lots) and not own_task(lots)), ("task_lot", p7))
    case("lot-panel", "another panel than the one drawn", by_seed(lambda lots: not own_panel(lots) and own_task(lots)), ("panel_lot", p7))
    avoiding = fixed(BOTH, {p7: ["panel-2"]}, **{name: one_of_two["plan"][name] for name in ("functions", "panels")})
    of_avoiding = basis(practical=sha(avoiding))
    case("lot-conflict", "the panel whose turn it was has a conflict of interest that the basis fixed",
         by_seed(lambda lots: own_task(lots) and lot(lots.seed, "panel", BATCH, ["p7", "p8"])[0] == p7, avoiding, of_avoiding))
    against = fixed(BOTH, {p7: ["panel-1"]}, **{name: one_of_two["plan"][name] for name in ("functions", "panels")})
    case("lot-conflict-ignored", "the panel that scored has a conflict of interest", by_seed(own_task, against, basis(practical=sha(against))), ("panel_lot", p7))
    nobody = fixed(conflicts={p7: ["panel-1"]})
    of_nobody = basis(practical=sha(nobody))
    case("lot-no-panel", "every panel has a conflict of interest", [header(of_nobody, practical=nobody), genuine], ("practical", "line 1"))
    own_number = Lots().places[p7][1]
    other_number = 3 - own_number
    case("lot-number", "another number than the one drawn", [head, person(number=other_number).line()], ("number_lot", p7))
    mixed = person(number=own_number)
    mixed.sheets[2]["number"] = other_number
    case("lot-number-one", "one of the sheets bears another number", [head, mixed.line()], ("number_lot", p7))
    late_paper = {**Person().paper, "paper": "s1-r1-x1"}
    case("lot-late", "somebody who is not on the roster, with a number of their own",
         [head, genuine, person(pseudonym="p9", name="c", number=3, paper=late_paper).line()])
    case("lot-late-number", "somebody who is not on the roster, with a number of the roster",
         [head, genuine, person(pseudonym="p9", name="c", number=own_number, paper=late_paper).line()], ("number_lot", "p9"))

    def added_late(wanted):
        return by_seed(lambda lots: wanted == (SHEET["id"] in lots.tasks("s1-r1-x1")), pseudonym="p9", number=3, paper=late_paper)

    case("lot-late-task", "the task that the spare paper's seat gives", added_late(True))
    case("lot-late-other-task", "another task than the spare paper's seat gives", added_late(False), ("task_lot", "p9"))
    case("header-roster", "another roster than the basis's", [header(roster={**ROSTER, "entries": ROSTER["entries"][:1]}), genuine], ("roster", "line 1"))
    strange = {**ROSTER, "batch": "b2"}
    of_strange = basis(roster=sha(strange))
    case("header-roster-batch", "a roster of another batch", [header(of_strange, roster=strange), genuine], ("roster", "line 1"))
    own_secret = head["secrets"][0]
    case("header-secret", "another secret than the one committed to", [header(secrets=[{**own_secret, "secret": "0d" * 32}]), genuine], ("seed", "line 1"))
    case("header-no-secret", "a secret is missing", [header(secrets=[]), genuine], ("seed", "line 1"))
    case("header-more-secrets", "a secret of nobody in the basis", [header(secrets=[own_secret, {**own_secret, "custodian": "custodian-2"}]), genuine],
         ("seed", "line 1"))
    dice = {"bytes": "00ff10", "rule": "dice", "source": "十粒骰子", "v": 1}
    case("header-entropy", "public entropy that the basis does not name", [header(entropy=dice), genuine], ("seed", "line 1"))
    of_dice = basis(public_entropy={"not_before_ms": AT, "rule": "dice", "source": "十粒骰子"})
    case("lot-entropy", "lots by a seed with public entropy",
         [header(of_dice, entropy=dice), person(lots=Lots(of_dice, entropy=bytes.fromhex("00ff10"))).line()])
    case("header-entropy-missing", "the basis names public entropy, and none is given", [header(of_dice), genuine], ("seed", "line 1"))
    case("header-entropy-other", "the outcome of another event", [header(of_dice, entropy={**dice, "source": "九粒骰子"}), genuine], ("seed", "line 1"))
    case("sheet-digests", "the plan commits to digests of other sheets than it names",
         [header(basis=drawn, manifest=manifest(of=drawn), practical={**one_of_two, "sheets": {}}, sheets=[]), genuine], ("practical", "line 1"))
    missing = {**one_of_two, "sheets": PRACTICAL["sheets"]}
    of_missing = basis(practical=sha(missing))
    case("sheet-without-digest", "the plan commits to fewer sheets than it names",
         [header(basis=of_missing, manifest=manifest(of=of_missing), practical=missing), genuine], ("practical", "line 1"))
    case("sheet-text", "a sheet says something else than the plan committed to",
         [header(basis=drawn, manifest=manifest(of=drawn), practical=one_of_two, sheets=[SHEET, {**OTHER_SHEET, "task": "另一道题"}]), genuine],
         ("sheet", "line 1"))
    case("sheet-twice", "a sheet stands twice",
         [header(sheets=[SHEET, SHEET]), genuine], ("sheet", "line 1"))
    case("plan-lead", "the lead of another panel decided", [head, decided.line()], ("examiner", p7))
    case("heavy-sheet", "a sheet counts twice", [head, person(weight=2).line()], ("station", p7))
    neighbour = person(pseudonym="p8")
    case("shared-sheets", "two people have the same sheets", [head, genuine, neighbour.line()], ("sheet_shared", "p8"))
    case("two-people", "two people with sheets of their own", [head, genuine, person(pseudonym="p8", name="b").line()])
    case("shared-event", "one sheet has the last event of another person's",
         [head, genuine, person(pseudonym="p8", name="b", last_event=digest("e2")).line()], ("sheet_shared", "p8"))
    case("unsigned-score", "a score that nobody trusted signed", [head, person(score_signer=STRANGER).line()], ("score", p7))
    case("stranger", "a result that nobody trusted signed", [head, person(signer=STRANGER).line()], ("result", p7))
    case("other-person", "the line of another person", [head, {**genuine, "pseudonym": "p8"}], ("result", "p8"))
    case("twice", "a person stands twice", [head, genuine, genuine], ("doubled", p7))
    case("line-member", "a member that a line does not have", [head, {**genuine, "x": 1}], ("line", "line 2"))
    case("no-header", "the header is missing", [genuine, genuine], ("header", "line 1"))
    case("header-version", "a later version", [header(v=2), genuine], ("header", "line 1"))
    case("header-batch", "a basis of another batch", [header(batch="b2"), genuine], ("manifest", "line 1"))
    case("header-manifest", "a manifest that nobody trusted signed", [header(manifest=manifest(STRANGER)), genuine], ("manifest", "line 1"))
    case("header-basis", "a basis that nobody trusted signed", [header(basis=basis(STRANGER)), genuine], ("manifest", "line 1"))
    case("header-other-basis", "a manifest of another basis", [header(basis=basis(plan=digest("x"))), genuine], ("manifest", "line 1"))
    turned = {**BANK_KEYS, "items": [{**BANK_KEYS["items"][0], "key": ["i1b"]}, *BANK_KEYS["items"][1:]]}
    case("key-turned", "a key is another than the bank committed to", [header(keys=[turned]), genuine], ("bank", "line 1"))
    case("key-salt", "a key's salt is another", [header(keys=[{**BANK_KEYS, "items": [{**BANK_KEYS["items"][0], "salt": "0b" * 32}, *BANK_KEYS["items"][1:]]}]), genuine],
         ("bank", "line 1"))
    case("index", "an index is another than the basis's", [header(indexes=[{**INDEX, "label": "国家题库"}]), genuine], ("bank", "line 1"))
    case("no-keys", "a bank's keys are missing", [header(keys=[]), genuine], ("bank", "line 1"))
    worth = {**BLUEPRINT, "types": [{**each, "half_marks": 80} for each in BLUEPRINT["types"]]}
    case("blueprint", "a blueprint that gives more", [header(blueprint=worth), genuine], ("blueprint", "line 1"))
    case("practical", "a practical plan with another policy", [header(practical=fixed(policy="median-1")), genuine], ("practical", "line 1"))
    case("no-sheet", "the score sheet is missing", [header(sheets=[]), genuine], ("sheet", "line 1"))
    proofs = [message("examiner-sheet", sheet, SERVICE)["proofs"] for sheet in genuine["handed_in"][0]]
    case("signed-sheets", "the examiners' sheets are signed", [head, {**genuine, "sheet_proofs": [proofs]}])
    late = {**genuine["handed_in"][0][0], "at_ms": AT + 1}
    case("altered-sheet", "a signed sheet says another time, which no mark depends on",
         [head, {**genuine, "handed_in": [[late, *genuine["handed_in"][0][1:]]], "sheet_proofs": [proofs]}], ("handed_in", p7))
    case("unsigned-sheet", "one of the signed sheets has no proof", [head, {**genuine, "sheet_proofs": [[[], *proofs[1:]]]}], ("handed_in", p7))
    case("sheets-without-proofs", "fewer proofs than sheets", [head, {**genuine, "sheet_proofs": [proofs[:2]]}], ("handed_in", p7))
    organization = [message("examiner-sheet", sheet, ISSUER)["proofs"] for sheet in genuine["handed_in"][0]]
    case("sheets-of-another-key", "the organization signed the sheets, not the room service",
         [head, {**genuine, "sheet_proofs": [organization]}], ("handed_in", p7))
    case("opened-otherwise", "the seat's stream begins with another paper", [head, person(opened={"paper": "22" * 32}).line()], ("journal", p7))
    case("opened-as-continued", "the first stream claims to continue another",
         [head, person(opened={"continues": "22" * 32}).line()], ("journal", p7))
    case("moved", "the person moved to another PC, which goes on where the first ended; a PC between them opened no paper",
         [head, person(moved={"stream": "seat/p7-theory/2"}).line()])
    for name, about, moved in [
        ("moved-unlinked", "the second PC's stream does not name the last event of the first", {"continues": None}),
        ("moved-elsewhere", "the second PC's stream names another event", {"continues": "22" * 32}),
        ("moved-before", "the second PC's stream is dated before the last event of the first", {"at": AT - 1}),
        ("moved-from-another", "the second stream is of another sitting", {"stream": "seat/p8-theory/1"}),
        ("moved-twice", "both streams have one number", {"stream": "seat/p7-theory/0"}),
    ]:
        case(name, about, [head, person(moved=moved).line()], ("journal", p7))
    cases_of_corrected_keys(genuine)
    text = json.dumps({"cases": CASES, "lines": LINES, "trust": trust()}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (HERE / "audits.json").write_text(text, encoding="utf-8")
    print(f"{len(CASES)} audits")


if __name__ == "__main__":
    main()
