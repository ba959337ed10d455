//! What a check of a file found, for people and for programs.

use super::defect::Defect;
use crate::fault::Text;
use crate::result::certificate::CertificateCredential;
use crate::result::certificate_code::CertificateCode;
use crate::result::credential::ResultCredential;
use crate::session::hand_in::Receipt;
use kaoping_record::digest::Digest;
use kaoping_record::key::KeyId;
use serde::Serialize;

/// The whole finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "FileReport"))]
pub struct Report {
    /// What kind of file it is.
    pub kind: FileKind,
    /// What it comes to.
    pub verdict: Verdict,
    /// The same in one sentence.
    pub summary: Text,
    /// What was checked, in order.
    pub checks: Vec<Check>,
    /// What was not checked, and why.
    pub not_checked: Vec<NotChecked>,
    /// What the result claims; to be relied on only when the verdict is [`Verdict::Valid`].
    pub credential: Option<ResultCredential>,
    /// The same of a certificate.
    pub certificate: Option<CertificateCredential>,
    /// The same of the code on a printed certificate.
    pub code: Option<CertificateCode>,
    /// The same of a receipt.
    pub receipt: Option<Receipt>,
    /// The kind of another record, such as `closing`.
    pub record: Option<String>,
    /// The issuer's name in the trust list, when it is known.
    pub issuer: Option<String>,
    /// The day in China on which it claims to have been issued, `yyyy-mm-dd`.
    pub issued_on: Option<String>,
    /// Whether it comes from a sample bank, and so certifies nobody.
    pub sample: bool,
    /// The signing key's name, as the result claims it.
    pub key: Option<KeyId>,
    /// The record's identity: the digest of its payload.
    pub identity: Option<Digest>,
}

/// What a file is, by its content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A result, bundled or bare.
    Result,
    /// A certificate, bundled or bare.
    Certificate,
    /// The code on a printed certificate.
    CertificateCode,
    /// A candidate's receipt, with or without what keeps its promise.
    Receipt,
    /// A checkpoint of the log.
    Checkpoint,
    /// A proof that a record stands in the log (C2SP tlog-proof).
    InclusionProof,
    /// A proof that the log only grew, as a witness is asked (C2SP tlog-witness).
    GrowthProof,
    /// Corrections, revocations and key events.
    StatusSet,
    /// The signed basis and manifest of a draw, with the manifest's proof of the log.
    ManifestBundle,
    /// A custodian's secret.
    Secret,
    /// Another signed record.
    Record,
    /// Nothing that is known.
    #[default]
    Unknown,
}

/// What a check comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "FileVerdict"))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every check that could be made holds, and a trusted issuer signed it.
    Valid,
    /// The signature holds, but nobody vouches for the issuer: never a pass.
    ValidUnknownIssuer,
    /// The issuer is unknown and its key is not at hand, so that the signature could not be
    /// checked.
    Unchecked,
    /// Genuine, but it brings no proof that it stands in the log, where everybody would see it.
    Unlogged,
    /// Genuine, but a corrected result has replaced it.
    Superseded,
    /// Genuine, but it, or what it rests on, was revoked.
    Revoked,
    /// Genuine, but fewer outside witnesses than the trust list asks for have seen the log.
    Unwitnessed,
    /// Genuine, but what says whether it was revoked since is too old.
    Stale,
    /// At least one check fails.
    Invalid,
    /// Nothing that this program can read.
    Unreadable,
}

/// One check that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Check {
    /// The name of the check.
    pub check: CheckName,
    /// Whether it holds.
    pub ok: bool,
    /// The name of what is wrong, when it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub defect: Option<Defect>,
    /// What was found.
    #[serde(flatten)]
    pub text: Text,
}

/// One check that was not made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NotChecked {
    /// The name of the check.
    pub check: CheckName,
    /// What was missing for it, in both languages.
    #[serde(flatten)]
    pub text: Text,
}

/// The checks of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// It can be read, and is whole.
    Form,
    /// The issuer is in the trust list.
    Issuer,
    /// The issuer's key signed just these bytes.
    Signature,
    /// Every signature that it requires is there.
    RequiredSignatures,
    /// The issuer is filed for occupation and level, on the day of issue.
    Filing,
    /// Marks, shown text and outcome agree.
    Marks,
    /// It stands in the log.
    Log,
    /// The signing key was not given up.
    KeyRevocation,
    /// It is about this person.
    Holder,
    /// An outside witness has seen the log.
    Witness,
    /// It was neither revoked nor replaced afterwards.
    Revocation,
    /// A receipt's promise was kept.
    Promise,
    /// The manifest is of its basis.
    Manifest,
    /// The manifest names the commitment to the secret.
    Commitment,
}

impl Report {
    /// Whether a check was made and holds.
    #[must_use]
    pub fn holds(&self, name: CheckName) -> bool {
        self.checks.iter().any(|check| check.check == name && check.ok)
    }

    /// The checks that fail.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.ok)
    }
}

/// A report while it is written.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) checks: Vec<Check>,
    pub(super) not_checked: Vec<NotChecked>,
    /// A credential without a proof of the log.
    pub(super) unlogged: bool,
    /// Fewer witnesses than the trust list asks for.
    pub(super) unwitnessed: bool,
    /// Corrections and revocations that are too old.
    pub(super) stale: bool,
}

impl Findings {
    pub(super) fn check(&mut self, check: CheckName, finding: Finding) {
        let (ok, defect, text) = match finding {
            Ok(text) => (true, None, text),
            Err((defect, text)) => (false, Some(defect), text),
        };
        self.checks.push(Check { check, ok, defect, text });
    }

    pub(super) fn skip(&mut self, check: CheckName, zh: &str, en: &str) {
        self.not_checked.push(NotChecked { check, text: Text::new(zh, en) });
    }

    pub(super) fn holds(&self, name: CheckName) -> bool {
        self.checks.iter().any(|check| check.check == name && check.ok)
    }
}

/// What one check found: `Ok` when it holds.
pub(super) type Finding = Result<Text, (Defect, Text)>;
