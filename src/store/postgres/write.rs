//! What one group of commits writes, in one transaction.
//!
//! Whoever writes first takes the lock of the one row of `turn`, and keeps it to the end of the
//! transaction. So commits of all replicas come one after another, positions become visible in
//! order, and nothing can deadlock; that a group shares one turn and one sync makes up for it.
//! `UNIQUE (stream, seq)` guards the streams a second time.
//!
//! A group takes two round trips. The first takes the turn and reads the heads of all streams of
//! the group; which commits hold is decided here. The second writes what they hold, column by
//! column, and commits. What is written is sealed before the turn is taken.

use super::connection::Connections;
use super::error::Failure;
use super::read;
use super::rows::{Rows, Statements, in_order};
use crate::collection::Collection;
use crate::commit::{Change, Commit, Committed};
use crate::error::StoreError;
use crate::place::Place;
use crate::projector::{self, Projector, Rebuilt};
use crate::range::MAX_PAGE;
use crate::stored::position;
use deadpool_postgres::Object;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Stream};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};

/// How often a transaction is tried that the server asks to try again.
const ATTEMPTS: u32 = 5;

/// Writes commits together; each gets its own answer. One that is refused leaves no trace and does
/// not harm the others.
pub(crate) async fn group(
    connections: &Connections,
    place: &Place,
    commits: &[Commit],
) -> Vec<Result<Committed, StoreError>> {
    match together(connections, place, commits).await {
        Ok(results) => results,
        Err(Stop { error, lost: true }) => commits.iter().map(|_| Err(error.clone())).collect(),
        // The whole transaction was refused: each for itself, then.
        Err(Stop { .. }) => {
            let mut results = Vec::with_capacity(commits.len());
            for commit in commits.chunks(1) {
                match together(connections, place, commit).await {
                    Ok(alone) => results.extend(alone),
                    Err(stop) => results.push(Err(stop.error)),
                }
            }
            results
        }
    }
}

/// Makes all documents again that follow from events.
pub(crate) async fn rebuild(
    connections: &Connections,
    place: &Place,
    projector: &mut dyn Projector,
) -> Result<Rebuilt, StoreError> {
    let rebuild = async {
        let mut client = connections.get().await?;
        let transaction = client.transaction().await?;
        // Waiting for the turn has its limit; the work itself takes as long as there are events.
        let statements = Statements::prepare(&transaction).await?;
        let turn = transaction.query(&statements.turn, &[]).await?;
        take_turn(&turn, place)?;
        transaction.batch_execute("SET LOCAL statement_timeout TO 0").await?;
        for collection in Collection::ALL.into_iter().filter(|collection| !collection.is_authoritative()) {
            transaction.execute("DELETE FROM document WHERE collection = $1", &[&collection.name()]).await?;
        }
        let mut rebuilt = Rebuilt::default();
        let mut after = 0;
        loop {
            let events = read::all_events(&transaction, place, after, MAX_PAGE).await?;
            let mut changes = Vec::new();
            for event in &events {
                changes.extend(projector::project(projector, event, &mut rebuilt)?);
            }
            let mut rows = Rows::default();
            for change in &changes {
                rows.change(change, seal_change(place, change)?);
            }
            rows.write(transaction.client(), &statements, None, false).await?;
            match events.last() {
                Some(last) => after = last.position,
                None => break,
            }
        }
        transaction.commit().await?;
        Ok(rebuilt)
    };
    rebuild.await.map_err(|failure: Failure| failure.at(&place.name))
}

/// What ends a whole group.
struct Stop {
    error: StoreError,
    /// The server is gone or has no turn for us: trying each commit alone would only take longer.
    lost: bool,
}

async fn together(
    connections: &Connections,
    place: &Place,
    commits: &[Commit],
) -> Result<Vec<Result<Committed, StoreError>>, Stop> {
    let mut attempt = 1;
    loop {
        match attempt_together(connections, place, commits).await {
            Ok(results) => return Ok(results),
            Err((failure, _)) if failure.again() && attempt < ATTEMPTS => attempt += 1,
            Err((failure, true)) if failure.unknown_outcome() => {
                let place = place.name.clone();
                let cause = failure.at(&place).to_string();
                return Err(Stop { error: StoreError::Interrupted { place, cause }, lost: true });
            }
            Err((failure, _)) => {
                let error = failure.at(&place.name);
                let lost = matches!(error, StoreError::Unavailable { .. } | StoreError::Busy { .. });
                return Err(Stop { error, lost });
            }
        }
    }
}

