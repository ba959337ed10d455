//! Identities in memory.

use super::rows::{Founding, Rows, SealedRow};
use crate::error::StoreError;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A place of identities in memory, for tests: it is gone with its last clone. Clones share what it
/// holds.
#[derive(Clone, Default)]
pub struct MemoryIdentities {
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Default)]
struct State {
    founding: Option<Founding>,
    rows: BTreeMap<String, SealedRow>,
}

impl MemoryIdentities {
    /// Another place that holds what this one holds now.
    #[must_use]
    pub fn copied(&self) -> Self {
        Self { state: Arc::new(Mutex::new(self.state().clone())) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Rows for MemoryIdentities {
    fn place(&self) -> &str {
        "memory"
    }

    async fn founding(&self) -> Result<Option<Founding>, StoreError> {
        Ok(self.state().founding)
    }

    async fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.state().rows.is_empty())
    }

    async fn found(&self, founding: Founding) -> Result<Founding, StoreError> {
        Ok(*self.state().founding.get_or_insert(founding))
    }

    async fn put(&self, rows: Vec<SealedRow>) -> Result<(), StoreError> {
        self.state().rows.extend(rows.into_iter().map(|row| (row.pseudonym.clone(), row)));
        Ok(())
    }

    async fn get(&self, pseudonym: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state().rows.get(pseudonym).map(|row| row.sealed.clone()))
    }

    async fn find(&self, index: [u8; 32]) -> Result<Vec<String>, StoreError> {
        let state = self.state();
        let found = state.rows.iter().filter(|(_, row)| row.indexes.contains(&index));
        Ok(found.map(|(pseudonym, _)| pseudonym.clone()).collect())
    }

    async fn delete(&self, pseudonym: &str) -> Result<bool, StoreError> {
        Ok(self.state().rows.remove(pseudonym).is_some())
    }
}
