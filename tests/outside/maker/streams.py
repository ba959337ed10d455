"""Raw streams: words, numbers below n and shuffles under several keys (SPEC.md, section 1)."""

import hashlib
import struct
from itertools import islice

from draw_bytes import Stream

KEYS = ["00" * 32, "ff" * 32, bytes(range(32)).hex(),
        *(hashlib.sha256(f"key {n}".encode()).hexdigest() for n in range(5))]
LONG = 70_000  # words, beyond 2^16
BELOW = [1, 2, 3, 5, 7, 10, 100, 2**16, 10**9, 2**31, 2**31 + 1, 3 * 2**30, 2**32 - 1]
LENGTHS = [0, 1, 2, 3, 10, 100]


class Counted:
    """Words of a stream, and how many were taken."""

    def __init__(self, words):
        self.words, self.taken = words, 0

    def __iter__(self):
        return self

    def __next__(self):
        self.taken += 1
        return next(self.words)


def of_key(key, count):
    words = list(islice(Stream(bytes.fromhex(key)).words, count))
    places = [0, 1, 15, 16, 17, count - 1]
    return {
        "key": key, "count": count,
        "sha256": hashlib.sha256(struct.pack(f"<{count}I", *words)).hexdigest(),
        "words": [{"place": place, "word": words[place]} for place in places],
        "below": [dict(zip(("n", "numbers", "taken"), (n, *numbers(key, n)))) for n in BELOW],
        "shuffles": [dict(zip(("length", "order", "taken"), (n, *shuffle(key, n)))) for n in LENGTHS],
    }


def numbers(key, n):
    """The first twelve numbers below n, and how many words they took."""
    stream = Stream(bytes.fromhex(key))
    stream.words = Counted(stream.words)
    return [stream.below(n) for _ in range(12)], stream.words.taken


def shuffle(key, length):
    stream = Stream(bytes.fromhex(key))
    stream.words = Counted(stream.words)
    return stream.shuffled(range(length)), stream.words.taken


def streams():
    return [of_key(key, LONG if number < 3 else 100) for number, key in enumerate(KEYS)]
