//! The audit: every score of a batch is computed again from answers, keys and rules, and compared
//! with its signed result.
//!
//! An audit bundle holds keys and answers: it is for those entitled alone. It is read line by line,
//! a person a line, and never held whole. `README.md` of [`crate::result`] describes the lines.

mod check;
pub mod finding;
mod key_corrections;
mod lots;
mod person;
mod plan;
mod rules;

pub use check::{AuditCheck, AuditRules, CheckedLine, LineCheck};
pub use key_corrections::LoggedKeyCorrection;

use crate::bank::{Index, Keys};
use crate::blueprint::Blueprint;
use crate::draw::Secret;
use crate::draw::entropy::EntropyOutcome;
use crate::draw::paper::Paper;
use crate::plan::schedule::FixedPractical;
use crate::plan::seating::Roster;
use crate::practical::session::HandedInSheet;
use crate::practical::sheet::Sheet;
use crate::practical::total::WeightedMark;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::message::Proof;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a bundle's first line calls itself.
pub const AUDIT_BUNDLE_KIND: &str = "audit-bundle";
/// The version of the form.
pub const AUDIT_BUNDLE_VERSION: u32 = 1;
/// The longest first line that is read, in bytes: it has all banks and the roster.
pub const MAX_HEADER_BYTES: usize = 64 * 1024 * 1024;
/// The longest other line that is read, in bytes: a person's, with every touch of the exam.
pub const MAX_LINE_BYTES: usize = 8 * 1024 * 1024;

/// The first line: what all scores of the batch rest on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditHeader {
    /// [`AUDIT_BUNDLE_KIND`]; written first, so that the first kilobyte tells what the file is.
    pub kind: String,
    /// [`AUDIT_BUNDLE_VERSION`].
    pub v: u32,
    /// The signed basis, whose digest the manifest names.
    pub basis: Value,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// The blueprint, whose digest the basis names.
    pub blueprint: Blueprint,
    /// The outcome of the public entropy, where the basis names any.
    #[serde(deserialize_with = "Option::deserialize")]
    pub entropy: Option<EntropyOutcome>,
    /// Public indexes of the batch's banks, whose digests the basis names.
    pub indexes: Vec<Index>,
    /// Corrections of keys, in the order of the log; left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_corrections: Vec<LoggedKeyCorrection>,
    /// Their keys, which open the indexes' commitments.
    pub keys: Vec<Keys>,
    /// The signed manifest.
    pub manifest: Value,
    /// The plan of the practical exam, conflicts of interest and the digests of its sheets, whose
    /// digest the basis names.
    pub practical: FixedPractical,
    /// The roster without names, whose digest the basis names.
    pub roster: Roster,
    /// The custodians' opened secrets, to which the manifest commits.
    pub secrets: Vec<Secret>,
    /// The score sheets of the plan.
    pub sheets: Vec<Sheet>,
}

/// A line after the first: one person's result, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditLine {
    /// The seat's streams, by which the answers are replayed; null where they are kept apart.
    #[serde(deserialize_with = "Option::deserialize")]
    pub journal: Option<AuditJournal>,
    /// The signed result.
    pub jws: String,
    /// What each panel's mark was formed from, in the order of the marks: three or more sheets
    /// each.
    pub handed_in: Vec<Vec<HandedInSheet>>,
    /// The proofs of each of these sheets as a signed `examiner-sheet`; left out by who has the
    /// sheets alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sheet_proofs: Vec<Vec<Vec<Proof>>>,
    /// The marks of the panels, as the result commits to them.
    pub marks: Vec<WeightedMark>,
    /// As it was dealt, with items and options in their order.
    pub paper: Paper,
    /// The person.
    pub pseudonym: PseudonymId,
    /// The signed theory score.
    pub score: Value,
}

/// The events of a sitting's seats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditJournal {
    /// Salt of the journal's digest.
    pub salt: Bytes32,
    /// Each stream's events in order, as canonical text.
    pub streams: Vec<Vec<String>>,
}
