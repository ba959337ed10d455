"""Makes `cases.json`: files that a verifier must accept, and every way of tampering with them under the name that it must get.

No line of the program takes part: everything is signed with public test keys by Python. Run it after adding a case; a case that
exists must come out as it was."""

import base64
import hashlib
import json
import pathlib
import struct
import sys
import unicodedata

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent.parent / "outside"))

from draw_bytes import canonical, sha256  # noqa: E402
from signing import (  # noqa: E402
    P256_ORDER, Ed25519, Es256, Log, Sm2, b64, checkpoint, credential, identity, key_id, leaf, message, root, split, verifier_key,
)

ORIGIN = "pingjia.example/kaoping-log"
ORGANIZATION_ID = "urn:kaoping:organization:91000000EXAMPLE001"
ISSUER, SECOND, STRANGER = Es256(3), Es256(4), Es256(5)
LOG_KEY, SERVICE, OTHER = Ed25519(9), Ed25519(7), Ed25519(8)
SM2 = Sm2(6)
AT = 1795320000000  # 2026-11-22T04:00:00Z
NUMBER = "S000031000001265000042"
IDENTITY_SALT, LEAF_SALT = "06" * 32, "05" * 32
PERSON = {"id_kind": "居民身份证", "id_number": "100000196803140025", "name": "王𠮷"}
FILING = {"expires": "2028-12-31", "levels": [5], "number": "示例备-0001", "occupation": "4-14-01-03"}
CASES = []


def digest(text):
    return sha256(text).hex()


def trust(**changes):
    line = {"filing": FILING, "key": ISSUER.jwk, "name": "示例评价中心", "organization_id": ORGANIZATION_ID,
            "provinces": ["31"], "revoked": None, "valid_from_ms": AT - 1000, "beside": [SM2.jwk]}
    line.update(changes)
    second = {**line, "key": SECOND.jwk, "revoked": None}
    log = {"key": LOG_KEY.jwk, "origin": ORIGIN, "verifier_key": verifier_key(ORIGIN, LOG_KEY)}
    return {"issuers": [line, second], "kind": "trust-list", "log": log, "receipts": {"key": SERVICE.jwk}, "v": 1}


def part(num, den, shown, passed=True):
    return {"exact": {"den": den, "num": num}, "passed": passed, "shown": shown}


def holder_of(person, shown=None):
    """The commitments to a person: to the name's comparison form with the document, and to the name as it is shown."""
    salt, compared = bytes.fromhex(IDENTITY_SALT), unicodedata.normalize("NFC", person["name"])
    return {
        "person": sha256("kaoping/identity/1", salt, compared, person["id_kind"], person["id_number"]).hex(),
        "shownName": sha256("kaoping/shown-name/1", salt, shown or person["name"]).hex(),
    }


def result(**subject):
    evidence = {name: digest(name) for name in ("journal", "manifest", "panels", "paper", "theoryScore")}
    holder = holder_of(PERSON)
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "credentialSubject": {
            "batch": "b1", "evidence": {**evidence, "attempt": 1, "identity": holder}, "id": "urn:kaoping:person:p7",
            "label": None, "level": 5, "occupation": "健康照护师", "occupationCode": "4-14-01-03", "outcome": "passed",
            "practical": part(445, 6, "74.17"), "province": "31",
            "rules": {"draw": "kaoping-draw-2", "panel": "mean-1", "theory": "exact-1"}, "specialty": "长期照护师",
            "theory": part(143, 2, "71.50"), **subject,
        },
        "id": "urn:kaoping:result:b1:p7",
        "issuer": {"complaintContact": "021-00000000", "filing": FILING, "id": ORGANIZATION_ID, "name": "示例评价中心"},
        "requiredSignatures": ["ES256"],
        "type": ["VerifiableCredential", "CareLevelResult"],
        "v": 1,
        "validFrom": "2026-11-22T04:00:00Z",
    }


def certificate(result_identity, **subject):
    payload = result()
    old = payload["credentialSubject"]
    payload["credentialSubject"] = {
        "basis": {"kind": "exam", "results": [result_identity]}, "batch": "b1", "id": old["id"], "identity": old["evidence"]["identity"],
        "issuedOn": "2026-11-22", "label": None, "level": 5, "number": NUMBER, "occupation": old["occupation"],
        "occupationCode": old["occupationCode"], "specialty": old["specialty"], **subject,
    }
    payload["id"] = f"urn:kaoping:certificate:{payload['credentialSubject']['number']}"
    payload["type"] = ["VerifiableCredential", "CareLevelCertificate"]
    return payload


def log_of(record, kind="result", batch="b1", index=2, origin=ORIGIN, key=LOG_KEY):
    """A log of five leaves in which the record is the third, and the record's proof."""
    log = Log(origin, key)
    place = None
    for number in range(5):
        if number == index:
            place = log.record(batch, kind, record, LEAF_SALT)
        else:
            log.append({"other": number})
    return log, log.proof(place)


def bundle(jws, kind="result-bundle", leaf_kind="result", proofs=(), **proof):
    _, made = log_of(identity(jws), leaf_kind, **proof)
    return {"identity_salt": IDENTITY_SALT, "issuer_key": ISSUER.jwk, "jws": jws, "kind": kind, "proof": made, "proofs": list(proofs), "v": 1}


def case(name, about, base, text, verdict, *defects, trust_list=None, status=(), person=None, **beside):
    text = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False, sort_keys=True)
    CASES.append({
        "name": name, "about": about, "base": base, "text": text, "trust": trust_list or "plain", "status": list(status), "person": person,
        "expect": {"verdict": verdict, "defects": list(defects)}, **beside,
    })


def flip(text, place, bit=1):
    data = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    data[place] ^= bit
    return b64(bytes(data))


def with_part(jws, index, part):
    parts = jws.split(".")
    parts[index] = part
    return ".".join(parts)


def resigned(pointer, value):
    """A result with one member replaced, signed and logged by the genuine keys."""
    payload = result()
    *path, last = pointer.split("/")
    target = payload
    for name in path:
        target = target[name]
    target[last] = value
    return bundle(credential(payload, ISSUER))


def raw(change):
    """A result whose payload's bytes are changed before it is signed."""
    data = canonical(result()).decode()
    changed = change(data)
    assert changed != data
    return credential(changed.encode(), ISSUER)


TRUSTS = {
    "plain": trust(),
    "nobody": {**trust(), "issuers": []},
    "revoked-from-2": trust(revoked={"from_index": 2, "reason": "密钥泄露"}),
    "revoked-from-3": trust(revoked={"from_index": 3, "reason": "密钥泄露"}),
    "retired": trust(retired_ms=AT - 500),
    "filed-later": trust(filed_from="2026-11-23"),
    "other-province": trust(provinces=["32", "33"]),
    "whole-country": trust(provinces=[]),
    "expired": trust(filing={**FILING, "expires": "2026-11-21"}),
    "level-4": trust(filing={**FILING, "levels": [4]}),
    "low-order-log": {**trust(), "log": {"key": {"crv": "Ed25519", "kty": "OKP", "x": b64(bytes(32))}, "origin": ORIGIN,
                                          "verifier_key": None}},
}


class LowOrder:
    """A key of order 4: anybody signs for it."""

    raw = bytes(32)

    def sign(self, _):
        return b"\1" + bytes(63)


def cosigned(note, name, key, key_name=None):
    """A C2SP cosignature under a note: eight bytes of time, then the signature of time and text."""
    text, seconds = note.split("\n\n")[0] + "\n", AT // 1000
    signature = key.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
    key_hash = bytes.fromhex(witness_key(name, key_name or key).split("+")[1])
    line = base64.b64encode(key_hash + struct.pack(">Q", seconds) + signature).decode()
    return f"{note}— {name} {line}\n"


