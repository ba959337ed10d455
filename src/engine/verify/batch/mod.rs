//! Whether a closed batch is whole: every candidate of its roster has exactly one end, every spare
//! paper is accounted for, and all of it stands in the log. A batch bundle is read line by line and
//! never held whole.
//!
//! `README.md` of [`crate::result`] describes the lines: a header, the roster, the seating, then
//! every leaf of the log from its first, with what opens those of this batch.

mod batch_sum;
mod check;
mod draw_steps;
pub mod finding;
mod leaf_rules;
mod logged;
mod signed_record;

pub use check::BatchCheck;
pub use logged::{LoggedPaper, LoggedResults};

use super::file::file_head::{HEAD_BYTES, member};
use crate::draw::seating::Seating;
use crate::plan::seating::Roster;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::Leaf;
use kaoping_record::message::Proof;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a bundle's first line calls itself.
pub const BATCH_BUNDLE_KIND: &str = "batch-bundle";
/// The version of the form.
pub const BATCH_BUNDLE_VERSION: u32 = 1;
/// The longest line that is read, in bytes: the roster of 200,000.
pub const MAX_LINE_BYTES: usize = 64 * 1024 * 1024;
/// The most candidates and papers that are kept of a batch, each.
pub const MAX_PEOPLE: usize = 400_000;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchHeader {
    /// [`BATCH_BUNDLE_KIND`]; written first, so that the first kilobyte tells what the file is.
    pub kind: String,
    /// [`BATCH_BUNDLE_VERSION`].
    pub v: u32,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// The log's checkpoint over all leaves of the bundle.
    pub checkpoint: String,
}

/// A line after the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum BatchLine {
    /// The roster without names.
    Roster {
        /// As the manifest of the draw names it by its digest.
        roster: Roster,
    },
    /// The seating.
    Seating {
        /// As the manifest of the draw names it by its digest.
        seating: Seating,
    },
    /// The next leaf of the log.
    Leaf {
        /// Its entry.
        leaf: Leaf,
        /// What opens it; null for other batches, and for what may be left closed.
        opened: Option<OpenedLeaf>,
    },
}

impl BatchLine {
    /// Reads a line as the type that it names in its first kilobyte, so that the roster of a whole
    /// batch takes no more memory than its own.
    ///
    /// # Errors
    /// [`CanonicalError`]; [`CanonicalError::Json`] also for a line of another name.
    pub fn read(line: &[u8]) -> Result<Self, CanonicalError> {
        #[derive(Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct RosterLine {
            line: String,
            roster: Roster,
        }
        #[derive(Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct SeatingLine {
            line: String,
            seating: Seating,
        }
        #[derive(Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct LeafLine {
            line: String,
            leaf: Leaf,
            #[serde(deserialize_with = "Option::deserialize")]
            opened: Option<OpenedLeaf>,
        }
        let head = line.get(..HEAD_BYTES).unwrap_or(line);
        match member(head, "line").as_deref() {
            Some("roster") => canonical::from_large(line).map(|read: RosterLine| Self::Roster { roster: read.roster }),
            Some("seating") => {
                canonical::from_large(line).map(|read: SeatingLine| Self::Seating { seating: read.seating })
            }
            _ => {
                let read: LeafLine = canonical::from_authored(line)?;
                if read.line != "leaf" {
                    return Err(CanonicalError::Json(format!("a line `{}`", read.line)));
                }
                Ok(Self::Leaf { leaf: read.leaf, opened: read.opened })
            }
        }
    }
}

/// What opens a leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedLeaf {
    /// The signed `correction` that a corrected result names; left out for every other record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Value>,
    /// Further signatures over the signing input of a credential, such as SM2; left out where there
    /// are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<Proof>,
    /// The record: a compact JWS, or a signed message.
    pub record: Value,
    /// What opens the leaf's commitment to the record.
    pub salt: Bytes32,
}
