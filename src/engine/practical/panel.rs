//! The panel's mark: from three or more sheets that examiners handed in independently.
//!
//! Confirmed vetoes on items zero them on every sheet; then the totals are compared; then the policy forms
//! the panel's average; then a confirmed veto on the sheet zeroes or caps it. Whatever the lead examiner must
//! decide first is listed, and without it no mark is formed.

use super::code::{AwardCode, VetoCode};
use super::panel_policy::{Average, PanelPolicy, VetoRule};
use super::scoring::{self, ScoringError};
use super::session::HandedInSheet;
use super::sheet::{Module, ValidSheet, VetoEffect};
use crate::bank::Function;
use crate::marks::{Exact, HalfMarks, MarksError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, PolicyId, SheetId, SheetItemId};
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer sheets never form a mark.
pub const MIN_SHEETS: usize = 3;
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

/// A decision on a veto.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VetoDecision {
    /// The veto.
    pub veto: VetoCode,
    /// What was decided.
    pub verdict: VetoVerdict,
    /// Who decided.
    pub lead: AccountId,
    /// When.
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
    /// Who decided.
    pub lead: AccountId,
    /// When.
    pub at_ms: Time,
    /// Why, not blank, at most [`MAX_REASON`] characters.
    pub reason: String,
}

/// What is decided on totals that differ too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpreadVerdict {
    /// The sheets stand as they are.
    Stands,
    /// The candidate is examined again; these sheets form no mark.
    Rerun,
}

/// How far a panel has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum PanelState {
    /// The lead examiner must decide first.
    Pending {
        /// On what, in this order.
        open: Vec<OpenQuestion>,
    },
    /// The mark.
    Formed {
        /// It.
        mark: Box<PanelMark>,
    },
    /// The lead examiner had the candidate examined again.
    Rerun {
        /// The decision.
        decision: SpreadDecision,
    },
}

/// What the lead examiner must decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum OpenQuestion {
    /// Whether a veto bites.
    Veto {
        /// The veto.
        veto: VetoCode,
        /// Who marked it.
        examiners: Vec<AccountId>,
    },
    /// Whether totals that differ too much stand.
    Spread {
        /// The highest total.
        highest: HalfMarks,
        /// The lowest total.
        lowest: HalfMarks,
    },
}

/// The mark of a panel on one sheet for one sitting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelMark {
    /// The sheet.
    pub sheet: SheetId,
    /// What the sheet said.
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
    /// Who.
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
    /// The function.
    pub function: Function,
    /// The sum of its modules' weights, in marks of the sheet.
    pub weight: u32,
    /// What was reached of it, brought to 0 to 100.
    pub score: Exact,
}

/// A veto that bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedVeto {
    /// The veto.
    pub veto: VetoCode,
    /// What it does.
    pub effect: VetoEffect,
}

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
        /// The examiner.
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
    /// A policy that bears the name of a known one, but differs from it.
    #[error("policy `{0}` is not the known policy of that name")]
    Policy(PolicyId),
    /// Marks beyond what can be counted.
    #[error(transparent)]
    Marks(#[from] MarksError),
}

/// Forms the mark from the sheets of one sitting, as far as the decisions allow.
///
/// # Errors
/// [`PanelError`] when sheets, policy or decisions do not belong together.
pub fn form(
    sheet: &ValidSheet,
    handed_in: &[HandedInSheet],
    policy: &PanelPolicy,
    decisions: &PanelDecisions,
) -> Result<PanelState, PanelError> {
    if !policy.is_valid() {
        return Err(PanelError::Policy(policy.version.clone()));
    }
    check_sheets(sheet, handed_in)?;
    let marked = marked_vetoes(handed_in);
    check_decisions(&marked, decisions)?;

    let open = undecided(&marked, handed_in.len(), policy, decisions);
    if !open.is_empty() {
        return Ok(PanelState::Pending { open });
    }
    let vetoes = confirmed(sheet, &marked, handed_in.len(), policy, decisions);
    let counted = count(sheet, handed_in, &vetoes)?;

    let is = |effect: fn(&VetoEffect) -> bool| vetoes.iter().any(|veto| effect(&veto.effect));
    let terminated = is(|effect| matches!(effect, VetoEffect::Terminate {}));
    let zeroed = terminated || is(|effect| matches!(effect, VetoEffect::ZeroSheet {}));
    // When the mark is 0 whatever the totals are, their difference is not worth a decision.
    if !zeroed && let Some(spread) = spread(&counted, policy) {
        match &decisions.spread {
            None => return Ok(PanelState::Pending { open: vec![spread] }),
            Some(decision) if decision.verdict == SpreadVerdict::Rerun => {
                return Ok(PanelState::Rerun { decision: decision.clone() });
            }
            Some(_) => {}
        }
    }

    let averaged = policy.average.choose(&counted);
    let average = mean(averaged.iter().map(|sheet| sheet.total))?;
    let cap = vetoes.iter().filter_map(|veto| match &veto.effect {
        VetoEffect::Cap { half_marks } => Some(Exact::from(*half_marks)),
        _ => None,
    });
    let mark = if zeroed { Exact::ZERO } else { cap.fold(average, Exact::min) };
    let parts = parts(sheet, &averaged, average, mark)?;
    let in_average: BTreeSet<_> = averaged.iter().map(|sheet| sheet.examiner.clone()).collect();
    let mut examiners: Vec<_> = counted
        .into_iter()
        .map(|sheet| ExaminerTotal {
            averaged: in_average.contains(&sheet.examiner),
            examiner: sheet.examiner,
            handed_in: sheet.handed_in,
            counted: sheet.total,
            last_event: sheet.last_event,
        })
        .collect();
    examiners.sort_by(|a, b| a.examiner.cmp(&b.examiner));
    Ok(PanelState::Formed {
        mark: Box::new(PanelMark {
            sheet: sheet.sheet().id.clone(),
            sheet_digest: sheet.digest(),
            policy: policy.clone(),
            examiners,
            average,
            mark,
            parts,
            vetoes,
            terminated,
            decisions: decisions.clone(),
        }),
    })
}

