//! The examiner's tablet: assignments, events of a sheet, and the hand-in with PIN.

use crate::aggregates::assignment::{AssignmentState, Task};
use crate::aggregates::batch::{BatchState, Stage};
use crate::app::App;
use crate::http::large_answer::large_answer;
use crate::http::path::AssignmentPath;
use crate::operations::batches::sheet;
use crate::operations::member::Member;
use crate::operations::practical::sheets::{
    self, TabletHandIn, append_events, assignment, assignments, hand_in_sheet, own_assignment,
};
use crate::operations::roster;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kaoping_engine::date::Date;
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::practical::session::Assignment;
use kaoping_engine::practical::sheet::Sheet;
use kaoping_record::event::{Head, Stream};
use kaoping_record::id::AssignmentId;
use kaoping_record::key::PublicKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The state of an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentStatus {
    /// Nothing is scored yet.
    Waiting,
    /// Scoring has begun.
    Started,
    /// Handed in.
    HandedIn,
}

/// An assignment on the list. Neither name nor employer: a drawn number.
#[derive(Serialize, ToSchema)]
pub struct AssignmentLine {
    assignment: String,
    batch: String,
    batch_title: String,
    exam_day: Date,
    panel: String,
    panel_name: String,
    number: u32,
    order: u32,
    /// 2 and more when the candidate is examined again on this sheet.
    round: u32,
    sheet: String,
    sheet_title: String,
    function: String,
    minutes_prepare: u32,
    minutes: u32,
    state: AssignmentStatus,
}

/// All assignments of an examiner.
#[derive(Serialize, ToSchema)]
pub struct AssignmentsView {
    assignments: Vec<AssignmentLine>,
}

/// An assignment with its sheet.
#[derive(Serialize, ToSchema)]
pub struct AssignmentView {
    /// What the engine needs: id, examiner, stream.
    assignment: Assignment,
    number: u32,
    order: u32,
    /// Which batch: numbers are drawn in each anew.
    batch_title: String,
    exam_day: Date,
    panel_name: String,
    sheet: &'static Sheet,
    /// Events that the service holds.
    journal: Vec<String>,
    state: AssignmentStatus,
    now_ms: i64,
}

/// Events that a tablet has written.
#[derive(Deserialize, ToSchema)]
pub struct SheetEventsRequest {
    events: Vec<String>,
}

/// What the service holds now.
#[derive(Serialize, ToSchema)]
pub struct SheetEventsView {
    acknowledged: String,
    now_ms: i64,
    state: AssignmentStatus,
}

/// The hand-in: remaining events, the tablet's signature, the examiner's PIN.
#[derive(Deserialize, ToSchema)]
pub struct SheetHandInRequest {
    events: Vec<String>,
    /// A signed `tablet-checkpoint` over the whole stream.
    checkpoint: String,
    /// The tablet's key.
    key: PublicKey,
    pin: String,
}

/// The PIN, before anything is sealed.
#[derive(Deserialize, ToSchema)]
pub struct PinCheckRequest {
    pin: String,
}

/// A hand-in that was taken.
#[derive(Serialize, ToSchema)]
pub struct SheetHandInView {
    acknowledged: String,
    state: AssignmentStatus,
    total_half_marks: u32,
}

/// The examiner's assignments.
#[utoipa::path(get, path = "/api/v1/examiner/assignments", responses((status = 200, body = AssignmentsView)))]
pub async fn list_assignments(State(app): State<App>, member: Member) -> Result<Json<AssignmentsView>, Refusal> {
    let mut lines = Vec::new();
    for (id, state) in assignments(&app, &member).await? {
        let task = &state.task;
        let sitting = roster::practical_sitting(&app, &task.sitting).await?;
        if sitting.is_some_and(|sitting| sitting.is_absent()) {
            continue;
        }
        let batch: BatchState = app.need(task.batch.as_str(), "batch").await?;
        if batch.stage() == Stage::Closed {
            continue;
        }
        let plan = &batch.plan;
        let sheet = sheet(&task.sheet)?.sheet();
        lines.push(AssignmentLine {
            assignment: id.to_string(),
            batch: task.batch.to_string(),
            batch_title: plan.title.clone(),
            exam_day: plan.exam_day,
            panel: task.panel.to_string(),
            panel_name: panel_name(plan, task),
            number: task.number,
            order: task.order,
            round: task.round,
            sheet: task.sheet.to_string(),
            sheet_title: sheet.title.clone(),
            function: sheet.function.code().to_owned(),
            minutes_prepare: sheet.minutes_prepare,
            minutes: sheet.minutes,
            state: status(&app, &id, &state).await?,
        });
    }
    lines.sort_by_key(|line| (line.exam_day, line.batch.clone(), line.number, line.order));
    Ok(Json(AssignmentsView { assignments: lines }))
}

