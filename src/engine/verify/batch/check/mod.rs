//! The check of a batch bundle, line by line.

mod said;

use super::batch_sum::BatchSum;
use super::draw_steps::DrawSteps;
use super::finding::{BatchDefect, BatchReport, Found, MAX_FINDINGS};
use super::leaf_rules::{may_follow_the_closing, must_follow_the_closing, must_open};
use super::signed_record::{Content, read};
use super::{
    BATCH_BUNDLE_KIND, BATCH_BUNDLE_VERSION, BatchHeader, BatchLine, LoggedResults, MAX_LINE_BYTES, OpenedLeaf,
};
use crate::date::Date;
use crate::draw::basis::Basis;
use crate::draw::seating::Seating;
use crate::kinds::any::AnyRecord;
use crate::kinds::closing::Closing;
use crate::kinds::roster::RosterCommitment;
use crate::plan::seating::Roster;
use crate::result::certificate::CertificateCredential;
use crate::result::credential::ResultCredential;
use crate::verify::file::batch_of;
use crate::verify::file::status::Status;
use crate::verify::file::trust::TrustList;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::PseudonymId;
use kaoping_record::key::Verifier;
use kaoping_record::log::checkpoint::Checkpoint;
use kaoping_record::log::growing_tree::GrowingTree;
use kaoping_record::log::leaf::{Leaf, LeafKind};
use kaoping_record::log::tree::leaf_hash;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The most key corrections of one batch that are kept.
const MAX_KEY_CORRECTIONS: usize = 4096;

/// The check of one bundle: hand it each line with [`Self::line`], then ask with [`Self::finish`].
pub struct BatchCheck<'a> {
    trust: Cow<'a, TrustList>,
    status: Option<&'a Status>,
    verifier: &'a dyn Verifier,
    header: Option<BatchHeader>,
    lines: u64,
    roster: Option<Digest>,
    seating: Option<Digest>,
    committed: Option<RosterCommitment>,
    draw: DrawSteps,
    /// The leaves of key corrections, by index: what each commits to.
    key_corrections: BTreeMap<u64, Digest>,
    /// Candidates of the roster.
    entries: usize,
    closed: bool,
    /// The organization that signed the roster, or the first record that anybody trusted signed.
    organization: Option<String>,
    tree: GrowingTree,
    fold: BatchSum,
    found: Found,
}

impl<'a> BatchCheck<'a> {
    /// A check of which no line was read.
    #[must_use]
    pub fn new(trust: &'a TrustList, verifier: &'a dyn Verifier) -> Self {
        Self {
            trust: Cow::Borrowed(trust),
            status: None,
            verifier,
            header: None,
            lines: 0,
            roster: None,
            seating: None,
            committed: None,
            draw: DrawSteps::default(),
            key_corrections: BTreeMap::new(),
            entries: 0,
            closed: false,
            organization: None,
            tree: GrowingTree::default(),
            fold: BatchSum::default(),
            found: Found::default(),
        }
    }

    /// The same by a status set: keys count no longer from where they were given up, and results
    /// that were corrected or revoked are named.
    #[must_use]
    pub fn by_status(self, status: &'a Status) -> Self {
        Self { trust: Cow::Owned(status.cut_keys(&self.trust)), status: Some(status), ..self }
    }

