"""A record's place in the log: salted leaf, inclusion (RFC 9162, 2.1.3.2) and the checkpoint as a C2SP signed note."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from draw_bytes import canonical
from signing import leaf


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


def stands(proof, batch, kind, identity, log):
    """Raises ValueError, or InvalidSignature, unless the record stands in the log as a leaf of this batch and kind."""
    if proof["leaf"] != leaf(batch, kind, proof["salt"], identity):
        raise ValueError("a leaf of another record")
    size, root = open_note(proof["checkpoint"], log)
    path = [bytes.fromhex(sibling) for sibling in proof["path"]]
    if size != proof["size"] or root_of(canonical(proof["leaf"]), proof["index"], size, path) != root:
        raise ValueError("the path does not lead to the checkpoint")