/// Tries once; a failure comes with whether it may have happened while committing.
async fn attempt_together(
    connections: &Connections,
    place: &Place,
    commits: &[Commit],
) -> Result<Vec<Result<Committed, StoreError>>, (Failure, bool)> {
    let before = |failure: Failure| (failure, false);
    let sealed = commits.iter().map(|commit| SealedCommit::of(place, commit)).collect::<Result<Vec<_>, _>>();
    let sealed = sealed.map_err(|error| before(error.into()))?;
    let client = connections.get().await.map_err(before)?;
    let statements = Statements::prepare(&client).await.map_err(before)?;
    let names = commits.iter().flat_map(|commit| &commit.appends).map(|append| append.stream.as_str());
    let names: Vec<&str> = names.collect::<BTreeSet<_>>().into_iter().collect();
    let (began, mut heads) = match begin(&client, place, &statements, &names).await {
        Ok(begun) => begun,
        Err(failure) => {
            // A connection that cannot be told to roll back is closed, which does the same.
            if client.batch_execute("ROLLBACK").await.is_err() {
                drop(Object::take(client));
            }
            return Err(before(failure));
        }
    };
    let mut last = began;
    let mut rows = Rows::default();
    let mut results = Vec::with_capacity(commits.len());
    for (commit, sealed) in commits.iter().zip(sealed) {
        let after = match commit.heads(heads.clone()) {
            Ok(after) => after,
            Err(error) => {
                results.push(Err(error));
                continue;
            }
        };
        let first = last;
        for (event, bytes) in commit.appends.iter().flat_map(|append| &append.events).zip(sealed.events) {
            last += 1;
            rows.event(last, event, bytes);
        }
        for (stream, head) in &after {
            if heads.insert(stream.clone(), *head) != Some(*head) {
                rows.heads.insert(stream.as_str().to_owned(), *head);
            }
        }
        commit.projections.iter().zip(sealed.changes).for_each(|(change, bytes)| rows.change(change, bytes));
        rows.blobs.extend(sealed.blobs);
        results.push(Ok(Committed { heads: after, last_position: (last > first).then_some(last) }));
    }
    let moved = (last > began).then_some(last);
    rows.write(&client, &statements, moved, true).await.map_err(|failure| (failure, true))?;
    Ok(results)
}

/// Begins a transaction, waits until no other replica writes, and reads heads; returns the position
/// of the last event with them.
async fn begin(
    client: &Client,
    place: &Place,
    statements: &Statements,
    names: &[&str],
) -> Result<(u64, BTreeMap<Stream, Head>), Failure> {
    let parameters: [&(dyn ToSql + Sync); 1] = [&names];
    let mut answers = in_order(vec![
        Box::pin(async { client.batch_execute("BEGIN").await.map(|()| Vec::new()) }),
        Box::pin(client.query(&statements.turn, &[])),
        Box::pin(client.query(&statements.heads, &parameters)),
    ])
    .await?;
    let heads = answers.pop().unwrap_or_default();
    let turn = answers.pop().unwrap_or_default();
    let heads = heads.iter().map(|row| read::stream_and_head(place, row)).collect::<Result<_, _>>()?;
    Ok((take_turn(&turn, place)?, heads))
}

/// The position of the last event, by the row of the turn. Who must be alone finds here that
/// another folder has taken over.
fn take_turn(turn: &[Row], place: &Place) -> Result<u64, Failure> {
    let lost = || StoreError::Corrupt { place: place.name.clone(), cause: "the row of the turn is missing".to_owned() };
    let row = turn.first().ok_or_else(lost)?;
    let link: &[u8] = row.try_get(1)?;
    match place.link {
        Some(own) if own.0 != link => Err(StoreError::Unlinked { place: place.name.clone() }.into()),
        _ => Ok(position(row.try_get(0)?)),
    }
}

/// The bytes of a commit as they are stored.
struct SealedCommit {
    events: Vec<Vec<u8>>,
    /// Of each change; `None` where a document is removed.
    changes: Vec<Option<Vec<u8>>>,
    blobs: Vec<(Digest, Vec<u8>)>,
}

impl SealedCommit {
    fn of(place: &Place, commit: &Commit) -> Result<Self, StoreError> {
        let events = commit.appends.iter().flat_map(|append| &append.events);
        Ok(Self {
            events: events.map(|event| place.seal_event(event)).collect::<Result<_, _>>()?,
            changes: commit.projections.iter().map(|change| seal_change(place, change)).collect::<Result<_, _>>()?,
            blobs: commit.blobs.iter().map(|blob| place.seal_blob(blob)).collect::<Result<_, _>>()?,
        })
    }
}

fn seal_change(place: &Place, change: &Change) -> Result<Option<Vec<u8>>, StoreError> {
    match change {
        Change::Put { collection, key, document, .. } => place.seal_document(*collection, key, document).map(Some),
        Change::Remove { .. } => Ok(None),
    }
}