def witness_key(name, key):
    public = bytes([4]) + key.raw
    key_hash = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    return f"{name}+{key_hash.hex()}+{base64.b64encode(public).decode()}"


WITNESS = Ed25519(12)
TRUSTS["witness"] = {**trust(), "witnesses": [witness_key("witness.example/a", WITNESS)]}
SECOND_WITNESS = Ed25519(21)
TRUSTS["two-witnesses"] = {**TRUSTS["witness"], "quorum": 2, "witnesses": [
    witness_key("witness.example/a", WITNESS), witness_key("witness.example/c", SECOND_WITNESS)]}
RIVAL, RIVAL_ID = Es256(8), "urn:kaoping:organization:91000000RIVAL00001"
TRUSTS["rival"] = {**trust(), "issuers": [*trust()["issuers"], {
    **trust()["issuers"][0], "key": RIVAL.jwk, "name": "另一评价中心", "organization_id": RIVAL_ID}]}
TRUSTS["low-order-log"]["log"]["verifier_key"] = verifier_key(ORIGIN, LowOrder())
SIGNED = credential(result(), ISSUER)
RESULT = identity(SIGNED)
GENUINE = bundle(SIGNED)
CERTIFICATE = credential(certificate(RESULT), ISSUER)


def more_witnesses():
    """A quorum, and what is issued before its time or without its province."""
    base = "result"
    proof = GENUINE["proof"]
    one = cosigned(proof["checkpoint"], "witness.example/a", WITNESS)
    both = cosigned(one, "witness.example/c", SECOND_WITNESS)
    for name, about, note, verdict in (
        ("quorum-none", "two witnesses are asked for, none cosigned", proof["checkpoint"], "unwitnessed"),
        ("quorum-one", "two witnesses are asked for, one cosigned", one, "unwitnessed"),
        ("quorum-met", "two witnesses are asked for, both cosigned", both, "valid"),
    ):
        case(name, about, base, {**GENUINE, "proof": {**proof, "checkpoint": note}}, verdict, trust_list="two-witnesses")
    text = f"{ORIGIN}\n5\n{proof['checkpoint'].split(chr(10))[2]}\n"
    for name, extension in (("note-del", "\x7f"), ("note-c1", "\x9b8m")):
        note = proof["checkpoint"].replace(text, f"{text}{extension}\n")
        case(name, "a control character in the checkpoint's extension", base, {**GENUINE, "proof": {**proof, "checkpoint": note}},
             "invalid", "log_form")
    case("in-future", "issued in the year 2099", base, resigned("validFrom", "2099-01-01T04:00:00Z"), "invalid", "issued_in_future")
    nowhere = result()
    del nowhere["credentialSubject"]["province"]
    case("no-province", "it leaves out the province, where the filing is for one", base, bundle(credential(nowhere, ISSUER)), "invalid", "filing_province")
    case("no-province-country", "it leaves out the province, and the filing is for the whole country", base, bundle(credential(nowhere, ISSUER)), "valid",
         trust_list="whole-country")
    for name, x, y in (("key-31-33", 31, 33), ("key-33-31", 33, 31)):
        raw = b"".join(base64.urlsafe_b64decode(ISSUER.jwk[part] + "=") for part in ("x", "y"))
        jwk = {**ISSUER.jwk, "x": b64(raw[:x]), "y": b64(raw[x:])}
        assert len(raw) == x + y
        case(name, "a key whose coordinates are cut elsewhere", base, {**GENUINE, "issuer_key": jwk}, "unreadable", "malformed")


