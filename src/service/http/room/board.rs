//! What an invigilator sees of a room.

use crate::aggregates::batch::{BatchState, Stage};
use crate::aggregates::enrolment::EnrolmentRequest;
use crate::aggregates::room::{RoomState, room_key};
use crate::aggregates::seat;
use crate::aggregates::sitting::{TheorySitting, TheoryStage};
use crate::app::App;
use crate::http::path::RoomPath;
use crate::operations::member::Member;
use crate::operations::rooms::{RoomAt, locate, may_see};
use crate::operations::stored::{all, state_of, whole};
use crate::operations::{batches, roster};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, Query, State};
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_engine::roster::Candidate;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::seat_stream;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
    /// What is stored of it is damaged; the other seats are not.
    Damaged,
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
    /// PCs that wait, those that asked first.
    waiting: Vec<WaitingLine>,
    /// How many PCs wait in all.
    waiting_total: usize,
}

/// PCs that wait.
#[derive(Serialize, ToSchema)]
pub struct WaitingView {
    waiting: Vec<WaitingLine>,
}

/// What the PC that is looked for shows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CodeQuery {
    /// The four digits.
    code: String,
}

/// Most PCs that are listed. In an honest room each seat has one; strangers may ask for more.
const MOST_LISTED: usize = 200;

