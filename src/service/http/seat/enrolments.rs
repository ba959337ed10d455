//! A PC asks for the seat of a ticket, and waits to be bound.

use super::token::EnrolledPc;
use crate::aggregates::enrolment::EnrolmentStage;
use crate::app::App;
use crate::http::client::Client;
use crate::http::path::EnrolmentPath;
use crate::operations::enrolments::{self, Enrolled};
use crate::operations::room_time;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kaoping_record::key::PublicKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// What the invigilator has decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentStatus {
    /// Nothing yet.
    Waiting,
    /// Bound to the sitting.
    Bound,
    /// Refused.
    Refused,
}

/// The state of an enrolment.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentView {
    state: EnrolmentStatus,
    reason: Option<String>,
    sitting: Option<String>,
    /// Number of this PC in the sitting, from 0.
    number: Option<u32>,
    /// The room's time.
    now_ms: i64,
}

/// A PC asks for the seat of a ticket.
#[utoipa::path(post, path = "/api/v1/seat/enrolments", request_body = EnrolRequest, responses((status = 201, body = EnrolView)))]
pub async fn enrol_pc(
    State(app): State<App>,
    Client(address): Client,
    Json(request): Json<EnrolRequest>,
) -> Result<(StatusCode, Json<EnrolView>), Refusal> {
    let Enrolled { enrolment, secret, code } = enrolments::enrol(&app, &request.ticket, request.key, address).await?;
    Ok((StatusCode::CREATED, Json(EnrolView { enrolment, secret, code })))
}

/// The outcome of an enrolment.
#[utoipa::path(get, path = "/api/v1/seat/enrolments/{enrolment}", params(EnrolmentPath), responses((status = 200, body = EnrolmentView)))]
pub async fn show_enrolment(
    State(app): State<App>,
    Path(EnrolmentPath { enrolment }): Path<EnrolmentPath>,
    Client(address): Client,
    pc: EnrolledPc,
) -> Result<Json<EnrolmentView>, Refusal> {
    if pc.enrolment != enrolment {
        return Err(Refusal::not_found("enrolment"));
    }
    let now_ms = room_time::read(&app, &pc.state.request.room).await?.now.at.millis();
    let view = |state, reason, sitting, number| EnrolmentView { state, reason, sitting, number, now_ms };
    Ok(Json(match pc.state.stage {
        EnrolmentStage::Waiting => {
            app.waiting.hold(&pc.enrolment, &pc.state.request, address);
            view(EnrolmentStatus::Waiting, None, None, None)
        }
        EnrolmentStage::Refused { reason } => view(EnrolmentStatus::Refused, Some(reason), None, None),
        EnrolmentStage::Bound { number } => {
            view(EnrolmentStatus::Bound, None, Some(pc.state.request.sitting.to_string()), Some(number))
        }
    }))
}
