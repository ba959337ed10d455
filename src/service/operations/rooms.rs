//! What invigilators do in a room: they bind or refuse PCs, open, pause and resume, and note
//! incidents.

use super::doer::transact;
use super::member::Member;
use super::requests::is_first;
use super::room_time;
use crate::aggregates::account::Role;
use crate::aggregates::batch::{BatchState, Stage};
use crate::aggregates::batch_refusal::BatchRefusal;
use crate::aggregates::enrolment::EnrolmentState;
use crate::aggregates::request::RequestKey;
use crate::aggregates::result::{ResultRefusal, ResultState, result_key};
use crate::aggregates::room::{RoomState, room_key};
use crate::aggregates::sitting::{Pc, SittingState};
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::plan::schedule::Room;
use kaoping_record::id::{BatchId, RoomId};

/// A room in a session of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomAt {
    pub batch: BatchId,
    /// The session, from 1.
    pub session: u32,
    pub room: RoomId,
}

impl RoomAt {
    /// The key of the room's stream.
    #[must_use]
    pub fn key(&self) -> String {
        room_key(&self.batch, self.session, &self.room)
    }
}

/// What an invigilator has compared before a PC is bound, and why another PC is left.
pub struct Binding {
    /// The PC that waits.
    pub enrolment: String,
    /// Whether ticket, photo and ID were all compared.
    pub checked: bool,
    /// Needed when another PC was bound before.
    pub reason: Option<String>,
    pub request: RequestKey,
}

/// Batch and room, if the member may see them.
///
/// # Errors
/// [`Refusal::not_found`] when there is no such room, [`Refusal::forbidden`] when it is another
/// invigilator's, `not_dealt` before the papers are dealt.
pub async fn locate(app: &App, member: &Member, at: &RoomAt) -> Result<(BatchState, Room), Refusal> {
    let state: BatchState = app.need(at.batch.as_str(), "batch").await?;
    let room = state.plan.theory.rooms.iter().find(|known| known.room == at.room).cloned();
    let room = room.ok_or_else(|| Refusal::not_found("room"))?;
    if !state.plan.theory.sessions.iter().any(|known| known.number == at.session) {
        return Err(Refusal::not_found("session"));
    }
    if state.stage() < Stage::Dealt {
        return Err(BatchRefusal::NotDealt.into());
    }
    if may_see(member, &room) { Ok((state, room)) } else { Err(Refusal::forbidden()) }
}

/// Whether the member may see a room: its invigilators, the office and supervisors.
#[must_use]
pub fn may_see(member: &Member, room: &Room) -> bool {
    room.invigilators.contains(&member.account) || member.has_any(&[Role::Officer, Role::Supervisor])
}

/// Binds a PC to its sitting.
///
/// # Errors
/// `not_checked`, and the refusals of enrolment and sitting.
pub async fn bind_pc(app: &App, member: &Member, at: &RoomAt, binding: &Binding) -> Result<(), Refusal> {
    locate(app, member, at).await?;
    if !binding.checked {
        return Err(Refusal::invalid(
            "not_checked",
            "ticket_checked",
            ("准考证、照片、证件还没有全部核对。", "ticket, photo and ID are not all compared"),
            ("三项都核对无误后再绑定。", "compare all three, then bind"),
        ));
    }
    transact!(app, member, |work| {
        if !is_first(work, member, &binding.request, &format!("bind/{}", binding.enrolment)).await? {
            return Ok(());
        }
        room_time::load(app, work, &at.key()).await?.state.not_closed()?;
        let enrolment = waiting_in(work, at, &binding.enrolment).await?;
        let request = &enrolment.request;
        let sitting: SittingState = work.need(request.sitting.as_str(), "sitting").await?;
        let sitting = sitting.theory()?;
        // Whoever has an end, such as an absence that is logged, no longer sits down.
        let place = &sitting.place;
        if work.load::<ResultState>(&result_key(&place.batch, &place.pseudonym)).await?.is_some() {
            return Err(ResultRefusal::HasEnded.into());
        }
        let number = u32::try_from(sitting.pcs.len()).unwrap_or(u32::MAX);
        let bound = enrolment.bind(number)?;
        let pc = Pc { enrolment: binding.enrolment.clone(), key: request.key.clone() };
        let seated = sitting.bind(pc, binding.reason.as_deref())?;
        work.append::<EnrolmentState>(&binding.enrolment, bound).await?;
        work.append::<SittingState>(request.sitting.as_str(), seated).await
    })?;
    app.waiting.release(&binding.enrolment);
    Ok(())
}

/// Refuses a PC.
///
/// # Errors
/// `no_longer_waiting`; `reason` without one.
pub async fn refuse_pc(
    app: &App,
    member: &Member,
    at: &RoomAt,
    enrolment: &str,
    why: &str,
    request: &RequestKey,
) -> Result<(), Refusal> {
    locate(app, member, at).await?;
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("refuse/{enrolment}")).await? {
            return Ok(());
        }
        room_time::load(app, work, &at.key()).await?.state.not_closed()?;
        let event = waiting_in(work, at, enrolment).await?.refuse(why)?;
        work.append::<EnrolmentState>(enrolment, event).await
    })?;
    app.waiting.release(enrolment);
    Ok(())
}

/// A PC that has asked for a seat in this room.
async fn waiting_in(work: &mut Work, at: &RoomAt, enrolment: &str) -> Result<EnrolmentState, Refusal> {
    let state: EnrolmentState = work.need(enrolment, "enrolment").await?;
    if state.request.room == at.key() { Ok(state) } else { Err(Refusal::not_found("enrolment")) }
}

/// What an invigilator does to the whole room.
#[derive(Clone, Copy, Debug)]
pub enum RoomAct<'text> {
    /// Open the papers.
    Open,
    /// Stop everybody's time, for a reason.
    Pause(&'text str),
    /// Let time run again, with a reason.
    Resume(&'text str),
    /// Note something.
    Note(&'text str),
    /// Decide whether an interruption of this length counts, with a reason.
    DecideGap { counts: bool, length_ms: i64, reason: &'text str },
}

/// Does something to the whole room.
///
/// # Errors
/// [`RoomRefusal`](crate::aggregates::room_refusal::RoomRefusal); `reason` where one is missing.
pub async fn act_on_room(
    app: &App,
    member: &Member,
    at: &RoomAt,
    act: RoomAct<'_>,
    request: &RequestKey,
) -> Result<(), Refusal> {
    locate(app, member, at).await?;
    let key = at.key();
    let decision = match act {
        RoomAct::Open => "open",
        RoomAct::Pause(_) => "pause",
        RoomAct::Resume(_) => "resume",
        RoomAct::Note(_) => "incident",
        RoomAct::DecideGap { counts: true, .. } => "gap-counts",
        RoomAct::DecideGap { counts: false, .. } => "gap-left-out",
    };
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("{decision}/{key}")).await? {
            return Ok(());
        }
        let room = room_time::load(app, work, &key).await?.state;
        let event = match act {
            RoomAct::Open => room.open(&app.clock.read())?,
            RoomAct::Pause(why) => room.pause(why)?,
            RoomAct::Resume(why) => room.resume(why)?,
            RoomAct::Note(text) => room.note(text)?,
            RoomAct::DecideGap { counts, length_ms, reason } => room.decide_gap(counts, length_ms, reason)?,
        };
        work.append::<RoomState>(&key, event).await
    })
}
