//! A status set: corrections, revocations and key events, each signed by itself. Version 1.
//!
//! `{"kind": "status-set", "records": [{"proof", "record"}], "v": 1}`; `proof` is null or the record's place in the log. The set
//! itself is not signed: what is in it counts, what is missing proves nothing.

use super::bundle::LogProof;
use super::defect::Defect;
use super::report::{CheckName, FileKind, Finding, Findings, Report};
use super::trust::{Revocation as KeyCut, TrustList, TrustedIssuer};
use super::{Verification, checks, credential_form, key_proofs, log_inclusion, verdict};
use crate::fault::Text;
use crate::kinds::any::AnyRecord;
use crate::kinds::key_event::KeyChange;
use crate::kinds::{NO_BATCH, no_batch};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::key::{KeyId, Verifier};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest set that is read, in bytes.
pub const MAX_STATUS_BYTES: usize = 64 * 1024 * 1024;
/// What a set calls itself.
pub const STATUS_KIND: &str = "status-set";
/// The version of the form.
pub const STATUS_VERSION: u32 = 1;

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusSet {
    /// [`STATUS_KIND`].
    pub kind: String,
    /// [`STATUS_VERSION`].
    pub v: u32,
    /// Corrections, revocations and key events, each signed by itself.
    pub records: Vec<StatusRecord>,
}

/// A record of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRecord {
    /// Its place in the log. Key events need one, because they count by it; corrections have no leaf of their own.
    #[serde(deserialize_with = "Option::deserialize")]
    pub proof: Option<LogProof>,
    /// The signed message.
    pub record: Value,
}

/// What sets said, once their signatures were found to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    withdrawn: Vec<Withdrawn>,
    keys: Vec<(KeyId, KeyCut)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Withdrawn {
    organization_id: String,
    record: Digest,
    defect: Defect,
    reason: String,
}

impl Status {
    /// Adds what a set says.
    ///
    /// # Errors
    /// The first defect of the set, in words; nothing is added then.
    pub fn add(&mut self, text: &str, trust: &TrustList, verifier: &dyn Verifier) -> Result<(), Text> {
        let mut read = self.clone();
        for record in &open(text).map_err(|(_, text)| text)?.records {
            read.take(record, trust, verifier).map_err(|(_, text)| text)?;
        }
        *self = read;
        Ok(())
    }

    /// The trust list without what was signed by keys after they were given up.
    pub(in crate::result) fn cut_keys(&self, trust: &TrustList) -> TrustList {
        let mut trust = trust.clone();
        for line in &mut trust.issuers {
            let id = line.key.id();
            for (_, cut) in self.keys.iter().filter(|(key, _)| *key == id) {
                let earlier = line.revoked.as_ref().is_none_or(|known| cut.from_index < known.from_index);
                if earlier {
                    line.revoked = Some(cut.clone());
                }
            }
        }
        trust
    }

    /// What was said about any of these records of an issuer; a revocation goes before a correction.
    pub(in crate::result) fn finding(&self, organization_id: &str, records: &[Digest]) -> Option<Finding> {
        let about = |withdrawn: &&Withdrawn| {
            withdrawn.organization_id == organization_id && records.contains(&withdrawn.record)
        };
        let mut all: Vec<&Withdrawn> = self.withdrawn.iter().filter(about).collect();
        all.sort_by_key(|withdrawn| withdrawn.defect == Defect::Superseded);
        let first = all.first()?;
        let reason = &first.reason;
        Some(match first.defect {
            Defect::Superseded => first
                .defect
                .says(format!("成绩已被更正：{reason}"), format!("a corrected result has replaced it: {reason}")),
            _ => first.defect.says(format!("已被撤销：{reason}"), format!("it was revoked: {reason}")),
        })
    }

