//! Custodians commit to their secrets, and open them once the manifest is logged.

use super::{DrawView, show_draw};
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::ceremony::secrets;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_record::digest::Digest;
use serde::Deserialize;
use utoipa::ToSchema;

/// A commitment.
#[derive(Deserialize, ToSchema)]
pub struct CommitmentRequest {
    /// 64 hexadecimal digits.
    commitment: Digest,
}

/// An opened secret.
#[derive(Deserialize, ToSchema)]
pub struct OpeningRequest {
    /// 64 hexadecimal digits.
    secret: String,
}

/// A custodian commits.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/commitments", request_body = CommitmentRequest, params(BatchPath), responses((status = 200, body = DrawView)))]
pub async fn commit_secret(
    State(app): State<App>,
    member: Member,
    Path(path): Path<BatchPath>,
    Json(request): Json<CommitmentRequest>,
) -> Result<Json<DrawView>, Refusal> {
    secrets::commit_secret(&app, &member, &path.batch, request.commitment).await?;
    show_draw(State(app), member, Path(path)).await
}

/// A custodian opens the secret.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/openings", request_body = OpeningRequest, params(BatchPath), responses((status = 200, body = DrawView)))]
pub async fn open_secret(
    State(app): State<App>,
    member: Member,
    Path(path): Path<BatchPath>,
    Json(request): Json<OpeningRequest>,
) -> Result<Json<DrawView>, Refusal> {
    secrets::open_secret(&app, &member, &path.batch, &request.secret).await?;
    show_draw(State(app), member, Path(path)).await
}
