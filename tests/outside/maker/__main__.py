"""Writes the many vectors of the draw into tests/vectors/draw/, and the tables of its README.

    python3 -m maker

Inputs are made from a stated seed; what must come out is computed by draw.py, which was written from SPEC.md alone.
Rust has no part in it. Run it again after a theme was added; lines that were published must not change.
"""

from .files import FOLDER, contents

if __name__ == "__main__":
    for name, text in contents().items():
        path = FOLDER / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"{name}: {len(text.splitlines())} lines, {len(text.encode())} bytes")
