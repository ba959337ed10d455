//! Whether a file can be read, and its parts agree.

use super::bundle::{BUNDLE_KIND, BundleError, CERTIFICATE_BUNDLE_KIND, ResultBundle};
use super::defect::Defect;
use super::report::Finding;
use crate::date::Date;
use crate::fault::Text;
use crate::kinds::RecordError;
use crate::result::certificate::CertificateCredential;
use crate::result::credential::{ResultCredential, SAMPLE_LABEL};
use crate::result::holder::HolderCommitment;
use kaoping_record::canonical::CanonicalError;
use kaoping_record::id::BatchId;
use kaoping_record::jws::{JwsError, Unverified};
use kaoping_record::log::leaf::LeafKind;
use serde_json::Value;

/// A credential of either kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::verify) enum Credential {
    /// A result.
    Result(Box<ResultCredential>),
    /// A certificate.
    Certificate(Box<CertificateCredential>),
}

/// What both kinds say about who issued what for whom.
#[derive(Clone, Copy, Debug)]
pub(in crate::verify) struct Claims<'a> {
    pub(super) issuer_id: &'a str,
    pub(in crate::verify) issuer_name: &'a str,
    pub(super) filing_number: &'a str,
    pub(super) valid_from: &'a str,
    pub(super) batch: &'a BatchId,
    pub(super) occupation_code: &'a str,
    pub(super) level: crate::bank::Level,
    pub(super) province: Option<&'a str>,
    pub(super) holder: &'a HolderCommitment,
    pub(super) sample: bool,
}

impl Credential {
    /// Reads the payload as the kind that it names.
    pub(in crate::verify) fn read(jws: &Unverified, payload: &Value) -> Result<Self, JwsError> {
        let certificate = payload.pointer("/type/1").and_then(Value::as_str) == Some("CareLevelCertificate");
        Ok(if certificate { Self::Certificate(jws.claimed()?) } else { Self::Result(jws.claimed()?) })
    }

    /// The kind of its leaf. A corrected result's is another, so that no batch has two results for
    /// one person.
    pub(super) fn leaf_kind(&self) -> LeafKind {
        match self {
            Self::Result(result) if result.supersedes.is_some() => LeafKind::Correction,
            Self::Result(_) => LeafKind::Result,
            Self::Certificate(_) => LeafKind::Certificate,
        }
    }

    pub(in crate::verify) fn claims(&self) -> Claims<'_> {
        match self {
            Self::Result(result) => {
                let subject = &result.credential_subject;
                Claims {
                    issuer_id: &result.issuer.id,
                    issuer_name: &result.issuer.name,
                    filing_number: &result.issuer.filing.number,
                    valid_from: &result.valid_from,
                    batch: &subject.batch,
                    occupation_code: &subject.occupation_code,
                    level: subject.level,
                    province: subject.province.as_deref(),
                    holder: &subject.evidence.identity,
                    sample: subject.label.is_some(),
                }
            }
            Self::Certificate(certificate) => {
                let subject = &certificate.credential_subject;
                Claims {
                    issuer_id: &certificate.issuer.id,
                    issuer_name: &certificate.issuer.name,
                    filing_number: &certificate.issuer.filing.number,
                    valid_from: &certificate.valid_from,
                    batch: &subject.batch,
                    occupation_code: &subject.occupation_code,
                    level: subject.level,
                    province: Some(subject.number.province()),
                    holder: &subject.identity,
                    sample: subject.label.is_some(),
                }
            }
        }
    }
}

/// Why a text is no bundle, for people.
pub(super) fn no_bundle(error: &BundleError) -> (Defect, Text) {
    match error {
        BundleError::Length(_) => {
            Defect::TooLong.tells("文件太大，不是成绩文件。", "the file is too large for a result", error)
        }
        BundleError::Empty => Defect::Empty.tells("没有内容。", "there is nothing in it", error),
        BundleError::Kind { .. } => unknown_kind(error),
        BundleError::Form(error) => no_form(error),
    }
}

/// Why a text is no credential, for people.
pub(super) fn no_jws(error: &JwsError) -> (Defect, Text) {
    match error {
        JwsError::Payload(error) => no_form(error),
        JwsError::Header(inner) => {
            let (_, text) = no_form(inner);
            (error.into(), text)
        }
        _ => Defect::from(error).tells(
            "不是成绩或证书文件，或者复制时缺了一部分。",
            "not a signed credential, or a part of it is missing",
            error,
        ),
    }
}

/// Why a text is no record, for people.
pub(super) fn no_record(error: &RecordError) -> (Defect, Text) {
    match error {
        RecordError::Length(_) => Defect::TooLong.tells("文件太大。", "the file is too large", error),
        RecordError::Unknown { .. } => unknown_kind(error),
        RecordError::Message(message) => {
            Defect::from(message).tells("内容不符合这种记录的格式。", "not of the form of its kind", error)
        }
        RecordError::Member { .. } => {
            Defect::Contradiction.tells("内容互相矛盾，或超出范围。", "its parts contradict each other", error)
        }
    }
}

/// Why bytes are not of a form.
pub(super) fn no_form(error: &CanonicalError) -> (Defect, Text) {
    Defect::from(error).tells(
        "内容不符合文件的格式：可能损坏，或被人改过。",
        "not of the form of its kind: damaged, or tampered with",
        error,
    )
}

/// Whether the credential is of the known form, lies in a bundle of its kind, and its parts agree
/// about whom and what it is.
pub(super) fn agrees(bundle: &ResultBundle, credential: &Credential) -> Finding {
    let right = match credential {
        Credential::Result(result) => bundle.kind == BUNDLE_KIND && result_agrees(result),
        // A bare JWS is read as a result's bundle; it holds no proof.
        Credential::Certificate(certificate) => {
            (bundle.kind == CERTIFICATE_BUNDLE_KIND || bundle.issuer_key.is_none())
                && Date::of_rfc3339(&certificate.valid_from).is_ok()
                && certificate.agrees()
        }
    };
    if right {
        Ok(Text::new("文件完整，格式正确。", "whole and of the right form"))
    } else {
        Defect::Contradiction.says(
            "文件的各部分互相矛盾，或是本程序不认识的版本。",
            "its parts contradict each other, or it is of an unknown version",
        )
    }
}

/// Whether a result is of the known form, and agrees about whom it is.
pub(in crate::verify) fn result_agrees(credential: &ResultCredential) -> bool {
    let subject = &credential.credential_subject;
    let person = subject.id.strip_prefix("urn:kaoping:person:").unwrap_or_default();
    credential.v == 1
        && credential.context == ["https://www.w3.org/ns/credentials/v2"]
        && credential.types == ["VerifiableCredential", "CareLevelResult"]
        && credential.id == format!("urn:kaoping:result:{}:{person}", subject.batch)
        && Date::of_rfc3339(&credential.valid_from).is_ok()
        && subject.label.as_deref().is_none_or(|label| label == SAMPLE_LABEL)
}

fn unknown_kind(error: impl std::fmt::Display) -> (Defect, Text) {
    Defect::UnknownKind.tells(
        "这是另一种文件，或是更新版本的文件；请换用新版程序核对。",
        "a file of another kind, or of a later version that this program does not know",
        error,
    )
}
