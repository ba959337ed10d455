//! A store on PostgreSQL, or on a database that speaks its wire protocol: many sites, several replicas of the service.

pub(crate) mod connection;
pub(crate) mod error;
mod read;
mod write;

use crate::collection::Collection;
use crate::commit::{Commit, Committed, check_lookup};
use crate::document::{Document, Entry};
use crate::error::StoreError;
use crate::projector::{Projector, Rebuilt};
use crate::queue::{Group, Job, Queue, answer};
use crate::range::{check_key, check_limit, range};
use crate::store::{Placed, Store};
use async_trait::async_trait;
use connection::Connections;
use deadpool_postgres::Object;
use error::Failure;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};
use tokio::sync::mpsc::Receiver;

const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_streams.sql")];

/// A store in one schema of a server. Any number of programs may use it at once.
pub struct PostgresStore {
    queue: Queue,
    connections: Connections,
}

impl PostgresStore {
    /// Connects to `url` (`postgres://user:password@host:port/database`), makes `schema` where it is missing and brings
    /// its tables up to date. Must be called within a tokio runtime, on which the writer then runs.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Denied`], [`StoreError::Busy`] or [`StoreError::Newer`], naming server
    /// and schema.
    pub async fn open(url: &str, schema: &str) -> Result<Self, StoreError> {
        let connections = Connections::open(url, schema, MIGRATIONS).await?;
        let (queue, waiting) = Queue::new(connections.place().to_owned());
        tokio::spawn(serve(connections.clone(), waiting));
        Ok(Self { queue, connections })
    }

    async fn client(&self) -> Result<Object, StoreError> {
        self.connections.get().await.map_err(|failure| self.named(failure))
    }

    fn named(&self, failure: Failure) -> StoreError {
        failure.at(self.connections.place())
    }
}

/// The writer: until the store is dropped.
async fn serve(connections: Connections, mut waiting: Receiver<Job>) {
    while let Some(first) = waiting.recv().await {
        let group = Group::gather(first, &mut waiting);
        if !group.commits.is_empty() {
            answer(group.replies, write::group(&connections, &group.commits).await);
        }
        if let Some((mut projector, reply)) = group.rebuild {
            let _ = reply.send(write::rebuild(&connections, projector.as_mut()).await);
        }
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.queue.commit(commit).await
    }

    async fn head(&self, stream: &Stream) -> Result<Head, StoreError> {
        let client = self.client().await?;
        let heads = read::heads(&client, self.connections.place(), &[stream.as_str()]).await;
        let heads = heads.map_err(|failure| self.named(failure))?;
        Ok(heads.get(stream).copied().unwrap_or(Head::EMPTY))
    }

    async fn events(&self, stream: &Stream, from_seq: u64, limit: u32) -> Result<Vec<Sealed>, StoreError> {
        check_limit(limit)?;
        let client = self.client().await?;
        let events = read::events(&client, self.connections.place(), stream, from_seq, limit).await;
        events.map_err(|failure| self.named(failure))
    }

    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<Placed>, StoreError> {
        check_limit(limit)?;
        let client = self.client().await?;
        let events = read::all_events(&client, self.connections.place(), after, limit).await;
        events.map_err(|failure| self.named(failure))
    }

    async fn streams(
        &self,
        prefix: &str,
        after: Option<&Stream>,
        limit: u32,
    ) -> Result<Vec<(Stream, Head)>, StoreError> {
        check_limit(limit)?;
        let range = range(prefix, after.map(Stream::as_str))?;
        let client = self.client().await?;
        let streams = read::streams(&client, self.connections.place(), &range, limit).await;
        streams.map_err(|failure| self.named(failure))
    }

    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>, StoreError> {
        check_key(key)?;
        let client = self.client().await?;
        read::get(&client, collection, key).await.map_err(|failure| self.named(failure))
    }

    async fn find(
        &self,
        collection: Collection,
        lookup: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        check_lookup(lookup)?;
        check_limit(limit)?;
        let range = range("", after)?;
        let client = self.client().await?;
        read::find(&client, collection, lookup, &range, limit).await.map_err(|failure| self.named(failure))
    }

    async fn page(
        &self,
        collection: Collection,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        check_limit(limit)?;
        let range = range(prefix, after)?;
        let client = self.client().await?;
        read::page(&client, collection, &range, limit).await.map_err(|failure| self.named(failure))
    }

    async fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let client = self.client().await?;
        let blob = read::blob(&client, self.connections.place(), digest).await;
        blob.map_err(|failure| self.named(failure))
    }

    async fn rebuild(&self, projector: Box<dyn Projector>) -> Result<Rebuilt, StoreError> {
        self.queue.rebuild(projector).await
    }
}
