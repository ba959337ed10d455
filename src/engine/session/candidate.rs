//! The candidate's session at one PC.
//!
//! The page hands each touch to [`CandidateSession::handle`] with the room's time, then fetches
//! requests from the session's [`Journal`] until there are none. After a reload it begins with
//! [`rejoin`](Journaled::rejoin); at another PC [`CandidateSession::new`] takes the events of the
//! PCs before it.

use super::answers::{AnswerError, Answers, SeveralOptions};
use super::checkpoint::SeatCheckpoint;
use super::clock::Deadline;
use super::event::{SeatEvent, actor, seat_stream};
use super::hand_in::journal_digest;
use super::journal::{Journal, JournalError, Journaled};
use super::progress::{OpenedPaper, Progress, Replay, StreamEnd, StreamError};
use crate::draw::paper::Paper;
use kaoping_record::digest::Digest;
use kaoping_record::event::{EventError, Head, Sealed};
use kaoping_record::id::{ItemId, OptionId, SittingId};
use kaoping_record::key::KeyId;
use kaoping_record::time::Time;
use serde::Deserialize;

/// Why something was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// It does not fit the paper, or comes after the hand-in.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// It is not the next event of this seat's stream.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The streams of the sitting do not fit one another, or hold too much.
    #[error(transparent)]
    Stream(StreamError),
    /// The room is not open, is paused, or time is over.
    #[error("the paper is not open now")]
    NotOpen,
}

impl From<EventError> for SessionError {
    fn from(error: EventError) -> Self {
        Self::Journal(error.into())
    }
}

impl From<StreamError> for SessionError {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Event(error) => error.into(),
            StreamError::Answer(error) => error.into(),
            error => Self::Stream(error),
        }
    }
}

/// What the candidate does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "CandidateTouch"))]
#[serde(tag = "touch", rename_all = "snake_case")]
#[serde(deny_unknown_fields)]
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
    digest: Digest,
    several: SeveralOptions,
    seat: Seat,
    /// The last event of each earlier PC's stream.
    earlier: Vec<Digest>,
    progress: Progress,
    deadline: Deadline,
    journal: Journal,
}

