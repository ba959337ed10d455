//! Accounts of staff, custodians and supervisors.

use crate::aggregates::account::{AccountState, Role};
use crate::app::App;
use crate::http::public::login::AccountView;
use crate::operations::accounts;
use crate::operations::member::Member;
use crate::operations::stored::{all, state_of, whole};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An account to be made.
#[derive(Deserialize, ToSchema)]
pub struct NewAccount {
    /// The name to log in with.
    login: String,
    /// The person's name.
    name: String,
    /// What it may do.
    roles: Vec<Role>,
    /// The employer, for conflicts of interest.
    employer: Option<String>,
}

/// A new account with what its owner needs once.
#[derive(Serialize, ToSchema)]
pub struct CreatedAccount {
    /// The account.
    account: AccountView,
    /// Shown once; only its hash is kept.
    one_time_password: String,
    /// An examiner's PIN for hand-ins, shown once.
    pin: Option<String>,
}

/// All accounts.
#[derive(Serialize, ToSchema)]
pub struct StaffView {
    accounts: Vec<AccountView>,
}

/// Lists accounts.
#[utoipa::path(get, path = "/api/v1/staff", responses((status = 200, body = StaffView)))]
pub async fn list_accounts(State(app): State<App>) -> Result<Json<StaffView>, Refusal> {
    let rows = all(&app, Collection::Account, "").await?;
    let accounts = rows.iter().filter_map(|row| whole(state_of::<AccountState>(row)).transpose());
    let mut accounts = accounts.map(|account| account.map(AccountView::from)).collect::<Result<Vec<_>, Refusal>>()?;
    accounts.sort_by(|a, b| a.login.cmp(&b.login));
    Ok(Json(StaffView { accounts }))
}

/// Makes an account.
#[utoipa::path(post, path = "/api/v1/staff", request_body = NewAccount, responses((status = 200, body = CreatedAccount)))]
pub async fn create_account(
    State(app): State<App>,
    member: Member,
    Json(NewAccount { login, name, roles, employer }): Json<NewAccount>,
) -> Result<Json<CreatedAccount>, Refusal> {
    let new = accounts::NewAccount { login, name, roles, employer };
    let created = accounts::create_account(&app, &member.actor, &new).await?;
    let accounts::NewAccount { login, name, roles, .. } = new;
    let account = AccountView { id: created.account, login, name, roles };
    Ok(Json(CreatedAccount { account, one_time_password: created.one_time_password, pin: created.pin }))
}
