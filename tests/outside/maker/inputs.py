"""Small legal inputs of a draw, from dice and a shape. Nothing is dealt here."""

from dataclasses import dataclass

from draw_bytes import ALG, commitment, digest, sha256
from draw_units import cells_of

FUNCTIONS = ["ethics", "foundations", "daily_care", "basic_nursing", "function_maintenance"]
TYPES = ["single_choice", "multiple_choice", "true_false"]
# Names and difficulties of bands, with shares that split evenly, with a rest, and with equal rests.
SHARES = ((100,), (50, 50), (60, 40), (30, 70), (40, 40, 20), (33, 34, 33), (25, 50, 25), (10, 80, 10), (20, 20, 60))
RESTS = ((50, 50), (34, 33, 33), (33, 33, 34), (25, 25, 50), (25, 25, 25, 25), (45, 10, 45), (35, 30, 35), (1, 98, 1))


@dataclass(frozen=True)
class Shape:
    """What makes one theme's inputs differ from another's. Percents are chances."""

    items: tuple = (4, 8)  # of a paper
    papers: tuple = (1, 6)
    spare: tuple = (0, 3)  # units of a pool beyond what it must have
    multiples: tuple = (1, 1, 2)  # minimum multiples to pick from
    points: tuple = (40, 80)  # points beyond those of one paper; few make conflicts
    ranges: tuple = (1, 3)  # of each function
    listed: int = 0  # ranges that the blueprint lists
    importance: int = 0  # letters that the blueprint bounds
    room: tuple = (0, 2)  # of these bounds, on both sides of what is expected
    enemies: int = 10  # items that have an enemy or two
    enmity: int = 0  # pairs of items that are enemies
    avoids: int = 0
    seen: tuple = (1, 3)  # items that a paper avoids, when it does
    groups: int = 0
    extended: int = 0
    banks: tuple = (1, 1)  # national ones
    shares: tuple = SHARES
    places: tuple = (1, 1)  # sessions; each has as many rooms at most
    extras: int = 20  # spares and reserve
    entropy: int = 0
    attempts: int = 0
    formal: int = 0
    custodians: tuple = (1, 2)
    options: tuple = (2, 3)
    strays: int = 15  # items that belong to no cell


def legal(dice, shape):
    """The members of a vector's `input`. It may still be refused as `infeasible`."""
    blueprint = blueprint_of(dice, shape)
    indexes = indexes_of(dice, shape, blueprint)
    profile = "formal" if dice.chance(shape.formal) else "sample"
    named = profile == "formal" or dice.chance(shape.entropy)
    custodians = dice.some(["alpha", "beta", "gamma", "delta"], dice.between(*shape.custodians))
    if profile == "formal" and len(custodians) < 2:
        custodians = ["alpha", "beta"]
    attempt = dice.between(2, 12) if dice.chance(shape.attempts) else 1
    batch = f"b-{dice.word()}"
    basis = {
        "v": 1, "algorithm": ALG, "profile": profile, "batch": batch, "attempt": attempt,
        "replaces": {"manifest": dice.hex(), "void": dice.hex()} if attempt > 1 else None, "level": blueprint["level"],
        "banks": [{"bank": index["bank"], "kind": index["kind"], "index": "", "answer_keys": "",
                   "approval": approval(dice, index["kind"]) if profile == "formal" else None} for index in indexes],
        "blueprint": "", "seating": "", "plan": dice.hex(), "roster": dice.hex(),
        "practical": dice.pick([None, dice.hex()]),
        "custodians": [{"custodian": name, "outside": dice.chance(50)} for name in custodians],
        "public_entropy": dict(LOTTERY) if named else None,
    }
    given = {"indexes": dice.shuffled(indexes), "blueprint": blueprint, "basis": basis, "manifest": {"v": 1}}
    return seated(given, dice, shape)


LOTTERY = {"source": "中国福利彩票快乐8 第2026135期", "rule": "lottery-rfc3797", "not_before_ms": 1_790_000_000_000}


def drawn_numbers(numbers):
    """The bytes of a lottery's outcome, in hexadecimal (src/engine/draw/ENTROPY.md)."""
    return ("".join(f"{number}." for number in sorted(numbers)) + "/").encode().hex()


def seated(given, dice, shape):
    """The same banks and blueprint with a seating, secrets and entropy of its own."""
    ids = [item["id"] for index in given["indexes"] for item in index["items"]]
    given["seating"] = {"batch": given["basis"]["batch"], "v": 1, "papers": papers_of(dice, shape, ids)}
    given["secrets"] = [{"custodian": each["custodian"], "secret": dice.hex()}
                        for each in dice.shuffled(given["basis"]["custodians"])]
    named = given["basis"]["public_entropy"]
    given["public_entropy"] = drawn_numbers(dice.some(range(1, 81), 20)) if named else None
    return sealed(given)


