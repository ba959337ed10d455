"""The files of a whole batch, as `kaoping-demo --simulate 40 --out FOLDER` writes them.

KAOPING_BATCH names the folder."""

import base64
import hashlib
import json
import os
import pathlib


def folder():
    path = os.environ.get("KAOPING_BATCH")
    if not path:
        raise RuntimeError("KAOPING_BATCH must name a batch's folder; README.md says how to make one")
    return pathlib.Path(path)


def document(name):
    return json.loads((folder() / name).read_text(encoding="utf-8"))


def bundles(kind="result"):
    """Each result's, or certificate's, bundle by the person's pseudonym, which the file's name holds."""
    files = sorted(folder().glob(f"{kind}-*.json"))
    return {path.stem.removeprefix(f"{kind}-"): document(path.name) for path in files}


def drawn(path):
    """A draw's files (src/engine/draw/FILES.md) as the bundle that `draw.audit` takes."""
    path = pathlib.Path(path)
    one = lambda name: json.loads((path / name).read_text(encoding="utf-8"))
    several = lambda pattern: [one(file.name) for file in sorted(path.glob(pattern))]
    lines = (path / "papers.jsonl").read_bytes().splitlines()
    papers = [{"paper": json.loads(line)["paper"], "digest": hashlib.sha256(line).hexdigest()} for line in lines]
    bundle = {"basis": one("basis.json"), "manifest": one("manifest.json"), "papers": papers,
              "blueprint": one("blueprint.json"), "seating": one("seating.json"),
              "indexes": several("index-*.json"), "secrets": several("secret-*.json")}
    return bundle | ({"entropy": one("entropy.json")} if (path / "entropy.json").exists() else {})


def base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def payload_bytes(jws):
    """The bytes that are signed as payload, not checked."""
    return base64url(jws.split(".")[1])


def subjects():
    """What is certified of each person, by pseudonym; not checked."""
    return {name: json.loads(payload_bytes(bundle["jws"]))["credentialSubject"] for name, bundle in bundles().items()}
