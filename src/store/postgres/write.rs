//! What one group of commits writes, in one transaction.
//!
//! A writer first takes the lock of the one row of `turn`, and keeps it to the end of the
//! transaction. So commits of all replicas come one after another, positions become visible in
//! order, and nothing can deadlock; that a group shares one turn and one sync makes up for it.
//! `UNIQUE (stream, seq)` guards the streams a second time.

use super::connection::Connections;
use super::error::Failure;
use super::read;
use crate::collection::Collection;
use crate::commit::{Blob, Change, Commit, Committed};
use crate::error::StoreError;
use crate::place::Place;
use crate::projector::{self, Projector, Rebuilt};
use crate::range::MAX_PAGE;
use crate::stored::{integer, position};
use deadpool_postgres::Transaction;
use futures_util::future::try_join_all;
use kaoping_record::event::{Head, Stream};
use std::collections::BTreeMap;
use tokio_postgres::types::ToSql;

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
        take_turn(&transaction, place).await?;
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
            write_changes(&transaction, place, &changes).await?;
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

/// Tries once; a failure comes with whether it happened while committing.
async fn attempt_together(
    connections: &Connections,
    place: &Place,
    commits: &[Commit],
) -> Result<Vec<Result<Committed, StoreError>>, (Failure, bool)> {
    let before = |failure: Failure| (failure, false);
    let mut client = connections.get().await.map_err(before)?;
    let mut transaction = client.transaction().await.map_err(|error| before(error.into()))?;
    let began = take_turn(&transaction, place).await.map_err(before)?;
    let mut last = began;
    let mut results = Vec::with_capacity(commits.len());
    for commit in commits {
        let savepoint = transaction.transaction().await.map_err(|error| before(error.into()))?;
        match write(&savepoint, place, commit, last).await {
            Ok(committed) => {
                savepoint.commit().await.map_err(|error| before(error.into()))?;
                last = committed.last_position.unwrap_or(last);
                results.push(Ok(committed));
            }
            Err(failure) if failure.again() => return Err(before(failure)),
            Err(failure) => {
                savepoint.rollback().await.map_err(|error| before(error.into()))?;
                results.push(Err(failure.at(&place.name)));
            }
        }
    }
    if last != began {
        transaction
            .execute("UPDATE turn SET position = $1", &[&integer(last)])
            .await
            .map_err(|error| before(error.into()))?;
    }
    transaction.commit().await.map_err(|error| (error.into(), true))?;
    Ok(results)
}

/// Waits until no other replica writes; returns the position of the last event. Who must be alone
/// finds here that another folder has taken over.
async fn take_turn(transaction: &Transaction<'_>, place: &Place) -> Result<u64, Failure> {
    let turn = "SELECT position, link FROM turn, founding FOR UPDATE OF turn";
    let statement = transaction.prepare_cached(turn).await?;
    let row = transaction.query_one(&statement, &[]).await?;
    let link: &[u8] = row.try_get(1)?;
    match place.link {
        Some(own) if own.0 != link => Err(StoreError::Unlinked { place: place.name.clone() }.into()),
        _ => Ok(position(row.try_get(0)?)),
    }
}

async fn write(
    transaction: &Transaction<'_>,
    place: &Place,
    commit: &Commit,
    last_position: u64,
) -> Result<Committed, Failure> {
    let mut committed = Committed { heads: Vec::new(), last_position: None };
    if !commit.appends.is_empty() {
        let names: Vec<&str> = commit.appends.iter().map(|append| append.stream.as_str()).collect();
        let found = read::heads(transaction, place, &names).await?;
        committed.heads = commit.heads(found.clone())?;
        let last = write_events(transaction, place, commit, last_position).await?;
        write_heads(transaction, &found, &committed.heads).await?;
        committed.last_position = (last > last_position).then_some(last);
    }
    write_changes(transaction, place, &commit.projections).await?;
    write_blobs(transaction, place, &commit.blobs).await?;
    Ok(committed)
}

