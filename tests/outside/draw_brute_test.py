"""Tiny random draws against brute force. KAOPING_TEST_LONG tries them all."""

import os
import unittest

from draw_brute import compare, dice_of, rounding, rounding_faults, tiny
from draw_form import Refused
from draw_search import Problem
from draw_units import share

LONG = os.environ.get("KAOPING_TEST_LONG")
COUNT = 22_000 if LONG else 600


class Brute(unittest.TestCase):
    def test_the_search_is_complete_on_tiny_inputs(self):
        times = {"tried": 0, "infeasible": 0, "returned": 0}
        number = 0
        while times["tried"] < COUNT:
            blueprint, indexes, avoid = tiny(dice_of("tiny", number))
            number += 1
            try:
                problem = Problem(blueprint, indexes)
            except Refused:
                continue
            wrong = compare(problem, blueprint, indexes, avoid)
            if wrong is None:
                continue
            self.assertEqual(wrong, [], number)
            times["tried"] += 1
            times["infeasible"] += not hasattr(problem, "witness_of_all")
            times["returned"] += any(count for count, _ in problem.witnesses.values())
        self.assertGreater(times["infeasible"], COUNT // 10)
        self.assertGreater(times["returned"], COUNT // 20)

    def test_roundings_keep_sums_and_prefer_cells_that_can_be_filled(self):
        for number in range(COUNT):
            case = rounding(dice_of("rounding", number))
            self.assertEqual(list(rounding_faults(*case)), [], case)

    def test_shares_are_the_nearest_whole_numbers(self):
        for number in range(COUNT):
            dice = dice_of("share", number)
            total, weights = dice.between(0, 120), [dice.between(0, 60) for _ in range(dice.between(1, 6))]
            weights[0] += not any(weights)
            parts, whole = share(total, weights), sum(weights)
            self.assertEqual(sum(parts), total)
            off = [part * whole - total * weight for part, weight in zip(parts, weights)]
            self.assertTrue(all(-whole < each < whole for each in off))
            # Whatever got the next unit had at least the rest of what did not, and came first at a tie.
            up = [(total * w % whole, -b) for b, (w, o) in enumerate(zip(weights, off)) if o > 0]
            down = [(total * w % whole, -b) for b, (w, o) in enumerate(zip(weights, off)) if o < 0]
            self.assertTrue(not up or not down or min(up) > max(down), (total, weights))


if __name__ == "__main__":
    unittest.main()
