//! Every kind of signed record, version 1: typed, bounded, and read by its own name alone.
//!
//! A record is a [`Message`] that also says who signs it, which leaf of the log commits to it, and
//! what else it must satisfy. `README.md` beside this file has a section for each kind. Results and
//! certificates are credentials ([`crate::result`]); everything else is here:
//!
//! - [`any`]: a record of whatever kind, recognised by its content
//! - [`decision`]: reasons, and who decided; the bounds of texts
//! - [`defined_elsewhere`]: kinds that are defined where they arise (index, basis, manifest,
//!   certificates of the draw, sheets, scores)
//! - [`roster`], [`secret_opening`], [`opening`], [`sitting_end`], [`paper_use`], [`closing`]: a
//!   batch from its roster to its closing
//! - [`correction`], [`key_correction`], [`revocation`], [`key_event`], [`acknowledgement`]: what
//!   comes after

pub mod acknowledgement;
pub mod any;
pub mod closing;
pub mod correction;
pub mod decision;
pub mod defined_elsewhere;
pub mod key_correction;
pub mod key_event;
pub mod opening;
pub mod paper_use;
pub mod revocation;
pub mod roster;
pub mod secret_opening;
pub mod sitting_end;

use kaoping_record::canonical::CanonicalError;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::{Message, MessageError, Signed};

/// The batch that leaves name which belong to none, such as those of keys. No batch is ever called
/// so.
pub const NO_BATCH: &str = "_";
/// The longest record that is read, in bytes: a bank's index is the largest.
pub const MAX_RECORD_BYTES: usize = 16 * 1024 * 1024;

/// A kind of record.
pub trait Record: Message {
    /// Who must sign it.
    const SIGNED_BY: SignedBy;

    /// The kind of the leaf that commits to it; `None` when none does.
    fn leaf(&self) -> Option<LeafKind>;

    /// Checks what its types cannot say.
    ///
    /// # Errors
    /// [`RecordError`] naming the member.
    fn check(&self) -> Result<(), RecordError>;
}

/// The signers of a valid record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignedBy {
    /// The evaluation organization, with ES256.
    Organization,
    /// The room service, with Ed25519.
    Service,
    /// A seat or a tablet, with its Ed25519 key of the day: it shows that the events belong
    /// together, not who acted.
    Device,
}

/// Why bytes are not a record that counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Longer than [`MAX_RECORD_BYTES`].
    #[error("record of {0} bytes is longer than {MAX_RECORD_BYTES}")]
    Length(usize),
    /// A kind or version that this program does not know.
    #[error("record is of kind `{kind}` version {v}, which this program does not know")]
    Unknown {
        /// The kind that the document gives itself.
        kind: String,
        /// The version that the document gives itself.
        v: u32,
    },
    /// Not of the form of its kind.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// A member that contradicts another or lies outside its bounds.
    #[error("member `{member}` {why}")]
    Member {
        /// Name of the member that breaks the rule.
        member: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// Reads a record of one kind from canonical bytes. Its signature is not checked.
///
/// # Errors
/// [`RecordError`] naming what is not accepted.
pub fn read<T: Record>(bytes: &[u8]) -> Result<Signed<T>, RecordError> {
    if bytes.len() > MAX_RECORD_BYTES {
        return Err(RecordError::Length(bytes.len()));
    }
    let signed = Signed::<T>::parse(bytes)?;
    signed.payload.check()?;
    Ok(signed)
}

/// The batch of leaves that belong to none.
///
/// # Errors
/// Never in practice; the name is an identifier.
pub fn no_batch() -> Result<BatchId, kaoping_record::id::IdError> {
    BatchId::new(NO_BATCH)
}

impl From<CanonicalError> for RecordError {
    fn from(error: CanonicalError) -> Self {
        Self::Message(error.into())
    }
}

/// A check that fails with a member's name unless it holds.
fn need(holds: bool, member: &'static str, why: &'static str) -> Result<(), RecordError> {
    if holds { Ok(()) } else { Err(RecordError::Member { member, why }) }
}
