//! Queries; each is one statement, so that it sees one state.

use super::error::Failure;
use crate::collection::Collection;
use crate::document::{Document, Entry};
use crate::place::Place;
use crate::placed::Placed;
use crate::range::Range;
use crate::stored::{self, integer, position};
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(crate) fn head(connection: &Connection, place: &Place, stream: &Stream) -> Result<Head, Failure> {
    let row = connection
        .prepare_cached("SELECT next_seq, last FROM head WHERE stream = ?1")?
        .query_row([stream.as_str()], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))
        .optional()?;
    match row {
        Some((next_seq, last)) => Ok(stored::head(&place.name, stream.as_str(), next_seq, &last)?),
        None => Ok(Head::EMPTY),
    }
}

pub(crate) fn events(
    connection: &Connection,
    place: &Place,
    stream: &Stream,
    from_seq: u64,
    limit: u32,
) -> Result<Vec<Sealed>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT position, stream, seq, identity, bytes FROM event
         WHERE stream = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3",
    )?;
    let mut rows = statement.query(params![stream.as_str(), integer(from_seq), limit])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(placed(place, row)?.event);
    }
    Ok(events)
}

pub(crate) fn all_events(
    connection: &Connection,
    place: &Place,
    after: u64,
    limit: u32,
) -> Result<Vec<Placed>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT position, stream, seq, identity, bytes FROM event
         WHERE position > ?1 ORDER BY position LIMIT ?2",
    )?;
    let mut rows = statement.query(params![integer(after), limit])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(placed(place, row)?);
    }
    Ok(events)
}

pub(crate) fn streams(
    connection: &Connection,
    place: &Place,
    range: &Range,
    limit: u32,
) -> Result<Vec<(Stream, Head)>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT stream, next_seq, last FROM head WHERE stream >= ?1 AND stream < ?2 ORDER BY stream LIMIT ?3",
    )?;
    let mut rows = statement.query(params![range.from, range.until, limit])?;
    let mut streams = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let head = stored::head(&place.name, &name, row.get(1)?, &row.get::<_, Vec<u8>>(2)?)?;
        streams.push((stored::stream(&place.name, &name)?, head));
    }
    Ok(streams)
}

pub(crate) fn get(
    connection: &Connection,
    place: &Place,
    collection: Collection,
    key: &str,
) -> Result<Option<Document>, Failure> {
    let sealed: Option<Vec<u8>> = connection
        .prepare_cached("SELECT bytes FROM document WHERE collection = ?1 AND key = ?2")?
        .query_row([collection.name(), key], |row| row.get(0))
        .optional()?;
    Ok(sealed.map(|sealed| place.document(collection, key, &sealed)))
}

pub(crate) fn find(
    connection: &Connection,
    place: &Place,
    collection: Collection,
    lookup: &str,
    range: &Range,
    limit: u32,
) -> Result<Vec<Entry>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT key, bytes FROM document
         WHERE collection = ?1 AND (lookup = ?2 OR second_lookup = ?2) AND key >= ?3 AND key < ?4
         ORDER BY key LIMIT ?5",
    )?;
    let rows = statement.query_map(params![collection.name(), lookup, range.from, range.until, limit], row_of)?;
    entries(place, collection, rows)
}

pub(crate) fn page(
    connection: &Connection,
    place: &Place,
    collection: Collection,
    range: &Range,
    limit: u32,
) -> Result<Vec<Entry>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT key, bytes FROM document WHERE collection = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT ?4",
    )?;
    let rows = statement.query_map(params![collection.name(), range.from, range.until, limit], row_of)?;
    entries(place, collection, rows)
}

pub(crate) fn blob(connection: &Connection, place: &Place, digest: &Digest) -> Result<Option<Vec<u8>>, Failure> {
    let sealed: Option<Vec<u8>> = connection
        .prepare_cached("SELECT bytes FROM blob WHERE digest = ?1")?
        .query_row([place.cipher.blob_name(digest).as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(sealed.map(|sealed| place.blob(digest, &sealed)).transpose()?)
}

fn placed(place: &Place, row: &Row<'_>) -> Result<Placed, Failure> {
    let stream: String = row.get(1)?;
    let identity: Vec<u8> = row.get(3)?;
    let bytes: Vec<u8> = row.get(4)?;
    let event = place.event(&stream, row.get(2)?, &identity, &bytes)?;
    Ok(Placed { position: position(row.get(0)?), event })
}

/// A key with its sealed document.
fn row_of(row: &Row<'_>) -> rusqlite::Result<(String, Vec<u8>)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn entries(
    place: &Place,
    collection: Collection,
    rows: impl Iterator<Item = rusqlite::Result<(String, Vec<u8>)>>,
) -> Result<Vec<Entry>, Failure> {
    rows.map(|row| row.map(|(key, sealed)| place.entry(collection, key, &sealed)).map_err(Failure::from)).collect()
}
