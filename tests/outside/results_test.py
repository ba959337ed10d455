"""Results by other hands: PyJWT, cryptography and the openssl program check signatures; marks are decided again."""

import base64
import fractions
import unittest

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

import batch
import scoring
from draw_bytes import canonical, digest
from verifying import message_holds, openssl_holds


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
        self.assertTrue(den >= 1 and 0 <= num <= 100 * den)
        self.assertEqual(part, scoring.part(fractions.Fraction(num, den)))
        return part["passed"]

    def test_results_rest_on_papers_of_the_draw(self):
        seats = {p["paper"] for p in self.draw["seating"]["papers"] if p["use"] == "seat"}
        drawn = {paper["digest"] for paper in self.draw["papers"] if paper["paper"] in seats}
        evidence = [subject["evidence"] for subject in batch.subjects().values()]
        self.assertEqual({each["manifest"] for each in evidence}, {digest(self.draw["manifest"]["payload"]).hex()})
        self.assertEqual(sorted(each["paper"] for each in evidence), sorted(drawn), "each seat's paper once")

    def test_basis_manifest_and_openings_are_signed(self):
        # A message signs its kind and version, a zero byte and its payload (src/record/message.rs).
        basis, manifest = self.draw["basis"], self.draw["manifest"]
        issuer = self.trust["issuers"][0]["key"]
        for record in (basis, manifest, *self.draw["openings"]):
            self.assertTrue(message_holds(record, issuer), record["kind"])
        self.assertFalse(message_holds(basis | {"payload": basis["payload"] | {"attempt": 2}}, issuer))
        self.assertEqual(manifest["payload"]["basis"], digest(basis["payload"]).hex())

    def test_each_custodian_opened_a_secret_of_this_manifest(self):
        manifest = digest(self.draw["manifest"]["payload"]).hex()
        custodians = [each["custodian"] for each in self.draw["basis"]["payload"]["custodians"]]
        opened = [each["payload"] for each in self.draw["openings"]]
        self.assertEqual([each["custodian"] for each in opened], custodians)
        self.assertEqual({each["manifest"] for each in opened}, {manifest})
        secrets = {each["custodian"]: each["secret"] for each in self.draw["secrets"]}
        self.assertEqual({each["custodian"]: each["secret"] for each in opened}, secrets)
        leaves = [leaf["index"] for leaf in self.draw["opening_leaves"]]
        before, after = self.draw["manifest_leaf"]["index"], self.draw["opening_leaf"]["index"]
        self.assertTrue(all(before < index < after for index in leaves), leaves)
        self.assertLess(self.draw["basis_leaf"]["index"], before)


class OpenSsl(unittest.TestCase):
    def test_openssl_verifies_a_signature(self):
        trust, bundle = batch.document("trust.json"), next(iter(batch.bundles().values()))
        signed, signature = bundle["jws"].encode().rsplit(b".", 1)
        key = trust["issuers"][0]["key"]
        raw = batch.base64url(signature.decode())
        self.assertEqual(len(raw), 64)
        self.assertTrue(openssl_holds(key, raw, signed))
        self.assertFalse(openssl_holds(key, raw, signed[:-1] + bytes([signed[-1] ^ 1])))


if __name__ == "__main__":
    unittest.main()
