"""Makes `signers.json`: the batch of `batches.py` by who signed, whether the issuer might, who outside saw the log, and what was withdrawn later.

Each case names its trust list and status sets, and says which results were withdrawn and whether a witness cosigned."""

import json

from batches import BATCH, HERE, absence, corrected_of, drawn, lines, result_of, steps, with_line, with_step
from draw_bytes import canonical
from make import (
    AT, FILING, ISSUER, ORIGIN, OTHER, SECOND, WITNESS, correction, cosigned, digest, key_event, logged, part, result, revocation, status_set, trust,
    witness_key,
)
from signing import credential, identity, key_id

CASES, LINES = [], []
SECOND_ELSEWHERE = {**trust()["issuers"][1], "name": "另一评价中心", "organization_id": "urn:kaoping:organization:91000000OTHER00001"}
TRUSTS = {
    "plain": trust(),
    "expired": trust(filing={**FILING, "expires": "2026-11-21"}),
    "level-4": trust(filing={**FILING, "levels": [4]}),
    "other-organization": {**trust(), "issuers": [trust()["issuers"][0], SECOND_ELSEWHERE]},
    "retired": trust(retired_ms=AT - 500),
    "revoked-from-7": trust(revoked={"from_index": 7, "reason": "密钥泄露"}),
    "witness": {**trust(), "witnesses": [witness_key("witness.example/a", WITNESS)]},
}



def case(name, about, made, *findings, trust_list="plain", status=(), withdrawn=(), witnessed=False):
    texts = [canonical(line).decode() for line in made]
    LINES.extend(text for text in dict.fromkeys(texts) if text not in LINES)
    CASES.append({"name": name, "about": about, "lines": [LINES.index(text) for text in texts], "expect": [list(finding) for finding in findings],
                  "trust": trust_list, "status": list(status), "withdrawn": [list(one) for one in withdrawn], "witnessed": witnessed})


def cosigned_head(key):
    return with_line(0, lambda head: {**head, "checkpoint": cosigned(head["checkpoint"], "witness.example/a", key, WITNESS)})


def of_shapes():
    """Lists in place of objects."""
    cut = lines(steps())
    case("line-as-list", "a leaf as a list", [*cut[:-1], ["leaf", cut[-1]["leaf"], None]], ("line", "line 18"), ("checkpoint", ORIGIN))
    case("record-as-list", "an absence whose parts stand as a list", with_step(5, ("absent", absence("p2", theory=["p2-theory", None, None]))),
         ("record", "leaf 6"), ("closing_counts", BATCH), ("sitting_missing", "p2 (p2-theory, p2-practical)"))


def of_signers():
    whole = lines(steps())
    corrected = corrected_of("p4")

    def at(defect, *leaves):
        return tuple((defect, f"leaf {n}") for n in leaves)

    case("witnessed", "an outside witness cosigned the log", cosigned_head(WITNESS), trust_list="witness", witnessed=True)
    case("witness-forged", "another's signature under the witness's name", cosigned_head(OTHER), ("witness_signature", ORIGIN), trust_list="witness")
    case("witness-unknown", "nobody knows the witness", cosigned_head(WITNESS))
    case("filing-level", "the organization is filed for another level", whole, *at("filing", 1, 2, 5, 9, 13), trust_list="level-4")
    case("filing-expired", "the filing expired the day before", whole, *at("filing", 1, 5, 9, 13), trust_list="expired")
    case("key-retired", "another key had taken over before", whole, *at("key", 1, 5, 6, 7, 8, 9, 10, 11, 12, 13), trust_list="retired")
    case("key-revoked", "the key was given up in the midst of the batch", whole, *at("key", 7, 8, 9, 10, 11, 12, 13), trust_list="revoked-from-7")
    stolen = key_event({"from_index": 4, "key": key_id(ISSUER.jwk), "kind": "compromised", "reason": "签名设备失窃。"}, SECOND)
    case("key-compromised", "a status set says that the key was stolen", whole, *at("key", 5, 6, 7, 8, 9, 10, 11, 12, 13),
         status=[status_set(logged(stolen, "key", "_", 4))])
    case("second-key", "a second key of the organization signs an absence", with_step(5, ("absent", absence("p2", SECOND))))
    case("other-organization", "another trusted organization signs an absence", with_step(5, ("absent", absence("p2", SECOND))), *at("issuer_other", 6),
         trust_list="other-organization")

    def p1(**changes):
        payload = drawn(result(id="urn:kaoping:person:p1", batch=BATCH, **changes.pop("subject", {})))
        return with_step(4, ("result", credential({**payload, "id": f"urn:kaoping:result:{BATCH}:p1", **changes}, ISSUER)))

    missing = (("closing_counts", BATCH), ("sitting_missing", "p1 (p1-theory, p1-practical)"))
    case("impostor", "a result under another organization's name", p1(issuer={**result()["issuer"], "id": "urn:kaoping:organization:91000000OTHER00001"}),
         *at("signature", 5))
    case("filing-province", "a result from a province that is not filed", p1(subject={"province": "32"}), *at("filing", 5))
    case("key-not-begun", "a result from before the key came into use", p1(validFrom="2026-11-22T03:59:58Z"), *at("key", 5))
    case("mark-shown", "another text than the mark", p1(subject={"theory": part(143, 2, "91.50")}), *at("marks", 5))
    lying = {"evidence": digest("score"), "result": part(59, 1, "59.00"), "sitting": "p2-theory"}
    case("absence-passed", "an absence with 59 as passed", with_step(5, ("absent", absence("p2", theory=lying))), *at("marks", 6))
    case("mark-passed", "59.5 as passed", p1(subject={"practical": part(119, 2, "59.50")}), *at("marks", 5))
    case("other-id", "a result that names two people", p1(id=f"urn:kaoping:result:{BATCH}:p2"), *at("record", 5), *missing)
    case("required-sm2", "a result that requires SM2, which the bundle does not carry", p1(requiredSignatures=["ES256", "SM2-SM3"]),
         *at("required_signature", 5))
    case("required-unknown", "a result that requires what nobody knows", p1(requiredSignatures=["ES256", "Ed25519"]), *at("record", 5), *missing)
    first, fourth = identity(result_of("p1")), identity(result_of("p4"))
    case("revoked-later", "a result was revoked", whole, status=[status_set(revocation("result", first))], withdrawn=[("revoked", "p1")])
    case("superseded-later", "a result was corrected, and the corrected one is not in the log", whole, status=[status_set(correction(fourth))],
         withdrawn=[("superseded", "p4")])
    case("superseded-in-log", "a result was corrected, and the corrected one is in the log", lines([*steps(), corrected]),
         status=[status_set(correction(fourth))])
    case("in-no-set", "a set about another result", whole, status=[status_set(correction(digest("other")))])


def main():
    of_shapes()
    of_signers()
    text = json.dumps({"cases": CASES, "lines": LINES, "trusts": TRUSTS}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (HERE / "signers.json").write_text(text, encoding="utf-8")
    print(f"{len(CASES)} batches")


if __name__ == "__main__":
    main()
