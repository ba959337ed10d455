//! A unit of work: load what a decision needs, append events, commit all or nothing.
//!
//! Each stream that the service writes has at most one document, the fold of its events (an
//! [`Aggregate`]). A commit asserts the head of every stream that the work has loaded, whether it
//! appends to that stream or not. If another request has moved one of them meanwhile, nothing is
//! written and the work is done again from the new state. So a decision never rests on what was
//! true before: `README.md` says what a work loads and what it may read beside it.

use crate::document::{Document, Sight, following};
use crate::refusal::Refusal;
use crate::seen::{self, Seen};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::time::Time;
use kaoping_store::{Append, Blob, Change, Collection, Commit, Document as Stored, Lookup, Store, StoreError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Version of all event bodies that the service writes.
const VERSION: u32 = 1;
/// How often a work that lost a race is done again.
pub(crate) const ATTEMPTS: u32 = 8;

/// The state after the events of one stream. A stream without events has none.
pub trait Aggregate: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// First part of the stream's name.
    const FAMILY: &'static str;
    /// Where its document is kept.
    const COLLECTION: Collection;
    /// What happens to it: an enum with `#[serde(tag = "kind", content = "body")]`.
    type Event: Serialize + DeserializeOwned + Send;

    /// The state after the first event; `None` when such an event cannot be the first.
    fn begin(event: Self::Event, at: Time, actor: &str) -> Option<Self>;

    /// Applies a later event. Events are facts: this never refuses.
    fn apply(&mut self, event: Self::Event, at: Time, actor: &str);

    /// A second value by which the document is found, besides its key.
    fn lookup(&self) -> Option<String> {
        None
    }

    /// Further documents that an event makes; `before` is the state before it.
    fn side_documents(_before: Option<&Self>, _event: &Self::Event) -> Vec<Change> {
        Vec::new()
    }
}

/// The state after one more event.
///
/// # Errors
/// [`Refusal::internal`] when a stream begins with an event that presupposes others.
pub fn fold<A: Aggregate>(before: Option<A>, event: A::Event, at: Time, actor: &str) -> Result<A, Refusal> {
    match before {
        Some(mut state) => {
            state.apply(event, at, actor);
            Ok(state)
        }
        None => A::begin(event, at, actor)
            .ok_or_else(|| Refusal::internal(format!("a stream of `{}` begins with another event", A::FAMILY))),
    }
}

/// [`Aggregate::begin`] for a state that exists, empty, before its first event.
pub(crate) fn begin_empty<A: Aggregate + Default>(event: A::Event, at: Time, actor: &str) -> Option<A> {
    let mut state = A::default();
    state.apply(event, at, actor);
    Some(state)
}

#[derive(Serialize, Deserialize)]
struct Tagged {
    kind: String,
    #[serde(default)]
    body: Value,
}

/// An event of an aggregate, sealed as the next of its stream.
///
/// # Errors
/// [`EventError`] when a name lies outside the bounds.
pub fn seal<A: Aggregate>(
    key: &str,
    head: Head,
    at: Time,
    actor: &str,
    event: &A::Event,
) -> Result<Sealed, EventError> {
    let json = |error: serde_json::Error| canonical::CanonicalError::Json(error.to_string());
    let tagged: Tagged = serde_json::to_value(event).and_then(serde_json::from_value).map_err(json)?;
    let kind = format!("{}.{}", A::FAMILY, tagged.kind);
    Sealed::next(&stream::<A>(key)?, head, at, actor, &kind, VERSION, &tagged.body)
}

/// Reads an aggregate's event.
///
/// # Errors
/// [`EventError::Unknown`] for another kind or version.
pub fn unseal<A: Aggregate>(sealed: &Sealed) -> Result<A::Event, EventError> {
    let event = sealed.event();
    let unknown = || EventError::Unknown { kind: event.kind.clone(), v: event.v };
    let kind = event.kind.strip_prefix(A::FAMILY).and_then(|rest| rest.strip_prefix('.'));
    let kind = kind.filter(|_| event.v == VERSION).ok_or_else(unknown)?.to_owned();
    let tagged = if event.body.is_null() {
        serde_json::json!({ "kind": kind })
    } else {
        serde_json::json!({ "kind": kind, "body": event.body })
    };
    serde_json::from_value(tagged).map_err(|_| unknown())
}

