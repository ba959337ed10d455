"""The many vectors are what their maker makes, leave out no rule, and find every wrong reading."""

import ast
import inspect
import json
import os
import unittest

import draw_blueprint
import draw_input
from maker.files import FOLDER, contents
from maker.readings import FOUND, READINGS, all_vectors

# Too many papers for a vector.
WITHOUT_VECTOR = {"too many papers"}
LONG = os.environ.get("KAOPING_TEST_LONG")


def lines(pattern):
    for file in sorted(FOLDER.glob(pattern)):
        yield from map(json.loads, filter(None, file.read_text(encoding="utf-8").split("\n")))


def refusals():
    """The words of every refusal that the program knows."""
    for module in (draw_input, draw_blueprint):
        for call in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("must", "rule", "blueprint"):
                if isinstance(call.args[-1], ast.Constant):
                    yield call.args[-1].value


class Made(unittest.TestCase):
    def test_files_are_as_the_maker_makes_them(self):
        made = contents()
        for name, text in made.items():
            self.assertTrue(text == (FOLDER / name).read_text(encoding="utf-8"), f"{name}: run python3 -m maker")
        self.assertEqual({f"many/{path.name}" for path in FOLDER.glob("many/*")} | {path.name for path in FOLDER.glob("*.*")},
                         set(made))

    def test_every_refusal_occurs(self):
        shown = {vector["purpose"] for vector in lines("many/refused-*.jsonl")}
        self.assertGreater(len(set(refusals())), 85)
        self.assertEqual(set(refusals()) - shown, WITHOUT_VECTOR)

    def test_too_many_papers(self):
        paper = {"use": "reserve", "session": None, "room": None, "avoid": []}
        papers = [paper | {"paper": str(number)} for number in range(200_001)]
        with self.assertRaises(draw_input.Refused) as raised:
            draw_input.check_seating({"batch": "b", "v": 1, "papers": papers})
        self.assertEqual(raised.exception.detail, "too many papers")
        draw_input.check_seating({"batch": "b", "v": 1, "papers": papers[1:]})


class Readings(unittest.TestCase):
    """A program changed into a wrong reading gets a vector wrong. KAOPING_TEST_LONG tries all of them."""

    def test_every_reading_has_a_vector(self):
        found = json.loads(FOUND.read_text(encoding="utf-8"))
        self.assertEqual(set(found), {reading.name for reading in READINGS})
        self.assertGreater(len(READINGS), 300)
        self.assertEqual([name for name, vector in found.items() if vector is None], [])

    def test_the_vector_finds_the_reading(self):
        vectors, inputs = all_vectors()
        vectors = {vector["name"]: vector for vector in vectors}
        for reading in READINGS if LONG else READINGS[::10]:
            with self.subTest(reading.name):
                self.assertTrue(reading.is_wrong(reading.program(), vectors[reading.vector], inputs))


if __name__ == "__main__":
    unittest.main()
