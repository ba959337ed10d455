//! The batch bundle: everything that shows that a closed batch is whole, without a name.

use super::{needs_closed, push_line};
use crate::aggregates::attempt::FixedManifest;
use crate::aggregates::batch::BatchState;
use crate::aggregates::log::{LoggedLeaf, Recorded};
use crate::aggregates::paper::PaperState;
use crate::aggregates::result::ResultState;
use crate::app::App;
use crate::operations::log;
use crate::operations::stored::{PAGE as ROWS, all, needed_blob, read_blob, state_of};
use crate::refusal::Refusal;
use futures_util::TryStream;
use futures_util::stream::try_unfold;
use kaoping_engine::verify::batch::{BATCH_BUNDLE_KIND, BATCH_BUNDLE_VERSION, BatchHeader, BatchLine, OpenedLeaf};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_store::Collection;
use std::collections::BTreeMap;

/// Leaves that are read and sent at once.
const PAGE: u64 = 500;

/// The lines of the batch bundle of a closed batch, as they are read: by it anyone finds out
/// whether every candidate has exactly one end.
///
/// # Errors
/// `not_closed`.
pub async fn batch_lines(
    app: App,
    batch: &BatchId,
) -> Result<impl TryStream<Ok = Vec<u8>, Error = Refusal> + Send + use<>, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    needs_closed(&state)?;
    let (seated, _) = state.closed()?;
    // First the size, then what opens leaves: whatever a leaf below the size stands for is there by
    // then.
    let (size, checkpoint) = log::newest(&app).await?;
    let header =
        BatchHeader { batch: batch.clone(), checkpoint, kind: BATCH_BUNDLE_KIND.to_owned(), v: BATCH_BUNDLE_VERSION };
    let mut first = Vec::new();
    push_line(&mut first, &header)?;
    push_line(&mut first, &BatchLine::Roster { roster: read_blob(&app, &seated.roster).await? })?;
    push_line(&mut first, &BatchLine::Seating { seating: read_blob(&app, &seated.seating).await? })?;
    let keys = keys(&app, batch, &state).await?;
    Ok(try_unfold(Walk { app, first, keys, next: 0, size }, Walk::page))
}

/// What opens a leaf.
struct Key {
    salt: String,
    record: Source,
}

/// Where a leaf's record is kept.
enum Source {
    /// A signed message, by its blob.
    Message(Digest),
    /// A credential of a result, by the document's key: which of its results, the first one being
    /// 0.
    Result(String, usize),
    /// Likewise of its certificates.
    Certificate(String, usize),
}

/// The leaves from the first on.
struct Walk {
    app: App,
    /// Lines before the leaves, until they are sent.
    first: Vec<u8>,
    keys: BTreeMap<u64, Key>,
    next: u64,
    size: u64,
}

impl Walk {
    async fn page(mut self) -> Result<Option<(Vec<u8>, Self)>, Refusal> {
        if self.next == self.size {
            return Ok(None);
        }
        let mut text = std::mem::take(&mut self.first);
        let count = PAGE.min(self.size - self.next);
        let leaves = log::leaves(&self.app, self.next, count).await?;
        if leaves.len() as u64 != count {
            return Err(Refusal::internal("the log lacks leaves that its checkpoint covers"));
        }
        for leaf in leaves {
            let opened = match self.keys.remove(&self.next) {
                Some(key) => Some(opened(&self.app, key).await?),
                None => None,
            };
            push_line(&mut text, &BatchLine::Leaf { leaf, opened })?;
            self.next += 1;
        }
        Ok(Some((text, self)))
    }
}

