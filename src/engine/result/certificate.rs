//! The certificate (职业技能等级证书) as a W3C Verifiable Credential 2.0, signed as `vc+jwt`.
//!
//! It holds no name and no ID number: the person is bound by the same salted commitment as in a
//! result.

use super::credential::{Issuer, SAMPLE_LABEL};
use super::holder::HolderCommitment;
use crate::bank::{Level, Profile};
use crate::date::Date;
use crate::plan::certificate::CertificateNumber;
use crate::plan::organization::{OCCUPATION, OCCUPATION_CODE, Organization, SPECIALTY};
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId, PseudonymId};
use kaoping_record::key::Algorithm;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The credential's payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CertificateCredential {
    /// `https://www.w3.org/ns/credentials/v2`.
    #[serde(rename = "@context")]
    pub context: Vec<String>,
    /// `urn:kaoping:certificate:` and the number.
    pub id: String,
    /// `VerifiableCredential` and `CareLevelCertificate`.
    #[serde(rename = "type")]
    pub types: Vec<String>,
    /// The organization that examined and answers for the result.
    pub issuer: Issuer,
    /// When it was signed, RFC 3339 in UTC.
    pub valid_from: String,
    /// Version of this payload: 1.
    pub v: u32,
    /// Signatures without which it proves nothing. `ES256` is this JWS itself.
    pub required_signatures: Vec<Algorithm>,
    /// What is certified.
    pub credential_subject: CertificateSubject,
}

/// The certified facts and their person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CertificateSubject {
    /// `urn:kaoping:person:` and the pseudonym in the batch.
    pub id: String,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// The certificate's number (证书编号), 22 characters.
    pub number: CertificateNumber,
    /// The day that is printed on it.
    pub issued_on: Date,
    /// Code of the occupation, such as `4-14-01-03`.
    pub occupation_code: String,
    /// Occupation (职业).
    pub occupation: String,
    /// Specialty (工种).
    pub specialty: String,
    /// The level examined (技能等级): 5, 4 or 3.
    pub level: Level,
    /// Salted commitment to name and ID number, with the salt of the result.
    pub identity: HolderCommitment,
    /// The decision or failure on which the revocation rests.
    pub basis: Basis,
    /// `样题，非国家题库` for sample banks.
    pub label: Option<String>,
}

/// The basis of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[serde(deny_unknown_fields)]
pub enum Basis {
    /// An exam.
    Exam {
        /// Identities of the results, 1 to 4: more than one when a part was taken again.
        results: Vec<Digest>,
    },
    /// An official contest, whose winners may be promoted without an exam.
    Contest {
        /// Two people who approved it.
        approved_by: [AccountId; 2],
        /// The contest and the place that was won.
        contest: String,
        /// SHA-256 of the document that shows it.
        evidence: Digest,
    },
}

/// The inputs of a certificate.
#[derive(Clone, Debug)]
pub struct CertificateParts<'a> {
    /// The organization that examined and will sign.
    pub organization: &'a Organization,
    /// The candidate's pseudonym in the batch.
    pub pseudonym: &'a PseudonymId,
    /// The batch (批次) whose exam led to the result.
    pub batch: &'a BatchId,
    /// The certificate number (证书编号), by the authority's rule.
    pub number: CertificateNumber,
    /// The day that is printed on it.
    pub issued_on: Date,
    /// The level examined (技能等级): 5, 4 or 3.
    pub level: Level,
    /// The commitment of the result.
    pub identity: HolderCommitment,
    /// The decision or failure on which the revocation rests.
    pub basis: Basis,
    /// A sample result is labelled so; a formal one certifies.
    pub profile: Profile,
    /// When it is signed.
    pub issued_at: Time,
}

impl CertificateCredential {
    /// The payload of a certificate.
    #[must_use]
    pub fn new(parts: CertificateParts<'_>) -> Self {
        Self {
            context: vec!["https://www.w3.org/ns/credentials/v2".into()],
            id: format!("urn:kaoping:certificate:{}", parts.number),
            types: vec!["VerifiableCredential".into(), "CareLevelCertificate".into()],
            issuer: Issuer::of(parts.organization),
            valid_from: parts.issued_at.to_rfc3339(),
            v: 1,
            required_signatures: vec![Algorithm::Es256],
            credential_subject: CertificateSubject {
                id: format!("urn:kaoping:person:{}", parts.pseudonym),
                batch: parts.batch.clone(),
                number: parts.number,
                issued_on: parts.issued_on,
                occupation_code: OCCUPATION_CODE.into(),
                occupation: OCCUPATION.into(),
                specialty: SPECIALTY.into(),
                level: parts.level,
                identity: parts.identity,
                basis: parts.basis,
                label: (parts.profile == Profile::Sample).then(|| SAMPLE_LABEL.into()),
            },
        }
    }

    /// Whether the members agree with each other: number, level, year and province are stated
    /// redundantly.
    #[must_use]
    pub fn agrees(&self) -> bool {
        let subject = &self.credential_subject;
        let basis = match &subject.basis {
            Basis::Exam { results } => (1..=4).contains(&results.len()),
            Basis::Contest { approved_by: [one, other], contest, .. } => one != other && !contest.trim().is_empty(),
        };
        self.v == 1
            && self.context == ["https://www.w3.org/ns/credentials/v2"]
            && self.types == ["VerifiableCredential", "CareLevelCertificate"]
            && self.id == format!("urn:kaoping:certificate:{}", subject.number)
            && subject.id.starts_with("urn:kaoping:person:")
            && subject.number.level() == Some(subject.level)
            && subject.number.year() == subject.issued_on.year()
            && subject.label.as_deref().is_none_or(|label| label == SAMPLE_LABEL)
            && basis
    }
}
