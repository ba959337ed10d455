//! From a file to a bank: all of it, or a report of what stands in its way.

use super::finding::{Finding, Spot, Weight};
use super::format::{ImportFormat, gather};
use super::points::Points;
use super::settle::{Defaults, Unsaid, settle};
use super::source_map::SourceMap;
use kaoping_engine::bank::authored::{AuthoredBank, BankHead, Placed};
use kaoping_engine::bank::authoring::{Authored, AuthoredFile, Draft, mint};
use kaoping_engine::bank::check::{check, check_beside};
use kaoping_engine::bank::element::{ElementCode, FunctionElements};
use kaoping_engine::bank::picture::Pictures;
use kaoping_engine::fault::Text;
use kaoping_record::id::IdSeed;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most items of a file.
pub const MOST_ITEMS: usize = 100_000;
/// The most findings that are told; one more says how many there are besides.
pub const MOST_FINDINGS: usize = 10_000;

/// What a file is imported with.
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
    /// What holds for items that do not say it themselves.
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
    let gathered = gather(import.format, &file, bytes);
    let mut findings = gathered.findings;
    progress(Stage::Settles(gathered.items.len()));
    if gathered.items.len() > MOST_ITEMS {
        findings.push(whole.refused(
            "too_many_items",
            "文件",
            &gathered.items.len().to_string(),
            ["一次导入的试题太多（最多 100000 题）", "too many items for one import (100,000 at most)"],
            ["分成几个文件导入", "import several files"],
        ));
        return Err(findings);
    }
    if gathered.items.is_empty() && findings.is_empty() {
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
    for raw in gathered.items {
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
    let left_out = left_out(&findings);
    if stops(&findings, import.leaves_out) {
        return Err(bounded(findings));
    }
    let (files, spots): (Vec<AuthoredFile>, Vec<Vec<Spot>>) = ranges
        .into_iter()
        .map(|(range, (items, spots))| (AuthoredFile { path: format!("items/{range}.json"), range, items }, spots))
        .unzip();
    let items = match mint(&files, seeds) {
        Ok(items) => items,
        Err(faults) => {
            findings.extend(faults.into_iter().map(|fault| whole.fault(fault)));
            return Err(bounded(findings));
        }
    };
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
    if stops(&findings, import.leaves_out) { Err(bounded(findings)) } else { Ok(Imported { bank, findings, left_out }) }
}

/// The range of a draft's point: its code without the last part.
fn range_of(draft: &Draft) -> Option<ElementCode> {
    ElementCode::new(draft.point.range().as_str()).ok()
}

fn stops(findings: &[Finding], leaves_out: bool) -> bool {
    findings.iter().any(|finding| match finding.weight {
        Weight::Refused => true,
        Weight::Unsupported => !leaves_out,
        Weight::Told => false,
    })
}

/// How many items cannot be here.
fn left_out(findings: &[Finding]) -> usize {
    let unsupported = findings.iter().filter(|finding| finding.weight == Weight::Unsupported);
    let mut places: Vec<(&str, &str)> =
        unsupported.map(|finding| (finding.file.as_str(), finding.row.as_str())).collect();
    places.sort_unstable();
    places.dedup();
    places.len()
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

/// At most [`MOST_FINDINGS`] of them.
fn bounded(mut findings: Vec<Finding>) -> Vec<Finding> {
    let more = findings.len().saturating_sub(MOST_FINDINGS);
    if more > 0 {
        // What stops the import comes first, so that none of it is cut off by what is merely told.
        findings.sort_by_key(|finding| finding.weight);
        findings.truncate(MOST_FINDINGS);
        findings.push(Finding {
            file: String::new(),
            row: String::new(),
            field: "文件".to_owned(),
            weight: Weight::Told,
            code: "more_findings".to_owned(),
            what: more.to_string(),
            why: Text::new(format!("另有 {more} 处没有列出"), format!("{more} more are not listed")),
            cure: Text::new("先改正已列出的，再重新导入", "correct those listed and import again"),
        });
    }
    findings
}
