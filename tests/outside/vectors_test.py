"""The many vectors are what their maker makes, and leave out no rule."""

import ast
import inspect
import json
import unittest

import draw_input
from maker.files import FOLDER, contents
from maker.rules import DEALING, watched

# Too many papers for a vector; and the pool and the paper are named there, not the rule.
WITHOUT_VECTOR = {"too many papers"}


def lines(pattern):
    for file in sorted(FOLDER.glob(pattern)):
        yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())


def refusals():
    """The words of every refusal that draw_input.py knows."""
    for call in ast.walk(ast.parse(inspect.getsource(draw_input))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("must", "blueprint"):
            words = call.args[-1]
            if isinstance(words, ast.JoinedStr):
                yield from ("digest of the blueprint", "digest of the seating")
            elif isinstance(words, ast.Constant):
                yield words.value


class Made(unittest.TestCase):
    def test_files_are_as_the_maker_makes_them(self):
        made = contents()
        for name, text in made.items():
            self.assertTrue(text == (FOLDER / name).read_text(encoding="utf-8"), f"{name}: run python3 -m maker")
        self.assertEqual({f"many/{path.name}" for path in FOLDER.glob("many/*")},
                         {name for name in made if name.startswith("many/")})

    def test_every_rule_of_dealing_occurs(self):
        times = dict.fromkeys(DEALING, 0)
        for vector in lines("many/*.jsonl"):
            if vector["expect"] == "papers" or vector.get("refusal") == "stuck":
                for rule in vector["purpose"].split("; "):
                    times[rule] = times.get(rule, 0) + 1
        for rule in DEALING:
            self.assertGreaterEqual(times[rule], 5, rule)

    def test_every_refusal_occurs(self):
        shown = {vector["purpose"] for vector in lines("many/refused-*.jsonl")}
        self.assertGreater(len(set(refusals())), 70)
        self.assertEqual(set(refusals()) - shown, WITHOUT_VECTOR)

    def test_too_many_papers(self):
        paper = {"use": "reserve", "session": None, "room": None, "avoid": []}
        papers = [paper | {"paper": str(number)} for number in range(200_001)]
        with self.assertRaises(draw_input.Refused) as raised:
            draw_input.check_seating({"batch": "b", "v": 1, "papers": papers})
        self.assertEqual(raised.exception.detail, "too many papers")
        draw_input.check_seating({"batch": "b", "v": 1, "papers": papers[1:]})

    def test_watching_changes_nothing(self):
        vector = next(vector for vector in lines("many/late.jsonl") if vector["forced"])
        (_, forced, _), seen = watched(vector["input"])
        self.assertEqual((forced, seen["forced"]), (vector["forced"], len(forced)))


if __name__ == "__main__":
    unittest.main()
