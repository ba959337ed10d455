//! Logging in and out.

use crate::aggregates::account::{AccountState, Role};
use crate::app::App;
use crate::http::client::Client;
use crate::http::member::{NO_COOKIE, login_cookie, login_token};
use crate::operations::logins;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kaoping_record::id::AccountId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub struct LoginRequest {
    login: String,
    password: String,
}

/// An account as its owner and the office see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    /// Its identifier.
    pub id: AccountId,
    /// The name to log in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// What it may do.
    pub roles: Vec<Role>,
}

impl From<AccountState> for AccountView {
    fn from(account: AccountState) -> Self {
        Self { id: account.id, login: account.login, name: account.name, roles: account.roles }
    }
}

/// Who is logged in.
#[derive(Serialize, ToSchema)]
pub struct MeView {
    account: AccountView,
}

/// Logs in.
#[utoipa::path(post, path = "/api/v1/login", request_body = LoginRequest, responses((status = 200, body = MeView)))]
pub async fn log_in(
    State(app): State<App>,
    Client(address): Client,
    Json(request): Json<LoginRequest>,
) -> Result<Response, Refusal> {
    let opened = logins::log_in(&app, &request.login, &request.password, address).await?;
    let view = MeView { account: opened.account.into() };
    Ok(([(header::SET_COOKIE, login_cookie(&opened.token))], Json(view)).into_response())
}

/// Logs out.
#[utoipa::path(post, path = "/api/v1/logout", responses((status = 204)))]
pub async fn log_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Refusal> {
    if let Some(token) = login_token(&headers) {
        logins::log_out(&app, &token).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, HeaderValue::from_static(NO_COOKIE))]).into_response())
}

/// Who is logged in.
#[utoipa::path(get, path = "/api/v1/me", responses((status = 200, body = MeView)))]
pub async fn show_me(State(app): State<App>, member: Member) -> Result<Json<MeView>, Refusal> {
    let account: AccountState = app.need(member.account.as_str(), "account").await?;
    Ok(Json(MeView { account: account.into() }))
}
