"""Makes the fixtures of this folder: one message of each kind and version, signed with public test keys by Python's cryptography.

Run once for each new kind: files that exist are compared, never rewritten."""

import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent.parent / "outside"))

from draw_bytes import canonical  # noqa: E402
from signing import Ed25519, Es256, identity, message  # noqa: E402

ORGANIZATION, NEXT, SERVICE, DEVICE = Es256(3), Es256(4), Ed25519(7), Ed25519(1)
AT = 1795320000000  # 2026-11-22T04:00:00Z


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def decider(account, outside=False):
    return {"account": account, "outside": outside}


BASIS = {
    "algorithm": "kaoping-draw-2",
    "attempt": 1,
    "banks": [{"answer_keys": digest("keys"), "approval": None, "bank": "bank-a", "index": digest("index"), "kind": "national"}],
    "batch": "b1",
    "blueprint": digest("blueprint"),
    "custodians": [{"custodian": "custodian-1", "outside": False}, {"custodian": "custodian-2", "outside": True}],
    "level": 5,
    "plan": digest("plan"),
    "practical": None,
    "profile": "sample",
    "public_entropy": None,
    "replaces": None,
    "roster": digest("roster"),
    "seating": digest("seating"),
    "v": 1,
}
MANIFEST = {
    "basis": hashlib.sha256(canonical(BASIS)).hexdigest(),
    "commitments": [
        {"commitment": digest("one"), "custodian": "custodian-1"},
        {"commitment": digest("two"), "custodian": "custodian-2"},
    ],
    "v": 1,
}
CELL = {"band": "easy", "function": "daily_care", "group_size": 1, "kind": "national", "type": "single_choice"}
POLICY = {"alert_above": 20, "average": "mean", "version": "mean-1", "vetoes": "any_examiner"}


def examiner(name, half_marks):
    return {"averaged": True, "counted": half_marks, "examiner": name, "handed_in": half_marks, "last_event": digest(name)}


PANEL_MARK = {
    # 150, 151 and 155 half-marks: 456 / 3 half-marks are 76 marks.
    "average": {"den": 1, "num": 76},
    "decisions": {"spread": None, "vetoes": []},
    "examiners": [examiner("e1", 150), examiner("e2", 151), examiner("e3", 155)],
    "mark": {"den": 1, "num": 76},
    "parts": [{"function": "daily_care", "score": {"den": 1, "num": 76}, "weight": 100}],
    "policy": POLICY,
    "sheet": "s5-feeding",
    "sheet_digest": digest("sheet"),
    "terminated": False,
    "vetoes": [],
}

