//! PostgreSQL's errors by the names of [`StoreError`].

use crate::error::StoreError;
use deadpool_postgres::PoolError;
use std::error::Error as _;

/// The end of work on a connection.
#[derive(Debug)]
pub(crate) enum Failure {
    Postgres(tokio_postgres::Error),
    Pool(PoolError),
    Store(StoreError),
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        Self::Pool(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure {
    /// The failure as an error of the server `place`.
    pub(crate) fn at(self, place: &str) -> StoreError {
        let place = place.to_owned();
        match self {
            Self::Store(error) => error,
            Self::Postgres(error) | Self::Pool(PoolError::Backend(error)) => named(&error, place),
            Self::Pool(PoolError::Timeout(_)) => {
                StoreError::Busy { place, cause: "no connection became free in time".to_owned() }
            }
            Self::Pool(error) => StoreError::Unavailable { place, cause: error.to_string() },
        }
    }

    /// Whether the server asks to try the transaction again (class 40).
    pub(crate) fn again(&self) -> bool {
        self.state().is_some_and(|state| state.starts_with("40"))
    }

    /// Whether nobody knows what became of a commit that ended so: the connection broke, or the
    /// server went down.
    pub(crate) fn unknown_outcome(&self) -> bool {
        self.state().is_none_or(|state| state.starts_with("57P") || state.starts_with("08") || state == "40003")
    }

    fn state(&self) -> Option<&str> {
        match self {
            Self::Postgres(error) | Self::Pool(PoolError::Backend(error)) => {
                error.code().map(tokio_postgres::error::SqlState::code)
            }
            Self::Pool(_) | Self::Store(_) => None,
        }
    }
}

/// What the server, or the connection, said.
pub(crate) fn cause(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(said), _) => format!("{} [{}]", said.message(), said.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

/// Names the error by its SQLSTATE (PostgreSQL's manual, appendix A).
fn named(error: &tokio_postgres::Error, place: String) -> StoreError {
    let cause = cause(error);
    let Some(state) = error.code().map(tokio_postgres::error::SqlState::code) else {
        let broken = error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>());
        return if broken { StoreError::Unavailable { place, cause } } else { StoreError::Backend { place, cause } };
    };
    match state {
        "53100" => StoreError::Full { place },
        "57014" | "55P03" | "40001" | "40P01" | "53300" => StoreError::Busy { place, cause },
        "XX001" | "XX002" => StoreError::Corrupt { place, cause },
        "42501" | "25006" | "28000" | "28P01" => StoreError::Denied { place, cause },
        "3D000" => StoreError::Unavailable { place, cause },
        _ if state.starts_with("57P") || state.starts_with("08") => StoreError::Unavailable { place, cause },
        _ => StoreError::Backend { place, cause },
    }
}
