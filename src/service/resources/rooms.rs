//! The invigilator's room: who waits, who is bound, and the paper's opening.

use super::roster;
use crate::access::{Member, Role};
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::{BatchState, Stage};
use crate::state::enrolment::{EnrolmentEvent, EnrolmentState, EnrolmentStatus};
use crate::state::room::{RoomEvent, RoomState, room_key};
use crate::state::seat;
use crate::state::sitting::{Pc, SittingEvent, SittingState};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::plan::schedule::{Plan, Room};
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::seat_stream;
use kaoping_record::id::{BatchId, RoomId, SittingId};
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Batch, session and room of a path.
pub type RoomPath = Path<(BatchId, u32, RoomId)>;

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

/// Binding a PC: the invigilator has compared all three.
#[derive(Deserialize, ToSchema)]
pub struct BindRequest {
    enrolment: String,
    ticket_checked: bool,
    photo_checked: bool,
    id_checked: bool,
    /// Needed when another PC was bound before.
    reason: Option<String>,
}

/// Refusing a PC.
#[derive(Deserialize, ToSchema)]
pub struct RefuseRequest {
    enrolment: String,
    reason: String,
}

/// A reason.
#[derive(Deserialize, ToSchema)]
pub struct ReasonRequest {
    pub(super) reason: String,
}

/// Something that was noted.
#[derive(Deserialize, ToSchema)]
pub struct IncidentRequest {
    text: String,
}

/// The member's rooms.
#[utoipa::path(get, path = "/api/v1/rooms", responses((status = 200, body = RoomsView)))]
pub async fn list(State(app): State<App>, member: Member) -> Result<Json<RoomsView>, ApiError> {
    let mut rooms = Vec::new();
    for row in super::all(&app, Collection::Batch, "").await? {
        let batch: BatchState = super::state_of(&row)?;
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
    let items = super::batches::items(&app, &plan).await?;
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

/// Binds a PC to its sitting.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/bind", request_body = BindRequest, params(("batch" = String, Path), ("session" = u32, Path), ("room" = String, Path)), responses((status = 200, body = RoomView)))]
pub async fn bind(
    State(app): State<App>,
    member: Member,
    Path(path): RoomPath,
    Json(request): Json<BindRequest>,
) -> Result<Json<RoomView>, ApiError> {
    let (_, plan, room) = located(&app, &member, &path).await?;
    if !(request.ticket_checked && request.photo_checked && request.id_checked) {
        return Err(ApiError::invalid(
            "not_checked",
            "ticket_checked",
            ("准考证、照片、证件还没有全部核对。", "ticket, photo and ID are not all compared"),
            ("三项都核对无误后再绑定。", "compare all three, then bind"),
        ));
    }
    let key = room_key(&plan.batch, path.1, &room.room);
    transact!(app, &member.actor, |work| {
        let enrolment: EnrolmentState = work.load(&request.enrolment).await?;
        let asked = enrolment.request.filter(|asked| asked.room == key);
        let asked = asked.ok_or_else(|| ApiError::not_found("enrolment"))?;
        if enrolment.status != EnrolmentStatus::Waiting {
            return Err(no_longer_waiting());
        }
        let sitting: SittingState = work.load(asked.sitting.as_str()).await?;
        if sitting.ending.is_some() {
            return Err(super::seat::already_handed_in());
        }
        let replaces = !sitting.pcs.is_empty();
        if replaces && request.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(ApiError::invalid(
                "reason_missing",
                "reason",
                (
                    "该考生已在另一台电脑上作答,换机要写原因。",
                    "this candidate already works at another PC; moving needs a reason",
                ),
                ("写明换机原因后再绑定;原电脑将停用。", "enter the reason and bind; the other PC then stops"),
            ));
        }
        let number = u32::try_from(sitting.pcs.len()).unwrap_or(u32::MAX);
        work.append::<EnrolmentState>(&request.enrolment, EnrolmentEvent::Bound { number }).await?;
        let pc = Pc { enrolment: request.enrolment.clone(), key: asked.key };
        let reason = request.reason.clone().filter(|_| replaces);
        work.append::<SittingState>(asked.sitting.as_str(), SittingEvent::Bound { pc, reason }).await
    })?;
    board(State(app), member, Path(path)).await
}

/// Refuses a PC.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/refuse", request_body = RefuseRequest, params(("batch" = String, Path), ("session" = u32, Path), ("room" = String, Path)), responses((status = 200, body = RoomView)))]
pub async fn refuse(
    State(app): State<App>,
    member: Member,
    Path(path): RoomPath,
    Json(request): Json<RefuseRequest>,
) -> Result<Json<RoomView>, ApiError> {
    let (_, plan, room) = located(&app, &member, &path).await?;
    let key = room_key(&plan.batch, path.1, &room.room);
    let reason = super::needed_reason(&request.reason)?;
    transact!(app, &member.actor, |work| {
        let enrolment: EnrolmentState = work.load(&request.enrolment).await?;
        if enrolment.request.is_none_or(|asked| asked.room != key) {
            return Err(ApiError::not_found("enrolment"));
        }
        if enrolment.status != EnrolmentStatus::Waiting {
            return Err(no_longer_waiting());
        }
        let event = EnrolmentEvent::Refused { reason: reason.clone() };
        work.append::<EnrolmentState>(&request.enrolment, event).await
    })?;
    board(State(app), member, Path(path)).await
}

/// Opens the papers.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/open", params(("batch" = String, Path), ("session" = u32, Path), ("room" = String, Path)), responses((status = 200, body = RoomView)))]
pub async fn open(State(app): State<App>, member: Member, Path(path): RoomPath) -> Result<Json<RoomView>, ApiError> {
    change(app, member, path, |state| match state.opened_at_ms {
        None => Ok(RoomEvent::Opened {}),
        Some(_) => Err(ApiError::conflict(
            "already_open",
            "room",
            ("本场已经开考。", "the papers are open already"),
            ("刷新页面查看进度。", "reload the page"),
        )),
    })
    .await
}

/// Pauses the room.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/pause", request_body = ReasonRequest, params(("batch" = String, Path), ("session" = u32, Path), ("room" = String, Path)), responses((status = 200, body = RoomView)))]
pub async fn pause(
    State(app): State<App>,
    member: Member,
    Path(path): RoomPath,
    Json(request): Json<ReasonRequest>,
) -> Result<Json<RoomView>, ApiError> {
    let reason = super::needed_reason(&request.reason)?;
    change(app, member, path, |state| match (state.opened_at_ms, state.paused_since_ms) {
        (Some(_), None) => Ok(RoomEvent::Paused { reason: reason.clone() }),
        _ => Err(not_now()),
    })
    .await
}

/// Lets the room go on.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/resume", request_body = ReasonRequest, params(("batch" = String, Path), ("session" = u32, Path), ("room" = String, Path)), responses((status = 200, body = RoomView)))]
pub async fn resume(
    State(app): State<App>,
    member: Member,
    Path(path): RoomPath,
    Json(request): Json<ReasonRequest>,
) -> Result<Json<RoomView>, ApiError> {
    let reason = super::needed_reason(&request.reason)?;
    change(app, member, path, |state| match state.paused_since_ms {
        Some(_) => Ok(RoomEvent::Resumed { reason: reason.clone() }),
        None => Err(not_now()),
    })
    .await
}

/// Notes something that happened.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/incident", request_body = IncidentRequest, params(("batch" = String, Path), ("session" = u32, Path), ("room" = String, Path)), responses((status = 200, body = RoomView)))]
pub async fn incident(
    State(app): State<App>,
    member: Member,
    Path(path): RoomPath,
    Json(request): Json<IncidentRequest>,
) -> Result<Json<RoomView>, ApiError> {
    let text = super::needed_reason(&request.text)?;
    change(app, member, path, |_| Ok(RoomEvent::Incident { text: text.clone() })).await
}

/// Batch, plan and room of a path, if the member may see them.
///
/// # Errors
/// 404 when there is no such room, 403 when it is another invigilator's.
pub async fn located(
    app: &App,
    member: &Member,
    (batch, session, room): &(BatchId, u32, RoomId),
) -> Result<(BatchState, Plan, Room), ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let plan = state.plan()?.clone();
    let found = plan.theory.rooms.iter().find(|known| known.room == *room).cloned();
    let found = found.ok_or_else(|| ApiError::not_found("room"))?;
    if !plan.theory.sessions.iter().any(|known| known.number == *session) {
        return Err(ApiError::not_found("session"));
    }
    if state.stage < Stage::Dealt {
        return Err(ApiError::conflict(
            "not_dealt",
            "batch",
            ("本批次还没有发卷。", "the papers of this batch are not dealt yet"),
            ("等考务人员完成抽题后再开考场。", "wait until the office has finished the draw"),
        ));
    }
    if may_see(member, &found) { Ok((state, plan, found)) } else { Err(ApiError::forbidden()) }
}