impl CandidateSession {
    /// A session in which nothing has happened at this PC. `before` holds the events of the
    /// sitting's earlier PCs, stream after stream, as the service acknowledged them.
    ///
    /// # Errors
    /// [`SessionError`] for the first event that does not fit.
    pub fn new<'events>(
        paper: Paper,
        several: SeveralOptions,
        seat: Seat,
        before: impl IntoIterator<Item = &'events [u8]>,
    ) -> Result<Self, SessionError> {
        let journal = Journal::new(seat_stream(&seat.sitting, seat.number)?, actor(&seat.key));
        let digest = paper.digest();
        let opened = OpenedPaper { paper: &paper, digest, several: &several };
        let mut replay = Replay::new(opened, &seat.sitting);
        for bytes in before {
            replay.take(&Sealed::parse(bytes)?)?;
        }
        let (progress, earlier) = replay.finish();
        Ok(Self { paper, digest, several, seat, earlier, progress, deadline: Deadline::NotOpen {}, journal })
    }

    /// Writes the stream's first event, unless it holds one. `since` is when the papers were
    /// opened: nothing is dated before that, also where the page knows the room's time less well.
    ///
    /// # Errors
    /// [`SessionError`] when the event cannot be written.
    pub fn open(&mut self, now: Time, since: Time) -> Result<(), SessionError> {
        if !self.is_empty() {
            return Ok(());
        }
        let event = SeatEvent::Opened { paper: self.digest, continues: self.progress.last };
        self.append(now.max(since), &event)
    }

    /// Takes the time from the room.
    pub fn set_deadline(&mut self, now: Time, deadline: Deadline) {
        self.deadline = deadline;
        if let Some(change) = deadline.next_change(now) {
            self.journal.wake_at(change);
        }
    }

    /// Lets a touch happen.
    ///
    /// # Errors
    /// [`SessionError`] when it cannot; the session is then as before.
    pub fn handle(&mut self, now: Time, touch: Touch) -> Result<(), SessionError> {
        let (running, over) = (self.deadline.is_open(), self.deadline.is_over(now));
        let event = match touch {
            Touch::HandIn if running => SeatEvent::HandedIn { answered: self.answers().count() },
            Touch::Answer { item, mut options } if running && !over => {
                options.sort();
                if self.answers().of(&item) == options {
                    return Ok(());
                }
                SeatEvent::Answered { item, options }
            }
            Touch::Flag { item, on } if running && !over => {
                if self.answers().is_flagged(&item) == on {
                    return Ok(());
                }
                SeatEvent::Flagged { item, on }
            }
            _ if self.answers().is_handed_in() => return Err(AnswerError::HandedIn.into()),
            _ => return Err(SessionError::NotOpen),
        };
        self.append(now, &event)
    }

    /// The time of an [`Output::WakeAt`] has come, or the page wants to know whether it has: a
    /// paper whose time is over is handed in by itself; else the next time is asked for.
    ///
    /// # Errors
    /// [`SessionError`] when the hand-in cannot be written; the session is then as before.
    pub fn wake(&mut self, now: Time) -> Result<(), SessionError> {
        let over = self.deadline.is_over(now);
        // Without a first event this PC never showed the paper; the PC that did hands it in.
        if over && !self.is_empty() && !self.answers().is_handed_in() {
            return self.handle(now, Touch::HandIn);
        }
        self.set_deadline(now, self.deadline);
        Ok(())
    }

    /// What was answered so far.
    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.progress.answers
    }

    /// The paper.
    #[must_use]
    pub fn paper(&self) -> &Paper {
        &self.paper
    }

    /// The last time that the room stated.
    #[must_use]
    pub fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// The salted digest of all events of the sitting that this session knows, as a receipt states
    /// it.
    #[must_use]
    pub fn journal_digest(&self, salt: &[u8; 32]) -> Digest {
        let own = (!self.is_empty()).then(|| self.journal.head().last);
        let last_events: Vec<Digest> = self.earlier.iter().copied().chain(own).collect();
        journal_digest(salt, &last_events)
    }

    fn is_empty(&self) -> bool {
        self.journal.head() == Head::EMPTY
    }

    fn append(&mut self, now: Time, event: &SeatEvent) -> Result<(), SessionError> {
        // A clock that runs backwards stops nobody: no event is dated before the last one of the
        // sitting.
        let at = self.progress.last_at_ms.map_or(now, |last| last.max(now));
        let sealed = event.seal(self.journal.stream(), self.journal.head(), at, &self.seat.key)?;
        self.take(&sealed)?;
        self.journal.append(sealed);
        Ok(())
    }

    fn take(&mut self, event: &Sealed) -> Result<(), StreamError> {
        let opened = OpenedPaper { paper: &self.paper, digest: self.digest, several: &self.several };
        let (stream, actor) = (self.journal.stream(), self.journal.actor());
        let end = StreamEnd { stream, actor, head: self.journal.head() };
        self.progress.take(&opened, &end, event)
    }
}

impl Journaled for CandidateSession {
    type Error = SessionError;
    type Checkpoint = SeatCheckpoint;

    fn journal(&self) -> &Journal {
        &self.journal
    }

    fn journal_mut(&mut self) -> &mut Journal {
        &mut self.journal
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        let sealed = self.journal.read(bytes)?;
        self.take(&sealed)?;
        self.journal.restore(sealed);
        Ok(())
    }

    fn checkpoint(&self) -> SeatCheckpoint {
        let head = self.journal.head();
        SeatCheckpoint {
            sitting: self.seat.sitting.clone(),
            stream: self.journal.stream().clone(),
            events: head.next_seq,
            last: head.last,
        }
    }
}
