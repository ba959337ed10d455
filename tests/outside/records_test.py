"""Records by other hands: canonical bytes, identities and signatures of every fixture, with cryptography and openssl."""

import hashlib
import json
import pathlib
import subprocess
import tempfile
import unittest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from batch import base64url
from draw_bytes import canonical
from signing import key_id
from verifying import der, public_key, signed_bytes, verify

VECTORS = pathlib.Path(__file__).parent.parent / "vectors" / "records"


class Records(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.contents = json.loads((VECTORS / "contents.json").read_text(encoding="utf-8"))

    def each(self):
        for name, expected in self.contents["records"].items():
            data = (VECTORS / f"{name}.json").read_bytes()
            with self.subTest(name):
                yield expected, data, json.loads(data)

    def test_keys_are_named_by_their_thumbprint(self):
        for name, jwk in self.contents["keys"].items():
            self.assertEqual(key_id(jwk), name)

    def test_bytes_identities_and_signatures(self):
        count = 0
        for expected, data, record in self.each():
            count += 1
            self.assertEqual(canonical(record), data)
            self.assertEqual(hashlib.sha256(canonical(record["payload"])).hexdigest(), expected["identity"])
            self.assertEqual([proof["key"] for proof in record["proofs"]], expected["signed_by"])
            for proof in record["proofs"]:
                verify(self.contents["keys"][proof["key"]], base64url(proof["value"]), signed_bytes(record))
        self.assertGreaterEqual(count, 27, "records made by other software")

    def test_no_signature_holds_for_another_kind(self):
        for _, _, record in self.each():
            proof = record["proofs"][0]
            other = signed_bytes(record | {"kind": record["kind"] + "x"})
            with self.assertRaises(InvalidSignature):
                verify(self.contents["keys"][proof["key"]], base64url(proof["value"]), other)

    def test_key_events_are_signed_by_whom_they_concern(self):
        # src/engine/records/README.md: the key itself; both keys; any key; another key.
        kinds = set()
        for _, _, record in self.each():
            if record["kind"] == "key-event":
                event, signers = record["payload"]["event"], {proof["key"] for proof in record["proofs"]}
                named = {member: key_id(event[member]) if isinstance(event[member], dict) else event[member] for member in ("key", "from", "to") if member in event}
                fits = {"enrolled": lambda: signers == {named["key"]}, "rotated": lambda: signers == {named["from"], named["to"]},
                        "revoked": lambda: bool(signers), "compromised": lambda: named["key"] not in signers}
                self.assertTrue(fits[event["kind"]](), event["kind"])
                kinds.add(event["kind"])
        self.assertEqual(kinds, {"enrolled", "rotated", "revoked", "compromised"})

    def test_openssl_agrees(self):
        for _, _, record in self.each():
            for proof in record["proofs"]:
                self.openssl(self.contents["keys"][proof["key"]], base64url(proof["value"]), signed_bytes(record))

    def openssl(self, jwk, signature, message):
        pem = public_key(jwk).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "key").write_bytes(pem)
            (folder / "message").write_bytes(message)
            (folder / "signature").write_bytes(signature if jwk["kty"] == "OKP" else der(signature))
            command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", folder / "key", "-rawin"]
            command += [] if jwk["kty"] == "OKP" else ["-digest", "sha256"]
            command += ["-in", folder / "message", "-sigfile", folder / "signature"]
            result = subprocess.run(command, capture_output=True, check=False)
            self.assertEqual((result.returncode, result.stdout.strip()), (0, b"Signature Verified Successfully"))


if __name__ == "__main__":
    unittest.main()
