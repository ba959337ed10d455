//! Accounts of staff, custodians and supervisors.

use crate::aggregates::account::{AccountState, Choice, Role};
use crate::aggregates::request::RequestKey;
use crate::app::App;
use crate::http::own::account::AccountView;
use crate::http::own::logins::LoginsView;
use crate::http::path::AccountPath;
use crate::http::request::{OnceRequest, ReasonedRequest};
use crate::operations::accounts::{self, name_of};
use crate::operations::member::Member;
use crate::operations::stored::{all, state_of, whole};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kaoping_record::id::AccountId;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The name to log in with.
    login: String,
    /// The person's name.
    name: String,
    /// What it may do.
    roles: Vec<Role>,
    /// The employer, for conflicts of interest.
    employer: Option<String>,
    request: RequestKey,
}

/// A new account with what its owner needs once.
#[derive(Serialize, ToSchema)]
pub struct CreatedAccount {
    /// The account.
    account: AccountView,
    /// Shown to who made the account; only its hash is kept. Its owner must choose another before
    /// anything else.
    one_time_password: String,
}

/// The new one-time password of a reset account.
#[derive(Serialize, ToSchema)]
pub struct ResetAccount {
    /// Shown to who approved; only its hash is kept.
    one_time_password: String,
}

/// Whether an account is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// Its owner has not chosen a password yet.
    OneTime,
    /// In use.
    Active,
    Closed,
}

/// A reset that waits for its approval.
#[derive(Serialize, ToSchema)]
pub struct ResetView {
    /// Who asked.
    by: String,
    at_ms: i64,
    reason: String,
    /// Whether the one who asks now may approve it.
    may_approve: bool,
}

/// An account on the office's list.
#[derive(Serialize, ToSchema)]
pub struct StaffLine {
    id: AccountId,
    /// The name to log in with.
    login: String,
    /// The person's name.
    name: String,
    /// What it may do.
    roles: Vec<Role>,
    employer: Option<String>,
    state: AccountStatus,
    /// Whether its logins ask for a one-time code.
    second_factor: bool,
    /// Whether it is the one who asks.
    me: bool,
    reset: Option<ResetView>,
}

/// All accounts.
#[derive(Serialize, ToSchema)]
pub struct StaffView {
    accounts: Vec<StaffLine>,
}

/// Lists accounts.
#[utoipa::path(get, path = "/api/v1/staff", responses((status = 200, body = StaffView)))]
pub async fn list_accounts(State(app): State<App>, member: Member) -> Result<Json<StaffView>, Refusal> {
    let mut accounts = Vec::new();
    for row in all(&app, Collection::Account, "").await? {
        let Some(account) = whole(state_of::<AccountState>(&row))? else { continue };
        accounts.push(line(&app, &member, account).await?);
    }
    accounts.sort_by(|a, b| a.login.cmp(&b.login));
    Ok(Json(StaffView { accounts }))
}

async fn line(app: &App, member: &Member, account: AccountState) -> Result<StaffLine, Refusal> {
    let state = match account.to_choose().first() {
        _ if account.is_closed => AccountStatus::Closed,
        Some(Choice::Password) => AccountStatus::OneTime,
        Some(Choice::Pin) | None => AccountStatus::Active,
    };
    let reset = match &account.reset {
        None => None,
        Some(request) => Some(ResetView {
            by: name_of(app, &request.by).await?,
            at_ms: request.at_ms.millis(),
            reason: request.reason.clone(),
            may_approve: member.has_any(&[Role::Officer])
                && account.approve_reset(&member.account, String::new()).is_ok(),
        }),
    };
    Ok(StaffLine {
        state,
        reset,
        me: account.id == member.account,
        second_factor: account.second_factor.secret.is_some(),
        id: account.id,
        login: account.login,
        name: account.name,
        roles: account.roles,
        employer: account.employer,
    })
}

/// Makes an account.
#[utoipa::path(post, path = "/api/v1/staff", request_body = NewAccount, responses((status = 200, body = CreatedAccount)))]
pub async fn create_account(
    State(app): State<App>,
    member: Member,
    Json(NewAccount { login, name, roles, employer, request }): Json<NewAccount>,
) -> Result<Json<CreatedAccount>, Refusal> {
    let new = accounts::NewAccount { login, name, roles, employer };
    let created = accounts::create_account(&app, &member, &new, &request).await?;
    let AccountState { id, login, name, roles, .. } = created.account;
    let account = AccountView { id, login, name, roles };
    Ok(Json(CreatedAccount { account, one_time_password: created.one_time_password }))
}

/// Asks for a new one-time password; another officer approves.
#[utoipa::path(post, path = "/api/v1/staff/{account}/reset", request_body = ReasonedRequest, params(AccountPath), responses((status = 204)))]
pub async fn request_reset(
    State(app): State<App>,
    member: Member,
    Path(AccountPath { account }): Path<AccountPath>,
    Json(request): Json<ReasonedRequest>,
) -> Result<StatusCode, Refusal> {
    accounts::request_reset(&app, &member, &account, &request.reason, &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the request back.
#[utoipa::path(delete, path = "/api/v1/staff/{account}/reset", params(AccountPath), responses((status = 204)))]
pub async fn withdraw_reset(
    State(app): State<App>,
    member: Member,
    Path(AccountPath { account }): Path<AccountPath>,
) -> Result<StatusCode, Refusal> {
    accounts::withdraw_reset(&app, &member, &account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Approves another officer's request: the new one-time password is shown once, and all logins of
/// the account end.
#[utoipa::path(post, path = "/api/v1/staff/{account}/reset/approval", request_body = OnceRequest, params(AccountPath), responses((status = 200, body = ResetAccount)))]
pub async fn approve_reset(
    State(app): State<App>,
    member: Member,
    Path(AccountPath { account }): Path<AccountPath>,
    Json(request): Json<OnceRequest>,
) -> Result<Json<ResetAccount>, Refusal> {
    let one_time_password = accounts::approve_reset(&app, &member, &account, &request.request).await?;
    Ok(Json(ResetAccount { one_time_password }))
}

/// Closes an account for good; its logins end at once.
#[utoipa::path(post, path = "/api/v1/staff/{account}/closing", request_body = ReasonedRequest, params(AccountPath), responses((status = 204)))]
pub async fn close_account(
    State(app): State<App>,
    member: Member,
    Path(AccountPath { account }): Path<AccountPath>,
    Json(request): Json<ReasonedRequest>,
) -> Result<StatusCode, Refusal> {
    accounts::close_account(&app, &member, &account, &request.reason, &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the open logins of an account.
#[utoipa::path(get, path = "/api/v1/staff/{account}/logins", params(AccountPath), responses((status = 200, body = LoginsView)))]
pub async fn list_logins(
    State(app): State<App>,
    Path(AccountPath { account }): Path<AccountPath>,
) -> Result<Json<LoginsView>, Refusal> {
    Ok(Json(LoginsView::new(accounts::open_logins(&app, &account).await?, None)))
}

/// Ends all logins of an account.
#[utoipa::path(delete, path = "/api/v1/staff/{account}/logins", params(AccountPath), responses((status = 204)))]
pub async fn end_logins(
    State(app): State<App>,
    member: Member,
    Path(AccountPath { account }): Path<AccountPath>,
) -> Result<StatusCode, Refusal> {
    accounts::end_logins(&app, &member, &account).await?;
    Ok(StatusCode::NO_CONTENT)
}
