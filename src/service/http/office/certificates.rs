//! Certificates: issued to passers, and exported as the authority's list.

use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::certificates;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many passers have certificates.
#[derive(Serialize, ToSchema)]
pub struct IssuedView {
    /// Certificates that were signed just now.
    new: u32,
    /// All that count, these included.
    all: u32,
}

/// How the list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListFormat {
    /// Excel workbook.
    Xlsx,
    /// CSV in UTF-8.
    Csv,
    /// CSV in GBK.
    CsvGbk,
}

/// The format of the list, and why it is taken.
#[derive(Deserialize, ToSchema)]
pub struct ExportRequest {
    /// Why, 1 to 500 characters.
    reason: String,
    format: ListFormat,
}

/// Gives numbers and signed, logged certificates to the passers that have none.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/certificates", params(BatchPath), responses((status = 200, body = IssuedView)))]
pub async fn issue_certificates(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Json<IssuedView>, Refusal> {
    let certificates::Issued { new, all } = certificates::issue_certificates(&app, &member, &batch).await?;
    Ok(Json(IssuedView { new, all }))
}

/// The authority's list of certificates that count. It holds names and ID numbers, so that taking
/// it needs a reason and is kept on record.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/certificates/export", request_body = ExportRequest, params(BatchPath), responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn export_certificates(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
    Json(request): Json<ExportRequest>,
) -> Result<Response, Refusal> {
    let (format, kind, ending) = match request.format {
        ListFormat::Xlsx => (
            certificates::ListFormat::Xlsx,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        ),
        ListFormat::Csv => (certificates::ListFormat::Csv, "text/csv", "csv"),
        ListFormat::CsvGbk => (certificates::ListFormat::CsvGbk, "text/csv", "csv"),
    };
    let file = certificates::export_certificates(&app, &member, &batch, &request.reason, format).await?;
    let disposition = format!("attachment; filename=\"certificates-{batch}.{ending}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], file).into_response())
}
