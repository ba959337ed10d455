//! Events of a seat: they are durable when the answer comes.

use super::sitting::{SeatPhase, phase};
use crate::aggregates::batch::BatchState;
use crate::app::App;
use crate::operations::seat_events::{BoundSeat, append_events};
use crate::operations::{room_time, roster};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::seat_stream;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Events that a PC has written.
#[derive(Deserialize, ToSchema)]
pub struct EventsRequest {
    /// Canonical texts, in order.
    events: Vec<String>,
}

/// What the service holds now.
#[derive(Serialize, ToSchema)]
pub struct EventsView {
    /// Identity of the last event that is stored.
    acknowledged: String,
    now_ms: i64,
    deadline: Deadline,
    state: SeatPhase,
    /// The signed receipt, once the paper is in.
    receipt: Option<String>,
    /// Opens the receipt's digest of the journal.
    receipt_salt: Option<String>,
}

/// Takes events; they are durable when the answer comes.
#[utoipa::path(post, path = "/api/v1/seat/events", request_body = EventsRequest, responses((status = 200, body = EventsView)))]
pub async fn append_seat_events(
    State(app): State<App>,
    seat: BoundSeat,
    Json(request): Json<EventsRequest>,
) -> Result<Json<EventsView>, Refusal> {
    let batch: BatchState = app.need(seat.state.place.batch.as_str(), "batch").await?;
    append_events(&app, &seat, &batch, &request.events).await?;
    let state = roster::theory_sitting(&app, &seat.sitting).await?;
    let in_time = room_time::read_of(&app, &state).await?;
    let deadline = in_time.deadline(&batch.plan, &state);
    let head = app.store.head(&seat_stream(&seat.sitting, seat.number)?).await?;
    let end = state.end();
    Ok(Json(EventsView {
        acknowledged: head.last.to_hex(),
        now_ms: in_time.now.at.millis(),
        deadline,
        state: phase(&state, deadline),
        receipt: end.map(|end| end.receipt.clone()),
        receipt_salt: end.map(|end| end.salt.clone()),
    }))
}