def sealed(given):
    """Lets the basis name the documents as they are, and the manifest the basis and the secrets that stand there."""
    basis = given["basis"]
    indexes = {index["bank"]: index for index in given["indexes"]}
    for bank in basis["banks"]:
        index = indexes[bank["bank"]]
        bank["index"] = digest(index).hex()
        bank["answer_keys"] = sha256("kaoping/answer-keys/1", index["bank"],
                                     *(bytes.fromhex(item["key"]) for item in index["items"])).hex()
    basis["blueprint"], basis["seating"] = digest(given["blueprint"]).hex(), digest(given["seating"]).hex()
    return committed(given)


def committed(given):
    """Lets the manifest name the basis and the secrets that stand there."""
    basis, secrets = digest(given["basis"]), {each["custodian"]: each["secret"] for each in given["secrets"]}
    given["manifest"] = {"v": given["manifest"]["v"], "basis": basis.hex(), "commitments": [
        {"custodian": name, "commitment": commitment(basis, name, bytes.fromhex(secrets[name])).hex()}
        for name in (each["custodian"] for each in given["basis"]["custodians"])]}
    return given


def approval(dice, kind):
    filings = [{"authority": "国家医保局", "number": f"2026-{dice.below(900) + 100}"},
               {"authority": "人社部", "number": f"2026-{dice.below(900) + 100}"}]
    if kind == "extended":
        return {"province": "33", "filings": filings, "expires_at_ms": 1_900_000_000_000}
    return {"province": None, "filings": filings[: dice.between(0, 2)], "expires_at_ms": None}


# Blueprint

