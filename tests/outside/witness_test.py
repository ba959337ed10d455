"""The witness by other hands: Python keeps a log, `kaoping witness` cosigns it or refuses, cryptography checks the cosignature."""

import base64
import hashlib
import os
import pathlib
import struct
import subprocess
import tempfile
import time
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NAME, ORIGIN = "witness.example/yibao", "log.example/pingjia"


def leaf(text):
    return hashlib.sha256(b"\0" + text.encode()).digest()


def split(count):
    """The largest power of two below a count of two or more."""
    return 1 << (count - 1).bit_length() - 1


def root(leaves):
    """RFC 6962, section 2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    half = split(len(leaves))
    return hashlib.sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()


def consistency(old, leaves, whole=True):
    """RFC 6962, section 2.1.2."""
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    half = split(len(leaves))
    if old <= half:
        return consistency(old, leaves[:half], whole) + [root(leaves[half:])]
    return consistency(old - half, leaves[half:], False) + [root(leaves[:half])]


class Witness(unittest.TestCase):
    def setUp(self):
        self.secret = Ed25519PrivateKey.generate()
        public = b"\1" + self.secret.public_key().public_bytes_raw()
        self.key_id = hashlib.sha256(ORIGIN.encode() + b"\n" + public).digest()[:4]
        self.log_key = f"{ORIGIN}+{self.key_id.hex()}+{base64.b64encode(public).decode()}"
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.leaves = [leaf(f"{number}") for number in range(40)]

    def run_witness(self, action, *arguments, name=NAME):
        command = [os.environ["KAOPING_PROGRAM"], "witness", action, "--name", name, "--key", self.folder / "key"]
        environment = os.environ | {"KAOPING_PASSPHRASE": "見證"}
        return subprocess.run([*command, *arguments], capture_output=True, text=True, env=environment, check=False)

    def checkpoint(self, leaves):
        text = f"{ORIGIN}\n{len(leaves)}\n{base64.b64encode(root(leaves)).decode()}\n"
        line = base64.b64encode(self.key_id + self.secret.sign(text.encode())).decode()
        return f"{text}\n— {ORIGIN} {line}\n"

    def ask(self, old, leaves, *more):
        """Asks with a checkpoint and a proof in two files."""
        (self.folder / "checkpoint").write_text(self.checkpoint(leaves), encoding="utf-8")
        proof = consistency(old, leaves) if 0 < old <= len(leaves) else []
        lines = [f"old {old}", *(base64.b64encode(value).decode() for value in proof)]
        (self.folder / "proof").write_text("\n".join(lines) + "\n")
        files = ["--checkpoint", self.folder / "checkpoint", "--proof", self.folder / "proof"]
        return self.run_witness("cosign", "--log-key", self.log_key, "--state", self.folder / "state", *files, *more)

    def verify(self, line, text, verifier_key):
        """The time of a cosignature (C2SP tlog-cosignature) that holds."""
        name, key_id, key = verifier_key.split("+", 2)
        key = base64.b64decode(key)
        self.assertEqual((name, key[0]), (NAME, 4))
        self.assertEqual(hashlib.sha256(NAME.encode() + b"\n" + key).hexdigest()[:8], key_id)
        dash, signer, value = line.split(" ")
        value = base64.b64decode(value)
        self.assertEqual((dash, signer, value[:4].hex(), len(value)), ("—", NAME, key_id, 76))
        (seconds,) = struct.unpack(">Q", value[4:12])
        message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
        Ed25519PublicKey.from_public_bytes(key[1:]).verify(value[12:], message)
        return seconds

    def test_a_growing_log_is_cosigned(self):
        verifier_key = self.run_witness("key").stdout.strip()
        self.assertEqual(self.run_witness("key").stdout.strip(), verifier_key, "one key for good")
        for old, size in ((0, 3), (3, 7), (7, 8), (8, 8), (8, 40)):
            asked = self.ask(old, self.leaves[:size])
            self.assertEqual((asked.returncode, asked.stderr), (0, ""), asked.stdout)
            text = self.checkpoint(self.leaves[:size]).split("\n\n")[0] + "\n"
            seconds = self.verify(asked.stdout.strip(), text, verifier_key)
            self.assertAlmostEqual(seconds, time.time(), delta=60)

    def test_a_whole_checkpoint_and_a_whole_request(self):
        verifier_key = self.run_witness("key").stdout.strip()
        checkpoint = self.checkpoint(self.leaves)
        (self.folder / "request").write_text(f"old 0\n\n{checkpoint}", encoding="utf-8")
        arguments = ["--log-key", self.log_key, "--state", self.folder / "state", "--request", self.folder / "request"]
        asked = self.run_witness("cosign", *arguments, "--out", self.folder / "out")
        self.assertEqual((asked.returncode, asked.stdout, asked.stderr), (0, "", ""))
        signed = (self.folder / "out").read_text(encoding="utf-8")
        self.assertTrue(signed.startswith(checkpoint))
        self.verify(signed.removeprefix(checkpoint).strip(), checkpoint.split("\n\n")[0] + "\n", verifier_key)

    def test_what_did_not_grow_is_refused_by_name(self):
        self.run_witness("key")
        self.assertEqual(self.ask(0, self.leaves[:5]).returncode, 0)
        before = (self.folder / "state").read_bytes()
        other = [*self.leaves[:4], leaf("another history")]
        for code, asked in (
            ("witness_old_size", self.ask(3, self.leaves[:9])),
            ("witness_shrunk", self.ask(5, self.leaves[:4])),
            ("witness_split_view", self.ask(5, other)),
            ("witness_proof", self.ask(5, [*other, leaf("one more")])),
            ("witness_unknown_log", self.ask_of_another_log()),
            ("witness_log_signature", self.ask_unsigned()),
        ):
            with self.subTest(code):
                self.assertEqual((asked.returncode, asked.stderr), (1, ""))
                self.assertEqual(asked.stdout.split(" ")[0], code, asked.stdout)
                self.assertEqual((self.folder / "state").read_bytes(), before, "nothing is remembered")
        self.assertEqual(self.ask(5, self.leaves[:9]).returncode, 0, "the honest log goes on")

    def ask_of_another_log(self):
        stranger = "log.example/other"
        public = b"\1" + self.secret.public_key().public_bytes_raw()
        key_id = hashlib.sha256(stranger.encode() + b"\n" + public).hexdigest()[:8]
        own, self.log_key = self.log_key, f"{stranger}+{key_id}+{base64.b64encode(public).decode()}"
        asked = self.ask(5, self.leaves[:9])
        self.log_key = own
        return asked

    def ask_unsigned(self):
        own, self.secret = self.secret, Ed25519PrivateKey.generate()
        asked = self.ask(5, self.leaves[:9])
        self.secret = own
        return asked

    def test_without_a_key_or_under_another_name_nothing_is_signed(self):
        asked = self.ask(0, self.leaves[:5])
        self.assertEqual(asked.returncode, 2)
        self.assertFalse((self.folder / "key").exists())
        self.run_witness("key")
        other = self.run_witness("key", name="witness.example/other")
        self.assertEqual((other.returncode, other.stdout), (2, ""))


if __name__ == "__main__":
    unittest.main()
