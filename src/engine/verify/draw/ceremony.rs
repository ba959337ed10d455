//! Whether the published records of a ceremony are those of the draw: its openings, its certificate
//! of equivalence, the attempts before it, what opens their leaves of the log, and the checkpoint
//! that shows when the secrets were opened.

use super::bundle::Bundle;
use super::evidence::{Evidence, OpenLeaf, VoidedAttempt};
use super::openings;
use super::report::{Findings, UNLOGGED};
use super::{HEAD_FILE, compare, fault_at};
use crate::draw::basis::{Basis, Replaced};
use crate::draw::certificate::EquivalenceCertificate;
use crate::draw::manifest::Manifest;
use crate::draw::void::DrawVoid;
use crate::draw::{Deal, DrawError, Secret, commitment};
use crate::kinds::opening::Opening;
use crate::kinds::{self, Record, RecordError};
use crate::verify::batch::LoggedResults;
use crate::verify::file::trust::TrustList;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::CustodianId;
use kaoping_record::key::Verifier;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::{Message, Signed};
use serde_json::Value;
use std::collections::BTreeMap;

/// Checks a bundle's evidence against the draw that was dealt again from its documents.
///
/// # Errors
/// [`DrawError`] when the draw has no certificate of equivalence.
pub(super) fn check(
    findings: &mut Findings,
    bundle: &Bundle,
    deal: &Deal<'_>,
    trust: Option<&TrustList>,
    verifier: &dyn Verifier,
    logged: Option<&LoggedResults>,
) -> Result<(), DrawError> {
    let (basis, secrets) = (bundle.documents.basis.payload(), &bundle.documents.secrets);
    let mut ceremony = Ceremony {
        findings,
        basis,
        deal,
        trust,
        verifier,
        logged,
        signed: 0,
        last: None,
        leaves: Vec::new(),
        holders: BTreeMap::new(),
    };
    let evidence = &bundle.evidence;
    ceremony.equivalence(evidence)?;
    ceremony.voided(evidence);
    ceremony.serve_once("/secrets", secrets);
    let manifest = deal.manifest();
    ceremony.leaf("/basis_leaf", evidence.basis_leaf.as_ref(), LeafKind::Basis, Some(basis.digest()?));
    ceremony.leaf("/manifest_leaf", evidence.manifest_leaf.as_ref(), LeafKind::Manifest, Some(manifest));
    openings::check(&mut ceremony, evidence, secrets);
    ceremony.opening(evidence)?;
    ceremony.finish();
    Ok(())
}

/// The check while it goes from step to step.
pub(super) struct Ceremony<'a> {
    pub(super) findings: &'a mut Findings,
    pub(super) basis: &'a Basis,
    pub(super) deal: &'a Deal<'a>,
    pub(super) trust: Option<&'a TrustList>,
    verifier: &'a dyn Verifier,
    /// What the log of the batch holds, where that was given.
    logged: Option<&'a LoggedResults>,
    /// Records that somebody trusted signed.
    signed: usize,
    /// The leaf before, in the order of the ceremony.
    pub(super) last: Option<u64>,
    /// Leaves as a person finds them in the log.
    leaves: Vec<String>,
    /// Who had each secret.
    holders: BTreeMap<[u8; 32], CustodianId>,
}