def of_results():
    base = "result"
    case("genuine", "nothing is changed", base, GENUINE, "valid")
    case("genuine-jws", "the bare credential, which nothing shows to be logged", base, SIGNED, "unlogged")
    case("genuine-person", "checked against the person", base, GENUINE, "valid", person=PERSON)
    case("other-person", "another name", base, GENUINE, "invalid", "other_person", person={**PERSON, "name": "王吉"})
    case("no-person", "a number with a wrong check digit", base, GENUINE, "invalid", "person_malformed",
         person={**PERSON, "id_number": "100000196803140026"})
    other_salt = {**GENUINE, "identity_salt": "07" * 32}
    for name, about, known, shown, typed in (
        ("name-compatibility-ideograph", "the name is shown with a compatibility ideograph and typed with the unified one",
         "凉凉", "凉\uf979", "凉凉"),
        ("name-decomposed", "the name is typed with the mark apart from its letter", "Zo\u00eb", "Zo\u00eb", "Zoe\u0308"),
        ("name-other-interpunct", "the name is typed with another interpunct", "阿里·木", "阿里·木", "阿里•木"),
    ):
        written = resigned("credentialSubject/evidence/identity", holder_of({**PERSON, "name": known}, shown))
        case(name, about, base, written, "valid", person={**PERSON, "name": typed})
    case("other-identity-salt", "the salt of another commitment", base, other_salt, "invalid", "other_person", person=PERSON)
    # Bits
    parts = SIGNED.split(".")
    case("bit-in-header", "the lowest bit of the header's first byte", base, with_part(SIGNED, 0, flip(parts[0], 0)), "unreadable", "malformed")
    case("bit-in-kid", "one bit of the key's name", base, with_part(SIGNED, 0, flip(parts[0], 36, 2)), "unchecked", "issuer_unknown")
    place = base64.urlsafe_b64decode(parts[1] + "==").find(b'"num":143') + 8
    case("bit-in-payload", "one bit of a mark", base, {**GENUINE, "jws": with_part(SIGNED, 1, flip(parts[1], place, 2))},
         "invalid", "signature", "mark_shown", "log_leaf")
    case("bit-in-r", "one bit of the signature's first half", base, {**GENUINE, "jws": with_part(SIGNED, 2, flip(parts[2], 5))}, "invalid", "signature")
    case("bit-in-s", "one bit of the signature's second half", base, {**GENUINE, "jws": with_part(SIGNED, 2, flip(parts[2], 60))}, "invalid", "signature")
    case("signature-cut", "the signature lacks its last byte", base, with_part(SIGNED, 2, b64(base64.urlsafe_b64decode(parts[2] + "==")[:-1])), "invalid", "signature")
    case("signature-zero", "r and s are zero", base, with_part(SIGNED, 2, b64(bytes(64))), "invalid", "signature")
    case("no-signature", "an empty third part", base, with_part(SIGNED, 2, ""), "invalid", "signature")
    signature = base64.urlsafe_b64decode(parts[2] + "==")
    s = P256_ORDER - int.from_bytes(signature[32:], "big")
    twin = {**GENUINE, "jws": with_part(SIGNED, 2, b64(signature[:32] + s.to_bytes(32, "big")))}
    case("malleated", "the other signature that ES256 allows for the same payload: the same record", base, twin, "valid")
    case("padded", "base64 with padding", base, with_part(SIGNED, 2, parts[2] + "=="), "unreadable", "not_jws")
    case("two-parts", "the signature is cut off", base, ".".join(parts[:2]), "unreadable", "not_jws")
    # Headers
    header = {"alg": "ES256", "cty": "vc", "kid": key_id(ISSUER.jwk), "typ": "vc+jwt"}
    for name, about, changes, defect in (
        ("alg-none", "the algorithm none", {"alg": "none"}, "header_algorithm"),
        ("alg-hs256", "the public key as a shared secret", {"alg": "HS256"}, "header_algorithm"),
        ("alg-sm2", "SM2 in the header, where JOSE knows no such name", {"alg": "SM2-SM3"}, "header_algorithm"),
        ("alg-eddsa", "another algorithm of JOSE", {"alg": "EdDSA"}, "header_algorithm"),
        ("typ-jwt", "a token that is no credential", {"typ": "JWT"}, "header_type"),
        ("crit", "a critical extension", {"crit": ["b64"]}, "unknown_member"),
        ("jwk-in-header", "a key that brings itself", {"jwk": STRANGER.jwk}, "unknown_member"),
    ):
        case(name, about, base, credential(result(), ISSUER, {**header, **changes}), "unreadable", defect)
    stranger = {**bundle(credential(result(), STRANGER)), "issuer_key": STRANGER.jwk}
    case("unknown-issuer", "signed by a key that nobody vouches for", base, stranger, "valid_unknown_issuer", "issuer_unknown")
    case("wrong-kid", "signed by a stranger under the issuer's key name", base,
         bundle(credential(result(), STRANGER, header)), "invalid", "signature")
    case("nobody-trusted", "an empty trust list", base, GENUINE, "valid_unknown_issuer", "issuer_unknown", trust_list="nobody")
    case("nobody-trusted-jws", "an empty trust list, and no key at hand", base, SIGNED, "unchecked", "issuer_unknown", trust_list="nobody")
    case("impostor", "the issuer's key under another organization's name", base,
         resigned("issuer/id", "urn:kaoping:organization:91000000OTHER00001"), "invalid", "issuer_impostor")
    # Payloads
    form = (
        ("duplicate-member", "a member that stands twice", lambda t: t.replace('"v":1', '"v":1,"v":1'), "duplicate_member"),
        ("beyond-2-53", "2^53 + 1", lambda t: t.replace('"num":143', '"num":9007199254740993'), "integer_range"),
        ("float", "a mark with a fraction", lambda t: t.replace('"num":143', '"num":143.5'), "float"),
        ("exponent", "a mark with an exponent", lambda t: t.replace('"num":143', '"num":1e2'), "float"),
        ("space", "a space between two members", lambda t: t.replace(',"v":1', ', "v":1'), "not_canonical"),
        ("order", "two members in another order", lambda t: t.replace('"den":2,"num":143', '"num":143,"den":2'), "not_canonical"),
        ("escape", "a letter as an escape", lambda t: t.replace('"passed"', '"p\\u0061ssed"', 1), "not_canonical"),
        ("member-name", "a member in Chinese", lambda t: t.replace('"v":1', '"v":1,"等级":5'), "member_name"),
        ("too-deep", "forty levels", lambda t: t.replace('"v":1', '"v":' + "[" * 40 + "]" * 40), "too_deep"),
        ("unknown-member", "a member that results do not have", lambda t: t.replace('"v":1', '"u":1,"v":1'), "unknown_member"),
        ("missing-member", "a member is missing", lambda t: t.replace(',"specialty":"长期照护师"', ""), "malformed"),
        ("not-lowest-terms", "a fraction that is not in lowest terms", lambda t: t.replace('"den":2,"num":143', '"den":4,"num":286'), "malformed"),
        ("no-json", "the payload is cut", lambda t: t[:-1], "malformed"),
    )
    for name, about, change, defect in form:
        case(name, about, base, raw(change), "unreadable", defect)
    case("version-2", "a later version", base, resigned("v", 2), "invalid", "contradiction")
    case("other-type", "another type of credential", base, resigned("type", ["VerifiableCredential", "Diploma"]), "invalid", "contradiction")
    case("other-id", "an id of another person", base, resigned("id", "urn:kaoping:result:b1:p8"), "invalid", "contradiction")
    case("other-label", "a label of one's own", base, resigned("credentialSubject/label", "正式"), "invalid", "contradiction")
    case("no-time", "a day that does not exist", base, resigned("validFrom", "2026-02-30T04:00:00Z"), "invalid", "contradiction", "contradiction")
    case("sample", "from sample items", base, resigned("credentialSubject/label", "样题，非国家题库"), "valid")
    # Marks
    for name, about, pointer, value, defect in (
        ("mark-above-100", "100.5", "theory", part(201, 2, "100.50"), "mark_range"),
        ("mark-below-0", "a negative mark", "theory", part(-1, 2, "-0.50", False), "mark_range"),
        ("mark-shown", "another text than the mark", "theory", part(143, 2, "91.50"), "mark_shown"),
        ("mark-rounded-up", "59.996 shown as 60.00", "practical", part(14999, 250, "60.00"), "mark_shown"),
        ("mark-passed", "59.5 as passed", "practical", part(119, 2, "59.50"), "mark_passed"),
        ("mark-failed", "theory of 71.5 as failed", "theory", part(143, 2, "71.50", False), "mark_passed"),
        ("outcome", "both parts passed, and yet failed", "outcome", "failed", "outcome"),
    ):
        case(name, about, base, resigned(f"credentialSubject/{pointer}", value), "invalid", defect)
    # Filing
    case("level", "a level that is not filed", base, resigned("credentialSubject/level", 4), "invalid", "filing_level")
    case("level-of-the-list", "the list's filing counts, not the result's", base, GENUINE, "invalid", "filing_level", trust_list="level-4")
    case("occupation", "another occupation", base, resigned("credentialSubject/occupationCode", "4-14-01-02"), "invalid", "filing_occupation")
    case("province", "a province that is not filed", base, resigned("credentialSubject/province", "32"), "invalid", "filing_province")
    case("province-of-the-list", "the list files other provinces", base, GENUINE, "invalid", "filing_province", trust_list="other-province")
    case("whole-country", "a filing for the whole country", base, GENUINE, "valid", trust_list="whole-country")
    case("expired", "the filing expired the day before", base, GENUINE, "invalid", "filing_expired", trust_list="expired")
    case("not-yet-filed", "the filing begins the day after", base, GENUINE, "invalid", "filing_not_begun", trust_list="filed-later")
    case("before-the-key", "issued before the key came into use", base, resigned("validFrom", "2026-11-22T03:59:58Z"), "invalid", "key_not_begun")
    case("retired-key", "another key had taken over", base, GENUINE, "invalid", "key_retired", trust_list="retired")
    case("revoked-after", "the key was given up after the result's leaf", base, GENUINE, "valid", trust_list="revoked-from-3")
    case("revoked-before", "the key was given up at the result's leaf", base, GENUINE, "invalid", "key_revoked", trust_list="revoked-from-2")
    case("revoked-no-proof", "a bare credential of a key that was given up", base, SIGNED, "invalid", "key_revoked", trust_list="revoked-from-3")


