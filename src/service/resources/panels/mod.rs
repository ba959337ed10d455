//! Panels of examiners: how each mark stands. [`lots`] sets them up, [`decisions`] forms their marks, [`absence`] is for those
//! who do not come.

pub mod absence;
pub mod decisions;
pub mod lots;

use super::roster;
use crate::access::{Member, Role};
use crate::app::App;
use crate::error::ApiError;
use crate::library::library;
use crate::state::assignment::AssignmentState;
use crate::state::batch::BatchState;
use crate::state::panel::{PanelState, Subject};
use crate::state::sitting::{PracticalPlace, SittingState};
use crate::work::Work;
use axum::Json;
use axum::extract::{Query, State};
use kaoping_engine::marks::{Exact, HalfMarks};
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::practical::code::VetoCode;
use kaoping_engine::practical::panel::{OpenQuestion, PanelOutcome};
use kaoping_engine::practical::panel_policy::PanelPolicy;
use kaoping_engine::practical::session::HandedInSheet;
use kaoping_engine::practical::sheet::ValidSheet;
use kaoping_record::id::{AssignmentId, BatchId, SheetId, SittingId};
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Which panels.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PanelsQuery {
    /// The batch.
    batch: String,
}

/// How a panel's mark stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PanelStatus {
    /// Sheets are still out.
    Scoring,
    /// The lead examiner must decide.
    NeedsDecision,
    /// The mark is formed.
    Formed,
    /// The candidate is examined again.
    Rerun,
}

/// A veto that an examiner marked.
#[derive(Serialize, ToSchema)]
pub struct VetoLine {
    veto: String,
    text: String,
    /// How many examiners marked it.
    marked_by: usize,
    /// What they saw.
    notes: Vec<String>,
    /// Whether the lead must still decide on it.
    open: bool,
}

/// A panel's mark on the lead examiner's page.
#[derive(Serialize, ToSchema)]
pub struct PanelLine {
    sitting: String,
    number: u32,
    panel: String,
    panel_name: String,
    sheet: String,
    sheet_title: String,
    function: String,
    /// How often the candidate has been examined on this sheet, from 1.
    round: u32,
    /// Whether the candidate is marked absent from the practical exam.
    absent: bool,
    state: PanelStatus,
    handed_in: usize,
    of: usize,
    /// Totals in half-marks, once all sheets are in.
    totals: Vec<u32>,
    vetoes: Vec<VetoLine>,
    /// Whether totals differ by more than the policy allows.
    alert: bool,
    mark: Option<Exact>,
    shown: Option<String>,
}

/// All panels' marks.
#[derive(Serialize, ToSchema)]
pub struct PanelsView {
    panels: Vec<PanelLine>,
}

/// The marks of a batch's panels, those of the lead examiner who asks, or all for the office.
#[utoipa::path(get, path = "/api/v1/panels", params(PanelsQuery), responses((status = 200, body = PanelsView)))]
pub async fn list(
    State(app): State<App>,
    member: Member,
    Query(query): Query<PanelsQuery>,
) -> Result<Json<PanelsView>, ApiError> {
    let batch = BatchId::new(query.batch).map_err(|_| ApiError::not_found("batch"))?;
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let plan = state.plan()?;
    let sees_all = member.roles.iter().any(|role| matches!(role, Role::Officer | Role::Supervisor));
    let mut panels = Vec::new();
    for entry in roster::entries(&app, &state).await?.iter() {
        let sitting: SittingState = app.read(entry.practical.as_str()).await?;
        for key in sitting.practical.iter().flat_map(|practical| &practical.panels) {
            let panel: PanelState = app.read(key).await?;
            let Some(subject) = &panel.subject else { continue };
            if sees_all || subject.lead == member.account {
                panels.push(line(&app, plan, &panel, subject).await?);
            }
        }
    }
    panels.sort_by(|a, b| (&a.panel, a.number, &a.sheet).cmp(&(&b.panel, b.number, &b.sheet)));
    Ok(Json(PanelsView { panels }))
}

/// The sheets that a panel's examiners have handed in.
///
/// # Errors
/// 500 when the store fails.
pub async fn handed_in(work: &mut Work, subject: &Subject) -> Result<Vec<HandedInSheet>, ApiError> {
    let mut sheets = Vec::new();
    for assignment in &subject.assignments {
        let state: AssignmentState = work.load(assignment.as_str()).await?;
        sheets.extend(state.handed_in);
    }
    Ok(sheets)
}

