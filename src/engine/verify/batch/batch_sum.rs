//! What the leaves of a batch add up to.

use super::finding::{BatchDefect, Found};
use super::{LoggedPaper, MAX_PEOPLE};
use crate::date::Date;
use crate::draw::seating::{PaperUse, Seating};
use crate::kinds::closing::{Closing, EndCounts, PaperCounts};
use crate::kinds::paper_use::PaperUseRecord;
use crate::plan::certificate::CertificateNumber;
use crate::plan::seating::{Roster, paper_of};
use crate::result::certificate::{Basis, CertificateSubject};
use crate::result::credential::ResultSubject;
use crate::result::holder::HolderCommitment;
use crate::result::outcome::Outcome;
use kaoping_record::digest::Digest;
use kaoping_record::id::{PaperId, PseudonymId, SittingId};
use kaoping_record::log::leaf::LeafKind;
use std::collections::{BTreeMap, BTreeSet};

/// A batch as far as its leaves were read.
#[derive(Debug, Default)]
pub(super) struct BatchSum {
    expected: BTreeMap<PseudonymId, Candidate>,
    papers: BTreeMap<PaperId, u32>,
    /// Papers of the roster's seats, until the seating is read.
    seat_papers: BTreeSet<PaperId>,
    /// Whose each paper, journal, mark and identity is, by the person's number.
    evidence: BTreeMap<Digest, u32>,
    /// Whose each certificate is.
    certificates: BTreeMap<CertificateNumber, PseudonymId>,
    seats: u32,
    unused: u32,
    used: u32,
    ends: EndCounts,
    corrections: u32,
}

/// Sums for the report.
#[derive(Debug)]
pub(super) struct Counts {
    pub(super) candidates: u64,
    pub(super) ends: EndCounts,
    pub(super) corrections: u32,
}

#[derive(Debug, Default)]
struct Candidate {
    /// Theory and practical exam; `None` until roster or spare paper name them.
    sittings: Option<(SittingId, SittingId)>,
    /// Those that an end named before they were known.
    ended: Option<(SittingId, SittingId)>,
    ends: u32,
    results: Vec<Digest>,
    /// A number of the person's own.
    number: u32,
    /// The paper of the seat, or the spare paper that the person was bound to, with its digest.
    paper: Option<PaperId>,
    spare: Option<Digest>,
    /// What the result that counts says.
    says: Option<Says>,
    /// The day that the certificate shows.
    issued_on: Option<Date>,
}

/// What a result says, as far as others must agree with it.
#[derive(Clone, Copy, Debug)]
struct Says {
    paper: Digest,
    identity: HolderCommitment,
    passed: bool,
}

/// Of each person the results that the log holds.
type LoggedIdentities = BTreeMap<PseudonymId, Vec<Digest>>;

impl BatchSum {
    pub(super) fn roster(&mut self, roster: &Roster, found: &mut Found) {
        let mut sittings = BTreeSet::new();
        for entry in &roster.entries {
            let paper = paper_of(&entry.seat).ok();
            let own = sittings.insert(&entry.theory) & sittings.insert(&entry.practical);
            let seat = paper.clone().is_none_or(|paper| self.seat_papers.insert(paper));
            if !own || !seat || self.expected.contains_key(&entry.pseudonym) {
                let (zh, en) =
                    ("名册里有重复的人、考试或座位。", "the roster has this person, a sitting or the seat twice");
                found.add(BatchDefect::RosterDoubled, entry.pseudonym.as_str(), zh, en);
            }
            let candidate = self.candidate(&entry.pseudonym);
            candidate.paper = paper;
            candidate.sittings.get_or_insert_with(|| (entry.theory.clone(), entry.practical.clone()));
        }
    }

    pub(super) fn seating(&mut self, seating: &Seating, found: &mut Found) {
        let mut without = std::mem::take(&mut self.seat_papers);
        for paper in &seating.papers {
            if paper.paper_use == PaperUse::Seat {
                self.seats = self.seats.saturating_add(1);
                if !without.remove(&paper.paper) {
                    let (zh, en) = ("座位表里的这个座位不是名册上任何人的。", "nobody of the roster has this seat");
                    found.add(BatchDefect::SeatingOther, paper.paper.as_str(), zh, en);
                }
            } else {
                self.papers.insert(paper.paper.clone(), 0);
            }
        }
        for paper in without {
            let (zh, en) = ("座位表里没有名册上的这个座位。", "the seating lacks this seat of the roster");
            found.add(BatchDefect::SeatingOther, paper.as_str(), zh, en);
        }
    }