def of_proofs():
    base = "result"

    def proof(**changes):
        return {**GENUINE, "proof": {**GENUINE["proof"], **changes}}

    made = GENUINE["proof"]
    case("size-0", "a proof for an empty tree", base, proof(size=0, index=0, path=[]), "invalid", "log_size")
    empty = Log(ORIGIN, LOG_KEY)
    case("size-0-signed", "the log signed an empty tree", base, proof(size=0, index=0, path=[], checkpoint=empty.checkpoint()), "invalid", "proof_range")
    case("index-outside", "an index at the size", base, proof(index=5), "invalid", "proof_range")
    case("other-index", "a proof for another index", base, proof(index=3), "invalid", "proof_root")
    case("path-short", "the last hash is missing", base, proof(path=made["path"][:-1]), "invalid", "proof_length")
    case("path-long", "one hash too many", base, proof(path=[*made["path"], "00" * 32]), "invalid", "proof_length")
    case("path-altered", "one hash is another", base, proof(path=["00" * 32, *made["path"][1:]]), "invalid", "proof_root")
    case("leaf-salt", "another salt", base, proof(salt="04" * 32), "invalid", "log_leaf")
    case("leaf-kind", "the leaf of an absence", base, proof(leaf=leaf("b1", "absent", LEAF_SALT, RESULT)), "invalid", "log_leaf")
    case("leaf-batch", "the leaf of another batch", base, proof(leaf=leaf("b2", "result", LEAF_SALT, RESULT)), "invalid", "log_leaf")
    unknown = {**made["leaf"], "kind": "blessed"}
    case("leaf-unknown", "a kind of leaf that nobody knows", base, proof(leaf=unknown), "unreadable", "unknown_name")
    case("other-log", "a checkpoint of another log", base, bundle(SIGNED, origin="other.example/log", key=OTHER), "invalid", "other_log")
    case("other-log-key", "another key under the log's name", base, bundle(SIGNED, key=OTHER), "invalid", "log_signature")
    case("checkpoint-size", "another size in the checkpoint", base, proof(checkpoint=made["checkpoint"].replace("\n5\n", "\n6\n")), "invalid", "log_signature")
    case("checkpoint-unsigned", "no signature under the checkpoint", base, proof(checkpoint=made["checkpoint"].split("\n\n")[0] + "\n\n"), "invalid", "log_form")
    case("low-order", "the log's key is of low order", base, bundle(SIGNED, key=LowOrder()), "invalid", "key_unusable", trust_list="low-order-log")
    note = made["checkpoint"]
    by = {name: proof(checkpoint=cosigned(note, "witness.example/a", key, WITNESS)) for name, key in (("a", WITNESS), ("b", OTHER))}
    case("witnessed", "an outside witness cosigned", base, by["a"], "valid", trust_list="witness")
    case("witness-forged", "another's signature under the witness's name", base, by["b"], "invalid", "witness_signature", trust_list="witness")
    other = proof(checkpoint=cosigned(note, "witness.example/b", OTHER))
    case("witness-unknown", "a witness whom nobody knows says nothing", base, other, "unwitnessed", trust_list="witness")
    case("no-proof", "the bundle holds no proof", base, {**GENUINE, "proof": None}, "unlogged")
    more_witnesses()


def of_bundles():
    base = "result"
    case("empty", "nothing", base, " \n", "unreadable", "empty")
    case("no-file-of-ours", "another text", base, "你好", "unreadable", "not_jws")
    case("bundle-version-2", "a later bundle", base, {**GENUINE, "v": 2}, "unreadable", "unknown_kind")
    case("bundle-kind", "another kind of file", base, {**GENUINE, "kind": "diploma"}, "unreadable", "unknown_kind")
    case("bundle-member", "a member that bundles do not have", base, {**GENUINE, "note": "x"}, "unreadable", "unknown_member")
    case("bundle-twice", "a member that stands twice", base, '{"jws":"",' + json.dumps(GENUINE, ensure_ascii=False)[1:], "unreadable", "duplicate_member")
    case("bundle-of-certificate", "a result in a certificate's bundle", base, {**GENUINE, "kind": "certificate-bundle"}, "invalid", "contradiction")


def of_shapes():
    """What serde takes and no other reader: lists for objects, objects for names, members left out that are always written."""
    base = "shape"
    kid = key_id(ISSUER.jwk)
    for name, about, change in (
        ("shape-list", "a fraction as a list", lambda t: t.replace('{"den":2,"num":143}', "[143,2]")),
        ("shape-deep", "a part of the exam as a list", lambda t: t.replace('{"exact":{"den":2,"num":143},"passed":true,"shown":"71.50"}',
                                                                           '[{"den":2,"num":143},"71.50",true]')),
        ("shape-name", "an object for a name", lambda t: t.replace('"outcome":"passed"', '"outcome":{"passed":null}')),
        ("shape-left-out", "no label, where one says that there is none", lambda t: t.replace('"label":null,', "")),
        ("shape-null", "a province that is not told, told as nothing", lambda t: t.replace('"province":"31"', '"province":null')),
    ):
        case(name, about, base, raw(change), "unreadable", "shape")
    case("shape-header", "the header as a list", base, credential(result(), ISSUER, ["ES256", "vc", kid, "vc+jwt"]), "unreadable", "shape")
    case("shape-proof", "the proof as a list", base,
         {**GENUINE, "proof": [GENUINE["proof"][name] for name in ("index", "size", "path", "checkpoint", "leaf", "salt")]}, "unreadable", "shape")
    case("shape-leaf", "the leaf as a list", base, {**GENUINE, "proof": {**GENUINE["proof"], "leaf": [
        GENUINE["proof"]["leaf"][name] for name in ("batch", "commitment", "kind", "v")]}}, "unreadable", "shape")
    rests = '{"kind":"exam","results":["%s"]}' % RESULT
    whole = canonical(certificate(RESULT)).decode()
    assert rests in whole
    case("shape-tagged", "what a certificate rests on as a list", base,
         credential(whole.replace(rests, '["exam",["%s"]]' % RESULT).encode(), ISSUER), "unreadable", "shape")
    roster = message("roster", [AT, "b1", 5, 5, digest("roster")], ISSUER)
    case("shape-payload", "a record's payload as a list", base, roster, "unreadable", "shape")
    record = message("roster", {"at_ms": AT, "batch": "b1", "candidates": 5, "level": 5, "roster": digest("roster")}, ISSUER)
    listed = [record["proofs"][0][name] for name in ("alg", "key", "value")]
    case("shape-signature", "a record's signature as a list", base, {**record, "proofs": [listed]}, "unreadable", "shape")
    case("shape-event", "a key event as a list", base, message("key-event", {
        "at_ms": AT, "event": ["revoked", kid, "设备停用。"], "organization_id": ORGANIZATION_ID}, ISSUER), "unreadable", "shape")
    set_of_lists = {"kind": "status-set", "records": [[None, correction(RESULT)]], "v": 1}
    case("shape-status", "an entry of a status set as a list", base, set_of_lists, "unreadable", "shape")
    receipt = message("receipt", [AT, 99, "b1", 100, digest("journal"), AT, None, "p7-theory"], SERVICE)
    case("shape-receipt", "a receipt's payload as a list", base, receipt, "unreadable", "shape")


def of_sm2():
    base = "result with SM2"
    payload = result()
    payload["requiredSignatures"] = ["ES256", "SM2-SM3"]
    jws = credential(payload, ISSUER)
    signing_input = jws.rsplit(".", 1)[0].encode()

    def beside(key, value=None, **changes):
        return {"alg": "SM2-SM3", "key": key_id(key.jwk), "value": b64(value or key.sign(signing_input)), **changes}

    case("sm2", "both signatures are there", base, bundle(jws, proofs=[beside(SM2)]), "valid")
    case("sm2-missing", "the second signature is missing", base, bundle(jws), "invalid", "required_missing")
    case("sm2-bare", "the bare credential lacks the second signature", base, jws, "invalid", "required_missing")
    case("sm2-identity", "signed for another identity", base, bundle(jws, proofs=[beside(Sm2(6, "ALICE123@YAHOO.COM"))]), "invalid", "required_signature")
    case("sm2-payload", "the signature of another payload", base, bundle(jws, proofs=[beside(SM2, SM2.sign(b"x"))]), "invalid", "required_signature")
    case("sm2-key", "signed by a key that the list does not have", base, bundle(jws, proofs=[beside(Sm2(11))]), "invalid", "required_key")
    case("sm2-alg", "called by another algorithm", base, bundle(jws, proofs=[beside(SM2, alg="ES256")]), "invalid", "required_missing")
    case("sm2-zero", "r and s are zero", base, bundle(jws, proofs=[beside(SM2, bytes(64))]), "invalid", "required_signature")
    for name, about, names, verdict, defect in (
        ("required-nothing", "it requires nothing", [], "invalid", "required_unnamed"),
        ("required-not-es256", "it does not require its own", ["SM2-SM3"], "invalid", "required_unnamed"),
        ("required-ed25519", "it requires what nobody signs", ["ES256", "Ed25519"], "invalid", "required_unknown"),
        ("required-unknown", "it requires what nobody knows", ["ES256", "ML-DSA-65"], "invalid", "required_unknown"),
    ):
        case(name, about, base, resigned("requiredSignatures", names), verdict, defect)


