//! A line in which requests wait when more come at once than can be worked on.
//!
//! So many are worked on at once, and so many wait, in the order in which they came; who finds the
//! line full is told to come back, instead of waiting for seconds. A sitting waits for its own turn
//! first (`turns.rs`), so it has one place in the line, however many requests its PC sends.

use crate::refusal::{Refusal, RefusalKind};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Semaphore, SemaphorePermit};

/// A line of requests.
pub struct Line {
    places: Semaphore,
    waiting: AtomicUsize,
    most_waiting: usize,
}

/// Somebody who waits; the place is free again when this value is dropped.
struct Place<'line>(&'line AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Line {
    /// A line in which `at_once` are worked on while `most_waiting` wait.
    #[must_use]
    pub fn new(at_once: usize, most_waiting: usize) -> Self {
        Self { places: Semaphore::new(at_once), waiting: AtomicUsize::new(0), most_waiting }
    }

    /// Waits until this request is worked on; it is done when the permit is dropped.
    ///
    /// # Errors
    /// `overloaded` when too many wait already.
    pub async fn enter(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        if let Ok(permit) = self.places.try_acquire() {
            return Ok(permit);
        }
        let before = self.waiting.fetch_add(1, Ordering::SeqCst);
        let _place = Place(&self.waiting);
        if before >= self.most_waiting {
            return Err(overloaded());
        }
        self.places.acquire().await.map_err(Refusal::internal)
    }
}

fn overloaded() -> Refusal {
    Refusal::new(
        RefusalKind::Unavailable,
        "overloaded",
        "",
        ("同时提交的人太多，暂时排不上。", "too many ask at the same time"),
        ("不用操作，过一会儿会自动再试。", "the page tries again by itself"),
    )
    .with_retry()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    // Catches a line that grows without a bound, and one that stays full after its requests have
    // gone.
    #[tokio::test]
    async fn who_finds_the_line_full_is_told_to_come_back() {
        let line = Arc::new(Line::new(1, 2));
        let working = line.enter().await.unwrap();
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let line = line.clone();
                tokio::spawn(async move { line.enter().await.map(drop) })
            })
            .collect();
        while line.waiting.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        let refused = line.enter().await.err().unwrap();
        assert_eq!((refused.code(), refused.is_temporary()), ("overloaded", true));
        // One gives up, as a PC does that is switched off: its place is another's.
        waiting[0].abort();
        while line.waiting.load(Ordering::SeqCst) > 1 {
            tokio::task::yield_now().await;
        }
        drop(working);
        waiting.into_iter().nth(1).unwrap().await.unwrap().unwrap();
        line.enter().await.map(drop).unwrap();
    }
}
