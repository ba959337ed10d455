//! The log: checkpoint, entries and proofs, for everyone.

use crate::app::App;
use crate::error::ApiError;
use crate::state::log::{KEY, LogEvent, LogState, LoggedLeaf, Recorded};
use crate::work::Work;
use axum::Json;
use axum::extract::{Query, State};
use kaoping_engine::records::Record;
use kaoping_record::digest::{Digest, to_hex};
use kaoping_record::id::BatchId;
use kaoping_record::log::checkpoint::Checkpoint;
use kaoping_record::log::leaf::{Leaf, LeafKind};
use kaoping_record::log::tree::{inclusion_proof, leaf_hash, root};
use kaoping_record::message::Signed;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which leaf, of which size of the log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProofQuery {
    /// The leaf's index, from 0.
    index: u64,
    /// The log's size; the present one when absent.
    size: Option<u64>,
}

/// Hashes from a leaf to the root.
#[derive(Serialize, ToSchema)]
pub struct ProofView {
    /// The leaf's index.
    index: u64,
    /// The log's size.
    size: u64,
    /// The hashes, the leaf's sibling first.
    path: Vec<String>,
}

/// Which leaves.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntriesQuery {
    /// The first index.
    from: Option<u64>,
    /// How many, at most 1000.
    limit: Option<u64>,
}

/// Leaves in order.
#[derive(Serialize, ToSchema)]
pub struct EntriesView {
    entries: Vec<EntryView>,
}

/// A leaf.
#[derive(Serialize, ToSchema)]
pub struct EntryView {
    /// Its index.
    index: u64,
    /// Its entry.
    #[schema(value_type = Object)]
    leaf: Leaf,
}

/// The log's signed checkpoint.
#[utoipa::path(get, path = "/api/v1/log/checkpoint", responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn checkpoint(State(app): State<App>) -> Result<String, ApiError> {
    sign_checkpoint(&app, &hashes(&app).await?)
}

/// Leaves in order.
#[utoipa::path(get, path = "/api/v1/log/entries", params(EntriesQuery), responses((status = 200, body = EntriesView)))]
pub async fn entries(State(app): State<App>, Query(query): Query<EntriesQuery>) -> Result<Json<EntriesView>, ApiError> {
    let limit = usize::try_from(query.limit.unwrap_or(100).min(1000)).unwrap_or(1000);
    let from = usize::try_from(query.from.unwrap_or(0)).unwrap_or(usize::MAX);
    let leaves = leaves(&app).await?;
    let entries = leaves.into_iter().zip(0..).skip(from).take(limit);
    Ok(Json(EntriesView { entries: entries.map(|(leaf, index)| EntryView { index, leaf }).collect() }))
}

/// An inclusion proof.
#[utoipa::path(get, path = "/api/v1/log/proof", params(ProofQuery), responses((status = 200, body = ProofView)))]
pub async fn proof(State(app): State<App>, Query(query): Query<ProofQuery>) -> Result<Json<ProofView>, ApiError> {
    let hashes = hashes(&app).await?;
    let size = usize::try_from(query.size.unwrap_or(hashes.len() as u64)).unwrap_or(usize::MAX);
    let tree = hashes.get(..size).ok_or_else(|| ApiError::not_found("size"))?;
    let index = usize::try_from(query.index).unwrap_or(usize::MAX);
    let path = inclusion_proof(tree, index).ok_or_else(|| ApiError::not_found("index"))?;
    let path = path.iter().map(Digest::to_hex).collect();
    Ok(Json(ProofView { index: query.index, size: size as u64, path }))
}

/// Appends a salted leaf for a record.
///
/// # Errors
/// 500 when the store or the random source fails.
pub async fn append(
    app: &App,
    work: &mut Work,
    batch: &BatchId,
    kind: LeafKind,
    record: Digest,
) -> Result<LoggedLeaf, ApiError> {
    let salt: [u8; 32] = app.random()?;
    let index = work.load::<LogState>(KEY).await?.size;
    let leaf = Leaf::new(batch.clone(), kind, &salt, &record);
    work.append::<LogState>(KEY, LogEvent::Appended { leaf }).await?;
    Ok(LoggedLeaf { index, salt: to_hex(&salt), record })
}

/// Signs a record with the organization's key, keeps it and appends its leaf.
///
/// # Errors
/// 500 when the record contradicts itself, has no leaf, or the store fails.
pub async fn record<T: Record>(app: &App, work: &mut Work, batch: &BatchId, record: T) -> Result<Recorded, ApiError> {
    record.check().map_err(ApiError::internal)?;
    let kind = record.leaf().ok_or_else(|| ApiError::internal("a record without a leaf"))?;
    let message = Signed::new(record).sign(&app.keys.organization)?;
    let leaf = append(app, work, batch, kind, message.identity()?).await?;
    Ok(Recorded { message: work.blob(message.to_bytes()?), leaf })
}

/// All leaves in order.
///
/// # Errors
/// 500 when the store fails.
pub async fn leaves(app: &App) -> Result<Vec<Leaf>, ApiError> {
    let rows = super::all(app, Collection::LogLeaf, "").await?;
    rows.iter().map(|row| Ok(row.document.read()?)).collect()
}

/// Hashes of all leaves in order.
///
/// # Errors
/// 500 when the store fails.
pub async fn hashes(app: &App) -> Result<Vec<Digest>, ApiError> {
    leaves(app).await?.iter().map(|leaf| Ok(leaf_hash(&leaf.entry()?))).collect()
}

/// The signed note of a tree.
///
/// # Errors
/// 500 when the key fails.
pub fn sign_checkpoint(app: &App, hashes: &[Digest]) -> Result<String, ApiError> {
    let checkpoint =
        Checkpoint { origin: app.settings.log_origin.clone(), size: hashes.len() as u64, root: root(hashes) };
    Ok(checkpoint.sign(&app.keys.log)?)
}
