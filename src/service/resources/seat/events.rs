//! Events of a seat: they are durable when the answer comes.

use super::{SeatPhase, already_handed_in, not_open, phase};
use crate::app::App;
use crate::error::ApiError;
use crate::resources::seat_token::BoundSeat;
use crate::resources::{papers, sittings};
use crate::state::batch::BatchState;
use crate::state::seat::{self, SeatState};
use crate::state::sitting::{EndedBy, SittingState};
use crate::work::{ATTEMPTS, transact};
use axum::Json;
use axum::extract::State;
use kaoping_engine::session::answers::AnswerError;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::{SeatEvent, actor, seat_stream};
use kaoping_record::event::{EventError, Head, Sealed, Stream};
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
    deadline: Deadline,
    state: SeatPhase,
    /// The signed receipt, once the paper is in.
    receipt: Option<String>,
    /// Opens the receipt's digest of the journal.
    receipt_salt: Option<String>,
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

pub(super) fn bad_event(place: &str) -> ApiError {
    ApiError::invalid(
        "event",
        place,
        ("收到的作答记录不完整或被改动。", "the events are incomplete or altered"),
        ("请刷新页面；仍不行请举手换电脑。", "reload the page; if it fails again, ask for another PC"),
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
