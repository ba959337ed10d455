"""The built program, which KAOPING_PROGRAM names."""

import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).parent.parent.parent
PROGRAM = os.environ.get("KAOPING_PROGRAM", ROOT / "target" / "debug" / "kaoping")


def run(*words):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, check=False)


def verified(lines, trust, *options):
    """Exit code and the last report of `kaoping verify` on a bundle of lines; the options come before the file."""
    with tempfile.TemporaryDirectory() as name:
        bundle, known = pathlib.Path(name) / "bundle.jsonl", pathlib.Path(name) / "trust.json"
        bundle.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        known.write_text(json.dumps(trust), encoding="utf-8")
        done = run("verify", "--trust", known, "--json", *options, bundle)
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def named(report):
    """What a report found, as sorted pairs of name and subject."""
    return sorted((finding["defect"], finding["subject"]) for finding in report["findings"])


def simulated(people, folder, *options):
    """Writes the files of a simulated batch of so many people."""
    demo = os.environ.get("KAOPING_DEMO", ROOT / "target" / "debug" / "kaoping-demo")
    words = [demo, "--simulate", str(people), "--sm2", "--out", folder, *options]
    subprocess.run(list(map(str, words)), stdout=subprocess.DEVNULL, check=True)
