//! Identities in a PostgreSQL schema.

use super::rows::{Founding, Rows, SealedRow, stored_founding};
use crate::error::StoreError;
use crate::postgres::connection::Connections;
use crate::postgres::error::Failure;
use async_trait::async_trait;
use deadpool_postgres::GenericClient;

const MIGRATIONS: &[&str] = &[include_str!("migrations/postgres/0001_identities.sql")];

/// Rows of one schema.
pub(crate) struct PostgresRows {
    connections: Connections,
}

impl PostgresRows {
    pub(crate) async fn open(url: &str, schema: &str) -> Result<Self, StoreError> {
        Ok(Self { connections: Connections::open(url, schema, MIGRATIONS).await? })
    }

    fn named<T>(&self, result: Result<T, Failure>) -> Result<T, StoreError> {
        result.map_err(|failure| failure.at(self.connections.place()))
    }

    async fn read_founding(&self) -> Result<Option<Founding>, Failure> {
        let client = self.connections.get().await?;
        match client.query_opt("SELECT installation, salt, key_check FROM founding", &[]).await? {
            Some(row) => {
                let columns = [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?];
                Ok(Some(stored_founding(self.connections.place(), columns)?))
            }
            None => Ok(None),
        }
    }

    async fn write_founding(&self, founding: &Founding) -> Result<(), Failure> {
        let client = self.connections.get().await?;
        client
            .execute(
                "INSERT INTO founding (one, installation, salt, key_check) VALUES (1, $1, $2, $3)",
                &[&founding.installation.0.as_slice(), &founding.salt.as_slice(), &founding.key_check.as_slice()],
            )
            .await?;
        Ok(())
    }

    async fn read_empty(&self) -> Result<bool, Failure> {
        let client = self.connections.get().await?;
        Ok(client.query_one("SELECT NOT EXISTS (SELECT 1 FROM identity)", &[]).await?.try_get(0)?)
    }

    async fn write(&self, rows: &[SealedRow]) -> Result<(), Failure> {
        let mut client = self.connections.get().await?;
        let transaction = client.transaction().await?;
        for row in rows {
            remove(&transaction, &row.pseudonym).await?;
            let insert = transaction.prepare_cached("INSERT INTO identity (pseudonym, sealed) VALUES ($1, $2)").await?;
            transaction.execute(&insert, &[&row.pseudonym, &row.sealed]).await?;
            let index =
                transaction.prepare_cached("INSERT INTO blind_index (value, pseudonym) VALUES ($1, $2)").await?;
            for value in &row.indexes {
                transaction.execute(&index, &[&value.as_slice(), &row.pseudonym]).await?;
            }
        }
        Ok(transaction.commit().await?)
    }

    async fn read(&self, pseudonym: &str) -> Result<Option<Vec<u8>>, Failure> {
        let client = self.connections.get().await?;
        let statement = client.prepare_cached("SELECT sealed FROM identity WHERE pseudonym = $1").await?;
        let row = client.query_opt(&statement, &[&pseudonym]).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    async fn read_index(&self, index: &[u8]) -> Result<Vec<String>, Failure> {
        let client = self.connections.get().await?;
        let statement =
            client.prepare_cached("SELECT pseudonym FROM blind_index WHERE value = $1 ORDER BY pseudonym").await?;
        let rows = client.query(&statement, &[&index]).await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    async fn remove_one(&self, pseudonym: &str) -> Result<bool, Failure> {
        let mut client = self.connections.get().await?;
        let transaction = client.transaction().await?;
        let removed = remove(&transaction, pseudonym).await?;
        transaction.commit().await?;
        Ok(removed)
    }
}

#[async_trait]
impl Rows for PostgresRows {
    fn place(&self) -> &str {
        self.connections.place()
    }

    async fn founding(&self) -> Result<Option<Founding>, StoreError> {
        self.named(self.read_founding().await)
    }

    async fn found(&self, founding: Founding) -> Result<Founding, StoreError> {
        let written = self.write_founding(&founding).await;
        match self.named(self.read_founding().await)? {
            // Ours, or that of a program that was faster; its row then refused ours.
            Some(stored) => Ok(stored),
            None => self.named(written).map(|()| founding),
        }
    }

    async fn is_empty(&self) -> Result<bool, StoreError> {
        self.named(self.read_empty().await)
    }

    async fn put(&self, rows: Vec<SealedRow>) -> Result<(), StoreError> {
        self.named(self.write(&rows).await)
    }

    async fn get(&self, pseudonym: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.named(self.read(pseudonym).await)
    }

    async fn find(&self, index: [u8; 32]) -> Result<Vec<String>, StoreError> {
        self.named(self.read_index(&index).await)
    }

    async fn delete(&self, pseudonym: &str) -> Result<bool, StoreError> {
        self.named(self.remove_one(pseudonym).await)
    }
}

async fn remove(client: &impl GenericClient, pseudonym: &str) -> Result<bool, Failure> {
    let index = client.prepare_cached("DELETE FROM blind_index WHERE pseudonym = $1").await?;
    client.execute(&index, &[&pseudonym]).await?;
    let identity = client.prepare_cached("DELETE FROM identity WHERE pseudonym = $1").await?;
    Ok(client.execute(&identity, &[&pseudonym]).await? > 0)
}
