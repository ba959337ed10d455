"""Writes the roster files of this folder with other people's software, so that the reader is not tested against itself.

    pip install openpyxl==3.1.5 xlwt==1.3.0 msoffcrypto-tool==6.1.0
    python make.py

What each file must lead to stands in cases.json, by hand. roster-40.xlsx is not made here.
All people are synthetic: ID numbers of the region 100000, which was never assigned.
"""

import csv
import datetime
import io
import pathlib
import unicodedata
import zipfile

import openpyxl
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

HERE = pathlib.Path(__file__).parent
HEADERS = (
    "序号 职业工种名称 认定等级 申报条件 证件类型 证件号码 姓名 性别 出生日期 手机号码 是否有职业资格证书 证书等级 证书编号 文化程度 "
    "所在省（市）区 考生来源 所在单位 报名单位 认定分类 专业 考试类型 民族 参加工作时间 电子邮箱 专业年限 户籍所在地 政治面貌 "
    "学历证书编号 简要经历 通讯地址 证书领取方式 邮政编码 邮寄地址"
).split()


def person(name, number, sex, birth, **changes):
    row = {
        "职业工种名称": "健康照护师（长期照护师）", "认定等级": "五级/初级工", "申报条件": "5-1", "证件类型": "居民身份证",
        "证件号码": number, "姓名": name, "性别": sex, "出生日期": birth, "手机号码": "15400000001", "是否有职业资格证书": "否",
        "考生来源": "在职", "所在单位": "示例护理院", "报名单位": "示例职业培训学校", "认定分类": "初次认定", "考试类型": "正考",
    }
    row.update(changes)
    return row


def wang(**changes):
    return person("王秀英", "100000196803140025", "女", "1968-03-14") | changes


def li(**changes):
    return person("李建国", "10000019660908105X", "男", "1966-09-08") | changes


def ji(**changes):
    return person("𠮷春梅", "100000197506061042", "女", "1975-06-06") | changes


def number(birth, order):
    digits = f"100000{birth}{order:03}"
    weights = [pow(2, 17 - place, 11) for place in range(17)]
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]


def fill(sheet, rows, headers=HEADERS, top=1):
    for column, header in enumerate(headers, 1):
        sheet.cell(top, column, header)
    for place, row in enumerate(rows):
        for column, header in enumerate(headers, 1):
            if row and row.get(header) is not None:
                cell = sheet.cell(top + 1 + place, column)
                cell.value = row[header]
                if isinstance(row[header], str) and row[header].startswith("=TEXT:"):
                    cell.value = row[header][6:]
                    cell.data_type = "s"


def xlsx(file, rows, headers=HEADERS, top=1, change=None):
    book = openpyxl.Workbook()
    fill(book.active, rows, headers, top)
    if change:
        change(book)
    book.save(HERE / file)


def xls(file, rows, hidden=None):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名单")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for column, header in enumerate(HEADERS):
        sheet.write(0, column, header)
    for place, row in enumerate(rows, 1):
        for column, header in enumerate(HEADERS):
            value = row.get(header)
            if isinstance(value, datetime.date):
                sheet.write(place, column, value, day)
            elif value is not None:
                sheet.write(place, column, value)
    if hidden:
        sheet.row(hidden - 1).hidden = True
    book.save(str(HERE / file))


def lines(rows, headers=HEADERS):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headers)
    for row in rows:
        writer.writerow([row.get(header, "") for header in headers] if row else [])
    return text.getvalue()


# Accepted

