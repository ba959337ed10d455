//! What an invigilator does in a room.

use super::board::{RoomView, show_room};
use crate::aggregates::request::RequestKey;
use crate::aggregates::room::EndCounts;
use crate::app::App;
use crate::http::path::RoomPath;
use crate::http::request::{OnceRequest, ReasonedRequest};
use crate::operations::member::Member;
use crate::operations::room_ends;
use crate::operations::rooms::{self, Binding, RoomAct, RoomAt};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
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
    request: RequestKey,
}

/// Refusing a PC.
#[derive(Deserialize, ToSchema)]
pub struct RefuseRequest {
    enrolment: String,
    reason: String,
    request: RequestKey,
}

/// Something that was noted.
#[derive(Deserialize, ToSchema)]
pub struct IncidentRequest {
    text: String,
    request: RequestKey,
}

/// The decision whether an interruption counts.
#[derive(Deserialize, ToSchema)]
pub struct GapRequest {
    counts: bool,
    /// The length that the board showed, so that nobody decides about another interruption.
    length_ms: i64,
    reason: String,
    request: RequestKey,
}

/// The confirmation that the session has ended.
#[derive(Deserialize, ToSchema)]
pub struct SessionEndRequest {
    /// The counts that the board showed.
    counts: EndCounts,
    request: RequestKey,
}

/// Binds a PC to its sitting.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/bind", request_body = BindRequest, params(RoomPath), responses((status = 200, body = RoomView)))]
pub async fn bind_pc(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
    Json(request): Json<BindRequest>,
) -> Result<Json<RoomView>, Refusal> {
    let checked = request.ticket_checked && request.photo_checked && request.id_checked;
    let binding = Binding { enrolment: request.enrolment, checked, reason: request.reason, request: request.request };
    rooms::bind_pc(&app, &member, &RoomAt::from(path.clone()), &binding).await?;
    show_room(State(app), member, Path(path)).await
}

/// Refuses a PC.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/refuse", request_body = RefuseRequest, params(RoomPath), responses((status = 200, body = RoomView)))]
pub async fn refuse_pc(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
    Json(request): Json<RefuseRequest>,
) -> Result<Json<RoomView>, Refusal> {
    let at = RoomAt::from(path.clone());
    rooms::refuse_pc(&app, &member, &at, &request.enrolment, &request.reason, &request.request).await?;
    show_room(State(app), member, Path(path)).await
}

/// Opens the papers.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/open", request_body = OnceRequest, params(RoomPath), responses((status = 200, body = RoomView)))]
pub async fn open_room(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
    Json(request): Json<OnceRequest>,
) -> Result<Json<RoomView>, Refusal> {
    rooms::act_on_room(&app, &member, &RoomAt::from(path.clone()), RoomAct::Open, &request.request).await?;
    show_room(State(app), member, Path(path)).await
}

/// Pauses the room.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/pause", request_body = ReasonedRequest, params(RoomPath), responses((status = 200, body = RoomView)))]
pub async fn pause_room(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
    Json(request): Json<ReasonedRequest>,
) -> Result<Json<RoomView>, Refusal> {
    rooms::act_on_room(&app, &member, &RoomAt::from(path.clone()), RoomAct::Pause(&request.reason), &request.request)
        .await?;
    show_room(State(app), member, Path(path)).await
}

/// Lets the room go on.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/resume", request_body = ReasonedRequest, params(RoomPath), responses((status = 200, body = RoomView)))]
pub async fn resume_room(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
    Json(request): Json<ReasonedRequest>,
) -> Result<Json<RoomView>, Refusal> {
    rooms::act_on_room(&app, &member, &RoomAt::from(path.clone()), RoomAct::Resume(&request.reason), &request.request)
        .await?;
    show_room(State(app), member, Path(path)).await
}

/// Notes something that happened.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/incident", request_body = IncidentRequest, params(RoomPath), responses((status = 200, body = RoomView)))]
pub async fn note_incident(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
    Json(request): Json<IncidentRequest>,
) -> Result<Json<RoomView>, Refusal> {
    rooms::act_on_room(&app, &member, &RoomAt::from(path.clone()), RoomAct::Note(&request.text), &request.request)
        .await?;
    show_room(State(app), member, Path(path)).await
}

/// Decides whether the time in which the machine was off counts.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/gap", request_body = GapRequest, params(RoomPath), responses((status = 200, body = RoomView)))]
pub async fn decide_gap(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
    Json(request): Json<GapRequest>,
) -> Result<Json<RoomView>, Refusal> {
    let GapRequest { counts, length_ms, reason, request } = &request;
    let act = RoomAct::DecideGap { counts: *counts, length_ms: *length_ms, reason };
    rooms::act_on_room(&app, &member, &RoomAt::from(path.clone()), act, request).await?;
    show_room(State(app), member, Path(path)).await
}

/// Confirms that the session has ended; the second of two invigilators ends it.
#[utoipa::path(post, path = "/api/v1/rooms/{batch}/{session}/{room}/end", request_body = SessionEndRequest, params(RoomPath), responses((status = 200, body = RoomView)))]
pub async fn confirm_end(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
    Json(request): Json<SessionEndRequest>,
) -> Result<Json<RoomView>, Refusal> {
    let SessionEndRequest { counts, request } = &request;
    room_ends::confirm_end(&app, &member, &RoomAt::from(path.clone()), *counts, request).await?;
    show_room(State(app), member, Path(path)).await
}
