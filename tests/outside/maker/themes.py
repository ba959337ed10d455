"""Themes of the many vectors: each is a file, made from a shape or from faults."""

import copy

from draw import Refused, changed, draw, lot
from draw_bytes import canonical, digest
from draw_legal import faults as faults_of

from . import faults_banks, faults_blueprint, faults_form, faults_manifest  # noqa: F401 (they declare faults)
from .dice import Dice
from .edges import EDGES
from .fault import FAULTS, with_faults
from .inputs import RESTS, Shape, legal, sealed, seated
from .texts import TEXTS

SEED = "kaoping-draw-2 vectors 2026"
CODES = ["form", "basis", "manifest", "document", "blueprint", "seating", "index", "secret", "entropy", "pool",
         "infeasible"]

# Of each theme: how many banks, how many seatings of each, and the shape.
DRAWN = {
    "loose": (12, 3, Shape(spare=(1, 5))),
    "tight": (26, 4, Shape(points=(20, 70), enemies=30, papers=(3, 8), importance=30)),
    "resits": (16, 4, Shape(items=(4, 7), points=(30, 80), avoids=70, seen=(1, 5), spare=(1, 4), papers=(3, 9))),
    "returns": (18, 3, Shape(items=(4, 7), points=(50, 120), avoids=90, seen=(4, 20), spare=(0, 2), papers=(2, 5))),
    "late": (14, 3, Shape(items=(3, 5), points=(30, 80), avoids=60, seen=(1, 5), spare=(1, 5), papers=(34, 44),
                         multiples=(1,), enemies=20)),
    "groups": (16, 3, Shape(items=(5, 9), points=(40, 90), groups=80, multiples=(1,), papers=(2, 6), avoids=20,
                            spare=(0, 4))),
    "bands": (20, 2, Shape(items=(5, 9), points=(60, 150), shares=RESTS, multiples=(1, 2), papers=(1, 4), groups=30,
                           extended=30)),
    "banks": (16, 3, Shape(points=(50, 120), extended=60, banks=(1, 3), multiples=(1,), groups=20, enemies=20)),
    "ranges": (16, 3, Shape(items=(5, 9), points=(50, 120), ranges=(2, 5), listed=70, spare=(1, 4), papers=(2, 8),
                            extended=30, multiples=(1,))),
    "importance": (16, 3, Shape(items=(5, 9), points=(60, 120), importance=90, room=(0, 1), spare=(1, 4),
                                papers=(3, 9))),
    "hard": (12, 3, Shape(items=(8, 10), enmity=34, spare=(10, 20), points=(400, 500), papers=(2, 4), avoids=40, seen=(1, 3),
                          multiples=(1,), options=(2, 2), ranges=(1, 2), strays=0)),
    "seatings": (12, 3, Shape(items=(3, 5), points=(60, 150), places=(1, 3), extras=60, papers=(2, 9), avoids=20)),
    "bases": (20, 2, Shape(items=(3, 5), points=(80, 200), entropy=50, attempts=40, formal=50, custodians=(1, 4),
                           extended=30, papers=(1, 3), multiples=(1,))),
    "shown": (8, 3, Shape(items=(3, 6), points=(200, 300), options=(2, 8), multiples=(1,), papers=(1, 3), spare=(0, 1))),
}
SMALL = Shape(items=(3, 4), papers=(2, 3), spare=(0, 2), options=(2, 2), points=(200, 300), enemies=0, strays=0,
              multiples=(1,), shares=((100,), (50, 50)), extras=10, banks=(1, 2), extended=20, ranges=(1, 2))
# What stands for its code where two faults meet.
FIRST_OF = {"form": "form-secret-with-more", "basis": "basis-algorithm-before", "manifest": "manifest-version-2",
            "document": "document-index-digest", "blueprint": "blueprint-minutes-59", "seating": "seating-version",
            "index": "index-option-twice", "secret": "secret-altered", "entropy": "entropy-given-and-not-named",
            "pool": "pool-multiple-of-100", "infeasible": "infeasible-one-point"}


