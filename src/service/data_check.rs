//! Whether what the store holds still belongs together: each stream is walked, folded again with
//! the code that makes documents live, and compared with its documents. It may run beside a service
//! that writes.

use crate::rebuild::Rebuild;
use kaoping_record::event::{Head, Stream};
use kaoping_store::{Append, Change, Collection, Commit, Document, Placed, Projector, Store, StoreError};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Streams that are listed at once.
const PAGE: u32 = 500;
/// How often a stream that moves while it is walked is walked again.
const ATTEMPTS: u32 = 5;

/// A document that differs from the state of its stream.
#[derive(Clone, Debug)]
pub struct DamagedDocument {
    pub collection: Collection,
    pub key: String,
    /// What is wrong with it.
    pub cause: String,
    /// The stream that it follows from, up to where it was walked; `None` when it follows from no
    /// stream.
    source: Option<(Stream, Head)>,
    /// The change that repairs it.
    mend: Change,
}

/// A stream that cannot be walked to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenStream {
    pub stream: String,
    /// Where it breaks, and why.
    pub cause: String,
}

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// How many streams were walked.
    pub streams: u64,
    /// How many documents were compared.
    pub documents: u64,
    pub damaged: Vec<DamagedDocument>,
    pub broken: Vec<BrokenStream>,
}

impl Findings {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.damaged.is_empty() && self.broken.is_empty()
    }
}

/// Every document by collection and key, with the last change that a stream makes of it.
type Changes = BTreeMap<(Collection, String), Change>;
/// Collections and keys of documents.
type Known = BTreeSet<(Collection, String)>;

/// Walks every stream and compares every document. When nobody writes meanwhile, [`check_alone`]
/// finds more.
///
/// # Errors
/// [`StoreError`] when the store cannot be asked at all; what it says of single streams and
/// documents is a finding.
pub async fn check(store: &Store) -> Result<Findings, StoreError> {
    Ok(check_every_stream(store).await?.0)
}

/// [`check`] while nobody writes: also finds documents that follow from no stream. A stream that is
/// broken may lack the event that one follows from; then none is named.
///
/// # Errors
/// As [`check`].
pub async fn check_alone(store: &Store) -> Result<Findings, StoreError> {
    let (mut findings, known) = check_every_stream(store).await?;
    if findings.broken.is_empty() {
        check_orphans(store, &mut findings, &known).await?;
    }
    Ok(findings)
}

/// The findings, and every document that follows from a stream.
async fn check_every_stream(store: &Store) -> Result<(Findings, Known), StoreError> {
    let mut findings = Findings::default();
    let mut known = Known::new();
    let mut seats: BTreeMap<String, Vec<(u32, Stream)>> = BTreeMap::new();
    let mut after: Option<Stream> = None;
    loop {
        let page = store.streams("", after.as_ref(), PAGE).await?;
        for (stream, _) in &page {
            // The streams of a sitting's PCs go on from each other.
            match seat_number(stream) {
                Some((sitting, number)) => seats.entry(sitting).or_default().push((number, stream.clone())),
                None => check_streams(store, std::slice::from_ref(stream), &mut findings, &mut known).await?,
            }
        }
        match page.last() {
            Some((last, _)) if page.len() == PAGE as usize => after = Some(last.clone()),
            _ => break,
        }
    }
    for mut streams in seats.into_values() {
        streams.sort_by_key(|(number, _)| *number);
        let streams: Vec<Stream> = streams.into_iter().map(|(_, stream)| stream).collect();
        check_streams(store, &streams, &mut findings, &mut known).await?;
    }
    Ok((findings, known))
}

/// Makes the damaged documents again, each unless its stream has moved meanwhile. Returns how many.
///
/// # Errors
/// The error of the store; documents before the one that failed are already repaired.
pub async fn repair(store: &Store, findings: &Findings) -> Result<u64, StoreError> {
    let mut mended = 0;
    for damaged in &findings.damaged {
        let source = damaged.source.iter();
        let appends =
            source.map(|(stream, head)| Append { stream: stream.clone(), expected: *head, events: Vec::new() });
        let commit =
            Commit { appends: appends.collect(), projections: vec![damaged.mend.clone()], ..Commit::default() };
        store.commit(commit).await?;
        mended += 1;
    }
    Ok(mended)
}

/// Logs what a check finds, with what to do. For a service that runs.
pub async fn report(store: &Store) {
    match check(store).await {
        Err(error) => tracing::error!(%error, "the documents could not be checked"),
        Ok(findings) => {
            for broken in &findings.broken {
                tracing::error!(stream = %broken.stream, cause = %broken.cause, "a stream is broken: restore a backup");
            }
            for damaged in &findings.damaged {
                tracing::error!(
                    collection = damaged.collection.name(),
                    key = ?damaged.key,
                    cause = %damaged.cause,
                    "a document is damaged: stop the service and run `kaoping doctor --repair`"
                );
            }
            if findings.is_clean() {
                tracing::info!(findings.streams, findings.documents, "documents agree with their streams");
            }
        }
    }
}

/// Checks streams that one fold goes through, in this order.
async fn check_streams(
    store: &Store,
    streams: &[Stream],
    findings: &mut Findings,
    known: &mut Known,
) -> Result<(), StoreError> {
    for attempt in 1..=ATTEMPTS {
        let mut found = Findings::default();
        let mut keys = Known::new();
        let settled = walk(store, streams, &mut found, &mut keys).await?;
        if settled || attempt == ATTEMPTS {
            known.append(&mut keys);
            findings.streams += found.streams;
            findings.documents += found.documents;
            // A stream that keeps changing is being written by the service, which checks what
            // it writes.
            if settled {
                findings.damaged.append(&mut found.damaged);
                findings.broken.append(&mut found.broken);
            }
            return Ok(());
        }
    }
    Ok(())
}

