"""Printed certificates: each PDF is rendered by PDFium, its code read by ZXing, and what the code says by Base45, cbor2 and
cryptography alone, after src/record/README.md."""

import copy
import functools
import hashlib
import json
import pathlib
import tempfile
import unittest
import zipfile

import base45
import cbor2
import openpyxl
import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter

import batch
import program
import verifying
from draw_bytes import sha256
from signing import Es256, key_id

# Members of the payload.
KIND, ISSUER, NUMBER, LEVEL, ISSUED_ON, NAME, ID_MASKED, HOLDER, CERTIFICATE, RESULTS, SAMPLE = range(11)
# A code of 45 mm at this resolution has the pixels of one of 30 mm at 300 dpi.
DPI = 200


@functools.cache
def pages():
    """The printed certificates by their file's name."""
    with zipfile.ZipFile(batch.folder() / "certificates.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def picture(pdf):
    return pypdfium2.PdfDocument(pdf)[0].render(scale=DPI / 72, grayscale=True).to_pil()


def read(image):
    codes = zxingcpp.read_barcodes(image)
    return [code for code in codes if code.text.startswith("KP1:")]


def opened(text):
    """The protected header, payload and signature of a code."""
    sign1 = cbor2.loads(base45.b45decode(text.removeprefix("KP1:")))
    assert sign1.tag == 18
    protected, unprotected, payload, signature = sign1.value
    assert unprotected == {}
    return protected, payload, signature


def text_of(pdf):
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


class CertificateCodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trust = batch.document("trust.json")
        cls.bundles = batch.bundles("certificate")
        cls.keys = [issuer["key"] for issuer in cls.trust["issuers"]]
        cls.by_number = {}
        for pseudonym, bundle in cls.bundles.items():
            certificate = json.loads(batch.payload_bytes(bundle["jws"]))
            cls.by_number[certificate["credentialSubject"]["number"]] = pseudonym, certificate, bundle

    def test_each_certificate_is_printed_once(self):
        self.assertEqual(len(pages()), len(self.bundles))
        self.assertEqual({name.split("_")[1] for name in pages()}, set(self.by_number))

    def test_every_code_is_read_from_its_picture_and_signed(self):
        for name, pdf in pages().items():
            (code,) = read(picture(pdf))
            protected, payload, signature = opened(code.text)
            header, said = cbor2.loads(protected), cbor2.loads(payload)
            (key,) = [key for key in self.keys if batch.base64url(key_id(key))[:8] == header[4]]
            self.assertEqual((set(header), header[1]), ({1, 4}, -7))
            verifying.verify(key, signature, cbor2.dumps(["Signature1", protected, b"", payload]))
            _, certificate, bundle = self.by_number[said[NUMBER]]
            subject = certificate["credentialSubject"]
            self.assertEqual(said[KIND], 1)
            self.assertEqual("urn:kaoping:organization:" + said[ISSUER], certificate["issuer"]["id"])
            self.assertEqual((said[LEVEL], str(said[ISSUED_ON])), (subject["level"], subject["issuedOn"].replace("-", "")))
            self.assertEqual(said[CERTIFICATE], hashlib.sha256(batch.payload_bytes(bundle["jws"])).digest()[:12])
            results = b"".join(bytes.fromhex(result)[:12] for result in subject["basis"]["results"])
            self.assertEqual((said[RESULTS], said.get(SAMPLE)), (results, 1))
            self.assertIn(said[NAME], name)
            shown = text_of(pdf)
            for value in (said[NAME], said[NUMBER], said[ID_MASKED], certificate["issuer"]["complaintContact"]):
                self.assertIn(value, shown)

    def test_the_characters_beside_the_code_open_its_commitment_and_are_not_in_it(self):
        header, *rows = openpyxl.load_workbook(batch.folder() / "certificates.xlsx").active.iter_rows(values_only=True)
        people = {row[header.index("证书编号")]: dict(zip(header, row)) for row in rows}
        for pdf in pages().values():
            (code,) = read(picture(pdf))
            _, payload, _ = opened(code.text)
            said = cbor2.loads(payload)
            person = people[said[NUMBER]]
            (line,) = [line for line in text_of(pdf).splitlines() if line.startswith("校验码")]
            salt = line.removeprefix("校验码").strip().replace("-", "").lower()
            self.assertEqual(len(salt), 16)
            known = [person[column].encode() for column in ("姓名", "证件类型", "证件号码")]
            committed = sha256(b"kaoping/certificate-code/1", salt.encode(), *known)
            self.assertEqual(committed[:16], said[HOLDER])
            self.assertNotIn(person["证件号码"].encode(), payload)
            self.assertNotIn(person["证件号码"], text_of(pdf))
            self.assertNotIn(salt.encode(), payload.lower())

    # At 3 cm and 300 dpi, blurred and tilted, as a phone sees it.
    def test_a_small_blurred_and_tilted_code_is_read(self):
        pdf = next(iter(pages().values()))
        (plain,) = read(picture(pdf))
        for angle in (-12, 7, 30):
            tilted = picture(pdf).rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
            (code,) = read(tilted.filter(ImageFilter.GaussianBlur(1.2)))
            self.assertEqual(code.text, plain.text)

    def test_a_code_has_at_most_65_modules_at_level_m(self):
        for pdf in pages().values():
            (code,) = read(picture(pdf))
            self.assertLessEqual(len(code.text), 419)
            self.assertEqual(code.ec_level, "M")

    def test_glyphs_are_embedded_and_the_file_is_pdf_a(self):
        for pdf in pages().values():
            self.assertLess(len(pdf), 100_000)
            self.assertIn(b"pdfaid:part", pdf)

    def test_the_program_judges_the_text_of_a_code(self):
        pdf = next(iter(pages().values()))
        (code,) = read(picture(pdf))
        _, payload, _ = opened(code.text)
        pseudonym, _, _ = self.by_number[cbor2.loads(payload)[NUMBER]]
        certificate = batch.folder() / f"certificate-{pseudonym}.json"
        trust = batch.folder() / "trust.json"
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "code.txt"
            file.write_text(code.text, encoding="ascii")
            self.assertEqual(program.run("verify", "--trust", trust, file).returncode, 3, "alone it is not logged")
            self.assertEqual(program.run("verify", "--trust", trust, "--record", certificate, file).returncode, 0)
            other = next(path for path in batch.folder().glob("certificate-*.json") if path != certificate)
            self.assertEqual(program.run("verify", "--trust", trust, "--record", other, file).returncode, 1)
            file.write_text(code.text[:-3] + "000", encoding="ascii")
            self.assertEqual(program.run("verify", "--trust", trust, file).returncode, 1)

    # Codes that the program did not make, and what it must say of them.
    def test_codes_of_other_software_are_judged_by_the_page_of_formats(self):
        signer, trust = Es256(7), copy.deepcopy(self.trust)
        issuer = trust["issuers"][0] | {"key": signer.jwk, "beside": []}
        trust["issuers"] = [issuer]
        number, (_, certificate, _) = next(iter(self.by_number.items()))
        subject = certificate["credentialSubject"]
        day = int(subject["issuedOn"].replace("-", ""))
        said = {KIND: 1, ISSUER: issuer["organization_id"].removeprefix("urn:kaoping:organization:"), NUMBER: number,
                LEVEL: subject["level"], ISSUED_ON: day, NAME: "古丽娜·买买提", ID_MASKED: "100000********105X",
                HOLDER: bytes(16), CERTIFICATE: bytes(12), RESULTS: bytes(12)}

        def signed(payload, algorithm=-7, unprotected=None, key=signer):
            protected = cbor2.dumps({1: algorithm, 4: batch.base64url(key_id(key.jwk))[:8]})
            signature = signer.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
            sign1 = cbor2.CBORTag(18, [protected, unprotected or {}, payload, signature])
            return "KP1:" + base45.b45encode(cbor2.dumps(sign1)).decode()

        plain = cbor2.dumps(said)
        without = {member: cbor2.dumps({key: value for key, value in said.items() if key != member}) for member in said}
        cases = [("good", signed(plain), "unlogged"), ("no results", signed(without[RESULTS]), "unlogged")]
        cases += [(f"without {key}", signed(bytes), "unreadable") for key, bytes in without.items() if key != RESULTS]
        cases += [(name, signed(cbor2.dumps(said | change)), "unreadable") for name, change in {
            "version 2": {KIND: 2}, "another level": {LEVEL: 3}, "another year": {ISSUED_ON: day + 10_000},
            "no day": {ISSUED_ON: day // 10_000 * 10_000 + 230}, "short number": {NUMBER: number[1:]},
            "long commitment": {HOLDER: bytes(32)}, "half a result": {RESULTS: bytes(18)}, "unknown member": {11: 1},
        }.items()]
        cases += [
            ("order of members", signed(cbor2.dumps(dict(reversed(said.items())))), "unreadable"),
            ("a long integer", signed(plain.replace(b"\xaa\x00\x01", b"\xaa\x00\x18\x01", 1)), "unreadable"),
            ("another algorithm", signed(plain, algorithm=-8), "unreadable"),
            ("an open header", signed(plain, unprotected={1: -7}), "unreadable"),
            ("another key", signed(plain, key=Es256(8)), "unchecked"),
            ("another issuer", signed(cbor2.dumps(said | {ISSUER: "91310000000000000X"})), "invalid"),
            ("cut off", signed(plain)[:-2], "unreadable"),
            ("small letters", signed(plain).lower(), "unreadable"),
        ]
        with tempfile.TemporaryDirectory() as folder:
            known = pathlib.Path(folder) / "trust.json"
            known.write_text(json.dumps(trust), encoding="utf-8")
            for name, text, verdict in cases:
                file = pathlib.Path(folder) / "code.txt"
                file.write_text(text, encoding="utf-8")
                done = program.run("verify", "--trust", known, "--json", file)
                self.assertEqual(json.loads(done.stdout)["verdict"], verdict, name)


if __name__ == "__main__":
    unittest.main()
