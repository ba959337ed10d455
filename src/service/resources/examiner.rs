//! The examiner's tablet: assignments, events of a sheet, and the hand-in with PIN.

use super::{panels, scoring};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::account::AccountState;
use crate::state::assignment::{AssignmentEvent, AssignmentState, Task};
use crate::state::batch::BatchState;
use crate::state::panel::{PanelEvent, PanelState};
use crate::state::sitting::SittingState;
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kaoping_engine::practical::panel::PanelOutcome;
use kaoping_engine::practical::session::{Assignment, HandedInSheet, SheetError, SheetSession};
use kaoping_engine::practical::sheet::Sheet;
use kaoping_engine::session::checkpoint::TabletCheckpoint;
use kaoping_engine::session::journal::{JournalError, Journaled};
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::id::AssignmentId;
use kaoping_record::key::PublicKey;
use kaoping_record::message::Signed;
use kaoping_record::software::SoftwareVerifier;
use kaoping_store::Append;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most events of one request.
const MAX_EVENTS: usize = 2000;
/// Most events of one sheet.
const MAX_SHEET_EVENTS: u64 = 5000;

/// How an assignment stands.
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

/// A hand-in that was taken.
#[derive(Serialize, ToSchema)]
pub struct SheetHandInView {
    acknowledged: String,
    state: AssignmentStatus,
    total_half_marks: u32,
}

