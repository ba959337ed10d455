//! What one group of commits writes, in one transaction.

use super::error::Failure;
use super::read;
use crate::collection::Collection;
use crate::commit::{Append, Change, Commit, Committed};
use crate::error::StoreError;
use crate::place::Place;
use crate::projector::{self, Projector, Rebuilt};
use crate::range::MAX_PAGE;
use crate::stored::{integer, position};
use kaoping_record::event::Head;
use rusqlite::{Connection, TransactionBehavior, params};

/// Writes commits together; each gets its own answer. One that is refused leaves no trace and does not harm the others.
pub(crate) fn group(
    connection: &mut Connection,
    place: &Place,
    commits: &[Commit],
) -> Vec<Result<Committed, StoreError>> {
    match together(connection, place, commits) {
        Ok(results) => results,
        Err(Stop::Begin(error)) => commits.iter().map(|_| Err(error.clone())).collect(),
        Err(Stop::Group(error)) if commits.len() == 1 => vec![Err(error)],
        // The whole transaction was lost, perhaps by a commit too large for the disk: each for itself, then.
        Err(Stop::Group(_)) => commits.chunks(1).flat_map(|commit| group(connection, place, commit)).collect(),
    }
}

/// Makes all documents again that follow from events.
pub(crate) fn rebuild(
    connection: &mut Connection,
    place: &Place,
    projector: &mut dyn Projector,
) -> Result<Rebuilt, StoreError> {
    let mut rebuild = || {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for collection in Collection::ALL.into_iter().filter(|collection| !collection.is_authoritative()) {
            transaction.execute("DELETE FROM document WHERE collection = ?1", [collection.name()])?;
        }
        let mut rebuilt = Rebuilt::default();
        let mut after = 0;
        loop {
            let events = read::all_events(&transaction, place, after, MAX_PAGE)?;
            for event in &events {
                for change in projector::project(projector, event, &mut rebuilt)? {
                    write_change(&transaction, place, &change)?;
                }
            }
            match events.last() {
                Some(last) => after = last.position,
                None => break,
            }
        }
        transaction.commit()?;
        Ok(rebuilt)
    };
    rebuild().map_err(|failure: Failure| failure.at(&place.name))
}

/// What ends a whole group.
enum Stop {
    /// No transaction began.
    Begin(StoreError),
    /// The transaction was lost.
    Group(StoreError),
}

fn together(
    connection: &mut Connection,
    place: &Place,
    commits: &[Commit],
) -> Result<Vec<Result<Committed, StoreError>>, Stop> {
    let lost = |error: rusqlite::Error| Stop::Group(Failure::from(error).at(&place.name));
    let mut transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| Stop::Begin(Failure::from(error).at(&place.name)))?;
    let mut results = Vec::with_capacity(commits.len());
    for commit in commits {
        let mut savepoint = transaction.savepoint().map_err(lost)?;
        match write(&savepoint, place, commit) {
            Ok(committed) => {
                savepoint.commit().map_err(lost)?;
                results.push(Ok(committed));
            }
            Err(failure) => {
                let error = failure.at(&place.name);
                // After a full disk or a failed read SQLite may have rolled everything back by itself.
                if savepoint.is_autocommit() {
                    return Err(Stop::Group(error));
                }
                savepoint.rollback().map_err(lost)?;
                savepoint.commit().map_err(lost)?;
                results.push(Err(error));
            }
        }
    }
    transaction.commit().map_err(lost)?;
    Ok(results)
}

fn write(connection: &Connection, place: &Place, commit: &Commit) -> Result<Committed, Failure> {
    let mut committed = Committed { heads: Vec::with_capacity(commit.appends.len()), last_position: None };
    for append in &commit.appends {
        let head = append.check(read::head(connection, place, &append.stream)?)?;
        if let Some(position) = write_events(connection, place, append, head)? {
            committed.last_position = Some(position);
        }
        committed.heads.push((append.stream.clone(), head));
    }
    for change in &commit.projections {
        write_change(connection, place, change)?;
    }
    let mut insert =
        connection.prepare_cached("INSERT INTO blob (digest, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    for blob in &commit.blobs {
        let (name, sealed) = place.seal_blob(blob)?;
        insert.execute(params![name.as_bytes(), sealed])?;
    }
    Ok(committed)
}

