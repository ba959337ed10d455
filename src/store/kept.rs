//! Documents that are kept in memory as values, so that what is asked for again and again is
//! neither read nor parsed.
//!
//! A kept value is never newer than what is durable, and never older than what was acknowledged by
//! this program: the writer puts a commit's documents here after the commit is durable and before
//! it answers. A value that was read from the database is kept only if no commit has changed the
//! document since the reading began. When nobody knows what became of a commit, nothing is kept for
//! a while, until it is certain that the database does not carry it out any more.
//!
//! What another replica writes is not seen here. A store that several programs may use at once
//! therefore serves only those reads from memory whose commit asserts the heads on which it rests.

use crate::collection::Collection;
use crate::commit::{Change, Commit, Committed};
use crate::error::StoreError;
use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many bytes of documents are kept, about; a parsed value takes some times as many.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// How many documents are kept.
const MOST: usize = 100_000;
/// How long nothing is kept after a commit whose outcome nobody knows: longer than a server works
/// on a statement (`postgres/connection.rs`).
const UNCERTAIN: Duration = Duration::from_secs(60);

/// A value of some type.
pub(crate) type Value = Arc<dyn Any + Send + Sync>;

/// The values of one store.
#[derive(Default)]
pub(crate) struct Kept(Mutex<State>);

/// Values are kept in two generations. When the young one has grown to half of what is kept, the
/// old one goes: whatever was not asked for in the meantime.
#[derive(Default)]
struct State {
    young: Generation,
    old: Generation,
    readings: u64,
    /// Nothing is kept before this moment.
    uncertain_until: Option<Instant>,
}

#[derive(Default)]
struct Generation {
    slots: HashMap<(Collection, String), Slot>,
    bytes: usize,
}

#[derive(Clone)]
enum Slot {
    Value {
        value: Value,
        bytes: usize,
    },
    /// Somebody reads the document. What is read may be kept while this number stands here.
    Reading(u64),
}

/// That a document is being read.
pub(crate) struct Reading {
    at: (Collection, String),
    number: u64,
}

impl Kept {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value of a document, or the beginning of its reading; [`Kept::keep`] ends it.
    pub(crate) fn get(&self, collection: Collection, key: &str) -> Result<Value, Reading> {
        let at = (collection, key.to_owned());
        let mut state = self.state();
        match state.slot(&at) {
            Some(Slot::Value { value, .. }) => Ok(value),
            Some(Slot::Reading(number)) => Err(Reading { at, number }),
            None => {
                state.readings += 1;
                let number = state.readings;
                state.put(at.clone(), Slot::Reading(number));
                Err(Reading { at, number })
            }
        }
    }

    /// Keeps what was read, unless the document has changed since the reading began. `None` says
    /// that there is no such document.
    pub(crate) fn keep(&self, reading: Reading, read: Option<(Value, usize)>) {
        let mut state = self.state();
        if !matches!(state.slot(&reading.at), Some(Slot::Reading(number)) if number == reading.number) {
            return;
        }
        match read {
            Some((value, bytes)) if !state.is_uncertain() => state.put(reading.at, Slot::Value { value, bytes }),
            _ => state.remove(&reading.at),
        }
    }

    /// Takes over what commits have written. The writer calls it before it answers, in the order of
    /// the commits.
    pub(crate) fn follow(&self, commits: &[Commit], results: &[Result<Committed, StoreError>]) {
        let mut state = self.state();
        for (commit, result) in commits.iter().zip(results) {
            match result {
                Ok(_) => commit.projections.iter().for_each(|change| state.change(change)),
                Err(StoreError::Interrupted { .. }) => state.doubt(),
                Err(_) => {}
            }
        }
    }

    /// Forgets a document, if `value` is still what is kept of it.
    pub(crate) fn forget_same(&self, collection: Collection, key: &str, value: &Value) {
        let at = (collection, key.to_owned());
        let mut state = self.state();
        if matches!(state.slot(&at), Some(Slot::Value { value: kept, .. }) if Arc::ptr_eq(&kept, value)) {
            state.remove(&at);
        }
    }

    /// Forgets a document.
    pub(crate) fn forget(&self, collection: Collection, key: &str) {
        self.state().remove(&(collection, key.to_owned()));
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        let mut state = self.state();
        state.young = Generation::default();
        state.old = Generation::default();
    }
}

impl State {
    fn is_uncertain(&self) -> bool {
        self.uncertain_until.is_some_and(|until| Instant::now() < until)
    }

    fn doubt(&mut self) {
        self.young = Generation::default();
        self.old = Generation::default();
        self.uncertain_until = Some(Instant::now() + UNCERTAIN);
    }

