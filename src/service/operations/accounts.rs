//! Accounts of staff, custodians and supervisors.

use super::passwords::hash;
use crate::aggregates::account::{AccountEvent, AccountState, Role};
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::transact;
use kaoping_engine::text::is_shown;
use kaoping_record::id::AccountId;
use kaoping_store::Collection;

/// An account to be made.
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
    pub account: AccountId,
    /// Shown once; only its hash is kept.
    pub one_time_password: String,
    /// An examiner's PIN for hand-ins, shown once.
    pub pin: Option<String>,
}

/// Makes an account.
///
/// # Errors
/// `account_field` when a field is wrong, `login_taken` when the login is.
pub async fn create_account(app: &App, actor: &str, new: &NewAccount) -> Result<CreatedAccount, Refusal> {
    check(new)?;
    if !app.store.find(Collection::Account, &new.login, None, 1).await?.is_empty() {
        return Err(Refusal::conflict(
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
    Ok(CreatedAccount { account: id, one_time_password, pin })
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
fn id_text(app: &App) -> Result<String, Refusal> {
    Ok(AccountId::random(app.id_seed()?).as_str().chars().take(10).collect())
}

fn check(new: &NewAccount) -> Result<(), Refusal> {
    let login =
        (2..=32).contains(&new.login.len()) && new.login.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let name = (1..=50).contains(&new.name.chars().count()) && is_shown(&new.name);
    let employer = new.employer.as_deref().is_none_or(|name| name.chars().count() <= 100 && is_shown(name));
    let (place, cause) = match (login, name && employer, new.roles.is_empty()) {
        (false, _, _) => {
            ("login", ("用户名须为 2 至 32 个小写字母、数字或“-”。", "the login has 2 to 32 of a-z, 0-9 and -"))
        }
        (_, false, _) => (
            if name { "employer" } else { "name" },
            (
                "姓名须为 1 至 50 个、单位最多 100 个看得见的字。",
                "the name has 1 to 50, the employer at most 100 visible characters",
            ),
        ),
        (_, _, true) => ("roles", ("至少选一个角色。", "choose at least one role")),
        (true, true, false) => return Ok(()),
    };
    Err(Refusal::invalid("account_field", place, cause, ("请改正后重新提交。", "correct it and submit again")))
}

/// The name of an account's person; the account's identifier where there is none.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn name_of(app: &App, account: &AccountId) -> Result<String, Refusal> {
    let state: Option<AccountState> = app.read(account.as_str()).await?;
    Ok(state.map_or_else(|| account.to_string(), |state| state.name))
}
