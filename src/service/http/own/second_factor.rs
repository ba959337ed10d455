//! One-time codes of a phone besides the password.

use crate::app::App;
use crate::operations::member::Member;
use crate::operations::second_factor;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The password, which shows that it is the owner who asks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerRequest {
    password: String,
}

/// A secret for the phone, shown once.
#[derive(Serialize, ToSchema)]
pub struct SecondFactorView {
    /// In base 32, to be typed.
    secret: String,
    /// As authenticators take it (otpauth).
    uri: String,
    /// As a picture to be scanned (SVG).
    picture: String,
}

/// A code of the phone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    /// Six digits.
    one_time_code: String,
}

/// Makes a secret for the phone; it counts once a code of it was confirmed.
#[utoipa::path(post, path = "/api/v1/me/second-factor", request_body = OwnerRequest, responses((status = 200, body = SecondFactorView)))]
pub async fn propose_second_factor(
    State(app): State<App>,
    member: Member,
    Json(OwnerRequest { password }): Json<OwnerRequest>,
) -> Result<Json<SecondFactorView>, Refusal> {
    let second_factor::Proposal { secret, uri, picture } = second_factor::propose(&app, &member, &password).await?;
    Ok(Json(SecondFactorView { secret, uri, picture }))
}

/// Confirms the secret by its first code: from now on logins ask for one.
#[utoipa::path(post, path = "/api/v1/me/second-factor/confirmation", request_body = CodeRequest, responses((status = 204)))]
pub async fn confirm_second_factor(
    State(app): State<App>,
    member: Member,
    Json(CodeRequest { one_time_code }): Json<CodeRequest>,
) -> Result<StatusCode, Refusal> {
    second_factor::confirm(&app, &member, &one_time_code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Logins ask for codes no longer.
#[utoipa::path(post, path = "/api/v1/me/second-factor/removal", request_body = OwnerRequest, responses((status = 204)))]
pub async fn remove_second_factor(
    State(app): State<App>,
    member: Member,
    Json(OwnerRequest { password }): Json<OwnerRequest>,
) -> Result<StatusCode, Refusal> {
    second_factor::remove(&app, &member, &password).await?;
    Ok(StatusCode::NO_CONTENT)
}
