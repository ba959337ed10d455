//! What is immutable and read often: kept in memory, a bounded number of it.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A bounded map of values that never change.
pub struct Cache<V> {
    values: RwLock<BTreeMap<String, Arc<V>>>,
    most: usize,
}

impl<V> Cache<V> {
    /// A cache of at most this many values; when it is full it starts anew.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self { values: RwLock::new(BTreeMap::new()), most }
    }

    /// A value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Arc<V>> {
        self.values.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Keeps a value.
    pub fn put(&self, key: String, value: Arc<V>) {
        let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
        if values.len() >= self.most {
            values.clear();
        }
        values.insert(key, value);
    }

    /// Forgets everything, as after a bank was added.
    pub fn clear(&self) {
        self.values.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
