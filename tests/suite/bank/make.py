"""Writes the files of this folder with other people's software and by hand, so that no reader is tested against itself.

    pip install openpyxl==3.1.5
    python make.py

What each file must lead to stands in cases.json, by hand. All items are made up for the tests.
"""

import csv
import io
import json
import pathlib
import zipfile
from xml.sax.saxutils import escape

import openpyxl

HERE = pathlib.Path(__file__).parent
EIGHT = [
    ("A-A-A-001", "single", 2, 5, "老人不愿洗澡时，应先怎样做？", ["马上强行洗", "问明原因再商量", "当众批评他", "通知家属来洗"], "B",
     "先尊重意愿，问明原因。", "示例规范第1条"),
    ("A-A-A-001", "true_false", 1, 4, "进老人的房间前要先敲门。", [], "对", "敲门是尊重隐私。", "示例规范第2条"),
    ("A-A-A-002", "multiple", 4, 5, "下列哪些信息不能外传？", ["病情", "家庭住址", "当天天气", "银行账号"], "ABD", "三项都是隐私。", "示例规范第3条"),
    ("A-A-A-002", "true_false", 2, 5, "可以把老人的照片随手发到网上。", [], "错", "要本人同意。", "示例规范第4条"),
    ("A-A-B-001", "single", 3, 5, "接触分泌物之后，最要紧的是什么？", ["换鞋", "洗手", "喝水", "开窗"], "B", "洗手阻断传播。", "示例规范第5条"),
    ("A-A-B-001", "multiple", 3, 3, "哪几种时候必须做手卫生？", ["喂饭前", "换尿片后", "看电视前", "换药前", "散步后"], "ABD", "接触前后都要做。",
     "示例规范第6条"),
    ("A-A-B-002", "single", 1, 5, "成人腋下体温38.2℃属于哪一种？", ["正常", "低热", "中等度热", "高热"], "C", "38.1到39℃是中等度热。", "示例规范第7条"),
    ("A-A-B-002", "single", 5, 4, "测腋温前刚擦过汗，应等多久再量？", ["马上量", "等10分钟", "等1小时", "不用量"], "B", "擦汗后等片刻再量。", "示例规范第8条"),
]
LETTERS = "ABCDEFGH"
NAMES = {"single": "单选题", "multiple": "多选题", "true_false": "判断题"}
CODES = {"single": "B", "multiple": "G", "true_false": "C"}
POINTS = {"A-A-A-001": "尊重老人", "A-A-A-002": "保守秘密", "A-A-B-001": "手卫生", "A-A-B-002": "测量体温"}
ELEVEN = "鉴定点代码 题目类型代码 试题(题干) 选项A 选项B 选项C 选项D 选项E 答案 难度代码 一致性代码".split()
FIFTEEN = "试题分类 试题类型 试题难度 试题内容 答案 解析 分值 选项1 选项2 选项3 选项4 选项5 选项6 选项7 选项8".split()
TWENTY = ("试题GUID 题型 题干 答案 选项A 选项B 选项C 选项D 选项E 知识点一级 知识点二级 知识点三级 知识点四级 知识点五级 知识点六级 "
          "难度 一致性 分数 解析 出处").split()


def padded(options, count):
    return [*options, *[""] * (count - len(options))]


def eleven(item):
    point, kind, difficulty, consistency, stem, options, key, _, _ = item
    return [point, CODES[kind], stem, *padded(options, 5), {"对": "√", "错": "×"}.get(key, key), difficulty, consistency]


def fifteen(item):
    point, kind, difficulty, _, stem, options, key, rationale, _ = item
    numbers = ",".join(str(LETTERS.index(letter) + 1) for letter in key) if options else {"对": "1", "错": "0"}[key]
    return [POINTS[point], NAMES[kind], difficulty, stem, numbers, rationale, 1, *padded(options, 8)]


