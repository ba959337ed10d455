//! A defect of outside data: the defect, its place, the reason and the remedy.

use crate::text::written_out;
use serde::{Deserialize, Serialize};

/// One sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Text {
    /// Simple Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A sentence in both languages. It can contain names from files: characters that control a
    /// terminal or the direction of a text are written as escapes, so that a name cannot disguise
    /// the sentence.
    #[must_use]
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: written_out(zh.into()), en: written_out(en.into()) }
    }
}

/// One defect, for the person who must correct it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Fault {
    /// Stable name of the kind of defect, such as `id_number_checksum`.
    pub code: String,
    /// File, sheet, row, column or field, such as `第 12 行「证件号码」`.
    pub place: String,
    /// What is wrong and why it matters.
    pub cause: Text,
    /// What to do.
    pub cure: Text,
}

impl Fault {
    /// A defect at a place.
    #[must_use]
    pub fn new(code: &str, place: impl Into<String>, cause: Text, cure: Text) -> Self {
        Self { code: code.to_owned(), place: place.into(), cause, cure }
    }
}
