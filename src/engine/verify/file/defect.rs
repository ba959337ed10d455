//! The name of each way in which a file can fail, for programs and for the corpus of what must be
//! refused.

use super::report::Finding;
use crate::fault::Text;
use kaoping_record::canonical::CanonicalError;
use kaoping_record::jws::JwsError;
use kaoping_record::key::KeyError;
use kaoping_record::log::checkpoint::CheckpointError;
use kaoping_record::log::tree::ProofError;
use kaoping_record::message::{MessageError, SignatureError};
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// Why a check fails. In JSON the name in lowercase with underlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// There is nothing in the file.
    Empty,
    /// The file is longer than is read.
    TooLong,
    /// A kind or version of file that this program does not know.
    UnknownKind,
    /// Not JSON, or of other members than the kind has.
    Malformed,
    /// A member that the kind does not have.
    UnknownMember,
    /// A name, such as an algorithm's, that this program does not know.
    UnknownName,
    /// A member that stands twice in one object.
    DuplicateMember,
    /// A number with a fraction or an exponent.
    Float,
    /// An integer beyond ±(2^53 − 1).
    IntegerRange,
    /// A member whose name is not printable ASCII.
    MemberName,
    /// Nested deeper than is read.
    TooDeep,
    /// The same value in other bytes than the canonical ones.
    NotCanonical,
    /// A list where an object belongs, an object where a name belongs, or a member left out that is
    /// always written.
    Shape,
    /// Not three parts of base64url.
    NotJws,
    /// A JWS header that names another algorithm than ES256.
    HeaderAlgorithm,
    /// A JWS header for something else than a credential.
    HeaderType,
    /// Parts of a record that contradict each other, or lie outside their bounds.
    Contradiction,
    /// Nobody in the trust list has this key.
    IssuerUnknown,
    /// The key is another's than the record says.
    IssuerImpostor,
    /// The signature does not hold.
    Signature,
    /// Nobody who must sign has signed.
    SignatureMissing,
    /// The key is of low order, no point of its curve, or of another algorithm.
    KeyUnusable,
    /// It does not say which signatures it requires.
    RequiredUnnamed,
    /// A required signature is not there.
    RequiredMissing,
    /// A required signature is of an algorithm that this program cannot check.
    RequiredUnknown,
    /// A required signature is by a key that the trust list does not have.
    RequiredKey,
    /// A required signature does not hold.
    RequiredSignature,
    /// Another occupation than the filing's.
    FilingOccupation,
    /// A level that is not filed.
    FilingLevel,
    /// A province that is not filed.
    FilingProvince,
    /// Issued before the filing began.
    FilingNotBegun,
    /// Issued after the filing expired.
    FilingExpired,
    /// Issued later than whoever checks it lives.
    IssuedInFuture,
    /// Issued before the key came into use.
    KeyNotBegun,
    /// Issued after another key took over.
    KeyRetired,
    /// The key was given up, and the record is not proven to be older.
    KeyRevoked,
    /// A mark outside 0 to 100.
    MarkRange,
    /// Text that is not that of the exact mark.
    MarkShown,
    /// Passed or failed, against the exact mark.
    MarkPassed,
    /// An outcome that does not follow from the parts.
    Outcome,
    /// The leaf is not of this record.
    LogLeaf,
    /// The checkpoint is of another log.
    OtherLog,
    /// The log's signature does not hold, or is missing.
    LogSignature,
    /// Not a signed checkpoint.
    LogForm,
    /// The checkpoint is of another size than the proof.
    LogSize,
    /// The index does not lie in the tree.
    ProofRange,
    /// The proof has too few or too many hashes.
    ProofLength,
    /// The proof leads to another root.
    ProofRoot,
    /// A known witness's signature does not hold.
    WitnessSignature,
    /// What was typed is no name, kind of document or number.
    PersonMalformed,
    /// Another person's.
    OtherPerson,
    /// A corrected result replaces it.
    Superseded,
    /// A revocation of the status set names it.
    Revoked,
    /// What keeps a receipt's promise is of another sitting.
    OtherSitting,
    /// What keeps a receipt's promise was made after the time that was promised.
    PromiseLate,
    /// A record in a set that does not belong there.
    NotAStatus,
    /// The manifest names another basis, or other custodians than the basis.
    ManifestBasis,
    /// Not the file of a custodian's secret.
    SecretMalformed,
    /// The log or its key is not the one that was pinned when the secret was made.
    PinnedLog,
    /// The secret was made for another basis, batch or attempt.
    SecretBasis,
    /// The manifest holds no commitment of the custodian.
    CustodianMissing,
    /// The manifest holds another commitment of the custodian.
    OtherCommitment,
}

