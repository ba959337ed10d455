//! The panel's mark: from three or more sheets that examiners handed in independently.
//!
//! Confirmed vetoes on items zero them on every sheet; then the totals are compared; then the policy forms
//! the panel's average; then a confirmed veto on the sheet zeroes or caps it. Whatever the lead examiner must
//! decide first is listed, and without it no mark is formed.

use super::code::{AwardCode, VetoCode};
use super::panel_check::{Marked, check_decisions, check_sheets, marked_vetoes};
use super::panel_policy::{Average, PanelPolicy, VetoRule};
use super::session::HandedInSheet;
use super::sheet::{Module, ValidSheet, VetoEffect};
use crate::bank::Function;
use crate::marks::{Exact, HalfMarks, MarksError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, SheetItemId};
use std::collections::{BTreeMap, BTreeSet};

pub use super::panel_check::{MIN_SHEETS, PanelError};
pub use super::panel_decision::{
    MAX_REASON, OpenQuestion, PanelDecisions, SpreadDecision, SpreadVerdict, VetoDecision, VetoVerdict,
};
pub use super::panel_mark::{AppliedVeto, ExaminerTotal, FunctionPart, PanelMark, PanelOutcome};

/// Forms the mark from the sheets of one sitting, as far as the decisions allow.
///
/// # Errors
/// [`PanelError`] when sheets, policy or decisions do not belong together.
pub fn form(
    sheet: &ValidSheet,
    handed_in: &[HandedInSheet],
    policy: &PanelPolicy,
    decisions: &PanelDecisions,
) -> Result<PanelOutcome, PanelError> {
    if !policy.is_valid() {
        return Err(PanelError::Policy(policy.version.clone()));
    }
    check_sheets(sheet, handed_in)?;
    let marked = marked_vetoes(handed_in);
    check_decisions(&marked, decisions)?;

    let open = undecided(&marked, handed_in.len(), policy, decisions);
    if !open.is_empty() {
        return Ok(PanelOutcome::Pending { open });
    }
    let vetoes = confirmed(sheet, &marked, handed_in.len(), policy, decisions);
    let counted = count(sheet, handed_in, &vetoes)?;

    let is = |effect: fn(&VetoEffect) -> bool| vetoes.iter().any(|veto| effect(&veto.effect));
    let terminated = is(|effect| matches!(effect, VetoEffect::Terminate {}));
    let zeroed = terminated || is(|effect| matches!(effect, VetoEffect::ZeroSheet {}));
    // When the mark is 0 whatever the totals are, their difference is not worth a decision.
    if !zeroed && let Some(spread) = spread(&counted, policy) {
        match &decisions.spread {
            None => return Ok(PanelOutcome::Pending { open: vec![spread] }),
            Some(decision) if decision.verdict == SpreadVerdict::Rerun => {
                return Ok(PanelOutcome::Rerun { decision: decision.clone() });
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
    Ok(PanelOutcome::Formed {
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
fn parts(
    sheet: &ValidSheet,
    averaged: &[Counted],
    average: Exact,
    mark: Exact,
) -> Result<Vec<FunctionPart>, MarksError> {
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

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
