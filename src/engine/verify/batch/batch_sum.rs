//! What the leaves of a batch add up to.

use super::MAX_PEOPLE;
use super::finding::{BatchDefect, Found};
use crate::draw::seating::{PaperUse, Seating};
use crate::kinds::closing::{Closing, EndCounts, PaperCounts};
use crate::kinds::paper_use::PaperUseRecord;
use crate::plan::seating::Roster;
use kaoping_record::digest::Digest;
use kaoping_record::id::{PaperId, PseudonymId, SittingId};
use kaoping_record::log::leaf::LeafKind;
use std::collections::BTreeMap;

/// A batch as far as its leaves were read.
#[derive(Debug, Default)]
pub(super) struct BatchSum {
    expected: BTreeMap<PseudonymId, Candidate>,
    papers: BTreeMap<PaperId, u32>,
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
    ends: u32,
    results: Vec<Digest>,
}

impl BatchSum {
    pub(super) fn roster(&mut self, roster: &Roster) {
        for entry in &roster.entries {
            self.expect(&entry.pseudonym, &entry.theory, &entry.practical);
        }
    }

    pub(super) fn seating(&mut self, seating: &Seating) {
        for paper in &seating.papers {
            if paper.paper_use == PaperUse::Seat {
                self.seats = self.seats.saturating_add(1);
            } else {
                self.papers.insert(paper.paper.clone(), 0);
            }
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
        let candidate = self.expected.entry(pseudonym.clone()).or_default();
        let known = candidate.sittings.as_ref().map(|(theory, practical)| (theory, practical));
        if known.is_some() && sittings.is_some() && known != sittings {
            found.add(
                BatchDefect::SittingOther,
                candidate.named(pseudonym),
                "记录的考试与名册不符。",
                "the record names other sittings than the roster",
            );
        }
        candidate.ends = candidate.ends.saturating_add(1);
        candidate.results.extend(result);
        self.ends.add(kind);
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
                self.expect(&used.pseudonym, &used.theory, &used.practical);
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

    /// Every result leaf's result and those that replaced it, of each candidate who has one.
    pub(super) fn into_logged(self) -> BTreeMap<PseudonymId, Vec<Digest>> {
        let with = |(pseudonym, candidate): (PseudonymId, Candidate)| {
            (!candidate.results.is_empty()).then_some((pseudonym, candidate.results))
        };
        self.expected.into_iter().filter_map(with).collect()
    }

    /// The result that counts, of each candidate who has one.
    pub(super) fn results(&self) -> impl Iterator<Item = (&PseudonymId, &Digest)> {
        self.expected.iter().filter_map(|(pseudonym, candidate)| Some((pseudonym, candidate.results.last()?)))
    }

    pub(super) fn counts(&self) -> Counts {
        let known = self.expected.values().filter(|candidate| candidate.sittings.is_some());
        Counts { candidates: known.count() as u64, ends: self.ends, corrections: self.corrections }
    }

    fn expect(&mut self, pseudonym: &PseudonymId, theory: &SittingId, practical: &SittingId) {
        let candidate = self.expected.entry(pseudonym.clone()).or_default();
        candidate.sittings.get_or_insert_with(|| (theory.clone(), practical.clone()));
    }
}

impl Candidate {
    /// The candidate with both sittings, as findings name them.
    fn named(&self, pseudonym: &PseudonymId) -> String {
        match &self.sittings {
            Some((theory, practical)) => format!("{pseudonym} ({theory}, {practical})"),
            None => pseudonym.to_string(),
        }
    }
}