def twenty(item):
    point, kind, difficulty, consistency, stem, options, key, rationale, source = item
    return [f"guid-{stem[:3]}", NAMES[kind], stem, key, *padded(options, 5), "职业道德", "职业守则", f"{point} {POINTS[point]}", "", "", "",
            difficulty, consistency, 0.5, rationale, source]


def book(name, headers, rows, change=None):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(headers)
    for row in rows:
        sheet.append([value if value != "" else None for value in row])
    # Texts that look like numbers are texts here: an option 10 is entered as text.
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, str):
                cell.number_format = "@"
    if change:
        change(workbook, sheet)
    workbook.save(HERE / name)


def national(item):
    point, kind, difficulty, consistency, stem, options, key, _, _ = item
    lines = [f"{point}  {CODES[kind]}  {difficulty}  {consistency}", "{A}", stem]
    lines += [f"（{letter}）{option}" for letter, option in zip(LETTERS, options)]
    return [*lines, "{B}", {"对": "√", "错": "×"}.get(key, key), ""]


def word(items):
    """New style for the first half, old style for the second."""
    lines, number, last = ["导入测试题库"], 0, None
    for item in items:
        point, kind, difficulty, _, stem, options, key, rationale, source = item
        if point != last:
            lines.append(f"鉴定点：{point}")
            last = point
        number += 1
        if point.startswith("A-A-A"):
            lines.append(f"{number}. {stem}【{NAMES[kind]}】")
            lines += [f"{letter}. {option}" for letter, option in zip(LETTERS, options)]
            lines += [f"参考答案：{key}"]
        elif options:
            inline = " ".join(f"{letter}.{option}" for letter, option in zip(LETTERS, options))
            lines.append(f"{number}、{stem}（{key}） {inline}")
        else:
            lines.append(f"（{key}）{stem}")
        lines += [f"难度：{difficulty}", f"解析：{rationale}", f"出处：{source}", ""]
    return lines


def docx(name, paragraphs, table=""):
    body = "".join(f"<w:p>{paragraph}</w:p>" for paragraph in paragraphs) + table
    document = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document '
                'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
                'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
                f"<w:body>{body}</w:body></w:document>")
    types = ('<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
             '<Default Extension="xml" ContentType="application/xml"/></Types>')
    zipped(name, {"[Content_Types].xml": types, "word/document.xml": document})


def run(text):
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def zipped(name, parts):
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED) as package:
        for path, content in parts.items():
            package.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def moodle(items, extra=""):
    text = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>']
    for item in items:
        point, kind, difficulty, consistency, stem, options, key, rationale, source = item
        text.append(f'<question type="category"><category><text>$course$/top/{point}</text></category></question>')
        tags = "".join(f"<tag><text>{tag}</text></tag>" for tag in (f"难度:{difficulty}", f"一致性:{consistency}", f"出处:{source}"))
        head = (f"<name><text>{escape(stem[:5])}</text></name>\n<questiontext format=\"html\"><text><![CDATA[<p>{stem}</p>]]></text>"
                f'</questiontext>\n<generalfeedback format="html"><text><![CDATA[<p>{rationale}</p>]]></text></generalfeedback>')
        if kind == "true_false":
            answers = "".join(f'<answer fraction="{100 if (key == "对") == (word == "true") else 0}"><text>{word}</text></answer>'
                              for word in ("true", "false"))
            text.append(f'<question type="truefalse">{head}{answers}<tags>{tags}</tags></question>')
        else:
            share = "33.33333" if len(key) == 3 else 100
            answers = "\n".join(f'<answer fraction="{share if letter in key else 0}" format="html"><text><![CDATA[<p>{option}</p>]]></text>'
                                f"<feedback format=\"html\"><text></text></feedback></answer>" for letter, option in zip(LETTERS, options))
            text.append(f'<question type="multichoice">{head}<single>{"true" if kind == "single" else "false"}</single>\n{answers}'
                        f"<tags>{tags}</tags></question>")
    return "\n".join([*text, extra, "</quiz>\n"])


