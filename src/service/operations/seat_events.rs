//! Events of a seat: they are durable when the answer comes.

use super::doer::{SERVICE, transact};
use super::papers;
use super::room_time;
use super::sittings::{self, Collected};
use crate::aggregates::batch::BatchState;
use crate::aggregates::seat;
use crate::aggregates::sitting::{EndedBy, SittingState, TheorySitting};
use crate::aggregates::sitting_refusal::SittingRefusal;
use crate::app::App;
use crate::refusal::{Refusal, RefusalKind};
use crate::work::Work;
use kaoping_engine::session::answers::AnswerError;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::{actor, seat_stream};
use kaoping_engine::session::progress::{OpenedPaper, Progress, StreamEnd, StreamError};
use kaoping_engine::session::time_rules::{Arrival, UntimelyEvent};
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::id::SittingId;
use kaoping_record::key::PublicKey;
use kaoping_record::time::Time;
use kaoping_store::Append;

/// Most events of one request.
const MAX_EVENTS: usize = 500;

/// A PC that was bound to a sitting, by the secret that it presents. Whether it is still the last
/// one is asked where that matters: [`BoundPc::check_last`].
pub struct BoundPc {
    /// The enrolment whose secret it presents.
    pub enrolment: String,
    pub sitting: SittingId,
    /// The PC's number, from 0.
    pub number: u32,
    /// The PC's key.
    pub key: PublicKey,
}

/// What the service holds after it took events.
pub struct Taken {
    /// The end of the PC's stream.
    pub head: Head,
    pub sitting: TheorySitting,
    pub deadline: Deadline,
    /// The room's time.
    pub now: Time,
}

impl BoundPc {
    /// That no other PC was bound after this one.
    ///
    /// # Errors
    /// `seat_moved`.
    pub fn check_last(&self, sitting: &TheorySitting) -> Result<(), Refusal> {
        if sitting.pcs.last().is_some_and(|last| last.enrolment == self.enrolment) { Ok(()) } else { Err(moved()) }
    }
}

/// Takes events that a seat has written, canonical texts in order; they are durable when this
/// returns. The PC must still be the last one of its sitting when they are stored, however long ago
/// the request began.
///
/// # Errors
/// `chain` when they do not continue what is stored, `event` when they are malformed, `not_open`
/// outside the paper's time, `ahead` when they are dated in the room's future, `too_many_events`,
/// `already_handed_in`, `seat_moved`, `overloaded`.
pub async fn append_events(app: &App, pc: &BoundPc, texts: &[String]) -> Result<Taken, Refusal> {
    if texts.is_empty() || texts.len() > MAX_EVENTS {
        return Err(bad_event("events"));
    }
    let events = texts.iter().map(|text| Sealed::parse(text.as_bytes()));
    let events: Vec<Sealed> = events.collect::<Result<_, _>>().map_err(|error| malformed(&error))?;
    let _turn = app.turns.wait(pc.sitting.as_str()).await;
    let _place = app.writing.enter().await?;
    transact!(app, &SERVICE, |work| take(app, work, pc, &events).await)
}

async fn take(app: &App, work: &mut Work, pc: &BoundPc, events: &[Sealed]) -> Result<Taken, Refusal> {
    let sitting: SittingState = work.need(pc.sitting.as_str(), "sitting").await?;
    let sitting = sitting.theory()?.clone();
    pc.check_last(&sitting)?;
    let place = &sitting.place;
    // The plan of a batch never changes.
    let batch = app.share::<BatchState>(place.batch.as_str()).await?.ok_or_else(|| Refusal::not_found("batch"))?;
    let plan = &batch.state.plan;
    let room = room_time::load_of(app, work, &sitting).await?;
    let (deadline, now) = (room.deadline(plan, &sitting), room.now.at);
    let stream = seat_stream(&pc.sitting, pc.number)?;
    let fold = seat::follow(work, &stream).await?;
    let stored = fold.as_ref().map_or(Head::EMPTY, |fold| fold.head);
    let fresh = fresh(app, &stream, stored, events).await?;
    if fresh.is_empty() {
        return Ok(Taken { head: stored, sitting, deadline, now });
    }
    if sitting.is_handed_in() {
        return Err(SittingRefusal::HandedIn.into());
    }
    let mut progress = match fold {
        Some(fold) => fold.state.clone(),
        None => continued(work, pc).await?,
    };
    let paper = papers::of_sitting(app, plan, place).await?;
    let opened = OpenedPaper { paper: &paper.paper, digest: paper.digest, several: &paper.several };
    let arrival = Arrival { now: room.now, opened_at: room.state.opened_at(), deadline };
    let actor = actor(&pc.key.id());
    let mut head = stored;
    for event in &fresh {
        let end = StreamEnd { stream: &stream, actor: &actor, head };
        progress.take(&opened, &end, event).map_err(|error| refused(&error, &stream, stored))?;
        arrival.admits(event.event().at_ms, progress.answers.is_handed_in()).map_err(untimely)?;
        head = event.head();
    }
    work.append_foreign(
        Append { stream: stream.clone(), expected: stored, events: fresh },
        vec![seat::change(&stream, head, progress.clone())?],
    );
    if !progress.answers.is_handed_in() {
        return Ok(Taken { head, sitting, deadline, now });
    }
    let mut heads = sittings::guarded_heads(work, &pc.sitting, pc.number).await?;
    heads.push((stream, head));
    let answered = progress.answers.count();
    let collected = Collected { by: EndedBy::Candidate, answered, heads, reason: None };
    let sitting = sittings::end_sitting(app, work, &pc.sitting, plan, collected).await?;
    Ok(Taken { head, sitting, deadline, now })
}

