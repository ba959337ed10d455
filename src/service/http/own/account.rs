//! Who is logged in, and the choice of password and PIN.

use crate::aggregates::account::{AccountState, Choice, Role};
use crate::app::App;
use crate::http::member::{device, login_cookie};
use crate::operations::logins::OpenedLogin;
use crate::operations::member::Member;
use crate::operations::own_account;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use kaoping_record::id::AccountId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// What must be chosen before anything else is allowed: a password, an examiner's PIN.
    to_choose: Vec<Choice>,
    /// Whether logins ask for a one-time code.
    second_factor: bool,
}

impl From<AccountState> for MeView {
    fn from(account: AccountState) -> Self {
        Self {
            to_choose: account.to_choose(),
            second_factor: account.second_factor.secret.is_some(),
            account: account.into(),
        }
    }
}

/// The present password, and the next one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordRequest {
    current: String,
    /// 10 to 128 characters.
    new: String,
}

/// The password, and the PIN for hand-ins.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PinRequest {
    password: String,
    /// 6 to 12 digits.
    pin: String,
}

/// Who is logged in.
#[utoipa::path(get, path = "/api/v1/me", responses((status = 200, body = MeView)))]
pub async fn show_me(State(app): State<App>, member: Member) -> Result<Json<MeView>, Refusal> {
    let account: AccountState = app.need(member.account.as_str(), "account").await?;
    Ok(Json(account.into()))
}

/// Chooses a password. All logins of the account end; the cookie of the answer opens the one that
/// goes on.
#[utoipa::path(post, path = "/api/v1/me/password", request_body = PasswordRequest, responses((status = 200, body = MeView)))]
pub async fn choose_password(
    State(app): State<App>,
    member: Member,
    headers: HeaderMap,
    Json(PasswordRequest { current, new }): Json<PasswordRequest>,
) -> Result<Response, Refusal> {
    let opened = own_account::choose_password(&app, &member, (&current, &new), device(&headers)).await?;
    Ok(logged_in(opened))
}

/// Chooses the PIN that an examiner gives at hand-in.
#[utoipa::path(post, path = "/api/v1/me/pin", request_body = PinRequest, responses((status = 200, body = MeView)))]
pub async fn choose_pin(
    State(app): State<App>,
    member: Member,
    Json(PinRequest { password, pin }): Json<PinRequest>,
) -> Result<Json<MeView>, Refusal> {
    Ok(Json(own_account::choose_pin(&app, &member, &password, &pin).await?.into()))
}

/// The answer that opens a login.
pub fn logged_in(OpenedLogin { account, token }: OpenedLogin) -> Response {
    ([(header::SET_COOKIE, login_cookie(&token))], Json(MeView::from(account))).into_response()
}
