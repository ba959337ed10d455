//! The trust list: the issuer's key with what it is filed for, and the keys of the log and of receipts.

use super::organization;
use crate::app::App;
use crate::error::ApiError;
use crate::state::organization::{KEY, OrganizationState};
use axum::Json;
use axum::extract::State;
use kaoping_engine::result::verify::trust::{TrustList, TrustedIssuer};
use kaoping_record::key::Signer as _;

/// Whom a verifier trusts for what.
#[utoipa::path(get, path = "/api/v1/trust", responses((status = 200, body = crate::describe::Trust)))]
pub async fn read(State(app): State<App>) -> Result<Json<TrustList>, ApiError> {
    let organization = organization::needed(&app).await?;
    let state: OrganizationState = app.read(KEY).await?;
    let since = state.since_ms.unwrap_or_else(|| app.now());
    let issuer = TrustedIssuer::of(&organization, app.keys.organization.public_key().clone(), since);
    Ok(Json(TrustList::new(
        vec![issuer],
        &app.settings.log_origin,
        app.keys.log.public_key().clone(),
        app.keys.room.public_key().clone(),
    )?))
}
