//! What an invigilator does to one sitting, and how a theory sitting ends.

use super::doer::{SERVICE, transact};
use super::member::Member;
use super::requests::is_first;
use super::room_time;
use super::rooms::{RoomAt, locate};
use super::{batches, roster};
use crate::aggregates::batch::BatchState;
use crate::aggregates::reason::reason;
use crate::aggregates::request::RequestKey;
use crate::aggregates::seat;
use crate::aggregates::sitting::{EndedBy, SittingEnd, SittingState, TheorySitting};
use crate::aggregates::sitting_refusal::SittingRefusal;
use crate::app::App;
use crate::refusal::{Refusal, RefusalKind};
use crate::work::Work;
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::seat_stream;
use kaoping_engine::session::hand_in::{Receipt, journal_digest};
use kaoping_engine::session::time_rules::LOGGED_WITHIN_MS;
use kaoping_record::digest::{Digest, to_hex};
use kaoping_record::event::{Head, Stream};
use kaoping_record::id::SittingId;
use kaoping_record::message::Signed;

/// How a sitting is about to end.
pub struct Collected {
    /// By whom.
    pub by: EndedBy,
    /// How many items have an answer.
    pub answered: u32,
    /// Where its streams end.
    pub heads: Vec<(Stream, Head)>,
    /// Why, when an invigilator ended it.
    pub reason: Option<String>,
}

/// Gives 1 to 120 minutes of extra time.
///
/// # Errors
/// `minutes`, `already_handed_in`; `reason` without one; [`Refusal::forbidden`] in another
/// invigilator's room.
pub async fn give_extra_time(
    app: &App,
    member: &Member,
    sitting: &SittingId,
    minutes: u32,
    why: &str,
    request: &RequestKey,
) -> Result<(), Refusal> {
    in_own_room(app, member, sitting).await?;
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("extend/{sitting}/{minutes}")).await? {
            return Ok(());
        }
        let state: SittingState = work.need(sitting.as_str(), "sitting").await?;
        let theory = state.theory()?;
        room_time::load_of(app, work, theory).await?.state.not_closed()?;
        let event = theory.extend(minutes, why, member.account.clone())?;
        work.append::<SittingState>(sitting.as_str(), event).await
    })
}

/// Marks a candidate absent.
///
/// # Errors
/// `has_come`; `reason` without one; [`Refusal::forbidden`] in another invigilator's room.
pub async fn mark_absent(
    app: &App,
    member: &Member,
    sitting: &SittingId,
    why: &str,
    request: &RequestKey,
) -> Result<(), Refusal> {
    in_own_room(app, member, sitting).await?;
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("absent/{sitting}")).await? {
            return Ok(());
        }
        let state: SittingState = work.need(sitting.as_str(), "sitting").await?;
        let theory = state.theory()?;
        room_time::load_of(app, work, theory).await?.state.not_closed()?;
        work.append::<SittingState>(sitting.as_str(), theory.mark_absent(why)?).await
    })
}

/// Collects a paper by an invigilator's decision; what was acknowledged last counts.
///
/// # Errors
/// `never_bound`, `already_handed_in`; `reason` without one; [`Refusal::forbidden`] in another
/// invigilator's room.
pub async fn collect_by_invigilator(
    app: &App,
    member: &Member,
    sitting: &SittingId,
    why: &str,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let why = reason(why)?;
    in_own_room(app, member, sitting).await?;
    let _turn = app.turns.wait(sitting.as_str()).await;
    transact!(app, member, |work| {
        if is_first(work, member, request, &format!("hand-in/{sitting}")).await? {
            collect_paper(app, work, sitting, EndedBy::Invigilator, Some(why.clone())).await?;
        }
        Ok(())
    })
}

/// When a sitting's paper ends.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn deadline(app: &App, plan: &Plan, sitting: &TheorySitting) -> Result<Deadline, Refusal> {
    Ok(room_time::read_of(app, sitting).await?.deadline(plan, sitting))
}

/// Where the streams of a sitting's first `pcs` PCs end; the commit asserts it. A PC that never
/// opened the paper has no stream.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn guarded_heads(work: &mut Work, sitting: &SittingId, pcs: u32) -> Result<Vec<(Stream, Head)>, Refusal> {
    let mut heads = Vec::new();
    for pc in 0..pcs {
        let stream = seat_stream(sitting, pc)?;
        if let Some(fold) = seat::follow(work, &stream).await? {
            heads.push((stream, fold.head));
        }
    }
    Ok(heads)
}

