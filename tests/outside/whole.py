"""Whether a closed batch is whole, judged from `src/engine/result/README.md` alone; what is wrong is named as on that page."""

import json
from collections import Counter

import jwt
from cryptography.exceptions import InvalidSignature

from batch import payload_bytes
from draw_bytes import canonical, digest
from inclusion import open_note
from signing import identity, leaf, leaf_hash, root
from verifying import claims, message_holds

ENDS = ("absent", "annulled", "deferred", "result", "void")
SPARES = ("spare_unused", "spare_used")
OPENED = {"roster", "basis", "manifest", "closing", *ENDS, *SPARES}
LINES = {"roster": {"line", "roster"}, "seating": {"line", "seating"}, "leaf": {"leaf", "line", "opened"}}
# The leaf of each kind of message (src/engine/kinds/README.md); ends and papers say themselves which.
LEAVES = {"roster": "roster", "draw-basis": "basis", "draw-manifest": "manifest", "secret-opening": "secret_opening",
          "opening": "opening", "draw-void": "attempt_void", "absence": "absent", "closing": "closing", "revocation": "revocation", "acknowledgement": "acknowledgement"}


class Whole:
    """Reads a bundle; `found` lists what is wrong, as pairs of name and subject."""

    def __init__(self, lines, trust):
        self.trust, self.found, self.next = trust, [], "roster"
        self.hashes, self.committed, self.bases, self.manifest, self.closed = [], None, {}, None, False
        self.in_force, self.drawn = None, False
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
        members = line.keys() == LINES.get(line["line"]) and (opened is None or opened and opened.keys() == {"record", "salt"})
        if not members or line["line"] != self.next:
            return self.wrong("line", f"line {number}")
        self.next = {"roster": "seating"}.get(self.next, "leaf")
        if line["line"] == "leaf":
            return self.leaf(line["leaf"], opened, f"leaf {len(self.hashes)}")
        if line["line"] == "roster":
            self.roster = line["roster"]
            self.sittings = {each["pseudonym"]: (each["theory"], each["practical"]) for each in self.roster["entries"]}
        else:
            self.seating = line["seating"]
            self.papers = {paper["paper"]: 0 for paper in self.seating["papers"] if paper["use"] != "seat"}

    def leaf(self, entry, opened, place):
        if entry["batch"] == self.batch and opened:
            self.opened(entry["kind"], entry, opened, place)
        elif entry["batch"] == self.batch and entry["kind"] in OPENED:
            self.wrong("leaf_closed", place)
        self.hashes.append(leaf_hash(canonical(entry)))

    def opened(self, kind, entry, opened, place):
        record = opened["record"]
        if self.closed and kind in ENDS + SPARES:
            self.wrong("after_closing", place)
        if entry != leaf(self.batch, kind, opened["salt"], identity(record)):
            self.wrong("leaf_other", place)
        if not self.signed(record):
            self.wrong("signature", place)
        if isinstance(record, str):
            return self.credential(kind, record, place)
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
        if kind == "basis":
            self.bases[identity(record)] = payload
        if kind == "manifest":
            if self.drawn:
                self.wrong("draw_other", "manifest")
            self.manifest, self.in_force = self.bases[payload["basis"]], identity(record)
        if kind == "closing":
            self.closing(payload)

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
        if kind != "certificate":
            self.draw(subject, pseudonym)
        if kind == "result":
            self.results[pseudonym] = identity(jws)
            self.end(kind, pseudonym)
        if kind == "correction":
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

    def end(self, kind, pseudonym, sittings=None):
        if sittings and self.sittings.get(pseudonym, sittings) != sittings:
            self.wrong("sitting_other", self.named(pseudonym))
        self.ends[pseudonym] += 1
        self.kinds[kind] += 1

    def paper(self, kind, payload):
        if payload["paper"] in self.papers:
            self.papers[payload["paper"]] += 1
        else:
            self.wrong("paper_unknown", payload["paper"])
        self.uses[kind] += 1
        if payload["used"]:
            self.sittings.setdefault(payload["used"]["pseudonym"], (payload["used"]["theory"], payload["used"]["practical"]))

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
