//! A person's end in a batch: a signed result, or a record of why there is none. The key is
//! `<batch>.<pseudonym>`.

use crate::aggregates::log::{LoggedLeaf, Recorded};
use crate::refusal::Refusal;
use crate::work::Aggregate;
use kaoping_engine::kinds::correction::CorrectionReason;
use kaoping_engine::kinds::decision::Reason;
use kaoping_engine::kinds::revocation::{RevocationReason, RevokedRecord};
use kaoping_engine::kinds::sitting_end::SittingEndKind;
use kaoping_engine::result::certificate_code::CodeSalt;
use kaoping_engine::result::holder::HolderCommitment;
use kaoping_engine::result::outcome::Outcome;
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId, PseudonymId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Proof;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

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
    pub leaf: LoggedLeaf,
    /// What the printed certificate bears beside its text.
    pub code: SignedCode,
}

/// The signature of a printed certificate's code. The code itself holds a name, and is made again
/// from the person's data when the certificate is printed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedCode {
    /// Printed beside the code.
    pub salt: CodeSalt,
    pub proof: Proof,
}

/// A change that one officer asked for and another must approve.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Requested {
    /// What is asked for.
    pub what: Change,
    /// Who asks.
    pub by: AccountId,
    pub at_ms: Time,
}

/// A change of what was signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// The result is replaced by one of the right person.
    Correction {
        reason: Reason<CorrectionReason>,
        /// Commitment to the right name and number, which who approves must enter again.
        identity: HolderCommitment,
        /// Its salt, hexadecimal.
        salt: String,
    },
    /// A result or certificate no longer counts.
    Revocation { reason: Reason<RevocationReason>, revoked: RevokedRecord },
}

/// A result that another has replaced.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Superseded {
    pub result: SignedResult,
    pub leaf: LoggedLeaf,
    /// Blob of the decision.
    pub correction: Digest,
}

/// A revocation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Revoked {
    /// What no longer counts.
    pub what: RevokedRecord,
    pub record: Recorded,
    /// The correction of a key by which its holder failed, when that was the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_correction: Option<Digest>,
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

/// How a person's exam in a batch ended. A stream without events means that it has not ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ResultState {
    /// With a signed result, passed or failed.
    Signed(Box<LoggedResult>),
    /// Without a result, by a logged record.
    Ended { end: Ended, record: Recorded },
}

/// A signed result in the log, with what followed from it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoggedResult {
    /// The signed result that counts, unless it is revoked.
    pub result: SignedResult,
    pub leaf: LoggedLeaf,
    /// Results that were replaced, the first one first.
    pub superseded: Vec<Superseded>,
    /// The certificate.
    pub certified: Option<Certified>,
    /// Certificates on results that were replaced, the first one first.
    pub former_certificates: Vec<Certified>,
    /// A change that waits for its approval.
    pub requested: Option<Requested>,
    /// What no longer counts.
    pub revoked: Vec<Revoked>,
}

/// Why something cannot happen to a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultRefusal {
    /// The exam has an end in the log already.
    HasEnded,
}

impl From<ResultRefusal> for Refusal {
    fn from(refusal: ResultRefusal) -> Self {
        match refusal {
            ResultRefusal::HasEnded => Self::conflict(
                "has_ended",
                "pseudonym",
                ("该考生已有结果并记入日志，不能再改。", "this exam has an end in the log, which cannot change"),
                ("成绩有误，请走更正程序。", "a wrong result is corrected, never overwritten"),
            ),
        }
    }
}

impl ResultState {
    #[must_use]
    pub fn signed(&self) -> Option<&LoggedResult> {
        match self {
            Self::Signed(logged) => Some(logged),
            Self::Ended { .. } => None,
        }
    }

    /// The signed result, by value.
    ///
    /// # Errors
    /// [`Refusal::not_found`] when the exam ended without a result.
    pub fn into_signed(self) -> Result<LoggedResult, Refusal> {
        match self {
            Self::Signed(logged) => Ok(*logged),
            Self::Ended { .. } => Err(Refusal::not_found("result")),
        }
    }

    /// The leaf that ended the exam: of the result that counts, or of the record of another end.
    #[must_use]
    pub fn leaf(&self) -> &LoggedLeaf {
        match self {
            Self::Signed(logged) => &logged.leaf,
            Self::Ended { record, .. } => &record.leaf,
        }
    }

    /// The kind of that leaf.
    #[must_use]
    pub fn leaf_kind(&self) -> LeafKind {
        match self {
            Self::Signed(_) => LeafKind::Result,
            Self::Ended { end, .. } => end.leaf(),
        }
    }
}

impl LoggedResult {
    /// The result that ended the exam, with its leaf, whatever replaced it later.
    #[must_use]
    pub fn first(&self) -> (&SignedResult, &LoggedLeaf) {
        match self.superseded.first() {
            Some(first) => (&first.result, &first.leaf),
            None => (&self.result, &self.leaf),
        }
    }

    /// Whether a record was revoked.
    #[must_use]
    pub fn is_revoked(&self, record: &Digest) -> bool {
        self.revoked.iter().any(|revoked| revoked.what.identity() == *record)
    }

