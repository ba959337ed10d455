//! Why a page's call did nothing.

use crate::fault::Text;
use serde::Serialize;

/// An error that crosses to the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BoundaryError {
    /// A stable name.
    pub code: &'static str,
    /// What the page shows.
    pub message: Text,
    /// The engine's own words, for the maintainer of the page.
    pub detail: String,
}

impl BoundaryError {
    /// An error with the engine's words as detail.
    #[must_use]
    pub fn new(code: &'static str, zh: &str, en: &str, detail: impl ToString) -> Self {
        Self { code, message: Text::new(zh, en), detail: detail.to_string() }
    }

    /// Input that the page should never send.
    #[must_use]
    pub fn input(detail: impl ToString) -> Self {
        Self::new("input", "页面出错，请举手告诉监考员。", "the page failed; please tell the invigilator", detail)
    }
}
