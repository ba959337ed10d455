//! Panels of examiners: the state of each mark, the lead examiner's decisions, and absences.

use crate::aggregates::account::Role;
use crate::aggregates::assignment::AssignmentState;
use crate::aggregates::batch::BatchState;
use crate::aggregates::panel::{PanelState, SpreadRuling, VetoRuling, panel_key};
use crate::aggregates::request::RequestKey;
use crate::app::App;
use crate::http::path::{PanelPath, SittingPath};
use crate::http::request::ReasonedRequest;
use crate::operations::batches::sheet;
use crate::operations::member::Member;
use crate::operations::practical::absence;
use crate::operations::practical::panels::{self, Rulings};
use crate::operations::roster;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kaoping_engine::marks::{Exact, HalfMarks};
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::practical::code::VetoCode;
use kaoping_engine::practical::panel::{OpenQuestion, PanelOutcome, SpreadVerdict, VetoVerdict};
use kaoping_engine::practical::sheet::VetoEffect;
use kaoping_record::id::BatchId;
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

/// The state of a panel's mark.
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
    /// What it does when the lead confirms it.
    effect: VetoEffect,
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

/// The lead's decision.
#[derive(Deserialize, ToSchema)]
pub struct DecisionRequest {
    vetoes: Vec<VetoRequest>,
    alert: Option<AlertRequest>,
    request: RequestKey,
}

/// A decision on a veto.
#[derive(Deserialize, ToSchema)]
pub struct VetoRequest {
    #[schema(value_type = String)]
    veto: VetoCode,
    confirmed: bool,
    reason: String,
}

/// A decision on totals that differ too much.
#[derive(Deserialize, ToSchema)]
pub struct AlertRequest {
    /// `true`: the sheets are accepted; `false`: the candidate is examined again.
    accept: bool,
    reason: String,
}

/// The marks of a batch's panels, those of the lead examiner who asks, or all for the office.
#[utoipa::path(get, path = "/api/v1/panels", params(PanelsQuery), responses((status = 200, body = PanelsView)))]
pub async fn list_panels(
    State(app): State<App>,
    member: Member,
    Query(query): Query<PanelsQuery>,
) -> Result<Json<PanelsView>, Refusal> {
    let batch = BatchId::new(query.batch).map_err(|_| Refusal::not_found("batch"))?;
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    member.may_read(&state)?;
    let plan = &state.plan;
    let sees_all = member.has_any(&[Role::Officer, Role::Supervisor]);
    let mut panels = Vec::new();
    for entry in roster::entries(&app, &state).await?.iter() {
        let sitting = roster::practical_sitting(&app, &entry.practical).await?;
        for key in sitting.iter().flat_map(|sitting| &sitting.place.panels) {
            let panel: PanelState = app.need(key, "panel").await?;
            if sees_all || panel.subject.lead == member.account {
                panels.push(line(&app, plan, &panel).await?);
            }
        }
    }
    panels.sort_by(|a, b| (&a.panel, a.number, &a.sheet).cmp(&(&b.panel, b.number, &b.sheet)));
    Ok(Json(PanelsView { panels }))
}

/// The lead examiner decides.
#[utoipa::path(post, path = "/api/v1/panels/{sitting}/{sheet}/decision", request_body = DecisionRequest, params(PanelPath), responses((status = 200, body = PanelLine)))]
pub async fn decide_panel(
    State(app): State<App>,
    member: Member,
    Path(PanelPath { sitting, sheet }): Path<PanelPath>,
    Json(request): Json<DecisionRequest>,
) -> Result<Json<PanelLine>, Refusal> {
    let vetoes = request.vetoes.into_iter().map(|veto| VetoRuling {
        veto: veto.veto,
        verdict: if veto.confirmed { VetoVerdict::Confirmed } else { VetoVerdict::Dismissed },
        reason: veto.reason,
    });
    let spread = request.alert.map(|alert| SpreadRuling {
        verdict: if alert.accept { SpreadVerdict::Stands } else { SpreadVerdict::Rerun },
        reason: alert.reason,
    });
    let key = panel_key(&sitting, &sheet);
    let rulings = Rulings { vetoes: vetoes.collect(), spread };
    panels::decide_panel(&app, &member, &key, &rulings, &request.request).await?;
    let panel: PanelState = app.need(&key, "panel").await?;
    let batch: BatchState = app.need(panel.subject.batch.as_str(), "batch").await?;
    Ok(Json(line(&app, &batch.plan, &panel).await?))
}

/// Marks a candidate absent from the practical exam.
#[utoipa::path(post, path = "/api/v1/panels/{sitting}/absent", request_body = ReasonedRequest, params(SittingPath), responses((status = 204)))]
pub async fn mark_absent(
    State(app): State<App>,
    member: Member,
    Path(SittingPath { sitting }): Path<SittingPath>,
    Json(request): Json<ReasonedRequest>,
) -> Result<StatusCode, Refusal> {
    absence::mark_absent(&app, &member, &sitting, &request.reason, &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the absence back: the candidate came after all.
#[utoipa::path(delete, path = "/api/v1/panels/{sitting}/absent", params(SittingPath), responses((status = 204)))]
pub async fn withdraw_absence(
    State(app): State<App>,
    member: Member,
    Path(SittingPath { sitting }): Path<SittingPath>,
) -> Result<StatusCode, Refusal> {
    absence::withdraw_absence(&app, &member, &sitting).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn line(app: &App, plan: &Plan, panel: &PanelState) -> Result<PanelLine, Refusal> {
    let subject = &panel.subject;
    let sheet = sheet(&subject.sheet)?;
    let sitting = roster::practical_sitting(app, &subject.sitting).await?;
    let mut sheets = Vec::new();
    for assignment in &panel.handed_in {
        let state: AssignmentState = app.need(assignment.as_str(), "assignment").await?;
        sheets.extend(state.hand_in.map(|hand_in| hand_in.sheet));
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
            effect: veto.effect.clone(),
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
        absent: sitting.is_some_and(|sitting| sitting.is_absent()),
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
