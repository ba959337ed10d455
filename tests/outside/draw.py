"""Draws the papers of a batch again, as src/engine/draw/SPEC.md says; numbers in comments are its sections.

    python3 draw.py check ../vectors/draw/*.json ../vectors/draw/many/*.jsonl
                                     every vector must give its papers, or its refusal
    python3 draw.py audit draw.json  every paper of a published draw must have its digest

Written from that page alone, with nothing but Python's standard library.
"""

import json
import sys

from draw_bytes import ALG, Stream, digest, keyed
from draw_input import Refused, check_input, units_of

# 2. What goes in

def seed_of(manifest, secrets, entropy):
    parts = [part for c in manifest["custodians"] for part in (c["custodian"], secrets[c["custodian"]])]
    return keyed(digest(manifest), ALG, "seed", *parts, entropy)


# 3. Cells

def split(m, bands):
    """Largest remainders: `m` units over the bands."""
    counts = [m * band["share"] // 100 for band in bands]
    by_remainder = sorted(range(len(bands)), key=lambda b: -(m * bands[b]["share"] % 100))  # stable: earlier band first
    for b in by_remainder[: m - sum(counts)]:
        counts[b] += 1
    return counts


class Cell:
    def __init__(self, row, kind, band, quota, units):
        self.type, self.size, self.quota = row["type"], row["group_size"], quota
        self.label = [row["function"], row["type"], row["group_size"], kind, band["name"]]
        self.pool = sorted(
            (u for u in units
             if (u.function, u.type, u.size, u.kind) == (row["function"], row["type"], row["group_size"], kind)
             and u.difficulty in band["difficulties"]),
            key=lambda u: u.id)

    def name(self):
        return "/".join(map(str, self.label))

    def deal(self, seed, papers):
        self.dealt = papers * self.quota
        self.decks = -(-self.dealt // len(self.pool))
        stream = Stream(keyed(seed, ALG, "deck", *self.label))
        self.cards = [unit for _ in range(self.decks) for unit in stream.shuffled(self.pool)]


def cells_of(blueprint, units):
    for row in blueprint["rows"]:
        for kind, items in (("national", row["count"] - row["extended"]), ("extended", row["extended"])):
            bands = blueprint["bands"]
            for band, quota in zip(bands, split(items // row["group_size"], bands)):
                if quota:
                    yield Cell(row, kind, band, quota, units)


# 4. Dealing

class Dealing:
    def __init__(self, cells, seats):
        self.cells, self.seats, self.forced = cells, seats, []

    def settle_all(self):
        order = sorted(self.cells, key=lambda c: (-c.size, len(c.pool) - c.quota))
        for i in range(len(self.seats)):
            mine, moved = list(order), []
            while stuck := self.settle_paper(i, mine):
                if stuck in moved:
                    raise Refused("stuck", f"{self.seats[i]['paper']}: {stuck.name()}")
                moved.append(stuck)
                mine = [stuck] + [cell for cell in mine if cell is not stuck]

    def settle_paper(self, i, order):
        """Settles paper `i`, or undoes everything and returns the cell that found no unit."""
        before = [cell.cards[:] for cell in self.cells], self.forced[:]
        held = []
        for cell in order:
            for p in range(i * cell.quota, (i + 1) * cell.quota):
                if not self.settle_place(i, cell, p, held):
                    self.forced = before[1]
                    for each, cards in zip(self.cells, before[0]):
                        each.cards = cards
                    return cell
                held.append(cell.cards[p])
        return None

    def settle_place(self, i, cell, p, held):
        cards, x, T = cell.cards, cell.cards[p], cell.dealt
        if self.admissible(x, i, held):
            return True
        may_leave = p // len(cell.pool) == cell.decks - 1 and x not in cards[T:]
        for other in range(p + 1, len(cards) if may_leave else T):
            if self.admissible(cards[other], i, held):
                cards[p], cards[other] = cards[other], x
                return True
        for other in range(i * cell.quota - 1, -1, -1):
            earlier, y = other // cell.quota, cards[other]
            if self.admissible(y, i, held) and self.admissible(x, earlier, self.paper_without(earlier, cell, other)):
                cards[p], cards[other] = y, x
                return True
        fitting = [unit for unit in cell.pool if self.admissible(unit, i, held)]
        if fitting:
            cards[p] = min(fitting, key=cards[:p].count)
            self.forced.append({"paper": self.seats[i]["paper"], "cell": cell.name(), "unit": cards[p].id})
        return bool(fitting)

    def admissible(self, unit, i, held):
        return not unit.ids & self.seats[i]["avoid"] and not any(unit.excludes(other) for other in held)

    def paper_without(self, i, cell, place):
        return [each.cards[p] for each in self.cells for p in range(i * each.quota, (i + 1) * each.quota)
                if each is not cell or p != place]


# 5. Order in the paper

def paper_of(seed, manifest, blueprint, cells, i, paper):
    stream = Stream(keyed(seed, ALG, "paper", paper))
    items = []
    for kind in blueprint["types"]:
        units = [unit for cell in cells if cell.type == kind["type"]
                 for unit in cell.cards[i * cell.quota : (i + 1) * cell.quota]]
        items += [item for unit in stream.shuffled(units) for item in unit.items]
    shown = []
    for item in items:
        loose = stream.shuffled(o["id"] for o in item["options"] if not o["pinned"])
        shown.append({"item": item["id"], "options": loose + [o["id"] for o in item["options"] if o["pinned"]]})
    return {"attempt": manifest["attempt"], "batch": manifest["batch"], "items": shown,
            "manifest": digest(manifest).hex(), "paper": paper, "v": 1}


# 6. Lots

def lot(seed, purpose, subject, values):
    return Stream(keyed(seed, ALG, "lot", purpose, subject)).shuffled(values)


def draw(given):
    """Papers in the seating's order, forced cards and the seed.

    `given` has the members of a vector's `input`; `Refused` is raised when the draw is refused."""
    check_input(given)
    manifest, blueprint = given["manifest"], given["blueprint"]
    secrets = {s["custodian"]: bytes.fromhex(s["secret"]) for s in given["secrets"]}
    seed = seed_of(manifest, secrets, bytes.fromhex(given.get("public_entropy") or ""))
    cells = list(cells_of(blueprint, list(units_of(given["indexes"]))))
    for cell in cells:
        if len(cell.pool) < cell.quota * blueprint["minimum_multiple"]:
            raise Refused("pool", cell.name())
    seats = [{"paper": seat["paper"], "avoid": set(seat["avoid"])} for seat in given["seating"]["papers"]]
    for cell in cells:
        cell.deal(seed, len(seats))
    dealing = Dealing(cells, seats)
    dealing.settle_all()
    papers = [paper_of(seed, manifest, blueprint, cells, i, seat["paper"]) for i, seat in enumerate(seats)]
    return papers, dealing.forced, seed


def check(vector):
    """What a vector asks for and this program does not give, as a list of words."""
    try:
        papers, forced, seed = draw(vector["input"])
    except Refused as refusal:
        expected = (vector["expect"], vector.get("refusal")) == ("refused", refusal.code)
        return [] if expected else [f"refused: {refusal}"]
    if vector["expect"] == "refused":
        return ["not refused"]
    wrong = []
    if papers[: len(vector["papers"])] != vector["papers"] or not vector["papers"]:
        wrong.append("papers")
    if {paper["paper"]: digest(paper).hex() for paper in papers} != vector["digests"]:
        wrong.append("digests")
    if forced != vector["forced"]:
        wrong.append("forced")
    for case in vector.get("lots", []):
        if lot(seed, case["purpose"], case["subject"], case["list"]) != case["drawn"]:
            wrong.append(f"lot {case['purpose']} {case['subject']}")
    return wrong


def audit(bundle):
    """How many papers there are, drawn or published, and how many of them have one digest in both: all, if it holds."""
    papers, _, _ = draw(bundle | {"manifest": bundle["manifest"]["payload"]})
    again = {paper["paper"]: digest(paper).hex() for paper in papers}
    published = {paper["paper"]: paper["digest"] for paper in bundle["papers"]}
    same = sum(again.get(paper) == value for paper, value in published.items())
    return len(published | again), same


def documents(file):
    """The document of a file, or those of its lines."""
    with open(file, encoding="utf-8") as opened:
        return [json.loads(line) for line in opened] if file.endswith(".jsonl") else [json.load(opened)]


def main(command, *files):
    wrong = 0
    for file in files:
        for document in documents(file):
            if command == "audit":
                try:
                    all_papers, same = audit(document)
                except Refused as refusal:
                    sys.exit(f"{file}: the draw is refused, {refusal}")
                print(f"{file}: {same} of {all_papers} papers have the published digest")
                wrong += same != all_papers
            else:
                faults = check(document)
                print(f"{file}: {document['name']}: {'; '.join(faults) or 'as published'}")
                wrong += bool(faults)
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("check", "audit"):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
