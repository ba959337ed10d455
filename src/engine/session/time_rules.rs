//! The rules of time in the theory room: how much grace events have, and when a paper is collected.

use crate::session::clock::Deadline;
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

/// Why events of a seat are not accepted at this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UntimelyEvents {
    /// The paper is not open, the room is paused, or the time and its grace are over.
    #[error("the paper is not open")]
    NotOpen,
    /// An event claims to have happened in the room's future.
    #[error("an event lies ahead of the room's time")]
    Ahead,
}

impl Deadline {
    /// Whether events that reached the room at `now`, the latest of which happened at `latest` by the PC's account, are
    /// accepted. `hands_in` tells whether the last one hands the paper in.
    ///
    /// # Errors
    /// [`UntimelyEvents`].
    pub fn admits(&self, now: Time, latest: Time, hands_in: bool) -> Result<(), UntimelyEvents> {
        let Self::Running { ends_at_ms } = self else { return Err(UntimelyEvents::NotOpen) };
        if latest > now.plus_millis(AHEAD_MS) {
            return Err(UntimelyEvents::Ahead);
        }
        let grace = if hands_in { HAND_IN_GRACE_MS } else { ANSWER_GRACE_MS };
        if now > ends_at_ms.plus_millis(grace) { Err(UntimelyEvents::NotOpen) } else { Ok(()) }
    }

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

    // Catches a grace that is exclusive, or that answers share with the hand-in.
    #[test]
    fn answers_have_15_seconds_and_the_hand_in_60() {
        let end = Deadline::Running { ends_at_ms: at(100_000) };
        assert_eq!(end.admits(at(115_000), at(100_000), false), Ok(()));
        assert_eq!(end.admits(at(115_001), at(100_000), false), Err(UntimelyEvents::NotOpen));
        assert_eq!(end.admits(at(160_000), at(100_000), true), Ok(()));
        assert_eq!(end.admits(at(160_001), at(100_000), true), Err(UntimelyEvents::NotOpen));
    }

    // Catches events from the future, and events while time does not run.
    #[test]
    fn events_ahead_of_the_room_or_while_it_does_not_run_are_refused() {
        let end = Deadline::Running { ends_at_ms: at(100_000) };
        assert_eq!(end.admits(at(10_000), at(15_000), false), Ok(()));
        assert_eq!(end.admits(at(10_000), at(15_001), false), Err(UntimelyEvents::Ahead));
        assert_eq!(Deadline::NotOpen {}.admits(at(0), at(0), false), Err(UntimelyEvents::NotOpen));
        assert_eq!(Deadline::Paused { left_ms: 5 }.admits(at(0), at(0), true), Err(UntimelyEvents::NotOpen));
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
