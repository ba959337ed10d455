//! What is checked of a single record, and of a checkpoint.

use super::defect::Defect;
use super::report::{CheckName, FileKind, Finding, Findings, Report};
use super::status::signer;
use super::{Verification, credential_form, key_proofs, log_inclusion, record_cover, verdict};
use crate::fault::Text;
use crate::kinds::any::AnyRecord;
use crate::kinds::{MAX_RECORD_BYTES, SignedBy};
use kaoping_record::canonical;
use serde_json::Value;

/// Checks a signed record of any kind but a receipt. It may be laid out for people; the signature
/// is over canonical bytes.
pub(super) fn check_record(text: &str, against: &Verification<'_>) -> Report {
    let mut findings = Findings::default();
    let record = match open(text) {
        Ok(record) => record,
        Err(failed) => {
            findings.check(CheckName::Form, Err(failed));
            return verdict::unreadable(findings, FileKind::Record);
        }
    };
    findings.check(CheckName::Form, Ok(Text::new("文件完整，格式正确。", "whole and of the right form")));
    let mut issuer = None;
    let adjusted = against.status.map(|status| status.cut_keys(against.trust));
    let trust = adjusted.as_ref().unwrap_or(against.trust);
    match record.signed_by() {
        SignedBy::Organization => match signer(&record, trust, against.verifier) {
            Ok(line) => {
                issuer = Some(line.name.clone());
                let own = match &record {
                    AnyRecord::KeyEvent(event) => key_proofs::check(event, trust, against.verifier),
                    _ => Ok(()),
                };
                findings.check(CheckName::Signature, own.map(|()| holds()));
                // A key with two filings has two lines; one of them must cover the record.
                let key = line.key.id();
                let lines = trust.issuers_of(&key);
                let covered = lines.filter_map(|line| record_cover::covered(&record, line)).reduce(Finding::or);
                if let Some(covered) = covered {
                    findings.check(CheckName::Filing, covered);
                }
                if let Some(marks) = record_cover::marks(&record) {
                    findings.check(CheckName::Marks, marks);
                }
                findings.check(CheckName::KeyRevocation, super::checks::key_revocation(line, None));
            }
            Err(failed @ (Defect::IssuerUnknown, _)) => findings.check(CheckName::Issuer, Err(failed)),
            Err(failed) => findings.check(CheckName::Signature, Err(failed)),
        },
        SignedBy::Service => {
            let signed = record.verify(against.verifier, &trust.receipts.key);
            findings.check(
                CheckName::Signature,
                signed.map(|()| holds()).map_err(|error| {
                    Defect::from(&error).tells("签名不成立。", "the room service's signature does not hold", error)
                }),
            );
        }
        // Such keys live a day and stand in no trust list.
        SignedBy::Device => findings.check(
            CheckName::Issuer,
            Defect::IssuerUnknown.says(
                "由考试机或平板签名，信任清单里没有它的公钥。",
                "signed by a seat or a tablet, whose key is in no trust list",
            ),
        ),
    }
    findings.skip(
        CheckName::Log,
        "单独的记录没有存证，没有核对是否登记在日志中。",
        "a record by itself holds no log proof",
    );
    let kind = record.kind();
    let genuine = Text::new(format!("记录真实，没有改动（{kind}）。"), format!("a genuine and unaltered `{kind}`"));
    let mut report = verdict::of_other(findings, FileKind::Record, genuine);
    report.identity = record.identity().ok();
    report.record = Some(kind.to_owned());
    report.issuer = issuer;
    report
}

/// Checks a checkpoint of the trusted log.
pub(super) fn check_checkpoint(text: &str, against: &Verification<'_>) -> Report {
    let mut findings = Findings::default();
    let note = text.trim_start_matches('\u{feff}').trim_start().replace("\r\n", "\n");
    let signed = log_inclusion::signed(&note, &against.trust.log);
    let size = signed.as_ref().map_or(0, |checkpoint| checkpoint.size);
    findings.check(
        CheckName::Log,
        signed.map(|_| {
            Text::new(
                format!("日志“{}”签名有效，共 {size} 条。", against.trust.log.origin),
                format!("log `{}` signed it, with {size} entries", against.trust.log.origin),
            )
        }),
    );
    log_inclusion::check_witness(&mut findings, Some(&note), against.trust);
    let genuine =
        Text::new(format!("日志检查点真实，共 {size} 条。"), format!("a genuine checkpoint of {size} entries"));
    verdict::of_other(findings, FileKind::Checkpoint, genuine)
}

/// Reads a signed record, which may be laid out for people.
pub(super) fn open(text: &str) -> Result<AnyRecord, (Defect, Text)> {
    if text.len() > MAX_RECORD_BYTES {
        return Err(Defect::TooLong.tells("文件太大。", "the file is too large", text.len()));
    }
    let text = text.trim_start_matches('\u{feff}').as_bytes();
    let value: Value = canonical::from_authored(text).map_err(|error| credential_form::no_form(&error))?;
    let bytes = canonical::to_bytes(&value).map_err(|error| credential_form::no_form(&error))?;
    AnyRecord::read(&bytes).map_err(|error| credential_form::no_record(&error))
}

pub(super) fn holds() -> Text {
    Text::new("签名有效，内容没有被改动。", "the signature holds; nothing was altered")
}
