//! A room in a session: its time, its pauses, what was noted, and its end. The key is `<batch>.<session>.<room>`.
//!
//! Its events are dated by the room's time (`kaoping_engine::session::room_time`), which begins with the opening; before
//! it by the wall clock.

use super::reason::reason;
use super::room_refusal::RoomRefusal;
use crate::refusal::Refusal;
use crate::work::{Aggregate, begin_empty};
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::room_time::{Anchor, ClockReading, Gap, RoomNow, RoomTime};
use kaoping_record::id::{AccountId, BatchId, RoomId};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// Something that happened in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// By the room's time.
    pub at_ms: Time,
    /// Who did or noted it.
    pub actor: String,
    pub what: Happening,
}

/// What happened, as the room's journal tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "happening", rename_all = "snake_case")]
pub enum Happening {
    /// The papers were opened.
    Opened {},
    Paused {
        reason: String,
    },
    /// Time ran again.
    Resumed {
        reason: String,
    },
    /// Something was noted.
    Incident {
        text: String,
    },
    /// The machine's wall clock was moved; the room's time went on as it was.
    ClockStepped {
        /// By how much, in milliseconds; forward if positive.
        step_ms: i64,
    },
    /// The machine was started again, or another one took over.
    Interrupted {
        /// For how long, by the wall clock.
        length_ms: i64,
    },
    /// An invigilator decided whether an interruption counts.
    GapDecided {
        counts: bool,
        length_ms: i64,
        reason: String,
    },
    /// The end of a sitting was undone, and its paper given back.
    Reopened {
        /// Number of the seat.
        seat: u32,
        reason: String,
    },
    /// Two invigilators ended the session.
    Closed {},
}

/// How the sittings of a room ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EndCounts {
    /// By the candidate.
    pub handed_in: u32,
    pub by_time: u32,
    pub by_invigilator: u32,
    /// Marked absent by an invigilator.
    pub absent: u32,
    /// Nobody came, and nobody marked it; ending the session marks these absent.
    pub never_came: u32,
    /// Still at work: the session cannot end.
    pub at_work: u32,
}

/// The first confirmation that the session has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomEnding {
    /// The invigilator.
    pub by: AccountId,
    /// What the invigilator confirmed.
    pub counts: EndCounts,
}

/// What happens in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum RoomEvent {
    /// The papers were opened.
    Opened {
        anchor: Anchor,
    },
    /// What the clocks read while the papers are open.
    Anchored {
        anchor: Anchor,
    },
    /// The wall clock was moved since the last anchor.
    ClockStepped {
        step_ms: i64,
        anchor: Anchor,
    },
    /// The machine was started since the last anchor, or it is another one.
    Interrupted {
        gap: Gap,
        /// Whether somebody's time ran, so that an invigilator must decide whether the gap counts.
        asks: bool,
        anchor: Anchor,
    },
    /// An invigilator decided whether the gap counts.
    GapDecided {
        counts: bool,
        gap: Gap,
        reason: String,
    },
    Paused {
        reason: String,
    },
    /// Time runs again.
    Resumed {
        reason: String,
    },
    /// Something was noted.
    Incident {
        text: String,
    },
    /// The paper of a seat was given back.
    Reopened {
        seat: u32,
        reason: String,
    },
    /// One invigilator confirmed that the session has ended.
    EndConfirmed {
        by: AccountId,
        counts: EndCounts,
    },
    /// The second one did.
    Closed {
        by: AccountId,
        counts: EndCounts,
    },
}

/// The key of a room in a session.
#[must_use]
pub fn room_key(batch: &BatchId, session: u32, room: &RoomId) -> String {
    format!("{batch}.{session}.{room}")
}

impl RoomState {
    /// The room's time when the clocks read this; the wall clock before the papers are open.
    #[must_use]
    pub fn now(&self, reading: &ClockReading) -> RoomNow {
        let wall = RoomNow { at: reading.wall_ms, confirmed: true, ahead_ms: 0 };
        self.time.as_ref().map_or(wall, |time| time.now(reading))
    }

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
    /// [`RoomRefusal::NotRunning`] before the papers are open or while the room is paused, [`RoomRefusal::Closed`],
    /// [`RoomRefusal::GapUndecided`]; `reason` without one.
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

