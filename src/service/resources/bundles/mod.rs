//! Files of a closed batch for those who check it, a line at a time: a large batch is never held whole.

pub mod audit;
pub mod batch;

use crate::error::ApiError;
use crate::state::batch::{BatchState, Stage};
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::TryStream;
use serde::Serialize;

/// A file of JSON lines that is written while it is sent. When a line fails, the transfer breaks off, so that nobody takes a
/// part for the whole.
fn file<S>(name: &str, lines: S) -> Response
where
    S: TryStream<Ok = Bytes, Error = ApiError> + Send + 'static,
{
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, "application/jsonl".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, Body::from_stream(lines)).into_response()
}

/// Appends a line.
fn push_line(text: &mut Vec<u8>, line: &impl Serialize) -> Result<(), ApiError> {
    serde_json::to_writer(&mut *text, line).map_err(ApiError::internal)?;
    text.push(b'\n');
    Ok(())
}

/// Nothing of it leaves the house before everyone has an end.
fn needs_closed(state: &BatchState) -> Result<(), ApiError> {
    if state.stage == Stage::Closed {
        return Ok(());
    }
    Err(ApiError::conflict(
        "not_closed",
        "batch",
        ("批次关闭之后才能导出。", "it can be taken once the batch is closed"),
        ("先完成评分并关闭批次。", "finish the scoring and close the batch"),
    ))
}
