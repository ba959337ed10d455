//! `closing`: the totals of a batch. After it, no sitting of the batch can end.

use super::{Record, RecordError, SignedBy, need};
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The closing of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// When it was closed.
    pub at_ms: Time,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// Candidates: those of the roster, and late additions on spare papers.
    pub candidates: u32,
    /// How their exams ended; the sum is [`Self::candidates`].
    pub ends: EndCounts,
    /// The dealt papers by use.
    pub papers: PaperCounts,
    /// Root of the log's tree before the closing leaf.
    pub root: Digest,
    /// SHA-256 of the roster's canonical bytes, as in the manifest.
    pub roster: Digest,
    /// Leaves of that tree: the closing leaf's own index.
    pub size: u64,
}

/// Candidates by the kind of their terminal leaf.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct EndCounts {
    /// Did not come.
    pub absent: u32,
    /// Annulled for misconduct.
    pub annulled: u32,
    /// Deferred to another batch.
    pub deferred: u32,
    /// With a signed result, passed or failed.
    pub result: u32,
    /// Exams that do not count, by nobody's misconduct.
    pub void: u32,
}

/// Papers by use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperCounts {
    /// Papers that were dealt to seats.
    pub seat: u32,
    /// Spare and reserve papers that were used for somebody.
    pub spare_used: u32,
    /// Spare and reserve papers that were not used.
    pub spare_unused: u32,
}

impl EndCounts {
    /// Counts one more terminal leaf; other kinds are not counted.
    pub fn add(&mut self, kind: LeafKind) {
        let count = match kind {
            LeafKind::Absent => &mut self.absent,
            LeafKind::Annulled => &mut self.annulled,
            LeafKind::Deferred => &mut self.deferred,
            LeafKind::Result => &mut self.result,
            LeafKind::Void => &mut self.void,
            _ => return,
        };
        *count = count.saturating_add(1);
    }

    /// All of them.
    #[must_use]
    pub fn sum(&self) -> u64 {
        [self.absent, self.annulled, self.deferred, self.result, self.void].into_iter().map(u64::from).sum()
    }
}

impl Message for Closing {
    const KIND: &'static str = "closing";
    const VERSION: u32 = 1;
}

impl Record for Closing {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::Closing)
    }

    fn check(&self) -> Result<(), RecordError> {
        need(self.ends.sum() == u64::from(self.candidates), "ends", "must add up to the candidates")?;
        need(self.size > 0, "size", "must be at least 1: manifest and roster come first")
    }
}
