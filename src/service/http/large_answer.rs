//! Answers so large that writing them would hold up everybody else.

use crate::refusal::Refusal;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A JSON answer that is written on a thread that may block.
///
/// # Errors
/// [`Refusal::internal`] when it cannot be written.
pub(super) async fn large_answer<V: Serialize + Send + 'static>(view: V) -> Result<Response, Refusal> {
    let written = tokio::task::spawn_blocking(move || serde_json::to_vec(&view)).await;
    let bytes = written.map_err(Refusal::internal)?.map_err(Refusal::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}
