"""What a draw reads: units of the banks (SPEC.md, section 3), and the refusals of section 7 before dealing."""

import unicodedata

from draw_bytes import ALG, commitment, digest, sha256
from draw_form import misfits


class Refused(Exception):
    """A draw is refused as a whole, with a code of section 7."""

    def __init__(self, code, detail):
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


def must(holds, code, detail):
    if not holds:
        raise Refused(code, detail)


def differ(values):
    values = list(values)
    return len(set(values)) == len(values)


class Unit:
    """An item without group, or all items of a group in the order of their places."""

    def __init__(self, unit_id, kind, items):
        self.id, self.kind, self.items, self.size = unit_id, kind, items, len(items)
        self.function, self.type = items[0]["function"], items[0]["type"]
        self.difficulty = max(item["difficulty"] for item in items)
        self.ids = {item["id"] for item in items}
        self.points = {item["point"] for item in items}
        self.enemies = {enemy for item in items for enemy in item["enemies"]}

    def excludes(self, other):
        return bool(self.points & other.points or self.enemies & other.ids or self.ids & other.enemies)


def units_of(indexes):
    for index in indexes:
        groups = {}
        for item in index["items"]:
            if item["group"] is None:
                yield Unit(item["id"], index["kind"], [item])
            else:
                groups.setdefault(item["group"]["id"], []).append(item)
        for group, items in groups.items():
            yield Unit(group, index["kind"], sorted(items, key=lambda item: item["group"]["place"]))


def check_input(given):
    """Section 7 down to `entropy`: the first kind of fault that applies is raised."""
    for name in misfits(given):
        raise Refused("form", name)
    check_manifest(given["manifest"])
    check_documents(given)
    check_blueprint(given["blueprint"])
    check_seating(given["seating"])
    check_indexes(given["indexes"])
    check_secrets(given["manifest"], given["secrets"])
    named, entropy = given["manifest"]["public_entropy"], given.get("public_entropy")
    must(named is None or entropy is not None, "entropy", "named and not given")
    must(named is not None or entropy is None, "entropy", "given and not named")
    must(entropy is None or entropy, "entropy", "empty")
    must(entropy is None or len(bytes.fromhex(entropy)) <= 4096, "entropy", "too long")


def check_manifest(m):
    custodians, banks, entropy = m["custodians"], m["banks"], m["public_entropy"]
    must(m["v"] == 1, "manifest", "version")
    must(m["algorithm"] == ALG, "manifest", "algorithm")
    must(m["attempt"] >= 1, "manifest", "attempt")
    must((m["replaces"] is None) == (m["attempt"] == 1), "manifest", "what is replaced")
    must(banks, "manifest", "no bank")
    must(differ(b["bank"] for b in banks), "manifest", "a bank twice")
    must(custodians, "manifest", "no custodian")
    must(differ(c["custodian"] for c in custodians), "manifest", "a custodian twice")
    for text in (entropy["source"], entropy["rule"]) if entropy else ():
        must(text.strip(), "manifest", "blank entropy")
        must(len(text) <= 500, "manifest", "entropy described at length")
    if m["profile"] == "formal":
        must(len(custodians) >= 2, "manifest", "fewer than two custodians")
        must(entropy or any(c["outside"] for c in custodians), "manifest", "nobody from outside")
        must(entropy or m["attempt"] == 1, "manifest", "further attempt without public entropy")
        filings = [len((b["approval"] or {"filings": []})["filings"]) for b in banks if b["kind"] == "extended"]
        must(all(count >= 2 for count in filings), "manifest", "an extended bank that is not filed")