    /// Reads the next line.
    pub fn line(&mut self, line: &str) {
        self.lines += 1;
        if self.found.count() > MAX_FINDINGS as u64 {
            // So much is wrong that the rest tells nothing more; it might fill memory.
            return;
        }
        let number = format!("line {}", self.lines);
        if line.len() > MAX_LINE_BYTES {
            return self.found.add(BatchDefect::Line, number, "这一行太长。", "the line is too long");
        }
        if self.lines == 1 {
            match canonical::from_authored::<BatchHeader>(line.as_bytes()) {
                Ok(header) if header.kind == BATCH_BUNDLE_KIND && header.v == BATCH_BUNDLE_VERSION => {
                    self.header = Some(header);
                }
                _ => self.found.add(BatchDefect::Header, number, "不是批次核验包。", "no header of a batch bundle"),
            }
            return;
        }
        match BatchLine::read(line.as_bytes()) {
            Ok(BatchLine::Roster { roster }) if self.roster.is_none() && self.tree.size() == 0 => {
                self.take_roster(&roster)
            }
            Ok(BatchLine::Seating { seating }) if self.seating.is_none() && self.tree.size() == 0 => {
                self.take_seating(&seating);
            }
            Ok(BatchLine::Leaf { leaf, opened }) if self.roster.is_some() && self.seating.is_some() => {
                self.take_leaf(&leaf, opened.as_ref());
            }
            _ => self.found.add(
                BatchDefect::Line,
                number,
                "这一行读不懂，或次序不对。",
                "the line cannot be read, or stands where it may not",
            ),
        }
    }

    /// What the batch came to.
    #[must_use]
    pub fn finish(self) -> BatchReport {
        self.finish_with_results().0
    }

    /// The same with the results that the log holds, which an audit must be of.
    #[must_use]
    pub fn finish_with_results(mut self) -> (BatchReport, LoggedResults) {
        if self.lines == 0 {
            self.found.add(BatchDefect::Header, "line 1", "文件是空的。", "the file is empty");
        }
        let log = &self.trust.log;
        if let Some(header) = &self.header {
            let signed = Checkpoint::verify(&header.checkpoint, &log.origin, &log.key);
            let right = signed.is_ok_and(|point| point.size == self.tree.size() && point.root == self.tree.root());
            if !right {
                self.found.add(
                    BatchDefect::Checkpoint,
                    log.origin.as_str(),
                    "日志没有为这些条目签名。",
                    "the log has not signed just these leaves",
                );
            }
        }
        for (missing, step) in [
            (self.committed.is_none(), "roster"),
            (!self.draw.has_basis(), "basis"),
            (self.draw.in_force().is_none(), "manifest"),
            (!self.closed, "closing"),
        ] {
            if missing {
                self.found.add(BatchDefect::StepMissing, step, "日志里没有这一步。", "the log lacks this step");
            }
        }
        let agrees = |basis: &Basis| Some(basis.roster) == self.roster && Some(basis.seating) == self.seating;
        if self.draw.basis_in_force().is_some_and(|basis| !agrees(basis)) {
            self.found.add(
                BatchDefect::SeatingOther,
                "basis",
                "名册或座位表与抽题依据的不符。",
                "roster or seating is not that of the basis",
            );
        }
        self.fold.finish(&mut self.found);
        let said = self.said();
        let batch = self.header.map(|header| header.batch);
        let report = self.found.report(batch.clone(), &self.fold.counts(), self.tree.size(), said);
        let (results, papers) = self.fold.into_logged();
        (
            report,
            LoggedResults {
                batch,
                manifest: self.draw.in_force(),
                draw_leaves: self.draw.into_leaves(),
                key_corrections: self.key_corrections,
                results,
                papers,
            },
        )
    }

    fn take_roster(&mut self, roster: &Roster) {
        self.roster = roster.digest().ok();
        self.entries = roster.entries.len();
        self.fold.roster(roster, &mut self.found);
    }

    fn take_seating(&mut self, seating: &Seating) {
        self.seating = seating.digest().ok();
        self.fold.seating(seating, &mut self.found);
    }

    fn take_leaf(&mut self, leaf: &Leaf, opened: Option<&OpenedLeaf>) {
        let index = self.tree.size();
        let own = self.header.as_ref().is_some_and(|header| header.batch == leaf.batch);
        if own {
            self.draw.leaf(index, leaf);
            if leaf.kind == LeafKind::KeyCorrection && self.key_corrections.len() < MAX_KEY_CORRECTIONS {
                self.key_corrections.insert(index, leaf.commitment);
            }
            self.take_order(index, leaf.kind);
            match opened {
                Some(opened) => self.take_opened(index, leaf, opened),
                None if must_open(leaf.kind) => self.found.add(
                    BatchDefect::LeafClosed,
                    format!("leaf {index}"),
                    "本批次的这一条没有打开。",
                    "a leaf of this batch is not opened",
                ),
                None => {}
            }
        }
        match leaf.entry() {
            Ok(entry) => self.tree.append(leaf_hash(&entry)),
            Err(_) => self.found.add(BatchDefect::Record, format!("leaf {index}"), "条目无效。", "no valid entry"),
        }
        // Tiles are for those who serve the log.
        self.tree.take_complete();
    }

