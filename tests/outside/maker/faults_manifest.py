"""Faults of basis and manifest, of documents that they name, of secrets and of public entropy."""

from draw_bytes import sha256

from .fault import (add, an_index, another_bank, entropy_named, fault, filings, flipped, formal, further,
                    two_custodians)
from .inputs import committed, sealed

# Basis


def of_basis(detail, name, **members):
    def put(given, _):
        given["basis"].update(members)
    add(name, "basis", detail, put)


of_basis("version", "version-2", v=2)
of_basis("version", "version-0", v=0)
of_basis("algorithm", "algorithm-before", algorithm="kaoping-draw-1")
of_basis("algorithm", "algorithm-uppercase", algorithm="Kaoping-Draw-2")
of_basis("algorithm", "algorithm-with-space", algorithm="kaoping-draw-2 ")
of_basis("algorithm", "algorithm-empty", algorithm="")
of_basis("attempt", "attempt-0", attempt=0, replaces=None)


@fault("basis", "attempt")
def attempt_0_that_replaces(given, dice):
    further(given, dice, 0)


@fault("basis", "what is replaced")
def replaces_with_first_attempt(given, dice):
    further(given, dice, 1)


@fault("basis", "what is replaced", "replaces-missing-2", "replaces-missing-9")
def replaces_missing(given, _, name):
    given["basis"].update(attempt=int(name[-1]), replaces=None)


@fault("basis", "no bank")
def no_bank(given, _):
    given["basis"]["banks"], given["indexes"] = [], []


@fault("basis", "a bank twice", "bank-twice", "bank-twice-with-another-kind", kind="committed")
def bank_twice(given, dice, name):
    bank = dict(dice.pick(given["basis"]["banks"]))
    if name == "bank-twice-with-another-kind":
        bank["kind"] = "national" if bank["kind"] == "extended" else "extended"
    given["basis"]["banks"].append(bank)


@fault("basis", "no custodian")
def no_custodian(given, _):
    given["basis"]["custodians"], given["secrets"] = [], []


@fault("basis", "a custodian twice")
def custodian_twice(given, dice):
    again = dict(dice.pick(given["basis"]["custodians"]))
    again["outside"] = not again["outside"]
    given["basis"]["custodians"].append(again)


BLANKS = {"empty": "", "space": " ", "ideographic": "\u3000\u3000", "tab-and-line": "\t\n\v\f\r", "next-line": "\u0085",
          "no-break": "\u00a0\u202f", "ogham": "\u1680", "quads": "\u2000\u2005\u200a", "separators": "\u2028\u2029",
          "mathematical": "\u205f"}
for member in ("source", "rule"):
    for shade, text in BLANKS.items():
        add(f"{member}-blank-{shade}", "basis", "blank entropy",
            lambda given, _, member=member, text=text: entropy_named(given, **{member: text}))
    for name, text in {"chinese": "号" * 501, "astral": "𠮷" * 501, "with-spaces": " " * 250 + "号" + " " * 250}.items():
        add(f"{member}-long-{name}", "basis", "entropy described at length",
            lambda given, _, member=member, text=text: entropy_named(given, **{member: text}))


@fault("basis", "fewer than two custodians")
def formal_one_custodian(given, _):
    formal(given, custodians=1)


@fault("basis", "formal without public entropy", "formal-without-entropy", "formal-further-without-entropy",
       "formal-without-entropy-that-is-given")
def formal_without_entropy(given, dice, name):
    formal(given)
    given["basis"]["public_entropy"] = None
    given["public_entropy"] = "3132" if name.endswith("given") else None
    if "further" in name:
        further(given, dice)


@fault("basis", "an extended bank that is not filed", "formal-bank-without-approval", "formal-bank-with-one-filing",
       "formal-bank-with-equal-filings", "formal-bank-with-one-authority-twice", "formal-bank-without-filings")
def formal_bank(given, _, name):
    formal(given)
    bank = given["basis"]["banks"][-1]
    bank["kind"] = "extended"
    next(each for each in given["indexes"] if each["bank"] == bank["bank"])["kind"] = "extended"
    one, two = filings("国家医保局", "国家医保局")
    filed = {"filing": [one], "filings": [one, one], "twice": [one, two]}
    if name == "formal-bank-without-approval":
        bank["approval"] = None
    else:
        bank["approval"]["filings"] = [] if name.endswith("without-filings") else filed[name.rsplit("-", 1)[1]]


