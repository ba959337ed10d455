//! An item as a file has it, before anybody has decided what it means here.

use super::finding::{Finding, Spot};
use super::findings::Findings;
use kaoping_engine::bank::ItemType;

/// The most items of a file.
pub const MOST_ITEMS: usize = 60_000;

/// The items that a reader found in a file.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    items: Vec<RawItem>,
    pub(super) findings: Findings,
}

/// An item as a file has it.
#[derive(Debug)]
pub(super) struct RawItem {
    pub(super) spot: Spot,
    /// Code or name of the point.
    pub(super) point: String,
    pub(super) item_type: RawType,
    pub(super) difficulty: String,
    pub(super) consistency: String,
    pub(super) stem: String,
    pub(super) options: Vec<RawOption>,
    pub(super) key: RawKey,
    pub(super) rationale: String,
    pub(super) source: String,
}

/// An option as a file has it.
#[derive(Debug, Default)]
pub(super) struct RawOption {
    /// The letter before it, as it is written.
    pub(super) letter: Option<char>,
    pub(super) text: String,
}

/// The type of an item as a file gives it.
#[derive(Debug)]
pub(super) enum RawType {
    /// A name or a code.
    Written(String),
    /// The format itself says it.
    Known(ItemType),
    /// Nothing: options and key determine it.
    Unsaid,
}

/// The key of an item as a file gives it.
#[derive(Debug)]
pub(super) enum RawKey {
    /// Letters, a mark or a word.
    Written(String),
    /// Numbers of options from 1, as `1,3`; for a statement 1 or 0.
    Numbered(String),
    /// Places of the right options, from 0.
    Places(Vec<usize>),
    /// Whether a statement is true.
    Truth(bool),
}

impl RawItem {
    pub(super) const fn new(spot: Spot) -> Self {
        Self {
            spot,
            point: String::new(),
            item_type: RawType::Unsaid,
            difficulty: String::new(),
            consistency: String::new(),
            stem: String::new(),
            options: Vec::new(),
            key: RawKey::Written(String::new()),
            rationale: String::new(),
            source: String::new(),
        }
    }
}

impl RawOption {
    pub(super) fn unlettered(text: impl Into<String>) -> Self {
        Self { letter: None, text: text.into() }
    }
}

impl Gathered {
    /// A file of which nothing can be read.
    pub(super) fn refused(finding: Finding) -> Self {
        let mut gathered = Self::default();
        gathered.findings.push(finding);
        gathered
    }

    /// A file that was not read for these reasons.
    pub(super) fn unread(findings: Findings) -> Self {
        Self { items: Vec::new(), findings }
    }

    /// Takes an item, as long as there is room; the first that finds none shows that there are too
    /// many.
    pub(super) fn take(&mut self, item: RawItem) {
        if self.items.len() <= MOST_ITEMS {
            self.items.push(item);
        }
    }

    /// The items, one more than [`MOST_ITEMS`] if there were too many, and the findings.
    pub(super) fn into_parts(self) -> (Vec<RawItem>, Findings) {
        (self.items, self.findings)
    }
}
