"""Faults of the manifest, of documents that it names, of secrets and of public entropy."""

from .fault import add, entropy_named, fault, flipped, formal
from .inputs import sealed

# Manifest

def of_manifest(detail, member, value):
    def put(given, _):
        given["manifest"][member] = value
    add(member, "manifest", detail, put)


of_manifest("version", "v", 2)
of_manifest("algorithm", "algorithm", "kaoping-draw-2")
of_manifest("attempt", "attempt", 0)


@fault("manifest", "what is replaced", "replaces-with-first-attempt", "replaces-missing")
def replaces(given, dice, name):
    first = name == "replaces-with-first-attempt"
    given["manifest"]["attempt"] = 1 if first else 2
    given["manifest"]["replaces"] = {"manifest": dice.hex(), "void": dice.hex()} if first else None


@fault("manifest", "no bank")
def no_bank(given, _):
    given["manifest"]["banks"], given["indexes"] = [], []


@fault("manifest", "a bank twice")
def bank_twice(given, dice):
    given["manifest"]["banks"].append(dict(dice.pick(given["manifest"]["banks"])))


@fault("manifest", "no custodian")
def no_custodian(given, _):
    given["manifest"]["custodians"], given["secrets"] = [], []


@fault("manifest", "a custodian twice")
def custodian_twice(given, dice):
    given["manifest"]["custodians"].append(dict(dice.pick(given["manifest"]["custodians"])))


@fault("manifest", "blank entropy", "entropy-source-blank", "entropy-rule-blank")
def entropy_blank(given, dice, name):
    entropy_named(given, **{name.split("-")[1]: dice.pick(["", " ", "\u3000\u3000", "\t\n"])})


@fault("manifest", "entropy described at length", "entropy-source-long", "entropy-rule-long")
def entropy_long(given, _, name):
    entropy_named(given, **{name.split("-")[1]: "号" * 501})


@fault("manifest", "fewer than two custodians")
def formal_one_custodian(given, _):
    formal(given, custodians=1)


@fault("manifest", "nobody from outside")
def formal_nobody_outside(given, dice):
    formal(given, custodians=dice.between(2, 3), outside=False)


@fault("manifest", "further attempt without public entropy")
def formal_attempt_without_entropy(given, dice):
    formal(given)
    given["manifest"]["attempt"], given["manifest"]["replaces"] = 2, {"manifest": dice.hex(), "void": dice.hex()}


@fault("manifest", "an extended bank that is not filed", "formal-bank-without-approval", "formal-bank-with-one-filing")
def formal_bank(given, _, name):
    formal(given)
    bank, index = given["manifest"]["banks"][0], given["indexes"]
    bank["kind"] = "extended"
    next(each for each in index if each["bank"] == bank["bank"])["kind"] = "extended"
    if name == "formal-bank-without-approval":
        bank["approval"] = None
    else:
        bank["approval"]["filings"].pop()


# Documents


@fault("document", "an index missing", late=True)
def index_missing(given, dice):
    given["indexes"].remove(dice.pick(given["indexes"]))


@fault("document", "an index that is not named", late=True)
def index_not_named(given, dice):
    given["indexes"].append(dice.pick(given["indexes"]) | {"bank": "not-named"})


@fault("document", "an index twice", late=True)
def index_twice(given, dice):
    given["indexes"].append(dice.pick(given["indexes"]))


@fault("document", "digest of an index", "index-digest", "index-altered", "index-relabelled", late=True)
def index_other(given, dice, name):
    if name == "index-digest":
        bank = dice.pick(given["manifest"]["banks"])
        bank["index"] = flipped(bank["index"], dice)
    elif name == "index-altered":
        item = dice.pick(dice.pick([index for index in given["indexes"] if index["items"]])["items"])
        item["content"] = flipped(item["content"], dice)
    else:
        dice.pick(given["indexes"])["label"] += " "


