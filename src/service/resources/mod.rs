//! One file a resource: its types, its documentation and its handlers.

use crate::app::App;
use crate::error::ApiError;
use crate::work::Document;
use kaoping_store::{Collection, Entry};
use serde::de::DeserializeOwned;

pub mod banks;
pub mod batches;
pub mod bundles;
pub mod certificates;
pub mod changes;
pub mod closing;
pub mod credentials;
pub mod draw;
pub mod endings;
pub mod examiner;
pub mod keys;
pub mod late;
pub mod log;
pub mod login;
pub mod organization;
pub mod panels;
pub mod papers;
pub mod receipts;
pub mod results;
pub mod rooms;
pub mod roster;
pub mod scoring;
pub mod seat;
pub mod seat_token;
pub mod sittings;
pub mod staff;
pub mod trust;

/// Rows that are read from the store at once.
const PAGE: u32 = 500;

/// All documents of a collection whose key begins with `prefix`.
async fn all(app: &App, collection: Collection, prefix: &str) -> Result<Vec<Entry>, ApiError> {
    Ok(app.store.all(collection, prefix).await?)
}

/// The state that a document holds.
fn state_of<S: DeserializeOwned>(row: &Entry) -> Result<S, ApiError> {
    Ok(row.document.read::<Document<S>>()?.state)
}

/// The longest reason, in characters.
const REASON: usize = 500;

/// A reason that a person gave, without blanks around it.
fn needed_reason(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if (1..=REASON).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(ApiError::invalid(
        "reason",
        "reason",
        ("原因须为 1 至 500 个字。", "a reason has 1 to 500 characters"),
        ("请写明原因。", "enter the reason"),
    ))
}

/// A blob that must be there.
async fn needed_blob(app: &App, digest: &kaoping_record::digest::Digest) -> Result<Vec<u8>, ApiError> {
    let blob = app.store.blob(digest).await?;
    blob.ok_or_else(|| ApiError::internal(format!("blob {digest} is missing")))
}
