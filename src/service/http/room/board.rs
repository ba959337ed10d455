//! What an invigilator sees of a room.

use super::list::{RoomStatus, status};
use super::names::Names;
use super::seat_line::{SeatLine, Seen, ends_at};
use super::waiting::{WaitingLine, waiting_lines};
use crate::aggregates::room::{EndCounts, Happening, RoomState};
use crate::app::App;
use crate::disk::DiskState;
use crate::http::path::RoomPath;
use crate::operations::member::Member;
use crate::operations::room_time::{self, RoomInTime};
use crate::operations::rooms::{RoomAt, locate};
use crate::operations::stored::whole;
use crate::operations::{batches, room_ends, roster};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::plan::schedule::Plan;
use serde::Serialize;
use utoipa::ToSchema;

/// Something in the room's journal.
#[derive(Serialize, ToSchema)]
pub struct JournalLine {
    at_ms: i64,
    /// The person's name; null for the service.
    by: Option<String>,
    #[serde(flatten)]
    what: Happening,
}

/// An interruption that waits for the decision whether it counts.
#[derive(Serialize, ToSchema)]
pub struct GapView {
    /// The wall clock before it.
    from_ms: i64,
    /// The wall clock after it.
    until_ms: i64,
    /// Its length; 0 when the wall clock went backwards, so that nobody knows.
    length_ms: i64,
    /// What is left of the room's time if it counts.
    left_if_counted_ms: i64,
    /// What is left of the room's time if it does not.
    left_if_not_ms: i64,
}

/// How far the end of the session has come.
#[derive(Serialize, ToSchema)]
pub struct EndView {
    counts: EndCounts,
    /// Who has confirmed these counts already.
    confirmed_by: Option<String>,
    /// Whether it was the person who looks: then another invigilator must confirm.
    confirmed_by_me: bool,
}

/// The room's board.
#[derive(Serialize, ToSchema)]
pub struct RoomView {
    now_ms: i64,
    batch: String,
    title: String,
    room: String,
    name: String,
    session: u32,
    state: RoomStatus,
    minutes: u32,
    opened_at_ms: Option<i64>,
    ends_at_ms: Option<i64>,
    /// Whether a second device keeps a copy of each answer; without one the room is 单机.
    standby: bool,
    /// How much space is left for what is written.
    disk: DiskState,
    /// An interruption that waits for a decision.
    gap: Option<GapView>,
    /// By how much the wall clock was moved since the papers were opened, in sum; the room's time
    /// ignores it.
    clock_moved_ms: i64,
    journal: Vec<JournalLine>,
    end: EndView,
    seats: Vec<SeatLine>,
    /// PCs that wait, those that asked first.
    waiting: Vec<WaitingLine>,
    /// How many PCs wait in all.
    waiting_total: usize,
}

/// The room's board.
#[utoipa::path(get, path = "/api/v1/rooms/{batch}/{session}/{room}", params(RoomPath), responses((status = 200, body = RoomView)))]
pub async fn show_room(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
) -> Result<Json<RoomView>, Refusal> {
    let at = RoomAt::from(path);
    let (batch, room) = locate(&app, &member, &at).await?;
    let (plan, session) = (&batch.plan, at.session);
    let in_time = room_time::read(&app, &at.key()).await?;
    let state = &in_time.state;
    let mut names = Names::new(&app);
    let entries = roster::entries(&app, &batch).await?;
    let here = entries.iter().filter(|entry| entry.session == session && entry.room == room.room);
    let waiting = app.waiting.of_room(&at.key());
    let items = batches::items(plan)?;
    let (mut seats, mut sittings) = (Vec::new(), Vec::new());
    for entry in here {
        let person = roster::person(&app, &entry.pseudonym).await?;
        let Some(sitting) = whole(roster::theory_sitting(&app, &entry.theory).await)? else {
            seats.push(SeatLine::damaged(entry, &person, items));
            continue;
        };
        let is_waiting = waiting.iter().any(|(_, request)| request.sitting == entry.theory);
        let seen = Seen { entry, person: &person, sitting: &sitting, items, is_waiting, looks: &member.account };
        seats.push(SeatLine::of(&app, plan, &in_time, &mut names, &seen).await?);
        sittings.push(sitting);
    }
    seats.sort_by_key(|seat| seat.number);
    let mut journal = Vec::new();
    for entry in &state.journal {
        let by = match entry.actor.strip_prefix("account:") {
            Some(account) => Some(names.of(account).await?),
            None => None,
        };
        journal.push(JournalLine { at_ms: entry.at_ms.millis(), by, what: entry.what.clone() });
    }
    let counts = room_ends::count(&sittings);
    let first = state.ending.as_ref().filter(|ending| ending.counts == counts);
    let end = EndView {
        counts,
        confirmed_by: match first {
            Some(ending) => Some(names.of(ending.by.as_str()).await?),
            None => None,
        },
        confirmed_by_me: first.is_some_and(|ending| ending.by == member.account),
    };
    let waiting_total = waiting.len();
    Ok(Json(RoomView {
        now_ms: in_time.now.at.millis(),
        batch: plan.batch.to_string(),
        title: plan.title.clone(),
        room: room.room.to_string(),
        name: room.name.clone(),
        session,
        state: status(&in_time, plan),
        minutes: plan.theory.minutes,
        opened_at_ms: state.opened_at().map(|at| at.millis()),
        ends_at_ms: ends_at(state.deadline(plan.theory.minutes, 0, in_time.now)),
        standby: false,
        disk: DiskState::of(&app.store, &*app.disk),
        gap: gap(&in_time, plan),
        clock_moved_ms: clock_moved(state),
        journal,
        end,
        seats,
        waiting: waiting_lines(&app, waiting).await?,
        waiting_total,
    }))
}

fn gap(room: &RoomInTime, plan: &Plan) -> Option<GapView> {
    let gap = room.state.gap()?;
    let left = room.state.deadline(plan.theory.minutes, 0, room.now).left_ms(room.now.at).unwrap_or(0);
    Some(GapView {
        from_ms: gap.from_ms.millis(),
        until_ms: gap.until_ms.millis(),
        length_ms: gap.length_ms,
        left_if_counted_ms: (left - gap.length_ms).max(0),
        left_if_not_ms: left,
    })
}

fn clock_moved(room: &RoomState) -> i64 {
    let steps = room.journal.iter().map(|entry| match entry.what {
        Happening::ClockStepped { step_ms } => step_ms,
        _ => 0,
    });
    steps.fold(0, i64::saturating_add)
}
