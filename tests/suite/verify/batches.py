"""Makes `batches.json`: a closed batch that is whole, and every way in which one is not, by the name that it must get.

Four candidates: one with a result, one absent, one annulled, one late on a spare paper. A case changes the steps before they are
logged and signed, or the lines afterwards."""

import base64
import json
import pathlib

from make import AT, ISSUER, LOG_KEY, ORIGIN, OTHER, SM2, STRANGER, certificate, deciders, digest, result, trust
from draw_bytes import canonical, sha256
from signing import Log, Sm2, b64, credential, identity, key_id, message

HERE = pathlib.Path(__file__).parent
BATCH = "b1"
CASES, LINES = [], []


def entry(pseudonym, number):
    return {"avoid": [], "number": number, "practical": f"{pseudonym}-practical", "pseudonym": pseudonym, "room": "r1",
            "seat": f"s1-r1-0{number}", "session": 1, "theory": f"{pseudonym}-theory"}


def seated(paper, use):
    room = (None, None) if use == "reserve" else (1, "r1")
    return {"avoid": [], "paper": paper, "room": room[1], "session": room[0], "use": use}


ROSTER = {"batch": BATCH, "entries": [entry(p, n) for n, p in enumerate(("p1", "p2", "p3"), 1)], "v": 1}
SEATING = {"batch": BATCH, "papers": [
    *(seated(f"s1-r1-0{n}", "seat") for n in (1, 2, 3)), seated("s1-r1-x1", "spare"), seated("s1-r1-x2", "spare"), seated("r-001", "reserve")], "v": 1}


def sha(document):
    import hashlib
    return hashlib.sha256(canonical(document)).hexdigest()


def basis(**changes):
    payload = {
        "algorithm": "kaoping-draw-2", "attempt": 1,
        "banks": [{"answer_keys": digest("keys"), "approval": None, "bank": "bank-a", "index": digest("index"), "kind": "national"}],
        "batch": BATCH, "blueprint": digest("blueprint"),
        "custodians": [{"custodian": "custodian-1", "outside": False}, {"custodian": "custodian-2", "outside": True}],
        "level": 5, "plan": digest("plan"), "practical": None, "profile": "sample", "public_entropy": None, "replaces": None,
        "roster": sha(ROSTER), "seating": sha(SEATING), "v": 1, **changes}
    return message("draw-basis", payload, ISSUER)


def manifest(of=None):
    commitments = [{"commitment": digest("one"), "custodian": "custodian-1"}, {"commitment": digest("two"), "custodian": "custodian-2"}]
    return message("draw-manifest", {"basis": identity(of or basis()), "commitments": commitments, "v": 1}, ISSUER)


def roster(**changes):
    return message("roster", {"at_ms": AT, "batch": BATCH, "candidates": 3, "level": 5, "roster": sha(ROSTER), **changes}, ISSUER)


def drawn(payload, of=None):
    """A result of the draw in force."""
    subject = payload["credentialSubject"]
    # Each person has a paper, a journal, marks and an identity of their own.
    pseudonym = subject["id"].removeprefix("urn:kaoping:person:")
    own = {name: digest(f"{name} of {pseudonym}") for name in ("journal", "panels", "theoryScore")}
    holder = {name: digest(f"{name} of {pseudonym}") for name in ("person", "shownName")}
    dealt = "s1-r1-x1" if pseudonym == "p4" else f"s1-r1-0{pseudonym[1:]}"
    evidence = {**subject["evidence"], **own, "identity": holder, "manifest": identity(of or manifest()), "paper": digest(dealt)}
    rules = {**subject["rules"], "draw": "kaoping-draw-2"}
    return {**payload, "credentialSubject": {**subject, "evidence": evidence, "rules": rules}}


def result_of(pseudonym, signer=ISSUER, batch=BATCH, **changes):
    payload = result(id=f"urn:kaoping:person:{pseudonym}", batch=batch)
    payload["id"] = f"urn:kaoping:result:{batch}:{pseudonym}"
    return credential({**drawn(payload), **changes}, signer)