def gift(items):
    text = []
    for item in items:
        point, kind, difficulty, consistency, stem, options, key, rationale, source = item
        text += [f"$CATEGORY: $course$/top/{point} {POINTS[point]}", "",
                 f"// [tag:难度:{difficulty}] [tag:一致性:{consistency}] [tag:出处:{source}]"]
        if kind == "true_false":
            text += [f"::{stem[:4]}::{stem}{{{'T' if key == '对' else 'F'}####{rationale}}}", ""]
            continue
        share = 33.33333 if kind == "multiple" else 100
        sign = (lambda letter: "=" if letter in key else "~") if kind == "single" else \
            (lambda letter: f"~%{share}%" if letter in key else "~%-100%")
        answers = "\n".join(f"{sign(letter)}{option}" for letter, option in zip(LETTERS, options))
        text += [f"::{stem[:4]}::[html]<p>{stem}</p>{{\n{answers}\n####{rationale}}}", ""]
    return "\n".join(text) + "\n"


def qti2(number, item, processing='<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>',
         mapping="", body=None, declaration=None):
    _, kind, _, _, stem, options, key, rationale, source = item
    options = options or ["正确", "错误"]
    key = {"对": "A", "错": "B"}.get(key, key)
    many = kind == "multiple"
    values = "".join(f"<value>c{letter}</value>" for letter in key)
    declaration = declaration or (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{"multiple" if many else "single"}" baseType="identifier">'
        f"<correctResponse>{values}</correctResponse>{mapping}</responseDeclaration>")
    choices = "\n".join(f'<simpleChoice identifier="c{letter}">{option}</simpleChoice>' for letter, option in zip(LETTERS, options))
    body = body or (f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="{0 if many else 1}">'
                    f"<prompt>{stem}</prompt>\n{choices}</choiceInteraction>")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" '
            f'identifier="q{number}" title="题{number}" adaptive="false" timeDependent="false">{declaration}'
            '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
            f"<itemBody>{body}<rubricBlock view=\"scorer\" use=\"ext:source\"><p>{source}</p></rubricBlock></itemBody>{processing}"
            f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="why" showHide="show"><p>{rationale}</p></modalFeedback></assessmentItem>')


def qti3(number, item):
    _, kind, _, _, stem, options, key, rationale, source = item
    options = options or ["正确", "错误"]
    key = {"对": "A", "错": "B"}.get(key, key)
    many = kind == "multiple"
    values = "".join(f"<qti-value>c{letter}</qti-value>" for letter in key)
    choices = "\n".join(f'<qti-simple-choice identifier="c{letter}">{option}</qti-simple-choice>' for letter, option in zip(LETTERS, options))
    outcome = "<qti-set-outcome-value identifier=\"SCORE\"><qti-base-value base-type=\"float\">{}</qti-base-value></qti-set-outcome-value>"
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" '
            f'identifier="q{number}" title="题{number}" adaptive="false" time-dependent="false">'
            f'<qti-response-declaration identifier="R" cardinality="{"multiple" if many else "single"}" base-type="identifier">'
            f"<qti-correct-response>{values}</qti-correct-response></qti-response-declaration>"
            '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
            f'<qti-item-body><div><p>{stem}</p></div><qti-choice-interaction response-identifier="R" max-choices="{0 if many else 1}">'
            f"{choices}</qti-choice-interaction>"
            f'<qti-rubric-block use="ext:rationale" view="author"><qti-content-body><p>{rationale}</p></qti-content-body></qti-rubric-block>'
            f'<qti-rubric-block use="ext:source" view="author"><qti-content-body><p>{source}</p></qti-content-body></qti-rubric-block>'
            "</qti-item-body><qti-response-processing><qti-response-condition><qti-response-if><qti-match>"
            '<qti-variable identifier="R"/><qti-correct identifier="R"/></qti-match>' + outcome.format(1) + "</qti-response-if>"
            "<qti-response-else>" + outcome.format(0) + "</qti-response-else></qti-response-condition></qti-response-processing>"
            "</qti-assessment-item>")


DIFFICULTIES = ["very easy", "easy", "medium", "difficult", "very difficult"]


