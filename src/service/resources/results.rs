//! Results: the list, one result with its proof, and the bundle that people hand over.

use super::changes::{self, RequestedView};
use super::{keys, log, roster};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::BatchState;
use crate::state::log::LoggedLeaf;
use crate::state::result::{Ended, ResultState, result_key};
use crate::state::sitting::SittingState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kaoping_engine::result::credential::ResultCredential;
use kaoping_engine::result::outcome::Outcome;
use kaoping_engine::result::verify::bundle::{CERTIFICATE_BUNDLE_KIND, ResultBundle};
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::message::Proof;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a candidate's exam ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum End {
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
    outcome: End,
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
    /// What people hand over: credential, proof of the log, salt of the identity's commitment.
    bundle: ResultBundle,
    /// A change that waits for its approval.
    requested: Option<RequestedView>,
    /// The certificate's number, once there is one.
    certificate: Option<String>,
}

/// Lists results.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/results", params(("batch" = String, Path)), responses((status = 200, body = ResultsView)))]
pub async fn list(State(app): State<App>, Path(batch): Path<BatchId>) -> Result<Json<ResultsView>, ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let mut results = Vec::new();
    for entry in roster::entries(&app, &state).await?.iter() {
        let result: ResultState = app.read(&result_key(&batch, &entry.pseudonym)).await?;
        let theory: SittingState = app.read(entry.theory.as_str()).await?;
        let person = roster::person(&app, &entry.pseudonym).await?;
        let outcome = match (&result.signed, &result.leaf) {
            (Some(signed), _) if signed.outcome == Outcome::Passed => End::Passed,
            (Some(_), _) => End::Failed,
            (None, Some(_)) => match result.ended {
                Some(Ended::Void) => End::Void,
                Some(Ended::Annulled) => End::Annulled,
                Some(Ended::Deferred) => End::Deferred,
                Some(Ended::Absent) | None => End::Absent,
            },
            (None, None) => End::Pending,
        };
        results.push(ResultLine {
            pseudonym: entry.pseudonym.to_string(),
            ticket: theory.place()?.ticket.clone(),
            name: person.name.as_str().to_owned(),
            theory: result.signed.as_ref().map(|signed| signed.theory.clone()),
            practical: result.signed.as_ref().map(|signed| signed.practical.clone()),
            outcome,
            log_index: result.leaf.as_ref().map(|leaf| leaf.index),
            corrected: !result.superseded.is_empty(),
            revoked: result.leaf.as_ref().is_some_and(|leaf| result.is_revoked(&leaf.record)),
            certificate_revoked: result.certified.as_ref().is_some_and(|known| result.is_revoked(&known.leaf.record)),
            requested: result.requested.is_some(),
            certificate: result.certified.map(|certified| certified.number),
        });
    }
    results.sort_by(|a, b| a.ticket.cmp(&b.ticket));
    Ok(Json(ResultsView { results }))
}

/// One result with its proof.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/results/{pseudonym}", params(("batch" = String, Path), ("pseudonym" = String, Path)), responses((status = 200, body = ResultView)))]
pub async fn read(
    State(app): State<App>,
    member: Member,
    Path((batch, pseudonym)): Path<(BatchId, PseudonymId)>,
) -> Result<Json<ResultView>, ApiError> {
    let state: ResultState = app.need(&result_key(&batch, &pseudonym), "result").await?;
    let requested = changes::requested(&app, &member, &state).await?;
    let certificate = state.certified.as_ref().map(|certified| certified.number.clone());
    let bundle = bundled(&app, state).await?;
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
#[utoipa::path(get, path = "/api/v1/batches/{batch}/results/{pseudonym}/bundle", params(("batch" = String, Path), ("pseudonym" = String, Path)), responses((status = 200, body = Object)))]
pub async fn bundle(
    State(app): State<App>,
    Path((batch, pseudonym)): Path<(BatchId, PseudonymId)>,
) -> Result<Response, ApiError> {
    let state: ResultState = app.need(&result_key(&batch, &pseudonym), "result").await?;
    file(&format!("result-{pseudonym}.json"), &bundled(&app, state).await?)
}

/// The certificate as a file that people hand over.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/results/{pseudonym}/certificate", params(("batch" = String, Path), ("pseudonym" = String, Path)), responses((status = 200, body = Object)))]
pub async fn certificate(
    State(app): State<App>,
    Path((batch, pseudonym)): Path<(BatchId, PseudonymId)>,
) -> Result<Response, ApiError> {
    let state: ResultState = app.need(&result_key(&batch, &pseudonym), "result").await?;
    let signed = state.signed.ok_or_else(|| ApiError::not_found("result"))?;
    let certified = state.certified.ok_or_else(|| ApiError::not_found("certificate"))?;
    let bundle = handed_over(&app, certified.jws, certified.proofs, &certified.leaf, &signed.identity_salt).await?;
    let bundle = ResultBundle { kind: CERTIFICATE_BUNDLE_KIND.to_owned(), ..bundle };
    file(&format!("certificate-{}.json", certified.number), &bundle)
}

fn file(name: &str, bundle: &ResultBundle) -> Result<Response, ApiError> {
    let disposition = format!("attachment; filename=\"{name}\"");
    let text = serde_json::to_string_pretty(bundle).map_err(ApiError::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)], text)
        .into_response())
}

async fn bundled(app: &App, state: ResultState) -> Result<ResultBundle, ApiError> {
    let signed = state.signed.ok_or_else(|| ApiError::not_found("result"))?;
    let logged = state.leaf.ok_or_else(|| ApiError::not_found("result"))?;
    handed_over(app, signed.jws, signed.proofs, &logged, &signed.identity_salt).await
}

/// A credential with what is needed to check it without a network.
async fn handed_over(
    app: &App,
    jws: String,
    proofs: Vec<Proof>,
    logged: &LoggedLeaf,
    identity_salt: &str,
) -> Result<ResultBundle, ApiError> {
    let key = keys::by_name(app, kaoping_record::jws::Unverified::parse(&jws)?.key_id()).await?;
    let proof = log::proof::of(app, logged).await?;
    let bundle = ResultBundle::new(jws, key, proof, log::proof::salt(identity_salt)?);
    Ok(ResultBundle { proofs, ..bundle })
}
