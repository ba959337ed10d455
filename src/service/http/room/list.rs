//! The rooms of a member.

use crate::aggregates::batch::{BatchState, Stage};
use crate::aggregates::room::room_key;
use crate::app::App;
use crate::operations::member::Member;
use crate::operations::room_time::{self, RoomInTime};
use crate::operations::rooms::may_see;
use crate::operations::roster;
use crate::operations::stored::{all, state_of, whole};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::session::clock::Deadline;
use kaoping_store::Collection;
use serde::Serialize;
use utoipa::ToSchema;

/// The state of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomStatus {
    /// Not open yet.
    Waiting,
    /// Open.
    Open,
    /// Open, but how much time has passed waits for a decision (时间待确认).
    Unconfirmed,
    /// Paused.
    Paused,
    /// Time is over.
    Ended,
    /// Two invigilators have ended the session.
    Closed,
}

/// A room on the list.
#[derive(Serialize, ToSchema)]
pub struct RoomLine {
    batch: String,
    title: String,
    session: u32,
    room: String,
    name: String,
    starts_at_ms: i64,
    state: RoomStatus,
    seats: u32,
    handed_in: u32,
}

/// All rooms of the member.
#[derive(Serialize, ToSchema)]
pub struct RoomsView {
    rooms: Vec<RoomLine>,
}

/// The member's rooms.
#[utoipa::path(get, path = "/api/v1/rooms", responses((status = 200, body = RoomsView)))]
pub async fn list_rooms(State(app): State<App>, member: Member) -> Result<Json<RoomsView>, Refusal> {
    let mut rooms = Vec::new();
    for row in all(&app, Collection::Batch, "").await? {
        let Some(batch) = whole(state_of::<BatchState>(&row))? else { continue };
        let plan = &batch.plan;
        if batch.stage() < Stage::Dealt || member.may_read(&batch).is_err() {
            continue;
        }
        let entries = roster::entries(&app, &batch).await?;
        for session in &plan.theory.sessions {
            for room in plan.theory.rooms.iter().filter(|room| may_see(&member, room)) {
                let here = entries.iter().filter(|entry| entry.session == session.number && entry.room == room.room);
                let (mut seats, mut handed_in) = (0, 0);
                for entry in here {
                    let sitting = whole(roster::theory_sitting(&app, &entry.theory).await)?;
                    seats += 1;
                    handed_in += u32::from(sitting.is_some_and(|sitting| sitting.is_handed_in()));
                }
                if seats == 0 {
                    continue;
                }
                let in_time = room_time::read(&app, &room_key(&plan.batch, session.number, &room.room)).await;
                let Some(in_time) = whole(in_time)? else { continue };
                rooms.push(RoomLine {
                    batch: plan.batch.to_string(),
                    title: plan.title.clone(),
                    session: session.number,
                    room: room.room.to_string(),
                    name: room.name.clone(),
                    starts_at_ms: session.starts_at_ms.millis(),
                    state: status(&in_time, plan),
                    seats,
                    handed_in,
                });
            }
        }
    }
    Ok(Json(RoomsView { rooms }))
}

pub(super) fn status(room: &RoomInTime, plan: &Plan) -> RoomStatus {
    match room.state.deadline(plan.theory.minutes, 0, room.now) {
        _ if room.state.is_closed() => RoomStatus::Closed,
        Deadline::NotOpen {} => RoomStatus::Waiting,
        Deadline::Unconfirmed { .. } => RoomStatus::Unconfirmed,
        Deadline::Paused { .. } => RoomStatus::Paused,
        Deadline::Running { ends_at_ms } if ends_at_ms > room.now.at => RoomStatus::Open,
        Deadline::Running { .. } => RoomStatus::Ended,
    }
}
