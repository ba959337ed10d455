//! Corrections of keys: after the closing of a batch an item's key was found to be wrong. One
//! officer proposes what is to count in its place and sees what that changes ([`preview`]); another
//! approves, which logs the correction; then every result whose score it changes is replaced, one
//! after the other ([`settling`]).
//!
//! From the approval on, the scores of the batch follow from its answers, its keys and the logged
//! corrections. The walk over the candidates only brings the results there: whatever breaks it off,
//! it goes on where it stood.

pub mod items;
pub mod preview;
mod rescoring;
pub mod settling;

use super::credentials;
use super::doer::transact;
use super::member::Member;
use super::requests::{is_done, is_first, saying};
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::aggregates::key_correction::{KeyCorrected, KeyCorrectionRefusal, KeyProposal};
use crate::aggregates::reason::reason;
use crate::aggregates::request::RequestKey;
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;
use items::BatchItem;
use kaoping_engine::bank::seal::ItemKey;
use kaoping_engine::kinds::key_correction::{KeyCorrection, OpenedKey};
use kaoping_engine::theory::key_rule::KeyRule;
use kaoping_record::id::{BatchId, ItemId};

/// One officer proposes a rule in the place of an item's key.
///
/// # Errors
/// `not_closed`, `request_waits`, `key_correction_unfinished`, `nothing_to_correct`, `rule` for one
/// that does not fit the item, `reason` without one, [`Refusal::not_found`] for an item of another
/// bank.
pub async fn propose(
    app: &App,
    member: &Member,
    batch: &BatchId,
    (item, rule): (&ItemId, &KeyRule),
    why: &str,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let text = reason(why)?;
    let decision = saying(&format!("key-correction/{batch}/{item}"), rule)?;
    if is_done(app, member, request, &decision).await? {
        return Ok(());
    }
    transact!(app, member, |work| {
        if !is_first(work, member, request, &decision).await? {
            return Ok(());
        }
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        let corrections = state.key_corrections()?;
        let found = items::item_of(app, &state, item).await?;
        let rule = items::fitting(&found, rule)?;
        let proposal = KeyProposal {
            bank: found.bank.clone(),
            item: item.clone(),
            rule,
            reason: text.clone(),
            by: member.account.clone(),
            at_ms: work.now(),
        };
        let event = corrections.propose(proposal, &found.present)?;
        work.append::<BatchState>(batch.as_str(), event).await
    })
}

/// Takes the proposal back.
///
/// # Errors
/// `not_closed`, `nothing_requested`.
pub async fn withdraw(app: &App, member: &Member, batch: &BatchId) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        let event = work.need::<BatchState>(batch.as_str(), "batch").await?.key_corrections()?.withdraw()?;
        work.append::<BatchState>(batch.as_str(), event).await
    })
}

/// Another officer approves: the correction is signed and logged, and its rule counts from now on.
/// No result is replaced yet.
///
/// # Errors
/// `not_closed`, `nothing_requested`, `same_person`, `not_covered` when the filing does not hold
/// today, so that no corrected result would be accepted.
pub async fn approve(app: &App, member: &Member, batch: &BatchId, request: &RequestKey) -> Result<(), Refusal> {
    let decision = format!("key-correction-approved/{batch}");
    if is_done(app, member, request, &decision).await? {
        return Ok(());
    }
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let (proposal, _) = state.key_corrections()?.approve(&member.account)?;
    let effect = preview::of_rule(app, &state, &proposal.item, &proposal.rule).await?.effect();
    let proposal = proposal.clone();
    transact!(app, member, |work| {
        if !is_first(work, member, request, &decision).await? {
            return Ok(());
        }
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        let corrections = state.key_corrections()?;
        let (current, decided_by) = corrections.approve(&member.account)?;
        if *current != proposal {
            return Err(KeyCorrectionRefusal::NothingProposed.into());
        }
        let signing = credentials::under_filing(app, work, state.plan.level).await?;
        let KeyProposal { bank, item, rule, reason, .. } = proposal.clone();
        let BatchItem { key: ItemKey { key, salt, .. }, .. } = items::item_of(app, &state, &item).await?;
        let correction = KeyCorrection {
            at_ms: work.now(),
            bank: bank.clone(),
            batch: batch.clone(),
            decided_by: decided_by.clone(),
            opened: OpenedKey { item: item.clone(), key, salt },
            reason: reason.clone(),
            replaces: corrections.of(&item).map(|former| former.record.leaf.record),
            rule: rule.clone(),
        };
        let record = signing.record(work, batch, correction).await?;
        let corrected = KeyCorrected {
            bank,
            item,
            rule,
            reason,
            decided_by,
            at_ms: work.now(),
            record,
            effect,
            settled: 0,
            completed_ms: None,
        };
        let event = BatchEvent::KeyCorrected { corrected: Box::new(corrected) };
        work.append::<BatchState>(batch.as_str(), event).await
    })
}

/// The correction that is under way, as a work sees it.
async fn under_way(work: &mut Work, batch: &BatchId) -> Result<(BatchState, KeyCorrected), Refusal> {
    let state: BatchState = work.need(batch.as_str(), "batch").await?;
    let corrected = state.key_corrections()?.under_way().cloned();
    Ok((state, corrected.ok_or(KeyCorrectionRefusal::NotUnderWay)?))
}
