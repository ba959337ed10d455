"""Bytes of the draw (SPEC.md, section 1): canonical documents, hashes over parts, and the stream of words."""

import hashlib
import hmac
import json
import struct

ALG = "kaoping-draw-1"


def canonical(document):
    """RFC 8785; integers only, names of members in ASCII."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest(document):
    return hashlib.sha256(canonical(document)).digest()


def prefixed(parts):
    parts = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)


def sha256(*parts):
    return hashlib.sha256(prefixed(parts)).digest()


def keyed(key, *parts):
    return hmac.digest(key, prefixed(parts), "sha256")


def chacha20_block(key, counter):
    """The sixteen words of one block (RFC 8439, 2.3) with a zero nonce and a 64-bit counter."""
    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *struct.unpack("<8I", key),
             counter & 0xFFFFFFFF, counter >> 32, 0, 0]
    x = start[:]

    def quarter(a, b, c, d):
        for into, by, other, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[into] = (x[into] + x[by]) & 0xFFFFFFFF
            word = x[other] ^ x[into]
            x[other] = (word << bits | word >> 32 - bits) & 0xFFFFFFFF

    for _ in range(10):
        for column in range(4):
            quarter(column, column + 4, column + 8, column + 12)
        for column in range(4):
            quarter(column, (column + 1) % 4 + 4, (column + 2) % 4 + 8, (column + 3) % 4 + 12)
    return [(a + b) & 0xFFFFFFFF for a, b in zip(x, start)]


class Stream:
    def __init__(self, key):
        self.words = (word for block in iter(range(2**64)) for word in chacha20_block(key, block))

    def below(self, n):
        while True:
            m = next(self.words) * n
            if m % 2**32 >= 2**32 % n:
                return m // 2**32

    def shuffled(self, values):
        values = list(values)
        for i in range(len(values) - 1, 0, -1):
            j = self.below(i + 1)
            values[i], values[j] = values[j], values[i]
        return values


def commitment(batch, attempt, custodian, secret):
    return sha256(ALG, "commitment", batch, attempt, custodian, secret)
