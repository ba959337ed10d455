//! Undoing the end of a sitting: a paper that was taken by time or by an invigilator is given back.
//! An invigilator of the room asks with a reason; another one, or an officer, approves.

use super::doer::transact;
use super::member::Member;
use super::requests::is_first;
use super::room_time;
use super::rooms::{RoomAt, locate};
use super::roster;
use crate::aggregates::account::Role;
use crate::aggregates::batch::BatchState;
use crate::aggregates::request::RequestKey;
use crate::aggregates::result::{ResultRefusal, ResultState, result_key};
use crate::aggregates::room::{RoomEvent, RoomState};
use crate::aggregates::sitting::{SittingEvent, SittingState, TheorySitting};
use crate::aggregates::sitting_refusal::SittingRefusal;
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::plan::schedule::Room;
use kaoping_engine::session::hand_in::Receipt;
use kaoping_record::id::SittingId;
use kaoping_record::message::Signed;

/// Asks to undo the end of a sitting; `minutes` are given in addition to what was left.
///
/// # Errors
/// `not_undoable`, `no_time_left`, `minutes`, `room_closed`; `reason` without one;
/// [`Refusal::forbidden`] for anybody but an invigilator of this room.
pub async fn ask(
    app: &App,
    member: &Member,
    sitting: &SittingId,
    minutes: u32,
    why: &str,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let (_, at, room) = room_of(app, member, sitting).await?;
    if !room.invigilators.contains(&member.account) {
        return Err(Refusal::forbidden());
    }
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("reopening/{sitting}/{minutes}")).await? {
            return Ok(());
        }
        room_time::load(app, work, &at.key()).await?.state.not_closed()?;
        let state: SittingState = work.need(sitting.as_str(), "sitting").await?;
        has_no_end(work, state.theory()?).await?;
        let event = state.theory()?.ask_reopening(minutes, why, member.account.clone())?;
        work.append::<SittingState>(sitting.as_str(), event).await
    })
}

/// Approves the request to undo the end of a sitting: its paper is open again, with what was left
/// at the end.
///
/// # Errors
/// `not_undoable`, `reopening_not_asked`, `second_needed`, `room_closed`; [`Refusal::forbidden`]
/// for anybody but an invigilator of this room or an officer.
pub async fn approve(app: &App, member: &Member, sitting: &SittingId, request: &RequestKey) -> Result<(), Refusal> {
    let (batch, at, room) = room_of(app, member, sitting).await?;
    if !room.invigilators.contains(&member.account) && !member.has_any(&[Role::Officer]) {
        return Err(Refusal::forbidden());
    }
    let minutes = batch.plan.theory.minutes;
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("reopened/{sitting}")).await? {
            return Ok(());
        }
        let room = room_time::load(app, work, &at.key()).await?;
        room.state.not_closed()?;
        let state: SittingState = work.need(sitting.as_str(), "sitting").await?;
        let theory = state.theory()?;
        has_no_end(work, theory).await?;
        let end = theory.end().ok_or(SittingRefusal::NotUndoable)?;
        let receipt = Signed::<Receipt>::parse(end.receipt.as_bytes())?.identity()?;
        let lacking = |left| room.state.lacking(minutes, theory.added_ms(), room.now, left);
        let event = theory.approve_reopening(&member.account, receipt, lacking)?;
        if let SittingEvent::Reopened { reason, .. } = &event {
            let told = RoomEvent::Reopened { seat: theory.place.number, reason: reason.clone() };
            work.append::<RoomState>(&at.key(), told).await?;
        }
        work.append::<SittingState>(sitting.as_str(), event).await
    })
}

async fn room_of(app: &App, member: &Member, sitting: &SittingId) -> Result<(BatchState, RoomAt, Room), Refusal> {
    let place = roster::theory_sitting(app, sitting).await?.place;
    let at = RoomAt { batch: place.batch, session: place.session, room: place.room };
    let (batch, room) = locate(app, member, &at).await?;
    Ok((batch, at, room))
}

/// That the candidate's exam has no end in the log yet: after one, no paper is given back.
async fn has_no_end(work: &mut Work, theory: &TheorySitting) -> Result<(), Refusal> {
    let place = &theory.place;
    match work.load::<ResultState>(&result_key(&place.batch, &place.pseudonym)).await? {
        Some(_) => Err(ResultRefusal::HasEnded.into()),
        None => Ok(()),
    }
}
