"""Faults of form: members that are too many or missing, and values of another kind (SPEC.md, section 2)."""

from .fault import add, entropy_named, formal

# Where each kind of object stands in an input that has all of them.
OBJECTS = {
    "manifest": ("manifest",), "replaces": ("manifest", "replaces"), "bank": ("manifest", "banks", 0),
    "approval": ("manifest", "banks", 0, "approval"), "filing": ("manifest", "banks", 0, "approval", "filings", 0),
    "custodian": ("manifest", "custodians", 0), "public-entropy": ("manifest", "public_entropy"),
    "index": ("indexes", 0), "item": ("indexes", 0, "items", 0), "group": ("indexes", 0, "items", 0, "group"),
    "option": ("indexes", 0, "items", 0, "options", 0), "blueprint": ("blueprint",), "type": ("blueprint", "types", 0),
    "function": ("blueprint", "functions", 0), "row": ("blueprint", "rows", 0), "band": ("blueprint", "bands", 0),
    "seating": ("seating",), "paper": ("seating", "papers", 0), "secret": ("secrets", 0),
}
HEX, LONG = "0" * 64, "a" * 65
# A member of an object, and a value that it must not have.
VALUES = {
    "id-empty": ("item", "id", ""), "id-long": ("item", "id", LONG), "id-uppercase": ("item", "id", "A1"),
    "id-space": ("paper", "paper", "a b"), "id-line": ("paper", "paper", "a\n"),
    "id-chinese": ("band", "name", "易"), "id-number": ("index", "bank", 7),
    "digest-uppercase": ("item", "content", HEX[1:] + "A"), "digest-short": ("item", "key", HEX[1:]),
    "digest-null": ("manifest", "roster", None), "commitment-long": ("custodian", "commitment", HEX + "0"),
    "secret-short": ("secret", "secret", HEX[2:]), "secret-uppercase": ("secret", "secret", HEX[1:] + "F"),
    "point-empty": ("item", "point", ""), "point-lowercase": ("item", "point", "A-a"),
    "point-double": ("item", "point", "A--1"), "point-long": ("item", "point", "A" * 33),
    "level-2": ("blueprint", "level", 2), "level-text": ("manifest", "level", "5"),
    "difficulty-0": ("item", "difficulty", 0), "difficulty-6": ("band", "difficulties", [1, 6]),
    "importance": ("item", "importance", "x"), "item-type": ("item", "type", "essay"),
    "function": ("row", "function", "生活照护"), "kind": ("index", "kind", "provincial"),
    "profile": ("manifest", "profile", "test"), "use": ("paper", "use", "extra"), "negative": ("row", "count", -1),
    "beyond-32-bits": ("row", "extended", 2**32), "session-negative": ("paper", "session", -1),
    "number-text": ("blueprint", "minutes", "60"), "truth-number": ("option", "pinned", 0),
    "truth-text": ("custodian", "outside", "true"), "number-truth": ("seating", "v", True),
    "text-null": ("index", "label", None), "province-number": ("approval", "province", 33),
    "filings-null": ("approval", "filings", None), "time-text": ("public-entropy", "not_before_ms", "0"),
    "time-null": ("public-entropy", "not_before_ms", None), "list-null": ("paper", "avoid", None),
    "list-object": ("item", "enemies", {}), "object-text": ("item", "group", "g"),
}


def furnish(given, dice):
    """Lets the input have every kind of object."""
    formal(given)
    entropy_named(given)
    given["manifest"].update(attempt=2, replaces={"manifest": dice.hex(), "void": dice.hex()})
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
    add(name, "form", detail, change, late=True)


def document_of(name):
    """The document in which an object stands: draw_form.py refuses it by this name."""
    return OBJECTS[name][0]


def declare_all():
    for name in OBJECTS:
        declare(f"{name}-with-more", document_of(name),
                lambda given, dice, name=name: at(given, name).update(more=None))
        declare(f"{name}-with-less", document_of(name),
                lambda given, dice, name=name: at(given, name).pop(dice.pick(sorted(at(given, name)))))
    for nullable in ("manifest practical", "manifest replaces", "manifest public_entropy", "bank approval",
                     "item group", "paper session", "paper room", "approval province", "approval expires_at_ms"):
        name, member = nullable.split()
        declare(f"{name}-without-{member.replace('_', '-')}", document_of(name),
                lambda given, dice, name=name, member=member: at(given, name).pop(member))
    for name, (where, member, value) in VALUES.items():
        declare(f"value-{name}", document_of(where),
                lambda given, dice, where=where, member=member, value=value: at(given, where).update({member: value}))


declare_all()