/// An assignment with its sheet and what is scored so far.
#[utoipa::path(get, path = "/api/v1/examiner/assignments/{assignment}", params(AssignmentPath), responses((status = 200, body = AssignmentView)))]
pub async fn show_assignment(
    State(app): State<App>,
    member: Member,
    Path(AssignmentPath { assignment: id }): Path<AssignmentPath>,
) -> Result<Response, Refusal> {
    let state = own_assignment(&app, &member, &id).await?;
    let task = &state.task;
    let batch: BatchState = app.need(task.batch.as_str(), "batch").await?;
    let assignment = assignment(&id, task)?;
    let journal = app.store.history(&assignment.stream).await?;
    let view = AssignmentView {
        number: task.number,
        order: task.order,
        batch_title: batch.plan.title.clone(),
        exam_day: batch.plan.exam_day,
        panel_name: panel_name(&batch.plan, task),
        sheet: sheet(&task.sheet)?.sheet(),
        journal: journal.iter().map(|event| String::from_utf8_lossy(event.bytes()).into_owned()).collect(),
        state: status(&app, &id, &state).await?,
        now_ms: app.now().millis(),
        assignment,
    };
    large_answer(view).await
}

/// Takes events of a sheet; they are durable when the answer comes.
#[utoipa::path(post, path = "/api/v1/examiner/assignments/{assignment}/events", request_body = SheetEventsRequest, params(AssignmentPath), responses((status = 200, body = SheetEventsView)))]
pub async fn append_sheet_events(
    State(app): State<App>,
    member: Member,
    Path(AssignmentPath { assignment: id }): Path<AssignmentPath>,
    Json(request): Json<SheetEventsRequest>,
) -> Result<Json<SheetEventsView>, Refusal> {
    let head = append_events(&app, &member, &id, &request.events).await?;
    let state = own_assignment(&app, &member, &id).await?;
    Ok(Json(SheetEventsView {
        acknowledged: head.last.to_hex(),
        now_ms: app.now().millis(),
        state: status(&app, &id, &state).await?,
    }))
}

/// Checks the PIN and whether the sheet would be taken, so that a tablet seals nothing that is then
/// refused.
#[utoipa::path(post, path = "/api/v1/examiner/assignments/{assignment}/hand-in/check", request_body = PinCheckRequest, params(AssignmentPath), responses((status = 204)))]
pub async fn check_hand_in(
    State(app): State<App>,
    member: Member,
    Path(AssignmentPath { assignment: id }): Path<AssignmentPath>,
    Json(request): Json<PinCheckRequest>,
) -> Result<StatusCode, Refusal> {
    sheets::check_hand_in(&app, &member, &id, &request.pin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hands a sheet in.
#[utoipa::path(post, path = "/api/v1/examiner/assignments/{assignment}/hand-in", request_body = SheetHandInRequest, params(AssignmentPath), responses((status = 200, body = SheetHandInView)))]
pub async fn hand_in(
    State(app): State<App>,
    member: Member,
    Path(AssignmentPath { assignment: id }): Path<AssignmentPath>,
    Json(request): Json<SheetHandInRequest>,
) -> Result<Json<SheetHandInView>, Refusal> {
    let SheetHandInRequest { events, checkpoint, key, pin } = request;
    let hand_in = TabletHandIn { events, checkpoint, key, pin };
    let (head, total) = hand_in_sheet(&app, &member, &id, &hand_in).await?;
    Ok(Json(SheetHandInView {
        acknowledged: head.last.to_hex(),
        state: AssignmentStatus::HandedIn,
        total_half_marks: total.get(),
    }))
}

fn panel_name(plan: &Plan, task: &Task) -> String {
    let panel = plan.practical.panels.iter().find(|panel| panel.panel == task.panel);
    panel.map(|panel| panel.name.clone()).unwrap_or_default()
}

async fn status(app: &App, id: &AssignmentId, state: &AssignmentState) -> Result<AssignmentStatus, Refusal> {
    if state.hand_in.is_some() {
        return Ok(AssignmentStatus::HandedIn);
    }
    let head = app.store.head(&Stream::new(format!("tablet/{id}"))?).await?;
    Ok(if head == Head::EMPTY { AssignmentStatus::Waiting } else { AssignmentStatus::Started })
}
