"""`kaoping bank check` on how far wording gives keys away, against a second implementation, for every bank."""

import re
import unittest

import guesser
import program

BANKS = program.ROOT / "question-bank"
LINE = re.compile(r"^(?P<title>.+)：不看题干，只看文字，(?P<kind>单选题|判断题)猜对 (?P<share>[\d.]+) %，下限 (?P<lower>[\d.]+) %")
KINDS = {"单选题": "single_choice", "判断题": "true_false"}


class Guesser(unittest.TestCase):
    def figures(self, *folders):
        done = program.run("bank", "check", *folders)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        found = [LINE.match(line) for line in done.stdout.splitlines()]
        return [line.groupdict() for line in found if line], done.stdout

    def agrees(self, found, folder, model=None):
        items, right = guesser.measured(folder, KINDS[found["kind"]], model)
        self.assertAlmostEqual(float(found["share"]), 100 * right / items, delta=0.051, msg=f"{folder} {found}")
        self.assertAlmostEqual(float(found["lower"]), 100 * guesser.lower_bound(items, right), delta=0.051)

    def test_national_banks_are_guessed_fold_by_fold(self):
        for folder in sorted((BANKS / "national").iterdir()):
            found, told = self.figures(folder)
            self.assertEqual(len(found), 2)
            self.assertNotIn("提醒", told)
            for figure in found:
                self.agrees(figure, folder)

    def test_small_banks_are_judged_by_the_national_one(self):
        small = [*(BANKS / "practice").iterdir(), *(BANKS / "extended").glob("*/*")]
        self.assertGreaterEqual(len(small), 6)
        for folder in sorted(small):
            model = BANKS / "national" / folder.name
            found, told = self.figures(model, folder)
            self.assertEqual(len(found), 4)
            self.assertNotIn("提醒", told)
            for figure in found[2:]:
                self.agrees(figure, folder, model)

    def test_a_small_bank_alone_is_not_judged(self):
        found, told = self.figures(BANKS / "extended" / "31" / "5")
        self.assertEqual(found, [])
        self.assertIn("不足 200 题", told)
