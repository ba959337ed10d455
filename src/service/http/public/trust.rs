//! The trust list: the issuer's keys with what it is filed for, and the keys of the log and of
//! receipts.

use crate::app::App;
use crate::operations::organization;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use kaoping_engine::verify::file::trust::{TrustList, TrustedIssuer};
use kaoping_record::key::Signer as _;

/// Whom a verifier trusts for what: a line for each key that the organization ever signed with.
#[utoipa::path(get, path = "/api/v1/trust", responses((status = 200, body = TrustList)))]
pub async fn show_trust_list(State(app): State<App>) -> Result<Json<TrustList>, Refusal> {
    let organization = organization::needed(&app).await?;
    let state = organization::state(&app).await?;
    let issuers = state.keys.into_iter().map(|known| TrustedIssuer {
        revoked: known.cut,
        retired_ms: known.retired_ms,
        beside: state.beside.clone(),
        ..TrustedIssuer::of(&organization, known.key, known.since_ms)
    });
    Ok(Json(TrustList::new(
        issuers.collect(),
        &app.settings.log_origin,
        app.keys.log.public_key().clone(),
        app.keys.room.public_key().clone(),
    )?))
}
