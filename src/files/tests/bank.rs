//! The files of `tests/suite/bank`, made by other people's software and by hand, lead to what
//! `cases.json` says.

use kaoping_engine::bank::Difficulty;
use kaoping_engine::bank::authored::AuthoredBank;
use kaoping_engine::bank::read::{self, SourceFile};
use kaoping_engine::date::Date;
use kaoping_files::bank::export::{excel, qti};
use kaoping_files::bank::import::{Import, Imported, import};
use kaoping_files::bank::report::report_xlsx;
use kaoping_files::bank::{Defaults, Finding, ImportFormat, Weight};
use kaoping_record::id::IdSeed;
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

type Tested<T = ()> = Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
struct Cases {
    clean: Vec<Clean>,
    refused: Vec<Refused>,
    left_out: Vec<LeftOut>,
}

#[derive(Deserialize)]
struct Clean {
    file: String,
    format: String,
    unsaid: Vec<String>,
    #[serde(default)]
    old_style: bool,
    #[serde(default)]
    told: Vec<String>,
}

#[derive(Deserialize)]
struct Refused {
    file: String,
    format: String,
    findings: Vec<String>,
}

#[derive(Deserialize)]
struct LeftOut {
    file: String,
    format: String,
    items: usize,
    left_out: usize,
}

/// An item of the suite as its maker wrote it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Expected {
    point: String,
    #[serde(rename = "type")]
    item_type: String,
    difficulty: u8,
    consistency: u8,
    stem: String,
    options: Vec<String>,
    key: String,
    rationale: String,
    source: String,
}

fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/suite/bank")
}

fn cases() -> Tested<Cases> {
    Ok(serde_json::from_slice(&fs::read(suite().join("cases.json"))?)?)
}

fn frame() -> Tested<AuthoredBank> {
    let texts = ["bank.json", "elements/A-A.json"].map(|path| (path, fs::read(suite().join("frame").join(path))));
    let mut files = Vec::new();
    for (path, bytes) in texts {
        files.push((path, bytes?));
    }
    let files: Vec<SourceFile<'_>> = files.iter().map(|(path, bytes)| SourceFile { path, bytes }).collect();
    read::bank(&files).map_err(|faults| format!("{faults:?}").into())
}

fn format(name: &str) -> ImportFormat {
    match name {
        "text" => ImportFormat::National,
        "excel" => ImportFormat::Excel,
        "word" => ImportFormat::Word,
        "qti" => ImportFormat::Qti,
        "moodle" => ImportFormat::Moodle,
        "gift" => ImportFormat::Gift,
        other => unreachable!("{other}"),
    }
}

/// Seeds that never come twice.
fn seeds() -> impl FnMut() -> IdSeed {
    let mut next = 0_u64;
    move || {
        next += 1;
        let mut seed = IdSeed::default();
        seed.iter_mut().rev().zip(next.to_le_bytes()).for_each(|(byte, of_next)| *byte = of_next);
        seed
    }
}

fn imported(
    file: &str,
    bytes: &[u8],
    format: ImportFormat,
    defaults: &Defaults,
    leaves_out: bool,
) -> Tested<Result<Imported, Vec<Finding>>> {
    let frame = frame()?;
    let told = Import { format, file, head: &frame.head, elements: &frame.elements, defaults, beside: &[], leaves_out };
    Ok(import(&told, bytes, &mut seeds(), &mut |_| {}))
}

fn from_suite(file: &str, name: &str, defaults: &Defaults, leaves_out: bool) -> Tested<Result<Imported, Vec<Finding>>> {
    imported(file, &fs::read(suite().join(file))?, format(name), defaults, leaves_out)
}

/// Code, row and field of each finding; of a package's part the file takes the row's place.
fn told(findings: &[Finding], file: &str) -> Vec<String> {
    let row = |finding: &Finding| {
        if finding.file == file || finding.file.is_empty() { finding.row.clone() } else { finding.file.clone() }
    };
    findings.iter().map(|finding| format!("{} {} {}", finding.code, row(finding), finding.field)).collect()
}

fn with_source() -> Defaults {
    Defaults { source: Some("示例规范".to_owned()), ..Defaults::default() }
}

