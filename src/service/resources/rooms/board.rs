//! What an invigilator sees of a room.

use super::{RoomPath, located, may_see};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::{all, batches, roster, state_of};
use crate::state::batch::{BatchState, Stage};
use crate::state::enrolment::{EnrolmentState, Request};
use crate::state::room::{RoomState, room_key};
use crate::state::seat;
use crate::state::sitting::SittingState;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::seat_stream;
use kaoping_store::Collection;
use serde::Serialize;
use utoipa::ToSchema;

/// How a room stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomStatus {
    /// Not open yet.
    Waiting,
    /// Open.
    Open,
    /// Paused.
    Paused,
    /// Time is over.
    Ended,
}

/// How a seat stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeatStatus {
    /// Nobody has come.
    Expected,
    /// A PC waits to be bound.
    Waiting,
    /// Bound; the paper is not open or has no answer yet.
    Bound,
    /// Answers come in.
    Working,
    /// The paper is in.
    HandedIn,
    /// Marked absent.
    Absent,
}

/// A room on the list.
#[derive(Serialize, ToSchema)]
pub struct RoomLine {
    batch: String,
    title: String,
    session: u32,
    room: String,
    name: String,
    starts_at_ms: i64,
    state: RoomStatus,
    seats: u32,
    handed_in: u32,
}

/// All rooms of the member.
#[derive(Serialize, ToSchema)]
pub struct RoomsView {
    rooms: Vec<RoomLine>,
}

/// A seat on the board.
#[derive(Serialize, ToSchema)]
pub struct SeatLine {
    number: u32,
    seat: String,
    sitting: String,
    ticket: String,
    name: String,
    id_masked: String,
    state: SeatStatus,
    /// Number of the PC, from 0.
    pc: Option<u32>,
    answered: u32,
    items: u32,
    last_ack_ms: Option<i64>,
    ends_at_ms: Option<i64>,
    extra_minutes: i64,
}

/// A PC that waits.
#[derive(Serialize, ToSchema)]
pub struct WaitingLine {
    enrolment: String,
    ticket: String,
    code: String,
    seat_number: Option<u32>,
    /// Whether another PC was bound to this sitting before, so that a reason is needed.
    replaces: bool,
    since_ms: i64,
}

/// The room's board.
#[derive(Serialize, ToSchema)]
pub struct RoomView {
    now_ms: i64,
    batch: String,
    title: String,
    room: String,
    name: String,
    session: u32,
    state: RoomStatus,
    minutes: u32,
    opened_at_ms: Option<i64>,
    ends_at_ms: Option<i64>,
    /// Whether a second device keeps a copy of each answer; without one the room is 单机.
    standby: bool,
    seats: Vec<SeatLine>,
    waiting: Vec<WaitingLine>,
}

/// The member's rooms.
#[utoipa::path(get, path = "/api/v1/rooms", responses((status = 200, body = RoomsView)))]
pub async fn list(State(app): State<App>, member: Member) -> Result<Json<RoomsView>, ApiError> {
    let mut rooms = Vec::new();
    for row in all(&app, Collection::Batch, "").await? {
        let batch: BatchState = state_of(&row)?;
        let Some(plan) = &batch.plan else { continue };
        if batch.stage < Stage::Dealt {
            continue;
        }
        let entries = roster::entries(&app, &batch).await?;
        for session in &plan.theory.sessions {
            for room in plan.theory.rooms.iter().filter(|room| may_see(&member, room)) {
                let here = entries.iter().filter(|entry| entry.session == session.number && entry.room == room.room);
                let (mut seats, mut handed_in) = (0, 0);
                for entry in here {
                    let sitting: SittingState = app.read(entry.theory.as_str()).await?;
                    seats += 1;
                    handed_in += u32::from(sitting.ending.is_some());
                }
                if seats == 0 {
                    continue;
                }
                let state: RoomState = app.read(&room_key(&plan.batch, session.number, &room.room)).await?;
                rooms.push(RoomLine {
                    batch: plan.batch.to_string(),
                    title: plan.title.clone(),
                    session: session.number,
                    room: room.room.to_string(),
                    name: room.name.clone(),
                    starts_at_ms: session.starts_at_ms.millis(),
                    state: status(&state, plan, &app),
                    seats,
                    handed_in,
                });
            }
        }
    }
    Ok(Json(RoomsView { rooms }))
}

