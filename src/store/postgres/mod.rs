//! A store on PostgreSQL, or on a database that speaks its wire protocol: many sites, several replicas of the service.

pub(crate) mod connection;
pub(crate) mod error;
mod read;
mod write;

use crate::backend::Backend;
use crate::collection::Collection;
use crate::commit::{Commit, Committed};
use crate::document::{Document, Entry};
use crate::error::StoreError;
use crate::placed::Placed;
use crate::projector::{Projector, Rebuilt};
use crate::queue::{Group, Job, Queue, answer};
use crate::range::Range;
use async_trait::async_trait;
use connection::Connections;
use deadpool_postgres::Object;
use error::Failure;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};
use tokio::sync::mpsc::Receiver;

const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_streams.sql")];

/// One schema of a server, with its writer's task and a pool of connections.
pub(crate) struct PostgresBackend {
    queue: Queue,
    connections: Connections,
}

impl PostgresBackend {
    pub(crate) async fn open(url: &str, schema: &str) -> Result<Self, StoreError> {
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
impl Backend for PostgresBackend {
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
        let client = self.client().await?;
        let events = read::events(&client, self.connections.place(), stream, from_seq, limit).await;
        events.map_err(|failure| self.named(failure))
    }

    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<Placed>, StoreError> {
        let client = self.client().await?;
        let events = read::all_events(&client, self.connections.place(), after, limit).await;
        events.map_err(|failure| self.named(failure))
    }

    async fn streams(&self, names: Range, limit: u32) -> Result<Vec<(Stream, Head)>, StoreError> {
        let client = self.client().await?;
        let streams = read::streams(&client, self.connections.place(), &names, limit).await;
        streams.map_err(|failure| self.named(failure))
    }

    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>, StoreError> {
        let client = self.client().await?;
        read::get(&client, collection, key).await.map_err(|failure| self.named(failure))
    }

    async fn page(
        &self,
        collection: Collection,
        lookup: Option<&str>,
        keys: Range,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let client = self.client().await?;
        let entries = match lookup {
            Some(lookup) => read::find(&client, collection, lookup, &keys, limit).await,
            None => read::page(&client, collection, &keys, limit).await,
        };
        entries.map_err(|failure| self.named(failure))
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
