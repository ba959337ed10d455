//! The organization and its filing.

use crate::app::App;
use crate::operations::member::Member;
use crate::operations::organization;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use kaoping_engine::plan::organization::Organization;
use serde::Serialize;
use utoipa::ToSchema;

/// The present data of the organization.
#[derive(Serialize, ToSchema)]
pub struct OrganizationView {
    /// Its data, once they are entered.
    organization: Option<Organization>,
}

/// Reads the organization.
#[utoipa::path(get, path = "/api/v1/organization", responses((status = 200, body = OrganizationView)))]
pub async fn show_organization(State(app): State<App>) -> Result<Json<OrganizationView>, Refusal> {
    let state = organization::state(&app).await?;
    Ok(Json(OrganizationView { organization: state.organization }))
}

/// Enters or corrects the organization.
#[utoipa::path(put, path = "/api/v1/organization", request_body(content = Organization), responses((status = 200, body = OrganizationView)))]
pub async fn file_organization(
    State(app): State<App>,
    member: Member,
    Json(request): Json<Organization>,
) -> Result<Json<OrganizationView>, Refusal> {
    organization::file_organization(&app, &member, &request).await?;
    show_organization(State(app)).await
}
