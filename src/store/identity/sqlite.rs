//! Identities in an SQLite file.

use super::rows::{Founding, Rows, SealedRow, stored_founding};
use crate::error::StoreError;
use crate::sqlite::connection;
use crate::sqlite::error::Failure;
use crate::sqlite::watch::Watch;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

const MIGRATIONS: &[&str] = &[include_str!("migrations/sqlite/0001_identities.sql")];

/// Rows of one file. Identities are few and read one by one, so one connection is enough.
pub(crate) struct SqliteRows {
    connection: Arc<Mutex<Connection>>,
    place: String,
    watch: Watch,
}

impl SqliteRows {
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let place = path.display().to_string();
        let connection = connection::writer(path, &place, MIGRATIONS)?;
        // Deleted data are overwritten with zeros.
        connection.execute_batch("PRAGMA secure_delete = ON").map_err(|error| Failure::from(error).at(&place))?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), place, watch: Watch::of(path) })
    }

    /// Works on the connection in a thread that may block.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, &str) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (connection, place) = (Arc::clone(&self.connection), self.place.clone());
        tokio::task::spawn_blocking(move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut connection, &place).map_err(|failure| failure.at(&place))
        })
        .await
        .map_err(|error| StoreError::Backend { place: self.place.clone(), cause: error.to_string() })?
    }
}

#[async_trait]
impl Rows for SqliteRows {
    fn place(&self) -> &str {
        &self.place
    }

    async fn founding(&self) -> Result<Option<Founding>, StoreError> {
        self.run(|connection, place| read_founding(connection, place)).await
    }

    async fn found(&self, founding: Founding) -> Result<Founding, StoreError> {
        self.run(move |connection, place| {
            connection.execute(
                "INSERT INTO founding (one, installation, salt, key_check) VALUES (1, ?1, ?2, ?3) ON CONFLICT DO NOTHING",
                [founding.installation.0.as_slice(), &founding.salt, &founding.key_check],
            )?;
            Ok(read_founding(connection, place)?.unwrap_or(founding))
        })
        .await
    }

    async fn is_empty(&self) -> Result<bool, StoreError> {
        let empty = "SELECT NOT EXISTS (SELECT 1 FROM identity)";
        self.run(|connection, _| Ok(connection.query_row(empty, [], |row| row.get(0))?)).await
    }

    async fn put(&self, rows: Vec<SealedRow>) -> Result<(), StoreError> {
        self.watch.check()?;
        self.run(move |connection, _| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for row in &rows {
                remove(&transaction, &row.pseudonym)?;
                transaction
                    .prepare_cached("INSERT INTO identity (pseudonym, sealed) VALUES (?1, ?2)")?
                    .execute(params![row.pseudonym, row.sealed])?;
                let mut insert =
                    transaction.prepare_cached("INSERT INTO blind_index (value, pseudonym) VALUES (?1, ?2)")?;
                for index in &row.indexes {
                    insert.execute(params![index, row.pseudonym])?;
                }
            }
            Ok(transaction.commit()?)
        })
        .await
    }

    async fn get(&self, pseudonym: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let pseudonym = pseudonym.to_owned();
        self.run(move |connection, _| {
            Ok(connection
                .prepare_cached("SELECT sealed FROM identity WHERE pseudonym = ?1")?
                .query_row([pseudonym], |row| row.get(0))
                .optional()?)
        })
        .await
    }

    async fn find(&self, index: [u8; 32]) -> Result<Vec<String>, StoreError> {
        self.run(move |connection, _| {
            let mut statement =
                connection.prepare_cached("SELECT pseudonym FROM blind_index WHERE value = ?1 ORDER BY pseudonym")?;
            let found = statement.query_map([index], |row| row.get(0))?;
            Ok(found.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn delete(&self, pseudonym: &str) -> Result<bool, StoreError> {
        self.watch.check()?;
        let pseudonym = pseudonym.to_owned();
        self.run(move |connection, _| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let removed = remove(&transaction, &pseudonym)?;
            transaction.commit()?;
            // The write-ahead log still holds the old pages; emptying it ends that.
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(removed)
        })
        .await
    }
}

fn read_founding(connection: &Connection, place: &str) -> Result<Option<Founding>, Failure> {
    let row = connection
        .query_row("SELECT installation, salt, key_check FROM founding", [], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?])
        })
        .optional()?;
    Ok(row
        .map(|[installation, salt, key_check]| stored_founding(place, [&installation, &salt, &key_check]))
        .transpose()?)
}

fn remove(connection: &Connection, pseudonym: &str) -> Result<bool, Failure> {
    connection.prepare_cached("DELETE FROM blind_index WHERE pseudonym = ?1")?.execute([pseudonym])?;
    let removed = connection.prepare_cached("DELETE FROM identity WHERE pseudonym = ?1")?.execute([pseudonym])?;
    Ok(removed > 0)
}
