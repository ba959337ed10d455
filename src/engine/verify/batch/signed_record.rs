//! A record of a leaf as it was read: what it says, and whether who signed it might.

use super::finding::BatchDefect;
use crate::fault::Text;
use crate::kinds::any::AnyRecord;
use crate::result::certificate::CertificateCredential;
use crate::result::credential::ResultCredential;
use crate::verify::file::defect::Defect;
use crate::verify::file::trust::{TrustList, TrustedIssuer};
use crate::verify::file::{Credential, checks, record_cover, result_agrees, signer};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::jws::Unverified;
use kaoping_record::key::{Algorithm, Verifier};
use serde_json::Value;

/// What is wrong, by name and in words.
pub(super) type Wrong = (BatchDefect, Text);

/// A record.
pub(super) struct Read {
    pub(super) identity: Digest,
    /// The organization that signed it, when a trusted one did.
    pub(super) organization: Option<String>,
    /// What is wrong with its signer or its marks.
    pub(super) wrong: Vec<Wrong>,
    /// Whether it requires a signature that a batch bundle does not carry.
    pub(super) more_signatures: bool,
    pub(super) content: Content,
}

/// What a record says.
pub(super) enum Content {
    Result(Box<ResultCredential>),
    Message(Box<AnyRecord>),
    Certificate(Box<CertificateCredential>),
}

/// Reads the record of the leaf at an index of the log; `None` when it cannot be read.
pub(super) fn read(index: u64, record: &Value, trust: &TrustList, verifier: &dyn Verifier) -> Option<Read> {
    match record {
        Value::String(compact) => credential(index, compact, trust, verifier),
        record => message(index, record, trust, verifier),
    }
}

fn credential(index: u64, compact: &str, trust: &TrustList, verifier: &dyn Verifier) -> Option<Read> {
    let jws = Unverified::parse(compact).ok()?;
    let payload: Value = jws.claimed().ok()?;
    let credential = Credential::read(&jws, &payload).ok()?;
    let names = checks::required_names(&payload)?;
    let known = [Algorithm::Es256.name(), Algorithm::Sm2Sm3.name()];
    names.iter().all(|name| known.contains(name)).then_some(())?;
    let lines: Vec<_> = trust.issuers_of(jws.key_id()).collect();
    let claims = credential.claims();
    let mut wrong = Vec::new();
    let line = checks::trusted(&claims, &lines);
    wrong.extend(checks::issuer(claims.issuer_name, &lines, line).err().map(named));
    if let Some(line) = line {
        let mut note = |found: Result<Text, (Defect, Text)>| wrong.extend(found.err().map(named));
        note(checks::signature(&jws, &line.key, verifier));
        note(checks::filing(&claims, line));
        note(checks::key_revocation(line, Some(index)));
        if let Credential::Result(result) = &credential {
            note(checks::marks(&result.credential_subject));
        }
    }
    let content = match credential {
        Credential::Result(result) => {
            result_agrees(&result).then_some(())?;
            Content::Result(result)
        }
        Credential::Certificate(certificate) => Content::Certificate(certificate),
    };
    Some(Read {
        identity: jws.identity(),
        organization: line.map(|line| line.organization_id.clone()),
        wrong,
        more_signatures: names.len() > 1,
        content,
    })
}

fn message(index: u64, record: &Value, trust: &TrustList, verifier: &dyn Verifier) -> Option<Read> {
    let record = AnyRecord::read(&canonical::to_bytes(record).ok()?).ok()?;
    let identity = record.identity().ok()?;
    let (organization, uncovered) = match signer(&record, trust, verifier) {
        Ok(line) => {
            // A key with two filings has two lines; one of them must cover the record.
            let key = line.key.id();
            let found: Vec<Result<(), Wrong>> =
                trust.issuers_of(&key).map(|line| might(&record, line, index)).collect();
            let covered = found.iter().any(Result::is_ok);
            let uncovered = found.into_iter().find_map(Result::err).filter(|_| !covered);
            (Some(line.organization_id.clone()), uncovered)
        }
        Err(failed) => (None, Some(named(failed))),
    };
    let marks = record_cover::marks(&record).and_then(|found| found.err().map(named));
    Some(Read {
        identity,
        organization,
        wrong: uncovered.into_iter().chain(marks).collect(),
        more_signatures: false,
        content: Content::Message(Box::new(record)),
    })
}

/// Whether a line of the trust list covers a record: its key counted at this place of the log, and
/// the line covers it.
fn might(record: &AnyRecord, line: &TrustedIssuer, index: u64) -> Result<(), Wrong> {
    checks::key_revocation(line, Some(index)).map_err(named)?;
    record_cover::covered(record, line).map_or(Ok(()), |found| found.map(drop)).map_err(named)
}

/// A defect of a single file as one of a batch.
fn named((defect, text): (Defect, Text)) -> Wrong {
    let defect = match defect {
        Defect::FilingOccupation
        | Defect::FilingLevel
        | Defect::FilingProvince
        | Defect::FilingNotBegun
        | Defect::FilingExpired => BatchDefect::Filing,
        Defect::KeyNotBegun | Defect::KeyRetired | Defect::KeyRevoked => BatchDefect::Key,
        Defect::MarkRange | Defect::MarkShown | Defect::MarkPassed | Defect::Outcome => BatchDefect::Marks,
        _ => BatchDefect::Signature,
    };
    (defect, text)
}
