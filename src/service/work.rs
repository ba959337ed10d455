//! A unit of work: load what a decision needs, append events, commit all or nothing.
//!
//! Each stream that the service writes has at most one document, the fold of its events (an [`Aggregate`]). A commit
//! names the head that each stream had when it was loaded; if another request was faster, nothing happens and the work is
//! done again from what is there now.

use crate::app::App;
use crate::error::ApiError;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::time::Time;
use kaoping_store::{Append, Blob, Change, Collection, Commit, Document as Stored, Lookup};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Version of all event bodies that the service writes.
const VERSION: u32 = 1;
/// How often a work that lost a race is done again.
pub(crate) const ATTEMPTS: u32 = 8;

/// The state that one stream leads to.
pub trait Aggregate: Serialize + DeserializeOwned + Default + Send {
    /// First part of the stream's name.
    const FAMILY: &'static str;
    /// Where its document is kept.
    const COLLECTION: Collection;
    /// What happens to it: an enum with `#[serde(tag = "kind", content = "body")]`.
    type Event: Serialize + DeserializeOwned + Send;

    /// Lets an event happen. Events are facts: this never refuses.
    fn apply(&mut self, event: Self::Event, at: Time, actor: &str);

    /// By what it is found besides its key.
    fn lookup(&self) -> Option<String> {
        None
    }

    /// Further documents that an event makes; the state is the one before it.
    fn further(&self, _event: &Self::Event) -> Vec<Change> {
        Vec::new()
    }
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

struct Open {
    collection: Collection,
    key: String,
    expected: Head,
    head: Head,
    state: Value,
    lookup: Option<String>,
    events: Vec<Sealed>,
}

/// A unit of work in progress.
pub struct Work {
    app: App,
    actor: String,
    now: Time,
    open: BTreeMap<Stream, Open>,
    appends: Vec<Append>,
    changes: Vec<Change>,
    blobs: Vec<Blob>,
}

impl App {
    /// Begins a work of this actor.
    #[must_use]
    pub fn work(&self, actor: &str) -> Work {
        Work {
            app: self.clone(),
            actor: actor.to_owned(),
            now: self.now(),
            open: BTreeMap::new(),
            appends: Vec::new(),
            changes: Vec::new(),
            blobs: Vec::new(),
        }
    }

    /// Reads an aggregate's state; the empty state when nothing has happened yet.
    ///
    /// # Errors
    /// 500 when the store fails.
    pub async fn read<A: Aggregate>(&self, key: &str) -> Result<A, ApiError> {
        Ok(document::<A>(self, key).await?.map(|document| document.state).unwrap_or_default())
    }

    /// Reads an aggregate's state that must be there.
    ///
    /// # Errors
    /// 404 naming `place` when nothing has happened to it.
    pub async fn need<A: Aggregate>(&self, key: &str, place: &str) -> Result<A, ApiError> {
        let document = document::<A>(self, key).await?;
        document.map(|document| document.state).ok_or_else(|| ApiError::not_found(place))
    }
}

/// Does a work, again when another request was faster: `transact!(app, actor, |work| { … })` gives the body's value once
/// everything is committed. The body may `return` an error; then nothing happens.
macro_rules! transact {
    ($app:expr, $actor:expr, |$work:ident| $body:expr) => {{
        let mut attempt = 1;
        loop {
            let mut unit = $app.work($actor);
            let $work = &mut unit;
            let outcome: Result<_, $crate::error::ApiError> = async { $body }.await;
            match outcome {
                Err(error) => break Err(error),
                Ok(value) => match unit.commit().await {
                    Err(error) if error.is_race() && attempt < $crate::work::ATTEMPTS => attempt += 1,
                    Err(error) => break Err(error),
                    Ok(()) => break Ok(value),
                },
            }
        }
    }};
}
pub(crate) use transact;

impl Work {
    /// The time of this work.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// The state as this work sees it.
    ///
    /// # Errors
    /// 500 when the store fails.
    pub async fn load<A: Aggregate>(&mut self, key: &str) -> Result<A, ApiError> {
        let open = self.opened::<A>(key).await?;
        serde_json::from_value(open.state.clone()).map_err(ApiError::internal)
    }

    /// Lets an event happen.
    ///
    /// # Errors
    /// 500 when the store fails or the event cannot be written.
    pub async fn append<A: Aggregate>(&mut self, key: &str, event: A::Event) -> Result<(), ApiError> {
        let (now, actor) = (self.now, self.actor.clone());
        let open = self.opened::<A>(key).await?;
        let sealed = seal::<A>(key, open.head, now, &actor, &event)?;
        let mut state: A = serde_json::from_value(open.state.clone()).map_err(ApiError::internal)?;
        let further = state.further(&event);
        state.apply(event, now, &actor);
        open.lookup = state.lookup();
        open.state = serde_json::to_value(&state).map_err(ApiError::internal)?;
        open.head = sealed.head();
        open.events.push(sealed);
        self.changes.extend(further);
        Ok(())
    }

    /// Appends events that a seat or a tablet has written, with the documents that follow from them.
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

    async fn opened<A: Aggregate>(&mut self, key: &str) -> Result<&mut Open, ApiError> {
        let stream = stream::<A>(key)?;
        if !self.open.contains_key(&stream) {
            let document = document::<A>(&self.app, key).await?;
            let lookup = document.as_ref().and_then(|document| document.state.lookup());
            let (head, state) = match document {
                Some(document) => (document.head, document.state),
                None => (Head::EMPTY, A::default()),
            };
            let open = Open {
                collection: A::COLLECTION,
                key: key.to_owned(),
                expected: head,
                head,
                state: serde_json::to_value(&state).map_err(ApiError::internal)?,
                lookup,
                events: Vec::new(),
            };
            self.open.insert(stream.clone(), open);
        }
        self.open.get_mut(&stream).ok_or_else(|| ApiError::internal("work lost a stream"))
    }

    /// Writes everything at once.
    ///
    /// # Errors
    /// 409 `race` when a stream has moved since it was loaded.
    pub async fn commit(self) -> Result<(), ApiError> {
        let mut commit = Commit { appends: self.appends, projections: self.changes, blobs: self.blobs };
        for (stream, open) in self.open {
            if open.events.is_empty() {
                continue;
            }
            let document = Document { head: open.head, state: open.state };
            commit.projections.push(Change::Put {
                collection: open.collection,
                key: open.key,
                lookup: Lookup::from(open.lookup),
                document: Stored::of(&document)?,
            });
            commit.appends.push(Append { stream, expected: open.expected, events: open.events });
        }
        if !commit.appends.is_empty() || !commit.projections.is_empty() || !commit.blobs.is_empty() {
            self.app.store.commit(commit).await?;
        }
        Ok(())
    }
}

/// An aggregate's document.
///
/// # Errors
/// 500 when the store fails or the document cannot be read.
pub async fn document<A: Aggregate>(app: &App, key: &str) -> Result<Option<Document<A>>, ApiError> {
    match app.store.get(A::COLLECTION, key).await? {
        None => Ok(None),
        Some(stored) => Ok(Some(stored.read()?)),
    }
}
