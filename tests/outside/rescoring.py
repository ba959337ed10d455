"""Every score of an audit bundle (`src/engine/result/README.md`), computed again; what does not agree is named as on that page."""

import json
from fractions import Fraction

import jwt

import scoring
from draw import entropy_of, lot
from draw_bytes import canonical, commitment, digest, seed_of, sha256
from signing import identity, leaf
from verifying import claims, message_holds


class Differs(ValueError):
    """What does not agree, by its name."""


def must(holds, name):
    if not holds:
        raise Differs(name)


def accepting(*keys):
    return {"keys": [sorted(key) for key in keys], "kind": "accepted"}


class Rules:
    """The first line: what all scores rest on, once it is found to be what the basis names."""

    def __init__(self, line, trust):
        head = json.loads(line)
        members = {"basis", "batch", "blueprint", "entropy", "indexes", "keys", "kind", "manifest", "practical", "roster", "secrets", "sheets", "v"}
        must(head.keys() - {"key_corrections"} == members and (head["kind"], head["v"]) == ("audit-bundle", 1), "header")
        self.issuers, self.room = [issuer["key"] for issuer in trust["issuers"]], trust["receipts"]["key"]
        basis, manifest, self.batch = head["basis"], head["manifest"], head["batch"]
        must(basis["kind"] == "draw-basis" and self.signed(basis), "manifest")
        must(manifest["kind"] == "draw-manifest" and self.signed(manifest), "manifest")
        self.manifest, plan = identity(manifest), basis["payload"]
        must(plan["batch"] == self.batch and manifest["payload"]["basis"] == identity(basis), "manifest")
        self.items, self.keys, self.bank_of = {}, {}, {}
        must(len(head["indexes"]) == len(head["keys"]) == len(plan["banks"]), "bank")
        for entry in plan["banks"]:
            index, keys = ([each for each in head[name] if each["bank"] == entry["bank"]] for name in ("indexes", "keys"))
            must(len(index) == len(keys) == 1 and digest(index[0]).hex() == entry["index"], "bank")
            self.open_keys(index[0], keys[0], entry["answer_keys"])
        self.rules, self.leaves = {name: [accepting(key)] for name, key in self.keys.items()}, {}
        self.correct_keys(head.get("key_corrections", []))
        blueprint = head["blueprint"]
        must(digest(blueprint).hex() == plan["blueprint"] and blueprint["scoring"] in ("exact-1", "partial-1"), "blueprint")
        self.scoring, self.worth = blueprint["scoring"], {each["type"]: each["half_marks"] for each in blueprint["types"]}
        must(digest(head["practical"]).hex() == plan["practical"], "practical")
        self.plan, self.own, self.audited = head["practical"]["plan"], set(), set()
        self.weights = {each["function"]: each["weight"] for each in self.plan["functions"]}
        must(sum(self.weights.values()) == 100, "practical")
        named = {sheet for each in self.plan["functions"] for sheet in each["required"] + each["by_lot"]}
        must(head["practical"]["sheets"].keys() == named, "practical")
        self.sheets = {digest(sheet).hex(): sheet for sheet in head["sheets"]}
        given = [(sheet["id"], hashed) for hashed, sheet in self.sheets.items()]
        must(dict(given) == head["practical"]["sheets"] and len(head["sheets"]) == len(named), "sheet")
        must(digest(head["roster"]).hex() == plan["roster"] and head["roster"]["batch"] == self.batch, "roster")
        self.seed = seed(head)
        self.places, self.numbers = self.drawn(head["roster"]["entries"], head["practical"]["conflicts"]), set()

    def drawn(self, roster, conflicts):
        """Section 7 of the draw's specification: the panel, the number and the practical sitting of everybody on the roster."""
        dealt, turn, panels = {}, 0, self.plan["panels"]
        for entry in lot(self.seed, "panel", self.batch, roster):
            free = [place for place in range(len(panels)) if panels[(turn + place) % len(panels)]["panel"] not in conflicts.get(entry["pseudonym"], [])]
            must(free, "practical")
            dealt.setdefault(panels[(turn + free[0]) % len(panels)]["panel"], []).append(entry)
            turn = (turn + free[0] + 1) % len(panels)
        places = {}
        for panel, people in dealt.items():
            numbers = lot(self.seed, "number", panel, range(1, len(people) + 1))
            places |= {entry["pseudonym"]: (panel, number, entry["practical"]) for entry, number in zip(people, numbers)}
        return places

    def signed(self, record):
        return any(message_holds(record, key) for key in self.issuers)

    def open_keys(self, index, keys, committed):
        """Each key opens its item's commitment, and the basis commits to all of them."""
        must([item["id"] for item in index["items"]] == [item["id"] for item in keys["items"]], "bank")
        for item, key in zip(index["items"], keys["items"]):
            opened = canonical({"id": key["id"], "key": sorted(key["key"])})
            must(sha256("kaoping/item-key/1", bytes.fromhex(key["salt"]), opened).hex() == item["key"], "bank")
            self.items[item["id"]], self.keys[item["id"]], self.bank_of[item["id"]] = item, key["key"], index["bank"]
        all_keys = (bytes.fromhex(item["key"]) for item in index["items"])
        must(sha256("kaoping/answer-keys/1", index["bank"], *all_keys).hex() == committed, "bank")

    def correct_keys(self, corrections):
        """Each correction opens the bank's own key, is signed by two, and names the one that it replaces."""
        last = {}
        for each in corrections:
            record = each["record"]
            must(each.keys() == {"index", "record", "salt"} and record["kind"] == "key-correction" and self.signed(record), "key_correction")
            payload = record["payload"]
            opened, rule, item = payload["opened"], payload["rule"], self.items.get(payload["opened"]["item"])
            must(item and (payload["batch"], payload["bank"]) == (self.batch, self.bank_of[item["id"]]), "key_correction")
            committed = sha256("kaoping/item-key/1", bytes.fromhex(opened["salt"]), canonical({"id": item["id"], "key": sorted(opened["key"])}))
            must(committed.hex() == item["key"] and len({one["account"] for one in payload["decided_by"]}) >= 2, "key_correction")
            must(rule == {"kind": "struck"} or self.may_accept(rule, item), "key_correction")
            must(payload["replaces"] or rule != accepting(opened["key"]), "key_correction")
            must(payload["replaces"] == last.get(item["id"]) and each["index"] > max(self.leaves, default=-1), "key_correction")
            last[item["id"]] = identity(record)
            self.leaves[each["index"]] = leaf(self.batch, "key_correction", each["salt"], identity(record))["commitment"]
            self.rules[item["id"]].append(rule)

    @staticmethod
    def may_accept(rule, item):
        own, several = {option["id"] for option in item["options"]}, item["type"] == "multiple_choice"
        keys = rule["keys"] if rule.keys() == {"keys", "kind"} and rule["kind"] == "accepted" else []
        written_once = keys == sorted(keys) and all(key == sorted(set(key)) and set(key) <= own for key in keys)
        return written_once and 0 < len({tuple(key) for key in keys}) == len(keys) <= 16 and all((len(key) >= 2) if several else len(key) == 1 for key in keys)

    def check(self, text):
        """Computes a person's line again; gives the pseudonym."""
        line = json.loads(text)
        members = {"handed_in", "journal", "jws", "marks", "paper", "pseudonym", "score"}
        must(line.keys() - {"sheet_proofs"} == members, "line")
        subject = self.result(line)
        theory = self.theory(line, subject)
        must(subject["theory"] == theory, "theory")
        practical = self.practical(line, subject)
        must(subject["practical"] == practical, "total")
        must(subject["outcome"] == ("passed" if theory["passed"] and practical["passed"] else "failed"), "outcome")
        if line["pseudonym"] in self.audited:
            return line["pseudonym"]  # who occurs twice is named for that
        self.audited.add(line["pseudonym"])
        for sheet in sum(line["handed_in"], []):
            must(not {("assignment", sheet["assignment"]), sheet["last_event"]} & self.own, "sheet_shared")
            self.own |= {("assignment", sheet["assignment"]), sheet["last_event"]}
        for sheets in line["handed_in"][:1]:
            number = (*sorted(sheet["examiner"] for sheet in sheets), sheets[0]["number"])
            must(number not in self.numbers, "number_lot")
            self.numbers.add(number)
        return line["pseudonym"]

    def result(self, line):
        for key in self.issuers:
            try:
                subject = claims(line["jws"], key)["credentialSubject"]
            except jwt.InvalidTokenError:
                continue
            own = (self.batch, f"urn:kaoping:person:{line['pseudonym']}", self.manifest)
            must((subject["batch"], subject["id"], subject["evidence"]["manifest"]) == own, "result")
            return subject
        raise Differs("result")

    def theory(self, line, subject):
        evidence, paper, score = subject["evidence"], line["paper"], line["score"]["payload"]
        must(digest(paper).hex() == evidence["paper"] and paper["manifest"] == self.manifest, "paper")
        own = identity(line["score"]) == evidence["theoryScore"] and self.signed(line["score"])
        own &= (score["paper"], score["journal"], score["batch"]) == (evidence["paper"], evidence["journal"], self.batch)
        own &= score["half_marks"] == sum(item["half_marks"] for item in score["items"])
        must(own and score["policy"] == self.scoring == subject["rules"]["theory"], "score")
        chosen = {item["item"]: item["chosen"] for item in score["items"]}
        if line["journal"]:
            answers = {item: options for item, options in chosen.items() if options}
            must(replayed(line["journal"], paper, score["sitting"], evidence["journal"]) == answers, "journal")
        items = [self.item_score(entry["item"], chosen.get(entry["item"], [])) for entry in paper["items"]]
        different = next((pair for pair in zip(score["items"], items) if pair[0] != pair[1]), None)
        must(not different or not self.is_by_old_key(different[0]), "old_key")
        must(score["items"] == items, "item")
        return scoring.part(Fraction(sum(item["half_marks"] for item in items), 2))

    def is_by_old_key(self, found):
        """Whether a corrected item is marked as by the bank's key, or by a correction that another has replaced."""
        former = self.rules.get(found["item"], [])[:-1]
        return any(self.earned(rule, found["item"], found["chosen"]) == found["half_marks"] for rule in former)

    def earned(self, rule, name, chosen):
        kind, full = self.items[name]["type"], self.worth[self.items[name]["type"]]
        if rule["kind"] == "struck":
            return full
        return max(scoring.award(self.scoring, kind, full, key, chosen) for key in rule["keys"])

    def item_score(self, name, chosen):
        must(name in self.items, "item")
        known, full = self.items[name], self.worth[self.items[name]["type"]]
        earned = self.earned(self.rules[name][-1], name, chosen)
        return {"chosen": chosen, "full": full, "function": known["function"], "half_marks": earned, "item": name}

    def practical(self, line, subject):
        marks, handed_in = line["marks"], line["handed_in"]
        must(digest(marks).hex() == subject["evidence"]["panels"] and len(marks) == len(handed_in), "panels")
        policy = scoring.PANEL_POLICIES.get(subject["rules"]["panel"])
        must(policy, "panel")
        panel = self.planned(marks, handed_in, subject["rules"]["panel"])
        self.by_lot(line, panel)
        self.signed_sheets(handed_in, line.get("sheet_proofs", []))
        for each, sheets in zip(marks, handed_in):
            sheet = self.sheets.get(each["mark"]["sheet_digest"])
            must(sheet, "sheet")
            try:
                formed = scoring.panel_mark(sheet, sheets, policy, each["mark"]["decisions"])
            except scoring.NoMark as error:
                raise Differs("panel") from error
            must(formed == each["mark"], "panel")
        must(len({each["mark"]["sheet"] for each in marks}) == len(marks), "total")
        return scoring.practical(self.weights, marks)


    def planned(self, marks, handed_in, policy):
        """The exam is the one that the plan fixed: policy, stations, and one panel with its lead."""
        must(policy == self.plan["policy"], "policy")
        examined, ended = {each["mark"]["sheet"] for each in marks}, any(each["mark"]["terminated"] for each in marks)
        for function in self.plan["functions"]:
            drawn = len(examined & set(function["by_lot"]))
            must(ended or examined >= set(function["required"]), "station")
            must(drawn <= function["draw"] if ended else drawn == function["draw"], "station")
        must(examined <= {sheet for each in self.plan["functions"] for sheet in each["required"] + each["by_lot"]}, "station")
        must(all(each["weight"] == 1 for each in marks), "station")
        scored = {tuple(sorted(sheet["examiner"] for sheet in sheets)) for sheets in handed_in}
        decisions = [each["mark"]["decisions"] for each in marks]
        leads = {each["lead"] for one in decisions for each in one["vetoes"] + [one["spread"]] if each}
        own = [panel for panel in self.plan["panels"] if scored == {tuple(sorted(panel["examiners"]))} and leads <= {panel["lead"]}]
        must(own, "examiner")
        return own[0]["panel"]

    def by_lot(self, line, panel):
        """Panel, number and tasks are those that the seed gives; of who is not on the roster, the tasks of the spare paper's seat."""
        numbers = {sheet["number"] for sheet in sum(line["handed_in"], [])}
        own = self.places.get(line["pseudonym"], (panel, min(numbers), line["paper"]["paper"]))
        must(own[0] == panel, "panel_lot")
        must(numbers == {own[1]}, "number_lot")
        examined = {each["mark"]["sheet"] for each in line["marks"]}
        for function in self.plan["functions"]:
            drawn = lot(self.seed, "task", f"{own[2]}/{function['function']}", function["by_lot"])[:function["draw"]]
            must(examined & set(function["by_lot"]) <= set(drawn), "task_lot")

    def signed_sheets(self, handed_in, proofs):
        """Whether the room service signed each sheet as it stands, where its signatures were handed over."""
        if not proofs:
            return
        must([len(sheets) for sheets in handed_in] == [len(sheets) for sheets in proofs], "handed_in")
        for sheet, proven in zip(sum(handed_in, []), sum(proofs, [])):
            record = {"kind": "examiner-sheet", "v": 1, "payload": sheet, "proofs": proven}
            must(message_holds(record, self.room), "handed_in")


