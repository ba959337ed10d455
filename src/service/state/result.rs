//! A person's end in a batch: a signed result, or a record of why there is none. The key is `<batch>.<pseudonym>`.

use crate::state::log::{LoggedLeaf, Recorded};
use crate::work::Aggregate;
use kaoping_engine::kinds::correction::CorrectionReason;
use kaoping_engine::kinds::decision::Reason;
use kaoping_engine::kinds::revocation::{RevocationReason, RevokedRecord};
use kaoping_engine::kinds::sitting_end::SittingEndKind;
use kaoping_engine::result::outcome::Outcome;
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId, PseudonymId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Proof;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// A signed result.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedResult {
    /// The credential.
    pub jws: String,
    /// Signatures beside it.
    pub proofs: Vec<Proof>,
    /// Salt of the identity's commitment, hexadecimal.
    pub identity_salt: String,
    /// Passed or failed.
    pub outcome: Outcome,
    /// Theory as shown.
    pub theory: String,
    /// Practical as shown.
    pub practical: String,
}

/// A certificate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Certified {
    /// The 22 characters.
    pub number: String,
    /// The day of issue, `yyyy-mm-dd`.
    pub issued_on: String,
    /// The credential.
    pub jws: String,
    /// Signatures beside it.
    pub proofs: Vec<Proof>,
    /// Its leaf.
    pub leaf: LoggedLeaf,
}

/// A change that one officer asked for and another must approve.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Requested {
    /// What is asked for.
    pub what: Change,
    /// Who asks.
    pub by: AccountId,
    /// When.
    pub at_ms: Time,
}

/// A change of what was signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// The result is replaced by one of the right person.
    Correction {
        /// Why.
        reason: Reason<CorrectionReason>,
        /// Commitment to the right name and number, which who approves must enter again.
        identity: Digest,
        /// Its salt, hexadecimal.
        salt: String,
    },
    /// A result or certificate no longer counts.
    Revocation {
        /// Why.
        reason: Reason<RevocationReason>,
        /// What.
        revoked: RevokedRecord,
    },
}

/// A result that another has replaced.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Superseded {
    /// It.
    pub result: SignedResult,
    /// Its leaf.
    pub leaf: LoggedLeaf,
    /// Blob of the decision.
    pub correction: Digest,
}

/// A revocation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Revoked {
    /// What no longer counts.
    pub what: RevokedRecord,
    /// Its record.
    pub record: Recorded,
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
    /// Deferred to another batch (缓考).
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

impl From<SittingEndKind> for Ended {
    fn from(end: SittingEndKind) -> Self {
        match end {
            SittingEndKind::Void => Self::Void,
            SittingEndKind::Annulled => Self::Annulled,
            SittingEndKind::Deferred => Self::Deferred,
        }
    }
}

/// A person's end in a batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ResultState {
    /// The signed result that counts, unless it is revoked.
    pub signed: Option<SignedResult>,
    /// Blob of the signed end of a person without a result.
    pub end: Option<Digest>,
    /// How it ended without a result.
    pub ended: Option<Ended>,
    /// The leaf of the result, or of that end.
    pub leaf: Option<LoggedLeaf>,
    /// Results that were replaced, the first one first.
    pub superseded: Vec<Superseded>,
    /// The certificate.
    pub certified: Option<Certified>,
    /// A change that waits for its approval.
    pub requested: Option<Requested>,
    /// What no longer counts.
    pub revoked: Vec<Revoked>,
}

impl ResultState {
    /// The result that ended the exam, with its leaf, whatever replaced it later.
    #[must_use]
    pub fn first(&self) -> Option<(&SignedResult, &LoggedLeaf)> {
        match self.superseded.first() {
            Some(first) => Some((&first.result, &first.leaf)),
            None => self.signed.as_ref().zip(self.leaf.as_ref()),
        }
    }

    /// Whether a record was revoked.
    #[must_use]
    pub fn is_revoked(&self, record: &Digest) -> bool {
        self.revoked.iter().any(|revoked| revoked.what.identity() == *record)
    }
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
    /// A certificate was signed and logged; a second one of the same number rests on a corrected result.
    Certified {
        /// The certificate.
        certified: Certified,
    },
    /// A change was asked for.
    Requested {
        /// It.
        requested: Requested,
    },
    /// It was taken back.
    Withdrawn {},
    /// Another result replaced the one that counted.
    Corrected {
        /// The result that counts now.
        result: SignedResult,
        /// Its leaf.
        leaf: LoggedLeaf,
        /// Blob of the decision.
        correction: Digest,
    },
    /// A result or certificate was revoked.
    Revoked {
        /// The revocation.
        revoked: Revoked,
    },
}

/// The lookup of results that were corrected or revoked.
pub const CHANGED: &str = "changed";

/// The key of a person's end in a batch.
#[must_use]
pub fn result_key(batch: &BatchId, pseudonym: &PseudonymId) -> String {
    format!("{batch}.{pseudonym}")
}

impl Aggregate for ResultState {
    const FAMILY: &'static str = "result";
    const COLLECTION: Collection = Collection::Result;
    type Event = ResultEvent;

    /// By this the status set finds what was changed after it was signed.
    fn lookup(&self) -> Option<String> {
        (!self.revoked.is_empty() || !self.superseded.is_empty()).then(|| CHANGED.to_owned())
    }

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
            ResultEvent::Requested { requested } => self.requested = Some(requested),
            ResultEvent::Withdrawn {} => self.requested = None,
            ResultEvent::Corrected { result, leaf, correction } => {
                if let (Some(result), Some(leaf)) = (self.signed.replace(result), self.leaf.replace(leaf)) {
                    self.superseded.push(Superseded { result, leaf, correction });
                }
                self.requested = None;
            }
            ResultEvent::Revoked { revoked } => {
                self.revoked.push(revoked);
                self.requested = None;
            }
        }
    }
}
