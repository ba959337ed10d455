"""The draw by other hands: every vector, a whole batch, altered inputs, and streams against OpenSSL."""

import copy
import hashlib
import json
import pathlib
import struct
import subprocess
import unittest

import batch
from draw import audit, check, draw, input_of, vectors_of
from draw_bytes import Stream, chacha20_block, commitment, digest
from draw_form import Refused
from draw_legal import faults

VECTORS = pathlib.Path(__file__).parent.parent / "vectors" / "draw"
KEY = bytes(range(200, 232))


class Vectors(unittest.TestCase):
    def test_every_vector(self):
        files = sorted(VECTORS.glob("*.json"))
        self.assertGreaterEqual(len(files), 18, "published vectors never go away")
        for file in files:
            with self.subTest(file.stem):
                vector = json.loads(file.read_text(encoding="utf-8"))
                self.assertEqual(vector["name"], file.stem)
                self.assertEqual(check(vector), [])

    def test_every_one_of_the_many(self):
        vectors, inputs = vectors_of(sorted(VECTORS.glob("many/*.jsonl")))
        for vector in vectors:
            self.assertEqual(check(vector, inputs), [], vector["name"])
        self.assertEqual(len({vector["name"] for vector in vectors}), len(vectors))
        self.assertGreaterEqual(len(vectors), 1_400, "published vectors never go away")

    def test_a_wrong_expectation_is_found(self):
        vector = json.loads((VECTORS / "forced.json").read_text(encoding="utf-8"))
        first = next(iter(vector["digests"]))
        self.assertEqual(check(vector | {"digests": vector["digests"] | {first: "0" * 64}}), ["digests"])
        self.assertEqual(check(vector | {"papers": [vector["papers"][0] | {"v": 2}]}), ["papers"])
        for member in ("forced", "searched", "returned"):
            self.assertEqual(check(vector | {member: {"": ""}}), [member])
        self.assertEqual(check(vector | {"expect": "refused", "refusal": "pool"}), ["not refused"])
        self.assertEqual(check(vector | {"lots": [{"purpose": "panel", "subject": "b", "list": ["x"], "drawn": []}]}),
                         ["lot panel"])
        refused = json.loads((VECTORS / "refused-given-up.json").read_text(encoding="utf-8"))
        self.assertEqual(check(refused | {"conflict": []}), ["conflict"])
        self.assertEqual(len(check(refused | {"refusal": "pool"})), 1)


class Judge(unittest.TestCase):
    """The judge of drawn papers finds what is wrong in them."""

    def wrong(self, name, change=lambda drawn: None, **given):
        vector = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
        drawn = draw(vector["input"])
        change(drawn)
        drawn = {"forced": drawn.forced, "returned": drawn.returned, "searched": drawn.searched,
                 "papers": drawn.papers} | given
        return faults(vector["input"], drawn["papers"], drawn["forced"], drawn["returned"], drawn["searched"])

    def test_nothing_is_wrong_in_vectors(self):
        for name in ("plain", "groups", "extended", "importance", "returns", "witness"):
            self.assertEqual(self.wrong(name), [])

    def test_an_exchanged_item_is_found(self):
        def change(drawn):
            one, two = (paper["items"] for paper in drawn.papers[:2])
            place = next(place for place, pair in enumerate(zip(one, two)) if pair[0]["item"] != pair[1]["item"])
            one[place] = two[place]
        self.assertNotEqual(self.wrong("plain", change), [])

    def test_order_is_looked_at(self):
        self.assertIn("papers", self.wrong("plain", lambda drawn: drawn.papers.reverse()))
        wrong = self.wrong("half-marks", lambda drawn: drawn.papers[0]["items"].reverse())
        self.assertIn("order of types", " ".join(wrong))
        wrong = self.wrong("groups", lambda drawn: drawn.papers[0]["items"].reverse())
        self.assertIn(": group", " ".join(wrong))

    def test_what_is_named_is_looked_at(self):
        self.assertIn("an item to avoid", " ".join(self.wrong("returns", returned={})))
        self.assertIn("forced without a search", " ".join(self.wrong("forced", searched={})))
        self.assertNotEqual(self.wrong("sessions", lambda drawn: drawn.papers.__setitem__(
            1, drawn.papers[0] | {"paper": drawn.papers[1]["paper"]})), [])


