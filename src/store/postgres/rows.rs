//! The rows that a group writes, column by column, and statements that are sent without waiting for
//! each other.

use super::error::Failure;
use crate::collection::Collection;
use crate::commit::Change;
use crate::stored::integer;
use deadpool_postgres::GenericClient;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row, Statement};

/// What a group is written with; prepared once for each connection.
pub(super) struct Statements {
    pub(super) turn: Statement,
    pub(super) heads: Statement,
    write_events: Statement,
    write_heads: Statement,
    write_documents: Statement,
    remove_documents: Statement,
    write_blobs: Statement,
    write_position: Statement,
}

impl Statements {
    pub(super) async fn prepare(client: &impl GenericClient) -> Result<Self, Failure> {
        Ok(Self {
            turn: client.prepare_cached("SELECT position, link FROM turn, founding FOR UPDATE OF turn").await?,
            heads: client.prepare_cached("SELECT stream, next_seq, last FROM head WHERE stream = ANY($1)").await?,
            write_events: client
                .prepare_cached(
                    "INSERT INTO event (position, stream, seq, identity, bytes)
                     SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bytea[], $5::bytea[])",
                )
                .await?,
            write_heads: client
                .prepare_cached(
                    "INSERT INTO head (stream, next_seq, last)
                     SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[])
                     ON CONFLICT (stream) DO UPDATE SET next_seq = excluded.next_seq, last = excluded.last",
                )
                .await?,
            write_documents: client
                .prepare_cached(
                    "INSERT INTO document (collection, key, lookup, second_lookup, bytes)
                     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[])
                     ON CONFLICT (collection, key) DO UPDATE SET
                     lookup = excluded.lookup, second_lookup = excluded.second_lookup, bytes = excluded.bytes",
                )
                .await?,
            remove_documents: client
                .prepare_cached(
                    "DELETE FROM document USING unnest($1::text[], $2::text[]) AS gone (collection, key)
                     WHERE document.collection = gone.collection AND document.key = gone.key",
                )
                .await?,
            write_blobs: client
                .prepare_cached(
                    "INSERT INTO blob (digest, bytes) SELECT * FROM unnest($1::bytea[], $2::bytea[])
                     ON CONFLICT (digest) DO NOTHING",
                )
                .await?,
            write_position: client.prepare_cached("UPDATE turn SET position = $1").await?,
        })
    }
}

/// A statement under way.
type Sent<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>, Error>> + Send + 'a>>;

/// Sends statements in their order without waiting for an answer in between, and gives the rows of
/// each.
///
/// # Errors
/// The first failure. The server skips what follows it in the same transaction.
pub(super) async fn in_order(mut sent: Vec<Sent<'_>>) -> Result<Vec<Vec<Row>>, Failure> {
    let mut answers: Vec<Option<Vec<Row>>> = sent.iter().map(|_| None).collect();
    // A statement is sent when its future is polled for the first time.
    poll_fn(|context| {
        let mut waits = false;
        for (sent, answer) in sent.iter_mut().zip(&mut answers) {
            if answer.is_none() {
                match sent.as_mut().poll(context) {
                    Poll::Ready(rows) => *answer = Some(rows?),
                    Poll::Pending => waits = true,
                }
            }
        }
        if waits { Poll::Pending } else { Poll::Ready(Ok::<_, Failure>(())) }
    })
    .await?;
    Ok(answers.into_iter().flatten().collect())
}

/// A change of a document, with its bytes; `None` where it is removed.
type Written<'a> = (&'a Change, Option<Vec<u8>>);

/// What a group writes.
#[derive(Default)]
pub(super) struct Rows<'a> {
    positions: Vec<i64>,
    streams: Vec<&'a str>,
    numbers: Vec<i64>,
    identities: Vec<Vec<u8>>,
    events: Vec<Vec<u8>>,
    /// Where the streams end that have moved.
    pub(super) heads: BTreeMap<String, Head>,
    /// The last change of each document, with its bytes; `None` where it is removed.
    changes: BTreeMap<(Collection, &'a str), Written<'a>>,
    pub(super) blobs: BTreeMap<Digest, Vec<u8>>,
}

