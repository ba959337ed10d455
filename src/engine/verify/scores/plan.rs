//! Whether a person's practical exam is the one that the plan fixed before it: its stations, its
//! panel, and its policy.

use super::finding::{AuditDefect, Refusal};
use crate::plan::schedule::{Panel, PracticalPlan};
use crate::practical::panel::PanelDecisions;
use crate::practical::session::HandedInSheet;
use crate::practical::total::WeightedMark;
use kaoping_record::id::{AccountId, SheetId};
use std::collections::BTreeSet;

/// Checks the marks of one person, and the sheets that each was formed from. Gives the panel;
/// `None` of an exam without sheets.
///
/// # Errors
/// [`AuditDefect::Policy`], [`AuditDefect::Station`], [`AuditDefect::Examiner`].
pub(super) fn check<'a>(
    plan: &'a PracticalPlan,
    policy: &str,
    marks: &[WeightedMark],
    handed_in: &[Vec<HandedInSheet>],
) -> Result<Option<&'a Panel>, Refusal> {
    AuditDefect::Policy.unless(plan.policy == policy, "the panel's policy is not the plan's")?;
    stations(plan, marks)?;
    let mut panel: Option<&Panel> = None;
    for (weighted, sheets) in marks.iter().zip(handed_in) {
        let own = panel_of(plan, sheets, &weighted.mark.decisions).ok_or_else(|| {
            AuditDefect::Examiner
                .because(format!("no panel of the plan scored and decided on sheet `{}`", weighted.mark.sheet))
        })?;
        let first = *panel.get_or_insert(own);
        AuditDefect::Examiner.unless(first.panel == own.panel, "two panels examined one person")?;
    }
    Ok(panel)
}

/// Each function's required sheets and as many of its sheets by lot as the plan says, each counted
/// once. An exam that a veto ended may lack the stations after it.
fn stations(plan: &PracticalPlan, marks: &[WeightedMark]) -> Result<(), Refusal> {
    let examined: BTreeSet<&SheetId> = marks.iter().map(|weighted| &weighted.mark.sheet).collect();
    let ended = marks.iter().any(|weighted| weighted.mark.terminated);
    let mut planned = BTreeSet::new();
    for function in &plan.functions {
        planned.extend(function.required.iter().chain(&function.by_lot));
        let missing = function.required.iter().find(|sheet| !examined.contains(sheet));
        if let Some(sheet) = missing.filter(|_| !ended) {
            return Err(AuditDefect::Station.because(format!("sheet `{sheet}` is required and was not examined")));
        }
        let by_lot = function.by_lot.iter().filter(|sheet| examined.contains(sheet)).count();
        let drawn = usize::try_from(function.draw).unwrap_or(usize::MAX);
        if by_lot > drawn || (by_lot < drawn && !ended) {
            let why =
                format!("{by_lot} of the sheets by lot of `{}` were examined, not {drawn}", function.function.code());
            return Err(AuditDefect::Station.because(why));
        }
    }
    if let Some(sheet) = examined.iter().find(|sheet| !planned.contains(*sheet)) {
        return Err(AuditDefect::Station.because(format!("sheet `{sheet}` is not in the plan")));
    }
    AuditDefect::Station.unless(marks.iter().all(|weighted| weighted.weight == 1), "a sheet counts more than once")
}

/// The panel whose examiners, and nobody else, handed in these sheets, and whose lead decided.
fn panel_of<'a>(plan: &'a PracticalPlan, sheets: &[HandedInSheet], decisions: &PanelDecisions) -> Option<&'a Panel> {
    let scored: BTreeSet<&AccountId> = sheets.iter().map(|sheet| &sheet.examiner).collect();
    let leads = decisions.vetoes.iter().map(|decision| &decision.lead);
    let leads: BTreeSet<&AccountId> = leads.chain(decisions.spread.iter().map(|decision| &decision.lead)).collect();
    plan.panels.iter().find(|panel| {
        panel.examiners.iter().collect::<BTreeSet<_>>() == scored && leads.iter().all(|lead| **lead == panel.lead)
    })
}
