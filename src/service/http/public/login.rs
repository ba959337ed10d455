//! Logging in and out.

use crate::app::App;
use crate::http::client::Client;
use crate::http::member::{NO_COOKIE, device, login_token};
use crate::http::own::account::{MeView, logged_in};
use crate::operations::logins;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub struct LoginRequest {
    login: String,
    password: String,
    /// The code of the account's second factor, after the refusal `one_time_code_needed`.
    one_time_code: Option<String>,
}

/// Logs in.
#[utoipa::path(post, path = "/api/v1/login", request_body = LoginRequest, responses((status = 200, body = MeView)))]
pub async fn log_in(
    State(app): State<App>,
    Client(address): Client,
    headers: HeaderMap,
    Json(request): Json<LoginRequest>,
) -> Result<Response, Refusal> {
    let entered = logins::Entered {
        login: &request.login,
        password: &request.password,
        one_time_code: request.one_time_code.as_deref(),
        device: device(&headers),
        address,
    };
    Ok(logged_in(logins::log_in(&app, &entered).await?))
}

/// Logs out.
#[utoipa::path(post, path = "/api/v1/logout", responses((status = 204)))]
pub async fn log_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Refusal> {
    if let Some(token) = login_token(&headers) {
        logins::log_out(&app, &token).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, HeaderValue::from_static(NO_COOKIE))]).into_response())
}
