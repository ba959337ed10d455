//! Requests that write to one sitting take turns, first come, first served.
//!
//! Heads alone keep the streams right, also between several processes. But a request that reads
//! much before it commits, such as that of an invigilator who takes a paper, would lose the race
//! again and again to a PC that writes without pause. With turns it waits for the requests before
//! it, and no longer.
//!
//! Requests that read a paper with its events take turns of their own, so that a PC that asks for
//! them again and again, over many connections, waits for itself and holds up nobody else.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use tokio::sync::{Mutex, MutexGuard};

/// Many more than sittings that are worked on at once, so that two of them seldom wait for each
/// other.
const QUEUES: usize = 4096;

/// The queues of all sittings.
pub struct Turns {
    first: Mutex<()>,
    others: Vec<Mutex<()>>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { first: Mutex::default(), others: std::iter::repeat_with(Mutex::default).take(QUEUES - 1).collect() }
    }
}

impl Turns {
    /// Waits for the turn of a request on this sitting; it ends when the guard is dropped. Who
    /// has a turn waits for no second one.
    pub async fn wait(&self, sitting: &str) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        sitting.hash(&mut hasher);
        let queue = usize::try_from(hasher.finish() % QUEUES as u64).unwrap_or_default();
        self.others.get(queue).unwrap_or(&self.first).lock().await
    }
}
