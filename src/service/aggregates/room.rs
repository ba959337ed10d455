//! A room in a session: its time, its pauses, what was noted, and its end. The key is
//! `<batch>.<session>.<room>`.
//!
//! Its events are dated by the room's time (`kaoping_engine::session::room_time`), which begins
//! with the opening; before it by the wall clock.

use super::reason::reason;
use super::room_refusal::RoomRefusal;
use crate::refusal::Refusal;
use crate::work::{Aggregate, begin_empty};
use kaoping_engine::session::room_time::{Anchor, ClockReading, RoomTime};
use kaoping_record::id::{AccountId, BatchId, RoomId};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

pub use super::room_event::{EndCounts, Happening, JournalEntry, RoomEnding, RoomEvent};

/// A room in a session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RoomState {
    /// How far the session in this room has come.
    pub stage: RoomStage,
    /// The room's time, once its papers are open.
    pub time: Option<RoomTime>,
    /// What happened, in order.
    pub journal: Vec<JournalEntry>,
    /// The first of the two confirmations that the session has ended.
    pub ending: Option<RoomEnding>,
}

/// How far a session in a room has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoomStage {
    /// The papers are not open yet.
    #[default]
    Waiting,
    /// The papers are open and time runs.
    Open {
        /// When they were opened.
        since: Time,
        /// Length of the pauses that have ended, in milliseconds.
        paused_ms: i64,
    },
    /// The papers are open and time stands still.
    Paused {
        /// When they were opened.
        since: Time,
        /// Length of the pauses that have ended, in milliseconds.
        paused_ms: i64,
        /// When this pause began.
        paused_at: Time,
    },
    /// Two invigilators have ended the session: nothing of this room changes any more.
    Closed {
        /// When the papers were opened.
        since: Time,
    },
}

/// The key of a room in a session.
#[must_use]
pub fn room_key(batch: &BatchId, session: u32, room: &RoomId) -> String {
    format!("{batch}.{session}.{room}")
}

impl RoomState {
    /// Whether two invigilators have ended the session.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.stage, RoomStage::Closed { .. })
    }

    /// Refuses what would change a room whose session has ended.
    ///
    /// # Errors
    /// [`RoomRefusal::Closed`].
    pub fn not_closed(&self) -> Result<(), RoomRefusal> {
        if self.is_closed() { Err(RoomRefusal::Closed) } else { Ok(()) }
    }

    /// Opens the papers.
    ///
    /// # Errors
    /// [`RoomRefusal::AlreadyOpen`], [`RoomRefusal::Closed`].
    pub fn open(&self, reading: &ClockReading) -> Result<RoomEvent, RoomRefusal> {
        self.not_closed()?;
        match self.stage {
            RoomStage::Waiting => Ok(RoomEvent::Opened { anchor: RoomTime::first_anchor(reading) }),
            _ => Err(RoomRefusal::AlreadyOpen),
        }
    }

    /// Stops the time of everybody in the room.
    ///
    /// # Errors
    /// [`RoomRefusal::NotRunning`] before the papers are open or while the room is paused,
    /// [`RoomRefusal::Closed`], [`RoomRefusal::GapUndecided`]; `reason` without one.
    pub fn pause(&self, why: &str) -> Result<RoomEvent, Refusal> {
        self.not_closed()?;
        self.gap_decided()?;
        match self.stage {
            RoomStage::Open { .. } => Ok(RoomEvent::Paused { reason: reason(why)? }),
            _ => Err(RoomRefusal::NotRunning.into()),
        }
    }

    /// Lets time run again.
    ///
    /// # Errors
    /// [`RoomRefusal::NotPaused`], [`RoomRefusal::Closed`]; `reason` without one.
    pub fn resume(&self, why: &str) -> Result<RoomEvent, Refusal> {
        self.not_closed()?;
        match self.stage {
            RoomStage::Paused { .. } => Ok(RoomEvent::Resumed { reason: reason(why)? }),
            _ => Err(RoomRefusal::NotPaused.into()),
        }
    }

    /// Notes something that happened.
    ///
    /// # Errors
    /// [`RoomRefusal::Closed`]; `reason` when the text is empty or too long.
    pub fn note(&self, text: &str) -> Result<RoomEvent, Refusal> {
        self.not_closed()?;
        Ok(RoomEvent::Incident { text: reason(text)? })
    }

    /// Confirms that the session has ended. The second of two invigilators who confirm the same
    /// counts ends it; when the counts changed in between, both confirm again.
    ///
    /// # Errors
    /// [`RoomRefusal::NotOpened`], [`RoomRefusal::Closed`], [`RoomRefusal::GapUndecided`],
    /// [`RoomRefusal::AtWork`], [`RoomRefusal::CountsChanged`] when `shown` is not what is there,
    /// [`RoomRefusal::SecondNeeded`] for the first of the two once more.
    pub fn confirm_end(&self, by: &AccountId, shown: EndCounts, counts: EndCounts) -> Result<RoomEvent, RoomRefusal> {
        self.not_closed()?;
        self.gap_decided()?;
        if self.stage == RoomStage::Waiting {
            return Err(RoomRefusal::NotOpened);
        }
        if counts.at_work > 0 {
            return Err(RoomRefusal::AtWork);
        }
        if shown != counts {
            return Err(RoomRefusal::CountsChanged);
        }
        match self.ending.as_ref().filter(|ending| ending.counts == counts) {
            Some(first) if first.by == *by => Err(RoomRefusal::SecondNeeded),
            Some(_) => Ok(RoomEvent::Closed { by: by.clone(), counts }),
            None => Ok(RoomEvent::EndConfirmed { by: by.clone(), counts }),
        }
    }

    /// Why time stands still, while it does.
    #[must_use]
    pub fn pause_reason(&self) -> Option<&str> {
        let RoomStage::Paused { .. } = self.stage else { return None };
        self.journal.iter().rev().find_map(|entry| match &entry.what {
            Happening::Paused { reason } => Some(reason.as_str()),
            _ => None,
        })
    }

    /// When the papers were opened.
    #[must_use]
    pub fn opened_at(&self) -> Option<Time> {
        match self.stage {
            RoomStage::Waiting => None,
            RoomStage::Open { since, .. } | RoomStage::Paused { since, .. } | RoomStage::Closed { since } => {
                Some(since)
            }
        }
    }
}

