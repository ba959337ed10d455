//! How much time is left, in calm words.

use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// Minutes before the end at which the candidate is warned in words.
const WARNINGS: [i64; 3] = [15, 5, 1];

/// The end of the paper as stated by the room. The room server's time counts, never a PC's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "state", rename_all = "snake_case")]
#[serde(deny_unknown_fields)]
pub enum Deadline {
    /// The paper is not open yet.
    NotOpen {},
    /// It ends at this time, extra time included.
    Running {
        /// The end.
        ends_at_ms: Time,
    },
    /// The room is paused; this much time is left when it continues.
    Paused {
        /// Milliseconds left.
        left_ms: i64,
    },
    /// The paper is open and answers are taken, but how much time has passed waits for an
    /// invigilator's decision (`room_time.rs`). Nothing ends meanwhile.
    Unconfirmed {
        /// Milliseconds left if the time in question does not count.
        left_ms: i64,
    },
}

/// The message to the candidate about the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// Nothing to say.
    Plenty {},
    /// At most this many minutes are left: 15, 5 or 1.
    Minutes {
        /// The minutes.
        #[cfg_attr(feature = "typescript", ts(type = "15 | 5 | 1"))]
        minutes: i64,
    },
    /// Time is over.
    Over {},
}

impl Deadline {
    /// Milliseconds left, never negative; `None` before the paper opens.
    #[must_use]
    pub fn left_ms(&self, now: Time) -> Option<i64> {
        match self {
            Self::NotOpen {} => None,
            Self::Running { ends_at_ms } => Some(ends_at_ms.millis_since(now).max(0)),
            Self::Paused { left_ms } | Self::Unconfirmed { left_ms } => Some(*left_ms),
        }
    }

    /// Whether answers are taken: the paper is open and the room is not paused. The time may be
    /// over.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Running { .. } | Self::Unconfirmed { .. })
    }

    /// Whether time is over. It never is while it waits for a decision.
    #[must_use]
    pub fn is_over(&self, now: Time) -> bool {
        matches!(self, Self::Running { ends_at_ms } if *ends_at_ms <= now)
    }

    /// The message for the candidate.
    #[must_use]
    pub fn notice(&self, now: Time) -> Notice {
        match self.left_ms(now).filter(|_| !matches!(self, Self::Unconfirmed { .. })) {
            None => Notice::Plenty {},
            Some(0) => Notice::Over {},
            Some(left) => WARNINGS
                .into_iter()
                .rev()
                .find(|minutes| left <= minutes * 60_000)
                .map_or(Notice::Plenty {}, |minutes| Notice::Minutes { minutes }),
        }
    }

    /// When the notice changes next; `None` when it will not by itself.
    #[must_use]
    pub fn next_change(&self, now: Time) -> Option<Time> {
        let Self::Running { ends_at_ms } = self else { return None };
        let changes = WARNINGS.into_iter().map(|minutes| ends_at_ms.plus_millis(-minutes * 60_000));
        changes.chain([*ends_at_ms]).find(|change| *change > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: i64 = 100 * 60_000;

    fn at(minutes: i64, seconds: i64) -> Time {
        Time::from_millis(minutes * 60_000 + seconds * 1000)
    }

    #[test]
    fn warns_at_15_5_and_1_minutes() {
        let deadline = Deadline::Running { ends_at_ms: Time::from_millis(END) };
        assert_eq!(deadline.notice(at(84, 59)), Notice::Plenty {});
        assert_eq!(deadline.notice(at(85, 0)), Notice::Minutes { minutes: 15 });
        assert_eq!(deadline.notice(at(95, 0)), Notice::Minutes { minutes: 5 });
        assert_eq!(deadline.notice(at(99, 30)), Notice::Minutes { minutes: 1 });
        assert_eq!(deadline.notice(at(100, 0)), Notice::Over {});
        assert_eq!(deadline.notice(at(200, 0)), Notice::Over {});
    }

    #[test]
    fn wakes_for_each_change_and_then_no_more() {
        let deadline = Deadline::Running { ends_at_ms: Time::from_millis(END) };
        let mut now = at(0, 0);
        let mut wakes = Vec::new();
        while let Some(next) = deadline.next_change(now) {
            wakes.push(next.millis() / 60_000);
            now = next;
        }
        assert_eq!(wakes, [85, 95, 99, 100]);
    }

    // Catches a paper that ends, or a warning, while the time waits for a decision.
    #[test]
    fn nothing_ends_while_the_time_is_unconfirmed() {
        let unconfirmed = Deadline::Unconfirmed { left_ms: 0 };
        assert!(unconfirmed.is_open() && !unconfirmed.is_over(at(500, 0)));
        assert_eq!((unconfirmed.notice(at(500, 0)), unconfirmed.next_change(at(0, 0))), (Notice::Plenty {}, None));
        let running = Deadline::Running { ends_at_ms: Time::from_millis(END) };
        assert!(running.is_over(at(100, 0)) && !running.is_over(at(99, 59)));
        assert!(!Deadline::Paused { left_ms: 5 }.is_open());
    }

    #[test]
    fn a_paused_room_loses_no_time() {
        let paused = Deadline::Paused { left_ms: 61_000 };
        assert_eq!(paused.left_ms(at(500, 0)), Some(61_000));
        assert_eq!(paused.notice(at(500, 0)), Notice::Minutes { minutes: 5 });
        assert_eq!(paused.next_change(at(0, 0)), None);
    }
}
