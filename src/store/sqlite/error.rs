//! SQLite's errors by the names of [`StoreError`].

use crate::error::StoreError;
use rusqlite::ErrorCode;

/// The end of work on a connection.
#[derive(Debug)]
pub(crate) enum Failure {
    Sqlite(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure {
    /// The failure as an error of the file `place`.
    pub(crate) fn at(self, place: &str) -> StoreError {
        match self {
            Self::Store(error) => error,
            Self::Sqlite(error) => named(&error, place.to_owned()),
        }
    }
}

fn named(error: &rusqlite::Error, place: String) -> StoreError {
    let cause = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { place },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { place, cause },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt { place, cause },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::Denied { place, cause },
        Some(ErrorCode::CannotOpen) => StoreError::Unavailable { place, cause },
        _ => StoreError::Backend { place, cause },
    }
}
