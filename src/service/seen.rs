//! What a work has seen, and whether it still holds.

use crate::document::Document;
use crate::refusal::Refusal;
use kaoping_record::event::{Head, Stream};
use kaoping_store::{Collection, Store, StoreError};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a work rests on: where a stream ended when it was seen, and the document that was seen of
/// it.
pub(crate) struct Seen {
    pub(crate) head: Head,
    collection: Collection,
    key: String,
    /// Forgets the document in memory.
    forget: Box<dyn Fn(&Store) + Send + Sync>,
}

impl Seen {
    pub(crate) fn of<S: Send + Sync + 'static>(
        collection: Collection,
        key: &str,
        found: Option<&Arc<Document<S>>>,
    ) -> Self {
        let (head, found) = (found.map_or(Head::EMPTY, |found| found.head), found.cloned());
        let kept = key.to_owned();
        let forget = Box::new(move |store: &Store| {
            if let Some(found) = &found {
                store.forget(collection, &kept, found.clone());
            }
        });
        Self { head, collection, key: key.to_owned(), forget }
    }

    /// Forgets the document in memory, if it is still the one that was seen.
    pub(crate) fn forget(&self, store: &Store) {
        (self.forget)(store);
    }
}

/// Whether a stream has moved since it was seen. Where this program alone may write, none has.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub(crate) async fn has_moved(store: &Store, seen: &BTreeMap<Stream, Seen>) -> Result<bool, Refusal> {
    if store.is_exclusive() {
        return Ok(false);
    }
    for (stream, known) in seen {
        if store.head(stream).await? != known.head {
            seen.values().for_each(|seen| seen.forget(store));
            return Ok(true);
        }
    }
    Ok(false)
}

/// The head of a document whose state does not matter.
#[derive(Deserialize)]
struct WithHead {
    head: Head,
}

/// Why a commit found another head than was expected: somebody else appended meanwhile, or a
/// document differs from the state of its stream. A stream only grows, and its document is
/// committed with it, so each is found by reading once more.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub(crate) async fn race_or_damage(
    store: &Store,
    all_seen: &BTreeMap<Stream, Seen>,
    stream: &Stream,
    expected: Head,
    found: Head,
) -> Result<Refusal, Refusal> {
    let Some(Seen { collection, key, .. }) = all_seen.get(stream) else { return Ok(Refusal::race()) };
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
