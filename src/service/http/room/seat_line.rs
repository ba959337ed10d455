//! A seat on the room's board.

use super::names::Names;
use crate::aggregates::seat;
use crate::aggregates::sitting::{EndedBy, TheorySitting, TheoryStage};
use crate::app::App;
use crate::operations::room_time::RoomInTime;
use crate::operations::stored::whole;
use crate::refusal::Refusal;
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_engine::roster::Candidate;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::seat_stream;
use kaoping_record::id::AccountId;
use serde::Serialize;
use utoipa::ToSchema;

/// The state of a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeatStatus {
    /// Nobody has come.
    Expected,
    /// A PC waits to be bound.
    Waiting,
    /// Bound; the paper is not open or has no answer yet.
    Bound,
    /// Answers come in.
    Working,
    /// The paper is in.
    HandedIn,
    /// Marked absent.
    Absent,
    /// Its stored data are damaged; those of the other seats are not.
    Damaged,
}

/// A seat on the board.
#[derive(Serialize, ToSchema)]
pub struct SeatLine {
    pub(super) number: u32,
    seat: String,
    sitting: String,
    ticket: String,
    name: String,
    id_masked: String,
    state: SeatStatus,
    /// Number of the PC, from 0.
    pc: Option<u32>,
    answered: u32,
    items: u32,
    last_ack_ms: Option<i64>,
    ends_at_ms: Option<i64>,
    extra_minutes: i64,
    /// Who ended the sitting, once the paper is in.
    ended_by: Option<EndedBy>,
    ended_at_ms: Option<i64>,
    /// Whether this end may be undone: it was not the candidate's, and the session has not ended.
    can_reopen: bool,
    /// The request to undo the end.
    reopening: Option<ReopeningView>,
    /// How often the paper was given back.
    given_back: u32,
}

/// The request to undo the end of a sitting, which a second person must approve.
#[derive(Serialize, ToSchema)]
pub struct ReopeningView {
    /// Who asked.
    by: String,
    /// Whether it was the person who looks: then somebody else must approve.
    by_me: bool,
    at_ms: i64,
    /// Minutes in addition to what was left.
    minutes: u32,
    /// What was left when the paper was taken.
    left_ms: i64,
    reason: String,
}

/// The data of a line, and the person who reads it.
pub(super) struct Seen<'a> {
    pub(super) entry: &'a RosterEntry,
    pub(super) person: &'a Candidate,
    pub(super) sitting: &'a TheorySitting,
    /// Number of items of the paper.
    pub(super) items: u32,
    /// Whether a PC waits to be bound to it.
    pub(super) is_waiting: bool,
    pub(super) looks: &'a AccountId,
}

impl SeatLine {
    /// The roster's data of a seat whose sitting cannot be read.
    pub(super) fn damaged(entry: &RosterEntry, person: &Candidate, items: u32) -> Self {
        Self {
            number: entry.number,
            seat: entry.seat.to_string(),
            sitting: entry.theory.to_string(),
            ticket: String::new(),
            name: person.name.as_str().to_owned(),
            id_masked: person.document.masked(),
            state: SeatStatus::Damaged,
            pc: None,
            answered: 0,
            items,
            last_ack_ms: None,
            ends_at_ms: None,
            extra_minutes: 0,
            ended_by: None,
            ended_at_ms: None,
            can_reopen: false,
            reopening: None,
            given_back: 0,
        }
    }

    /// What is known of a seat.
    pub(super) async fn of(
        app: &App,
        plan: &Plan,
        room: &RoomInTime,
        names: &mut Names<'_>,
        seen: &Seen<'_>,
    ) -> Result<Self, Refusal> {
        let Seen { entry, person, sitting, items, is_waiting, looks } = seen;
        let pc = sitting.last_pc();
        let fold = match pc {
            Some(number) => whole(seat::read(&app.store, &seat_stream(&entry.theory, number)?).await)?,
            None => Some(None),
        };
        let is_damaged = fold.is_none();
        let fold = fold.flatten();
        let answered = match (sitting.end(), &fold) {
            (Some(ending), _) => ending.answered,
            (None, Some(fold)) => fold.state.answers.count(),
            (None, None) => 0,
        };
        let deadline = room.deadline(plan, sitting);
        let end = sitting.end();
        let reopening = match (&sitting.reopening, end) {
            (Some(asked), Some(end)) => Some(ReopeningView {
                by: names.of(asked.by.as_str()).await?,
                by_me: asked.by == **looks,
                at_ms: asked.at_ms.millis(),
                minutes: asked.minutes,
                left_ms: end.left_ms,
                reason: asked.reason.clone(),
            }),
            _ => None,
        };
        Ok(Self {
            number: entry.number,
            seat: entry.seat.to_string(),
            sitting: entry.theory.to_string(),
            ticket: sitting.place.ticket.clone(),
            name: person.name.as_str().to_owned(),
            id_masked: person.document.masked(),
            state: if is_damaged { SeatStatus::Damaged } else { seat_status(sitting, *is_waiting, answered) },
            pc,
            answered,
            items: *items,
            last_ack_ms: fold.and_then(|fold| fold.state.last_at_ms).map(|at| at.millis()),
            ends_at_ms: ends_at(deadline),
            extra_minutes: sitting.extra_ms / 60_000,
            ended_by: end.map(|end| end.by),
            ended_at_ms: end.map(|end| end.at_ms.millis()),
            can_reopen: sitting.is_undoable() && !room.state.is_closed(),
            reopening,
            given_back: u32::try_from(sitting.undone.len()).unwrap_or(u32::MAX),
        })
    }
}

fn seat_status(sitting: &TheorySitting, waiting: bool, answered: u32) -> SeatStatus {
    match sitting.stage {
        TheoryStage::HandedIn(_) | TheoryStage::Scored(..) => SeatStatus::HandedIn,
        TheoryStage::Bound if answered > 0 => SeatStatus::Working,
        TheoryStage::Bound => SeatStatus::Bound,
        // A candidate who works is shown as working, even while another PC asks for the seat.
        TheoryStage::Expected | TheoryStage::Absent if waiting => SeatStatus::Waiting,
        TheoryStage::Absent => SeatStatus::Absent,
        TheoryStage::Expected => SeatStatus::Expected,
    }
}

pub(super) fn ends_at(deadline: Deadline) -> Option<i64> {
    match deadline {
        Deadline::Running { ends_at_ms } => Some(ends_at_ms.millis()),
        _ => None,
    }
}
