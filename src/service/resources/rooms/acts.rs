//! What an invigilator does in a room.

use super::board::{RoomView, board};
use super::{ReasonRequest, RoomPath, located};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::{needed_reason, seat};
use crate::state::enrolment::{EnrolmentEvent, EnrolmentState, EnrolmentStatus};
use crate::state::room::{RoomEvent, RoomState, room_key};
use crate::state::sitting::{Pc, SittingEvent, SittingState};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_record::id::{BatchId, RoomId};
use serde::Deserialize;
use utoipa::ToSchema;

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

/// Something that was noted.
#[derive(Deserialize, ToSchema)]
pub struct IncidentRequest {
    text: String,
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
            return Err(seat::already_handed_in());
        }
        let replaces = !sitting.pcs.is_empty();
        if replaces && request.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(ApiError::invalid(
                "reason_missing",
                "reason",
                (
                    "该考生已在另一台电脑上作答，换机要写原因。",
                    "this candidate already works at another PC; moving needs a reason",
                ),
                ("写明换机原因后再绑定；原电脑将停用。", "enter the reason and bind; the other PC then stops"),
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
    let reason = needed_reason(&request.reason)?;
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
    let reason = needed_reason(&request.reason)?;
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
    let reason = needed_reason(&request.reason)?;
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
    let text = needed_reason(&request.text)?;
    change(app, member, path, |_| Ok(RoomEvent::Incident { text: text.clone() })).await
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