/// The room's board.
#[utoipa::path(get, path = "/api/v1/rooms/{batch}/{session}/{room}", params(("batch" = String, Path), ("session" = u32, Path), ("room" = String, Path)), responses((status = 200, body = RoomView)))]
pub async fn board(State(app): State<App>, member: Member, Path(path): RoomPath) -> Result<Json<RoomView>, ApiError> {
    let (batch, plan, room) = located(&app, &member, &path).await?;
    let (_, session, _) = &path;
    let key = room_key(&plan.batch, *session, &room.room);
    let state: RoomState = app.read(&key).await?;
    let entries = roster::entries(&app, &batch).await?;
    let here = entries.iter().filter(|entry| entry.session == *session && entry.room == room.room);
    let waiting = waiting(&app, &key).await?;
    let items = batches::items(&app, &plan).await?;
    let mut seats = Vec::new();
    for entry in here {
        let sitting: SittingState = app.read(entry.theory.as_str()).await?;
        let place = sitting.place()?;
        let person = roster::person(&app, &entry.pseudonym).await?;
        let pc = u32::try_from(sitting.pcs.len()).ok().and_then(|count| count.checked_sub(1));
        let fold = match pc {
            Some(number) => seat::read(&app, &seat_stream(&entry.theory, number)?).await?,
            None => None,
        };
        let answered = match (&sitting.ending, &fold) {
            (Some(ending), _) => ending.answered,
            (None, Some(fold)) => fold.state.answers.count(),
            (None, None) => 0,
        };
        let is_waiting = waiting.iter().any(|(_, request)| request.sitting == entry.theory);
        let deadline = state.deadline(plan.theory.minutes, sitting.extra_ms);
        seats.push(SeatLine {
            number: entry.number,
            seat: entry.seat.to_string(),
            sitting: entry.theory.to_string(),
            ticket: place.ticket.clone(),
            name: person.name.as_str().to_owned(),
            id_masked: person.document.masked(),
            state: seat_status(&sitting, is_waiting, answered),
            pc,
            answered,
            items,
            last_ack_ms: fold.and_then(|fold| fold.state.last_at_ms).map(|at| at.millis()),
            ends_at_ms: ends_at(deadline),
            extra_minutes: sitting.extra_ms / 60_000,
        });
    }
    seats.sort_by_key(|seat| seat.number);
    let mut lines = Vec::new();
    for (enrolment, request) in waiting {
        let sitting: SittingState = app.read(request.sitting.as_str()).await?;
        lines.push(WaitingLine {
            enrolment,
            ticket: request.ticket,
            code: request.code,
            seat_number: sitting.place.as_ref().map(|place| place.number),
            replaces: !sitting.pcs.is_empty(),
            since_ms: request.since_ms.millis(),
        });
    }
    Ok(Json(RoomView {
        now_ms: app.now().millis(),
        batch: plan.batch.to_string(),
        title: plan.title.clone(),
        room: room.room.to_string(),
        name: room.name.clone(),
        session: *session,
        state: status(&state, &plan, &app),
        minutes: plan.theory.minutes,
        opened_at_ms: state.opened_at_ms.map(|at| at.millis()),
        ends_at_ms: ends_at(state.deadline(plan.theory.minutes, 0)),
        standby: false,
        seats,
        waiting: lines,
    }))
}

async fn waiting(app: &App, room: &str) -> Result<Vec<(String, Request)>, ApiError> {
    let rows = app.store.find(Collection::Enrolment, room, None, 500).await?;
    let mut waiting = Vec::new();
    for row in rows {
        let state: EnrolmentState = state_of(&row)?;
        waiting.extend(state.request.map(|request| (row.key.clone(), request)));
    }
    waiting.sort_by_key(|(_, request)| request.since_ms);
    Ok(waiting)
}

fn status(state: &RoomState, plan: &Plan, app: &App) -> RoomStatus {
    match state.deadline(plan.theory.minutes, 0) {
        Deadline::NotOpen {} => RoomStatus::Waiting,
        Deadline::Paused { .. } => RoomStatus::Paused,
        Deadline::Running { ends_at_ms } if ends_at_ms > app.now() => RoomStatus::Open,
        Deadline::Running { .. } => RoomStatus::Ended,
    }
}

fn seat_status(sitting: &SittingState, waiting: bool, answered: u32) -> SeatStatus {
    match sitting {
        _ if sitting.ending.is_some() => SeatStatus::HandedIn,
        // Who works goes on being seen at work, whoever else asks for the seat.
        _ if waiting && sitting.pcs.is_empty() => SeatStatus::Waiting,
        _ if sitting.absent => SeatStatus::Absent,
        _ if sitting.pcs.is_empty() => SeatStatus::Expected,
        _ if answered > 0 => SeatStatus::Working,
        _ => SeatStatus::Bound,
    }
}

fn ends_at(deadline: Deadline) -> Option<i64> {
    match deadline {
        Deadline::Running { ends_at_ms } => Some(ends_at_ms.millis()),
        _ => None,
    }
}
