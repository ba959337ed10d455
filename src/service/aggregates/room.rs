//! A room in a session: when it opened, its pauses and incidents. The key is `<batch>.<session>.<room>`.

use super::reason::reason;
use crate::refusal::Refusal;
use crate::work::{Aggregate, begin_empty};
use kaoping_engine::session::clock::Deadline;
use kaoping_record::id::{BatchId, RoomId};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// A room in a session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RoomState {
    /// How far the session in this room has come.
    pub stage: RoomStage,
    /// What was noted, in order.
    pub incidents: Vec<Incident>,
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
}

/// Something that was noted in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    pub at_ms: Time,
    /// Who noted it.
    pub actor: String,
    pub text: String,
}

/// What happens in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum RoomEvent {
    /// The papers were opened.
    Opened {},
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
}

/// Why something cannot happen in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomRefusal {
    /// The papers are open already.
    AlreadyOpen,
    /// Only an open room that is not paused can be paused.
    NotRunning,
    /// Only a paused room can go on.
    NotPaused,
}

impl From<RoomRefusal> for Refusal {
    fn from(refusal: RoomRefusal) -> Self {
        match refusal {
            RoomRefusal::AlreadyOpen => Self::conflict(
                "already_open",
                "room",
                ("本场已经开考。", "the papers are open already"),
                ("刷新页面查看进度。", "reload the page"),
            ),
            RoomRefusal::NotRunning | RoomRefusal::NotPaused => Self::conflict(
                "not_now",
                "room",
                ("现在不能做这一步。", "this cannot be done now"),
                ("刷新页面查看考场状态。", "reload the page to see the room's state"),
            ),
        }
    }
}

/// The key of a room in a session.
#[must_use]
pub fn room_key(batch: &BatchId, session: u32, room: &RoomId) -> String {
    format!("{batch}.{session}.{room}")
}

impl RoomState {
    /// Opens the papers.
    ///
    /// # Errors
    /// [`RoomRefusal::AlreadyOpen`].
    pub fn open(&self) -> Result<RoomEvent, RoomRefusal> {
        match self.stage {
            RoomStage::Waiting => Ok(RoomEvent::Opened {}),
            RoomStage::Open { .. } | RoomStage::Paused { .. } => Err(RoomRefusal::AlreadyOpen),
        }
    }

    /// Stops the time of everybody in the room.
    ///
    /// # Errors
    /// [`RoomRefusal::NotRunning`] before the papers are open or while the room is paused; `reason` without one.
    pub fn pause(&self, why: &str) -> Result<RoomEvent, Refusal> {
        match self.stage {
            RoomStage::Open { .. } => Ok(RoomEvent::Paused { reason: reason(why)? }),
            RoomStage::Waiting | RoomStage::Paused { .. } => Err(RoomRefusal::NotRunning.into()),
        }
    }

    /// Lets time run again.
    ///
    /// # Errors
    /// [`RoomRefusal::NotPaused`]; `reason` without one.
    pub fn resume(&self, why: &str) -> Result<RoomEvent, Refusal> {
        match self.stage {
            RoomStage::Paused { .. } => Ok(RoomEvent::Resumed { reason: reason(why)? }),
            RoomStage::Waiting | RoomStage::Open { .. } => Err(RoomRefusal::NotPaused.into()),
        }
    }

    /// Notes something that happened, at any time.
    ///
    /// # Errors
    /// `reason` when the text is empty or too long.
    pub fn note(&self, text: &str) -> Result<RoomEvent, Refusal> {
        Ok(RoomEvent::Incident { text: reason(text)? })
    }

    /// When the papers were opened.
    #[must_use]
    pub fn opened_at(&self) -> Option<Time> {
        match self.stage {
            RoomStage::Waiting => None,
            RoomStage::Open { since, .. } | RoomStage::Paused { since, .. } => Some(since),
        }
    }

    /// When a paper of this many minutes and this much extra time ends.
    #[must_use]
    pub fn deadline(&self, minutes: u32, extra_ms: i64) -> Deadline {
        let end = |since: Time, paused_ms: i64| since.plus_millis(i64::from(minutes) * 60_000 + extra_ms + paused_ms);
        match self.stage {
            RoomStage::Waiting => Deadline::NotOpen {},
            RoomStage::Open { since, paused_ms } => Deadline::Running { ends_at_ms: end(since, paused_ms) },
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
            (RoomStage::Waiting, RoomEvent::Opened {}) => RoomStage::Open { since: at, paused_ms: 0 },
            (RoomStage::Open { since, paused_ms }, RoomEvent::Paused { .. }) => {
                RoomStage::Paused { since, paused_ms, paused_at: at }
            }
            (RoomStage::Paused { since, paused_ms, paused_at }, RoomEvent::Resumed { .. }) => {
                RoomStage::Open { since, paused_ms: paused_ms + at.millis_since(paused_at).max(0) }
            }
            (stage, _) => stage,
        };
        if let RoomEvent::Paused { reason: text } | RoomEvent::Resumed { reason: text } | RoomEvent::Incident { text } =
            event
        {
            self.incidents.push(Incident { at_ms: at, actor: actor.to_owned(), text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Time {
        Time::from_millis(minutes * 60_000)
    }

    #[test]
    fn pauses_and_extra_time_move_the_end_once() {
        let mut room = RoomState::default();
        assert_eq!(room.deadline(90, 0), Deadline::NotOpen {});
        room.apply(RoomEvent::Opened {}, at(0), "a");
        room.apply(RoomEvent::Opened {}, at(50), "a");
        assert_eq!(room.deadline(90, 0), Deadline::Running { ends_at_ms: at(90) });
        room.apply(RoomEvent::Paused { reason: "停电".into() }, at(60), "a");
        assert_eq!(room.deadline(90, 0), Deadline::Paused { left_ms: 30 * 60_000 });
        room.apply(RoomEvent::Resumed { reason: "来电".into() }, at(80), "a");
        room.apply(RoomEvent::Resumed { reason: "来电".into() }, at(85), "a");
        assert_eq!(room.deadline(90, 10 * 60_000), Deadline::Running { ends_at_ms: at(120) });
    }

    // Catches a pause before the opening, a second pause, and a resumption of a room that runs.
    #[test]
    fn each_step_is_decided_from_the_stage() {
        let mut room = RoomState::default();
        let code = |refused: Result<RoomEvent, Refusal>| refused.map_err(|refusal| refusal.code().to_owned());
        assert_eq!(code(room.pause("停电")), Err("not_now".to_owned()));
        assert_eq!(room.open(), Ok(RoomEvent::Opened {}));
        room.apply(RoomEvent::Opened {}, at(0), "a");
        assert_eq!(room.open(), Err(RoomRefusal::AlreadyOpen));
        assert_eq!(code(room.resume("来电")), Err("not_now".to_owned()));
        assert_eq!(code(room.pause("  ")), Err("reason".to_owned()));
        assert_eq!(code(room.pause(" 停电 ")), Ok(RoomEvent::Paused { reason: "停电".into() }));
        room.apply(RoomEvent::Paused { reason: "停电".into() }, at(1), "a");
        assert_eq!(code(room.pause("停电")), Err("not_now".to_owned()));
        assert_eq!(room.open(), Err(RoomRefusal::AlreadyOpen));
        assert_eq!(code(room.note("有人咳嗽")), Ok(RoomEvent::Incident { text: "有人咳嗽".into() }));
        assert_eq!(room.incidents.len(), 1);
    }
}