/// Writes the events, sent without waiting for each; returns the position of the last.
async fn write_events(
    transaction: &Transaction<'_>,
    place: &Place,
    commit: &Commit,
    last_position: u64,
) -> Result<u64, Failure> {
    let statement = transaction
        .prepare_cached("INSERT INTO event (position, stream, seq, identity, bytes) VALUES ($1, $2, $3, $4, $5)")
        .await?;
    let events: Vec<_> = commit.appends.iter().flat_map(|append| &append.events).collect();
    let last = last_position + events.len() as u64;
    try_join_all((last_position + 1..).zip(events).map(|(position, event)| {
        let statement = &statement;
        async move {
            let (stream, seq) = (event.event().stream.as_str(), integer(event.event().seq));
            let (identity, sealed) = (event.identity(), place.seal_event(event)?);
            let row: [&(dyn ToSql + Sync); 5] =
                [&integer(position), &stream, &seq, &identity.as_bytes().as_slice(), &sealed];
            Ok::<_, Failure>(transaction.execute(statement, &row).await?)
        }
    }))
    .await?;
    Ok(last)
}

async fn write_heads(
    transaction: &Transaction<'_>,
    found: &BTreeMap<Stream, Head>,
    heads: &[(Stream, Head)],
) -> Result<(), Failure> {
    let insert = transaction.prepare_cached("INSERT INTO head (next_seq, last, stream) VALUES ($1, $2, $3)").await?;
    let update = transaction.prepare_cached("UPDATE head SET next_seq = $1, last = $2 WHERE stream = $3").await?;
    // The last head of a stream counts; one that did not move is left alone.
    let moved: BTreeMap<&Stream, &Head> = heads.iter().map(|(stream, head)| (stream, head)).collect();
    let before = |stream: &Stream| found.get(stream).copied().unwrap_or(Head::EMPTY);
    try_join_all(moved.into_iter().filter(|(stream, head)| before(stream) != **head).map(|(stream, head)| {
        let statement = if found.contains_key(stream) { &update } else { &insert };
        async move {
            let last = head.last.as_bytes().as_slice();
            transaction.execute(statement, &[&integer(head.next_seq), &last, &stream.as_str()]).await
        }
    }))
    .await?;
    Ok(())
}

async fn write_changes(transaction: &Transaction<'_>, place: &Place, changes: &[Change]) -> Result<(), Failure> {
    // The last change of a key counts.
    let last: BTreeMap<(Collection, &str), &Change> =
        changes.iter().map(|change| ((change.collection(), change.key()), change)).collect();
    if last.is_empty() {
        return Ok(());
    }
    let mut keys: BTreeMap<Collection, Vec<&str>> = BTreeMap::new();
    for (collection, key) in last.keys() {
        keys.entry(*collection).or_default().push(key);
    }
    // Deleting first makes an insert of every put: plainer than an upsert, which each server spells
    // in its own way.
    let delete = transaction.prepare_cached("DELETE FROM document WHERE collection = $1 AND key = ANY($2)").await?;
    for (collection, keys) in keys {
        transaction.execute(&delete, &[&collection.name(), &keys]).await?;
    }
    let insert = transaction
        .prepare_cached(
            "INSERT INTO document (collection, key, lookup, second_lookup, bytes) VALUES ($1, $2, $3, $4, $5)",
        )
        .await?;
    try_join_all(last.into_values().filter_map(|change| match change {
        Change::Put { collection, key, lookup, document } => {
            let insert = &insert;
            Some(async move {
                let (name, sealed) = (collection.name(), place.seal_document(*collection, key, document)?);
                let row: [&(dyn ToSql + Sync); 5] = [&name, key, &lookup.first, &lookup.second, &sealed];
                Ok::<_, Failure>(transaction.execute(insert, &row).await?)
            })
        }
        Change::Remove { .. } => None,
    }))
    .await?;
    Ok(())
}

async fn write_blobs(transaction: &Transaction<'_>, place: &Place, blobs: &[Blob]) -> Result<(), Failure> {
    if blobs.is_empty() {
        return Ok(());
    }
    let statement = transaction
        .prepare_cached(
            "INSERT INTO blob (digest, bytes) SELECT $1::bytea, $2::bytea
             WHERE NOT EXISTS (SELECT 1 FROM blob WHERE digest = $1)",
        )
        .await?;
    try_join_all(blobs.iter().map(|blob| {
        let statement = &statement;
        async move {
            let (name, sealed) = place.seal_blob(blob)?;
            Ok::<_, Failure>(transaction.execute(statement, &[&name.as_bytes().as_slice(), &sealed]).await?)
        }
    }))
    .await?;
    Ok(())
}
