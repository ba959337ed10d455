"""Results by other hands: PyJWT, cryptography and the openssl program check signatures; marks are decided again."""

import base64
import decimal
import fractions
import math
import pathlib
import subprocess
import tempfile
import unittest

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

import batch
from draw_bytes import canonical, digest

# SubjectPublicKeyInfo of an uncompressed P-256 point (RFC 5480, section 2), up to the point.
P256_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\x04"


class Results(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trust, cls.bundles = batch.document("trust.json"), batch.bundles()
        cls.draw = batch.document("draw.json")
        cls.key = jwt.PyJWK(cls.trust["issuers"][0]["key"], algorithm="ES256")

    def claims(self, jws, key=None):
        return jwt.decode(jws, key or self.key, algorithms=["ES256"])

    def test_all_forty_are_signed_by_the_trusted_issuer(self):
        self.assertEqual(len(self.bundles), 40)
        issuer = self.trust["issuers"][0]
        for pseudonym, bundle in self.bundles.items():
            with self.subTest(pseudonym):
                header, claims = jwt.get_unverified_header(bundle["jws"]), self.claims(bundle["jws"])
                self.assertEqual((header["alg"], header["typ"], header["cty"]), ("ES256", "vc+jwt", "vc"))
                self.assertEqual(claims["issuer"]["id"], issuer["organization_id"])
                self.assertEqual(claims["issuer"]["filing"], issuer["filing"])
                self.assertEqual(claims["credentialSubject"]["id"], f"urn:kaoping:person:{pseudonym}")
                self.assertEqual(batch.payload_bytes(bundle["jws"]), canonical(claims))
                self.assertEqual(bundle["issuer_key"], issuer["key"])

    def test_an_altered_payload_or_another_key_is_rejected(self):
        jws = next(iter(self.bundles.values()))["jws"]
        head, _, signature = jws.split(".")
        altered = self.claims(jws)
        altered["credentialSubject"]["theory"]["exact"]["num"] += 1
        forged = base64.urlsafe_b64encode(canonical(altered)).rstrip(b"=").decode()
        with self.assertRaises(jwt.InvalidSignatureError):
            self.claims(f"{head}.{forged}.{signature}")
        with self.assertRaises(jwt.InvalidSignatureError):
            self.claims(jws, ec.generate_private_key(ec.SECP256R1()).public_key())

    def test_marks_decide(self):
        outcomes = []
        for pseudonym, subject in batch.subjects().items():
            with self.subTest(pseudonym):
                passed = [self.decide(subject[part]) for part in ("theory", "practical")]
                self.assertEqual([subject["theory"]["passed"], subject["practical"]["passed"]], passed)
                self.assertEqual(subject["outcome"], "passed" if all(passed) else "failed")
                outcomes.append(subject["outcome"])
        self.assertEqual(set(outcomes), {"passed", "failed"}, "the batch must show both")

    def decide(self, part):
        """Whether a part is passed, from its exact marks alone; what is shown must be those marks."""
        num, den = part["exact"]["num"], part["exact"]["den"]
        self.assertTrue(den >= 1 and math.gcd(num, den) == 1 and 0 <= num <= 100 * den)
        mark = fractions.Fraction(num, den)
        rounding = decimal.ROUND_HALF_UP if mark >= 60 else decimal.ROUND_DOWN
        shown = (decimal.Decimal(num) / den).quantize(decimal.Decimal("0.01"), rounding)
        self.assertEqual(part["shown"], str(shown))
        return mark >= 60

    def test_results_rest_on_papers_of_the_draw(self):
        seats = {p["paper"] for p in self.draw["seating"]["papers"] if p["use"] == "seat"}
        drawn = {paper["digest"] for paper in self.draw["papers"] if paper["paper"] in seats}
        evidence = [subject["evidence"] for subject in batch.subjects().values()]
        self.assertEqual({each["manifest"] for each in evidence}, {digest(self.draw["manifest"]["payload"]).hex()})
        self.assertEqual(sorted(each["paper"] for each in evidence), sorted(drawn), "each seat's paper once")

    def test_the_manifest_is_signed(self):
        # A message signs its kind and version, a zero byte and its payload (src/record/message.rs).
        manifest = self.draw["manifest"]
        name = f"kaoping/{manifest['kind']}/{manifest['v']}".encode()
        signature = batch.base64url(manifest["proofs"][0]["value"])
        der = utils.encode_dss_signature(*(int.from_bytes(half, "big") for half in (signature[:32], signature[32:])))
        algorithm = ec.ECDSA(hashes.SHA256())
        self.key.key.verify(der, name + b"\0" + canonical(manifest["payload"]), algorithm)
        with self.assertRaises(InvalidSignature):
            self.key.key.verify(der, name + b"\0" + canonical(manifest["payload"] | {"attempt": 2}), algorithm)


class OpenSsl(unittest.TestCase):
    def test_openssl_verifies_a_signature(self):
        trust, bundle = batch.document("trust.json"), next(iter(batch.bundles().values()))
        signed, signature = bundle["jws"].encode().rsplit(b".", 1)
        key = trust["issuers"][0]["key"]
        public = P256_PREFIX + batch.base64url(key["x"]) + batch.base64url(key["y"])
        raw = batch.base64url(signature.decode())
        self.assertEqual(len(raw), 64)
        numbers = der_integer(raw[:32]) + der_integer(raw[32:])
        der = b"\x30" + bytes([len(numbers)]) + numbers
        self.assertEqual(self.verify(public, der, signed), "Verified OK")
        self.assertEqual(self.verify(public, der, signed[:-1] + bytes([signed[-1] ^ 1])), "Verification failure")

    def verify(self, key, signature, message):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "key").write_bytes(key)
            (folder / "signature").write_bytes(signature)
            command = ["openssl", "dgst", "-sha256", "-keyform", "DER", "-verify", folder / "key"]
            command += ["-signature", folder / "signature"]
            result = subprocess.run(command, input=message, capture_output=True, check=False)
            return result.stdout.decode().strip()


def der_integer(number):
    number = number.lstrip(b"\0") or b"\0"
    number = b"\0" + number if number[0] >= 0x80 else number
    return b"\x02" + bytes([len(number)]) + number


if __name__ == "__main__":
    unittest.main()
