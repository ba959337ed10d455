"""Which rules of SPEC.md, section 4, a draw follows: counted by watching the dealer of draw.py, which decides alone."""

from collections import Counter

import draw

# In the order of the README's table. Every rule must occur.
DEALING = {
    "as dealt": "1: admissible where it lies",
    "excluded as seen before": "the person has seen an item of it",
    "excluded by a point": "the paper has an item of one of its points",
    "excluded by an enemy": "the paper has an enemy, named on either side",
    "excluded by its twin": "the unit itself is in the paper, at the seam of two decks",
    "forward": "2: exchanged for a later card",
    "forward to a card left over": "2: exchanged for a card left over, in the last deck",
    "left over, not in the last deck": "2: a card left over would fit, but the place lies in an earlier deck",
    "left over, one is already": "2: a card left over would fit, but a card of the unit is left over already",
    "backward": "3: exchanged with an earlier paper",
    "backward past a paper": "3: a card that would fit is passed over, because its paper cannot take the other",
    "backward, the two exclude each other": "3: the earlier paper can take it only because the other card leaves",
    "forced": "4: a forced card",
    "forced at a tie": "4: several units were settled least often; the first of the pool is taken",
    "forced behind others": "4: the unit settled least often is not the first that is admissible",
    "begun again": "5: begun again",
    "begun again, forward undone": "5: and a forward exchange is undone",
    "begun again, backward undone": "5: and an exchange with an earlier paper is undone",
    "begun again, forced undone": "5: and a forced card is undone",
    "begun again twice": "5: for two cells of one paper",
    "stuck": "5: refused, because the cell was moved before",
    "several decks": "a cell with more than one deck",
    "larger groups first": "settling order: a larger group comes before a smaller N − q",
    "tighter cells first": "settling order: a smaller N − q comes before cell order",
}


class Watched(draw.Dealing):
    """A dealer that also notes which rule settles each place, in `seen`."""

    def __init__(self, cells, seats):
        super().__init__(cells, seats)
        self.seen, self.trial, self.trials = Counter(), Counter(), Counter()
        room = [len(cell.pool) - cell.quota for cell in cells]
        sizes = [cell.size for cell in cells]
        self.seen["several decks"] = sum(cell.decks > 1 for cell in cells)
        self.seen["larger groups first"] = int(any(
            a > b and s > t for a, s in zip(room, sizes) for b, t in zip(room, sizes)))
        self.seen["tighter cells first"] = int(any(
            s == t and a > b for n, (a, s) in enumerate(zip(room, sizes)) for b, t in list(zip(room, sizes))[n:]))
        Watched.latest = self

    def settle_paper(self, i, order):
        self.trial = Counter()
        stuck = super().settle_paper(i, order)
        if stuck is None:
            self.seen += self.trial
            return None
        self.trials[i] += 1
        if stuck in order[: self.trials[i] - 1]:  # those that were moved before
            self.seen["stuck"] += 1
            return stuck
        self.seen["begun again"] += 1
        self.seen["begun again twice"] += self.trials[i] == 2
        for rule in ("forward", "backward", "forced"):
            self.seen[f"begun again, {rule} undone"] += any(name.startswith(rule) for name in self.trial)
        return stuck

    def settle_place(self, i, cell, p, held):
        cards, x, forced, T = cell.cards[:], cell.cards[p], len(self.forced), cell.dealt
        fitting = [unit for unit in cell.pool if self.admissible(unit, i, held)]
        if not super().settle_place(i, cell, p, held):
            return False
        why = self.why(x, i, held)
        if why is None:
            self.trial["as dealt"] += 1
            return True
        self.trial[why] += 1
        other = next((q for q in range(len(cards)) if q != p and cards[q] is not cell.cards[q]), None)
        if other is not None and other > p:
            self.trial["forward to a card left over" if other >= T else "forward"] += 1
            return True
        if any(unit in fitting for unit in cards[T:]):
            self.trial["left over, one is already" if x in cards[T:] else "left over, not in the last deck"] += 1
        if other is None:
            times = {unit.id: cards[:p].count(unit) for unit in fitting}
            self.trial["forced"] += 1
            self.trial["forced at a tie"] += list(times.values()).count(min(times.values())) > 1
            self.trial["forced behind others"] += next(iter(times)) != self.forced[forced]["unit"]
        else:
            self.trial["backward"] += 1
            self.trial["backward, the two exclude each other"] += x.excludes(cards[other])
            passed = range(i * cell.quota - 1, other, -1)
            self.trial["backward past a paper"] += any(cards[q] in fitting for q in passed)
        return True

    def why(self, unit, i, held):
        """Why a unit is not admissible; None when it is."""
        if unit.ids & self.seats[i]["avoid"]:
            return "excluded as seen before"
        if unit in held:
            return "excluded by its twin"
        if any(unit.points & other.points for other in held):
            return "excluded by a point"
        return None if self.admissible(unit, i, held) else "excluded by an enemy"


def watched(given):
    """What `draw.draw` gives or raises, with the rules that it followed."""
    plain, draw.Dealing, Watched.latest = draw.Dealing, Watched, None
    try:
        outcome = draw.draw(given)
    except draw.Refused as refusal:
        outcome = refusal
    finally:
        draw.Dealing = plain
    return outcome, +Watched.latest.seen if Watched.latest else Counter()