def with_subject(jws_payload, **changes):
    """The payload with other members of its subject; those of `evidence` one by one."""
    subject = jws_payload["credentialSubject"]
    parts = {name: {**subject[name], **value} if isinstance(value, dict) else value for name, value in changes.items()}
    return {**jws_payload, "credentialSubject": {**subject, **parts}}


def payload_of(pseudonym):
    payload = drawn(result(id=f"urn:kaoping:person:{pseudonym}", batch=BATCH))
    return {**payload, "id": f"urn:kaoping:result:{BATCH}:{pseudonym}"}


def certificate_of(pseudonym, rests_on=None, valid_from=None, **subject):
    """A certificate on the person's result, or on another."""
    holder = {name: digest(f"{name} of {pseudonym}") for name in ("person", "shownName")}
    payload = certificate(rests_on or identity(result_of(pseudonym)), id=f"urn:kaoping:person:{pseudonym}", identity=holder, **subject)
    return credential({**payload, **({"validFrom": valid_from} if valid_from else {})}, ISSUER)


def absence(pseudonym, signer=ISSUER, **changes):
    missed = {"evidence": None, "result": None}
    return message("absence", {"at_ms": AT, "batch": BATCH, "practical": {**missed, "sitting": f"{pseudonym}-practical"},
                               "pseudonym": pseudonym, "theory": {**missed, "sitting": f"{pseudonym}-theory"}, **changes}, signer)


def annulled(pseudonym):
    return message("sitting-end", {
        "at_ms": AT, "batch": BATCH, "decided_by": deciders(), "end": "annulled", "next_batch": None, "practical": f"{pseudonym}-practical",
        "pseudonym": pseudonym, "reason": {"code": "impersonation", "text": "查实替考。"}, "theory": f"{pseudonym}-theory"}, ISSUER)


def paper(name, used=None, holds=None):
    used = used and {"bound_by": "invigilator-1", "practical": f"{used}-practical", "pseudonym": used, "reason": "名册漏报。", "theory": f"{used}-theory"}
    return message("paper-use", {"at_ms": AT, "batch": BATCH, "paper": name, "paper_digest": digest(holds or name), "used": used}, ISSUER)


def steps():
    """Kinds of leaves with their records; the closing is made when the tree before it is known."""
    return [
        ("roster", roster()), ("basis", basis()), ("manifest", manifest()), ("opening", None), ("result", result_of("p1")),
        ("absent", absence("p2")),
        ("spare_used", paper("s1-r1-x1", "p4")), ("annulled", annulled("p3")), ("result", result_of("p4")),
        ("spare_unused", paper("s1-r1-x2")), ("spare_unused", paper("r-001")), ("closing", {}), ("certificate", certificate_of("p4")),
    ]


def lines(made, key=LOG_KEY, origin=ORIGIN):
    """The bundle's lines, with a leaf of another batch before and after. A step may bring what stands beside its record."""
    log, leaves = Log(origin, key), []

    def add(batch, kind, record, beside=None):
        salt = sha256("salt", len(log.entries)).hex()
        place = log.record(batch, kind, identity(record) if record else digest("closed"), salt)
        leaves.append({"leaf": place["leaf"], "line": "leaf", "opened": record and {**(beside or {}), "record": record, "salt": salt}})

    add("b0", "result", None)
    for kind, record, *beside in made:
        if kind == "closing":
            payload = {"at_ms": AT, "batch": BATCH, "candidates": 4, "ends": {"absent": 1, "annulled": 1, "deferred": 0, "result": 2, "void": 0},
                       "papers": {"seat": 3, "spare_unused": 2, "spare_used": 1}, "root": log.root().hex(), "roster": sha(ROSTER), "size": len(log.entries)}
            record = message("closing", {**payload, **record}, ISSUER)
        add(BATCH, kind, record, *beside)
    add("b2", "roster", None)
    head = {"batch": BATCH, "checkpoint": log.checkpoint(), "kind": "batch-bundle", "v": 1}
    return [head, {"line": "roster", "roster": ROSTER}, {"line": "seating", "seating": SEATING}, *leaves]


