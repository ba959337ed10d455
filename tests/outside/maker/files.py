"""The files that the maker writes, as text."""

import pathlib
from collections import Counter

from draw_bytes import canonical

from .rules import DEALING
from .streams import streams
from .themes import files

FOLDER = pathlib.Path(__file__).parent.parent.parent / "vectors" / "draw"
MARK = "<!-- made by maker -->\n"


def contents():
    """Each file's text by its path in `FOLDER`."""
    made = dict(files())
    written = {f"many/{name}.jsonl": lines(vector for vector, _ in vectors) for name, vectors in made.items()}
    written["streams.jsonl"] = lines(streams())
    readme = (FOLDER / "README.md").read_text(encoding="utf-8").split(MARK)
    written["README.md"] = MARK.join([readme[0], f"\n{tables(made)}\n", readme[-1]])
    return written


def lines(documents):
    return "".join(canonical(document).decode() + "\n" for document in documents)


def tables(made):
    return "\n".join([*of_files(made), "", *of_dealing(made), "", *of_refusals(made)])


def of_files(made):
    yield "| File in `many/` | Vectors | Drawn | Refused |"
    yield "|---|---|---|---|"
    whole = Counter()
    for name, vectors in made.items():
        counts = Counter(vector["expect"] for vector, _ in vectors)
        whole += counts
        yield f"| `{name}` | {len(vectors)} | {counts['papers']} | {counts['refused']} |"
    yield f"| all | {whole.total()} | {whole['papers']} | {whole['refused']} |"


def of_dealing(made):
    yield "| Rule of section 4 | Times | Vectors | Of them drawn | For example |"
    yield "|---|---|---|---|---|"
    for rule, meaning in DEALING.items():
        with_it = [(vector, seen[rule]) for vectors in made.values() for vector, seen in vectors if seen[rule]]
        with_it.sort(key=lambda pair: pair[0]["expect"])  # drawn ones first
        drawn = sum(vector["expect"] == "papers" for vector, _ in with_it)
        yield (f"| {meaning} | {sum(times for _, times in with_it)} | {len(with_it)} | {drawn} "
               f"| {', '.join(vector['name'] for vector, _ in with_it[:2])} |")


def of_refusals(made):
    """Each rule of section 7 in the words of draw_input.py, with the vectors that show it."""
    yield "| Refusal | Rule | Vectors |"
    yield "|---|---|---|"
    rules = {}
    for vectors in (made[name] for name in made if name.startswith("refused-") and name != "refused-order"):
        for vector, _ in vectors:
            rules.setdefault((vector["refusal"], vector["purpose"]), []).append(vector["name"])
    for (code, purpose), names in rules.items():
        faults = dict.fromkeys(name.rsplit("-", 1)[0] for name in names)
        yield f"| `{code}` | {purpose} | {', '.join(f'{fault}-*' for fault in faults)} |"
