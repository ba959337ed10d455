//! `key-correction`: an item's key was wrong, which was found after the closing of a batch. The
//! record opens the bank's commitment to that key, and says what counts in its place. Whoever may
//! see the answers of the batch can compute every score again by it.

use super::decision::{Decider, check_deciders, check_text};
use super::{Record, RecordError, SignedBy, need};
use crate::bank::seal::key_digest;
use crate::theory::key_rule::KeyRule;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical::CanonicalError;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BankId, BatchId, ItemId, OptionId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The correction of an item's key in one closed batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyCorrection {
    /// When it was approved, milliseconds since 1970.
    pub at_ms: Time,
    /// The bank (题库) of the item.
    pub bank: BankId,
    /// The batch (批次) whose papers are scored again.
    pub batch: BatchId,
    /// The accounts that took the decision: two or more.
    pub decided_by: Vec<Decider>,
    /// The bank's own key, which opens the index's commitment.
    pub opened: OpenedKey,
    /// What was wrong, 1 to 500 characters.
    pub reason: String,
    /// Identity of the correction of this item that no longer counts; null for the first.
    #[serde(deserialize_with = "Option::deserialize")]
    pub replaces: Option<Digest>,
    /// What counts in the place of the key.
    pub rule: KeyRule,
}

/// An item's key with what opens its commitment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedKey {
    /// Id of the item (试题).
    pub item: ItemId,
    /// The options that the bank's key names, sorted, each once.
    pub key: Vec<OptionId>,
    /// The salt of the index's `key`.
    pub salt: Bytes32,
}

impl OpenedKey {
    /// The salted digest of the key, as the index has it.
    ///
    /// # Errors
    /// [`CanonicalError`]: never for identifiers, which are ASCII.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        key_digest(&self.item, &self.key, &self.salt)
    }
}

impl Message for KeyCorrection {
    const KIND: &'static str = "key-correction";
    const VERSION: u32 = 1;
}

impl Record for KeyCorrection {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::KeyCorrection)
    }

    fn check(&self) -> Result<(), RecordError> {
        check_text(&self.reason, "reason")?;
        check_deciders(&self.decided_by, "decided_by")?;
        need(self.decided_by.len() >= 2, "decided_by", "must name two accounts or more")?;
        let sorted = !self.opened.key.is_empty() && self.opened.key.is_sorted_by(|a, b| a < b);
        need(sorted, "opened.key", "must be sorted, each option once")?;
        need(self.rule.is_well_formed(), "rule", "must accept 1 to 16 keys, sorted, each once")?;
        let changes = self.replaces.is_some() || !self.rule.is_just(&self.opened.key);
        need(changes, "rule", "must be another than the bank's key")
    }
}
