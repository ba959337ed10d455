//! What a service publishes beside a draw's documents and papers: signed records of the ceremony, and what opens their leaves.

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
    /// The manifest's place in the log.
    pub manifest_leaf: Option<OpenLeaf>,
    /// The signed opening.
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
    /// Its salt.
    pub salt: Bytes32,
}

/// An attempt that ended without papers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidedAttempt {
    /// Its number, from 1.
    pub attempt: u32,
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
