//! The candidate's seat: asking for it, the paper, the answers and the receipt.

use super::seat_token::{BoundSeat, EnrolledPc};
use super::{papers, rooms, roster, sittings};
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::BatchState;
use crate::state::enrolment::{EnrolmentEvent, EnrolmentState, EnrolmentStatus, Request};
use crate::state::room::room_key;
use crate::state::seat::{self, SeatState};
use crate::state::sitting::{EndedBy, SittingState};
use crate::work::{ATTEMPTS, transact};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kaoping_engine::session::answers::AnswerError;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::{SeatEvent, actor, seat_stream};
use kaoping_record::digest::{Digest, to_hex};
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::id::AccountId;
use kaoping_record::key::{Algorithm, PublicKey};
use kaoping_record::time::Time;
use kaoping_store::Append;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answers that left the PC in time may come in this much later.
const GRACE_MS: i64 = 15_000;
/// How far a PC's account of the time may run ahead of the room's.
const AHEAD_MS: i64 = 5_000;
/// Most events of one request.
const MAX_EVENTS: usize = 500;
/// Most PCs that may wait for one ticket at once.
const MAX_WAITING: usize = 5;

/// A PC asks for the seat of a ticket.
#[derive(Deserialize, ToSchema)]
pub struct EnrolRequest {
    ticket: String,
    /// The PC's Ed25519 key.
    #[schema(value_type = crate::describe::Jwk)]
    key: PublicKey,
}

/// What the PC needs while it waits.
#[derive(Serialize, ToSchema)]
pub struct EnrolView {
    enrolment: String,
    /// The bearer token, shown to this PC alone.
    secret: String,
    /// Four digits to show to the invigilator.
    code: String,
}

/// Where an enrolment stands.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentView {
    state: EnrolmentStatus,
    reason: Option<String>,
    sitting: Option<String>,
    /// Number of this PC in the sitting, from 0.
    number: Option<u32>,
    now_ms: i64,
}

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
    #[schema(value_type = crate::describe::Deadline)]
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

/// Events that a PC has written.
#[derive(Deserialize, ToSchema)]
pub struct EventsRequest {
    /// Canonical texts, in order.
    events: Vec<String>,
}

/// What the service holds now.
#[derive(Serialize, ToSchema)]
pub struct EventsView {
    /// Identity of the last event that is stored.
    acknowledged: String,
    now_ms: i64,
    #[schema(value_type = crate::describe::Deadline)]
    deadline: Deadline,
    state: SeatPhase,
    /// The signed receipt, once the paper is in.
    receipt: Option<String>,
    /// Opens the receipt's digest of the journal.
    receipt_salt: Option<String>,
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

/// A PC asks for the seat of a ticket.
#[utoipa::path(post, path = "/api/v1/seat/enrolments", request_body = EnrolRequest, responses((status = 201, body = EnrolView)))]
pub async fn enrol(
    State(app): State<App>,
    Json(request): Json<EnrolRequest>,
) -> Result<(StatusCode, Json<EnrolView>), ApiError> {
    let (sitting, state) = rooms::of_ticket(&app, request.ticket.trim()).await?;
    if state.ending.is_some() {
        return Err(already_handed_in());
    }
    if request.key.algorithm() != Algorithm::Ed25519 {
        return Err(bad_event("key"));
    }
    let place = state.place()?;
    let room = room_key(&place.batch, place.session, &place.room);
    let waiting = app.store.find(kaoping_store::Collection::Enrolment, &room, None, 500).await?;
    let mut same = 0;
    for row in &waiting {
        let other: EnrolmentState = super::state_of(row)?;
        same += usize::from(other.request.is_some_and(|other| other.sitting == sitting));
    }
    if same >= MAX_WAITING {
        return Err(ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_waiting",
            "ticket",
            ("这个准考证号已有多台电脑在等候。", "several PCs already wait for this ticket"),
            ("请举手,由监考员处理。", "ask the invigilator"),
        ));
    }
    let enrolment = AccountId::random(app.id_seed()?).to_string();
    let secret: [u8; 32] = app.random()?;
    let code = super::staff::digits(&app, 4)?;
    let asked = Request {
        ticket: place.ticket.clone(),
        sitting,
        room,
        key: request.key,
        code: code.clone(),
        secret: Digest::of(&secret),
        since_ms: app.now(),
    };
    transact!(app, "service", |work| {
        let event = EnrolmentEvent::Asked { request: asked.clone() };
        work.append::<EnrolmentState>(&enrolment, event).await
    })?;
    let secret = format!("{enrolment}.{}", to_hex(&secret));
    Ok((StatusCode::CREATED, Json(EnrolView { enrolment, secret, code })))
}

