//! A person's end in a batch: a signed result, or a record of why there is none. The key is `<batch>.<pseudonym>`.

use crate::state::log::{LoggedLeaf, Recorded};
use crate::work::Aggregate;
use kaoping_engine::records::ending::End;
use kaoping_engine::result::outcome::Outcome;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// A signed result.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedResult {
    /// The credential.
    pub jws: String,
    /// Salt of the identity's commitment, hexadecimal.
    pub identity_salt: String,
    /// Passed or failed.
    pub outcome: Outcome,
    /// Theory as shown.
    pub theory: String,
    /// Practical as shown.
    pub practical: String,
}

/// A number of a certificate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Certified {
    /// The 22 characters.
    pub number: String,
    /// The day of issue, `yyyy-mm-dd`.
    pub issued_on: String,
}

/// How an exam ended without a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// A part was missed (缺考).
    Absent,
    /// Void, by nobody's misconduct (作废).
    Void,
    /// Annulled for misconduct (违纪取消).
    Annulled,
    /// Deferred to another batch (延期).
    Deferred,
}

impl Ended {
    /// The leaf of its record.
    #[must_use]
    pub const fn leaf(self) -> LeafKind {
        match self {
            Self::Absent => LeafKind::Absent,
            Self::Void => LeafKind::Void,
            Self::Annulled => LeafKind::Annulled,
            Self::Deferred => LeafKind::Deferred,
        }
    }
}

impl From<End> for Ended {
    fn from(end: End) -> Self {
        match end {
            End::Void => Self::Void,
            End::Annulled => Self::Annulled,
            End::Deferred => Self::Deferred,
        }
    }
}

/// A person's end in a batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ResultState {
    /// The signed result.
    pub signed: Option<SignedResult>,
    /// Blob of the signed end of a person without a result.
    pub end: Option<Digest>,
    /// How it ended without a result.
    pub ended: Option<Ended>,
    /// The leaf of the result, or of that end.
    pub leaf: Option<LoggedLeaf>,
    /// The certificate.
    pub certified: Option<Certified>,
}

/// What happens to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum ResultEvent {
    /// The result was signed and logged.
    Signed {
        /// The result.
        result: SignedResult,
        /// Its leaf.
        leaf: LoggedLeaf,
    },
    /// The exam ended without a result, which is logged.
    Ended {
        /// How.
        end: Ended,
        /// The record.
        record: Recorded,
    },
    /// A certificate's number was given.
    Certified {
        /// The certificate.
        certified: Certified,
    },
}

/// The key of a person's end in a batch.
#[must_use]
pub fn result_key(batch: &BatchId, pseudonym: &PseudonymId) -> String {
    format!("{batch}.{pseudonym}")
}

impl Aggregate for ResultState {
    const FAMILY: &'static str = "result";
    const COLLECTION: Collection = Collection::Result;
    type Event = ResultEvent;

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            ResultEvent::Signed { result, leaf } => {
                self.signed = Some(result);
                self.leaf = Some(leaf);
            }
            ResultEvent::Ended { end, record } => {
                self.ended = Some(end);
                self.end = Some(record.message);
                self.leaf = Some(record.leaf);
            }
            ResultEvent::Certified { certified } => self.certified = Some(certified),
        }
    }
}
