//! One attempt of a batch's draw: its manifest, its public entropy, and how it may end without
//! papers.

use crate::aggregates::log::{LoggedLeaf, Recorded};
use kaoping_engine::draw::void::VoidReason;
use kaoping_engine::plan::schedule::PlanCustodian;
use kaoping_record::digest::Digest;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The manifest as it was fixed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FixedManifest {
    /// Digest of the payload.
    pub digest: Digest,
    /// Blob of the signed message.
    pub message: Digest,
    pub leaf: LoggedLeaf,
    /// Whether it names public entropy.
    pub entropy: bool,
}

/// Public entropy as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entropy {
    /// The outcome that somebody brought, by the manifest's rule.
    pub outcome: Value,
    /// The bytes that follow from it, hexadecimal.
    pub bytes: String,
    /// Who brought it.
    pub by: AccountId,
    pub at_ms: Time,
    /// Whether every secret was open by then, so that nobody could weigh the outcome before
    /// opening.
    pub after_opening: bool,
}

/// A void that the office asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proposal {
    pub reason: VoidReason,
    /// What happened.
    pub note: String,
    /// Who asks.
    pub by: AccountId,
    pub at_ms: Time,
    /// Who holds the secrets of the next attempt.
    pub next_custodians: Vec<PlanCustodian>,
}

/// An attempt that ended without papers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VoidedAttempt {
    /// Its number, from 1.
    pub attempt: u32,
    pub manifest: FixedManifest,
    /// Secrets that were open, hexadecimal, by custodian.
    pub secrets: BTreeMap<AccountId, String>,
    /// Its public entropy, when that was known.
    pub entropy: Option<Entropy>,
    pub void: Recorded,
    /// Who holds the secrets of the next attempt.
    pub next_custodians: Vec<PlanCustodian>,
}
