"""`kaoping bank import` and `export` from outside: what stands on the disk afterwards, how much memory hostile files take, and what
other people's libraries read in what was exported.

KAOPING_PROGRAM names the built program."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as tree
import zipfile

import openpyxl

import program

SUITE = program.ROOT / "tests" / "suite" / "bank"
MOST_MEMORY = 256 * 1024 * 1024
QTI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
# Runs a command and prints its peak memory in KB: the figure of all children is the largest of them, so each has its own parent.
MEASURED = ("import resource, subprocess, sys\n"
            "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
            "print(done.returncode)\nprint(done.stdout + done.stderr)")


class Bank(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def command(self, kind, file, *options):
        return ["bank", "import", "--from", kind, file, "--elements", SUITE / "frame", "--out", self.folder / "bank",
                "--source", "示例规范", *options]

    def left(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_a_bank_appears_whole_or_not_at_all(self):
        done = program.run(*self.command("excel", SUITE / "11-two-keys.xlsx", "--report", self.folder / "report.xlsx"))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(self.left(), ["report.xlsx"])
        rows = list(openpyxl.load_workbook(self.folder / "report.xlsx").active.iter_rows(values_only=True))
        self.assertEqual(rows[0][:5], ("级别", "文件", "行", "字段", "内容"))
        self.assertEqual([row[:4] for row in rows[1:]], [("拒绝", "11-two-keys.xlsx", "第 10 行", "题干")])
        self.assertIn("这里是「错误」，那里是「正确」", rows[1][5])
        done = program.run(*self.command("excel", SUITE / "clean-20.xlsx"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.left(), ["bank", "report.xlsx"])
        self.assertEqual(program.run("bank", "check", self.folder / "bank").returncode, 0)
        done = program.run(*self.command("excel", SUITE / "clean-20.xlsx"))
        self.assertEqual((done.returncode, self.left()), (2, ["bank", "report.xlsx"]), "what is there is never replaced")

    def test_a_bank_beside_must_not_ask_the_same(self):
        self.assertEqual(program.run(*self.command("moodle", SUITE / "clean-moodle.xml")).returncode, 0)
        done = program.run("bank", "import", "--from", "qti", SUITE / "clean-qti3.zip", "--elements", SUITE / "frame",
                           "--out", self.folder / "again", "--beside", self.folder / "bank")
        self.assertEqual((done.returncode, done.stdout.count("题干与 《导入测试题库》")), (1, 8), done.stdout + done.stderr)
        self.assertEqual(self.left(), ["bank"])

    def test_what_is_exported_is_read_by_others(self):
        self.assertEqual(program.run(*self.command("excel", SUITE / "clean-20.xlsx")).returncode, 0)
        for kind, name in [("excel", "bank.xlsx"), ("qti", "bank.zip"), ("json", "files.zip")]:
            done = program.run("bank", "export", "--to", kind, self.folder / "bank", "--out", self.folder / name)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        expected = {item["stem"]: item for item in json.loads((SUITE / "expected.json").read_text("utf-8"))}
        header, *rows = openpyxl.load_workbook(self.folder / "bank.xlsx").active.iter_rows(values_only=True)
        self.assertEqual(len(header), 20)
        for row in (dict(zip(header, row)) for row in rows):
            item = expected[row["题干"]]
            self.assertEqual((row["答案"], row["知识点三级"].split()[0]), (item["key"], item["point"]))
            self.assertEqual([row[f"选项{letter}"] for letter in "ABCDE" if row[f"选项{letter}"]], item["options"])
            self.assertEqual((row["难度"], row["一致性"]), (str(item["difficulty"]), str(item["consistency"])))
        with zipfile.ZipFile(self.folder / "bank.zip") as package:
            manifest = tree.fromstring(package.read("imsmanifest.xml"))
            resources = [node for node in manifest.iter() if node.tag.endswith("}resource")]
            self.assertEqual(len(resources), 8)
            for resource in resources:
                self.assertEqual(resource.get("type"), "imsqti_item_xmlv3p0")
                self.scored(tree.fromstring(package.read(resource.get("href"))), expected)
        with zipfile.ZipFile(self.folder / "files.zip") as package:
            for name in package.namelist():
                self.assertEqual(package.read(name), (self.folder / "bank" / name).read_bytes())

    def scored(self, item, expected):
        """An item of QTI 3.0 as the specification has it: its key is that of the suite."""
        self.assertEqual(item.tag, QTI + "qti-assessment-item")
        body = item.find(QTI + "qti-item-body")
        wanted = expected[body.find(QTI + "p").text]
        interaction = body.find(QTI + "qti-choice-interaction")
        choices = {choice.get("identifier"): choice.text for choice in interaction.iter(QTI + "qti-simple-choice")}
        right = [choices[value.text] for value in item.find(QTI + "qti-response-declaration").iter(QTI + "qti-value")]
        key = [{"对": "正确", "错": "错误"}[wanted["key"]]] if not wanted["options"] else \
            ["ABCDEFGH".index(letter) for letter in wanted["key"]]
        key = [wanted["options"][place] if isinstance(place, int) else place for place in key]
        self.assertEqual(sorted(right), sorted(key))
        self.assertEqual(interaction.get("max-choices"), "0" if wanted["type"] == "multiple_choice" else "1")
        self.assertTrue(item.find(QTI + "qti-response-processing").get("template").endswith("match_correct"))

    def many(self, count):
        """The national text with so many items that are all different."""
        path = self.folder / "many.txt"
        points = ["A-A-A-001", "A-A-A-002", "A-A-B-001", "A-A-B-002"]
        with open(path, "w", encoding="utf-8") as file:
            for number in range(count):
                word = "".join(chr(0x4E00 + number * 7919 % 20000 + place * 131 % 900) for place in range(12))
                file.write(f"{points[number % 4]} B 3 5\n{{A}}\n{word}{number}应怎样做？\n（A）甲{number}\n（B）乙{number}\n（C）丙\n{{B}}\nA\n\n")
        return path

    def test_a_stopped_import_leaves_nothing(self):
        command = [str(word) for word in [program.PROGRAM, *self.command("text", self.many(20000))]]
        # Stopped at different times: while it reads, checks and writes.
        for wait in (0.05, 0.3, 1, 3, 6):
            with self.subTest(wait):
                running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(wait)
                running.send_signal(signal.SIGINT)
                code = running.wait(timeout=60)
                if code == 0:
                    # It was done before; then all of it is there.
                    self.assertEqual(self.left(), ["bank", "many.txt"])
                    break
                self.assertIn(code, (130, -signal.SIGINT))
                self.assertEqual(self.left(), ["many.txt"])

    def peak(self, kind, path):
        command = [sys.executable, "-c", MEASURED, program.PROGRAM, *self.command(kind, path)]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
        memory, code, told = done.stdout.split("\n", 2)
        return int(memory) * 1024, int(code), told

    def hostile(self):
        """Files that are small or empty until they are read, by format."""
        large = self.folder / "large"
        with open(large, "wb") as file:
            file.truncate(10**9)
        for kind in ("text", "excel", "word", "qti", "moodle", "gift"):
            yield kind, large, "文件超过"
        bomb = self.folder / "bomb.zip"
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
            for name in ("imsmanifest.xml", "word/document.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
                with package.open(name, "w") as part:
                    for _ in range(400):
                        part.write(b"<a>" + b" " * 1_000_000)
        for kind in ("excel", "word", "qti"):
            yield kind, bomb, "过大"
        rows = self.folder / "rows.xlsx"
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append("鉴定点代码 题目类型代码 试题(题干) 选项A 选项B 选项C 选项D 选项E 答案 难度代码 一致性代码".split())
        for _ in range(10**6):
            sheet.append([])
        book.save(rows)
        yield "excel", rows, "没有试题"
        entities = self.folder / "entities.xml"
        names = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "bomb"}">' for n in range(12))
        entities.write_text(f"<!DOCTYPE quiz [{names}]><quiz>&e11;</quiz>", encoding="utf-8")
        yield "moodle", entities, "DTD"
        yield "qti", entities, "DTD"

    def test_hostile_files_end_with_a_clear_refusal_within_bounds(self):
        for kind, path, told in self.hostile():
            with self.subTest(f"{path.name} as {kind}"):
                memory, code, output = self.peak(kind, path)
                self.assertEqual(code, 1, output)
                self.assertIn(told, output)
                self.assertLess(memory, MOST_MEMORY, f"{memory // 2**20} MB")
                self.assertFalse((self.folder / "bank").exists())


if __name__ == "__main__":
    os.environ.setdefault("KAOPING_PROGRAM", str(program.PROGRAM))
    unittest.main()
