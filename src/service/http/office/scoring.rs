//! Scoring a batch.

use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::member::Member;
use crate::operations::scoring::{self, Pending};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::fault::Text;
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody whose exam cannot be settled yet.
#[derive(Serialize, ToSchema)]
pub struct PendingLine {
    seat: String,
    /// Null when the sitting cannot be read.
    ticket: Option<String>,
    why: Text,
    /// The stream that cannot be read, where one is to blame.
    stream: Option<String>,
}

/// What scoring did.
#[derive(Serialize, ToSchema)]
pub struct ScoreView {
    scored: u32,
    signed: u32,
    absent: u32,
    pending: Vec<PendingLine>,
}

/// Scores all theory papers that are in, and signs and logs the results of those whose both parts
/// are complete.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/score", params(BatchPath), responses((status = 200, body = ScoreView)))]
pub async fn score_batch(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Json<ScoreView>, Refusal> {
    let done = scoring::score_batch(&app, &member, &batch).await?;
    let pending = done.pending.into_iter().map(|pending| {
        let Pending { seat, ticket, why, stream } = pending;
        PendingLine { seat: seat.to_string(), ticket, why, stream }
    });
    let pending = pending.collect();
    Ok(Json(ScoreView { scored: done.scored, signed: done.signed, absent: done.absent, pending }))
}