def package(name, version, items, extra_resources="", extra=()):
    kind = {2: "imsqti_item_xmlv2p1", 3: "imsqti_item_xmlv3p0"}[version]
    make = {2: qti2, 3: qti3}[version]
    parts = {f"items/q{number}.xml": make(number, item) for number, item in enumerate(items, 1)}
    lom = ("<metadata><lom xmlns=\"http://ltsc.ieee.org/xsd/LOM\"><educational><difficulty><source>LOMv1.0</source><value>{}</value>"
           "</difficulty></educational><classification><taxonPath><taxon><id>{}</id></taxon></taxonPath></classification></lom></metadata>")
    resources = "\n".join(
        f'<resource identifier="r{number}" type="{kind}" href="items/q{number}.xml">{lom.format(DIFFICULTIES[item[2] - 1], item[0])}'
        f'<file href="items/q{number}.xml"/></resource>' for number, item in enumerate(items, 1))
    manifest = ('<?xml version="1.0" encoding="UTF-8"?>\n<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m">'
                f"<organizations/><resources>{resources}{extra_resources}</resources></manifest>")
    zipped(name, {"imsmanifest.xml": manifest, **parts, **dict(extra)})


def changed(place, **fields):
    """The eight items with one of them changed."""
    names = ["point", "kind", "difficulty", "consistency", "stem", "options", "key", "rationale", "source"]
    items = [dict(zip(names, item)) for item in EIGHT]
    items[place].update(fields)
    return [tuple(item[name] for name in names) for item in items]


def text(name, lines, encoding="utf-8"):
    (HERE / name).write_bytes("\n".join(lines).encode(encoding))


def clean():
    lines = [line for item in EIGHT for line in national(item)]
    text("clean.txt", lines)
    text("clean-gbk.txt", lines, "gbk")
    text("clean-bom.txt", lines, "utf-8-sig")
    book("clean-11.xlsx", ELEVEN, map(eleven, EIGHT))
    book("clean-15.xlsx", FIFTEEN, map(fifteen, EIGHT))
    book("clean-20.xlsx", TWENTY, map(twenty, EIGHT))
    out = io.StringIO()
    csv.writer(out).writerows([TWENTY, *map(twenty, EIGHT)])
    (HERE / "clean-20-gbk.csv").write_bytes(out.getvalue().encode("gbk"))
    text("clean-word.txt", word(EIGHT))
    docx("clean-word.docx", [run(line) if line else "" for line in word(EIGHT)])
    (HERE / "clean-moodle.xml").write_text(moodle(EIGHT), encoding="utf-8")
    (HERE / "clean.gift").write_text(gift(EIGHT), encoding="utf-8")
    package("clean-qti2.zip", 2, EIGHT)
    package("clean-qti3.zip", 3, EIGHT)


