//! Corrections and revocations: one officer asks, another approves.

use crate::aggregates::request::RequestKey;
use crate::aggregates::result::{Change, LoggedResult};
use crate::app::App;
use crate::http::path::ResultPath;
use crate::http::request::OnceRequest;
use crate::operations::accounts::name_of;
use crate::operations::amendments::{correction, revocation, withdraw_request};
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kaoping_engine::kinds::revocation::{RevocationReason, RevokedRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A change that waits for its approval, as the office sees it.
#[derive(Serialize, ToSchema)]
pub struct RequestedView {
    /// `correction`, `revocation_result` or `revocation_certificate`.
    what: &'static str,
    reason: String,
    /// Name of who asks.
    by: String,
    at_ms: i64,
    /// Whether the one who looks may approve it.
    may_approve: bool,
}

/// A request as the office sees it.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn requested(app: &App, member: &Member, logged: &LoggedResult) -> Result<Option<RequestedView>, Refusal> {
    let Some(requested) = &logged.requested else { return Ok(None) };
    let (what, reason) = match &requested.what {
        Change::Correction { reason, .. } => ("correction", &reason.text),
        Change::Revocation { reason, revoked: RevokedRecord::Result { .. } } => ("revocation_result", &reason.text),
        Change::Revocation { reason, revoked: RevokedRecord::Certificate { .. } } => {
            ("revocation_certificate", &reason.text)
        }
    };
    Ok(Some(RequestedView {
        what,
        reason: reason.clone(),
        by: name_of(app, &requested.by).await?,
        at_ms: requested.at_ms.millis(),
        may_approve: requested.by != member.account,
    }))
}

/// The right person, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionRequest {
    /// The name, as the document has it.
    name: String,
    /// The number of the document, of the kind that is registered.
    id_number: String,
    /// What was wrong, 1 to 500 characters.
    reason: String,
    request: RequestKey,
}

/// The right person, entered a second time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionApproval {
    /// The name, as the document has it.
    name: String,
    /// The number of the document.
    id_number: String,
    request: RequestKey,
}

/// What is to be revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevokedKind {
    /// The result that counts, and with it the certificate that rests on it.
    Result,
    /// The certificate alone.
    Certificate,
}

/// What an officer asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevocationRequest {
    /// `result` or `certificate`.
    what: RevokedKind,
    /// `fraud`, `error`, `authority`, `holder` or `other`.
    code: RevocationReason,
    /// What happened, 1 to 500 characters.
    reason: String,
    request: RequestKey,
}

/// Takes a request for a change back.
#[utoipa::path(delete, path = "/api/v1/batches/{batch}/results/{pseudonym}/request", params(ResultPath), responses((status = 204)))]
pub async fn withdraw_change(
    State(app): State<App>,
    member: Member,
    Path(ResultPath { batch, pseudonym }): Path<ResultPath>,
) -> Result<StatusCode, Refusal> {
    withdraw_request(&app, &member, &batch, &pseudonym).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One officer asks for a correction of name or number.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/results/{pseudonym}/correction", request_body = CorrectionRequest, params(ResultPath), responses((status = 204)))]
pub async fn propose_correction(
    State(app): State<App>,
    member: Member,
    Path(ResultPath { batch, pseudonym }): Path<ResultPath>,
    Json(request): Json<CorrectionRequest>,
) -> Result<StatusCode, Refusal> {
    let (whose, right) = ((&batch, &pseudonym), (request.name.as_str(), request.id_number.as_str()));
    correction::propose_correction(&app, &member, whose, right, &request.reason, &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another officer enters the same and approves: a corrected result is signed and logged, and
/// replaces the one before.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/results/{pseudonym}/correction/approval", request_body = CorrectionApproval, params(ResultPath), responses((status = 204)))]
pub async fn approve_correction(
    State(app): State<App>,
    member: Member,
    Path(ResultPath { batch, pseudonym }): Path<ResultPath>,
    Json(request): Json<CorrectionApproval>,
) -> Result<StatusCode, Refusal> {
    let (whose, right) = ((&batch, &pseudonym), (request.name.as_str(), request.id_number.as_str()));
    correction::approve_correction(&app, &member, whose, right, &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One officer asks that a result or certificate no longer counts.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/results/{pseudonym}/revocation", request_body = RevocationRequest, params(ResultPath), responses((status = 204)))]
pub async fn propose_revocation(
    State(app): State<App>,
    member: Member,
    Path(ResultPath { batch, pseudonym }): Path<ResultPath>,
    Json(request): Json<RevocationRequest>,
) -> Result<StatusCode, Refusal> {
    let what = match request.what {
        RevokedKind::Result => revocation::RevokedKind::Result,
        RevokedKind::Certificate => revocation::RevokedKind::Certificate,
    };
    let why = revocation::Why { code: request.code, text: request.reason };
    revocation::propose_revocation(&app, &member, (&batch, &pseudonym), what, &why, &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another officer approves: the revocation is signed and logged, and counts from now on.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/results/{pseudonym}/revocation/approval", request_body = OnceRequest, params(ResultPath), responses((status = 204)))]
pub async fn approve_revocation(
    State(app): State<App>,
    member: Member,
    Path(ResultPath { batch, pseudonym }): Path<ResultPath>,
    Json(request): Json<OnceRequest>,
) -> Result<StatusCode, Refusal> {
    revocation::approve_revocation(&app, &member, (&batch, &pseudonym), &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}
