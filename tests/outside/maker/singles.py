"""The vectors that have a file of their own: one thing to see in each, in inputs that a person can read."""

import copy

from draw import Refused, draw
from draw_search import STEPS, Problem, Search
from draw_units import cells_of, units_of

from .dice import Dice
from .fault import formal, further, paper
from .inputs import Shape, legal, sealed

EASY = Shape(items=(4, 6), papers=(4, 4), spare=(1, 3), multiples=(2,), points=(200, 300), enemies=0, strays=0, extras=0,
             options=(3, 4), ranges=(1, 2), shares=((50, 50), (40, 40, 20)), custodians=(2, 2))


def shape(**members):
    return Shape(**{**EASY.__dict__, **members})


def plain(given, _):
    """One bank, two custodians, four papers; no public entropy."""
    names = dict(zip((each["custodian"] for each in given["basis"]["custodians"]), ("beta", "alpha")))
    for each in given["basis"]["custodians"] + given["secrets"]:
        each["custodian"] = names[each["custodian"]]
    given["indexes"][0]["bank"] = given["basis"]["banks"][0]["bank"] = "bank-a"
    for number, each in enumerate(given["seating"]["papers"], 1):
        each["paper"] = f"seat-{number}"


def one_paper(given, _):
    given["seating"]["papers"] = [paper("only", "reserve", None, None)]


def sessions(given, dice):
    given["seating"]["papers"] = [
        paper("a", "seat", 2, "r2"), paper("b", "seat", 2, "r2"), paper("c", "spare", 2, "r2"), paper("d", "seat", 2, "r1"),
        paper("e", "seat", 10, "r2"), paper("f", "spare", 10, "r2"), paper("g", "reserve", None, None),
        paper("h", "reserve", None, None)]


def entropy(given, _):
    """Bytes on somebody's word, which the sample profile takes."""
    given["basis"]["public_entropy"] = {"source": "三枚骰子", "rule": "骰子", "not_before_ms": 1_690_000_000_000}
    given["public_entropy"] = "00ff10"


def formal_(given, dice):
    formal(given, 3)
    given["basis"]["custodians"].reverse()
    further(given, dice, 3)


def group_band(given, _):
    """No group is left in a band that has its share of the paper."""
    cell = next((cell for cell in cells_of(given["blueprint"], units_of(given["indexes"]))
                 if cell.size > 1 and cell.quota), None)
    gone = {item["id"] for unit in cell.pool for item in unit.items} if cell else set()
    for index in given["indexes"]:
        index["items"] = [item for item in index["items"] if item["id"] not in gone]


def nothing(given, _):
    pass


def stands(drawn, given):
    return not drawn.forced and not drawn.returned


def two_sizes(drawn, given):
    return stands(drawn, given) and len({cell.size for cell in drawn.problem.cells}) == 2


def two_kinds(drawn, given):
    return stands(drawn, given) and len({cell.kind for cell in drawn.problem.cells}) == 2


SINGLES = {
    "plain": ("The simplest draw: one bank, two custodians, four papers.", EASY, plain, stands),
    "one-paper": ("A reserve set of one paper.", EASY, one_paper, stands),
    "sessions": ("Two sessions, the second with the number 10, and a reserve set: each is dealt apart, from decks of its own.",
                 shape(spare=(3, 5)), sessions, lambda drawn, given: stands(drawn, given) and len(drawn.sessions) == 3),
    "groups": ("Groups whole, in the order of their places; the hardest item decides the band.",
               shape(groups=100, items=(6, 8), multiples=(1,)), nothing, two_sizes),
    "groups-in-other-bands": ("A band without groups: they come from other bands, and singles make up for it.",
                              shape(groups=100, items=(6, 8), multiples=(1,), spare=(2, 4)), group_band, two_sizes),
    "extended": ("Rows of national and extended items; ranges are shared out apart.",
                 shape(extended=100, items=(6, 8), multiples=(1,)), nothing, two_kinds),
    "ranges": ("Weights of ranges in the blueprint; a range that is not listed beside listed ones is never dealt.",
               shape(listed=100, ranges=(3, 4), items=(5, 8), spare=(3, 6), multiples=(1,)), nothing, stands),
    "importance": ("Bounds of X, Y and Z, for which cards are exchanged.",
                   shape(importance=100, room=(0, 1), items=(6, 8), spare=(3, 6)), nothing, stands),
    "public-entropy": ("Public entropy in the sample profile.", EASY, entropy, stands),
    "second-attempt": ("An attempt that replaces a void one.", EASY, further, stands),
    "formal": ("Three custodians in the order of the basis, a further attempt, public entropy.", EASY, formal_, stands),
    "resits": ("What persons have seen, and its enemies on either side, does not come again.",
               shape(avoids=100, seen=(1, 3), enemies=40, spare=(3, 5)), nothing, stands),
    "returns": ("Seen items return, the oldest first, for a person who has seen too much.",
                shape(avoids=100, seen=(8, 20), multiples=(1,)), nothing, lambda drawn, given: len(drawn.returned) >= 2),
    "forced": ("A paper that is searched, with forced cards.", shape(points=(40, 70), enemies=40), nothing,
               lambda drawn, given: list(drawn.searched.values()).count("found") >= 1 and len(drawn.forced) >= 2),
    "half-marks": ("Two types of different worth.", shape(items=(6, 9)), nothing, lambda drawn, given: stands(
        drawn, given) and len({each["half_marks"] for each in given["blueprint"]["types"]}) == 2),
}