fn may_see(member: &Member, room: &Room) -> bool {
    room.invigilators.contains(&member.account)
        || member.roles.iter().any(|role| matches!(role, Role::Officer | Role::Supervisor))
}

async fn change(
    app: App,
    member: Member,
    path: (BatchId, u32, RoomId),
    decide: impl Fn(&RoomState) -> Result<RoomEvent, ApiError>,
) -> Result<Json<RoomView>, ApiError> {
    let (_, plan, room) = located(&app, &member, &path).await?;
    let key = room_key(&plan.batch, path.1, &room.room);
    transact!(app, &member.actor, |work| {
        let state: RoomState = work.load(&key).await?;
        work.append::<RoomState>(&key, decide(&state)?).await
    })?;
    board(State(app), member, Path(path)).await
}

async fn waiting(app: &App, room: &str) -> Result<Vec<(String, crate::state::enrolment::Request)>, ApiError> {
    let rows = app.store.find(Collection::Enrolment, room, None, 500).await?;
    let mut waiting = Vec::new();
    for row in rows {
        let state: EnrolmentState = super::state_of(&row)?;
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

fn no_longer_waiting() -> ApiError {
    ApiError::conflict(
        "no_longer_waiting",
        "enrolment",
        ("这台电脑已经处理过了。", "this PC was dealt with already"),
        ("刷新页面查看。", "reload the page"),
    )
}

fn not_now() -> ApiError {
    ApiError::conflict(
        "not_now",
        "room",
        ("现在不能做这一步。", "this cannot be done now"),
        ("刷新页面查看考场状态。", "reload the page to see the room's state"),
    )
}

/// The room and sitting that a ticket names.
///
/// # Errors
/// 404 `unknown_ticket` with what to do.
pub async fn of_ticket(app: &App, ticket: &str) -> Result<(SittingId, SittingState), ApiError> {
    let unknown = || {
        ApiError::new(
            axum::http::StatusCode::NOT_FOUND,
            "unknown_ticket",
            "ticket",
            ("没有这个准考证号。", "there is no such admission ticket"),
            (
                "请对照准考证逐位核对;仍不行请举手找监考员。",
                "compare it digit by digit; if it still fails, ask the invigilator",
            ),
        )
    };
    let rows = if ticket.is_empty() || ticket.len() > 32 {
        Vec::new()
    } else {
        app.store.find(Collection::Sitting, ticket, None, 1).await?
    };
    let row = rows.into_iter().next().ok_or_else(unknown)?;
    Ok((SittingId::new(row.key.clone())?, super::state_of(&row)?))
}
