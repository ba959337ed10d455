//! Names to log in with. Each name is a stream of its own, so that two accounts cannot take the
//! same one.

use crate::work::Aggregate;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// A name that is taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoginNameState {
    /// Who logs in with it. The name of a closed account stays with it.
    pub account: AccountId,
}

/// What happens to a name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum LoginNameEvent {
    /// An account took it.
    Taken { account: AccountId },
}

impl Aggregate for LoginNameState {
    const FAMILY: &'static str = "login_name";
    const COLLECTION: Collection = Collection::LoginName;
    type Event = LoginNameEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        let LoginNameEvent::Taken { account } = event;
        Some(Self { account })
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        let LoginNameEvent::Taken { account } = event;
        self.account = account;
    }
}