def schemes(least, most):
    """Types as (half-marks, count) that make 200 half-marks with so many items."""
    one = [((200 // count, count),) for count in range(least, most + 1) if 200 % count == 0]
    two = [((half, count), ((200 - half * count) // other, other))
           for half in (10, 15, 20, 25, 30, 40, 50, 60)
           for count in range(1, most) for other in range(max(1, least - count), most - count + 1)
           if 200 > half * count and (200 - half * count) % other == 0]
    return one * 3 + two


def blueprint_of(dice, shape):
    while True:
        scheme = dice.pick(schemes(*shape.items))
        functions = dice.some(FUNCTIONS, dice.between(1, min(3, sum(count for _, count in scheme))))
        types = [{"type": name, "count": count, "half_marks": half}
                 for name, (half, count) in zip(dice.some(TYPES, len(scheme)), scheme)]
        counts = {}  # of each function and type
        for kind in types:
            for _ in range(kind["count"]):
                key = dice.pick(functions), kind["type"]
                counts[key] = counts.get(key, 0) + 1
        worth = {kind["type"]: kind["half_marks"] for kind in types}
        marks = {name: sum(n * worth[t] for (f, t), n in counts.items() if f == name) for name in functions}
        if all(value and value % 2 == 0 for value in marks.values()):
            break
    rows = [row for (function, kind), count in sorted(counts.items())
            for row in rows_of(dice, shape, function, kind, count)]
    extended = sum(row["extended"] * worth[row["type"]] for row in rows)
    least = -(-extended // 2)
    shares = dice.pick(shape.shares)
    count = sum(kind["count"] for kind in types)
    return {
        "ranges": [], "importance": bounds_of(dice, shape, count),
        "id": "made", "v": 1, "level": dice.between(3, 5), "title": "生成的方案", "standard": "样例", "types": types,
        "functions": [{"function": name, "weight": marks[name] // 2} for name in functions],
        "rows": dice.shuffled(rows), "bands": bands_of(dice, shares),
        "minimum_multiple": dice.pick(shape.multiples), "extended_cap": dice.pick([least, max(least, 20), 100]),
        "minutes": 60, "pass_half_marks": 120, "scoring": "exact-1",
    }


def bounds_of(dice, shape, count):
    bounds = []
    for letter, percent in dice.shuffled((("X", 60), ("Y", 20), ("Z", 20))):
        if dice.chance(shape.importance):
            expected = count * percent // 100
            least = max(0, expected - dice.between(*shape.room))
            bounds.append({"importance": letter, "least": least, "most": expected + dice.between(*shape.room)})
    return bounds


def rows_of(dice, shape, function, kind, count):
    row = {"function": function, "type": kind, "count": count, "extended": 0, "group_size": 1}
    rows = [row]
    if count >= 2 and dice.chance(shape.groups):
        size = dice.between(2, min(3, count))
        grouped = size * dice.between(1, count // size)
        row["count"] -= grouped
        rows.append(row | {"count": grouped, "group_size": size})
    rows = [row for row in rows if row["count"]]
    for row in rows:
        if dice.chance(shape.extended):
            row["extended"] = row["group_size"] * dice.between(1, row["count"] // row["group_size"])
    return rows


def bands_of(dice, shares):
    difficulties = [1, 2, 3, 4, 5][: dice.between(max(len(shares), 4), 5)]  # sometimes 5 is in no band
    cuts = sorted(dice.some(range(1, len(difficulties)), len(shares) - 1))
    parts = [difficulties[a:b] for a, b in zip([0, *cuts], [*cuts, len(difficulties)])]
    names = dice.some(["easy", "middle", "hard", "a", "b-2", "z.9"], len(shares))
    return [{"name": name, "difficulties": dice.shuffled(part), "share": share}
            for name, part, share in zip(names, parts, shares)]


# Banks

def indexes_of(dice, shape, blueprint):
    national = [f"n-{name}" for name in dice.some("abcd", dice.between(*shape.banks))]
    extended = [f"x-{name}" for name in dice.some("abcd", dice.between(1, 2))] if shape.extended else []
    banks = {name: ("national", []) for name in national} | {name: ("extended", []) for name in extended}
    cells = list(cells_of(blueprint, []))
    of_paper = sum(cell.size * cell.quota for cell in cells)
    ranges = {each["function"]: ranges_of(dice, shape) for each in blueprint["functions"]}
    listed(dice, shape, blueprint, ranges)
    spare = dice.between(*shape.points) * of_paper // 100
    points = [f"{number:03}" for number in range(1, 1 + max(2, of_paper + spare))]
    fresh = names(dice)
    for cell in cells:
        function, kind, size, whose, band = cell.parts
        allowed = next(b["difficulties"] for b in blueprint["bands"] if b["name"] == band)
        for _ in range(cell.quota * blueprint["minimum_multiple"] + dice.between(*shape.spare)):
            into = banks[dice.pick(national if whose == "national" else extended)][1]
            into += unit_of(dice, shape, fresh, function, kind, size, allowed, points, dice.pick(ranges[function]))
    if dice.chance(shape.strays):
        kind = blueprint["types"][0]["type"]
        banks[national[0]][1].extend(unit_of(
            dice, shape, fresh, "emergency", kind, dice.between(1, 2), [1], points, "A"))
    items = [item for _, part in banks.values() for item in part]
    for item in items:
        if dice.chance(shape.enemies):
            others = dice.some([other["id"] for other in items if other is not item], dice.between(1, 2))
            item["enemies"] = sorted(others + (["elsewhere"] if dice.chance(20) else []))
    for number, item in enumerate(items):
        item["enemies"] += [other["id"] for other in items[:number] if dice.chance(shape.enmity)]
    return [{"bank": bank, "kind": kind, "level": blueprint["level"], "label": "样题，非国家题库", "v": 1,
             "items": sorted(part, key=lambda item: item["id"])} for bank, (kind, part) in banks.items()]


def ranges_of(dice, shape):
    """Some of them empty, or with names of which one begins another."""
    return dice.some(["A-A-A", "A-A-B", "A-A", "B", "", "A-A1", "C-0"], dice.between(*shape.ranges))


def listed(dice, shape, blueprint, ranges):
    kinds = ["national", "extended"] if shape.extended else ["national"]
    for function, names_ in ranges.items():
        for kind in kinds:
            if dice.chance(shape.listed):
                some = dice.some([*names_, "Z-9"] if dice.chance(30) else names_, dice.between(1, len(names_)))
                blueprint["ranges"] += [{"function": function, "kind": kind, "range": name,
                                         "weight": dice.pick([1, 1, 2, 3, 7, 10_000])} for name in some]


def names(dice):
    used = set()
    while True:
        name = dice.word() if dice.chance(90) else dice.word("0z9a-._", 3)
        if name not in used:
            used.add(name)
            yield name


def unit_of(dice, shape, fresh, function, kind, size, allowed, points, range_):
    """The items of a unit whose highest difficulty is one of those allowed."""
    hardest = dice.pick(allowed)
    group = next(fresh) if size > 1 or dice.chance(3) else None
    places = dice.some(range(9), size)
    return [{
        "id": next(fresh), "function": function, "type": kind,
        "difficulty": hardest if member == 0 else dice.between(1, hardest),
        "point": "-".join(filter(None, [range_, dice.pick(points)])), "importance": dice.pick("XXXYZ"), "enemies": [],
        "group": {"id": group, "place": places[member]} if group else None, "options": options_of(dice, shape),
        "content": dice.hex(), "key": dice.hex(),
    } for member in range(size)]


def options_of(dice, shape):
    pinned = dice.pick([0, 0, 0, 40, 100])
    return [{"id": letter, "pinned": dice.chance(pinned)}
            for letter in dice.shuffled("abcdefgh"[: dice.between(*shape.options)])]


# Seating

def papers_of(dice, shape, ids):
    count = dice.between(*shape.papers)
    papers = []
    sessions = sorted(dice.some(range(4), dice.between(*shape.places)))
    places = [(session, room) for session in sessions
              for room in dice.some(["r1", "r2", "hall"], dice.between(1, shape.places[1]))]
    for session, room in places:
        share = max(1, count // len(places))
        spares = dice.between(1, 2) if dice.chance(shape.extras) else 0
        papers += [("seat", session, room)] * share + [("spare", session, room)] * spares
    papers += [("reserve", None, None)] * (dice.between(1, 2) if dice.chance(shape.extras) else 0)
    fresh = names(dice)
    return [{"paper": f"p{next(fresh)}", "use": use, "session": session, "room": room,
             "avoid": avoid_of(dice, shape, ids) if use == "seat" else []} for use, session, room in papers]


def avoid_of(dice, shape, ids):
    if not dice.chance(shape.avoids):
        return []
    return dice.some(ids, dice.between(*shape.seen)) + (["long-gone"] if dice.chance(20) else [])
