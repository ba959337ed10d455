//! A unit of work: load what a decision needs, append events, commit all or nothing.
//!
//! Each stream that the service writes has at most one document, the fold of its events (an
//! [`Aggregate`]). A commit asserts the head of every stream that the work has loaded, whether it
//! appends to that stream or not. If another request has moved one of them meanwhile, nothing is
//! written and the work is done again from the new state. So a decision never rests on what was
//! true before: `README.md` says what a work loads and what it may read beside it.

use crate::refusal::Refusal;
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

/// A document: the fold and the head that it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document<S> {
    /// The stream's head after the last event of the fold.
    pub head: Head,
    /// The fold.
    pub state: S,
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

/// An aggregate's document; `None` when nothing has happened to it yet, also for a key from outside
/// that none can have.
///
/// # Errors
/// [`Refusal::internal`] when the store fails or the document cannot be read.
pub async fn document<A: Aggregate>(store: &Store, key: &str) -> Result<Option<Document<A>>, Refusal> {
    match stream::<A>(key) {
        Ok(stream) => following(store, A::COLLECTION, key, &stream).await,
        Err(_) => Ok(None),
    }
}

/// The document that follows from a stream; `None` when nothing has happened in it yet.
///
/// # Errors
/// `damaged` when it cannot be read, or is missing although the stream has events;
/// [`Refusal::internal`] when the store fails.
pub async fn following<S: DeserializeOwned>(
    store: &Store,
    collection: Collection,
    key: &str,
    stream: &Stream,
) -> Result<Option<Document<S>>, Refusal> {
    let read = async || match store.get(collection, key).await {
        Ok(None) | Err(StoreError::Key(_)) => Ok(None),
        Ok(Some(stored)) => Ok(Some(stored.read()?)),
        Err(error) => Err(Refusal::from(error)),
    };
    if let Some(document) = read().await? {
        return Ok(Some(document));
    }
    let events = store.head(stream).await?.next_seq;
    if events == 0 {
        return Ok(None);
    }
    // The first event may have come between the two looks.
    let cause = || format!("it is missing, but its stream `{}` has {events} events", stream.as_str());
    let missing = || StoreError::Document { collection, key: key.to_owned(), cause: cause() };
    Ok(Some(read().await?.ok_or_else(missing)?))
}

/// A stream that a work has loaded, with what the work appends to it.
struct Loaded<A> {
    key: String,
    stream: Stream,
    expected: Head,
    head: Head,
    state: Option<A>,
    events: Vec<Sealed>,
}

/// [`Loaded`] whatever its aggregate is.
trait AnyLoaded: Send {
    fn as_any(&mut self) -> &mut dyn Any;
    /// Where its document is kept, and under which key.
    fn document(&self) -> (Collection, String);
    /// What to commit: the assertion of the head alone, without a document, when nothing happened.
    fn finish(self: Box<Self>) -> Result<(Append, Option<Change>), Refusal>;
}

impl<A: Aggregate> AnyLoaded for Loaded<A> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn document(&self) -> (Collection, String) {
        (A::COLLECTION, self.key.clone())
    }

    fn finish(self: Box<Self>) -> Result<(Append, Option<Change>), Refusal> {
        let change = match self.state.filter(|_| !self.events.is_empty()) {
            None => None,
            Some(state) => Some(Change::Put {
                collection: A::COLLECTION,
                key: self.key,
                lookup: Lookup::from(state.lookup()),
                document: Stored::of(&Document { head: self.head, state })?,
            }),
        };
        Ok((Append { stream: self.stream, expected: self.expected, events: self.events }, change))
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
    /// Documents of guarded streams, each with the stream that it follows from.
    followed: BTreeMap<Stream, Collection>,
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
        Ok(self.open::<A>(key).await?.state.clone())
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
        let side_documents = A::side_documents(loaded.state.as_ref(), &event);
        loaded.state = Some(fold(loaded.state.take(), event, now, &actor)?);
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
    pub async fn follow<S: DeserializeOwned>(
        &mut self,
        collection: Collection,
        stream: &Stream,
    ) -> Result<Option<Document<S>>, Refusal> {
        let document: Option<Document<S>> = following(&self.store, collection, stream.as_str(), stream).await?;
        self.guard(stream.clone(), document.as_ref().map_or(Head::EMPTY, |document| document.head));
        self.followed.insert(stream.clone(), collection);
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
            let document = document::<A>(&self.store, key).await?;
            let (head, state) = document.map_or((Head::EMPTY, None), |known| (known.head, Some(known.state)));
            let (key, events) = (key.to_owned(), Vec::new());
            let loaded = Loaded { key, stream: stream.clone(), expected: head, head, state, events };
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
        let mut commit = Commit { appends: self.appends, projections: self.changes, blobs: self.blobs };
        let mut documents = BTreeMap::new();
        documents.extend(self.followed.into_iter().map(|(stream, collection)| {
            let key = stream.as_str().to_owned();
            (stream, (collection, key))
        }));
        for (stream, loaded) in self.loaded {
            documents.insert(stream, loaded.document());
            let (append, change) = loaded.finish()?;
            commit.projections.extend(change);
            commit.appends.push(append);
        }
        for (stream, expected) in self.guarded {
            // An append to the stream asserts its head already.
            if commit.appends.iter().all(|append| append.stream != stream) {
                commit.appends.push(Append { stream, expected, events: Vec::new() });
            }
        }
        let writes = commit.appends.iter().any(|append| !append.events.is_empty());
        if writes || !commit.projections.is_empty() || !commit.blobs.is_empty() {
            match self.store.commit(commit).await {
                Err(StoreError::Conflict { stream, expected, found }) => {
                    return Err(race_or_damage(&self.store, &documents, &stream, expected, found).await?);
                }
                committed => committed?,
            };
        }
        Ok(())
    }
}

/// The head of a document whose state does not matter.
#[derive(Deserialize)]
struct WithHead {
    head: Head,
}

/// Why a commit found another head than was expected: somebody else appended meanwhile, or a
/// document differs from the state of its stream. A stream only grows, and its document is
/// committed with it, so each is found by reading once more.
async fn race_or_damage(
    store: &Store,
    documents: &BTreeMap<Stream, (Collection, String)>,
    stream: &Stream,
    expected: Head,
    found: Head,
) -> Result<Refusal, Refusal> {
    let Some((collection, key)) = documents.get(stream) else { return Ok(Refusal::race()) };
    let seen = match store.get(*collection, key).await? {
        Some(stored) => stored.read::<WithHead>()?.head.next_seq,
        None => 0,
    };
    if found.next_seq > expected.next_seq && seen >= found.next_seq {
        return Ok(Refusal::race());
    }
    let cause = format!("it has seen {seen} events, but its stream `{}` has {}", stream.as_str(), found.next_seq);
    Ok(Refusal::damaged(&StoreError::Document { collection: *collection, key: key.clone(), cause }))
}
