//! The day, for files that name it.

use kaoping_engine::date::Date;
use kaoping_record::time::Time;
use std::time::{SystemTime, UNIX_EPOCH};

/// The day in China, which is written to the properties of workbooks.
pub(super) fn today() -> Result<Date, Box<dyn std::error::Error + Send + Sync>> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(Date::in_china(Time::from_millis(i64::try_from(since.as_millis())?))?)
}