def vector(name, given, purpose, lots=()):
    """The vector of an input, and the refusal when it is refused."""
    head = {"name": name, "purpose": purpose, "input": given}
    try:
        drawn = draw(given)
    except Refused as refusal:
        conflict = {"conflict": refusal.detail} if refusal.code == "infeasible" else {}
        return head | {"expect": "refused", "refusal": refusal.code} | conflict, refusal
    assert not faults_of(given, drawn.papers, drawn.forced, drawn.returned, drawn.searched), name
    lots = [each | {"drawn": lot(drawn.seed, **{name: each[name] for name in ("purpose", "subject")}, values=each["list"])}
            for each in lots]
    return head | {"expect": "papers", "papers": drawn.papers[:1], "forced": drawn.forced, "searched": drawn.searched,
                   "returned": drawn.returned, "digests": {paper["paper"]: digest(paper).hex() for paper in drawn.papers},
                   } | ({"lots": lots} if lots else {}), None


def alike(vectors):
    """Each input after the first that differs from an earlier one in little is stated by what is changed."""
    whole = {}
    for made in vectors:
        given = made["input"]
        best = min((differences(earlier, given) + [[name]] for name, earlier in whole.items()),
                   key=lambda found: len(canonical(found)), default=None)
        if best is not None and 2 * len(canonical(best)) < len(canonical(given)):
            *changes, [name] = best
            assert changed(whole[name], changes) == given
            made = made | {"input": name, "changes": changes}
        else:
            whole[made["name"]] = given
        yield made


def differences(before, after, pointer=""):
    """The changes that make `after` of `before`: lists of one length and objects go deeper."""
    if type(before) is not type(after) or not isinstance(before, (dict, list)):
        same = type(before) is type(after) and before == after
        return [] if same else [[pointer, after]]
    if isinstance(before, list):
        if len(before) != len(after):
            return [[pointer, after]]
        return [each for place, pair in enumerate(zip(before, after)) for each in differences(*pair, f"{pointer}/{place}")]
    left = [[f"{pointer}/{name}"] for name in before if name not in after]
    return left + [each for name in after for each in (
        differences(before[name], after[name], f"{pointer}/{name}") if name in before
        else [[f"{pointer}/{name}", after[name]]])]


def drawn(theme):
    """The theme's inputs; banks of which no paper can be made are left out once they are a quarter."""
    banks, seatings, shape = DRAWN[theme]
    kept = refused_ = number = 0
    while kept < banks:
        dice = Dice(SEED, theme, number)
        number += 1
        given = legal(dice, shape)
        name = f"{theme}-{kept + 1:02}"
        made, refusal = vector(f"{name}-1", given, theme, lots_of(dice, theme, given))
        if refusal is not None:
            refused_ += 1
            if 4 * refused_ > banks:
                continue
        kept += 1
        yield made
        for seating in range(2, seatings + 1 if refusal is None else 2):
            given = seated(copy.deepcopy(given), dice, shape)
            yield vector(f"{name}-{seating}", given, theme, lots_of(dice, theme, given))[0]


def lots_of(dice, theme, given):
    if theme != "shown":
        return []
    cases = [("task", f"sitting-{dice.word()}/{given['blueprint']['functions'][0]['function']}"),
             ("panel", given["basis"]["batch"]), ("number", f"panel-{dice.word()}")]
    lists = [[f"sheet-{n}" for n in range(dice.between(0, 9))], [f"s-{n}" for n in range(dice.between(0, 9))],
             [str(n + 1) for n in range(dice.between(1, 40))]]
    return [{"purpose": purpose, "subject": subject, "list": values} for (purpose, subject), values in zip(cases, lists)]


def plain(name, *number):
    """A small input that is drawn, and dice for what is put into it."""
    for again in range(100):
        given = legal(Dice(SEED, name, *number, again), SMALL)
        try:
            draw(given)
        except Refused:
            continue
        return given
    raise AssertionError(f"no legal input for {name}")