impl Ceremony<'_> {
    fn equivalence(&mut self, evidence: &Evidence) -> Result<(), DrawError> {
        const PLACE: &str = "/equivalence";
        let Some(document) = &evidence.equivalence else {
            self.findings.skip("没有公布等值证明", "no certificate of equivalence is published");
            return Ok(());
        };
        let expected = self.deal.equivalence().map_err(|_| DrawError::Range)?;
        let Some(found) = self.read::<EquivalenceCertificate>(PLACE, document) else { return Ok(()) };
        let (expected, found) = (canonical::to_bytes(&expected)?, canonical::to_bytes(&found.payload)?);
        match compare::document(&format!("{HEAD_FILE} {PLACE}/payload"), &expected, &found) {
            None => self.findings.prove(
                "等值证明与重新抽题得出的逐字节相同",
                "the certificate of equivalence is, byte for byte, the one that drawing again gives",
            ),
            Some(fault) => self.findings.differ([*fault]),
        }
        Ok(())
    }

    fn opening(&mut self, evidence: &Evidence) -> Result<(), DrawError> {
        const PLACE: &str = "/opening";
        let manifest = self.deal.manifest();
        let Some(document) = &evidence.opening else {
            self.findings.skip(
                "没有公布发卷记录：种子没有比较",
                "no record of the opening is published: the seed was not compared",
            );
            return Ok(());
        };
        let opening = self.read::<Opening>(PLACE, document);
        let identity = opening.as_ref().and_then(|signed| signed.identity().ok());
        self.leaf("/opening_leaf", evidence.opening_leaf.as_ref(), LeafKind::Opening, identity);
        let Some(Signed { payload: opening, .. }) = opening else { return Ok(()) };
        let seed = Digest::of(&canonical::to_bytes(&self.deal.seed())?);
        let papers = u32::try_from(self.deal.seating().papers.len()).unwrap_or(u32::MAX);
        let same = [
            ("batch", opening.batch == self.basis.batch),
            ("attempt", opening.attempt == self.basis.attempt),
            ("manifest", opening.manifest == manifest),
            ("papers", opening.papers == papers),
            ("seed", opening.seed == seed),
        ];
        let others = same.iter().filter(|(_, same)| !same).map(|(member, _)| *member);
        let others: Vec<&str> = others.collect();
        if others.is_empty() {
            self.findings.prove(
                "发卷记录写明的清单、份数和种子摘要，与重新抽题的相同",
                "the opening names manifest, number of papers and digest of the seed as they are when drawn again",
            );
        }
        for member in others {
            self.refuse(
                "opening_other",
                &format!("{PLACE}/payload/{member}"),
                ["发卷记录是另一次抽题的", "the opening is of another draw"],
            );
        }
        Ok(())
    }

    /// Attempts follow each other: each basis names the void of the one before.
    fn voided(&mut self, evidence: &Evidence) {
        let Some(attempts) = &evidence.voided else {
            if self.basis.attempt > 1 {
                self.findings.skip("没有公布以前各次抽题的记录", "the attempts before this one are not published");
            }
            return;
        };
        let differences = self.findings.differences();
        let mut replaced = None;
        for (number, ended) in (1..).zip(attempts) {
            replaced = self.attempt(number, ended, replaced);
        }
        let attempt = attempts.len().saturating_add(1);
        if self.basis.replaces != replaced || u32::try_from(attempt) != Ok(self.basis.attempt) {
            self.refuse(
                "void_chain",
                "/basis",
                ["依据没有接着最后一次作废的抽题", "the basis does not follow the last attempt that was voided"],
            );
        }
        let ended = attempts.len();
        if ended > 0 && self.findings.differences() == differences {
            self.findings.prove(
                format!("以前 {ended} 次抽题都有作废记录，一次接一次，当时开启的秘密数与封存值相符"),
                format!(
                    "each of {ended} earlier attempts ended in a void, one after the other; the secrets that were open are those committed to"
                ),
            );
        }
    }

    fn attempt(&mut self, number: u32, ended: &VoidedAttempt, replaced: Option<Replaced>) -> Option<Replaced> {
        let place = format!("/voided/{}", number.saturating_sub(1));
        let basis = self.read::<Basis>(&format!("{place}/basis"), &ended.basis);
        let basis_identity = basis.as_ref().and_then(|signed| signed.identity().ok());
        self.leaf(&format!("{place}/basis_leaf"), Some(&ended.basis_leaf), LeafKind::Basis, basis_identity);
        let manifest = self.read::<Manifest>(&format!("{place}/manifest"), &ended.manifest);
        let identity = manifest.as_ref().and_then(|signed| signed.identity().ok());
        self.leaf(&format!("{place}/manifest_leaf"), Some(&ended.manifest_leaf), LeafKind::Manifest, identity);
        let void = self.read::<DrawVoid>(&format!("{place}/void"), &ended.void);
        let void_identity = void.as_ref().and_then(|signed| signed.identity().ok());
        self.leaf(&format!("{place}/void_leaf"), Some(&ended.void_leaf), LeafKind::AttemptVoid, void_identity);
        let (Some(basis), Some(manifest), Some(void)) = (basis, manifest, void) else { return None };
        let (basis, manifest, void) = (basis.payload, manifest.payload, void.payload);
        let batch = &self.basis.batch;
        if basis.batch != *batch || basis.attempt != number || ended.attempt != number || basis.replaces != replaced {
            self.refuse(
                "void_chain",
                &format!("{place}/basis"),
                ["这份依据没有接着前一次抽题", "this basis does not follow the attempt before it"],
            );
        }
        if Some(manifest.basis) != basis_identity || !manifest.check(&basis).is_empty() {
            self.refuse(
                "void_chain",
                &format!("{place}/manifest"),
                ["这份清单不是这份依据的", "this manifest is not of this basis"],
            );
        }
        if void.batch != *batch || void.attempt != number || Some(void.manifest) != identity {
            self.refuse(
                "void_other",
                &format!("{place}/void"),
                ["作废记录是另一次抽题的", "the void is of another attempt"],
            );
        }
        let committed = |secret: &Secret| {
            let entry = manifest.commitments.iter().find(|entry| entry.custodian == secret.custodian);
            entry
                .is_some_and(|entry| commitment(&manifest.basis, &secret.custodian, &secret.secret) == entry.commitment)
        };
        let mut open: Vec<&str> = ended.secrets.iter().map(|secret| secret.custodian.as_str()).collect();
        open.sort_unstable();
        let named: Vec<&str> = void.opened.iter().map(|account| account.as_str()).collect();
        if open != named || !ended.secrets.iter().all(committed) {
            self.refuse(
                "void_secret",
                &format!("{place}/secrets"),
                [
                    "当时开启的秘密数与作废记录或封存值不符",
                    "the secrets are not those that the void says were open, or not those committed to",
                ],
            );
        }
        self.serve_once(&format!("{place}/secrets"), &ended.secrets);
        Some(Replaced { manifest: identity?, void: void_identity? })
    }

    /// A secret serves once, in whosever hands: one that was open before is known.
    fn serve_once(&mut self, place: &str, secrets: &[Secret]) {
        for (number, secret) in secrets.iter().enumerate() {
            if let Some(before) = self.holders.insert(*secret.secret.as_bytes(), secret.custodian.clone()) {
                self.refuse(
                    "secret_again",
                    &format!("{place}/{number}"),
                    [
                        &format!("这个秘密数保管人 {before} 已经用过"),
                        &format!("`{before}` has used this secret before"),
                    ],
                );
            }
        }
    }

    /// Reads a record and checks its signature; what is wrong is noted.
    pub(super) fn read<T: Record>(&mut self, place: &str, document: &Value) -> Option<Signed<T>> {
        let bytes = canonical::to_bytes(document).map_err(RecordError::from);
        match bytes.and_then(|bytes| kinds::read::<T>(&bytes)) {
            Ok(signed) => {
                self.signature(place, &signed);
                Some(signed)
            }
            Err(error) => {
                self.refuse(
                    "record_unreadable",
                    place,
                    [
                        &format!("记录读不懂或被改动：{error}"),
                        &format!("the record cannot be read or was altered: {error}"),
                    ],
                );
                None
            }
        }
    }

    fn signature<T: Message>(&mut self, place: &str, signed: &Signed<T>) {
        let Some(trust) = self.trust else { return };
        let by = |id| signed.proofs.iter().any(|proof| proof.key == id);
        match trust.issuers.iter().find(|line| by(line.key.id())).map(|line| signed.verify(self.verifier, &line.key)) {
            Some(Ok(())) => self.signed += 1,
            Some(Err(error)) => self.refuse(
                "record_signature",
                place,
                ["记录的签名不成立", &format!("the record's signature does not hold: {error}")],
            ),
            None => self.findings.cannot(
                format!("{place}：签名人不在信任清单中，签名没有核对"),
                format!("{place}: nobody in the trust list signed it, and its signature was not checked"),
            ),
        }
    }

    /// Whether a leaf opens to its record, and comes after the leaf before it.
    fn leaf(&mut self, place: &str, leaf: Option<&OpenLeaf>, kind: LeafKind, record: Option<Digest>) {
        let Some(leaf) = leaf else { return };
        self.opened_leaf(place, leaf, kind, record);
        self.last = Some(leaf.index);
    }

    /// The same of one of several leaves whose order among each other is free.
    pub(super) fn opened_leaf(&mut self, place: &str, leaf: &OpenLeaf, kind: LeafKind, record: Option<Digest>) {
        if record.is_some_and(|record| record != leaf.record) {
            self.refuse("leaf_other", place, ["条目不是这份记录的", "the leaf is of another record"]);
        }
        if self.last.is_some_and(|last| last >= leaf.index) {
            self.refuse(
                "leaf_order",
                place,
                ["登记的先后次序不对", "the leaf does not come after that of the step before it"],
            );
        }
        let commitment = leaf.leaf(&self.basis.batch, kind).commitment;
        if self.logged.is_some_and(|logged| logged.draw_leaves.get(&leaf.index) != Some(&commitment)) {
            self.refuse(UNLOGGED, place, ["日志的这个序号不是这个条目", "the log holds no such leaf at this index"]);
        }
        self.leaves.push(format!("{} {commitment}", leaf.index.saturating_add(1)));
    }

    fn finish(self) {
        if self.signed > 0 {
            self.findings.prove(
                format!("开启秘密数、发卷、作废和等值证明等 {} 份记录由信任清单中的机构签名", self.signed),
                format!("{} records of the ceremony are signed by issuers of the trust list", self.signed),
            );
        }
        let count = self.leaves.len();
        if count > 0 && self.logged.is_some() {
            self.findings.leaves_compared(count);
        } else if count > 0 {
            let leaves = self.leaves.join(", ");
            self.findings.leaves(
                format!("日志里是否真有这些条目：没有日志证明，请与日志中的序号和承诺核对（{leaves}）"),
                format!("whether the log has these entries: no proof is published; compare number and commitment with the log ({leaves})"),
            );
        }
    }

    pub(super) fn refuse(&mut self, code: &str, place: &str, cause: [&str; 2]) {
        let [zh, en] = cause;
        self.findings.differ([*fault_at(
            code,
            HEAD_FILE,
            place,
            [zh.to_owned(), en.to_owned()],
            ["保留这份文件，向评价组织要求说明", "keep the file and ask the organization"],
        )]);
    }
}
