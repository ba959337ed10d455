//! A void: an attempt that cannot go on ends on the record, asked for by the office and approved
//! from outside.

use super::super::doer::transact;
use crate::aggregates::account::{AccountState, Role};
use crate::aggregates::attempt::{Proposal, VoidedAttempt};
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::aggregates::reason::reason;
use crate::aggregates::request::RequestKey;
use crate::app::App;
use crate::operations::credentials;
use crate::operations::member::Member;
use crate::operations::requests::{is_first, saying};
use crate::refusal::Refusal;
use kaoping_engine::draw::void::{DrawVoid, VoidReason};
use kaoping_engine::plan::schedule::PlanCustodian;
use kaoping_record::id::{AccountId, BatchId};
use serde::Serialize;
use std::collections::BTreeSet;

/// What the office asks for.
#[derive(Serialize)]
pub struct VoidProposal {
    /// Why the attempt cannot go on.
    pub reason: VoidReason,
    /// What happened, 1 to 500 characters.
    pub note: String,
    /// Who holds the secrets of the next attempt; the same people when absent.
    pub custodians: Option<Vec<PlanCustodian>>,
}

/// The office asks for the attempt's end.
///
/// # Errors
/// `custodians` when the next ones do not fit, `not_at_this_stage` unless a manifest is fixed and
/// no paper is dealt.
pub async fn propose_void(
    app: &App,
    member: &Member,
    batch: &BatchId,
    proposal: &VoidProposal,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let note = reason(&proposal.note)?;
    if let Some(custodians) = &proposal.custodians {
        check_custodians(app, custodians).await?;
    }
    let decision = saying(&format!("void/{batch}"), proposal)?;
    transact!(app, member, |work| {
        if !is_first(work, member, request, &decision).await? {
            return Ok(());
        }
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        state.under_way()?;
        let proposal = Proposal {
            reason: proposal.reason,
            note: note.clone(),
            by: member.account.clone(),
            at_ms: work.now(),
            next_custodians: proposal.custodians.clone().unwrap_or_else(|| state.custodians.clone()),
        };
        work.append::<BatchState>(batch.as_str(), BatchEvent::VoidProposed { proposal }).await
    })
}

/// The office takes its proposal back.
///
/// # Errors
/// `nothing_proposed`.
pub async fn withdraw_void(app: &App, member: &Member, batch: &BatchId) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        work.append::<BatchState>(batch.as_str(), state.withdraw_void()?).await
    })
}

/// A custodian from outside approves: the void is signed and logged, and the next attempt begins.
///
/// # Errors
/// `nothing_proposed`, `not_at_this_stage`, [`Refusal::forbidden`] for whoever may not approve.
pub async fn approve_void(app: &App, member: &Member, batch: &BatchId, request: &RequestKey) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("void-approved/{batch}")).await? {
            return Ok(());
        }
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        let (fixed, proposal) = state.approve_void(&member.account)?;
        let void = DrawVoid {
            approved_by: member.account.clone(),
            at_ms: work.now(),
            attempt: state.attempt,
            batch: batch.clone(),
            manifest: fixed.manifest.digest,
            note: proposal.note.clone(),
            opened: fixed.secrets.keys().cloned().collect(),
            proposed_by: proposal.by.clone(),
            reason: proposal.reason,
        };
        let voided = VoidedAttempt {
            attempt: state.attempt,
            basis: fixed.basis.clone(),
            manifest: fixed.manifest.clone(),
            secrets: fixed.secrets.clone(),
            entropy: fixed.entropy.clone(),
            void: credentials::by_key(app, work).await?.record(work, batch, void).await?,
            next_custodians: proposal.next_custodians.clone(),
        };
        work.append::<BatchState>(batch.as_str(), BatchEvent::Voided { voided: Box::new(voided) }).await
    })
}

/// The next custodians: at least two, one from outside, each with the role, nobody twice.
async fn check_custodians(app: &App, custodians: &[PlanCustodian]) -> Result<(), Refusal> {
    let accounts: BTreeSet<&AccountId> = custodians.iter().map(|custodian| &custodian.account).collect();
    let mut right = accounts.len() == custodians.len()
        && (2..=20).contains(&custodians.len())
        && custodians.iter().any(|custodian| custodian.outside);
    for account in accounts {
        let state: Option<AccountState> = app.read(account.as_str()).await?;
        right &= state.is_some_and(|state| state.may_serve_as(Role::Custodian));
    }
    if right {
        return Ok(());
    }
    Err(Refusal::invalid(
        "custodians",
        "custodians",
        (
            "下一次抽题的保管人不合要求：至少两人，有一人来自机构以外，都有保管人角色，不重复。",
            "the next attempt needs two or more custodians with that role, one from outside, nobody twice",
        ),
        ("请重新选择保管人。", "choose the custodians again"),
    ))
}
