//! `opening`: the papers of a draw are dealt. An attempt that ends without papers has a `draw-void` ([`crate::draw::void`]).

use super::{Record, RecordError, SignedBy, need};
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The greatest number of an attempt.
pub const MAX_ATTEMPT: u32 = 1000;

/// All secrets are open and the papers dealt: the digest of the seed, whose bytes are published after the last sitting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// When the papers were dealt.
    pub at_ms: Time,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// Digest of the attempt's manifest.
    pub manifest: Digest,
    /// How many papers the seed deals.
    pub papers: u32,
    /// SHA-256 of the seed's canonical JSON: its 64 hexadecimal digits in quotation marks.
    pub seed: Digest,
}

impl Message for Opening {
    const KIND: &'static str = "opening";
    const VERSION: u32 = 1;
}

impl Record for Opening {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::Opening)
    }

    fn check(&self) -> Result<(), RecordError> {
        need((1..=MAX_ATTEMPT).contains(&self.attempt), "attempt", "must be 1 to 1000")?;
        need(self.papers > 0, "papers", "must be at least 1")
    }
}
