"""What a draw reads: units of the banks (SPEC.md, section 3), and the refusals of section 7 before dealing."""

from draw_bytes import ALG, commitment, digest, sha256


class Refused(Exception):
    """A draw is refused as a whole, with a code of section 7."""

    def __init__(self, code, detail):
        super().__init__(f"{code}: {detail}")
        self.code = code


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
    check_manifest(given["manifest"])
    check_documents(given)
    check_blueprint(given["blueprint"])
    check_seating(given["seating"]["papers"])
    check_indexes(given["indexes"])
    check_secrets(given["manifest"], given["secrets"])
    named, entropy = given["manifest"]["public_entropy"], given.get("public_entropy")
    must((named is None) == (entropy is None), "entropy", "named and given, or neither")
    must(entropy is None or 1 <= len(bytes.fromhex(entropy)) <= 4096, "entropy", "length")


def check_manifest(m):
    custodians, banks, entropy = m["custodians"], m["banks"], m["public_entropy"]
    must(m["v"] == 1 and m["algorithm"] == ALG, "manifest", "version or algorithm")
    must(m["attempt"] >= 1 and (m["replaces"] is None) == (m["attempt"] == 1), "manifest", "attempt")
    must(banks and differ(b["bank"] for b in banks), "manifest", "banks")
    must(custodians and differ(c["custodian"] for c in custodians), "manifest", "custodians")
    must(not entropy or entropy["source"].strip() and entropy["rule"].strip(), "manifest", "blank entropy")
    if m["profile"] == "formal":
        must(len(custodians) >= 2, "manifest", "fewer than two custodians")
        must(entropy or any(c["outside"] for c in custodians), "manifest", "nobody from outside")
        must(entropy or m["attempt"] == 1, "manifest", "further attempt without public entropy")
        filings = [len((b["approval"] or {"filings": []})["filings"]) for b in banks if b["kind"] == "extended"]
        must(all(count >= 2 for count in filings), "manifest", "extended bank that is not filed")


def check_documents(given):
    m, indexes = given["manifest"], given["indexes"]
    named = {bank["bank"]: bank for bank in m["banks"]}
    must(sorted(index["bank"] for index in indexes) == sorted(named), "document", "banks")
    for index in indexes:
        bank = named[index["bank"]]
        keys = sha256("kaoping/answer-keys/1", index["bank"], *(bytes.fromhex(i["key"]) for i in index["items"]))
        must(digest(index).hex() == bank["index"], "document", "digest of an index")
        must(keys.hex() == bank["answer_keys"], "document", "answer keys")
        must((index["kind"], index["level"]) == (bank["kind"], m["level"]), "document", "kind or level of a bank")
    for name in ("blueprint", "seating"):
        must(digest(given[name]).hex() == m[name], "document", f"digest of the {name}")
    must(given["blueprint"]["level"] == m["level"], "document", "level of the blueprint")
    must(given["seating"]["batch"] == m["batch"], "document", "batch of the seating")


def check_blueprint(b):
    def blueprint(holds, detail):
        must(holds, "blueprint", detail)

    rows, bands, types = b["rows"], b["bands"], b["types"]
    worth = {kind["type"]: kind["half_marks"] for kind in types}
    blueprint(all(row["type"] in worth for row in rows), "type of a row")
    blueprint(sum(kind["count"] * kind["half_marks"] for kind in types) == 200, "half-marks in all")
    for kind in types:
        blueprint(sum(r["count"] for r in rows if r["type"] == kind["type"]) == kind["count"], "count of a type")
    blueprint(sum(function["weight"] for function in b["functions"]) == 100, "weights")
    weights = {function["function"]: function["weight"] for function in b["functions"]}
    blueprint(all(row["function"] in weights for row in rows), "function of a row")
    for function, weight in weights.items():
        marks = sum(row["count"] * worth[row["type"]] for row in rows if row["function"] == function)
        blueprint(marks == 2 * weight, "weight of a function")
    blueprint(sum(band["share"] for band in bands) == 100, "shares")
    blueprint(differ(band["name"] for band in bands), "names of bands")
    blueprint(differ(difficulty for band in bands for difficulty in band["difficulties"]), "difficulties of bands")
    blueprint(differ((r["function"], r["type"], r["group_size"]) for r in rows), "rows that are the same")
    for row in rows:
        blueprint(0 <= row["extended"] <= row["count"], "extended items")
        blueprint(row["group_size"] >= 1, "size of a group")
        blueprint(not row["count"] % row["group_size"] and not row["extended"] % row["group_size"], "whole groups")
    extended = sum(row["extended"] * worth[row["type"]] for row in rows)
    blueprint(extended * 100 <= 200 * b["extended_cap"], "share of extended items")
    blueprint(60 <= b["minutes"] <= 300 and 1 <= b["minimum_multiple"] <= 100, "minutes or multiple")


def check_seating(papers):
    must(papers and differ(paper["paper"] for paper in papers), "seating", "no paper, or one twice")
    for paper in papers:
        nulls = [paper["session"] is None, paper["room"] is None]
        must(nulls == [paper["use"] == "reserve"] * 2, "seating", "session and room of all but the reserve")
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
    must(differ(runs) and differ(rooms), "seating", "a room in two places")
    for run, before in zip(runs[1:], runs):
        must(run[:2] != before[:2] or run[2] == "spare", "seating", "a spare before a seat")


def check_indexes(indexes):
    units = list(units_of(indexes))
    for index in indexes:
        ids = [item["id"] for item in index["items"]]
        must(ids == sorted(ids), "index", "items not sorted")
    groups = [unit.id for unit in units if unit.items[0]["group"] is not None]
    must(differ([i["id"] for index in indexes for i in index["items"]] + groups), "index", "an id twice")
    for unit in units:
        for item in unit.items:
            options = [option["id"] for option in item["options"]]
            must(len(options) >= 2 and differ(options), "index", "options")
            must((item["function"], item["type"]) == (unit.function, unit.type), "index", "a group that is mixed")
        must(unit.size == 1 or differ(item["group"]["place"] for item in unit.items), "index", "places of a group")


def check_secrets(m, secrets):
    given = [secret["custodian"] for secret in secrets]
    must(sorted(given) == sorted(c["custodian"] for c in m["custodians"]), "secret", "not one of each custodian")
    opened = {secret["custodian"]: bytes.fromhex(secret["secret"]) for secret in secrets}
    for custodian in m["custodians"]:
        name = custodian["custodian"]
        committed = commitment(m["batch"], m["attempt"], name, opened[name]).hex()
        must(len(opened[name]) == 32 and committed == custodian["commitment"], "secret", "not the one committed to")