RECORDS = {
    "absence": ("absence", ORGANIZATION, {
        "at_ms": AT, "batch": "b1", "practical": {"evidence": None, "result": None, "sitting": "p9-practical"}, "pseudonym": "p9",
        "theory": {"evidence": digest("score"), "result": {"exact": {"den": 2, "num": 143}, "passed": True, "shown": "71.50"}, "sitting": "p9-theory"},
    }),
    "acknowledgement": ("acknowledgement", ORGANIZATION, {
        "at_ms": AT, "authority": "技能人才评价工作网", "batch": "b1", "evidence": digest("reply"), "number": "回执-0001",
        "outcome": "accepted", "records": sorted([digest("result 1"), digest("result 2")]),
    }),
    "bank-index": ("bank-index", ORGANIZATION, {
        "bank": "bank-a",
        "items": [{
            "content": digest("content"), "difficulty": 3, "enemies": [], "function": "daily_care", "group": None, "id": "i1",
            "importance": "X", "key": digest("key"), "options": [{"id": "o1", "pinned": False}, {"id": "o2", "pinned": True}],
            "point": "B-A-A-001", "type": "single_choice",
        }],
        "kind": "national", "label": "样题，非国家题库", "level": 5, "v": 1,
    }),
    "closing": ("closing", ORGANIZATION, {
        "at_ms": AT, "batch": "b1", "candidates": 5, "ends": {"absent": 1, "annulled": 0, "deferred": 1, "result": 3, "void": 0},
        "papers": {"seat": 5, "spare_unused": 2, "spare_used": 0}, "root": digest("root"), "roster": digest("roster"), "size": 12,
    }),
    "correction": ("correction", ORGANIZATION, {
        "appeal": "appeal-1", "at_ms": AT, "batch": "b1", "decided_by": [decider("lead-1"), decider("office")], "pseudonym": "p7",
        "reason": {"code": "omission", "text": "第 3 组一份评分表没有计入。"}, "supersedes": digest("result 1"),
    }),
    "draw-basis": ("draw-basis", ORGANIZATION, BASIS),
    "draw-manifest": ("draw-manifest", ORGANIZATION, MANIFEST),
    "draw-void": ("draw-void", ORGANIZATION, {
        "approved_by": "authority-1", "at_ms": AT, "attempt": 1, "batch": "b1", "manifest": digest("manifest"),
        "note": "保管人二的密码和密封备份都已损坏。", "opened": ["custodian-1"], "proposed_by": "office", "reason": "secret_lost",
    }),
    "equivalence-certificate-2": ("equivalence-certificate", ORGANIZATION, {
        "algorithm": "kaoping-draw-2", "attempt": 1, "batch": "b1",
        "cells": [{
            "cell": CELL, "units": 1,
            "ranges": [{"bound": {"least": 0, "most": 1}, "dealt": {"least": 0, "most": 1}, "pool": 9, "range": "B-C-A"}],
        }],
        "difficulty": {"highest": {"den": 1, "num": 3}, "lowest": {"den": 2, "num": 5}, "mean": {"den": 4, "num": 11}},
        "exceptions": {"forced": 1, "returned": 1, "searched": 1, "witnesses": 0},
        "importance": [{"importance": "X", "items": {"least": 1, "most": 1}}], "items": 1,
        "manifest": digest("manifest"), "overlap": {"mean": {"den": 1, "num": 0}, "most": 0}, "papers": 2,
        "prediction": {
            # One of nine, rounded down to millionths.
            "chance": {"den": 1000000, "num": 111111}, "earlier": {"mean": {"den": 1, "num": 0}, "most": 0},
            "others": {"mean": {"den": 2, "num": 1}, "most": 1}, "repeated": {"mean": {"den": 1, "num": 0}, "most": 0},
        },
    }, 2),
    "examiner-sheet": ("examiner-sheet", SERVICE, {
        "assignment": "a1", "at_ms": AT, "examiner": "e1", "last_event": digest("e1"), "number": 7, "scores": {"1.1": "full", "1.2": "half"},
        "sheet": "s5-feeding", "sheet_digest": digest("sheet"), "total": 150,
        "vetoes": {"flat": {"at_ms": AT - 60000, "note": "seen"}},
    }),
    "key-correction-accepted": ("key-correction", ORGANIZATION, {
        "at_ms": AT, "bank": "bank-a", "batch": "b1", "decided_by": [decider("office"), decider("office-2")],
        "opened": {"item": "i1", "key": ["o1"], "salt": "0a" * 32}, "reason": "教材与标准的表述不同，两个选项都对。", "replaces": None,
        "rule": {"keys": [["o1"], ["o2"]], "kind": "accepted"},
    }),
    "key-correction-struck": ("key-correction", ORGANIZATION, {
        "at_ms": AT, "bank": "bank-a", "batch": "b1", "decided_by": [decider("office"), decider("authority-1", True)],
        "opened": {"item": "i1", "key": ["o1"], "salt": "0a" * 32}, "reason": "题干有误，本题不计，所有人得满分。", "replaces": digest("key correction"),
        "rule": {"kind": "struck"},
    }),
    "key-event-compromised": ("key-event", NEXT, {
        "at_ms": AT, "event": {"from_index": 40, "key": None, "kind": "compromised", "reason": "签名设备失窃。"},
        "organization_id": "urn:kaoping:organization:91000000EXAMPLE001",
    }),
    "key-event-enrolled": ("key-event", ORGANIZATION, {
        "at_ms": AT, "event": {"key": ORGANIZATION.jwk, "kind": "enrolled", "purpose": "organization"},
        "organization_id": "urn:kaoping:organization:91000000EXAMPLE001",
    }),
    "key-event-revoked": ("key-event", ORGANIZATION, {
        "at_ms": AT, "event": {"key": None, "kind": "revoked", "reason": "设备停用。"},
        "organization_id": "urn:kaoping:organization:91000000EXAMPLE001",
    }),
    "key-event-rotated": ("key-event", (ORGANIZATION, NEXT), {
        "at_ms": AT, "event": {"from": None, "kind": "rotated", "purpose": "organization", "to": NEXT.jwk},
        "organization_id": "urn:kaoping:organization:91000000EXAMPLE001",
    }),
    "opening": ("opening", ORGANIZATION, {
        "at_ms": AT, "attempt": 1, "batch": "b1", "manifest": digest("manifest"), "papers": 46, "seed": digest("\"" + "00" * 32 + "\""),
    }),
    "panel-decision": ("panel-decision", ORGANIZATION, {"batch": "b1", "mark": PANEL_MARK, "sitting": "p7-practical"}),
    "paper-certificate": ("paper-certificate", SERVICE, {
        "algorithm": "kaoping-draw-2", "attempt": 1, "batch": "b1", "cells": [{"cell": CELL, "units": 1}],
        "forced": [{"cell": CELL, "instead": "item-2", "unit": "item-1"}], "manifest": digest("manifest"), "paper": "s1-r1-01",
        "paper_digest": digest("paper"), "returned": ["item-3"], "search": "found", "use": "seat",
    }),
    "paper-use-unused": ("paper-use", ORGANIZATION, {
        "at_ms": AT, "batch": "b1", "paper": "s1-r1-x1", "paper_digest": digest("spare 1"), "used": None,
    }),
    "paper-use-used": ("paper-use", ORGANIZATION, {
        "at_ms": AT, "batch": "b1", "paper": "s1-r1-x2", "paper_digest": digest("spare 2"),
        "used": {"bound_by": "invigilator-1", "practical": "p8-practical", "pseudonym": "p8", "reason": "名册漏报，经批准补录。", "theory": "p8-theory"},
    }),
    "receipt": ("receipt", SERVICE, {
        "answered": 99, "at_ms": AT, "batch": "b1", "items": 100, "journal": digest("journal"),
        "logged_by_ms": AT + 7 * 86400000, "replaces": None, "sitting": "p7-theory",
    }),
    "receipt-replacing": ("receipt", SERVICE, {
        "answered": 100, "at_ms": AT + 600000, "batch": "b1", "items": 100, "journal": digest("journal 2"),
        "logged_by_ms": AT + 7 * 86400000, "replaces": digest("receipt"), "sitting": "p7-theory",
    }),
    "revocation-certificate": ("revocation", ORGANIZATION, {
        "at_ms": AT, "batch": "b1", "decided_by": [decider("office"), decider("authority-1", True)], "effective_ms": AT,
        "reason": {"code": "fraud", "text": "查实申报材料造假。"}, "revoked": {"kind": "certificate", "record": digest("certificate")},
    }),
    "revocation-result": ("revocation", ORGANIZATION, {
        "at_ms": AT, "batch": "b1", "decided_by": [decider("office")], "effective_ms": AT - 1000,
        "reason": {"code": "error", "text": "误发。"}, "revoked": {"kind": "result", "record": digest("result 2")},
    }),
    "roster": ("roster", ORGANIZATION, {"at_ms": AT, "batch": "b1", "candidates": 5, "level": 5, "roster": digest("roster")}),
    "seat-checkpoint": ("seat-checkpoint", DEVICE, {"events": 130, "last": digest("last"), "sitting": "p7-theory", "stream": "seat/p7-theory/0"}),
    "secret-opening": ("secret-opening", ORGANIZATION, {
        "at_ms": AT, "attempt": 1, "batch": "b1", "custodian": "custodian-1", "manifest": digest("manifest"), "secret": "07" * 32,
    }),
    "sitting-end-annulled": ("sitting-end", ORGANIZATION, {
        "at_ms": AT, "batch": "b1", "decided_by": [decider("office"), decider("supervisor-1")], "end": "annulled", "next_batch": None,
        "practical": "p6-practical", "pseudonym": "p6", "reason": {"code": "impersonation", "text": "查实替考。"}, "theory": "p6-theory",
    }),
    "sitting-end-deferred": ("sitting-end", ORGANIZATION, {
        "at_ms": AT, "batch": "b1", "decided_by": [decider("office")], "end": "deferred", "next_batch": "b2",
        "practical": "p5-practical", "pseudonym": "p5", "reason": {"code": "illness", "text": "因病延期。"}, "theory": "p5-theory",
    }),
    "sitting-end-void": ("sitting-end", ORGANIZATION, {
        "at_ms": AT, "batch": "b1", "decided_by": [decider("office")], "end": "void", "next_batch": None,
        "practical": "p4-practical", "pseudonym": "p4", "reason": {"code": "technical", "text": "停电，无法继续。"}, "theory": "p4-theory",
    }),
    "tablet-checkpoint": ("tablet-checkpoint", DEVICE, {"events": 31, "last": digest("e1"), "stream": "tablet/a1"}),
    "theory-score": ("theory-score", ORGANIZATION, {
        "batch": "b1", "half_marks": 2,
        "items": [
            {"chosen": ["o1"], "full": 2, "function": "daily_care", "half_marks": 2, "item": "i1"},
            {"chosen": [], "full": 2, "function": "ethics", "half_marks": 0, "item": "i2"},
        ],
        "journal": digest("journal"), "paper": digest("paper"), "policy": "exact-1", "sitting": "p7-theory",
    }),
}


def main():
    from signing import key_id
    old = key_id(ORGANIZATION.jwk)
    for name, member in (("compromised", "key"), ("revoked", "key"), ("rotated", "from")):
        RECORDS[f"key-event-{name}"][2]["event"][member] = old
    listed = {}
    for name, (kind, signers, payload, *version) in sorted(RECORDS.items()):
        signers = signers if isinstance(signers, tuple) else (signers,)
        made = canonical(message(kind, payload, *signers, v=version[0] if version else 1))
        file = HERE / f"{name}.json"
        if not file.exists():
            file.write_bytes(made)
        elif file.read_bytes() != made:
            sys.exit(f"{file.name} is frozen, but would be made differently")
        keys = [key_id(key.jwk) for key in signers]
        listed[name] = {"identity": identity(json.loads(made)), "kind": kind, "signed_by": keys}
    everyone = {key_id(key.jwk): key.jwk for key in (ORGANIZATION, NEXT, SERVICE, DEVICE)}
    contents = {"keys": everyone, "records": listed}
    (HERE / "contents.json").write_text(json.dumps(contents, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
