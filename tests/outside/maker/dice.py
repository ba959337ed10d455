"""Chance that every Python and every machine repeats: words of SHA-256 over a name and a counter."""

import hashlib


class Dice:
    def __init__(self, *name):
        self.name, self.thrown = "/".join(map(str, name)), 0

    def hex(self, length=32):
        """Random bytes, 32 at most, in hexadecimal."""
        self.thrown += 1
        return hashlib.sha256(f"{self.name} {self.thrown}".encode()).hexdigest()[: 2 * length]

    def below(self, n):
        """0 to n − 1. The tiny bias of a remainder is of no matter here: it only makes cases."""
        return int(self.hex(8), 16) % n

    def between(self, least, most):
        return least + self.below(most - least + 1)

    def chance(self, percent):
        return self.below(100) < percent

    def pick(self, values):
        return values[self.below(len(values))]

    def shuffled(self, values):
        values = list(values)
        for i in range(len(values) - 1, 0, -1):
            j = self.below(i + 1)
            values[i], values[j] = values[j], values[i]
        return values

    def some(self, values, count):
        return self.shuffled(values)[:count]

    def word(self, letters="0123456789abcdefghjkmnpqrstvwxyz", length=4):
        return "".join(self.pick(letters) for _ in range(length))