def case(name, about, made, *findings):
    texts = [line if isinstance(line, str) else canonical(line).decode() for line in made]
    LINES.extend(text for text in dict.fromkeys(texts) if text not in LINES)
    CASES.append({"name": name, "about": about, "lines": [LINES.index(text) for text in texts], "expect": [list(finding) for finding in findings]})


def with_step(index, *instead):
    made = steps()
    made[index:index + 1] = instead
    return lines(made)


def with_line(index, change):
    made = lines(steps())
    made[index] = change(made[index])
    return made


def opened(change):
    return lambda line: {**line, "opened": {**line["opened"], **change}}


def decision_of(of, signer=ISSUER, **changes):
    """The decision that a person's result is replaced."""
    return message("correction", {
        "appeal": None, "at_ms": AT + 1000, "batch": BATCH, "decided_by": deciders(), "pseudonym": of,
        "reason": {"code": "identity", "text": "姓名登记错误。"}, "supersedes": identity(result_of(of)), **changes}, signer)


def corrected_of(pseudonym, decision=None, **beside):
    """The step of a corrected result, with the decision that it names."""
    decision = decision or decision_of(pseudonym)
    replaced = {"correction": identity(decision), "result": identity(result_of(pseudonym))}
    return "correction", result_of(pseudonym, supersedes=replaced), {"decision": decision, **beside}


def cases_of_decisions():
    """A corrected result without the decision that it rests on."""
    def corrected(name, about, step, *findings):
        case(f"decision-{name}", about, lines([*steps(), step]), *findings)

    at = ("decision", "leaf 14")
    corrected("missing", "a corrected result, and nobody decided it", corrected_of("p4")[:2], at)
    corrected("other", "the decision is another than the result names", (*corrected_of("p4")[:2], {"decision": decision_of("p4", at_ms=AT + 2000)}), at)
    corrected("other-person", "the decision is about another person", corrected_of("p4", decision_of("p4", pseudonym="p1")), at)
    corrected("other-result", "the decision replaces another result", corrected_of("p4", decision_of("p4", supersedes=digest("x"))), at)
    corrected("other-batch", "the decision is of another batch", corrected_of("p4", decision_of("p4", batch="b9")), at)
    revoked = message("revocation", {
        "at_ms": AT, "batch": BATCH, "decided_by": deciders(), "effective_ms": AT, "reason": {"code": "fraud", "text": "查实申报材料造假。"},
        "revoked": {"kind": "result", "record": identity(result_of("p4"))}}, ISSUER)
    replaced = {"correction": identity(revoked), "result": identity(result_of("p4"))}
    corrected("other-kind", "a revocation in its place", ("correction", result_of("p4", supersedes=replaced), {"decision": revoked}), at)
    corrected("no-decider", "nobody decided", corrected_of("p4", decision_of("p4", decided_by=[])), at)
    unsigned = {**decision_of("p4"), "proofs": []}
    corrected("unsigned", "nobody signed the decision", corrected_of("p4", unsigned), ("signature", "leaf 14"))
    case("decision-of-nothing", "a decision beside a first result", with_step(4, ("result", result_of("p1"), {"decision": decision_of("p1")})),
         ("decision", "leaf 5"))
    case("decision-of-message", "a decision beside an absence", with_step(5, ("absent", absence("p2"), {"decision": decision_of("p2")})),
         ("record", "leaf 6"), ("closing_counts", BATCH), ("sitting_missing", "p2 (p2-theory, p2-practical)"))


