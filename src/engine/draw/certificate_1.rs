//! The certificate of equivalence before it told how well papers predict each other.

use super::certificate::{CellExposure, Difficulties, ForcedUnit, ImportanceCount, Overlap};
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::message::Message;
use serde::{Deserialize, Serialize};

/// Version 1 of a batch's certificate, which does not tell how well papers predict each other. It is read, no longer made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EquivalenceCertificate1 {
    /// The algorithm.
    pub algorithm: String,
    /// The batch.
    pub batch: BatchId,
    /// The attempt.
    pub attempt: u32,
    /// Digest of the manifest.
    pub manifest: Digest,
    /// Papers, spares and reserve included.
    pub papers: u32,
    /// Items of each paper.
    pub items: u32,
    /// The composition that all papers share, and the exposure in each cell.
    pub cells: Vec<CellExposure>,
    /// A paper's mean difficulty (1 to 5).
    pub difficulty: Difficulties,
    /// Items of each importance in a paper.
    pub importance: Vec<ImportanceCount>,
    /// Items that two papers have in common.
    pub overlap: Overlap,
    /// Cards beyond the bound of their cell; without any, each exposure lies within it.
    pub forced: Vec<ForcedUnit>,
}

impl Message for EquivalenceCertificate1 {
    const KIND: &'static str = "equivalence-certificate";
    const VERSION: u32 = 1;
}
