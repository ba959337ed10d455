//! Rooms and their time: what it is now, and the anchors that keep it.

use super::doer::{SERVICE, transact};
use super::roster;
use super::stored::{all, state_of, whole};
use crate::aggregates::batch::{BatchState, Stage};
use crate::aggregates::room::{RoomEvent, RoomState, room_key};
use crate::aggregates::sitting::{TheorySitting, TheoryStage};
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::room_time::RoomNow;
use kaoping_record::id::SittingId;
use kaoping_store::Collection;

/// A room and its time at one moment.
pub struct RoomInTime {
    pub state: RoomState,
    pub now: RoomNow,
}

impl RoomInTime {
    /// When a sitting's paper ends.
    #[must_use]
    pub fn deadline(&self, plan: &Plan, sitting: &TheorySitting) -> Deadline {
        self.state.deadline(plan.theory.minutes, sitting.added_ms(), self.now)
    }
}

/// A room and its time now.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn read(app: &App, key: &str) -> Result<RoomInTime, Refusal> {
    let state: RoomState = app.read(key).await?.unwrap_or_default();
    let now = state.now(&app.clock.read());
    Ok(RoomInTime { state, now })
}

/// A sitting's room and its time now.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn read_of(app: &App, sitting: &TheorySitting) -> Result<RoomInTime, Refusal> {
    let place = &sitting.place;
    read(app, &room_key(&place.batch, place.session, &place.room)).await
}

/// A room and its time as a work sees them; what the work writes is dated by that time.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn load(app: &App, work: &mut Work, key: &str) -> Result<RoomInTime, Refusal> {
    let state: RoomState = work.load(key).await?.unwrap_or_default();
    let now = state.now(&app.clock.read());
    work.set_now(now.at);
    Ok(RoomInTime { state, now })
}

/// A sitting's room and its time as a work sees them; what the work writes is dated by that time.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn load_of(app: &App, work: &mut Work, sitting: &TheorySitting) -> Result<RoomInTime, Refusal> {
    let place = &sitting.place;
    load(app, work, &room_key(&place.batch, place.session, &place.room)).await
}

/// A room whose papers are open and whose session has not ended.
pub struct OpenRoom {
    pub batch: BatchState,
    /// The key of the room's stream.
    pub key: String,
    pub name: String,
    pub session: u32,
    /// The sittings whose paper is open.
    pub at_work: Vec<(SittingId, TheorySitting)>,
}

/// The rooms of all dealt batches whose papers are open and whose session has not ended.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn open_rooms(app: &App) -> Result<Vec<OpenRoom>, Refusal> {
    let mut open = Vec::new();
    for row in all(app, Collection::Batch, "").await? {
        let Some(batch) = whole(state_of::<BatchState>(&row))? else { continue };
        if batch.stage() == Stage::Dealt {
            open.extend(open_rooms_of(app, &batch).await?);
        }
    }
    Ok(open)
}

/// The rooms of a batch whose papers are open and whose session has not ended.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn open_rooms_of(app: &App, batch: &BatchState) -> Result<Vec<OpenRoom>, Refusal> {
    let plan = &batch.plan;
    let entries = roster::entries(app, batch).await?;
    let mut open = Vec::new();
    for session in &plan.theory.sessions {
        for room in &plan.theory.rooms {
            let key = room_key(&plan.batch, session.number, &room.room);
            let Some(state) = whole(app.read::<RoomState>(&key).await)? else { continue };
            let state = state.unwrap_or_default();
            if state.time.is_none() || state.is_closed() {
                continue;
            }
            let mut at_work = Vec::new();
            for entry in entries.iter().filter(|entry| entry.session == session.number && entry.room == room.room) {
                let Some(sitting) = whole(roster::theory_sitting(app, &entry.theory).await)? else { continue };
                if matches!(sitting.stage, TheoryStage::Bound) {
                    at_work.push((entry.theory.clone(), sitting));
                }
            }
            let (batch, name, session) = (batch.clone(), room.name.clone(), session.number);
            open.push(OpenRoom { batch, key, name, session, at_work });
        }
    }
    Ok(open)
}

/// Writes what the clocks read into the stream of an open room, and reports a wall clock that was
/// moved and a machine that was started. Without anybody at work only the latter is written.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn keep(app: &App, room: &OpenRoom) -> Result<(), Refusal> {
    let is_used = !room.at_work.is_empty();
    let written = transact!(app, &SERVICE, |work| {
        let reading = app.clock.read();
        let state = load(app, work, &room.key).await?.state;
        let event = state.anchor(&reading, is_used);
        let event = event.filter(|event| is_used || matches!(event, RoomEvent::Interrupted { .. }));
        if let Some(event) = &event {
            work.append::<RoomState>(&room.key, event.clone()).await?;
        }
        Ok(event)
    })?;
    let key = &room.key;
    match written {
        Some(RoomEvent::ClockStepped { step_ms, .. }) => {
            tracing::warn!(room = key, step_ms, "the wall clock was moved; the room's time goes on");
        }
        Some(RoomEvent::Interrupted { gap, asks, .. }) => {
            let gap_ms = gap.length_ms;
            tracing::warn!(room = key, gap_ms, asks, "the machine was started again while the room's papers were open");
        }
        _ => {}
    }
    Ok(())
}
