"""Every member of a batch's files is bound: whatever single value is changed, `kaoping verify` no longer says that all agree.

The files of a small batch are read as JSON. Values that stand at the same place of lists and of lines of the same kind are one
member; of each member one value is changed. Those in UNBOUND may change unseen, each for the reason that is given there.

KAOPING_TEST_LONG changes a value of every member; otherwise a part of them is drawn by lot."""

import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import tempfile
import unittest

from program import run, simulated

FILES = ("batch.json", "draw.json", "audit.jsonl")
UNBOUND = {
    "audit.jsonl / keys / items / rationale": "an index commits to an item's key, not to the reasons for it",
    "audit.jsonl / keys / items / source": "an index commits to an item's key, not to the reasons for it",
}
SHORT = 40


def members(value, place=()):
    """Each scalar of a document, with its place."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from members(inner, (*place, name))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from members(inner, (*place, number))
    else:
        yield place, value


def name_of(file, line, place):
    """The member that a place belongs to: without numbers, and with the ids and digests that name members left out."""
    kind = line.get("leaf", {}).get("kind", "") if isinstance(line.get("leaf"), dict) else ""
    names = [name for name in place if not isinstance(name, int)]
    names = [re.sub(r"^[a-z]?\d.*|^[0-9a-f-]{8,}$", "*", name) for name in names]
    return " / ".join(filter(None, (file, kind, *names)))


def changed(value, chance):
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return "x"
    if isinstance(value, (list, dict)):
        return ["x"] if isinstance(value, list) else {"x": 1}
    places = [place for place, letter in enumerate(value) if letter.isalnum()]
    if not places:
        return value + "x"
    place = chance.choice(places)
    new = {"0": "1", "a": "b", "A": "B"}.get(value[place], "0" if value[place].isdigit() else "a" if value[place].islower() else "A")
    return value[:place] + new + value[place + 1:]


def put(document, place, value):
    for name in place[:-1]:
        document = document[name]
    document[place[-1]] = value


class Bound(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        simulated(6, cls.folder / "batch")
        cls.lines = {file: [json.loads(line) for line in (cls.folder / "batch" / file).read_text(encoding="utf-8").splitlines()]
                     for file in FILES}

    def test_the_files_as_they_are(self):
        code, verdict = self.verify({})
        self.assertEqual((code, verdict), (0, "agrees"))

    def test_a_change_of_any_member(self):
        chance = random.Random(15)
        found = {}
        for file, lines in self.lines.items():
            for number, line in enumerate(lines):
                for place, value in members(line):
                    found.setdefault(name_of(file, line, place), []).append((file, number, place, value))
        names = sorted(found)
        if not os.environ.get("KAOPING_TEST_LONG"):
            names = sorted(chance.sample(names, SHORT))
        picked = {name: chance.choice(found[name]) for name in names}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            outcomes = list(pool.map(lambda name: self.unseen(name, picked[name]), names))
        unseen = sorted(filter(None, outcomes))
        self.assertEqual([name for name in unseen if name not in UNBOUND], [], f"of {len(names)} members")

    def unseen(self, name, one):
        """The member's name where a change of it goes unseen."""
        file, number, place, value = one
        line = json.loads(json.dumps(self.lines[file][number]))
        put(line, place, changed(value, random.Random(name)))
        code, verdict = self.verify({file: (number, line)})
        return name if code == 0 and verdict == "agrees" else None

    def verify(self, altered):
        """Exit code and joined verdict of the files, some with one line altered."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        files = []
        for file in FILES:
            path = self.folder / "batch" / file
            if file in altered:
                number, line = altered[file]
                texts = path.read_text(encoding="utf-8").splitlines()
                texts[number] = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
                path = folder / file
                path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
            files.append(path)
        done = run("verify", "--trust", self.folder / "batch" / "trust.json", "--json", *files)
        shutil.rmtree(folder)
        reports = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, next((report["verdict"] for report in reports if "missing" in report), None)


if __name__ == "__main__":
    unittest.main()
