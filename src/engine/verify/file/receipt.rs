//! A candidate's receipt, and what keeps its promise. Version 1.
//!
//! A receipt promises that the leaf which ends the exam stands in the log by a time. The later
//! proof is a `{"end": {"proof", "record"}, "kind": "receipt-bundle", "receipt", "v": 1}`: `record`
//! is the result's JWS, or the signed absence or decision that ended the exam; `end` is null while
//! there is none.

use super::bundle::LogProof;
use super::credential_form::Credential;
use super::defect::Defect;
use super::report::{CheckName, FileKind, Finding, Findings, Report};
use super::status::{batch_of, signer};
use super::trust::TrustList;
use super::{Verification, checks, credential_form, log_inclusion, record_cover, verdict};
use crate::fault::Text;
use crate::kinds::any::AnyRecord;
use crate::kinds::{RecordError, read};
use crate::session::hand_in::Receipt;
use kaoping_record::canonical;
use kaoping_record::jws::Unverified;
use kaoping_record::key::{Algorithm, Verifier};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Signed;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest file that is read, in bytes.
pub const MAX_RECEIPT_BYTES: usize = 512 * 1024;
/// What a receipt with its proof calls itself.
pub const RECEIPT_BUNDLE_KIND: &str = "receipt-bundle";
/// The version of the form.
pub const RECEIPT_BUNDLE_VERSION: u32 = 1;

/// A receipt with what keeps its promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptBundle {
    /// [`RECEIPT_BUNDLE_KIND`].
    pub kind: String,
    /// [`RECEIPT_BUNDLE_VERSION`].
    pub v: u32,
    /// The signed receipt that the candidate was given.
    pub receipt: Value,
    /// What ended the exam; null while nothing has.
    #[serde(deserialize_with = "Option::deserialize")]
    pub end: Option<KeptPromise>,
}

/// What ended the exam, and where it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptPromise {
    /// Its place in the log.
    pub proof: LogProof,
    /// The result as a compact JWS, or a signed `absence` or `sitting-end`.
    pub record: Value,
}

/// Checks a receipt, with or without its proof.
pub(super) fn check(text: &str, against: &Verification<'_>) -> Report {
    let mut findings = Findings::default();
    let (receipt, end) = match open(text) {
        Ok(opened) => opened,
        Err(failed) => {
            findings.check(CheckName::Form, Err(failed));
            return verdict::unreadable(findings, FileKind::Receipt);
        }
    };
    findings.check(CheckName::Form, Ok(Text::new("文件完整，格式正确。", "whole and of the right form")));
    findings.check(CheckName::Signature, signature(&receipt, against));
    let payload = &receipt.payload;
    match &end {
        Some(end) => check_promise(&mut findings, payload, end, against),
        None => {
            let by = payload.logged_by_ms.to_rfc3339();
            findings.skip(
                CheckName::Promise,
                &format!("回执承诺在 {by} 以前登记结果；没有核对是否已登记，请到时索取存证。"),
                &format!("it promises an entry in the log by {by}; whether that was kept was not checked, ask for the proof then"),
            );
        }
    }
    let genuine = match end {
        Some(_) => Text::new("回执真实，考试结果已登记。", "the receipt is genuine, and the end of the exam is logged"),
        None => Text::new(
            "回执真实；是否已按承诺登记结果还没有核对。",
            "the receipt is genuine; whether its promise was kept is not checked",
        ),
    };
    let mut report = verdict::of_other(findings, FileKind::Receipt, genuine);
    report.identity = receipt.identity().ok();
    report.receipt = Some(receipt.payload);
    report
}

type Opened = (Signed<Receipt>, Option<KeptPromise>);

