//! A status set: corrections, revocations and key events, each signed by itself. Version 1.
//!
//! `{"kind": "status-set", "records": [{"proof", "record"}], "v": 1}`; `proof` is null or the
//! record's place in the log. The set itself is not signed: what is in it counts, what is missing
//! proves nothing.

use super::bundle::LogProof;
use super::defect::Defect;
use super::report::{CheckName, FileKind, Finding, Findings, Report};
use super::trust::{Revocation as KeyCut, TrustList, TrustedIssuer};
use super::{Verification, checks, credential_form, key_proofs, log_inclusion, verdict};
use crate::date::Date;
use crate::fault::Text;
use crate::kinds::any::AnyRecord;
use crate::kinds::key_event::{KeyChange, KeyEvent};
use crate::kinds::{NO_BATCH, no_batch};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::key::{KeyId, Verifier};
use kaoping_record::message::Message as _;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest set that is read, in bytes.
pub const MAX_STATUS_BYTES: usize = 16 * 1024 * 1024;
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
    /// The last day on which it may be relied on, in China; whoever checks later asks for a newer
    /// one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_until: Option<Date>,
}

/// A record of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRecord {
    /// Its place in the log. Key events need one, because they count by it; corrections have no
    /// leaf of their own.
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
    fresh_until: Option<Date>,
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
        let set = open(text).map_err(|(_, text)| text)?;
        let mut read = self.clone();
        if let Some(failed) = read.take_all(&set, trust, verifier).into_iter().next() {
            return Err(failed.1);
        }
        *self = read;
        Ok(())
    }

    /// Takes the records of a set: what happened to keys first, in the order of the log, because a
    /// key that was given up gives up nothing more, and nothing that it signed later counts.
    /// Returns what does not hold.
    fn take_all(&mut self, set: &StatusSet, trust: &TrustList, verifier: &dyn Verifier) -> Vec<(Defect, Text)> {
        self.fresh_until = match (self.fresh_until, set.fresh_until) {
            (Some(known), Some(until)) => Some(known.min(until)),
            (known, until) => known.or(until),
        };
        let is_key = |entry: &&StatusRecord| entry.record.get("kind").is_some_and(|kind| kind == KeyEvent::KIND);
        let (mut keys, others): (Vec<_>, Vec<_>) = set.records.iter().partition(is_key);
        keys.sort_by_key(|entry| entry.proof.as_ref().map(|proof| proof.index));
        let mut failed = Vec::new();
        for entry in keys {
            let counting = self.cut_keys(trust);
            failed.extend(self.take(entry, &counting, verifier).err());
        }
        let counting = self.cut_keys(trust);
        for entry in others {
            failed.extend(self.take(entry, &counting, verifier).err());
        }
        failed
    }

    /// The day until which what was given counts, once that is past.
    pub(in crate::verify) fn stale_since(&self, now: Time) -> Option<Date> {
        let today = Date::in_china(now).ok()?;
        self.fresh_until.filter(|until| *until < today)
    }

    /// The trust list without what was signed by keys after they were given up.
    pub(in crate::verify) fn cut_keys(&self, trust: &TrustList) -> TrustList {
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

    /// What was said about any of these records of an issuer; a revocation goes before a
    /// correction.
    pub(in crate::verify) fn finding(&self, organization_id: &str, records: &[Digest]) -> Option<Finding> {
        self.finding_about(organization_id, |record| records.contains(record))
    }

    /// The same for records that are named in another way than by their whole identity.
    pub(in crate::verify) fn finding_about(
        &self,
        organization_id: &str,
        is_one: impl Fn(&Digest) -> bool,
    ) -> Option<Finding> {
        let about = |withdrawn: &&Withdrawn| withdrawn.organization_id == organization_id && is_one(&withdrawn.record);
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
                own_key(&signed.payload.event, &organization_id, trust)?;
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
    for failed in status.take_all(&set, against.trust, against.verifier) {
        findings.check(CheckName::Signature, Err(failed));
    }
    if let Some(day) = against.now.and_then(|now| status.stale_since(now)) {
        findings.stale = true;
        findings.skip(
            CheckName::Revocation,
            &format!("这份清单只到 {day} 有效，请取得新的清单。"),
            &format!("the set counts until {day}: get a newer one"),
        );
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
pub(in crate::verify) fn signer<'a>(
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

/// The line whose key signed the record and counts at its place in the log. Of several signatures
/// one that counts is enough, so that a key which is given up does not take along what another key
/// vouches for.
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
pub(in crate::verify) fn batch_of(record: &AnyRecord) -> Result<BatchId, kaoping_record::id::IdError> {
    let value = match record {
        AnyRecord::KeyEvent(_) => return no_batch(),
        AnyRecord::Revocation(signed) => &signed.payload.batch,
        AnyRecord::Correction(signed) => &signed.payload.batch,
        AnyRecord::KeyCorrection(signed) => &signed.payload.batch,
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

/// Only its owner gives a key up. A key that the trust list does not have is nobody's, and nothing
/// rests on it.
fn own_key(event: &KeyChange, organization_id: &str, trust: &TrustList) -> Result<(), (Defect, Text)> {
    let key = match event {
        KeyChange::Enrolled { .. } => return Ok(()),
        KeyChange::Rotated { from: key, .. } | KeyChange::Revoked { key, .. } | KeyChange::Compromised { key, .. } => {
            key
        }
    };
    match trust.issuers_of(key).next() {
        Some(_) if trust.issuers_of(key).all(|line| line.organization_id != organization_id) => {
            Err(Defect::IssuerImpostor.tells(
                "密钥属于另一个机构，只有它自己能停用或吊销。",
                "the key is another organization's, which alone may give it up",
                key,
            ))
        }
        _ => Ok(()),
    }
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
