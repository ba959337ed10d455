//! What a device signs about its stream. Such a signature proves that the events up to the named
//! one belong together and come from one device; it does not prove which person used it.

use kaoping_record::digest::Digest;
use kaoping_record::event::Stream;
use kaoping_record::id::SittingId;
use kaoping_record::message::Message;
use serde::{Deserialize, Serialize};

/// What a seat signs about its stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatCheckpoint {
    /// The sitting.
    pub sitting: SittingId,
    /// The seat's stream.
    pub stream: Stream,
    /// The number of events that it holds.
    pub events: u64,
    /// Identity of the last of them.
    pub last: Digest,
}

impl Message for SeatCheckpoint {
    const KIND: &'static str = "seat-checkpoint";
    const VERSION: u32 = 1;
}

/// What an examiner's tablet signs when a sheet is handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TabletCheckpoint {
    /// The tablet's stream.
    pub stream: Stream,
    /// The number of events that it holds.
    pub events: u64,
    /// Identity of the last of them.
    pub last: Digest,
}

impl Message for TabletCheckpoint {
    const KIND: &'static str = "tablet-checkpoint";
    const VERSION: u32 = 1;
}
