"""Themes of the many vectors: each is a file, made from a shape or from faults."""

from draw import Refused, draw, lot, seed_of
from draw_bytes import digest

from . import faults_banks, faults_blueprint, faults_form, faults_manifest  # noqa: F401 (they declare faults)
from .dice import Dice
from .edges import EDGES
from .fault import FAULTS, with_faults
from .inputs import RESTS, Shape, legal, sealed
from .rules import watched

VARIANTS = {"form": 1, "blueprint": 2}  # of each fault; 3 of the others
SEED = "kaoping-draw-1 vectors 2026"
CODES = ["form", "manifest", "document", "blueprint", "seating", "index", "secret", "entropy", "pool", "stuck"]

DRAWN = {
    "loose": (45, Shape()),
    "tight": (75, Shape(points=(20, 70), enemies=30, multiples=(1, 1, 1, 2), papers=(2, 7))),
    "resits": (75, Shape(items=(4, 7), points=(30, 80), avoids=70, seen=(1, 5), spare=(1, 4), multiples=(1, 2),
                         papers=(2, 7))),
    "late": (55, Shape(items=(3, 5), points=(30, 80), avoids=60, seen=(1, 5), spare=(1, 4), papers=(6, 12))),
    "groups": (60, Shape(items=(5, 9), points=(40, 90), groups=80, multiples=(1,), papers=(2, 5), avoids=20)),
    "bands": (35, Shape(items=(5, 9), points=(60, 150), shares=RESTS, multiples=(1,), papers=(1, 4))),
    "banks": (60, Shape(points=(50, 120), extended=60, banks=(1, 3), multiples=(1,), groups=20, enemies=20)),
    "seatings": (35, Shape(items=(3, 5), points=(60, 150), places=(1, 3), extras=60, papers=(2, 9), avoids=20)),
    "manifests": (45, Shape(items=(3, 5), points=(80, 200), entropy=50, attempts=40, formal=50, custodians=(1, 4),
                            extended=30, papers=(1, 3), multiples=(1,))),
    "shown": (25, Shape(items=(3, 6), points=(200, 300), options=(2, 8), multiples=(1,), papers=(1, 3), spare=(0, 1))),
}
SMALL = Shape(items=(3, 4), papers=(2, 3), spare=(0, 2), options=(2, 2), points=(200, 300), enemies=0, strays=0,
              multiples=(1,), shares=((100,), (50, 50)), extras=10, banks=(1, 2), extended=20)
# What stands for its code where two faults meet.
FIRST_OF = {"form": "form-secret-with-more", "manifest": "manifest-algorithm", "document": "document-index-digest",
            "blueprint": "blueprint-minutes-59", "seating": "seating-version", "index": "index-option-twice",
            "secret": "secret-altered", "entropy": "entropy-given-and-not-named", "pool": "pool-multiple-of-100",
            "stuck": "stuck-all-seen"}


def vector(name, given, purpose=None):
    """The vector of an input, and the rules that its draw follows."""
    outcome, seen = watched(given)
    head = {"name": name, "purpose": purpose or "; ".join(seen) or "no place is dealt", "input": given}
    if isinstance(outcome, Refused):
        return head | {"expect": "refused", "refusal": outcome.code}, seen, outcome
    papers, forced, _ = outcome
    return head | {"expect": "papers", "papers": papers[:1], "forced": forced,
                   "digests": {paper["paper"]: digest(paper).hex() for paper in papers}}, seen, None


def drawn(theme):
    """The theme's inputs; those that turn out to be stuck are passed over once they are a sixth."""
    count, shape = DRAWN[theme]
    kept = stuck = number = 0
    while kept < count:
        dice = Dice(SEED, theme, number)
        number += 1
        made, seen, refusal = vector(f"{theme}-{kept + 1:03}", legal(dice, shape))
        stuck += refusal is not None
        if refusal is not None and stuck * 6 > count:
            continue
        kept += 1
        if theme == "shown" and refusal is None:
            made["lots"] = lots_of(dice, made["input"])
        yield made, seen


def lots_of(dice, given):
    secrets = {secret["custodian"]: bytes.fromhex(secret["secret"]) for secret in given["secrets"]}
    seed = seed_of(given["manifest"], secrets, bytes.fromhex(given["public_entropy"] or ""))
    cases = [("task", f"sitting-{dice.word()}/{given['blueprint']['functions'][0]['function']}"),
             ("panel", given["manifest"]["batch"]), ("number", f"panel-{dice.word()}")]
    lists = [[f"sheet-{n}" for n in range(dice.between(0, 9))], [f"s-{n}" for n in range(dice.between(0, 9))],
             [str(n + 1) for n in range(dice.between(1, 40))]]
    return [{"purpose": purpose, "subject": subject, "list": values, "drawn": lot(seed, purpose, subject, values)}
            for (purpose, subject), values in zip(cases, lists)]


def basis(name, number):
    """A small input that is drawn, and the dice that made it."""
    for again in range(100):
        dice = Dice(SEED, name, number, again)
        given = legal(dice, SMALL)
        try:
            draw(given)
        except Refused:
            continue
        return dice, given
    raise AssertionError(f"no legal input for {name}")


def refused(code):
    for fault in FAULTS:
        if fault.code != code:
            continue
        for number in range(VARIANTS.get(code, 3)):
            dice, given = basis(fault.name, number)
            if code == "form":
                faults_form.furnish(given, dice)
            name, given = f"{fault.name}-{number + 1}", with_faults(given, dice, fault)
            made, seen, refusal = vector(name, given, fault.detail or fault.name)
            expect_refusal(made["name"], refusal, fault.code, fault.detail)
            yield made, seen


def expect_refusal(name, refusal, code, detail):
    assert refusal is not None, f"{name} is not refused"
    assert refusal.code == code, f"{name} is refused as {refusal}"
    assert detail is None or refusal.detail == detail, f"{name} is refused as {refusal}"


def in_order():
    """Two faults at once: the first kind of section 7 is named."""
    faults = {code: next(fault for fault in FAULTS if fault.name == name) for code, name in FIRST_OF.items()}
    for place, first in enumerate(CODES):
        for second in CODES[place + 1:]:
            name = f"order-{first}-before-{second}"
            dice, given = basis(name, 1)
            given = with_faults(given, dice, faults[second], faults[first])
            made, seen, refusal = vector(name, given, f"{first} before {second}")
            expect_refusal(name, refusal, first, faults[first].detail)
            yield made, seen


def edges():
    for edge, put in EDGES:
        for number in range(2):
            dice, given = basis(edge, number)
            put(given, dice)
            made, seen, refusal = vector(f"edge-{edge}-{number + 1}", sealed(given), edge.replace("-", " "))
            assert refusal is None, f"{edge}: {refusal}"
            yield made, seen


def files():
    """Every file of the many vectors: its name, and its vectors with the rules that they follow."""
    for theme in DRAWN:
        yield theme, list(drawn(theme))
    yield "edges", list(edges())
    for code in CODES:
        yield f"refused-{code}", list(refused(code))
    yield "refused-order", list(in_order())
