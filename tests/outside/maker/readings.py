"""Wrong readings of the page: each is a change of the program, and a vector that the changed program gets wrong.

    python3 -m maker.readings

looks for the vectors again and writes them into `readings.json`."""

import json
import pathlib
import re
import sys
import types
from dataclasses import dataclass

HERE = pathlib.Path(__file__).parent
OUTSIDE = HERE.parent
FOLDER = OUTSIDE.parent / "vectors" / "draw"
# The parts of the program, each after those that it imports.
PROGRAM = ["draw_bytes", "draw_form", "draw_blueprint", "draw_input", "draw_units", "draw_search", "draw_deal", "draw"]
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

    def source(self, name):
        """A part of the program as this reading has it."""
        text = (OUTSIDE / f"{name}.py").read_text(encoding="utf-8")
        if name == self.module:
            assert text.count(self.before) == 1, f"{self.name}: stands {text.count(self.before)} times"
            text = text.replace(self.before, self.after)
        return text

    def program(self):
        """The module `draw`, with parts of its own."""
        before = {name: sys.modules.pop(name, None) for name in PROGRAM}
        try:
            for name in PROGRAM:
                sys.modules[name] = types.ModuleType(name)
                exec(compile(self.source(name), name, "exec"), sys.modules[name].__dict__)
            return sys.modules["draw"]
        finally:
            for name, module in before.items():
                sys.modules.pop(name)
                if module is not None:
                    sys.modules[name] = module

    def is_wrong(self, program, vector, inputs):
        try:
            return bool(program.check(vector, inputs))
        except Exception:  # a wrong reading may break in any way
            return True


def readings_of(module, text):
    """Readings in the form `# name`, lines of the program, `=>`, other lines; a blank line parts them."""
    for part in re.split(r"\n\n(?=# )", text.strip("\n")):
        name, rest = part.split("\n", 1)
        before, after = re.split(r"^=>\n?", rest + "\n", maxsplit=1, flags=re.MULTILINE)
        yield Reading(name.removeprefix("# "), module, before.removesuffix("\n"), after.removesuffix("\n"))


def stated():
    for path in sorted((HERE / "readings").glob("*.txt")):
        yield from readings_of(path.stem, path.read_text(encoding="utf-8"))


READINGS = list(stated())


def all_vectors():
    from draw import vectors_of
    return vectors_of(sorted(FOLDER.glob("*.json")) + sorted(FOLDER.glob("many/*.jsonl")))


# Where the vectors of a module are most likely to be found: they are tried first.
FIRST = {"draw_form": ("form", "text", "edge"), "draw_blueprint": ("blueprint", "edge"),
         "draw_input": ("basis", "manifest", "document", "seating", "index", "secret", "entropy", "order", "edge"),
         "draw_units": ("groups", "bands", "pool"), "draw_search": ("returns", "resits", "infeasible", "ranges", "groups")}


class Kept:
    """Problems and books of inputs, for readings that do not change them."""

    def __init__(self):
        self.problems = {}

    def problem(self, blueprint, indexes):
        from draw_bytes import canonical
        from draw_search import Problem
        key = canonical([blueprint, indexes])
        if key not in self.problems:
            problem = Problem(blueprint, indexes)
            problem.first_witness()
            book = problem.book()
            problem.first_witness, problem.book = lambda: None, lambda: book
            self.problems[key] = problem
        return self.problems[key]


def first_wrong(reading, vectors, inputs, kept):
    """The name of the first vector that the reading gets wrong, or None."""
    program = reading.program()
    deals = reading.module in ("draw_deal", "draw")
    if deals:
        program.Problem = kept.problem
    first = FIRST.get(reading.module, ())
    looks = reading.module in ("draw_form", "draw_input", "draw_blueprint")
    if looks:  # dealing is the same
        program.draw, program.disagreements = program.check_input, lambda vector, drawn: []
    for vector in sorted(vectors, key=lambda vector: not vector["name"].startswith(first)):
        if looks and vector.get("refusal") in ("pool", "infeasible") or deals and vector["expect"] == "refused":
            continue
        if reading.is_wrong(program, vector, inputs):
            return vector["name"]
    return None


def main(*names):
    (vectors, inputs), kept = all_vectors(), Kept()
    found = json.loads(FOUND.read_text(encoding="utf-8"))
    found = {reading.name: found.get(reading.name) for reading in READINGS}
    for reading in READINGS:
        if names and reading.name not in names or not names and found[reading.name]:
            continue
        found[reading.name] = first_wrong(reading, vectors, inputs, kept)
        print(f"{reading.name}: {found[reading.name]}", flush=True)
        FOUND.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