def singles(seed, vector):
    """Each vector by its name; `vector` makes one of name, input and purpose."""
    for name, (purpose, of, put, shows) in SINGLES.items():
        for number in range(1000):
            dice = Dice(seed, name, number)
            given = legal(dice, of)
            put(given, dice)
            sealed(given)
            try:
                drawn = draw(copy.deepcopy(given))
            except Refused:
                continue
            if shows(drawn, given):
                break
        else:
            raise AssertionError(name)
        yield name, vector(name, given, purpose)[0]
    for name, (purpose, *_) in LONG.items():
        yield name, vector(name, long(seed, name), purpose)[0]


# Inputs for which the search takes long: what they show, how many items there are, how many of 100 pairs are enemies,
# whether a paper is planted, and what must hold. Of a fifth attempt, which no search makes, somebody might think.
LONG = {
    "fourth-attempt": ("A paper that the search finds in the fourth attempt.", 40, 28, False,
                       lambda given: attempts_of(given) == 4),
    "refused-given-up": ("The search gives up after four attempts; a fifth would find a paper.", 40, 28, False,
                         lambda given: attempts_of(given) == 5),
    "witness": ("A paper that is its witness, which none of 13 searches finds.", 160, 50, True,
                lambda given: "witness" in draw(copy.deepcopy(given)).searched.values()),
}


def long(seed, name):
    """Ten of many items, of which many are enemies. Where a paper is planted, it is the first ten; forty items more are
    nobody's enemies, and one person has seen them all."""
    _, items, enmity, planted, shows = LONG[name]
    row = {"function": "ethics", "type": "true_false", "count": 10, "extended": 0, "group_size": 1}
    for number in range(1000):
        dice = Dice(seed, name, number)
        given = legal(dice, EASY)
        given["blueprint"].update(
            types=[{"type": "true_false", "count": 10, "half_marks": 20}], rows=[row], ranges=[], importance=[],
            functions=[{"function": "ethics", "weight": 100}], minimum_multiple=1,
            bands=[{"name": "all", "difficulties": [1, 2, 3, 4, 5], "share": 100}])
        item = given["indexes"][0]["items"][0] | {"function": "ethics", "type": "true_false", "group": None}
        easy = [f"z{place:02}" for place in range(40)] if planted else []
        given["indexes"][0]["items"] = [item | {
            "id": name, "point": f"{'AB'[place % 2] if planted else dice.pick('AB')}-{place}",
            "difficulty": dice.between(1, 5),
            "enemies": [f"i{other:03}" for other in range(place) if name not in easy and dice.chance(enmity)
                        and not (planted and place < 10)]}
            for place, name in enumerate([f"i{place:03}" for place in range(items)] + easy)]
        given["seating"]["papers"] = given["seating"]["papers"][:3 if planted else 1]
        given["seating"]["papers"][0]["avoid"] = easy
        sealed(given)
        if shows(given):
            return given
    raise AssertionError(name)


def attempts_of(given):
    """In which attempt a paper is found, the fifth of 3200 steps among them; None when none is."""
    problem = Problem(given["blueprint"], given["indexes"])
    search = Search(problem, 0, range(len(problem.units)), *problem.bounded())
    for attempt, search.limit in enumerate((*STEPS, 2 * STEPS[-1]), 1):
        search.steps = search.held = search.struck = 0
        search.sums = [0] * len(problem.rules)
        if search.extend(0):
            return attempt
        if search.steps < search.limit:
            return None
    return None
