//! Whether sheets, policy and decisions belong together, before a mark is formed from them.

use super::code::{AwardCode, VetoCode};
use super::panel_decision::{MAX_REASON, PanelDecisions};
use super::scoring::ScoringError;
use super::session::HandedInSheet;
use super::sheet::{SheetItem, ValidSheet};
use crate::marks::{HalfMarks, MarksError};
use kaoping_record::id::{AccountId, PolicyId};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer sheets never form a mark.
pub const MIN_SHEETS: usize = 3;

/// Why a panel's mark cannot be formed from what was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PanelError {
    /// Fewer than [`MIN_SHEETS`] sheets: examine again, or void.
    #[error("{0} sheets are handed in, a mark needs at least {MIN_SHEETS}")]
    TooFewSheets(usize),
    /// Two sheets of one examiner.
    #[error("examiner `{0}` has handed in twice")]
    ExaminerTwice(AccountId),
    /// A sheet of another kind, or of another text.
    #[error("examiner `{0}` has scored another sheet, or another text of it")]
    OtherSheet(AccountId),
    /// A sheet whose awards are incomplete or not the sheet's.
    #[error("sheet of examiner `{examiner}` cannot count: {error}")]
    Scoring {
        /// Account of the examiner whose sheet it is.
        examiner: AccountId,
        /// The reason.
        error: ScoringError,
    },
    /// A decision on a veto that nobody marked.
    #[error("a decision is on veto `{0}`, which no examiner has marked")]
    DecisionWithoutVeto(VetoCode),
    /// Two decisions on one veto.
    #[error("there are two decisions on veto `{0}`")]
    DecisionTwice(VetoCode),
    /// A decision without a reason, or with one that is too long.
    #[error("a decision needs a reason of 1 to {MAX_REASON} characters")]
    Reason,
    /// A policy that has the name of a known one, but differs from it.
    #[error("policy `{0}` is not the known policy of that name")]
    Policy(PolicyId),
    /// Marks beyond what can be counted.
    #[error(transparent)]
    Marks(#[from] MarksError),
}

/// Who has marked which veto.
pub(super) type Marked = BTreeMap<VetoCode, Vec<AccountId>>;

pub(super) fn check_sheets(sheet: &ValidSheet, handed_in: &[HandedInSheet]) -> Result<(), PanelError> {
    if handed_in.len() < MIN_SHEETS {
        return Err(PanelError::TooFewSheets(handed_in.len()));
    }
    let mut examiners = BTreeSet::new();
    for one in handed_in {
        if !examiners.insert(&one.examiner) {
            return Err(PanelError::ExaminerTwice(one.examiner.clone()));
        }
        if one.sheet != sheet.sheet().id || one.sheet_digest != sheet.digest() {
            return Err(PanelError::OtherSheet(one.examiner.clone()));
        }
        check_scoring(sheet, one).map_err(|error| PanelError::Scoring { examiner: one.examiner.clone(), error })?;
    }
    Ok(())
}

fn check_scoring(sheet: &ValidSheet, one: &HandedInSheet) -> Result<(), ScoringError> {
    let (mut unscored, mut awards) = (Vec::new(), Vec::with_capacity(one.scores.len()));
    for (_, item) in sheet.sheet().items() {
        match one.scores.get(&item.id) {
            Some(award) => awards.push((item, award)),
            None => unscored.push(item.id.clone()),
        }
    }
    if !unscored.is_empty() {
        return Err(ScoringError::Unscored(unscored));
    }
    if awards.len() != one.scores.len()
        && let Some(item) = one.scores.keys().find(|item| sheet.item(item).is_none())
    {
        return Err(ScoringError::UnknownItem(item.clone()));
    }
    let half_marks = |(item, award): (&SheetItem, &AwardCode)| match item.award(award) {
        Some(known) => Ok(known.half_marks),
        None => Err(ScoringError::UnknownAward { item: item.id.clone(), award: award.clone() }),
    };
    let sum = HalfMarks::sum(awards.into_iter().map(half_marks).collect::<Result<Vec<_>, _>>()?)?;
    if sum != one.total {
        return Err(ScoringError::Total { claimed: one.total, sum });
    }
    match one.vetoes.keys().find(|veto| sheet.veto(veto).is_none()) {
        Some(veto) => Err(ScoringError::UnknownVeto(veto.clone())),
        None => Ok(()),
    }
}

pub(super) fn marked_vetoes(handed_in: &[HandedInSheet]) -> Marked {
    let mut marked = Marked::new();
    for sheet in handed_in {
        for veto in sheet.vetoes.keys() {
            marked.entry(veto.clone()).or_default().push(sheet.examiner.clone());
        }
    }
    marked.values_mut().for_each(|examiners| examiners.sort());
    marked
}

pub(super) fn check_decisions(marked: &Marked, decisions: &PanelDecisions) -> Result<(), PanelError> {
    let mut decided = BTreeSet::new();
    for decision in &decisions.vetoes {
        if !marked.contains_key(&decision.veto) {
            return Err(PanelError::DecisionWithoutVeto(decision.veto.clone()));
        }
        if !decided.insert(&decision.veto) {
            return Err(PanelError::DecisionTwice(decision.veto.clone()));
        }
    }
    if decisions.are_reasoned() { Ok(()) } else { Err(PanelError::Reason) }
}
