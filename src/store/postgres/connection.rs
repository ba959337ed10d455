//! A pool of connections to one schema, and the migrations that bring it up to date.

use super::error::Failure;
use crate::error::StoreError;
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use std::time::Duration;
use tokio_postgres::config::Host;
use tokio_postgres::{Config, NoTls};

/// How many connections one store opens at most.
const CONNECTIONS: usize = 8;
/// How long to wait for a server, or for a free connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a migration is tried when several programs start on an empty schema at once.
const ATTEMPTS: u32 = 10;

/// A pool of connections that see one schema.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: Pool,
    config: Config,
    schema: String,
    place: String,
}

impl Connections {
    /// Connects, makes the schema where it is missing, and applies the migrations that it lacks.
    pub(crate) async fn open(url: &str, schema: &str, migrations: &[&str]) -> Result<Self, StoreError> {
        let unusable = |place: String, cause: String| StoreError::Unavailable { place, cause };
        let mut config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
            unusable("PostgreSQL".to_owned(), format!("its address is not valid: {error}"))
        })?;
        let place = place(&config, schema);
        if !is_name(schema) {
            let cause = format!("`{schema}` is not a schema's name of a-z, 0-9 and `_`");
            return Err(unusable(place, cause));
        }
        // A server that vanishes must be noticed in seconds, not when the kernel gives up.
        if config.get_application_name().is_none() {
            config.application_name("kaoping");
        }
        config
            .connect_timeout(PATIENCE)
            .keepalives_idle(Duration::from_secs(10))
            .tcp_user_timeout(Duration::from_secs(20));
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config.clone(), NoTls, recycling))
            .max_size(CONNECTIONS)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE * 2))
            .runtime(Runtime::Tokio1)
            .post_create(prepared_for(schema))
            .build()
            .map_err(|error| unusable(place.clone(), error.to_string()))?;
        let connections = Self { pool, config, schema: schema.to_owned(), place };
        connections.migrate(schema, migrations).await?;
        Ok(connections)
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    /// How to connect past the pool.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// A connection of the pool.
    pub(crate) async fn get(&self) -> Result<Object, Failure> {
        Ok(self.pool.get().await?)
    }

    async fn migrate(&self, schema: &str, migrations: &[&str]) -> Result<(), StoreError> {
        let mut attempt = 1;
        loop {
            match self.try_migrate(schema, migrations).await {
                Err(StoreError::Backend { .. } | StoreError::Busy { .. }) if attempt < ATTEMPTS => attempt += 1,
                result => return result,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn try_migrate(&self, schema: &str, migrations: &[&str]) -> Result<(), StoreError> {
        let known = i32::try_from(migrations.len()).unwrap_or(i32::MAX);
        let migrate = async {
            let mut client = self.get().await?;
            let transaction = client.transaction().await?;
            transaction
                .batch_execute(&format!(
                    "CREATE SCHEMA IF NOT EXISTS {schema};
                     CREATE TABLE IF NOT EXISTS schema_version (version INT NOT NULL)"
                ))
                .await?;
            let row = transaction.query_opt("SELECT version FROM schema_version FOR UPDATE", &[]).await?;
            let version = match &row {
                Some(row) => row.try_get(0)?,
                None => 0,
            };
            if version > known {
                let [found, known] = [version, known].map(i32::unsigned_abs);
                return Err(StoreError::Newer { place: self.place.clone(), found, known }.into());
            }
            if row.is_none() {
                transaction.execute("INSERT INTO schema_version (version) VALUES (0)", &[]).await?;
            }
            for migration in migrations.iter().skip(version.unsigned_abs() as usize) {
                transaction.batch_execute(migration).await?;
            }
            transaction.execute("UPDATE schema_version SET version = $1", &[&known]).await?;
            Ok(transaction.commit().await?)
        };
        migrate.await.map_err(|failure: Failure| failure.at(&self.place))
    }
}

/// The settings of each new connection.
fn prepared_for(schema: &str) -> Hook {
    let settings = format!(
        "SET search_path TO {schema};
         SET statement_timeout TO '15s';
         SET synchronous_commit TO on"
    );
    Hook::async_fn(move |client, _| {
        let settings = settings.clone();
        Box::pin(async move {
            client.batch_execute(&settings).await.map_err(HookError::Backend)?;
            // So that a program which hangs gives the turn to others. Not every server knows this
            // setting.
            let _ = client.batch_execute("SET idle_in_transaction_session_timeout TO '30s'").await;
            Ok(())
        })
    })
}

fn is_name(schema: &str) -> bool {
    (1..=63).contains(&schema.len())
        && schema.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        && !schema.starts_with(|first: char| first.is_ascii_digit())
}

/// The server for messages: never the password.
fn place(config: &Config, schema: &str) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    };
    let port = config.get_ports().first().unwrap_or(&5432);
    let database = config.get_dbname().or(config.get_user()).unwrap_or("postgres");
    format!("PostgreSQL {host}:{port}/{database}, schema {schema}")
}
