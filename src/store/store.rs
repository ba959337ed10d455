//! The verbs of a store.

use crate::backend::Backend;
use crate::collection::Collection;
use crate::commit::{Commit, Committed, check_lookup};
use crate::document::{Document, Entry};
use crate::error::StoreError;
use crate::founding::Opening;
use crate::installation::InstallationId;
use crate::kept::Kept;
use crate::memory::Memory;
use crate::placed::Placed;
use crate::postgres::PostgresBackend;
use crate::projector::{Projector, Rebuilt};
use crate::range::{MAX_PAGE, check_key, check_limit, range};
use crate::sqlite::SqliteBackend;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Streams of events, documents made from them, and blobs. Clones share one place.
///
/// Pages hold 1 to [`MAX_PAGE`] rows; one with fewer rows than `limit` is the last. To go on, give
/// the last row's key (or number) of the page before. A reader sees whole commits, and at least all
/// that were acknowledged before it asked. Arguments are checked here once, so that all backends
/// refuse the same ones.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    kept: Arc<Kept>,
    /// When a commit last found no space.
    lacked_space: Arc<Mutex<Option<Instant>>>,
}

impl Store {
    /// A store in memory, for tests.
    #[must_use]
    pub fn memory(place: Memory) -> Self {
        let kept = Arc::<Kept>::default();
        Self::over(place.keeping(kept.clone(), true), kept)
    }

    /// A store in memory that other stores over the same place may write to as well, as replicas
    /// do; for tests.
    #[must_use]
    pub fn shared_memory(place: Memory) -> Self {
        let kept = Arc::<Kept>::default();
        Self::over(place.keeping(kept.clone(), false), kept)
    }

    /// A store in one SQLite file, which is made where a new one is expected. Its tables are
    /// brought up to date. Blocks for some milliseconds. Dropping the last clone waits until what
    /// was asked is written.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Founded`], [`StoreError::OtherInstallation`],
    /// [`StoreError::WrongKey`] or [`StoreError::Unlinked`] for a file that is not the expected
    /// one; [`StoreError::Unavailable`], [`StoreError::Denied`], [`StoreError::Busy`],
    /// [`StoreError::Corrupt`] or [`StoreError::Newer`], naming the file.
    pub fn sqlite(path: impl AsRef<Path>, opening: &Opening<'_>) -> Result<Self, StoreError> {
        let kept = Arc::<Kept>::default();
        Ok(Self::over(SqliteBackend::open(path.as_ref(), opening, kept.clone())?, kept))
    }

    /// A store in one schema of a PostgreSQL server
    /// (`postgres://user:password@host:port/database`), which is made where it is missing. Its
    /// tables are brought up to date. Any number of programs may use it at once, unless one asks to
    /// be alone. Must be called within a tokio runtime, on which the writer then runs.
    ///
    /// # Errors
    /// As for [`Store::sqlite`], and [`StoreError::Taken`], naming server and schema.
    pub async fn postgres(url: &str, schema: &str, opening: &Opening<'_>) -> Result<Self, StoreError> {
        let kept = Arc::<Kept>::default();
        Ok(Self::over(PostgresBackend::open(url, schema, opening, kept.clone()).await?, kept))
    }

    fn over(backend: impl Backend + 'static, kept: Arc<Kept>) -> Self {
        Self { backend: Arc::new(backend), kept, lacked_space: Arc::default() }
    }

    /// Whether no other program can write there now, so that memory is as good as the place itself.
    #[must_use]
    pub fn is_exclusive(&self) -> bool {
        self.backend.is_exclusive()
    }

    /// The installation whose data it holds; `None` in memory.
    #[must_use]
    pub fn installation(&self) -> Option<InstallationId> {
        self.backend.installation()
    }

    /// Writes all of a commit or nothing of it, and returns when it is durable.
    ///
    /// A commit whose caller stops waiting is still carried out.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a stream has moved, [`StoreError::Event`] when an event does
    /// not continue its stream, [`StoreError::Interrupted`] when nobody knows whether it was
    /// stored; else what the backend refuses.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        commit.check()?;
        let committed = self.backend.commit(commit).await;
        if let Err(StoreError::Full { .. }) = &committed {
            *self.lacked_space.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        committed
    }

