//! From a file to a bank: all of it, or a report of the reasons against it.

use super::finding::{Finding, Spot};
use super::format::{ImportFormat, gather};
use super::points::Points;
use super::raw::MOST_ITEMS;
use super::settle::{Defaults, Unsaid, settle};
use super::source_map::SourceMap;
use kaoping_engine::bank::authored::{AuthoredBank, BankHead, Placed};
use kaoping_engine::bank::authoring::{Authored, AuthoredFile, Draft, mint};
use kaoping_engine::bank::check::{check, check_beside};
use kaoping_engine::bank::element::{ElementCode, FunctionElements};
use kaoping_engine::bank::picture::Pictures;
use kaoping_record::id::IdSeed;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The options of an import.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// How the file is written.
    pub format: ImportFormat,
    /// Its name, for the report.
    pub file: &'a str,
    /// The head of the bank that it becomes.
    pub head: &'a BankHead,
    /// The element table that its items belong to.
    pub elements: &'a [Placed<FunctionElements>],
    /// The values for items that give none themselves.
    pub defaults: &'a Defaults,
    /// Banks that must not ask the same.
    pub beside: &'a [AuthoredBank],
    /// Whether items that cannot be here are left out; otherwise one of them stops the import.
    pub leaves_out: bool,
}

/// A bank that was made of a file.
#[derive(Debug)]
pub struct Imported {
    /// The bank, which has passed its gate.
    pub bank: AuthoredBank,
    /// What to look at, and what was left out.
    pub findings: Vec<Finding>,
    /// How many items were left out.
    pub left_out: usize,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The file is being read.
    Reads,
    /// So many items were read, and are decided upon.
    Settles(usize),
    /// So many items are checked as a bank.
    Checks(usize),
    /// They are held against the bank of this place among those beside.
    Compares(usize),
}

/// Imports a file. `seeds` gives fresh random bytes each time.
///
/// # Errors
/// Every finding, sorted as they were found, if one of them stops the import.
pub fn import(
    import: &Import<'_>,
    bytes: &[u8],
    seeds: &mut dyn FnMut() -> IdSeed,
    progress: &mut dyn FnMut(Stage),
) -> Result<Imported, Vec<Finding>> {
    progress(Stage::Reads);
    let file: Arc<str> = import.file.into();
    let whole = Spot::new(&file, "");
    let (items, mut findings) = gather(import.format, &file, bytes).into_parts();
    progress(Stage::Settles(items.len()));
    if items.len() > MOST_ITEMS {
        let (zh, en) =
            (format!("一次导入的试题超过 {MOST_ITEMS} 题"), format!("more than {MOST_ITEMS} items for one import"));
        findings.push(whole.refused(
            "too_many_items",
            "文件",
            "",
            [&zh, &en],
            ["分成几个文件导入", "import several files"],
        ));
        return Err(findings.into_list());
    }
    if items.is_empty() && findings.is_empty() {
        let why = ["文件里没有试题", "the file holds no items"];
        findings.push(whole.refused(
            "no_items",
            "文件",
            "",
            why,
            ["核对文件和所选的格式", "see whether file and format are the right ones"],
        ));
    }
    let points = Points::of(import.elements.iter().map(|file| &file.value));
    let mut unsaid: BTreeMap<Unsaid, (Spot, usize)> = BTreeMap::new();
    let mut ranges: BTreeMap<ElementCode, (Vec<Authored>, Vec<Spot>)> = BTreeMap::new();
    for raw in items {
        let settled = settle(&raw, &points, import.defaults);
        findings.extend(settled.findings);
        for what in settled.unsaid {
            unsaid.entry(what).or_insert_with(|| (raw.spot.clone(), 0)).1 += 1;
        }
        if let Some(draft) = settled.draft
            && let Some(range) = range_of(&draft)
        {
            let (drafts, spots) = ranges.entry(range).or_default();
            drafts.push(Authored::Draft(Box::new(draft)));
            spots.push(raw.spot);
        }
    }
    findings.extend(unsaid.into_iter().map(|(what, (first, count))| not_said(what, &first, count)));
    if findings.stop(import.leaves_out) {
        return Err(findings.into_list());
    }
    let (files, spots): (Vec<AuthoredFile>, Vec<Vec<Spot>>) = ranges
        .into_iter()
        .map(|(range, (items, spots))| (AuthoredFile { path: format!("items/{range}.json"), range, items }, spots))
        .unzip();
    let items = match mint(&files, seeds) {
        Ok(items) => items,
        Err(faults) => {
            findings.extend(faults.into_iter().map(|fault| whole.fault(fault)));
            return Err(findings.into_list());
        }
    };
    // The drafts are the same texts once more.
    drop(files);
    let sources = SourceMap::new(&items, spots.into_iter().flatten());
    let bank = AuthoredBank {
        head: import.head.clone(),
        elements: import.elements.to_vec(),
        items,
        pictures: Pictures::new(),
    };
    progress(Stage::Checks(bank.items().count()));
    findings.extend(check(&bank).into_iter().map(|fault| sources.finding(fault, false)));
    for (place, other) in import.beside.iter().enumerate() {
        progress(Stage::Compares(place));
        findings.extend(check_beside(&bank, other).into_iter().map(|fault| sources.finding(fault, true)));
    }
    if findings.stop(import.leaves_out) {
        return Err(findings.into_list());
    }
    Ok(Imported { bank, left_out: findings.unsupported_items(), findings: findings.into_list() })
}

/// The range of a draft's point: its code without the last part.
fn range_of(draft: &Draft) -> Option<ElementCode> {
    ElementCode::new(draft.point.range().as_str()).ok()
}

fn not_said(what: Unsaid, first: &Spot, count: usize) -> Finding {
    let (code, field, [zh, en], cure) = match what {
        Unsaid::Point => (
            "point_unsaid",
            "鉴定点",
            ["没有写鉴定点", "do not say which point they belong to"],
            [
                "在文件里写明，或用 --point 给全部这样的题指定",
                "write it into the file, or give one for all of them by `--point`",
            ],
        ),
        Unsaid::Difficulty => (
            "difficulty_unsaid",
            "难度",
            ["没有写难度", "do not say how difficult they are"],
            [
                "在文件里写明，或用 --difficulty 给全部这样的题指定",
                "write it into the file, or give one for all of them by `--difficulty`",
            ],
        ),
        Unsaid::Source => (
            "source_unsaid",
            "出处",
            ["没有写出处", "do not say what they rest on"],
            [
                "在文件里写明，或用 --source 给全部这样的题指定",
                "write it into the file, or give one for all of them by `--source`",
            ],
        ),
    };
    let why = [format!("从这一题起，共有 {count} 题{zh}"), format!("from here on, {count} items {en}")];
    let [zh, en] = &why;
    first.refused(code, field, "", [zh, en], cure)
}
