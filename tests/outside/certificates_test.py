"""The certificate list by openpyxl: the authority's eleven columns, everything as text, exactly those who passed."""

import json
import unicodedata
import unittest

import openpyxl

import batch
from draw_bytes import sha256

HEADERS = ["姓名", "证件类型", "证件号码", "所在单位", "职业名称", "工种名称", "职业技能等级", "证书编号", "发证日期", "评价机构", "发证机构"]


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        book = openpyxl.load_workbook(batch.folder() / "certificates.xlsx")
        cls.sheets, (header, *cls.rows) = book.sheetnames, book.active.iter_rows()
        cls.headers = [cell.value for cell in header]
        cls.people = [dict(zip(HEADERS, (cell.value for cell in row))) for row in cls.rows]
        cls.passed = {name: s for name, s in batch.subjects().items() if s["outcome"] == "passed"}

    def test_one_sheet_with_the_eleven_headers_in_order(self):
        self.assertEqual((len(self.sheets), self.headers), (1, HEADERS))

    def test_every_cell_is_text(self):
        for row in self.rows:
            for cell in row:
                if cell.value is None:
                    self.assertEqual(HEADERS[cell.column - 1], "所在单位", f"{cell.coordinate} is empty")
                else:
                    self.assertEqual((cell.data_type, cell.number_format), ("s", "@"), cell.coordinate)

    def test_exactly_those_who_passed_are_listed(self):
        self.assertGreater(len(self.passed), 0)
        self.assertEqual(len(self.people), len(self.passed))
        # The salt of a bundle opens its commitment to name and ID number (src/engine/result/holder.rs).
        bundles, found = batch.bundles(), set()
        for person in self.people:
            known = [person[header].encode() for header in ("姓名", "证件类型", "证件号码")]
            for name, subject in self.passed.items():
                salt = bytes.fromhex(bundles[name]["identity_salt"])
                if self.holder(salt, known) == subject["evidence"]["identity"]:
                    found.add(name)
        self.assertEqual(found, set(self.passed))

    def test_the_numbers_are_those_of_the_signed_certificates(self):
        signed = {}
        for name, bundle in batch.bundles("certificate").items():
            number = json.loads(batch.payload_bytes(bundle["jws"]))["credentialSubject"]["number"]
            signed[number] = bytes.fromhex(bundle["identity_salt"]), self.passed[name]["evidence"]["identity"]
        self.assertEqual(len(self.people), len(signed))
        for person in self.people:
            salt, commitment = signed[person["证书编号"]]
            known = [person[header].encode() for header in ("姓名", "证件类型", "证件号码")]
            self.assertEqual(self.holder(salt, known), commitment)

    def holder(self, salt, known):
        """The commitments of src/engine/result/holder.rs to a name, a kind of document and a number."""
        name, *document = known
        compared = unicodedata.normalize("NFC", name.decode())
        return {"person": sha256("kaoping/identity/1", salt, compared, *document).hex(),
                "shownName": sha256("kaoping/shown-name/1", salt, name).hex()}

    def test_results_hold_neither_names_nor_numbers(self):
        for bundle in batch.bundles().values():
            text = json.dumps(bundle, ensure_ascii=False) + batch.payload_bytes(bundle["jws"]).decode()
            for person in self.people:
                self.assertNotIn(person["证件号码"], text)
                self.assertNotIn(person["姓名"], text)

    def test_id_numbers_keep_all_digits(self):
        for person in self.people:
            number = person["证件号码"]
            self.assertRegex(number, r"^[0-9]{17}[0-9X]$")
            # GB 11643: Σ aᵢ·2^(17−i) ≡ 1 (mod 11), X for 10.
            digits = [10 if digit == "X" else int(digit) for digit in number]
            self.assertEqual(sum(digit * 2 ** (17 - i) for i, digit in enumerate(digits)) % 11, 1, number)

    def test_certificate_numbers(self):
        numbers = sorted(person["证书编号"] for person in self.people)
        # S, 4 organization, 2 province, 6 site, 2 year, level 5, 6 serial: without gap or repetition.
        for serial, number in enumerate(numbers, 1):
            self.assertRegex(number, rf"^S[0-9]{{14}}5{serial:06}$")

    def test_occupation_and_issuer(self):
        (issuer,) = batch.document("trust.json")["issuers"]
        kept = ("职业名称", "工种名称", "职业技能等级", "评价机构", "发证机构")
        for person in self.people:
            values = [person[header] for header in kept]
            self.assertEqual(values, ["健康照护师", "长期照护师", "五级/初级工", issuer["name"], issuer["name"]])
            self.assertRegex(person["发证日期"], r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]$")


if __name__ == "__main__":
    unittest.main()
