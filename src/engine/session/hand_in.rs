//! What the candidate gets for a paper that was handed in.

use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, SittingId};
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The candidate's receipt: it holds no item and no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// When the service took the hand-in.
    pub at_ms: Time,
    /// How many items had an answer.
    pub answered: u32,
    /// The batch.
    pub batch: BatchId,
    /// How many items the paper has.
    pub items: u32,
    /// Salted digest of the journal: SHA-256 of the parts `kaoping/journal/1`, salt, and the last
    /// event of each of the sitting's streams.
    pub journal: Digest,
    /// The time by which the sitting's terminal leaf will be in the log.
    pub logged_by_ms: Time,
    /// Identity of the receipt that this one replaces, when the end of the sitting was undone and
    /// it ended again.
    pub replaces: Option<Digest>,
    /// The sitting.
    pub sitting: SittingId,
}

impl Message for Receipt {
    const KIND: &'static str = "receipt";
    const VERSION: u32 = 1;
}

/// The salted digest of a sitting's journal.
#[must_use]
pub fn journal_digest(salt: &[u8; 32], last_events: &[Digest]) -> Digest {
    let mut parts: Vec<&[u8]> = vec![b"kaoping/journal/1", salt];
    parts.extend(last_events.iter().map(|last| last.as_bytes().as_slice()));
    Digest::of_parts(&parts)
}