impl<'a> Rows<'a> {
    pub(super) fn event(&mut self, position: u64, event: &'a Sealed, bytes: Vec<u8>) {
        self.positions.push(integer(position));
        self.streams.push(event.event().stream.as_str());
        self.numbers.push(integer(event.event().seq));
        self.identities.push(event.identity().as_bytes().to_vec());
        self.events.push(bytes);
    }

    pub(super) fn change(&mut self, change: &'a Change, bytes: Option<Vec<u8>>) {
        self.changes.insert((change.collection(), change.key()), (change, bytes));
    }

    /// Sends everything; `position` is that of the last event, where there are new ones.
    pub(super) async fn write(
        &self,
        client: &Client,
        statements: &Statements,
        position: Option<u64>,
        commits: bool,
    ) -> Result<(), Failure> {
        let (mut collections, mut keys, mut first, mut second, mut bytes) = (vec![], vec![], vec![], vec![], vec![]);
        let (mut gone_collections, mut gone_keys) = (vec![], vec![]);
        for ((collection, key), (change, sealed)) in &self.changes {
            match (change, sealed) {
                (Change::Put { lookup, .. }, Some(sealed)) => {
                    collections.push(collection.name());
                    keys.push(*key);
                    first.push(lookup.first.as_deref());
                    second.push(lookup.second.as_deref());
                    bytes.push(sealed.as_slice());
                }
                _ => {
                    gone_collections.push(collection.name());
                    gone_keys.push(*key);
                }
            }
        }
        let ends: Vec<&str> = self.heads.keys().map(String::as_str).collect();
        let nexts: Vec<i64> = self.heads.values().map(|head| integer(head.next_seq)).collect();
        let lasts: Vec<&[u8]> = self.heads.values().map(|head| head.last.as_bytes().as_slice()).collect();
        let digests: Vec<&[u8]> = self.blobs.keys().map(|digest| digest.as_bytes().as_slice()).collect();
        let blobs: Vec<&[u8]> = self.blobs.values().map(Vec::as_slice).collect();
        let position = position.map(integer).unwrap_or_default();
        let events: [&(dyn ToSql + Sync); 5] =
            [&self.positions, &self.streams, &self.numbers, &self.identities, &self.events];
        let heads: [&(dyn ToSql + Sync); 3] = [&ends, &nexts, &lasts];
        let documents: [&(dyn ToSql + Sync); 5] = [&collections, &keys, &first, &second, &bytes];
        let gone: [&(dyn ToSql + Sync); 2] = [&gone_collections, &gone_keys];
        let stored: [&(dyn ToSql + Sync); 2] = [&digests, &blobs];
        let last: [&(dyn ToSql + Sync); 1] = [&position];
        let all: [(&Statement, &[&(dyn ToSql + Sync)], bool); 6] = [
            (&statements.write_events, &events, !self.positions.is_empty()),
            (&statements.write_heads, &heads, !ends.is_empty()),
            (&statements.write_documents, &documents, !keys.is_empty()),
            (&statements.remove_documents, &gone, !gone_keys.is_empty()),
            (&statements.write_blobs, &stored, !digests.is_empty()),
            (&statements.write_position, &last, position != 0),
        ];
        let mut sent: Vec<Sent<'_>> = Vec::new();
        for (statement, parameters, _) in all.iter().filter(|(_, _, is_needed)| *is_needed) {
            sent.push(Box::pin(client.query(*statement, parameters)));
        }
        if commits {
            sent.push(Box::pin(async { client.batch_execute("COMMIT").await.map(|()| Vec::new()) }));
        }
        in_order(sent).await.map(drop)
    }
}