fn open(text: &str) -> Result<Opened, (Defect, Text)> {
    if text.len() > MAX_RECEIPT_BYTES {
        return Err(Defect::TooLong.tells("文件太大，不是回执。", "the file is too large for a receipt", text.len()));
    }
    let text = text.trim_start_matches('\u{feff}').as_bytes();
    let value: Value = canonical::from_authored(text).map_err(|error| credential_form::no_form(&error))?;
    if value.get("kind").and_then(Value::as_str) != Some(RECEIPT_BUNDLE_KIND) {
        return Ok((receipt(&value)?, None));
    }
    let bundle: ReceiptBundle = canonical::from_authored(text).map_err(|error| credential_form::no_form(&error))?;
    if bundle.v != RECEIPT_BUNDLE_VERSION {
        return Err(Defect::UnknownKind.tells("不认识的版本。", "a later version of the file", bundle.v));
    }
    Ok((receipt(&bundle.receipt)?, bundle.end))
}

fn receipt(value: &Value) -> Result<Signed<Receipt>, (Defect, Text)> {
    let bytes = canonical::to_bytes(value).map_err(|error| credential_form::no_form(&error))?;
    read(&bytes).map_err(|error: RecordError| credential_form::no_record(&error))
}

fn signature(receipt: &Signed<Receipt>, against: &Verification<'_>) -> Finding {
    match receipt.verify(against.verifier, &against.trust.receipts.key) {
        Ok(()) => Ok(Text::new("考场服务的签名有效。", "the room service's signature holds")),
        Err(error) => Err(Defect::from(&error).tells(
            "回执不是信任清单中的考场服务签发的，或被改动过。",
            "not signed by the room service of the trust list, or altered",
            error,
        )),
    }
}

/// What keeps a promise, once it was found to be of this sitting, signed by who may, and in the
/// log.
struct Kept {
    /// When it was made, as it claims itself: RFC 3339 in UTC.
    claimed: String,
    /// Whether it requires a signature that a receipt's file does not carry.
    more_signatures: bool,
}

type Promise = Result<Kept, (Defect, Text)>;

fn check_promise(findings: &mut Findings, receipt: &Receipt, end: &KeptPromise, against: &Verification<'_>) {
    let adjusted = against.status.map(|status| status.cut_keys(against.trust));
    let trust = adjusted.as_ref().unwrap_or(against.trust);
    let kept = match &end.record {
        Value::String(compact) => by_result(receipt, compact, end, trust, against.verifier),
        record => by_message(receipt, record, end, trust, against.verifier),
    };
    match kept {
        Ok(kept) => {
            findings.check(
                CheckName::Promise,
                Ok(Text::new("考试结果已登记在日志中。", "the end of the exam stands in the log")),
            );
            check_time(findings, receipt, end, &kept.claimed, trust);
            if kept.more_signatures {
                findings.skip(
                    CheckName::RequiredSignatures,
                    "结果还要求别的签名，回执文件里没有；请核对结果文件。",
                    "the result requires further signatures, which this file does not carry: verify the result's own file",
                );
            }
        }
        Err(failed) => findings.check(CheckName::Promise, Err(failed)),
    }
    log_inclusion::check_witness(findings, Some(&end.proof.checkpoint), trust);
}

fn by_result(
    receipt: &Receipt,
    compact: &str,
    end: &KeptPromise,
    trust: &TrustList,
    verifier: &dyn Verifier,
) -> Promise {
    let jws = Unverified::parse(compact).map_err(|error| credential_form::no_jws(&error))?;
    let payload: Value = jws.claimed().map_err(|error| credential_form::no_jws(&error))?;
    let credential = Credential::read(&jws, &payload).map_err(|error| credential_form::no_jws(&error))?;
    let Credential::Result(result) = &credential else { return Err(other_sitting()) };
    let subject = &result.credential_subject;
    if subject.evidence.journal != receipt.journal || subject.batch != receipt.batch {
        return Err(other_sitting());
    }
    if !credential_form::result_agrees(result) {
        return Err(Defect::Contradiction.tells(
            "结果的内容互相矛盾。",
            "the result's parts contradict each other",
            &result.id,
        ));
    }
    let names = checks::required_names(&payload).unwrap_or_default();
    let claims = credential.claims();
    let lines: Vec<_> = trust.issuers_of(jws.key_id()).collect();
    let issuer = checks::trusted(&claims, &lines);
    checks::issuer(claims.issuer_name, &lines, issuer)?;
    let line = issuer.ok_or_else(other_sitting)?;
    checks::signature(&jws, &line.key, verifier)?;
    checks::filing(&claims, line)?;
    checks::marks(subject)?;
    log_inclusion::check_inclusion(&jws.identity(), &subject.batch, &[LeafKind::Result], &end.proof, &trust.log)?;
    checks::key_revocation(line, Some(end.proof.index))?;
    Ok(Kept { claimed: result.valid_from.clone(), more_signatures: names != [Algorithm::Es256.name()] })
}

