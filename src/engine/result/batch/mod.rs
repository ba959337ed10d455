//! Whether a closed batch is whole: every candidate of its roster has exactly one end, every spare paper is accounted for,
//! and all of it stands in the log. A batch bundle is read line by line and never held whole.
//!
//! `README.md` of [`crate::result`] describes the lines: a header, the roster, the seating, then every leaf of the log from
//! its first, with what opens those of this batch.

mod check;
pub mod finding;
mod fold;
mod signed;

pub use check::BatchCheck;

use crate::draw::seating::Seating;
use crate::plan::seating::Roster;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::Leaf;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a bundle's first line calls itself.
pub const BATCH_BUNDLE_KIND: &str = "batch-bundle";
/// The version of the form.
pub const BATCH_BUNDLE_VERSION: u32 = 1;
/// The longest line that is read, in bytes: the roster of 200,000.
pub const MAX_LINE_BYTES: usize = 128 * 1024 * 1024;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchHeader {
    /// The batch.
    pub batch: BatchId,
    /// The log's checkpoint over all leaves of the bundle.
    pub checkpoint: String,
    /// [`BATCH_BUNDLE_KIND`].
    pub kind: String,
    /// [`BATCH_BUNDLE_VERSION`].
    pub v: u32,
}

/// A line after the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case", deny_unknown_fields)]
pub enum BatchLine {
    /// The roster without names.
    Roster {
        /// It.
        roster: Roster,
    },
    /// The seating.
    Seating {
        /// It.
        seating: Seating,
    },
    /// The next leaf of the log.
    Leaf {
        /// Its entry.
        leaf: Leaf,
        /// What opens it; null for other batches, and for what may be left closed.
        #[serde(deserialize_with = "Option::deserialize")]
        opened: Option<OpenedLeaf>,
    },
}

/// What opens a leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedLeaf {
    /// The record: a compact JWS, or a signed message.
    pub record: Value,
    /// The leaf's salt.
    pub salt: Bytes32,
}
