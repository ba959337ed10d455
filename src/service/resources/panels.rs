//! Panels: tasks, panels and numbers by lot; marks from sheets; what the lead examiner decides.

use super::{roster, scoring};
use crate::access::{Member, Role};
use crate::app::App;
use crate::error::ApiError;
use crate::library::library;
use crate::state::account::AccountState;
use crate::state::assignment::{AssignmentEvent, AssignmentState, Task};
use crate::state::batch::BatchState;
use crate::state::panel::{PanelEvent, PanelState, Subject};
use crate::state::sitting::{PracticalPlace, SittingEvent, SittingState};
use crate::work::{Work, transact};
use axum::Json;
use axum::extract::{Path, Query, State};
use kaoping_engine::bank::Function;
use kaoping_engine::draw::{Lot, Seed};
use kaoping_engine::marks::{Exact, HalfMarks};
use kaoping_engine::plan::roster::RosterEntry;
use kaoping_engine::plan::schedule::{Panel, Plan};
use kaoping_engine::practical::code::VetoCode;
use kaoping_engine::practical::panel::{
    self, OpenQuestion, PanelDecisions, PanelError, PanelState as Outcome, SpreadDecision, SpreadVerdict, VetoDecision,
    VetoVerdict,
};
use kaoping_engine::practical::panel_policy::PanelPolicy;
use kaoping_engine::practical::session::HandedInSheet;
use kaoping_engine::practical::sheet::ValidSheet;
use kaoping_record::id::{AssignmentId, BatchId, PanelId, SheetId, SittingId};
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
    state: PanelStatus,
    handed_in: usize,
    of: usize,
    /// Totals in half-marks, once all sheets are in.
    totals: Vec<u32>,
    vetoes: Vec<VetoLine>,
    /// Whether totals differ by more than the policy allows.
    alert: bool,
    #[schema(value_type = Option<crate::describe::Exact>)]
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
    /// `true`: the sheets stand; `false`: the candidate is examined again.
    accept: bool,
    reason: String,
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

/// The lead examiner decides.
#[utoipa::path(post, path = "/api/v1/panels/{sitting}/{sheet}/decision", request_body = DecisionRequest, params(("sitting" = String, Path), ("sheet" = String, Path)), responses((status = 200, body = PanelLine)))]
pub async fn decide(
    State(app): State<App>,
    member: Member,
    Path((sitting, sheet)): Path<(SittingId, SheetId)>,
    Json(request): Json<DecisionRequest>,
) -> Result<Json<PanelLine>, ApiError> {
    let key = panel_key(&sitting, &sheet);
    transact!(app, &member.actor, |work| {
        let state: PanelState = work.load(&key).await?;
        let subject = state.subject.clone().ok_or_else(|| ApiError::not_found("panel"))?;
        if subject.lead != member.account {
            return Err(ApiError::forbidden());
        }
        let Some(Outcome::Pending { .. }) = &state.outcome else {
            return Err(ApiError::conflict(
                "nothing_to_decide",
                "panel",
                ("这里没有需要裁决的事项,或还有评分表没有交。", "there is nothing to decide, or sheets are still out"),
                ("刷新页面查看。", "reload the page"),
            ));
        };
        let decisions = decisions(&state.decisions, &request, &member, work)?;
        let sheets = handed_in(work, &subject).await?;
        let batch: BatchState = work.load(subject.batch.as_str()).await?;
        let outcome = form(batch.plan()?, &subject, &sheets, &decisions)?;
        let formed = !matches!(outcome, Outcome::Pending { .. });
        work.append::<PanelState>(&key, PanelEvent::Decided { decisions, outcome }).await?;
        if formed { scoring::complete_practical(work, batch.plan()?, &sitting).await } else { Ok(()) }
    })?;
    let panel: PanelState = app.read(&key).await?;
    let subject = panel.subject.clone().ok_or_else(|| ApiError::not_found("panel"))?;
    let batch: BatchState = app.read(subject.batch.as_str()).await?;
    Ok(Json(line(&app, batch.plan()?, &panel, &subject).await?))
}

