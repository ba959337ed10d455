"""Values at the edge of what is legal: each changes a legal input into one that must still be drawn."""

from .fault import an_index, another_bank, entropy_named, filings, formal, further, one_group, paper, two_custodians

EDGES = []


def edge(put):
    EDGES.append((put.__name__.replace("_", "-"), put))
    return put


@edge
def minutes_60(given, _):
    given["blueprint"]["minutes"] = 60


@edge
def minutes_300_and_pass_mark_200(given, _):
    given["blueprint"].update(minutes=300, pass_half_marks=200)


@edge
def pass_mark_1(given, _):
    given["blueprint"]["pass_half_marks"] = 1


# Titles that look like what is refused, and are not.
TITLES = {
    "of-200-characters": "𠮷" * 200, "with-lines": "暂无\n" * 66 + "标准", "with-a-stand-in": "暂无方案", "of-marks": "。",
    "with-mark-in-front": "!无", "with-question-mark": "无?", "with-comma": "无、", "with-superscripts": "ˣˣˣ",
    "with-circles": "ⓣⓞⓓⓞ", "with-narrow-stop": "暂无｡", "with-letters-of-mathematics": "𝐭𝐨𝐝𝐨", "with-cyrillic": "ххх",
    "with-accent": "tódo", "with-separators": "甲\u2028乙\u2029丙", "with-white-space": "\u00a0甲\u1680\u2003乙\u3000",
    "of-a-mongolian-separator": "\u180e", "of-a-braille-blank": "\u2800", "of-a-grapheme-joiner": "\u034f",
    "of-a-filler": "\u3164", "with-a-tag": "甲\U000e0041", "with-a-noncharacter": "甲\uffff", "beside-private-use": "\uf900甲\U000effff",
    "beside-controls": "~甲\u00a0\u00a1", "beside-invisible": "甲\u200a\u2010\u2029\u202f\u205f\u206a\ufdff\ufe10\ufefe",
    "with-object-replacement": "甲\ufffc", "repeated": "tbdtbd", "turned": "a/n", "alone": "x", "longer": "xxxx", "full": "无无",
    "with-ellipsis": "略…", "with-middle-dot": "略·", "with-halfwidth-katakana": "ﾄﾄﾞ", "with-percent": "暂无%",
    "with-wide-tilde": "暂无～",
}
for name, text in TITLES.items():
    EDGES.append((f"title-{name}", lambda given, _, text=text: given["blueprint"].update(title=text, standard=text)))

# Sources and rules that are not blank: each character is no white space of the page.
for name, text in {"zero-width": "\u200b", "unit-separator": "\u001c\u001f", "byte-order": "\ufeff", "mongolian": "\u180e",
                   "nul": "\0", "joiner": "\u2060", "braille": "\u2800"}.items():
    EDGES.append((f"entropy-of-{name}", lambda given, _, text=text: entropy_named(given, text, text)))

# Provinces are any text, also where the page says what they should be.
for name, text in {"country": None, "empty": "", "name": "浙江", "six-digits": "330000", "unknown": "99", "emoji": "😀",
                   "space": " 33", "line": "3\n3"}.items():
    def province(given, _, text=text):
        given["basis"]["banks"][0]["approval"] = {"province": text, "filings": [], "expires_at_ms": None}
    EDGES.append((f"province-{name}", province))

# What the filings of an extended bank name: two different authorities are enough, whatever else stands there.
FILINGS = {
    "of-equal-numbers": [{"authority": "甲", "number": "1"}, {"authority": "乙", "number": "1"}],
    "twice-and-another": filings("甲", "甲", "乙"), "that-differ-by-case": filings("A", "a"),
    "that-differ-by-a-space": filings("甲", "甲 "), "that-differ-by-form": filings("é", "e\u0301"),
    "of-nobody": filings("", "甲"), "of-width": filings("A", "Ａ"),
}
for name, filed in FILINGS.items():
    def put(given, _, filed=filed):
        formal(given)
        another_bank(given, "extended")
        given["basis"]["banks"][-1]["approval"] = {"province": None, "filings": filed, "expires_at_ms": 0}
        for bank in given["basis"]["banks"]:
            if bank["kind"] == "extended":
                bank["approval"] = {"province": "33", "filings": filed, "expires_at_ms": 0}
    EDGES.append((f"filings-{name}", put))


@edge
def entropy_of_one_byte(given, _):
    entropy_named(given, "号" * 500, "则" * 500)
    given["public_entropy"] = "00"


