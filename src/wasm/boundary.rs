//! What crosses the boundary: JSON text, tagged `ok` or `error`.

use kaoping_engine::fault::Text;
#[cfg(any(feature = "audit", feature = "verify"))]
use kaoping_engine::result::verify::{status::Status, trust::TrustList};
#[cfg(any(feature = "audit", feature = "verify"))]
use kaoping_record::software::SoftwareVerifier;
use kaoping_record::time::Time;
use serde::Serialize;
use serde_json::json;

/// Why a call did nothing, for the page and for the person.
#[derive(Clone, Debug, Serialize)]
pub struct BoundaryError {
    /// Stable name.
    pub code: &'static str,
    /// What the page may show.
    pub message: Text,
    /// The engine's own words, for whoever maintains the page.
    pub detail: String,
}

impl BoundaryError {
    /// An error with the engine's words as detail.
    pub fn new(code: &'static str, zh: &str, en: &str, detail: impl ToString) -> Self {
        Self { code, message: Text::new(zh, en), detail: detail.to_string() }
    }

    /// Input that the page should never send.
    pub fn input(detail: impl ToString) -> Self {
        Self::new("input", "页面出错，请举手告诉监考员。", "the page failed; please tell the invigilator", detail)
    }
}

/// The tagged JSON of a result.
pub fn answer<T: Serialize>(result: Result<T, BoundaryError>) -> String {
    match result {
        Ok(value) => json!({ "ok": value }),
        Err(error) => json!({ "error": error }),
    }
    .to_string()
}

/// The text of canonical bytes, which are always UTF-8.
///
/// # Errors
/// [`BoundaryError::input`] if they are not.
pub fn text_of(bytes: Vec<u8>) -> Result<String, BoundaryError> {
    String::from_utf8(bytes).map_err(BoundaryError::input)
}

/// A time from the page's milliseconds.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "saturates; the page's numbers are milliseconds")]
pub fn time(now_ms: f64) -> Time {
    Time::from_millis(now_ms as i64)
}

/// The trust list of a page.
///
/// # Errors
/// `trust_list` when it cannot be read.
#[cfg(any(feature = "audit", feature = "verify"))]
pub fn trust_list(text: &str) -> Result<TrustList, BoundaryError> {
    TrustList::read(text).map_err(|error| {
        let (zh, en) = ("这不是信任清单文件，或者文件已损坏。", "this is no trust list, or it is damaged");
        BoundaryError::new("trust_list", zh, en, error)
    })
}

/// What a page's status set says; nothing without one.
///
/// # Errors
/// `status_set` when it cannot be read, or a record in it does not hold.
#[cfg(any(feature = "audit", feature = "verify"))]
pub fn status(text: Option<&str>, trust: &TrustList) -> Result<Option<Status>, BoundaryError> {
    let Some(text) = text else { return Ok(None) };
    let mut known = Status::default();
    known.add(text, trust, &SoftwareVerifier).map_err(|why| BoundaryError {
        code: "status_set",
        message: why.clone(),
        detail: why.en,
    })?;
    Ok(Some(known))
}
