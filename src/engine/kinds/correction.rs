//! `correction`: the decision that a result is replaced. Nothing is overwritten: the new result is
//! a whole result that names the one it supersedes and this decision, and the log's `correction`
//! leaf commits to it.

use super::decision::{Decider, Reason, check_deciders, check_text};
use super::{Record, RecordError, SignedBy};
use kaoping_record::digest::Digest;
use kaoping_record::id::{AppealId, BatchId, PseudonymId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The decision to correct a result. It is made first; the corrected result names its identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The appeal (成绩复核) that led to it; null when nobody appealed.
    #[serde(deserialize_with = "Option::deserialize")]
    pub appeal: Option<AppealId>,
    /// When the decision was taken, milliseconds since 1970.
    pub at_ms: Time,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// The accounts that took the decision, each with its role.
    pub decided_by: Vec<Decider>,
    /// The person in that batch.
    pub pseudonym: PseudonymId,
    /// Why the result is corrected: a code and a sentence.
    pub reason: Reason<CorrectionReason>,
    /// Identity of the result that no longer counts.
    pub supersedes: Digest,
}

/// Why a result is corrected. A review re-checks arithmetic and omissions, not the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionReason {
    /// Marks were added up wrongly.
    Arithmetic,
    /// Something that was handed in was not counted.
    Omission,
    /// An item's key was wrong, or the item is not counted.
    Key,
    /// Double entry from paper was wrong.
    Entry,
    /// The person's data were wrong.
    Identity,
    /// Another reason, given in words.
    Other,
}

impl Message for Correction {
    const KIND: &'static str = "correction";
    const VERSION: u32 = 1;
}

impl Record for Correction {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    /// None of its own: the leaf commits to the corrected result, which names this decision.
    fn leaf(&self) -> Option<LeafKind> {
        None
    }

    fn check(&self) -> Result<(), RecordError> {
        check_text(&self.reason.text, "reason.text")?;
        check_deciders(&self.decided_by, "decided_by")
    }
}