/// An examiner's sheet after items were zeroed.
#[derive(Clone, Debug)]
struct Counted {
    examiner: AccountId,
    handed_in: HalfMarks,
    total: HalfMarks,
    modules: Vec<HalfMarks>,
    last_event: Digest,
}

type Marked = BTreeMap<VetoCode, Vec<AccountId>>;

fn check_sheets(sheet: &ValidSheet, handed_in: &[HandedInSheet]) -> Result<(), PanelError> {
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
    let items = sheet.sheet().items().map(|(_, item)| &item.id);
    let unscored: Vec<_> = items.filter(|item| !one.scores.contains_key(item)).cloned().collect();
    if !unscored.is_empty() {
        return Err(ScoringError::Unscored(unscored));
    }
    let awards = one.scores.iter().map(|(item, award)| Ok(scoring::find(sheet, item, award)?.half_marks));
    let sum = HalfMarks::sum(awards.collect::<Result<Vec<_>, ScoringError>>()?)?;
    if sum != one.total {
        return Err(ScoringError::Total { claimed: one.total, sum });
    }
    match one.vetoes.keys().find(|veto| sheet.veto(veto).is_none()) {
        Some(veto) => Err(ScoringError::UnknownVeto(veto.clone())),
        None => Ok(()),
    }
}

fn marked_vetoes(handed_in: &[HandedInSheet]) -> Marked {
    let mut marked = Marked::new();
    for sheet in handed_in {
        for veto in sheet.vetoes.keys() {
            marked.entry(veto.clone()).or_default().push(sheet.examiner.clone());
        }
    }
    marked.values_mut().for_each(|examiners| examiners.sort());
    marked
}

fn check_decisions(marked: &Marked, decisions: &PanelDecisions) -> Result<(), PanelError> {
    let mut decided = BTreeSet::new();
    for decision in &decisions.vetoes {
        if !marked.contains_key(&decision.veto) {
            return Err(PanelError::DecisionWithoutVeto(decision.veto.clone()));
        }
        if !decided.insert(&decision.veto) {
            return Err(PanelError::DecisionTwice(decision.veto.clone()));
        }
    }
    let mut reasons = decisions.vetoes.iter().map(|decision| &decision.reason);
    let spread = decisions.spread.iter().map(|decision| &decision.reason);
    let given = |reason: &String| !reason.trim().is_empty() && reason.chars().count() <= MAX_REASON;
    if reasons.by_ref().chain(spread).all(given) { Ok(()) } else { Err(PanelError::Reason) }
}

/// Whether enough examiners have marked a veto for it to go to the lead examiner.
fn enough(examiners: usize, panel: usize, policy: &PanelPolicy) -> bool {
    match policy.vetoes {
        VetoRule::AnyExaminer => examiners > 0,
        VetoRule::MajorityOfPanel => examiners * 2 > panel,
    }
}

fn undecided(marked: &Marked, panel: usize, policy: &PanelPolicy, decisions: &PanelDecisions) -> Vec<OpenQuestion> {
    marked
        .iter()
        .filter(|(_, examiners)| enough(examiners.len(), panel, policy))
        .filter(|(veto, _)| !decisions.vetoes.iter().any(|decision| decision.veto == **veto))
        .map(|(veto, examiners)| OpenQuestion::Veto { veto: veto.clone(), examiners: examiners.clone() })
        .collect()
}

