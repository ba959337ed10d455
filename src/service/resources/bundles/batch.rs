//! The batch bundle: everything that shows that a closed batch is whole, without a name.

use super::{file, needs_closed, push_line};
use crate::app::App;
use crate::error::ApiError;
use crate::resources::log::{proof, reading};
use crate::resources::{all, needed_blob, state_of};
use crate::state::attempt::FixedManifest;
use crate::state::batch::BatchState;
use crate::state::log::{LoggedLeaf, Recorded};
use crate::state::paper::PaperState;
use crate::state::result::ResultState;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use futures_util::stream::try_unfold;
use kaoping_engine::result::batch::{BATCH_BUNDLE_KIND, BATCH_BUNDLE_VERSION, BatchHeader, BatchLine, OpenedLeaf};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_store::Collection;
use std::collections::BTreeMap;

/// Leaves that are read and sent at once.
const PAGE: u64 = 500;

/// The batch bundle of a closed batch, by which anyone who has it finds out whether every candidate has exactly one end.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/bundle", params(("batch" = String, Path)), responses((status = 200, body = Vec<u8>, content_type = "application/jsonl")))]
pub async fn read(State(app): State<App>, Path(batch): Path<BatchId>) -> Result<Response, ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    needs_closed(&state)?;
    // First the size, then what opens leaves: whatever a leaf below the size stands for is there by then.
    let (size, checkpoint) = reading::newest(&app).await?;
    let header =
        BatchHeader { batch: batch.clone(), checkpoint, kind: BATCH_BUNDLE_KIND.to_owned(), v: BATCH_BUNDLE_VERSION };
    let roster = state.roster.ok_or_else(|| ApiError::not_found("roster"))?;
    let seating = state.seating.ok_or_else(|| ApiError::not_found("seating"))?;
    let mut first = Vec::new();
    push_line(&mut first, &header)?;
    let roster = canonical::from_bytes(&needed_blob(&app, &roster).await?)?;
    push_line(&mut first, &BatchLine::Roster { roster })?;
    let seating = canonical::from_bytes(&needed_blob(&app, &seating).await?)?;
    push_line(&mut first, &BatchLine::Seating { seating })?;
    let keys = keys(&app, &batch, &state).await?;
    let name = format!("batch-{batch}.jsonl");
    let walk = Walk { app, first, keys, next: 0, size };
    Ok(file(&name, try_unfold(walk, Walk::page)))
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
    /// A credential of a result, by the document's key: which of its results, the first one being 0.
    Result(String, usize),
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
    async fn page(mut self) -> Result<Option<(Bytes, Self)>, ApiError> {
        if self.next == self.size {
            return Ok(None);
        }
        let mut text = std::mem::take(&mut self.first);
        let count = PAGE.min(self.size - self.next);
        let leaves = reading::leaves(&self.app, self.next, count).await?;
        if leaves.len() as u64 != count {
            return Err(ApiError::internal("the log lacks leaves that its checkpoint covers"));
        }
        for leaf in leaves {
            let opened = match self.keys.remove(&self.next) {
                Some(key) => Some(opened(&self.app, key).await?),
                None => None,
            };
            push_line(&mut text, &BatchLine::Leaf { leaf, opened })?;
            self.next += 1;
        }
        Ok(Some((Bytes::from(text), self)))
    }
}

async fn opened(app: &App, key: Key) -> Result<OpenedLeaf, ApiError> {
    let record = match key.record {
        Source::Message(digest) => canonical::from_bytes(&needed_blob(app, &digest).await?)?,
        Source::Result(result, number) => {
            let state: ResultState = app.need(&result, "result").await?;
            let signed =
                state.superseded.into_iter().map(|superseded| superseded.result).chain(state.signed).nth(number);
            signed.ok_or_else(|| ApiError::not_found("result"))?.jws.into()
        }
    };
    Ok(OpenedLeaf { record, salt: proof::salt(&key.salt)? })
}

/// What opens the leaves of a batch, by their index.
async fn keys(app: &App, batch: &BatchId, state: &BatchState) -> Result<BTreeMap<u64, Key>, ApiError> {
    let mut keys = Keys::default();
    let deal = state.deal.as_ref().map(|deal| &deal.opening);
    for recorded in [state.roster_record.as_ref(), deal, state.closing.as_ref()].into_iter().flatten() {
        keys.message(recorded);
    }
    for ended in &state.voided {
        keys.manifest(&ended.manifest);
        keys.message(&ended.void);
    }
    state.manifest.iter().for_each(|manifest| keys.manifest(manifest));
    let prefix = format!("{batch}.");
    for row in all(app, Collection::Paper, &prefix).await? {
        let paper: PaperState = state_of(&row)?;
        paper.accounted.iter().for_each(|recorded| keys.message(recorded));
    }
    let mut after = None;
    loop {
        let rows = app.store.page(Collection::Result, &prefix, after.as_deref(), crate::resources::PAGE).await?;
        for row in &rows {
            let result: ResultState = state_of(row)?;
            let Some(leaf) = &result.leaf else { continue };
            match result.end {
                Some(end) => keys.add(leaf, Source::Message(end)),
                None => {
                    let leaves = result.superseded.iter().map(|superseded| &superseded.leaf).chain([leaf]);
                    for (number, leaf) in leaves.enumerate() {
                        keys.add(leaf, Source::Result(row.key.clone(), number));
                    }
                }
            }
            result.revoked.iter().for_each(|revoked| keys.message(&revoked.record));
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
