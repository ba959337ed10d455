//! What the owner of an account does with it: choose password and PIN.

use super::doer::transact;
use super::logins::{self, OpenedLogin};
use super::member::Member;
use super::passwords::{hash, verify};
use crate::aggregates::account::{AccountEvent, AccountState, Role};
use crate::app::App;
use crate::edge::throttle::Secret;
use crate::refusal::{Refusal, RefusalKind};
use std::collections::BTreeSet;

/// Shortest and longest password, in characters. The upper bound keeps hashing cheap.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 10..=128;
/// Fewest different characters of a password.
const DIFFERENT_CHARS: usize = 5;
/// Shortest and longest PIN, in digits; the tablet's pad takes as many.
const PIN_DIGITS: std::ops::RangeInclusive<usize> = 6..=12;

/// Chooses a password. All logins of the account end; the one that is returned takes the place of
/// the one that asked.
///
/// # Errors
/// `wrong_password`, `weak_password`.
pub async fn choose_password(
    app: &App,
    member: &Member,
    (current, new): (&str, &str),
    device: &str,
) -> Result<OpenedLogin, Refusal> {
    let account = proven(app, member, current).await?;
    if new == current {
        return Err(weak_password("新密码与现在的密码相同。", "the new password is the present one"));
    }
    check_password(new, &account.login)?;
    let password_hash = hash(app, new).await?;
    let token: [u8; 32] = app.random()?;
    let account = transact!(app, member, |work| {
        unchanged(&work.need(account.id.as_str(), "account").await?, &account)?;
        let event = AccountEvent::PasswordChosen { password_hash: password_hash.clone() };
        work.append::<AccountState>(account.id.as_str(), event).await?;
        let chosen: AccountState = work.need(account.id.as_str(), "account").await?;
        logins::open(app, work, &chosen, &token, device).await?;
        Ok(chosen)
    })?;
    Ok(OpenedLogin { account, token })
}

/// An examiner chooses the PIN for hand-ins.
///
/// # Errors
/// `wrong_password`, `weak_pin`; [`Refusal::forbidden`] for whoever hands nothing in.
pub async fn choose_pin(app: &App, member: &Member, password: &str, pin: &str) -> Result<AccountState, Refusal> {
    if !member.has_any(&[Role::Examiner]) {
        return Err(Refusal::forbidden());
    }
    let account = proven(app, member, password).await?;
    check_pin(pin)?;
    let pin_hash = hash(app, pin).await?;
    transact!(app, member, |work| {
        unchanged(&work.need(account.id.as_str(), "account").await?, &account)?;
        let event = AccountEvent::PinChosen { pin_hash: pin_hash.clone() };
        work.append::<AccountState>(account.id.as_str(), event).await?;
        work.need(account.id.as_str(), "account").await
    })
}

/// The member's account, once the password has shown that it is the owner who asks.
///
/// # Errors
/// `wrong_password`, `too_many_tries` after too many of them.
pub async fn proven(app: &App, member: &Member, password: &str) -> Result<AccountState, Refusal> {
    let account: AccountState = app.need(member.account.as_str(), "account").await?;
    let attempt = app.throttle.admit(Secret::Password, Some(&account.login), member.address).await?;
    if verify(&account.password_hash, password).await? {
        attempt.succeeded();
        return Ok(account);
    }
    attempt.failed();
    // Not 401: the login goes on.
    Err(Refusal::new(
        RefusalKind::Forbidden,
        "wrong_password",
        "password",
        ("现在的密码不对，没有改动。", "the present password is wrong; nothing was changed"),
        ("请重新输入现在用的密码。", "enter the password that you use now"),
    ))
}

/// That the password which was proven is still the account's.
///
/// # Errors
/// [`Refusal::unauthenticated`] when it was reset or the account closed in the meantime.
pub fn unchanged(now: &AccountState, proven: &AccountState) -> Result<(), Refusal> {
    let same = now.password_hash == proven.password_hash && !now.is_closed;
    if same { Ok(()) } else { Err(Refusal::unauthenticated()) }
}

fn check_password(password: &str, login: &str) -> Result<(), Refusal> {
    if !PASSWORD_CHARS.contains(&password.chars().count()) {
        return Err(weak_password("密码须为 10 至 128 个字符。", "a password has 10 to 128 characters"));
    }
    if password.chars().collect::<BTreeSet<_>>().len() < DIFFERENT_CHARS {
        return Err(weak_password(
            "密码太简单：至少要有 5 个不同的字符。",
            "the password is too simple: it needs 5 different characters",
        ));
    }
    if password.to_lowercase().contains(login) {
        return Err(weak_password(
            "密码太容易猜：里面有登录名。",
            "the password is easy to guess: it contains the login name",
        ));
    }
    if is_sequence(password) {
        return Err(weak_password(
            "密码太容易猜：全是连续的字符。",
            "the password is easy to guess: it is a run of characters",
        ));
    }
    Ok(())
}

fn check_pin(pin: &str) -> Result<(), Refusal> {
    let weak = |zh: &str, en: &str| {
        Err(Refusal::invalid("weak_pin", "pin", (zh, en), ("请换一个评分密码。", "choose another PIN")))
    };
    if !PIN_DIGITS.contains(&pin.len()) || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return weak("评分密码须为 6 至 12 位数字。", "a PIN has 6 to 12 digits");
    }
    if is_sequence(pin) || pin.bytes().collect::<BTreeSet<_>>().len() < 3 {
        return weak(
            "评分密码太容易猜：不要用连续或重复的数字。",
            "the PIN is easy to guess: its digits run on or repeat",
        );
    }
    Ok(())
}

/// Whether each character is the one before plus one, or minus one throughout, such as `123456` or
/// `fedcba`; 0 follows 9.
fn is_sequence(text: &str) -> bool {
    let follows = |a: char, b: char| (a, b) == ('9', '0') || u32::from(a) + 1 == u32::from(b);
    let letters: Vec<char> = text.chars().collect();
    letters.is_sorted_by(|a, b| follows(*a, *b)) || letters.is_sorted_by(|a, b| follows(*b, *a))
}

fn weak_password(zh: &str, en: &str) -> Refusal {
    Refusal::invalid("weak_password", "new", (zh, en), ("请换一个密码。", "choose another password"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(result: Result<(), Refusal>) -> bool {
        result.is_err()
    }

    #[test]
    fn passwords_that_anybody_guesses_are_refused() {
        for weak in [
            "short-one",
            "aaaaaaaaaaaa",
            "abababababab",
            "abcdefghijkl",
            "9876543210",
            "1234567890",
            "Office-2026!",
            &"long".repeat(33),
        ] {
            assert!(refused(check_password(weak, "office")), "{weak}");
        }
        for good in ["长期照护师考评用密码", "t51wnnrtkfx", "correct horse battery"] {
            assert!(!refused(check_password(good, "office")), "{good}");
        }
    }

    #[test]
    fn pins_that_anybody_guesses_are_refused() {
        for weak in
            ["", "12345", "1234567890123", "12a456", "１２３４５６", "111111", "121212", "123456", "654321", "890123"]
        {
            assert!(refused(check_pin(weak)), "{weak}");
        }
        assert!(!refused(check_pin("887960")));
    }
}
