//! Logins: who was in, from when to when. The key is the digest of the cookie's token, never the token.

use crate::work::Aggregate;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// A login.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LoginState {
    /// Whose it is, while it is open.
    pub account: Option<AccountId>,
    /// When it ends by itself.
    pub expires_ms: Option<Time>,
}

/// What happens to a login.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum LoginEvent {
    /// Somebody logged in.
    Opened {
        /// The account.
        account: AccountId,
        /// When it ends by itself.
        expires_ms: Time,
    },
    /// Logged out.
    Closed {},
}

impl Aggregate for LoginState {
    const FAMILY: &'static str = "login";
    const COLLECTION: Collection = Collection::LoginSession;
    type Event = LoginEvent;

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        *self = match event {
            LoginEvent::Opened { account, expires_ms } => Self { account: Some(account), expires_ms: Some(expires_ms) },
            LoginEvent::Closed {} => Self::default(),
        };
    }
}