fn confirmed(
    sheet: &ValidSheet,
    marked: &Marked,
    panel: usize,
    policy: &PanelPolicy,
    decisions: &PanelDecisions,
) -> Vec<AppliedVeto> {
    let bites = |veto: &VetoCode| {
        decisions.vetoes.iter().any(|decision| decision.veto == *veto && decision.verdict == VetoVerdict::Confirmed)
            && marked.get(veto).is_some_and(|examiners| enough(examiners.len(), panel, policy))
    };
    let vetoes = sheet.sheet().vetoes.iter().filter(|veto| bites(&veto.id));
    vetoes.map(|veto| AppliedVeto { veto: veto.id.clone(), effect: veto.effect.clone() }).collect()
}

fn count(sheet: &ValidSheet, handed_in: &[HandedInSheet], vetoes: &[AppliedVeto]) -> Result<Vec<Counted>, PanelError> {
    let zeroed: BTreeSet<&SheetItemId> = vetoes
        .iter()
        .filter_map(|veto| match &veto.effect {
            VetoEffect::ZeroItem { item } => Some(item),
            _ => None,
        })
        .collect();
    handed_in
        .iter()
        .map(|one| {
            let modules = sheet.sheet().modules.iter().map(|module| module_marks(module, &one.scores, &zeroed));
            let modules = modules.collect::<Result<Vec<_>, MarksError>>()?;
            Ok(Counted {
                examiner: one.examiner.clone(),
                handed_in: one.total,
                total: HalfMarks::sum(modules.iter().copied())?,
                modules,
                last_event: one.last_event,
            })
        })
        .collect()
}

fn module_marks(
    module: &Module,
    scores: &BTreeMap<SheetItemId, AwardCode>,
    zeroed: &BTreeSet<&SheetItemId>,
) -> Result<HalfMarks, MarksError> {
    let items = module.sections.iter().flat_map(|section| &section.items);
    let counting = items.filter(|item| !zeroed.contains(&item.id));
    HalfMarks::sum(counting.filter_map(|item| Some(item.award(scores.get(&item.id)?)?.half_marks)))
}

fn spread(counted: &[Counted], policy: &PanelPolicy) -> Option<OpenQuestion> {
    let highest = counted.iter().map(|sheet| sheet.total).max()?;
    let lowest = counted.iter().map(|sheet| sheet.total).min()?;
    let alert = highest.distance(lowest) > policy.alert_above;
    alert.then_some(OpenQuestion::Spread { highest, lowest })
}

impl Average {
    /// The sheets that are averaged. Equal totals are ordered by account, so that the choice never
    /// depends on who handed in first.
    fn choose(self, counted: &[Counted]) -> Vec<Counted> {
        let mut sorted = counted.to_vec();
        sorted.sort_by(|a, b| (a.total, &a.examiner).cmp(&(b.total, &b.examiner)));
        let number = sorted.len();
        let dropped = match self {
            Self::Mean => 0,
            Self::TrimmedFromFive => usize::from(number >= 5),
            Self::Median => number.saturating_sub(1) / 2,
        };
        sorted.into_iter().skip(dropped).take(number.saturating_sub(2 * dropped)).collect()
    }
}

fn mean(marks: impl Iterator<Item = HalfMarks>) -> Result<Exact, MarksError> {
    Exact::weighted_mean(marks.map(|mark| (1, Exact::from(mark))))
}

/// The mark by function. A zero or a cap takes from every part in proportion.
fn parts(sheet: &ValidSheet, averaged: &[Counted], average: Exact, mark: Exact) -> Result<Vec<FunctionPart>, MarksError> {
    let kept = if average == Exact::ZERO { Exact::ZERO } else { mark.checked_div(average)? };
    let mut sums: BTreeMap<Function, (u32, Exact)> = BTreeMap::new();
    for (index, module) in sheet.sheet().modules.iter().enumerate() {
        let marks = mean(averaged.iter().filter_map(|sheet| sheet.modules.get(index).copied()))?;
        let (weight, sum) = sums.entry(sheet.sheet().function_of(module)).or_insert((0, Exact::ZERO));
        *weight = weight.checked_add(module.weight).ok_or(MarksError::Range)?;
        *sum = sum.checked_add(marks)?;
    }
    let parts = sums.into_iter().map(|(function, (weight, sum))| {
        let share = sum.checked_mul(Exact::whole(100))?.checked_div(Exact::whole(weight))?;
        Ok(FunctionPart { function, weight, score: share.checked_mul(kept)? })
    });
    parts.collect()
}
