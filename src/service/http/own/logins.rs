//! The open logins of the own account.

use crate::app::App;
use crate::http::member::login_token;
use crate::http::path::LoginPath;
use crate::operations::accounts;
use crate::operations::logins::{self, OpenLogin, login_key};
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

/// An open login.
#[derive(Serialize, ToSchema)]
pub struct LoginLine {
    /// Its name, which opens nothing.
    login: String,
    opened_at_ms: i64,
    /// When it ends by itself.
    expires_at_ms: i64,
    /// How the browser names itself.
    device: String,
    /// Whether it is the one that asks.
    this: bool,
}

/// Open logins, the latest first.
#[derive(Serialize, ToSchema)]
pub struct LoginsView {
    logins: Vec<LoginLine>,
}

impl LoginsView {
    /// The list as one login sees it.
    pub fn new(open: Vec<OpenLogin>, own: Option<&str>) -> Self {
        let line = |OpenLogin { key, login }: OpenLogin| LoginLine {
            this: own == Some(key.as_str()),
            login: key,
            opened_at_ms: login.opened_ms.millis(),
            expires_at_ms: login.expires_ms.millis(),
            device: login.device,
        };
        Self { logins: open.into_iter().map(line).collect() }
    }
}

/// Lists the open logins of the own account.
#[utoipa::path(get, path = "/api/v1/me/logins", responses((status = 200, body = LoginsView)))]
pub async fn list_own_logins(
    State(app): State<App>,
    member: Member,
    headers: HeaderMap,
) -> Result<Json<LoginsView>, Refusal> {
    let open = accounts::open_logins(&app, &member.account).await?;
    let own = login_token(&headers).map(|token| login_key(&token));
    Ok(Json(LoginsView::new(open, own.as_deref())))
}

/// Ends an open login of the own account.
#[utoipa::path(delete, path = "/api/v1/me/logins/{login}", params(LoginPath), responses((status = 204)))]
pub async fn end_own_login(
    State(app): State<App>,
    member: Member,
    Path(LoginPath { login }): Path<LoginPath>,
) -> Result<StatusCode, Refusal> {
    logins::end_login(&app, &member, &login).await?;
    Ok(StatusCode::NO_CONTENT)
}
