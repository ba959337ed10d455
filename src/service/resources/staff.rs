//! Accounts of staff, custodians and supervisors.

use super::login::{AccountView, hash, view};
use crate::access::{Member, Role};
use crate::app::App;
use crate::error::ApiError;
use crate::state::account::{AccountEvent, AccountState};
use crate::work::transact;
use axum::Json;
use axum::extract::State;
use kaoping_record::id::AccountId;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new account.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewAccount {
    /// The name to log in with: 2 to 32 of a-z, 0-9 and `-`.
    pub login: String,
    /// The person's name, 1 to 50 characters.
    pub name: String,
    /// What it may do.
    pub roles: Vec<Role>,
    /// The employer, for conflicts of interest.
    pub employer: Option<String>,
}

/// A new account with what its owner needs once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreatedAccount {
    /// The account.
    pub account: AccountView,
    /// Shown once; only its hash is kept.
    pub one_time_password: String,
    /// An examiner's PIN for hand-ins, shown once.
    pub pin: Option<String>,
}

/// All accounts.
#[derive(Serialize, ToSchema)]
pub struct StaffView {
    accounts: Vec<AccountView>,
}

/// Lists accounts.
#[utoipa::path(get, path = "/api/v1/staff", responses((status = 200, body = StaffView)))]
pub async fn list(State(app): State<App>) -> Result<Json<StaffView>, ApiError> {
    let mut accounts = Vec::new();
    for row in super::all(&app, Collection::Account, "").await? {
        let account: AccountState = super::state_of(&row)?;
        if let Some(id) = account.id.clone() {
            accounts.push(view(&account, id));
        }
    }
    accounts.sort_by(|a, b| a.login.cmp(&b.login));
    Ok(Json(StaffView { accounts }))
}

/// Makes an account.
#[utoipa::path(post, path = "/api/v1/staff", request_body = NewAccount, responses((status = 200, body = CreatedAccount)))]
pub async fn create(
    State(app): State<App>,
    member: Member,
    Json(new): Json<NewAccount>,
) -> Result<Json<CreatedAccount>, ApiError> {
    Ok(Json(make(&app, &member.actor, new).await?))
}

/// Makes an account.
///
/// # Errors
/// 422 when a field is wrong, 409 when the login is taken.
pub async fn make(app: &App, actor: &str, new: NewAccount) -> Result<CreatedAccount, ApiError> {
    check(&new)?;
    if !app.store.find(Collection::Account, &new.login, None, 1).await?.is_empty() {
        return Err(ApiError::conflict(
            "login_taken",
            "login",
            ("这个用户名已经有人用了。", "this login is taken"),
            ("请换一个用户名。", "choose another"),
        ));
    }
    let id = AccountId::random(app.id_seed()?);
    let one_time_password = id_text(app)?;
    let pin = new.roles.contains(&Role::Examiner).then(|| digits(app, 6)).transpose()?;
    let event = AccountEvent::Created {
        id: id.clone(),
        login: new.login.clone(),
        name: new.name.clone(),
        roles: new.roles.clone(),
        employer: new.employer.clone(),
        password_hash: hash(app, &one_time_password).await?,
        pin_hash: match &pin {
            None => None,
            Some(pin) => Some(hash(app, pin).await?),
        },
    };
    transact!(app, actor, |work| work.append::<AccountState>(id.as_str(), event.clone()).await)?;
    let account = AccountView { id, login: new.login, name: new.name, roles: new.roles };
    Ok(CreatedAccount { account, one_time_password, pin })
}

/// Random decimal digits.
///
/// # Errors
/// 500 when the operating system has no random bytes.
pub fn digits(app: &App, count: usize) -> Result<String, ApiError> {
    let mut digits = String::new();
    while digits.len() < count {
        // 250 is the largest multiple of ten that a byte can hold.
        let [byte] = app.random::<1>()?;
        if byte < 250 {
            digits.push(char::from(b'0' + byte % 10));
        }
    }
    Ok(digits)
}

/// Ten letters and digits that are easy to read aloud: 50 bits.
fn id_text(app: &App) -> Result<String, ApiError> {
    Ok(AccountId::random(app.id_seed()?).as_str().chars().take(10).collect())
}

fn check(new: &NewAccount) -> Result<(), ApiError> {
    let login =
        (2..=32).contains(&new.login.len()) && new.login.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let name = (1..=50).contains(&new.name.chars().count());
    let (place, cause) = match (login, name, new.roles.is_empty()) {
        (false, _, _) => {
            ("login", ("用户名须为 2 至 32 个小写字母、数字或“-”。", "the login has 2 to 32 of a-z, 0-9 and -"))
        }
        (_, false, _) => ("name", ("姓名须为 1 至 50 个字。", "the name has 1 to 50 characters")),
        (_, _, true) => ("roles", ("至少选一个角色。", "choose at least one role")),
        (true, true, false) => return Ok(()),
    };
    Err(ApiError::invalid("account_field", place, cause, ("请改正后重新提交。", "mend it and submit again")))
}
