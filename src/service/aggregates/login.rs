//! Logins: who was in, from when to when. The key is the digest of the cookie's token, never the token.

use crate::work::{Aggregate, begin_empty};
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LoginState {
    /// Whose it is and when it ends by itself, while it is open.
    open: Option<(AccountId, Time)>,
}

/// What happens to a login.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum LoginEvent {
    /// Somebody logged in.
    Opened {
        account: AccountId,
        /// When it ends by itself.
        expires_ms: Time,
    },
    /// Logged out, or presented after its end.
    Closed {},
}

impl LoginState {
    /// Whether nobody has closed it, though its time may be over.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whose login this is, while it is open at this time.
    #[must_use]
    pub fn account_at(&self, now: Time) -> Option<&AccountId> {
        self.open.as_ref().filter(|(_, expires)| *expires > now).map(|(account, _)| account)
    }
}

impl Aggregate for LoginState {
    const FAMILY: &'static str = "login";
    const COLLECTION: Collection = Collection::LoginSession;
    type Event = LoginEvent;

    fn begin(event: Self::Event, at: Time, actor: &str) -> Option<Self> {
        begin_empty(event, at, actor)
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        self.open = match event {
            LoginEvent::Opened { account, expires_ms } => Some((account, expires_ms)),
            LoginEvent::Closed {} => None,
        };
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
        let opened = LoginEvent::Opened { account: account.clone(), expires_ms: at(100) };
        let mut login = LoginState::begin(opened, at(0), "account:a1").expect("begins");
        assert_eq!(login.account_at(at(99)), Some(&account));
        assert_eq!(login.account_at(at(100)), None);
        login.apply(LoginEvent::Closed {}, at(50), "account:a1");
        assert_eq!(login.account_at(at(60)), None);
    }
}
