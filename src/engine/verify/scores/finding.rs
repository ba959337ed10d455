//! What an audit found.

use crate::fault::Text;
use kaoping_record::id::BatchId;
use serde::{Deserialize, Serialize};

/// The most findings that are kept; the rest are counted.
pub const MAX_FINDINGS: usize = 1000;

/// What does not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AuditDefect {
    /// The first line is no header of a known kind and version.
    Header,
    /// The basis or the manifest is not signed by a trusted issuer, or they are not of one draw of
    /// the batch.
    Manifest,
    /// An index or the keys are not those that the basis names.
    Bank,
    /// The blueprint is not the basis's, or its scoring is not known.
    Blueprint,
    /// The practical plan is not the basis's, or its weights do not fit.
    Practical,
    /// The roster is not the basis's.
    Roster,
    /// A secret is not the one that the manifest commits to, or the outcome of the public entropy is
    /// not the one that the basis names: there is no seed to compute lots from.
    Seed,
    /// A score sheet that is not valid.
    Sheet,
    /// A line that cannot be read.
    Line,
    /// A person who stands twice.
    Doubled,
    /// An audit of nobody.
    Nobody,
    /// The log holds another result of this person, or none.
    NotLogged,
    /// The log holds a result of this person, which the audit leaves out.
    LeftOut,
    /// The log is another batch's, or has another draw in force.
    OtherBatch,
    /// No result of this batch and person, or not signed by a trusted issuer.
    Result,
    /// The paper is not the result's, or of another manifest.
    Paper,
    /// The theory score is not the result's, or not signed.
    Score,
    /// A correction of a key that no trusted issuer signed, that does not open the bank's key, or
    /// that is not the log's; or one of the log that is left out.
    KeyCorrection,
    /// An item's marks are not those of the key and the policy.
    Item,
    /// An item whose key was corrected is marked by the old key.
    OldKey,
    /// The theory mark is not the sum.
    Theory,
    /// The journal is not the one that was handed in, or leads to other answers.
    Journal,
    /// The panels' marks are not those that the result commits to.
    Panels,
    /// A sheet that was handed in is not signed by the room service as it stands.
    HandedIn,
    /// The panel's policy is not the one that the plan fixed.
    Policy,
    /// The person was examined on other sheets than the plan's stations, or one counts more than
    /// once.
    Station,
    /// Others than the examiners and the lead of one panel of the plan scored and decided.
    Examiner,
    /// Other tasks by lot than those that the seed gives the person.
    TaskLot,
    /// Another panel than the one that the seed gives the person.
    PanelLot,
    /// A sheet bears another number than the one that the seed gives the person, or two people have
    /// one number of a panel.
    NumberLot,
    /// An assignment, or the last event of a sheet, that stands on another sheet too.
    SheetShared,
    /// A panel's mark is not formed by its sheets, decisions and policy.
    Panel,
    /// The practical mark is not the weighted total.
    Total,
    /// The outcome does not follow from both parts.
    Outcome,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AuditFinding {
    /// The name of what is wrong.
    pub defect: AuditDefect,
    /// The person's pseudonym, or the number of the line.
    pub subject: String,
    /// The program's own words.
    pub detail: String,
}

/// What an audit came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AuditReport {
    /// The batch (批次) that it belongs to, where it belongs to one.
    pub batch: Option<BatchId>,
    /// Whether every score agrees.
    pub agrees: bool,
    /// The report in one sentence, in both languages.
    pub summary: Text,
    /// Results that were computed again.
    pub results: u64,
    /// Those that came with the seat's streams, from which the answers are replayed.
    pub with_journal: u64,
    /// Those whose examiners' sheets are signed.
    pub with_signed_sheets: u64,
    /// What does not agree, in the order in which it was found; at most [`MAX_FINDINGS`].
    pub findings: Vec<AuditFinding>,
    /// How many findings there were.
    pub found: u64,
    /// Each check that was left out, and why.
    pub not_checked: Vec<Text>,
}

/// Why one thing does not agree.
pub(super) type Refusal = (AuditDefect, String);

impl AuditDefect {
    /// The refusal with the program's own words.
    pub(super) fn because(self, detail: impl std::fmt::Display) -> Refusal {
        (self, detail.to_string())
    }

    /// Refuses unless it holds.
    pub(super) fn unless(self, holds: bool, detail: &str) -> Result<(), Refusal> {
        if holds { Ok(()) } else { Err(self.because(detail)) }
    }
}
