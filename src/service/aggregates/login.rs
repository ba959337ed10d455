//! Logins: who was in, from when to when. The key is the digest of the cookie's token, never the token.

use crate::work::Aggregate;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoginState {
    pub login: Login,
    /// Whether it was closed before it ended by itself.
    is_closed: bool,
}

/// A login as it was opened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Login {
    pub account: AccountId,
    pub opened_ms: Time,
    /// When it ends by itself.
    pub expires_ms: Time,
    /// How often all logins of the account had been ended when it was opened.
    pub logins_ended: u32,
    /// How the browser names itself.
    pub device: String,
}

/// What happens to a login.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum LoginEvent {
    /// Somebody logged in.
    Opened { login: Login },
    /// Logged out, ended by its owner, or presented after its end.
    Closed {},
}

impl LoginState {
    /// Whether nobody has closed it, though its time may be over.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.is_closed
    }

    /// The login, while it is open at this time; whether its account still counts it is for the account to say.
    #[must_use]
    pub fn open_at(&self, now: Time) -> Option<&Login> {
        Some(&self.login).filter(|login| !self.is_closed && login.expires_ms > now)
    }
}

impl Aggregate for LoginState {
    const FAMILY: &'static str = "login";
    const COLLECTION: Collection = Collection::LoginSession;
    type Event = LoginEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        match event {
            LoginEvent::Opened { login } => Some(Self { login, is_closed: false }),
            LoginEvent::Closed {} => None,
        }
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            LoginEvent::Opened { login } => *self = Self { login, is_closed: false },
            LoginEvent::Closed {} => self.is_closed = true,
        }
    }

    /// Its account, while it was not closed.
    fn lookup(&self) -> Option<String> {
        (!self.is_closed).then(|| self.login.account.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Catches a login that works after its end or after the logout.
    #[test]
    fn a_login_ends_by_itself_and_by_logging_out() {
        let account = AccountId::new("a1").expect("id");
        let at = Time::from_millis;
        let login = Login { account, opened_ms: at(0), expires_ms: at(100), logins_ended: 0, device: "Firefox".into() };
        let mut state = LoginState::begin(LoginEvent::Opened { login }, at(0), "account:a1").expect("begins");
        assert_eq!(state.open_at(at(99)).map(|login| login.account.as_str()), Some("a1"));
        assert!(state.open_at(at(100)).is_none());
        assert_eq!(state.lookup().as_deref(), Some("a1"));
        state.apply(LoginEvent::Closed {}, at(50), "account:a1");
        assert!(state.open_at(at(60)).is_none());
        assert_eq!(state.lookup(), None, "it is listed no longer");
    }
}
