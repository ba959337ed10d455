"""Whether a closed batch is whole, judged from `src/engine/result/README.md` alone; what is wrong is named as on that page."""

import json
from collections import Counter
from datetime import datetime, timedelta

import jwt
from cryptography.exceptions import InvalidSignature

from batch import base64url, payload_bytes
from draw_bytes import canonical, digest
from inclusion import open_note
from signing import identity, key_id, leaf, leaf_hash, root
from verifying import claims, message_holds, openssl_holds

ENDS = ("absent", "annulled", "deferred", "result", "void")
SPARES = ("spare_unused", "spare_used")
OPENED = {"roster", "basis", "manifest", "attempt_void", "closing", "correction", "certificate", *ENDS, *SPARES}
# What may follow the closing; a second closing has a name of its own.
AFTER = {"correction", "key_correction", "certificate", "revocation", "acknowledgement", "key", "closing"}
# What each person has alone.
OWN = ("paper", "journal", "theoryScore", "panels")
LINES = {"roster": {"line", "roster"}, "seating": {"line", "seating"}, "leaf": {"leaf", "line", "opened"}}
# The leaf of each kind of message (src/engine/kinds/README.md); ends and papers say themselves which.
LEAVES = {"roster": "roster", "draw-basis": "basis", "draw-manifest": "manifest", "secret-opening": "secret_opening",
          "opening": "opening", "draw-void": "attempt_void", "absence": "absent", "closing": "closing", "key-correction": "key_correction", "revocation": "revocation", "acknowledgement": "acknowledgement"}