@edge
def entropy_of_500_astral_characters(given, _):
    entropy_named(given, "𠮷" * 500, " " * 499 + "𠮷")


@edge
def entropy_of_4096_bytes(given, dice):
    entropy_named(given, "骰子", "骰子")
    given["public_entropy"] = dice.hex(32) * 128


@edge
def groups_of_20(given, dice):
    one_group(given, 20)
    index = an_index(given, dice)
    item = index["items"][0] | {"function": "ethics", "type": "true_false", "enemies": []}
    items = [item | {"id": f"g{n:02}", "point": "A", "group": {"id": "group", "place": 20 - n}} for n in range(20)]
    items += [item | {"id": f"s{n}", "point": f"A-{n}", "group": None} for n in range(6)]
    given["blueprint"]["ranges"] = [{"function": "ethics", "kind": "national", "range": name, "weight": weight}
                                    for name, weight in (("", 20), ("A", 5))]
    only = index | {"kind": "national", "items": items}
    given["indexes"] = [only]
    given["basis"]["banks"] = [bank | {"kind": "national"} for bank in given["basis"]["banks"]
                                  if bank["bank"] == only["bank"]]


@edge
def one_character_and_64(given, _):
    for number, each in enumerate(given["seating"]["papers"]):
        each["paper"] = f"{number}".ljust(64 if number else 1, ".")


@edge
def greatest_numbers(given, _):
    basis = given["basis"]
    basis.update(attempt=2**32 - 1, replaces={"manifest": "0" * 64, "void": "f" * 64})
    entropy_named(given)
    basis["public_entropy"]["not_before_ms"] = 2**53 - 1
    for each in given["seating"]["papers"]:
        each["session"] = None if each["session"] is None else 2**32 - 1 - 9 + each["session"]


@edge
def least_numbers(given, _):
    entropy_named(given)
    given["basis"]["public_entropy"]["not_before_ms"] = 1 - 2**53
    given["basis"]["banks"][0]["approval"] = {"province": "", "filings": [], "expires_at_ms": 1 - 2**53}


@edge
def sessions_with_gaps_and_one_room_in_two(given, _):
    given["seating"]["papers"] = [
        paper("a", "seat", 0, "r2"), paper("b", "spare", 0, "r2"), paper("c", "seat", 0, "r1"),
        paper("d", "seat", 7, "r2"), paper("e", "reserve", None, None)]


@edge
def room_with_spares_alone(given, _):
    given["seating"]["papers"] = [paper("a", "spare"), paper("b", "spare"), paper("c", "seat", 1, "q")]


@edge
def reserve_alone(given, _):
    given["seating"]["papers"] = [paper("a", "reserve", None, None), paper("b", "reserve", None, None)]


@edge
def bank_without_items(given, _):
    another_bank(given)


@edge
def names_a_bank_twice_as_enemy_of_itself(given, dice):
    item = an_index(given, dice)["items"][0]
    item["enemies"] = [item["id"], item["id"], "nowhere"]


@edge
def seen_twice(given, dice):
    seen = an_index(given, dice)["items"][0]["id"]
    for each in given["seating"]["papers"][:1]:
        each["avoid"] = [seen, seen, "nowhere"]


@edge
def formal_with_entropy_and_nobody_outside(given, _):
    formal(given, outside=False)
    entropy_named(given)


@edge
def formal_further_attempt(given, dice):
    formal(given)
    further(given, dice)


@edge
def formal_national_bank_without_approval(given, _):
    formal(given)
    for bank in given["basis"]["banks"]:
        bank["approval"] = None if bank["kind"] == "national" else bank["approval"]


@edge
def sample_extended_bank_without_approval(given, _):
    another_bank(given, "extended")


@edge
def one_custodian_and_no_entropy(given, _):
    given["basis"].update(public_entropy=None, custodians=given["basis"]["custodians"][:1])
    given["secrets"] = [each for each in given["secrets"]
                        if each["custodian"] == given["basis"]["custodians"][0]["custodian"]]
    given["public_entropy"] = None


@edge
def secrets_that_differ_in_one_bit(given, _):
    two_custodians(given)
    given["secrets"][0]["secret"], given["secrets"][1]["secret"] = "00" * 32, "00" * 31 + "01"


