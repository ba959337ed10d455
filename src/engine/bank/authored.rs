//! A bank as `question-bank/` holds it: its head, its element table and its items.

use super::element::{FunctionElements, Point};
use super::item::{Item, ItemFile};
use super::picture::Pictures;
use super::terms::{BankKind, Function, Level, Profile};
use kaoping_record::id::BankId;
use serde::{Deserialize, Serialize};

/// The version of the authored form.
pub const BANK_VERSION: u32 = 1;

/// The head of a bank: its `bank.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankHead {
    /// Id of the bank (题库).
    pub id: BankId,
    /// [`BANK_VERSION`].
    pub v: u32,
    /// National (国家题库) or a province's extended bank (拓展题库).
    pub kind: BankKind,
    /// The level that it is for (技能等级): 5, 4 or 3.
    pub level: Level,
    /// Sample banks need fewer items a point than those of certification.
    pub profile: Profile,
    /// The label of every index and paper, such as 样题，非国家题库.
    pub label: String,
    /// The title that pages show, in Chinese.
    pub title: String,
    /// The edition of the occupational standard.
    pub standard: String,
    /// The source of its items.
    pub sources: Vec<String>,
    /// The shares of core, general and minor points.
    pub importance: ImportanceRule,
}

/// The shares of points by importance, in percent of all points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportanceRule {
    /// At least this share is core (X).
    pub x_least: u32,
    /// At most this share is general (Y).
    pub y_most: u32,
    /// At most this share is minor (Z).
    pub z_most: u32,
}

/// Something that was read from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The file's path within the bank, such as `items/B-C-A.json`.
    pub file: String,
    /// What it holds.
    pub value: T,
}

/// A bank's files, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthoredBank {
    /// The contents of `bank.json`: id, kind, level and rules.
    pub head: BankHead,
    /// Its element table, one file a function.
    pub elements: Vec<Placed<FunctionElements>>,
    /// Its items, one file a range.
    pub items: Vec<Placed<ItemFile>>,
    /// The files of `pictures/`; none before [`Self::with_pictures`].
    pub pictures: Pictures,
}

impl AuthoredBank {
    /// The bank with its pictures, which the reader of the files checks.
    #[must_use]
    pub fn with_pictures(self, pictures: Pictures) -> Self {
        Self { pictures, ..self }
    }

    /// All points with their functions, in the order of the files.
    pub fn points(&self) -> impl Iterator<Item = (Function, &Point)> {
        self.elements.iter().flat_map(|file| {
            let ranges = file.value.ranges.iter();
            ranges.flat_map(|range| &range.points).map(|point| (file.value.function, point))
        })
    }

    /// How many items rest on a source that nobody has looked up yet.
    #[must_use]
    pub fn unchecked_sources(&self) -> usize {
        self.items().filter(|(_, item)| !item.source_checked).count()
    }

    /// How many items do not say why their key is right.
    #[must_use]
    pub fn without_rationale(&self) -> usize {
        self.items().filter(|(_, item)| item.rationale.is_empty()).count()
    }

    /// All items with their places, in the order of the files.
    pub fn items(&self) -> impl Iterator<Item = (Place<'_>, &Item)> {
        self.items.iter().flat_map(|file| {
            (1..).zip(&file.value.items).map(|(number, item)| (Place { file: &file.file, number }, item))
        })
    }
}

/// The place of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The file's path within the bank.
    pub file: &'a str,
    /// The item's number in the file, from 1.
    pub number: usize,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} 第 {} 题", self.file, self.number)
    }
}