def of_certificates():
    base = "certificate"
    signed = credential(certificate(RESULT), ISSUER)

    def bundled(jws):
        return bundle(jws, "certificate-bundle", "certificate")

    def changed(**subject):
        return bundled(credential(certificate(RESULT, **subject), ISSUER))

    case("certificate", "nothing is changed", base, bundled(signed), "valid", person=PERSON)
    case("certificate-jws", "the bare credential, which nothing shows to be logged", base, signed, "unlogged")
    case("certificate-sample", "from sample items", base, changed(label="样题，非国家题库"), "valid")
    case("certificate-contest", "won in a contest", base, changed(basis={
        "approved_by": ["office", "supervisor-1"], "contest": "省职业技能竞赛第一名", "evidence": digest("award"), "kind": "contest"}), "valid")
    case("certificate-contest-alone", "one person approved twice", base, changed(basis={
        "approved_by": ["office", "office"], "contest": "省职业技能竞赛第一名", "evidence": digest("award"), "kind": "contest"}), "invalid", "contradiction")
    case("certificate-no-basis", "it rests on nothing", base, changed(basis={"kind": "exam", "results": []}), "invalid", "contradiction")
    case("certificate-level", "the number is of another level", base, changed(number="S000031000001264000042"), "invalid", "contradiction")
    case("certificate-year", "the number is of another year", base, changed(issuedOn="2027-01-04"), "invalid", "contradiction")
    case("certificate-province", "the number is of another province", base, changed(number="S000032000001265000042"), "invalid", "filing_province")
    case("certificate-number", "a number of 21 characters", base, changed(number=NUMBER[:-1]), "unreadable", "malformed")
    case("certificate-leaf", "logged as a result", base, bundle(signed, "certificate-bundle", "result"), "invalid", "log_leaf")
    case("certificate-other-person", "another's certificate", base, bundled(signed), "invalid", "other_person", person={**PERSON, "name": "李四"})
    revoked = revocation("result", RESULT)
    case("certificate-result-revoked", "the result that it rests on was revoked", base, bundled(signed), "revoked", "revoked", status=[status_set(revoked)])
    own = revocation("certificate", identity(signed))
    case("certificate-revoked", "it was revoked", base, bundled(signed), "revoked", "revoked", status=[status_set(own)])


def deciders():
    return [{"account": "office", "outside": False}, {"account": "authority-1", "outside": True}]


def revocation(kind, record, signer=ISSUER):
    return message("revocation", {
        "at_ms": AT + 1000, "batch": "b1", "decided_by": deciders(), "effective_ms": AT + 1000,
        "reason": {"code": "fraud", "text": "查实申报材料造假。"}, "revoked": {"kind": kind, "record": record},
    }, signer)


def correction(record, signer=ISSUER):
    return message("correction", {
        "appeal": "appeal-1", "at_ms": AT + 1000, "batch": "b1", "decided_by": deciders(), "pseudonym": "p7",
        "reason": {"code": "omission", "text": "一份评分表没有计入。"}, "supersedes": record,
    }, signer)


def status_set(*records):
    entries = [record if "proof" in record else {"proof": None, "record": record} for record in records]
    return json.dumps({"kind": "status-set", "records": entries, "v": 1}, ensure_ascii=False, sort_keys=True)


def logged(record, kind, batch="b1", index=2):
    return {"proof": log_of(identity(record), kind, batch, index)[1], "record": record}


def key_event(event, *signers, organization=ORGANIZATION_ID):
    return message("key-event", {"at_ms": AT, "event": event, "organization_id": organization}, *signers)


def of_owners():
    """Who may give up a key, and until when a set counts."""
    base = "status set"
    old = key_id(ISSUER.jwk)
    for kind, event in (("revoked", {"key": old, "kind": "revoked", "reason": "停用。"}),
                        ("compromised", {"from_index": 0, "key": old, "kind": "compromised", "reason": "失窃。"})):
        foreign = logged(key_event(event, RIVAL, organization=RIVAL_ID), "key", "_", 3)
        case(f"foreign-{kind}", "another trusted organization gives up the issuer's key", base, status_set(foreign), "invalid", "issuer_impostor",
             trust_list="rival")
    stolen = logged(key_event({"from_index": 0, "key": old, "kind": "compromised", "reason": "失窃。"}, SECOND), "key", "_", 3)
    for name, records in (("first", (revocation("result", digest("x")), stolen)), ("last", (stolen, revocation("result", digest("x"))))):
        case(f"cut-signer-{name}", "a key that the same set calls stolen revokes a result", base, status_set(*records), "invalid", "key_revoked")
    back = logged(key_event({"from_index": 0, "key": key_id(SECOND.jwk), "kind": "compromised", "reason": "失窃。"}, ISSUER), "key", "_", 4)
    case("accused-accuses", "a key that was given up gives up the one that did so", base, status_set(back, stolen), "invalid", "key_revoked")

    def until(day, *records):
        return json.dumps({**json.loads(status_set(*records)), "fresh_until": day}, ensure_ascii=False, sort_keys=True)

    case("status-fresh", "a set on its last day", base, until("2026-12-01", correction(digest("x"))), "valid")
    case("status-stale", "a set on the day after", base, until("2026-11-30", correction(digest("x"))), "stale")
    base = "result"
    case("under-fresh", "a result by a set on its last day", base, GENUINE, "valid", status=[until("2026-12-01", correction(digest("x")))])
    case("under-stale", "a result by a set on the day after", base, GENUINE, "stale", status=[until("2026-11-30", correction(digest("x")))])
    case("revoked-in-stale", "what an old set revokes stays revoked", base, GENUINE, "revoked", "revoked",
         status=[until("2026-11-30", revocation("result", RESULT))])


