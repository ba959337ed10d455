//! The blueprint (组卷方案): what every paper of a level is made of.
//!
//! It repeats the standard's weight table exactly: for each function the marks of its rows are its weight, for each type
//! the rows' counts are the type's count, and a paper is worth 100 marks. [`check`] proves it; the draw
//! expands the rows over the difficulty bands.

mod check;

use crate::bank::element::RangeCode;
use crate::bank::{BankKind, Difficulty, Function, Importance, ItemType, Level};
use crate::marks::HalfMarks;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{BandName, BlueprintId, PolicyId};
use serde::{Deserialize, Serialize};

pub use check::check;

/// The version of the blueprint's form.
pub const BLUEPRINT_VERSION: u32 = 1;

/// What a paper is made of, as authors write it (组卷方案).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Blueprint {
    /// Its identity.
    pub id: BlueprintId,
    /// [`BLUEPRINT_VERSION`].
    pub v: u32,
    /// The level examined (技能等级): 5, 4 or 3.
    pub level: Level,
    /// The title that pages show, in Chinese.
    pub title: String,
    /// The edition of the occupational standard whose weights it follows.
    pub standard: String,
    /// The types of items in the order of the paper.
    pub types: Vec<TypeRule>,
    /// The functions with their weights.
    pub functions: Vec<FunctionWeight>,
    /// One row for each function, type and group size.
    pub rows: Vec<Row>,
    /// The difficulty bands, from easy to hard.
    pub bands: Vec<Band>,
    /// How the items of functions are spread over their ranges; where none is listed, by the numbers of points.
    pub ranges: Vec<RangeWeight>,
    /// How many items of an importance every paper has; one that is not listed is not bounded.
    pub importance: Vec<ImportanceBounds>,
    /// A cell's pool must hold at least this many times its quota (sample 2, formal 3).
    pub minimum_multiple: u32,
    /// The most that items of extended banks may be worth, in percent of the paper.
    pub extended_cap: u32,
    /// Minutes for the paper.
    pub minutes: u32,
    /// The pass mark in half-marks: 120 for 60 marks.
    pub pass_half_marks: HalfMarks,
    /// The versioned way of scoring.
    pub scoring: PolicyId,
}

/// How many items of a type a paper has, and what each is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TypeRule {
    /// Single choice, multiple choice or true/false (题型).
    #[serde(rename = "type")]
    pub item_type: ItemType,
    /// Items of this type in a paper.
    pub count: u32,
    /// What each is worth, in half-marks.
    pub half_marks: HalfMarks,
}

/// What one function counts in the whole paper, in percent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FunctionWeight {
    /// The function (职业功能): a row of the standard's weight tables.
    pub function: Function,
    /// Its weight in percent.
    pub weight: u32,
}

/// A row: the items of one function, type and group size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = BlueprintRow))]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The function (职业功能): a row of the standard's weight tables.
    pub function: Function,
    /// Single choice, multiple choice or true/false (题型).
    #[serde(rename = "type")]
    pub item_type: ItemType,
    /// Items of a paper.
    pub count: u32,
    /// How many of them come from extended banks.
    pub extended: u32,
    /// Items in a case group; 1 for single items.
    pub group_size: u32,
}

/// A difficulty band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = DifficultyBand))]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The band's name, such as `easy`.
    pub name: BandName,
    /// The difficulties that fall into it.
    pub difficulties: Vec<Difficulty>,
    /// Its share of the paper's items, in percent.
    pub share: u32,
}

/// What one range counts among those of its function and kind of bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RangeWeight {
    /// The function (职业功能): a row of the standard's weight tables.
    pub function: Function,
    /// The kind of bank whose items are spread.
    pub kind: BankKind,
    /// The code of the range (鉴定范围), such as `B-A-A`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub range: RangeCode,
    /// Its weight, 1 to 10,000, beside the other ranges listed.
    pub weight: u32,
}

/// How many items of an importance every paper has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportanceBounds {
    /// Core (X), general (Y) or minor (Z).
    pub importance: Importance,
    /// At least so many items.
    pub least: u32,
    /// At most so many items.
    pub most: u32,
}

impl Blueprint {
    /// The digest by which a manifest names this blueprint.
    ///
    /// # Errors
    /// [`CanonicalError`] when it lies outside the canonical profile.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        Ok(Digest::of(&canonical::to_bytes(self)?))
    }

    /// What an item of this type is worth; `None` when the paper has no such items.
    #[must_use]
    pub fn half_marks(&self, item_type: ItemType) -> Option<HalfMarks> {
        self.types.iter().find(|rule| rule.item_type == item_type).map(|rule| rule.half_marks)
    }

    /// How many items a paper has.
    #[must_use]
    pub fn items(&self) -> u32 {
        self.types.iter().fold(0, |sum, rule| sum.saturating_add(rule.count))
    }
}
