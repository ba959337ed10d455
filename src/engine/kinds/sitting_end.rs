//! `sitting-end`: a candidate's exam that was made void, annulled or deferred. Who has a result has
//! that as the end, and who did not come an `absence` ([`crate::result::absence`]).

use super::decision::{Decider, Reason, check_deciders, check_text};
use super::{Record, RecordError, SignedBy, need};
use kaoping_record::id::{BatchId, PseudonymId, SittingId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The end of a candidate's exam in a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SittingEnd {
    /// When the service recorded it, milliseconds since 1970.
    pub at_ms: Time,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// The accounts that took the decision, each with its role.
    pub decided_by: Vec<Decider>,
    /// How it ended.
    pub end: SittingEndKind,
    /// The batch that the candidate is deferred to; null unless deferred, and then while it is not
    /// known.
    #[serde(deserialize_with = "Option::deserialize")]
    pub next_batch: Option<BatchId>,
    /// The candidate's practical exam in the batch.
    pub practical: SittingId,
    /// The person in this batch.
    pub pseudonym: PseudonymId,
    /// Why the exam ended so: a code and a sentence.
    pub reason: Reason<SittingEndReason>,
    /// The candidate's theory exam in the batch.
    pub theory: SittingId,
}

/// How a candidate's exam ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = WithoutResult))]
#[serde(rename_all = "snake_case")]
pub enum SittingEndKind {
    /// The exam does not count, by nobody's misconduct (作废).
    Void,
    /// Annulled for misconduct (违纪取消).
    Annulled,
    /// To be taken in another batch (缓考).
    Deferred,
}

/// Why a candidate's exam ended so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SittingEndReason {
    /// Power, network or machines failed.
    Technical,
    /// Too few sheets form no mark, and the examination was not repeated.
    PanelIncomplete,
    /// Somebody else sat the exam (替考).
    Impersonation,
    /// Another breach of the rules of the exam room.
    Misconduct,
    /// The candidate fell ill.
    Illness,
    /// The candidate asked for it.
    Request,
    /// The candidate was not entitled to sit.
    NotEligible,
    /// Another reason, given in words.
    Other,
}

impl SittingEndKind {
    /// The leaf that ends the sitting.
    #[must_use]
    pub const fn leaf(self) -> LeafKind {
        match self {
            Self::Void => LeafKind::Void,
            Self::Annulled => LeafKind::Annulled,
            Self::Deferred => LeafKind::Deferred,
        }
    }
}

impl Message for SittingEnd {
    const KIND: &'static str = "sitting-end";
    const VERSION: u32 = 1;
}

impl Record for SittingEnd {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(self.end.leaf())
    }

    fn check(&self) -> Result<(), RecordError> {
        check_deciders(&self.decided_by, "decided_by")?;
        need(self.theory != self.practical, "practical", "must be another sitting than the theory exam")?;
        need(
            self.end == SittingEndKind::Deferred || self.next_batch.is_none(),
            "next_batch",
            "is for deferred candidates alone",
        )?;
        need(self.next_batch.as_ref() != Some(&self.batch), "next_batch", "must be another batch")?;
        check_text(&self.reason.text, "reason.text")
    }
}
