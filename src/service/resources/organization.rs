//! The organization and its filing.

use super::keys;
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::organization::{KEY, OrganizationEvent, OrganizationState};
use crate::work::transact;
use axum::Json;
use axum::extract::State;
use kaoping_engine::plan::organization::Organization;
use serde::Serialize;
use utoipa::ToSchema;

/// The organization as it stands.
#[derive(Serialize, ToSchema)]
pub struct OrganizationView {
    /// Its data, once they are entered.
    organization: Option<Organization>,
}

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

/// Reads the organization.
#[utoipa::path(get, path = "/api/v1/organization", responses((status = 200, body = OrganizationView)))]
pub async fn read(State(app): State<App>) -> Result<Json<OrganizationView>, ApiError> {
    let state: OrganizationState = app.read(KEY).await?;
    Ok(Json(OrganizationView { organization: state.organization }))
}

/// Enters or corrects the organization.
#[utoipa::path(put, path = "/api/v1/organization", request_body(content = Organization), responses((status = 200, body = OrganizationView)))]
pub async fn write(
    State(app): State<App>,
    member: Member,
    Json(organization): Json<Organization>,
) -> Result<Json<OrganizationView>, ApiError> {
    let faults = organization.faults();
    if !faults.is_empty() {
        return Err(ApiError::faulty(("机构信息", "the organization"), faults));
    }
    transact!(app, &member.actor, |work| {
        let event = OrganizationEvent::Filed { organization: organization.clone() };
        work.append::<OrganizationState>(KEY, event).await?;
        keys::enrol(&app, work).await
    })?;
    read(State(app)).await
}

/// What everyone may know.
#[utoipa::path(get, path = "/api/v1/public", responses((status = 200, body = PublicView)))]
pub async fn public(State(app): State<App>) -> Result<Json<PublicView>, ApiError> {
    let state: OrganizationState = app.read(KEY).await?;
    let organization = state
        .organization
        .map(|Organization { name, complaint_contact, .. }| PublicOrganization { name, complaint_contact });
    Ok(Json(PublicView { organization, now_ms: app.now().millis(), tls_port: app.settings.tls_port }))
}

/// The organization, which must be entered by now.
///
/// # Errors
/// 409 when it is not.
pub async fn needed(app: &App) -> Result<Organization, ApiError> {
    let state: OrganizationState = app.read(KEY).await?;
    state.organization.ok_or_else(|| {
        ApiError::conflict(
            "organization_missing",
            "organization",
            ("还没有填写评价组织和备案信息。", "the organization and its filing are not entered"),
            ("先在“机构”页填写并保存。", "enter and save them on the organization page first"),
        )
    })
}
