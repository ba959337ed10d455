"""Faults of the seating and of indexes, pools that are too small, and papers that cannot be filled."""

from draw_units import cells_of, units_of

from .fault import add, an_index, another_bank, fault, paper

# Seating

def of_seating(detail, name, *papers):
    def put(given, _):
        given["seating"]["papers"] = [dict(each) for each in papers]
    add(name, "seating", detail, put)


@fault("seating", "version")
def version(given, dice):
    given["seating"]["v"] = dice.pick([0, 2])


A, B, C = paper("a", "seat"), paper("b", "seat"), paper("c", "seat")
of_seating("no paper", "no-paper")
of_seating("a paper twice", "paper-twice", A, B, A)
of_seating("a paper twice", "paper-twice-elsewhere", A, paper("a", "reserve", None, None))
of_seating("no session or room", "seat-without-session", A, B | {"session": None})
of_seating("no session or room", "seat-without-room", A | {"room": None}, B)
of_seating("no session or room", "seat-without-both", A, paper("b", "seat", None, None))
of_seating("no session or room", "spare-without-session", A, paper("b", "spare", None))
of_seating("no session or room", "spare-without-both", A, paper("b", "spare", None, None))
of_seating("reserve with session or room", "reserve-with-session", A, paper("b", "reserve", 1, None))
of_seating("reserve with session or room", "reserve-with-room", A, paper("b", "reserve", None))
of_seating("reserve with session or room", "reserve-with-both", A, paper("b", "reserve"))
of_seating("reserve before others", "reserve-first", paper("a", "reserve", None, None), B)
of_seating("reserve before others", "reserve-between", A, paper("b", "reserve", None, None), C)
of_seating("sessions by number", "sessions", A | {"session": 2}, B | {"session": 1, "room": "q"})
of_seating("a room in two places", "room-again", A, B | {"room": "q"}, C)
of_seating("a room in two places", "room-again-for-spares", A, B | {"room": "q"}, paper("c", "spare"))
of_seating("a spare before a seat", "spare-before-seat", paper("a", "spare"), B)
of_seating("a spare before a seat", "spare-between", A, paper("b", "spare"), C)
of_seating("sessions by number", "session-again", A, B | {"session": 2}, C)
of_seating("sessions by number", "session-10-before-9", A | {"session": 10}, B | {"session": 9})
of_seating("a room in two places", "room-again-among-three", A, B | {"room": "q"}, C | {"room": "s"}, paper("d", "seat"))
of_seating("no session or room", "reserve-without-its-use", paper("a", "spare", None, None))
of_seating("a paper twice", "paper-twice-in-two-sessions", A, A | {"session": 2})


# Indexes


@fault("index", "version")
def index_version(given, dice):
    an_index(given, dice, 0)["v"] = dice.pick([0, 2])


@fault("index", "items not sorted")
def items_not_sorted(given, dice):
    items = an_index(given, dice, 2)["items"]
    place = dice.below(len(items) - 1)
    items[place], items[place + 1] = items[place + 1], items[place]


@fault("index", "items not sorted", "items-sorted-by-words", "items-sorted-by-numbers")
def items_sorted_otherwise(given, dice, name):
    """In the order of dictionaries `a-b` comes after `aa`, and in that of numbers `9` before `10`."""
    index = an_index(given, dice)
    old = index["items"][0] | {"enemies": [], "group": None}
    ids = ["zzzaa", "zzza-b"] if name == "items-sorted-by-words" else ["zzz9", "zzz10"]
    index["items"] += [old | {"id": each} for each in ids]


@fault("index", "an item twice", "item-twice", "item-in-two-banks")
def item_twice(given, dice, name):
    index = an_index(given, dice)
    place = dice.below(len(index["items"]))
    if name == "item-twice":
        index["items"].insert(place, dict(index["items"][place]))
    else:
        another_bank(given)["items"].append(dict(index["items"][place]))


def grouped(given, dice, index=None):
    """A group of two that no row wants, at the end of a bank; its id is `zz-group`."""
    index = index or an_index(given, dice)
    old = dict(index["items"][0])
    for place in range(2):
        index["items"].append(old | {"id": f"zzz-{place}", "group": {"id": "zz-group", "place": place}, "enemies": []})
    return index["items"]


@fault("index", "a group in two banks", "group-in-two-banks", "group-in-banks-of-two-kinds")
def group_in_two_banks(given, dice, name):
    index = an_index(given, dice)
    moved = grouped(given, dice, index).pop()
    other = {"national": "extended", "extended": "national"}[index["kind"]]
    another_bank(given, other if name == "group-in-banks-of-two-kinds" else index["kind"])["items"].append(moved)


@fault("index", "a group named like an item",
       "group-like-an-item", "group-like-its-item", "group-like-an-item-of-a-group")
def group_like_an_item(given, dice, name):
    items = grouped(given, dice)
    if name == "group-like-an-item":
        same = items[0]["id"]
    elif name == "group-like-its-item":
        same = "zzz-1"
    else:
        same = "zzzz"
        items.append(items[-1] | {"id": "zzzz", "group": {"id": "zz-other", "place": 0}})
    for item in items:
        if item["group"] and item["group"]["id"] == "zz-group":
            item["group"]["id"] = same