def defects_11():
    def rows(name, items, change=None):
        book(f"11-{name}.xlsx", ELEVEN, map(eleven, items), change)

    def cell(place, value, number_format=None):
        def change(_, sheet):
            sheet[place].value = value
            if number_format:
                sheet[place].number_format = number_format
        return change

    import datetime
    rows("two-keys", [*EIGHT, changed(1, key="错")[1]])
    rows("twice", [*EIGHT, EIGHT[0]])
    rows("near-twin", [*EIGHT, changed(0, stem="老人不愿洗澡时，应先怎样做呢？")[0]])
    rows("option-missing", changed(4, options=["换鞋", "洗手", "", "开窗"]))
    rows("key-names-nothing", changed(4, key="E"))
    rows("key-count", changed(4, key="BC"))
    rows("key-twice", changed(2, key="ABB"))
    rows("key-small", changed(4, key="b"))
    rows("key-width", changed(2, key="ＡBD"))
    rows("statement-letter", EIGHT, cell("I3", "A"))
    rows("statement-x", EIGHT, cell("I5", "x"))
    rows("statement-unclear", EIGHT, cell("I3", "是的"))
    rows("stem-blank", changed(0, stem="\u200b"))
    rows("private-use", changed(0, stem="老人不愿洗\ue863澡时，应先怎样做？"))
    rows("placeholder", changed(0, options=["待定", "问明原因再商量", "当众批评他", "通知家属来洗"]))
    rows("option-letter", changed(0, options=["A.马上强行洗", "问明原因再商量", "当众批评他", "通知家属来洗"]))
    rows("point-unknown", changed(0, point="A-A-A-009"))
    rows("point-thin", EIGHT[1:])
    rows("difficulty", changed(0, difficulty=6))
    rows("type-unknown", EIGHT, cell("B2", "Z"))
    rows("type-code-a", EIGHT, cell("B2", "A"))
    rows("number", EIGHT, cell("E6", 50))
    rows("percent", EIGHT, cell("E6", 0.5, "0%"))
    rows("date", EIGHT, cell("E6", datetime.date(2026, 5, 1)))
    rows("formula", EIGHT, cell("E6", "=1+1"))
    rows("hidden-row", EIGHT, lambda _, sheet: setattr(sheet.row_dimensions[4], "hidden", True))
    rows("hidden-column", EIGHT, lambda _, sheet: setattr(sheet.column_dimensions["K"], "hidden", True))
    rows("merged-header", EIGHT, lambda _, sheet: sheet.merge_cells("D1:H1"))
    rows("merged-rows", EIGHT, lambda _, sheet: sheet.merge_cells("A2:A3"))
    rows("column-missing", EIGHT, lambda _, sheet: sheet.delete_cols(8))

    def second(workbook, sheet):
        other = workbook.copy_worksheet(sheet)
        other.title = "第二张"
    rows("two-lists", EIGHT, second)

    def hidden(workbook, sheet):
        second(workbook, sheet)
        workbook["第二张"].sheet_state = "hidden"
    rows("hidden-sheet", EIGHT, hidden)