/// The examiner's assignments.
#[utoipa::path(get, path = "/api/v1/examiner/assignments", responses((status = 200, body = AssignmentsView)))]
pub async fn list(State(app): State<App>, member: Member) -> Result<Json<AssignmentsView>, ApiError> {
    let mut lines = Vec::new();
    for (id, state) in panels::assignments(&app, &member).await? {
        let Some(task) = &state.task else { continue };
        let sitting: SittingState = app.read(task.sitting.as_str()).await?;
        if sitting.absent {
            continue;
        }
        let batch: BatchState = app.read(task.batch.as_str()).await?;
        let plan = batch.plan()?;
        let sheet = panels::sheet(&task.sheet)?.sheet();
        let panel = plan.practical.panels.iter().find(|panel| panel.panel == task.panel);
        lines.push(AssignmentLine {
            assignment: id.to_string(),
            batch: task.batch.to_string(),
            panel: task.panel.to_string(),
            panel_name: panel.map(|panel| panel.name.clone()).unwrap_or_default(),
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
    lines.sort_by_key(|line| (line.batch.clone(), line.number, line.order));
    Ok(Json(AssignmentsView { assignments: lines }))
}

/// An assignment with its sheet and what is scored so far.
#[utoipa::path(get, path = "/api/v1/examiner/assignments/{assignment}", params(("assignment" = String, Path)), responses((status = 200, body = AssignmentView)))]
pub async fn read(
    State(app): State<App>,
    member: Member,
    Path(id): Path<AssignmentId>,
) -> Result<Json<AssignmentView>, ApiError> {
    let (state, task) = own(&app, &member, &id).await?;
    let assignment = assignment(&id, &task)?;
    let journal = app.store.history(&assignment.stream).await?;
    Ok(Json(AssignmentView {
        number: task.number,
        order: task.order,
        sheet: panels::sheet(&task.sheet)?.sheet(),
        journal: journal.iter().map(|event| String::from_utf8_lossy(event.bytes()).into_owned()).collect(),
        state: status(&app, &id, &state).await?,
        now_ms: app.now().millis(),
        assignment,
    }))
}

/// Takes events of a sheet; they are durable when the answer comes.
#[utoipa::path(post, path = "/api/v1/examiner/assignments/{assignment}/events", request_body = SheetEventsRequest, params(("assignment" = String, Path)), responses((status = 200, body = SheetEventsView)))]
pub async fn events(
    State(app): State<App>,
    member: Member,
    Path(id): Path<AssignmentId>,
    Json(request): Json<SheetEventsRequest>,
) -> Result<Json<SheetEventsView>, ApiError> {
    let (state, task) = own(&app, &member, &id).await?;
    // Read again at each try: two requests of one tablet may be under way at once.
    let head = transact!(app, &member.actor, |work| {
        let incoming = incoming(&app, &id, &task, &request.events).await?;
        if !incoming.fresh.is_empty() {
            if state.handed_in.is_some() {
                return Err(already_handed_in());
            }
            if incoming.session.scoring().handed_in().is_some() {
                return Err(ApiError::invalid(
                    "hand_in_needs_pin",
                    "events",
                    ("交表要用本人 PIN 确认。", "a hand-in needs the examiner's PIN"),
                    ("请在交表页面输入 PIN。", "enter the PIN on the hand-in page"),
                ));
            }
            work.append_foreign(incoming.append(), Vec::new());
        }
        Ok(incoming.session.journal().head())
    })?;
    Ok(Json(SheetEventsView {
        acknowledged: head.last.to_hex(),
        now_ms: app.now().millis(),
        state: status(&app, &id, &state).await?,
    }))
}

/// Hands a sheet in.
#[utoipa::path(post, path = "/api/v1/examiner/assignments/{assignment}/hand-in", request_body = SheetHandInRequest, params(("assignment" = String, Path)), responses((status = 200, body = SheetHandInView)))]
pub async fn hand_in(
    State(app): State<App>,
    member: Member,
    Path(id): Path<AssignmentId>,
    Json(request): Json<SheetHandInRequest>,
) -> Result<Json<SheetHandInView>, ApiError> {
    let (state, task) = own(&app, &member, &id).await?;
    if state.handed_in.is_some() {
        return Err(already_handed_in());
    }
    check_pin(&app, &member, &request.pin).await?;
    // As above: events of the same tablet may just be coming in.
    let (head, total) = transact!(app, &member.actor, |work| {
        let known: AssignmentState = work.load(id.as_str()).await?;
        if known.handed_in.is_some() {
            return Err(already_handed_in());
        }
        let sitting: SittingState = work.load(task.sitting.as_str()).await?;
        if sitting.absent {
            return Err(marked_absent());
        }
        let incoming = incoming(&app, &id, &task, &request.events).await?;
        let sheet = incoming.session.handed_in().map_err(|error| refused(&error))?.ok_or_else(incomplete)?;
        check_checkpoint(&request, &incoming)?;
        if !incoming.fresh.is_empty() {
            work.append_foreign(incoming.append(), Vec::new());
        }
        let proofs = Signed::new(sheet.clone()).sign(&app.keys.room)?.proofs;
        let event = AssignmentEvent::HandedIn { sheet: sheet.clone(), proofs, checkpoint: request.checkpoint.clone() };
        work.append::<AssignmentState>(id.as_str(), event).await?;
        sheet_in(work, &id, &task, &sheet).await?;
        Ok((incoming.session.journal().head(), sheet.total))
    })?;
    Ok(Json(SheetHandInView {
        acknowledged: head.last.to_hex(),
        state: AssignmentStatus::HandedIn,
        total_half_marks: total.get(),
    }))
}

struct Incoming {
    session: SheetSession,
    stream: Stream,
    stored: Head,
    fresh: Vec<Sealed>,
}

impl Incoming {
    fn append(&self) -> Append {
        Append { stream: self.stream.clone(), expected: self.stored, events: self.fresh.clone() }
    }
}

/// Replays what is stored and what comes in with the rules of the tablet itself.
async fn incoming(app: &App, id: &AssignmentId, task: &Task, texts: &[String]) -> Result<Incoming, ApiError> {
    if texts.len() > MAX_EVENTS {
        return Err(bad_events());
    }
    let assignment = assignment(id, task)?;
    let stream = assignment.stream.clone();
    let known = app.store.history(&stream).await?;
    let stored = known.last().map_or(Head::EMPTY, Sealed::head);
    let mut fresh = Vec::new();
    for text in texts {
        let event = Sealed::parse(text.as_bytes()).map_err(|_| bad_events())?;
        let place = usize::try_from(event.event().seq).unwrap_or(usize::MAX);
        match known.get(place) {
            Some(same) if same.identity() == event.identity() => {}
            Some(_) => return Err(broken_chain()),
            None if event.event().seq < MAX_SHEET_EVENTS => fresh.push(event),
            None => return Err(bad_events()),
        }
    }
    let sheet = panels::sheet(&task.sheet)?.clone();
    let all = known.iter().chain(&fresh).map(Sealed::bytes);
    let session = SheetSession::replay(sheet, assignment, all).map_err(|error| refused(&error))?;
    Ok(Incoming { session, stream, stored, fresh })
}

async fn sheet_in(
    work: &mut crate::work::Work,
    id: &AssignmentId,
    task: &Task,
    sheet: &HandedInSheet,
) -> Result<(), ApiError> {
    let panel: PanelState = work.load(&task.panel_key).await?;
    let subject = panel.subject.ok_or_else(|| ApiError::not_found("panel"))?;
    let batch: BatchState = work.load(task.batch.as_str()).await?;
    let plan = batch.plan()?;
    let sheets = panels::handed_in(work, &subject).await?;
    debug_assert!(sheets.contains(sheet));
    let outcome = if sheets.len() == subject.assignments.len() {
        Some(panels::decisions::form(plan, &subject, &sheets, &panel.decisions)?)
    } else {
        None
    };
    let formed = matches!(outcome, Some(PanelOutcome::Formed { .. }));
    let event = PanelEvent::SheetIn { assignment: id.clone(), outcome };
    work.append::<PanelState>(&task.panel_key, event).await?;
    if formed { scoring::complete_practical(work, plan, &task.sitting).await } else { Ok(()) }
}

async fn own(app: &App, member: &Member, id: &AssignmentId) -> Result<(AssignmentState, Task), ApiError> {
    let state: AssignmentState = app.need(id.as_str(), "assignment").await?;
    let task = state.task.clone().ok_or_else(|| ApiError::not_found("assignment"))?;
    if task.examiner == member.account { Ok((state, task)) } else { Err(ApiError::forbidden()) }
}

fn assignment(id: &AssignmentId, task: &Task) -> Result<Assignment, ApiError> {
    let stream = Stream::new(format!("tablet/{id}"))?;
    Ok(Assignment { id: id.clone(), examiner: task.examiner.clone(), stream })
}

async fn status(app: &App, id: &AssignmentId, state: &AssignmentState) -> Result<AssignmentStatus, ApiError> {
    if state.handed_in.is_some() {
        return Ok(AssignmentStatus::HandedIn);
    }
    let head = app.store.head(&Stream::new(format!("tablet/{id}"))?).await?;
    Ok(if head == Head::EMPTY { AssignmentStatus::Waiting } else { AssignmentStatus::Started })
}

async fn check_pin(app: &App, member: &Member, pin: &str) -> Result<(), ApiError> {
    let account: AccountState = app.read(member.account.as_str()).await?;
    let hash = account.pin_hash.ok_or_else(ApiError::forbidden)?;
    if super::login::verify(&hash, pin).await? {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::FORBIDDEN,
        "wrong_pin",
        "pin",
        ("PIN 不对，评分表没有交。", "the PIN is wrong; the sheet is not handed in"),
        ("请重新输入本人的 PIN;忘记请找考务人员。", "enter your PIN again; if forgotten, ask the office"),
    ))
}

fn check_checkpoint(request: &SheetHandInRequest, incoming: &Incoming) -> Result<(), ApiError> {
    let message: Signed<TabletCheckpoint> = Signed::parse(request.checkpoint.as_bytes()).map_err(|_| bad_events())?;
    message.verify(&SoftwareVerifier, &request.key).map_err(|_| bad_events())?;
    let head = incoming.session.journal().head();
    let same = message.payload.stream == incoming.stream
        && message.payload.last == head.last
        && message.payload.events == head.next_seq;
    if same { Ok(()) } else { Err(bad_events()) }
}

fn refused(error: &SheetError) -> ApiError {
    tracing::warn!(%error, "event of a tablet refused");
    match error {
        SheetError::Journal(JournalError::Event(EventError::Sequence { .. } | EventError::Chain { .. })) => {
            broken_chain()
        }
        _ => bad_events(),
    }
}

fn already_handed_in() -> ApiError {
    ApiError::conflict(
        "already_handed_in",
        "assignment",
        ("这张评分表已经交了，不能再改。", "this sheet is handed in and cannot change"),
        ("如有疑问，请找考评组长。", "if in doubt, ask the lead examiner"),
    )
}

fn marked_absent() -> ApiError {
    ApiError::conflict(
        "marked_absent",
        "assignment",
        (
            "组长已把该考生记为缺考，评分表没有交。",
            "the lead has marked this candidate absent; the sheet is not handed in",
        ),
        (
            "如考生已到，请组长撤销缺考后再交；平板上的记录仍在。",
            "if the candidate has come, the lead takes the absence back; the tablet keeps everything",
        ),
    )
}

fn incomplete() -> ApiError {
    ApiError::invalid(
        "incomplete",
        "events",
        ("评分表还有没打分的项目。", "items of the sheet are not scored yet"),
        ("请回到评分表逐项打分后再交。", "score every item, then hand in"),
    )
}

fn broken_chain() -> ApiError {
    ApiError::conflict(
        "chain",
        "events",
        ("平板上的记录和服务器保存的接不上。", "the tablet's events do not continue what is stored"),
        (
            "请不要关闭页面，联系管理员；平板上的记录仍在。",
            "keep the page open and call the administrator; the tablet still holds its events",
        ),
    )
}

fn bad_events() -> ApiError {
    ApiError::invalid(
        "event",
        "events",
        ("收到的评分记录不完整或被改动。", "the events are incomplete or altered"),
        ("请刷新页面后重试；平板上的记录仍在。", "reload the page and try again; the tablet still holds its events"),
    )
}
