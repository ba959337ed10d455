//! The manifest is fixed.

use super::{DrawView, show_draw};
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::ceremony::manifest;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::draw::entropy::{DRAND_RULE, drand_source_at};
use kaoping_engine::draw::manifest::PublicEntropy;
use kaoping_record::time::Time;
use serde::Deserialize;
use utoipa::ToSchema;

/// What the office chooses when it fixes the manifest.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixRequest {
    /// Where public entropy will come from; nothing for none.
    public_entropy: Option<EntropyChoice>,
}

/// Public entropy that does not exist yet.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntropyChoice {
    /// `lottery-rfc3797`, `drand`, or another.
    rule: String,
    /// The lottery and issue, or the beacon's round; absent for the first round of drand at or
    /// after the time.
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

/// Fixes the manifest and logs it.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/manifest", request_body = FixRequest, params(BatchPath), responses((status = 200, body = DrawView)))]
pub async fn fix_manifest(
    State(app): State<App>,
    member: Member,
    Path(path): Path<BatchPath>,
    Json(request): Json<FixRequest>,
) -> Result<Json<DrawView>, Refusal> {
    let entropy = request.public_entropy.map(PublicEntropy::from);
    manifest::fix_manifest(&app, &member, &path.batch, entropy.as_ref()).await?;
    show_draw(State(app), member, Path(path)).await
}
