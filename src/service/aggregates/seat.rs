//! What a seat's own stream leads to. The seat writes it; the service checks each event and keeps the fold.

use crate::refusal::Refusal;
use crate::work::Document;
use kaoping_engine::session::answers::Answers;
use kaoping_record::event::{Head, Stream};
use kaoping_record::time::Time;
use kaoping_store::{Change, Collection, Document as Stored, Lookup, Store};
use serde::{Deserialize, Serialize};

/// The fold of one PC's stream, with the answers that it continued from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SeatState {
    /// Answers and flags.
    pub answers: Answers,
    /// When the last event happened, by the seat's account.
    pub last_at_ms: Option<Time>,
}

/// Reads the fold of a seat's stream.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn read(store: &Store, stream: &Stream) -> Result<Option<Document<SeatState>>, Refusal> {
    match store.get(Collection::Seat, stream.as_str()).await? {
        None => Ok(None),
        Some(stored) => Ok(Some(stored.read()?)),
    }
}

/// The document of a seat's stream after an append.
///
/// # Errors
/// [`Refusal::internal`] when it cannot be written.
pub fn change(stream: &Stream, head: Head, state: SeatState) -> Result<Change, Refusal> {
    Ok(Change::Put {
        collection: Collection::Seat,
        key: stream.as_str().to_owned(),
        lookup: Lookup::NONE,
        document: Stored::of(&Document { head, state })?,
    })
}
