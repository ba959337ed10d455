"""Makes `manifests.json`: what a custodian must see before a secret is opened, and each missing or wrong part under its name.

A case holds the file of the fixed manifest, the custodian's secret, the trust list and the expected verdict with its defects. No
line of the program takes part."""

import json

from batches import HERE, basis
from draw_bytes import sha256
from make import ISSUER, ORIGIN, OTHER, RIVAL, SECOND, STRANGER, WITNESS, TRUSTS as ALL_TRUSTS, cosigned, digest, log_of
from signing import identity, message, verifier_key

CASES = []
SECRET, BATCH = "07" * 32, basis()["payload"]["batch"]
OWN = "custodian-2"
NAMES = ("plain", "witness", "two-witnesses", "rival", "level-4", "revoked-from-2", "revoked-from-3", "nobody")
TRUSTS = {name: ALL_TRUSTS[name] for name in NAMES}
ENTROPY = {"not_before_ms": 1795400000000, "rule": "drand", "source": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/657413"}


def commitment(of, custodian=OWN, secret=SECRET):
    """Section 2 of the draw's specification."""
    return sha256("kaoping-draw-2", "commitment", bytes.fromhex(identity(of)), custodian, bytes.fromhex(secret)).hex()


def manifest(of, own=None, signer=ISSUER, **changes):
    commitments = [{"commitment": digest("one"), "custodian": "custodian-1"}, {"commitment": own or commitment(of), "custodian": OWN}]
    return message("draw-manifest", {"basis": identity(of), "commitments": commitments, "v": 1, **changes}, signer)


def bundle(of=None, fixed=None, note=None, **proof):
    of = of or basis()
    fixed = fixed or manifest(of)
    made = log_of(identity(fixed), **{"kind": "manifest", "batch": BATCH, **proof})[1]
    if note is not None:
        made = {**made, "checkpoint": note(made["checkpoint"])}
    return {"basis": of, "kind": "manifest-bundle", "manifest": fixed, "proof": made, "v": 1}


def secret_file(of=None, trust_list="plain", **changes):
    of = of or basis()
    return {"attempt": of["payload"]["attempt"], "basis": identity(of), "batch": BATCH, "custodian": OWN, "kind": "draw-secret", "secret": SECRET,
            "trust": TRUSTS[trust_list], "v": 1, **changes}


def by(key):
    return lambda note: cosigned(note, "witness.example/a", key, WITNESS)


def text(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def case(name, about, made, verdict, *defects, secret=None, trust_list="plain"):
    secret = secret_file(trust_list=trust_list) if secret is None else secret
    CASES.append({"name": name, "about": about, "base": "manifest", "text": text(made), "trust": trust_list, "status": [], "person": None,
                  "secret": text(secret) if secret else None, "expect": {"verdict": verdict, "defects": list(defects)}})


def of_manifests():
    genuine = bundle()
    case("manifest", "nothing is changed", genuine, "valid")
    case("manifest-alone", "nobody gives a secret", genuine, "valid", secret=False)
    case("manifest-missing", "there is no manifest in the file", {name: value for name, value in genuine.items() if name != "manifest"},
         "unreadable", "malformed")
    case("manifest-other-kind", "a basis in the place of the manifest", {**genuine, "manifest": basis()}, "unreadable", "unknown_kind")
    case("manifest-version", "a later version of the file", {**genuine, "v": 2}, "unreadable", "unknown_kind")
    case("manifest-member", "a member that such files do not have", {**genuine, "note": "x"}, "unreadable", "unknown_member")
    of = basis()
    # Signatures
    unsigned = {**manifest(of), "proofs": []}
    case("manifest-unsigned", "nobody signed the manifest", bundle(of, unsigned), "unchecked", "issuer_unknown")
    case("manifest-stranger", "a stranger signed the manifest", bundle(of, manifest(of, signer=STRANGER)), "unchecked", "issuer_unknown")
    altered = manifest(of)
    altered = {**altered, "payload": {**altered["payload"], "commitments": manifest(of, own=digest("x"))["payload"]["commitments"]}}
    case("manifest-altered", "another commitment under the old signature", bundle(of, altered), "invalid", "signature", "other_commitment")
    case("manifest-nobody", "an empty trust list", genuine, "unchecked", "issuer_unknown", trust_list="nobody")
    case("manifest-second-key", "the organization's other key signed the manifest", bundle(of, manifest(of, signer=SECOND)), "valid")
    case("manifest-rival", "another trusted organization signed the manifest", bundle(of, manifest(of, signer=RIVAL)), "invalid", "issuer_impostor",
         trust_list="rival")
    case("manifest-level", "the organization is filed for another level", genuine, "invalid", "filing_level", trust_list="level-4")
    case("manifest-revoked", "the key was given up at the manifest's leaf", genuine, "invalid", "key_revoked", trust_list="revoked-from-2")
    case("manifest-revoked-after", "the key was given up after the manifest's leaf", genuine, "valid", trust_list="revoked-from-3")
    # The basis
    other = basis(seating=digest("other"))
    case("manifest-other-basis", "the manifest names another basis", {**genuine, "basis": other}, "invalid", "manifest_basis")
    named = manifest(of, commitments=[{"commitment": commitment(of), "custodian": OWN}])
    case("manifest-custodians", "the manifest leaves a custodian of the basis out", bundle(of, named), "invalid", "manifest_basis")
    # The log
    case("manifest-no-proof", "there is no proof of the log", {**genuine, "proof": None}, "unlogged")
    case("manifest-other-log", "it stands in another log", bundle(origin="other.example/log", key=OTHER), "invalid", "other_log")
    case("manifest-log-key", "another key signed under the log's name", bundle(key=OTHER), "invalid", "log_signature")
    case("manifest-leaf-kind", "it stands there as a basis", bundle(kind="basis"), "invalid", "log_leaf")
    case("manifest-leaf-batch", "it stands there for another batch", bundle(batch="b9"), "invalid", "log_leaf")
    proof = genuine["proof"]
    case("manifest-other-leaf", "the leaf is of another manifest", {**genuine, "proof": bundle(of, manifest(of, own=digest("x")))["proof"]},
         "invalid", "log_leaf")
    case("manifest-salt", "another salt", {**genuine, "proof": {**proof, "salt": "04" * 32}}, "invalid", "log_leaf")
    case("manifest-path", "a hash of the path is another", {**genuine, "proof": {**proof, "path": ["00" * 32, *proof["path"][1:]]}},
         "invalid", "proof_root")
    case("manifest-index", "another index", {**genuine, "proof": {**proof, "index": 3}}, "invalid", "proof_root")
    elsewhere = {**TRUSTS["plain"], "log": {"key": OTHER.jwk, "origin": ORIGIN, "verifier_key": verifier_key(ORIGIN, OTHER)}}
    case("manifest-pinned-log", "the secret pins another key of the log than the trust list gives", genuine, "invalid", "pinned_log",
         secret=secret_file(trust=elsewhere))
    # Witnesses
    case("manifest-witnessed", "the witness of the trust list cosigned", bundle(note=by(WITNESS)), "valid", trust_list="witness")
    case("manifest-unwitnessed", "the trust list names a witness, which has not cosigned", genuine, "unwitnessed", trust_list="witness")
    case("manifest-witness-forged", "another's signature under the witness's name", bundle(note=by(OTHER)), "invalid", "witness_signature",
         trust_list="witness")
    case("manifest-quorum", "two witnesses are asked for, one cosigned", bundle(note=by(WITNESS)), "unwitnessed", trust_list="two-witnesses")
    formal = basis(profile="formal", public_entropy=ENTROPY)
    case("manifest-formal-no-witness", "certification, and the trust list names no witness", bundle(formal), "unwitnessed", secret=secret_file(formal))
    case("manifest-formal-unwitnessed", "certification, and the witness has not cosigned", bundle(formal), "unwitnessed",
         secret=secret_file(formal, "witness"), trust_list="witness")
    case("manifest-formal", "certification, and the witness cosigned", bundle(formal, note=by(WITNESS)), "valid",
         secret=secret_file(formal, "witness"), trust_list="witness")
    # The secret
    case("secret-other", "the manifest names the commitment to another secret", genuine, "invalid", "other_commitment",
         secret=secret_file(secret="08" * 32))
    case("secret-swapped", "another custodian's name in the file", genuine, "invalid", "other_commitment", secret=secret_file(custodian="custodian-1"))
    case("secret-unknown-custodian", "a custodian whom the manifest does not name", genuine, "invalid", "custodian_missing",
         secret=secret_file(custodian="custodian-9"))
    case("secret-basis", "made for another basis", genuine, "invalid", "secret_basis", secret=secret_file(basis=identity(other)))
    case("secret-batch", "made for another batch", genuine, "invalid", "secret_basis", secret=secret_file(batch="b9"))
    case("secret-attempt", "made for another attempt", genuine, "invalid", "secret_basis", secret=secret_file(attempt=2))
    case("secret-short", "a secret of 31 bytes", genuine, "invalid", "secret_malformed", secret=secret_file(secret="07" * 31))
    case("secret-kind", "another file in its place", genuine, "invalid", "secret_malformed", secret=genuine)
    case("secret-trust", "it pins no trust list", genuine, "invalid", "secret_malformed", secret=secret_file(trust={}))
    case("secret-quorum", "it pins a quorum without witnesses", genuine, "invalid", "secret_malformed", secret=secret_file(trust={**TRUSTS["plain"], "quorum": 1}))
    case("secret-alone", "a secret by itself, which is no pass", secret_file(), "unchecked", secret=False)
    case("secret-alone-damaged", "a damaged secret by itself", secret_file(secret="x"), "unreadable", "secret_malformed", secret=False)


def main():
    of_manifests()
    names = [each["name"] for each in CASES]
    assert len(names) == len(set(names)), "each case has a name of its own"
    file = json.dumps({"cases": CASES, "trusts": TRUSTS}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (HERE / "manifests.json").write_text(file, encoding="utf-8")
    print(f"{len(CASES)} cases")


if __name__ == "__main__":
    main()
