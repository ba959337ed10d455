//! What a service publishes beside a draw's documents and papers: signed records of the ceremony,
//! and what opens their leaves.

use crate::draw::Secret;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::{Leaf, LeafKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The evidence of a bundle; what is not published is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The signed certificate of equivalence.
    pub equivalence: Option<Value>,
    /// The basis's place in the log.
    pub basis_leaf: Option<OpenLeaf>,
    /// The manifest's place in the log.
    pub manifest_leaf: Option<OpenLeaf>,
    /// The signed opening of each custodian's secret, in the basis's order.
    pub openings: Option<Vec<Value>>,
    /// Their places in the log.
    pub opening_leaves: Option<Vec<OpenLeaf>>,
    /// Which shows that the openings were logged in time.
    pub checkpoint: Option<CosignedCheckpoint>,
    /// The signed opening of the draw.
    pub opening: Option<Value>,
    /// Its place in the log.
    pub opening_leaf: Option<OpenLeaf>,
    /// The attempts before this one, in order.
    pub voided: Option<Vec<VoidedAttempt>>,
}

/// Where a leaf stands, and what opens it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenLeaf {
    /// Its index in the log, from 0.
    pub index: u64,
    /// Identity of the record that it commits to.
    pub record: Digest,
    /// What opens the leaf's commitment to the record.
    pub salt: Bytes32,
}

/// A checkpoint that a witness cosigned after the secrets were opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CosignedCheckpoint {
    /// The signed note with the lines of log and witnesses.
    pub note: String,
    /// For each of the openings' leaves the hashes that lead from it to the root.
    pub paths: Vec<Vec<Digest>>,
}

/// An attempt that ended without papers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidedAttempt {
    /// Its number, from 1.
    pub attempt: u32,
    /// Its signed basis.
    pub basis: Value,
    /// The basis's place in the log.
    pub basis_leaf: OpenLeaf,
    /// Its signed manifest.
    pub manifest: Value,
    /// The manifest's place in the log.
    pub manifest_leaf: OpenLeaf,
    /// Secrets that were open by then.
    pub secrets: Vec<Secret>,
    /// The signed void.
    pub void: Value,
    /// The void's place in the log.
    pub void_leaf: OpenLeaf,
}

impl OpenLeaf {
    /// The leaf that must stand at the index.
    #[must_use]
    pub fn leaf(&self, batch: &BatchId, kind: LeafKind) -> Leaf {
        Leaf::new(batch.clone(), kind, &self.salt, &self.record)
    }
}
