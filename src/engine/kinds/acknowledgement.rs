//! `acknowledgement` (接收回执): another system or authority took over records that were handed to it.

use super::decision::check_text;
use super::{Record, RecordError, SignedBy, need};
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The most records of one acknowledgement.
pub const MAX_RECORDS: usize = 10_000;

/// What another system said about records that were handed to it, as the organization received it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// When the organization received the answer.
    pub at_ms: Time,
    /// The system or authority, such as 技能人才评价工作网, 1 to 500 characters.
    pub authority: String,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// SHA-256 of the answer's bytes as they came: a file, a page, a scanned paper.
    pub evidence: Digest,
    /// The number that the authority gave; null when it gave none.
    #[serde(deserialize_with = "Option::deserialize")]
    pub number: Option<String>,
    /// The outcome of the records.
    pub outcome: HandOver,
    /// Identities of the records, sorted, each once, 1 to [`MAX_RECORDS`].
    pub records: Vec<Digest>,
}

/// The outcome of records that were handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOver {
    /// All of them were taken over.
    Accepted,
    /// None of them was taken over.
    Rejected,
}

impl Message for Acknowledgement {
    const KIND: &'static str = "acknowledgement";
    const VERSION: u32 = 1;
}

impl Record for Acknowledgement {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::Acknowledgement)
    }

    fn check(&self) -> Result<(), RecordError> {
        check_text(&self.authority, "authority")?;
        self.number.as_ref().map_or(Ok(()), |number| check_text(number, "number"))?;
        let sorted = self.records.is_sorted_by(|a, b| a < b);
        need(
            sorted && (1..=MAX_RECORDS).contains(&self.records.len()),
            "records",
            "must be 1 to 10000, sorted, each once",
        )
    }
}
