//! The result of a panel's sheets: the mark with everything behind it, or what must be decided
//! first.

use super::code::VetoCode;
use super::panel_decision::{OpenQuestion, PanelDecisions, SpreadDecision};
use super::panel_policy::PanelPolicy;
use super::sheet::VetoEffect;
use crate::bank::Function;
use crate::marks::{Exact, HalfMarks};
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, SheetId};
use serde::{Deserialize, Serialize};

/// How far a panel has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum PanelOutcome {
    /// The lead examiner must decide first.
    Pending {
        /// On what, in this order.
        open: Vec<OpenQuestion>,
    },
    /// The mark.
    Formed {
        /// The mark with the sheets and decisions behind it.
        mark: Box<PanelMark>,
    },
    /// The lead examiner had the candidate examined again.
    Rerun {
        /// What the lead examiner decided, and why.
        decision: SpreadDecision,
    },
}

/// The mark of a panel on one sheet for one sitting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelMark {
    /// Id of the score sheet (考核评分记录表).
    pub sheet: SheetId,
    /// SHA-256 of the score sheet by which it was scored.
    pub sheet_digest: Digest,
    /// How the mark was formed.
    pub policy: PanelPolicy,
    /// What was handed in, by account.
    pub examiners: Vec<ExaminerTotal>,
    /// The panel's average before a zero or a cap, 0 to 100.
    pub average: Exact,
    /// The mark, 0 to 100.
    pub mark: Exact,
    /// The mark split by function, each 0 to 100; one part unless the sheet is an integrated case.
    pub parts: Vec<FunctionPart>,
    /// The confirmed vetoes with what they did.
    pub vetoes: Vec<AppliedVeto>,
    /// Whether the practical exam ended here as failed.
    pub terminated: bool,
    /// The decisions that it rests on.
    pub decisions: PanelDecisions,
}

/// An examiner's part in a mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExaminerTotal {
    /// Account of the examiner.
    pub examiner: AccountId,
    /// The total that was handed in.
    pub handed_in: HalfMarks,
    /// The total after items were zeroed.
    pub counted: HalfMarks,
    /// Whether it is in the average: a trimmed mean and a median leave some out.
    pub averaged: bool,
    /// Identity of the last event of the examiner's stream.
    pub last_event: Digest,
}

/// A mark's part for one function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionPart {
    /// The function (职业功能): a row of the standard's weight tables.
    pub function: Function,
    /// The sum of its modules' weights, in marks of the sheet.
    pub weight: u32,
    /// The score, scaled to 0 to 100.
    pub score: Exact,
}

/// A veto that bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedVeto {
    /// Code of the veto (否定项) on the sheet.
    pub veto: VetoCode,
    /// What it does.
    pub effect: VetoEffect,
}
