//! Logging in and out, and the logins that are open.

use super::doer::{Doer, SERVICE, WithoutLogin, transact};
use super::member::{Member, actor};
use super::passwords::{DUMMY_HASH, verify};
use super::second_factor;
use super::stored::{PAGE, state_of};
use crate::aggregates::account::{AccountEvent, AccountState};
use crate::aggregates::login::{Login, LoginEvent, LoginState};
use crate::aggregates::login_name::LoginNameState;
use crate::app::App;
use crate::edge::throttle::{Address, Secret};
use crate::refusal::{Refusal, RefusalKind};
use crate::work::Work;
use kaoping_record::digest::Digest;
use kaoping_store::Collection;

/// A working day and some, in hours.
pub const HOURS: i64 = 14;

/// Longest name of a device that is kept.
const DEVICE_CHARS: usize = 160;

/// What somebody enters to log in.
pub struct Entered<'a> {
    pub login: &'a str,
    pub password: &'a str,
    /// The code of the second factor, where the account has one.
    pub one_time_code: Option<&'a str>,
    /// How the browser names itself.
    pub device: &'a str,
    /// Where the request comes from.
    pub address: Address,
}

/// A login that was opened: the account, and the token that opens it from now on.
pub struct OpenedLogin {
    pub account: AccountState,
    /// The token; only its digest is kept.
    pub token: [u8; 32],
}

/// A login on the list of those that are open.
pub struct OpenLogin {
    /// Its name, which opens nothing.
    pub key: String,
    pub login: Login,
}

pub(super) fn is_login_name(login: &str) -> bool {
    (2..=32).contains(&login.len()) && login.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// The account of a login name; `None` for text that is no such name as well.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn account_of(app: &App, login: &str) -> Result<Option<AccountState>, Refusal> {
    if !is_login_name(login) {
        return Ok(None);
    }
    match app.read::<LoginNameState>(login).await? {
        Some(name) => app.read(name.account.as_str()).await,
        None => Ok(None),
    }
}

/// Opens a login for a name and a password, and a code where the account asks for one.
///
/// # Errors
/// `wrong_login` when name or password is wrong, `too_many_tries` after too many of them; with the
/// right ones `closed_login`, `one_time_code_needed`, `wrong_code`.
pub async fn log_in(app: &App, entered: &Entered<'_>) -> Result<OpenedLogin, Refusal> {
    let attempt = app.throttle.admit(Secret::Password, Some(entered.login), entered.address).await?;
    let opened = try_login(app, entered).await;
    match &opened {
        Ok(_) => attempt.succeeded(),
        Err(refusal) if ["wrong_login", "wrong_code"].contains(&refusal.code()) => attempt.failed(),
        // Other refusals and failures of the store say nothing about what was tried.
        Err(_) => drop(attempt),
    }
    opened
}

async fn try_login(app: &App, entered: &Entered<'_>) -> Result<OpenedLogin, Refusal> {
    let account = account_of(app, entered.login).await?;
    // An unknown name costs as much time as a wrong password.
    let hash = account.as_ref().map_or(DUMMY_HASH, |account| account.password_hash.as_str());
    let right = verify(hash, entered.password).await?;
    let account = account.filter(|_| right).ok_or_else(wrong_login)?;
    if account.is_closed {
        return Err(closed_login());
    }
    let token: [u8; 32] = app.random()?;
    transact!(app, &WithoutLogin(&actor(&account.id)), |work| {
        let known: AccountState = work.need(account.id.as_str(), "account").await?;
        if known.password_hash != account.password_hash || known.is_closed {
            return Err(wrong_login());
        }
        if let Some(secret) = &known.second_factor.secret {
            let code = entered.one_time_code.ok_or_else(code_needed)?;
            let last = known.second_factor.last_step;
            let step = second_factor::step_of(app, &known.id, secret, last, code, work.now())?;
            work.append::<AccountState>(known.id.as_str(), AccountEvent::SecondFactorUsed { step }).await?;
        }
        open(app, work, &known, &token, entered.device).await
    })?;
    Ok(OpenedLogin { account, token })
}

/// Opens a login of an account as it stands in this work.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn open(
    app: &App,
    work: &mut Work,
    account: &AccountState,
    token: &[u8; 32],
    device: &str,
) -> Result<(), Refusal> {
    let clocks = app.clock.read();
    let login = Login {
        account: account.id.clone(),
        opened_ms: app.steady_now(),
        boot_id: clocks.boot_id,
        boottime_ms: clocks.boottime_ms,
        expires_ms: app.steady_now().plus_millis(HOURS * 3_600_000),
        logins_ended: account.logins_ended,
        device: device.chars().filter(|c| matches!(c, ' '..='~')).take(DEVICE_CHARS).collect(),
    };
    work.append::<LoginState>(&login_key(token), LoginEvent::Opened { login }).await
}

