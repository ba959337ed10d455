"""Files that are made to fill memory: `kaoping verify` refuses or checks each of them within 300 MB.

Each file is read by a process of its own, whose highest memory the system reports when it ends. Two sizes of each
kind are tried: 250 MB, and as much of the kind's own members as its bound lets in."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import batch
from program import PROGRAM

MB = 1 << 20
MOST = 300  # MB
KINDS = ("batch-bundle", "audit-bundle", "draw-bundle", "kaoping-status", "kaoping-trust", "closing")
UNITS = {"numbers": b"0,", "lists": b"[],", "objects": b'{"a":0},', "texts": b'"a",', "blanks": b"  "}


def filled(path, head, unit, tail, size, whole=0):
    """Writes `head`, as many units as reach `size` bytes, and `tail`, without the last comma before it.
    The file is made `whole` bytes long; what is beyond the units takes no room on the disk."""
    block = unit * max(1, MB // len(unit))
    with open(path, "wb") as file:
        file.write(head)
        left = (size - len(head) - len(tail)) // len(unit)
        while left * len(unit) >= len(block):
            file.write(block)
            left -= len(block) // len(unit)
        file.write((unit * left).removesuffix(b","))
        file.write(tail)
        if whole:
            file.truncate(whole)


class Memory(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.trust = self.folder / "trust.json"
        self.trust.write_text(json.dumps(batch.document("trust.json")), encoding="utf-8")

    def test_250_megabytes_of_each_kind(self):
        for kind in KINDS:
            for name, unit in UNITS.items():
                with self.subTest(kind=kind, unit=name):
                    head = json.dumps({"kind": kind, "v": 1}).removesuffix("}").encode() + b',"a":['
                    self.is_refused(lambda path: filled(path, head, unit, b"", 66 * MB, whole=250 * MB))

    def test_250_megabytes_of_lines(self):
        for kind in ("batch.json", "audit.jsonl"):
            head, first, second, third, *_ = self.lines(kind)
            with self.subTest(kind=kind):
                start = "\n".join([head, first, second, ""]).encode()
                self.is_refused(lambda path: filled(path, start, third.encode() + b"\n", b"", 16 * MB, whole=250 * MB))

    def test_as_much_as_a_bound_lets_in(self):
        head, roster, seating, leaf, *_ = self.lines("batch.json")
        audit, *_ = self.lines("audit.jsonl")
        draw = json.dumps(batch.document("draw.json"), separators=(",", ":"), ensure_ascii=False)
        trust = json.dumps(batch.document("trust.json"), separators=(",", ":"), ensure_ascii=False)
        status = json.dumps({"corrections": [{}], "kind": "kaoping-status", "v": 1}, separators=(",", ":"))
        for name, before, text, member, size in (
            ("roster", [head], roster, '"entries":[', 64),
            ("items seen", [head], roster.replace('"avoid":[]', '"avoid":["a-1"]', 1), '"avoid":[', 64),
            ("seating", [head, roster], seating, '"papers":[', 64),
            ("banks", [], audit, '"items":[', 32),
            ("keys", [], audit, '"keys":[', 32),
            ("draw", [], draw, '],"papers":[' if '],"papers":[' in draw else '"papers":[', 64),
            ("trust list", [], trust, '"issuers":[', 1),
            ("status set", [], status, '"corrections":[', 16),
        ):
            with self.subTest(name=name):
                start, rest = text.split(member, 1)
                _, end = json.JSONDecoder().raw_decode(rest)
                unit = rest[:end]
                begun = "".join(f"{line}\n" for line in before) + start + member
                bound = len("".join(f"{line}\n" for line in before).encode()) + size * MB
                rest = f",{rest}\n".encode()
                self.is_refused(lambda path: filled(path, begun.encode(), f"{unit},".encode(), rest, bound))
        opened = json.loads(leaf)
        opened["opened"] = {"record": ["here"], "salt": "AA"}
        start, end = json.dumps(opened, separators=(",", ":")).split('"here"')
        with self.subTest(name="record of a leaf"):
            begun = "".join(f"{line}\n" for line in (head, roster, seating)) + start
            self.is_refused(lambda path: filled(path, begun.encode(), b"[],", end.encode() + b"\n", len(begun) + 63 * MB))

    def is_refused(self, write):
        path = self.folder / "file.json"
        write(path)
        with subprocess.Popen([PROGRAM, "verify", "--trust", self.trust, path], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as process:
            said = process.stdout.read().decode()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertIn(process.returncode, (1, 2), said[:400])
        self.assertLess(usage.ru_maxrss // 1024, MOST, said[:400])
        self.assertLess(len(said), MB)

    @staticmethod
    def lines(name):
        return (batch.folder() / name).read_text(encoding="utf-8").splitlines()