@fault("index", "fewer than two options", "one-option", "no-option")
def few_options(given, dice, name):
    item = dice.pick(an_index(given, dice)["items"])
    item["options"] = item["options"][: int(name == "one-option")]


@fault("index", "an option twice")
def option_twice(given, dice):
    item = dice.pick(an_index(given, dice)["items"])
    item["options"].append(dice.pick(item["options"]) | {"pinned": True})


@fault("index", "a group of two functions")
def group_of_two_functions(given, dice):
    item = grouped(given, dice)[-1]
    item["function"] = "emergency" if item["function"] != "emergency" else "ethics"


@fault("index", "a group of two types")
def group_of_two_types(given, dice):
    item = grouped(given, dice)[-1]
    item["type"] = "true_false" if item["type"] != "true_false" else "single_choice"


@fault("index", "a group of two ranges", "group-of-two-ranges", "group-of-two-ranges-of-which-one-is-empty",
       "group-of-two-ranges-of-which-one-begins-the-other")
def group_of_two_ranges(given, dice, name):
    one, two = grouped(given, dice)[-2:]
    one["point"], two["point"] = {"ranges": ("A-A-1", "A-B-1"), "empty": ("A-1", "1"), "other": ("A-1", "A-A-1")}[
        name.rsplit("-", 1)[1]]


@fault("index", "places of a group", "group-with-one-place-twice", "group-with-one-place-twice-apart")
def group_with_one_place_twice(given, dice, name):
    items = grouped(given, dice)
    items[-1]["group"]["place"] = 0
    if name.endswith("apart"):
        items[-1]["group"]["place"] = 1
        items.append(items[-2] | {"id": "zzz-2", "group": {"id": "zz-group", "place": 0}})


# Pools and papers that nobody can fill

def fill(given):
    """The first cell of the blueprint and the units in its pool."""
    units = list(units_of(given["indexes"]))
    cell = next(cell for cell in cells_of(given["blueprint"], units) if cell.quota)
    return cell, cell.pool


def without(given, units):
    gone = {item["id"] for unit in units for item in unit.items}
    for index in given["indexes"]:
        index["items"] = [item for item in index["items"] if item["id"] not in gone]


@fault("pool", None, "one-unit-too-few", "no-unit", "one-unit-too-few-for-the-multiple")
def units(given, dice, name):
    if name.endswith("multiple"):
        given["blueprint"]["minimum_multiple"] = 2
    cell, pool = fill(given)
    keep = 0 if name == "no-unit" else cell.quota * given["blueprint"]["minimum_multiple"] - 1
    without(given, dice.shuffled(pool)[keep:])


@fault("pool", None)
def multiple_of_100(given, _):
    given["blueprint"]["minimum_multiple"] = 100


@fault("pool", None)
def no_extended_bank(given, _):
    row = given["blueprint"]["rows"][0]
    row["extended"], given["blueprint"]["extended_cap"] = row["count"], 100
    for bank in given["basis"]["banks"]:
        bank["kind"] = "national"
    for index in given["indexes"]:
        index["kind"] = "national"


@fault("pool", None)
def units_in_no_band(given, _):
    bands = given["blueprint"]["bands"] = [{"name": "all", "difficulties": [1, 2, 3, 4, 5], "share": 100}]
    bands[0]["difficulties"].remove(max(item["difficulty"] for item in fill(given)[1][0].items))
    hardest = set(range(1, 6)) - set(bands[0]["difficulties"])
    for unit in fill(given)[1]:
        unit.items[0]["difficulty"] = max(hardest)


def items_of(given):
    return [item for index in given["indexes"] for item in index["items"]]


@fault("infeasible", None)
def one_point(given, _):
    for item in items_of(given):
        item["point"] = "A-A-A-001"


@fault("infeasible", None)
def one_point_of_one_part(given, _):
    for item in items_of(given):
        item["point"] = "A"


@fault("infeasible", None)
def all_enemies(given, _):
    items = items_of(given)
    for number, item in enumerate(items):
        item["enemies"] = [other["id"] for other in items[:number]]


@fault("infeasible", None)
def range_without_units(given, dice):
    """Nearly the whole weight of a function lies on a range that no bank has."""
    function = given["blueprint"]["functions"][0]["function"]
    kind = next(cell.kind for cell in cells_of(given["blueprint"], units_of(given["indexes"]))
                if cell.quota and cell.function == function)
    given["blueprint"]["ranges"] = [{"function": function, "kind": kind, "range": "NONE", "weight": 10_000}]


@fault("infeasible", None, "more-of-an-importance-than-there-are", "less-of-an-importance-than-there-are",
       "no-importance-at-all")
def importance(given, dice, name):
    for item in items_of(given):
        item["importance"] = "Z"
    bound = {"more": ("X", 1, 1), "less": ("Z", 0, 1), "no": ("Z", 0, 0)}[name.split("-")[0]]
    given["blueprint"]["importance"] = [dict(zip(("importance", "least", "most"), bound))]
