//! A store on PostgreSQL, or on a database that speaks its wire protocol: many sites, several
//! replicas of the service.

pub(crate) mod connection;
pub(crate) mod error;
mod founding;
mod lease;
mod read;
mod rows;
mod write;

use crate::backend::Backend;
use crate::collection::Collection;
use crate::commit::{Commit, Committed};
use crate::document::{Document, Entry};
use crate::error::StoreError;
use crate::founding::Opening;
use crate::installation::InstallationId;
use crate::kept::Kept;
use crate::place::Place;
use crate::placed::Placed;
use crate::projector::{Projector, Rebuilt};
use crate::queue::{Group, Job, Queue, answer_rebuild};
use crate::range::Range;
use async_trait::async_trait;
use connection::Connections;
use deadpool_postgres::Object;
use error::Failure;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};
use lease::Lease;
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;

const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_streams.sql")];

/// One schema of a server, with its writer's task and a pool of connections.
pub(crate) struct PostgresBackend {
    queue: Queue,
    connections: Connections,
    place: Arc<Place>,
    installation: InstallationId,
    lease: Option<Lease>,
}

impl PostgresBackend {
    pub(crate) async fn open(
        url: &str,
        schema: &str,
        opening: &Opening<'_>,
        kept: Arc<Kept>,
    ) -> Result<Self, StoreError> {
        let connections = Connections::open(url, schema, MIGRATIONS).await?;
        let name = connections.place().to_owned();
        let named = |failure: Failure| failure.at(&name);
        let (cipher, installation) = founding::admit(&connections, opening).await.map_err(named)?;
        let lease = match opening.alone {
            true => Some(Lease::take(&connections, installation, opening.next).await?),
            false => None,
        };
        founding::link(&connections, opening).await.map_err(named)?;
        let (queue, waiting) = Queue::new(name.clone());
        let place = Arc::new(Place { name, cipher, link: opening.alone.then_some(opening.next) });
        tokio::spawn(serve(connections.clone(), Arc::clone(&place), kept, waiting));
        Ok(Self { queue, connections, place, installation, lease })
    }

    /// Refuses to write while another program may hold the installation.
    fn alone(&self) -> Result<(), StoreError> {
        self.lease.as_ref().map_or(Ok(()), |lease| lease.check(&self.place.name))
    }

    async fn client(&self) -> Result<Object, StoreError> {
        self.connections.get().await.map_err(|failure| self.named(failure))
    }

    fn named(&self, failure: Failure) -> StoreError {
        failure.at(&self.place.name)
    }
}

/// The writer: until the store is dropped.
async fn serve(connections: Connections, place: Arc<Place>, kept: Arc<Kept>, mut waiting: Receiver<Job>) {
    while let Some(first) = waiting.recv().await {
        let mut group = Group::gather(first, &mut waiting);
        let rebuild = group.rebuild.take();
        if !group.commits.is_empty() {
            let results = write::group(&connections, &place, &group.commits).await;
            group.answer(&kept, results);
        }
        if let Some((mut projector, reply)) = rebuild {
            answer_rebuild(reply, &kept, write::rebuild(&connections, &place, projector.as_mut()).await);
        }
    }
}

#[async_trait]
impl Backend for PostgresBackend {
    fn installation(&self) -> Option<InstallationId> {
        Some(self.installation)
    }

    fn is_exclusive(&self) -> bool {
        self.lease.is_some() && self.alone().is_ok()
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.alone()?;
        self.queue.commit(commit).await
    }

    async fn head(&self, stream: &Stream) -> Result<Head, StoreError> {
        let client = self.client().await?;
        let heads = read::heads(&client, &self.place, &[stream.as_str()]).await;
        let heads = heads.map_err(|failure| self.named(failure))?;
        Ok(heads.get(stream).copied().unwrap_or(Head::EMPTY))
    }

    async fn events(&self, stream: &Stream, from_seq: u64, limit: u32) -> Result<Vec<Sealed>, StoreError> {
        let client = self.client().await?;
        let events = read::events(&client, &self.place, stream, from_seq, limit).await;
        events.map_err(|failure| self.named(failure))
    }

    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<Placed>, StoreError> {
        let client = self.client().await?;
        let events = read::all_events(&client, &self.place, after, limit).await;
        events.map_err(|failure| self.named(failure))
    }

    async fn streams(&self, names: Range, limit: u32) -> Result<Vec<(Stream, Head)>, StoreError> {
        let client = self.client().await?;
        let streams = read::streams(&client, &self.place, &names, limit).await;
        streams.map_err(|failure| self.named(failure))
    }

    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>, StoreError> {
        let client = self.client().await?;
        read::get(&client, &self.place, collection, key).await.map_err(|failure| self.named(failure))
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
            Some(lookup) => read::find(&client, &self.place, collection, lookup, &keys, limit).await,
            None => read::page(&client, &self.place, collection, &keys, limit).await,
        };
        entries.map_err(|failure| self.named(failure))
    }

    async fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let client = self.client().await?;
        let blob = read::blob(&client, &self.place, digest).await;
        blob.map_err(|failure| self.named(failure))
    }

    async fn rebuild(&self, projector: Box<dyn Projector>) -> Result<Rebuilt, StoreError> {
        self.alone()?;
        self.queue.rebuild(projector).await
    }
}
