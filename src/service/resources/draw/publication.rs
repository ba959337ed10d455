//! What a draw publishes: certificates at once, everything that it takes to draw again after the batch is closed.

use super::manifest::{indexes, seating};
use super::{at_stage, custodian_id, document};
use crate::app::App;
use crate::error::ApiError;
use crate::resources::{all, batches, state_of};
use crate::state::batch::{BatchState, Stage};
use crate::state::paper::PaperState;
use axum::Json;
use axum::extract::{Path, Query, State};
use kaoping_engine::draw::certificate::PaperCertificate;
use kaoping_engine::draw::seating::PaperUse;
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId, PaperId, RoomId};
use kaoping_record::message::Signed;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// A page of papers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PapersQuery {
    /// The last paper of the page before.
    after: Option<String>,
    /// How many, at most 500.
    limit: Option<u32>,
}

/// A paper with its certificate.
#[derive(Serialize, ToSchema)]
pub struct PaperLine {
    paper: PaperId,
    #[serde(rename = "use")]
    paper_use: PaperUse,
    session: Option<u32>,
    room: Option<RoomId>,
    digest: Digest,
    /// How many cards were forced.
    forced: u32,
    /// The signed paper certificate.
    certificate: Signed<PaperCertificate>,
}

/// Papers with their certificates.
#[derive(Serialize, ToSchema)]
pub struct PapersView {
    papers: Vec<PaperLine>,
    /// The last paper, when there may be more.
    next: Option<String>,
}

/// Papers with their certificates.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/draw/papers", params(("batch" = String, Path), PapersQuery), responses((status = 200, body = PapersView)))]
pub async fn papers(
    State(app): State<App>,
    Path(batch): Path<BatchId>,
    Query(query): Query<PapersQuery>,
) -> Result<Json<PapersView>, ApiError> {
    let limit = query.limit.unwrap_or(100).clamp(1, 500);
    let prefix = format!("{batch}.");
    let after = query.after.map(|after| format!("{prefix}{after}"));
    let rows = app.store.page(Collection::Paper, &prefix, after.as_deref(), limit).await?;
    let mut papers = Vec::with_capacity(rows.len());
    for row in &rows {
        let state: PaperState = state_of(row)?;
        let Some(dealt) = state.dealt else { continue };
        papers.push(PaperLine {
            certificate: serde_json::from_str(&dealt.certificate).map_err(ApiError::internal)?,
            paper: dealt.paper,
            paper_use: dealt.paper_use,
            session: dealt.session,
            room: dealt.room,
            digest: dealt.digest,
            forced: dealt.forced,
        });
    }
    let full = rows.len() == limit as usize;
    let next = rows.last().filter(|_| full).and_then(|row| row.key.strip_prefix(&prefix).map(str::to_owned));
    Ok(Json(PapersView { papers, next }))
}

/// What everyone needs to draw again, once the batch is closed.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/draw/bundle", params(("batch" = String, Path)), responses((status = 200, body = Object)))]
pub async fn bundle(State(app): State<App>, Path(batch): Path<BatchId>) -> Result<Json<Value>, ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    at_stage(
        &state,
        Stage::Closed,
        ("批次关闭之后才公布抽题材料。", "the draw is published after the batch is closed"),
    )?;
    let plan = state.plan()?;
    let fixed = state.manifest.as_ref().ok_or_else(|| ApiError::not_found("manifest"))?;
    let mut papers = Vec::new();
    for row in all(&app, Collection::Paper, &format!("{batch}.")).await? {
        let paper: PaperState = state_of(&row)?;
        papers.extend(paper.dealt.map(|dealt| json!({ "paper": dealt.paper, "digest": dealt.digest })));
    }
    let mut voided = Vec::new();
    for ended in &state.voided {
        voided.push(json!({
            "attempt": ended.attempt,
            "manifest": document::<Value>(&app, &ended.manifest.message).await?,
            "manifest_leaf": ended.manifest.leaf,
            "void": document::<Value>(&app, &ended.void.message).await?,
            "void_leaf": ended.void.leaf,
            "secrets": opened(&ended.secrets)?,
        }));
    }
    let deal = state.deal.as_ref().ok_or_else(|| ApiError::not_found("papers"))?;
    Ok(Json(json!({
        "kind": "draw-bundle",
        "v": 1,
        "manifest": document::<Value>(&app, &fixed.message).await?,
        "indexes": indexes(&app, plan).await?.into_iter().map(|(index, _)| index).collect::<Vec<_>>(),
        "blueprint": batches::blueprint(&app, plan)?,
        "seating": seating(&app, &state).await?,
        "secrets": opened(&state.secrets)?,
        "entropy": state.entropy.as_ref().map(|entropy| &entropy.outcome),
        "equivalence": document::<Value>(&app, &deal.equivalence).await?,
        "papers": papers,
        "manifest_leaf": fixed.leaf,
        "opening": document::<Value>(&app, &deal.opening.message).await?,
        "opening_leaf": deal.opening.leaf,
        "voided": voided,
    })))
}

fn opened(secrets: &BTreeMap<AccountId, String>) -> Result<Vec<Value>, ApiError> {
    let opened = secrets.iter();
    opened.map(|(account, secret)| Ok(json!({ "custodian": custodian_id(account)?, "secret": secret }))).collect()
}

/// Spare and reserve papers of a batch.
///
/// # Errors
/// 500 when the store fails.
pub async fn spares(app: &App, batch: &BatchId) -> Result<Vec<PaperState>, ApiError> {
    let papers = all(app, Collection::Paper, &format!("{batch}.")).await?;
    let papers = papers.iter().map(state_of::<PaperState>).collect::<Result<Vec<_>, _>>()?;
    let spare = |paper: &PaperState| paper.dealt.as_ref().is_some_and(|dealt| dealt.paper_use != PaperUse::Seat);
    Ok(papers.into_iter().filter(spare).collect())
}
