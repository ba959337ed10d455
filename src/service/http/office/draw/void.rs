//! A void: the office asks for the attempt's end, a custodian from outside approves.

use super::{DrawView, show_draw};
use crate::aggregates::batch::BatchState;
use crate::aggregates::request::RequestKey;
use crate::app::App;
use crate::http::path::BatchPath;
use crate::http::request::OnceRequest;
use crate::operations::accounts::name_of;
use crate::operations::ceremony::void::{self, VoidProposal};
use crate::operations::member::Member;
use crate::operations::stored::read_blob;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::draw::void::{DrawVoid, VoidReason};
use kaoping_engine::plan::schedule::PlanCustodian;
use kaoping_record::message::Signed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A void that waits for its approval.
#[derive(Serialize, ToSchema)]
pub struct ProposalView {
    /// `secret_lost`, `secret_withheld`, `openings_late`, `entropy_missing` or `plan_changed`.
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
    /// `secret_lost`, `secret_withheld`, `openings_late`, `entropy_missing` or `plan_changed`.
    reason: VoidReason,
    note: String,
    /// Who holds the secrets of the next attempt: `{account, outside}`; the same people when
    /// absent.
    custodians: Option<Vec<PlanCustodian>>,
    request: RequestKey,
}

/// The office asks for the attempt's end.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/void", request_body = VoidRequest, params(BatchPath), responses((status = 200, body = DrawView)))]
pub async fn propose_void(
    State(app): State<App>,
    member: Member,
    Path(path): Path<BatchPath>,
    Json(request): Json<VoidRequest>,
) -> Result<Json<DrawView>, Refusal> {
    let VoidRequest { reason, note, custodians, request } = request;
    void::propose_void(&app, &member, &path.batch, &VoidProposal { reason, note, custodians }, &request).await?;
    show_draw(State(app), member, Path(path)).await
}

/// The office takes it back.
#[utoipa::path(delete, path = "/api/v1/batches/{batch}/draw/void", params(BatchPath), responses((status = 200, body = DrawView)))]
pub async fn withdraw_void(
    State(app): State<App>,
    member: Member,
    Path(path): Path<BatchPath>,
) -> Result<Json<DrawView>, Refusal> {
    void::withdraw_void(&app, &member, &path.batch).await?;
    show_draw(State(app), member, Path(path)).await
}

/// A custodian from outside approves: the void is signed and logged, and the next attempt begins.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/void/approval", request_body = OnceRequest, params(BatchPath), responses((status = 200, body = DrawView)))]
pub async fn approve_void(
    State(app): State<App>,
    member: Member,
    Path(path): Path<BatchPath>,
    Json(request): Json<OnceRequest>,
) -> Result<Json<DrawView>, Refusal> {
    void::approve_void(&app, &member, &path.batch, &request.request).await?;
    show_draw(State(app), member, Path(path)).await
}

/// The proposal as the page shows it.
pub(super) async fn proposed(app: &App, member: &Member, state: &BatchState) -> Result<Option<ProposalView>, Refusal> {
    let Some(proposal) = state.fixed().and_then(|fixed| fixed.proposal.as_ref()) else { return Ok(None) };
    let mut next_custodians = Vec::new();
    for custodian in &proposal.next_custodians {
        next_custodians.push(NextCustodian {
            account: custodian.account.to_string(),
            name: name_of(app, &custodian.account).await?,
            outside: custodian.outside,
        });
    }
    Ok(Some(ProposalView {
        reason: proposal.reason,
        note: proposal.note.clone(),
        by: name_of(app, &proposal.by).await?,
        at_ms: proposal.at_ms.millis(),
        next_custodians,
        may_approve: state.may_approve(proposal, &member.account),
    }))
}

/// Attempts that ended, as the page shows them.
pub(super) async fn voided(app: &App, state: &BatchState) -> Result<Vec<VoidedView>, Refusal> {
    let mut voided = Vec::new();
    for ended in &state.voided {
        let document = read_blob(app, &ended.void.message).await?;
        voided.push(VoidedView { attempt: ended.attempt, log_index: ended.void.leaf.index, document });
    }
    Ok(voided)
}
