"""The log by other hands: salted leaves, inclusion (RFC 9162, 2.1.3.2) and the checkpoint as a C2SP signed note."""

import base64
import hashlib
import unittest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import batch
from draw_bytes import canonical, sha256


def root_of(entry, index, size, path):
    """The root that a leaf's path leads to."""
    if index >= size:
        raise ValueError("the leaf lies outside the tree")
    node, last, value = index, size - 1, hashlib.sha256(b"\0" + entry).digest()
    for sibling in path:
        if last == 0:
            raise ValueError("the path is too long")
        if node % 2 or node == last:
            value = hashlib.sha256(b"\1" + sibling + value).digest()
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            value = hashlib.sha256(b"\1" + value + sibling).digest()
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return value


def open_note(note, log):
    """Size and root of a checkpoint of `log` (a member of the trust list), once its signature is found to hold."""
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    name, key_hash, key = log["verifier_key"].split("+", 2)  # base64 of the key may hold a + too
    key = base64.b64decode(key)
    for line in signatures.splitlines():
        dash, signer, value = line.split(" ")
        value = base64.b64decode(value)
        if (dash, signer, value[:4].hex()) == ("—", name, key_hash):
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(value[4:], text.encode())
            origin, size, root = text.splitlines()[:3]
            if origin != name:
                raise ValueError("a checkpoint of another log")
            return int(size), base64.b64decode(root)
    raise ValueError("not signed by the log")


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
                proof = bundle["proof"]
                leaf, path = proof["leaf"], [bytes.fromhex(sibling) for sibling in proof["path"]]
                identity = hashlib.sha256(batch.payload_bytes(bundle["jws"])).digest()
                self.assertEqual(leaf["commitment"], committed("result", proof["salt"], identity))
                self.assertEqual((leaf["kind"], leaf["v"], len(leaf)), ("result", 1, 4))
                size, root = open_note(proof["checkpoint"], self.log)
                self.assertEqual(size, proof["size"])
                self.assertEqual(root_of(canonical(leaf), proof["index"], size, path), root)
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
        other = hashlib.sha256(batch.payload_bytes(second["jws"])).digest()
        self.assertNotEqual(proof["leaf"]["commitment"], committed("result", proof["salt"], other))

    def test_an_altered_checkpoint_is_rejected(self):
        note = next(iter(self.bundles.values()))["proof"]["checkpoint"]
        size = str(open_note(note, self.log)[0])
        with self.assertRaises(InvalidSignature):
            open_note(note.replace(f"\n{size}\n", f"\n{size}0\n", 1), self.log)
        stranger = self.log["verifier_key"].replace("+", "+0", 1)
        self.assertRaises(ValueError, open_note, note, self.log | {"verifier_key": stranger})


def committed(kind, salt, identity):
    """A leaf's commitment (src/record/log/leaf.rs), in hexadecimal."""
    return sha256("kaoping/leaf/1", kind, bytes.fromhex(salt), identity).hex()


if __name__ == "__main__":
    unittest.main()
