"""Wrong readings of the page: each is a change of the program, and a vector that the changed program gets wrong.

    python3 -m maker.readings

looks for the vectors again and writes them into `readings.json`."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

HERE = pathlib.Path(__file__).parent
OUTSIDE = HERE.parent
FOLDER = OUTSIDE.parent / "vectors" / "draw"
PROGRAM = ["draw", "draw_bytes", "draw_form", "draw_input", "draw_blueprint", "draw_units", "draw_search", "draw_deal"]
FOUND = HERE / "readings.json"


@dataclass(frozen=True)
class Reading:
    name: str
    module: str
    before: str
    after: str

    @property
    def vector(self):
        return json.loads(FOUND.read_text(encoding="utf-8")).get(self.name)

    def write(self, folder):
        """The program as this reading has it."""
        for name in PROGRAM:
            text = (OUTSIDE / f"{name}.py").read_text(encoding="utf-8")
            if name == self.module:
                assert text.count(self.before) == 1, f"{self.name}: stands {text.count(self.before)} times"
                text = text.replace(self.before, self.after)
            (pathlib.Path(folder) / f"{name}.py").write_text(text, encoding="utf-8")

    def first_wrong(self, paths):
        """The name of the first vector of these files that this reading gets wrong, or None."""
        with tempfile.TemporaryDirectory() as folder:
            self.write(folder)
            code = ("import sys\nsys.path.insert(0, sys.argv[1])\nfrom draw import check, vectors_of\n"
                    "vectors, inputs = vectors_of(sys.argv[2:])\nfor vector in vectors:\n"
                    "    try:\n        wrong = check(vector, inputs)\n    except Exception:\n        wrong = True\n"
                    "    if wrong:\n        print(vector['name'])\n        break\n")
            done = subprocess.run([sys.executable, "-c", code, folder, *map(str, paths)], capture_output=True, text=True,
                                  check=True)
        return done.stdout.strip() or None


def readings_of(module, text):
    """Readings in the form `# name`, lines of the program, `=>`, other lines; a blank line parts them."""
    for part in re.split(r"\n\n(?=# )", text.strip("\n")):
        name, rest = part.split("\n", 1)
        before, after = re.split(r"^=>\n?", rest + "\n", maxsplit=1, flags=re.MULTILINE)
        yield Reading(name.removeprefix("# "), module, before.removesuffix("\n"), after.removesuffix("\n"))


def stated():
    for path in sorted((HERE / "readings").glob("*.txt")):
        yield from readings_of(path.stem, path.read_text(encoding="utf-8"))


def rules_left_out():
    """Each rule of section 8 left out."""
    for module in ("draw_input", "draw_blueprint"):
        text = (OUTSIDE / f"{module}.py").read_text(encoding="utf-8")
        for line in text.splitlines():
            call = re.fullmatch(r'( +)(rule|blueprint|must)\(.*"([^"]*)"\)', line)
            if call and text.count(line) == 1:
                yield Reading(f"no rule: {call[3]} ({line.strip()})", module, line, f"{call[1]}pass")


READINGS = [*stated(), *rules_left_out()]


# Where the vectors of a module are most likely to be found: they are tried first.
FIRST = {"draw_form": ["texts", "refused-form", "edges"], "draw_blueprint": ["refused-blueprint", "edges"],
         "draw_input": ["refused-basis", "refused-manifest", "refused-document", "refused-seating", "refused-index",
                        "refused-secret", "refused-entropy", "refused-order", "edges"],
         "draw_units": ["groups", "bands", "refused-pool"], "draw_search": ["resits", "refused-infeasible", "hard"],
         "draw_deal": ["importance", "tight", "late"], "draw": ["groups", "shown"]}


def paths(module):
    first = [FOLDER / "many" / f"{name}.jsonl" for name in FIRST.get(module, [])]
    rest = sorted(FOLDER.glob("*.json")) + sorted(FOLDER.glob("many/*.jsonl"))
    return first + [path for path in rest if path not in first]


def file_of(name):
    """Where a vector of this name stands."""
    return next(path for path in paths(None) if any(
        json.loads(line)["name"] == name for line in ([path.read_text(encoding="utf-8")] if path.suffix == ".json" else
                                                      filter(None, path.read_text(encoding="utf-8").split("\n")))))


def main():
    with ThreadPoolExecutor(2) as pool:
        wrong = pool.map(lambda each: each.first_wrong(paths(each.module)), READINGS)
        found = dict(zip((reading.name for reading in READINGS), wrong))
    FOUND.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, vector in found.items():
        if vector is None:
            print(f"no vector: {name}")


if __name__ == "__main__":
    main()
