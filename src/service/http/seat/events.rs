//! Events of a seat: they are durable when the answer comes.

use super::sitting::{SeatPhase, phase};
use crate::app::App;
use crate::operations::seat_events::{BoundPc, Taken, append_events};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use kaoping_engine::session::clock::Deadline;
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
    pc: BoundPc,
    Json(request): Json<EventsRequest>,
) -> Result<Json<EventsView>, Refusal> {
    let Taken { head, sitting, deadline, now } = append_events(&app, &pc, &request.events).await?;
    let end = sitting.end();
    Ok(Json(EventsView {
        acknowledged: head.last.to_hex(),
        now_ms: now.millis(),
        deadline,
        state: phase(&sitting, deadline),
        receipt: end.map(|end| end.receipt.clone()),
        receipt_salt: end.map(|end| end.salt.clone()),
    }))
}
