//! The lock of one installation on a server: as long as one program holds it, no copy of the data
//! folder works there.
//!
//! It is an advisory lock of a connection of its own. When that connection breaks, nothing is
//! written until the lock is held again and the schema still has this program's link; in the moment
//! before it is noticed, each commit finds the other link (`write.rs`). A database that speaks
//! PostgreSQL's protocol without having advisory locks gives the lock to everybody; the link is
//! what is left there.

use super::connection::Connections;
use super::error::Failure;
use super::founding::is_linked;
use crate::error::StoreError;
use crate::installation::{InstallationId, Link};
use kaoping_record::digest::Digest;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_postgres::{Client, NoTls};

/// How long to wait before the lock is asked for again.
const PAUSE: Duration = Duration::from_millis(250);

/// The lock, for as long as the value lives.
pub(crate) struct Lease {
    held: Arc<AtomicBool>,
    keeper: tokio::task::JoinHandle<()>,
}

/// The connection that holds the lock.
struct Session {
    client: Client,
    connection: tokio::task::JoinHandle<()>,
    process: i32,
}

impl Lease {
    /// Takes the lock.
    pub(crate) async fn take(
        connections: &Connections,
        installation: InstallationId,
        link: Link,
    ) -> Result<Self, StoreError> {
        let named = |failure: Failure| failure.at(connections.place());
        let key = lock_key(installation, connections.schema());
        let session = lock(connections, key, None).await.map_err(named)?;
        let session =
            session.ok_or_else(|| StoreError::Taken { place: connections.place().to_owned(), installation })?;
        let held = Arc::new(AtomicBool::new(true));
        let keeper = tokio::spawn(keep(connections.clone(), key, link, session, Arc::clone(&held)));
        Ok(Self { held, keeper })
    }

    /// Refuses while the lock is lost.
    pub(crate) fn check(&self, place: &str) -> Result<(), StoreError> {
        if self.held.load(Ordering::SeqCst) {
            return Ok(());
        }
        let cause = "the lock of this installation was lost with its connection, and is asked for again".to_owned();
        Err(StoreError::Unavailable { place: place.to_owned(), cause })
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// Waits until the connection breaks and takes the lock again, for ever.
async fn keep(connections: Connections, key: i64, link: Link, mut session: Session, held: Arc<AtomicBool>) {
    loop {
        let _ = (&mut session.connection).await;
        held.store(false, Ordering::SeqCst);
        let former = session.process;
        session = loop {
            tokio::time::sleep(PAUSE).await;
            let Ok(Some(next)) = lock(&connections, key, Some(former)).await else { continue };
            // Another folder that held the lock meanwhile has left its own link.
            if matches!(is_linked(&connections, link).await, Ok(true)) {
                break next;
            }
        };
        held.store(true, Ordering::SeqCst);
    }
}

/// Asks once for the lock; `None` when somebody else holds it. What this program's former
/// connection still holds on the server is ended.
async fn lock(connections: &Connections, key: i64, former: Option<i32>) -> Result<Option<Session>, Failure> {
    let (client, connection) = connections.config().connect(NoTls).await?;
    let connection = tokio::spawn(async move {
        let _ = connection.await;
    });
    let mut session = Session { client, connection, process: 0 };
    // So that the server notices within half a minute when this machine is gone.
    let watched = "SET tcp_keepalives_idle TO 10; SET tcp_keepalives_interval TO 5; SET tcp_keepalives_count TO 3";
    let _ = session.client.batch_execute(watched).await;
    if let Some(former) = former {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid = $1";
        let _ = session.client.execute(end, &[&former]).await;
    }
    let row = session.client.query_one("SELECT pg_try_advisory_lock($1), pg_backend_pid()", &[&key]).await?;
    session.process = row.try_get(1)?;
    Ok(if row.try_get(0)? { Some(session) } else { None })
}

/// The lock's number on the server.
fn lock_key(installation: InstallationId, schema: &str) -> i64 {
    let digest = Digest::of_parts(&[b"kaoping/installation-lock/1", &installation.0, schema.as_bytes()]);
    let [a, b, c, d, e, f, g, h, ..] = *digest.as_bytes();
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}
