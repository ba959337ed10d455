//! A store in one SQLite file: the default, embedded.
//!
//! One thread writes; it takes all commits that wait and syncs them together. A few connections
//! read, each seeing the last commit (write-ahead log).

pub(crate) mod connection;
pub(crate) mod error;
mod founding;
mod read;
mod readers;
pub(crate) mod watch;
mod write;

use crate::backend::Backend;
use crate::collection::Collection;
use crate::commit::{Commit, Committed};
use crate::document::{Document, Entry};
use crate::error::StoreError;
use crate::founding::{Expected, Opening};
use crate::installation::InstallationId;
use crate::kept::Kept;
use crate::place::Place;
use crate::placed::Placed;
use crate::projector::{Projector, Rebuilt};
use crate::queue::{Group, Job, Queue, answer_rebuild};
use crate::range::Range;
use async_trait::async_trait;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};
use readers::Readers;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::mpsc::Receiver;
use watch::Watch;

const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_streams.sql")];

/// One file, with its writer's thread and its readers.
pub(crate) struct SqliteBackend {
    // Dropped before the thread is waited for: the end of the queue is the thread's end.
    queue: Option<Queue>,
    writer: Option<JoinHandle<()>>,
    readers: Readers,
    installation: InstallationId,
    alone: bool,
}

impl SqliteBackend {
    pub(crate) fn open(path: &Path, opening: &Opening<'_>, kept: Arc<Kept>) -> Result<Self, StoreError> {
        let name = path.display().to_string();
        if !matches!(opening.expected, Expected::Empty(_)) && !path.exists() {
            return Err(StoreError::Missing { place: name });
        }
        let mut connection = connection::writer(path, &name, MIGRATIONS)?;
        let admitted = founding::admit(&mut connection, &name, opening);
        let (cipher, installation) = admitted.map_err(|failure| failure.at(&name))?;
        let place = Arc::new(Place { name, cipher, link: None });
        let (queue, waiting) = Queue::new(place.name.clone());
        let watch = Watch::of(path);
        let writer = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn({
                let place = Arc::clone(&place);
                move || serve(connection, &place, &watch, &kept, waiting)
            })
            .map_err(|error| StoreError::Backend { place: place.name.clone(), cause: error.to_string() })?;
        let readers = Readers::new(path, place);
        Ok(Self { queue: Some(queue), writer: Some(writer), readers, installation, alone: opening.alone })
    }

    fn queue(&self) -> Result<&Queue, StoreError> {
        self.queue.as_ref().ok_or_else(|| StoreError::Interrupted {
            place: self.readers.place().to_owned(),
            cause: "the store is closed".to_owned(),
        })
    }
}

impl Drop for SqliteBackend {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// The writer's thread: until the store is dropped.
fn serve(mut connection: Connection, place: &Place, watch: &Watch, kept: &Kept, mut waiting: Receiver<Job>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut group = Group::gather(first, &mut waiting);
        let rebuild = group.rebuild.take();
        if !group.commits.is_empty() {
            let results = write_watched(&mut connection, place, watch, &group.commits);
            group.answer(kept, results);
        }
        if let Some((mut projector, reply)) = rebuild {
            let rebuilt = watch.check().and_then(|()| write::rebuild(&mut connection, place, projector.as_mut()));
            answer_rebuild(reply, kept, rebuilt);
        }
    }
}

/// Writes a group into the file that still has its name: nothing into another, and nothing is
/// acknowledged that went into one that was taken away meanwhile.
fn write_watched(
    connection: &mut Connection,
    place: &Place,
    watch: &Watch,
    commits: &[Commit],
) -> Vec<Result<Committed, StoreError>> {
    let refused = |error: StoreError| commits.iter().map(|_| Err(error.clone())).collect();
    if let Err(error) = watch.check() {
        return refused(error);
    }
    let results = write::group(connection, place, commits);
    match watch.check() {
        Ok(()) => results,
        Err(error) => refused(StoreError::Interrupted { place: place.name.clone(), cause: error.to_string() }),
    }
}

#[async_trait]
impl Backend for SqliteBackend {
    fn installation(&self) -> Option<InstallationId> {
        Some(self.installation)
    }

    fn is_exclusive(&self) -> bool {
        self.alone
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.queue()?.commit(commit).await
    }

    async fn head(&self, stream: &Stream) -> Result<Head, StoreError> {
        let stream = stream.clone();
        self.readers.read(move |connection, place| read::head(connection, place, &stream)).await
    }

    async fn events(&self, stream: &Stream, from_seq: u64, limit: u32) -> Result<Vec<Sealed>, StoreError> {
        let stream = stream.clone();
        self.readers.read(move |connection, place| read::events(connection, place, &stream, from_seq, limit)).await
    }

    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<Placed>, StoreError> {
        self.readers.read(move |connection, place| read::all_events(connection, place, after, limit)).await
    }

    async fn streams(&self, names: Range, limit: u32) -> Result<Vec<(Stream, Head)>, StoreError> {
        self.readers.read(move |connection, place| read::streams(connection, place, &names, limit)).await
    }

    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>, StoreError> {
        let key = key.to_owned();
        self.readers.read(move |connection, place| read::get(connection, place, collection, &key)).await
    }

    async fn page(
        &self,
        collection: Collection,
        lookup: Option<&str>,
        keys: Range,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let lookup = lookup.map(str::to_owned);
        self.readers
            .read(move |connection, place| match lookup {
                Some(lookup) => read::find(connection, place, collection, &lookup, &keys, limit),
                None => read::page(connection, place, collection, &keys, limit),
            })
            .await
    }

    async fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let digest = *digest;
        self.readers.read(move |connection, place| read::blob(connection, place, &digest)).await
    }

    async fn rebuild(&self, projector: Box<dyn Projector>) -> Result<Rebuilt, StoreError> {
        self.queue()?.rebuild(projector).await
    }
}
