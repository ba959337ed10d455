//! A record of a leaf as it was read: what it says, and whether who signed it might.

use super::OpenedLeaf;
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
    pub(super) content: Content,
}

/// What a record says.
pub(super) enum Content {
    Result(Box<ResultCredential>),
    Message(Box<AnyRecord>),
    Certificate(Box<CertificateCredential>),
}

/// Reads what opens the leaf at an index of the log; `None` when it cannot be read.
pub(super) fn read(index: u64, opened: &OpenedLeaf, trust: &TrustList, verifier: &dyn Verifier) -> Option<Read> {
    match &opened.record {
        Value::String(compact) => credential(index, compact, opened, trust, verifier),
        record => {
            message(index, record, trust, verifier).filter(|_| opened.proofs.is_empty() && opened.decision.is_none())
        }
    }
}

fn credential(
    index: u64,
    compact: &str,
    opened: &OpenedLeaf,
    trust: &TrustList,
    verifier: &dyn Verifier,
) -> Option<Read> {
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
        note(checks::required_signatures(&payload, &jws, &opened.proofs, Some(line), verifier));
        note(checks::filing(&claims, line));
        note(checks::key_revocation(line, Some(index)));
        if let Credential::Result(result) = &credential {
            note(checks::marks(&result.credential_subject));
        }
    }
    let content = match credential {
        Credential::Result(result) => {
            result_agrees(&result).then_some(())?;
            wrong.extend(decided(index, &result, opened.decision.as_ref(), line, (trust, verifier)));
            Content::Result(result)
        }
        Credential::Certificate(certificate) => {
            opened.decision.is_none().then_some(())?;
            Content::Certificate(certificate)
        }
    };
    Some(Read { identity: jws.identity(), organization: line.map(|line| line.organization_id.clone()), wrong, content })
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
        content: Content::Message(Box::new(record)),
    })
}

/// What is wrong with the decision behind a corrected result, which its leaf commits to by name; a
/// first result has none.
fn decided(
    index: u64,
    result: &ResultCredential,
    decision: Option<&Value>,
    issuer: Option<&TrustedIssuer>,
    (trust, verifier): (&TrustList, &dyn Verifier),
) -> Option<Wrong> {
    let wrong = |zh: &str, en: &str| Some((BatchDefect::Decision, Text::new(zh, en)));
    let Some(replaced) = &result.supersedes else {
        let none = "首次的成绩却附了更正决定。";
        return decision.and_then(|_| wrong(none, "a decision beside a result that replaces none"));
    };
    let Some(decision) = decision else {
        return wrong("更正后的成绩没有附更正决定。", "the decision to correct the result is missing");
    };
    let record = canonical::to_bytes(decision).ok().and_then(|bytes| AnyRecord::read(&bytes).ok());
    let Some((AnyRecord::Correction(signed), record)) = record.as_ref().map(|record| (record, record)) else {
        return wrong("更正决定读不懂。", "the decision to correct the result cannot be read");
    };
    let (decided, subject) = (&signed.payload, &result.credential_subject);
    let own = record.identity().ok() == Some(replaced.correction)
        && decided.supersedes == replaced.result
        && decided.batch == subject.batch
        && subject.id.strip_prefix("urn:kaoping:person:") == Some(decided.pseudonym.as_str());
    if !own {
        return wrong("更正决定不是这份成绩的。", "the decision is about another person or result");
    }
    match signer(record, trust, verifier) {
        Ok(line) if issuer.is_some_and(|issuer| issuer.organization_id != line.organization_id) => {
            wrong("更正决定由另一个机构签名。", "another organization signed the decision")
        }
        Ok(line) => might(record, line, index).err(),
        Err(failed) => Some(named(failed)),
    }
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
        Defect::RequiredUnnamed
        | Defect::RequiredMissing
        | Defect::RequiredUnknown
        | Defect::RequiredKey
        | Defect::RequiredSignature => BatchDefect::RequiredSignature,
        Defect::MarkRange | Defect::MarkShown | Defect::MarkPassed | Defect::Outcome => BatchDefect::Marks,
        _ => BatchDefect::Signature,
    };
    (defect, text)
}
