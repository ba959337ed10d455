//! The operations of a backend. [`Store`](crate::Store) has checked every argument before it calls
//! them.

use crate::collection::Collection;
use crate::commit::{Commit, Committed};
use crate::document::{Document, Entry};
use crate::error::StoreError;
use crate::installation::InstallationId;
use crate::placed::Placed;
use crate::projector::{Projector, Rebuilt};
use crate::range::Range;
use async_trait::async_trait;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};

/// A place where streams, documents and blobs lie. The verbs mean what those of
/// [`Store`](crate::Store) mean.
#[async_trait]
pub(crate) trait Backend: Send + Sync {
    /// Whose data it holds; `None` in memory.
    fn installation(&self) -> Option<InstallationId>;

    /// Whether no other program can write there now.
    fn is_exclusive(&self) -> bool;

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError>;

    async fn head(&self, stream: &Stream) -> Result<Head, StoreError>;

    async fn events(&self, stream: &Stream, from_seq: u64, limit: u32) -> Result<Vec<Sealed>, StoreError>;

    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<Placed>, StoreError>;

    /// Streams whose names lie in the range.
    async fn streams(&self, names: Range, limit: u32) -> Result<Vec<(Stream, Head)>, StoreError>;

    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>, StoreError>;

    /// Documents whose keys lie in the range, with `lookup` among their lookup values where one is
    /// given.
    async fn page(
        &self,
        collection: Collection,
        lookup: Option<&str>,
        keys: Range,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError>;

    async fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError>;

    async fn rebuild(&self, projector: Box<dyn Projector>) -> Result<Rebuilt, StoreError>;
}
