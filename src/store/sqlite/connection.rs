//! Connections to an SQLite file, and the migrations that bring it up to date.

use super::error::Failure;
use crate::error::StoreError;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// How long one statement waits for a lock that another program holds.
const BUSY: Duration = Duration::from_secs(5);

/// Opens a file for writing, makes it where it is missing, and applies the migrations that it lacks.
pub(crate) fn writer(path: &Path, place: &str, migrations: &[&str]) -> Result<Connection, StoreError> {
    let open = || {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(64);
        // FULL syncs the write-ahead log before a commit returns; NORMAL would lose the last commits in a power cut.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA trusted_schema = OFF;
             PRAGMA cell_size_check = ON;
             PRAGMA journal_size_limit = 67108864;",
        )?;
        migrate(&mut connection, place, migrations)?;
        Ok(connection)
    };
    open().map_err(|failure: Failure| failure.at(place))
}

/// Opens a file for reading.
pub(crate) fn reader(path: &Path) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")?;
    Ok(connection)
}

fn migrate(connection: &mut Connection, place: &str, migrations: &[&str]) -> Result<(), Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT")?;
    let found: Option<u32> =
        transaction.query_row("SELECT version FROM schema_version", [], |row| row.get(0)).optional()?;
    let known = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    let version = found.unwrap_or(0);
    if version > known {
        return Err(StoreError::Newer { place: place.to_owned(), found: version, known }.into());
    }
    if found.is_none() {
        transaction.execute("INSERT INTO schema_version (version) VALUES (0)", [])?;
    }
    for migration in migrations.iter().skip(version as usize) {
        transaction.execute_batch(migration)?;
    }
    transaction.execute("UPDATE schema_version SET version = ?1", [known])?;
    Ok(transaction.commit()?)
}
