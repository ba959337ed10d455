//! The candidate's session at one PC.
//!
//! The page hands each touch to [`CandidateSession::handle`] with the room's time, then fetches requests with
//! [`CandidateSession::poll_output`] until there are none. After a reload it hands the journal's events to
//! [`CandidateSession::replay`]; at another PC the service's events of the streams before it as well.

use super::answers::{AnswerError, Answers, SeveralOptions};
use super::clock::Deadline;
use super::event::{SeatEvent, actor, seat_stream};
use super::hand_in::SeatCheckpoint;
use crate::draw::paper::Paper;
use crate::outbox::{Outbox, Output};
use kaoping_record::digest::Digest;
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::id::{ItemId, OptionId, SittingId};
use kaoping_record::key::KeyId;
use kaoping_record::time::Time;

/// Why something was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// It does not fit the paper, or comes after the hand-in.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// It is not an event of this seat's stream.
    #[error(transparent)]
    Event(#[from] EventError),
    /// A stored event was written with another key.
    #[error("event is by `{found}`, not by `{expected}`")]
    OtherActor {
        /// This seat.
        expected: String,
        /// The event's actor.
        found: String,
    },
    /// The room is not open, is paused, or time is over.
    #[error("the paper is not open now")]
    NotOpen,
}

/// What the candidate does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Chooses these options, in any order; none takes the answer back.
    Answer {
        /// The item.
        item: ItemId,
        /// The options.
        options: Vec<OptionId>,
    },
    /// Flags an item or takes the flag away.
    Flag {
        /// The item.
        item: ItemId,
        /// Whether it is to be flagged.
        on: bool,
    },
    /// Hands the paper in. Allowed when time is over: that is how a paper is handed in by itself.
    HandIn,
}

/// Who sits where, at which PC of the sitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The sitting.
    pub sitting: SittingId,
    /// The PC's number, from 0.
    pub number: u32,
    /// The name of the PC's key.
    pub key: KeyId,
}

/// The session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidateSession {
    paper: Paper,
    several: SeveralOptions,
    seat: Seat,
    stream: Stream,
    answers: Answers,
    head: Head,
    last_at: Option<Time>,
    deadline: Deadline,
    outbox: Outbox,
}

