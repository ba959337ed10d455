"""Certificates and SM2 signatures by other hands: PyJWT, cryptography and the openssl program check what passers are given."""

import json
import unittest

import jwt

import batch
from draw_bytes import canonical
from inclusion import stands
from signing import identity, key_id
from verifying import claims, openssl_holds


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trust, cls.results = batch.document("trust.json"), batch.bundles()
        cls.issuer, cls.bundles = cls.trust["issuers"][0], batch.bundles("certificate")
        cls.passed = {name: subject for name, subject in batch.subjects().items() if subject["outcome"] == "passed"}

    def test_each_passer_has_a_certificate_that_rests_on_the_result(self):
        self.assertGreater(len(self.passed), 0)
        self.assertEqual(self.bundles.keys(), self.passed.keys())
        numbers, places = [], set()
        for pseudonym, bundle in self.bundles.items():
            with self.subTest(pseudonym):
                payload = claims(bundle["jws"], self.issuer["key"])
                self.assertEqual(batch.payload_bytes(bundle["jws"]), canonical(payload))
                self.assertEqual(payload["type"], ["VerifiableCredential", "CareLevelCertificate"])
                self.assertEqual(payload["issuer"]["id"], self.issuer["organization_id"])
                self.certified(payload, pseudonym)
                numbers.append(payload["credentialSubject"]["number"])
                stands(bundle["proof"], self.passed[pseudonym]["batch"], "certificate", identity(bundle["jws"]), self.trust["log"])
                places.add(bundle["proof"]["index"])
        self.assertEqual(len(places), len(self.passed), "each certificate has a leaf of its own")
        self.assertEqual(sorted(int(number[-6:]) for number in numbers), list(range(1, len(numbers) + 1)), "serials without gap")

    def certified(self, payload, pseudonym):
        """What a certificate says is what the result says."""
        subject, result = payload["credentialSubject"], self.passed[pseudonym]
        for member in ("batch", "id", "label", "level", "occupation", "occupationCode", "specialty"):
            self.assertEqual(subject[member], result[member], member)
        self.assertEqual(subject["identity"], result["evidence"]["identity"])
        self.assertEqual(subject["basis"], {"kind": "exam", "results": [identity(self.results[pseudonym]["jws"])]})
        self.assertEqual(payload["id"], f"urn:kaoping:certificate:{subject['number']}")
        # Category, organization, province, site, year, level, serial.
        year = subject["issuedOn"][2:4]
        self.assertRegex(subject["number"], rf"^[SY]\d{{4}}{result['province']}\d{{6}}{year}{result['level']}\d{{6}}$")

    def test_an_altered_certificate_is_rejected(self):
        (first, bundle), (_, other) = list(self.bundles.items())[:2]
        head, payload, _ = bundle["jws"].split(".")
        for jws in (f"{head}.{payload}.{other['jws'].split('.')[2]}", f"{head}.{other['jws'].split('.')[1]}.{bundle['jws'].split('.')[2]}"):
            self.assertRaises(jwt.InvalidTokenError, claims, jws, self.issuer["key"])
        whose = identity(self.results[first]["jws"])
        self.assertRaises(ValueError, stands, bundle["proof"], self.passed[first]["batch"], "certificate", whose, self.trust["log"])


class Sm2(unittest.TestCase):
    def test_openssl_takes_every_signature_beside_a_credential(self):
        keys = {key_id(key): key for key in batch.document("trust.json")["issuers"][0]["beside"]}
        credentials, names = [*batch.bundles().values(), *batch.bundles("certificate").values()], set()
        self.assertGreater(len(credentials), 40)
        for bundle in credentials:
            payload = json.loads(batch.payload_bytes(bundle["jws"]))
            with self.subTest(payload["id"]):
                self.assertEqual(payload["requiredSignatures"], ["ES256", "SM2-SM3"])
                [proof] = bundle["proofs"]
                self.assertEqual(proof["alg"], "SM2-SM3")
                names.add(proof["key"])
                signed = bundle["jws"].rsplit(".", 1)[0].encode()
                self.assertTrue(openssl_holds(keys[proof["key"]], batch.base64url(proof["value"]), signed))
        self.assertEqual(names, set(keys))

    def test_another_credential_or_identity_is_refused(self):
        one, other, *_ = batch.bundles().values()
        [proof], [key] = one["proofs"], batch.document("trust.json")["issuers"][0]["beside"]
        value = batch.base64url(proof["value"])
        self.assertFalse(openssl_holds(key, value, other["jws"].rsplit(".", 1)[0].encode()))
        self.assertFalse(openssl_holds(key, value, one["jws"].encode()), "the whole JWS is not what is signed")
        self.assertFalse(openssl_holds(key, value, one["jws"].rsplit(".", 1)[0].encode(), "8765432187654321"))


if __name__ == "__main__":
    unittest.main()