/// The stream of an aggregate.
///
/// # Errors
/// [`EventError::Stream`] when the key cannot be part of a name.
pub fn stream<A: Aggregate>(key: &str) -> Result<Stream, EventError> {
    Stream::new(format!("{}/{key}", A::FAMILY))
}

/// A stream that a work has loaded, with what the work appends to it.
struct Loaded<A> {
    key: String,
    stream: Stream,
    /// As it was loaded.
    found: Option<Arc<Document<A>>>,
    head: Head,
    /// The state after what the work appends.
    changed: Option<A>,
    events: Vec<Sealed>,
}

impl<A: Aggregate> Loaded<A> {
    fn expected(&self) -> Head {
        self.found.as_ref().map_or(Head::EMPTY, |found| found.head)
    }

    fn state(&self) -> Option<&A> {
        self.changed.as_ref().or_else(|| self.found.as_ref().map(|found| &found.state))
    }
}

/// [`Loaded`] whatever its aggregate is.
trait AnyLoaded: Send {
    fn as_any(&mut self) -> &mut dyn Any;
    /// What was loaded.
    fn seen(&self) -> Seen;
    /// What to commit: the assertion of the head alone, without a document, when nothing happened.
    fn finish(self: Box<Self>) -> Result<(Append, Option<Change>), Refusal>;
}

impl<A: Aggregate> AnyLoaded for Loaded<A> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn seen(&self) -> Seen {
        Seen::of(A::COLLECTION, &self.key, self.found.as_ref())
    }

    fn finish(self: Box<Self>) -> Result<(Append, Option<Change>), Refusal> {
        let expected = self.expected();
        let change = match self.changed {
            None => None,
            Some(state) => Some(Change::Put {
                collection: A::COLLECTION,
                key: self.key,
                lookup: Lookup::from(state.lookup()),
                document: Stored::keeping(Arc::new(Document { head: self.head, state }))?,
            }),
        };
        Ok((Append { stream: self.stream, expected, events: self.events }, change))
    }
}

/// A unit of work in progress.
pub struct Work {
    store: Store,
    actor: String,
    now: Time,
    loaded: BTreeMap<Stream, Box<dyn AnyLoaded>>,
    /// Heads of streams of seats and tablets on which the work rests.
    guarded: BTreeMap<Stream, Head>,
    /// Documents of guarded streams.
    followed: BTreeMap<Stream, Seen>,
    appends: Vec<Append>,
    changes: Vec<Change>,
    blobs: Vec<Blob>,
}

impl Work {
    /// Begins a work of this actor at this time.
    #[must_use]
    pub fn new(store: Store, now: Time, actor: &str) -> Self {
        Self {
            store,
            actor: actor.to_owned(),
            now,
            loaded: BTreeMap::new(),
            guarded: BTreeMap::new(),
            followed: BTreeMap::new(),
            appends: Vec::new(),
            changes: Vec::new(),
            blobs: Vec::new(),
        }
    }

    /// The time of this work.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// Dates what this work writes by a room's time.
    pub fn set_now(&mut self, now: Time) {
        self.now = now;
    }

    /// The state as this work sees it; `None` when nothing has happened to it yet.
    ///
    /// # Errors
    /// [`Refusal::internal`] when the store fails.
    pub async fn load<A: Aggregate>(&mut self, key: &str) -> Result<Option<A>, Refusal> {
        Ok(self.open::<A>(key).await?.state().cloned())
    }

    /// The state as this work sees it, which must exist.
    ///
    /// # Errors
    /// [`Refusal::not_found`] naming `place` when nothing has happened to it.
    pub async fn need<A: Aggregate>(&mut self, key: &str, place: &str) -> Result<A, Refusal> {
        self.load(key).await?.ok_or_else(|| Refusal::not_found(place))
    }

    /// Appends an event to the aggregate's stream and applies it.
    ///
    /// # Errors
    /// [`Refusal::internal`] when the store fails or the event cannot be written.
    pub async fn append<A: Aggregate>(&mut self, key: &str, event: A::Event) -> Result<(), Refusal> {
        let (now, actor) = (self.now, self.actor.clone());
        let loaded = self.open::<A>(key).await?;
        let sealed = seal::<A>(key, loaded.head, now, &actor, &event)?;
        let side_documents = A::side_documents(loaded.state(), &event);
        loaded.changed = Some(fold(loaded.state().cloned(), event, now, &actor)?);
        loaded.head = sealed.head();
        loaded.events.push(sealed);
        self.changes.extend(side_documents);
        Ok(())
    }