def check_documents(given):
    m, indexes = given["manifest"], given["indexes"]
    named = {bank["bank"]: bank for bank in m["banks"]}
    must({index["bank"] for index in indexes} >= named.keys(), "document", "an index missing")
    must({index["bank"] for index in indexes} <= named.keys(), "document", "an index that is not named")
    must(len(indexes) == len(named), "document", "an index twice")
    for index in indexes:
        bank = named[index["bank"]]
        keys = sha256("kaoping/answer-keys/1", index["bank"], *(bytes.fromhex(i["key"]) for i in index["items"]))
        must(digest(index).hex() == bank["index"], "document", "digest of an index")
        must(keys.hex() == bank["answer_keys"], "document", "answer keys")
        must(index["kind"] == bank["kind"], "document", "kind of a bank")
        must(index["level"] == m["level"], "document", "level of a bank")
    for name in ("blueprint", "seating"):
        must(digest(given[name]).hex() == m[name], "document", f"digest of the {name}")
    must(given["blueprint"]["level"] == m["level"], "document", "level of the blueprint")
    must(given["seating"]["batch"] == m["batch"], "document", "batch of the seating")


INVISIBLE = ("\u00ad\u00ad", "\u200b\u200f", "\u202a\u202e", "\u2060\u2069", "\ufe00\ufe0f", "\ufeff\ufeff")


def invisible(c):
    return any(first <= c <= last for first, last in INVISIBLE)


def strange(c):
    private = "\ue000" <= c <= "\uf8ff" or c >= "\U000f0000"
    return invisible(c) or unicodedata.category(c) == "Cc" and c != "\n" or c == "\ufffd" or private


STAND_INS = "暂无 暂无解析 暂无解析内容 略 无 待定 待补充 todo tbd xxx n/a 示例".split()


def stand_in(text):
    halved = (chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else "." if c == "。" else c for c in text)
    return "".join(c.lower() for c in halved if not c.isspace() and not invisible(c)).rstrip(".!") in STAND_INS


def check_blueprint(b):
    def blueprint(holds, detail):
        must(holds, "blueprint", detail)

    rows, bands, types, functions = b["rows"], b["bands"], b["types"], b["functions"]
    worth = {kind["type"]: kind["half_marks"] for kind in types}
    weights = {function["function"]: function["weight"] for function in functions}
    blueprint(b["v"] == 1, "version")
    for text in (b["title"], b["standard"]):
        blueprint(any(not c.isspace() and not invisible(c) for c in text), "blank text")
        blueprint(len(text) <= 200, "long text")
        blueprint(not any(map(strange, text)), "strange character")
        blueprint(not stand_in(text), "stand-in")
    blueprint(60 <= b["minutes"] <= 300, "minutes")
    blueprint(1 <= b["pass_half_marks"] <= 200, "pass mark")
    blueprint(1 <= b["minimum_multiple"] <= 100, "minimum multiple")
    blueprint(differ(kind["type"] for kind in types), "a type twice")
    blueprint(all(kind["count"] for kind in types), "a type without items")
    blueprint(all(kind["half_marks"] for kind in types), "a type without marks")
    blueprint(differ(function["function"] for function in functions), "a function twice")
    blueprint(all(weights.values()), "a function without weight")
    blueprint(sum(function["weight"] for function in functions) == 100, "weights")
    blueprint(differ((r["function"], r["type"], r["group_size"]) for r in rows), "a row twice")
    blueprint(all(row["type"] in worth for row in rows), "type of a row")
    blueprint(all(row["function"] in weights for row in rows), "function of a row")
    for row in rows:
        blueprint(1 <= row["group_size"] <= 20, "size of a group")
        blueprint(row["count"], "a row without items")
        blueprint(row["extended"] <= row["count"], "more extended items than items")
        blueprint(row["count"] % row["group_size"] == 0, "whole groups")
        blueprint(row["extended"] % row["group_size"] == 0, "whole extended groups")
    blueprint(sum(kind["count"] * kind["half_marks"] for kind in types) == 200, "half-marks in all")
    for kind in types:
        blueprint(sum(r["count"] for r in rows if r["type"] == kind["type"]) == kind["count"], "count of a type")
    for function, weight in weights.items():
        marks = sum(row["count"] * worth[row["type"]] for row in rows if row["function"] == function)
        blueprint(marks == 2 * weight, "weight of a function")
    blueprint(b["extended_cap"] <= 100, "cap")
    extended = sum(row["extended"] * worth[row["type"]] for row in rows)
    blueprint(extended * 100 <= 200 * b["extended_cap"], "share of extended items")
    blueprint(differ(band["name"] for band in bands), "a band's name twice")
    blueprint(differ(difficulty for band in bands for difficulty in band["difficulties"]), "a difficulty twice")
    blueprint(all(band["difficulties"] for band in bands), "a band without difficulty")
    blueprint(all(band["share"] for band in bands), "a band without share")
    blueprint(sum(band["share"] for band in bands) == 100, "shares")


