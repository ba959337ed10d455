"""Marks, worked out anew by fractions from `src/engine/theory/README.md` and `src/engine/practical/README.md` alone."""

import decimal
from fractions import Fraction

from draw_bytes import digest

FUNCTIONS = ("ethics", "foundations", "daily_care", "basic_nursing", "emergency", "symptom_care", "disease_care",
             "function_maintenance", "psychological_care")
PANEL_POLICIES = {name: {"alert_above": 20, "average": average, "version": name, "vetoes": "any_examiner"}
                  for name, average in (("mean-1", "mean"), ("trimmed-1", "trimmed_from_five"), ("median-1", "median"))}


class NoMark(ValueError):
    """Sheets and decisions that form no mark."""


def must(holds, why):
    if not holds:
        raise NoMark(why)


def award(policy, item_type, full, key, chosen):
    """Half-marks that a choice earns."""
    if set(chosen) == set(key) and key:
        return full
    half = policy == "partial-1" and item_type == "multiple_choice" and chosen and set(chosen) < set(key)
    return full // 2 if half else 0


def exact(value):
    return {"den": value.denominator, "num": value.numerator}


def part(value, terminated=False):
    """A part of a result."""
    rounding = decimal.ROUND_HALF_UP if value >= 60 else decimal.ROUND_DOWN
    shown = (decimal.Decimal(value.numerator) / value.denominator).quantize(decimal.Decimal("0.01"), rounding)
    return {"exact": exact(value), "passed": value >= 60 and not terminated, "shown": str(shown)}


def panel_mark(sheet, handed_in, policy, decisions):
    """The mark of a panel, as results commit to it."""
    items = {item["id"]: item for module in sheet["modules"] for section in module["sections"] for item in section["items"]}
    must(len(handed_in) >= 3, "fewer than three sheets")
    must(len({one["examiner"] for one in handed_in}) == len(handed_in), "an examiner twice")
    for one in handed_in:
        must((one["sheet"], one["sheet_digest"]) == (sheet["id"], digest(sheet).hex()), "another sheet")
        must(one["scores"].keys() == items.keys(), "an award for each item")
        must(one["total"] == sum(worth(items[name], code) for name, code in one["scores"].items()), "another total")
    effects = confirmed(sheet, handed_in, policy, decisions["vetoes"])
    kinds = {effect["type"] for _, effect in effects}
    zeroed = {effect["item"] for _, effect in effects if effect["type"] == "zero_item"}

    def of_module(one, module):
        names = [item["id"] for section in module["sections"] for item in section["items"]]
        return sum(worth(items[name], one["scores"][name]) for name in names if name not in zeroed)

    counted = {one["examiner"]: sum(of_module(one, module) for module in sheet["modules"]) for one in handed_in}
    nothing = bool(kinds & {"zero_sheet", "terminate"})
    if not nothing and max(counted.values()) - min(counted.values()) > policy["alert_above"]:
        must(decisions["spread"] and decisions["spread"]["verdict"] == "stands", "totals differ too much")

    taken = averaged(policy["average"], counted)
    average = Fraction(sum(counted[name] for name in taken), 2 * len(taken))
    caps = [Fraction(effect["half_marks"], 2) for _, effect in effects if effect["type"] == "cap"]
    mark = Fraction(0) if nothing else min([average, *caps])
    kept = mark / average if average else Fraction(0)
    parts = []
    for function in FUNCTIONS:
        modules = [module for module in sheet["modules"] if module.get("function", sheet["function"]) == function]
        if modules:
            weight = sum(module["weight"] for module in modules)
            marks = [of_module(one, module) for one in handed_in if one["examiner"] in taken for module in modules]
            score = Fraction(sum(marks), 2 * len(taken)) * 100 / weight * kept
            parts.append({"function": function, "score": exact(score), "weight": weight})
    examiners = [{"averaged": one["examiner"] in taken, "counted": counted[one["examiner"]], "examiner": one["examiner"],
                  "handed_in": one["total"], "last_event": one["last_event"]} for one in handed_in]
    return {"average": exact(average), "decisions": decisions, "examiners": sorted(examiners, key=lambda one: one["examiner"]),
            "mark": exact(mark), "parts": parts, "policy": policy, "sheet": sheet["id"], "sheet_digest": digest(sheet).hex(),
            "terminated": "terminate" in kinds, "vetoes": [{"effect": effect, "veto": name} for name, effect in effects]}


def practical(weights, marks):
    """The practical part of a result, from weights in percent by function and the panels' marks with their sheets' weights."""
    if any(each["mark"]["terminated"] for each in marks):
        return part(Fraction(0), terminated=True)
    total = Fraction(0)
    for function, percent in weights.items():
        parts = [(each["weight"], Fraction(one["score"]["num"], one["score"]["den"]))
                 for each in marks for one in each["mark"]["parts"] if one["function"] == function]
        must(parts, f"{function} was not examined")
        total += percent * sum(weight * score for weight, score in parts) / sum(weight for weight, _ in parts) / 100
    return part(total)


def worth(item, code):
    awards = {each["code"]: each["half_marks"] for each in item["awards"]}
    must(code in awards, "no such award")
    return awards[code]


def confirmed(sheet, handed_in, policy, decided):
    """The vetoes that count, with their effects, in the sheet's order."""
    verdicts, counting = {each["veto"]: each["verdict"] for each in decided}, []
    for veto in sheet["vetoes"]:
        marks = sum(veto["id"] in one["vetoes"] for one in handed_in)
        if marks and (policy["vetoes"] == "any_examiner" or marks * 2 > len(handed_in)):
            must(veto["id"] in verdicts, "a veto without a decision")
            if verdicts[veto["id"]] == "confirmed":
                counting.append((veto["id"], veto["effect"]))
    return counting


def averaged(average, counted):
    """Whose sheets are averaged."""
    order = sorted(counted, key=lambda examiner: (counted[examiner], examiner))
    if average == "trimmed_from_five":
        return order[1:-1] if len(order) >= 5 else order
    if average == "median":
        return order[(len(order) - 1) // 2: len(order) // 2 + 1]
    return order