    /// An end of a candidate's exam; the sittings are known but for results, which name none.
    pub(super) fn end(
        &mut self,
        kind: LeafKind,
        pseudonym: &PseudonymId,
        sittings: Option<(&SittingId, &SittingId)>,
        result: Option<Digest>,
        found: &mut Found,
    ) {
        if self.expected.len() >= MAX_PEOPLE && !self.expected.contains_key(pseudonym) {
            let (zh, en) = ("人数超出批次的上限。", "more people than a batch may have");
            return found.add(BatchDefect::SittingUnknown, pseudonym.as_str(), zh, en);
        }
        let candidate = self.candidate(pseudonym);
        candidate.ended =
            candidate.ended.take().or(sittings.map(|(theory, practical)| (theory.clone(), practical.clone())));
        candidate.compare_sittings(pseudonym, found);
        candidate.ends = candidate.ends.saturating_add(1);
        candidate.results.extend(result);
        self.ends.add(kind);
    }

    /// What a result says that counts, or counted until another replaced it.
    pub(super) fn result(&mut self, pseudonym: &PseudonymId, subject: &ResultSubject, found: &mut Found) {
        let evidence = &subject.evidence;
        let says =
            Says { paper: evidence.paper, identity: evidence.identity, passed: subject.outcome == Outcome::Passed };
        let Some(candidate) = self.expected.get_mut(pseudonym) else { return };
        candidate.says = Some(says);
        let number = candidate.number;
        let own = [
            evidence.paper,
            evidence.journal,
            evidence.theory_score,
            evidence.panels,
            evidence.identity.person,
            evidence.identity.shown_name,
        ];
        let shared = own.into_iter().filter(|digest| *self.evidence.entry(*digest).or_insert(number) != number).count();
        if shared > 0 {
            found.add(
                BatchDefect::EvidenceShared,
                pseudonym.as_str(),
                "试卷、日志、成绩、考评小组的分数或身份与另一名考生的相同。",
                "paper, journal, score, panels' marks or identity are another person's as well",
            );
        }
    }

    /// A certificate, which was signed on this day.
    pub(super) fn certificate(
        &mut self,
        pseudonym: &PseudonymId,
        subject: &CertificateSubject,
        signed: Option<Date>,
        found: &mut Found,
    ) {
        let mut wrong = |zh, en| found.add(BatchDefect::Certificate, pseudonym.as_str(), zh, en);
        let owner = self.certificates.entry(subject.number.clone()).or_insert_with(|| pseudonym.clone());
        if owner != pseudonym {
            wrong("证书编号是另一名考生的。", "another person has a certificate of this number");
        }
        let Basis::Exam { results } = &subject.basis else { return };
        let Some(candidate) = self.expected.get_mut(pseudonym) else {
            return wrong("本批次没有这个人的成绩。", "nobody of this name has a result in the batch");
        };
        let rests = candidate.results.last().is_some_and(|counts| results.contains(counts));
        if !rests || !candidate.says.is_some_and(|says| says.passed && says.identity == subject.identity) {
            wrong(
                "证书所依据的不是本人现行的合格成绩。",
                "it does not rest on a passed result of this person that counts",
            );
        }
        // A certificate on a corrected result keeps the day of the first.
        if candidate.issued_on.or(signed) != Some(subject.issued_on) {
            wrong("证书的签发日期不是签名的那一天。", "its day of issue is not the day on which it was signed");
        }
        candidate.issued_on = Some(subject.issued_on);
    }

    /// A corrected result.
    pub(super) fn correction(&mut self, pseudonym: &PseudonymId, replaces: &Digest, by: Digest, found: &mut Found) {
        let results = self.expected.get_mut(pseudonym).map(|candidate| &mut candidate.results);
        match results {
            // The last result is the one that counts.
            Some(results) if results.last() == Some(replaces) => {
                results.push(by);
                self.corrections = self.corrections.saturating_add(1);
            }
            _ => found.add(
                BatchDefect::CorrectionUnknown,
                pseudonym.as_str(),
                "更正的不是该考生现行的成绩。",
                "it does not replace the result of this candidate that counts",
            ),
        }
    }

    pub(super) fn paper(&mut self, record: &PaperUseRecord, found: &mut Found) {
        match self.papers.get_mut(&record.paper) {
            Some(count) => *count = count.saturating_add(1),
            None => found.add(
                BatchDefect::PaperUnknown,
                record.paper.as_str(),
                "座位表里没有这份备用卷。",
                "the seating has no such spare paper",
            ),
        }
        match &record.used {
            Some(used) => {
                self.used = self.used.saturating_add(1);
                let candidate = self.candidate(&used.pseudonym);
                if candidate.sittings.is_some() {
                    found.add(
                        BatchDefect::PaperDoubled,
                        used.pseudonym.as_str(),
                        "该考生已有试卷，又用了备用卷。",
                        "this person has a paper already, and a spare one besides",
                    );
                }
                candidate.sittings.get_or_insert_with(|| (used.theory.clone(), used.practical.clone()));
                (candidate.paper, candidate.spare) = (Some(record.paper.clone()), Some(record.paper_digest));
                candidate.compare_sittings(&used.pseudonym, found);
            }
            None => self.unused = self.unused.saturating_add(1),
        }
    }

