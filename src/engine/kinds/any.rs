//! A record of whatever kind, recognised by what it calls itself.

use super::acknowledgement::Acknowledgement;
use super::closing::Closing;
use super::correction::Correction;
use super::defined_elsewhere::PanelDecision;
use super::key_correction::KeyCorrection;
use super::key_event::KeyEvent;
use super::opening::Opening;
use super::paper_use::PaperUseRecord;
use super::revocation::Revocation;
use super::roster::RosterCommitment;
use super::secret_opening::SecretOpening;
use super::sitting_end::SittingEnd;
use super::{Record, RecordError, SignedBy, read};
use crate::bank::Index;
use crate::draw::basis::Basis;
use crate::draw::certificate::{EquivalenceCertificate, PaperCertificate};
use crate::draw::manifest::Manifest;
use crate::draw::void::DrawVoid;
use crate::practical::session::HandedInSheet;
use crate::result::absence::Absence;
use crate::session::checkpoint::{SeatCheckpoint, TabletCheckpoint};
use crate::session::hand_in::Receipt;
use crate::theory::score::TheoryScore;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::key::{PublicKey, Verifier};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::{Message, MessageError, Signed};
use serde_json::Value;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident($payload:ty);)+) => {
        /// A record of any kind that this program knows.
        #[derive(Clone, Debug, PartialEq)]
        pub enum AnyRecord {
            $($(#[$doc])* $name(Box<Signed<$payload>>),)+
        }

        /// Every kind with its version.
        pub const KINDS: &[(&str, u32)] = &[$((<$payload as Message>::KIND, <$payload as Message>::VERSION),)+];

        impl AnyRecord {
            /// Reads a record from canonical bytes. Its signature is not checked.
            ///
            /// # Errors
            /// [`RecordError`]; [`RecordError::Unknown`] for kinds and versions that this program
            /// does not know.
            pub fn read(bytes: &[u8]) -> Result<Self, RecordError> {
                if bytes.len() > super::MAX_RECORD_BYTES {
                    return Err(RecordError::Length(bytes.len()));
                }
                let generic: Signed<Value> = canonical::from_bytes(bytes)?;
                match (generic.kind.as_str(), generic.v) {
                    $((<$payload as Message>::KIND, <$payload as Message>::VERSION) => {
                        Ok(Self::$name(Box::new(read(bytes)?)))
                    })+
                    _ => Err(RecordError::Unknown { kind: generic.kind, v: generic.v }),
                }
            }

            /// The kind's name.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => <$payload as Message>::KIND,)+
                }
            }

            /// Who must sign it.
            #[must_use]
            pub const fn signed_by(&self) -> SignedBy {
                match self {
                    $(Self::$name(_) => <$payload as Record>::SIGNED_BY,)+
                }
            }

            /// The kind of leaf that commits to it.
            #[must_use]
            pub fn leaf(&self) -> Option<LeafKind> {
                match self {
                    $(Self::$name(signed) => signed.payload.leaf(),)+
                }
            }

            /// Its identity: the digest of its payload.
            ///
            /// # Errors
            /// Never in practice; it was read from canonical bytes.
            pub fn identity(&self) -> Result<Digest, MessageError> {
                match self {
                    $(Self::$name(signed) => signed.identity(),)+
                }
            }

            /// Its canonical bytes.
            ///
            /// # Errors
            /// Never in practice; it was read from canonical bytes.
            pub fn to_bytes(&self) -> Result<Vec<u8>, MessageError> {
                match self {
                    $(Self::$name(signed) => signed.to_bytes(),)+
                }
            }

            /// Checks that `key` signed it.
            ///
            /// # Errors
            /// [`MessageError`].
            pub fn verify(&self, verifier: &dyn Verifier, key: &PublicKey) -> Result<(), MessageError> {
                match self {
                    $(Self::$name(signed) => signed.verify(verifier, key),)+
                }
            }
        }
    };
}

kinds! {
    /// A bank's public index.
    BankIndex(Index);
    /// What a draw is made from, signed before anybody commits to a secret.
    DrawBasis(Basis);
    /// What a draw is bound to, signed before any secret is opened.
    DrawManifest(Manifest);
    /// A paper's certificate.
    PaperCertificate(PaperCertificate);
    /// A batch's certificate of equivalence.
    EquivalenceCertificate(EquivalenceCertificate);
    /// The present head of a seat's stream; at hand-in, of the whole stream.
    SeatCheckpoint(SeatCheckpoint);
    /// A tablet's stream at hand-in.
    TabletCheckpoint(TabletCheckpoint);
    /// A candidate's receipt.
    Receipt(Receipt);
    /// An examiner's sheet as handed in.
    ExaminerSheet(HandedInSheet);
    /// A panel's mark with its decisions.
    PanelDecision(PanelDecision);
    /// A theory paper's score.
    TheoryScore(TheoryScore);
    /// A batch's roster.
    Roster(RosterCommitment);
    /// A custodian's opened secret.
    SecretOpening(SecretOpening);
    /// An opened draw.
    Opening(Opening);
    /// A void attempt of a draw.
    DrawVoid(DrawVoid);
    /// The end of an exam that somebody did not come to.
    Absence(Absence);
    /// The end of an exam that was made void, annulled or deferred.
    SittingEnd(SittingEnd);
    /// The use of a spare paper.
    PaperUse(PaperUseRecord);
    /// A batch's closing.
    Closing(Closing);
    /// The decision to correct a result.
    Correction(Correction);
    /// The correction of an item's key.
    KeyCorrection(KeyCorrection);
    /// The revocation of a result or certificate.
    Revocation(Revocation);
    /// What happened to a key.
    KeyEvent(KeyEvent);
    /// Another system's acknowledgement.
    Acknowledgement(Acknowledgement);
}