/// Events that are not stored yet. What is stored must be the same; it is read in one query.
async fn fresh(app: &App, stream: &Stream, stored: Head, events: &[Sealed]) -> Result<Vec<Sealed>, Refusal> {
    let known = |event: &&Sealed| event.event().seq < stored.next_seq;
    let first = events.iter().filter(known).map(|event| event.event().seq).min();
    let held = match first {
        None => Vec::new(),
        Some(first) => app.store.events(stream, first, MAX_EVENTS as u32).await?,
    };
    for event in events.iter().filter(known) {
        let seq = event.event().seq;
        let place = usize::try_from(seq - first.unwrap_or_default()).unwrap_or(usize::MAX);
        if held.get(place).map(Sealed::identity) != Some(event.identity()) {
            return Err(refused(&EventError::Chain { seq }.into(), stream, stored));
        }
    }
    Ok(events.iter().filter(|event| !known(event)).cloned().collect())
}

/// What the PCs before this one have led to; the first event of this one's stream goes on from
/// there.
async fn continued(work: &mut Work, pc: &BoundPc) -> Result<Progress, Refusal> {
    for number in (0..pc.number).rev() {
        if let Some(fold) = seat::follow(work, &seat_stream(&pc.sitting, number)?).await? {
            return Ok(fold.state.clone());
        }
    }
    Ok(Progress::default())
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
    .with_retry()
}

fn moved() -> Refusal {
    Refusal::new(
        RefusalKind::Unauthenticated,
        "seat_moved",
        "authorization",
        ("考试已经换到另一台电脑上继续。", "the exam goes on at another PC"),
        ("请到新的电脑上作答；有疑问请举手。", "go on at the new PC; ask the invigilator if in doubt"),
    )
}

fn untimely(untimely: UntimelyEvent) -> Refusal {
    match untimely {
        UntimelyEvent::NotOpen => not_open(),
        UntimelyEvent::Outside => bad_event("at_ms"),
        UntimelyEvent::Ahead => Refusal::conflict(
            "ahead",
            "at_ms",
            ("作答时间比考场的时间还早到，暂时不能保存。", "the events are dated in the room's future"),
            ("不用操作，过一会儿会自动再试。", "the page tries again by itself"),
        )
        .with_retry(),
    }
}

fn malformed(error: &EventError) -> Refusal {
    tracing::warn!(%error, "event of a seat refused");
    bad_event("events")
}

fn refused(error: &StreamError, stream: &Stream, stored: Head) -> Refusal {
    tracing::warn!(stream = stream.as_str(), %error, "event of a seat refused");
    match error {
        StreamError::Event(EventError::Sequence { .. } | EventError::Chain { .. }) => Refusal::broken_chain(
            (stored != Head::EMPTY).then_some(stored.last),
            ("作答记录和考场保存的接不上。", "the events do not continue what the room holds"),
            ("请刷新页面重新载入。", "reload the page"),
        ),
        StreamError::Answer(AnswerError::HandedIn) => SittingRefusal::HandedIn.into(),
        StreamError::TooMany => Refusal::conflict(
            "too_many_events",
            "events",
            ("作答和修改的次数已经到上限。", "this paper was changed as often as is possible"),
            ("已经保存的都算数，可以直接交卷。", "what is saved counts; the paper can be handed in"),
        ),
        _ => bad_event("events"),
    }
}
