//! What crosses the boundary: JSON text, tagged `ok` or `error`.

pub use kaoping_engine::view::error::BoundaryError;
use kaoping_record::digest::Digest;
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
