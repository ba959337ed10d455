"""Faults of the blueprint."""

from .fault import add, fault, one_group


def of_blueprint(detail, name, *values):
    def put(given, dice):
        given["blueprint"].update(dice.pick(values))
    add(name, "blueprint", detail, put)


of_blueprint("version", "version", {"v": 0}, {"v": 2})
of_blueprint("minutes", "minutes-59", {"minutes": 59})
of_blueprint("minutes", "minutes-301", {"minutes": 301})
of_blueprint("pass mark", "pass-mark-0", {"pass_half_marks": 0})
of_blueprint("pass mark", "pass-mark-201", {"pass_half_marks": 201})
of_blueprint("minimum multiple", "multiple-0", {"minimum_multiple": 0})
of_blueprint("minimum multiple", "multiple-101", {"minimum_multiple": 101})
of_blueprint("cap", "cap-101", {"extended_cap": 101})
STRANGE = "\ue000\uf8ff\ufffd\u200b\u202e\u2069\ufe0f\u00ad\ufeff\t\u0085\U000f0000"
STAND_INS = ["暂无", "ＴＯＤＯ", "n/a", "暂无 解析内容。", "XXX!.", "待\u3000定", "示例"]
for member in ("title", "standard"):
    of_blueprint("blank text", f"{member}-blank", *({member: text} for text in ("", " \u3000", "\u200b\ufeff")))
    of_blueprint("long text", f"{member}-long", {member: "长" * 201})
    of_blueprint("strange character", f"{member}-strange", *({member: f"方案{c}"} for c in STRANGE))
    of_blueprint("stand-in", f"{member}-stand-in", *({member: text} for text in STAND_INS))


@fault("blueprint", "a type twice")
def type_twice(given, dice):
    given["blueprint"]["types"].append(dict(dice.pick(given["blueprint"]["types"])))


@fault("blueprint", "a type without items")
def type_without_items(given, _):
    given["blueprint"]["types"].append({"type": other_type(given), "count": 0, "half_marks": 2})


@fault("blueprint", "a type without marks")
def type_without_marks(given, _):
    kind, function = other_type(given), given["blueprint"]["functions"][0]["function"]
    given["blueprint"]["types"].append({"type": kind, "count": 3, "half_marks": 0})
    given["blueprint"]["rows"].append({"function": function, "type": kind, "count": 3, "extended": 0, "group_size": 1})


def other_type(given):
    used = {kind["type"] for kind in given["blueprint"]["types"]}
    return next(kind for kind in ("true_false", "multiple_choice", "single_choice") if kind not in used)


@fault("blueprint", "a function twice")
def function_twice(given, dice):
    given["blueprint"]["functions"].append(dict(dice.pick(given["blueprint"]["functions"])))


@fault("blueprint", "a function without weight")
def function_without_weight(given, _):
    given["blueprint"]["functions"].append({"function": "psychological_care", "weight": 0})


@fault("blueprint", "weights")
def weights(given, dice):
    dice.pick(given["blueprint"]["functions"])["weight"] += dice.between(1, 3)


