//! `secret-opening`: a custodian's secret of a draw, logged when it is opened and published once the batch is closed.

use super::opening::MAX_ATTEMPT;
use super::{Record, RecordError, SignedBy, need};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, CustodianId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// A custodian opened the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretOpening {
    /// When it was opened.
    pub at_ms: Time,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// Whose it is.
    pub custodian: CustodianId,
    /// Digest of the attempt's manifest.
    pub manifest: Digest,
    /// The secret that the manifest has a commitment to.
    pub secret: Bytes32,
}

impl Message for SecretOpening {
    const KIND: &'static str = "secret-opening";
    const VERSION: u32 = 1;
}

impl Record for SecretOpening {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::SecretOpening)
    }

    fn check(&self) -> Result<(), RecordError> {
        need((1..=MAX_ATTEMPT).contains(&self.attempt), "attempt", "must be 1 to 1000")
    }
}
