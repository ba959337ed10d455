//! `revocation`: a result or certificate no longer counts.

use super::decision::{Decider, Reason, check_deciders, check_text};
use super::{Record, RecordError, SignedBy};
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The revocation of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// When the decision was taken, milliseconds since 1970.
    pub at_ms: Time,
    /// The batch of what is revoked.
    pub batch: BatchId,
    /// The accounts that took the decision, each with its role.
    pub decided_by: Vec<Decider>,
    /// From when it does not count; before that it did.
    pub effective_ms: Time,
    /// Why it is revoked: a code and a sentence.
    pub reason: Reason<RevocationReason>,
    /// The credential that no longer counts, by its identity.
    pub revoked: RevokedRecord,
}

/// The kind and identity of the credential that no longer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RevokedRecord {
    /// A result; certificates that rest on it fall with it.
    Result {
        /// SHA-256 of its payload's canonical bytes.
        record: Digest,
    },
    /// A certificate.
    Certificate {
        /// SHA-256 of its payload's canonical bytes.
        record: Digest,
    },
}

/// Why a record is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// Fraud in the exam or in the application.
    Fraud,
    /// Issued in error.
    Error,
    /// The authority ordered it.
    Authority,
    /// The holder asked for it.
    Holder,
    /// Another reason, given in words.
    Other,
}

impl RevokedRecord {
    /// The identity of what is revoked.
    #[must_use]
    pub const fn identity(&self) -> Digest {
        match self {
            Self::Result { record } | Self::Certificate { record } => *record,
        }
    }
}

impl Message for Revocation {
    const KIND: &'static str = "revocation";
    const VERSION: u32 = 1;
}

impl Record for Revocation {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::Revocation)
    }

    fn check(&self) -> Result<(), RecordError> {
        check_text(&self.reason.text, "reason.text")?;
        check_deciders(&self.decided_by, "decided_by")
    }
}
