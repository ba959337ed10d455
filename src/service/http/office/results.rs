//! Results: the list, one result with its proof, and the files that people hand over.

use super::amendments::{RequestedView, requested};
use crate::aggregates::batch::BatchState;
use crate::aggregates::request::RequestKey;
use crate::aggregates::result::{Ended, ResultState, result_key};
use crate::app::App;
use crate::http::path::{BatchPath, ResultPath};
use crate::operations::member::Member;
use crate::operations::results::{EndDecision, certificate_bundle, end_without_result, result_bundle};
use crate::operations::roster;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kaoping_engine::kinds::sitting_end::{SittingEndKind, SittingEndReason};
use kaoping_engine::result::credential::ResultCredential;
use kaoping_engine::result::outcome::Outcome;
use kaoping_engine::verify::file::bundle::ResultBundle;
use kaoping_record::id::BatchId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a candidate's exam ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExamEnd {
    /// Passed.
    Passed,
    /// Failed.
    Failed,
    /// Absent.
    Absent,
    /// Void, by nobody's misconduct.
    Void,
    /// Annulled for misconduct.
    Annulled,
    /// Deferred to another batch.
    Deferred,
    /// Nothing is signed yet.
    Pending,
}

/// A result on the list.
#[derive(Serialize, ToSchema)]
pub struct ResultLine {
    pseudonym: String,
    ticket: String,
    name: String,
    theory: Option<String>,
    practical: Option<String>,
    outcome: ExamEnd,
    log_index: Option<u64>,
    certificate: Option<String>,
    /// Another result replaced the first.
    corrected: bool,
    /// The result that counts was revoked.
    revoked: bool,
    /// The certificate was revoked; the result counts.
    certificate_revoked: bool,
    /// A change waits for its approval.
    requested: bool,
}

/// All results of a batch.
#[derive(Serialize, ToSchema)]
pub struct ResultsView {
    results: Vec<ResultLine>,
}

/// One result.
#[derive(Serialize, ToSchema)]
pub struct ResultView {
    name: String,
    id_masked: String,
    jws: String,
    /// The credential's payload.
    credential: ResultCredential,
    /// The file that people show to others: credential, proof of the log, salt of the identity's
    /// commitment.
    bundle: ResultBundle,
    /// A change that waits for its approval.
    requested: Option<RequestedView>,
    /// The certificate's number, once there is one.
    certificate: Option<String>,
}

/// The decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndRequest {
    /// `void`, `annulled` or `deferred`.
    end: SittingEndKind,
    /// `technical`, `panel_incomplete`, `impersonation`, `misconduct`, `illness`, `request`,
    /// `not_eligible` or `other`.
    code: SittingEndReason,
    /// What happened, 1 to 500 characters.
    reason: String,
    /// The batch that the candidate is deferred to, where it is known.
    next_batch: Option<BatchId>,
    request: RequestKey,
}

/// Lists results.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/results", params(BatchPath), responses((status = 200, body = ResultsView)))]
pub async fn list_results(
    State(app): State<App>,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Json<ResultsView>, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let mut results = Vec::new();
    for entry in roster::entries(&app, &state).await?.iter() {
        let result: Option<ResultState> = app.read(&result_key(&batch, &entry.pseudonym)).await?;
        let theory = roster::theory_sitting(&app, &entry.theory).await?;
        let person = roster::person(&app, &entry.pseudonym).await?;
        let logged = result.as_ref().and_then(ResultState::signed);
        let certified = logged.and_then(|logged| logged.certified.as_ref());
        let is_revoked = |record| logged.is_some_and(|logged| logged.is_revoked(record));
        results.push(ResultLine {
            pseudonym: entry.pseudonym.to_string(),
            ticket: theory.place.ticket,
            name: person.name.as_str().to_owned(),
            theory: logged.map(|logged| logged.result.theory.clone()),
            practical: logged.map(|logged| logged.result.practical.clone()),
            outcome: exam_end(result.as_ref()),
            log_index: result.as_ref().map(|result| result.leaf().index),
            corrected: logged.is_some_and(|logged| !logged.superseded.is_empty()),
            revoked: logged.is_some_and(|logged| logged.is_revoked(&logged.leaf.record)),
            certificate_revoked: certified.is_some_and(|known| is_revoked(&known.leaf.record)),
            requested: logged.is_some_and(|logged| logged.requested.is_some()),
            certificate: certified.map(|certified| certified.number.clone()),
        });
    }
    results.sort_by(|a, b| a.ticket.cmp(&b.ticket));
    Ok(Json(ResultsView { results }))
}

