"""Writes `bundle.json` with public test keys, by Python's `cryptography` alone; no line of the program takes part."""

import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent.parent / "outside"))

from draw_bytes import canonical, sha256  # noqa: E402
from signing import Ed25519, Es256, checkpoint, credential, identity, leaf, leaf_hash, path, root  # noqa: E402

ORIGIN = "pingjia.example/kaoping-log"
ISSUER, LOG_KEY = Es256(3), Ed25519(9)
IDENTITY_SALT, LEAF_SALT = "06" * 32, "05" * 32
EVIDENCE = hashlib.sha256(b"evidence").hexdigest()


def payload():
    salt, name = bytes.fromhex(IDENTITY_SALT), "王𠮷"
    holder = {
        "person": sha256("kaoping/identity/1", salt, name, "居民身份证", "100000196803140025").hex(),
        "shownName": sha256("kaoping/shown-name/1", salt, name).hex(),
    }
    evidence = dict.fromkeys(("journal", "manifest", "panels", "paper", "theoryScore"), EVIDENCE)
    filing = {"expires": "2028-12-31", "levels": [5], "number": "示例备-0001", "occupation": "4-14-01-03"}
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "credentialSubject": {
            "batch": "b1", "evidence": {**evidence, "attempt": 1, "identity": holder}, "id": "urn:kaoping:person:p7",
            "label": "样题，非国家题库", "level": 5, "occupation": "健康照护师", "occupationCode": "4-14-01-03", "outcome": "passed",
            "practical": {"exact": {"den": 6, "num": 445}, "passed": True, "shown": "74.17"},
            "rules": {"draw": "kaoping-draw-2", "panel": "mean-1", "theory": "exact-1"}, "specialty": "长期照护师",
            "theory": {"exact": {"den": 2, "num": 143}, "passed": True, "shown": "71.50"},
        },
        "id": "urn:kaoping:result:b1:p7",
        "issuer": {"complaintContact": "021-00000000", "filing": filing,
                   "id": "urn:kaoping:organization:91000000EXAMPLE001", "name": "示例评价中心"},
        "requiredSignatures": ["ES256"],
        "type": ["VerifiableCredential", "CareLevelResult"],
        "v": 1,
        "validFrom": "2026-11-22T04:00:00Z",
    }


def bundle():
    jws = credential(payload(), ISSUER)
    entry = leaf("b1", "result", LEAF_SALT, identity(jws))
    hashes = [leaf_hash(bytes([number])) for number in range(5)]
    hashes[2] = leaf_hash(canonical(entry))
    proof = {
        "index": 2, "size": 5, "path": [step.hex() for step in path(hashes, 2)],
        "checkpoint": checkpoint(ORIGIN, 5, root(hashes), LOG_KEY), "leaf": entry, "salt": LEAF_SALT,
    }
    return {"kind": "result-bundle", "v": 1, "jws": jws, "issuer_key": ISSUER.jwk, "proofs": [], "proof": proof,
            "identity_salt": IDENTITY_SALT}


if __name__ == "__main__":
    (HERE / "bundle.json").write_text(json.dumps(bundle(), ensure_ascii=False, indent=2) + "\n", "utf-8")