    /// The work rests on a seat's or a tablet's stream ending here; the commit asserts it.
    pub fn guard(&mut self, stream: Stream, head: Head) {
        self.guarded.insert(stream, head);
    }

    /// A document that follows from a seat's stream, and the assertion that the stream ends where
    /// the document does.
    ///
    /// # Errors
    /// [`Refusal::internal`] when the store fails or the document cannot be read.
    pub async fn follow<S: DeserializeOwned + Send + Sync + 'static>(
        &mut self,
        collection: Collection,
        stream: &Stream,
    ) -> Result<Option<Arc<Document<S>>>, Refusal> {
        let key = stream.as_str();
        let document = following::<S>(&self.store, Sight::Asserted, collection, key, stream).await?;
        self.guard(stream.clone(), document.as_ref().map_or(Head::EMPTY, |document| document.head));
        self.followed.insert(stream.clone(), Seen::of(collection, key, document.as_ref()));
        Ok(document)
    }

    /// Appends events that a seat or a tablet has written, with the documents that follow from
    /// them.
    pub fn append_foreign(&mut self, append: Append, changes: Vec<Change>) {
        self.appends.push(append);
        self.changes.extend(changes);
    }

    /// Stores bytes by their digest.
    pub fn blob(&mut self, bytes: Vec<u8>) -> Digest {
        let blob = Blob::new(bytes);
        let digest = blob.digest();
        self.blobs.push(blob);
        digest
    }

    async fn open<A: Aggregate>(&mut self, key: &str) -> Result<&mut Loaded<A>, Refusal> {
        // A key from outside that cannot be part of a name.
        let stream = stream::<A>(key).map_err(|_| Refusal::not_found(A::FAMILY))?;
        if !self.loaded.contains_key(&stream) {
            let found = following::<A>(&self.store, Sight::Asserted, A::COLLECTION, key, &stream).await?;
            let head = found.as_ref().map_or(Head::EMPTY, |found| found.head);
            let (key, events) = (key.to_owned(), Vec::new());
            let loaded = Loaded { key, stream: stream.clone(), found, head, changed: None, events };
            self.loaded.insert(stream.clone(), Box::new(loaded));
        }
        let loaded = self.loaded.get_mut(&stream).and_then(|loaded| loaded.as_any().downcast_mut());
        loaded.ok_or_else(|| Refusal::internal("two aggregates share one family of streams"))
    }

    /// Writes everything at once, if every stream that the work has loaded or guarded still ends
    /// where it did. A work that has nothing to write commits nothing.
    ///
    /// # Errors
    /// [`Refusal::race`] when a stream has moved since it was loaded; `damaged` when a stream and
    /// its document do not belong together, so that no attempt will do better.
    pub async fn commit(self) -> Result<(), Refusal> {
        let Self { store, loaded, guarded, followed: mut seen, appends, changes, blobs, .. } = self;
        let mut commit = Commit { appends, projections: changes, blobs };
        for (stream, loaded) in loaded {
            seen.insert(stream, loaded.seen());
            let (append, change) = loaded.finish()?;
            commit.projections.extend(change);
            commit.appends.push(append);
        }
        for (stream, expected) in guarded {
            // An append to the stream asserts its head already.
            if commit.appends.iter().all(|append| append.stream != stream) {
                commit.appends.push(Append { stream, expected, events: Vec::new() });
            }
        }
        let writes = commit.appends.iter().any(|append| !append.events.is_empty());
        if writes || !commit.projections.is_empty() || !commit.blobs.is_empty() {
            match store.commit(commit).await {
                Err(StoreError::Conflict { stream, expected, found }) => {
                    seen.values().for_each(|seen| seen.forget(&store));
                    return Err(seen::race_or_damage(&store, &seen, &stream, expected, found).await?);
                }
                committed => committed?,
            };
        } else if seen::has_moved(&store, &seen).await? {
            return Err(Refusal::race());
        }
        Ok(())
    }

    /// Whether a stream that the work has seen has moved since, by another program. Where this
    /// program alone may write, what a work sees is what was there; elsewhere a refusal may rest on
    /// what was true some time ago, and the work is done again.
    ///
    /// # Errors
    /// [`Refusal::internal`] when the store fails.
    pub async fn has_moved(self) -> Result<bool, Refusal> {
        let mut seen = self.followed;
        seen.extend(self.loaded.into_iter().map(|(stream, loaded)| (stream, loaded.seen())));
        seen::has_moved(&self.store, &seen).await
    }
}
