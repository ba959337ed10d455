//! The roster: read from the clerk's file, shown with names, and late additions.

use crate::aggregates::batch::BatchState;
use crate::aggregates::request::RequestKey;
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::late_additions::{Lateness, add_late};
use crate::operations::member::Member;
use crate::operations::roster::{RosterRead, entries, person, take_roster, theory_sitting};
use crate::operations::roster_preview::{RoomCount, RosterPreview, preview_roster};
use crate::refusal::Refusal;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use kaoping_engine::fault::Fault;
use kaoping_files::roster::RosterRow;
use kaoping_record::id::RoomId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What was read.
#[derive(Serialize, ToSchema)]
pub struct RosterAccepted {
    candidates: u32,
    warnings: Vec<Fault>,
}

impl From<RosterRead> for RosterAccepted {
    fn from(RosterRead { candidates, warnings }: RosterRead) -> Self {
        Self { candidates, warnings }
    }
}

/// A candidate on the office's list.
#[derive(Serialize, ToSchema)]
pub struct RosterLine {
    ticket: String,
    name: String,
    id_masked: String,
    session: u32,
    room: String,
    number: u32,
    seat: String,
    pseudonym: String,
    theory: String,
    practical: String,
}

/// All candidates.
#[derive(Serialize, ToSchema)]
pub struct RosterView {
    entries: Vec<RosterLine>,
}

/// The effect of importing a file.
#[derive(Serialize, ToSchema)]
pub struct RosterPreviewView {
    /// How the file is written.
    format: String,
    /// The candidates, in the order of the file.
    entries: Vec<RosterPreviewLine>,
    warnings: Vec<Fault>,
    /// How many candidates each room gets; none for late additions.
    rooms: Vec<RoomCountView>,
}

/// A candidate of a file that is not imported yet.
#[derive(Serialize, ToSchema)]
pub struct RosterPreviewLine {
    /// Row in the file, from 1.
    row: u32,
    name: String,
    id_masked: String,
    employer: Option<String>,
}

/// How many candidates sit in a room of a session.
#[derive(Serialize, ToSchema)]
pub struct RoomCountView {
    session: u32,
    room: String,
    candidates: u32,
}

impl From<RosterPreview> for RosterPreviewView {
    fn from(RosterPreview { format, rows, warnings, rooms }: RosterPreview) -> Self {
        let line = |RosterRow { row, candidate }: RosterRow| RosterPreviewLine {
            row,
            name: candidate.name.as_str().to_owned(),
            id_masked: candidate.document.masked(),
            employer: candidate.employer,
        };
        let count =
            |RoomCount { session, room, candidates }| RoomCountView { session, room: room.to_string(), candidates };
        Self {
            format: format.to_owned(),
            entries: rows.into_iter().map(line).collect(),
            warnings,
            rooms: rooms.into_iter().map(count).collect(),
        }
    }
}

/// Where the late additions sit, and why they are late.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LateQuery {
    /// The session, from 1.
    session: u32,
    /// The room.
    #[param(value_type = String)]
    room: RoomId,
    /// Why, 1 to 500 characters.
    reason: String,
    #[param(value_type = String)]
    request: RequestKey,
}

/// The key of an upload, which counts once.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    #[param(value_type = String)]
    request: RequestKey,
}

/// Reads a roster, or late additions once the papers are dealt, and says what importing it would
/// do. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/roster/preview", request_body(content = Vec<u8>, content_type = "application/octet-stream"), params(BatchPath), responses((status = 200, body = RosterPreviewView)))]
pub async fn preview_upload(
    State(app): State<App>,
    Path(BatchPath { batch }): Path<BatchPath>,
    bytes: Bytes,
) -> Result<Json<RosterPreviewView>, Refusal> {
    Ok(Json(preview_roster(&app, &batch, bytes.to_vec()).await?.into()))
}

/// Reads the roster from .xlsx, .xls or CSV. One faulty row, and nothing is taken.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/roster", request_body(content = Vec<u8>, content_type = "application/octet-stream"), params(BatchPath, UploadQuery), responses((status = 200, body = RosterAccepted)))]
pub async fn upload_roster(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
    Query(UploadQuery { request }): Query<UploadQuery>,
    bytes: Bytes,
) -> Result<Json<RosterAccepted>, Refusal> {
    Ok(Json(take_roster(&app, &member, &batch, bytes.to_vec(), &request).await?.into()))
}

/// Takes late additions from a roster file: each gets the next spare paper of the room. One faulty
/// row, and nothing is taken.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/roster/late", request_body(content = Vec<u8>, content_type = "application/octet-stream"), params(BatchPath, LateQuery), responses((status = 200, body = RosterAccepted)))]
pub async fn upload_late_additions(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
    Query(LateQuery { session, room, reason, request }): Query<LateQuery>,
    bytes: Bytes,
) -> Result<Json<RosterAccepted>, Refusal> {
    let lateness = Lateness { session, room, reason };
    Ok(Json(add_late(&app, &member, &batch, &lateness, bytes.to_vec(), &request).await?.into()))
}

/// The roster with names, for the office.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/roster", params(BatchPath), responses((status = 200, body = RosterView)))]
pub async fn show_roster(
    State(app): State<App>,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Json<RosterView>, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let mut lines = Vec::new();
    for entry in entries(&app, &state).await?.iter() {
        let sitting = theory_sitting(&app, &entry.theory).await?;
        let person = person(&app, &entry.pseudonym).await?;
        lines.push(RosterLine {
            ticket: sitting.place.ticket,
            name: person.name.as_str().to_owned(),
            id_masked: person.document.masked(),
            session: entry.session,
            room: entry.room.to_string(),
            number: entry.number,
            seat: entry.seat.to_string(),
            pseudonym: entry.pseudonym.to_string(),
            theory: entry.theory.to_string(),
            practical: entry.practical.to_string(),
        });
    }
    lines.sort_by(|a, b| a.ticket.cmp(&b.ticket));
    Ok(Json(RosterView { entries: lines }))
}
