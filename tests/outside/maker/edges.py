"""Values at the edge of what is legal: each changes a legal input into one that must still be drawn."""

from .fault import an_index, another_bank, entropy_named, formal, one_group, paper

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


@edge
def texts_of_200_characters(given, _):
    given["blueprint"].update(title="𠮷" * 200, standard="暂无\n" * 66 + "标准")


@edge
def entropy_of_one_byte(given, _):
    entropy_named(given, "号" * 500, "则" * 500)
    given["public_entropy"] = "00"


@edge
def entropy_of_4096_bytes(given, dice):
    entropy_named(given)
    given["public_entropy"] = dice.hex(32) * 128


@edge
def groups_of_20(given, dice):
    one_group(given, 20)
    index = an_index(given, dice)
    item = index["items"][0] | {"function": "ethics", "type": "true_false", "enemies": []}
    items = [item | {"id": f"g{n:02}", "point": "A", "group": {"id": "group", "place": 20 - n}} for n in range(20)]
    items += [item | {"id": f"s{n}", "point": f"A-{n}", "group": None} for n in range(6)]
    only = index | {"kind": "national", "items": items}
    given["indexes"] = [only]
    given["manifest"]["banks"] = [bank | {"kind": "national"} for bank in given["manifest"]["banks"]
                                  if bank["bank"] == only["bank"]]


@edge
def one_character_and_64(given, _):
    for number, each in enumerate(given["seating"]["papers"]):
        each["paper"] = f"{number}".ljust(64 if number else 1, ".")


@edge
def greatest_numbers(given, _):
    manifest = given["manifest"]
    manifest.update(attempt=2**32 - 1, replaces={"manifest": "0" * 64, "void": "f" * 64})
    entropy_named(given)
    manifest["public_entropy"]["not_before_ms"] = 2**53 - 1
    for each in given["seating"]["papers"]:
        each["session"] = None if each["session"] is None else 2**32 - 1 - 9 + each["session"]


@edge
def least_numbers(given, _):
    entropy_named(given)
    given["manifest"]["public_entropy"]["not_before_ms"] = 1 - 2**53
    given["manifest"]["banks"][0]["approval"] = {"province": "", "filings": [], "expires_at_ms": 1 - 2**53}


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
def formal_further_attempt_with_entropy(given, dice):
    formal(given)
    entropy_named(given)
    given["manifest"].update(attempt=2, replaces={"manifest": dice.hex(), "void": dice.hex()})