@edge
def custodians_not_sorted(given, _):
    given["basis"]["custodians"] = [{"custodian": name, "outside": False} for name in ("zeta", "alpha", "beta")]
    given["secrets"] = [{"custodian": name, "secret": f"{number:064x}"}
                        for number, name in enumerate(("beta", "zeta", "alpha"))]


@edge
def paper_named_like_an_item_and_a_custodian(given, dice):
    item = an_index(given, dice)["items"][0]["id"]
    given["seating"]["papers"] = [paper(item, "seat"), paper(given["basis"]["custodians"][0]["custodian"], "spare")]


@edge
def session_0_and_room_like_reserve(given, _):
    given["seating"]["papers"] = [paper("a", "seat", 0, "reserve"), paper("b", "seat", 0, "reserve"),
                                  paper("c", "reserve", None, None)]


@edge
def sessions_9_and_10(given, _):
    given["seating"]["papers"] = [paper("a", "seat", 9), paper("b", "seat", 10), paper("c", "seat", 11)]


@edge
def label_of_any_text(given, dice):
    an_index(given, dice)["label"] = "\u2028\"\\/\b\f\n\r\t\u0000\u001f\u007f\u0085é😀"


@edge
def everything_seen(given, dice):
    seen = [item["id"] for index in given["indexes"] for item in index["items"]]
    given["seating"]["papers"][0]["avoid"] = dice.shuffled(seen)


@edge
def everything_seen_twice(given, dice):
    """What returns is named as it stands, also what stands twice and what the draw does not have."""
    seen = dice.shuffled([item["id"] for index in given["indexes"] for item in index["items"]])
    given["seating"]["papers"][0]["avoid"] = ["long-gone", *(name for each in seen for name in (each, each)), "nowhere"]


@edge
def seen_is_the_id_of_a_group(given, dice):
    """It is no item, so that nobody loses the group's items, but whose enemies name it is excluded."""
    index = an_index(given, dice)
    first = index["items"][0]
    first["group"] = first["group"] or {"id": "zz-group", "place": 4}
    given["seating"]["papers"][0]["avoid"] = [first["group"]["id"]]
    for item in index["items"][1:2]:
        item["enemies"] = [first["group"]["id"]]


@edge
def enemies_name_groups(given, dice):
    """The id of a group keeps nothing out of a paper."""
    items = [item for index in given["indexes"] for item in index["items"]]
    for number, item in enumerate(items):
        if item["group"] is None:
            item["group"] = {"id": f"zz-{number}", "place": number}
    for item in items:
        item["enemies"] = [other["group"]["id"] for other in items]


@edge
def seen_plays_no_part_and_names_enemies(given, dice):
    """An item that no cell wants still tells who its near-twins are."""
    index = an_index(given, dice, 2)
    named = dice.some([item["id"] for item in index["items"]], 2)
    index["items"].append(index["items"][0] | {
        "id": "zzzz", "function": "psychological_care", "group": None, "enemies": named})
    given["seating"]["papers"][0]["avoid"] = ["zzzz"]


@edge
def seen_is_gone_and_named_as_enemy(given, dice):
    for item in dice.some(an_index(given, dice, 2)["items"], 2):
        item["enemies"] = ["long-gone"]
    given["seating"]["papers"][0]["avoid"] = ["long-gone"]


@edge
def groups_of_one(given, _):
    """A group of one item is named by the group, and stands among singles."""
    for index in given["indexes"]:
        for number, item in enumerate(index["items"]):
            if item["group"] is None:
                item["group"] = {"id": f"{len(index['items']) - number:03}-{index['bank']}", "place": 2**32 - 1 - number}


@edge
def weight_10000_and_1(given, _):
    function = given["blueprint"]["functions"][0]["function"]
    ranges = {item["point"].rpartition("-")[0] for index in given["indexes"] for item in index["items"]
              if item["function"] == function and index["kind"] == "national"}
    given["blueprint"]["ranges"] = [{"function": function, "kind": "national", "range": name,
                                     "weight": 10_000 if number == 0 else 9_999} for number, name in enumerate(sorted(ranges))]


@edge
def ranges_in_another_order(given, _):
    """The list's order means nothing: ranges are sorted."""
    weight_10000_and_1(given, None)
    given["blueprint"]["ranges"].reverse()


@edge
def bounds_that_every_paper_keeps(given, _):
    given["blueprint"]["importance"] = [{"importance": letter, "least": 0, "most": 2**32 - 1} for letter in "ZXY"]


@edge
def minimum_multiple_1(given, _):
    given["blueprint"]["minimum_multiple"] = 1
