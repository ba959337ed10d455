//! The candidate's sitting: its state, and the receipt.

use super::token::BoundSeat;
use crate::aggregates::batch::BatchState;
use crate::aggregates::sitting::{EndedBy, TheorySitting};
use crate::app::App;
use crate::operations::{batches, room_time, roster};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::seat_stream;
use serde::Serialize;
use utoipa::ToSchema;

/// The state of the candidate's exam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeatPhase {
    /// Bound, the paper is not open yet.
    Bound,
    /// The paper is open.
    Open,
    /// The room is paused.
    Paused,
    /// The paper is in.
    HandedIn,
}

/// What the candidate's page needs besides the paper.
#[derive(Serialize, ToSchema)]
pub struct SeatView {
    now_ms: i64,
    state: SeatPhase,
    deadline: Deadline,
    sitting: String,
    number: u32,
    seat: String,
    seat_number: u32,
    room_name: String,
    /// The name, masked: 张*.
    name: String,
    ticket: String,
    title: String,
    label: Option<String>,
    minutes: u32,
    items: u32,
    starts_at_ms: i64,
    /// When the paper was given back after its end was undone, by the room's time.
    reopened_ms: Option<i64>,
    /// Extra time that invigilators have given so far, in minutes.
    extra_minutes: i64,
    /// Why the room is paused, while it is.
    pause_reason: Option<String>,
}

/// The receipt, and how the sitting ended.
#[derive(Serialize, ToSchema)]
pub struct ReceiptView {
    receipt: String,
    receipt_salt: String,
    by: EndedBy,
    /// Why, when an invigilator took the paper.
    reason: Option<String>,
    /// How many events of this PC count, from its first.
    events: u64,
    answered: u32,
    items: u32,
    at_ms: i64,
}

/// The state of the candidate's exam.
#[utoipa::path(get, path = "/api/v1/seat", responses((status = 200, body = SeatView)))]
pub async fn show_sitting(State(app): State<App>, seat: BoundSeat) -> Result<Json<SeatView>, Refusal> {
    let place = &seat.state.place;
    let batch: BatchState = app.need(place.batch.as_str(), "batch").await?;
    let plan = &batch.plan;
    let room = plan.theory.rooms.iter().find(|room| room.room == place.room);
    let session = plan.theory.sessions.iter().find(|session| session.number == place.session);
    let in_time = room_time::read_of(&app, &seat.state).await?;
    let deadline = in_time.deadline(plan, &seat.state);
    let person = roster::person(&app, &place.pseudonym).await?;
    Ok(Json(SeatView {
        now_ms: in_time.now.at.millis(),
        state: phase(&seat.state, deadline),
        deadline,
        sitting: seat.pc.sitting.to_string(),
        number: seat.pc.number,
        seat: place.seat.to_string(),
        seat_number: place.number,
        room_name: room.map(|room| room.name.clone()).unwrap_or_default(),
        name: person.name.masked(),
        ticket: place.ticket.clone(),
        title: plan.title.clone(),
        label: batches::label(plan.profile),
        minutes: plan.theory.minutes,
        items: batches::items(plan)?,
        starts_at_ms: session.map_or(0, |session| session.starts_at_ms.millis()),
        reopened_ms: seat.state.undone.last().map(|undone| undone.reopened_ms.millis()),
        extra_minutes: seat.state.extra_ms / 60_000,
        pause_reason: in_time.state.pause_reason().map(str::to_owned),
    }))
}

/// The receipt.
#[utoipa::path(get, path = "/api/v1/seat/receipt", responses((status = 200, body = ReceiptView)))]
pub async fn show_receipt(State(app): State<App>, seat: BoundSeat) -> Result<Json<ReceiptView>, Refusal> {
    let batch: BatchState = app.need(seat.state.place.batch.as_str(), "batch").await?;
    let items = batches::items(&batch.plan)?;
    let ending = seat.state.end().ok_or_else(|| Refusal::not_found("receipt"))?;
    let stream = seat_stream(&seat.pc.sitting, seat.pc.number)?;
    let own = ending.heads.iter().find(|(known, _)| *known == stream);
    Ok(Json(ReceiptView {
        receipt: ending.receipt.clone(),
        receipt_salt: ending.salt.clone(),
        by: ending.by,
        reason: ending.reason.clone(),
        events: own.map_or(0, |(_, head)| head.next_seq),
        answered: ending.answered,
        items,
        at_ms: ending.at_ms.millis(),
    }))
}

pub(super) fn phase(state: &TheorySitting, deadline: Deadline) -> SeatPhase {
    match deadline {
        _ if state.is_handed_in() => SeatPhase::HandedIn,
        Deadline::NotOpen {} => SeatPhase::Bound,
        Deadline::Running { .. } | Deadline::Unconfirmed { .. } => SeatPhase::Open,
        Deadline::Paused { .. } => SeatPhase::Paused,
    }
}
