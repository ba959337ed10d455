"""Judges a drawn output by the rules of src/engine/draw/SPEC.md, from the documents alone.

It shares no code with the drawing: whatever draws, `faults(given, papers, …)` must find nothing."""

from collections import Counter, defaultdict
from fractions import Fraction
from math import ceil, floor


class Bank:
    """Items and units of an input; a unit is named by its item or group."""

    def __init__(self, given):
        self.items, self.kind, self.members = {}, {}, defaultdict(list)
        for index in given["indexes"]:
            for item in index["items"]:
                unit = item["group"]["id"] if item["group"] else item["id"]
                self.items[item["id"]] = item
                self.kind[unit] = index["kind"]
                self.members[unit].append(item)
        self.unit = {item["id"]: unit for unit, items in self.members.items() for item in items}
        self.blueprint = given["blueprint"]
        self.rows = {(row["function"], row["type"], row["group_size"]): row for row in self.blueprint["rows"]}

    def cell(self, unit):
        """Function, type, group size, kind and band of a unit; None when no row or band wants it."""
        items = self.members[unit]
        hardest = max(item["difficulty"] for item in items)
        bands = [band["name"] for band in self.blueprint["bands"] if hardest in band["difficulties"]]
        row = items[0]["function"], items[0]["type"], len(items)
        return (*row, self.kind[unit], bands[0]) if bands and row in self.rows else None

    def range(self, unit):
        return "-".join(self.members[unit][0]["point"].split("-")[:-1])

    def clash(self, one, other):
        """Whether two units must not meet."""
        ids = [{item["id"] for item in self.members[unit]} for unit in (one, other)]
        enemies = [{enemy for item in self.members[unit] for enemy in item["enemies"]} for unit in (one, other)]
        points = [{item["point"] for item in self.members[unit]} for unit in (one, other)]
        return bool(points[0] & points[1] or ids[0] & enemies[1] or ids[1] & enemies[0])

    def barred(self, avoid):
        """The items that a person who saw `avoid` must not get."""
        barred = set(avoid) & set(self.items)
        for seen in avoid:
            barred |= {name for name, item in self.items.items() if seen in item["enemies"]}
            barred |= set(self.items[seen]["enemies"]) & set(self.items) if seen in self.items else set()
        return barred

    def playing(self, composition):
        """The units that can stand in a paper with such numbers of cells."""
        return [unit for unit in self.members if composition.get(self.cell(unit))]

    def range_bounds(self, composition):
        """The least and most items of each function, kind and range."""
        points, sizes = defaultdict(lambda: defaultdict(set)), Counter()
        for unit in self.playing(composition):
            for item in self.members[unit]:
                points[item["function"], self.kind[unit]][self.range(unit)].add(item["point"])
        for (function, _, size, kind, _), units in composition.items():
            sizes[function, kind] += size * units
        listed = defaultdict(dict)
        for each in self.blueprint["ranges"]:
            listed[each["function"], each["kind"]][each["range"]] = each["weight"]
        bounds = {}
        for area in {*points, *listed}:
            weights = listed[area] if area in listed else {name: len(of) for name, of in points[area].items()}
            for name in {*weights, *points[area]}:
                exact = Fraction(sizes[area] * weights.get(name, 0), sum(weights.values()))
                bounds[*area, name] = floor(exact), ceil(exact)
        return bounds


def composition_of(bank, units):
    return Counter(bank.cell(unit) for unit in units)


def rule_faults(bank, composition, units):
    """What is wrong with the units of one paper, whoever sits it."""
    if composition_of(bank, units) != composition:
        yield "cells"
    bounds = bank.range_bounds(composition)
    has = Counter()
    for unit in units:
        has[bank.members[unit][0]["function"], bank.kind[unit], bank.range(unit)] += len(bank.members[unit])
    for name in {*bounds, *has}:
        least, most = bounds.get(name, (0, 0))
        if not least <= has[name] <= most:
            yield f"range {name}"
    letters = Counter(item["importance"] for unit in units for item in bank.members[unit])
    for each in bank.blueprint["importance"]:
        if not each["least"] <= letters[each["importance"]] <= each["most"]:
            yield f"importance {each['importance']}"
    for place, one in enumerate(units):
        for other in units[place + 1:]:
            if one == other or bank.clash(one, other):
                yield f"{one} and {other}"


