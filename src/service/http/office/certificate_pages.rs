//! Printed certificates and their layout.

use crate::app::App;
use crate::http::path::{BatchPath, ResultPath};
use crate::operations::member::Member;
use crate::operations::{certificate_pages, organization};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kaoping_engine::plan::certificate_template::CertificateTemplate;
use serde::Deserialize;
use utoipa::ToSchema;

/// Why certificates are printed.
#[derive(Deserialize, ToSchema)]
pub struct PrintRequest {
    /// Why, 1 to 500 characters.
    reason: String,
}

/// The layout of printed certificates: the organization's, or a sample until it keeps one.
#[utoipa::path(get, path = "/api/v1/organization/certificate-template", responses((status = 200, body = CertificateTemplate)))]
pub async fn show_template(State(app): State<App>) -> Result<Json<CertificateTemplate>, Refusal> {
    Ok(Json(certificate_pages::template(&app).await?))
}

/// Keeps the layout of printed certificates.
#[utoipa::path(put, path = "/api/v1/organization/certificate-template", request_body = CertificateTemplate, responses((status = 200, body = CertificateTemplate)))]
pub async fn keep_template(
    State(app): State<App>,
    member: Member,
    Json(request): Json<CertificateTemplate>,
) -> Result<Json<CertificateTemplate>, Refusal> {
    organization::keep_template(&app, &member, &request).await?;
    show_template(State(app)).await
}

/// Prints a layout with made-up data and a code without a signature. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/organization/certificate-template/preview", request_body = CertificateTemplate, responses((status = 200, body = Vec<u8>, content_type = "application/pdf")))]
pub async fn preview_template(
    State(app): State<App>,
    Json(request): Json<CertificateTemplate>,
) -> Result<Response, Refusal> {
    let pdf = certificate_pages::preview(&app, &request).await?;
    Ok(download("application/pdf", "certificate-preview.pdf", pdf))
}

/// A certificate as PDF. It shows a name, so that taking it needs a reason and is kept on record.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/results/{pseudonym}/certificate/page", request_body = PrintRequest, params(ResultPath), responses((status = 200, body = Vec<u8>, content_type = "application/pdf")))]
pub async fn print_certificate(
    State(app): State<App>,
    member: Member,
    Path(ResultPath { batch, pseudonym }): Path<ResultPath>,
    Json(request): Json<PrintRequest>,
) -> Result<Response, Refusal> {
    let printed = certificate_pages::print_certificate(&app, &member, &batch, &pseudonym, &request.reason).await?;
    Ok(download("application/pdf", &format!("certificate-{pseudonym}.pdf"), printed.bytes))
}

/// All certificates of a batch that count, as PDF in one zip archive.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/certificates/pages", request_body = PrintRequest, params(BatchPath), responses((status = 200, body = Vec<u8>, content_type = "application/zip")))]
pub async fn print_certificates(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
    Json(request): Json<PrintRequest>,
) -> Result<Response, Refusal> {
    let archive = certificate_pages::print_certificates(&app, &member, &batch, &request.reason).await?;
    Ok(download("application/zip", &format!("certificates-{batch}.zip"), archive))
}

fn download(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}
