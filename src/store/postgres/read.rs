//! Queries; each is one statement, so that it sees one state.

use super::error::Failure;
use crate::collection::Collection;
use crate::document::{Document, Entry};
use crate::place::Place;
use crate::placed::Placed;
use crate::range::Range;
use crate::stored::{self, integer, position};
use deadpool_postgres::GenericClient;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};
use std::collections::BTreeMap;
use tokio_postgres::Row;

/// The heads of those streams that hold something.
pub(crate) async fn heads(
    client: &impl GenericClient,
    place: &Place,
    streams: &[&str],
) -> Result<BTreeMap<Stream, Head>, Failure> {
    let statement = client.prepare_cached("SELECT stream, next_seq, last FROM head WHERE stream = ANY($1)").await?;
    let rows = client.query(&statement, &[&streams]).await?;
    rows.iter().map(|row| stream_and_head(place, row)).collect()
}

pub(crate) async fn events(
    client: &impl GenericClient,
    place: &Place,
    stream: &Stream,
    from_seq: u64,
    limit: u32,
) -> Result<Vec<Sealed>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT position, stream, seq, identity, bytes FROM event
             WHERE stream = $1 AND seq >= $2 ORDER BY seq LIMIT $3",
        )
        .await?;
    let rows = client.query(&statement, &[&stream.as_str(), &integer(from_seq), &i64::from(limit)]).await?;
    rows.iter().map(|row| placed(place, row).map(|placed| placed.event)).collect()
}

pub(crate) async fn all_events(
    client: &impl GenericClient,
    place: &Place,
    after: u64,
    limit: u32,
) -> Result<Vec<Placed>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT position, stream, seq, identity, bytes FROM event
             WHERE position > $1 ORDER BY position LIMIT $2",
        )
        .await?;
    let rows = client.query(&statement, &[&integer(after), &i64::from(limit)]).await?;
    rows.iter().map(|row| placed(place, row)).collect()
}

pub(crate) async fn streams(
    client: &impl GenericClient,
    place: &Place,
    range: &Range,
    limit: u32,
) -> Result<Vec<(Stream, Head)>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT stream, next_seq, last FROM head WHERE stream >= $1 AND stream < $2 ORDER BY stream LIMIT $3",
        )
        .await?;
    let rows = client.query(&statement, &[&range.from, &range.until, &i64::from(limit)]).await?;
    rows.iter().map(|row| stream_and_head(place, row)).collect()
}

pub(crate) async fn get(
    client: &impl GenericClient,
    place: &Place,
    collection: Collection,
    key: &str,
) -> Result<Option<Document>, Failure> {
    let statement = client.prepare_cached("SELECT bytes FROM document WHERE collection = $1 AND key = $2").await?;
    let row = client.query_opt(&statement, &[&collection.name(), &key]).await?;
    let document = |row: Row| row.try_get(0).map(|sealed| place.document(collection, key, sealed));
    Ok(row.map(document).transpose()?)
}

pub(crate) async fn find(
    client: &impl GenericClient,
    place: &Place,
    collection: Collection,
    lookup: &str,
    range: &Range,
    limit: u32,
) -> Result<Vec<Entry>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT key, bytes FROM document
             WHERE collection = $1 AND (lookup = $2 OR second_lookup = $2) AND key >= $3 AND key < $4
             ORDER BY key LIMIT $5",
        )
        .await?;
    let rows =
        client.query(&statement, &[&collection.name(), &lookup, &range.from, &range.until, &i64::from(limit)]).await?;
    rows.iter().map(|row| entry(place, collection, row)).collect()
}

pub(crate) async fn page(
    client: &impl GenericClient,
    place: &Place,
    collection: Collection,
    range: &Range,
    limit: u32,
) -> Result<Vec<Entry>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT key, bytes FROM document WHERE collection = $1 AND key >= $2 AND key < $3 ORDER BY key LIMIT $4",
        )
        .await?;
    let rows = client.query(&statement, &[&collection.name(), &range.from, &range.until, &i64::from(limit)]).await?;
    rows.iter().map(|row| entry(place, collection, row)).collect()
}

pub(crate) async fn blob(
    client: &impl GenericClient,
    place: &Place,
    digest: &Digest,
) -> Result<Option<Vec<u8>>, Failure> {
    let statement = client.prepare_cached("SELECT bytes FROM blob WHERE digest = $1").await?;
    match client.query_opt(&statement, &[&place.cipher.blob_name(digest).as_bytes().as_slice()]).await? {
        Some(row) => Ok(Some(place.blob(digest, row.try_get(0)?)?)),
        None => Ok(None),
    }
}

pub(super) fn stream_and_head(place: &Place, row: &Row) -> Result<(Stream, Head), Failure> {
    let name: &str = row.try_get(0)?;
    let head = stored::head(&place.name, name, row.try_get(1)?, row.try_get(2)?)?;
    Ok((stored::stream(&place.name, name)?, head))
}

fn placed(place: &Place, row: &Row) -> Result<Placed, Failure> {
    let event = place.event(row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?)?;
    Ok(Placed { position: position(row.try_get(0)?), event })
}

fn entry(place: &Place, collection: Collection, row: &Row) -> Result<Entry, Failure> {
    Ok(place.entry(collection, row.try_get(0)?, row.try_get(1)?))
}
