"""Tiny random draws, of which every paper can be tried: the search, witnesses, conflicts and quotas against brute force."""

from collections import Counter
from itertools import combinations, product

from draw_legal import Bank
from draw_units import Rounding, share
from maker.dice import Dice

LETTERS = "XYZ"


def tiny(dice):
    """A blueprint and an index with a few hundred papers at most. Marks are left out: nothing here looks at them."""
    functions = dice.some(["ethics", "daily_care", "emergency"], dice.between(1, 2))
    bands = [{"name": "easy", "difficulties": [1, 2], "share": 50}, {"name": "hard", "difficulties": [3], "share": 50}]
    if dice.chance(50):
        bands = [{"name": "all", "difficulties": [1, 2, 3], "share": 100}]
    rows = []
    for function in functions:
        for size in [1, 2] if dice.chance(30) else [1]:
            units = dice.between(1, 3) if size == 1 else 1
            extended = dice.below(units + 1) if dice.chance(30) else 0
            rows.append({"function": function, "type": "true_false", "count": units * size,
                         "extended": extended * size, "group_size": size})
    count = sum(row["count"] for row in rows)
    ranges = ["A", "B", ""][: dice.between(1, 3)]
    items = {"national": [], "extended": []}
    names = iter(dice.shuffled([f"u{number:02}" for number in range(99)]))
    points = dice.between(3, 7)
    for row in rows:
        for kind, part in (("national", row["count"] - row["extended"]), ("extended", row["extended"])):
            for _ in range(part // row["group_size"] + dice.between(0, 3) if part else 0):
                items[kind] += unit(dice, names, row, dice.pick(ranges), points)
    ids = [item["id"] for part in items.values() for item in part]
    for item in items["national"] + items["extended"]:
        if dice.chance(20):
            item["enemies"] = dice.some([*ids, "nowhere"], dice.between(1, 2))
    listed = {(function, kind, name) for function in functions for kind in items for name in ranges if dice.chance(15)}
    bounds = []
    for letter in LETTERS:
        if dice.chance(35):
            least = dice.between(0, max(1, count // 2))
            bounds.append({"importance": letter, "least": least, "most": dice.between(least, count)})
    blueprint = {"types": [{"type": "true_false", "count": count, "half_marks": 1}], "rows": rows, "bands": bands,
                 "functions": [{"function": function, "weight": 1} for function in functions],
                 "ranges": [{"function": function, "kind": kind, "range": name, "weight": dice.between(1, 3)}
                            for function, kind, name in sorted(listed)],
                 "importance": bounds, "minimum_multiple": 1}
    indexes = [{"bank": kind, "kind": kind, "items": sorted(part, key=lambda item: item["id"])}
               for kind, part in items.items()]
    return blueprint, indexes, dice.some([*ids, "nowhere", "long-gone"], dice.between(1, min(9, len(ids))))


def unit(dice, names, row, range_, points):
    group = f"g{next(names)}" if row["group_size"] > 1 else None
    return [{"id": next(names), "function": row["function"], "type": row["type"], "difficulty": dice.between(1, 3),
             "point": "-".join(filter(None, [range_, str(dice.between(1, points))])), "importance": dice.pick("XXYZ"),
             "enemies": [], "group": group and {"id": group, "place": place}} for place in range(row["group_size"])]


class Brute:
    """All papers of a tiny draw. Its rules are named as in a refusal, in rule order."""

    def __init__(self, blueprint, indexes, quotas):
        """`quotas`: how many units of each cell a paper has, in cell order."""
        self.bank = Bank({"blueprint": blueprint, "indexes": indexes})
        self.quotas = quotas
        self.playing = self.bank.playing(quotas)
        self.pools = {cell: sorted(unit for unit in self.playing if self.bank.cell(unit) == cell) for cell in quotas}
        self.clashes = {(a, b) for a in self.playing for b in self.playing if a != b and self.bank.clash(a, b)}
        functions = [each["function"] for each in blueprint["functions"]]
        order = lambda name: (functions.index(name[0]), ["national", "extended"].index(name[1]), name[2])
        bounds = self.bank.range_bounds(quotas)
        self.ranges = {name: bounds[name] for name in sorted(bounds, key=order)}
        self.bounds = dict.fromkeys(LETTERS, (0, 10**9))
        for each in blueprint["importance"]:
            self.bounds[each["importance"]] = each["least"], each["most"]
        self.rules = ["/".join(map(str, cell)) for cell in quotas] + ["/".join(name) for name in self.ranges] \
            + list(LETTERS)

    def size(self):
        """How many choices of units there are, before any rule."""
        size = 1
        for cell, quota in self.quotas.items():
            size *= sum(1 for _ in combinations(self.pools[cell], quota))
        return size

    def papers(self, without=()):
        """Every legal paper, with some rules left out."""
        choices = []
        for cell, quota in self.quotas.items():
            least = 0 if "/".join(map(str, cell)) in without else quota
            choices.append([chosen for count in range(least, quota + 1)
                            for chosen in combinations(self.pools[cell], count)
                            if not any(pair in self.clashes for pair in combinations(chosen, 2))])
        for chosen in product(*choices):
            units = [unit for part in chosen for unit in part]
            if not any(pair in self.clashes for pair in combinations(units, 2)) and self.holds(units, without):
                yield frozenset(units)

    def holds(self, units, without):
        has = Counter()
        for unit in units:
            for item in self.bank.members[unit]:
                has[item["importance"]] += 1
                has[item["function"], self.bank.kind[unit], self.bank.range(unit)] += 1
        return all("/".join(name) in without or least <= has[name] <= most
                   for name, (least, most) in self.ranges.items()) \
            and all(letter in without or least <= has[letter] <= most for letter, (least, most) in self.bounds.items())

    def feasible(self, without):
        return next(self.papers(without), None) is not None

    def smallest_conflict(self):
        without = set()
        for rule in reversed(self.rules):
            if not self.feasible(without | {rule}):
                without.add(rule)
        return [rule for rule in self.rules if rule not in without]

    def barred(self, avoid):
        return {self.bank.unit[item] for item in self.bank.barred(avoid)}


def compare(problem, blueprint, indexes, avoid, most=400):
    """What the search says otherwise than brute force; None when there are too many papers to try."""
    quotas = {cell.parts: cell.quota for cell in problem.cells}
    brute = Brute(blueprint, indexes, quotas)
    if brute.size() > most:
        return None
    legal = set(brute.papers())
    names = lambda paper: frozenset(unit.id for unit in problem.units if paper >> unit.number & 1)
    found, wrong = problem.search(), []
    if (found is None) != (not legal) or found is not None and names(found) not in legal:
        return ["feasible"]
    if not legal:
        return [] if problem.smallest_conflict() == brute.smallest_conflict() else ["conflict"]
    problem.witness_of_all = found
    wrong += ["book"] * any(names(paper) not in legal for paper in problem.book())
    able = [any(not paper & brute.barred(avoid[cut:]) for paper in legal) for cut in range(len(avoid) + 1)]
    count, witness = problem.returned(avoid)
    if count != able.index(True) or names(witness) not in legal or names(witness) & brute.barred(avoid[count:]):
        wrong.append("returned")
    return wrong


# Composition

def rounding(dice):
    """Lines, columns of the same sum, and pools."""
    lines = [dice.between(1, 6) for _ in range(dice.between(1, 3))]
    weights = [dice.pick([0, 1, 1, 2, 3, 5, 50]) for _ in range(dice.between(1, 4))]
    columns = share(sum(lines), weights if any(weights) else [1] * len(weights))
    return lines, columns, [[dice.between(0, 8) for _ in columns] for _ in lines], dice.pick([1, 1, 2])


def rounding_faults(lines, columns, pools, multiple):
    total, made = sum(lines), Rounding(lines, columns, pools, multiple).quotas()
    cells = list(product(range(len(lines)), range(len(columns))))
    base = {(r, b): lines[r] * columns[b] // total for r, b in cells}
    able = [cell for cell in cells if lines[cell[0]] * columns[cell[1]] % total]
    served = [cell for cell in able if pools[cell[0]][cell[1]] >= multiple * (base[cell] + 1)]
    extras = [cell for cell in cells if made[cell[0]][cell[1]] != base[cell]]
    if [sum(line) for line in made] != lines or [sum(column) for column in zip(*made)] != columns:
        yield "sums"
    if any(made[r][b] not in (base[r, b], base[r, b] + ((r, b) in able)) for r, b in cells):
        yield "not the exact share rounded"
    if not set(extras) <= set(served) and roundable(lines, columns, base, served):
        yield "a cell that cannot be filled"


def roundable(lines, columns, base, able):
    """Whether extras in these cells alone give each line and column its sum."""
    rows = [line - sum(base[r, b] for b in range(len(columns))) for r, line in enumerate(lines)]
    of_line = [[b for b in range(len(columns)) if (r, b) in able] for r in range(len(lines))]
    for chosen in product(*(combinations(of_line[r], rows[r]) for r in range(len(lines)))):
        has = Counter(b for part in chosen for b in part)
        if all(has[b] + sum(base[r, b] for r in range(len(lines))) == column for b, column in enumerate(columns)):
            return True
    return False


def dice_of(*name):
    return Dice("brute force", *name)