    /// Whether a leaf of this kind may stand here.
    fn take_order(&mut self, index: u64, kind: LeafKind) {
        let place = format!("leaf {index}");
        if self.closed && !may_follow_the_closing(kind) {
            let (zh, en) = ("批次已经关闭。", "it comes after the closing");
            return self.found.add(BatchDefect::AfterClosing, place, zh, en);
        }
        if !self.closed && must_follow_the_closing(kind) {
            let (zh, en) =
                ("登记得太早：批次关闭以后才能更正标准答案。", "too early: a key is corrected after the closing");
            self.found.add(BatchDefect::Order, place.clone(), zh, en);
        }
        if self.draw.is_too_late(kind) {
            let (zh, en) = (
                "登记得太晚：名册先于抽题，抽题先于成绩。",
                "too late: the roster precedes the draw, and the draw the results",
            );
            self.found.add(BatchDefect::Order, place, zh, en);
        }
    }

    fn take_opened(&mut self, index: u64, leaf: &Leaf, opened: &OpenedLeaf) {
        let place = format!("leaf {index}");
        let Some(read) = read(index, opened, &self.trust, self.verifier) else {
            return self.found.add(
                BatchDefect::Record,
                place,
                "记录读不懂，或与条目的种类不符。",
                "the record cannot be read, or is not of the leaf's kind",
            );
        };
        let identity = read.identity;
        if Leaf::new(leaf.batch.clone(), leaf.kind, &opened.salt, &identity) != *leaf {
            self.found.add(
                BatchDefect::LeafOther,
                place.as_str(),
                "条目不是这份记录的。",
                "the leaf is of another record",
            );
        }
        for (defect, text) in &read.wrong {
            self.found.add_text(*defect, &place, text);
        }
        if let Some(organization) = read.organization {
            let own = self.organization.get_or_insert_with(|| organization.clone());
            if *own != organization {
                self.found.add(
                    BatchDefect::IssuerOther,
                    place.as_str(),
                    "由另一个机构签名。",
                    "another organization signed it than the batch's",
                );
            }
        }
        match read.content {
            Content::Result(result) => self.take_result(leaf.kind, &place, identity, &result),
            Content::Certificate(certificate) => self.take_certificate(leaf.kind, &place, &certificate),
            Content::Message(record) => self.take_message(leaf.kind, &place, identity, &record),
        }
    }

    fn take_result(&mut self, kind: LeafKind, place: &str, identity: Digest, result: &ResultCredential) {
        let subject = &result.credential_subject;
        let pseudonym = subject.id.strip_prefix("urn:kaoping:person:").and_then(|id| PseudonymId::new(id).ok());
        let own = self.header.as_ref().is_some_and(|header| header.batch == subject.batch);
        let Some(pseudonym) = pseudonym.filter(|_| own) else {
            return self.found.add(BatchDefect::Record, place, "成绩不是本批次的。", "a result of another batch");
        };
        self.draw.result(&pseudonym, result, &mut self.found);
        match (kind, &result.supersedes) {
            (LeafKind::Result, None) => {
                self.fold.end(kind, &pseudonym, None, Some(identity), &mut self.found);
                self.fold.result(&pseudonym, subject, &mut self.found);
            }
            (LeafKind::Correction, Some(old)) => {
                self.fold.correction(&pseudonym, &old.result, identity, &mut self.found);
                self.fold.result(&pseudonym, subject, &mut self.found);
            }
            _ => self.found.add(BatchDefect::Record, place, "成绩与条目的种类不符。", "not a result for such a leaf"),
        }
    }

