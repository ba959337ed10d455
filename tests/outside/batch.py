"""The files of a whole batch, as `kaoping demo --simulate 40 --out FOLDER` writes them.

KAOPING_BATCH names the folder."""

import base64
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


def bundles():
    """Each result's bundle by the person's pseudonym, which the file's name holds."""
    files = sorted(folder().glob("result-*.json"))
    return {path.stem.removeprefix("result-"): document(path.name) for path in files}


def base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def payload_bytes(jws):
    """The bytes that are signed as payload, not checked."""
    return base64url(jws.split(".")[1])


def subjects():
    """What is certified of each person, by pseudonym; not checked."""
    return {name: json.loads(payload_bytes(bundle["jws"]))["credentialSubject"] for name, bundle in bundles().items()}
