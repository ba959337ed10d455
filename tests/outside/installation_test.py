"""What a data folder refuses: lost, exchanged and copied keys and data, damage in the database, open permissions.

KAOPING_PROGRAM names the built program; KAOPING_TEST_POSTGRES a server, without which the test on PostgreSQL is left out."""

import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import ssl
import stat
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from program import PROGRAM

PASSPHRASE = "for the tests"
ORGANIZATION = {
    "name": "示例中心", "credit_code": "91220101MA0000000X", "province": "22", "category": "S",
    "organization_code": "0000", "site_code": "000001", "complaint_contact": "12333",
    "filing": {"number": "示例备案001", "occupation": "4-14-01-03", "levels": [5], "expires": "2028-12-31"},
}


class Serving:
    """A service on a data folder."""

    def __init__(self, data, *options, stderr=None, **environment):
        self.data = data
        command = [PROGRAM, "serve", "--data", data, "--http-port", "0", "--tls-port", "0", *options]
        environment = os.environ | {"KAOPING_PASSPHRASE": PASSPHRASE} | environment
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=stderr or subprocess.DEVNULL, text=True)
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if line.startswith("authority"):
                break
        else:
            raise AssertionError(f"it did not start: {self.said}")
        self.http = re.search(r"candidates +(http://[^/]+)/", self.said).group(1)
        self.tls = re.search(r"staff +(https://[^/]+)/", self.said).group(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.process.stdout.close()

    def public(self, path):
        with urllib.request.urlopen(f"{self.http}/api/v1{path}") as answer:
            return answer.read()

    def post(self, path, body, cookie="", method="POST"):
        trust = ssl.create_default_context(cafile=self.data / "tls" / "authority.pem")
        headers = {"x-kaoping": "1", "content-type": "application/json", "cookie": cookie}
        request = urllib.request.Request(
            f"{self.tls}/api/v1{path}", json.dumps(body).encode(), headers, method=method)
        with urllib.request.urlopen(request, context=trust) as answer:
            return answer.headers

    def office(self):
        """The cookie of the office on a first start, once it has chosen a password."""
        one_time = re.search(r"first login office / (\S+)", self.said).group(1)
        headers = self.post("/login", {"login": "office", "password": one_time})
        cookie = headers["set-cookie"].split(";")[0]
        headers = self.post("/me/password", {"current": one_time, "new": "密码由本人选定-2026"}, cookie)
        return headers["set-cookie"].split(";")[0]

    def enter(self):
        """Enters the organization, which logs its key: the log's first leaf."""
        self.post("/organization", ORGANIZATION, self.office(), "PUT")


def command(*words, passphrase=PASSPHRASE):
    environment = os.environ | {"KAOPING_PASSPHRASE": passphrase}
    return subprocess.run(
        [PROGRAM, *map(str, words)], env=environment, capture_output=True, text=True, timeout=300, check=False)


def refused(data, *options, **more):
    """What a start says that is refused."""
    done = command("serve", "--data", data, "--http-port", "0", "--tls-port", "0", *options, **more)
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    return done.stderr


def raw(data):
    """The database past the program, without the triggers that guard it against accidents."""
    database = sqlite3.connect(data / "kaoping.db")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    return database


def put(source, target):
    """Puts a database of a stopped service into the place of another, with its write-ahead log."""
    for path in target.glob("kaoping.db*"):
        path.unlink()
    target.mkdir(exist_ok=True)
    for path in source.glob("kaoping.db*"):
        shutil.copy(path, target)


class Installation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.base = pathlib.Path(cls.temporary.name) / "base"
        with Serving(cls.base) as service:
            service.enter()
            service.public("/log/checkpoint")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.temporary.name))
        self.data = self.folder / "data"
        shutil.copytree(self.base, self.data)

    def test_a_lost_file_is_named_and_nothing_is_made_in_its_place(self):
        lost = ["keys/organization.key", "keys/log.key", "keys/room.key", "keys/identity.key", "keys/data.key",
                "kaoping.db", "identities.db", "installation.json", "log.checkpoint"]
        for name in lost:
            path, aside = self.data / name, self.folder / "aside"
            path.rename(aside)
            said = refused(self.data)
            self.assertIn(str(path), said, name)
            self.assertRegex(said, "backup", name)
            self.assertFalse(path.exists(), f"{name} was made anew")
            aside.rename(path)
        with Serving(self.data) as service:
            self.assertIn(b"\n1\n", service.public("/log/checkpoint"))

    def test_another_installations_file_is_named(self):
        other = self.folder / "other"
        with Serving(other):
            pass
        for name in ["keys/log.key", "keys/room.key", "keys/identity.key", "keys/data.key", "kaoping.db",
                     "identities.db", "installation.json", "log.checkpoint"]:
            path, aside = self.data / name, self.folder / "aside"
            shutil.copytree(self.data, aside)
            # A database comes and goes with its write-ahead log.
            for file in [path, *path.parent.glob(f"{path.name}-*")]:
                file.unlink()
            for file in [other / name, *(other / name).parent.glob(f"{path.name}-*")]:
                shutil.copy(file, path.parent)
            said = refused(self.data)
            # A key that encrypts shows by what it does not open.
            shown = {"keys/data.key": "installation.json", "keys/identity.key": "identities.db",
                     "installation.json": "keys/log.key"}.get(name, name)
            self.assertIn(str(self.data / shown), said, name)
            shutil.rmtree(self.data)
            aside.rename(self.data)
        with Serving(self.data):
            pass

    def test_an_empty_passphrase_is_refused(self):
        for passphrase in ["", "  "]:
            self.assertIn("KAOPING_PASSPHRASE", refused(self.data, passphrase=passphrase))
            self.assertIn("KAOPING_PASSPHRASE", refused(self.folder / "new", passphrase=passphrase))
            self.assertFalse((self.folder / "new").exists())

    def test_what_others_could_read_is_closed_to_them(self):
        before = os.umask(0o022)
        self.addCleanup(os.umask, before)
        fresh = self.folder / "fresh"
        with Serving(fresh):
            pass
        self.data.chmod(0o755)
        for path in self.data.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        log = self.folder / "log"
        with log.open("w") as stderr, Serving(self.data, stderr=stderr):
            for folder in [fresh, self.data]:
                for path in [folder, *folder.rglob("*")]:
                    mode = stat.S_IMODE(path.stat().st_mode)
                    self.assertEqual(mode, 0o700 if path.is_dir() else 0o600, path)
        self.assertIn(str(self.data / "kaoping.db"), log.read_text())

    def test_the_database_shows_no_text_and_no_key(self):
        held = b"".join(path.read_bytes() for path in self.data.glob("kaoping.db*"))
        self.assertIn(b"organization/main", held, "names of streams are readable, or nothing was looked at")
        for text in ["示例中心", '"key"', '"stem"', "argon2id", "健康照护"]:
            self.assertNotIn(text.encode(), held, text)

    def test_a_file_that_is_deleted_while_the_service_runs_is_not_written_on(self):
        data = self.folder / "fresh"
        with Serving(data) as service:
            cookie = service.office()
            for path in data.glob("kaoping.db*"):
                path.unlink()
            with self.assertRaises(urllib.error.HTTPError) as refusal:
                service.post("/organization", ORGANIZATION, cookie, "PUT")
            self.assertGreaterEqual(refusal.exception.code, 500)
        self.assertIn(str(data / "kaoping.db"), refused(data))

    def test_an_older_database_is_adopted_only_when_it_holds_what_was_signed(self):
        data = self.folder / "fresh"
        with Serving(data) as service:
            cookie = service.office()
        older, newer = self.folder / "older", self.folder / "newer"
        put(data, older)
        with Serving(data) as service:
            service.post("/organization", ORGANIZATION, cookie, "PUT")
            signed = service.public("/log/checkpoint")
        put(data, newer)
        put(older, data)
        said = refused(data)
        self.assertIn(str(data / "kaoping.db"), said)
        self.assertIn("kaoping adopt", said)
        adopt = ["adopt", "--data", data, "--reason", "硬盘损坏后恢复"]
        done = command(*adopt)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("does not contain what was signed (1 leaves)", done.stderr)
        put(newer, data)
        # Somebody else's newest checkpoint takes the place of the lost one.
        (data / "log.checkpoint").unlink()
        (data / "installation.json").unlink()
        self.assertIn("kaoping adopt", refused(data))
        kept = self.folder / "kept"
        kept.write_bytes(signed)
        self.assertEqual(command(*adopt[:-1], "").returncode, 2, "a reason is needed")
        done = command(*adopt, "--checkpoint", kept)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("up to leaf 1", done.stdout)
        with Serving(data) as service:
            self.assertEqual(service.public("/log/checkpoint"), signed)

    def test_damage_is_found_named_and_mended(self):
        doctor = ["doctor", "--data", self.data]
        done = command(*doctor)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with raw(self.data) as database:
            (collection, key) = database.execute("SELECT collection, key FROM document WHERE collection = 'account'").fetchone()
            database.execute("UPDATE document SET bytes = x'00' WHERE collection = ? AND key = ?", (collection, key))
            database.execute("DELETE FROM document WHERE collection = 'log_leaf'")
        database.close()
        done = command(*doctor)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(f"document  account/{key}: it does not open", done.stdout)
        self.assertIn("document  log_leaf/000000000000: it is missing", done.stdout)
        log = self.folder / "log"
        with log.open("w") as stderr, Serving(self.data, stderr=stderr) as service:
            self.assertIn(b"\n1\n", service.public("/log/checkpoint"), "the root follows from the stream")
            with self.assertRaises(urllib.error.HTTPError):
                service.public("/log/entries")
            # The documents are compared in the background.
            until = time.monotonic() + 60
            while key not in log.read_text() and time.monotonic() < until:
                time.sleep(0.2)
        self.assertIn(key, log.read_text())
        done = command(*doctor, "--repair")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(command(*doctor).returncode, 0)
        with Serving(self.data) as service:
            service.public("/log/entries")

    def test_a_broken_stream_is_named(self):
        with raw(self.data) as database:
            (stream, seq) = database.execute(
                "SELECT stream, max(seq) FROM event WHERE stream LIKE 'organization/%' GROUP BY stream").fetchone()
            database.execute("DELETE FROM event WHERE stream = ? AND seq = ?", (stream, seq))
        database.close()
        done = command("doctor", "--data", self.data, "--repair")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(f"stream    {stream}: ", done.stdout)

    def test_a_log_that_was_cut_short_signs_nothing(self):
        with raw(self.data) as database:
            for table in ["event", "head"]:
                database.execute(f"DELETE FROM {table} WHERE stream = 'log/main'")
            database.execute("DELETE FROM document WHERE collection IN ('log', 'log_leaf')")
        database.close()
        self.assertIn("does not contain what was signed (1 leaves)", refused(self.data))
        done = command("doctor", "--data", self.data)
        self.assertEqual(done.returncode, 1)
        self.assertIn("log       ", done.stdout)

    @unittest.skipUnless(pathlib.Path("/dev/full").exists(), "this system has no full device")
    def test_a_log_line_that_cannot_be_written_stops_no_request(self):
        with open("/dev/full", "w") as full, Serving(self.data, stderr=full, RUST_LOG="trace") as service:
            for _ in range(3):
                service.public("/log/checkpoint")

    @unittest.skipUnless("KAOPING_TEST_POSTGRES" in os.environ, "no server is named")
    def test_a_copy_of_the_folder_on_one_server_is_refused(self):
        server = os.environ["KAOPING_TEST_POSTGRES"]
        name = f"kaoping_{os.getpid()}"
        sql = lambda text: subprocess.run(["psql", server, "-qc", text], check=True)
        sql(f"CREATE DATABASE {name}")
        self.addCleanup(sql, f"DROP DATABASE {name} WITH (FORCE)")
        options = ["--postgres", re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", server)]
        first, copy = self.folder / "first", self.folder / "copy"
        with Serving(first, *options) as service:
            service.enter()
            shutil.copytree(first, copy)
            self.assertIn("another kaoping works with installation", refused(copy, *options))
            service.public("/log/checkpoint")
        with Serving(first, *options):
            pass
        said = refused(copy, *options)
        self.assertIn("kaoping adopt", said)
        self.assertIn("--postgres", refused(first))
        done = command("adopt", "--data", copy, *options, "--reason", "换服务器")
        self.assertEqual(done.returncode, 0, done.stderr)
        with Serving(copy, *options) as service:
            self.assertIn(b"\n1\n", service.public("/log/checkpoint"))
        self.assertIn("kaoping adopt", refused(first, *options))


if __name__ == "__main__":
    unittest.main()
