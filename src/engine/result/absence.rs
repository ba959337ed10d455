//! The record of a person who missed a part: there is no result; the mark of the other part is
//! recorded.

use super::outcome::PartResult;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PseudonymId, SittingId};
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// What the terminal leaf of an absent candidate commits to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// When the service recorded it, milliseconds since 1970.
    pub at_ms: Time,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// The practical exam.
    pub practical: Part,
    /// The person in this batch.
    pub pseudonym: PseudonymId,
    /// The theory exam.
    pub theory: Part,
}

/// One of the two sittings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// One person's theory or practical exam in the batch.
    pub sitting: SittingId,
    /// The score; null for a part that the person missed.
    #[serde(deserialize_with = "Option::deserialize")]
    pub result: Option<PartResult>,
    /// Identity of the theory score, or digest of the panels' marks; null for a part that the
    /// person missed.
    #[serde(deserialize_with = "Option::deserialize")]
    pub evidence: Option<Digest>,
}

impl Message for Absence {
    const KIND: &'static str = "absence";
    const VERSION: u32 = 1;
}
