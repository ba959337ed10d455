//! `paper-use`: what became of a spare or reserve paper. Each has exactly one such record when the
//! batch is closed.

use super::decision::check_text;
use super::{Record, RecordError, SignedBy};
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId, PaperId, PseudonymId, SittingId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The use of a spare or reserve paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperUseRecord {
    /// When it was bound, or when the batch was closed without it.
    pub at_ms: Time,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// The paper's id, as in the seating.
    pub paper: PaperId,
    /// Digest of the paper's canonical bytes.
    pub paper_digest: Digest,
    /// For whom it was used; null when it was not.
    #[serde(deserialize_with = "Option::deserialize")]
    pub used: Option<UsedBy>,
}

/// For whom a spare paper was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsedBy {
    /// Account of who bound the candidate to the paper.
    pub bound_by: AccountId,
    /// The person in this batch.
    pub pseudonym: PseudonymId,
    /// The person's practical exam.
    pub practical: SittingId,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// The theory exam that the paper was used for.
    pub theory: SittingId,
}

impl Message for PaperUseRecord {
    const KIND: &'static str = "paper-use";
    const VERSION: u32 = 1;
}

impl Record for PaperUseRecord {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(if self.used.is_some() { LeafKind::SpareUsed } else { LeafKind::SpareUnused })
    }

    fn check(&self) -> Result<(), RecordError> {
        self.used.as_ref().map_or(Ok(()), |used| check_text(&used.reason, "used.reason"))
    }
}
