//! What the store holds: all documents of a collection, and blobs that must be there.

use crate::app::App;
use crate::document::Document;
use crate::refusal::Refusal;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_store::{Collection, Entry, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Rows that are read from the store at once.
pub const PAGE: u32 = 500;

/// All documents of a collection whose key begins with `prefix`.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn all(app: &App, collection: Collection, prefix: &str) -> Result<Vec<Entry>, Refusal> {
    Ok(app.store.all(collection, prefix).await?)
}

/// The document that a value from outside finds. A value that no document can have finds none.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn found_by(app: &App, collection: Collection, value: &str) -> Result<Option<Entry>, Refusal> {
    match app.store.find(collection, value, None, 1).await {
        Err(StoreError::Lookup(_)) => Ok(None),
        found => Ok(found?.into_iter().next()),
    }
}

/// The state that a document holds.
///
/// # Errors
/// [`Refusal::internal`] when the document cannot be read.
pub fn state_of<S: DeserializeOwned>(row: &Entry) -> Result<S, Refusal> {
    Ok(row.document.read::<Document<S>>()?.state)
}

/// What was read, for lists and tasks that go on without a piece that is damaged: it spoils only
/// itself. The log names it.
///
/// # Errors
/// Every refusal but [`Refusal::damaged`].
pub fn whole<T>(read: Result<T, Refusal>) -> Result<Option<T>, Refusal> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(refusal) if refusal.is_damaged() => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// A blob that must be there.
///
/// # Errors
/// [`Refusal::internal`] when it is missing or the store fails.
pub async fn needed_blob(app: &App, digest: &Digest) -> Result<Vec<u8>, Refusal> {
    let blob = app.store.blob(digest).await?;
    blob.ok_or_else(|| Refusal::internal(format!("blob {digest} is missing")))
}

/// The value whose canonical bytes a blob holds.
///
/// # Errors
/// As [`needed_blob`], and when the bytes are another value.
pub async fn read_blob<T: Serialize + DeserializeOwned>(app: &App, digest: &Digest) -> Result<T, Refusal> {
    Ok(canonical::from_bytes(&needed_blob(app, digest).await?)?)
}