    fn take_certificate(&mut self, kind: LeafKind, place: &str, certificate: &CertificateCredential) {
        let subject = &certificate.credential_subject;
        let pseudonym = subject.id.strip_prefix("urn:kaoping:person:").and_then(|id| PseudonymId::new(id).ok());
        let own = self.header.as_ref().is_some_and(|header| header.batch == subject.batch);
        let Some(pseudonym) = pseudonym.filter(|_| own && kind == LeafKind::Certificate) else {
            let (zh, en) = (
                "证书不是本批次的，或条目的种类不同。",
                "a certificate of another batch, or not on a leaf of its kind",
            );
            return self.found.add(BatchDefect::Record, place, zh, en);
        };
        let signed = Date::of_rfc3339(&certificate.valid_from).ok();
        self.fold.certificate(&pseudonym, subject, signed, &mut self.found);
    }

    fn take_message(&mut self, kind: LeafKind, place: &str, identity: Digest, record: &AnyRecord) {
        let batch = self.header.as_ref().map(|header| &header.batch);
        let own = match record {
            // A manifest has no batch but that of its basis, which comes before it.
            AnyRecord::DrawManifest(signed) => self.draw.knows(&signed.payload.basis),
            record => batch_of(record).is_ok_and(|of| Some(&of) == batch),
        };
        if record.leaf() != Some(kind) || !own {
            return self.found.add(
                BatchDefect::Record,
                place,
                "记录与条目的种类或批次不符。",
                "not a record for this leaf",
            );
        }
        match record {
            AnyRecord::Absence(signed) => {
                let absence = &signed.payload;
                let sittings = (&absence.theory.sitting, &absence.practical.sitting);
                self.fold.end(kind, &absence.pseudonym, Some(sittings), None, &mut self.found);
            }
            AnyRecord::SittingEnd(signed) => {
                let end = &signed.payload;
                self.fold.end(kind, &end.pseudonym, Some((&end.theory, &end.practical)), None, &mut self.found);
            }
            AnyRecord::PaperUse(signed) => self.fold.paper(&signed.payload, &mut self.found),
            AnyRecord::Roster(signed) => self.take_commitment(&signed.payload),
            AnyRecord::DrawBasis(signed) => self.draw.basis(identity, &signed.payload, &mut self.found),
            AnyRecord::DrawManifest(signed) => self.draw.manifest(identity, signed.payload.basis, &mut self.found),
            AnyRecord::DrawVoid(_) => self.draw.void(),
            AnyRecord::Closing(signed) => self.take_closing(&signed.payload),
            _ => {}
        }
    }

    fn take_commitment(&mut self, commitment: &RosterCommitment) {
        if self.committed.is_some() {
            self.found.add(BatchDefect::StepDoubled, "roster", "名册登记了两次。", "a second roster was committed to");
        }
        if Some(commitment.roster) != self.roster {
            self.found.add(
                BatchDefect::RosterOther,
                "roster",
                "名册与登记的不符。",
                "this is not the roster that was committed to",
            );
        }
        if Some(commitment.roster) == self.roster && commitment.candidates as usize != self.entries {
            self.found.add(
                BatchDefect::RosterOther,
                "roster",
                "登记的人数与名册不符。",
                "the commitment counts other candidates than the roster has",
            );
        }
        self.committed = Some(commitment.clone());
    }

    fn take_closing(&mut self, closing: &Closing) {
        if self.closed {
            self.found.add(BatchDefect::StepDoubled, "closing", "关闭了两次。", "the batch is closed twice");
        }
        if closing.size != self.tree.size() || closing.root != self.tree.root() {
            self.found.add(
                BatchDefect::ClosingTree,
                "closing",
                "关闭记录所指的日志与实际不符。",
                "the closing names another tree than the leaves before it",
            );
        }
        if Some(closing.roster) != self.roster {
            self.found.add(
                BatchDefect::RosterOther,
                "closing",
                "关闭记录所指的名册不同。",
                "the closing names another roster",
            );
        }
        self.fold.closing(closing, &mut self.found);
        self.closed = true;
    }
}
