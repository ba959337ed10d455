//! What crosses the boundary: JSON text, tagged `ok` or `error`.

pub use kaoping_engine::view::error::BoundaryError;
use kaoping_record::time::Time;
use serde::Serialize;
use serde_json::json;

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
