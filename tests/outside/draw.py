"""kaoping-draw-2 in Python, written from src/engine/draw/SPEC.md alone; its standard library is all that is needed.

    python3 draw.py audit draw.json
    python3 draw.py check FILES…

`audit` draws a published draw again and compares the digests of its papers; `check` runs vectors of tests/vectors/draw/.
"""

import hashlib
import json
import pathlib
import sys
from dataclasses import dataclass
from itertools import groupby

from draw_bytes import ALG, Stream, digest, keyed, seed_of
from draw_deal import Session
from draw_form import Refused, read
from draw_input import check_input
from draw_search import Problem


@dataclass
class Draw:
    problem: Problem
    seed: bytes
    papers: list  # documents, in the seating's order
    sessions: list
    book: list

    @property
    def forced(self):
        return [card for session in self.sessions for card in session.forced]

    @property
    def returned(self):
        """The ids that returned, by paper; papers for which none did are left out."""
        return {paper["paper"]: ids for session in self.sessions
                for paper, ids in zip(session.papers, session.returned) if ids}

    @property
    def searched(self):
        """`found` or `witness`, by paper; papers that were not searched are left out."""
        return {paper["paper"]: how for session in self.sessions
                for paper, how in zip(session.papers, session.searched) if how}


def session_name(paper):
    return "reserve" if paper["use"] == "reserve" else str(paper["session"])


def draw(given):
    """The whole draw of an input, as vectors hold it."""
    secrets, entropy = check_input(given)
    problem = Problem(given["blueprint"], given["indexes"])
    problem.first_witness()
    book = problem.book()
    seed = seed_of(given["basis"], given["manifest"], secrets, entropy)
    sessions = [Session(problem, book, seed, name, list(papers))
                for name, papers in groupby(given["seating"]["papers"], session_name)]
    papers = [document(given, problem, seed, paper["paper"], lying)
              for session in sessions for paper, lying in zip(session.papers, session.lying)]
    return Draw(problem, seed, papers, sessions, book)


def document(given, problem, seed, name, lying):
    """A paper in the order in which it is shown (section 6)."""
    stream = Stream(keyed(seed, ALG, "paper", name))
    units = []
    for kind in (each["type"] for each in given["blueprint"]["types"]):
        units += stream.shuffled(problem.units[card] for cell, cards in zip(problem.cells, lying)
                                 if cell.type == kind for card in cards)
    items = [{"item": item["id"], "options": shown(stream, item)} for unit in units for item in unit.items]
    return {"attempt": given["basis"]["attempt"], "batch": given["basis"]["batch"], "items": items,
            "manifest": digest(given["manifest"]).hex(), "paper": name, "v": 1}


def shown(stream, item):
    pinned = [option["id"] for option in item["options"] if option["pinned"]]
    return stream.shuffled(option["id"] for option in item["options"] if not option["pinned"]) + pinned


def lot(seed, purpose, subject, values):
    return Stream(keyed(seed, ALG, "lot", purpose, subject)).shuffled(values)


# Published draws

def entropy_of(outcome):
    """The bytes of an outcome (src/engine/draw/ENTROPY.md); a round's signature is not verified here."""
    if outcome["rule"] == "lottery-rfc3797":
        groups = ("".join(f"{number}." for number in sorted(group)) + "/" for group in outcome["numbers"])
        return "".join(groups).encode()
    if outcome["rule"] == "drand":
        return hashlib.sha256(bytes.fromhex(outcome["signature"])).digest()
    return bytes.fromhex(outcome["bytes"])


def input_of(bundle):
    """What went into a published draw; its signatures are not verified here."""
    given = {name: bundle[name] for name in ("indexes", "blueprint", "seating", "secrets")}
    for name in ("basis", "manifest"):
        given[name] = bundle[name]["payload"] if "payload" in bundle[name] else bundle[name]
    outcome = bundle.get("entropy")
    return given | {"public_entropy": entropy_of(outcome).hex() if outcome else None}


def audit(bundle):
    """How many papers the draw has, and how many of them were published with the digest that drawing again gives."""
    papers = draw(input_of(bundle)).papers
    published = sorted((each["paper"], each["digest"]) for each in bundle["papers"])
    drawn = [(paper["paper"], digest(paper).hex()) for paper in papers]
    return len(papers), sum(published.count(each) == 1 for each in drawn)


# Vectors

def changed(value, changes):
    """A copy with changes: `[pointer, value]` sets what stands at a JSON pointer, `[pointer]` leaves a member out."""
    value = json.loads(json.dumps(value))
    for pointer, *new in changes:
        *way, last = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        place = value
        for step in way:
            place = place[int(step) if isinstance(place, list) else step]
        if not new:
            del place[last]
        elif isinstance(place, list):
            place[int(last)] = new[0]
        else:
            place[last] = new[0]
    return value


def check(vector, inputs=None):
    """What a vector states and this program does not give; `inputs` holds those that vectors name."""
    given = vector["input"]
    if isinstance(given, str):
        given = changed(inputs[given], vector.get("changes", []))
    try:
        for name, text in vector.get("texts", {}).items():
            document = read(name, text)
            if name in ("index", "secret"):
                given["indexes" if name == "index" else "secrets"][0] = document
            else:
                given[name] = document
        drawn = draw(given)
    except Refused as refused:
        return disagreements_of_refusal(vector, refused)
    if vector["expect"] != "papers":
        return ["not refused"]
    return disagreements(vector, drawn)


def disagreements_of_refusal(vector, refused):
    if vector.get("refusal") != refused.code:
        return [f"refused: {refused}"]
    return [] if vector.get("conflict", refused.detail) == refused.detail else ["conflict"]


def disagreements(vector, drawn):
    digests = {paper["paper"]: digest(paper).hex() for paper in drawn.papers}
    wrong = [name for name, value in (("forced", drawn.forced), ("returned", drawn.returned),
                                      ("searched", drawn.searched), ("digests", digests)) if vector[name] != value]
    if vector["papers"] != drawn.papers[: len(vector["papers"])]:
        wrong.append("papers")
    for each in vector.get("lots", []):
        if each["drawn"] != lot(drawn.seed, each["purpose"], each["subject"], each["list"]):
            wrong.append(f"lot {each['purpose']}")
    return wrong


def vectors_of(paths):
    """The vectors of files: of `*.json` one each, of `*.jsonl` one a line; and the inputs that they name.

    A line `{name, input}` without an expectation is such an input."""
    vectors, inputs = [], {}
    for path in map(pathlib.Path, paths):
        text = path.read_text(encoding="utf-8")
        for line in filter(None, text.split("\n")) if path.suffix == ".jsonl" else [text]:
            vector = json.loads(line)
            if not isinstance(vector["input"], str):
                inputs[vector["name"]] = vector["input"]
            if "expect" in vector:
                vectors.append(vector)
    return vectors, inputs


def main(command, *paths):
    if command == "audit":
        count, same = audit(json.loads(pathlib.Path(paths[0]).read_text(encoding="utf-8")))
        print(f"{same} of {count} papers have the published digest")
        return 0 if same == count else 1
    vectors, inputs = vectors_of(paths)
    wrong = [(vector["name"], problems) for vector in vectors if (problems := check(vector, inputs))]
    for name, problems in wrong:
        print(f"{name}: {', '.join(problems)}")
    print(f"{len(vectors) - len(wrong)} of {len(vectors)} vectors hold")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("audit", "check") or sys.argv[1] == "audit" and len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