impl Aggregate for RoomState {
    const FAMILY: &'static str = "room";
    const COLLECTION: Collection = Collection::Room;
    type Event = RoomEvent;

    fn begin(event: Self::Event, at: Time, actor: &str) -> Option<Self> {
        begin_empty(event, at, actor)
    }

    fn apply(&mut self, event: Self::Event, at: Time, actor: &str) {
        self.stage = match (self.stage, &event) {
            (RoomStage::Waiting, RoomEvent::Opened { anchor }) => {
                RoomStage::Open { since: anchor.room_ms, paused_ms: 0 }
            }
            (RoomStage::Open { since, paused_ms }, RoomEvent::Paused { .. }) => {
                RoomStage::Paused { since, paused_ms, paused_at: at }
            }
            (RoomStage::Paused { since, paused_ms, paused_at }, RoomEvent::Resumed { .. }) => {
                RoomStage::Open { since, paused_ms: paused_ms + at.millis_since(paused_at).max(0) }
            }
            (RoomStage::Open { since, .. } | RoomStage::Paused { since, .. }, RoomEvent::Closed { .. }) => {
                RoomStage::Closed { since }
            }
            (stage, _) => stage,
        };
        let happening = self.happen(event);
        self.journal.extend(happening.map(|what| JournalEntry { at_ms: at, actor: actor.to_owned(), what }));
    }
}

impl RoomState {
    /// Moves the room's time and its ending; answers what the journal tells.
    fn happen(&mut self, event: RoomEvent) -> Option<Happening> {
        Some(match event {
            RoomEvent::Opened { anchor } => {
                if self.time.is_some() {
                    return None;
                }
                self.time = Some(RoomTime::begin(anchor));
                Happening::Opened {}
            }
            RoomEvent::Anchored { anchor } => {
                self.take(anchor);
                return None;
            }
            RoomEvent::ClockStepped { step_ms, anchor } => {
                self.take(anchor);
                Happening::ClockStepped { step_ms }
            }
            RoomEvent::Interrupted { gap, asks, anchor } => {
                if let Some(time) = &mut self.time {
                    time.take_after(anchor, gap, asks);
                }
                Happening::Interrupted { length_ms: gap.length_ms }
            }
            RoomEvent::GapDecided { counts, gap, reason } => {
                if let Some(time) = &mut self.time {
                    time.decide(counts);
                }
                Happening::GapDecided { counts, length_ms: gap.length_ms, reason }
            }
            RoomEvent::Paused { reason } => Happening::Paused { reason },
            RoomEvent::Resumed { reason } => Happening::Resumed { reason },
            RoomEvent::Incident { text } => Happening::Incident { text },
            RoomEvent::Reopened { seat, reason } => Happening::Reopened { seat, reason },
            RoomEvent::EndConfirmed { by, counts } => {
                self.ending = Some(RoomEnding { by, counts });
                return None;
            }
            RoomEvent::Closed { .. } => Happening::Closed {},
        })
    }

    fn take(&mut self, anchor: Anchor) {
        if let Some(time) = &mut self.time {
            time.take(anchor);
        }
    }
}

#[cfg(test)]
#[path = "room_tests.rs"]
mod tests;
