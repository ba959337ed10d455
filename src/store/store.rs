//! The verbs of a store.

use crate::collection::Collection;
use crate::commit::{Commit, Committed};
use crate::document::{Document, Entry};
use crate::error::StoreError;
use crate::projector::{Projector, Rebuilt};
use crate::range::MAX_PAGE;
use async_trait::async_trait;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};

/// An event with its place in the order of the whole store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// From 1, without gaps, in the order of commits.
    pub position: u64,
    /// The event.
    pub event: Sealed,
}

/// Streams of events, documents made from them, and blobs.
///
/// Pages hold 1 to [`MAX_PAGE`] rows; one with fewer rows than `limit` is the last. To go on, give the last row's key
/// (or number) of the page before. A reader sees whole commits, and at least all that were acknowledged before it asked.
#[async_trait]
pub trait Store: Send + Sync {
    /// Writes all of a commit or nothing of it, and returns when it is durable.
    ///
    /// A commit whose caller stops waiting is still carried out.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a stream has moved, [`StoreError::Event`] when an event does not continue its
    /// stream, [`StoreError::Interrupted`] when nobody knows whether it was stored; else what the backend refuses.
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError>;

    /// Where a stream ends; [`Head::EMPTY`] for one that holds nothing.
    ///
    /// # Errors
    /// What the backend reports.
    async fn head(&self, stream: &Stream) -> Result<Head, StoreError>;

    /// Events of a stream with `seq` from `from_seq`, in order; each is checked against its stored identity.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when stored bytes were altered.
    async fn events(&self, stream: &Stream, from_seq: u64, limit: u32) -> Result<Vec<Sealed>, StoreError>;

    /// Events of all streams with positions above `after` (0 for all), in order.
    ///
    /// No event ever appears below a position that was already read.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when stored bytes were altered.
    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<Placed>, StoreError>;

    /// Streams whose names begin with `prefix` (`seat/`, `seat/room-1/`), by name, each with where it ends.
    ///
    /// # Errors
    /// What the backend reports.
    async fn streams(
        &self,
        prefix: &str,
        after: Option<&Stream>,
        limit: u32,
    ) -> Result<Vec<(Stream, Head)>, StoreError>;

    /// The document of a key.
    ///
    /// # Errors
    /// What the backend reports.
    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>, StoreError>;

    /// Documents with `lookup` among their lookup values, by key.
    ///
    /// # Errors
    /// What the backend reports.
    async fn find(
        &self,
        collection: Collection,
        lookup: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Documents whose keys begin with `prefix`, by key.
    ///
    /// # Errors
    /// What the backend reports.
    async fn page(
        &self,
        collection: Collection,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError>;

    /// The bytes of a blob.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when they no longer have this digest.
    async fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError>;

    /// Empties every collection that is not authoritative and writes what `projector` makes of every event, at once:
    /// readers see the old documents until the new ones are complete, and commits wait.
    ///
    /// # Errors
    /// [`StoreError::Projector`] when the projector fails; everything is then as before.
    async fn rebuild(&self, projector: Box<dyn Projector>) -> Result<Rebuilt, StoreError>;

    /// All events of a stream.
    ///
    /// # Errors
    /// As for [`Store::events`].
    async fn history(&self, stream: &Stream) -> Result<Vec<Sealed>, StoreError> {
        let mut events = Vec::new();
        loop {
            let page = self.events(stream, events.len() as u64, MAX_PAGE).await?;
            let last = page.len() < MAX_PAGE as usize;
            events.extend(page);
            if last {
                return Ok(events);
            }
        }
    }
}
