"""Signatures that are checked: by Python's cryptography, PyJWT, and the openssl program (`src/record/README.md`)."""

import pathlib
import subprocess
import tempfile

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from batch import base64url
from draw_bytes import canonical
from signing import key_id

# The identity that SM2 signs under (GM/T 0009).
SM2_IDENTITY = "1234567812345678"

ALGORITHMS = {"Ed25519": "Ed25519", "P-256": "ES256"}

# SubjectPublicKeyInfo of an uncompressed point (RFC 5480, section 2; GM/T 0010), up to the point.
POINT_PREFIX = {
    "P-256": bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\x04",
    "SM2": bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200") + b"\x04",
}


def public_key(jwk):
    if jwk["kty"] == "OKP":
        return ed25519.Ed25519PublicKey.from_public_bytes(base64url(jwk["x"]))
    x, y = (int.from_bytes(base64url(jwk[name]), "big") for name in "xy")
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def der(signature):
    """A signature r‖s as ASN.1."""
    return utils.encode_dss_signature(*(int.from_bytes(half, "big") for half in (signature[:32], signature[32:])))


def verify(jwk, signature, message):
    """Raises InvalidSignature unless the key made the signature."""
    if jwk["kty"] == "OKP":
        return public_key(jwk).verify(signature, message)
    if len(signature) != 64:
        raise InvalidSignature
    return public_key(jwk).verify(der(signature), message, ec.ECDSA(hashes.SHA256()))


def signed_bytes(record):
    """What a proof of a signed message signs: the namespace, a zero byte and the payload."""
    return f"kaoping/{record['kind']}/{record['v']}".encode() + b"\0" + canonical(record["payload"])


def message_holds(record, jwk):
    """Whether a signed message has just its members, and one of its proofs is this key's and holds."""
    form = record.keys() == {"kind", "payload", "proofs", "v"}
    if not form or any(proof.keys() != {"alg", "key", "value"} for proof in record["proofs"]):
        return False
    for proof in record["proofs"]:
        if (proof["alg"], proof["key"]) == (ALGORITHMS[jwk["crv"]], key_id(jwk)):
            try:
                verify(jwk, base64url(proof["value"]), signed_bytes(record))
                return True
            except InvalidSignature:
                return False
    return False


def claims(jws, jwk):
    """The payload of a credential that this key signed, by PyJWT; raises InvalidTokenError unless it did."""
    if jwt.get_unverified_header(jws) != {"alg": "ES256", "cty": "vc", "kid": key_id(jwk), "typ": "vc+jwt"}:
        raise jwt.InvalidTokenError("another header")
    return jwt.decode(jws, jwt.PyJWK(jwk, algorithm="ES256"), algorithms=["ES256"])


def openssl_holds(jwk, signature, message, identity=SM2_IDENTITY):
    """Whether the openssl program takes the signature r‖s: ES256, or SM2 with SM3 under the identity."""
    if len(signature) != 64:
        return False
    digest = ["-sm3", "-sigopt", f"distid:{identity}"] if jwk["crv"] == "SM2" else ["-sha256"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "key").write_bytes(POINT_PREFIX[jwk["crv"]] + base64url(jwk["x"]) + base64url(jwk["y"]))
        (folder / "signature").write_bytes(der(signature))
        command = ["openssl", "dgst", *digest, "-keyform", "DER", "-verify", folder / "key"]
        result = subprocess.run([*command, "-signature", folder / "signature"], input=message, capture_output=True, check=False)
    return result.stdout == b"Verified OK\n"