/// Writes the events and the new head; returns the position of the last event.
fn write_events(connection: &Connection, place: &Place, append: &Append, head: Head) -> Result<Option<u64>, Failure> {
    if append.events.is_empty() {
        return Ok(None);
    }
    // Without a given position SQLite takes the highest plus one; a rolled-back savepoint gives it free again.
    let mut insert =
        connection.prepare_cached("INSERT INTO event (stream, seq, identity, bytes) VALUES (?1, ?2, ?3, ?4)")?;
    for event in &append.events {
        let seq = integer(event.event().seq);
        let sealed = place.seal_event(event)?;
        insert.execute(params![append.stream.as_str(), seq, event.identity().as_bytes(), sealed])?;
    }
    let last = position(connection.last_insert_rowid());
    connection
        .prepare_cached(
            "INSERT INTO head (stream, next_seq, last) VALUES (?1, ?2, ?3)
             ON CONFLICT (stream) DO UPDATE SET next_seq = excluded.next_seq, last = excluded.last",
        )?
        .execute(params![append.stream.as_str(), integer(head.next_seq), head.last.as_bytes()])?;
    Ok(Some(last))
}

fn write_change(connection: &Connection, place: &Place, change: &Change) -> Result<(), Failure> {
    match change {
        Change::Put { collection, key, lookup, document } => connection
            .prepare_cached(
                "INSERT INTO document (collection, key, lookup, second_lookup, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (collection, key) DO UPDATE SET
                 lookup = excluded.lookup, second_lookup = excluded.second_lookup, bytes = excluded.bytes",
            )?
            .execute(params![
                collection.name(),
                key,
                lookup.first,
                lookup.second,
                place.seal_document(*collection, key, document)?
            ])?,
        Change::Remove { collection, key } => connection
            .prepare_cached("DELETE FROM document WHERE collection = ?1 AND key = ?2")?
            .execute(params![collection.name(), key])?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Blob;
    use crate::cipher::Cipher;
    use crate::contract::fixture::{appending, stream};
    use crate::sqlite::{MIGRATIONS, connection};
    use std::time::Duration;

    fn blob(bytes: usize) -> Commit {
        Commit { blobs: vec![Blob::new(vec![1; bytes])], ..Commit::default() }
    }

    fn opened() -> (tempfile::TempDir, Connection, Place) {
        let folder = tempfile::tempdir().expect("a folder");
        let connection = connection::writer(&folder.path().join("store.sqlite"), "here", MIGRATIONS).expect("a file");
        (folder, connection, Place { name: "here".into(), cipher: Cipher::new(&[1; 32], &[2; 32]), link: None })
    }

    #[test]
    fn a_full_disk_refuses_what_does_not_fit_alone() {
        let (_folder, mut connection, place) = opened();
        connection.execute_batch("PRAGMA max_page_count = 100").expect("a quota of 400 KiB");
        let (a, b) = (stream("seat/a"), stream("seat/b"));
        let commits = [appending(&a, Head::EMPTY, 1), blob(1_000_000), appending(&b, Head::EMPTY, 1)];
        let results = group(&mut connection, &place, &commits);
        assert_eq!(results[1], Err(StoreError::Full { place: "here".into() }));
        assert_eq!(
            [&results[0], &results[2]].map(|result| result.clone().ok().and_then(|done| done.last_position)),
            [Some(1), Some(2)]
        );
        assert_eq!(read::head(&connection, &place, &b).expect("a head").next_seq, 1);
        // There is space for less.
        assert!(group(&mut connection, &place, &[blob(1000)])[0].is_ok());
    }

    #[test]
    fn a_file_locked_by_another_program_is_busy() {
        let (folder, mut connection, place) = opened();
        connection.busy_timeout(Duration::ZERO).expect("a setting");
        let other = Connection::open(folder.path().join("store.sqlite")).expect("a second connection");
        other.execute_batch("BEGIN IMMEDIATE").expect("a lock");
        let commits = [appending(&stream("seat/a"), Head::EMPTY, 1), blob(1)];
        for result in group(&mut connection, &place, &commits) {
            assert!(matches!(&result, Err(StoreError::Busy { place, .. }) if place == "here"), "{result:?}");
        }
        other.execute_batch("ROLLBACK").expect("the lock's end");
        assert!(group(&mut connection, &place, &commits).iter().all(Result::is_ok));
    }
}
