//! Chinese text of the whole repository has full-width punctuation.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Files with texts as clerks type them, which are read and not shown.
const TYPED: [&str; 6] = [
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

/// Whether ASCII marks alone stand between two Chinese characters somewhere in the line.
fn has_narrow_mark(line: &str) -> bool {
    let (mut after_han, mut marks) = (false, false);
    for letter in line.chars() {
        if is_han(letter) {
            if marks {
                return true;
            }
            after_han = true;
        } else if after_han && ",;:?!()".contains(letter) {
            marks = true;
        } else {
            (after_han, marks) = (false, false);
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

#[test]
fn marks_between_chinese_characters_are_found() {
    assert!(has_narrow_mark("请核对编号,或返回") && has_narrow_mark("名单(附)") && has_narrow_mark("名单(附"));
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
