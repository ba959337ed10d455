//! A void: an attempt that cannot go on ends on the record, asked for by the office and approved from outside.

use super::{DrawView, document, read};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::{log, needed_reason};
use crate::state::account::AccountState;
use crate::state::attempt::{Proposal, VoidedAttempt};
use crate::state::batch::{BatchEvent, BatchState, Stage};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::draw::void::{DrawVoid, VoidReason};
use kaoping_engine::plan::schedule::PlanCustodian;
use kaoping_record::id::{AccountId, BatchId};
use kaoping_record::message::Signed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A void that waits for its approval.
#[derive(Serialize, ToSchema)]
pub struct ProposalView {
    /// `secret_lost`, `secret_withheld`, `entropy_missing`, `refused` or `plan_changed`.
    reason: VoidReason,
    note: String,
    /// Name of who asks.
    by: String,
    at_ms: i64,
    next_custodians: Vec<NextCustodian>,
    /// Whether the one who looks may approve it.
    may_approve: bool,
}

/// A custodian of the next attempt.
#[derive(Serialize, ToSchema)]
pub struct NextCustodian {
    account: String,
    name: String,
    outside: bool,
}

/// An attempt that ended without papers.
#[derive(Serialize, ToSchema)]
pub struct VoidedView {
    attempt: u32,
    log_index: u64,
    /// The signed void.
    document: Signed<DrawVoid>,
}

/// Asking for a void.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidRequest {
    /// `secret_lost`, `secret_withheld`, `entropy_missing`, `refused` or `plan_changed`.
    reason: VoidReason,
    note: String,
    /// Who holds the secrets of the next attempt: `{account, outside}`; the same people when absent.
    custodians: Option<Vec<PlanCustodian>>,
}

/// The office asks for the attempt's end.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/void", request_body = VoidRequest, params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn propose(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
    Json(request): Json<VoidRequest>,
) -> Result<Json<DrawView>, ApiError> {
    let note = needed_reason(&request.note)?;
    if let Some(custodians) = &request.custodians {
        able(&app, custodians).await?;
    }
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        under_way(&state)?;
        let proposal = Proposal {
            reason: request.reason,
            note: note.clone(),
            by: member.account.clone(),
            at_ms: work.now(),
            next_custodians: request.custodians.clone().unwrap_or_else(|| state.custodians.clone()),
        };
        work.append::<BatchState>(batch.as_str(), BatchEvent::VoidProposed { proposal }).await
    })?;
    read(State(app), member, Path(batch)).await
}

/// The office takes it back.
#[utoipa::path(delete, path = "/api/v1/batches/{batch}/draw/void", params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn withdraw(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
) -> Result<Json<DrawView>, ApiError> {
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        state.proposal.as_ref().ok_or_else(nothing_proposed)?;
        work.append::<BatchState>(batch.as_str(), BatchEvent::VoidWithdrawn {}).await
    })?;
    read(State(app), member, Path(batch)).await
}

/// A custodian from outside approves: the void is signed and logged, and the next attempt begins.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/void/approval", params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn approve(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
) -> Result<Json<DrawView>, ApiError> {
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        under_way(&state)?;
        let proposal = state.proposal.clone().ok_or_else(nothing_proposed)?;
        if !may_approve(&state, &proposal, &member.account) {
            return Err(ApiError::forbidden());
        }
        let manifest = state.manifest.clone().ok_or_else(|| ApiError::not_found("manifest"))?;
        let void = DrawVoid {
            approved_by: member.account.clone(),
            at_ms: work.now(),
            attempt: state.attempt,
            batch: batch.clone(),
            manifest: manifest.digest,
            note: proposal.note,
            opened: state.secrets.keys().cloned().collect(),
            proposed_by: proposal.by,
            reason: proposal.reason,
        };
        let void = log::record(&app, work, &batch, void).await?;
        let voided = VoidedAttempt {
            attempt: state.attempt,
            manifest,
            secrets: state.secrets,
            entropy: state.entropy,
            void,
            next_custodians: proposal.next_custodians,
        };
        work.append::<BatchState>(batch.as_str(), BatchEvent::Voided { voided }).await
    })?;
    read(State(app), member, Path(batch)).await
}

/// The proposal as the page shows it.
pub(super) async fn proposed(app: &App, member: &Member, state: &BatchState) -> Result<Option<ProposalView>, ApiError> {
    let Some(proposal) = &state.proposal else { return Ok(None) };
    let mut next_custodians = Vec::new();
    for custodian in &proposal.next_custodians {
        next_custodians.push(NextCustodian {
            account: custodian.account.to_string(),
            name: name(app, &custodian.account).await?,
            outside: custodian.outside,
        });
    }
    Ok(Some(ProposalView {
        reason: proposal.reason,
        note: proposal.note.clone(),
        by: name(app, &proposal.by).await?,
        at_ms: proposal.at_ms.millis(),
        next_custodians,
        may_approve: may_approve(state, proposal, &member.account),
    }))
}

/// Attempts that ended, as the page shows them.
pub(super) async fn voided(app: &App, state: &BatchState) -> Result<Vec<VoidedView>, ApiError> {
    let mut voided = Vec::new();
    for ended in &state.voided {
        let document = document(app, &ended.void.message).await?;
        voided.push(VoidedView { attempt: ended.attempt, log_index: ended.void.leaf.index, document });
    }
    Ok(voided)
}

/// Somebody from outside, of this attempt or of the next, and not the one who asks.
fn may_approve(state: &BatchState, proposal: &Proposal, account: &AccountId) -> bool {
    let mut custodians = state.custodians.iter().chain(&proposal.next_custodians);
    proposal.by != *account && custodians.any(|custodian| custodian.outside && custodian.account == *account)
}

/// A manifest is fixed, and no paper is dealt.
fn under_way(state: &BatchState) -> Result<(), ApiError> {
    if matches!(state.stage, Stage::Fixed | Stage::Opened) {
        return Ok(());
    }
    Err(ApiError::conflict(
        "not_at_this_stage",
        "stage",
        ("只有清单固定之后、发卷之前才能作废重抽。", "an attempt can end only between manifest and deal"),
        ("发卷之前没有固定清单的，直接重新封存即可。", "before the manifest, simply go on"),
    ))
}

/// The next custodians: at least two, one from outside, each with the role, nobody twice.
async fn able(app: &App, custodians: &[PlanCustodian]) -> Result<(), ApiError> {
    let accounts: BTreeSet<&AccountId> = custodians.iter().map(|custodian| &custodian.account).collect();
    let mut right = accounts.len() == custodians.len()
        && (2..=20).contains(&custodians.len())
        && custodians.iter().any(|custodian| custodian.outside);
    for account in accounts {
        let state: AccountState = app.read(account.as_str()).await?;
        right &= state.roles.contains(&crate::access::Role::Custodian);
    }
    if right {
        return Ok(());
    }
    Err(ApiError::invalid(
        "custodians",
        "custodians",
        (
            "下一次抽题的保管人不合要求：至少两人，有一人来自机构以外，都有保管人角色，不重复。",
            "the next attempt needs two or more custodians with that role, one from outside, nobody twice",
        ),
        ("请重新选择保管人。", "choose the custodians again"),
    ))
}

async fn name(app: &App, account: &AccountId) -> Result<String, ApiError> {
    let state: AccountState = app.read(account.as_str()).await?;
    Ok(state.name)
}

fn nothing_proposed() -> ApiError {
    ApiError::conflict(
        "nothing_proposed",
        "void",
        ("没有等待批准的作废申请。", "no void waits for approval"),
        ("刷新页面查看。", "reload the page"),
    )
}
