//! What an invigilator does to one sitting.

use crate::aggregates::request::RequestKey;
use crate::app::App;
use crate::http::path::SittingPath;
use crate::http::request::{OnceRequest, ReasonedRequest};
use crate::operations::member::Member;
use crate::operations::{reopenings, sittings};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// Extra time.
#[derive(Deserialize, ToSchema)]
pub struct ExtendRequest {
    /// 1 to 120.
    minutes: u32,
    reason: String,
    request: RequestKey,
}

/// The request to undo the end of a sitting.
#[derive(Deserialize, ToSchema)]
pub struct ReopeningRequest {
    /// Minutes in addition to what was left, 0 to 120.
    minutes: u32,
    reason: String,
    request: RequestKey,
}

/// Gives extra time.
#[utoipa::path(post, path = "/api/v1/sittings/{sitting}/extend", request_body = ExtendRequest, params(SittingPath), responses((status = 204)))]
pub async fn give_extra_time(
    State(app): State<App>,
    member: Member,
    Path(SittingPath { sitting }): Path<SittingPath>,
    Json(request): Json<ExtendRequest>,
) -> Result<StatusCode, Refusal> {
    sittings::give_extra_time(&app, &member, &sitting, request.minutes, &request.reason, &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks a candidate absent.
#[utoipa::path(post, path = "/api/v1/sittings/{sitting}/absent", request_body = ReasonedRequest, params(SittingPath), responses((status = 204)))]
pub async fn mark_absent(
    State(app): State<App>,
    member: Member,
    Path(SittingPath { sitting }): Path<SittingPath>,
    Json(request): Json<ReasonedRequest>,
) -> Result<StatusCode, Refusal> {
    sittings::mark_absent(&app, &member, &sitting, &request.reason, &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Collects a paper; what was acknowledged last counts.
#[utoipa::path(post, path = "/api/v1/sittings/{sitting}/hand-in", request_body = ReasonedRequest, params(SittingPath), responses((status = 204)))]
pub async fn collect_paper(
    State(app): State<App>,
    member: Member,
    Path(SittingPath { sitting }): Path<SittingPath>,
    Json(request): Json<ReasonedRequest>,
) -> Result<StatusCode, Refusal> {
    sittings::collect_by_invigilator(&app, &member, &sitting, &request.reason, &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks to undo the end of a sitting that was not the candidate's own.
#[utoipa::path(post, path = "/api/v1/sittings/{sitting}/reopening", request_body = ReopeningRequest, params(SittingPath), responses((status = 204)))]
pub async fn ask_reopening(
    State(app): State<App>,
    member: Member,
    Path(SittingPath { sitting }): Path<SittingPath>,
    Json(request): Json<ReopeningRequest>,
) -> Result<StatusCode, Refusal> {
    let ReopeningRequest { minutes, reason, request } = &request;
    reopenings::ask(&app, &member, &sitting, *minutes, reason, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Approves the request to undo the end of a sitting: its paper is open again.
#[utoipa::path(post, path = "/api/v1/sittings/{sitting}/reopening/approval", request_body = OnceRequest, params(SittingPath), responses((status = 204)))]
pub async fn approve_reopening(
    State(app): State<App>,
    member: Member,
    Path(SittingPath { sitting }): Path<SittingPath>,
    Json(request): Json<OnceRequest>,
) -> Result<StatusCode, Refusal> {
    reopenings::approve(&app, &member, &sitting, &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}