/// The items of a bank as their authors would write them, sorted.
fn written(bank: &AuthoredBank) -> Vec<Expected> {
    let mut items: Vec<Expected> = bank
        .items()
        .map(|(_, item)| {
            let is_statement = item.item_type.code() == "true_false";
            let letters = item.options.iter().zip("ABCDEFGH".chars());
            let right = letters.filter(|(option, _)| item.key.contains(&option.id));
            let key = right.map(|(option, letter)| match (is_statement, option.text.as_str()) {
                (true, "正确") => '对',
                (true, _) => '错',
                (false, _) => letter,
            });
            Expected {
                point: item.point.to_string(),
                item_type: item.item_type.code().to_owned(),
                difficulty: item.difficulty.get(),
                consistency: item.consistency.map_or(0, |consistency| consistency.get()),
                stem: item.stem.clone(),
                options: if is_statement {
                    Vec::new()
                } else {
                    item.options.iter().map(|option| option.text.clone()).collect()
                },
                key: key.collect(),
                rationale: item.rationale.clone(),
                source: item.source.clone(),
            }
        })
        .collect();
    items.sort();
    items
}

fn expected() -> Tested<Vec<Expected>> {
    let mut items: Vec<Expected> = serde_json::from_slice(&fs::read(suite().join("expected.json"))?)?;
    items.sort();
    Ok(items)
}

#[test]
fn clean_files_of_every_format_give_the_same_items() -> Tested {
    for case in cases()?.clean {
        let made = from_suite(&case.file, &case.format, &with_source(), false)?;
        let made = made.map_err(|findings| format!("{}: {:#?}", case.file, told(&findings, &case.file)))?;
        let mut wanted = expected()?;
        for item in &mut wanted {
            for field in &case.unsaid {
                match field.as_str() {
                    "rationale" => item.rationale = String::new(),
                    "source" => item.source = "示例规范".to_owned(),
                    "consistency" => item.consistency = 0,
                    other => return Err(other.into()),
                }
            }
            // The old style shows the key in brackets in the stem, which are left empty.
            if case.old_style && item.point.starts_with("A-A-B") && !item.options.is_empty() {
                item.stem.push_str("（　）");
            }
        }
        wanted.sort();
        assert_eq!(written(&made.bank), wanted, "{}", case.file);
        assert_eq!(told(&made.findings, &case.file), case.told, "{}", case.file);
        assert!(made.bank.items().all(|(_, item)| !item.source_checked), "nobody has looked a source up");
    }
    Ok(())
}

#[test]
fn every_planted_defect_is_named_and_nothing_else() -> Tested {
    let mut wrong = Vec::new();
    for case in cases()?.refused {
        let findings = from_suite(&case.file, &case.format, &with_source(), false)?.err().ok_or(case.file.clone())?;
        let stopping: Vec<Finding> = findings.into_iter().filter(|finding| finding.weight != Weight::Told).collect();
        let found = told(&stopping, &case.file);
        if found != case.findings {
            wrong.push(format!("{} as {}: {found:?}, expected {:?}", case.file, case.format, case.findings));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    Ok(())
}

#[test]
fn items_that_cannot_be_here_are_left_out_when_that_is_wished() -> Tested {
    for case in cases()?.left_out {
        let made = from_suite(&case.file, &case.format, &with_source(), true)?;
        let made = made.map_err(|findings| format!("{}: {:#?}", case.file, told(&findings, &case.file)))?;
        assert_eq!((made.bank.items().count(), made.left_out), (case.items, case.left_out), "{}", case.file);
    }
    Ok(())
}

#[test]
fn every_file_of_the_suite_has_a_case() -> Tested {
    let cases = cases()?;
    let named: Vec<String> =
        cases.clean.into_iter().map(|case| case.file).chain(cases.refused.into_iter().map(|case| case.file)).collect();
    let others = ["cases.json", "expected.json", "make.py", "frame", "qti2-map.xml"];
    for entry in fs::read_dir(suite())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        assert!(named.contains(&name) || others.contains(&name.as_str()), "{name}");
    }
    Ok(())
}

#[test]
fn what_a_format_does_not_say_is_asked_for_once() -> Tested {
    let findings = from_suite("clean-11.xlsx", "excel", &Defaults::default(), false)?.err().ok_or("no source")?;
    assert_eq!(told(&findings, "clean-11.xlsx"), ["source_unsaid 第 2 行 出处"]);
    assert!(findings[0].why.zh.contains("共有 8 题"), "{}", findings[0].why.zh);
    // An item alone says neither point nor difficulty; with both given it is read, and the bank is
    // thin.
    let findings = from_suite("qti2-map.xml", "qti", &with_source(), false)?.err().ok_or("no point")?;
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["qti_partial", "point_unsaid", "difficulty_unsaid"]);
    let frame = frame()?;
    let point = frame.points().next().map(|(_, point)| point.code.clone());
    let defaults = Defaults { point, difficulty: Some(Difficulty::new(3)?), ..with_source() };
    let findings = from_suite("qti2-map.xml", "qti", &defaults, false)?.err().ok_or("one item is no bank")?;
    assert!(
        findings.iter().all(|finding| matches!(finding.code.as_str(), "qti_partial" | "point_thin")),
        "{findings:#?}"
    );
    Ok(())
}