def line_faults(bank, composition):
    """Whether each row has its national and extended units, and bands their shares where all items are single."""
    for (function, kind, size), row in bank.rows.items():
        for whose, items in (("national", row["count"] - row["extended"]), ("extended", row["extended"])):
            units = sum(count for cell, count in composition.items() if cell[:4] == (function, kind, size, whose))
            if units * size != items:
                yield f"line {function}/{kind}/{size}/{whose}"
    if all(row["group_size"] == 1 for row in bank.rows.values()):
        total = sum(each["count"] for each in bank.blueprint["types"])
        for band in bank.blueprint["bands"]:
            exact = Fraction(total * band["share"], 100)
            if not floor(exact) <= sum(n for cell, n in composition.items() if cell[4] == band["name"]) <= ceil(exact):
                yield f"band {band['name']}"
    for cell, count in composition.items():
        if sum(bank.cell(unit) == cell for unit in bank.members) < count * bank.blueprint["minimum_multiple"]:
            yield f"pool {cell}"


def order_faults(bank, paper):
    """Order of types, groups and options."""
    shown = [bank.items[each["item"]] for each in paper["items"]]
    types = [each["type"] for each in bank.blueprint["types"]]
    places = [types.index(item["type"]) for item in shown]
    if places != sorted(places):
        yield "order of types"
    for start, item in enumerate(shown):
        members = sorted(bank.members[bank.unit[item["id"]]], key=lambda each: each["group"] and each["group"]["place"])
        if item is members[0] and shown[start: start + len(members)] != members:
            yield f"group {bank.unit[item['id']]}"
    for each in paper["items"]:
        authored = bank.items[each["item"]]["options"]
        pinned = [option["id"] for option in authored if option["pinned"]]
        free = {option["id"] for option in authored if not option["pinned"]}
        cut = len(each["options"]) - len(pinned)
        if each["options"][cut:] != pinned or set(each["options"][:cut]) != free or cut != len(free):
            yield f"options of {each['item']}"


def exposure_faults(bank, session, composition, forced):
    """Whether the units of each stratum were dealt alike, in strata that no forced card touched."""
    dealt = Counter(unit for units in session for unit in units)
    strata = defaultdict(list)
    for unit in bank.playing(composition):
        strata[bank.cell(unit), bank.range(unit)].append(unit)
    touched = {(bank.cell(unit), bank.range(unit)) for card in forced for unit in (card["unit"], card["instead"])}
    for name, units in strata.items():
        exact = Fraction(sum(dealt[unit] for unit in units), len(units))
        if name not in touched and any(not floor(exact) <= dealt[unit] <= ceil(exact) for unit in units):
            yield f"exposure {name}"


def forced_faults(bank, forced, units_of, searched):
    for card in forced:
        cells = {"/".join(map(str, bank.cell(card[name]))) for name in ("unit", "instead")}
        if cells != {card["cell"]} or card["unit"] not in units_of[card["paper"]]:
            yield f"forced {card}"
        if card["paper"] not in searched:
            yield f"forced without a search {card}"


def faults(given, papers, forced, returned, searched):
    """Everything that is wrong with a draw's output."""
    bank, seats = Bank(given), given["seating"]["papers"]
    wrong = [] if [paper["paper"] for paper in papers] == [seat["paper"] for seat in seats] else ["papers"]
    units_of = {paper["paper"]: list(dict.fromkeys(bank.unit[each["item"]] for each in paper["items"]))
                for paper in papers}
    composition = composition_of(bank, units_of[papers[0]["paper"]])
    wrong += line_faults(bank, composition)
    sessions = defaultdict(list)
    for seat, paper in zip(seats, papers):
        name, units = paper["paper"], units_of[paper["paper"]]
        sessions[seat["session"]].append(units)
        again = returned.get(name, [])
        found = [*rule_faults(bank, composition, units), *order_faults(bank, paper)]
        if len({each["item"] for each in paper["items"]}) != len(paper["items"]):
            found.append("an item twice")
        if seat["avoid"][: len(again)] != again or name in returned and not again:
            found.append("returned")
        if bank.barred(seat["avoid"][len(again):]) & {each["item"] for each in paper["items"]}:
            found.append("an item to avoid")
        wrong += [f"{name}: {each}" for each in found]
    for name, session in sessions.items():
        of_session = {seat["paper"] for seat in seats if seat["session"] == name}
        cards = [card for card in forced if card["paper"] in of_session]
        wrong += exposure_faults(bank, session, composition, cards)
    return wrong + list(forced_faults(bank, forced, units_of, searched))
