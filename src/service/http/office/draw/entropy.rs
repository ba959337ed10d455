//! Public entropy: somebody brings the outcome of the event that the manifest names.

use super::{DrawView, show_draw};
use crate::aggregates::batch::BatchState;
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::ceremony::{entropy, manifest_of};
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Public entropy on the ceremony's page.
#[derive(Serialize, ToSchema)]
pub struct EntropyView {
    source: String,
    rule: String,
    not_before_ms: i64,
    /// The outcome, once it is in.
    #[schema(value_type = Option<kaoping_engine::draw::entropy::EntropyOutcome>)]
    outcome: Option<Value>,
    /// Whether all secrets were open before it came in.
    after_opening: Option<bool>,
}

/// An outcome.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntropyRequest {
    /// By the manifest's rule: a lottery's numbers, or a beacon's signature.
    #[schema(value_type = kaoping_engine::draw::entropy::EntropyOutcome)]
    outcome: Value,
}

/// Enters the outcome of the event that the manifest names. It is checked by the manifest's rule
/// and cannot be changed.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/entropy", request_body = EntropyRequest, params(BatchPath), responses((status = 200, body = DrawView)))]
pub async fn enter_outcome(
    State(app): State<App>,
    member: Member,
    Path(path): Path<BatchPath>,
    Json(request): Json<EntropyRequest>,
) -> Result<Json<DrawView>, Refusal> {
    entropy::enter_outcome(&app, &member, &path.batch, &request.outcome).await?;
    show_draw(State(app), member, Path(path)).await
}

/// What the page shows; nothing when the manifest names none.
pub(super) async fn view(app: &App, state: &BatchState) -> Result<Option<EntropyView>, Refusal> {
    let Some(fixed) = state.fixed() else { return Ok(None) };
    let Some(named) = manifest_of(app, fixed).await?.public_entropy else { return Ok(None) };
    Ok(Some(EntropyView {
        source: named.source,
        rule: named.rule,
        not_before_ms: named.not_before_ms.millis(),
        outcome: fixed.entropy.as_ref().map(|entropy| entropy.outcome.clone()),
        after_opening: fixed.entropy.as_ref().map(|entropy| entropy.after_opening),
    }))
}
