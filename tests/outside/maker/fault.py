"""Faults: what makes a legal input illegal, one rule of section 8 at a time.

A fault has a name, the code that must come out, the words with which Python refuses it, and a function that puts it into
a legal input. Documents are named again by their digests after a fault of the kind `sealed`, the basis alone after one
of the kind `committed`, and nothing after one that is `late`.
"""

from dataclasses import dataclass
from typing import Callable

from .inputs import LOTTERY, committed, drawn_numbers, sealed


@dataclass(frozen=True)
class Fault:
    name: str
    code: str
    detail: str
    put: Callable
    kind: str = "sealed"


FAULTS = []
KINDS = {"sealed": sealed, "committed": committed, "late": lambda given: given}


def fault(code, detail, *names, kind="sealed"):
    """Declares a fault by the function that puts it in, or several by their names, of which it gets one."""
    def declare(put):
        for name in names:
            add(name, code, detail, lambda given, dice, name=name: put(given, dice, name), kind)
        if not names:
            add(put.__name__.replace("_", "-"), code, detail, put, kind)
        return put
    return declare


def add(name, code, detail, put, kind="sealed"):
    FAULTS.append(Fault(f"{code}-{name}", code, detail, put, kind))


def with_faults(given, dice, *faults):
    """The input with faults in it, those first that let the most be named again."""
    for kind, name_again in KINDS.items():
        for one in (one for one in faults if one.kind == kind):
            one.put(given, dice)
        if any(one.kind == kind for one in faults):
            name_again(given)
    return given


def flipped(digest, dice):
    """The digest with one bit changed."""
    place = dice.below(64)
    return digest[:place] + "0123456789abcdef"[int(digest[place], 16) ^ 1 << dice.below(4)] + digest[place + 1:]


def an_index(given, dice, items=1):
    return dice.pick([index for index in given["indexes"] if len(index["items"]) >= items])


def another_bank(given, kind="national", name="another"):
    """A new bank without items."""
    level = given["basis"]["level"]
    index = {"bank": name, "kind": kind, "level": level, "label": "", "v": 1, "items": []}
    given["indexes"].append(index)
    entry = {"bank": name, "kind": kind, "index": "", "answer_keys": "", "approval": None}
    given["basis"]["banks"].append(entry)
    return index


def entropy_named(given, source=LOTTERY["source"], rule=LOTTERY["rule"]):
    given["basis"]["public_entropy"] = {"source": source, "rule": rule, "not_before_ms": 0}
    given["public_entropy"] = drawn_numbers(range(1, 21))


def formal(given, custodians=2, outside=True):
    entropy_named(given)
    basis = given["basis"]
    basis["profile"], basis["attempt"], basis["replaces"] = "formal", 1, None
    names = ["alpha", "beta", "gamma"][:custodians]
    basis["custodians"] = [{"custodian": name, "outside": outside and name == "alpha"} for name in names]
    given["secrets"] = [{"custodian": name, "secret": 32 * f"{number:02x}"} for number, name in enumerate(names)]
    for bank in basis["banks"]:
        bank["approval"] = {"province": None, "filings": filings("国家医保局", "人社部"), "expires_at_ms": None}


def filings(*authorities):
    return [{"authority": authority, "number": str(number)} for number, authority in enumerate(authorities, 1)]


def further(given, dice, attempt=2):
    given["basis"].update(attempt=attempt, replaces={"manifest": dice.hex(), "void": dice.hex()})


def two_custodians(given):
    basis = given["basis"]
    if len(basis["custodians"]) == 1:
        basis["custodians"].append({"custodian": "zeta", "outside": True})
        given["secrets"].append({"custodian": "zeta", "secret": "5a" * 32})


def one_group(given, size):
    """A blueprint whose only fault may be the size of its groups: 25 items of 8 half-marks."""
    row = {"function": "ethics", "type": "true_false", "count": size, "extended": 0, "group_size": size}
    given["blueprint"].update(
        types=[{"type": "true_false", "count": 25, "half_marks": 8}], functions=[{"function": "ethics", "weight": 100}],
        rows=[row, row | {"count": 25 - size, "group_size": 1}], extended_cap=0, minimum_multiple=1, ranges=[],
        importance=[], bands=[{"name": "all", "difficulties": [1, 2, 3, 4, 5], "share": 100}])


def paper(name, use, session=1, room="r"):
    return {"paper": name, "use": use, "session": session, "room": room, "avoid": []}