fn exam_end(result: Option<&ResultState>) -> ExamEnd {
    match result {
        None => ExamEnd::Pending,
        Some(ResultState::Signed(logged)) if logged.result.outcome == Outcome::Passed => ExamEnd::Passed,
        Some(ResultState::Signed(_)) => ExamEnd::Failed,
        Some(ResultState::Ended { end, .. }) => match end {
            Ended::Absent => ExamEnd::Absent,
            Ended::Void => ExamEnd::Void,
            Ended::Annulled => ExamEnd::Annulled,
            Ended::Deferred => ExamEnd::Deferred,
        },
    }
}

/// One result with its proof.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/results/{pseudonym}", params(ResultPath), responses((status = 200, body = ResultView)))]
pub async fn show_result(
    State(app): State<App>,
    member: Member,
    Path(ResultPath { batch, pseudonym }): Path<ResultPath>,
) -> Result<Json<ResultView>, Refusal> {
    let state: ResultState = app.need(&result_key(&batch, &pseudonym), "result").await?;
    let logged = state.signed().ok_or_else(|| Refusal::not_found("result"))?;
    let requested = requested(&app, &member, logged).await?;
    let certificate = logged.certified.as_ref().map(|certified| certified.number.clone());
    let bundle = result_bundle(&app, state).await?;
    let person = roster::person(&app, &pseudonym).await?;
    let credential = kaoping_record::jws::Unverified::parse(&bundle.jws)?.claimed()?;
    Ok(Json(ResultView {
        name: person.name.as_str().to_owned(),
        id_masked: person.document.masked(),
        jws: bundle.jws.clone(),
        credential,
        bundle,
        requested,
        certificate,
    }))
}

/// The file that people hand over.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/results/{pseudonym}/bundle", params(ResultPath), responses((status = 200, body = Object)))]
pub async fn download_result(
    State(app): State<App>,
    Path(ResultPath { batch, pseudonym }): Path<ResultPath>,
) -> Result<Response, Refusal> {
    let state: ResultState = app.need(&result_key(&batch, &pseudonym), "result").await?;
    file(&format!("result-{pseudonym}.json"), &result_bundle(&app, state).await?)
}

/// The certificate as a file that people hand over.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/results/{pseudonym}/certificate", params(ResultPath), responses((status = 200, body = Object)))]
pub async fn download_certificate(
    State(app): State<App>,
    Path(ResultPath { batch, pseudonym }): Path<ResultPath>,
) -> Result<Response, Refusal> {
    let state: ResultState = app.need(&result_key(&batch, &pseudonym), "result").await?;
    let (number, bundle) = certificate_bundle(&app, state).await?;
    file(&format!("certificate-{number}.json"), &bundle)
}

/// Ends a candidate's exam without a result.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/results/{pseudonym}/end", request_body = EndRequest, params(ResultPath), responses((status = 204)))]
pub async fn end_exam(
    State(app): State<App>,
    member: Member,
    Path(ResultPath { batch, pseudonym }): Path<ResultPath>,
    Json(request): Json<EndRequest>,
) -> Result<StatusCode, Refusal> {
    let EndRequest { end, code, reason, next_batch, request } = request;
    let decision = EndDecision { end, code, reason, next_batch };
    end_without_result(&app, &member, (&batch, &pseudonym), &decision, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn file(name: &str, bundle: &ResultBundle) -> Result<Response, Refusal> {
    let disposition = format!("attachment; filename=\"{name}\"");
    let text = serde_json::to_string_pretty(bundle).map_err(Refusal::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)], text)
        .into_response())
}
