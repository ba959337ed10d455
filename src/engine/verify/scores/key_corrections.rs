//! The keys in force: each correction of a key opens the bank's own key, is signed, and stands in
//! the log.

use super::AuditHeader;
use super::finding::{AuditDefect, Refusal};
use super::rules::signed_by_trusted;
use crate::kinds::key_correction::KeyCorrection;
use crate::theory::key_rule::KeyRules;
use crate::verify::file::trust::TrustList;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::ItemId;
use kaoping_record::key::Verifier;
use kaoping_record::log::leaf::{Leaf, LeafKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A correction of a key in the header of an audit bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedKeyCorrection {
    /// The place of its leaf in the log.
    pub index: u64,
    /// The signed `key-correction`.
    pub record: Value,
    /// What opens the leaf's commitment to the record.
    pub salt: Bytes32,
}

/// The corrections of a batch, once each is found to be one.
#[derive(Debug, Default)]
pub(super) struct KeyCorrections {
    pub(super) rules: KeyRules,
    /// What the leaf of each commits to.
    leaves: BTreeMap<u64, Digest>,
}

impl KeyCorrections {
    /// Reads the corrections of the first line, whose indexes were checked.
    pub(super) fn read(header: &AuditHeader, trust: &TrustList, verifier: &dyn Verifier) -> Result<Self, Refusal> {
        let mut corrections = Self::default();
        let mut last: BTreeMap<ItemId, Digest> = BTreeMap::new();
        for (number, logged) in (1..).zip(&header.key_corrections) {
            let wrong = |why: &str| AuditDefect::KeyCorrection.because(format!("correction {number}: {why}"));
            let signed = signed_by_trusted::<KeyCorrection>(&logged.record, trust, verifier);
            let signed = signed.map_err(|error| wrong(&error))?;
            let identity = signed.identity().map_err(|error| wrong(&error.to_string()))?;
            let correction = signed.payload;
            let KeyCorrection { opened, rule, .. } = &correction;
            let index = header.indexes.iter().find(|index| index.bank == correction.bank);
            let item = index.and_then(|index| index.items.iter().find(|item| item.id == opened.item));
            let item = item.filter(|_| correction.batch == header.batch);
            let item = item.ok_or_else(|| wrong("another batch, or no item of its banks"))?;
            if opened.digest().ok() != Some(item.key) {
                return Err(wrong("the opened key is not the one that the bank committed to"));
            }
            if !rule.fits(item) {
                return Err(wrong("the rule does not fit the item"));
            }
            if correction.replaces != last.insert(opened.item.clone(), identity) {
                return Err(wrong("it does not replace the correction of the item that counts"));
            }
            if corrections.leaves.last_key_value().is_some_and(|(before, _)| *before >= logged.index) {
                return Err(wrong("the corrections are not in the order of the log"));
            }
            let leaf = Leaf::new(correction.batch.clone(), LeafKind::KeyCorrection, &logged.salt, &identity);
            corrections.leaves.insert(logged.index, leaf.commitment);
            corrections.rules.add(opened.item.clone(), correction.rule);
        }
        Ok(corrections)
    }

    /// Whether the log holds just these.
    pub(super) fn are_those_of(&self, logged: &BTreeMap<u64, Digest>) -> bool {
        self.leaves == *logged
    }
}
