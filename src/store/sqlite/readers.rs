//! A few connections that read while the writer writes.

use super::connection;
use super::error::Failure;
use crate::error::StoreError;
use crate::place::Place;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// How many queries run at once.
const READERS: usize = 4;

/// Connections are opened when first needed and kept.
pub(crate) struct Readers {
    shared: Arc<Shared>,
    permits: Semaphore,
}

struct Shared {
    path: PathBuf,
    place: Arc<Place>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) fn new(path: &Path, place: Arc<Place>) -> Self {
        let shared = Shared { path: path.to_owned(), place, idle: Mutex::default() };
        Self { shared: Arc::new(shared), permits: Semaphore::new(READERS) }
    }

    pub(crate) fn place(&self) -> &str {
        &self.shared.place.name
    }

    /// Runs a query on a thread that may block.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection, &Place) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stopped = |cause: String| StoreError::Backend { place: self.place().to_owned(), cause };
        let _permit = self.permits.acquire().await.map_err(|error| stopped(error.to_string()))?;
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || shared.run(query)).await.map_err(|error| stopped(error.to_string()))?
    }
}

impl Shared {
    fn run<T>(&self, query: impl FnOnce(&Connection, &Place) -> Result<T, Failure>) -> Result<T, StoreError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let run = || {
            let connection = match kept {
                Some(connection) => connection,
                None => connection::reader(&self.path)?,
            };
            let result = query(&connection, &self.place)?;
            // After a failure the connection is closed instead, and the next query opens another.
            idle().push(connection);
            Ok(result)
        };
        run().map_err(|failure: Failure| failure.at(&self.place.name))
    }
}
