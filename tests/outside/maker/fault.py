"""Faults: what makes a legal input illegal, one rule of section 7 at a time.

A fault has a name, the code that must come out, the words with which draw_input.py refuses it, and a function that puts
it into a legal input. `late` faults are put in after the manifest names the documents.
"""

from dataclasses import dataclass
from typing import Callable

from .inputs import sealed


@dataclass(frozen=True)
class Fault:
    name: str
    code: str
    detail: str
    put: Callable
    late: bool = False


FAULTS = []


def fault(code, detail, *names, late=False):
    """Declares a fault by the function that puts it in, or several by their names, of which it gets one."""
    def declare(put):
        for name in names:
            add(name, code, detail, lambda given, dice, name=name: put(given, dice, name), late)
        if not names:
            add(put.__name__.replace("_", "-"), code, detail, put, late)
        return put
    return declare


def add(name, code, detail, put, late=False):
    FAULTS.append(Fault(f"{code}-{name}", code, detail, put, late))


def with_faults(given, dice, *faults):
    """The input with faults in it; its documents are named again before the late ones."""
    for one in faults:
        if not one.late:
            one.put(given, dice)
    sealed(given)
    for one in faults:
        if one.late:
            one.put(given, dice)
    return given


def flipped(digest, dice):
    """The digest with one bit changed."""
    place = dice.below(64)
    return digest[:place] + "0123456789abcdef"[int(digest[place], 16) ^ 1 << dice.below(4)] + digest[place + 1:]


def an_index(given, dice, items=1):
    return dice.pick([index for index in given["indexes"] if len(index["items"]) >= items])


def another_bank(given):
    """A new national bank without items."""
    level = given["manifest"]["level"]
    index = {"bank": "another", "kind": "national", "level": level, "label": "", "v": 1, "items": []}
    given["indexes"].append(index)
    entry = {"bank": "another", "kind": "national", "index": "", "answer_keys": "", "approval": None}
    given["manifest"]["banks"].append(entry)
    return index


def entropy_named(given, source="福彩 3D 2026001 期", rule="开奖号码的 ASCII 字节"):
    given["manifest"]["public_entropy"] = {"source": source, "rule": rule, "not_before_ms": 0}
    given["public_entropy"] = "3132"


def formal(given, custodians=2, outside=True):
    manifest = given["manifest"]
    manifest["profile"], manifest["attempt"], manifest["replaces"] = "formal", 1, None
    manifest["public_entropy"] = given["public_entropy"] = None
    names = ["alpha", "beta", "gamma"][:custodians]
    manifest["custodians"] = [{"custodian": name, "outside": outside and name == "alpha", "commitment": ""}
                              for name in names]
    given["secrets"] = [{"custodian": name, "secret": 32 * f"{number:02x}"} for number, name in enumerate(names)]
    filings = [{"authority": "国家医保局", "number": "1"}, {"authority": "人社部", "number": "2"}]
    for bank in manifest["banks"]:
        bank["approval"] = {"province": None, "filings": filings[:], "expires_at_ms": None}


def one_group(given, size):
    """A blueprint whose only fault may be the size of its groups: 25 items of 8 half-marks."""
    row = {"function": "ethics", "type": "true_false", "count": size, "extended": 0, "group_size": size}
    given["blueprint"].update(
        types=[{"type": "true_false", "count": 25, "half_marks": 8}], functions=[{"function": "ethics", "weight": 100}],
        rows=[row, row | {"count": 25 - size, "group_size": 1}], extended_cap=0, minimum_multiple=1,
        bands=[{"name": "all", "difficulties": [1, 2, 3, 4, 5], "share": 100}])


def paper(name, use, session=1, room="r"):
    return {"paper": name, "use": use, "session": session, "room": room, "avoid": []}