#[test]
fn a_pair_is_shown_with_both_rows_and_both_stems() -> Tested {
    let findings = from_suite("11-near-twin.xlsx", "excel", &with_source(), false)?.err().ok_or("a near twin")?;
    let [near] = &findings[..] else { return Err(format!("{findings:#?}").into()) };
    assert_eq!(near.what, "老人不愿洗澡时，应先怎样做呢？");
    assert!(near.why.zh.contains("11-near-twin.xlsx 第 2 行"), "{}", near.why.zh);
    assert!(near.why.zh.contains("「老人不愿洗澡时，应先怎样做？」"), "{}", near.why.zh);
    Ok(())
}

#[test]
fn a_bank_beside_must_not_ask_the_same() -> Tested {
    let other = from_suite("clean-20.xlsx", "excel", &Defaults::default(), false)?.map_err(|_| "clean")?.bank;
    let frame = frame()?;
    let bytes = fs::read(suite().join("clean-qti3.zip"))?;
    let defaults = Defaults::default();
    let told = Import {
        format: ImportFormat::Qti,
        file: "clean-qti3.zip",
        head: &frame.head,
        elements: &frame.elements,
        defaults: &defaults,
        beside: &[other],
        leaves_out: false,
    };
    let findings = import(&told, &bytes, &mut seeds(), &mut |_| {}).err().ok_or("all occur twice")?;
    assert_eq!(findings.len(), 8);
    assert!(
        findings.iter().all(|finding| finding.code == "item_stem_twice" && finding.why.zh.contains("《导入测试题库》"))
    );
    assert!(findings.iter().all(|finding| finding.file.starts_with("items/q") && finding.row.is_empty()));
    Ok(())
}

#[test]
fn what_is_exported_is_imported_again() -> Tested {
    let bank = from_suite("clean-20.xlsx", "excel", &Defaults::default(), false)?.map_err(|_| "clean")?.bank;
    let day: Date = "2026-12-01".parse()?;
    let workbook = excel(&bank, day, false)?;
    assert_eq!((workbook.items, workbook.left_out.len()), (8, 0));
    let again = imported("again.xlsx", &workbook.bytes, ImportFormat::Excel, &Defaults::default(), false)?;
    assert_eq!(written(&again.map_err(|findings| told(&findings, "").join("; "))?.bank), written(&bank));
    let package = qti(&bank, false)?;
    let again = imported("again.zip", &package.bytes, ImportFormat::Qti, &Defaults::default(), false)?;
    let again = again.map_err(|findings| told(&findings, "").join("; "))?;
    let mut wanted = written(&bank);
    wanted.iter_mut().for_each(|item| item.consistency = 0);
    wanted.sort();
    assert_eq!(written(&again.bank), wanted);
    Ok(())
}

