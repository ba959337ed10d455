//! What the log of a batch holds, as far as the published draw and an audit must agree with it.

use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PaperId, PseudonymId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The results of a batch, as its log holds them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedResults {
    /// The batch.
    pub batch: Option<BatchId>,
    /// The manifest in force.
    pub manifest: Option<Digest>,
    /// The leaves of the draw's steps, by index: what each commits to.
    #[serde(default)]
    pub draw_leaves: BTreeMap<u64, Digest>,
    /// The leaves of key corrections, by index: what each commits to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub key_corrections: BTreeMap<u64, Digest>,
    /// Of each person the result of the `result` leaf, then those that replaced it.
    pub results: BTreeMap<PseudonymId, Vec<Digest>>,
    /// Of each person with a result the paper that was dealt to the seat, or the spare paper that
    /// was bound on the record.
    #[serde(default)]
    pub papers: BTreeMap<PseudonymId, LoggedPaper>,
}

/// A person's paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedPaper {
    /// The paper's id, as in the seating.
    pub paper: PaperId,
    /// Digest of the paper that the result names.
    pub digest: Digest,
}

impl LoggedResults {
    /// The one of these that something of a batch must be of. The only batch that was given is the
    /// one that it must be of.
    #[must_use]
    pub fn of<'a>(logs: &'a [Self], batch: Option<&BatchId>) -> Option<&'a Self> {
        logs.iter().find(|log| log.batch.as_ref() == batch).or(logs.first())
    }
}