    /// Whether the closing counts what the leaves add up to.
    pub(super) fn closing(&self, closing: &Closing, found: &mut Found) {
        let papers = PaperCounts { seat: self.seats, spare_used: self.used, spare_unused: self.unused };
        let candidates = self.counts().candidates;
        if closing.ends != self.ends || closing.papers != papers || u64::from(closing.candidates) != candidates {
            found.add(
                BatchDefect::ClosingCounts,
                closing.batch.as_str(),
                "关闭记录的人数或卷数与日志不符。",
                "the closing counts other candidates, ends or papers than the log has",
            );
        }
    }

    /// Names every candidate and paper that has not exactly one end.
    pub(super) fn finish(&self, found: &mut Found) {
        for (pseudonym, candidate) in &self.expected {
            if candidate.sittings.is_none() {
                found.add(
                    BatchDefect::SittingUnknown,
                    pseudonym.as_str(),
                    "不在名册上，也没有用备用卷补录，却有结果。",
                    "neither on the roster nor on a spare paper, and yet the exam has an end",
                );
            }
            if let (Some(spare), Some(says)) = (candidate.spare, candidate.says)
                && spare != says.paper
            {
                found.add(
                    BatchDefect::PaperOther,
                    pseudonym.as_str(),
                    "成绩所写的试卷不是交给该考生的备用卷。",
                    "the result names another paper than the spare one that this person got",
                );
            }
            match candidate.ends {
                0 => found.add(
                    BatchDefect::SittingMissing,
                    candidate.named(pseudonym),
                    "没有成绩，也没有缺考、作废、取消或缓考的记录。",
                    "no result, absence, void, annulment or deferral stands in the log",
                ),
                1 => {}
                _ => found.add(
                    BatchDefect::SittingDoubled,
                    candidate.named(pseudonym),
                    "有不止一个结果。",
                    "more than one end stands in the log",
                ),
            }
        }
        for (paper, count) in &self.papers {
            match count {
                0 => found.add(
                    BatchDefect::PaperMissing,
                    paper.as_str(),
                    "备用卷没有交代用途。",
                    "the log does not say what became of this spare paper",
                ),
                1 => {}
                _ => found.add(
                    BatchDefect::PaperDoubled,
                    paper.as_str(),
                    "备用卷交代了不止一次。",
                    "the log says more than once what became of this spare paper",
                ),
            }
        }
    }

    /// Every result leaf's result and those that replaced it, of each candidate who has one; and
    /// each one's paper.
    pub(super) fn into_logged(self) -> (LoggedIdentities, BTreeMap<PseudonymId, LoggedPaper>) {
        let (mut results, mut papers) = (BTreeMap::new(), BTreeMap::new());
        for (pseudonym, candidate) in self.expected {
            if let (Some(paper), Some(says)) = (candidate.paper, candidate.says) {
                papers.insert(pseudonym.clone(), LoggedPaper { paper, digest: says.paper });
            }
            if !candidate.results.is_empty() {
                results.insert(pseudonym, candidate.results);
            }
        }
        (results, papers)
    }

    /// The result that counts, of each candidate who has one.
    pub(super) fn results(&self) -> impl Iterator<Item = (&PseudonymId, &Digest)> {
        self.expected.iter().filter_map(|(pseudonym, candidate)| Some((pseudonym, candidate.results.last()?)))
    }

    pub(super) fn counts(&self) -> Counts {
        let known = self.expected.values().filter(|candidate| candidate.sittings.is_some());
        Counts { candidates: known.count() as u64, ends: self.ends, corrections: self.corrections }
    }

    fn candidate(&mut self, pseudonym: &PseudonymId) -> &mut Candidate {
        let number = u32::try_from(self.expected.len()).unwrap_or(u32::MAX);
        self.expected.entry(pseudonym.clone()).or_insert_with(|| Candidate { number, ..Candidate::default() })
    }
}

impl Candidate {
    /// Compares the sittings that an end named with those of the roster or of the spare paper, once
    /// both are known.
    fn compare_sittings(&mut self, pseudonym: &PseudonymId, found: &mut Found) {
        if self.sittings.is_none() {
            return;
        }
        if self.ended.take().is_some_and(|ended| Some(&ended) != self.sittings.as_ref()) {
            found.add(
                BatchDefect::SittingOther,
                self.named(pseudonym),
                "记录的考试与名册不符。",
                "the record names other sittings than the roster",
            );
        }
    }

    /// The candidate with both sittings, as findings name them.
    fn named(&self, pseudonym: &PseudonymId) -> String {
        match &self.sittings {
            Some((theory, practical)) => format!("{pseudonym} ({theory}, {practical})"),
            None => pseudonym.to_string(),
        }
    }
}
