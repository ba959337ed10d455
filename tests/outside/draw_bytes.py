"""Bytes of a draw: canonical JSON, digests, the commitment and the stream (src/engine/draw/SPEC.md, section 1)."""

import hashlib
import hmac
import json
import struct

ALG = "kaoping-draw-2"


def canonical(value):
    """The bytes of RFC 8785; of its numbers whole ones alone occur here."""
    return encoded(value).encode("utf-8")


def encoded(value):
    if isinstance(value, dict):
        # RFC 8785 sorts names by UTF-16 code units.
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{text(name)}:{encoded(value[name])}" for name in names) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(encoded, value)) + "]"
    if isinstance(value, str):
        return text(value)
    if value is None or isinstance(value, (bool, int)):
        return json.dumps(value)
    raise TypeError(f"no canonical form of {value!r}")


def text(value):
    return json.dumps(value, ensure_ascii=False)


def digest(document):
    """The digest of a document, as bytes."""
    return hashlib.sha256(canonical(document)).digest()


def prefixed(parts):
    """`LP` of each part: a text, a number or bytes."""
    encoded_parts = (part if isinstance(part, bytes) else str(part).encode("utf-8") for part in parts)
    return b"".join(struct.pack("<I", len(part)) + part for part in encoded_parts)


def sha256(*parts):
    """`H` of the page."""
    return hashlib.sha256(prefixed(parts)).digest()


def keyed(key, *parts):
    """`K` of the page."""
    return hmac.new(key, prefixed(parts), hashlib.sha256).digest()


def commitment(basis, custodian, secret):
    """A custodian's commitment to a secret, for the digest of a basis; all but the name in bytes."""
    return sha256(ALG, "commitment", basis, custodian, secret)


def seed_of(basis, manifest, secrets, entropy):
    """The seed, from secrets by custodian and the bytes of public entropy, which may be empty."""
    parts = [part for each in basis["custodians"] for part in (each["custodian"], secrets[each["custodian"]])]
    return keyed(digest(manifest), ALG, "seed", *parts, entropy)


QUARTERS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
            (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
MASK = 0xFFFFFFFF


def chacha20_block(key, counter):
    """Sixteen words of RFC 8439's block function; the counter has 64 bits and the nonce is zero."""
    start = struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<QQ", counter, 0))
    state = list(start)
    for _ in range(10):
        for a, b, c, d in QUARTERS:
            for left, other, mixed, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                state[left] = (state[left] + state[other]) & MASK
                word = state[mixed] ^ state[left]
                state[mixed] = (word << turn | word >> 32 - turn) & MASK
    return [(word + first) & MASK for word, first in zip(state, start)]


class Stream:
    def __init__(self, key):
        self.words = self.keystream(key)

    @staticmethod
    def keystream(key):
        counter = 0
        while True:
            yield from chacha20_block(key, counter)
            counter += 1

    def below(self, n):
        while True:
            product = next(self.words) * n
            if product % 2**32 >= 2**32 % n:
                return product >> 32

    def shuffled(self, values):
        values = list(values)
        for i in range(len(values) - 1, 0, -1):
            j = self.below(i + 1)
            values[i], values[j] = values[j], values[i]
        return values
