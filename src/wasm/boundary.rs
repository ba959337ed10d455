//! What crosses the boundary: JSON text, tagged `ok` or `error`.

#[cfg(any(feature = "audit", feature = "verify"))]
use kaoping_engine::result::verify::{status::Status, trust::TrustList};
pub use kaoping_engine::view::error::BoundaryError;
use kaoping_record::digest::Digest;
#[cfg(any(feature = "audit", feature = "verify"))]
use kaoping_record::software::SoftwareVerifier;
use kaoping_record::time::Time;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

/// The tagged JSON of a result.
pub fn answer<T: Serialize>(result: Result<T, BoundaryError>) -> String {
    match result {
        Ok(value) => json!({ "ok": value }),
        Err(error) => json!({ "error": error }),
    }
    .to_string()
}

/// An argument that comes as JSON.
///
/// # Errors
/// [`BoundaryError::input`] when it does not fit its type.
pub fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, BoundaryError> {
    serde_json::from_str(text).map_err(BoundaryError::input)
}

/// A digest in hexadecimal.
///
/// # Errors
/// [`BoundaryError::input`] for anything else.
pub fn digest(hex: &str) -> Result<Digest, BoundaryError> {
    Digest::from_hex(hex).map_err(BoundaryError::input)
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
