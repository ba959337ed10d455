//! Public entropy: somebody brings the outcome of the event that the basis names.

use super::{DrawView, show_draw};
use crate::aggregates::batch::BatchState;
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::ceremony::{basis_of, entropy};
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
    /// When a witness saw that all secrets were open; in certification the outcome is taken only then.
    witnessed_ms: Option<i64>,
}

/// An outcome.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntropyRequest {
    /// By the basis's rule: a lottery's numbers, or a beacon's signature.
    #[schema(value_type = kaoping_engine::draw::entropy::EntropyOutcome)]
    outcome: Value,
}

/// Enters the outcome of the event that the basis names. It is checked by the basis's rule and cannot be changed.
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

/// What the page shows; nothing when the basis names none.
pub(super) async fn view(app: &App, state: &BatchState) -> Result<Option<EntropyView>, Refusal> {
    let Some(basis) = state.basis() else { return Ok(None) };
    let Some(named) = basis_of(app, basis).await?.public_entropy else { return Ok(None) };
    let entropy = state.fixed().and_then(|fixed| fixed.entropy.as_ref());
    let witnessed = state.fixed().and_then(|fixed| fixed.witnessed.as_ref());
    Ok(Some(EntropyView {
        source: named.source,
        rule: named.rule,
        not_before_ms: named.not_before_ms.millis(),
        outcome: entropy.map(|entropy| entropy.outcome.clone()),
        after_opening: entropy.map(|entropy| entropy.after_opening),
        witnessed_ms: witnessed.map(|witnessed| witnessed.at_ms.millis()),
    }))
}
