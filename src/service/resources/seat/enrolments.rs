//! A PC asks for the seat of a ticket, and waits to be bound.

use super::already_handed_in;
use super::events::bad_event;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::seat_token::EnrolledPc;
use crate::resources::{rooms, staff, state_of};
use crate::state::enrolment::{EnrolmentEvent, EnrolmentState, EnrolmentStatus, Request};
use crate::state::room::room_key;
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kaoping_record::digest::{Digest, to_hex};
use kaoping_record::id::AccountId;
use kaoping_record::key::{Algorithm, PublicKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most PCs that may wait for one ticket at once.
const MAX_WAITING: usize = 5;

/// A PC asks for the seat of a ticket.
#[derive(Deserialize, ToSchema)]
pub struct EnrolRequest {
    ticket: String,
    /// The PC's Ed25519 key.
    key: PublicKey,
}

/// What the PC needs while it waits.
#[derive(Serialize, ToSchema)]
pub struct EnrolView {
    enrolment: String,
    /// The bearer token, shown to this PC alone.
    secret: String,
    /// Four digits to show to the invigilator.
    code: String,
}

/// Where an enrolment stands.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentView {
    state: EnrolmentStatus,
    reason: Option<String>,
    sitting: Option<String>,
    /// Number of this PC in the sitting, from 0.
    number: Option<u32>,
    now_ms: i64,
}

/// A PC asks for the seat of a ticket.
#[utoipa::path(post, path = "/api/v1/seat/enrolments", request_body = EnrolRequest, responses((status = 201, body = EnrolView)))]
pub async fn enrol(
    State(app): State<App>,
    Json(request): Json<EnrolRequest>,
) -> Result<(StatusCode, Json<EnrolView>), ApiError> {
    let (sitting, state) = rooms::of_ticket(&app, request.ticket.trim()).await?;
    if state.ending.is_some() {
        return Err(already_handed_in());
    }
    if request.key.algorithm() != Algorithm::Ed25519 {
        return Err(bad_event("key"));
    }
    let place = state.place()?;
    let room = room_key(&place.batch, place.session, &place.room);
    let waiting = app.store.find(kaoping_store::Collection::Enrolment, &room, None, 500).await?;
    let mut same = 0;
    for row in &waiting {
        let other: EnrolmentState = state_of(row)?;
        same += usize::from(other.request.is_some_and(|other| other.sitting == sitting));
    }
    if same >= MAX_WAITING {
        return Err(ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_waiting",
            "ticket",
            ("这个准考证号已有多台电脑在等候。", "several PCs already wait for this ticket"),
            ("请举手，由监考员处理。", "ask the invigilator"),
        ));
    }
    let enrolment = AccountId::random(app.id_seed()?).to_string();
    let secret: [u8; 32] = app.random()?;
    let code = staff::digits(&app, 4)?;
    let asked = Request {
        ticket: place.ticket.clone(),
        sitting,
        room,
        key: request.key,
        code: code.clone(),
        secret: Digest::of(&secret),
        since_ms: app.now(),
    };
    transact!(app, "service", |work| {
        let event = EnrolmentEvent::Asked { request: asked.clone() };
        work.append::<EnrolmentState>(&enrolment, event).await
    })?;
    let secret = format!("{enrolment}.{}", to_hex(&secret));
    Ok((StatusCode::CREATED, Json(EnrolView { enrolment, secret, code })))
}

/// Where an enrolment stands.
#[utoipa::path(get, path = "/api/v1/seat/enrolments/{enrolment}", params(("enrolment" = String, Path)), responses((status = 200, body = EnrolmentView)))]
pub async fn enrolment(
    State(app): State<App>,
    Path(enrolment): Path<String>,
    pc: EnrolledPc,
) -> Result<Json<EnrolmentView>, ApiError> {
    if pc.enrolment != enrolment {
        return Err(ApiError::not_found("enrolment"));
    }
    let bound = pc.state.status == EnrolmentStatus::Bound;
    Ok(Json(EnrolmentView {
        state: pc.state.status,
        reason: pc.state.reason,
        sitting: pc.state.request.filter(|_| bound).map(|request| request.sitting.to_string()),
        number: pc.state.number,
        now_ms: app.now().millis(),
    }))
}
