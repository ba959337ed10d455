"""Receipts and the status set by other hands: what a candidate took home was kept, and nothing was withdrawn."""

import json
import unittest

import batch
from inclusion import stands
from signing import identity
from verifying import claims, message_holds


class Receipts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trust = batch.document("trust.json")
        cls.bundles = [batch.document(path.name) for path in sorted(batch.folder().glob("receipt-*.json"))]
        lines = (batch.folder() / "batch.json").read_text(encoding="utf-8").splitlines()
        cls.roster = {entry["theory"]: entry["pseudonym"] for entry in json.loads(lines[1])["roster"]["entries"]}
        audit = map(json.loads, (batch.folder() / "audit.jsonl").read_text(encoding="utf-8").splitlines()[1:])
        cls.scores = {line["pseudonym"]: line["score"]["payload"] for line in audit}

    def test_the_service_signed_each(self):
        self.assertEqual(len(self.bundles), 10)
        for bundle in self.bundles:
            receipt = bundle["receipt"]
            self.assertEqual((bundle["kind"], bundle["v"], receipt["kind"], receipt["v"]), ("receipt-bundle", 1, "receipt", 1))
            self.assertTrue(message_holds(receipt, self.trust["receipts"]["key"]))
            for change in ({"answered": receipt["payload"]["answered"] - 1}, {"logged_by_ms": receipt["payload"]["logged_by_ms"] + 1}):
                self.assertFalse(message_holds(receipt | {"payload": receipt["payload"] | change}, self.trust["receipts"]["key"]))
            self.assertFalse(message_holds(receipt, self.trust["log"]["key"]))

    def test_what_keeps_the_promise_stands_in_the_log(self):
        sittings, results = set(), batch.bundles()
        for bundle in self.bundles:
            promise, kept = bundle["receipt"]["payload"], bundle["end"]
            subject = claims(kept["record"], self.trust["issuers"][0]["key"])["credentialSubject"]
            pseudonym = self.roster[promise["sitting"]]
            self.assertEqual(subject["id"], f"urn:kaoping:person:{pseudonym}")
            self.assertEqual(kept["record"], results[pseudonym]["jws"])
            self.assertEqual((subject["batch"], subject["evidence"]["journal"]), (promise["batch"], promise["journal"]))
            stands(kept["proof"], promise["batch"], "result", identity(kept["record"]), self.trust["log"])
            self.assertGreaterEqual(promise["logged_by_ms"], promise["at_ms"])
            sittings.add(promise["sitting"])
        self.assertEqual(len(sittings), len(self.bundles), "each receipt is of another sitting")

    def test_a_receipt_counts_the_answers_that_were_scored(self):
        for bundle in self.bundles:
            promise = bundle["receipt"]["payload"]
            score = self.scores[self.roster[promise["sitting"]]]
            answered = sum(1 for item in score["items"] if item["chosen"])
            self.assertEqual((promise["items"], promise["answered"]), (len(score["items"]), answered))

    def test_it_tells_neither_items_nor_answers(self):
        members = {"answered", "at_ms", "batch", "items", "journal", "logged_by_ms", "replaces", "sitting"}
        for bundle in self.bundles:
            self.assertEqual(bundle["receipt"]["payload"].keys(), members)
            self.assertIsNone(bundle["receipt"]["payload"]["replaces"], "no sitting of the demo was given back")


class Status(unittest.TestCase):
    def test_the_organization_s_key_came_into_use_and_nothing_was_withdrawn(self):
        trust, status = batch.document("trust.json"), batch.document("status.json")
        self.assertEqual((status["kind"], status["v"]), ("status-set", 1))
        (entry,) = status["records"]
        [issuer] = trust["issuers"]
        record = entry["record"]
        self.assertEqual(record["kind"], "key-event")
        enrolled = {"key": issuer["key"], "kind": "enrolled", "purpose": "organization"}
        self.assertEqual(record["payload"]["event"], enrolled)
        self.assertEqual(record["payload"]["organization_id"], issuer["organization_id"])
        self.assertTrue(message_holds(record, issuer["key"]), "the key signs its own coming")
        stands(entry["proof"], "_", "key", identity(record), trust["log"])


if __name__ == "__main__":
    unittest.main()
