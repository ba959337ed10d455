"""Rules, the search for a legal paper, witness papers and the book (src/engine/draw/SPEC.md, sections 3 and 4)."""

from dataclasses import dataclass

from draw_form import Refused
from draw_units import KINDS, cells_of, filled, units_of

STEPS = (200, 400, 800, 1600)
BOOK = 32


def size_of(units):
    """How many units a set has, of which each is a bit."""
    return bin(units).count("1")


def bits(units):
    numbers = []
    while units:
        low = units & -units
        numbers.append(low.bit_length() - 1)
        units ^= low
    return numbers


@dataclass
class Rule:
    name: str
    weights: dict  # of units by number
    least: int
    most: int  # None: no limit

    def __post_init__(self):
        by_weight = {}
        for unit, weight in self.weights.items():
            by_weight[weight] = by_weight.get(weight, 0) | 1 << unit
        self.sets = sorted(by_weight.items())


@dataclass
class Range:
    function: str
    kind: str
    range: str
    weight: int
    whole: int = 0  # G: the sum of the weights of its function and kind
    items: int = 0  # I: how many items of its function and kind a paper has

    @property
    def lo(self):
        return self.items * self.weight // self.whole

    @property
    def hi(self):
        return -(-self.items * self.weight // self.whole)


class Problem:
    """Everything of a draw that no seed decides."""

    def __init__(self, blueprint, indexes):
        everything = units_of(indexes)
        self.items = {item["id"]: item for unit in everything for item in unit.items}
        self.cells = filled(cells_of(blueprint, everything), blueprint["minimum_multiple"])
        self.units = sorted((unit for cell in self.cells for unit in cell.pool), key=lambda unit: unit.id)
        for number, unit in enumerate(self.units):
            unit.number = number
        self.unit_of = {item["id"]: unit for unit in self.units for item in unit.items}
        self.conflicts = self.conflicts_of_units()
        self.ranges = list(self.ranges_of(blueprint))
        self.range_of = {}  # the place in `ranges` of each unit, by number
        for place, each in enumerate(self.ranges):
            for unit in self.units:
                if (unit.function, unit.kind, unit.range) == (each.function, each.kind, each.range):
                    self.range_of[unit.number] = place
        # How many items of X, Y and Z each unit has.
        self.importances = [[sum(item["importance"] == letter for item in unit.items) for letter in "XYZ"]
                            for unit in self.units]
        self.bounds = {letter: (0, None) for letter in "XYZ"}
        for each in blueprint["importance"]:
            self.bounds[each["importance"]] = each["least"], each["most"]
        self.rules = list(self.rules_of())
        self.areas = self.areas_of()
        self.witnesses = {}

    def conflicts_of_units(self):
        conflicts, with_point = [0] * len(self.units), {}
        for unit in self.units:
            for point in unit.points:
                with_point[point] = with_point.get(point, 0) | 1 << unit.number
        for unit in self.units:
            for point in unit.points:
                conflicts[unit.number] |= with_point[point]
            for enemy in (name for item in unit.items for name in item["enemies"]):
                if enemy in self.unit_of:
                    other = self.unit_of[enemy].number
                    conflicts[unit.number] |= 1 << other
                    conflicts[other] |= 1 << unit.number
        return [others & ~(1 << number) for number, others in enumerate(conflicts)]

    def ranges_of(self, blueprint):
        for function in (each["function"] for each in blueprint["functions"]):
            for kind in KINDS:
                listed = {each["range"]: each["weight"] for each in blueprint["ranges"]
                          if (each["function"], each["kind"]) == (function, kind)}
                points = {}
                for unit in self.units:
                    if (unit.function, unit.kind) == (function, kind):
                        points.setdefault(unit.range, set()).update(unit.points)
                weights = {name: listed.get(name, 0) if listed else len(points[name])
                           for name in sorted({*listed, *points})}
                items = sum(cell.quota * cell.size for cell in self.cells
                            if (cell.function, cell.kind) == (function, kind))
                yield from (Range(function, kind, name, weight, sum(weights.values()), items)
                            for name, weight in weights.items())

    def rules_of(self):
        for cell in self.cells:
            yield Rule(cell.label, {unit.number: 1 for unit in cell.pool}, cell.quota, cell.quota)
        for place, each in enumerate(self.ranges):
            weights = {number: self.units[number].size for number, of in self.range_of.items() if of == place}
            yield Rule(f"{each.function}/{each.kind}/{each.range}", weights, each.lo, each.hi)
        for letter, (least, most) in self.bounds.items():
            place = "XYZ".index(letter)
            yield Rule(letter, {number: counts[place] for number, counts in enumerate(self.importances) if counts[place]},
                       least, most)

    def areas_of(self):
        """For each function and kind that has ranges, the rules of its ranges, and of its cells with their sizes."""
        areas = {}
        for place, each in enumerate(self.ranges):
            areas.setdefault((each.function, each.kind), ([], []))[0].append(len(self.cells) + place)
        for place, cell in enumerate(self.cells):
            areas[cell.function, cell.kind][1].append((place, cell.size))
        return list(areas.values())

    # Searching

    def bounded(self, lo=None, hi=None):
        """Least and most of each rule, with other bounds of the ranges where they are given."""
        least, most = [rule.least for rule in self.rules], [rule.most for rule in self.rules]
        first = len(self.cells)
        least[first: first + len(self.ranges)] = lo or least[first: first + len(self.ranges)]
        most[first: first + len(self.ranges)] = hi or most[first: first + len(self.ranges)]
        return least, most

    def search(self, excluded=0, ranking=None, bounds=None):
        """A legal paper as a set of bits, or None."""
        ranking = range(len(self.units)) if ranking is None else ranking
        return Search(self, excluded, ranking, *(bounds or self.bounded())).run()

    def smallest_conflict(self):
        """The names of the rules that remain, in rule order."""
        least, most = self.bounded()
        kept = []
        for place in reversed(range(len(self.rules))):
            before = least[place], most[place]
            least[place] = 0
            if place >= len(self.cells):
                most[place] = None
            if self.search(bounds=(least, most)) is not None:
                least[place], most[place] = before
                kept.append(self.rules[place].name)
        return kept[::-1]

    def first_witness(self):
        self.witness_of_all = self.search()
        if self.witness_of_all is None:
            raise Refused("infeasible", self.smallest_conflict())

    def excluded_by(self, avoid):
        """The units that a person must not get."""
        seen = set(avoid)
        named = {enemy for name in seen if name in self.items for enemy in self.items[name]["enemies"]}
        return sum(1 << unit.number for unit in self.units
                   if any(item["id"] in seen | named or seen.intersection(item["enemies"]) for item in unit.items))

    def witness_for(self, avoid):
        excluded = self.excluded_by(avoid)
        if not excluded & self.witness_of_all:
            return self.witness_of_all
        return self.search(excluded)

    def returned(self, avoid):
        """How many entries of `avoid` return, and the witness."""
        avoid = tuple(avoid)
        if avoid not in self.witnesses:
            low, high, witness = 0, 0, self.witness_for(avoid)
            if witness is None:
                high = len(avoid)
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (low, middle) if self.witness_for(avoid[middle:]) is not None else (middle, high)
                witness = self.witness_for(avoid[high:])
            self.witnesses[avoid] = high, witness
        return self.witnesses[avoid]

    # The book

    def book(self):
        book = [self.witness_of_all]
        whole = len(self.units)
        for k in range(1, BOOK):
            targets = self.targets(book)
            used = [sum(paper >> number & 1 for paper in book) for number in range(whole)]
            ranking = sorted(range(whole), key=lambda number: (used[number], number))
            paper = self.search(ranking=ranking, bounds=self.bounded(targets, targets))
            if paper is None:
                ranking = sorted(range(whole), key=lambda number: (number - k * whole // BOOK) % whole)
                paper = self.search(ranking=ranking)
            if paper is not None:
                book.append(paper)
        return book

    def sums(self, paper):
        """How many items of each range a paper has."""
        sums = [0] * len(self.ranges)
        for number in bits(paper):
            sums[self.range_of[number]] += self.units[number].size
        return sums

    def targets(self, book):
        had = [sum(column) for column in zip(*map(self.sums, book))]
        targets = [each.lo for each in self.ranges]
        for function, kind in dict.fromkeys((each.function, each.kind) for each in self.ranges):
            mine = [place for place, each in enumerate(self.ranges) if (each.function, each.kind) == (function, kind)]
            behind = {place: (len(book) + 1) * self.ranges[place].items * self.ranges[place].weight
                      - self.ranges[place].whole * (had[place] + self.ranges[place].lo) for place in mine}
            able = sorted((place for place in mine if self.ranges[place].hi > self.ranges[place].lo),
                          key=lambda place: (-behind[place], place))
            for place in able[: self.ranges[mine[0]].items - sum(targets[place] for place in mine)]:
                targets[place] += 1
        return targets


class Search:
    def __init__(self, problem, excluded, ranking, least, most):
        self.problem, self.excluded, self.ranking = problem, excluded, list(ranking)
        self.least, self.most = least, most
        self.everything = (1 << len(problem.units)) - 1
        self.failures = [1] * len(problem.rules)  # `e` of each rule
        self.of_unit = [[] for _ in problem.units]
        for place, rule in enumerate(problem.rules):
            for unit, weight in rule.weights.items():
                self.of_unit[unit].append((place, weight))

    def run(self):
        for self.limit in STEPS:
            self.steps = self.held = self.struck = 0
            self.sums = [0] * len(self.problem.rules)
            if self.extend(self.excluded):
                return self.held
            if self.steps < self.limit:
                return None
        return None

    def extend(self, taken):
        """`taken`: excluded units, held ones and those in conflict with them."""
        free = self.free(taken)
        lacking, chosen = self.scarcest(free)
        if lacking is None or not self.ranges_have_room():
            return False
        if not lacking:
            return True
        candidates = 0
        for _, units in self.problem.rules[chosen].sets:
            candidates |= units & free
        struck = 0
        found = False
        for unit in self.ranking:
            if not candidates >> unit & 1:
                continue
            if self.steps == self.limit:
                break
            self.steps += 1
            self.hold(unit, 1)
            found = self.extend(taken | 1 << unit | self.problem.conflicts[unit])
            if found:
                break
            self.hold(unit, -1)
            self.struck |= 1 << unit
            struck |= 1 << unit
        self.struck &= ~struck
        return found

    def hold(self, unit, sign):
        self.held ^= 1 << unit
        for rule, weight in self.of_unit[unit]:
            self.sums[rule] += sign * weight

    def free(self, taken):
        free = self.everything & ~(taken | self.struck)
        for rule, most, has in zip(self.problem.rules, self.most, self.sums):
            if most is not None:
                for weight, units in rule.sets:
                    if has + weight > most:
                        free &= ~units
        return free

    def scarcest(self, free):
        """Whether a rule lacks something, and the rule to fill next; None when one cannot be filled."""
        chosen = best = None
        for place, rule in enumerate(self.problem.rules):
            lacks = self.least[place] - self.sums[place]
            if lacks <= 0:
                continue
            spare = sum(weight * size_of(units & free) for weight, units in rule.sets) - lacks
            if spare < 0:
                self.failures[place] += 1
                return None, None
            if chosen is None or (spare + 1) * self.failures[chosen] < best * self.failures[place]:
                chosen, best = place, spare + 1
        return chosen is not None, chosen

    def ranges_have_room(self):
        for ranges, cells in self.problem.areas:
            lacks = sum(max(0, self.least[place] - self.sums[place]) for place in ranges)
            if lacks > sum((self.most[place] - self.sums[place]) * size for place, size in cells):
                return False
        return True
