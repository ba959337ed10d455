//! What is wrong with a batch, by name and with the candidate, paper or leaf that it is about.

use super::batch_sum::Counts;
use crate::fault::Text;
use crate::kinds::closing::EndCounts;
use crate::verify::file::defect::Defect;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PseudonymId};
use serde::{Deserialize, Serialize};

/// The most findings that are kept; the rest are counted.
pub const MAX_FINDINGS: usize = 1000;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum BatchDefect {
    /// The first line is no header of a known kind and version.
    Header,
    /// A line that cannot be read, or stands where it may not.
    Line,
    /// A candidate without an end.
    SittingMissing,
    /// A candidate with more than one end.
    SittingDoubled,
    /// An end of somebody who is neither on the roster nor bound to a spare paper.
    SittingUnknown,
    /// An end that names other sittings than the roster.
    SittingOther,
    /// A spare or reserve paper that is not accounted for.
    PaperMissing,
    /// A spare or reserve paper that is accounted for more than once.
    PaperDoubled,
    /// A paper that the seating does not have as a spare.
    PaperUnknown,
    /// A leaf of this batch that must be opened, and is not.
    LeafClosed,
    /// What is said to open a leaf is another record.
    LeafOther,
    /// A record of a leaf that cannot be read.
    Record,
    /// A record that no trusted issuer signed, or that was altered.
    Signature,
    /// A signature that a result or certificate requires, such as SM2, is missing or does not hold.
    RequiredSignature,
    /// A corrected result that replaces none of this batch.
    CorrectionUnknown,
    /// The decision behind a corrected result is missing, or about another person or result.
    Decision,
    /// A person, a sitting or a seat that stands twice on the roster.
    RosterDoubled,
    /// Two people share a paper, a journal, a mark or an identity, of which each has their own.
    EvidenceShared,
    /// A result names another paper than the spare paper that its person was bound to.
    PaperOther,
    /// A certificate that rests on no passed result of its person, or repeats a number.
    Certificate,
    /// A step that is logged later than what rests on it.
    Order,
    /// Another roster than the one that was committed to.
    RosterOther,
    /// Another seating or roster than the manifest's.
    SeatingOther,
    /// A result of another draw, attempt, level or algorithm than the manifest's that is in force
    /// when it is logged.
    DrawOther,
    /// No roster commitment, manifest or closing.
    StepMissing,
    /// A second roster commitment or closing.
    StepDoubled,
    /// A leaf after the closing that may not follow it.
    AfterClosing,
    /// The closing counts something else.
    ClosingCounts,
    /// The closing names another tree than the log's.
    ClosingTree,
    /// The log did not sign these leaves.
    Checkpoint,
    /// A known witness's signature under the checkpoint does not hold.
    WitnessSignature,
    /// A trusted issuer signed, but another organization than the one of the roster.
    IssuerOther,
    /// The issuer is not filed for this occupation, level or province, or was not at that time.
    Filing,
    /// The issuer's key was not in use yet, or no longer.
    Key,
    /// Marks, the text that people read, and the outcome do not agree.
    Marks,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BatchFinding {
    /// The name of what is wrong.
    pub defect: BatchDefect,
    /// The candidate's pseudonym and sitting, the paper, or the number of the line or leaf.
    pub subject: String,
    /// The finding in one sentence, in both languages.
    #[serde(flatten)]
    pub text: Text,
}

/// What a batch came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BatchReport {
    /// The batch (批次) that it belongs to, where it belongs to one.
    pub batch: Option<BatchId>,
    /// Whether nothing is wrong.
    pub complete: bool,
    /// Whether as many outside witnesses as the trust list asks for have seen the log.
    pub witnessed: bool,
    /// The report in one sentence, in both languages.
    pub summary: Text,
    /// Candidates: the roster's, and late additions.
    pub candidates: u64,
    /// How their exams ended.
    pub ends: EndCounts,
    /// Corrected results.
    pub corrections: u32,
    /// Leaves of the log.
    pub leaves: u64,
    /// What is wrong, in the order in which it was found; at most [`MAX_FINDINGS`].
    pub findings: Vec<BatchFinding>,
    /// How many findings there were.
    pub found: u64,
    /// Results of the batch that count in its log, but were corrected or revoked by what was given
    /// as status.
    pub withdrawn: Vec<Withdrawn>,
    /// What was found to hold besides.
    pub checked: Vec<Text>,
    /// Each check that was left out, and why.
    pub not_checked: Vec<Text>,
}

/// A result that was corrected or revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Withdrawn {
    /// Whose.
    pub pseudonym: PseudonymId,
    /// SHA-256 of its payload's canonical bytes.
    pub result: Digest,
    /// [`Defect::Superseded`] or [`Defect::Revoked`].
    pub defect: Defect,
    /// The finding in one sentence, in both languages.
    #[serde(flatten)]
    pub text: Text,
}

/// What a report says beside its findings.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) withdrawn: Vec<Withdrawn>,
    pub(super) checked: Vec<Text>,
    pub(super) not_checked: Vec<Text>,
    pub(super) unwitnessed: bool,
}

/// Findings while a batch is read.
#[derive(Debug, Default)]
pub(super) struct Found {
    list: Vec<BatchFinding>,
    count: u64,
}

impl Found {
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn add(&mut self, defect: BatchDefect, subject: impl Into<String>, zh: &str, en: &str) {
        self.count += 1;
        if self.list.len() < MAX_FINDINGS {
            let subject = subject.into();
            let text = Text::new(format!("{subject}：{zh}"), format!("{subject}: {en}"));
            self.list.push(BatchFinding { defect, subject, text });
        }
    }

    /// The same in words that are at hand.
    pub(super) fn add_text(&mut self, defect: BatchDefect, subject: &str, text: &Text) {
        self.add(defect, subject, &text.zh, &text.en);
    }

    pub(super) fn report(self, batch: Option<BatchId>, counts: &Counts, leaves: u64, said: Said) -> BatchReport {
        let complete = self.count == 0;
        let summary = if complete {
            Text::new(
                format!("批次完整：{} 名考生各有唯一结果，备用卷全部交代清楚。", counts.candidates),
                format!("complete: {} candidates, each with exactly one end, and every spare paper", counts.candidates),
            )
        } else {
            Text::new(
                format!("批次不完整或有矛盾，共 {} 处。", self.count),
                format!("incomplete or contradictory in {} places", self.count),
            )
        };
        BatchReport {
            batch,
            complete,
            witnessed: !said.unwitnessed,
            summary,
            candidates: counts.candidates,
            ends: counts.ends,
            corrections: counts.corrections,
            leaves,
            findings: self.list,
            found: self.count,
            withdrawn: said.withdrawn,
            checked: said.checked,
            not_checked: said.not_checked,
        }
    }
}
