"""Changes of an organization's key: what `kaoping serve` and `kaoping keys` log is checked by cryptography and hashlib.

KAOPING_PROGRAM names the built program."""

import json
import os
import pathlib
import re
import ssl
import subprocess
import tempfile
import unittest
import urllib.request

import inclusion
from draw_bytes import digest
from program import PROGRAM, run
from signing import key_id
from verifying import message_holds

ORGANIZATION = {
    "name": "示例中心", "credit_code": "91220101MA0000000X", "province": "22", "category": "S",
    "organization_code": "0000", "site_code": "000001", "complaint_contact": "12333",
    "filing": {"number": "示例备案001", "occupation": "4-14-01-03", "levels": [5], "expires": "2028-12-31"},
}


class Serving:
    """A service on an installation's folder, and its office."""

    def __init__(self, folder, *options):
        self.folder = folder
        command = [PROGRAM, "serve", "--data", folder, "--http-port", "0", "--tls-port", "0", *options]
        environment = os.environ | {"KAOPING_PASSPHRASE": "for the tests"}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if line.startswith("authority"):
                break

    def __enter__(self):
        self.address = re.search(r"staff +(https://[^/]+)/", self.said).group(1)
        self.tls = ssl.create_default_context(cafile=self.folder / "tls" / "authority.pem")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, method, path, body=None, cookie=""):
        data = None if body is None else json.dumps(body).encode()
        headers = {"x-kaoping": "1", "content-type": "application/json", "cookie": cookie}
        request = urllib.request.Request(f"{self.address}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request, context=self.tls) as answer:
            return json.loads(answer.read()), answer.headers

    def enter(self):
        """Logs in as the office, chooses a password, and enters the organization."""
        one_time = re.search(r"first login office / (\S+)", self.said).group(1)
        _, headers = self.ask("POST", "/login", {"login": "office", "password": one_time})
        cookie = headers["set-cookie"].split(";")[0]
        _, headers = self.ask("POST", "/me/password", {"current": one_time, "new": "密码由本人选定-2026"}, cookie)
        self.ask("PUT", "/organization", ORGANIZATION, headers["set-cookie"].split(";")[0])


class Keys(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        os.environ["KAOPING_PASSPHRASE"] = "for the tests"
        self.addCleanup(os.environ.pop, "KAOPING_PASSPHRASE")

    def keys(self, *words):
        return run("keys", "--data", self.folder, *words)

    def test_a_key_takes_over_and_the_former_one_is_cut_off(self):
        with Serving(self.folder) as service:
            service.enter()
            former = service.ask("GET", "/trust")[0]["issuers"][0]["key"]
            (enrolled,) = service.ask("GET", "/status")[0]["records"]
            self.assertEqual(enrolled["record"]["payload"]["event"], {"key": former, "kind": "enrolled", "purpose": "organization"})
            self.assertTrue(message_holds(enrolled["record"], former), "the key signs its own coming")
            self.assertIn("another kaoping", self.keys("list").stderr)
        self.assertIn("signs", self.keys("list").stdout)
        refused = self.keys("revoke", key_id(former), "--reason", "试验")
        self.assertEqual(refused.returncode, 2, "the key that signs cannot give itself up")
        self.assertEqual(self.keys("rotate").returncode, 0)
        gone = self.keys("compromised", key_id(former), "--from-index", "99", "--reason", "失窃")
        self.assertEqual(gone.returncode, 2, "the log is not that long")
        self.assertEqual(self.keys("compromised", key_id(former), "--from-index", "1", "--reason", "失窃").returncode, 0)

        with Serving(self.folder) as service:
            trust, status = service.ask("GET", "/trust")[0], service.ask("GET", "/status")[0]
        first, second = trust["issuers"]
        self.assertEqual((first["key"], first["revoked"]["from_index"]), (former, 1))
        self.assertNotIn("retired_ms", second)
        enrolled, rotated, compromised = (entry["record"] for entry in status["records"])
        self.assertEqual(enrolled["payload"]["event"]["key"], former)
        self.assertEqual(rotated["payload"]["event"]["kind"], "rotated")
        self.assertEqual(rotated["payload"]["event"]["to"], second["key"])
        self.assertTrue(message_holds(rotated, former) and message_holds(rotated, second["key"]), "both sign")
        self.assertEqual(compromised["payload"]["event"]["key"], key_id(former))
        self.assertTrue(message_holds(compromised, second["key"]))
        for entry in status["records"]:
            identity = digest(entry["record"]["payload"]).hex()
            inclusion.stands(entry["proof"], "_", "key", identity, trust["log"])

        for name, document in {"trust": trust, "status": status}.items():
            (self.folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
        done = run("verify", "--trust", self.folder / "trust.json", self.folder / "status.json")
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