#[test]
fn the_report_is_a_workbook_of_text() -> Tested {
    let findings = from_suite("11-two-keys.xlsx", "excel", &with_source(), false)?.err().ok_or("two keys")?;
    let bytes = report_xlsx(&findings, "2026-12-01".parse()?)?;
    let (_, tables) = kaoping_files::table::open(&bytes, kaoping_files::table::Limits::ROSTER)?;
    let rows: Vec<Vec<String>> =
        tables[0].rows.values().map(|row| row.values().map(|cell| format!("{cell:?}")).collect()).collect();
    assert_eq!((rows.len(), rows[0][0].as_str()), (2, "Text(\"级别\")"));
    assert_eq!(rows[1][..4], ["Text(\"拒绝\")", "Text(\"11-two-keys.xlsx\")", "Text(\"第 10 行\")", "Text(\"题干\")"]);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// A damaged file is refused or read, but it never breaks a reader.
    #[test]
    fn damage_never_breaks_a_reader(
        (file, name) in prop::sample::select(vec![
            ("clean.txt", "text"), ("clean-gbk.txt", "text"), ("clean-20.xlsx", "excel"), ("clean-20-gbk.csv", "excel"),
            ("clean-word.txt", "word"), ("clean-word.docx", "word"), ("clean-moodle.xml", "moodle"), ("clean.gift", "gift"),
            ("clean-qti2.zip", "qti"), ("qti2-map.xml", "qti"),
        ]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        keep in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = fs::read(suite().join(file)).unwrap_or_default();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if is_cut {
            bytes.truncate(keep.index(bytes.len()));
        }
        let made = imported(file, &bytes, format(name), &with_source(), false).map_err(|error| TestCaseError::fail(error.to_string()))?;
        if let Err(findings) = made {
            prop_assert!(findings.iter().any(|finding| finding.weight != Weight::Told));
        }
    }

    /// Texts of the signs that readers look for never break them, and what is read is what a text
    /// can hold.
    #[test]
    fn any_text_is_read_or_refused(
        parts in prop::collection::vec(prop::sample::select(vec![
            "A-A-A-001 B 3 5", "{A}", "{B}", "（A）", "（B）", "(C)", "A.", "B、", "1. ", "2. ", "参考答案：", "解析：", "一、单选题", "√", "×",
            "{", "}", "=", "~", "%50%", "####", "::", "\\", "->", "$CATEGORY: a/A-A-A-001", "// [tag:难度:3]", "\n", "\n\n", " ", "甲", "𠮷", "\u{200b}",
            "<p>", "</p>", "<quiz>", "</quiz>", "<question type=\"multichoice\">", "</question>", "<text>", "</text>", "<![CDATA[", "]]>", "&lt;", "&amp",
        ]), 0..60),
        name in prop::sample::select(vec!["text", "word", "gift", "moodle", "qti"]),
    ) {
        let text: String = parts.concat();
        let made = imported("any", text.as_bytes(), format(name), &with_source(), false).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(made.is_err(), "a whole bank does not come of chance");
    }
}

/// A part of a package that unpacks to very much, a deep document, and many empty rows.
#[test]
fn hostile_files_are_refused_or_read_within_bounds() -> Tested {
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let deep_html = format!(
        "<quiz><question type=\"multichoice\"><questiontext format=\"html\"><text>{}</text></questiontext></question></quiz>",
        "&lt;b&gt;".repeat(100_000)
    );
    for (name, text) in [("qti", deep.as_str()), ("moodle", deep_html.as_str())] {
        let findings = imported("deep", text.as_bytes(), format(name), &with_source(), false)?.err().ok_or("deep")?;
        assert!(!findings.is_empty());
    }
    let mut zeros = BTreeMap::new();
    zeros.insert("imsmanifest.xml".to_owned(), vec![b' '; 70_000_000]);
    let bomb = kaoping_files::bank::export::package(&zeros.into_iter().collect::<Vec<_>>())?;
    assert!(bomb.len() < 100_000, "a bomb is small until it is unpacked: {}", bomb.len());
    let findings = imported("bomb.zip", &bomb, ImportFormat::Qti, &with_source(), false)?.err().ok_or("a bomb")?;
    assert_eq!(told(&findings, "bomb.zip"), ["package_too_large  文件"]);
    let large = vec![b'a'; ImportFormat::Gift.most_bytes() + 1];
    let findings = imported("large.gift", &large, ImportFormat::Gift, &with_source(), false)?.err().ok_or("large")?;
    assert_eq!(told(&findings, "large.gift"), ["file_too_large  文件"]);
    Ok(())
}
