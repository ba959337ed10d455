//! Accounts of staff, custodians and supervisors, as officers keep them: made, reset by two
//! officers, closed.
//!
//! Officers see one-time passwords alone, each once. Nothing is possible with one but to choose a
//! password (`operations/own_account.rs`).

use super::doer::{SERVICE, transact};
use super::logins::{self, OpenLogin};
use super::member::Member;
use super::passwords::hash;
use super::requests::{is_first, made, saying};
use crate::aggregates::account::{AccountEvent, AccountState, ResetRequest, Role, compatible};
use crate::aggregates::login_name::{LoginNameEvent, LoginNameState};
use crate::aggregates::reason::reason;
use crate::aggregates::request::RequestKey;
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::text::is_shown;
use kaoping_record::digest::keyed;
use kaoping_record::id::{AccountId, IdSeed};
use serde::Serialize;

/// An account to be made.
#[derive(Clone, Serialize)]
pub struct NewAccount {
    /// The name to log in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// What it may do.
    pub roles: Vec<Role>,
    /// The employer, for conflicts of interest.
    pub employer: Option<String>,
}

/// A new account with what its owner needs once.
pub struct CreatedAccount {
    pub account: AccountState,
    /// Shown to who made the account; only its hash is kept.
    pub one_time_password: String,
}

/// Makes an account.
///
/// # Errors
/// `account_field` when a field is wrong, `roles_conflict`, `login_taken`; `unauthenticated` for an
/// officer who was closed meanwhile.
pub async fn create_account(
    app: &App,
    member: &Member,
    new: &NewAccount,
    request: &RequestKey,
) -> Result<CreatedAccount, Refusal> {
    check(new)?;
    let id = AccountId::random(app.id_seed()?);
    let one_time_password = password_of_request(app, member, request)?;
    let event = created(&id, new, hash(app, &one_time_password).await?);
    let decision = saying("account", new)?;
    let account = transact!(app, member, |work| {
        if let Some(account) = made(work, member, request, &decision, id.as_str()).await? {
            return work.need(&account, "account").await;
        }
        add(work, &id, event.clone()).await
    })?;
    Ok(CreatedAccount { account, one_time_password })
}

/// Makes an account by whoever holds machine and keys: the first officer's.
///
/// # Errors
/// As [`create_account`].
pub async fn create_at_machine(app: &App, new: &NewAccount) -> Result<CreatedAccount, Refusal> {
    check(new)?;
    let id = AccountId::random(app.id_seed()?);
    let one_time_password = one_time_password(app)?;
    let event = created(&id, new, hash(app, &one_time_password).await?);
    let account = transact!(app, &SERVICE, |work| add(work, &id, event.clone()).await)?;
    Ok(CreatedAccount { account, one_time_password })
}

fn created(id: &AccountId, new: &NewAccount, password_hash: String) -> AccountEvent {
    let NewAccount { login, name, roles, employer } = new.clone();
    AccountEvent::Created { id: id.clone(), login, name, roles, employer, password_hash }
}

/// Adds an account under a login name that nobody has.
async fn add(work: &mut Work, id: &AccountId, event: AccountEvent) -> Result<AccountState, Refusal> {
    work.append::<AccountState>(id.as_str(), event).await?;
    let account: AccountState = work.need(id.as_str(), "account").await?;
    if work.load::<LoginNameState>(&account.login).await?.is_some() {
        return Err(login_taken());
    }
    let taken = LoginNameEvent::Taken { account: id.clone() };
    work.append::<LoginNameState>(&account.login, taken).await?;
    Ok(account)
}

/// One officer asks that an account gets a new one-time password.
///
/// # Errors
/// `own_account`, `account_closed`, `request_waits`, `reason` without one.
pub async fn request_reset(
    app: &App,
    member: &Member,
    account: &AccountId,
    why: &str,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let why = reason(why)?;
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("reset/{account}")).await? {
            return Ok(());
        }
        let state: AccountState = work.need(account.as_str(), "account").await?;
        let request = ResetRequest { by: member.account.clone(), at_ms: work.now(), reason: why.clone() };
        work.append::<AccountState>(account.as_str(), state.request_reset(request)?).await
    })
}

/// The request is taken back.
///
/// # Errors
/// `nothing_requested`.
pub async fn withdraw_reset(app: &App, member: &Member, account: &AccountId) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        let state: AccountState = work.need(account.as_str(), "account").await?;
        work.append::<AccountState>(account.as_str(), state.withdraw_reset()?).await
    })
}

/// Another officer approves: returns the new one-time password, which is shown to this officer
/// alone. PIN and second factor are gone, and all logins end.
///
/// # Errors
/// `nothing_requested`, `same_person`, `own_account`, `account_closed`.
pub async fn approve_reset(
    app: &App,
    member: &Member,
    account: &AccountId,
    request: &RequestKey,
) -> Result<String, Refusal> {
    let one_time_password = password_of_request(app, member, request)?;
    let password_hash = hash(app, &one_time_password).await?;
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("reset-approved/{account}")).await? {
            return Ok(());
        }
        let state: AccountState = work.need(account.as_str(), "account").await?;
        let event = state.approve_reset(&member.account, password_hash.clone())?;
        work.append::<AccountState>(account.as_str(), event).await
    })?;
    Ok(one_time_password)
}