def of_status():
    of_owners()
    base = "result"
    case("in-no-set", "a set about another result", base, GENUINE, "valid", status=[status_set(correction(digest("other")))])
    case("superseded", "a corrected result replaced it", base, GENUINE, "superseded", "superseded", status=[status_set(correction(RESULT))])
    case("revoked", "it was revoked", base, GENUINE, "revoked", "revoked", status=[status_set(revocation("result", RESULT))])
    both = status_set(correction(RESULT), revocation("result", RESULT))
    case("superseded-and-revoked", "a revocation goes before a correction", base, GENUINE, "revoked", "revoked", status=[both])
    decision = correction(RESULT)
    new = {**result(theory=part(75, 1, "75.00")), "supersedes": {"correction": identity(decision), "result": RESULT}}
    corrected = credential(new, ISSUER)
    case("corrected", "the corrected result", base, bundle(corrected, leaf_kind="correction"), "valid", status=[status_set(decision)])
    case("corrected-as-result", "a corrected result on a leaf that ends the exam once more", base, bundle(corrected), "invalid", "log_leaf")
    case("result-as-correction", "a first result on a correction's leaf", base, bundle(SIGNED, leaf_kind="correction"), "invalid", "log_leaf")
    old = key_id(ISSUER.jwk)
    gone = {"from_index": 2, "key": old, "kind": "compromised", "reason": "签名设备失窃。"}
    event = logged(key_event(gone, SECOND), "key", "_", 3)
    case("compromised-before", "the key was stolen before the result's leaf", base, GENUINE, "invalid", "key_revoked", status=[status_set(event)])
    later = logged(key_event({**gone, "from_index": 3}, SECOND), "key", "_", 3)
    case("compromised-after", "the key was stolen after the result's leaf", base, GENUINE, "valid", status=[status_set(later)])
    case("compromised-no-proof", "a bare credential of a stolen key", base, SIGNED, "invalid", "key_revoked", status=[status_set(later)])
    given_up = logged(key_event({"key": old, "kind": "revoked", "reason": "设备停用。"}, ISSUER), "key", "_", 1)
    case("given-up-before", "the key was given up before the result's leaf", base, GENUINE, "invalid", "key_revoked", status=[status_set(given_up)])

    def rotated(*signers, frm=ISSUER, to=SECOND, purpose="organization", index=3):
        event = {"from": key_id(frm.jwk), "kind": "rotated", "purpose": purpose, "to": to.jwk}
        return status_set(logged(key_event(event, *signers), "key", "_", index))

    case("rotated-before", "another key took over before the result's leaf", base, GENUINE, "invalid", "key_revoked", status=[rotated(ISSUER, SECOND, index=1)])
    case("rotated-after", "another key took over after the result's leaf", base, GENUINE, "valid", status=[rotated(ISSUER, SECOND)])
    base = "status set"
    case("status-rotated", "both keys sign the rotation", base, rotated(ISSUER, SECOND), "valid")
    case("status-rotated-old", "the old key has not signed", base, rotated(SECOND), "invalid", "signature_missing")
    case("status-rotated-new", "the new key has not signed", base, rotated(ISSUER), "invalid", "signature_missing")
    forged = json.loads(rotated(ISSUER, SECOND))
    proofs = forged["records"][0]["record"]["proofs"]
    proofs[0]["value"] = b64(ISSUER.sign(b"x"))
    case("status-rotated-forged", "the old key's signature is of something else", base, forged, "invalid", "signature")
    forged = json.loads(rotated(ISSUER, SECOND))
    proofs = forged["records"][0]["record"]["proofs"]
    proofs[1]["value"] = b64(SECOND.sign(b"x"))
    case("status-rotated-forged-new", "the new key's signature is of something else", base, forged, "invalid", "signature")
    case("status-rotated-stranger", "from a key that nobody knows to another", base, rotated(STRANGER, Es256(13), ISSUER, frm=STRANGER, to=Es256(13)),
         "invalid", "issuer_unknown")
    case("status-rotated-service", "the room service's key took over from one that the list no longer has", base,
         rotated(OTHER, SERVICE, ISSUER, frm=OTHER, to=SERVICE, purpose="service"), "valid")
    case("status-rotated-service-old", "that one has not signed", base, rotated(SERVICE, ISSUER, frm=OTHER, to=SERVICE, purpose="service"),
         "invalid", "signature_missing")
    case("status-rotated-no-proof", "a rotation without its place", base, status_set(json.loads(rotated(ISSUER, SECOND))["records"][0]["record"]),
         "invalid", "log_leaf")
    enrolled = {"key": SECOND.jwk, "kind": "enrolled", "purpose": "organization"}
    case("status-enrolled", "a new key signs that somebody holds it", base, status_set(logged(key_event(enrolled, SECOND), "key", "_", 3)), "valid")
    case("status-enrolled-by-other", "another key signs for it", base, status_set(logged(key_event(enrolled, ISSUER), "key", "_", 3)),
         "invalid", "signature_missing")
    case("status", "a correction and a revocation", base, both, "valid")
    case("status-stranger", "signed by a stranger", base, status_set(correction(RESULT, STRANGER)), "invalid", "issuer_unknown")
    altered = correction(RESULT)
    altered["payload"]["supersedes"] = digest("other")
    case("status-altered", "another result is named", base, status_set(altered), "invalid", "signature")
    case("status-other-kind", "a roster among corrections", base, status_set(message("roster", {
        "at_ms": AT, "batch": "b1", "candidates": 5, "level": 5, "roster": digest("roster")}, ISSUER)), "invalid", "not_a_status")
    case("status-unknown-kind", "a kind that nobody knows", base, status_set(message("pardon", {}, ISSUER)), "invalid", "unknown_kind")
    case("status-version", "a later version of a record", base, status_set(message("correction", correction(RESULT)["payload"], ISSUER, v=2)), "invalid", "unknown_kind")
    case("status-proof", "a revocation on another leaf", base, status_set({**logged(revocation("result", RESULT), "revocation"),
         "record": revocation("certificate", RESULT)}), "invalid", "log_leaf")
    case("status-key-no-proof", "a key event without its place", base, status_set(key_event(gone, SECOND)), "invalid", "log_leaf")
    case("status-key-itself", "a stolen key that says so itself", base, status_set(logged(key_event(gone, ISSUER), "key", "_", 3)), "invalid", "contradiction")
    case("status-key-future", "stolen from a later leaf than the event's", base,
         status_set(logged(key_event({**gone, "from_index": 4}, SECOND), "key", "_", 3)), "invalid", "contradiction")
    case("status-key-organization", "about another organization's key", base, status_set(logged(
        key_event(gone, SECOND, organization="urn:kaoping:organization:91000000OTHER00001"), "key", "_", 3)), "invalid", "issuer_impostor")


