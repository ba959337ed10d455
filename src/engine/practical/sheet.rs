//! The score sheet (考核评分记录表), version 1.
//!
//! A sheet is worth 100 marks. It is one procedure (one module of weight 100) or an integrated case
//! whose modules have weights that add up to 100; the items of a module are worth exactly its
//! weight in marks, so nothing is ever scaled. Every item carries the table of the marks it can
//! earn. The format is described by `question-bank/schema/sheet.schema.json`; what a schema cannot
//! say is checked by [`super::sheet_check`].

use super::code::{AwardCode, ModuleCode, NoteCode, SectionCode, VetoCode};
use super::sheet_check;
use super::sheet_defect::SheetDefect;
use crate::bank::{Function, Level};
use crate::marks::HalfMarks;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{SheetId, SheetItemId};
use serde::{Deserialize, Serialize};

/// The version of the format that this program reads and writes.
pub const SHEET_VERSION: u32 = 1;
/// The longest file of a sheet, in bytes.
pub const MAX_SHEET_BYTES: usize = 256 * 1024;
/// The label that a sheet of the sample bank must have.
pub const SAMPLE_LABEL: &str = "样题，非国家题库";

/// A sheet as it is written; [`Sheet::check`] makes it usable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// Version of the format, 1.
    pub v: u32,
    /// The sheet's identifier, never reused.
    pub id: SheetId,
    /// The level that it examines.
    pub level: Level,
    /// The function that it counts for, unless a module says otherwise.
    pub function: Function,
    /// What is done (协助卧床者进食进水).
    pub title: String,
    /// The kind of bank that it belongs to.
    pub bank: SheetBank,
    /// The label on every print and screen; [`SAMPLE_LABEL`] for a sample.
    pub label: String,
    /// The national standard and its edition.
    pub standard: String,
    /// The source of its items.
    pub sources: Vec<String>,
    /// Minutes to prepare, before the clock of the task starts.
    pub minutes_prepare: u32,
    /// Minutes for the task.
    pub minutes: u32,
    /// The preparation notice (准备通知单).
    pub preparation: Preparation,
    /// The case, for a task that needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The task paper (试题) that the candidate reads.
    pub task: String,
    /// One module for a procedure, several for an integrated case.
    pub modules: Vec<Module>,
    /// What must never happen (否定项).
    pub vetoes: Vec<Veto>,
}

/// The kind of bank that a sheet belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SheetBank {
    /// Our own examples; never for a certification.
    Sample,
    /// The national bank (国家题库).
    National,
    /// A filed provincial bank (拓展题库).
    Extended,
}

/// The preparation notice: what site and candidate get ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    /// What to know and set up beforehand.
    pub notice: String,
    /// The things at the station, each with its number.
    pub supplies: Vec<Supply>,
}

/// A thing at the station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Supply {
    /// What pages and printed sheets call it.
    pub name: String,
    /// How many, with the measure word (`1 个`).
    pub quantity: String,
}

/// The one procedure of a sheet, or a part of an integrated case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = SheetModule))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "SheetModule"))]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// Its name in the sheet.
    pub id: ModuleCode,
    /// What is done in it.
    pub title: String,
    /// Its share of the sheet in marks, 1 to 100; the items in it are worth just that.
    pub weight: u32,
    /// The function that it counts for; the sheet's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    /// Its sections, in the order of work.
    pub sections: Vec<Section>,
}

/// A section of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = SheetSection))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "SheetSection"))]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its name in the sheet.
    pub id: SectionCode,
    /// What it is called (操作前准备).
    pub title: String,
    /// Its items, in the order of work.
    pub items: Vec<SheetItem>,
}

/// A line of the sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SheetItem {
    /// Its identifier, unique in the sheet.
    pub id: SheetItemId,
    /// 考核内容.
    pub content: String,
    /// 考核要点.
    pub points: String,
    /// 配分: what it is worth.
    pub half_marks: HalfMarks,
    /// 评分标准, in words.
    pub criterion: String,
    /// How the examiner comes to a mark.
    pub kind: ItemKind,
    /// 可口述: may be described orally instead of performed.
    pub oral: bool,
    /// The possible awards: full marks first, strictly falling, zero last.
    pub awards: Vec<Award>,
}

/// How the examiner comes to a mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
#[serde(deny_unknown_fields)]
pub enum ItemKind {
    /// Done or not: two awards.
    Binary {},
    /// Steps of completeness: three awards or more.
    Graded {},
    /// A deduction for each omission, never below nothing. Award codes are the number of omissions.
    DeductPerOmission {
        /// Half-marks lost with each omission.
        unit: HalfMarks,
    },
    /// So many of `full` are done. Award codes are that number.
    Count {
        /// How many earn full marks.
        full: u32,
    },
    /// By time used: the first award up to the first limit, and so on; the last award beyond the
    /// last limit.
    Timed {
        /// Limits in seconds, rising; one fewer than awards.
        limits_s: Vec<u32>,
    },
    /// Levels of the examiner's judgement: three awards or more.
    Judge {},
}

