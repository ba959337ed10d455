//! The PCs that wait to be bound in a room.

use crate::aggregates::enrolment::EnrolmentRequest;
use crate::app::App;
use crate::http::path::RoomPath;
use crate::operations::member::Member;
use crate::operations::rooms::{RoomAt, locate};
use crate::operations::roster;
use crate::operations::stored::whole;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A PC that waits.
#[derive(Serialize, ToSchema)]
pub struct WaitingLine {
    enrolment: String,
    ticket: String,
    code: String,
    seat_number: Option<u32>,
    /// Whether another PC was bound to this sitting before, so that a reason is needed.
    replaces: bool,
    since_ms: i64,
}

/// PCs that wait.
#[derive(Serialize, ToSchema)]
pub struct WaitingView {
    waiting: Vec<WaitingLine>,
}

/// What the PC that is looked for shows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CodeQuery {
    /// The four digits.
    code: String,
}

/// Most PCs that are listed. In an honest room each seat has one; strangers may ask for more.
const MOST_LISTED: usize = 200;

/// The PCs that wait and show these digits, also when the board lists others.
#[utoipa::path(get, path = "/api/v1/rooms/{batch}/{session}/{room}/waiting", params(RoomPath, CodeQuery), responses((status = 200, body = WaitingView)))]
pub async fn find_waiting(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
    Query(CodeQuery { code }): Query<CodeQuery>,
) -> Result<Json<WaitingView>, Refusal> {
    let at = RoomAt::from(path);
    locate(&app, &member, &at).await?;
    let mut waiting = app.waiting.of_room(&at.key());
    waiting.retain(|(_, request)| request.code == code);
    Ok(Json(WaitingView { waiting: waiting_lines(&app, waiting).await? }))
}

pub(super) async fn waiting_lines(
    app: &App,
    waiting: Vec<(String, EnrolmentRequest)>,
) -> Result<Vec<WaitingLine>, Refusal> {
    let mut lines = Vec::new();
    for (enrolment, request) in waiting.into_iter().take(MOST_LISTED) {
        let Some(sitting) = whole(roster::theory_sitting(app, &request.sitting).await)? else { continue };
        lines.push(WaitingLine {
            enrolment,
            ticket: request.ticket,
            code: request.code,
            seat_number: Some(sitting.place.number),
            replaces: !sitting.pcs.is_empty(),
            since_ms: request.since_ms.millis(),
        });
    }
    Ok(lines)
}
