//! Results: the list, one result with its proof, and the bundle that people hand over.

use super::{log, roster};
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::BatchState;
use crate::state::result::{Ended, ResultState, result_key};
use crate::state::sitting::SittingState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kaoping_engine::result::outcome::Outcome;
use kaoping_engine::result::verify::bundle::ResultBundle;
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::key::Signer as _;
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
    #[schema(value_type = Object)]
    credential: serde_json::Value,
    /// What people hand over: credential, proof of the log, salt of the identity's commitment.
    #[schema(value_type = Object)]
    bundle: ResultBundle,
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
            log_index: result.leaf.map(|leaf| leaf.index),
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
    Path((batch, pseudonym)): Path<(BatchId, PseudonymId)>,
) -> Result<Json<ResultView>, ApiError> {
    let bundle = bundled(&app, &batch, &pseudonym).await?;
    let person = roster::person(&app, &pseudonym).await?;
    let credential = kaoping_record::jws::Unverified::parse(&bundle.jws)?.claimed()?;
    Ok(Json(ResultView {
        name: person.name.as_str().to_owned(),
        id_masked: person.document.masked(),
        jws: bundle.jws.clone(),
        credential,
        bundle,
    }))
}

/// The file that people hand over.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/results/{pseudonym}/bundle", params(("batch" = String, Path), ("pseudonym" = String, Path)), responses((status = 200, body = Object)))]
pub async fn bundle(
    State(app): State<App>,
    Path((batch, pseudonym)): Path<(BatchId, PseudonymId)>,
) -> Result<Response, ApiError> {
    let bundle = bundled(&app, &batch, &pseudonym).await?;
    let disposition = format!("attachment; filename=\"result-{pseudonym}.json\"");
    let text = serde_json::to_string_pretty(&bundle).map_err(ApiError::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)], text)
        .into_response())
}

async fn bundled(app: &App, batch: &BatchId, pseudonym: &PseudonymId) -> Result<ResultBundle, ApiError> {
    let state: ResultState = app.need(&result_key(batch, pseudonym), "result").await?;
    let signed = state.signed.ok_or_else(|| ApiError::not_found("result"))?;
    let logged = state.leaf.ok_or_else(|| ApiError::not_found("result"))?;
    let proof = log::proof::of(app, &logged).await?;
    let key = app.keys.organization.public_key().clone();
    Ok(ResultBundle::new(signed.jws, key, proof, log::proof::salt(&signed.identity_salt)?.0))
}
