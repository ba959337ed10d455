//! What a seat's own stream leads to. The seat writes it; the service checks each event and keeps
//! the fold: what the events of this PC and of the PCs before it have led to.

use crate::document::{Document, Sight, following};
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::session::progress::Progress;
use kaoping_record::event::{Head, Stream};
use kaoping_store::{Change, Collection, Document as Stored, Lookup, Store};
use std::sync::Arc;

/// Reads the fold of a seat's stream.
///
/// # Errors
/// As [`following`].
pub async fn read(store: &Store, stream: &Stream) -> Result<Option<Arc<Document<Progress>>>, Refusal> {
    following(store, Sight::Now, Collection::Seat, stream.as_str(), stream).await
}

/// Reads the fold for a work that rests on it: the commit asserts that the stream has not moved.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn follow(work: &mut Work, stream: &Stream) -> Result<Option<Arc<Document<Progress>>>, Refusal> {
    work.follow(Collection::Seat, stream).await
}

/// The document of a seat's stream after an append.
///
/// # Errors
/// [`Refusal::internal`] when it cannot be written.
pub fn change(stream: &Stream, head: Head, state: Progress) -> Result<Change, Refusal> {
    Ok(Change::Put {
        collection: Collection::Seat,
        key: stream.as_str().to_owned(),
        lookup: Lookup::NONE,
        document: Stored::keeping(Arc::new(Document { head, state }))?,
    })
}
