"""The forms of a draw's documents (src/engine/draw/SPEC.md, sections 1 and 2): closed lists of members, and kinds of values."""

import json
import re

FUNCTIONS = ("ethics", "foundations", "daily_care", "basic_nursing", "emergency", "symptom_care", "disease_care",
             "function_maintenance", "psychological_care")
SAFE = 2**53 - 1


class Refused(Exception):
    """A draw that is refused, with a code of section 8."""

    def __init__(self, code, detail):
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class Form(Exception):
    """A value that has not its form, with the place of it."""


def expect(condition, place):
    if not condition:
        raise Form(place)


def string(value, place):
    expect(isinstance(value, str), place)
    # A lone surrogate is no text, for it has no UTF-8.
    expect(not any("\ud800" <= character <= "\udfff" for character in value), place)


def matching(pattern):
    compiled = re.compile(pattern)

    def matches(value, place):
        expect(isinstance(value, str) and compiled.fullmatch(value) is not None, place)
    return matches


def one_of(*values):
    def among(value, place):
        expect(any(type(value) is type(each) and value == each for each in values), place)
    return among


def whole(least, most):
    def within(value, place):
        expect(isinstance(value, int) and not isinstance(value, bool) and least <= value <= most, place)
    return within


def parts(pattern):
    check = matching(pattern)

    def short(value, place):
        check(value, place)
        expect(len(value) <= 32, place)
    return short


def nullable(form):
    def null_or(value, place):
        if value is not None:
            form(value, place)
    return null_or


def several(form):
    def each(value, place):
        expect(isinstance(value, list), place)
        for number, element in enumerate(value):
            form(element, f"{place}/{number}")
    return each


def members(**forms):
    def closed(value, place):
        expect(isinstance(value, dict) and set(value) == set(forms), place)
        for name, form in forms.items():
            form(value[name], f"{place}/{name}")
    return closed


identifier = matching("[a-z0-9._-]{1,64}")
hexadecimal = matching("[0-9a-f]{64}")
point = parts("[A-Z0-9]+(-[A-Z0-9]+)*")
range_ = parts("([A-Z0-9]+(-[A-Z0-9]+)*)?")
level, difficulty, importance = one_of(5, 4, 3), whole(1, 5), one_of("X", "Y", "Z")
type_ = one_of("single_choice", "multiple_choice", "true_false")
function = one_of(*FUNCTIONS)
kind, profile, use = one_of("national", "extended"), one_of("sample", "formal"), one_of("seat", "spare", "reserve")
truth, time, number = one_of(True, False), whole(-SAFE, SAFE), whole(0, 2**32 - 1)

index = members(bank=identifier, kind=kind, level=level, label=string, v=number, items=several(members(
    id=identifier, function=function, type=type_, difficulty=difficulty, point=point, importance=importance,
    enemies=several(identifier), group=nullable(members(id=identifier, place=number)),
    options=several(members(id=identifier, pinned=truth)), content=hexadecimal, key=hexadecimal)))

blueprint = members(
    id=identifier, v=number, level=level, title=string, standard=string,
    types=several(members(type=type_, count=number, half_marks=number)),
    functions=several(members(function=function, weight=number)),
    rows=several(members(function=function, type=type_, count=number, extended=number, group_size=number)),
    bands=several(members(name=identifier, difficulties=several(difficulty), share=number)),
    ranges=several(members(function=function, kind=kind, range=range_, weight=number)),
    importance=several(members(importance=importance, least=number, most=number)),
    minimum_multiple=number, extended_cap=number, minutes=number, pass_half_marks=number, scoring=identifier)

seating = members(batch=identifier, v=number, papers=several(members(
    paper=identifier, use=use, session=nullable(number), room=nullable(identifier), avoid=several(identifier))))

basis = members(
    algorithm=string, attempt=number, batch=identifier, blueprint=hexadecimal, level=level, plan=hexadecimal,
    banks=several(members(bank=identifier, kind=kind, index=hexadecimal, answer_keys=hexadecimal, approval=nullable(
        members(province=nullable(string), expires_at_ms=nullable(time),
                filings=several(members(authority=string, number=string)))))),
    custodians=several(members(custodian=identifier, outside=truth)), practical=nullable(hexadecimal),
    profile=profile, public_entropy=nullable(members(source=string, rule=string, not_before_ms=time)),
    replaces=nullable(members(manifest=hexadecimal, void=hexadecimal)), roster=hexadecimal, seating=hexadecimal,
    v=number)

manifest = members(basis=hexadecimal, v=number,
                   commitments=several(members(custodian=identifier, commitment=hexadecimal)))

secret = members(custodian=identifier, secret=hexadecimal)

# Each kind of document by its name in an input.
DOCUMENTS = {"basis": basis, "manifest": manifest, "blueprint": blueprint, "seating": seating, "index": index,
             "secret": secret}


def check_form(given):
    """Refuses an input of which a document, or a secret, has not its form."""
    for name in ("basis", "manifest", "blueprint", "seating"):
        check_document(name, given[name])
    for each in given["indexes"]:
        check_document("index", each)
    for each in given["secrets"]:
        check_document("secret", each)


def check_document(name, value):
    try:
        DOCUMENTS[name](value, name)
    except Form as place:
        raise Refused("form", name) from place


def read(name, text):
    """The document of a text in JSON; refuses what the page does not take for one."""
    try:
        value = json.loads(text, object_pairs_hook=distinct, parse_int=integer, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError, Form) as reason:
        raise Refused("form", name) from reason
    check_document(name, value)
    return value


def distinct(pairs):
    members_ = dict(pairs)
    expect(len(members_) == len(pairs), "a member twice")
    return members_


def integer(digits):
    expect(digits != "-0" and abs(int(digits)) <= SAFE, digits)
    return int(digits)


def refuse(digits):
    raise Form(digits)