    fn take(&mut self, entry: &StatusRecord, trust: &TrustList, verifier: &dyn Verifier) -> Result<(), (Defect, Text)> {
        let bytes = canonical::to_bytes(&entry.record).map_err(|error| credential_form::no_form(&error))?;
        let record = AnyRecord::read(&bytes).map_err(|error| credential_form::no_record(&error))?;
        let index = place(&record, entry.proof.as_ref(), trust)?;
        let signer = counting_signer(&record, index, trust, verifier)?;
        let organization_id = signer.organization_id.clone();
        match &record {
            AnyRecord::Correction(signed) => self.withdrawn.push(Withdrawn {
                organization_id,
                record: signed.payload.supersedes,
                defect: Defect::Superseded,
                reason: signed.payload.reason.text.clone(),
            }),
            AnyRecord::Revocation(signed) => self.withdrawn.push(Withdrawn {
                organization_id,
                record: signed.payload.revoked.identity(),
                defect: Defect::Revoked,
                reason: signed.payload.reason.text.clone(),
            }),
            AnyRecord::KeyEvent(signed) => {
                if signed.payload.organization_id != organization_id {
                    return Err(Defect::IssuerImpostor.tells(
                        "密钥记录由另一个机构签名。",
                        "the key event is signed by another organization",
                        &organization_id,
                    ));
                }
                key_proofs::check(signed, trust, verifier)?;
                self.keys.extend(key_cut(&signed.payload.event, &signer.key.id(), index)?);
            }
            _ => return Err(not_a_status(record.kind())),
        }
        Ok(())
    }
}

/// Checks a set as a file of its own.
pub(super) fn check(text: &str, against: &Verification<'_>) -> Report {
    let mut findings = Findings::default();
    let set = match open(text) {
        Ok(set) => set,
        Err(failed) => {
            findings.check(CheckName::Form, Err(failed));
            return verdict::unreadable(findings, FileKind::StatusSet);
        }
    };
    let mut status = Status::default();
    for record in &set.records {
        if let Err(failed) = status.take(record, against.trust, against.verifier) {
            findings.check(CheckName::Signature, Err(failed));
        }
    }
    let count = set.records.len();
    if findings.checks.is_empty() {
        findings.check(
            CheckName::Signature,
            Ok(Text::new(
                format!("{count} 条记录的签名都有效。"),
                format!("the signatures of all {count} records hold"),
            )),
        );
    }
    findings.skip(
        CheckName::Revocation,
        "没有核对记录是否齐全：更正与撤销名单本身没有签名。",
        "whether these are all was not checked: the set itself is not signed",
    );
    let genuine = Text::new(
        format!("更正与撤销记录真实，共 {count} 条。"),
        format!("{count} genuine corrections, revocations and key events"),
    );
    verdict::of_other(findings, FileKind::StatusSet, genuine)
}

fn open(text: &str) -> Result<StatusSet, (Defect, Text)> {
    if text.len() > MAX_STATUS_BYTES {
        return Err(Defect::TooLong.tells("文件太大。", "the file is too large", text.len()));
    }
    let text = text.trim_start_matches('\u{feff}');
    let set: StatusSet = canonical::from_authored(text.as_bytes()).map_err(|error| credential_form::no_form(&error))?;
    if set.kind == STATUS_KIND && set.v == STATUS_VERSION {
        Ok(set)
    } else {
        let found = format!("{} {}", set.kind, set.v);
        Err(Defect::UnknownKind.tells("不认识的文件种类或版本。", "a file of another kind or version", found))
    }
}

/// The line of the trust list whose key signed the record.
pub(in crate::result) fn signer<'a>(
    record: &AnyRecord,
    trust: &'a TrustList,
    verifier: &dyn Verifier,
) -> Result<&'a TrustedIssuer, (Defect, Text)> {
    let mut failed = None;
    for line in &trust.issuers {
        match record.verify(verifier, &line.key) {
            Ok(()) => return Ok(line),
            Err(kaoping_record::message::MessageError::Missing(_)) => {}
            Err(error) => failed = Some(error),
        }
    }
    Err(match failed {
        Some(error) => Defect::from(&error).tells("签名不成立。", "the signature does not hold", error),
        None => Defect::IssuerUnknown.tells(
            "签名人不在信任清单中。",
            "nobody in the trust list has signed it",
            record.kind(),
        ),
    })
}

/// The line whose key signed the record and counts at its place in the log. Of several signatures one that counts is enough, so
/// that a key which is given up does not take along what another key vouches for.
fn counting_signer<'a>(
    record: &AnyRecord,
    index: Option<u64>,
    trust: &'a TrustList,
    verifier: &dyn Verifier,
) -> Result<&'a TrustedIssuer, (Defect, Text)> {
    let first = signer(record, trust, verifier)?;
    let counts = |line: &&TrustedIssuer| checks::key_revocation(line, index).is_ok();
    match checks::key_revocation(first, index) {
        Ok(_) => Ok(first),
        Err(cut) => {
            let others = trust.issuers.iter().filter(counts);
            others.into_iter().find(|line| record.verify(verifier, &line.key).is_ok()).ok_or(cut)
        }
    }
}

