"""Faults of the blueprint."""

from .fault import add, fault, one_group


def of_blueprint(detail, name, *values):
    def put(given, dice):
        given["blueprint"].update(dice.pick(values))
    add(name, "blueprint", detail, put)


of_blueprint("version", "version-2", {"v": 2})
of_blueprint("minutes", "minutes-59", {"minutes": 59})
of_blueprint("minutes", "minutes-301", {"minutes": 301})
of_blueprint("pass mark", "pass-mark-0", {"pass_half_marks": 0})
of_blueprint("pass mark", "pass-mark-201", {"pass_half_marks": 201})
of_blueprint("minimum multiple", "multiple-0", {"minimum_multiple": 0})
of_blueprint("minimum multiple", "multiple-101", {"minimum_multiple": 101})
of_blueprint("cap", "cap-101", {"extended_cap": 101})
of_blueprint("version", "version-0", {"v": 0})
of_blueprint("minutes", "minutes-0", {"minutes": 0})
# Texts that are refused, by what is wrong with them; each has a name for its vector.
TEXTS = {
    "blank text": {"empty": "", "ideographic-space": " \u3000", "invisible": "\u200b\ufeff", "no-break": "\u00a0",
                   "next-line": "\u0085", "separator": "\u2028", "joiner": "\u200d\u2060", "line": "\n", "selector": "\ufe0f",
                   "ogham": "\u1680", "soft-hyphen": "\u00ad", "unassigned": "\u2065"},
    "long text": {"chinese": "长" * 201, "astral": "𠮷" * 201, "with-spaces": "长" + " " * 200,
                  "with-invisible": "长" + "\u200b" * 200, "lines": "长\n" * 101},
    "strange character": {name: f"方案{character}甲" for name, character in {
        "private": "\ue000", "private-last": "\uf8ff", "private-15": "\U000f0000", "private-16": "\U0010fffd",
        "last-of-all": "\U0010ffff", "replacement": "\ufffd", "zero-width": "\u200b", "mark": "\u200f", "embedding":
        "\u202a", "override": "\u202e", "joiner": "\u2060", "isolate": "\u2069", "selector": "\ufe00", "selector-16":
        "\ufe0f", "soft-hyphen": "\u00ad", "byte-order": "\ufeff", "tab": "\t", "return": "\r", "nul": "\0",
        "unit-separator": "\u001f", "delete": "\u007f", "c1-first": "\u0080", "next-line": "\u0085", "c1-last": "\u009f",
        "form-feed": "\f", "unassigned": "\u2065"}.items()},
    "stand-in": {"none": "暂无", "wide": "ＴＯＤＯ", "slash": "n/a", "uppercase-slash": "N/A", "wide-slash": "Ｎ／Ａ", "spaced":
                 "暂无 解析内容。", "marks": "XXX!.", "inside-space": "待\u3000定", "example": "示例", "explanation": "暂无解析",
                 "omitted": "略", "nothing": "无", "later": "待补充", "mixed-case": "tOdO", "tbd": "TBD", "wide-mixed": "ｔBＤ",
                 "wide-marks": "略！．", "stops": "无。。。", "line": "to\ndo", "separator": "待\u2028补充", "no-break":
                 "\u00a0略\u00a0", "content": "暂无解析内容", "marks-and-spaces": "略 。 ！"},
}
for member in ("title", "standard"):
    for detail, cases in TEXTS.items():
        for name, text in cases.items():
            of_blueprint(detail, f"{member}-{detail.replace(' ', '-')}-{name}", {member: text})


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


def range_(given, weight=1, **members):
    function = given["blueprint"]["functions"][0]["function"]
    return {"function": function, "kind": "national", "range": "Q", "weight": weight} | members


@fault("blueprint", "a range twice", "range-twice", "range-twice-with-another-weight", "empty-range-twice")
def range_twice(given, _, name):
    one = range_(given, range="" if name == "empty-range-twice" else "Q")
    given["blueprint"]["ranges"] = [one, one | {"weight": 1 if name == "range-twice" else 2}]


@fault("blueprint", "function of a range")
def range_of_another_function(given, _):
    given["blueprint"]["ranges"] = [range_(given, function="psychological_care")]


@fault("blueprint", "weight of a range", "range-without-weight", "range-of-10001")
def weight_of_a_range(given, _, name):
    given["blueprint"]["ranges"] = [range_(given), range_(given, 0 if name == "range-without-weight" else 10_001, range="R")]


def bounds(*triples):
    return [dict(zip(("importance", "least", "most"), triple)) for triple in triples]


of_blueprint("an importance twice", "importance-twice", {"importance": bounds(("X", 0, 100), ("Y", 0, 100), ("X", 0, 100))})
of_blueprint("importance without room", "importance-without-room", {"importance": bounds(("X", 1, 0))})


@fault("blueprint", "importance beyond the paper", "importance-beyond-the-paper", "importance-beyond-the-paper-in-sum")
def importance_beyond_the_paper(given, _, name):
    items = sum(each["count"] for each in given["blueprint"]["types"])
    given["blueprint"]["importance"] = bounds(("X", items + 1, 100)) if name == "importance-beyond-the-paper" else bounds(
        ("X", items - 1, 100), ("Y", 1, 100), ("Z", 1, 100))


@fault("blueprint", "importance beyond the paper")
def importance_beyond_32_bits(given, _):
    """The sum of two bounds exceeds 2³², and is small for whoever counts in 32 bits."""
    given["blueprint"]["importance"] = bounds(("X", 2**31, 2**32 - 1), ("Y", 2**31, 2**32 - 1))


@fault("blueprint", "half-marks in all")
def half_marks_beyond_32_bits(given, _):
    """2³² + 200 half-marks."""
    given["blueprint"]["types"] = [{"type": "single_choice", "count": 2**16, "half_marks": 2**16},
                                   {"type": "true_false", "count": 100, "half_marks": 2}]


@fault("blueprint", "weights")
def weights_beyond_32_bits(given, _):
    functions = given["blueprint"]["functions"]
    heavy = [{"function": name, "weight": 2**31} for name in ("symptom_care", "disease_care")]
    given["blueprint"]["functions"] = functions + heavy


@fault("blueprint", "shares")
def shares_beyond_32_bits(given, _):
    one, two = split_band(given)
    one["difficulties"], two["difficulties"] = [1], [2]
    given["blueprint"]["bands"] += [{"name": f"more-{n}", "difficulties": [n], "share": 2**31} for n in (3, 4)]


@fault("blueprint", "weights", "no-function")
def no_function(given, _, name):
    given["blueprint"]["functions"] = []


@fault("blueprint", "half-marks in all", "no-type")
def no_type(given, _, name):
    given["blueprint"]["types"] = []


@fault("blueprint", "count of a type", "no-row")
def no_row(given, _, name):
    given["blueprint"]["rows"] = []


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
