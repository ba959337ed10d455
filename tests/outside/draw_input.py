"""What a draw refuses before anything is drawn (src/engine/draw/SPEC.md, section 8), in the order of the page."""

from draw_blueprint import WHITE_SPACE, check_blueprint
from draw_bytes import ALG, commitment, digest, sha256
from draw_form import Refused, check_form


def must(condition, code, words):
    if not condition:
        raise Refused(code, words)


def different(values):
    values = list(values)
    return len(set(values)) == len(values)


def check_basis(basis):
    def rule(condition, words):
        must(condition, "basis", words)
    rule(basis["v"] == 1, "version")
    rule(basis["algorithm"] == ALG, "algorithm")
    rule(basis["attempt"] >= 1, "attempt")
    rule((basis["replaces"] is None) == (basis["attempt"] == 1), "what is replaced")
    rule(basis["banks"], "no bank")
    rule(different(bank["bank"] for bank in basis["banks"]), "a bank twice")
    rule(basis["custodians"], "no custodian")
    rule(different(each["custodian"] for each in basis["custodians"]), "a custodian twice")
    entropy = basis["public_entropy"]
    for text in [entropy["source"], entropy["rule"]] if entropy else []:
        rule(not set(text) <= WHITE_SPACE, "blank entropy")
        rule(len(text) <= 500, "entropy described at length")
    if basis["profile"] == "formal":
        rule(len(basis["custodians"]) >= 2, "fewer than two custodians")
        rule(entropy is not None, "formal without public entropy")
        for bank in basis["banks"]:
            filings = bank["approval"]["filings"] if bank["approval"] else []
            filed = len({filing["authority"] for filing in filings}) >= 2
            rule(bank["kind"] == "national" or filed, "an extended bank that is not filed")


def check_manifest(manifest, basis):
    must(manifest["v"] == 1, "manifest", "version")
    names = [each["custodian"] for each in manifest["commitments"]]
    must(names == [each["custodian"] for each in basis["custodians"]], "manifest", "custodians")


def check_documents(given):
    basis = given["basis"]

    def rule(condition, words):
        must(condition, "document", words)
    rule(given["manifest"]["basis"] == digest(basis).hex(), "digest of the basis")
    indexes = {index["bank"]: index for index in given["indexes"]}
    banks = {bank["bank"]: bank for bank in basis["banks"]}
    rule(set(banks) <= set(indexes), "an index missing")
    rule(set(indexes) <= set(banks), "an index that is not named")
    rule(len(indexes) == len(given["indexes"]), "an index twice")
    for name, bank in banks.items():
        index = indexes[name]
        rule(index["kind"] == bank["kind"], "kind of a bank")
        rule(index["level"] == basis["level"], "level of a bank")
        rule(digest(index).hex() == bank["index"], "digest of an index")
        keys = (bytes.fromhex(item["key"]) for item in index["items"])
        rule(sha256("kaoping/answer-keys/1", name, *keys).hex() == bank["answer_keys"], "answer keys")
    rule(digest(given["blueprint"]).hex() == basis["blueprint"], "digest of the blueprint")
    rule(digest(given["seating"]).hex() == basis["seating"], "digest of the seating")
    rule(given["blueprint"]["level"] == basis["level"], "level of the blueprint")
    rule(given["seating"]["batch"] == basis["batch"], "batch of the seating")


def check_seating(seating):
    papers = seating["papers"]

    def rule(condition, words):
        must(condition, "seating", words)
    rule(seating["v"] == 1, "version")
    rule(papers, "no paper")
    rule(len(papers) <= 200_000, "too many papers")
    rule(different(paper["paper"] for paper in papers), "a paper twice")
    for paper in papers:
        where = [paper["session"], paper["room"]]
        if paper["use"] == "reserve":
            rule(where == [None, None], "reserve with session or room")
        else:
            rule(None not in where, "no session or room")
    uses = [paper["use"] for paper in papers]
    seated = uses.index("reserve") if "reserve" in uses else len(papers)
    rule(set(uses[seated:]) <= {"reserve"}, "reserve before others")
    before, done = None, set()  # done: the rooms of this session that were left
    for paper in papers[:seated]:
        if before is None or paper["session"] != before["session"]:
            rule(before is None or before["session"] < paper["session"], "sessions by number")
            done = set()
        elif paper["room"] != before["room"]:
            done.add(before["room"])
            rule(paper["room"] not in done, "a room in two places")
        else:
            rule((before["use"], paper["use"]) != ("spare", "seat"), "a spare before a seat")
        before = paper


def range_of(item):
    return item["point"].rpartition("-")[0]


def check_indexes(indexes):
    def rule(condition, words):
        must(condition, "index", words)
    ids, groups = [], []
    for index in indexes:
        rule(index["v"] == 1, "version")
        of_bank = [item["id"] for item in index["items"]]
        rule(of_bank == sorted(of_bank), "items not sorted")
        ids += of_bank
        members = {}
        for item in index["items"]:
            options = [option["id"] for option in item["options"]]
            rule(len(options) >= 2, "fewer than two options")
            rule(different(options), "an option twice")
            if item["group"]:
                members.setdefault(item["group"]["id"], []).append(item)
        groups += members
        for items in members.values():
            rule(different(item["group"]["place"] for item in items), "places of a group")
            rule(len({item["function"] for item in items}) == 1, "a group of two functions")
            rule(len({item["type"] for item in items}) == 1, "a group of two types")
            rule(len({range_of(item) for item in items}) == 1, "a group of two ranges")
    rule(different(ids), "an item twice")
    rule(different(groups), "a group in two banks")
    rule(different(ids + groups), "a group named like an item")


def check_secrets(given):
    """The secrets by custodian."""
    def rule(condition, words):
        must(condition, "secret", words)
    names = [secret["custodian"] for secret in given["secrets"]]
    secrets = {secret["custodian"]: bytes.fromhex(secret["secret"]) for secret in given["secrets"]}
    committed = {each["custodian"]: each["commitment"] for each in given["manifest"]["commitments"]}
    rule(set(committed) <= set(secrets), "missing")
    rule(set(secrets) <= set(committed), "of a stranger")
    rule(different(names), "twice")
    basis = digest(given["basis"])
    for name, secret in secrets.items():
        rule(commitment(basis, name, secret).hex() == committed[name], "not the one committed to")
    rule(different(secrets.values()), "one secret of two custodians")
    return secrets


def check_entropy(basis, entropy):
    """The bytes of public entropy, empty without."""
    if basis["public_entropy"] is None:
        must(entropy is None, "entropy", "given and not named")
        return b""
    must(entropy is not None, "entropy", "named and not given")
    must(len(entropy) >= 1, "entropy", "empty")
    must(len(entropy) <= 4096, "entropy", "too long")
    return entropy


def check_input(given):
    """Secrets and entropy of an input; refuses what section 8 names before `pool`."""
    check_form(given)
    check_basis(given["basis"])
    check_manifest(given["manifest"], given["basis"])
    check_documents(given)
    check_blueprint(given["blueprint"])
    check_seating(given["seating"])
    check_indexes(given["indexes"])
    secrets = check_secrets(given)
    entropy = given["public_entropy"]
    return secrets, check_entropy(given["basis"], None if entropy is None else bytes.fromhex(entropy))
