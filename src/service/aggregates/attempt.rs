//! One attempt of a batch's draw: its basis, its manifest, its secrets, its public entropy, and how
//! it may end without papers.

use crate::aggregates::log::{LoggedLeaf, Recorded};
use kaoping_engine::draw::void::VoidReason;
use kaoping_engine::plan::schedule::PlanCustodian;
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, PaperId};
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The basis as it was fixed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FixedBasis {
    /// The signed message with its leaf, whose record is the basis's digest.
    pub record: Recorded,
    /// Before this time nobody may know the public entropy; `None` when the basis names none.
    pub not_before_ms: Option<Time>,
    /// Papers of persons who have seen so much that items return.
    pub returned: Vec<Returned>,
}

/// A paper for which the oldest of the items that its person has seen return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Returned {
    pub paper: PaperId,
    /// How many of the items.
    pub items: u32,
}

/// The manifest as it was fixed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FixedManifest {
    /// Digest of the payload.
    pub digest: Digest,
    /// Blob of the signed message.
    pub message: Digest,
    pub leaf: LoggedLeaf,
}

/// A secret that was opened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenedSecret {
    /// In hexadecimal.
    pub secret: String,
    /// The record of its opening.
    pub record: Recorded,
}

/// A checkpoint of the log with the openings, which a witness cosigned in time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WitnessedOpenings {
    /// Number of leaves that it covers.
    pub size: u64,
    /// The whole note.
    pub note: String,
    /// The witness's name.
    pub witness: String,
    /// When the witness cosigned.
    pub at_ms: Time,
}

/// Public entropy as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entropy {
    /// The outcome that somebody brought, by the basis's rule.
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
    pub basis: FixedBasis,
    pub manifest: FixedManifest,
    /// Secrets that were open, by custodian.
    pub secrets: BTreeMap<AccountId, OpenedSecret>,
    /// Its public entropy, when that was known.
    pub entropy: Option<Entropy>,
    pub void: Recorded,
    /// Who holds the secrets of the next attempt.
    pub next_custodians: Vec<PlanCustodian>,
}