/// A reset by whoever holds machine and keys, for an organization in which no two officers can log
/// in. Returns the new one-time password.
///
/// # Errors
/// [`Refusal::not_found`] without such an account, `account_closed`, `reason` without one.
pub async fn reset_at_machine(app: &App, login: &str, why: &str) -> Result<String, Refusal> {
    let reason = reason(why)?;
    let account = logins::account_of(app, login).await?.ok_or_else(|| Refusal::not_found("login"))?.id;
    let one_time_password = one_time_password(app)?;
    let password_hash = hash(app, &one_time_password).await?;
    transact!(app, &SERVICE, |work| {
        work.need::<AccountState>(account.as_str(), "account").await?.is_open()?;
        let event = AccountEvent::Reset { password_hash: password_hash.clone(), reason: reason.clone() };
        work.append::<AccountState>(account.as_str(), event).await
    })?;
    Ok(one_time_password)
}

/// Closes an account for good; its logins end at once.
///
/// # Errors
/// `own_account`, `account_closed`, `reason` without one.
pub async fn close_account(
    app: &App,
    member: &Member,
    account: &AccountId,
    why: &str,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let why = reason(why)?;
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("closing/{account}")).await? {
            return Ok(());
        }
        let state: AccountState = work.need(account.as_str(), "account").await?;
        let event = state.close(&member.account, why.clone())?;
        work.append::<AccountState>(account.as_str(), event).await
    })
}

/// Ends all logins of an account.
///
/// # Errors
/// [`Refusal::not_found`] when there is no such account.
pub async fn end_logins(app: &App, member: &Member, account: &AccountId) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        work.need::<AccountState>(account.as_str(), "account").await?;
        work.append::<AccountState>(account.as_str(), AccountEvent::LoginsEnded {}).await
    })
}

/// The open logins of an account that exists, the latest first.
///
/// # Errors
/// [`Refusal::not_found`] when there is no such account.
pub async fn open_logins(app: &App, account: &AccountId) -> Result<Vec<OpenLogin>, Refusal> {
    let state: AccountState = app.need(account.as_str(), "account").await?;
    logins::open_logins(app, &state).await
}

/// Random decimal digits.
///
/// # Errors
/// [`Refusal::internal`] when the operating system has no random bytes.
pub fn digits(app: &App, count: usize) -> Result<String, Refusal> {
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
fn one_time_password(app: &App) -> Result<String, Refusal> {
    Ok(readable(app.id_seed()?))
}

/// The one-time password that a request sets. It follows from the identity key, the account that
/// asks and the request's key, so that the answer can be given again when it was lost, although
/// only a hash is kept.
fn password_of_request(app: &App, member: &Member, request: &RequestKey) -> Result<String, Refusal> {
    let of = request.stream_key(&member.account);
    let digest = keyed(&app.keys.identity, &[b"kaoping/account", b"one-time-password/1", of.as_bytes()]);
    let seed = digest.as_bytes().first_chunk().ok_or_else(|| Refusal::internal("a digest is too short"))?;
    Ok(readable(*seed))
}

fn readable(seed: IdSeed) -> String {
    AccountId::random(seed).as_str().chars().take(10).collect()
}

fn check(new: &NewAccount) -> Result<(), Refusal> {
    let name = is_line(&new.name, 50);
    let employer = new.employer.as_ref().is_none_or(|employer| is_line(employer, 100));
    let (place, cause) = match (logins::is_login_name(&new.login), name, employer, new.roles.is_empty()) {
        (false, ..) => {
            ("login", ("登录名须为 2 至 32 个小写字母、数字或“-”。", "the login has 2 to 32 of a-z, 0-9 and -"))
        }
        (_, false, ..) => (
            "name",
            ("姓名须为 1 至 50 个字，不含换行等控制字符。", "the name has 1 to 50 characters, none of them invisible"),
        ),
        (_, _, false, _) => (
            "employer",
            (
                "工作单位须为 1 至 100 个字，不含换行等控制字符。",
                "the employer has 1 to 100 characters, none of them invisible",
            ),
        ),
        (_, _, _, true) => ("roles", ("至少选一个角色。", "choose at least one role")),
        (true, true, true, false) => return Ok(compatible(&new.roles)?),
    };
    Err(Refusal::invalid("account_field", place, cause, ("请改正后重新提交。", "correct it and submit again")))
}

/// Whether text of at most so many characters shows all that it holds.
fn is_line(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.chars().count()) && !text.trim().is_empty() && is_shown(text)
}

fn login_taken() -> Refusal {
    Refusal::conflict(
        "login_taken",
        "login",
        ("这个登录名已经有人用了。", "this login is taken"),
        ("请换一个登录名。", "choose another"),
    )
}

/// The name of an account's person; the account's identifier where there is none.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn name_of(app: &App, account: &AccountId) -> Result<String, Refusal> {
    let state: Option<AccountState> = app.read(account.as_str()).await?;
    Ok(state.map_or_else(|| account.to_string(), |state| state.name))
}