def cases_of_sm2():
    """Results and certificates that require a signature by SM2 beside."""
    names = ["ES256", "SM2-SM3"]
    payload = drawn(result(id="urn:kaoping:person:p1", batch=BATCH))
    signed = credential({**payload, "id": f"urn:kaoping:result:{BATCH}:p1", "requiredSignatures": names}, ISSUER)

    def beside(jws, key=SM2, value=None, **changes):
        return {"alg": "SM2-SM3", "key": key_id(key.jwk), "value": b64(value or key.sign(jws.rsplit(".", 1)[0].encode())), **changes}

    def with_proofs(*proofs, name, about, wrong=True):
        findings = [("required_signature", "leaf 5")] if wrong else []
        case(f"sm2-{name}", about, with_step(4, ("result", signed, {"proofs": list(proofs)})), *findings)

    with_proofs(beside(signed), name="there", about="a result with its signature by SM2", wrong=False)
    with_proofs(name="none", about="no signature stands beside")
    with_proofs(beside(signed, alg="ES256"), name="called-es256", about="the signature is called by another algorithm")
    with_proofs(beside(result_of("p1")), name="other", about="the signature of another result")
    with_proofs(beside(signed, Sm2(11)), name="other-key", about="a key that the organization does not have")
    with_proofs(beside(signed, value=bytes(64)), name="zero", about="r and s are zero")
    certified = credential({**certified_payload(), "requiredSignatures": names}, ISSUER)
    for name, proofs, findings in (("there", [beside(certified)], ()), ("none", [], (("required_signature", "leaf 13"),))):
        case(f"sm2-certificate-{name}", "a certificate that requires SM2", with_step(12, ("certificate", certified, {"proofs": proofs})), *findings)
    case("sm2-message", "further signatures beside an absence", with_step(5, ("absent", absence("p2"), {"proofs": [beside(signed)]})),
         ("record", "leaf 6"), ("closing_counts", BATCH), ("sitting_missing", "p2 (p2-theory, p2-practical)"))


def certified_payload():
    return json.loads(base64.urlsafe_b64decode(certificate_of("p4").split(".")[1] + "=="))


def cases_of_order():
    """Steps that stand where they may not."""
    late = steps()
    late.insert(2, late.pop(0))
    case("roster-late", "the roster is committed to after the basis", lines(late), ("order", "leaf 3"))
    late = steps()
    late.insert(5, late.pop(3))
    case("opening-late", "the draw is opened after a result", lines(late), ("order", "leaf 6"))
    again = steps()
    again[3:3] = [("manifest", manifest())]
    case("manifest-twice", "a second manifest although the first attempt was not voided", lines(again), ("draw_other", "manifest"))
    third = basis(attempt=3, replaces={"manifest": digest("manifest"), "void": digest("void")})
    skipped = steps()[:-1]
    skipped[1:3] = [("basis", third), ("manifest", manifest(third))]
    case("attempt-skipped", "a third attempt without voids before it", lines(skipped), ("draw_other", "manifest"), ("draw_other", "p1"), ("draw_other", "p4"))
    case("manifest-after-closing", "a manifest after the closing", lines([*steps(), ("manifest", manifest())]), ("after_closing", "leaf 14"),
         ("draw_other", "manifest"))
    correction = message("key-correction", {
        "at_ms": AT, "bank": "bank-a", "batch": BATCH, "decided_by": deciders(), "opened": {"item": "i1", "key": ["o1"], "salt": "0a" * 32},
        "reason": "标准答案有误。", "replaces": None, "rule": {"kind": "struck"}}, ISSUER)
    case("key-correction", "a key is corrected after the closing; the bundle may show it", lines([*steps(), ("key_correction", correction)]))
    case("key-correction-closed", "a key is corrected after the closing; the bundle does not show it", lines([*steps(), ("key_correction", None)]))
    case("key-correction-early", "a key is corrected before the closing", with_step(11, ("key_correction", correction), ("closing", {})), ("order", "leaf 12"))
    case("roster-counts", "the commitment to the roster counts others", with_step(0, ("roster", roster(candidates=99))), ("roster_other", "roster"))


