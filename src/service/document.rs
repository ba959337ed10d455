//! Documents: the fold of a stream with the head that it belongs to, and how they are read.

use crate::refusal::Refusal;
use crate::work::{Aggregate, stream};
use kaoping_record::event::{Head, Stream};
use kaoping_store::{Collection, Store, StoreError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A document: the fold and the head that it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document<S> {
    /// The stream's head after the last event of the fold.
    pub head: Head,
    /// The fold.
    pub state: S,
}

/// An aggregate's document; `None` when nothing has happened to it yet, also for a key from outside
/// that none can have.
///
/// # Errors
/// [`Refusal::internal`] when the store fails or the document cannot be read.
pub async fn document<A: Aggregate>(store: &Store, key: &str) -> Result<Option<Arc<Document<A>>>, Refusal> {
    match stream::<A>(key) {
        Ok(stream) => following(store, Sight::Now, A::COLLECTION, key, &stream).await,
        Err(_) => Ok(None),
    }
}

/// How a document is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// As it is now.
    Now,
    /// As it was lately: a commit will assert its head, or the reader looks whether it has moved.
    Asserted,
}

/// The document that follows from a stream; `None` when nothing has happened in it yet.
///
/// # Errors
/// `damaged` when it cannot be read, or is missing although the stream has events;
/// [`Refusal::internal`] when the store fails.
pub async fn following<S: DeserializeOwned + Send + Sync + 'static>(
    store: &Store,
    sight: Sight,
    collection: Collection,
    key: &str,
    stream: &Stream,
) -> Result<Option<Arc<Document<S>>>, Refusal> {
    let read = async || {
        let read = match sight {
            Sight::Now => store.value::<Document<S>>(collection, key).await,
            Sight::Asserted => store.value_to_assert(collection, key).await,
        };
        match read {
            Err(StoreError::Key(_)) => Ok(None),
            read => read.map_err(Refusal::from),
        }
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
