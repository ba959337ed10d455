//! The candidate's seat: how it stands, the paper and the receipt. A PC asks for it in [`enrolments`]; answers come in by [`events`].

pub mod enrolments;
pub mod events;

use super::seat_token::BoundSeat;
use super::{papers, roster, sittings};
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::BatchState;
use crate::state::sitting::SittingState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::seat_stream;
use kaoping_record::event::Sealed;
use serde::Serialize;
use utoipa::ToSchema;

/// How the candidate's exam stands.
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
}

/// The paper as the page shows it, with what was answered so far.
#[derive(Serialize, ToSchema)]
pub struct PaperView {
    /// The paper's canonical JSON.
    paper: String,
    paper_digest: String,
    /// Items of which several options may be chosen.
    several: Vec<String>,
    sections: Vec<papers::Section>,
    items: Vec<papers::ShownItem>,
    /// Events of the sitting's earlier PCs, stream after stream.
    before: Vec<String>,
    /// Events of this PC that the service holds.
    journal: Vec<String>,
    /// The last event of the PC before this one.
    continues: Option<String>,
}

/// The receipt.
#[derive(Serialize, ToSchema)]
pub struct ReceiptView {
    receipt: String,
    receipt_salt: String,
    answered: u32,
    items: u32,
    at_ms: i64,
}

/// How the candidate's exam stands.
#[utoipa::path(get, path = "/api/v1/seat", responses((status = 200, body = SeatView)))]
pub async fn read(State(app): State<App>, seat: BoundSeat) -> Result<Json<SeatView>, ApiError> {
    let place = seat.state.place()?;
    let batch: BatchState = app.need(place.batch.as_str(), "batch").await?;
    let plan = batch.plan()?;
    let room = plan.theory.rooms.iter().find(|room| room.room == place.room);
    let session = plan.theory.sessions.iter().find(|session| session.number == place.session);
    let deadline = sittings::deadline(&app, plan, &seat.state).await?;
    let person = roster::person(&app, &place.pseudonym).await?;
    Ok(Json(SeatView {
        now_ms: app.now().millis(),
        state: phase(&seat.state, deadline),
        deadline,
        sitting: seat.sitting.to_string(),
        number: seat.number,
        seat: place.seat.to_string(),
        seat_number: place.number,
        room_name: room.map(|room| room.name.clone()).unwrap_or_default(),
        name: person.name.masked(),
        ticket: place.ticket.clone(),
        title: plan.title.clone(),
        label: super::batches::label(plan.profile),
        minutes: plan.theory.minutes,
        items: super::batches::items(&app, plan).await?,
        starts_at_ms: session.map_or(0, |session| session.starts_at_ms.millis()),
    }))
}

/// The paper, once the room is open.
#[utoipa::path(get, path = "/api/v1/seat/paper", responses((status = 200, body = PaperView)))]
pub async fn paper(State(app): State<App>, seat: BoundSeat) -> Result<Json<PaperView>, ApiError> {
    let place = seat.state.place()?;
    let batch: BatchState = app.need(place.batch.as_str(), "batch").await?;
    let deadline = sittings::deadline(&app, batch.plan()?, &seat.state).await?;
    if phase(&seat.state, deadline) != SeatPhase::Open {
        return Err(not_open());
    }
    let paper = papers::of_sitting(&app, &batch, place).await?;
    let mut before = Vec::new();
    let mut continues = None;
    for number in 0..seat.number {
        let events = app.store.history(&seat_stream(&seat.sitting, number)?).await?;
        continues = events.last().map(Sealed::identity).or(continues);
        before.extend(events.iter().map(text));
    }
    let own = app.store.history(&seat_stream(&seat.sitting, seat.number)?).await?;
    Ok(Json(PaperView {
        paper: paper.text.clone(),
        paper_digest: paper.digest.to_hex(),
        several: paper.several.iter().map(ToString::to_string).collect(),
        sections: paper.sections.clone(),
        items: paper.items.clone(),
        before,
        journal: own.iter().map(text).collect(),
        continues: continues.map(|identity| identity.to_hex()),
    }))
}

/// The receipt.
#[utoipa::path(get, path = "/api/v1/seat/receipt", responses((status = 200, body = ReceiptView)))]
pub async fn receipt(State(app): State<App>, seat: BoundSeat) -> Result<Json<ReceiptView>, ApiError> {
    let batch: BatchState = app.need(seat.state.place()?.batch.as_str(), "batch").await?;
    let items = super::batches::items(&app, batch.plan()?).await?;
    let ending = seat.state.ending.ok_or_else(|| ApiError::not_found("receipt"))?;
    Ok(Json(ReceiptView {
        receipt: ending.receipt,
        receipt_salt: ending.salt,
        answered: ending.answered,
        items,
        at_ms: ending.at_ms.millis(),
    }))
}

/// A second hand-in, or anything after the first.
pub(super) fn already_handed_in() -> ApiError {
    ApiError::conflict(
        "already_handed_in",
        "sitting",
        ("这份试卷已经交了，不能再改。", "this paper is handed in and cannot change"),
        ("如有疑问，请凭回执找监考员。", "if in doubt, show the receipt to the invigilator"),
    )
}

fn phase(state: &SittingState, deadline: Deadline) -> SeatPhase {
    match deadline {
        _ if state.ending.is_some() => SeatPhase::HandedIn,
        Deadline::NotOpen {} => SeatPhase::Bound,
        Deadline::Running { .. } => SeatPhase::Open,
        Deadline::Paused { .. } => SeatPhase::Paused,
    }
}

fn text(event: &Sealed) -> String {
    String::from_utf8_lossy(event.bytes()).into_owned()
}

fn not_open() -> ApiError {
    ApiError::new(
        StatusCode::FORBIDDEN,
        "not_open",
        "room",
        ("现在不是作答时间。", "the paper is not open now"),
        ("请听监考员安排。", "follow the invigilator"),
    )
}
