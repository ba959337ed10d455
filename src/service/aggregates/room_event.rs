//! What happens in a room, and what its journal keeps of it.

use kaoping_engine::session::room_time::{Anchor, Gap};
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