    /// Whether a commit found no space within this time. Small commits may go on meanwhile.
    #[must_use]
    pub fn lacked_space_within(&self, time: Duration) -> bool {
        let last = *self.lacked_space.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|at| at.elapsed() < time)
    }

    /// Where a stream ends; [`Head::EMPTY`] for one that holds nothing.
    ///
    /// # Errors
    /// What the backend reports.
    pub async fn head(&self, stream: &Stream) -> Result<Head, StoreError> {
        self.backend.head(stream).await
    }

    /// Events of a stream with `seq` from `from_seq`, in order; each is checked against its stored
    /// identity.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when stored bytes were altered.
    pub async fn events(&self, stream: &Stream, from_seq: u64, limit: u32) -> Result<Vec<Sealed>, StoreError> {
        check_limit(limit)?;
        self.backend.events(stream, from_seq, limit).await
    }

    /// All events of a stream.
    ///
    /// # Errors
    /// As for [`Store::events`].
    pub async fn history(&self, stream: &Stream) -> Result<Vec<Sealed>, StoreError> {
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

    /// Events of all streams with positions above `after` (0 for all), in order.
    ///
    /// No event ever appears below a position that was already read.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when stored bytes were altered.
    pub async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<Placed>, StoreError> {
        check_limit(limit)?;
        self.backend.all_events(after, limit).await
    }

    /// Streams whose names begin with `prefix` (`seat/`, `seat/room-1/`), by name, each with where
    /// it ends.
    ///
    /// # Errors
    /// What the backend reports.
    pub async fn streams(
        &self,
        prefix: &str,
        after: Option<&Stream>,
        limit: u32,
    ) -> Result<Vec<(Stream, Head)>, StoreError> {
        check_limit(limit)?;
        self.backend.streams(range(prefix, after.map(Stream::as_str))?, limit).await
    }

    /// The document of a key.
    ///
    /// # Errors
    /// What the backend reports.
    pub async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>, StoreError> {
        check_key(key)?;
        self.backend.get(collection, key).await
    }

    /// The value of a document as it is now. It comes from memory while this program alone may
    /// write there; see `kept`.
    ///
    /// # Errors
    /// As for [`Store::get`], and [`StoreError::Document`] when the document is not a `T`.
    pub async fn value<T>(&self, collection: Collection, key: &str) -> Result<Option<Arc<T>>, StoreError>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        if !self.is_exclusive() {
            self.kept.forget(collection, key);
        }
        self.value_to_assert(collection, key).await
    }

    /// The value of a document as it was lately, for a commit that asserts the head of its stream;
    /// who finds that the stream has moved calls [`Store::forget`] and reads again.
    ///
    /// # Errors
    /// As for [`Store::value`].
    pub async fn value_to_assert<T>(&self, collection: Collection, key: &str) -> Result<Option<Arc<T>>, StoreError>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        check_key(key)?;
        let reading = match self.kept.get(collection, key) {
            Ok(value) => match value.downcast() {
                Ok(value) => return Ok(Some(value)),
                Err(_) => return self.read(collection, key).await.map(|read| read.map(|(value, _)| value)),
            },
            Err(reading) => reading,
        };
        let read = self.read::<T>(collection, key).await?;
        self.kept.keep(reading, read.clone().map(|(value, bytes)| (value as _, bytes)));
        Ok(read.map(|(value, _)| value))
    }

    /// A document's value from the place itself, and its size.
    async fn read<T: DeserializeOwned>(
        &self,
        collection: Collection,
        key: &str,
    ) -> Result<Option<(Arc<T>, usize)>, StoreError> {
        let document = self.backend.get(collection, key).await?;
        document.map(|document| Ok((Arc::new(document.read()?), document.bytes().len()))).transpose()
    }

    /// Forgets a value that [`Store::value_to_assert`] gave, if it is still kept: its stream has
    /// moved.
    pub fn forget<T: Send + Sync + 'static>(&self, collection: Collection, key: &str, value: Arc<T>) {
        self.kept.forget_same(collection, key, &(value as _));
    }

    /// Documents with `lookup` among their lookup values, by key.
    ///
    /// # Errors
    /// What the backend reports.
    pub async fn find(
        &self,
        collection: Collection,
        lookup: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        check_lookup(lookup)?;
        check_limit(limit)?;
        self.backend.page(collection, Some(lookup), range("", after)?, limit).await
    }

    /// Documents whose keys begin with `prefix`, by key.
    ///
    /// # Errors
    /// What the backend reports.
    pub async fn page(
        &self,
        collection: Collection,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        check_limit(limit)?;
        self.backend.page(collection, None, range(prefix, after)?, limit).await
    }

    /// All documents whose keys begin with `prefix`, by key, read page by page.
    ///
    /// # Errors
    /// As for [`Store::page`].
    pub async fn all(&self, collection: Collection, prefix: &str) -> Result<Vec<Entry>, StoreError> {
        let mut rows: Vec<Entry> = Vec::new();
        loop {
            let page = self.page(collection, prefix, rows.last().map(|row| row.key.as_str()), MAX_PAGE).await?;
            let last = page.len() < MAX_PAGE as usize;
            rows.extend(page);
            if last {
                return Ok(rows);
            }
        }
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when they no longer have this digest.
    pub async fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.backend.blob(digest).await
    }

    /// Empties every collection that is not authoritative and writes what `projector` makes of
    /// every event, at once: readers see the old documents until the new ones are complete, and
    /// commits wait.
    ///
    /// # Errors
    /// [`StoreError::Projector`] when the projector fails; everything is then as before.
    pub async fn rebuild(&self, projector: Box<dyn Projector>) -> Result<Rebuilt, StoreError> {
        self.backend.rebuild(projector).await
    }
}
