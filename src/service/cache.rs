//! A cache in memory of bounded size for data that never change and are read often.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;

/// A bounded map of values that never change.
pub struct Cache<V> {
    values: Mutex<BTreeMap<String, Arc<OnceCell<Arc<V>>>>>,
    most: usize,
}

impl<V> Cache<V> {
    /// A cache of at most this many values; when it is full it starts anew.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self { values: Mutex::new(BTreeMap::new()), most }
    }

    fn values(&self) -> MutexGuard<'_, BTreeMap<String, Arc<OnceCell<Arc<V>>>>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value of a key, which `make` makes when there is none. Other callers wait meanwhile for
    /// it: after a restart a whole room asks for the same bank at once, and it is read and parsed
    /// once.
    ///
    /// # Errors
    /// The error of `make`; the next caller tries again.
    pub async fn get_or_make<E>(&self, key: &str, make: impl AsyncFnOnce() -> Result<V, E>) -> Result<Arc<V>, E> {
        let cell = {
            let mut values = self.values();
            if values.len() >= self.most && !values.contains_key(key) {
                values.clear();
            }
            values.entry(key.to_owned()).or_default().clone()
        };
        cell.get_or_try_init(async || make().await.map(Arc::new)).await.cloned()
    }

    /// Forgets everything, as after a bank was added.
    pub fn clear(&self) {
        self.values().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    // Each of 30 seats that ask after a restart would read and parse the whole bank.
    #[tokio::test]
    async fn what_many_ask_for_at_once_is_made_once() {
        let (cache, made) = (Arc::new(Cache::<u32>::new(2)), Arc::new(AtomicU32::new(0)));
        let mut asked = tokio::task::JoinSet::new();
        for _ in 0..30 {
            let (cache, made) = (cache.clone(), made.clone());
            asked.spawn(async move {
                let make = async || {
                    made.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    Ok::<_, ()>(7)
                };
                *cache.get_or_make("bank", make).await.unwrap()
            });
        }
        assert_eq!(asked.join_all().await, [7; 30]);
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    // A store that was away for a moment would leave its refusal behind for ever.
    #[tokio::test]
    async fn what_could_not_be_made_is_tried_again() {
        let cache = Cache::<u32>::new(2);
        assert_eq!(cache.get_or_make("bank", async || Err::<u32, _>("away")).await, Err("away"));
        assert_eq!(cache.get_or_make("bank", async || Ok::<_, &str>(7)).await, Ok(Arc::new(7)));
        cache.clear();
        assert_eq!(cache.get_or_make("bank", async || Ok::<_, &str>(8)).await, Ok(Arc::new(8)));
    }

    #[tokio::test]
    async fn a_full_cache_starts_anew() {
        let cache = Cache::<u32>::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("b", 9), ("c", 3)] {
            cache.get_or_make(key, async || Ok::<_, ()>(value)).await.unwrap();
        }
        assert_eq!(cache.values().keys().collect::<Vec<_>>(), ["c"]);
    }
}
