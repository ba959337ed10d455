//! Closing a batch.

use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::closing;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

/// What closing did.
#[derive(Serialize, ToSchema)]
pub struct CloseView {
    /// Terminal leaves.
    terminal: u32,
    /// Spare papers that late additions got.
    used: u32,
    /// Spare and reserve papers that nobody needed.
    unused: u32,
    /// Index of the closing leaf.
    log_index: u64,
}

/// Closes the batch: every sitting must have its terminal leaf.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/close", params(BatchPath), responses((status = 200, body = CloseView)))]
pub async fn close_batch(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Json<CloseView>, Refusal> {
    let closed = closing::close_batch(&app, &member, &batch).await?;
    let closing::ClosedBatch { terminal, used, unused, log_index } = closed;
    Ok(Json(CloseView { terminal, used, unused, log_index }))
}
