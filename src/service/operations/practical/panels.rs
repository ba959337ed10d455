//! A panel's mark: formed when the last examiner's sheet is in, decided on by the lead examiner
//! where questions are open, and added up to the practical mark when all panels of the sitting have
//! theirs. One act is one visit here.

use super::super::doer::transact;
use crate::aggregates::assignment::{AssignmentEvent, AssignmentState, Task};
use crate::aggregates::batch::BatchState;
use crate::aggregates::panel::{PanelEvent, PanelState, SpreadRuling, Subject, VetoRuling, panel_key};
use crate::aggregates::request::RequestKey;
use crate::aggregates::sitting::{PracticalMark, SittingEvent, SittingState};
use crate::app::App;
use crate::operations::batches::{policy, sheet};
use crate::operations::member::Member;
use crate::operations::requests::{is_first, saying};
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::marks::Exact;
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::practical::panel::{self, PanelDecisions, PanelError, PanelOutcome};
use kaoping_engine::practical::session::HandedInSheet;
use kaoping_engine::practical::total::{
    FunctionWeight, FunctionWeights, PracticalOutcome, WeightedMark, practical_total,
};
use kaoping_record::canonical;
use kaoping_record::id::{AssignmentId, SittingId};
use serde::Serialize;

/// A sheet has come in: forms the panel's mark when it was the last one, and the practical mark
/// when the panel was.
///
/// # Errors
/// [`Refusal::internal`] when sheets, marks and plan do not fit, which their checks exclude.
pub async fn take_sheet(work: &mut Work, id: &AssignmentId, task: &Task) -> Result<(), Refusal> {
    let panel: PanelState = work.need(&task.panel_key, "panel").await?;
    let batch: BatchState = work.need(task.batch.as_str(), "batch").await?;
    let sheets = handed_in(work, &panel.subject).await?;
    let complete = sheets.len() == panel.subject.assignments.len();
    let outcome = if complete { Some(form(&batch.plan, &panel.subject, &sheets, &panel.decisions)?) } else { None };
    let formed = matches!(outcome, Some(PanelOutcome::Formed { .. }));
    let event = PanelEvent::SheetIn { assignment: id.clone(), outcome };
    work.append::<PanelState>(&task.panel_key, event).await?;
    if formed { complete_practical(work, &batch.plan, &task.sitting).await } else { Ok(()) }
}

/// What a lead examiner decides at once.
#[derive(Serialize)]
pub struct Rulings {
    pub vetoes: Vec<VetoRuling>,
    pub spread: Option<SpreadRuling>,
}

/// The lead examiner decides on vetoes and on totals that differ too much.
///
/// # Errors
/// `nothing_to_decide`, `decision` when the decisions do not fit the vetoes, [`Refusal::forbidden`]
/// for another lead.
pub async fn decide_panel(
    app: &App,
    member: &Member,
    key: &str,
    rulings: &Rulings,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let Rulings { vetoes, spread } = rulings;
    let said = saying(&format!("panel/{key}"), rulings)?;
    transact!(app, member, |work| {
        let state: PanelState = work.need(key, "panel").await?;
        state.led_by(&member.account)?;
        // A repeated decision never answers a question that a later sheet or another examination
        // has raised.
        if !is_first(work, member, request, &said).await? {
            return Ok(());
        }
        let decisions = state.decide(&member.account, work.now(), vetoes, spread.as_ref())?;
        let subject = &state.subject;
        let sheets = handed_in(work, subject).await?;
        let batch: BatchState = work.need(subject.batch.as_str(), "batch").await?;
        let outcome = form(&batch.plan, subject, &sheets, &decisions)?;
        let next = outcome.clone();
        work.append::<PanelState>(key, PanelEvent::Decided { decisions, outcome }).await?;
        match next {
            PanelOutcome::Pending { .. } => Ok(()),
            PanelOutcome::Formed { .. } => complete_practical(work, &batch.plan, &subject.sitting).await,
            PanelOutcome::Rerun { .. } => repeat(app, work, subject).await,
        }
    })
}

