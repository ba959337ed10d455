//! A person's end in a batch: a signed result, or an absence. The key is `<batch>.<pseudonym>`.

use crate::work::Aggregate;
use kaoping_engine::result::outcome::Outcome;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PseudonymId, SittingId};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// A leaf of the log with what opens it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoggedLeaf {
    /// Its index.
    pub index: u64,
    /// Its salt, hexadecimal.
    pub salt: String,
    /// Identity of the record that it commits to.
    pub record: Digest,
}

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

/// A person's end in a batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ResultState {
    /// The signed result.
    pub signed: Option<SignedResult>,
    /// Its leaf, or that of the absence.
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
    /// The person was absent from a part, which is logged.
    Absent {
        /// The sitting.
        sitting: SittingId,
        /// The leaf.
        leaf: LoggedLeaf,
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
            ResultEvent::Absent { leaf, .. } => self.leaf = Some(leaf),
            ResultEvent::Certified { certified } => self.certified = Some(certified),
        }
    }
}
