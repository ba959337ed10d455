//! `opening` and `draw-void`: how an attempt of a draw ended.

use super::decision::{Decider, Reason, check_deciders, check_text};
use super::{Record, RecordError, SignedBy, need};
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The greatest number of an attempt.
pub const MAX_ATTEMPT: u32 = 1000;

/// All secrets were opened: the digest of the seed, whose bytes are published after the last sitting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// When the last secret was opened.
    pub at_ms: Time,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The batch.
    pub batch: BatchId,
    /// Digest of the attempt's manifest.
    pub manifest: Digest,
    /// How many papers the seed deals.
    pub papers: u32,
    /// SHA-256 of the seed's canonical JSON: its 64 hexadecimal digits in quotation marks.
    pub seed: Digest,
}

/// An attempt that dealt nothing. A further attempt's manifest names this record's identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawVoid {
    /// Who allowed a further attempt; at least one from outside.
    pub approvals: Vec<Decider>,
    /// When it was decided.
    pub at_ms: Time,
    /// The attempt that is void, from 1.
    pub attempt: u32,
    /// The batch.
    pub batch: BatchId,
    /// Digest of its manifest.
    pub manifest: Digest,
    /// Why.
    pub reason: Reason<VoidReason>,
}

/// Why an attempt is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// A custodian's secret stayed closed.
    SecretNotOpened,
    /// A secret became known before it was opened.
    SecretLeaked,
    /// The public entropy was not published, or is disputed.
    EntropyMissing,
    /// The banks cannot fill the papers.
    NotDealt,
    /// The manifest names something wrong.
    ManifestWrong,
    /// Another reason, told in words.
    Other,
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
        check_attempt(self.attempt)?;
        need(self.papers > 0, "papers", "must be at least 1")
    }
}

impl Message for DrawVoid {
    const KIND: &'static str = "draw-void";
    const VERSION: u32 = 1;
}

impl Record for DrawVoid {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::AttemptVoid)
    }

    fn check(&self) -> Result<(), RecordError> {
        check_attempt(self.attempt)?;
        check_text(&self.reason.text, "reason.text")?;
        check_deciders(&self.approvals, "approvals")?;
        need(self.approvals.iter().any(|approver| approver.outside), "approvals", "must have somebody from outside")
    }
}

fn check_attempt(attempt: u32) -> Result<(), RecordError> {
    need((1..=MAX_ATTEMPT).contains(&attempt), "attempt", "must be 1 to 1000")
}
