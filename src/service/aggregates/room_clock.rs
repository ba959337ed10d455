//! The time of a room: what it is, what anchors it, gaps that wait for a decision, and when a paper
//! ends.

use super::reason::reason;
use super::room::{RoomStage, RoomState};
use super::room_event::RoomEvent;
use super::room_refusal::RoomRefusal;
use crate::refusal::Refusal;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::room_time::{ClockReading, Gap, RoomNow, RoomTime};
use kaoping_record::time::Time;

impl RoomState {
    /// The room's time when the clocks read this; the wall clock before the papers are open.
    #[must_use]
    pub fn now(&self, reading: &ClockReading) -> RoomNow {
        let wall = RoomNow { at: reading.wall_ms, confirmed: true, ahead_ms: 0 };
        self.time.as_ref().map_or(wall, |time| time.now(reading))
    }

    /// What the clocks say since the last anchor: that they went on, that the wall clock was moved,
    /// or that the machine was started. `at_work` tells whether somebody's paper is open. `None`
    /// while the room has no time of its own.
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

    /// Decides whether the time in which the machine was off counts. `length_ms` is what the
    /// invigilator was shown.
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

    pub(super) fn gap_decided(&self) -> Result<(), RoomRefusal> {
        if self.gap().is_some() { Err(RoomRefusal::GapUndecided) } else { Ok(()) }
    }

    /// How much time a paper of this many minutes and this much added time must be given in
    /// addition, so that `left_ms` are left; `None` while papers are not open.
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
