//! What the lead examiner (考评组长) must decide before a panel has a mark, and what was decided.

use super::code::VetoCode;
use crate::marks::HalfMarks;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The longest reason of a decision, in characters.
pub const MAX_REASON: usize = 500;

/// What the lead examiner (考评组长) has decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelDecisions {
    /// On the vetoes that examiners marked, at most one each.
    pub vetoes: Vec<VetoDecision>,
    /// On totals that differ too much.
    pub spread: Option<SpreadDecision>,
}

/// Whether a veto that some examiners marked takes effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VetoDecision {
    /// Code of the veto (否定项) on the sheet.
    pub veto: VetoCode,
    /// What was decided.
    pub verdict: VetoVerdict,
    /// Account of the lead examiner who decided.
    pub lead: AccountId,
    /// When it happened, milliseconds since 1970.
    pub at_ms: Time,
    /// Why, not blank, at most [`MAX_REASON`] characters.
    pub reason: String,
}

/// What is decided on a veto.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VetoVerdict {
    /// It happened, and bites.
    Confirmed,
    /// It did not happen, or is no veto.
    Dismissed,
}

/// A decision on totals that differ too much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpreadDecision {
    /// What was decided.
    pub verdict: SpreadVerdict,
    /// Account of the lead examiner who decided.
    pub lead: AccountId,
    /// When it happened, milliseconds since 1970.
    pub at_ms: Time,
    /// Why, not blank, at most [`MAX_REASON`] characters.
    pub reason: String,
}

/// What is decided on totals that differ too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpreadVerdict {
    /// The sheets are accepted as they are.
    Stands,
    /// The candidate is examined again; these sheets form no mark.
    Rerun,
}

/// What the lead examiner must decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum OpenQuestion {
    /// Whether a veto bites.
    Veto {
        /// Code of the veto (否定项) on the sheet.
        veto: VetoCode,
        /// Who marked it.
        examiners: Vec<AccountId>,
    },
    /// Whether totals that differ too much are accepted.
    Spread {
        /// The highest total.
        highest: HalfMarks,
        /// The lowest total.
        lowest: HalfMarks,
    },
}

impl PanelDecisions {
    /// Whether every decision has a reason that is not blank and not too long.
    #[must_use]
    pub fn are_reasoned(&self) -> bool {
        let vetoes = self.vetoes.iter().map(|decision| &decision.reason);
        let spread = self.spread.iter().map(|decision| &decision.reason);
        vetoes.chain(spread).all(|reason| !reason.trim().is_empty() && reason.chars().count() <= MAX_REASON)
    }
}
