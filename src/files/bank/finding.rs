//! A finding of an import: place, content, what is wrong with it, and what to do.

use kaoping_engine::fault::{Fault, Text};
use std::sync::Arc;

/// The most characters that a finding repeats of a file.
const SHOWN: usize = 60;

/// Where something was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The file, or the part of a package.
    pub(super) file: Arc<str>,
    /// The row or the item within it, such as `第 12 行`.
    pub(super) row: String,
}

/// One line of an import's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file; empty for what concerns the bank as a whole.
    pub file: String,
    /// The row or the item within it, such as `第 12 行`.
    pub row: String,
    /// The field, such as 答案.
    pub field: String,
    /// What follows from it.
    pub weight: Weight,
    /// Stable name of the kind of defect.
    pub code: String,
    /// The content of the place, shortened.
    pub what: String,
    /// What is wrong with it.
    pub why: Text,
    /// What to do.
    pub cure: Text,
}

/// What follows from a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Nothing is imported.
    Refused,
    /// The item asks in a way that a paper here cannot: nothing is imported unless such items are
    /// to be left out.
    Unsupported,
    /// It was read, and should be looked at.
    Told,
}

impl Weight {
    /// As the report names it.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Refused => "拒绝",
            Self::Unsupported => "不能收入",
            Self::Told => "提醒",
        }
    }
}

impl Spot {
    pub(super) fn new(file: &Arc<str>, row: impl Into<String>) -> Self {
        Self { file: Arc::clone(file), row: row.into() }
    }

    pub(super) fn line(file: &Arc<str>, line: usize) -> Self {
        Self::new(file, format!("第 {line} 行"))
    }

    /// A defect here.
    pub(super) fn refused(&self, code: &str, field: &str, what: &str, why: [&str; 2], cure: [&str; 2]) -> Finding {
        let ([zh, en], [cure_zh, cure_en]) = (why, cure);
        Finding {
            file: self.file.to_string(),
            row: self.row.clone(),
            field: field.to_owned(),
            weight: Weight::Refused,
            code: code.to_owned(),
            what: shortened(what),
            why: Text::new(zh, en),
            cure: Text::new(cure_zh, cure_en),
        }
    }

    /// Something that an item cannot be here, by its name.
    pub(super) fn unsupported(&self, code: &str, what: &str, why: [&str; 2]) -> Finding {
        let cure = [
            "改写成单选、多选或判断题，或用 --leave-out 不收这一类题",
            "rewrite it as a choice or a statement, or leave such items out by `--leave-out`",
        ];
        Finding { weight: Weight::Unsupported, ..self.refused(code, "题目", what, why, cure) }
    }

    /// Something that was read and should be looked at.
    pub(super) fn told(&self, code: &str, field: &str, what: &str, why: [&str; 2], cure: [&str; 2]) -> Finding {
        Finding { weight: Weight::Told, ..self.refused(code, field, what, why, cure) }
    }

    /// A fault that a reader of files found.
    pub(super) fn fault(&self, fault: Fault) -> Finding {
        Finding {
            file: self.file.to_string(),
            row: if fault.place == "文件" { self.row.clone() } else { fault.place },
            field: "文件".to_owned(),
            weight: Weight::Refused,
            code: fault.code,
            what: String::new(),
            why: fault.cause,
            cure: fault.cure,
        }
    }
}

/// The beginning of a text on one line, without what cannot be seen.
pub(super) fn shortened(text: &str) -> String {
    let shown = |letter: char| if letter.is_whitespace() { ' ' } else { letter };
    let mut letters = text.trim().chars().map(shown).filter(|letter| !letter.is_control());
    let short: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() { format!("{short}…") } else { short }
}
