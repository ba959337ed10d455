//! Items in the formats that circulate, in and out: what the check of a bank accepts, refuses and
//! reports.
//!
//! A reader takes what a file says ([`raw`]); [`settle`] decides for all formats alike what type,
//! key and options are; then the bank is checked by the same rules as `kaoping bank check`. Nothing
//! is guessed, and nothing half imported: either there is a bank, or there is a report of
//! everything that stands in its way.
//!
//! - `national`, `excel`, `word` with `docx`, `qti`, `moodle`, `gift`: one reader per format
//! - `lines`, `words`, `markup`, `xml`, `package`, `cells`: what readers have in common
//! - [`import`]: from a file to a bank; [`report`]: what was found, as a workbook
//! - [`export`]: a bank as Excel, QTI 3.0 or a package of its files

mod cells;
mod docx;
mod excel;
pub mod export;
mod export_qti;
mod finding;
mod findings;
mod format;
mod fractions;
mod gift;
mod hints;
pub mod import;
mod lines;
mod markup;
mod moodle;
mod national;
mod package;
mod points;
mod qti;
mod qti_item;
mod qti_manifest;
mod qti_scoring;
mod raw;
pub mod report;
mod settle;
mod source_map;
mod word;
mod word_key;
mod words;
mod xml;

pub use finding::{Finding, Weight};
pub use findings::MOST_FINDINGS;
pub use format::ImportFormat;
pub use raw::MOST_ITEMS;
pub use settle::Defaults;
pub use words::{TypeCodes, TypeCodesError};
