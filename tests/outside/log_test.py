"""The log by other hands: salted leaves, inclusion (RFC 9162, 2.1.3.2) and the checkpoint as a C2SP signed note."""

import base64
import hashlib
import json
import unittest

from cryptography.exceptions import InvalidSignature

import batch
from draw_bytes import canonical
from inclusion import open_note, root_of, stands
from signing import identity


class Log(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.log, cls.bundles = batch.document("trust.json")["log"], batch.bundles()

    def test_the_verifier_key_is_that_of_the_log(self):
        key = b"\1" + batch.base64url(self.log["key"]["x"])
        key_hash = hashlib.sha256(self.log["origin"].encode() + b"\n" + key).hexdigest()[:8]
        self.assertEqual(self.log["verifier_key"], f"{self.log['origin']}+{key_hash}+{base64.b64encode(key).decode()}")

    def test_every_result_stands_in_the_log(self):
        places = set()
        for pseudonym, bundle in self.bundles.items():
            with self.subTest(pseudonym):
                proof, subject = bundle["proof"], json.loads(batch.payload_bytes(bundle["jws"]))["credentialSubject"]
                stands(proof, subject["batch"], "result", identity(bundle["jws"]), self.log)
                places.add(proof["index"])
        self.assertEqual(len(places), 40, "each result has a leaf of its own")

    def test_what_was_altered_is_found(self):
        first, second, *_ = self.bundles.values()
        proof = first["proof"]
        path = [bytes.fromhex(sibling) for sibling in proof["path"]]
        size, root = open_note(proof["checkpoint"], self.log)
        entry, index = canonical(proof["leaf"]), proof["index"]
        self.assertEqual(root_of(entry, index, size, path), root)
        self.assertNotEqual(root_of(canonical(second["proof"]["leaf"]), index, size, path), root)
        self.assertNotEqual(root_of(entry, index ^ 1, size, path), root)
        self.assertNotEqual(root_of(entry, index, size, path[:-1] + [bytes(32)]), root)
        for wrong in ((entry, size, size, path), (entry, index, size, path[:-1]), (entry, index, size, path + [root])):
            self.assertRaises(ValueError, root_of, *wrong)
        batch_id, whose = proof["leaf"]["batch"], identity(first["jws"])
        stands(proof, batch_id, "result", whose, self.log)
        for wrong in ((batch_id, "result", identity(second["jws"])), (batch_id, "absent", whose), ("another", "result", whose)):
            self.assertRaises(ValueError, stands, proof, *wrong, self.log)

    def test_an_altered_checkpoint_is_rejected(self):
        note = next(iter(self.bundles.values()))["proof"]["checkpoint"]
        size = str(open_note(note, self.log)[0])
        with self.assertRaises(InvalidSignature):
            open_note(note.replace(f"\n{size}\n", f"\n{size}0\n", 1), self.log)
        stranger = self.log["verifier_key"].replace("+", "+0", 1)
        self.assertRaises(ValueError, open_note, note, self.log | {"verifier_key": stranger})


if __name__ == "__main__":
    unittest.main()