/// Draws panels, numbers and tasks for all practical sittings of a batch.
///
/// Sittings in the order of the lot go to the panels in turn; a panel with a conflict of interest is passed over (考培分离,
/// 回避).
///
/// # Errors
/// 422 when no panel is free of conflicts for a candidate, naming the seat.
pub async fn set_up(app: &App, work: &mut Work, state: &BatchState, seed: &Seed) -> Result<(), ApiError> {
    let plan = state.plan()?;
    let roster = roster::entries(app, state).await?;
    let mut order: Vec<&RosterEntry> = roster.iter().collect();
    seed.lot(Lot::Panel { batch: plan.batch.as_str() }, &mut order);
    let employers = employers(app, plan).await?;
    let mut dealt: BTreeMap<&PanelId, (&Panel, Vec<&RosterEntry>)> = BTreeMap::new();
    let mut turn = 0;
    for entry in order {
        let person = roster::person(app, &entry.pseudonym).await?;
        let conflicts = |panel: &Panel| {
            let of_panel = employers.get(&panel.panel).into_iter().flatten();
            of_panel.into_iter().any(|employer| {
                person.employer.as_ref() == Some(employer) || person.registered_by.as_ref() == Some(employer)
            })
        };
        let panels = plan.practical.panels.iter().cycle().skip(turn).take(plan.practical.panels.len());
        let Some((passed, panel)) = panels.enumerate().find(|(_, panel)| !conflicts(panel)) else {
            return Err(no_panel(entry));
        };
        turn = (turn + passed + 1) % plan.practical.panels.len();
        dealt.entry(&panel.panel).or_insert((panel, Vec::new())).1.push(entry);
    }
    for (panel, sittings) in dealt.into_values() {
        let mut numbers: Vec<u32> = (1..).take(sittings.len()).collect();
        seed.lot(Lot::Number { panel: panel.panel.as_str() }, &mut numbers);
        for (entry, number) in sittings.into_iter().zip(numbers) {
            assign(app, work, plan, panel, entry, number, seed).await?;
        }
    }
    Ok(())
}