# Manifest

@fault("manifest", "version", "version-0", "version-2", kind="late")
def manifest_version(given, _, name):
    given["manifest"]["v"] = int(name[-1])


@fault("manifest", "custodians", "custodian-missing", "custodian-of-nobody", "custodian-other", "no-commitment",
       "custodian-again", "custodians-in-another-order", kind="late")
def other_custodians(given, dice, name):
    if name == "custodians-in-another-order":
        two_custodians(given)
        sealed(given)
    commitments = given["manifest"]["commitments"]
    if name == "custodian-missing":
        commitments.pop()
    elif name == "custodian-of-nobody":
        commitments.append({"custodian": "nobody", "commitment": dice.hex()})
    elif name == "custodian-other":
        commitments[0]["custodian"] = "nobody"
    elif name == "no-commitment":
        commitments.clear()
    elif name == "custodian-again":
        commitments.append(dict(commitments[0]))
    else:
        commitments.reverse()


# Documents

@fault("document", "digest of the basis", "basis-digest", "basis-altered", "basis-province", kind="late")
def basis_other(given, dice, name):
    if name == "basis-digest":
        given["manifest"]["basis"] = flipped(given["manifest"]["basis"], dice)
    elif name == "basis-altered":
        given["basis"]["plan"] = flipped(given["basis"]["plan"], dice)
    else:
        given["basis"]["banks"][0]["approval"] = {"province": "33", "filings": [], "expires_at_ms": None}


@fault("document", "an index missing", kind="late")
def index_missing(given, dice):
    given["indexes"].remove(dice.pick(given["indexes"]))


@fault("document", "an index that is not named", kind="late")
def index_not_named(given, dice):
    given["indexes"].append(dice.pick(given["indexes"]) | {"bank": "not-named"})


@fault("document", "an index twice", kind="late")
def index_twice(given, dice):
    given["indexes"].append(dice.pick(given["indexes"]))


@fault("document", "digest of an index", "index-digest", "index-altered", "index-relabelled", kind="late")
def index_other(given, dice, name):
    if name == "index-digest":
        bank = dice.pick(given["basis"]["banks"])
        bank["index"] = flipped(bank["index"], dice)
        committed(given)
    elif name == "index-altered":
        item = dice.pick(an_index(given, dice)["items"])
        item["content"] = flipped(item["content"], dice)
    else:
        dice.pick(given["indexes"])["label"] += " "


@fault("document", "digest of an index", kind="committed")
def index_version_2_not_named(given, dice):
    """The digest goes before the version, which is refused as `index`."""
    dice.pick(given["indexes"])["v"] = 2


@fault("document", "answer keys", "answer-keys", "answer-keys-in-another-order", kind="committed")
def answer_keys(given, dice, name):
    bank = dice.pick(given["basis"]["banks"])
    if name == "answer-keys":
        bank["answer_keys"] = flipped(bank["answer_keys"], dice)
    else:
        index = an_index(given, dice, 2)
        first, last = index["items"][0], index["items"][-1]
        first["key"], last["key"] = last["key"], first["key"]
        before = {bank["bank"]: bank["answer_keys"] for bank in given["basis"]["banks"]}
        sealed(given)
        for bank in given["basis"]["banks"]:
            bank["answer_keys"] = before[bank["bank"]]


@fault("document", "kind of a bank")
def bank_kind(given, dice):
    bank = dice.pick(given["basis"]["banks"])
    bank["kind"] = "national" if bank["kind"] == "extended" else "extended"


@fault("document", "level of a bank")
def bank_level(given, dice):
    index = dice.pick(given["indexes"])
    index["level"] = 3 + (index["level"] - 2) % 3


@fault("document", "digest of the blueprint", "blueprint-digest", "blueprint-altered", kind="late")
def blueprint_other(given, dice, name):
    if name == "blueprint-digest":
        given["basis"]["blueprint"] = flipped(given["basis"]["blueprint"], dice)
        committed(given)
    else:
        given["blueprint"]["minutes"] += 1


