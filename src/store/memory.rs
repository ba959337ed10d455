//! A place that is gone with the process, for tests.

use crate::backend::Backend;
use crate::collection::Collection;
use crate::commit::{Change, Commit, Committed, Lookup};
use crate::document::{Document, Entry};
use crate::error::StoreError;
use crate::installation::InstallationId;
use crate::kept::Kept;
use crate::placed::Placed;
use crate::projector::{self, Projector, Rebuilt};
use crate::range::Range;
use async_trait::async_trait;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A place in memory, for tests. It behaves as the durable ones do, except that it is gone with its
/// last clone. Clones share what it holds.
#[derive(Clone, Default)]
pub struct Memory {
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Default)]
struct State {
    streams: BTreeMap<Stream, Vec<Sealed>>,
    order: Vec<Sealed>,
    documents: Documents,
    blobs: BTreeMap<Digest, Vec<u8>>,
}

type Documents = BTreeMap<(Collection, String), (Lookup, Document)>;

impl Memory {
    /// Another place that holds what this one holds now.
    #[must_use]
    pub fn copied(&self) -> Self {
        Self { state: Arc::new(Mutex::new(self.state().clone())) }
    }

    /// The place as one store has it.
    pub(crate) fn keeping(self, kept: Arc<Kept>, is_exclusive: bool) -> MemoryBackend {
        MemoryBackend { memory: self, kept, is_exclusive }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change below is made after all checks, by calls that do not panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in memory, with what its store keeps as values.
pub(crate) struct MemoryBackend {
    memory: Memory,
    kept: Arc<Kept>,
    is_exclusive: bool,
}

impl MemoryBackend {
    fn state(&self) -> MutexGuard<'_, State> {
        self.memory.state()
    }
}

#[async_trait]
impl Backend for MemoryBackend {
    fn installation(&self) -> Option<InstallationId> {
        None
    }

    fn is_exclusive(&self) -> bool {
        self.is_exclusive
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let mut state = self.state();
        let found = commit.appends.iter().map(|append| (append.stream.clone(), state.head(&append.stream)));
        let heads = commit.heads(found.collect())?;
        let mut last_position = None;
        for append in &commit.appends {
            state.order.extend(append.events.iter().cloned());
            if !append.events.is_empty() {
                last_position = Some(state.order.len() as u64);
                state.streams.entry(append.stream.clone()).or_default().extend(append.events.iter().cloned());
            }
        }
        for change in &commit.projections {
            apply(&mut state.documents, change.clone());
        }
        for blob in &commit.blobs {
            state.blobs.insert(blob.digest(), blob.bytes().to_vec());
        }
        // Under the lock, so that values follow in the order of the commits.
        let committed = Committed { heads, last_position };
        self.kept.follow(&[commit], &[Ok(committed.clone())]);
        Ok(committed)
    }

    async fn head(&self, stream: &Stream) -> Result<Head, StoreError> {
        Ok(self.state().head(stream))
    }

    async fn events(&self, stream: &Stream, from_seq: u64, limit: u32) -> Result<Vec<Sealed>, StoreError> {
        let from = usize::try_from(from_seq).unwrap_or(usize::MAX);
        let state = self.state();
        let events = state.streams.get(stream).into_iter().flatten();
        Ok(events.skip(from).take(limit as usize).cloned().collect())
    }

    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<Placed>, StoreError> {
        let skipped = usize::try_from(after).unwrap_or(usize::MAX);
        let state = self.state();
        let events = (1..).zip(&state.order).skip(skipped).take(limit as usize);
        Ok(events.map(|(position, event)| Placed { position, event: event.clone() }).collect())
    }

    async fn streams(&self, names: Range, limit: u32) -> Result<Vec<(Stream, Head)>, StoreError> {
        let state = self.state();
        let inside = |name: &str| names.from.as_str() <= name && name < names.until.as_str();
        let streams = state.streams.iter().filter(|(stream, _)| inside(stream.as_str()));
        Ok(streams.take(limit as usize).map(|(stream, events)| (stream.clone(), end(events))).collect())
    }

    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>, StoreError> {
        let state = self.state();
        let found = state.documents.get(&(collection, key.to_owned()));
        Ok(found.map(|(_, document)| stored(collection, key, document)))
    }

    async fn page(
        &self,
        collection: Collection,
        lookup: Option<&str>,
        keys: Range,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let state = self.state();
        let documents = state.documents.range((collection, keys.from)..(collection, keys.until));
        let wanted = documents.filter(|(_, (values, _))| lookup.is_none_or(|lookup| values.has(lookup)));
        let entry = |((_, key), (_, document)): (&(Collection, String), &(Lookup, Document))| Entry {
            key: key.clone(),
            document: stored(collection, key, document),
        };
        Ok(wanted.take(limit as usize).map(entry).collect())
    }

    async fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state().blobs.get(digest).cloned())
    }

    async fn rebuild(&self, mut projector: Box<dyn Projector>) -> Result<Rebuilt, StoreError> {
        let mut state = self.state();
        let mut rebuilt = Rebuilt::default();
        let mut documents = state.documents.clone();
        documents.retain(|(collection, _), _| collection.is_authoritative());
        for (position, event) in (1..).zip(&state.order) {
            let placed = Placed { position, event: event.clone() };
            for change in projector::project(projector.as_mut(), &placed, &mut rebuilt)? {
                apply(&mut documents, change);
            }
        }
        state.documents = documents;
        self.kept.clear();
        Ok(rebuilt)
    }
}

impl State {
    fn head(&self, stream: &Stream) -> Head {
        self.streams.get(stream).map_or(Head::EMPTY, |events| end(events))
    }
}

fn stored(collection: Collection, key: &str, document: &Document) -> Document {
    Document::stored(collection, key, Some(document.bytes().to_vec()))
}

fn end(events: &[Sealed]) -> Head {
    events.last().map_or(Head::EMPTY, Sealed::head)
}

fn apply(documents: &mut Documents, change: Change) {
    match change {
        Change::Put { collection, key, lookup, document } => {
            documents.insert((collection, key), (lookup, document));
        }
        Change::Remove { collection, key } => {
            documents.remove(&(collection, key));
        }
    }
}
