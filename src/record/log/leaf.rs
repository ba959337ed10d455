//! Leaves: salted commitments, so that a log reveals nothing to people who do not have the record.
//!
//! The entry of a leaf is the canonical JSON `{batch, commitment, kind, v}`. The commitment is
//! SHA-256 of the length-prefixed parts `"kaoping/leaf/1"`, kind, salt, and the record's identity.
//! Once the salt is deleted with the person's data, nobody can link the leaf to the record.

use crate::bytes32::Bytes32;
use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;
use crate::id::BatchId;
use serde::{Deserialize, Serialize};

/// The subject of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LeafKind {
    /// The basis of a draw: what is drawn from.
    Basis,
    /// The draw's manifest.
    Manifest,
    /// A custodian's opened secret; the salt hides it until the draw is published.
    SecretOpening,
    /// The draw's opening, which publishes its seed's digest.
    Opening,
    /// A void attempt of a draw.
    AttemptVoid,
    /// The batch's roster.
    Roster,
    /// Terminal: a signed result.
    Result,
    /// Terminal: the candidate did not come.
    Absent,
    /// Terminal: the sitting is void.
    Void,
    /// Terminal: annulled for misconduct.
    Annulled,
    /// Terminal: deferred to another batch.
    Deferred,
    /// A spare paper that was bound to a late addition.
    SpareUsed,
    /// A spare paper that was not used.
    SpareUnused,
    /// A corrected result, which supersedes another.
    Correction,
    /// An item's key was corrected: papers of the batch are scored by another rule.
    KeyCorrection,
    /// A certificate.
    Certificate,
    /// A result or certificate was revoked.
    Revocation,
    /// Another system acknowledged records that were handed to it.
    Acknowledgement,
    /// A key was rotated or revoked.
    Key,
    /// The batch is closed: counts and root.
    Closing,
}

impl LeafKind {
    /// Whether this leaf ends a sitting; each sitting has exactly one such leaf.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Result | Self::Absent | Self::Void | Self::Annulled | Self::Deferred)
    }

    /// The name in records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basis => "basis",
            Self::Manifest => "manifest",
            Self::SecretOpening => "secret_opening",
            Self::Opening => "opening",
            Self::AttemptVoid => "attempt_void",
            Self::Roster => "roster",
            Self::Result => "result",
            Self::Absent => "absent",
            Self::Void => "void",
            Self::Annulled => "annulled",
            Self::Deferred => "deferred",
            Self::SpareUsed => "spare_used",
            Self::SpareUnused => "spare_unused",
            Self::Correction => "correction",
            Self::KeyCorrection => "key_correction",
            Self::Certificate => "certificate",
            Self::Revocation => "revocation",
            Self::Acknowledgement => "acknowledgement",
            Self::Key => "key",
            Self::Closing => "closing",
        }
    }
}

/// The entry of a leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// The salted commitment to the record.
    pub commitment: Digest,
    /// What it is about.
    pub kind: LeafKind,
    /// Version of this form: 1.
    pub v: u32,
}

impl Leaf {
    /// A leaf that commits to the record with this identity.
    #[must_use]
    pub fn new(batch: BatchId, kind: LeafKind, salt: &Bytes32, record: &Digest) -> Self {
        let commitment =
            Digest::of_parts(&[b"kaoping/leaf/1", kind.name().as_bytes(), salt.as_bytes(), record.as_bytes()]);
        Self { batch, commitment, kind, v: 1 }
    }

    /// The bytes that the tree holds.
    ///
    /// # Errors
    /// Never in practice; every field lies within the canonical profile.
    pub fn entry(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_bytes(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_agree_with_their_serialised_form() {
        let leaf =
            Leaf::new(BatchId::new("b").expect("an id"), LeafKind::AttemptVoid, &Bytes32::new([0; 32]), &Digest::ZERO);
        let entry = leaf.entry().expect("canonical");
        assert!(entry.len() < 1024);
        assert!(String::from_utf8_lossy(&entry).contains(r#""kind":"attempt_void""#));
    }

    #[test]
    fn the_salt_hides_the_record() {
        let batch = BatchId::new("b").expect("an id");
        let leaf = |salt: u8| Leaf::new(batch.clone(), LeafKind::Result, &Bytes32::new([salt; 32]), &Digest::ZERO);
        assert_ne!(leaf(1).commitment, leaf(2).commitment);
    }
}
