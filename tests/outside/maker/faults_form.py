"""Faults of form: members that are too many or missing, and values of another kind (SPEC.md, section 2)."""

from .fault import add, formal, further

# Where each kind of object stands in an input that has all of them.
OBJECTS = {
    "basis": ("basis",), "replaces": ("basis", "replaces"), "bank": ("basis", "banks", 0),
    "approval": ("basis", "banks", 0, "approval"), "filing": ("basis", "banks", 0, "approval", "filings", 0),
    "custodian": ("basis", "custodians", 0), "public-entropy": ("basis", "public_entropy"), "manifest": ("manifest",),
    "commitment": ("manifest", "commitments", 0), "index": ("indexes", 0), "item": ("indexes", 0, "items", 0),
    "group": ("indexes", 0, "items", 0, "group"), "option": ("indexes", 0, "items", 0, "options", 0),
    "blueprint": ("blueprint",), "type": ("blueprint", "types", 0), "function": ("blueprint", "functions", 0),
    "row": ("blueprint", "rows", 0), "band": ("blueprint", "bands", 0), "range": ("blueprint", "ranges", 0),
    "bound": ("blueprint", "importance", 0), "seating": ("seating",), "paper": ("seating", "papers", 0),
    "secret": ("secrets", 0),
}
HEX, LONG = "0" * 64, "a" * 65
# A member of an object, and a value that it must not have.
VALUES = {
    "id-empty": ("item", "id", ""), "id-long": ("item", "id", LONG), "id-uppercase": ("item", "id", "A1"),
    "id-space": ("paper", "paper", "a b"), "id-line": ("paper", "paper", "a\n"), "id-slash": ("option", "id", "a/b"),
    "id-chinese": ("band", "name", "易"), "id-digit-of-another-script": ("group", "id", "g\u0663"),
    "id-number": ("index", "bank", 7), "id-null": ("manifest", "commitments", None), "avoid-uppercase":
    ("paper", "avoid", ["A"]), "enemy-empty": ("item", "enemies", [""]), "scoring-uppercase":
    ("blueprint", "scoring", "Exact"), "batch-long": ("basis", "batch", LONG), "room-empty": ("paper", "room", ""),
    "custodian-uppercase": ("secret", "custodian", "Alpha"),
    "digest-uppercase": ("item", "content", HEX[1:] + "A"), "digest-short": ("item", "key", HEX[1:]),
    "digest-null": ("basis", "roster", None), "digest-line": ("basis", "plan", HEX + "\n"), "practical-empty":
    ("basis", "practical", ""), "digest-of-manifest-long": ("manifest", "basis", HEX + "0"), "void-null":
    ("replaces", "void", None), "commitment-long": ("commitment", "commitment", HEX + "0"),
    "secret-short": ("secret", "secret", HEX[2:]), "secret-uppercase": ("secret", "secret", HEX[1:] + "F"),
    "secret-null": ("secret", "secret", None),
    "point-empty": ("item", "point", ""), "point-lowercase": ("item", "point", "A-a"), "point-dot": ("item", "point", "A.1"),
    "point-double": ("item", "point", "A--1"), "point-first": ("item", "point", "-A"), "point-last": ("item", "point", "A-"),
    "point-long": ("item", "point", "A" * 33), "range-long": ("range", "range", "A" * 33),
    "range-lowercase": ("range", "range", "a"), "range-last": ("range", "range", "A-"), "range-null": ("range", "range", None),
    "range-weight-negative": ("range", "weight", -1), "range-kind": ("range", "kind", "both"), "range-function":
    ("range", "function", "ethic"), "bound-letter": ("bound", "importance", "W"), "bound-null": ("bound", "most", None),
    "level-2": ("blueprint", "level", 2), "level-text": ("basis", "level", "5"), "level-6": ("index", "level", 6),
    "difficulty-0": ("item", "difficulty", 0), "difficulty-6": ("band", "difficulties", [1, 6]),
    "importance": ("item", "importance", "x"), "item-type": ("item", "type", "essay"),
    "function": ("row", "function", "生活照护"), "kind": ("index", "kind", "provincial"),
    "profile": ("basis", "profile", "test"), "use": ("paper", "use", "extra"), "negative": ("row", "count", -1),
    "beyond-32-bits": ("row", "extended", 2**32), "session-negative": ("paper", "session", -1),
    "session-beyond-32-bits": ("paper", "session", 2**32), "session-text": ("paper", "session", "1"),
    "attempt-beyond-32-bits": ("basis", "attempt", 2**32), "place-negative": ("group", "place", -1),
    "time-beyond-53-bits": ("public-entropy", "not_before_ms", 2**53), "time-below-53-bits":
    ("approval", "expires_at_ms", -(2**53)), "algorithm-number": ("basis", "algorithm", 2),
    "number-text": ("blueprint", "minutes", "60"), "truth-number": ("option", "pinned", 0), "truth-null":
    ("option", "pinned", None), "number-null": ("group", "place", None),
    "truth-text": ("custodian", "outside", "true"), "number-truth": ("seating", "v", True),
    "text-null": ("index", "label", None), "province-number": ("approval", "province", 33),
    "authority-null": ("filing", "authority", None), "filing-number-number": ("filing", "number", 1),
    "filings-null": ("approval", "filings", None), "time-text": ("public-entropy", "not_before_ms", "0"),
    "time-null": ("public-entropy", "not_before_ms", None), "list-null": ("paper", "avoid", None),
    "list-object": ("item", "enemies", {}), "object-text": ("item", "group", "g"), "object-list": ("item", "group", []),
    "replaces-false": ("basis", "replaces", False), "ranges-null": ("blueprint", "ranges", None),
    "importance-null": ("blueprint", "importance", None), "rule-null": ("public-entropy", "rule", None),
}


def furnish(given, dice):
    """Lets the input have every kind of object."""
    formal(given)
    further(given, dice)
    blueprint = given["blueprint"]
    function = blueprint["functions"][0]["function"]
    blueprint["ranges"] = [{"function": function, "kind": "extended", "range": "A", "weight": 1}]
    blueprint["importance"] = [{"importance": "X", "least": 0, "most": 100}]
    first = min(given["indexes"], key=lambda index: not index["items"])
    given["indexes"].sort(key=lambda index: index is not first)
    item = first["items"][0]
    item["group"] = item["group"] or {"id": "zz-group", "place": 0}


def at(given, name):
    place = given
    for step in OBJECTS[name]:
        place = place[step]
    return place


def declare(name, detail, change):
    add(name, "form", detail, change, "late")


def document_of(name):
    """The document in which an object stands: draw_form.py refuses it by this name."""
    return {"indexes": "index", "secrets": "secret"}.get(OBJECTS[name][0], OBJECTS[name][0])


def declare_all():
    for name in OBJECTS:
        declare(f"{name}-with-more", document_of(name),
                lambda given, dice, name=name: at(given, name).update(more=None))
        declare(f"{name}-with-less", document_of(name),
                lambda given, dice, name=name: at(given, name).pop(dice.pick(sorted(at(given, name)))))
    for nullable in ("basis practical", "basis replaces", "basis public_entropy", "bank approval",
                     "item group", "paper session", "paper room", "approval province", "approval expires_at_ms"):
        name, member = nullable.split()
        declare(f"{name}-without-{member.replace('_', '-')}", document_of(name),
                lambda given, dice, name=name, member=member: at(given, name).pop(member))
    for name, (where, member, value) in VALUES.items():
        declare(f"value-{name}", document_of(where),
                lambda given, dice, where=where, member=member, value=value: at(given, where).update({member: value}))


declare_all()