impl Defect {
    /// The failing finding with a sentence for people.
    pub(super) fn says(self, zh: impl Into<String>, en: impl Into<String>) -> Finding {
        Err((self, Text::new(zh, en)))
    }

    /// The same with the program's own words behind the English ones, for whoever looks into it.
    pub(super) fn tells(self, zh: &str, en: &str, detail: impl Display) -> (Self, Text) {
        (self, Text::new(zh, format!("{en} ({detail})")))
    }
}

impl From<&CanonicalError> for Defect {
    fn from(error: &CanonicalError) -> Self {
        match error {
            CanonicalError::Json(text) if text.starts_with("unknown field") => Self::UnknownMember,
            CanonicalError::Json(text) if text.starts_with("unknown variant") => Self::UnknownName,
            CanonicalError::Json(_) => Self::Malformed,
            CanonicalError::DuplicateKey(_) => Self::DuplicateMember,
            CanonicalError::Float(_) => Self::Float,
            CanonicalError::IntegerRange(_) => Self::IntegerRange,
            CanonicalError::Key(_) => Self::MemberName,
            CanonicalError::Depth => Self::TooDeep,
            CanonicalError::Room => Self::TooLong,
            CanonicalError::Form => Self::NotCanonical,
            CanonicalError::Shape(_) => Self::Shape,
        }
    }
}

impl From<&KeyError> for Defect {
    fn from(error: &KeyError) -> Self {
        match error {
            KeyError::Key(_) | KeyError::Unsupported(_) => Self::KeyUnusable,
            KeyError::Encoding | KeyError::Signature | KeyError::Device(_) => Self::Signature,
        }
    }
}

impl From<&SignatureError> for Defect {
    fn from(error: &SignatureError) -> Self {
        match error {
            SignatureError::Key(error) => error.into(),
            SignatureError::OtherKey(_) | SignatureError::Algorithm => Self::Signature,
        }
    }
}

impl From<&JwsError> for Defect {
    fn from(error: &JwsError) -> Self {
        match error {
            JwsError::Form => Self::NotJws,
            JwsError::Algorithm(_) => Self::HeaderAlgorithm,
            JwsError::Header(error) => match error.into() {
                Self::UnknownName => Self::HeaderAlgorithm,
                defect => defect,
            },
            JwsError::Type(_) => Self::HeaderType,
            JwsError::Payload(error) => error.into(),
            JwsError::OtherKey(_) => Self::Signature,
            JwsError::Key(error) => error.into(),
            JwsError::Beside(error) => error.into(),
        }
    }
}

impl From<&MessageError> for Defect {
    fn from(error: &MessageError) -> Self {
        match error {
            MessageError::Canonical(error) => error.into(),
            MessageError::Kind { .. } => Self::UnknownKind,
            MessageError::Missing(_) => Self::SignatureMissing,
            MessageError::Signature(error) => error.into(),
        }
    }
}

impl From<&CheckpointError> for Defect {
    fn from(error: &CheckpointError) -> Self {
        match error {
            CheckpointError::Origin(_) => Self::OtherLog,
            CheckpointError::Form => Self::LogForm,
            CheckpointError::Key(KeyError::Key(_)) => Self::KeyUnusable,
            CheckpointError::Missing | CheckpointError::Key(_) => Self::LogSignature,
        }
    }
}

impl From<&ProofError> for Defect {
    fn from(error: &ProofError) -> Self {
        match error {
            ProofError::Range => Self::ProofRange,
            ProofError::Length => Self::ProofLength,
            ProofError::Root => Self::ProofRoot,
        }
    }
}
