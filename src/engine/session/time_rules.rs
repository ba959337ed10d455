//! The rules of time in the theory room: how much grace events have, and when a paper is collected.

use crate::session::clock::Deadline;
use crate::session::room_time::RoomNow;
use kaoping_record::time::Time;

/// Answers that left the PC in time may come in this much later, in milliseconds.
pub const ANSWER_GRACE_MS: i64 = 15_000;
/// A hand-in may come in this much after the end, in milliseconds.
pub const HAND_IN_GRACE_MS: i64 = 4 * ANSWER_GRACE_MS;
/// How far a PC's account of the time may run ahead of the room's, in milliseconds.
pub const AHEAD_MS: i64 = 5_000;
/// A paper that was not handed in is collected this much after the end, in milliseconds.
pub const COLLECTED_AFTER_MS: i64 = 60_000;
/// A receipt promises that the sitting is in the log within this time, in milliseconds: seven days.
pub const LOGGED_WITHIN_MS: i64 = 7 * 24 * 3_600_000;

/// Why an event of a seat is not accepted at this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UntimelyEvent {
    /// The paper is not open, the room is paused, or the time and the grace of such an event are over.
    #[error("the paper is not open")]
    NotOpen,
    /// It claims to have happened in the room's future; it can be sent again later.
    #[error("an event lies ahead of the room's time")]
    Ahead,
    /// It claims to have happened before the papers were opened, or an answer after they ended.
    #[error("an event is dated outside the paper's time")]
    Outside,
}

/// When an event of a seat came in, and what the room knew then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The room's time when it came in.
    pub now: RoomNow,
    /// When the papers were opened; `None` before that.
    pub opened_at: Option<Time>,
    /// When the paper ends.
    pub deadline: Deadline,
}

impl Arrival {
    /// Whether an event is accepted that happened at `at` by the PC's account. Each event of a request is asked for by
    /// itself: the longer grace is the hand-in's alone, and answers that come in with it do not share it.
    ///
    /// # Errors
    /// [`UntimelyEvent`].
    pub fn admits(&self, at: Time, hands_in: bool) -> Result<(), UntimelyEvent> {
        let opened_at = self.opened_at.filter(|_| self.deadline.is_open()).ok_or(UntimelyEvent::NotOpen)?;
        let RoomNow { at: now, ahead_ms, .. } = self.now;
        if let Deadline::Running { ends_at_ms } = self.deadline {
            let grace = if hands_in { HAND_IN_GRACE_MS } else { ANSWER_GRACE_MS };
            if now > ends_at_ms.plus_millis(grace) {
                return Err(UntimelyEvent::NotOpen);
            }
            if at > ends_at_ms && !hands_in {
                return Err(UntimelyEvent::Outside);
            }
        }
        if at < opened_at {
            return Err(UntimelyEvent::Outside);
        }
        // A PC that went on while the room's machine was off is honestly ahead by that.
        if at > now.plus_millis(AHEAD_MS).plus_millis(ahead_ms) { Err(UntimelyEvent::Ahead) } else { Ok(()) }
    }
}

impl Deadline {
    /// Whether a paper that was not handed in is collected now.
    #[must_use]
    pub fn is_collectable(&self, now: Time) -> bool {
        matches!(self, Self::Running { ends_at_ms } if now > ends_at_ms.plus_millis(COLLECTED_AFTER_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Time {
        Time::from_millis(ms)
    }

    fn room(now: i64) -> RoomNow {
        RoomNow { at: at(now), confirmed: true, ahead_ms: 0 }
    }

    fn arrival(now: i64) -> Arrival {
        Arrival { now: room(now), opened_at: Some(at(10_000)), deadline: Deadline::Running { ends_at_ms: at(100_000) } }
    }

    // Catches a grace that is exclusive, or that answers share with the hand-in.
    #[test]
    fn answers_have_15_seconds_and_the_hand_in_60() {
        assert_eq!(arrival(115_000).admits(at(100_000), false), Ok(()));
        assert_eq!(arrival(115_001).admits(at(100_000), false), Err(UntimelyEvent::NotOpen));
        assert_eq!(arrival(160_000).admits(at(100_000), true), Ok(()));
        assert_eq!(arrival(160_000).admits(at(160_000), true), Ok(()));
        assert_eq!(arrival(160_001).admits(at(100_000), true), Err(UntimelyEvent::NotOpen));
    }

    // Catches answers that are dated before the papers were opened or after they ended.
    #[test]
    fn events_outside_the_papers_time_are_refused() {
        assert_eq!(arrival(50_000).admits(at(10_000), false), Ok(()));
        for dated in [9_999, 0, -1, -9_007_199_254_740_991] {
            assert_eq!(arrival(50_000).admits(at(dated), false), Err(UntimelyEvent::Outside), "{dated}");
            assert_eq!(arrival(50_000).admits(at(dated), true), Err(UntimelyEvent::Outside), "{dated}");
        }
        assert_eq!(arrival(101_000).admits(at(100_001), false), Err(UntimelyEvent::Outside));
        assert_eq!(arrival(101_000).admits(at(100_001), true), Ok(()));
    }

    // Catches events from the future, and events while time does not run.
    #[test]
    fn events_ahead_of_the_room_or_while_it_does_not_run_are_refused() {
        assert_eq!(arrival(20_000).admits(at(25_000), false), Ok(()));
        assert_eq!(arrival(20_000).admits(at(25_001), false), Err(UntimelyEvent::Ahead));
        let closed = Arrival { now: room(0), opened_at: None, deadline: Deadline::NotOpen {} };
        assert_eq!(closed.admits(at(0), false), Err(UntimelyEvent::NotOpen));
        let paused = Arrival { deadline: Deadline::Paused { left_ms: 5 }, ..arrival(20_000) };
        assert_eq!(paused.admits(at(20_000), true), Err(UntimelyEvent::NotOpen));
    }

    // Catches answers that are refused while the time waits for a decision, or because a PC went on during an outage.
    #[test]
    fn a_pc_that_went_on_while_the_machine_was_off_is_not_ahead() {
        let now = RoomNow { at: at(99_000), confirmed: false, ahead_ms: 60_000 };
        let unconfirmed = Arrival { now, deadline: Deadline::Unconfirmed { left_ms: 0 }, ..arrival(0) };
        assert_eq!(unconfirmed.admits(at(164_000), false), Ok(()));
        assert_eq!(unconfirmed.admits(at(164_001), false), Err(UntimelyEvent::Ahead));
        assert_eq!(unconfirmed.admits(at(9_999), false), Err(UntimelyEvent::Outside));
        let left_out = Arrival { now: RoomNow { at: at(50_000), ..now }, ..arrival(0) };
        assert_eq!(left_out.admits(at(100_000), false), Ok(()));
        assert_eq!(left_out.admits(at(100_001), false), Err(UntimelyEvent::Outside));
    }

    // Catches a paper that is collected while a hand-in may still come in.
    #[test]
    fn a_paper_is_collected_a_minute_after_the_end() {
        let end = Deadline::Running { ends_at_ms: at(100_000) };
        assert!(!end.is_collectable(at(160_000)));
        assert!(end.is_collectable(at(160_001)));
        assert!(!Deadline::Paused { left_ms: 0 }.is_collectable(at(900_000)));
    }
}
