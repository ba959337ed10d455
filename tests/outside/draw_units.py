"""Units, cells and their quotas (src/engine/draw/SPEC.md, sections 3 and 4)."""

from dataclasses import dataclass, field

from draw_form import Refused
from draw_input import range_of

KINDS = ("national", "extended")


@dataclass
class Unit:
    id: str
    kind: str
    items: list  # in the order of their places
    number: int = -1

    def __post_init__(self):
        first = self.items[0]
        self.function, self.type, self.range = first["function"], first["type"], range_of(first)
        self.size = len(self.items)
        self.difficulty = max(item["difficulty"] for item in self.items)
        self.points = {item["point"] for item in self.items}


def units_of(indexes):
    singles, groups = [], {}
    for index in indexes:
        for item in index["items"]:
            if item["group"] is None:
                singles.append(Unit(item["id"], index["kind"], [item]))
            else:
                groups.setdefault((item["group"]["id"], index["kind"]), []).append(item)
    grouped = [Unit(name, kind, sorted(items, key=lambda item: item["group"]["place"]))
               for (name, kind), items in groups.items()]
    return sorted(singles + grouped, key=lambda unit: unit.id)


@dataclass
class Cell:
    function: str
    type: str
    size: int
    kind: str
    band: str
    quota: int
    pool: list = field(default_factory=list)  # units, sorted by id

    @property
    def parts(self):
        return self.function, self.type, self.size, self.kind, self.band

    @property
    def label(self):
        return "/".join(map(str, self.parts))


def share(total, weights):
    parts = [total * weight // sum(weights) for weight in weights]
    rests = [total * weight % sum(weights) for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda b: (-rests[b], b))
    for b in by_rest[: total - sum(parts)]:
        parts[b] += 1
    return parts


class Rounding:
    """The rounding of lines to columns; `pools` holds the number of units of each line and band."""

    def __init__(self, lines, columns, pools, multiple):
        total = sum(lines)
        bands = range(len(columns))
        self.entries = [[line * column // total for column in columns] for line in lines]
        self.rests = [[line * column % total for column in columns] for line in lines]
        self.extras = [[0] * len(columns) for _ in lines]
        self.need = [columns[b] - sum(entries[b] for entries in self.entries) for b in bands]
        self.served = [[pools[r][b] >= multiple * (self.entries[r][b] + 1) for b in bands] for r in range(len(lines))]
        for r, line in enumerate(lines):
            for _ in range(line - sum(self.entries[r])):
                if not self.give(r, set(), everywhere=False):
                    self.give(r, set(), everywhere=True)

    def give(self, r, tried, everywhere):
        for b in sorted(range(len(self.need)), key=lambda b: (-self.rests[r][b], b)):
            if b in tried or self.rests[r][b] == 0 or self.extras[r][b] or not (everywhere or self.served[r][b]):
                continue
            tried.add(b)
            if self.need[b] > 0:
                self.need[b] -= 1
                self.extras[r][b] = 1
                return True
            for other in range(len(self.extras)):
                if self.extras[other][b] and self.give(other, tried, everywhere):
                    self.extras[other][b], self.extras[r][b] = 0, 1
                    return True
        return False

    def quotas(self):
        return [[a + b for a, b in zip(*rows)] for rows in zip(self.entries, self.extras)]


def lines_of(rows):
    """Each line: its row, its kind of bank and how many units it has."""
    for row in rows:
        items = row["count"] - row["extended"], row["extended"]
        yield from ((row, kind, count // row["group_size"]) for kind, count in zip(KINDS, items) if count)


def cells_of(blueprint, units):
    """All cells in cell order with quota and pool, those with quota 0 too where a row has a line of the kind."""
    pools = {}
    for unit in units:
        for band in blueprint["bands"]:
            if unit.difficulty in band["difficulties"]:
                pools.setdefault((unit.function, unit.type, unit.size, unit.kind, band["name"]), []).append(unit)
    names = [band["name"] for band in blueprint["bands"]]
    shares = [band["share"] for band in blueprint["bands"]]
    lines = list(lines_of(blueprint["rows"]))
    multiple = blueprint["minimum_multiple"]
    keys = [[(row["function"], row["type"], row["group_size"], kind, name) for name in names] for row, kind, _ in lines]
    counts = [[len(pools.get(key, [])) for key in of_line] for of_line in keys]
    rest = share(sum(each["count"] for each in blueprint["types"]), shares)
    quotas = {}
    for size in sorted({row["group_size"] for row, _, _ in lines}, reverse=True):
        mine = [r for r, (row, _, _) in enumerate(lines) if row["group_size"] == size]
        weights = [0 if size > 1 and not any(counts[r][b] >= multiple for r in mine) else rest[b]
                   for b in range(len(names))]
        totals = [lines[r][2] for r in mine]
        columns = share(sum(totals), weights if any(weights) else shares)
        rounded = Rounding(totals, columns, [counts[r] for r in mine], multiple).quotas()
        quotas.update(zip(mine, rounded))
        rest = [max(0, left - column * size) for left, column in zip(rest, columns)]
    return [Cell(*key, quota=quotas[r][b], pool=pools.get(key, []))
            for r, of_line in enumerate(keys) for b, key in enumerate(of_line)]


def filled(cells, multiple):
    """The cells that a paper has; refuses when one has too few units."""
    cells = [cell for cell in cells if cell.quota]
    for cell in cells:
        if len(cell.pool) < cell.quota * multiple:
            raise Refused("pool", cell.label)
    return cells
