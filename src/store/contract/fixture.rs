//! Places for stores, and events to put there.

use crate::{Append, Collection, Commit, Entry, Expected, InstallationId, Link, Memory, Opening, Store, StoreError};
use kaoping_record::event::{Head, Sealed, Stream};
use kaoping_record::time::Time;
use serde_json::json;
use std::error::Error;
use std::path::PathBuf;
use tempfile::TempDir;

/// The end of a test.
pub(crate) type TestResult<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// The variable that names the test server.
pub(crate) const POSTGRES: &str = "KAOPING_TEST_POSTGRES";

/// The installation whose stores the tests open.
pub(crate) const INSTALLATION: InstallationId = InstallationId([1; 16]);

/// Opens a place that may be new.
pub(crate) const NEW: Opening<'static> =
    Opening { key: &[7; 32], expected: Expected::Empty(INSTALLATION), next: Link([2; 16]), alone: false };

/// Opens a place that was founded.
pub(crate) const AGAIN: Opening<'static> = Opening { expected: Expected::Founded, ..NEW };

/// Where one test keeps its store.
pub(crate) enum Site {
    Memory(Store),
    Sqlite(TempDir),
    Postgres { url: String, schema: String },
}

impl Site {
    pub(crate) fn memory() -> Self {
        Self::Memory(Store::memory(Memory::default()))
    }

    pub(crate) fn sqlite() -> Result<Self, std::io::Error> {
        tempfile::tempdir().map(Self::Sqlite)
    }

    pub(crate) fn postgres() -> TestResult<Self> {
        let url = std::env::var(POSTGRES).map_err(|_| {
            format!(
                "{POSTGRES} is not set, so nothing was tested on PostgreSQL: give it a server's address, \
                 such as postgres://postgres@127.0.0.1:5432/postgres, or run `cargo xtask test`, which starts one"
            )
        })?;
        let mut random = [0; 8];
        getrandom::fill(&mut random)?;
        Ok(Self::Postgres { url, schema: format!("test_{:016x}", u64::from_le_bytes(random)) })
    }

    /// Opens the store, or opens it again.
    pub(crate) async fn open(&self) -> Result<Store, StoreError> {
        match self.open_as(&AGAIN).await {
            Err(StoreError::Missing { .. }) => self.open_as(&NEW).await,
            known => known,
        }
    }

    pub(crate) async fn open_as(&self, opening: &Opening<'_>) -> Result<Store, StoreError> {
        match self {
            Self::Memory(store) => Ok(store.clone()),
            Self::Sqlite(_) => Store::sqlite(self.file(), opening),
            Self::Postgres { url, schema } => Store::postgres(url, schema, opening).await,
        }
    }

    /// The file of a store on SQLite.
    pub(crate) fn file(&self) -> PathBuf {
        match self {
            Self::Sqlite(folder) => folder.path().join("store.sqlite"),
            Self::Memory(_) | Self::Postgres { .. } => PathBuf::new(),
        }
    }

    /// Removes what a passing test left on the server.
    pub(crate) async fn drop_schema(&self) -> TestResult {
        if let Self::Postgres { schema, .. } = self {
            self.execute(&format!("DROP SCHEMA {schema} CASCADE")).await?;
        }
        Ok(())
    }

    /// Runs a statement on the server, past the store.
    pub(crate) async fn execute(&self, sql: &str) -> TestResult {
        if let Self::Postgres { url, .. } = self {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
            let connection = tokio::spawn(connection);
            client.batch_execute(sql).await?;
            drop(client);
            connection.await??;
        }
        Ok(())
    }
}

pub(crate) fn stream(name: &str) -> Stream {
    Stream::new(name).expect("a stream's name")
}

/// The next event after `head`, with `n` in its body.
pub(crate) fn event(stream: &Stream, head: Head, n: i64) -> Sealed {
    Sealed::next(stream, head, Time::from_millis(n), "service", "seat.answered", 1, &json!({ "n": n }))
        .expect("an event")
}

/// An append of `count` events after `expected`.
pub(crate) fn append(stream: &Stream, expected: Head, count: i64) -> Append {
    let mut head = expected;
    let events = (0..count)
        .map(|n| {
            let event = event(stream, head, n);
            head = event.head();
            event
        })
        .collect();
    Append { stream: stream.clone(), expected, events }
}

/// A commit of one append.
pub(crate) fn appending(stream: &Stream, expected: Head, count: i64) -> Commit {
    Commit { appends: vec![append(stream, expected, count)], ..Commit::default() }
}

/// Every document of the store.
pub(crate) async fn all_documents(store: &Store) -> Result<Vec<(Collection, Entry)>, StoreError> {
    let mut documents = Vec::new();
    for collection in Collection::ALL {
        let page = store.page(collection, "", None, 1000).await?;
        documents.extend(page.into_iter().map(|entry| (collection, entry)));
    }
    Ok(documents)
}
