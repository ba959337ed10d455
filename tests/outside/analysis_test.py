"""`kaoping bank analyze` against numpy, which computes every figure from its definition.

KAOPING_PROGRAM names the built program."""

import csv
import json
import pathlib
import tempfile
import unittest

import numpy

import program

CLOSE = 1e-12


def figures(marks, most):
    """What Moodle's page defines, by numpy's own variances, covariances and correlations."""
    total = marks.sum(axis=1)
    count = marks.shape[1]
    deviation = total.std(ddof=1)
    whole = {"persons": len(marks), "mean": total.mean(), "standard_deviation": deviation, "alpha": None,
             "standard_error": None, "kr_20": None}
    if deviation:
        whole["alpha"] = count / (count - 1) * (1 - marks.var(axis=0, ddof=1).sum() / total.var(ddof=1))
        whole["standard_error"] = deviation * numpy.sqrt(1 - whole["alpha"])
    earned = numpy.unique(marks[marks != 0])
    if deviation and len(earned) == 1:
        right = (marks != 0).mean(axis=0)
        whole["kr_20"] = count / (count - 1) * (1 - (right * (1 - right)).sum() / (total / earned[0]).var())
    items = []
    for place in range(count):
        own = marks[:, place]
        rest = total - own
        correlation = numpy.corrcoef(own, rest)[0, 1] if own.std() and rest.std() else None
        efficiency = None
        if correlation is not None:
            efficiency = 100 * numpy.cov(own, rest)[0, 1] / numpy.cov(numpy.sort(own), numpy.sort(rest))[0, 1]
        items.append({"mean": own.mean(), "facility": own.mean() / most[place], "standard_deviation": own.std(ddof=1),
                      "rest_correlation": correlation, "discrimination_index": None if correlation is None else 100 * correlation,
                      "discriminative_efficiency": efficiency})
    return whole, items


def people(random, count, items, most):
    """Marks of people of different ability; the last item is miskeyed."""
    ability = random.normal(size=(count, 1))
    hard = random.normal(size=(1, items))
    right = random.random((count, items)) < 1 / (1 + numpy.exp(hard - ability))
    right[:, -1] = ~right[:, -1]
    return right * numpy.asarray(most)


class Analysis(unittest.TestCase):
    def analyzed(self, marks, most, *options):
        with tempfile.TemporaryDirectory() as name:
            path = pathlib.Path(name, "marks.csv")
            with open(path, "w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(["考生", *(f"题{place}" for place in range(1, marks.shape[1] + 1))])
                writer.writerow(["满分", *most])
                writer.writerows([number, *row] for number, row in enumerate(marks.tolist()))
            done = program.run("bank", "analyze", "--responses", path, *options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def agrees(self, found, expected, name):
        if expected is None:
            self.assertIsNone(found, name)
        else:
            self.assertIsNotNone(found, name)
            self.assertLessEqual(abs(found - expected), CLOSE * max(1, abs(expected)), f"{name}: {found} {expected}")

    def test_every_figure_agrees_with_numpy(self):
        random = numpy.random.default_rng(20261201)
        shapes = [(400, 100, [1] * 100), (1000, 40, [0.5] * 40), (60, 30, [1] * 10 + [2] * 20), (3, 2, [1, 1]),
                  (200, 12, [0.5, 1, 1.5, 2, 2.5, 3, 10, 0.25, 100, 7, 1, 1])]
        for count, items, most in shapes:
            marks = people(random, count, items, most)
            if len(set(most)) > 2:
                # Parts of marks too.
                marks = marks * random.choice([1, 0.5], size=marks.shape)
            with self.subTest(f"{count} × {items}"):
                found = json.loads(self.analyzed(marks, most, "--json"))
                whole, expected = figures(marks, most)
                for name, value in whole.items():
                    self.agrees(found[name], value, name)
                self.assertEqual(len(found["items"]), items)
                for item, wanted in zip(found["items"], expected):
                    for name, value in wanted.items():
                        self.agrees(item[name], value, f"{item['item']} {name}")

    def test_a_miskeyed_item_is_named_and_no_other(self):
        random = numpy.random.default_rng(7)
        marks = people(random, 500, 60, [1] * 60)
        found = json.loads(self.analyzed(marks, [1] * 60, "--json"))
        self.assertEqual([item["item"] for item in found["items"] if item["perhaps_miskeyed"]], ["题60"])
        self.assertIn("题60  可能答案有误", self.analyzed(marks, [1] * 60))

    def test_what_is_no_table_of_marks_is_refused(self):
        with tempfile.TemporaryDirectory() as name:
            path = pathlib.Path(name, "marks.csv")
            for text, told in [("id,q1\np,\n", "第 2 行「q1」"), ("id,q1\np,1\np,1\n", "第 3 行"), ("", "文件")]:
                path.write_text(text, encoding="utf-8")
                done = program.run("bank", "analyze", "--responses", path)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(told, done.stdout)


if __name__ == "__main__":
    unittest.main()