class Whole:
    """Reads a bundle; `found` lists what is wrong, as pairs of name and subject."""

    def __init__(self, lines, trust):
        self.trust, self.found, self.next = trust, [], "roster"
        self.hashes, self.committed, self.bases, self.manifest, self.closed = [], None, {}, None, False
        self.in_force, self.drawn, self.voids = None, False, 0
        self.paper_of, self.spares, self.says, self.owners, self.numbers, self.days, self.ended = {}, {}, {}, {}, {}, {}, {}
        self.roster, self.seating = {"entries": []}, {"papers": []}
        self.sittings, self.ends, self.results, self.papers = {}, Counter(), {}, {}
        self.kinds, self.uses = Counter({kind: 0 for kind in ENDS}), Counter(spare_unused=0, spare_used=0)
        head = json.loads(lines[0]) if lines else {}
        self.batch = head.get("batch")
        if head.keys() != {"batch", "checkpoint", "kind", "v"} or (head["kind"], head["v"]) != ("batch-bundle", 1):
            self.wrong("header", "line 1")
        for number, line in enumerate(lines[1:], 2):
            self.line(json.loads(line), number)
        self.finish(head.get("checkpoint"))

    def wrong(self, name, subject):
        self.found.append((name, subject))

    def line(self, line, number):
        opened = line.get("opened")
        members = line.keys() == LINES.get(line["line"]) and (opened is None or opened and opened.keys() - {"decision", "proofs"} == {"record", "salt"})
        if not members or line["line"] != self.next:
            return self.wrong("line", f"line {number}")
        self.next = {"roster": "seating"}.get(self.next, "leaf")
        if line["line"] == "leaf":
            return self.leaf(line["leaf"], opened, f"leaf {len(self.hashes)}")
        if line["line"] == "roster":
            self.roster = line["roster"]
            self.read_roster()
        else:
            self.seating = line["seating"]
            seats = {paper["paper"] for paper in self.seating["papers"] if paper["use"] == "seat"}
            for paper in seats ^ set(self.paper_of.values()):
                self.wrong("seating_other", paper)
            self.papers = {paper["paper"]: 0 for paper in self.seating["papers"] if paper["use"] != "seat"}

    def read_roster(self):
        known = set()
        for each in self.roster["entries"]:
            own = [("person", each["pseudonym"]), ("sitting", each["theory"]), ("sitting", each["practical"]), ("seat", each["seat"])]
            if len(set(own) - known) < len(own):
                self.wrong("roster_doubled", each["pseudonym"])
            known.update(own)
            self.sittings.setdefault(each["pseudonym"], (each["theory"], each["practical"]))
            self.paper_of[each["pseudonym"]] = each["seat"]

    def order(self, kind, place):
        """Whether a leaf of this kind may stand here."""
        if self.closed and kind not in AFTER:
            return self.wrong("after_closing", place)
        if kind == "key_correction" and not self.closed:
            self.wrong("order", place)
        late = {"roster": self.drawn or self.bases, **dict.fromkeys(("basis", "secret_opening", "opening", "attempt_void"), self.drawn)}
        if late.get(kind):
            self.wrong("order", place)

    def leaf(self, entry, opened, place):
        if entry["batch"] == self.batch:
            self.order(entry["kind"], place)
        if entry["batch"] == self.batch and opened:
            self.opened(entry["kind"], entry, opened, place)
        elif entry["batch"] == self.batch and entry["kind"] in OPENED:
            self.wrong("leaf_closed", place)
        self.hashes.append(leaf_hash(canonical(entry)))

    def opened(self, kind, entry, opened, place):
        record = opened["record"]
        if entry != leaf(self.batch, kind, opened["salt"], identity(record)):
            self.wrong("leaf_other", place)
        if not self.signed(record):
            self.wrong("signature", place)
        if isinstance(record, str):
            if not self.required(record, opened.get("proofs", [])):
                self.wrong("required_signature", place)
            if not self.decided(record, opened.get("decision")):
                self.wrong("decision", place)
            elif opened.get("decision") and not self.signed(opened["decision"]):
                self.wrong("signature", place)
            return self.credential(kind, record, place)
        if opened.keys() != {"record", "salt"}:
            return self.wrong("record", place)
        payload = record["payload"]
        fits = LEAVES.get(record["kind"]) or payload.get("end") or SPARES[payload.get("used") is not None]
        # A manifest has no batch but that of its basis, which comes before it.
        own = payload["basis"] in self.bases if kind == "manifest" and fits == kind else payload.get("batch") == self.batch
        if fits != kind or not own:
            return self.wrong("record", place)
        if kind in ENDS:
            parts = (payload[part] for part in ("theory", "practical"))
            self.end(kind, payload["pseudonym"], tuple(part["sitting"] if isinstance(part, dict) else part for part in parts))
        if kind in SPARES:
            self.paper(kind, payload)
        if kind == "roster":
            if self.committed:
                self.wrong("step_doubled", "roster")
            self.committed = payload["roster"]
            self.same_roster(payload, "roster")
            if payload["roster"] == digest(self.roster).hex() and payload["candidates"] != len(self.roster["entries"]):
                self.wrong("roster_other", "roster")
        if kind == "basis":
            self.bases[identity(record)] = payload
        if kind == "manifest":
            if self.drawn or self.in_force or self.bases[payload["basis"]]["attempt"] != self.voids + 1:
                self.wrong("draw_other", "manifest")
            self.manifest, self.in_force = self.bases[payload["basis"]], identity(record)
        if kind == "attempt_void":
            self.voids, self.manifest, self.in_force = self.voids + 1, None, None
        if kind == "closing":
            self.closing(payload)

    def required(self, jws, proofs):
        """Whether each further signature that the credential requires is there, by a key of its issuer, and holds."""
        names = set(json.loads(payload_bytes(jws))["requiredSignatures"]) - {"ES256"}
        signer = jwt.get_unverified_header(jws)["kid"]
        keys = {key_id(key): key for issuer in self.trust["issuers"] if key_id(issuer["key"]) == signer for key in issuer.get("beside", [])}
        def holds(proof):
            return openssl_holds(keys[proof["key"]], base64url(proof["value"]), jws.rsplit(".", 1)[0].encode())
        first = [next((proof for proof in proofs if proof["alg"] == name), None) for name in names]
        return all(proof and proof["key"] in keys and holds(proof) for proof in first)

    def decided(self, jws, decision):
        """Whether the decision behind a corrected result is the one that it names, and about its person and the result before."""
        payload = json.loads(payload_bytes(jws))
        replaced, subject = payload.get("supersedes"), payload["credentialSubject"]
        if not (replaced and decision):
            return not replaced and not decision
        if decision["kind"] != "correction":
            return False
        said = decision["payload"]
        named = (identity(decision), said["supersedes"]) == (replaced["correction"], replaced["result"])
        about = (said["batch"], f"urn:kaoping:person:{said['pseudonym']}") == (subject["batch"], subject["id"])
        accounts = [decider["account"] for decider in said["decided_by"]]
        return 1 <= len(set(accounts)) == len(accounts) <= 16 and named and about

    def signed(self, record):
        """Whether a key signed that the trust list has, and that counts at this place of the log."""
        for issuer in self.trust["issuers"]:
            if issuer["revoked"] and issuer["revoked"]["from_index"] <= len(self.hashes):
                continue
            try:
                if claims(record, issuer["key"]) if isinstance(record, str) else message_holds(record, issuer["key"]):
                    return True
            except jwt.InvalidTokenError:
                continue
        return False

    def credential(self, kind, jws, place):
        payload = json.loads(payload_bytes(jws))
        subject, replaced = payload["credentialSubject"], payload.get("supersedes")
        expected = "correction" if replaced else {"CareLevelResult": "result", "CareLevelCertificate": "certificate"}[payload["type"][1]]
        if (kind, subject["batch"]) != (expected, self.batch):
            return self.wrong("record", place)
        pseudonym = subject["id"].removeprefix("urn:kaoping:person:")
        if kind == "certificate":
            return self.certificate(subject, pseudonym, payload["validFrom"])
        self.draw(subject, pseudonym)
        if kind == "result":
            self.results[pseudonym] = identity(jws)
            self.end(kind, pseudonym)
            self.says_of(subject, pseudonym)
        if kind == "correction":
            self.says_of(subject, pseudonym)
            if self.results.get(pseudonym) != replaced["result"]:
                return self.wrong("correction_unknown", pseudonym)
            self.results[pseudonym] = identity(jws)

    def draw(self, subject, pseudonym):
        """A result is of the draw that is in force."""
        self.drawn, fixed = True, self.manifest
        if fixed is None:
            return
        of = (subject["evidence"]["manifest"], subject["evidence"]["attempt"], subject["level"], subject["rules"]["draw"])
        if of != (self.in_force, fixed["attempt"], fixed["level"], fixed["algorithm"]):
            self.wrong("draw_other", pseudonym)

    def says_of(self, subject, pseudonym):
        """What a result says, which is nobody else's."""
        evidence = self.says[pseudonym] = {**subject["evidence"], "outcome": subject["outcome"]}
        own = [*(evidence[name] for name in OWN), *evidence["identity"].values()]
        if any(self.owners.setdefault(each, pseudonym) != pseudonym for each in own):
            self.wrong("evidence_shared", pseudonym)

    def certificate(self, subject, pseudonym, signed):
        """A certificate rests on a passed result of its person that counts, and has a number and a day of its own."""
        if self.numbers.setdefault(subject["number"], pseudonym) != pseudonym:
            self.wrong("certificate", pseudonym)
        if subject["basis"]["kind"] != "exam":
            return
        if pseudonym not in self.sittings.keys() | self.ends.keys():
            return self.wrong("certificate", pseudonym)
        says = self.says.get(pseudonym, {"outcome": None, "identity": None})
        rests = self.results.get(pseudonym) in subject["basis"]["results"]
        if not rests or (says["outcome"], says["identity"]) != ("passed", subject["identity"]):
            self.wrong("certificate", pseudonym)
        day = (datetime.fromisoformat(signed.replace("Z", "+00:00")) + timedelta(hours=8)).date().isoformat()
        # A certificate on a corrected result keeps the day of the first.
        if self.days.setdefault(pseudonym, day) != subject["issuedOn"]:
            self.wrong("certificate", pseudonym)

    def end(self, kind, pseudonym, sittings=None):
        if sittings and self.sittings.get(pseudonym, sittings) != sittings:
            self.wrong("sitting_other", self.named(pseudonym))
        if sittings:
            self.ended.setdefault(pseudonym, sittings)
        self.ends[pseudonym] += 1
        self.kinds[kind] += 1

    def paper(self, kind, payload):
        if payload["paper"] in self.papers:
            self.papers[payload["paper"]] += 1
        else:
            self.wrong("paper_unknown", payload["paper"])
        self.uses[kind] += 1
        if payload["used"]:
            pseudonym = payload["used"]["pseudonym"]
            if pseudonym in self.sittings:
                self.wrong("paper_doubled", pseudonym)
            self.sittings.setdefault(pseudonym, (payload["used"]["theory"], payload["used"]["practical"]))
            if self.ended.get(pseudonym, self.sittings[pseudonym]) != self.sittings[pseudonym]:
                self.wrong("sitting_other", self.named(pseudonym))
            self.spares[pseudonym] = payload["paper_digest"]

    def closing(self, payload):
        if self.closed:
            self.wrong("step_doubled", "closing")
        if (payload["size"], payload["root"]) != (len(self.hashes), root(self.hashes).hex()):
            self.wrong("closing_tree", "closing")
        self.same_roster(payload, "closing")
        papers = {"seat": len(self.seating["papers"]) - len(self.papers), **self.uses}
        if (payload["candidates"], payload["ends"], payload["papers"]) != (len(self.sittings), self.kinds, papers):
            self.wrong("closing_counts", self.batch)
        self.closed = True

    def same_roster(self, payload, step):
        if payload["roster"] != digest(self.roster).hex():
            self.wrong("roster_other", step)

    def finish(self, checkpoint):
        try:
            if checkpoint and open_note(checkpoint, self.trust["log"]) != (len(self.hashes), root(self.hashes)):
                self.wrong("checkpoint", self.trust["log"]["origin"])
        except (ValueError, InvalidSignature):
            self.wrong("checkpoint", self.trust["log"]["origin"])
        for step, there in (("roster", self.committed), ("basis", self.bases), ("manifest", self.manifest), ("closing", self.closed)):
            if not there:
                self.wrong("step_missing", step)
        fixed = self.manifest and (self.manifest["roster"], self.manifest["seating"])
        if fixed and fixed != (digest(self.roster).hex(), digest(self.seating).hex()):
            self.wrong("seating_other", "basis")
        for pseudonym, spare in self.spares.items():
            if self.says.get(pseudonym, {"paper": spare})["paper"] != spare:
                self.wrong("paper_other", pseudonym)
        for pseudonym in self.sittings.keys() | self.ends.keys():
            if pseudonym not in self.sittings:
                self.wrong("sitting_unknown", pseudonym)
            if self.ends[pseudonym] != 1:
                self.wrong("sitting_doubled" if self.ends[pseudonym] else "sitting_missing", self.named(pseudonym))
        for paper, count in self.papers.items():
            if count != 1:
                self.wrong("paper_doubled" if count else "paper_missing", paper)

    def named(self, pseudonym):
        return f"{pseudonym} ({', '.join(self.sittings[pseudonym])})" if pseudonym in self.sittings else pseudonym