    /// What the clocks say since the last anchor: that they went on, that the wall clock was moved, or that the machine
    /// was started. `at_work` tells whether somebody's paper is open. `None` while the room has no time of its own.
    #[must_use]
    pub fn anchor(&self, reading: &ClockReading, at_work: bool) -> Option<RoomEvent> {
        let time = self.time.as_ref().filter(|_| !self.is_closed())?;
        let anchor = time.next_anchor(reading);
        if !time.anchor().is_of_boot(reading) {
            let gap = Gap::between(time.anchor(), reading);
            let asks = at_work && matches!(self.stage, RoomStage::Open { .. });
            return Some(RoomEvent::Interrupted { gap, asks, anchor });
        }
        Some(match time.step(reading) {
            Some(step_ms) => RoomEvent::ClockStepped { step_ms, anchor },
            None => RoomEvent::Anchored { anchor },
        })
    }

    /// Decides whether the time in which the machine was off counts. `length_ms` is what the invigilator was shown.
    ///
    /// # Errors
    /// [`RoomRefusal::NoGap`] when none waits, or another one; `reason` without one.
    pub fn decide_gap(&self, counts: bool, length_ms: i64, why: &str) -> Result<RoomEvent, Refusal> {
        self.not_closed()?;
        let why = reason(why)?;
        let gap = self.gap().filter(|gap| gap.length_ms == length_ms).ok_or(RoomRefusal::NoGap)?;
        Ok(RoomEvent::GapDecided { counts, gap, reason: why })
    }

    /// The gap that waits for a decision.
    #[must_use]
    pub fn gap(&self) -> Option<Gap> {
        self.time.as_ref().and_then(RoomTime::gap)
    }

    fn gap_decided(&self) -> Result<(), RoomRefusal> {
        if self.gap().is_some() { Err(RoomRefusal::GapUndecided) } else { Ok(()) }
    }

    /// Confirms that the session has ended. The second of two invigilators who confirm the same counts ends it; when the
    /// counts changed in between, both confirm again.
    ///
    /// # Errors
    /// [`RoomRefusal::NotOpened`], [`RoomRefusal::Closed`], [`RoomRefusal::GapUndecided`], [`RoomRefusal::AtWork`],
    /// [`RoomRefusal::CountsChanged`] when `shown` is not what is there, [`RoomRefusal::SecondNeeded`] for the first of
    /// the two once more.
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

    /// How much time a paper of this many minutes and this much added time must be given in addition, so that `left_ms`
    /// are left; `None` while papers are not open.
    #[must_use]
    pub fn lacking(&self, minutes: u32, added_ms: i64, now: RoomNow, left_ms: i64) -> Option<i64> {
        let (since, paused_ms, at) = match self.stage {
            RoomStage::Waiting | RoomStage::Closed { .. } => return None,
            RoomStage::Open { since, paused_ms } => (since, paused_ms, now.at),
            RoomStage::Paused { since, paused_ms, paused_at } => (since, paused_ms, paused_at),
        };
        let end = since.plus_millis(i64::from(minutes) * 60_000 + added_ms + paused_ms);
        Some(at.plus_millis(left_ms).millis_since(end))
    }

    /// When a paper of this many minutes and this much added time ends.
    #[must_use]
    pub fn deadline(&self, minutes: u32, added_ms: i64, now: RoomNow) -> Deadline {
        let end = |since: Time, paused_ms: i64| since.plus_millis(i64::from(minutes) * 60_000 + added_ms + paused_ms);
        match self.stage {
            RoomStage::Waiting | RoomStage::Closed { .. } => Deadline::NotOpen {},
            RoomStage::Open { since, paused_ms } if now.confirmed => {
                Deadline::Running { ends_at_ms: end(since, paused_ms) }
            }
            RoomStage::Open { since, paused_ms } => {
                Deadline::Unconfirmed { left_ms: end(since, paused_ms).millis_since(now.at).max(0) }
            }
            RoomStage::Paused { since, paused_ms, paused_at } => {
                Deadline::Paused { left_ms: end(since, paused_ms).millis_since(paused_at).max(0) }
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
