//! Chinese text has full-width punctuation, and no word of another language but names.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Files with texts as clerks type them, which are read and not shown.
const TYPED: [&str; 7] = [
    "src/bench/gate.rs",
    "src/engine/roster/codes.rs",
    "src/engine/roster/column.rs",
    "src/engine/roster/form.rs",
    "src/files/bank/excel.rs",
    "src/files/bank/gift.rs",
    "src/store/contract/durable.rs",
];

fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}')
}

/// Takes the place of a value such as `{count}` or `${status}` in a sentence.
const VALUE: char = '\u{FFFC}';

fn with_values_marked(line: &str) -> String {
    let is_part = |letter: char| letter.is_ascii_graphic() && !"\"'{".contains(letter);
    let (mut text, mut rest) = (String::new(), line);
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before.strip_suffix('$').unwrap_or(before));
        match after.split_once('}') {
            Some((name, tail)) if name.chars().all(is_part) => {
                text.push(VALUE);
                rest = tail;
            }
            _ => {
                text.push('{');
                rest = after;
            }
        }
    }
    text + rest
}

/// Whether the line has only ASCII marks between two Chinese characters, or between a Chinese
/// character and a value.
fn has_narrow_mark(line: &str) -> bool {
    let (mut before, mut marks) = (None, false);
    for letter in with_values_marked(line).chars() {
        if is_han(letter) || letter == VALUE {
            if marks && (is_han(letter) || before.is_some_and(is_han)) {
                return true;
            }
            (before, marks) = (Some(letter), false);
        } else if before.is_some() && ",;:?!()".contains(letter) {
            marks = true;
        } else {
            (before, marks) = (None, false);
        }
    }
    false
}

/// Files below a folder whose names end so; without what tools made or brought.
fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if !["node_modules", "dist", "pkg", "target"].iter().any(|made| path.ends_with(made)) {
                files(&path, endings, found)?;
            }
        } else if endings.iter().any(|ending| path.extension().is_some_and(|found| found == *ending)) {
            found.push(path);
        }
    }
    Ok(())
}

/// Where messages for staff, clerks, candidates and readers of results are written. Messages for
/// authors of banks are left out, because they quote the members and elements of the authors' own
/// files.
const MESSAGES: [&str; 11] = [
    "www/shared/texts/zh-CN/",
    "src/service/",
    "src/engine/plan/",
    "src/engine/practical/",
    "src/engine/result/",
    "src/engine/roster/",
    "src/engine/session/",
    "src/engine/theory/",
    "src/engine/verify/",
    "src/files/roster",
    "src/files/table/",
];
/// Names that a Chinese sentence writes in Latin letters, since readers find them so on screens, in
/// files and commands.
const NAMES: [&str; 37] = [
    // Programs, formats and encodings.
    "CSV",
    "Excel",
    "GBK",
    "PDF",
    "pdf",
    "fonts-noto-cjk",
    "UTF-8",
    "Word",
    "WPS",
    "https",
    "xls",
    "xlsx",
    // Standards and algorithms.
    "ES256",
    "GB",
    "T",
    "SHA-256",
    // Units, code points, what a cell shows, the last sign of an identity number, a stick, a range
    // of seats.
    "KB",
    "MB",
    "REF",
    "U",
    "U+",
    "X",
    "A..B",
    // Kinds of organizations in the number of a certificate.
    "S",
    "Y",
    // The beacon, and the member of its answer that is copied.
    "drand",
    "signature",
    // Commands and options of the program.
    "kaoping",
    "cosign",
    "doctor",
    "font",
    "key",
    "keys",
    "rotate",
    "witness",
    "old",
    "record",
];
/// The answer for a wrong address, in both languages at once.
const BOTH: &str = "没有这个页面。 There is no such page.";

/// The strings of a file without their escapes, each with its line. Comments and unit tests are
/// left out.
fn strings(text: &str, quotes: &str) -> Vec<(usize, String)> {
    let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
    let (mut found, mut line) = (Vec::new(), 1);
    let mut letters = shipped.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or_default();
        if letter == '/' && next == '/' {
            while letters.next_if(|letter| *letter != '\n').is_some() {}
        } else if letter == '/' && next == '*' {
            let mut last = ' ';
            for letter in letters.by_ref() {
                line += usize::from(letter == '\n');
                if last == '*' && letter == '/' {
                    break;
                }
                last = letter;
            }
        } else if quotes.contains(letter) && !(letter == '"' && before == '\'' && next == '\'') {
            let (mut string, start) = (String::new(), line);
            while let Some(inner) = letters.next() {
                line += usize::from(inner == '\n');
                if inner == letter {
                    break;
                }
                if inner == '\\' {
                    line += usize::from(letters.next() == Some('\n'));
                } else {
                    string.push(inner);
                }
            }
            found.push((start, string));
        }
        line += usize::from(letter == '\n');
        before = letter;
    }
    found
}