def seed(head):
    """The seed from the custodians' secrets, each the one committed to, and the outcome of the public entropy."""
    basis, manifest = head["basis"]["payload"], head["manifest"]["payload"]
    secrets = {secret["custodian"]: bytes.fromhex(secret["secret"]) for secret in head["secrets"]}
    committed = [(each["custodian"], each["commitment"]) for each in manifest["commitments"]]
    own = [(name, commitment(bytes.fromhex(manifest["basis"]), name, secrets[name]).hex()) for name, _ in committed if name in secrets]
    must(own == committed and len(head["secrets"]) == len(committed), "seed")
    must([each["custodian"] for each in basis["custodians"]] == [name for name, _ in committed], "seed")
    named, outcome = basis["public_entropy"], head["entropy"]
    must((named is None) == (outcome is None), "seed")
    must(named is None or (named["rule"], named["source"]) == (outcome["rule"], outcome["source"]), "seed")
    return seed_of(basis, manifest, secrets, entropy_of(outcome) if outcome else b"")


def replayed(journal, paper, sitting, committed):
    """What the seats' streams (`src/engine/session/README.md`) lead to. A PC that opened no paper has no stream."""
    answers, lasts, done, number, at, count = {}, [], False, -1, None, 0
    for stream in filter(None, journal["streams"]):
        first, last = json.loads(stream[0]), "00" * 32
        family, of, numbered = first["stream"].split("/")
        must((family, of) == ("seat", sitting) and numbered == str(int(numbered)) and int(numbered) > number, "journal")
        must(first["actor"].startswith("seat:"), "journal")
        number = int(numbered)
        for seq, text in enumerate(stream):
            event, body = json.loads(text), json.loads(text)["body"]
            must(text.encode() == canonical(event) and (event["seq"], event["prev"]) == (seq, last), "journal")
            must((event["stream"], event["actor"]) == (first["stream"], first["actor"]) and not done, "journal")
            must(at is None or event["at_ms"] >= at, "journal")
            must(count < 5000 or event["kind"] == "seat.handed_in", "journal")
            at, count = event["at_ms"], count + 1
            must((event["kind"] == "seat.opened") == (seq == 0), "journal")
            if event["kind"] == "seat.opened":
                before = lasts[-1].hex() if lasts else None
                must(body == {"continues": before, "paper": digest(paper).hex()}, "journal")
            if event["kind"] == "seat.answered":
                answers[body["item"]] = body["options"]
            if event["kind"] == "seat.handed_in":
                done = True
                must(body["answered"] == sum(1 for options in answers.values() if options), "journal")
            last = digest(event).hex()
        lasts.append(bytes.fromhex(last))
    must(sha256("kaoping/journal/1", bytes.fromhex(journal["salt"]), *lasts).hex() == committed, "journal")
    return {item: options for item, options in answers.items() if options}
