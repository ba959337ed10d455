//! Events of a seat: they are durable when the answer comes.

use super::papers;
use super::sittings::{self, Collected};
use crate::aggregates::batch::BatchState;
use crate::aggregates::seat::{self, SeatState};
use crate::aggregates::sitting::{EndedBy, TheorySitting};
use crate::aggregates::sitting_refusal::SittingRefusal;
use crate::app::App;
use crate::refusal::{Refusal, RefusalKind};
use crate::work::{ATTEMPTS, transact};
use kaoping_engine::session::answers::AnswerError;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::{SeatEvent, actor, seat_stream};
use kaoping_engine::session::time_rules::UntimelyEvents;
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::id::SittingId;
use kaoping_record::key::PublicKey;
use kaoping_record::time::Time;
use kaoping_store::Append;

/// Most events of one request.
const MAX_EVENTS: usize = 500;

/// The PC at which a sitting takes place now.
pub struct BoundSeat {
    pub sitting: SittingId,
    pub state: TheorySitting,
    /// The PC's number, from 0.
    pub number: u32,
    /// The PC's key.
    pub key: PublicKey,
}

/// Takes events that a seat has written, canonical texts in order; they are durable when this returns.
///
/// # Errors
/// `chain` when they do not continue what is stored, `event` when they are malformed, `not_open` outside the paper's
/// time, `already_handed_in`.
pub async fn append_events(app: &App, seat: &BoundSeat, batch: &BatchState, texts: &[String]) -> Result<(), Refusal> {
    if texts.is_empty() || texts.len() > MAX_EVENTS {
        return Err(bad_event("events"));
    }
    let stream = seat_stream(&seat.sitting, seat.number)?;
    let mut tries = 1;
    loop {
        let stored = app.store.head(&stream).await?;
        let fresh = fresh(app, &stream, stored, texts).await?;
        if fresh.is_empty() {
            return Ok(());
        }
        if seat.state.is_handed_in() {
            return Err(SittingRefusal::HandedIn.into());
        }
        match take(app, seat, batch, &stream, stored, fresh).await {
            // Another request of the same PC was faster: what it stored is known at the next try.
            Err(error) if error.is_race() && tries < ATTEMPTS => tries += 1,
            taken => return taken,
        }
    }
}

/// Events that are not stored yet. What is stored must be the same.
async fn fresh(app: &App, stream: &Stream, stored: Head, texts: &[String]) -> Result<Vec<Sealed>, Refusal> {
    let mut fresh = Vec::new();
    for text in texts {
        let event = Sealed::parse(text.as_bytes()).map_err(|error| refused(&error, stored))?;
        let seq = event.event().seq;
        if seq >= stored.next_seq {
            fresh.push(event);
            continue;
        }
        let known = app.store.events(stream, seq, 1).await?;
        if known.first().map(Sealed::identity) != Some(event.identity()) {
            return Err(refused(&EventError::Chain { seq }, stored));
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
) -> Result<(), Refusal> {
    let plan = &batch.plan;
    let deadline = sittings::deadline(app, plan, &seat.state).await?;
    check_time(deadline, app.now(), &events)?;
    let paper = papers::of_sitting(app, plan, &seat.state.place).await?;
    let mut state = match seat::read(&app.store, stream).await? {
        Some(fold) => fold.state,
        None => continued(app, seat).await?,
    };
    let mut head = stored;
    for event in &events {
        event.continues(stream, head).map_err(|error| refused(&error, stored))?;
        let touch = SeatEvent::open(event).map_err(|error| refused(&error, stored))?;
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
            let answered = state.answers.count();
            let collected = Collected { by: EndedBy::Candidate, answered, heads, reason: None };
            sittings::end_sitting(app, work, &seat.sitting, plan, collected).await?;
        }
        Ok(())
    })
}

/// The answers of the PCs before this one, from which its stream goes on.
async fn continued(app: &App, seat: &BoundSeat) -> Result<SeatState, Refusal> {
    let mut state = SeatState::default();
    for number in (0..seat.number).rev() {
        if let Some(fold) = seat::read(&app.store, &seat_stream(&seat.sitting, number)?).await? {
            state.answers = fold.state.answers;
            break;
        }
    }
    Ok(state)
}

fn check_time(deadline: Deadline, now: Time, events: &[Sealed]) -> Result<(), Refusal> {
    let hands_in = events.last().is_some_and(|event| event.event().kind == "seat.handed_in");
    let latest = events.iter().map(|event| event.event().at_ms).max().unwrap_or(now);
    deadline.admits(now, latest, hands_in).map_err(|untimely| match untimely {
        UntimelyEvents::NotOpen => not_open(),
        UntimelyEvents::Ahead => bad_event("at_ms"),
    })
}

/// Events that are incomplete or were altered.
pub fn bad_event(place: &str) -> Refusal {
    Refusal::invalid(
        "event",
        place,
        ("收到的作答记录不完整或被改动。", "the events are incomplete or altered"),
        ("请刷新页面；仍不行请举手换电脑。", "reload the page; if it fails again, ask for another PC"),
    )
}

/// The paper is not open now.
pub fn not_open() -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "not_open",
        "room",
        ("现在不是作答时间。", "the paper is not open now"),
        ("请听监考员安排。", "follow the invigilator"),
    )
}

fn refused(error: &EventError, stored: Head) -> Refusal {
    tracing::warn!(%error, "event of a seat refused");
    match error {
        EventError::Sequence { .. } | EventError::Chain { .. } => Refusal::broken_chain(
            (stored != Head::EMPTY).then_some(stored.last),
            ("作答记录和考场保存的接不上。", "the events do not continue what the room holds"),
            ("请刷新页面重新载入。", "reload the page"),
        ),
        _ => bad_event("events"),
    }
}

fn refused_answer(error: &AnswerError) -> Refusal {
    tracing::warn!(%error, "answer refused");
    match error {
        AnswerError::HandedIn => SittingRefusal::HandedIn.into(),
        _ => bad_event("events"),
    }
}