async fn opened(app: &App, key: Key) -> Result<OpenedLeaf, Refusal> {
    let salt = log::salt(&key.salt)?;
    match key.record {
        Source::Message(digest) => {
            let record = canonical::from_bytes(&needed_blob(app, &digest).await?)?;
            Ok(OpenedLeaf { decision: None, proofs: Vec::new(), record, salt })
        }
        Source::Result(result, number) => {
            let logged = app.need::<ResultState>(&result, "result").await?.into_signed()?;
            // The decision to replace a result stands with the one that was replaced.
            let before = number.checked_sub(1).and_then(|before| logged.superseded.get(before));
            let decision = match before {
                Some(superseded) => Some(read_blob(app, &superseded.correction).await?),
                None => None,
            };
            let mut results = logged.superseded.into_iter().map(|superseded| superseded.result).chain([logged.result]);
            let signed = results.nth(number).ok_or_else(|| Refusal::not_found("result"))?;
            Ok(OpenedLeaf { decision, proofs: signed.proofs, record: signed.jws.into(), salt })
        }
        Source::Certificate(result, number) => {
            let logged = app.need::<ResultState>(&result, "result").await?.into_signed()?;
            let certified = logged.certificates().nth(number).ok_or_else(|| Refusal::not_found("certificate"))?;
            let (record, proofs) = (certified.jws.clone().into(), certified.proofs.clone());
            Ok(OpenedLeaf { decision: None, proofs, record, salt })
        }
    }
}

/// What opens the leaves of a batch, by their index.
async fn keys(app: &App, batch: &BatchId, state: &BatchState) -> Result<BTreeMap<u64, Key>, Refusal> {
    let mut keys = Keys::default();
    let (seated, closing) = state.closed()?;
    keys.message(&seated.record);
    keys.message(closing);
    state.deal().iter().for_each(|deal| keys.message(&deal.opening));
    seated.given_up.iter().for_each(|basis| keys.message(&basis.record));
    for ended in &state.voided {
        keys.message(&ended.basis.record);
        ended.secrets.values().for_each(|opened| keys.message(&opened.record));
        keys.manifest(&ended.manifest);
        keys.message(&ended.void);
    }
    if let Some(fixed) = state.fixed() {
        keys.message(&fixed.basis.record);
        keys.manifest(&fixed.manifest);
        fixed.secrets.values().for_each(|opened| keys.message(&opened.record));
    }
    let prefix = format!("{batch}.");
    for row in all(app, Collection::Paper, &prefix).await? {
        let paper: PaperState = state_of(&row)?;
        paper.record().iter().for_each(|recorded| keys.message(recorded));
    }
    let mut after = None;
    loop {
        let rows = app.store.page(Collection::Result, &prefix, after.as_deref(), ROWS).await?;
        for row in &rows {
            let result: ResultState = state_of(row)?;
            let logged = match result {
                ResultState::Ended { record, .. } => {
                    keys.message(&record);
                    continue;
                }
                ResultState::Signed(logged) => logged,
            };
            let leaves = logged.superseded.iter().map(|superseded| &superseded.leaf).chain([&logged.leaf]);
            for (number, leaf) in leaves.enumerate() {
                keys.add(leaf, Source::Result(row.key.clone(), number));
            }
            for (number, certified) in logged.certificates().enumerate() {
                keys.add(&certified.leaf, Source::Certificate(row.key.clone(), number));
            }
            logged.revoked.iter().for_each(|revoked| keys.message(&revoked.record));
        }
        match rows.last() {
            Some(row) => after = Some(row.key.clone()),
            None => return Ok(keys.0),
        }
    }
}

#[derive(Default)]
struct Keys(BTreeMap<u64, Key>);

impl Keys {
    fn add(&mut self, leaf: &LoggedLeaf, record: Source) {
        self.0.insert(leaf.index, Key { salt: leaf.salt.clone(), record });
    }

    fn message(&mut self, recorded: &Recorded) {
        self.add(&recorded.leaf, Source::Message(recorded.message));
    }

    fn manifest(&mut self, fixed: &FixedManifest) {
        self.add(&fixed.leaf, Source::Message(fixed.message));
    }
}