/// The Latin words of a Chinese sentence that are no names. English beside it in brackets, and what
/// `{}` is replaced by, do not count; an English sentence that quotes Chinese words has none.
fn foreign_words(sentence: &str, is_catalogue: bool) -> Vec<String> {
    let mut text = String::new();
    let (mut braces, mut bracket) = (0_u32, None);
    for letter in sentence.chars() {
        match letter {
            '{' => braces += 1,
            '}' => braces = braces.saturating_sub(1),
            '(' => bracket = Some(text.len()),
            ')' if bracket.is_some_and(|from: usize| text.get(from..).is_some_and(str::is_ascii)) => {
                text.truncate(bracket.take().unwrap_or_default());
            }
            letter if braces == 0 => text.push(letter),
            _ => {}
        }
    }
    let han = text.chars().filter(|letter| is_han(*letter)).count();
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    let is_chinese = text.chars().find(|letter| letter.is_alphabetic()).is_some_and(is_han) || han > 2 * latin;
    if han == 0 || !(is_catalogue || is_chinese) {
        return Vec::new();
    }
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_.+-".contains(letter);
    let words = text.split(|letter| !is_part(letter)).map(|word| {
        let word = word.trim_start_matches(|letter: char| !letter.is_ascii_alphabetic());
        if word == "A..B" { word } else { word.trim_end_matches(['.', '-']) }
    });
    words.filter(|word| !word.is_empty() && !NAMES.contains(word)).map(str::to_owned).collect()
}

#[test]
fn words_of_another_language_are_found() {
    let found = |sentence| foreign_words(sentence, false);
    assert_eq!(found("请输入您的 PIN，再提交。"), ["PIN"]);
    assert_eq!(found("请求缺少 x-kaoping 标头。"), ["x-kaoping"]);
    for right in
        ["改存为 .xlsx 或“CSV UTF-8”。", "“{name}”有 {0} 人 (people)", "enter 健康照护师", "请用 kaoping doctor。"]
    {
        assert_eq!(found(right), Vec::<String>::new(), "{right}");
    }
    assert_eq!(foreign_words("PIN 码", true), ["PIN"], "a catalogue has Chinese sentences alone");
    let code = "let a = \"甲\\n\"; // \"乙\"\n/* \"丙\"\n */ b('\"', \"丁\");\n#[cfg(test)] \"戊\"";
    assert_eq!(strings(code, "\""), [(1, "甲".to_owned()), (3, "丁".to_owned())]);
}

// Catches an English word or a member of a form in a message, which clerks cannot read.
#[test]
fn chinese_messages_have_no_words_of_another_language() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let mut paths = Vec::new();
    files(&root.join("src"), &["rs"], &mut paths)?;
    files(&root.join("www/shared/texts/zh-CN"), &["ts"], &mut paths)?;
    let (mut sentences, mut foreign) = (0, Vec::new());
    for path in &paths {
        let name = path.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        let is_test = name.contains("/tests/") || name.ends_with("tests.rs");
        if is_test || TYPED.contains(&name.as_str()) || !MESSAGES.iter().any(|folder| name.starts_with(folder)) {
            continue;
        }
        let is_catalogue = name.starts_with("www/");
        for (line, sentence) in strings(&fs::read_to_string(path)?, if is_catalogue { "\"'`" } else { "\"" }) {
            sentences += usize::from(sentence.chars().any(is_han));
            let words = if sentence == BOTH { Vec::new() } else { foreign_words(&sentence, is_catalogue) };
            foreign.extend(words.into_iter().map(|word| format!("{name}:{line}: {word} in {sentence}")));
        }
    }
    assert!(sentences > 1000, "{sentences} sentences");
    assert_eq!(foreign, Vec::<String>::new());
    Ok(())
}

#[test]
fn marks_between_chinese_characters_are_found() {
    assert!(has_narrow_mark("请核对编号,或返回") && has_narrow_mark("名单(附)") && has_narrow_mark("名单(附"));
    assert!(has_narrow_mark("没有完成这个请求(${status})。") && !has_narrow_mark("{name}:{line}: {text}"));
    assert!(has_narrow_mark("Text { zh: \"原因,办法\" }"));
    assert!(!has_narrow_mark("请核对编号，或返回") && !has_narrow_mark("\"是\", \"否\"") && !has_narrow_mark("是, 否"));
}

// Catches an ASCII comma or the like in a message or a page, which looks wrong to every reader.
#[test]
fn chinese_text_has_full_width_punctuation() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let mut paths = Vec::new();
    files(&root.join("src"), &["rs"], &mut paths)?;
    files(&root.join("www"), &["ts", "svelte", "html"], &mut paths)?;
    let (rust, pages): (Vec<&PathBuf>, Vec<&PathBuf>) =
        paths.iter().partition(|path| path.extension().is_some_and(|ending| ending == "rs"));
    assert!(rust.len() > 100 && pages.len() > 50, "{} and {} files", rust.len(), pages.len());
    let mut narrow = Vec::new();
    for path in &paths {
        let name = path.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        if TYPED.contains(&name.as_str()) || name == "src/engine/punctuation_tests.rs" {
            continue;
        }
        let text = fs::read_to_string(path)?;
        let lines = (1..).zip(text.lines()).filter(|(_, line)| has_narrow_mark(line));
        narrow.extend(lines.map(|(number, line)| format!("{name}:{number}: {}", line.trim())));
    }
    assert_eq!(narrow, Vec::<String>::new());
    Ok(())
}