/// Ends a sitting in a work, with its receipt; returns it as it is then.
///
/// # Errors
/// `already_handed_in` when it has ended.
pub async fn end_sitting(
    app: &App,
    work: &mut Work,
    sitting: &SittingId,
    plan: &Plan,
    collected: Collected,
) -> Result<TheorySitting, Refusal> {
    let state: SittingState = work.need(sitting.as_str(), "sitting").await?;
    let salt: [u8; 32] = app.random()?;
    let lasts: Vec<Digest> = collected.heads.iter().map(|(_, head)| head.last).collect();
    let journal = journal_digest(&salt, &lasts);
    let theory = state.theory()?;
    let room = room_time::load_of(app, work, theory).await?;
    room.state.not_closed()?;
    let at_ms = room.now.at;
    let receipt = Signed::new(Receipt {
        at_ms,
        answered: collected.answered,
        batch: plan.batch.clone(),
        items: batches::items(plan)?,
        journal,
        logged_by_ms: at_ms.plus_millis(LOGGED_WITHIN_MS),
        replaces: theory.undone.last().map(|undone| undone.receipt),
        sitting: sitting.clone(),
    })
    .sign(&app.keys.room)?;
    let ending = SittingEnd {
        by: collected.by,
        reason: collected.reason,
        at_ms,
        heads: collected.heads,
        answered: collected.answered,
        receipt: String::from_utf8_lossy(&receipt.to_bytes()?).into_owned(),
        salt: to_hex(&salt),
        journal,
        left_ms: room.deadline(plan, theory).left_ms(at_ms).unwrap_or(0),
    };
    let event = theory.hand_in(ending)?;
    work.append::<SittingState>(sitting.as_str(), event).await?;
    let ended: SittingState = work.need(sitting.as_str(), "sitting").await?;
    ended.theory().cloned()
}

/// Keeps the times of the open rooms, then collects the papers whose time is over and that were not
/// handed in: a PC that is off loses nothing that was acknowledged. A paper that cannot be
/// collected is named in the log, and the others are collected. Returns how many.
///
/// # Errors
/// `unavailable` when the store cannot be reached; [`Refusal::internal`] when batches cannot be
/// read.
pub async fn collect_overdue(app: &App) -> Result<u32, Refusal> {
    let mut collected = 0;
    for room in room_time::open_rooms(app).await? {
        match room_time::keep(app, &room).await {
            Ok(()) => {}
            Err(refusal) if refusal.kind() == RefusalKind::Unavailable => return Err(refusal),
            Err(refusal) => {
                tracing::error!(room = room.key, %refusal, "a room's time was not kept");
                continue;
            }
        }
        for (id, _) in &room.at_work {
            match collect_if_overdue(app, &room.batch.plan, id).await {
                Ok(overdue) => collected += u32::from(overdue),
                Err(refusal) if refusal.kind() == RefusalKind::Unavailable => return Err(refusal),
                Err(refusal) => tracing::error!(sitting = id.as_str(), %refusal, "a paper was not collected"),
            }
        }
    }
    Ok(collected)
}

async fn collect_if_overdue(app: &App, plan: &Plan, id: &SittingId) -> Result<bool, Refusal> {
    let sitting = roster::theory_sitting(app, id).await?;
    if sitting.is_handed_in() || sitting.pcs.is_empty() {
        return Ok(false);
    }
    let room = room_time::read_of(app, &sitting).await?;
    if !room.deadline(plan, &sitting).is_collectable(room.now.at) {
        return Ok(false);
    }
    let _turn = app.turns.wait(id.as_str()).await;
    transact!(app, &SERVICE, |work| collect_paper(app, work, id, EndedBy::Time, None).await)
}

/// Takes a paper with what stands in its streams at the commit. By time only while its time is
/// over: a pause or extra time that was given meanwhile keeps it open. Returns whether it was
/// taken.
async fn collect_paper(
    app: &App,
    work: &mut Work,
    sitting: &SittingId,
    by: EndedBy,
    reason: Option<String>,
) -> Result<bool, Refusal> {
    let state: SittingState = work.need(sitting.as_str(), "sitting").await?;
    let theory = state.theory()?;
    let place = &theory.place;
    // The plan of a batch never changes.
    let plan = app.need::<BatchState>(place.batch.as_str(), "batch").await?.plan;
    if by == EndedBy::Time {
        let room = room_time::load_of(app, work, theory).await?;
        let overdue = room.deadline(&plan, theory).is_collectable(room.now.at);
        if !overdue || theory.is_handed_in() {
            return Ok(false);
        }
    }
    let last = theory.last_pc().ok_or(SittingRefusal::NeverBound)?;
    let heads = guarded_heads(work, sitting, last + 1).await?;
    let answered = match heads.last() {
        Some((stream, _)) => seat::follow(work, stream).await?.map_or(0, |fold| fold.state.answers.count()),
        None => 0,
    };
    let collected = Collected { by, answered, heads, reason };
    end_sitting(app, work, sitting, &plan, collected).await?;
    Ok(true)
}

/// The sitting must be in a room of this invigilator.
async fn in_own_room(app: &App, member: &Member, sitting: &SittingId) -> Result<(), Refusal> {
    let place = roster::theory_sitting(app, sitting).await?.place;
    let at = RoomAt { batch: place.batch, session: place.session, room: place.room };
    locate(app, member, &at).await.map(|_| ())
}