@fault("blueprint", "a row twice")
def row_twice(given, _):
    row = max(given["blueprint"]["rows"], key=lambda row: row["count"] // row["group_size"])
    given["blueprint"]["rows"].append(row | {"count": row["group_size"], "extended": 0})
    row["count"] -= row["group_size"]


@fault("blueprint", "type of a row")
def row_of_another_type(given, dice):
    dice.pick(given["blueprint"]["rows"])["type"] = other_type(given)


@fault("blueprint", "function of a row")
def row_of_another_function(given, dice):
    dice.pick(given["blueprint"]["rows"])["function"] = "psychological_care"


@fault("blueprint", "size of a group", "group-size-0", "group-size-21")
def group_size(given, dice, name):
    if name == "group-size-0":
        dice.pick(given["blueprint"]["rows"])["group_size"] = 0
    else:
        one_group(given, 21)


@fault("blueprint", "a row without items")
def row_without_items(given, _):
    row = given["blueprint"]["rows"][0]
    size = next(size for size in range(1, 21) if size not in {r["group_size"] for r in given["blueprint"]["rows"]})
    given["blueprint"]["rows"].append(row | {"count": 0, "extended": 0, "group_size": size})


@fault("blueprint", "more extended items than items")
def more_extended_than_items(given, dice):
    row = dice.pick(given["blueprint"]["rows"])
    row["extended"] = row["count"] + row["group_size"]
    given["blueprint"]["extended_cap"] = 100


@fault("blueprint", "whole groups")
def part_of_a_group(given, dice):
    row = dice.pick(given["blueprint"]["rows"])
    row["extended"], row["group_size"] = 0, row["count"] + 1


@fault("blueprint", "whole extended groups")
def part_of_an_extended_group(given, dice):
    one_group(given, dice.between(2, 20))
    given["blueprint"]["rows"][0]["extended"], given["blueprint"]["extended_cap"] = 1, 100


@fault("blueprint", "half-marks in all", "half-marks-more", "half-marks-fewer")
def half_marks(given, dice, name):
    dice.pick(given["blueprint"]["types"])["half_marks"] += 1 if name == "half-marks-more" else -1


@fault("blueprint", "count of a type")
def type_margin(given, _):
    blueprint = given["blueprint"]
    kind = min(blueprint["types"], key=lambda kind: kind["half_marks"])
    kind["half_marks"], count = 1, kind["count"]
    rest = sum(k["count"] * k["half_marks"] for k in blueprint["types"] if k is not kind)
    kind["count"] = 200 - rest if 200 - rest != count else 200 - rest + 1


@fault("blueprint", "weight of a function")
def function_margin(given, _):
    functions = given["blueprint"]["functions"]
    if len(functions) == 1:
        functions.append({"function": "psychological_care", "weight": 1})
    heavy = max(functions, key=lambda each: each["weight"])
    light = next(each for each in functions if each is not heavy)
    heavy["weight"] -= 1
    light["weight"] = 100 - sum(each["weight"] for each in functions if each is not light)


@fault("blueprint", "share of extended items")
def cap_exceeded(given, _):
    blueprint = given["blueprint"]
    worth = {kind["type"]: kind["half_marks"] for kind in blueprint["types"]}
    row = blueprint["rows"][0]
    row["extended"] = row["count"]
    extended = sum(row["extended"] * worth[row["type"]] for row in blueprint["rows"])
    blueprint["extended_cap"] = (extended - 1) // 2


def split_band(given):
    """Makes two bands of the first, which need at least two percent and a difficulty each."""
    blueprint = given["blueprint"]
    blueprint["bands"] = [{"name": "one", "difficulties": [1, 2], "share": 60},
                          {"name": "two", "difficulties": [3, 4, 5], "share": 40}]
    return blueprint["bands"]


@fault("blueprint", "a band's name twice")
def band_name_twice(given, _):
    split_band(given)[1]["name"] = "one"


@fault("blueprint", "a difficulty twice", "difficulty-in-two-bands", "difficulty-twice-in-a-band")
def difficulty_twice(given, dice, name):
    one, two = split_band(given)
    (two if name == "difficulty-in-two-bands" else one)["difficulties"].append(dice.between(1, 2))


@fault("blueprint", "a band without difficulty")
def band_without_difficulty(given, _):
    split_band(given)[1]["difficulties"] = []


@fault("blueprint", "a band without share")
def band_without_share(given, _):
    one, two = split_band(given)
    one["share"], two["share"] = 100, 0


@fault("blueprint", "shares", "shares-99", "shares-101", "no-band")
def shares(given, _, name):
    if name == "no-band":
        given["blueprint"]["bands"] = []
    else:
        split_band(given)[0]["share"] += 1 if name == "shares-101" else -1
