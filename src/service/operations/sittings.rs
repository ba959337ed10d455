//! What an invigilator does to one sitting, and how a theory sitting ends.

use super::member::Member;
use super::room_time;
use super::rooms::{RoomAt, locate};
use super::{batches, roster};
use crate::aggregates::batch::BatchState;
use crate::aggregates::reason::reason;
use crate::aggregates::seat;
use crate::aggregates::sitting::{EndedBy, SittingEnd, SittingState, TheorySitting};
use crate::aggregates::sitting_refusal::SittingRefusal;
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::{Work, transact};
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
/// `minutes`, `already_handed_in`; `reason` without one; [`Refusal::forbidden`] in another invigilator's room.
pub async fn give_extra_time(
    app: &App,
    member: &Member,
    sitting: &SittingId,
    minutes: u32,
    why: &str,
) -> Result<(), Refusal> {
    in_own_room(app, member, sitting).await?;
    transact!(app, &member.actor, |work| {
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
pub async fn mark_absent(app: &App, member: &Member, sitting: &SittingId, why: &str) -> Result<(), Refusal> {
    in_own_room(app, member, sitting).await?;
    transact!(app, &member.actor, |work| {
        let state: SittingState = work.need(sitting.as_str(), "sitting").await?;
        let theory = state.theory()?;
        room_time::load_of(app, work, theory).await?.state.not_closed()?;
        work.append::<SittingState>(sitting.as_str(), theory.mark_absent(why)?).await
    })
}

/// Collects a paper by an invigilator's decision; what was acknowledged last counts.
///
/// # Errors
/// `never_bound`, `already_handed_in`; `reason` without one; [`Refusal::forbidden`] in another invigilator's room.
pub async fn collect_by_invigilator(app: &App, member: &Member, sitting: &SittingId, why: &str) -> Result<(), Refusal> {
    let why = reason(why)?;
    in_own_room(app, member, sitting).await?;
    collect_paper(app, &member.actor, sitting, EndedBy::Invigilator, Some(why)).await
}

/// When a sitting's paper ends.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn deadline(app: &App, plan: &Plan, sitting: &TheorySitting) -> Result<Deadline, Refusal> {
    Ok(room_time::read_of(app, sitting).await?.deadline(plan, sitting))
}

/// Where the streams of a sitting's PCs end. `last` stands for the last one, when it is being written just now.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn heads(
    app: &App,
    sitting: &SittingId,
    number: u32,
    last: Option<Head>,
) -> Result<Vec<(Stream, Head)>, Refusal> {
    let mut heads = Vec::new();
    for pc in 0..=number {
        let stream = seat_stream(sitting, pc)?;
        let head = match last {
            Some(head) if pc == number => head,
            _ => app.store.head(&stream).await?,
        };
        heads.push((stream, head));
    }
    Ok(heads)
}

/// Ends a sitting in a work, with its receipt.
///
/// # Errors
/// `already_handed_in` when it has ended.
pub async fn end_sitting(
    app: &App,
    work: &mut Work,
    sitting: &SittingId,
    plan: &Plan,
    collected: Collected,
) -> Result<(), Refusal> {
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
        at_ms,
        heads: collected.heads,
        answered: collected.answered,
        receipt: String::from_utf8_lossy(&receipt.to_bytes()?).into_owned(),
        salt: to_hex(&salt),
        journal,
        left_ms: room.deadline(plan, theory).left_ms(at_ms).unwrap_or(0),
    };
    let event = theory.hand_in(ending, collected.reason)?;
    work.append::<SittingState>(sitting.as_str(), event).await
}

/// Collects the papers whose time is over and that were not handed in: a PC that is off loses nothing that was
/// acknowledged. Returns how many.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn collect_overdue(app: &App) -> Result<u32, Refusal> {
    let mut collected = 0;
    for room in room_time::open_rooms(app).await? {
        room_time::keep(app, &room).await?;
        let in_time = room_time::read(app, &room.key).await?;
        for (id, sitting) in &room.at_work {
            if in_time.deadline(&room.batch.plan, sitting).is_collectable(in_time.now.at) {
                collect_paper(app, "service", id, EndedBy::Time, None).await?;
                collected += 1;
            }
        }
    }
    Ok(collected)
}

async fn collect_paper(
    app: &App,
    actor: &str,
    sitting: &SittingId,
    by: EndedBy,
    reason: Option<String>,
) -> Result<(), Refusal> {
    transact!(app, actor, |work| {
        let state: SittingState = work.need(sitting.as_str(), "sitting").await?;
        let theory = state.theory()?;
        let batch: BatchState = app.need(theory.place.batch.as_str(), "batch").await?;
        let number = theory.last_pc().ok_or(SittingRefusal::NeverBound)?;
        let heads = heads(app, sitting, number, None).await?;
        let mut answered = 0;
        for (stream, _) in heads.iter().rev() {
            if let Some(fold) = seat::read(&app.store, stream).await? {
                answered = fold.state.answers.count();
                break;
            }
        }
        let collected = Collected { by, answered, heads, reason: reason.clone() };
        end_sitting(app, work, sitting, &batch.plan, collected).await
    })
}

/// The sitting must be in a room of this invigilator.
async fn in_own_room(app: &App, member: &Member, sitting: &SittingId) -> Result<(), Refusal> {
    let place = roster::theory_sitting(app, sitting).await?.place;
    let at = RoomAt { batch: place.batch, session: place.session, room: place.room };
    locate(app, member, &at).await.map(|_| ())
}
