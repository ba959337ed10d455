//! What a draw publishes once its batch is closed: everything that it takes to draw again.

use super::{custodian_id, seating_of};
use crate::aggregates::attempt::OpenedSecret;
use crate::aggregates::batch::{BatchState, FixedDraw};
use crate::aggregates::log::Recorded;
use crate::aggregates::paper::PaperState;
use crate::app::App;
use crate::operations::stored::{all, read_blob, state_of};
use crate::operations::{banks, batches};
use crate::refusal::Refusal;
use kaoping_engine::draw::seating::PaperUse;
use kaoping_engine::verify::draw::evidence::CosignedCheckpoint;
use kaoping_record::id::{AccountId, BatchId};
use kaoping_store::Collection;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What everyone needs to draw again, once the batch is closed.
///
/// # Errors
/// `not_at_this_stage` before the closing.
pub async fn draw_bundle(app: &App, batch: &BatchId) -> Result<Value, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let (seated, _) = state.closed()?;
    let fixed = state.fixed().ok_or_else(|| Refusal::not_found("manifest"))?;
    let deal = state.deal().ok_or_else(|| Refusal::not_found("papers"))?;
    let plan = &state.plan;
    let mut papers = Vec::new();
    for row in all(app, Collection::Paper, &format!("{batch}.")).await? {
        let paper: PaperState = state_of(&row)?;
        papers.push(json!({ "paper": paper.dealt.paper, "digest": paper.dealt.digest }));
    }
    let mut voided = Vec::new();
    for ended in &state.voided {
        voided.push(json!({
            "attempt": ended.attempt,
            "basis": read_blob::<Value>(app, &ended.basis.record.message).await?,
            "basis_leaf": ended.basis.record.leaf,
            "manifest": read_blob::<Value>(app, &ended.manifest.message).await?,
            "manifest_leaf": ended.manifest.leaf,
            "void": read_blob::<Value>(app, &ended.void.message).await?,
            "void_leaf": ended.void.leaf,
            "secrets": opened(&ended.secrets)?,
        }));
    }
    let records: Vec<&Recorded> = state
        .custodians
        .iter()
        .filter_map(|custodian| fixed.secrets.get(&custodian.account))
        .map(|opened| &opened.record)
        .collect();
    let mut openings = Vec::new();
    for record in &records {
        openings.push(read_blob::<Value>(app, &record.message).await?);
    }
    Ok(json!({
        "kind": "draw-bundle",
        "v": 1,
        "basis": read_blob::<Value>(app, &fixed.basis.record.message).await?,
        "manifest": read_blob::<Value>(app, &fixed.manifest.message).await?,
        "indexes": banks::indexes(app, plan).await?.into_iter().map(|(index, _)| index).collect::<Vec<_>>(),
        "blueprint": batches::blueprint(plan)?,
        "seating": seating_of(app, seated).await?,
        "secrets": opened(&fixed.secrets)?,
        "entropy": fixed.entropy.as_ref().map(|entropy| &entropy.outcome),
        "equivalence": read_blob::<Value>(app, &deal.equivalence).await?,
        "papers": papers,
        "basis_leaf": fixed.basis.record.leaf,
        "manifest_leaf": fixed.manifest.leaf,
        "openings": openings,
        "opening_leaves": records.iter().map(|record| &record.leaf).collect::<Vec<_>>(),
        "checkpoint": checkpoint(app, fixed, &records).await?,
        "opening": read_blob::<Value>(app, &deal.opening.message).await?,
        "opening_leaf": deal.opening.leaf,
        "voided": voided,
    }))
}

fn opened(secrets: &BTreeMap<AccountId, OpenedSecret>) -> Result<Vec<Value>, Refusal> {
    let secret = |(account, opened): (&AccountId, &OpenedSecret)| {
        Ok(json!({ "custodian": custodian_id(account)?, "secret": opened.secret }))
    };
    secrets.iter().map(secret).collect()
}

/// The checkpoint with which a witness saw the openings in time, and the proofs that it has their
/// leaves.
async fn checkpoint(
    app: &App,
    fixed: &FixedDraw,
    records: &[&Recorded],
) -> Result<Option<CosignedCheckpoint>, Refusal> {
    let Some(witnessed) = &fixed.witnessed else { return Ok(None) };
    let tree = app.log_tree().await?;
    let path =
        |record: &&Recorded| tree.inclusion(record.leaf.index, witnessed.size).map_err(|_| Refusal::not_found("leaf"));
    let paths = records.iter().map(path).collect::<Result<_, _>>()?;
    Ok(Some(CosignedCheckpoint { note: witnessed.note.clone(), paths }))
}

/// Spare and reserve papers of a batch.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn spares(app: &App, batch: &BatchId) -> Result<Vec<PaperState>, Refusal> {
    let papers = all(app, Collection::Paper, &format!("{batch}.")).await?;
    let papers = papers.iter().map(state_of::<PaperState>).collect::<Result<Vec<_>, _>>()?;
    let spare = |paper: &PaperState| paper.dealt.paper_use != PaperUse::Seat;
    Ok(papers.into_iter().filter(spare).collect())
}
