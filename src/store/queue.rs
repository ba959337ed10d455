//! Commits wait in a queue; one writer takes as many as are there and makes them durable together.

use crate::commit::{Commit, Committed};
use crate::error::StoreError;
use crate::kept::Kept;
use crate::projector::{Projector, Rebuilt};
use tokio::sync::{mpsc, oneshot};

/// The most commits of one group.
const MAX_GROUP: usize = 256;
/// A group is closed once its events, documents and blobs have this many bytes.
const MAX_GROUP_BYTES: usize = 8 * 1024 * 1024;
/// How many commits may wait before callers wait to enqueue.
const MAX_WAITING: usize = 4096;

/// Where the answer goes.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// A request to the writer.
pub(crate) enum Job {
    Commit(Commit, Reply<Committed>),
    Rebuild(Box<dyn Projector>, Reply<Rebuilt>),
}

/// Commits to be written together, and what came behind them and must wait.
pub(crate) struct Group {
    pub(crate) commits: Vec<Commit>,
    pub(crate) replies: Vec<Reply<Committed>>,
    pub(crate) rebuild: Option<(Box<dyn Projector>, Reply<Rebuilt>)>,
}

/// The callers' end of the queue.
pub(crate) struct Queue {
    jobs: mpsc::Sender<Job>,
    place: String,
}

impl Queue {
    /// A queue to the writer of `place`.
    pub(crate) fn new(place: String) -> (Self, mpsc::Receiver<Job>) {
        let (jobs, waiting) = mpsc::channel(MAX_WAITING);
        (Self { jobs, place }, waiting)
    }

    pub(crate) async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.ask(|reply| Job::Commit(commit, reply)).await
    }

    pub(crate) async fn rebuild(&self, projector: Box<dyn Projector>) -> Result<Rebuilt, StoreError> {
        self.ask(|reply| Job::Rebuild(projector, reply)).await
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, StoreError> {
        let stopped =
            || StoreError::Interrupted { place: self.place.clone(), cause: "the writer has stopped".to_owned() };
        let (reply, answer) = oneshot::channel();
        self.jobs.send(job(reply)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

impl Group {
    /// The group that begins with `first`: with it all that waits behind it, up to the bounds.
    pub(crate) fn gather(first: Job, waiting: &mut mpsc::Receiver<Job>) -> Self {
        let mut group = Self { commits: Vec::new(), replies: Vec::new(), rebuild: None };
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Commit(commit, reply) => {
                    bytes += commit.weight();
                    group.commits.push(commit);
                    group.replies.push(reply);
                }
                Job::Rebuild(projector, reply) => {
                    group.rebuild = Some((projector, reply));
                    break;
                }
            }
            let full = group.commits.len() >= MAX_GROUP || bytes >= MAX_GROUP_BYTES;
            next = if full { None } else { waiting.try_recv().ok() };
        }
        group
    }
}

impl Group {
    /// Answers the callers, once memory follows what is durable; one that stopped waiting needs no answer.
    pub(crate) fn answer(self, kept: &Kept, results: Vec<Result<Committed, StoreError>>) {
        kept.follow(&self.commits, &results);
        for (reply, result) in self.replies.into_iter().zip(results) {
            let _ = reply.send(result);
        }
    }
}

/// Answers who asked for a rebuild. Whatever it came to, nothing that was kept before it is kept after it.
pub(crate) fn answer_rebuild(reply: Reply<Rebuilt>, kept: &Kept, rebuilt: Result<Rebuilt, StoreError>) {
    kept.clear();
    let _ = reply.send(rebuilt);
}