/// The panel's outcome from its sheets.
///
/// # Errors
/// 422 when a decision does not fit.
pub fn form(
    plan: &Plan,
    subject: &Subject,
    sheets: &[HandedInSheet],
    decisions: &PanelDecisions,
) -> Result<Outcome, ApiError> {
    let policy = policy(plan)?;
    panel::form(sheet(&subject.sheet)?, sheets, &policy, decisions).map_err(|error| match error {
        PanelError::Reason => ApiError::invalid(
            "reason",
            "reason",
            ("每项裁决都要写明原因(1 至 500 个字)。", "each decision needs a reason of 1 to 500 characters"),
            ("写明原因后再提交。", "enter the reasons"),
        ),
        PanelError::DecisionWithoutVeto(_) | PanelError::DecisionTwice(_) => ApiError::invalid(
            "decision",
            "vetoes",
            ("裁决和考评员标出的否定项对不上。", "the decisions do not fit the vetoes that were marked"),
            ("刷新页面后逐项裁决。", "reload the page and decide on each"),
        ),
        other => ApiError::internal(other),
    })
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

async fn assign(
    app: &App,
    work: &mut Work,
    plan: &Plan,
    panel: &Panel,
    entry: &RosterEntry,
    number: u32,
    seed: &Seed,
) -> Result<(), ApiError> {
    let mut keys = Vec::new();
    let mut order = 0;
    for function in &plan.practical.functions {
        let mut by_lot = function.by_lot.clone();
        let lot = Lot::Task { sitting: entry.practical.as_str(), function: function.function.code() };
        seed.lot(lot, &mut by_lot);
        by_lot.truncate(function.draw as usize);
        for sheet in function.required.iter().chain(&by_lot) {
            order += 1;
            keys.push(panel_key(&entry.practical, sheet));
            set_up_sheet(app, work, plan, panel, entry, number, sheet, function.function, order).await?;
        }
    }
    let practical = PracticalPlace { panel: panel.panel.clone(), number, panels: keys };
    work.append::<SittingState>(entry.practical.as_str(), SittingEvent::Assigned { practical }).await
}

#[expect(clippy::too_many_arguments, reason = "one sheet of one sitting, named in full")]
async fn set_up_sheet(
    app: &App,
    work: &mut Work,
    plan: &Plan,
    panel: &Panel,
    entry: &RosterEntry,
    number: u32,
    sheet: &SheetId,
    function: Function,
    order: u32,
) -> Result<(), ApiError> {
    let key = panel_key(&entry.practical, sheet);
    let mut assignments = Vec::new();
    for examiner in &panel.examiners {
        let id = AssignmentId::random(app.id_seed()?);
        let task = Task {
            batch: plan.batch.clone(),
            sitting: entry.practical.clone(),
            panel: panel.panel.clone(),
            panel_key: key.clone(),
            sheet: sheet.clone(),
            examiner: examiner.clone(),
            number,
            order,
        };
        work.append::<AssignmentState>(id.as_str(), AssignmentEvent::Given { task }).await?;
        assignments.push(id);
    }
    let subject = Subject {
        batch: plan.batch.clone(),
        panel: panel.panel.clone(),
        lead: panel.lead.clone(),
        sitting: entry.practical.clone(),
        sheet: sheet.clone(),
        function,
        number,
        assignments,
    };
    work.append::<PanelState>(&key, PanelEvent::SetUp { subject }).await
}

/// Employers of each panel's examiners.
async fn employers(app: &App, plan: &Plan) -> Result<BTreeMap<PanelId, Vec<String>>, ApiError> {
    let mut employers = BTreeMap::new();
    for panel in &plan.practical.panels {
        let mut of_panel = Vec::new();
        for examiner in &panel.examiners {
            let account: AccountState = app.read(examiner.as_str()).await?;
            of_panel.extend(account.employer);
        }
        employers.insert(panel.panel.clone(), of_panel);
    }
    Ok(employers)
}

fn no_panel(entry: &RosterEntry) -> ApiError {
    ApiError::invalid(
        "conflict_of_interest",
        entry.seat.as_str(),
        (
            &format!("座位 {} 的考生和每个考评组都有利害关系(同单位或培训单位),无法回避。", entry.seat),
            &format!("the candidate at {} has a conflict of interest with every panel", entry.seat),
        ),
        ("请增加或更换考评员后重新制定计划。", "add or replace examiners and make the plan again"),
    )
}

fn decisions(
    earlier: &PanelDecisions,
    request: &DecisionRequest,
    member: &Member,
    work: &Work,
) -> Result<PanelDecisions, ApiError> {
    let mut decisions = earlier.clone();
    for veto in &request.vetoes {
        decisions.vetoes.push(VetoDecision {
            veto: veto.veto.clone(),
            verdict: if veto.confirmed { VetoVerdict::Confirmed } else { VetoVerdict::Dismissed },
            lead: member.account.clone(),
            at_ms: work.now(),
            reason: super::needed_reason(&veto.reason)?,
        });
    }
    if let Some(alert) = &request.alert {
        decisions.spread = Some(SpreadDecision {
            verdict: if alert.accept { SpreadVerdict::Stands } else { SpreadVerdict::Rerun },
            lead: member.account.clone(),
            at_ms: work.now(),
            reason: super::needed_reason(&alert.reason)?,
        });
    }
    Ok(decisions)
}

async fn line(app: &App, plan: &Plan, panel: &PanelState, subject: &Subject) -> Result<PanelLine, ApiError> {
    let sheet = sheet(&subject.sheet)?;
    let mut sheets = Vec::new();
    for assignment in &panel.handed_in {
        let state: AssignmentState = app.read(assignment.as_str()).await?;
        sheets.extend(state.handed_in);
    }
    let (status, open, mark) = match &panel.outcome {
        None => (PanelStatus::Scoring, &[][..], None),
        Some(Outcome::Pending { open }) => (PanelStatus::NeedsDecision, open.as_slice(), None),
        Some(Outcome::Formed { mark }) => (PanelStatus::Formed, &[][..], Some(mark.mark)),
        Some(Outcome::Rerun { .. }) => (PanelStatus::Rerun, &[][..], None),
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
