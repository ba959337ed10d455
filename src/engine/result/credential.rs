//! The result as a W3C Verifiable Credential 2.0, signed as `vc+jwt`.
//!
//! It carries marks, rule versions and commitments; no name, no ID number, no item, no answer and
//! no key. The person is bound by a salted commitment, which who holds the salt can open.

use super::holder::HolderCommitment;
use super::outcome::{Outcome, PartResult};
use crate::bank::{Level, Profile};
use crate::plan::organization::{Filing, OCCUPATION, OCCUPATION_CODE, Organization, SPECIALTY};
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::key::Algorithm;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// What the name of an organization begins with; its unified social credit code follows.
pub const ORGANIZATION_URN: &str = "urn:kaoping:organization:";

/// Label of everything that comes from a sample bank.
pub const SAMPLE_LABEL: &str = "样题，非国家题库";

/// The credential's payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ResultCredential {
    /// `https://www.w3.org/ns/credentials/v2`.
    #[serde(rename = "@context")]
    pub context: Vec<String>,
    /// `urn:kaoping:result:` and batch and pseudonym.
    pub id: String,
    /// `VerifiableCredential` and `CareLevelResult`.
    #[serde(rename = "type")]
    pub types: Vec<String>,
    /// The organization that examined and answers for the result.
    pub issuer: Issuer,
    /// When it was issued, RFC 3339 in UTC.
    pub valid_from: String,
    /// Version of this payload: 1.
    pub v: u32,
    /// Signatures without which it proves nothing. `ES256` is this JWS itself.
    pub required_signatures: Vec<Algorithm>,
    /// What it replaces, when it is a corrected result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Supersedes>,
    /// What is certified.
    pub credential_subject: ResultSubject,
}

/// The record that a corrected result replaces. The corrected result is itself complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Supersedes {
    /// Identity of the decision ([`crate::kinds::correction::Correction`]).
    pub correction: Digest,
    /// Identity of the result that no longer counts.
    pub result: Digest,
}

/// The issuer, with what it is filed for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Issuer {
    /// `urn:kaoping:organization:` and the unified social credit code.
    pub id: String,
    /// The organization's name as it is registered.
    pub name: String,
    /// The filing under which it was examined.
    pub filing: Filing,
    /// Where people complain.
    pub complaint_contact: String,
}

/// The certified facts and their person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ResultSubject {
    /// `urn:kaoping:person:` and the pseudonym in this batch.
    pub id: String,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// Code of the occupation, such as `4-14-01-03`.
    pub occupation_code: String,
    /// Occupation (职业).
    pub occupation: String,
    /// Specialty (工种).
    pub specialty: String,
    /// The level examined (技能等级): 5, 4 or 3.
    pub level: Level,
    /// Province in which it was examined, two digits of GB/T 2260; older results do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// Mark of the theory exam, of 100.
    pub theory: PartResult,
    /// Mark of the practical exam, of 100.
    pub practical: PartResult,
    /// Both together.
    pub outcome: Outcome,
    /// Names of the rules.
    pub rules: Rules,
    /// The records from which the marks follow.
    pub evidence: Evidence,
    /// `样题，非国家题库` for sample banks.
    pub label: Option<String>,
}

/// Names of the rules by which the marks were formed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ResultRules))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ResultRules"))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rules {
    /// Name of the draw's algorithm, such as `kaoping-draw-2`.
    pub draw: String,
    /// Theory scoring.
    pub theory: String,
    /// Panel's mark.
    pub panel: String,
}

/// Commitments to what the marks rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Evidence {
    /// Which attempt of the draw counted.
    pub attempt: u32,
    /// The holder of the result.
    pub identity: HolderCommitment,
    /// Digest of the draw's manifest.
    pub manifest: Digest,
    /// SHA-256 of the paper's canonical bytes.
    pub paper: Digest,
    /// Salted digest of the theory journal.
    pub journal: Digest,
    /// Digest of the theory score's payload.
    pub theory_score: Digest,
    /// Digest over the panel decisions.
    pub panels: Digest,
}

/// What a result is made of.
#[derive(Clone, Debug)]
pub struct ResultParts<'a> {
    /// The organization that examined and will sign.
    pub organization: &'a Organization,
    /// The candidate's pseudonym in the batch.
    pub pseudonym: &'a PseudonymId,
    /// The batch (批次) whose exam led to the result.
    pub batch: &'a BatchId,
    /// The level examined (技能等级): 5, 4 or 3.
    pub level: Level,
    /// Mark of the theory exam, of 100.
    pub theory: PartResult,
    /// Mark of the practical exam, of 100.
    pub practical: PartResult,
    /// The rules by which marks were computed.
    pub rules: Rules,
    /// Digests of what the marks rest on.
    pub evidence: Evidence,
    /// A sample result is labelled so; a formal one certifies.
    pub profile: Profile,
    /// Printed as the start of validity.
    pub issued_at: Time,
}

impl ResultCredential {
    /// The payload of a result.
    #[must_use]
    pub fn new(parts: ResultParts<'_>) -> Self {
        let outcome = super::outcome::decide(&parts.theory, &parts.practical);
        let organization = parts.organization;
        Self {
            context: vec!["https://www.w3.org/ns/credentials/v2".into()],
            id: format!("urn:kaoping:result:{}:{}", parts.batch, parts.pseudonym),
            types: vec!["VerifiableCredential".into(), "CareLevelResult".into()],
            issuer: Issuer::of(organization),
            valid_from: parts.issued_at.to_rfc3339(),
            v: 1,
            required_signatures: vec![Algorithm::Es256],
            supersedes: None,
            credential_subject: ResultSubject {
                id: format!("urn:kaoping:person:{}", parts.pseudonym),
                batch: parts.batch.clone(),
                occupation_code: OCCUPATION_CODE.into(),
                occupation: OCCUPATION.into(),
                specialty: SPECIALTY.into(),
                level: parts.level,
                province: Some(organization.province.clone()),
                theory: parts.theory,
                practical: parts.practical,
                outcome,
                rules: parts.rules,
                evidence: parts.evidence,
                label: (parts.profile == Profile::Sample).then(|| SAMPLE_LABEL.into()),
            },
        }
    }
}

impl Issuer {
    /// The organization as an issuer.
    #[must_use]
    pub fn of(organization: &Organization) -> Self {
        Self {
            id: organization_id(organization),
            name: organization.name.clone(),
            filing: organization.filing.clone(),
            complaint_contact: organization.complaint_contact.clone(),
        }
    }
}

/// An organization's name in records: `urn:kaoping:organization:` and the unified social credit
/// code.
#[must_use]
pub fn organization_id(organization: &Organization) -> String {
    format!("{ORGANIZATION_URN}{}", organization.credit_code)
}
