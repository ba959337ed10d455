//! The invigilator's room. [`board`] shows who waits, who is bound and how far they are; [`acts`] binds, opens, pauses.

pub mod acts;
pub mod board;

use super::state_of;
use crate::access::{Member, Role};
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::{BatchState, Stage};
use crate::state::sitting::SittingState;
use axum::extract::Path;
use kaoping_engine::plan::schedule::{Plan, Room};
use kaoping_record::id::{BatchId, RoomId, SittingId};
use kaoping_store::Collection;
use serde::Deserialize;
use utoipa::ToSchema;

/// Batch, session and room of a path.
pub type RoomPath = Path<(BatchId, u32, RoomId)>;

/// A reason.
#[derive(Deserialize, ToSchema)]
pub struct ReasonRequest {
    pub(super) reason: String,
}

/// Batch, plan and room of a path, if the member may see them.
///
/// # Errors
/// 404 when there is no such room, 403 when it is another invigilator's.
pub async fn located(
    app: &App,
    member: &Member,
    (batch, session, room): &(BatchId, u32, RoomId),
) -> Result<(BatchState, Plan, Room), ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let plan = state.plan()?.clone();
    let found = plan.theory.rooms.iter().find(|known| known.room == *room).cloned();
    let found = found.ok_or_else(|| ApiError::not_found("room"))?;
    if !plan.theory.sessions.iter().any(|known| known.number == *session) {
        return Err(ApiError::not_found("session"));
    }
    if state.stage < Stage::Dealt {
        return Err(ApiError::conflict(
            "not_dealt",
            "batch",
            ("本批次还没有发卷。", "the papers of this batch are not dealt yet"),
            ("等考务人员完成抽题后再开考场。", "wait until the office has finished the draw"),
        ));
    }
    if may_see(member, &found) { Ok((state, plan, found)) } else { Err(ApiError::forbidden()) }
}

fn may_see(member: &Member, room: &Room) -> bool {
    room.invigilators.contains(&member.account)
        || member.roles.iter().any(|role| matches!(role, Role::Officer | Role::Supervisor))
}

/// The room and sitting that a ticket names.
///
/// # Errors
/// 404 `unknown_ticket` with what to do.
pub async fn of_ticket(app: &App, ticket: &str) -> Result<(SittingId, SittingState), ApiError> {
    let unknown = || {
        ApiError::new(
            axum::http::StatusCode::NOT_FOUND,
            "unknown_ticket",
            "ticket",
            ("没有这个准考证号。", "there is no such admission ticket"),
            (
                "请对照准考证逐位核对；仍不行请举手找监考员。",
                "compare it digit by digit; if it still fails, ask the invigilator",
            ),
        )
    };
    let rows = if ticket.is_empty() || ticket.len() > 32 {
        Vec::new()
    } else {
        app.store.find(Collection::Sitting, ticket, None, 1).await?
    };
    let row = rows.into_iter().next().ok_or_else(unknown)?;
    Ok((SittingId::new(row.key.clone())?, state_of(&row)?))
}