    fn change(&mut self, change: &Change) {
        let at = (change.collection(), change.key().to_owned());
        let value = match change {
            Change::Put { document, .. } => document.value().map(|value| (value, document.bytes().len())),
            Change::Remove { .. } => None,
        };
        match value {
            Some((value, bytes)) if !self.is_uncertain() => self.put(at, Slot::Value { value, bytes }),
            _ => self.remove(&at),
        }
    }

    /// What stands at a place; what was in the old generation is young again.
    fn slot(&mut self, at: &(Collection, String)) -> Option<Slot> {
        if let Some(slot) = self.young.slots.get(at) {
            return Some(slot.clone());
        }
        let slot = self.old.remove(at)?;
        self.put(at.clone(), slot.clone());
        Some(slot)
    }

    fn put(&mut self, at: (Collection, String), slot: Slot) {
        self.remove(&at);
        if self.young.bytes >= MOST_BYTES / 2 || self.young.slots.len() >= MOST / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.bytes += slot.bytes();
        self.young.slots.insert(at, slot);
    }

    fn remove(&mut self, at: &(Collection, String)) {
        self.young.remove(at);
        self.old.remove(at);
    }
}

impl Generation {
    fn remove(&mut self, at: &(Collection, String)) -> Option<Slot> {
        let slot = self.slots.remove(at)?;
        self.bytes = self.bytes.saturating_sub(slot.bytes());
        Some(slot)
    }
}

impl Slot {
    fn bytes(&self) -> usize {
        match self {
            Self::Value { bytes, .. } => *bytes,
            Self::Reading(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Lookup;
    use crate::document::Document;

    const KEY: &str = "seat/a";

    fn kept(store: &Kept) -> Option<u32> {
        store.get(Collection::Seat, KEY).ok().and_then(|value| value.downcast_ref().copied())
    }

    fn read(store: &Kept) -> Reading {
        store.get(Collection::Seat, KEY).expect_err("nothing is kept")
    }

    fn put(value: u32) -> Vec<Commit> {
        let document = Document::keeping(Arc::new(value)).expect("in profile");
        let change = Change::Put { collection: Collection::Seat, key: KEY.into(), lookup: Lookup::NONE, document };
        vec![Commit { projections: vec![change], ..Commit::default() }]
    }

    fn durable() -> [Result<Committed, StoreError>; 1] {
        [Ok(Committed { heads: Vec::new(), last_position: None })]
    }

    // Catches a reader that was slow and puts back what a commit has replaced meanwhile.
    #[test]
    fn what_was_read_before_a_commit_is_not_kept_after_it() {
        let store = Kept::default();
        let slow = read(&store);
        store.follow(&put(2), &durable());
        store.keep(slow, Some((Arc::new(1_u32), 4)));
        assert_eq!(kept(&store), Some(2));
        // A document without a value takes the kept one away, also from who reads meanwhile.
        let change = Change::Remove { collection: Collection::Seat, key: KEY.into() };
        store.follow(&[Commit { projections: vec![change.clone()], ..Commit::default() }], &durable());
        let slow = read(&store);
        store.follow(&[Commit { projections: vec![change], ..Commit::default() }], &durable());
        store.keep(slow, Some((Arc::new(1_u32), 4)));
        assert_eq!(kept(&store), None);
        let undisturbed = read(&store);
        store.keep(undisturbed, Some((Arc::new(3_u32), 4)));
        assert_eq!(kept(&store), Some(3));
    }

    // Catches a value that is kept although its commit was refused, or although nobody knows.
    #[test]
    fn only_what_is_durable_is_kept() {
        let store = Kept::default();
        store.follow(&put(1), &durable());
        store.follow(&put(2), &[Err(StoreError::Full { place: "here".into() })]);
        assert_eq!(kept(&store), Some(1));
        let interrupted = StoreError::Interrupted { place: "here".into(), cause: "gone".into() };
        store.follow(&put(3), &[Err(interrupted)]);
        assert_eq!(kept(&store), None);
        // The database may still carry it out: what is read now is not kept either.
        let doubtful = read(&store);
        store.keep(doubtful, Some((Arc::new(1_u32), 4)));
        store.follow(&put(4), &durable());
        assert_eq!(kept(&store), None);
    }

    #[test]
    fn what_is_kept_has_a_bound_and_what_is_asked_for_stays() {
        let store = Kept::default();
        let at = |number: usize| format!("seat/{number}");
        for number in 0..40 {
            let reading = store.get(Collection::Seat, &at(number)).expect_err("nothing is kept");
            store.keep(reading, Some((Arc::new(number), MOST_BYTES / 10)));
            if number > 0 {
                assert!(store.get(Collection::Seat, &at(0)).is_ok(), "asked for again and again: {number}");
            }
        }
        let state = store.state();
        assert!(state.young.bytes + state.old.bytes <= MOST_BYTES + MOST_BYTES / 5);
    }
}