class Batch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bundle = batch.document("draw.json")
        cls.given = input_of(cls.bundle)
        cls.drawn = draw(cls.given)

    def test_every_paper_is_drawn_again(self):
        count = len(self.bundle["seating"]["papers"])
        self.assertGreater(count, 40, "forty candidates, spares and a reserve")
        self.assertEqual(audit(self.bundle), (count, count))

    def test_every_paper_is_legal(self):
        drawn = self.drawn
        self.assertEqual(faults(self.given, drawn.papers, drawn.forced, drawn.returned, drawn.searched), [])

    def test_a_published_digest_that_was_altered_is_found(self):
        bundle = copy.deepcopy(self.bundle)
        bundle["papers"][3]["digest"] = "0" * 64
        self.assertEqual(audit(bundle)[1], audit(bundle)[0] - 1)
        del bundle["papers"][3]
        self.assertEqual(audit(bundle)[1], audit(bundle)[0] - 1)

    def test_another_secret_gives_other_papers(self):
        given = copy.deepcopy(self.given)
        given["secrets"][0]["secret"] = "5e" * 32
        self.assert_refused(given, "secret")
        self.commit(given)
        self.assert_all_differ(given)

    def test_another_order_of_seats_gives_other_papers(self):
        given = copy.deepcopy(self.given)
        seats = given["seating"]["papers"]
        seats[0], seats[1] = seats[1], seats[0]
        self.assert_refused(given, "document")
        given["basis"]["seating"] = digest(given["seating"]).hex()
        self.assert_refused(given, "document")
        self.commit(given)
        self.assert_all_differ(given)

    @staticmethod
    def commit(given):
        """Lets the manifest name basis and secrets as they are."""
        basis, secrets = digest(given["basis"]), {each["custodian"]: each["secret"] for each in given["secrets"]}
        given["manifest"]["basis"] = basis.hex()
        for each in given["manifest"]["commitments"]:
            secret = bytes.fromhex(secrets[each["custodian"]])
            each["commitment"] = commitment(basis, each["custodian"], secret).hex()

    def assert_refused(self, given, code):
        with self.assertRaises(Refused) as raised:
            draw(given)
        self.assertEqual(raised.exception.code, code)

    def assert_all_differ(self, given):
        # Items are compared, for digests differ with the manifest's digest alone.
        before = {paper["paper"]: paper["items"] for paper in self.drawn.papers}
        after = {paper["paper"]: paper["items"] for paper in draw(given).papers}
        self.assertEqual(before.keys(), after.keys())
        for paper, items in after.items():
            self.assertNotEqual({i["item"] for i in before[paper]}, {i["item"] for i in items}, paper)


def openssl(key, counter, words):
    """Words of OpenSSL's keystream; its IV is the 64-bit counter and a nonce of 8 bytes."""
    command = ["openssl", "enc", "-chacha20", "-K", key, "-iv", struct.pack("<QQ", counter, 0).hex()]
    stream = subprocess.run(command, input=bytes(4 * words), capture_output=True, check=True).stdout
    return list(struct.unpack(f"<{words}I", stream))


class Streams(unittest.TestCase):
    """The published streams, which Rust reads too, on OpenSSL's words instead of ours."""

    @classmethod
    def setUpClass(cls):
        lines = (VECTORS / "streams.jsonl").read_text(encoding="utf-8").splitlines()
        cls.streams = [(line, openssl(line["key"], 0, line["count"])) for line in map(json.loads, lines)]

    def test_words(self):
        self.assertGreaterEqual(sum(line["count"] > 2**16 for line, _ in self.streams), 3)
        for line, words in self.streams:
            stream = hashlib.sha256(struct.pack(f"<{len(words)}I", *words)).hexdigest()
            self.assertEqual(stream, line["sha256"], line["key"])
            for case in line["words"]:
                self.assertEqual(words[case["place"]], case["word"], line["key"])

    def test_numbers_and_shuffles(self):
        for line, words in self.streams:
            for case in line["below"] + line["shuffles"]:
                stream = Stream(bytes(32))
                stream.words = iter(words)
                if "n" in case:
                    self.assertEqual([stream.below(case["n"]) for _ in case["numbers"]], case["numbers"], line["key"])
                else:
                    self.assertEqual(stream.shuffled(range(case["length"])), case["order"], line["key"])
                self.assertEqual(next(stream.words), words[case["taken"]], "another number of words was taken")


class Words(unittest.TestCase):

    def test_words_are_those_of_openssl(self):
        words = Stream(KEY).words
        self.assertEqual([next(words) for _ in range(16 * 500)], openssl(KEY.hex(), 0, 16 * 500))

    def test_counter_goes_beyond_32_bits(self):
        ours = [word for counter in (2**32 - 1, 2**32) for word in chacha20_block(KEY, counter)]
        self.assertEqual(ours, openssl(KEY.hex(), 2**32 - 1, 32))

    def test_below_drops_words_that_would_favour_some_results(self):
        # n = 3·2³⁰: 2³² mod n = 2³⁰, so w is dropped when w·n mod 2³² = (3w mod 4)·2³⁰ is 0, that is for w = 0, 4, 8, …
        stream = Stream(KEY)
        stream.words = iter([0, 4, 2**32 - 4, 1, 2**32 - 1, 7])
        self.assertEqual(stream.below(3 * 2**30), 0)  # 1·n div 2³²
        self.assertEqual(stream.below(3 * 2**30), 3 * 2**30 - 1)
        self.assertEqual((stream.below(1), list(stream.words)), (0, []))


if __name__ == "__main__":
    unittest.main()
