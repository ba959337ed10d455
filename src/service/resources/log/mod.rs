//! The log: what is appended, and how it is signed. [`reading`] serves it to everyone, [`proof`] shows a
//! leaf in it, [`witness`] asks outside bodies to cosign.

pub mod proof;
pub mod reading;
pub mod witness;

use crate::app::App;
use crate::error::ApiError;
use crate::log_tree::LogTree;
use crate::state::log::{KEY, LogEvent, LogState, LoggedLeaf, Recorded};
use crate::work::Work;
use kaoping_engine::kinds::Record;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::log::checkpoint::Checkpoint;
use kaoping_record::log::leaf::{Leaf, LeafKind};
use kaoping_record::message::Signed;

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
    let salt = Bytes32::new(app.random()?);
    let index = work.load::<LogState>(KEY).await?.size;
    let leaf = Leaf::new(batch.clone(), kind, &salt, &record);
    work.append::<LogState>(KEY, LogEvent::Appended { leaf }).await?;
    Ok(LoggedLeaf { index, salt: salt.to_hex(), record })
}

/// Signs a record with the organization's key, keeps it and appends its leaf.
///
/// # Errors
/// 500 when the record contradicts itself, has no leaf, or the store fails.
pub async fn record<T: Record>(app: &App, work: &mut Work, batch: &BatchId, record: T) -> Result<Recorded, ApiError> {
    let message = Signed::new(record).sign(&*app.keys.organization)?;
    keep(app, work, batch, message).await
}

/// Keeps a signed record and appends its leaf.
///
/// # Errors
/// As [`record`].
pub async fn keep<T: Record>(
    app: &App,
    work: &mut Work,
    batch: &BatchId,
    message: Signed<T>,
) -> Result<Recorded, ApiError> {
    message.payload.check().map_err(ApiError::internal)?;
    let kind = message.payload.leaf().ok_or_else(|| ApiError::internal("a record without a leaf"))?;
    let leaf = append(app, work, batch, kind, message.identity()?).await?;
    Ok(Recorded { message: work.blob(message.to_bytes()?), leaf })
}

/// The log's signed note of its first `size` leaves.
///
/// # Errors
/// 404 when there are fewer, 500 when the key fails.
pub fn sign_checkpoint(app: &App, tree: &LogTree, size: u64) -> Result<String, ApiError> {
    let root = tree.root(size).map_err(|_| ApiError::not_found("size"))?;
    Ok(Checkpoint { origin: app.settings.log_origin.clone(), size, root }.sign(&app.keys.log)?)
}