@fault("document", "answer keys", late=True)
def answer_keys(given, dice):
    bank = dice.pick(given["manifest"]["banks"])
    bank["answer_keys"] = flipped(bank["answer_keys"], dice)


@fault("document", "kind of a bank")
def bank_kind(given, dice):
    bank = dice.pick(given["manifest"]["banks"])
    bank["kind"] = "national" if bank["kind"] == "extended" else "extended"


@fault("document", "level of a bank")
def bank_level(given, dice):
    index = dice.pick(given["indexes"])
    index["level"] = 3 + (index["level"] - 2) % 3


@fault("document", "digest of the blueprint", "blueprint-digest", "blueprint-altered", late=True)
def blueprint_other(given, dice, name):
    if name == "blueprint-digest":
        given["manifest"]["blueprint"] = flipped(given["manifest"]["blueprint"], dice)
    else:
        given["blueprint"]["minutes"] += 1


@fault("document", "digest of the seating", "seating-digest", "seating-altered", late=True)
def seating_other(given, dice, name):
    if name == "seating-digest":
        given["manifest"]["seating"] = flipped(given["manifest"]["seating"], dice)
    else:
        dice.pick(given["seating"]["papers"])["avoid"].append("one-more")


@fault("document", "level of the blueprint")
def blueprint_level(given, _):
    given["blueprint"]["level"] = 3 + (given["blueprint"]["level"] - 2) % 3


@fault("document", "batch of the seating")
def seating_batch(given, _):
    given["seating"]["batch"] += "x"


# Secrets and entropy

@fault("secret", "missing", late=True)
def missing(given, dice):
    given["secrets"].remove(dice.pick(given["secrets"]))


@fault("secret", "of a stranger", late=True)
def of_a_stranger(given, dice):
    given["secrets"].append({"custodian": "stranger", "secret": dice.hex()})


@fault("secret", "twice", late=True)
def twice(given, dice):
    given["secrets"].append(dict(dice.pick(given["secrets"])))


@fault("secret", "not the one committed to", "altered", "commitment-altered", "of-another-attempt", "of-another-batch",
       late=True)
def altered(given, dice, name):
    manifest = given["manifest"]
    if name == "altered":
        secret = dice.pick(given["secrets"])
        secret["secret"] = flipped(secret["secret"], dice)
    elif name == "commitment-altered":
        custodian = dice.pick(manifest["custodians"])
        custodian["commitment"] = flipped(custodian["commitment"], dice)
    else:
        before = [custodian["commitment"] for custodian in manifest["custodians"]]
        if name == "of-another-attempt":
            manifest["attempt"] += 1
            manifest["replaces"] = {"manifest": dice.hex(), "void": dice.hex()}
        else:
            manifest["batch"] = given["seating"]["batch"] = "another-batch"
        for custodian, commitment in zip(sealed(given)["manifest"]["custodians"], before):
            custodian["commitment"] = commitment


@fault("secret", "not the one committed to", late=True)
def exchanged(given, _):
    manifest = given["manifest"]
    if len(manifest["custodians"]) == 1:
        manifest["custodians"].append({"custodian": "zeta", "outside": True, "commitment": ""})
        given["secrets"].append({"custodian": "zeta", "secret": "5a" * 32})
        sealed(given)
    one, two = given["secrets"][:2]
    one["secret"], two["secret"] = two["secret"], one["secret"]


@fault("entropy", "named and not given")
def named_and_not_given(given, _):
    entropy_named(given)
    given["public_entropy"] = None


@fault("entropy", "given and not named")
def given_and_not_named(given, dice):
    given["manifest"]["public_entropy"], given["public_entropy"] = None, dice.pick(["", dice.hex(4)])


@fault("entropy", "empty")
def empty(given, _):
    entropy_named(given)
    given["public_entropy"] = ""


@fault("entropy", "too long")
def too_long(given, _):
    entropy_named(given)
    given["public_entropy"] = "00" * 4097
