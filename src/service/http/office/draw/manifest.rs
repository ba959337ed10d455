//! The manifest is fixed, and shown with its proof of the log.

use super::{DrawView, show_draw};
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::ceremony::manifest;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::verify::file::manifest_bundle::ManifestBundle;

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

/// The fixed manifest with its proof of the log, which a custodian checks before opening a secret.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/draw/manifest", params(BatchPath), responses((status = 200, body = ManifestBundle)))]
pub async fn show_manifest(
    State(app): State<App>,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Json<ManifestBundle>, Refusal> {
    Ok(Json(manifest::manifest_bundle(&app, &batch).await?))
}
