//! The papers are dealt.

use super::{DrawView, show_draw};
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::ceremony::dealing;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};

/// Deals the papers, and draws tasks, panels and numbers.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/deal", params(BatchPath), responses((status = 200, body = DrawView)))]
pub async fn deal_batch(
    State(app): State<App>,
    member: Member,
    Path(path): Path<BatchPath>,
) -> Result<Json<DrawView>, Refusal> {
    dealing::deal_batch(&app, &member, &path.batch).await?;
    show_draw(State(app), member, Path(path)).await
}
