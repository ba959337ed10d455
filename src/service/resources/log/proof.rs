//! That a leaf stands in the log, as files that are handed over tell it.

use super::sign_checkpoint;
use crate::app::App;
use crate::error::ApiError;
use crate::state::log::{KEY, LogState, LoggedLeaf, leaf_key};
use kaoping_engine::result::verify::bundle::LogProof;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::log::leaf::Leaf;
use kaoping_store::Collection;

/// The proof of a leaf: under the newest witnessed checkpoint that covers it, else under the present one.
///
/// # Errors
/// 404 when there is no such leaf, 500 when store or key fail.
pub async fn of(app: &App, logged: &LoggedLeaf) -> Result<LogProof, ApiError> {
    let state: LogState = app.read(KEY).await?;
    let stored = app.store.get(Collection::LogLeaf, &leaf_key(logged.index)).await?;
    let leaf: Leaf = stored.ok_or_else(|| ApiError::not_found("leaf"))?.read()?;
    let tree = app.log_tree().await?;
    // A witnessed checkpoint is worth more than a newer one.
    let witnessed = state.cosigned.filter(|cosigned| cosigned.size > logged.index);
    let size = witnessed.as_ref().map_or_else(|| tree.size(), |cosigned| cosigned.size);
    Ok(LogProof {
        index: logged.index,
        size,
        path: tree.inclusion(logged.index, size).map_err(|_| ApiError::not_found("leaf"))?,
        checkpoint: match witnessed {
            Some(cosigned) => cosigned.note,
            None => sign_checkpoint(app, &tree, size)?,
        },
        leaf,
        salt: salt(&logged.salt)?,
    })
}

/// A salt as it is stored.
///
/// # Errors
/// 500 when it is none.
pub fn salt(text: &str) -> Result<Bytes32, ApiError> {
    Bytes32::from_hex(text).map_err(|_| ApiError::internal("stored salt"))
}