fn by_message(
    receipt: &Receipt,
    record: &Value,
    end: &KeptPromise,
    trust: &TrustList,
    verifier: &dyn Verifier,
) -> Promise {
    let bytes = canonical::to_bytes(record).map_err(|error| credential_form::no_form(&error))?;
    let record = AnyRecord::read(&bytes).map_err(|error| credential_form::no_record(&error))?;
    let (sittings, at) = match &record {
        AnyRecord::Absence(signed) => {
            ([&signed.payload.theory.sitting, &signed.payload.practical.sitting], signed.payload.at_ms)
        }
        AnyRecord::SittingEnd(signed) => ([&signed.payload.theory, &signed.payload.practical], signed.payload.at_ms),
        _ => return Err(other_sitting()),
    };
    let batch = batch_of(&record)
        .map_err(|error| Defect::Contradiction.tells("批次编号无效。", "the batch's name is not valid", error))?;
    if !sittings.contains(&&receipt.sitting) || batch != receipt.batch {
        return Err(other_sitting());
    }
    let line = signer(&record, trust, verifier)?;
    checks::key_time(line, at)?;
    record_cover::marks(&record).transpose()?;
    let identity = record.identity().map_err(|error| credential_form::no_record(&error.into()))?;
    let kinds: Vec<_> = record.leaf().into_iter().collect();
    log_inclusion::check_inclusion(&identity, &batch, &kinds, &end.proof, &trust.log)?;
    checks::key_revocation(line, Some(end.proof.index))?;
    Ok(Kept { claimed: at.to_rfc3339(), more_signatures: false })
}

/// Whether it stood in the log by the time that was promised. A witness's time proves it; a later
/// one proves nothing.
fn check_time(findings: &mut Findings, receipt: &Receipt, end: &KeptPromise, claimed: &str, trust: &TrustList) {
    let by = receipt.logged_by_ms;
    // Both are RFC 3339 in UTC with seconds, whose order as text is that of time.
    if *claimed > *by.to_rfc3339() {
        return findings.check(
            CheckName::Promise,
            Err(Defect::PromiseLate.tells(
                "结果晚于承诺的时间才作出。",
                "the end of the exam was made after the time that was promised",
                claimed,
            )),
        );
    }
    let seen = log_inclusion::cosigning_witnesses(Some(&end.proof.checkpoint), trust).unwrap_or_default();
    match seen.iter().filter(|seen| seen.at <= by).min_by_key(|seen| seen.at) {
        Some(first) => {
            let (witness, at) = (&first.witness, first.at.to_rfc3339());
            findings.check(
                CheckName::Promise,
                Ok(Text::new(
                    format!("按时登记：{witness} 于 {at} 已见证。"),
                    format!("logged in time: `{witness}` had seen it at {at}"),
                )),
            );
        }
        None => findings.skip(
            CheckName::Promise,
            "没有核对是否按时登记：承诺时间以前没有外部见证。",
            "whether it was logged in time was not checked: no outside witness saw it before the time that was promised",
        ),
    }
}

fn other_sitting() -> (Defect, Text) {
    let (zh, en) = ("存证不是这份回执的考试的。", "what is said to keep the promise is of another sitting");
    (Defect::OtherSitting, Text::new(zh, en))
}