    /// The revocation of a record, when there is one.
    #[must_use]
    pub fn revocation(&self, record: &Digest) -> Option<&Revoked> {
        self.revoked.iter().find(|revoked| revoked.what.identity() == *record)
    }

    /// The certificate that a corrected result takes over, with its number: one that was not revoked,
    /// or only because its holder failed by a key that was corrected again.
    #[must_use]
    pub fn renewable_certificate(&self) -> Option<&Certified> {
        let stands = |record: &Digest| self.revocation(record).is_none_or(|revoked| revoked.key_correction.is_some());
        self.certified.as_ref().filter(|certified| self.may_be_certified() && stands(&certified.leaf.record))
    }

    /// Whether a certificate may rest on the result: it passed and was not revoked.
    #[must_use]
    pub fn may_be_certified(&self) -> bool {
        self.result.outcome == Outcome::Passed && !self.is_revoked(&self.leaf.record)
    }

    /// Every certificate that was logged, the first one first.
    pub fn certificates(&self) -> impl Iterator<Item = &Certified> {
        self.former_certificates.iter().chain(&self.certified)
    }

    /// The certificate that counts.
    #[must_use]
    pub fn valid_certificate(&self) -> Option<&Certified> {
        self.certified.as_ref().filter(|certified| self.may_be_certified() && !self.is_revoked(&certified.leaf.record))
    }
}

/// What happens to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum ResultEvent {
    /// The result was signed and logged.
    Signed { result: SignedResult, leaf: LoggedLeaf },
    /// The exam ended without a result, which is logged.
    Ended { end: Ended, record: Recorded },
    /// A certificate was signed and logged; a second one of the same number rests on a corrected
    /// result.
    Certified {
        /// The certificate.
        certified: Certified,
    },
    /// A change was asked for.
    Requested { requested: Requested },
    /// It was taken back.
    Withdrawn {},
    /// Another result replaced the one that counted.
    Corrected {
        /// The result that counts now.
        result: SignedResult,
        leaf: LoggedLeaf,
        /// Blob of the decision.
        correction: Digest,
    },
    /// Another result replaced the one that counted, because a key was corrected. A request that
    /// waits is about the new one.
    Rescored {
        /// The result that counts now.
        result: SignedResult,
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

/// By this all results are found that something happened to after they were signed.
pub const CHANGED: &str = "changed";

/// The key of a person's result in a batch.
#[must_use]
pub fn result_key(batch: &BatchId, pseudonym: &PseudonymId) -> String {
    format!("{batch}.{pseudonym}")
}

impl LoggedResult {
    fn supersede(&mut self, result: SignedResult, leaf: LoggedLeaf, correction: Digest) {
        let result = std::mem::replace(&mut self.result, result);
        let leaf = std::mem::replace(&mut self.leaf, leaf);
        self.superseded.push(Superseded { result, leaf, correction });
    }

    /// A request to revoke what `instead` replaces is about that from now on.
    fn redirect(&mut self, instead: RevokedRecord) {
        let Some(Requested { what: Change::Revocation { revoked, .. }, .. }) = &mut self.requested else { return };
        let same_kind = std::mem::discriminant(revoked) == std::mem::discriminant(&instead);
        if same_kind {
            *revoked = instead;
        }
    }
}

impl Aggregate for ResultState {
    const FAMILY: &'static str = "result";
    const COLLECTION: Collection = Collection::Result;
    type Event = ResultEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        match event {
            ResultEvent::Signed { result, leaf } => Some(Self::Signed(Box::new(LoggedResult {
                result,
                leaf,
                superseded: Vec::new(),
                certified: None,
                former_certificates: Vec::new(),
                requested: None,
                revoked: Vec::new(),
            }))),
            ResultEvent::Ended { end, record } => Some(Self::Ended { end, record }),
            _ => None,
        }
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        let Self::Signed(logged) = self else { return };
        match event {
            ResultEvent::Signed { .. } | ResultEvent::Ended { .. } => {}
            ResultEvent::Certified { certified } => {
                logged.redirect(RevokedRecord::Certificate { record: certified.leaf.record });
                logged.former_certificates.extend(logged.certified.replace(certified))
            }
            ResultEvent::Requested { requested } => logged.requested = Some(requested),
            ResultEvent::Withdrawn {} => logged.requested = None,
            ResultEvent::Corrected { result, leaf, correction } => {
                logged.supersede(result, leaf, correction);
                logged.requested = None;
            }
            ResultEvent::Rescored { result, leaf, correction } => {
                logged.redirect(RevokedRecord::Result { record: leaf.record });
                logged.supersede(result, leaf, correction);
            }
            ResultEvent::Revoked { revoked } => {
                // A request to revoke something that is revoked already has nothing left to ask for.
                let is_met = |requested: &Requested| match &requested.what {
                    Change::Revocation { revoked: asked, .. } => *asked == revoked.what,
                    Change::Correction { .. } => false,
                };
                if revoked.key_correction.is_none() || logged.requested.as_ref().is_some_and(is_met) {
                    logged.requested = None;
                }
                logged.revoked.push(revoked);
            }
        }
    }

    fn lookup(&self) -> Option<String> {
        let changed = self.signed().is_some_and(|logged| !logged.revoked.is_empty() || !logged.superseded.is_empty());
        changed.then(|| CHANGED.to_owned())
    }
}
