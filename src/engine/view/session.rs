//! How a page drives a session: it starts it, hands it touches, stores, sends, and shows.

use super::error::BoundaryError;
use crate::session::journal::{Journaled, Output, Rejoined};
use kaoping_record::digest::{Digest, from_hex, to_hex};
use kaoping_record::event::Sealed;
use kaoping_record::key::{PublicKey, Signer as _};
use kaoping_record::software::Ed25519Signer;
use kaoping_record::time::Time;
use serde::{Serialize, de::DeserializeOwned};

/// A session as a page drives it.
pub trait PageSession: Journaled + Sized {
    /// What the session starts from.
    type Start: DeserializeOwned;
    /// What the person does.
    type Touch: DeserializeOwned;
    /// What the page shows.
    type View: Serialize;

    /// Starts a session with all events that device and service hold.
    ///
    /// # Errors
    /// [`BoundaryError`] when they do not fit.
    fn begin(now: Time, start: Self::Start) -> Result<(Self, Rejoined), BoundaryError>;

    /// Lets a touch happen.
    ///
    /// # Errors
    /// [`BoundaryError`] when it cannot; the session is then as before.
    fn touch(&mut self, now: Time, touch: Self::Touch) -> Result<(), BoundaryError>;

    /// Time has passed.
    ///
    /// # Errors
    /// [`BoundaryError`] when what is due now cannot happen.
    fn tick(&mut self, now: Time) -> Result<(), BoundaryError>;

    /// What the page shows now.
    ///
    /// # Errors
    /// [`BoundaryError`] when the session's events add up to nothing that can be shown.
    fn view(&self, now: Time) -> Result<Self::View, BoundaryError>;

    /// What the page stores and shows after a touch.
    ///
    /// # Errors
    /// As [`Self::view`].
    fn turn(&mut self, now: Time) -> Result<Turn<Self::View>, BoundaryError> {
        let outputs = std::iter::from_fn(|| self.journal_mut().poll_output());
        // Pages send what is unconfirmed, and wake the session every second.
        let persist = outputs.filter_map(|output| match output {
            Output::Persist(bytes) => Some(text(&bytes)),
            Output::Send { .. } | Output::WakeAt(_) => None,
        });
        Ok(Turn { persist: persist.collect(), view: self.view(now)? })
    }
}

/// What a page does after a touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Turn<View> {
    /// Events to store on the device, oldest first, before anything is sent.
    pub persist: Vec<String>,
    pub view: View,
}

/// What a page does after a start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Started<View> {
    /// How many of the device's events, from the first, still count. The page sets aside those after them,
    /// then stores what `turn` names.
    pub kept: usize,
    /// How many of the device's events count no longer.
    pub aside: usize,
    /// How many of those cannot be read; the others are not the service's, because another device went on.
    pub unreadable: usize,
    pub turn: Turn<View>,
}

/// An event that the service is not known to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Unsent {
    /// The event's identity.
    pub id: Digest,
    /// The event's canonical text.
    pub event: String,
}

/// Everything that a page has still to send, oldest first.
#[must_use]
pub fn unsent(session: &impl Journaled) -> Vec<Unsent> {
    let unsent = |sealed: &Sealed| Unsent { id: sealed.identity(), event: text(sealed.bytes()) };
    session.journal().unconfirmed().iter().map(unsent).collect()
}

/// A device's key: the page keeps the seed and hands it back when something is to be signed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DeviceKey {
    /// In hexadecimal.
    pub seed: String,
    pub key: PublicKey,
}

impl DeviceKey {
    /// The key of 32 random bytes.
    ///
    /// # Errors
    /// [`BoundaryError`] when no key can be formed.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, BoundaryError> {
        let signer = Ed25519Signer::from_seed(seed).map_err(BoundaryError::input)?;
        Ok(Self { seed: to_hex(seed), key: signer.public_key().clone() })
    }
}

/// The checkpoint of a session, signed with the key of this seed: the message's canonical text.
///
/// # Errors
/// [`BoundaryError`] when the seed is none.
pub fn signed_checkpoint(session: &impl Journaled, seed: &str) -> Result<String, BoundaryError> {
    Ok(text(&session.signed_checkpoint(&signer(seed)?).map_err(BoundaryError::input)?))
}

pub(super) fn signer(seed: &str) -> Result<Ed25519Signer, BoundaryError> {
    Ed25519Signer::from_seed(&bytes32(seed)?).map_err(BoundaryError::input)
}

/// 32 bytes in hexadecimal.
///
/// # Errors
/// [`BoundaryError`] for anything else.
pub fn bytes32(hex: &str) -> Result<[u8; 32], BoundaryError> {
    from_hex(hex).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| BoundaryError::input("not 32 bytes"))
}

/// Canonical bytes are always UTF-8.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The events of a device or of the service as sessions read them.
pub(super) fn bytes(texts: &[String]) -> Vec<&[u8]> {
    texts.iter().map(String::as_bytes).collect()
}
