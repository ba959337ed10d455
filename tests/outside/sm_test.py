"""SM2 by other hands: the openssl program takes and refuses what the vectors say."""

import json
import pathlib
import unittest

from signing import b64
from verifying import SM2_IDENTITY, openssl_holds

VECTORS = pathlib.Path(__file__).parent / "../vectors/sm/signatures.json"


class Sm2(unittest.TestCase):
    def test_openssl_agrees_with_every_case(self):
        cases = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
        self.assertEqual({case["valid"] for case in cases}, {True, False})
        for case in cases:
            with self.subTest(case["name"]):
                self.assertEqual(holds(case), case["valid"])

    def test_the_identity_counts(self):
        case = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"][0]
        self.assertFalse(holds(case, "8765432187654321"))


def holds(case, identity=SM2_IDENTITY):
    """Whether openssl takes the signature of a case."""
    x, y = (b64(bytes.fromhex(case[name])) for name in "xy")
    jwk = {"crv": "SM2", "kty": "EC", "x": x, "y": y}
    return openssl_holds(jwk, bytes.fromhex(case["signature"]), case["message"].encode(), identity)


if __name__ == "__main__":
    unittest.main()