BASES = 3  # small inputs that the faults of one code are put into


def refused(code):
    bases = [plain(code, number) for number in range(BASES)]
    if code == "form":
        dice = Dice(SEED, "furnish")
        for given in bases:
            faults_form.furnish(given, dice)
            sealed(given)
    for number, given in enumerate(bases):
        yield vector(f"{code}-legal-{number + 1}", given, "legal")[0]
    for place, fault in enumerate(fault for fault in FAULTS if fault.code == code):
        dice = Dice(SEED, fault.name)
        for base in (bases if code in ("pool", "infeasible") else [bases[place % BASES]]):
            variant = f"-{bases.index(base) + 1}" if code in ("pool", "infeasible") else ""
            given = with_faults(copy.deepcopy(base), dice, fault)
            made, refusal = vector(fault.name + variant, given, fault.detail or fault.name)
            expect_refusal(made["name"], refusal, fault.code, fault.detail)
            yield made


def expect_refusal(name, refusal, code, detail):
    assert refusal is not None, f"{name} is not refused"
    assert refusal.code == code, f"{name} is refused as {refusal}"
    assert detail is None or refusal.detail == detail, f"{name} is refused as {refusal}, not {detail}"


def in_order():
    """Two faults at once: the first kind of section 8 is named."""
    faults = {code: next(fault for fault in FAULTS if fault.name == name) for code, name in FIRST_OF.items()}
    base = plain("order")
    yield vector("order-legal", base, "legal")[0]
    for place, first in enumerate(CODES):
        for second in CODES[place + 1:]:
            name = f"order-{first}-before-{second}"
            given = with_faults(copy.deepcopy(base), Dice(SEED, name), faults[second], faults[first])
            made, refusal = vector(name, given, f"{first} before {second}")
            expect_refusal(name, refusal, first, faults[first].detail)
            yield made


def edges():
    """What is still legal. A bank that an edge leaves without a paper is replaced by another."""
    bases = [plain("edges", number) for number in range(6)]
    for number, given in enumerate(bases):
        yield vector(f"edge-legal-{number + 1}", given, "legal")[0]
    for edge, put in EDGES:
        done = 0
        for number in range(60):
            base = bases[number] if number < len(bases) else plain(edge, number)
            given = copy.deepcopy(base)
            put(given, Dice(SEED, edge, number))
            made, refusal = vector(f"edge-{edge}-{done + 1}", sealed(given), edge.replace("-", " "))
            if refusal is None:
                yield made
                done += 1
                if done == (1 if edge.startswith(("title", "entropy-of", "province", "filings")) else 2):
                    break
        else:
            raise AssertionError(f"{edge}: {refusal}")


def texts():
    """Documents as texts in JSON: what is read, and what is not."""
    for number in range(100):
        base = plain("texts", number)
        faults_form.furnish(base, Dice(SEED, "texts", number))
        made, refusal = vector("text-legal", sealed(base), "legal")
        if refusal is None:
            break
    yield made
    for name, document, put, whether in TEXTS:
        text = put(document_text(base, document))
        stated = {"name": f"text-{name}", "purpose": "read" if whether else "not read", "input": "text-legal",
                  "changes": [], "texts": {document: text}}
        rest = {each: made[each] for each in ("papers", "forced", "searched", "returned", "digests")}
        yield stated | ({"expect": "papers"} | rest if whether else {"expect": "refused", "refusal": "form"})


def document_text(given, document):
    place = {"index": lambda: given["indexes"][0], "secret": lambda: given["secrets"][0]}
    return canonical(place[document]() if document in place else given[document]).decode()


def files():
    """Every file of the many vectors by its name."""
    made = {theme: drawn(theme) for theme in DRAWN} | {"edges": edges(), "texts": texts()}
    made |= {f"refused-{code}": refused(code) for code in CODES} | {"refused-order": in_order()}
    for name, vectors in made.items():
        yield name, list(alike(vectors) if name != "texts" else vectors)
