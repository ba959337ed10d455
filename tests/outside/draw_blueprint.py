"""What is refused of a blueprint (src/engine/draw/SPEC.md, section 8)."""

from draw_form import Refused

WHITE_SPACE = frozenset(map(chr, [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B),
                                  0x2028, 0x2029, 0x202F, 0x205F, 0x3000]))
INVISIBLE = frozenset(map(chr, [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A),
                                *range(0xFE00, 0xFE10), 0xFEFF]))
STAND_INS = {"暂无", "暂无解析", "暂无解析内容", "略", "无", "待定", "待补充", "todo", "tbd", "xxx", "n/a", "示例"}


def blueprint(condition, words):
    if not condition:
        raise Refused("blueprint", words)


def different(values):
    values = list(values)
    return len(set(values)) == len(values)


def check_blueprint(given):
    check_numbers(given)
    for member in ("title", "standard"):
        check_text(given[member])
    check_types_and_functions(given)
    check_rows(given)
    check_margins(given)
    check_bands(given["bands"])
    check_ranges(given)
    check_importance(given)


def check_numbers(given):
    blueprint(given["v"] == 1, "version")
    blueprint(60 <= given["minutes"] <= 300, "minutes")
    blueprint(1 <= given["pass_half_marks"] <= 200, "pass mark")
    blueprint(1 <= given["minimum_multiple"] <= 100, "minimum multiple")
    blueprint(given["extended_cap"] <= 100, "cap")


def check_text(text):
    blueprint(len(text) <= 200, "long text")
    blueprint(not set(text) <= WHITE_SPACE | INVISIBLE, "blank text")
    blueprint(not any(map(strange, text)), "strange character")
    blueprint(bare(text) not in STAND_INS, "stand-in")


def strange(character):
    point = ord(character)
    control = (point <= 0x1F or 0x7F <= point <= 0x9F) and character != "\n"
    private = 0xE000 <= point <= 0xF8FF or point >= 0xF0000
    return control or private or character == "\ufffd" or character in INVISIBLE


def bare(text):
    """The text as it is compared with stand-ins."""
    shown = (character for character in text if character not in WHITE_SPACE | INVISIBLE)
    return "".join(map(narrow, shown)).rstrip(".!")


def narrow(character):
    if "\uff01" <= character <= "\uff5e":
        character = chr(ord(character) - 0xFEE0)
    if character == "。":
        return "."
    return character.lower() if "A" <= character <= "Z" else character


def check_types_and_functions(given):
    types, functions = given["types"], given["functions"]
    blueprint(different(each["type"] for each in types), "a type twice")
    blueprint(all(each["count"] for each in types), "a type without items")
    blueprint(all(each["half_marks"] for each in types), "a type without marks")
    blueprint(sum(each["count"] * each["half_marks"] for each in types) == 200, "half-marks in all")
    blueprint(different(each["function"] for each in functions), "a function twice")
    blueprint(all(each["weight"] for each in functions), "a function without weight")
    blueprint(sum(each["weight"] for each in functions) == 100, "weights")


def check_rows(given):
    rows = given["rows"]
    blueprint(different((row["function"], row["type"], row["group_size"]) for row in rows), "a row twice")
    functions = {each["function"] for each in given["functions"]}
    types = {each["type"] for each in given["types"]}
    for row in rows:
        blueprint(row["function"] in functions, "function of a row")
        blueprint(row["type"] in types, "type of a row")
        blueprint(1 <= row["group_size"] <= 20, "size of a group")
        blueprint(row["count"], "a row without items")
        blueprint(row["extended"] <= row["count"], "more extended items than items")
        blueprint(row["count"] % row["group_size"] == 0, "whole groups")
        blueprint(row["extended"] % row["group_size"] == 0, "whole extended groups")


def check_margins(given):
    rows, worth = given["rows"], {each["type"]: each["half_marks"] for each in given["types"]}
    for each in given["types"]:
        count = sum(row["count"] for row in rows if row["type"] == each["type"])
        blueprint(count == each["count"], "count of a type")
    for each in given["functions"]:
        marks = sum(row["count"] * worth[row["type"]] for row in rows if row["function"] == each["function"])
        blueprint(marks == 2 * each["weight"], "weight of a function")
    extended = sum(row["extended"] * worth[row["type"]] for row in rows)
    blueprint(extended <= 2 * given["extended_cap"], "share of extended items")


def check_bands(bands):
    blueprint(different(band["name"] for band in bands), "a band's name twice")
    blueprint(different(each for band in bands for each in band["difficulties"]), "a difficulty twice")
    blueprint(all(band["difficulties"] for band in bands), "a band without difficulty")
    blueprint(all(band["share"] for band in bands), "a band without share")
    blueprint(sum(band["share"] for band in bands) == 100, "shares")


def check_ranges(given):
    ranges, functions = given["ranges"], {each["function"] for each in given["functions"]}
    blueprint(different((each["function"], each["kind"], each["range"]) for each in ranges), "a range twice")
    blueprint(all(each["function"] in functions for each in ranges), "function of a range")
    blueprint(all(1 <= each["weight"] <= 10_000 for each in ranges), "weight of a range")


def check_importance(given):
    bounds, items = given["importance"], sum(each["count"] for each in given["types"])
    blueprint(different(each["importance"] for each in bounds), "an importance twice")
    blueprint(all(each["least"] <= each["most"] for each in bounds), "importance without room")
    blueprint(sum(each["least"] for each in bounds) <= items, "importance beyond the paper")
