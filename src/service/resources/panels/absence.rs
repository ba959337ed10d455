//! Candidates who do not come to the practical exam: the lead examiner of their panel says so.

use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::needed_reason;
use crate::resources::rooms::ReasonRequest;
use crate::state::assignment::AssignmentState;
use crate::state::batch::{BatchState, Stage};
use crate::state::panel::PanelState;
use crate::state::sitting::{SittingEvent, SittingState};
use crate::work::{Work, transact};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kaoping_record::id::SittingId;

/// Marks a candidate absent from the practical exam.
#[utoipa::path(post, path = "/api/v1/panels/{sitting}/absent", request_body = ReasonRequest, params(("sitting" = String, Path)), responses((status = 204)))]
pub async fn mark(
    State(app): State<App>,
    member: Member,
    Path(sitting): Path<SittingId>,
    Json(request): Json<ReasonRequest>,
) -> Result<StatusCode, ApiError> {
    let reason = needed_reason(&request.reason)?;
    transact!(app, &member.actor, |work| {
        let state = led(work, &member, &sitting).await?;
        if state.absent {
            return Ok(());
        }
        if has_sheet(work, &state).await? {
            return Err(ApiError::conflict(
                "has_come",
                "sitting",
                (
                    "该考生已有交上来的评分表，不能记缺考。",
                    "a sheet of this candidate is in; no absence can be recorded",
                ),
                ("请核对抽签号。", "check the number"),
            ));
        }
        work.append::<SittingState>(sitting.as_str(), SittingEvent::Absent { reason: reason.clone() }).await
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the absence back: the candidate came after all.
#[utoipa::path(delete, path = "/api/v1/panels/{sitting}/absent", params(("sitting" = String, Path)), responses((status = 204)))]
pub async fn withdraw(
    State(app): State<App>,
    member: Member,
    Path(sitting): Path<SittingId>,
) -> Result<StatusCode, ApiError> {
    transact!(app, &member.actor, |work| {
        let state = led(work, &member, &sitting).await?;
        if !state.absent {
            return Ok(());
        }
        work.append::<SittingState>(sitting.as_str(), SittingEvent::Came {}).await
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// The practical sitting, which must be of this lead's panel and of a batch that is still open.
async fn led(work: &mut Work, member: &Member, sitting: &SittingId) -> Result<SittingState, ApiError> {
    let state: SittingState = work.load(sitting.as_str()).await?;
    let practical = state.practical.clone().ok_or_else(|| ApiError::not_found("sitting"))?;
    let key = practical.panels.first().cloned().unwrap_or_default();
    let panel: PanelState = work.load(&key).await?;
    let subject = panel.subject.ok_or_else(|| ApiError::not_found("sitting"))?;
    if subject.lead != member.account {
        return Err(ApiError::forbidden());
    }
    let batch: BatchState = work.load(subject.batch.as_str()).await?;
    if batch.stage == Stage::Dealt {
        return Ok(state);
    }
    Err(ApiError::conflict(
        "not_at_this_stage",
        "batch",
        ("批次已经关闭，不能再改缺考记录。", "the batch is closed; absences cannot change"),
        ("如有错误，请联系评价机构。", "if this is wrong, ask the organization"),
    ))
}

async fn has_sheet(work: &mut Work, state: &SittingState) -> Result<bool, ApiError> {
    for key in state.practical.iter().flat_map(|practical| &practical.panels) {
        let panel: PanelState = work.load(key).await?;
        for assignment in panel.subject.iter().flat_map(|subject| &subject.assignments) {
            let state: AssignmentState = work.load(assignment.as_str()).await?;
            if state.handed_in.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