/// The member's rooms.
#[utoipa::path(get, path = "/api/v1/rooms", responses((status = 200, body = RoomsView)))]
pub async fn list_rooms(State(app): State<App>, member: Member) -> Result<Json<RoomsView>, Refusal> {
    let mut rooms = Vec::new();
    for row in all(&app, Collection::Batch, "").await? {
        let Some(batch) = whole(state_of::<BatchState>(&row))? else { continue };
        let plan = &batch.plan;
        if batch.stage() < Stage::Dealt || member.may_read(&batch).is_err() {
            continue;
        }
        let entries = roster::entries(&app, &batch).await?;
        for session in &plan.theory.sessions {
            for room in plan.theory.rooms.iter().filter(|room| may_see(&member, room)) {
                let here = entries.iter().filter(|entry| entry.session == session.number && entry.room == room.room);
                let (mut seats, mut handed_in) = (0, 0);
                for entry in here {
                    let sitting = whole(roster::theory_sitting(&app, &entry.theory).await)?;
                    seats += 1;
                    handed_in += u32::from(sitting.is_some_and(|sitting| sitting.is_handed_in()));
                }
                if seats == 0 {
                    continue;
                }
                let state = room_state(&app, &room_key(&plan.batch, session.number, &room.room)).await;
                let Some(state) = whole(state)? else { continue };
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
#[utoipa::path(get, path = "/api/v1/rooms/{batch}/{session}/{room}", params(RoomPath), responses((status = 200, body = RoomView)))]
pub async fn show_room(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
) -> Result<Json<RoomView>, Refusal> {
    let at = RoomAt::from(path);
    let (batch, room) = locate(&app, &member, &at).await?;
    let (plan, session) = (&batch.plan, at.session);
    let state = room_state(&app, &at.key()).await?;
    let entries = roster::entries(&app, &batch).await?;
    let here = entries.iter().filter(|entry| entry.session == session && entry.room == room.room);
    let waiting = app.waiting.of_room(&at.key());
    let items = batches::items(plan)?;
    let mut seats = Vec::new();
    for entry in here {
        let person = roster::person(&app, &entry.pseudonym).await?;
        let Some(sitting) = whole(roster::theory_sitting(&app, &entry.theory).await)? else {
            seats.push(SeatLine::damaged(entry, &person, items));
            continue;
        };
        let pc = sitting.last_pc();
        let fold = match pc {
            Some(number) => whole(seat::read(&app.store, &seat_stream(&entry.theory, number)?).await)?,
            None => Some(None),
        };
        let is_damaged = fold.is_none();
        let fold = fold.flatten();
        let answered = match (sitting.end(), &fold) {
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
            ticket: sitting.place.ticket.clone(),
            name: person.name.as_str().to_owned(),
            id_masked: person.document.masked(),
            state: if is_damaged { SeatStatus::Damaged } else { seat_status(&sitting, is_waiting, answered) },
            pc,
            answered,
            items,
            last_ack_ms: fold.and_then(|fold| fold.state.last_at_ms).map(|at| at.millis()),
            ends_at_ms: ends_at(deadline),
            extra_minutes: sitting.extra_ms / 60_000,
        });
    }
    seats.sort_by_key(|seat| seat.number);
    let waiting_total = waiting.len();
    Ok(Json(RoomView {
        now_ms: app.now().millis(),
        batch: plan.batch.to_string(),
        title: plan.title.clone(),
        room: room.room.to_string(),
        name: room.name.clone(),
        session,
        state: status(&state, plan, &app),
        minutes: plan.theory.minutes,
        opened_at_ms: state.opened_at().map(|at| at.millis()),
        ends_at_ms: ends_at(state.deadline(plan.theory.minutes, 0)),
        standby: false,
        seats,
        waiting: waiting_lines(&app, waiting).await?,
        waiting_total,
    }))
}

/// The PCs that wait and show these digits, also when the board lists others.
#[utoipa::path(get, path = "/api/v1/rooms/{batch}/{session}/{room}/waiting", params(RoomPath, CodeQuery), responses((status = 200, body = WaitingView)))]
pub async fn find_waiting(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
    Query(CodeQuery { code }): Query<CodeQuery>,
) -> Result<Json<WaitingView>, Refusal> {
    let at = RoomAt::from(path);
    locate(&app, &member, &at).await?;
    let mut waiting = app.waiting.of_room(&at.key());
    waiting.retain(|(_, request)| request.code == code);
    Ok(Json(WaitingView { waiting: waiting_lines(&app, waiting).await? }))
}

async fn waiting_lines(app: &App, waiting: Vec<(String, EnrolmentRequest)>) -> Result<Vec<WaitingLine>, Refusal> {
    let mut lines = Vec::new();
    for (enrolment, request) in waiting.into_iter().take(MOST_LISTED) {
        let Some(sitting) = whole(roster::theory_sitting(app, &request.sitting).await)? else { continue };
        lines.push(WaitingLine {
            enrolment,
            ticket: request.ticket,
            code: request.code,
            seat_number: Some(sitting.place.number),
            replaces: !sitting.pcs.is_empty(),
            since_ms: request.since_ms.millis(),
        });
    }
    Ok(lines)
}

impl SeatLine {
    /// What the roster tells of a seat whose sitting cannot be read.
    fn damaged(entry: &RosterEntry, person: &Candidate, items: u32) -> Self {
        Self {
            number: entry.number,
            seat: entry.seat.to_string(),
            sitting: entry.theory.to_string(),
            ticket: String::new(),
            name: person.name.as_str().to_owned(),
            id_masked: person.document.masked(),
            state: SeatStatus::Damaged,
            pc: None,
            answered: 0,
            items,
            last_ack_ms: None,
            ends_at_ms: None,
            extra_minutes: 0,
        }
    }
}

async fn room_state(app: &App, key: &str) -> Result<RoomState, Refusal> {
    Ok(app.read(key).await?.unwrap_or_default())
}

fn status(state: &RoomState, plan: &Plan, app: &App) -> RoomStatus {
    match state.deadline(plan.theory.minutes, 0) {
        Deadline::NotOpen {} => RoomStatus::Waiting,
        Deadline::Paused { .. } => RoomStatus::Paused,
        Deadline::Running { ends_at_ms } if ends_at_ms > app.now() => RoomStatus::Open,
        Deadline::Running { .. } => RoomStatus::Ended,
    }
}

fn seat_status(sitting: &TheorySitting, waiting: bool, answered: u32) -> SeatStatus {
    match sitting.stage {
        TheoryStage::HandedIn(_) | TheoryStage::Scored(..) => SeatStatus::HandedIn,
        TheoryStage::Bound if answered > 0 => SeatStatus::Working,
        TheoryStage::Bound => SeatStatus::Bound,
        // Whoever works is shown at work, even while another PC asks for the seat.
        TheoryStage::Expected | TheoryStage::Absent if waiting => SeatStatus::Waiting,
        TheoryStage::Absent => SeatStatus::Absent,
        TheoryStage::Expected => SeatStatus::Expected,
    }
}

fn ends_at(deadline: Deadline) -> Option<i64> {
    match deadline {
        Deadline::Running { ends_at_ms } => Some(ends_at_ms.millis()),
        _ => None,
    }
}