/// A mark that an item can earn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Award {
    /// Its name in the item.
    pub code: AwardCode,
    /// What the examiner taps (`漏1处`).
    pub label: String,
    /// Half-marks that are earned.
    pub half_marks: HalfMarks,
}

/// Something that must never happen (否定项).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Veto {
    /// Its name in the sheet.
    pub id: VetoCode,
    /// What happened.
    pub text: String,
    /// What it does once the lead examiner has confirmed it.
    pub effect: VetoEffect,
    /// The notes that an examiner can pick.
    pub notes: Vec<VetoNote>,
}

/// What a confirmed veto does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
#[serde(deny_unknown_fields)]
pub enum VetoEffect {
    /// The item earns nothing on every examiner's sheet.
    ZeroItem {
        /// Number of the item on the score sheet, such as `1.2`.
        item: SheetItemId,
    },
    /// The sheet's mark is 0.
    ZeroSheet {},
    /// The sheet's mark is at most this failing mark, as a rule 59.
    Cap {
        /// The highest mark left, below 60 marks.
        half_marks: HalfMarks,
    },
    /// The practical exam ends as failed.
    Terminate {},
}

/// A ready-made note on a veto.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct VetoNote {
    /// Its name in the veto.
    pub code: NoteCode,
    /// What was seen.
    pub label: String,
}

/// Why a file is not a usable sheet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetFileError {
    /// Longer than [`MAX_SHEET_BYTES`].
    #[error("sheet of {0} bytes is longer than {MAX_SHEET_BYTES}")]
    Length(usize),
    /// Not JSON of the profile, or not of a sheet's form.
    #[error("sheet cannot be read: {0}")]
    Form(#[from] CanonicalError),
    /// Of the right form, but with these defects.
    #[error("sheet has {} defects", .0.len())]
    Defects(Vec<SheetDefect>),
}

/// A sheet without defects, which can no longer be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidSheet {
    sheet: Sheet,
    digest: Digest,
}

impl Sheet {
    /// Checks everything that a sheet must be.
    ///
    /// # Errors
    /// [`SheetFileError::Defects`] with every defect and its place.
    pub fn check(self) -> Result<ValidSheet, SheetFileError> {
        let defects = sheet_check::defects(&self);
        if !defects.is_empty() {
            return Err(SheetFileError::Defects(defects));
        }
        let digest = Digest::of(&canonical::to_bytes(&self)?);
        Ok(ValidSheet { sheet: self, digest })
    }

    /// Its items with their module, in order.
    pub fn items(&self) -> impl Iterator<Item = (&Module, &SheetItem)> {
        self.modules.iter().flat_map(|module| {
            module.sections.iter().flat_map(move |section| section.items.iter().map(move |item| (module, item)))
        })
    }

    /// The function that a module counts for.
    #[must_use]
    pub fn function_of(&self, module: &Module) -> Function {
        module.function.unwrap_or(self.function)
    }
}

impl ValidSheet {
    /// Reads a sheet that a person wrote, in any order and with spaces.
    ///
    /// # Errors
    /// [`SheetFileError`] for the first reason why it cannot be read, or with all its defects.
    pub fn from_json(bytes: &[u8]) -> Result<Self, SheetFileError> {
        if bytes.len() > MAX_SHEET_BYTES {
            return Err(SheetFileError::Length(bytes.len()));
        }
        canonical::from_authored::<Sheet>(bytes)?.check()
    }

    /// The checked document.
    #[must_use]
    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// SHA-256 of its canonical bytes: what a record of scoring names.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// An item, `None` when it has no such.
    #[must_use]
    pub fn item(&self, id: &SheetItemId) -> Option<&SheetItem> {
        self.sheet.items().map(|(_, item)| item).find(|item| item.id == *id)
    }

    /// A veto, `None` when it has no such.
    #[must_use]
    pub fn veto(&self, id: &VetoCode) -> Option<&Veto> {
        self.sheet.vetoes.iter().find(|veto| veto.id == *id)
    }
}

impl SheetItem {
    /// An award, `None` when it has no such.
    #[must_use]
    pub fn award(&self, code: &AwardCode) -> Option<&Award> {
        self.awards.iter().find(|award| award.code == *code)
    }

    /// The award for the time used in milliseconds; `None` unless the item is timed.
    #[must_use]
    pub fn award_for_time(&self, used_ms: i64) -> Option<&Award> {
        let ItemKind::Timed { limits_s } = &self.kind else {
            return None;
        };
        let passed = limits_s.iter().filter(|limit| used_ms > i64::from(**limit) * 1000).count();
        self.awards.get(passed)
    }
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