def defects():
    defects_11()
    book("15-key.xlsx", FIFTEEN, map(fifteen, EIGHT), lambda _, sheet: setattr(sheet["E2"], "value", "5"))
    book("15-statement-2.xlsx", FIFTEEN, map(fifteen, EIGHT), lambda _, sheet: setattr(sheet["E3"], "value", "2"))
    book("20-placeholder.xlsx", TWENTY, map(twenty, changed(2, rationale="暂无解析内容")))
    book("20-point-name.xlsx", TWENTY, map(twenty, EIGHT), lambda _, sheet: setattr(sheet["L2"], "value", "A-A-A-001 保守秘密"))
    lines = [line for item in EIGHT for line in national(item)]
    text("text-no-head.txt", lines[1:])
    text("text-joined.txt", [line.replace("（C）当众", "XX") if line.startswith("（C）当众") else line for line in lines[:5]]
         + ["（C）当众批评他（D）通知家属来洗", *lines[7:]])
    text("text-lost-head.txt", [*lines[:10], *lines[11:]])
    (HERE / "text-broken.txt").write_bytes("\n".join(lines).encode("gbk")[:-1] + b"\xff\xff")
    (HERE / "text-utf16.txt").write_bytes("\n".join(lines).encode("utf-16"))
    many = word(EIGHT)
    text("word-gap.txt", [line.replace("3. ", "4. ", 1) if line.startswith("3. ") else line for line in many])
    text("word-two-keys.txt", [line.replace("怎样做？", "怎样做（A）？") for line in many])
    text("word-two-types.txt", [many[0], "一、多选题", *many[1:6], *many[6:]])
    text("word-heading.txt", [many[0], *many[1:8], "一、这是什么", *many[8:]])
    docx("word-table.docx", [run(line) if line else "" for line in many],
         f"<w:tbl><w:tr><w:tc><w:p>{run('9. 表格里的题')}</w:p></w:tc></w:tr></w:tbl>")
    with_table = [run(line) if line else "" for line in many]
    with_table[2] += '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"/>'
    docx("word-formula.docx", with_table)
    numbered = [run(line) if line else "" for line in many]
    numbered[2] = "<w:pPr><w:numPr/></w:pPr>" + run(many[2][3:])
    docx("word-numbering.docx", numbered)
    changes = [run(line) if line else "" for line in many]
    changes[3] = f"<w:ins>{run('甲')}</w:ins>" + changes[3]
    docx("word-changes.docx", changes)
    quiz = moodle(EIGHT)
    (HERE / "moodle-kinds.xml").write_text(moodle(
        EIGHT, '<question type="essay"><questiontext format="html"><text>论述</text></questiontext></question>\n'
               '<question type="multichoice"><questiontext format="html"><text><![CDATA[<table><tr><td>1</td></tr></table>]]></text>'
               '</questiontext><single>true</single><answer fraction="100"><text>甲</text></answer>'
               '<answer fraction="0"><text>乙</text></answer><answer fraction="0"><text>丙</text></answer></question>'), encoding="utf-8")
    (HERE / "moodle-partial.xml").write_text(quiz.replace('fraction="0" format="html"', 'fraction="50" format="html"', 1), encoding="utf-8")
    (HERE / "moodle-cut.xml").write_text(quiz[:-60], encoding="utf-8")
    (HERE / "moodle-entities.xml").write_text(
        '<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><quiz>&b;</quiz>',
        encoding="utf-8")
    (HERE / "gift-kinds.gift").write_text(gift(EIGHT) + "\n谁是照护师{=张三 =李四}\n\n缺大括号\n", encoding="utf-8")
    (HERE / "gift-open.gift").write_text(gift(EIGHT).replace("}", "", 1), encoding="utf-8")
    package("qti2-kinds.zip", 2, EIGHT, '<resource type="imsqti_item_xmlv2p1" identifier="x" href="items/x.xml"/>'
            '<resource type="imsqti_test_xmlv2p1" identifier="t" href="test.xml"/>',
            [("items/x.xml", qti2(9, EIGHT[0], body='<orderInteraction responseIdentifier="RESPONSE"><simpleChoice identifier="a">甲'
                                  "</simpleChoice></orderInteraction>"))])
    (HERE / "qti2-map.xml").write_text(qti2(
        1, EIGHT[2], '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>',
        '<mapping defaultValue="0"><mapEntry mapKey="cA" mappedValue="1"/><mapEntry mapKey="cB" mappedValue="1"/>'
        '<mapEntry mapKey="cC" mappedValue="-1"/><mapEntry mapKey="cD" mappedValue="1"/></mapping>'), encoding="utf-8")
    (HERE / "qti2-map-differs.xml").write_text(qti2(
        1, EIGHT[2], '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>',
        '<mapping defaultValue="0"><mapEntry mapKey="cA" mappedValue="1"/><mapEntry mapKey="cC" mappedValue="1"/></mapping>'),
        encoding="utf-8")
    (HERE / "qti2-no-rule.xml").write_text(qti2(1, EIGHT[0], ""), encoding="utf-8")
    (HERE / "qti2-other-rule.xml").write_text(qti2(
        1, EIGHT[0], "<responseProcessing><setOutcomeValue identifier=\"SCORE\"><baseValue baseType=\"float\">1</baseValue></setOutcomeValue>"
        "</responseProcessing>"), encoding="utf-8")
    package("qti3-part-missing.zip", 3, EIGHT, '<resource type="imsqti_item_xmlv3p0" identifier="x" href="items/none.xml"/>')
    zipped("qti-no-manifest.zip", {"items/q1.xml": qti3(1, EIGHT[0])})


def expected():
    names = ["point", "type", "difficulty", "consistency", "stem", "options", "key", "rationale", "source"]
    kinds = {"single": "single_choice", "multiple": "multiple_choice", "true_false": "true_false"}
    items = [dict(zip(names, item)) | {"type": kinds[item[1]]} for item in EIGHT]
    (HERE / "expected.json").write_text(json.dumps(items, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    expected()
    clean()
    defects()
