//! The status set for verifiers.

use crate::app::App;
use crate::operations::amendments::status::status_set;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use kaoping_engine::verify::file::status::StatusSet;

/// Everything that was changed after it was signed. It names nobody.
#[utoipa::path(get, path = "/api/v1/status", responses((status = 200, body = Object)))]
pub async fn show_status_set(State(app): State<App>) -> Result<Json<StatusSet>, Refusal> {
    status_set(&app).await.map(Json)
}