/// Closes the login that a token opens.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn log_out(app: &App, token: &[u8]) -> Result<(), Refusal> {
    let Some(member) = member_of(app, token).await? else { return Ok(()) };
    let key = login_key(token);
    transact!(app, &WithoutLogin(member.actor()), |work| work.append::<LoginState>(&key, LoginEvent::Closed {}).await)
}

/// The member of staff whose login a token opens now.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn member_of(app: &App, token: &[u8]) -> Result<Option<Member>, Refusal> {
    let state: Option<LoginState> = app.read(&login_key(token)).await?;
    let Some(login) = state.as_ref().and_then(|state| open_now(app, state)) else {
        // Closed for good, so that no clock that is set back opens it again.
        if state.is_some_and(|state| state.is_open()) {
            let key = login_key(token);
            transact!(app, &SERVICE, |work| work.append::<LoginState>(&key, LoginEvent::Closed {}).await)?;
        }
        return Ok(None);
    };
    let account: Option<AccountState> = app.read(login.account.as_str()).await?;
    Ok(account.filter(|account| counts(login, account)).map(|account| Member::of(&account, login_key(token))))
}

/// What a member decides rests on the login that it asks with and on its account: both are as they
/// were admitted when the work begins, and have not moved when it is committed.
impl Doer for Member {
    fn actor(&self) -> &str {
        Member::actor(self)
    }

    async fn admit(&self, app: &App, work: &mut Work) -> Result<(), Refusal> {
        let state: Option<LoginState> = work.load(self.login()).await?;
        let account: Option<AccountState> = work.load(self.account.as_str()).await?;
        let login = state.as_ref().and_then(|state| open_now(app, state));
        match (login, account) {
            (Some(login), Some(account)) if login.account == account.id && counts(login, &account) => Ok(()),
            _ => Err(Refusal::unauthenticated()),
        }
    }
}

/// The open logins of an account, the latest first.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn open_logins(app: &App, account: &AccountState) -> Result<Vec<OpenLogin>, Refusal> {
    let mut open = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let rows = app.store.find(Collection::LoginSession, account.id.as_str(), after.as_deref(), PAGE).await?;
        for row in &rows {
            let state: LoginState = state_of(row)?;
            if let Some(login) = open_now(app, &state).filter(|login| counts(login, account)) {
                open.push(OpenLogin { key: row.key.clone(), login: login.clone() });
            }
        }
        match rows.last() {
            Some(row) => after = Some(row.key.clone()),
            None => break,
        }
    }
    open.sort_by_key(|open| std::cmp::Reverse(open.login.opened_ms));
    Ok(open)
}

/// Ends one of the member's own logins, by its name on the list.
///
/// # Errors
/// [`Refusal::not_found`] when the member has no such login.
pub async fn end_login(app: &App, member: &Member, key: &str) -> Result<(), Refusal> {
    let missing = || Refusal::not_found("login");
    if Digest::from_hex(key).is_err() {
        return Err(missing());
    }
    transact!(app, member, |work| {
        let state: LoginState = work.need(key, "login").await?;
        open_now(app, &state).filter(|login| login.account == member.account).ok_or_else(missing)?;
        work.append::<LoginState>(key, LoginEvent::Closed {}).await
    })
}

/// The name of the login that a token opens.
#[must_use]
pub fn login_key(token: &[u8]) -> String {
    Digest::of(token).to_hex()
}

fn open_now<'a>(app: &App, state: &'a LoginState) -> Option<&'a Login> {
    state.open_at(app.steady_now(), &app.clock.read())
}

/// Whether a login was opened since the account's logins were last ended.
fn counts(login: &Login, account: &AccountState) -> bool {
    !account.is_closed && login.logins_ended == account.logins_ended
}

fn wrong_login() -> Refusal {
    Refusal::new(
        RefusalKind::Unauthenticated,
        "wrong_login",
        "password",
        ("登录名或密码不对。", "name or password is wrong"),
        (
            "请核对后重新输入；忘记密码，请考务人员重置。",
            "check and enter them again; if forgotten, have the office reset it",
        ),
    )
}

fn closed_login() -> Refusal {
    Refusal::new(
        RefusalKind::Unauthenticated,
        "closed_login",
        "login",
        ("这个账号已经停用。", "this account is closed"),
        ("如需使用，请找考务人员。", "ask the office if you still need it"),
    )
}

/// The password is right, and a code is missing.
fn code_needed() -> Refusal {
    Refusal::new(
        RefusalKind::Unauthenticated,
        "one_time_code_needed",
        "one_time_code",
        ("这个账号还要输入手机上的动态口令。", "this account also needs the one-time code of your phone"),
        ("打开手机上的验证器，输入六位口令。", "open the authenticator on your phone and enter its six digits"),
    )
}