/// Walks streams once. `false` when one of them moved meanwhile, so that what was found may be of
/// two states.
async fn walk(
    store: &Store,
    streams: &[Stream],
    findings: &mut Findings,
    keys: &mut Known,
) -> Result<bool, StoreError> {
    let mut rebuild = Rebuild::default();
    for stream in streams {
        findings.streams += 1;
        let before = match store.head(stream).await {
            Err(error @ StoreError::Corrupt { .. }) => {
                findings.broken.push(BrokenStream { stream: stream.as_str().to_owned(), cause: error.to_string() });
                continue;
            }
            head => head?,
        };
        let mut changes = Changes::new();
        let folded = fold(store, stream, before, &mut rebuild, &mut changes).await?;
        keys.extend(changes.keys().cloned());
        let mut damaged = Vec::new();
        let mut broken = folded.err();
        for ((collection, key), change) in changes {
            findings.documents += 1;
            let stored = store.get(collection, &key).await?;
            let Some(difference) = compare(stored.as_ref(), &change) else { continue };
            // A PC sends again what its stream has lost, once the document is back where the stream
            // ends. What the service wrote itself nobody sends again.
            let is_sent_again = collection == Collection::Seat;
            match difference.seen.filter(|seen| *seen > before.next_seq && broken.is_none()) {
                Some(seen) if is_sent_again => {
                    let cause = format!(
                        "it has seen {seen} events, but its stream has {}; the PC sends the others again once the \
                         document is repaired",
                        before.next_seq
                    );
                    damaged.push((collection, key, cause, change));
                }
                Some(seen) => {
                    let name = collection.name();
                    broken = Some(format!(
                        "document `{key}` of `{name}` has seen {seen} events, but the stream has {}",
                        before.next_seq
                    ));
                }
                None => damaged.push((collection, key, difference.cause, change)),
            }
        }
        if store.head(stream).await? != before {
            return Ok(false);
        }
        match broken {
            // From a damaged stream it is unknown what its documents should be.
            Some(cause) => findings.broken.push(BrokenStream { stream: stream.as_str().to_owned(), cause }),
            None => findings.damaged.extend(damaged.into_iter().map(|(collection, key, cause, mend)| {
                DamagedDocument { collection, key, cause, source: Some((stream.clone(), before)), mend }
            })),
        }
    }
    Ok(true)
}

/// Folds a stream up to its head. The error says where it breaks.
async fn fold(
    store: &Store,
    stream: &Stream,
    head: Head,
    rebuild: &mut Rebuild,
    changes: &mut Changes,
) -> Result<Result<(), String>, StoreError> {
    let events = match store.history(stream).await {
        Err(error @ StoreError::Corrupt { .. }) => return Ok(Err(error.to_string())),
        events => events?,
    };
    let mut last = Head::EMPTY;
    for event in events {
        if event.event().seq >= head.next_seq {
            break;
        }
        last = event.head();
        let seq = event.event().seq;
        // Positions matter to nobody but the store's own order.
        match rebuild.project(&Placed { position: 0, event }) {
            Ok(made) => {
                for change in made {
                    changes.insert((change.collection(), change.key().to_owned()), change);
                }
            }
            Err(error) => return Ok(Err(format!("event {seq}: {error}"))),
        }
    }
    if last == head {
        return Ok(Ok(()));
    }
    Ok(Err(format!("it ends after {} events, but its head names {}", last.next_seq, head.next_seq)))
}

/// How a stored document differs from the state of its stream.
struct Difference {
    /// How many events it says that it has seen.
    seen: Option<u64>,
    cause: String,
}

/// The head that every document of an aggregate carries.
#[derive(Deserialize)]
struct WithHead {
    head: Head,
}

fn compare(stored: Option<&Document>, change: &Change) -> Option<Difference> {
    let unread = |cause: String| Some(Difference { seen: None, cause });
    match (stored, change) {
        (None, Change::Remove { .. }) => None,
        (Some(_), Change::Remove { .. }) => unread("its stream has removed it".to_owned()),
        (None, Change::Put { .. }) => unread("it is missing".to_owned()),
        (Some(stored), Change::Put { document, .. }) => match stored.read::<serde_json::Value>() {
            Err(StoreError::Document { cause, .. }) => unread(cause),
            _ if stored == document => None,
            _ => Some(Difference {
                seen: stored.read::<WithHead>().ok().map(|known| known.head.next_seq),
                cause: "it differs from what its stream leads to".to_owned(),
            }),
        },
    }
}

/// Documents that follow from no stream.
async fn check_orphans(store: &Store, findings: &mut Findings, known: &Known) -> Result<(), StoreError> {
    for collection in Collection::ALL.into_iter().filter(|collection| !collection.is_authoritative()) {
        for entry in store.all(collection, "").await? {
            if !known.contains(&(collection, entry.key.clone())) {
                findings.documents += 1;
                findings.damaged.push(DamagedDocument {
                    collection,
                    mend: Change::Remove { collection, key: entry.key.clone() },
                    key: entry.key,
                    cause: "it follows from no stream".to_owned(),
                    source: None,
                });
            }
        }
    }
    Ok(())
}

/// The sitting and number of a PC's stream, `seat/SITTING/NUMBER`.
fn seat_number(stream: &Stream) -> Option<(String, u32)> {
    let (sitting, number) = stream.as_str().strip_prefix("seat/")?.split_once('/')?;
    Some((sitting.to_owned(), number.parse().ok()?))
}
