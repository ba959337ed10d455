//! The basis is fixed.

use super::{DrawView, show_draw};
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::ceremony::basis;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::draw::basis::PublicEntropy;
use kaoping_engine::draw::entropy::{DRAND_RULE, drand_source_at};
use kaoping_record::time::Time;
use serde::Deserialize;
use utoipa::ToSchema;

/// What the office chooses when it fixes the basis.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BasisRequest {
    /// Where public entropy will come from; nothing for none.
    public_entropy: Option<EntropyChoice>,
}

/// Public entropy that does not exist yet.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntropyChoice {
    /// `lottery-rfc3797`, `drand`, or another.
    rule: String,
    /// The lottery and issue, or the beacon's round; absent for the first round of drand at or after the time.
    source: Option<String>,
    /// It comes at this time or later.
    not_before_ms: Time,
}

impl From<EntropyChoice> for PublicEntropy {
    fn from(choice: EntropyChoice) -> Self {
        let EntropyChoice { rule, source, not_before_ms } = choice;
        let first = || if rule == DRAND_RULE { drand_source_at(not_before_ms) } else { String::new() };
        Self { source: source.unwrap_or_else(first), rule, not_before_ms }
    }
}

/// Fixes the basis and logs it; one that was fixed before is given up, with the commitments to it.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/basis", request_body = BasisRequest, params(BatchPath), responses((status = 200, body = DrawView)))]
pub async fn fix_basis(
    State(app): State<App>,
    member: Member,
    Path(path): Path<BatchPath>,
    Json(request): Json<BasisRequest>,
) -> Result<Json<DrawView>, Refusal> {
    let entropy = request.public_entropy.map(PublicEntropy::from);
    basis::fix_basis(&app, &member, &path.batch, entropy.as_ref()).await?;
    show_draw(State(app), member, Path(path)).await
}
