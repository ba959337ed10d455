//! Proofs of the log that are texts of their own: that a record stands in it (C2SP tlog-proof), and
//! that it only grew (a request as C2SP tlog-witness has it). Neither holds what it is about: that
//! comes beside it, the record or the older checkpoint.

use super::bundle::ResultBundle;
use super::credential_form::Credential;
use super::defect::Defect;
use super::report::{CheckName, FileKind, Finding, Findings, Report, Verdict};
use super::status::batch_of;
use super::trust::TrustList;
use super::{Content, Verification, credential_form, log_inclusion, record_or_checkpoint, verdict};
use crate::fault::Text;
use crate::kinds::any::AnyRecord;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::jws::Unverified;
use kaoping_record::log::add_checkpoint::AddCheckpoint;
use kaoping_record::log::inclusion::InclusionProof;
use kaoping_record::log::leaf::{Leaf, LeafKind};
use kaoping_record::log::tree::verify_consistency;

/// Checks that a record stands in the log. The proof's `extra` is the salt of the record's leaf.
pub(super) fn check_inclusion(text: &str, record: Option<&str>, against: &Verification<'_>) -> Report {
    let mut findings = Findings::default();
    let Ok(proof) = InclusionProof::parse(&plain(text)) else {
        findings.check(CheckName::Form, no_proof("不是日志存证文件。", "not a proof of inclusion"));
        return verdict::unreadable(findings, FileKind::InclusionProof);
    };
    findings.check(CheckName::Form, Ok(Text::new("文件完整，格式正确。", "whole and of the right form")));
    let note = proof.checkpoint.to_string();
    findings.check(CheckName::Log, inclusion(&proof, &note, record, against.trust));
    log_inclusion::check_witness(&mut findings, Some(&note), against.trust);
    let genuine = Text::new("这份记录确实登记在日志中。", "the record stands in the log");
    if record.is_some() {
        findings.skip(
            CheckName::Signature,
            "没有核对记录本身的签名；请把记录也作为文件核对。",
            "the record's own signature was not checked: verify the record as a file too",
        );
        return verdict::of_other(findings, FileKind::InclusionProof, genuine);
    }
    findings.skip(
        CheckName::Log,
        "没有给出它所证明的文件，不知道登记的是什么。请把那份成绩、证书或签名记录一起给出（命令行用 --record）。",
        "what it is about was not given, so that nothing is known of what stands there: give the result, certificate or record \
         with it (--record on the command line)",
    );
    unproven(
        verdict::of_other(findings, FileKind::InclusionProof, genuine),
        "日志检查点真实，但没有给出记录，什么也没有证明。",
        "the checkpoint is genuine, but no record was given: nothing is proven",
    )
}

/// Checks that the log of an older checkpoint is the beginning of the log of a newer one.
pub(super) fn check_growth(text: &str, old: Option<&str>, against: &Verification<'_>) -> Report {
    let mut findings = Findings::default();
    let Ok(request) = AddCheckpoint::parse(&plain(text)) else {
        findings.check(CheckName::Form, no_proof("不是日志增长的证明文件。", "not a proof of consistency"));
        return verdict::unreadable(findings, FileKind::GrowthProof);
    };
    findings.check(CheckName::Form, Ok(Text::new("文件完整，格式正确。", "whole and of the right form")));
    let note = request.checkpoint.to_string();
    findings.check(CheckName::Log, growth(&request, &note, old, against.trust));
    log_inclusion::check_witness(&mut findings, Some(&note), against.trust);
    let genuine = Text::new("日志只增加过，以前的条目没有改动。", "the log only grew: nothing before was changed");
    let report = |findings| verdict::of_other(findings, FileKind::GrowthProof, genuine);
    if old.is_some() {
        return report(findings);
    }
    findings.skip(
        CheckName::Log,
        "没有给出以前的检查点，没有核对日志有没有改动。请把以前保存的检查点一起给出（命令行用 --old）。",
        "no older checkpoint was given, so that nothing is known of what was before: give one that was kept with it (--old on \
         the command line)",
    );
    unproven(
        report(findings),
        "日志检查点真实，但没有给出以前的检查点，没有证明日志只增加过。",
        "the checkpoint is genuine, but no older one was given: that the log only grew is not proven",
    )
}

