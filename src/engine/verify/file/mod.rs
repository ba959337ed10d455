//! Checking a file that somebody handed over, without a network: the same for `kaoping verify` and
//! for the page.
//!
//! - [`bundle`], [`receipt`], [`status`], [`manifest_bundle`]: the files that people hand over
//! - [`secret_file`], `fixed_manifest`: a custodian's secret, and what is checked before it is
//!   opened
//! - [`trust`]: whose results are accepted, and the log
//! - `certificate_code`: what is checked of the code on a printed certificate
//! - `credential`, `single`, `proof`: what is checked of a result or certificate, of another
//!   record, and of a proof of the log
//! - `among`: a proof of the log beside the file that it is about
//! - `form`, `checks`, `logged`: one function a check
//! - [`report`], [`defect`]: what was found
//!
//! Nothing is taken from a file that it says about itself: the issuer's name, filing and key come
//! from the trust list, and passes are decided anew from the exact marks.

pub mod bundle;
mod certificate_code;
pub(in crate::verify) mod checks;
mod credential;
mod credential_form;
pub mod defect;
pub mod file_head;
mod fixed_manifest;
mod key_proofs;
mod log_inclusion;
pub mod manifest_bundle;
mod proof;
mod proof_subject;
pub mod receipt;
pub(in crate::verify) mod record_cover;
mod record_or_checkpoint;
pub mod report;
pub mod secret_file;
pub mod status;
pub mod trust;
mod verdict;
mod withdrawal;

pub(in crate::verify) use self::credential_form::{Credential, result_agrees};
pub(in crate::verify) use self::log_inclusion::cosigning_witnesses;
pub(in crate::verify) use self::status::{batch_of, signer};

use self::bundle::Person;
use self::file_head::MAX_FILE_BYTES;
use self::report::Report;
use self::status::Status;
use self::trust::TrustList;
use crate::result::certificate_code::is_code;
use kaoping_record::canonical;
use kaoping_record::key::Verifier;
use kaoping_record::time::Time;
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
    /// When it is checked; `None` where nobody has a clock.
    pub now: Option<Time>,
    /// What checks signatures.
    pub verifier: &'a dyn Verifier,
}

/// Checks a file against a trust list, and against a person when one is given. See
/// [`Verification::check`].
#[must_use]
pub fn verify(text: &str, trust: &TrustList, person: Option<&Person>, verifier: &dyn Verifier) -> Report {
    Verification { trust, status: None, person, now: None, verifier }.check(text)
}

impl Verification<'_> {
    /// Checks a file: a result or certificate (bundled, or a bare JWS), the text of a printed
    /// certificate's QR code, a receipt, a status set, a checkpoint, or any other signed record, or
    /// a proof of the log, a fixed manifest or a custodian's secret. Which of them it is, is told
    /// from its content.
    ///
    /// Never fails: text that is none of them gives a report that says so.
    #[must_use]
    pub fn check(&self, text: &str) -> Report {
        self.check_with(text, Beside::default())
    }

    /// The same with what a proof of the log, a code or a manifest is held against.
    #[must_use]
    pub fn check_with(&self, text: &str, beside: Beside<'_>) -> Report {
        match Content::of(text) {
            Content::CertificateCode => certificate_code::check(text, beside.record, self),
            Content::Inclusion => proof::check_inclusion(text, beside.record, self),
            Content::Growth => proof::check_growth(text, beside.old, self),
            Content::Credential => credential::check(text, self),
            Content::Receipt => receipt::check(text, self),
            Content::StatusSet => status::check(text, self),
            Content::Manifest => fixed_manifest::check(text, beside.secret, self),
            Content::Secret => fixed_manifest::secret_alone(text),
            Content::Record => record_or_checkpoint::check_record(text, self),
            Content::Checkpoint => record_or_checkpoint::check_checkpoint(text, self),
        }
    }
}

/// The other file that a file is held against, which it does not hold itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// The record that a proof of inclusion (C2SP tlog-proof) is about: a result, a certificate or
    /// a signed record. For the code on a printed certificate, the certificate's file.
    pub record: Option<&'a str>,
    /// The older signed checkpoint that a proof of consistency starts from.
    pub old: Option<&'a str>,
    /// The custodian's secret whose commitment a manifest must name.
    pub secret: Option<&'a str>,
}

/// What a text seems to be. Only a guess: who reads it decides.
enum Content {
    CertificateCode,
    Credential,
    Receipt,
    StatusSet,
    Record,
    Checkpoint,
    Inclusion,
    Growth,
    Manifest,
    Secret,
}

impl Content {
    fn of(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if is_code(text) {
            return Self::CertificateCode;
        }
        if text.starts_with("c2sp.org/tlog-proof@") {
            return Self::Inclusion;
        }
        if text.starts_with("old ") {
            return Self::Growth;
        }
        if !text.starts_with('{') {
            return if text.contains("\n\n— ") { Self::Checkpoint } else { Self::Credential };
        }
        if text.len() > MAX_FILE_BYTES.max(status::MAX_STATUS_BYTES) {
            return Self::Credential;
        }
        let value: Option<Value> = canonical::from_authored(text.as_bytes()).ok();
        let kind = value.as_ref().and_then(|value| value.get("kind")?.as_str());
        match kind {
            Some("receipt" | receipt::RECEIPT_BUNDLE_KIND) => Self::Receipt,
            Some(status::STATUS_KIND) => Self::StatusSet,
            Some(manifest_bundle::MANIFEST_BUNDLE_KIND) => Self::Manifest,
            Some(secret_file::SECRET_KIND) => Self::Secret,
            Some(_) if value.as_ref().is_some_and(|value| value.get("payload").is_some()) => Self::Record,
            _ => Self::Credential,
        }
    }
}

#[cfg(test)]
mod tests;