impl CandidateSession {
    /// A session in which nothing has happened at this PC. `before` holds the events of the sitting's earlier PCs, stream after
    /// stream, as the service acknowledged them.
    ///
    /// # Errors
    /// [`SessionError`] for the first event that does not fit.
    pub fn new<'events>(
        paper: Paper,
        several: SeveralOptions,
        seat: Seat,
        before: impl IntoIterator<Item = &'events [u8]>,
    ) -> Result<Self, SessionError> {
        let stream = seat_stream(&seat.sitting, seat.number)?;
        let mut answers = Answers::default();
        for bytes in before {
            answers.apply(&paper, &several, &SeatEvent::open(&Sealed::parse(bytes)?)?)?;
        }
        Ok(Self {
            paper,
            several,
            seat,
            stream,
            answers,
            head: Head::EMPTY,
            last_at: None,
            deadline: Deadline::NotOpen {},
            outbox: Outbox::default(),
        })
    }

    /// Hands back an event of this PC's own journal, oldest first.
    ///
    /// # Errors
    /// [`SessionError`] when it is not the next of this stream.
    pub fn replay(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        let sealed = Sealed::parse(bytes)?;
        sealed.continues(&self.stream, self.head)?;
        let (expected, found) = (actor(&self.seat.key), sealed.event().actor.clone());
        if expected != found {
            return Err(SessionError::OtherActor { expected, found });
        }
        self.answers.apply(&self.paper, &self.several, &SeatEvent::open(&sealed)?)?;
        self.head = sealed.head();
        self.last_at = Some(sealed.event().at_ms);
        self.outbox.restore(sealed);
        Ok(())
    }

    /// Writes the stream's first event, unless it holds one.
    ///
    /// # Errors
    /// [`SessionError`] when the paper's digest cannot be formed.
    pub fn open(&mut self, now: Time, paper: Digest, continues: Option<Digest>) -> Result<(), SessionError> {
        if self.head == Head::EMPTY { self.append(now, &SeatEvent::Opened { paper, continues }) } else { Ok(()) }
    }

    /// Takes the room's word on the time.
    pub fn set_deadline(&mut self, now: Time, deadline: Deadline) {
        self.deadline = deadline;
        if let Some(change) = deadline.next_change(now) {
            self.outbox.wake_at(change);
        }
    }

    /// Lets a touch happen.
    ///
    /// # Errors
    /// [`SessionError`] when it cannot; the session is then as before.
    pub fn handle(&mut self, now: Time, touch: Touch) -> Result<(), SessionError> {
        let running = matches!(self.deadline, Deadline::Running { .. });
        let over = self.deadline.left_ms(now) == Some(0);
        let event = match touch {
            Touch::HandIn if running => SeatEvent::HandedIn { answered: self.answers.count() },
            Touch::Answer { item, mut options } if running && !over => {
                options.sort();
                if self.answers.of(&item) == options {
                    return Ok(());
                }
                SeatEvent::Answered { item, options }
            }
            Touch::Flag { item, on } if running && !over => {
                if self.answers.is_flagged(&item) == on {
                    return Ok(());
                }
                SeatEvent::Flagged { item, on }
            }
            _ if self.answers.is_handed_in() => return Err(AnswerError::HandedIn.into()),
            _ => return Err(SessionError::NotOpen),
        };
        self.append(now, &event)
    }

    /// The time of an [`Output::WakeAt`] has come, or the page wants to know whether it has: a paper whose time is over
    /// is handed in by itself; else the next time is asked for.
    ///
    /// # Errors
    /// [`SessionError`] when the hand-in cannot be written; the session is then as before.
    pub fn wake(&mut self, now: Time) -> Result<(), SessionError> {
        let running = matches!(self.deadline, Deadline::Running { .. });
        let over = running && self.deadline.left_ms(now) == Some(0);
        // Without a first event this PC never showed the paper; whoever did hands it in.
        if over && self.head != Head::EMPTY && !self.answers.is_handed_in() {
            return self.handle(now, Touch::HandIn);
        }
        self.set_deadline(now, self.deadline);
        Ok(())
    }

    /// The next request to the page.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outbox.poll()
    }

    /// The service holds this event and all before it. False when it is not waited for.
    pub fn confirm(&mut self, id: Digest) -> bool {
        self.outbox.confirm(id)
    }

    /// Asks again to send whatever is not confirmed.
    pub fn resend(&mut self) {
        self.outbox.resend();
    }

    /// How many events the service has not confirmed.
    #[must_use]
    pub fn unconfirmed(&self) -> usize {
        self.outbox.unconfirmed()
    }

    /// What was answered so far.
    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The paper.
    #[must_use]
    pub fn paper(&self) -> &Paper {
        &self.paper
    }

    /// The room's last word on the time.
    #[must_use]
    pub fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// What the seat signs: its stream as it stands.
    #[must_use]
    pub fn checkpoint(&self) -> SeatCheckpoint {
        SeatCheckpoint {
            sitting: self.seat.sitting.clone(),
            stream: self.stream.clone(),
            events: self.head.next_seq,
            last: self.head.last,
        }
    }

    fn append(&mut self, now: Time, event: &SeatEvent) -> Result<(), SessionError> {
        let mut answers = self.answers.clone();
        answers.apply(&self.paper, &self.several, event)?;
        // A clock that runs backwards stops nobody: an event is never dated before the last.
        let at = self.last_at.map_or(now, |last| last.max(now));
        let sealed = event.seal(&self.stream, self.head, at, &self.seat.key)?;
        self.answers = answers;
        self.head = sealed.head();
        self.last_at = Some(at);
        self.outbox.add(sealed);
        Ok(())
    }
}