/// Where the record stands in the log, once that is proven.
fn place(record: &AnyRecord, proof: Option<&LogProof>, trust: &TrustList) -> Result<Option<u64>, (Defect, Text)> {
    let Some(proof) = proof else { return Ok(None) };
    let identity = record.identity().map_err(|error| credential_form::no_record(&error.into()))?;
    let kinds: Vec<_> = record.leaf().into_iter().collect();
    let batch = batch_of(record)
        .map_err(|error| Defect::Contradiction.tells("批次编号无效。", "the batch's name is not valid", error))?;
    log_inclusion::check_inclusion(&identity, &batch, &kinds, proof, &trust.log)?;
    Ok(Some(proof.index))
}

/// The batch that a record's leaf names.
pub(in crate::result) fn batch_of(record: &AnyRecord) -> Result<BatchId, kaoping_record::id::IdError> {
    let value = match record {
        AnyRecord::KeyEvent(_) => return no_batch(),
        AnyRecord::Revocation(signed) => &signed.payload.batch,
        AnyRecord::Correction(signed) => &signed.payload.batch,
        AnyRecord::Absence(signed) => &signed.payload.batch,
        AnyRecord::SittingEnd(signed) => &signed.payload.batch,
        AnyRecord::Closing(signed) => &signed.payload.batch,
        AnyRecord::Roster(signed) => &signed.payload.batch,
        AnyRecord::Opening(signed) => &signed.payload.batch,
        AnyRecord::DrawVoid(signed) => &signed.payload.batch,
        AnyRecord::DrawBasis(signed) => &signed.payload.batch,
        AnyRecord::SecretOpening(signed) => &signed.payload.batch,
        AnyRecord::PaperUse(signed) => &signed.payload.batch,
        AnyRecord::Acknowledgement(signed) => &signed.payload.batch,
        AnyRecord::PaperCertificate(signed) => &signed.payload.batch,
        AnyRecord::EquivalenceCertificate(signed) => &signed.payload.batch,
        AnyRecord::Receipt(signed) => &signed.payload.batch,
        AnyRecord::PanelDecision(signed) => &signed.payload.batch,
        AnyRecord::TheoryScore(signed) => &signed.payload.batch,
        // A manifest names its basis, which names the batch.
        AnyRecord::DrawManifest(_)
        | AnyRecord::BankIndex(_)
        | AnyRecord::SeatCheckpoint(_)
        | AnyRecord::TabletCheckpoint(_)
        | AnyRecord::ExaminerSheet(_) => return BatchId::new(NO_BATCH),
    };
    Ok(value.clone())
}

/// What a key event takes away.
fn key_cut(event: &KeyChange, signer: &KeyId, index: Option<u64>) -> Result<Option<(KeyId, KeyCut)>, (Defect, Text)> {
    let own = index.ok_or_else(|| {
        Defect::LogLeaf.tells(
            "密钥记录没有存证，不能按日志位置计算。",
            "a key event counts by its place in the log, which is not proven",
            signer,
        )
    })?;
    match event {
        KeyChange::Enrolled { .. } => Ok(None),
        KeyChange::Rotated { from, .. } => {
            Ok(Some((from.clone(), KeyCut { from_index: own, reason: "由新密钥接替".into() })))
        }
        KeyChange::Revoked { key, reason } => {
            Ok(Some((key.clone(), KeyCut { from_index: own, reason: reason.clone() })))
        }
        KeyChange::Compromised { from_index, key, reason } => {
            if key == signer || *from_index > own {
                return Err(Defect::Contradiction.tells(
                    "泄露的密钥不能自己声明泄露，截止位置也不能晚于本条记录。",
                    "a compromised key cannot say so itself, nor from a later index than the event's",
                    key,
                ));
            }
            Ok(Some((key.clone(), KeyCut { from_index: *from_index, reason: reason.clone() })))
        }
    }
}

fn not_a_status(kind: &str) -> (Defect, Text) {
    Defect::NotAStatus.tells("不是更正、撤销或密钥记录。", "neither a correction, a revocation nor a key event", kind)
}