@fault("document", "digest of the seating", "seating-digest", "seating-altered", kind="late")
def seating_other(given, dice, name):
    if name == "seating-digest":
        given["basis"]["seating"] = flipped(given["basis"]["seating"], dice)
        committed(given)
    else:
        dice.pick(given["seating"]["papers"])["avoid"].append("one-more")


@fault("document", "level of the blueprint")
def blueprint_level(given, _):
    given["blueprint"]["level"] = 3 + (given["blueprint"]["level"] - 2) % 3


@fault("document", "level of a bank", "level-of-the-basis")
def basis_level(given, _, name):
    given["basis"]["level"] = 3 + (given["basis"]["level"] - 2) % 3


@fault("document", "batch of the seating", "seating-batch", "seating-batch-shorter")
def seating_batch(given, _, name):
    given["seating"]["batch"] = given["seating"]["batch"] + "x" if name == "seating-batch" else "b"


# Secrets and entropy

@fault("secret", "missing", "missing", "all-missing", kind="late")
def missing(given, dice, name):
    if name == "missing":
        given["secrets"].remove(dice.pick(given["secrets"]))
    else:
        given["secrets"].clear()


@fault("secret", "of a stranger", "of-a-stranger", "of-a-stranger-the-same", kind="late")
def of_a_stranger(given, dice, name):
    secret = dice.hex() if name == "of-a-stranger" else given["secrets"][0]["secret"]
    given["secrets"].append({"custodian": "stranger", "secret": secret})


@fault("secret", "twice", kind="late")
def twice(given, dice):
    given["secrets"].append(dict(dice.pick(given["secrets"])))


@fault("secret", "twice", kind="late")
def twice_but_different(given, dice):
    given["secrets"].append({"custodian": given["secrets"][0]["custodian"], "secret": dice.hex()})


@fault("secret", "one secret of two custodians", "one-of-two-custodians")
def one_secret_twice(given, _, name):
    two_custodians(given)
    given["secrets"][1]["secret"] = given["secrets"][0]["secret"]


@fault("secret", "not the one committed to", "altered", "commitment-altered", "of-another-basis", "of-draw-1",
       kind="late")
def altered(given, dice, name):
    commitments = given["manifest"]["commitments"]
    if name == "altered":
        secret = dice.pick(given["secrets"])
        secret["secret"] = flipped(secret["secret"], dice)
    elif name == "commitment-altered":
        one = dice.pick(commitments)
        one["commitment"] = flipped(one["commitment"], dice)
    elif name == "of-another-basis":
        given["basis"]["roster"] = flipped(given["basis"]["roster"], dice)
        committed(given)
        given["manifest"]["commitments"] = commitments
    else:
        basis, secret = bytes.fromhex(given["manifest"]["basis"]), given["secrets"][0]
        old = sha256("kaoping-draw-1", "commitment", basis, secret["custodian"], bytes.fromhex(secret["secret"]))
        next(each for each in commitments if each["custodian"] == secret["custodian"])["commitment"] = old.hex()


@fault("secret", "not the one committed to", "exchanged", kind="late")
def exchanged(given, _, name):
    two_custodians(given)
    sealed(given)
    one, two = given["secrets"][:2]
    one["secret"], two["secret"] = two["secret"], one["secret"]


@fault("secret", "not the one committed to", "commitments-exchanged", kind="late")
def commitments_exchanged(given, _, name):
    two_custodians(given)
    one, two = sealed(given)["manifest"]["commitments"][:2]
    one["commitment"], two["commitment"] = two["commitment"], one["commitment"]


@fault("entropy", "named and not given")
def named_and_not_given(given, _):
    entropy_named(given)
    given["public_entropy"] = None


for name, entropy in {"given": "3132", "given-empty": "", "given-at-length": "00" * 4097}.items():
    @fault("entropy", "given and not named", f"{name}-and-not-named")
    def given_and_not_named(given, _, name, entropy=entropy):
        given["basis"]["public_entropy"], given["public_entropy"] = None, entropy


@fault("entropy", "empty")
def empty(given, _):
    entropy_named(given)
    given["public_entropy"] = ""


@fault("entropy", "too long")
def too_long(given, _):
    entropy_named(given)
    given["public_entropy"] = "00" * 4097