def good(book):
    sheet = book.active
    sheet.cell(1, 34, "备注").font = openpyxl.styles.Font(bold=True)
    sheet.cell(2, 34, "老学员")
    sheet.merge_cells("A5:F5")
    sheet["A5"] = "以下为示例技工学校报名"
    for row in (7, 8):  # numbered beforehand, never filled in
        sheet.cell(row, 1, row - 1)
    sheet["B9"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")


xlsx("good.xlsx", [
    wang(序号=1, 职业工种名称="4—14—01—03", 认定等级="初级工(五级)", 出生日期=datetime.date(1968, 3, 14), 手机号码=15400000001,
         参加工作时间="2015年7月", 专业年限=3, 邮政编码="010000"),
    None,
    li(序号=2, 认定等级=5, 职业工种名称="长期照护师", 证件号码="10000019660908105x", 出生日期=19660908, 考生来源="农民工"),
    None,
    ji(序号=3, 职业工种名称="4-14-01-03", 认定等级="五级", 证件类型="港澳居民居住证", 简要经历="2019 年起\n在示例护理站"),
], change=good)


def hidden(book):
    book.active.title = "名单"
    old = book.create_sheet("旧名单")
    fill(old, [li()])
    old.sheet_state = "hidden"
    choices = book.create_sheet("填表说明")
    for row, text in enumerate(["考生来源", "在职", "退休人员"], 1):
        choices.cell(row, 1, text)


xlsx("hidden-sheet.xlsx", [wang()], change=hidden)
xlsx("wps-style-header.xlsx", [wang() | {"*证件号码\n（必填）": "100000196803140025", "所在省(市)区": "示例市"}],
     headers=["*证件号码\n（必填）" if h == "证件号码" else h.replace("（", "(").replace("）", ")") for h in HEADERS])
xls("good.xls", [wang(出生日期=datetime.date(1968, 3, 14), 手机号码=15400000001), li(), ji()])
(HERE / "good-utf8.csv").write_bytes(lines([wang(), {}, ji(简要经历="两行\n文字,含逗号")]).encode())
(HERE / "good-utf8-bom.csv").write_bytes(lines([wang(), ji()]).encode("utf-8-sig"))
(HERE / "good-gbk.csv").write_bytes(lines([wang(证件号码="\t100000196803140025"), li()]).encode("gbk"))
(HERE / "good-gb18030.csv").write_bytes(lines([ji()]).encode("gb18030"))

# Faults of the header

xlsx("missing-column.xlsx", [wang()], headers=[h for h in HEADERS if h not in ("证件号码", "考生来源", "民族")])
xlsx("header-row.xlsx", [wang()], top=3, change=lambda book: book.active.merge_cells("A1:AG1") or book.active.cell(1, 1, "报名表"))
xlsx("doubled-column.xlsx", [wang()], headers=HEADERS + ["姓名"])
xlsx("no-header.xlsx", [], headers=["品名", "数量", "单价", "金额"])
xlsx("header-only.xlsx", [])
xlsx("two-rosters.xlsx", [wang()], change=lambda book: fill(book.create_sheet("第二批"), [li()]))

# Faults of the rows

xlsx("checksum.xlsx", [wang(), li(证件号码="100000196609081051"), ji()])
xlsx("impossible-date.xlsx", [wang(证件号码="100000197902290015", 出生日期="1979-02-29")])
xlsx("id-as-number.xlsx", [wang(证件号码=100000196803140025), li()])
xls("id-as-number.xls", [wang(证件号码=100000196803140025)])
(HERE / "id-as-number.csv").write_bytes(lines([wang(证件号码="1.00000E+17"), li(证件号码="100000196609081000")]).encode("gbk"))
xlsx("double-id.xlsx", [wang(), li(), None, wang(姓名="王秀兰")])
xlsx("disagrees.xlsx", [wang(性别="男"), li(出生日期="1966-08-09"), ji()])
xlsx("empty-required.xlsx", [wang(姓名=None, 手机号码=" "), {"姓名": "李建国"}])
xlsx("overlong.xlsx", [wang(姓名="长" * 51), ji(姓名="𠮷" * 50), li(所在单位="单" * 101)])
xlsx("under-16.xlsx", [
    person("陈小雨", number("20101201", 2), "女", "2010-12-01"),
    person("陈小雪", number("20101202", 4), "女", "2010-12-02"),
])
xlsx("level-not-in-plan.xlsx", [wang(), li(认定等级="四级/中级工", 申报条件="4-1")])
xlsx("condition-became-date.xlsx", [wang(申报条件=datetime.date(2026, 5, 1)), li(申报条件="4-1")])


def merged(book):
    column = HEADERS.index("所在单位") + 1
    book.active.merge_cells(start_row=2, end_row=4, start_column=column, end_column=column)


xlsx("merged-cells.xlsx", [wang(), li(所在单位=None), ji(所在单位=None)], change=merged)
xlsx("formula.xlsx", [
    wang(姓名="=cmd|'/C calc'!A1"),
    li(所在单位="=TEXT:=HYPERLINK(\"http://example.com\")"),
    ji(序号="=ROW()-1", 性别='=IF(MOD(MID(F4,17,1),2),"男","女")', 民族="=TEXT:＝1+1"),
])
(HERE / "formula.csv").write_bytes(lines([wang(姓名="=cmd|'/C calc'!A1", 专业="+1+cmd"), li(所在单位="@SUM(1)")]).encode())
(HERE / "unquoted-comma.csv").write_bytes(
    lines([wang(), li(通讯地址="示例路 1 号,示例楼", 邮寄地址="示例路")]).replace('"', "").encode())
xlsx("many-faults.xlsx", [
    wang(证件号码="100000196803140026", 性别="女性", 考生来源="火星", 邮政编码=1000),
    li(),
    ji(姓名="张 三", 出生日期="1975-06-31", 手机号码="12345", 考试类型="补考"),
])

# What a clerk does not see

def filtered(book):
    book.active.row_dimensions[3].hidden = True


def narrow(book):
    letter = openpyxl.utils.get_column_letter(HEADERS.index("所在单位") + 1)
    book.active.column_dimensions[letter].hidden = True


def beside(book):
    book.active["AZ3"] = "备注：换过座位"


xlsx("filtered-row.xlsx", [wang(), li(所在单位="已退出"), ji()], change=filtered)
xlsx("hidden-column.xlsx", [wang()], change=narrow)
xls("hidden-row.xls", [wang(), li()], hidden=3)
xlsx("cell-beside.xlsx", [wang(), li()], change=beside)

# Dates and names

PASSPORT = person("ANNA LEE", "E12345678", "女", None, 证件类型="外国护照")
xlsx("date-with-time.xlsx", [PASSPORT | {"出生日期": datetime.datetime(2010, 12, 1, 23, 59, 17)}])
xlsx("date-of-the-day-after.xlsx", [PASSPORT | {"出生日期": datetime.datetime(2010, 12, 2)}])
xlsx("decomposed-name.xlsx", [wang(姓名=unicodedata.normalize("NFD", "Nguyễn Thị Hoa"))])
xlsx("name-with-a-dot.xlsx", [wang(姓名="古丽.买买提")])


def stray(book):
    book.active["XFD1048576"] = "x"


xlsx("stray-cell.xlsx", [wang()], change=stray)

# Files that are no tables

sealed = io.BytesIO()
with open(HERE / "hidden-sheet.xlsx", "rb") as plain:
    OOXMLFile(plain).encrypt("synthetic", sealed)
(HERE / "password.xlsx").write_bytes(sealed.getvalue())
(HERE / "web-page.xls").write_text("<html><table><tr><td>姓名</td></tr></table></html>", encoding="utf-8")
(HERE / "pdf.xlsx").write_bytes(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")
with zipfile.ZipFile(HERE / "word.docx", "w") as archive:
    archive.writestr("word/document.xml", "<document/>")
(HERE / "cut-short.xlsx").write_bytes((HERE / "good.xlsx").read_bytes()[:4000])
(HERE / "cut-short.xls").write_bytes((HERE / "good.xls").read_bytes()[:2000])
(HERE / "utf-16.csv").write_bytes(lines([wang()]).encode("utf-16"))
(HERE / "open-quote.csv").write_bytes((lines([wang()]) + '"王秀英,').encode())
