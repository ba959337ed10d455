"""The files that the maker writes, as text."""

import json
import pathlib
from collections import Counter

from draw_bytes import canonical

from .singles import singles
from .streams import streams
from .themes import SEED, files, vector

FOLDER = pathlib.Path(__file__).parent.parent.parent / "vectors" / "draw"
MARK = "<!-- made by maker -->\n"


def contents():
    """Each file's text by its path in `FOLDER`, the page of the folder last, which names the readings' vectors."""
    made = dict(files())
    written = {f"many/{name}.jsonl": lines(vectors) for name, vectors in made.items()}
    alone = dict(singles(SEED, vector))
    written |= {f"{name}.json": json.dumps(one, ensure_ascii=False, indent=1) + "\n" for name, one in alone.items()}
    written["streams.jsonl"] = lines(streams())
    readme = (FOLDER / "README.md").read_text(encoding="utf-8").split(MARK)
    written["README.md"] = MARK.join([readme[0], f"\n{tables(made)}\n", readme[-1]])
    return written


def lines(documents):
    return "".join(canonical(document).decode() + "\n" for document in documents)


def tables(made):
    return "\n".join([*of_files(made), "", *of_refusals(made)])


def of_files(made):
    yield "| File in `many/` | Vectors | Drawn | Refused | Papers | Forced cards | Searched | Papers for which items return |"
    yield "|---|---|---|---|---|---|---|---|"
    whole = Counter()
    for name, vectors in made.items():
        counts = Counter(vector["expect"] for vector in vectors)
        for vector in vectors:
            counts.update({member: len(vector.get(member, ())) for member in ("digests", "forced", "searched", "returned")})
        whole += counts
        yield row(f"`{name}`", len(vectors), counts)
    yield row("all", sum(map(len, made.values())), whole)


def row(name, vectors, counts):
    columns = ("papers", "refused", "digests", "forced", "searched", "returned")
    return f"| {name} | {vectors} | {' | '.join(str(counts[column]) for column in columns)} |"


def of_refusals(made):
    """Each rule of section 8 in the words of Python, with the vectors that show it."""
    yield "| Refusal | Rule | Vectors |"
    yield "|---|---|---|"
    rules = {}
    for vectors in (made[name] for name in made if name.startswith("refused-") and name != "refused-order"):
        for vector in vectors:
            if vector["expect"] == "refused":
                rules.setdefault((vector["refusal"], vector["purpose"]), []).append(vector["name"])
    for (code, purpose), names in rules.items():
        shown = ", ".join(f"`{name}`" for name in names[:3])
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield f"| `{code}` | {purpose} | {shown}{more} |"
