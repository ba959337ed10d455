//! A room in a session: when it opened, its pauses and incidents. The key is `<batch>.<session>.<room>`.

use crate::work::Aggregate;
use kaoping_engine::session::clock::Deadline;
use kaoping_record::id::{BatchId, RoomId};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// A room in a session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RoomState {
    /// When the paper was opened.
    pub opened_at_ms: Option<Time>,
    /// Since when it is paused.
    pub paused_since_ms: Option<Time>,
    /// Length of the ended pauses, in milliseconds.
    pub paused_ms: i64,
    /// What was noted.
    pub incidents: Vec<Incident>,
}

/// Something that was noted in a room.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Incident {
    /// When.
    pub at_ms: Time,
    /// Who noted it.
    pub actor: String,
    /// What.
    pub text: String,
}

/// What happens in a room.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum RoomEvent {
    /// The papers were opened.
    Opened {},
    /// The room was paused.
    Paused {
        /// Why.
        reason: String,
    },
    /// It goes on.
    Resumed {
        /// Why.
        reason: String,
    },
    /// Something was noted.
    Incident {
        /// What.
        text: String,
    },
}

/// The key of a room in a session.
#[must_use]
pub fn room_key(batch: &BatchId, session: u32, room: &RoomId) -> String {
    format!("{batch}.{session}.{room}")
}

impl RoomState {
    /// When a paper of this many minutes and this much extra time ends.
    #[must_use]
    pub fn deadline(&self, minutes: u32, extra_ms: i64) -> Deadline {
        let Some(opened) = self.opened_at_ms else { return Deadline::NotOpen {} };
        let end = opened.plus_millis(i64::from(minutes) * 60_000 + extra_ms + self.paused_ms);
        match self.paused_since_ms {
            Some(since) => Deadline::Paused { left_ms: end.millis_since(since).max(0) },
            None => Deadline::Running { ends_at_ms: end },
        }
    }
}

impl Aggregate for RoomState {
    const FAMILY: &'static str = "room";
    const COLLECTION: Collection = Collection::Room;
    type Event = RoomEvent;

    fn apply(&mut self, event: Self::Event, at: Time, actor: &str) {
        let mut note = |text: String| {
            self.incidents.push(Incident { at_ms: at, actor: actor.to_owned(), text });
        };
        match event {
            RoomEvent::Opened {} => self.opened_at_ms = self.opened_at_ms.or(Some(at)),
            RoomEvent::Paused { reason } => {
                note(reason);
                self.paused_since_ms = self.paused_since_ms.or(Some(at));
            }
            RoomEvent::Resumed { reason } => {
                note(reason);
                if let Some(since) = self.paused_since_ms.take() {
                    self.paused_ms += at.millis_since(since).max(0);
                }
            }
            RoomEvent::Incident { text } => note(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_and_extra_time_move_the_end_once() {
        let at = |minutes: i64| Time::from_millis(minutes * 60_000);
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
}
