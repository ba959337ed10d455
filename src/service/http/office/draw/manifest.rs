//! The manifest is fixed.

use super::{DrawView, show_draw};
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::ceremony::manifest;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};

/// Fixes the manifest and logs it: the basis, and what the custodians committed to.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/manifest", params(BatchPath), responses((status = 200, body = DrawView)))]
pub async fn fix_manifest(
    State(app): State<App>,
    member: Member,
    Path(path): Path<BatchPath>,
) -> Result<Json<DrawView>, Refusal> {
    manifest::fix_manifest(&app, &member, &path.batch).await?;
    show_draw(State(app), member, Path(path)).await
}
