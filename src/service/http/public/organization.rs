//! What everyone may know of the organization.

use crate::app::App;
use crate::operations::organization;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use kaoping_engine::plan::organization::Organization;
use serde::Serialize;
use utoipa::ToSchema;

/// What everyone may know of the organization.
#[derive(Serialize, ToSchema)]
pub struct PublicOrganization {
    name: String,
    /// Where people complain.
    complaint_contact: String,
}

/// What everyone may know.
#[derive(Serialize, ToSchema)]
pub struct PublicView {
    /// Who runs the exams, once that is entered.
    organization: Option<PublicOrganization>,
    /// The room server's time.
    now_ms: i64,
    /// The port for staff.
    tls_port: u16,
}

/// What everyone may know.
#[utoipa::path(get, path = "/api/v1/public", responses((status = 200, body = PublicView)))]
pub async fn show_public(State(app): State<App>) -> Result<Json<PublicView>, Refusal> {
    let state = organization::state(&app).await?;
    let organization = state
        .organization
        .map(|Organization { name, complaint_contact, .. }| PublicOrganization { name, complaint_contact });
    Ok(Json(PublicView { organization, now_ms: app.now().millis(), tls_port: app.settings.tls_port }))
}