/// A sheet of the library.
///
/// # Errors
/// 404 when there is none of that name.
pub fn sheet(id: &SheetId) -> Result<&'static ValidSheet, ApiError> {
    library().sheets.get(id).ok_or_else(|| ApiError::not_found("sheet"))
}

/// The policy that a plan names.
///
/// # Errors
/// 500 when no program knows it.
pub fn policy(plan: &Plan) -> Result<PanelPolicy, ApiError> {
    PanelPolicy::named(&plan.practical.policy).ok_or_else(|| ApiError::internal("unknown panel policy"))
}

/// The key of a panel's mark.
#[must_use]
pub fn panel_key(sitting: &SittingId, sheet: &SheetId) -> String {
    format!("{sitting}.{sheet}")
}

async fn line(app: &App, plan: &Plan, panel: &PanelState, subject: &Subject) -> Result<PanelLine, ApiError> {
    let sheet = sheet(&subject.sheet)?;
    let sitting: SittingState = app.read(subject.sitting.as_str()).await?;
    let mut sheets = Vec::new();
    for assignment in &panel.handed_in {
        let state: AssignmentState = app.read(assignment.as_str()).await?;
        sheets.extend(state.handed_in);
    }
    let (status, open, mark) = match &panel.outcome {
        None => (PanelStatus::Scoring, &[][..], None),
        Some(PanelOutcome::Pending { open }) => (PanelStatus::NeedsDecision, open.as_slice(), None),
        Some(PanelOutcome::Formed { mark }) => (PanelStatus::Formed, &[][..], Some(mark.mark)),
        Some(PanelOutcome::Rerun { .. }) => (PanelStatus::Rerun, &[][..], None),
    };
    // Nobody sees totals or vetoes before all sheets are in.
    let complete = panel.outcome.is_some();
    let totals = sheets.iter().filter(|_| complete).map(|sheet| HalfMarks::get(sheet.total)).collect();
    let mut vetoes: BTreeMap<&VetoCode, VetoLine> = BTreeMap::new();
    for (code, marked) in sheets.iter().filter(|_| complete).flat_map(|sheet| &sheet.vetoes) {
        let Some(veto) = sheet.veto(code) else { continue };
        let note = veto.notes.iter().find(|note| note.code == marked.note).map(|note| note.label.clone());
        let line = vetoes.entry(code).or_insert_with(|| VetoLine {
            veto: code.to_string(),
            text: veto.text.clone(),
            marked_by: 0,
            notes: Vec::new(),
            open: open.iter().any(|open| matches!(open, OpenQuestion::Veto { veto, .. } if veto == code)),
        });
        line.marked_by += 1;
        line.notes.extend(note);
    }
    let panel_name = plan.practical.panels.iter().find(|known| known.panel == subject.panel);
    Ok(PanelLine {
        sitting: subject.sitting.to_string(),
        number: subject.number,
        panel: subject.panel.to_string(),
        panel_name: panel_name.map(|panel| panel.name.clone()).unwrap_or_default(),
        sheet: subject.sheet.to_string(),
        sheet_title: sheet.sheet().title.clone(),
        function: subject.function.code().to_owned(),
        round: subject.round,
        absent: sitting.absent,
        state: status,
        handed_in: sheets.len(),
        of: subject.assignments.len(),
        totals,
        vetoes: vetoes.into_values().collect(),
        alert: open.iter().any(|open| matches!(open, OpenQuestion::Spread { .. })),
        shown: mark.map(|mark| mark.display_two_decimals(Exact::PASS_MARK)),
        mark,
    })
}

/// All panels' marks of a sitting.
///
/// # Errors
/// 500 when the store fails.
pub async fn of_sitting(work: &mut Work, practical: &PracticalPlace) -> Result<Vec<PanelState>, ApiError> {
    let mut panels = Vec::new();
    for key in &practical.panels {
        panels.push(work.load::<PanelState>(key).await?);
    }
    Ok(panels)
}

/// Examiners' assignments, found by account.
///
/// # Errors
/// 500 when the store fails.
pub async fn assignments(app: &App, member: &Member) -> Result<Vec<(AssignmentId, AssignmentState)>, ApiError> {
    let mut assignments: Vec<(AssignmentId, AssignmentState)> = Vec::new();
    loop {
        let after = assignments.last().map(|(id, _)| id.to_string());
        let rows = app.store.find(Collection::Assignment, member.account.as_str(), after.as_deref(), 500).await?;
        let full = rows.len() == 500;
        for row in rows {
            assignments.push((AssignmentId::new(row.key.clone())?, super::state_of(&row)?));
        }
        if !full {
            return Ok(assignments);
        }
    }
}