def of_receipts():
    base = "receipt"
    payload = {"answered": 99, "at_ms": AT, "batch": "b1", "items": 100, "journal": digest("journal"),
               "logged_by_ms": AT + 7 * 86400000, "replaces": None, "sitting": "p7-theory"}
    receipt = message("receipt", payload, SERVICE)

    def kept(record, proof):
        return {"end": {"proof": proof, "record": record}, "kind": "receipt-bundle", "receipt": receipt, "v": 1}

    case("receipt", "a receipt by itself", base, receipt, "valid")
    case("receipt-no-end", "a receipt whose exam has not ended", base, {"end": None, "kind": "receipt-bundle", "receipt": receipt, "v": 1}, "valid")
    case("receipt-replacing", "a receipt that replaces an earlier one", base, message("receipt", {**payload, "replaces": digest("receipt")}, SERVICE), "valid")
    case("receipt-without-replaces", "a receipt that does not say whether it replaces one", base, message(
        "receipt", {name: value for name, value in payload.items() if name != "replaces"}, SERVICE), "unreadable", "shape")
    case("receipt-kept", "the result stands in the log", base, kept(SIGNED, GENUINE["proof"]), "valid")
    other = {**payload, "answered": 98}
    case("receipt-altered", "another count", base, {**receipt, "payload": other}, "invalid", "signature")
    case("receipt-service", "signed by another service", base, message("receipt", payload, OTHER), "invalid", "signature_missing")
    case("receipt-as-issuer", "signed by the issuer instead", base, message("receipt", payload, ISSUER), "invalid", "signature_missing")
    case("receipt-counts", "more answers than items", base, message("receipt", {**payload, "answered": 101}, SERVICE), "unreadable", "contradiction")
    case("receipt-other-kind", "the signature of another kind", base,
         {**receipt, "proofs": message("seat-checkpoint", payload, SERVICE)["proofs"]}, "invalid", "signature")
    case("receipt-other-sitting", "kept by another's result", base,
         kept(*(lambda jws: (jws, log_of(identity(jws))[1]))(credential(result(evidence={**result()["credentialSubject"]["evidence"], "journal": digest("x")}), ISSUER))),
         "invalid", "other_sitting")
    case("receipt-other-log", "the result stands in another log", base,
         kept(SIGNED, log_of(RESULT, origin="other.example/log", key=OTHER)[1]), "invalid", "other_log")
    case("receipt-other-proof", "the proof of another record", base, kept(SIGNED, log_of(digest("x"))[1]), "invalid", "log_leaf")
    absence = message("absence", {
        "at_ms": AT, "batch": "b1", "practical": {"evidence": None, "result": None, "sitting": "p7-practical"}, "pseudonym": "p7",
        "theory": {"evidence": digest("score"), "result": part(143, 2, "71.50"), "sitting": "p7-theory"}}, ISSUER)
    case("receipt-absence", "the practical exam was missed", base, kept(absence, log_of(identity(absence), "absent")[1]), "valid")
    case("receipt-absence-stranger", "an absence that a stranger signed", base,
         kept({**absence, "proofs": message("absence", absence["payload"], STRANGER)["proofs"]}, log_of(identity(absence), "absent")[1]), "invalid", "issuer_unknown")


    def promised(record, leaf_kind="result", note=None, **changes):
        signed = message("receipt", {**payload, **changes}, SERVICE)
        proof = log_of(identity(record), leaf_kind)[1]
        proof = {**proof, "checkpoint": note(proof["checkpoint"])} if note else proof
        return {**kept(record, proof), "receipt": signed}

    def ended(**subject):
        return credential(result(**subject), ISSUER)

    case("receipt-stranger", "kept by a stranger's result", base, promised(credential(result(), STRANGER)), "invalid", "issuer_unknown")
    case("receipt-impostor", "kept by a result under another organization's name", base, promised(credential(
        {**result(), "issuer": {**result()["issuer"], "id": "urn:kaoping:organization:91000000OTHER00001"}}, ISSUER)), "invalid", "issuer_impostor")
    case("receipt-other-id", "kept by a result that names two people", base,
         promised(credential({**result(), "id": "urn:kaoping:result:b1:p8"}, ISSUER)), "invalid", "contradiction")
    case("receipt-filing", "the issuer is filed for another level", base, promised(SIGNED), "invalid", "filing_level", trust_list="level-4")
    case("receipt-expired", "the filing had expired", base, promised(SIGNED), "invalid", "filing_expired", trust_list="expired")
    case("receipt-retired", "another key had taken over before the absence", base, promised(absence, "absent"), "invalid", "key_retired", trust_list="retired")
    case("receipt-revoked", "the key was given up before the result's leaf", base, promised(SIGNED), "invalid", "key_revoked", trust_list="revoked-from-2")
    case("receipt-revoked-after", "the key was given up after it", base, promised(SIGNED), "valid", trust_list="revoked-from-3")
    stolen = key_event({"from_index": 2, "key": key_id(ISSUER.jwk), "kind": "compromised", "reason": "签名设备失窃。"}, SECOND)
    case("receipt-compromised", "a status set says that the key was stolen before", base, promised(SIGNED), "invalid", "key_revoked",
         status=[status_set(logged(stolen, "key", "_", 3))])
    case("receipt-marks", "kept by a result whose text is not that of its mark", base, promised(ended(theory=part(143, 2, "91.50"))), "invalid", "mark_shown")
    case("receipt-certificate", "kept by a certificate", base, promised(credential(certificate(RESULT), ISSUER), "certificate"), "invalid", "other_sitting")
    case("receipt-leaf", "the result stands on a correction's leaf", base, promised(SIGNED, "correction"), "invalid", "log_leaf")
    both = {**result(), "requiredSignatures": ["ES256", "SM2-SM3"]}
    case("receipt-sm2", "the result requires a signature that a receipt's file does not carry", base, promised(credential(both, ISSUER)), "valid")
    early = {"at_ms": AT - 2000, "logged_by_ms": AT - 1000}
    case("receipt-late", "the result was made after the time that was promised", base, promised(SIGNED, **early), "invalid", "promise_late")
    case("receipt-late-absence", "so was the absence", base, promised(absence, "absent", **early), "invalid", "promise_late")

    def witnessed(key):
        return lambda note: cosigned(note, "witness.example/a", key, WITNESS)

    case("receipt-witnessed", "a witness saw it before the time that was promised", base, promised(SIGNED, note=witnessed(WITNESS)), "valid",
         trust_list="witness")
    case("receipt-witness-forged", "another's signature under the witness's name", base, promised(SIGNED, note=witnessed(OTHER)), "invalid",
         "witness_signature", trust_list="witness")


def of_records():
    base = "record"
    end = {"at_ms": AT, "batch": "b1", "decided_by": deciders(), "end": "annulled", "next_batch": None, "practical": "p6-practical",
           "pseudonym": "p6", "reason": {"code": "impersonation", "text": "查实替考。"}, "theory": "p6-theory"}
    record = message("sitting-end", end, ISSUER)
    case("record", "a decision by itself", base, record, "valid")
    case("record-stranger", "a stranger's decision", base, message("sitting-end", end, STRANGER), "unchecked", "issuer_unknown")
    case("record-altered", "another end", base, {**record, "payload": {**end, "end": "void"}}, "invalid", "signature")
    case("record-member", "a member that it does not have", base, {**record, "payload": {**end, "x": 1}}, "unreadable", "unknown_member")
    case("record-algorithm", "an unknown algorithm", base, {**record, "proofs": [{**record["proofs"][0], "alg": "RS256"}]}, "unreadable", "unknown_name")
    case("record-unsigned", "no proof at all", base, {**record, "proofs": []}, "unchecked", "issuer_unknown")
    case("record-revoked-key", "by a key that was given up", base, record, "invalid", "key_revoked", trust_list="revoked-from-3")
    rotation = {"from": key_id(ISSUER.jwk), "kind": "rotated", "purpose": "organization", "to": SECOND.jwk}
    case("record-rotated", "a rotation by itself, signed by both keys", base, key_event(rotation, ISSUER, SECOND), "valid")
    case("record-rotated-one", "a rotation that the old key alone signed", base, key_event(rotation, ISSUER), "invalid", "signature_missing")
    stolen = key_event({"from_index": 3, "key": key_id(ISSUER.jwk), "kind": "compromised", "reason": "签名设备失窃。"}, SECOND)
    case("record-compromised", "a status set says that its key was stolen, and it holds no place in the log", base, record, "invalid", "key_revoked",
         status=[status_set(logged(stolen, "key", "_", 3))])
    roster = {"at_ms": AT, "batch": "b1", "candidates": 5, "level": 5, "roster": digest("roster")}
    case("record-roster", "a roster by itself", base, message("roster", roster, ISSUER), "valid")
    case("record-level", "a roster of a level that is not filed", base, message("roster", {**roster, "level": 4}, ISSUER), "invalid", "filing_level")
    case("record-not-yet-filed", "the filing begins the day after", base, message("roster", roster, ISSUER), "invalid", "filing_not_begun",
         trust_list="filed-later")
    late = 1861891200000  # 2029-01-01 in China
    case("record-filing-expired", "made the day after the filing ended", base, message("roster", {**roster, "at_ms": late}, ISSUER), "invalid",
         "filing_expired")
    case("record-last-day", "made in the last second of the filing", base, message("roster", {**roster, "at_ms": late - 1000}, ISSUER), "valid")
    case("record-before-key", "made before its key came into use", base, message("roster", {**roster, "at_ms": AT - 2000}, ISSUER), "invalid",
         "key_not_begun")
    case("record-retired-key", "another key had taken over", base, message("roster", roster, ISSUER), "invalid", "key_retired", trust_list="retired")
    missed = {"evidence": None, "result": None, "sitting": "p6-practical"}

    def absent(reached):
        return message("absence", {"at_ms": AT, "batch": "b1", "practical": missed, "pseudonym": "p6",
                                   "theory": {"evidence": digest("score"), "result": reached, "sitting": "p6-theory"}}, ISSUER)

    case("record-absence", "the practical exam was missed", base, absent(part(143, 2, "71.50")), "valid")
    case("record-absence-shown", "another text than the mark", base, absent(part(143, 2, "91.50")), "invalid", "mark_shown")
    case("record-absence-passed", "59 as passed", base, absent(part(59, 1, "59.00")), "invalid", "mark_passed")
    case("record-absence-failed", "60 as failed", base, absent(part(60, 1, "60.00", passed=False)), "invalid", "mark_passed")
    case("record-absence-range", "more than 100", base, absent(part(101, 1, "101.00")), "invalid", "mark_range")
    base = "checkpoint"
    log, _ = log_of(RESULT)
    note = log.checkpoint()
    case("checkpoint", "the log's checkpoint", base, note, "valid")
    case("checkpoint-empty", "of a log without entries", base, checkpoint(ORIGIN, 0, hashlib.sha256().digest(), LOG_KEY), "valid")
    case("checkpoint-empty-root", "an empty log with another root than it has", base, checkpoint(ORIGIN, 0, sha256("x"), LOG_KEY), "invalid", "log_form")
    case("checkpoint-altered", "another size", base, note.replace("\n5\n", "\n6\n"), "invalid", "log_signature")
    case("checkpoint-other-log", "another log's", base, log_of(RESULT, origin="other.example/log", key=OTHER)[0].checkpoint(), "invalid", "other_log")