fn inclusion(proof: &InclusionProof, note: &str, record: Option<&str>, trust: &TrustList) -> Finding {
    let checkpoint = log_inclusion::signed(note, &trust.log)?;
    let size = checkpoint.size;
    let Some(record) = record else {
        return if proof.index < size {
            Ok(Text::new(
                format!("日志“{}”签名有效，共 {size} 条。", checkpoint.origin),
                format!("log `{}` signed it, with {size} entries", checkpoint.origin),
            ))
        } else {
            Defect::ProofRange.says("序号超出日志的条数。", "the index does not lie in the log")
        };
    };
    let Claimed { identity, batch, kind } = claimed(record)?;
    let salt: [u8; 32] = proof.extra.as_deref().and_then(|extra| extra.try_into().ok()).ok_or_else(|| {
        let detail = "`extra` is not 32 bytes";
        Defect::LogLeaf.tells("存证里没有条目的盐值。", "the proof lacks the salt of the leaf", detail)
    })?;
    let entry = Leaf::new(batch, kind, &Bytes32::new(salt), &identity)
        .entry()
        .map_err(|error| credential_form::no_form(&error))?;
    log_inclusion::stands_in_log(&entry, proof.index, &proof.path, &checkpoint)
}

fn growth(request: &AddCheckpoint, note: &str, old: Option<&str>, trust: &TrustList) -> Finding {
    let new = log_inclusion::signed(note, &trust.log)?;
    let Some(old) = old else {
        return Ok(Text::new(
            format!("日志“{}”签名有效，共 {} 条。", new.origin, new.size),
            format!("log `{}` signed it, with {} entries", new.origin, new.size),
        ));
    };
    let old = log_inclusion::signed(&plain(old), &trust.log)?;
    if old.size != request.old_size {
        return Defect::LogSize.says(
            format!("证明从 {} 条开始，以前的检查点却有 {} 条。", request.old_size, old.size),
            format!("the proof starts from {} entries, the older checkpoint has {}", request.old_size, old.size),
        );
    }
    verify_consistency(old.size, new.size, &request.proof, &old.root, &new.root).map_err(|error| {
        Defect::from(&error).tells(
            "不成立：以前的条目被改动过，或证明不是这两个检查点的。",
            "what was before was changed, or the proof is of other checkpoints",
            error,
        )
    })?;
    Ok(Text::new(
        format!("日志“{}”从 {} 条增加到 {} 条，以前的条目都没有改动。", new.origin, old.size, new.size),
        format!("log `{}` grew from {} to {} entries, and kept all that were before", new.origin, old.size, new.size),
    ))
}

/// What a record says of itself; its signature is not checked.
struct Claimed {
    identity: Digest,
    batch: BatchId,
    kind: LeafKind,
}

fn claimed(text: &str) -> Result<Claimed, (Defect, Text)> {
    if !matches!(Content::of(text), Content::Credential) {
        let record = record_or_checkpoint::open(text)?;
        if matches!(record, AnyRecord::DrawManifest(_)) {
            return Err(Defect::LogLeaf.tells(
                "清单本身不写批次，不能单独核对存证；请核对抽题公开包。",
                "a manifest names no batch, so that its leaf cannot be proven by itself: check the published draw",
                record.kind(),
            ));
        }
        let identity = record.identity().map_err(|error| credential_form::no_record(&error.into()))?;
        let batch = batch_of(&record)
            .map_err(|error| Defect::Contradiction.tells("批次编号无效。", "the batch's name is not valid", error))?;
        let kind = record.leaf().ok_or_else(|| {
            Defect::LogLeaf.tells("这种记录没有日志条目。", "no leaf commits to such a record", record.kind())
        })?;
        return Ok(Claimed { identity, batch, kind });
    }
    let bundle = ResultBundle::read(text).map_err(|error| credential_form::no_bundle(&error))?;
    let jws = Unverified::parse(&bundle.jws).map_err(|error| credential_form::no_jws(&error))?;
    let payload = jws.claimed().map_err(|error| credential_form::no_jws(&error))?;
    let credential = Credential::read(&jws, &payload).map_err(|error| credential_form::no_jws(&error))?;
    let (identity, batch) = (jws.identity(), credential.claims().batch.clone());
    Ok(Claimed { identity, batch, kind: credential.leaf_kind() })
}

/// Whether a text can be read as a record that a proof of inclusion might be about.
pub(super) fn may_be_logged(text: &str) -> bool {
    claimed(text).map_or_else(|(defect, _)| defect == Defect::LogLeaf, |_| true)
}

/// A proof that came without what it is about is no pass, however genuine.
fn unproven(mut report: Report, zh: &str, en: &str) -> Report {
    if report.verdict == Verdict::Valid {
        report.verdict = Verdict::Unchecked;
        report.summary = Text::new(zh, en);
    }
    report
}

fn no_proof(zh: &str, en: &str) -> Finding {
    Defect::LogForm.says(zh, en)
}

fn plain(text: &str) -> String {
    text.trim_start_matches('\u{feff}').trim_start().replace("\r\n", "\n")
}
