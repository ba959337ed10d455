//! Checking a file that somebody handed over, without a network: the same for `kaoping verify` and for the page.
//!
//! - [`bundle`], [`receipt`], [`status`]: the files that people hand over
//! - [`trust`]: whose results are accepted, and the log
//! - `credential`, `single`: what is checked of a result or certificate, and of another record
//! - `form`, `checks`, `logged`: one function a check
//! - [`report`], [`defect`]: what was found
//!
//! Nothing is taken from a file that it says about itself: the issuer's name, filing and key come from the trust
//! list, and passes are decided anew from the exact marks.

pub mod bundle;
mod checks;
mod credential;
pub mod defect;
mod form;
mod logged;
pub mod receipt;
pub mod report;
mod single;
pub mod status;
pub mod trust;
mod verdict;

pub(in crate::result) use self::status::batch_of;

use self::bundle::Person;
use self::report::Report;
use self::status::Status;
use self::trust::TrustList;
use kaoping_record::canonical;
use kaoping_record::key::Verifier;
use serde_json::Value;

/// What files are checked against.
#[derive(Clone, Copy)]
pub struct Verification<'a> {
    /// Whose results are accepted.
    pub trust: &'a TrustList,
    /// What was corrected and revoked, as far as it was given; `None` when nothing was.
    pub status: Option<&'a Status>,
    /// Whose result or certificate it should be.
    pub person: Option<&'a Person>,
    /// What checks signatures.
    pub verifier: &'a dyn Verifier,
}

/// Checks a file against a trust list, and against a person when one is given. See [`Verification::check`].
#[must_use]
pub fn verify(text: &str, trust: &TrustList, person: Option<&Person>, verifier: &dyn Verifier) -> Report {
    Verification { trust, status: None, person, verifier }.check(text)
}

impl Verification<'_> {
    /// Checks a file: a result or certificate (bundled, or a bare JWS), a receipt, a status set, a checkpoint, or any other
    /// signed record. Which of them it is, is told from its content.
    ///
    /// Never fails: text that is none of them gives a report that says so.
    #[must_use]
    pub fn check(&self, text: &str) -> Report {
        match Content::of(text) {
            Content::Credential => credential::check(text, self),
            Content::Receipt => receipt::check(text, self),
            Content::StatusSet => status::check(text, self),
            Content::Record => single::check_record(text, self),
            Content::Checkpoint => single::check_checkpoint(text, self),
        }
    }
}

/// What a text seems to be. Only a guess: who reads it decides.
enum Content {
    Credential,
    Receipt,
    StatusSet,
    Record,
    Checkpoint,
}

impl Content {
    fn of(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if !text.starts_with('{') {
            return if text.contains("\n\n— ") { Self::Checkpoint } else { Self::Credential };
        }
        let value: Option<Value> = canonical::from_authored(text.as_bytes()).ok();
        let kind = value.as_ref().and_then(|value| value.get("kind")?.as_str());
        match kind {
            Some("receipt" | receipt::RECEIPT_BUNDLE_KIND) => Self::Receipt,
            Some(status::STATUS_KIND) => Self::StatusSet,
            Some(_) if value.as_ref().is_some_and(|value| value.get("payload").is_some()) => Self::Record,
            _ => Self::Credential,
        }
    }
}

#[cfg(test)]
mod tests;
