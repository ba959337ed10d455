"""Forms of what a draw reads (SPEC.md, section 2): member lists are closed, and every value has its kind."""

import re


def words(*allowed):
    return lambda value: isinstance(value, str) and value in allowed


def matching(pattern):
    whole_text = re.compile(pattern).fullmatch
    return lambda value: isinstance(value, str) and whole_text(value) is not None


def whole(least, most):
    return lambda value: type(value) is int and least <= value <= most


def or_null(form):
    return lambda value: value is None or fits(value, form)


def boolean(value):
    return isinstance(value, bool)


def text(value):
    return isinstance(value, str)


ID = matching(r"[a-z0-9._-]{1,64}")
HEX = matching(r"[0-9a-f]{64}")
POINT = matching(r"(?=.{1,32}$)[A-Z0-9]+(-[A-Z0-9]+)*")
NUMBER, DIFFICULTY, LEVEL = whole(0, 2**32 - 1), whole(1, 5), whole(3, 5)
TIME = whole(1 - 2**53, 2**53 - 1)
KIND, IMPORTANCE = words("national", "extended"), words("X", "Y", "Z")
TYPE = words("single_choice", "multiple_choice", "true_false")
FUNCTION = words("ethics", "foundations", "daily_care", "basic_nursing", "emergency", "symptom_care", "disease_care",
                 "function_maintenance", "psychological_care")

ITEM = {"id": ID, "function": FUNCTION, "type": TYPE, "difficulty": DIFFICULTY, "point": POINT,
        "importance": IMPORTANCE, "enemies": [ID], "group": or_null({"id": ID, "place": NUMBER}),
        "options": [{"id": ID, "pinned": boolean}], "content": HEX, "key": HEX}
INDEX = {"bank": ID, "kind": KIND, "level": LEVEL, "label": text, "v": NUMBER, "items": [ITEM]}
BLUEPRINT = {
    "id": ID, "v": NUMBER, "level": LEVEL, "title": text, "standard": text,
    "types": [{"type": TYPE, "count": NUMBER, "half_marks": NUMBER}],
    "functions": [{"function": FUNCTION, "weight": NUMBER}],
    "rows": [{"function": FUNCTION, "type": TYPE, "count": NUMBER, "extended": NUMBER, "group_size": NUMBER}],
    "bands": [{"name": ID, "difficulties": [DIFFICULTY], "share": NUMBER}],
    "minimum_multiple": NUMBER, "extended_cap": NUMBER, "minutes": NUMBER, "pass_half_marks": NUMBER, "scoring": ID,
}
SEATING = {"batch": ID, "v": NUMBER, "papers": [
    {"paper": ID, "use": words("seat", "spare", "reserve"), "session": or_null(NUMBER), "room": or_null(ID),
     "avoid": [ID]}]}
APPROVAL = {"province": or_null(text), "filings": [{"authority": text, "number": text}], "expires_at_ms": or_null(TIME)}
MANIFEST = {
    "v": NUMBER, "algorithm": text, "profile": words("sample", "formal"), "batch": ID, "attempt": NUMBER,
    "replaces": or_null({"manifest": HEX, "void": HEX}), "level": LEVEL,
    "banks": [{"bank": ID, "kind": KIND, "index": HEX, "answer_keys": HEX, "approval": or_null(APPROVAL)}],
    "blueprint": HEX, "seating": HEX, "roster": HEX, "practical": or_null(HEX),
    "custodians": [{"custodian": ID, "outside": boolean, "commitment": HEX}],
    "public_entropy": or_null({"source": text, "rule": text, "not_before_ms": TIME}),
}
SECRET = {"custodian": ID, "secret": HEX}
INPUT = {"manifest": MANIFEST, "indexes": [INDEX], "blueprint": BLUEPRINT, "seating": SEATING, "secrets": [SECRET]}


def fits(value, form):
    """Whether a value has a form: a closed list of members, a list of one form, or what a test says."""
    if isinstance(form, dict):
        return isinstance(value, dict) and value.keys() == form.keys() and all(fits(value[m], form[m]) for m in form)
    if isinstance(form, list):
        return isinstance(value, list) and all(fits(each, form[0]) for each in value)
    return form(value)


def misfits(given):
    """The names of what does not have its form."""
    return [name for name, form in INPUT.items() if not fits(given[name], form)]