def consistency(hashes, old):
    """RFC 6962, section 2.1.2."""
    def proof(size, leaves, known):
        if size == len(leaves):
            return [] if known else [root(leaves)]
        left, right = split(leaves)
        if size <= len(left):
            return [*proof(size, left, known), root(right)]
        return [*proof(size - len(left), right, False), root(left)]
    return proof(old, hashes, True)


def of_log_proofs():
    base = "tlog-proof"
    text64 = lambda data: base64.b64encode(data).decode()  # noqa: E731

    def tlog(record, kind="result", batch="b1", extra=LEAF_SALT, **changes):
        _, made = log_of(identity(record), kind, batch)
        made = {**made, **changes}
        lines = ["c2sp.org/tlog-proof@v1", *([f"extra {text64(bytes.fromhex(extra))}"] if extra else []), f"index {made['index']}",
                 *(text64(bytes.fromhex(step)) for step in made["path"])]
        return "\n".join(lines) + "\n\n" + made["checkpoint"]

    whole = tlog(SIGNED)
    case("tlog-proof", "a result stands in the log", base, whole, "valid", record=SIGNED)
    case("tlog-proof-bundle", "the same result as a bundle", base, whole, "valid", record=json.dumps(GENUINE, ensure_ascii=False))
    case("tlog-proof-alone", "nobody says what stands there", base, whole, "unchecked")
    end = message("sitting-end", {"at_ms": AT, "batch": "b1", "decided_by": deciders(), "end": "annulled", "next_batch": None,
                                  "practical": "p6-practical", "pseudonym": "p6", "reason": {"code": "impersonation", "text": "查实替考。"},
                                  "theory": "p6-theory"}, ISSUER)
    case("tlog-proof-record", "a decision stands in the log", base, tlog(end, "annulled"), "valid", record=json.dumps(end, ensure_ascii=False))
    case("tlog-proof-certificate", "a certificate stands in the log", base, tlog(CERTIFICATE, "certificate"), "valid", record=CERTIFICATE)
    case("tlog-proof-other", "another result", base, whole, "invalid", "proof_root", record=credential(result(label="样题，非国家题库"), ISSUER))
    case("tlog-proof-kind", "the result stands there as an absence", base, tlog(SIGNED, "absent"), "invalid", "proof_root", record=SIGNED)
    case("tlog-proof-salt", "another salt", base, tlog(SIGNED, extra="04" * 32), "invalid", "proof_root", record=SIGNED)
    case("tlog-proof-no-salt", "no salt", base, tlog(SIGNED, extra=None), "invalid", "log_leaf", record=SIGNED)
    case("tlog-proof-index", "another index", base, tlog(SIGNED, index=3), "invalid", "proof_root", record=SIGNED)
    case("tlog-proof-outside", "an index at the size", base, tlog(SIGNED, index=5), "invalid", "proof_range")
    case("tlog-proof-short", "the last hash is missing", base, tlog(SIGNED, path=GENUINE["proof"]["path"][:-1]), "invalid", "proof_length", record=SIGNED)
    case("tlog-proof-log", "another log's", base, tlog(SIGNED, checkpoint=log_of(RESULT, origin="other.example/log", key=OTHER)[1]["checkpoint"]),
         "invalid", "other_log", record=SIGNED)
    case("tlog-proof-no-leaf", "a record to which no leaf commits", base, whole, "invalid", "log_leaf", record=json.dumps(correction(RESULT), ensure_ascii=False))
    case("tlog-proof-version", "a later version", base, whole.replace("@v1", "@v2"), "unreadable", "log_form")
    case("tlog-proof-witnessed", "an outside witness cosigned", base, tlog(
        SIGNED, checkpoint=cosigned(GENUINE["proof"]["checkpoint"], "witness.example/a", WITNESS)), "valid", trust_list="witness", record=SIGNED)
    base = "consistency"
    log, _ = log_of(RESULT)
    hashes = log.hashes()

    def at(size, leaves=None, origin=ORIGIN, key=LOG_KEY):
        return checkpoint(origin, size, root((leaves or hashes)[:size]), key)

    def grown(old, note=None, steps=None):
        steps = consistency(hashes, old) if steps is None else steps
        return "\n".join([f"old {old}", *(text64(step) for step in steps)]) + "\n\n" + (note or at(5))

    case("grown", "the log grew from three leaves to five", base, grown(3), "valid", old=at(3))
    case("grown-by-nothing", "the log did not grow", base, grown(5), "valid", old=at(5))
    case("grown-alone", "nobody gives the older checkpoint", base, grown(3), "unchecked")
    case("grown-other-size", "the older checkpoint has four leaves", base, grown(3), "invalid", "log_size", old=at(4))
    case("grown-altered", "a leaf before was another", base, grown(3), "invalid", "proof_root", old=at(3, [hashes[1], *hashes[1:]]))
    case("grown-short", "a hash of the proof is missing", base, grown(3, steps=consistency(hashes, 3)[:-1]), "invalid", "proof_length", old=at(3))
    case("grown-long", "a hash too many", base, grown(3, steps=[*consistency(hashes, 3), bytes(32)]), "invalid", "proof_length", old=at(3))
    case("shrunk", "the newer checkpoint is smaller", base, grown(4, note=at(3), steps=[]), "invalid", "proof_range", old=at(4))
    case("split-view", "two roots for one size", base, grown(5, steps=[]), "invalid", "proof_root", old=at(5, [hashes[1], *hashes[1:]]))
    case("grown-other-log", "another log's older checkpoint", base, grown(3), "invalid", "other_log", old=at(3, origin="other.example/log", key=OTHER))
    case("grown-forged", "another key under the log's name", base, grown(3, note=at(5, key=OTHER)), "invalid", "log_signature", old=at(3))
    case("grown-form", "a size with a leading zero", base, grown(3).replace("old 3", "old 03"), "unreadable", "log_form", old=at(3))


def main():
    for add in (of_results, of_proofs, of_bundles, of_shapes, of_sm2, of_certificates, of_status, of_receipts, of_records, of_log_proofs):
        add()
    names = [each["name"] for each in CASES]
    assert len(names) == len(set(names)), "each case has a name of its own"
    file = HERE / "cases.json"
    if file.exists():
        before = {each["name"]: each for each in json.loads(file.read_text(encoding="utf-8"))["cases"]}
        made = {each["name"]: each for each in CASES}
        changed = [name for name, old in before.items() if made.get(name) != old]
        if changed and "--anew" not in sys.argv:
            sys.exit(f"these cases would change: {', '.join(changed)}")
    contents = {"cases": CASES, "trusts": TRUSTS}
    file.write_text(json.dumps(contents, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(CASES)} cases")


if __name__ == "__main__":
    main()