/// The panel's outcome from its sheets.
fn form(
    plan: &Plan,
    subject: &Subject,
    sheets: &[HandedInSheet],
    decisions: &PanelDecisions,
) -> Result<PanelOutcome, Refusal> {
    let policy = policy(plan)?;
    panel::form(sheet(&subject.sheet)?, sheets, &policy, decisions).map_err(|error| match error {
        PanelError::Reason => Refusal::invalid(
            "reason",
            "reason",
            ("每项裁决都要写明原因（1 至 500 个字）。", "each decision needs a reason of 1 to 500 characters"),
            ("写明原因后再提交。", "enter the reasons"),
        ),
        PanelError::DecisionWithoutVeto(_) | PanelError::DecisionTwice(_) => Refusal::invalid(
            "decision",
            "vetoes",
            ("裁决和考评员标出的否定项对不上。", "the decisions do not fit the vetoes that were marked"),
            ("刷新页面后逐项裁决。", "reload the page and decide on each"),
        ),
        other => Refusal::internal(other),
    })
}

/// The candidate is examined again on this sheet: the same examiners get new assignments, the first
/// sheets stay on record.
async fn repeat(app: &App, work: &mut Work, subject: &Subject) -> Result<(), Refusal> {
    let mut assignments = Vec::new();
    for assignment in &subject.assignments {
        let state: AssignmentState = work.need(assignment.as_str(), "assignment").await?;
        let id = AssignmentId::random(app.id_seed()?);
        let task = Task { round: state.task.round + 1, ..state.task };
        work.append::<AssignmentState>(id.as_str(), AssignmentEvent::Given { task }).await?;
        assignments.push(id);
    }
    work.append::<PanelState>(&panel_key(&subject.sitting, &subject.sheet), PanelEvent::Repeated { assignments }).await
}

/// The sheets that a panel's examiners have handed in.
async fn handed_in(work: &mut Work, subject: &Subject) -> Result<Vec<HandedInSheet>, Refusal> {
    let mut sheets = Vec::new();
    for assignment in &subject.assignments {
        let state: AssignmentState = work.need(assignment.as_str(), "assignment").await?;
        sheets.extend(state.hand_in.map(|hand_in| hand_in.sheet));
    }
    Ok(sheets)
}

/// Forms a sitting's practical mark, once all its panels have theirs or one has ended it.
async fn complete_practical(work: &mut Work, plan: &Plan, sitting: &SittingId) -> Result<(), Refusal> {
    let state: SittingState = work.need(sitting.as_str(), "sitting").await?;
    let practical = state.practical()?;
    let mut marks = Vec::new();
    for key in &practical.place.panels {
        let panel: PanelState = work.need(key, "panel").await?;
        if let Some(PanelOutcome::Formed { mark }) = panel.outcome {
            marks.push(WeightedMark { weight: 1, mark: *mark });
        }
    }
    let terminated = marks.iter().any(|weighted| weighted.mark.terminated);
    let missing = marks.len() < practical.place.panels.len();
    if practical.mark().is_some() || (missing && !terminated) {
        return Ok(());
    }
    let weights = plan.practical.functions.iter();
    let weights = weights.map(|function| FunctionWeight { function: function.function, percent: function.weight });
    let weights = FunctionWeights::new(weights.collect()).map_err(Refusal::internal)?;
    let total = match practical_total(&weights, &marks).map_err(Refusal::internal)? {
        PracticalOutcome::Scored { total, .. } => total,
        PracticalOutcome::Terminated { .. } => Exact::ZERO,
    };
    let panels = work.blob(canonical::to_bytes(&marks)?);
    let mark = PracticalMark { total, terminated, panels };
    work.append::<SittingState>(sitting.as_str(), SittingEvent::PracticalScored { mark }).await
}
