//! Files of a closed batch for those who check it, a line at a time.

use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::bundles::audit::audit_lines;
use crate::operations::bundles::batch::batch_lines;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::TryStream;
use serde::Deserialize;
use utoipa::IntoParams;

/// Why it is taken.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Why, 1 to 500 characters.
    reason: String,
}

/// The batch bundle of a closed batch, by which anyone who has it finds out whether every candidate
/// has exactly one end.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/bundle", params(BatchPath), responses((status = 200, body = Vec<u8>, content_type = "application/jsonl")))]
pub async fn download_batch_bundle(
    State(app): State<App>,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Response, Refusal> {
    Ok(file(&format!("batch-{batch}.jsonl"), batch_lines(app, &batch).await?))
}

/// The audit bundle of a closed batch. It holds answers and keys, so that taking it needs a reason
/// and is kept on record.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/audit", params(BatchPath, AuditQuery), responses((status = 200, body = Vec<u8>, content_type = "application/jsonl")))]
pub async fn download_audit_bundle(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
    Query(query): Query<AuditQuery>,
) -> Result<Response, Refusal> {
    let lines = audit_lines(app, &member, &batch, &query.reason).await?;
    Ok(file(&format!("audit-{batch}.jsonl"), lines))
}

/// A file of JSON lines that is written while it is sent. When a line fails, the transfer breaks
/// off, so that nobody takes a part for the whole.
fn file<S>(name: &str, lines: S) -> Response
where
    S: TryStream<Ok = Vec<u8>, Error = Refusal> + Send + 'static,
{
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, "application/jsonl".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, Body::from_stream(lines)).into_response()
}
