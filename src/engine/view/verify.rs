//! The verifier's page: a file that somebody handed over, and the trust list that it is checked
//! against.

use super::error::BoundaryError;
use crate::plan::organization::Filing;
use crate::verify::file::Verification;
use crate::verify::file::report::Report;
use crate::verify::file::status::Status;
use crate::verify::file::trust::{Revocation, TrustList};
use kaoping_record::software::SoftwareVerifier;
use kaoping_record::time::Time;
use serde::Serialize;

/// A checked file.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CheckedFile {
    /// What was found.
    pub report: Report,
    /// The place, among the other files, of the one that a proof of the log is about.
    pub about: Option<usize>,
}

/// The page's view of a trust list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TrustView {
    /// The accepted issuers.
    pub issuers: Vec<IssuerView>,
    /// The log's name.
    pub log: String,
}

/// An accepted issuer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct IssuerView {
    /// Full name.
    pub name: String,
    /// `urn:kaoping:organization:` and the unified social credit code.
    pub organization_id: String,
    /// What it is filed for.
    pub filing: Filing,
    /// Set once the key was given up.
    pub revoked: Option<Revocation>,
}

/// Checks a file of any small kind: a result, a certificate, a receipt, a proof of the log, or
/// another signed record.
///
/// `person` is a name with kind and number of an ID document as JSON, `status` a set of corrections
/// and revocations, and `others` the texts of the files beside it, in which a proof finds its
/// subject, and `now` the time of the page.
///
/// # Errors
/// `trust_list`, `status_set` or `input` when that argument cannot be read.
pub fn check_file(
    file: &str,
    trust: &str,
    person: Option<&str>,
    status: Option<&str>,
    others: &[String],
    now: Option<Time>,
) -> Result<CheckedFile, BoundaryError> {
    let person = person.map(serde_json::from_str).transpose().map_err(BoundaryError::input)?;
    let trust = trust_list(trust)?;
    let status = status_set(status, &trust)?;
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let verification = Verification {
        trust: &trust,
        status: status.as_ref(),
        person: person.as_ref(),
        now,
        verifier: &SoftwareVerifier,
    };
    let (report, about) = verification.check_among(file, &others);
    Ok(CheckedFile { report, about })
}

/// Reads a trust list and says what is in it.
///
/// # Errors
/// `trust_list` when it cannot be read.
pub fn read_trust(trust: &str) -> Result<TrustView, BoundaryError> {
    let list = trust_list(trust)?;
    let issuers = list.issuers.into_iter().map(|issuer| IssuerView {
        name: issuer.name,
        organization_id: issuer.organization_id,
        filing: issuer.filing,
        revoked: issuer.revoked,
    });
    Ok(TrustView { issuers: issuers.collect(), log: list.log.origin })
}

/// Reads a trust list.
///
/// # Errors
/// `trust_list` when it cannot be read.
pub fn trust_list(text: &str) -> Result<TrustList, BoundaryError> {
    TrustList::read(text).map_err(|error| {
        let (zh, en) = ("这不是信任清单文件，或者文件已损坏。", "this is no trust list, or it is damaged");
        BoundaryError::new("trust_list", zh, en, error)
    })
}

/// Reads a set of corrections and revocations; `None` without one.
///
/// # Errors
/// `status_set` when it cannot be read, or a record in it does not hold.
pub fn status_set(text: Option<&str>, trust: &TrustList) -> Result<Option<Status>, BoundaryError> {
    let Some(text) = text else { return Ok(None) };
    let mut known = Status::default();
    known.add(text, trust, &SoftwareVerifier).map_err(|why| BoundaryError {
        code: "status_set",
        message: why.clone(),
        detail: why.en,
    })?;
    Ok(Some(known))
}