/// Where an enrolment stands.
#[utoipa::path(get, path = "/api/v1/seat/enrolments/{enrolment}", params(("enrolment" = String, Path)), responses((status = 200, body = EnrolmentView)))]
pub async fn enrolment(
    State(app): State<App>,
    Path(enrolment): Path<String>,
    pc: EnrolledPc,
) -> Result<Json<EnrolmentView>, ApiError> {
    if pc.enrolment != enrolment {
        return Err(ApiError::not_found("enrolment"));
    }
    let bound = pc.state.status == EnrolmentStatus::Bound;
    Ok(Json(EnrolmentView {
        state: pc.state.status,
        reason: pc.state.reason,
        sitting: pc.state.request.filter(|_| bound).map(|request| request.sitting.to_string()),
        number: pc.state.number,
        now_ms: app.now().millis(),
    }))
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

/// Takes events; they are durable when the answer comes.
#[utoipa::path(post, path = "/api/v1/seat/events", request_body = EventsRequest, responses((status = 200, body = EventsView)))]
pub async fn events(
    State(app): State<App>,
    seat: BoundSeat,
    Json(request): Json<EventsRequest>,
) -> Result<Json<EventsView>, ApiError> {
    if request.events.is_empty() || request.events.len() > MAX_EVENTS {
        return Err(bad_event("events"));
    }
    let stream = seat_stream(&seat.sitting, seat.number)?;
    let place = seat.state.place()?;
    let batch: BatchState = app.need(place.batch.as_str(), "batch").await?;
    let mut tries = 1;
    loop {
        let stored = app.store.head(&stream).await?;
        let fresh = fresh(&app, &stream, stored, &request.events).await?;
        if fresh.is_empty() {
            break;
        }
        if seat.state.ending.is_some() {
            return Err(already_handed_in());
        }
        match take(&app, &seat, &batch, &stream, stored, fresh).await {
            // Another request of the same PC was faster: what it stored is known at the next try.
            Err(error) if error.is_race() && tries < ATTEMPTS => tries += 1,
            taken => {
                taken?;
                break;
            }
        }
    }
    let state: SittingState = app.read(seat.sitting.as_str()).await?;
    let deadline = sittings::deadline(&app, batch.plan()?, &state).await?;
    let head = app.store.head(&stream).await?;
    Ok(Json(EventsView {
        acknowledged: head.last.to_hex(),
        now_ms: app.now().millis(),
        deadline,
        state: phase(&state, deadline),
        receipt: state.ending.as_ref().map(|ending| ending.receipt.clone()),
        receipt_salt: state.ending.map(|ending| ending.salt),
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
        ("这份试卷已经交了,不能再改。", "this paper is handed in and cannot change"),
        ("如有疑问,请凭回执找监考员。", "if in doubt, show the receipt to the invigilator"),
    )
}

/// Events that are not stored yet. What is stored must be the same.
async fn fresh(app: &App, stream: &Stream, stored: Head, texts: &[String]) -> Result<Vec<Sealed>, ApiError> {
    let mut fresh = Vec::new();
    for text in texts {
        let event = Sealed::parse(text.as_bytes()).map_err(|error| refused(&error))?;
        let seq = event.event().seq;
        if seq >= stored.next_seq {
            fresh.push(event);
            continue;
        }
        let known = app.store.events(stream, seq, 1).await?;
        if known.first().map(Sealed::identity) != Some(event.identity()) {
            return Err(refused(&EventError::Chain { seq }));
        }
    }
    Ok(fresh)
}

async fn take(
    app: &App,
    seat: &BoundSeat,
    batch: &BatchState,
    stream: &Stream,
    stored: Head,
    events: Vec<Sealed>,
) -> Result<(), ApiError> {
    let place = seat.state.place()?;
    let plan = batch.plan()?;
    let deadline = sittings::deadline(app, plan, &seat.state).await?;
    check_time(deadline, app.now(), &events)?;
    let paper = papers::of_sitting(app, batch, place).await?;
    let mut state = match seat::read(app, stream).await? {
        Some(fold) => fold.state,
        None => continued(app, seat).await?,
    };
    let mut head = stored;
    for event in &events {
        event.continues(stream, head).map_err(|error| refused(&error))?;
        let touch = SeatEvent::open(event).map_err(|error| refused(&error))?;
        if event.event().actor != actor(&seat.key.id()) {
            return Err(bad_event("actor"));
        }
        match &touch {
            SeatEvent::Opened { paper: opened, .. } if *opened != paper.digest || event.event().seq != 0 => {
                return Err(bad_event("paper"));
            }
            SeatEvent::Opened { .. } => {}
            _ if event.event().seq == 0 => return Err(bad_event("opened")),
            _ => {}
        }
        state.answers.apply(&paper.paper, &paper.several, &touch).map_err(|error| refused_answer(&error))?;
        state.last_at_ms = Some(event.event().at_ms);
        head = event.head();
    }
    let handed_in = state.answers.is_handed_in();
    transact!(app, "service", |work| {
        let append = Append { stream: stream.clone(), expected: stored, events: events.clone() };
        work.append_foreign(append, vec![seat::change(stream, head, state.clone())?]);
        if handed_in {
            let heads = sittings::heads(app, &seat.sitting, seat.number, Some(head)).await?;
            let end = sittings::End { by: EndedBy::Candidate, answered: state.answers.count(), heads, reason: None };
            sittings::end(app, work, &seat.sitting, plan, end).await?;
        }
        Ok(())
    })
}

/// The answers of the PCs before this one, from which its stream goes on.
async fn continued(app: &App, seat: &BoundSeat) -> Result<SeatState, ApiError> {
    let mut state = SeatState::default();
    for number in (0..seat.number).rev() {
        if let Some(fold) = seat::read(app, &seat_stream(&seat.sitting, number)?).await? {
            state.answers = fold.state.answers;
            break;
        }
    }
    Ok(state)
}

fn check_time(deadline: Deadline, now: Time, events: &[Sealed]) -> Result<(), ApiError> {
    let Deadline::Running { ends_at_ms } = deadline else { return Err(not_open()) };
    let hands_in = events.last().is_some_and(|event| event.event().kind == "seat.handed_in");
    let late = now > ends_at_ms.plus_millis(if hands_in { 4 * GRACE_MS } else { GRACE_MS });
    let ahead = events.iter().any(|event| event.event().at_ms > now.plus_millis(AHEAD_MS));
    if ahead {
        return Err(bad_event("at_ms"));
    }
    if late { Err(not_open()) } else { Ok(()) }
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

fn bad_event(place: &str) -> ApiError {
    ApiError::invalid(
        "event",
        place,
        ("收到的作答记录不完整或被改动。", "the events are incomplete or altered"),
        ("请刷新页面;仍不行请举手换电脑。", "reload the page; if it fails again, ask for another PC"),
    )
}

fn refused(error: &EventError) -> ApiError {
    tracing::warn!(%error, "event of a seat refused");
    match error {
        EventError::Sequence { .. } | EventError::Chain { .. } => ApiError::conflict(
            "chain",
            "events",
            ("作答记录和考场保存的接不上。", "the events do not continue what the room holds"),
            ("请刷新页面重新载入。", "reload the page"),
        ),
        _ => bad_event("events"),
    }
}

fn refused_answer(error: &AnswerError) -> ApiError {
    tracing::warn!(%error, "answer refused");
    match error {
        AnswerError::HandedIn => already_handed_in(),
        _ => bad_event("events"),
    }
}
