"""SM2 by other hands: the openssl program takes and refuses what the vectors say."""

import json
import pathlib
import subprocess
import tempfile
import unittest

VECTORS = pathlib.Path(__file__).parent / "../vectors/sm/signatures.json"

# SubjectPublicKeyInfo of an uncompressed point of SM2 (GM/T 0010), up to the point.
SM2_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200") + b"\x04"


class Sm2(unittest.TestCase):
    def test_openssl_agrees_with_every_case(self):
        cases = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
        self.assertEqual({case["valid"] for case in cases}, {True, False})
        for case in cases:
            with self.subTest(case["name"]):
                self.assertEqual(holds(case, "1234567812345678"), case["valid"])

    def test_the_identity_counts(self):
        case = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"][0]
        self.assertFalse(holds(case, "8765432187654321"))


def holds(case, identity):
    """Whether openssl takes the signature of a case."""
    signature = bytes.fromhex(case["signature"])
    if len(signature) != 64:
        return False
    numbers = der_integer(signature[:32]) + der_integer(signature[32:])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "key").write_bytes(SM2_PREFIX + bytes.fromhex(case["x"] + case["y"]))
        (folder / "signature").write_bytes(b"\x30" + bytes([len(numbers)]) + numbers)
        command = ["openssl", "dgst", "-sm3", "-keyform", "DER", "-verify", folder / "key"]
        command += ["-sigopt", f"distid:{identity}", "-signature", folder / "signature"]
        result = subprocess.run(command, input=case["message"].encode(), capture_output=True, check=False)
    return result.stdout == b"Verified OK\n"


def der_integer(number):
    number = number.lstrip(b"\0") or b"\0"
    number = b"\0" + number if number[0] >= 0x80 else number
    return b"\x02" + bytes([len(number)]) + number


if __name__ == "__main__":
    unittest.main()
