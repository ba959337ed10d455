//! What the lead examiner decides, and how a panel's mark is formed from its sheets.

use super::{PanelLine, handed_in, line, panel_key, policy, sheet};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::{needed_reason, scoring};
use crate::state::assignment::{AssignmentEvent, AssignmentState, Task};
use crate::state::batch::BatchState;
use crate::state::panel::{PanelEvent, PanelState, Subject};
use crate::work::{Work, transact};
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::practical::code::VetoCode;
use kaoping_engine::practical::panel::{
    self, PanelDecisions, PanelError, PanelOutcome, SpreadDecision, SpreadVerdict, VetoDecision, VetoVerdict,
};
use kaoping_engine::practical::session::HandedInSheet;
use kaoping_record::id::{AssignmentId, SheetId, SittingId};
use serde::Deserialize;
use utoipa::ToSchema;

/// The lead's decision.
#[derive(Deserialize, ToSchema)]
pub struct DecisionRequest {
    vetoes: Vec<VetoRequest>,
    alert: Option<AlertRequest>,
}

/// A decision on a veto.
#[derive(Deserialize, ToSchema)]
pub struct VetoRequest {
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
        let Some(PanelOutcome::Pending { .. }) = &state.outcome else {
            return Err(ApiError::conflict(
                "nothing_to_decide",
                "panel",
                ("这里没有需要裁决的事项，或还有评分表没有交。", "there is nothing to decide, or sheets are still out"),
                ("刷新页面查看。", "reload the page"),
            ));
        };
        let decisions = decisions(&state.decisions, &request, &member, work)?;
        let sheets = handed_in(work, &subject).await?;
        let batch: BatchState = work.load(subject.batch.as_str()).await?;
        let plan = batch.plan()?;
        let outcome = form(plan, &subject, &sheets, &decisions)?;
        let next = outcome.clone();
        work.append::<PanelState>(&key, PanelEvent::Decided { decisions, outcome }).await?;
        match next {
            PanelOutcome::Pending { .. } => Ok(()),
            PanelOutcome::Formed { .. } => scoring::complete_practical(work, plan, &sitting).await,
            PanelOutcome::Rerun { .. } => repeat(&app, work, &subject).await,
        }
    })?;
    let panel: PanelState = app.read(&key).await?;
    let subject = panel.subject.clone().ok_or_else(|| ApiError::not_found("panel"))?;
    let batch: BatchState = app.read(subject.batch.as_str()).await?;
    Ok(Json(line(&app, batch.plan()?, &panel, &subject).await?))
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
) -> Result<PanelOutcome, ApiError> {
    let policy = policy(plan)?;
    panel::form(sheet(&subject.sheet)?, sheets, &policy, decisions).map_err(|error| match error {
        PanelError::Reason => ApiError::invalid(
            "reason",
            "reason",
            ("每项裁决都要写明原因（1 至 500 个字）。", "each decision needs a reason of 1 to 500 characters"),
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

/// The candidate is examined again on this sheet: the same examiners get new assignments, the first sheets stay on record.
async fn repeat(app: &App, work: &mut Work, subject: &Subject) -> Result<(), ApiError> {
    let mut assignments = Vec::new();
    for assignment in &subject.assignments {
        let state: AssignmentState = work.load(assignment.as_str()).await?;
        let task = state.task.ok_or_else(|| ApiError::internal("assignment without task"))?;
        let id = AssignmentId::random(app.id_seed()?);
        let task = Task { round: task.round + 1, ..task };
        work.append::<AssignmentState>(id.as_str(), AssignmentEvent::Given { task }).await?;
        assignments.push(id);
    }
    work.append::<PanelState>(&panel_key(&subject.sitting, &subject.sheet), PanelEvent::Repeated { assignments }).await
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
            reason: needed_reason(&veto.reason)?,
        });
    }
    if let Some(alert) = &request.alert {
        decisions.spread = Some(SpreadDecision {
            verdict: if alert.accept { SpreadVerdict::Stands } else { SpreadVerdict::Rerun },
            lead: member.account.clone(),
            at_ms: work.now(),
            reason: needed_reason(&alert.reason)?,
        });
    }
    Ok(decisions)
}