def check_seating(seating):
    papers = seating["papers"]
    must(seating["v"] == 1, "seating", "version")
    must(papers, "seating", "no paper")
    must(len(papers) <= 200_000, "seating", "too many papers")
    must(differ(paper["paper"] for paper in papers), "seating", "a paper twice")
    for paper in papers:
        nulls = [paper["session"] is None, paper["room"] is None]
        must(paper["use"] == "reserve" or not any(nulls), "seating", "no session or room")
        must(paper["use"] != "reserve" or all(nulls), "seating", "reserve with session or room")
    placed = [paper for paper in papers if paper["use"] != "reserve"]
    must(papers[: len(placed)] == placed, "seating", "reserve before others")
    sessions = [paper["session"] for paper in placed]
    must(sessions == sorted(sessions), "seating", "sessions by number")
    runs = []  # (session, room, use) without repetitions: each may come once, seats before spares
    for paper in placed:
        run = (paper["session"], paper["room"], paper["use"])
        if not runs or runs[-1] != run:
            runs.append(run)
    rooms = [run[:2] for run, before in zip(runs, [None, *runs]) if before is None or run[:2] != before[:2]]
    must(differ(rooms), "seating", "a room in two places")
    for run, before in zip(runs[1:], runs):
        must(run[:2] != before[:2] or run[2] == "spare", "seating", "a spare before a seat")


def check_indexes(indexes):
    units = list(units_of(indexes))
    for index in indexes:
        ids = [item["id"] for item in index["items"]]
        must(index["v"] == 1, "index", "version")
        must(ids == sorted(ids), "index", "items not sorted")
    items = [item for index in indexes for item in index["items"]]
    groups = [unit.id for unit in units if unit.items[0]["group"] is not None]
    must(differ(item["id"] for item in items), "index", "an item twice")
    must(differ(groups), "index", "a group in two banks")
    must(differ([item["id"] for item in items] + groups), "index", "a group named like an item")
    for item in items:
        options = [option["id"] for option in item["options"]]
        must(len(options) >= 2, "index", "fewer than two options")
        must(differ(options), "index", "an option twice")
    for unit in units:
        must(all(item["function"] == unit.function for item in unit.items), "index", "a group of two functions")
        must(all(item["type"] == unit.type for item in unit.items), "index", "a group of two types")
        must(unit.size == 1 or differ(item["group"]["place"] for item in unit.items), "index", "places of a group")


def check_secrets(m, secrets):
    given = [secret["custodian"] for secret in secrets]
    named = {custodian["custodian"] for custodian in m["custodians"]}
    must(named <= set(given), "secret", "missing")
    must(named >= set(given), "secret", "of a stranger")
    must(differ(given), "secret", "twice")
    opened = {secret["custodian"]: bytes.fromhex(secret["secret"]) for secret in secrets}
    for custodian in m["custodians"]:
        committed = commitment(m["batch"], m["attempt"], custodian["custodian"], opened[custodian["custodian"]])
        must(committed.hex() == custodian["commitment"], "secret", "not the one committed to")