def cases_of_sharing():
    """What each person has alone."""
    def of_p4(evidence):
        made = steps()[:-1]
        made[8] = ("result", credential(with_subject(payload_of("p4"), evidence=evidence), ISSUER))
        return lines(made)

    for name in ("paper", "journal", "theoryScore", "panels"):
        shared = payload_of("p1")["credentialSubject"]["evidence"][name]
        used = [("paper_other", "p4")] if name == "paper" else []
        case(f"shared-{name.lower()}", f"two people have one {name}", of_p4({name: shared}), ("evidence_shared", "p4"), *used)
    holder = payload_of("p1")["credentialSubject"]["evidence"]["identity"]
    case("shared-identity", "two pseudonyms of one person", of_p4({"identity": holder}), ("evidence_shared", "p4"))
    case("spare-other", "a spare paper that the result does not name", with_step(6, ("spare_used", paper("s1-r1-x1", "p4", "other"))), ("paper_other", "p4"))
    two = steps()
    two[9] = ("spare_used", paper("s1-r1-x2", "p4"))
    two[11] = ("closing", {"papers": {"seat": 3, "spare_unused": 1, "spare_used": 2}})
    case("two-spares", "two spare papers for one person", lines(two), ("paper_doubled", "p4"), ("paper_other", "p4"))


def cases_of_certificates():
    """Certificates that rest on nothing."""
    def instead(*made):
        return lines([*steps()[:-1], *(("certificate", one) for one in made)])

    case("certificate-closed", "a certificate stays closed", instead(None), ("leaf_closed", "leaf 13"))
    case("certificate-absent", "a certificate for somebody who did not come", instead(certificate_of("p2", digest("x"))), ("certificate", "p2"))
    case("certificate-stranger", "a certificate for somebody who is not on the roster", instead(certificate_of("p9", digest("x"))), ("certificate", "p9"))
    case("certificate-basis", "a certificate on another's result", instead(certificate_of("p4", identity(result_of("p1")))), ("certificate", "p4"))
    case("certificate-number", "two people have one number", instead(certificate_of("p1"), certificate_of("p4")), ("certificate", "p4"))
    case("certificate-day", "a certificate that shows another day than it was signed", instead(certificate_of("p1", valid_from="2026-11-24T04:00:00Z")),
         ("certificate", "p1"))
    holder = {"person": digest("x"), "shownName": digest("x")}
    altered = certificate(identity(result_of("p1")), id="urn:kaoping:person:p1", identity=holder)
    case("certificate-identity", "a certificate of another identity", instead(credential(altered, ISSUER)), ("certificate", "p1"))
    failed = steps()
    bad = credential(with_subject(payload_of("p1"), outcome="failed", theory={"exact": {"den": 1, "num": 50}, "passed": False, "shown": "50.00"}), ISSUER)
    failed[4] = ("result", bad)
    failed[-1] = ("certificate", certificate_of("p1", identity(bad)))
    case("certificate-failed", "a certificate for somebody who failed", lines(failed), ("certificate", "p1"))
    case("certificate-on-result", "a certificate on a result's leaf", with_step(4, ("result", certificate_of("p1"))), ("record", "leaf 5"),
         ("closing_counts", BATCH), ("sitting_missing", "p1 (p1-theory, p1-practical)"))


