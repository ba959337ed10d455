//! Logging in and out.

use super::member::{Member, actor};
use super::passwords::{DUMMY_HASH, verify};
use super::stored::{found_by, state_of};
use crate::aggregates::account::AccountState;
use crate::aggregates::login::{LoginEvent, LoginState};
use crate::app::App;
use crate::edge::throttle::{Address, Secret};
use crate::refusal::{Refusal, RefusalKind};
use crate::work::transact;
use kaoping_record::digest::Digest;
use kaoping_store::Collection;

/// A working day and some, in hours.
pub const HOURS: i64 = 14;

/// A login that was opened: the account, and the token that opens it from now on.
pub struct OpenedLogin {
    pub account: AccountState,
    /// The token; only its digest is kept.
    pub token: [u8; 32],
}

/// Opens a login for a name and a password.
///
/// # Errors
/// `wrong_login` when either is wrong, `too_many_tries` after too many of them.
pub async fn log_in(app: &App, login: &str, password: &str, address: Address) -> Result<OpenedLogin, Refusal> {
    let attempt = app.throttle.admit(Secret::Password, Some(login), address).await?;
    let found = found_by(app, Collection::Account, login).await?;
    let account: Option<AccountState> = found.as_ref().map(state_of).transpose()?;
    // An unknown name costs as much time as a wrong password.
    let hash = account.as_ref().map_or(DUMMY_HASH, |account| account.password_hash.as_str());
    let right = verify(hash, password).await?;
    let Some(account) = account.filter(|_| right) else {
        attempt.failed();
        return Err(wrong_login());
    };
    attempt.succeeded();
    let token: [u8; 32] = app.random()?;
    let expires_ms = app.steady_now().plus_millis(HOURS * 3_600_000);
    let event = LoginEvent::Opened { account: account.id.clone(), expires_ms };
    let key = login_key(&token);
    transact!(app, &actor(&account.id), |work| work.append::<LoginState>(&key, event.clone()).await)?;
    Ok(OpenedLogin { account, token })
}

/// Closes the login that a token opens.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn log_out(app: &App, token: &[u8]) -> Result<(), Refusal> {
    let Some(member) = member_of(app, token).await? else { return Ok(()) };
    let key = login_key(token);
    transact!(app, &member.actor, |work| work.append::<LoginState>(&key, LoginEvent::Closed {}).await)
}

/// The member of staff whose login a token opens now.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn member_of(app: &App, token: &[u8]) -> Result<Option<Member>, Refusal> {
    let login: Option<LoginState> = app.read(&login_key(token)).await?;
    let Some(account) = login.as_ref().and_then(|login| login.account_at(app.steady_now())) else {
        // Closed for good, so that no clock that is set back opens it again.
        if login.is_some_and(|login| login.is_open()) {
            let key = login_key(token);
            transact!(app, "service", |work| work.append::<LoginState>(&key, LoginEvent::Closed {}).await)?;
        }
        return Ok(None);
    };
    let account: Option<AccountState> = app.read(account.as_str()).await?;
    Ok(account.map(Member::of))
}

fn login_key(token: &[u8]) -> String {
    Digest::of(token).to_hex()
}

fn wrong_login() -> Refusal {
    Refusal::new(
        RefusalKind::Unauthenticated,
        "wrong_login",
        "password",
        ("用户名或密码不对。", "name or password is wrong"),
        ("请核对后重新输入；忘记密码请找考务人员。", "check and enter them again; if forgotten, ask the office"),
    )
}
