//! `key-event`: what happened to a signing key. It counts by its place in the log, never by the time that it claims.
//!
//! A key event never adds trust: a new key counts once a verifier's trust list has it. It may take trust away.

use super::decision::check_text;
use super::{Record, RecordError, SignedBy, need};
use kaoping_record::key::{KeyId, PublicKey};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// What happened to a key of the organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEvent {
    /// When the service recorded it, milliseconds since 1970.
    pub at_ms: Time,
    /// What happened.
    pub event: KeyChange,
    /// `urn:kaoping:organization:` and the unified social credit code.
    pub organization_id: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum KeyChange {
    /// A key came into use. It signs this itself, to show that somebody holds it.
    Enrolled {
        /// The public key that came into use.
        key: PublicKey,
        /// What it signs.
        purpose: KeyPurpose,
    },
    /// A key took over from another. Both sign.
    Rotated {
        /// The key that signs nothing from this leaf on.
        from: KeyId,
        /// What it signed.
        purpose: KeyPurpose,
        /// The key that signs from now on.
        to: PublicKey,
    },
    /// A key was given up, although nobody else had it: it signs nothing from this leaf on.
    Revoked {
        /// Thumbprint (RFC 7638) of the key.
        key: KeyId,
        /// Why, 1 to 500 characters.
        reason: String,
    },
    /// Somebody else may have had the key: what is not in the log before this index does not count. Another key signs.
    Compromised {
        /// The first leaf that does not count; at most the index of this event's own leaf.
        from_index: u64,
        /// Thumbprint (RFC 7638) of the key.
        key: KeyId,
        /// What happened, 1 to 500 characters.
        reason: String,
    },
}

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPurpose {
    /// Results, certificates and decisions of the organization.
    Organization,
    /// The log's checkpoints.
    Log,
    /// Receipts and papers of the room service.
    Service,
}

impl Message for KeyEvent {
    const KIND: &'static str = "key-event";
    const VERSION: u32 = 1;
}

impl Record for KeyEvent {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::Key)
    }

    fn check(&self) -> Result<(), RecordError> {
        let named = self.organization_id.strip_prefix("urn:kaoping:organization:").is_some_and(|code| !code.is_empty());
        need(named && self.organization_id.len() <= 100, "organization_id", "is not the name of an organization")?;
        match &self.event {
            KeyChange::Enrolled { .. } => Ok(()),
            KeyChange::Rotated { from, to, .. } => need(*from != to.id(), "event.to", "must be another key"),
            KeyChange::Revoked { reason, .. } | KeyChange::Compromised { reason, .. } => {
                check_text(reason, "event.reason")
            }
        }
    }
}