def main():
    result_4 = identity(result_of("p4"))
    corrected = corrected_of("p4")
    counts = ("closing_counts", BATCH)
    case("whole", "nothing is changed", lines(steps()))
    case("corrected", "a corrected result after the closing", lines([*steps(), corrected]))
    case("corrected-twice", "a second correction of the result that was replaced", lines([*steps(), corrected, corrected]),
         ("correction_unknown", "p4"))
    cases_of_decisions()
    cases_of_sm2()
    case("dropped-result", "a result never came into the log", with_step(4), counts, ("sitting_missing", "p1 (p1-theory, p1-practical)"))
    case("dropped-absence", "an absence never came into the log", with_step(5), counts, ("sitting_missing", "p2 (p2-theory, p2-practical)"))
    case("doubled-result", "two results for one candidate", with_step(4, ("result", result_of("p1")), ("result", result_of("p1"))), counts,
         ("sitting_doubled", "p1 (p1-theory, p1-practical)"))
    case("result-and-absence", "a result and an absence", with_step(4, ("result", result_of("p1")), ("absent", absence("p1"))), counts,
         ("sitting_doubled", "p1 (p1-theory, p1-practical)"))
    case("stranger", "a result for somebody who is not on the roster", with_step(4, ("result", result_of("p1")), ("result", result_of("p9"))), counts,
         ("sitting_unknown", "p9"))
    case("late-without-spare", "a late addition without a paper", with_step(6, ("spare_unused", paper("s1-r1-x1"))), counts, ("sitting_unknown", "p4"))
    case("other-sitting", "an absence from another sitting", with_step(5, ("absent", absence("p2", theory={
        "evidence": None, "result": None, "sitting": "p1-theory"}))), ("sitting_other", "p2 (p2-theory, p2-practical)"))
    case("spare-missing", "a spare paper is not accounted for", with_step(9), counts, ("paper_missing", "s1-r1-x2"))
    case("reserve-missing", "a sealed paper is not accounted for", with_step(10), counts, ("paper_missing", "r-001"))
    case("spare-doubled", "a spare paper was used and not used", with_step(9, ("spare_unused", paper("s1-r1-x2")), ("spare_unused", paper("s1-r1-x1"))), counts,
         ("paper_doubled", "s1-r1-x1"))
    case("spare-unknown", "a paper of a seat as a spare", with_step(9, ("spare_unused", paper("s1-r1-x2")), ("spare_unused", paper("s1-r1-01"))),
         ("paper_unknown", "s1-r1-01"), counts)
    case("no-closing", "the batch is not closed", with_step(11), ("step_missing", "closing"))
    case("closed-twice", "the batch is closed twice", with_step(12, ("closing", {})), ("step_doubled", "closing"))
    case("no-roster", "nobody committed to the roster", with_step(0), ("step_missing", "roster"))
    case("no-manifest", "there was no draw", with_step(2), ("step_missing", "manifest"))
    case("late-end", "an end after the closing", lines([*steps(), ("absent", absence("p1"))]), ("after_closing", "leaf 14"),
         ("sitting_doubled", "p1 (p1-theory, p1-practical)"))
    case("closing-tree", "the closing names another tree", with_step(11, ("closing", {"root": digest("x")})), ("closing_tree", "closing"))
    case("closing-roster", "the closing names another roster", with_step(11, ("closing", {"roster": digest("x")})), ("roster_other", "closing"))
    case("other-roster", "another roster was committed to", with_step(0, ("roster", roster(roster=digest("x")))), ("roster_other", "roster"))
    case("no-basis", "nothing was fixed before the manifest", with_step(1), ("record", "leaf 2"), ("step_missing", "basis"), ("step_missing", "manifest"))
    other = basis(seating=digest("x"))
    seated_otherwise = steps()
    seated_otherwise[1:3] = [("basis", other), ("manifest", manifest(other))]
    case("other-seating", "the basis names another seating", lines(seated_otherwise), ("draw_other", "p1"), ("draw_other", "p4"),
         ("seating_other", "basis"))
    given_up = steps()
    given_up[1:2] = [("basis", other), ("basis", basis())]
    case("basis-given-up", "a basis was given up before the manifest", lines(given_up))
    case("other-basis", "the manifest names a basis that nobody logged", with_step(2, ("manifest", manifest(other))), ("record", "leaf 3"),
         ("step_missing", "manifest"))
    late = steps()
    late.insert(5, late.pop(2))
    case("manifest-late", "the manifest is logged after a result", lines(late), ("draw_other", "manifest"))
    twice = steps()
    twice[9:9] = [("basis", other), ("manifest", manifest(other))]
    case("second-manifest", "another manifest is logged after the results", lines(twice), ("order", "leaf 10"), ("draw_other", "manifest"),
         ("seating_other", "basis"))

    def of_draw(**changes):
        return with_step(4, ("result", credential(with_subject(payload_of("p1"), **changes), ISSUER)))

    case("draw-other-manifest", "a result of another draw", of_draw(evidence={"manifest": digest("x")}), ("draw_other", "p1"))
    case("draw-other-attempt", "a result of an attempt that never was", of_draw(evidence={"attempt": 3}), ("draw_other", "p1"))
    case("draw-other-rules", "a result of another algorithm", of_draw(rules={"draw": "no-draw-at-all"}), ("draw_other", "p1"))
    case("basis-closed", "the basis stays closed", with_line(5, lambda line: {**line, "opened": None}), ("leaf_closed", "leaf 2"),
         ("record", "leaf 3"), ("step_missing", "basis"), ("step_missing", "manifest"))
    case("stranger-signed", "an absence that nobody trusted signed", with_step(5, ("absent", absence("p2", STRANGER))), ("signature", "leaf 6"))
    case("stranger-result", "a result that nobody trusted signed", with_step(4, ("result", result_of("p1", STRANGER))), ("signature", "leaf 5"))
    case("other-kind", "an annulment on an absence's leaf", with_step(5, ("absent", annulled("p2"))), ("record", "leaf 6"), counts,
         ("sitting_missing", "p2 (p2-theory, p2-practical)"))
    case("other-batch", "a result of another batch", with_step(4, ("result", result_of("p1", batch="b3"))), ("record", "leaf 5"), counts,
         ("sitting_missing", "p1 (p1-theory, p1-practical)"))
    case("roster-shortened", "a candidate is taken off the roster", with_line(1, lambda line: {
        **line, "roster": {**ROSTER, "entries": ROSTER["entries"][:2]}}), ("seating_other", "s1-r1-03"), ("roster_other", "roster"), ("roster_other", "closing"), counts,
        ("seating_other", "basis"), ("sitting_unknown", "p3"))
    case("leaf-closed", "a leaf of the batch stays closed", with_line(8, lambda line: {**line, "opened": None}), ("leaf_closed", "leaf 5"), counts,
         ("sitting_missing", "p1 (p1-theory, p1-practical)"))
    case("leaf-other", "a leaf is opened with another record", with_line(8, opened({"record": result_of("p1", validFrom="2026-11-22T05:00:00Z")})),
         ("leaf_other", "leaf 5"))
    case("leaf-salt", "a leaf is opened with another salt", with_line(8, opened({"salt": "00" * 32})), ("leaf_other", "leaf 5"))
    cut = lines(steps())
    case("leaf-cut", "a leaf is left out of the bundle", cut[:8] + cut[9:], ("closing_tree", "closing"), counts, ("checkpoint", ORIGIN),
         ("sitting_missing", "p1 (p1-theory, p1-practical)"))
    case("leaf-last", "the last leaf is left out", cut[:-1], ("checkpoint", ORIGIN))
    case("other-log", "another log's checkpoint", lines(steps(), OTHER, "other.example/log"), ("checkpoint", ORIGIN))
    case("unknown-line", "a line of another kind", [*cut[:3], {"line": "note"}, *cut[3:]], ("line", "line 4"))
    case("unknown-member", "a member that a line does not have", with_line(2, lambda line: {**line, "x": 1}), ("line", "line 3"),
         *(("line", f"line {n}") for n in range(4, 19)), ("checkpoint", ORIGIN), ("step_missing", "roster"), ("step_missing", "basis"),
         ("step_missing", "manifest"), ("step_missing", "closing"), *(("sitting_missing", f"{p} ({p}-theory, {p}-practical)") for p in ("p1", "p2", "p3")))
    case("empty", "nothing", [], ("header", "line 1"), ("step_missing", "roster"), ("step_missing", "basis"), ("step_missing", "manifest"),
         ("step_missing", "closing"))
    cases_of_order()
    cases_of_sharing()
    cases_of_certificates()
    text = json.dumps({"cases": CASES, "lines": LINES, "trust": trust()}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (HERE / "batches.json").write_text(text, encoding="utf-8")
    print(f"{len(CASES)} batches")


if __name__ == "__main__":
    main()
