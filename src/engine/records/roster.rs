//! `roster`: which roster a batch has, logged before its draw.

use super::{Record, RecordError, SignedBy, need};
use crate::bank::Level;
use crate::draw::seating::MAX_PAPERS;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The commitment to a batch's roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterCommitment {
    /// When it was fixed.
    pub at_ms: Time,
    /// The batch.
    pub batch: BatchId,
    /// How many candidates it holds, 1 to 200,000.
    pub candidates: u32,
    /// The level.
    pub level: Level,
    /// SHA-256 of the canonical bytes of the roster ([`crate::plan::seating::Roster`]), as in the draw's manifest.
    pub roster: Digest,
}

impl Message for RosterCommitment {
    const KIND: &'static str = "roster";
    const VERSION: u32 = 1;
}

impl Record for RosterCommitment {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::Roster)
    }

    fn check(&self) -> Result<(), RecordError> {
        need((1..=MAX_PAPERS).contains(&(self.candidates as usize)), "candidates", "must be 1 to 200000")
    }
}
