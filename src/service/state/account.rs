//! Accounts of staff, custodians and supervisors.

use crate::access::Role;
use crate::work::Aggregate;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// An account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AccountState {
    /// Its identifier; `None` before it is made.
    pub id: Option<AccountId>,
    /// The name to log in with.
    pub login: String,
    /// The person's name, as colleagues see it.
    pub name: String,
    /// What it may do.
    pub roles: Vec<Role>,
    /// The employer, for conflicts of interest.
    pub employer: Option<String>,
    /// Argon2id hash of the password (PHC string).
    pub password_hash: String,
    /// Argon2id hash of the PIN that an examiner gives at hand-in.
    pub pin_hash: Option<String>,
}

/// What happens to an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum AccountEvent {
    /// It was made.
    Created {
        /// Its identifier.
        id: AccountId,
        /// The name to log in with.
        login: String,
        /// The person's name.
        name: String,
        /// What it may do.
        roles: Vec<Role>,
        /// The employer.
        employer: Option<String>,
        /// Hash of the password.
        password_hash: String,
        /// Hash of the PIN.
        pin_hash: Option<String>,
    },
    /// The password was changed.
    PasswordChanged {
        /// Hash of the new one.
        password_hash: String,
    },
}

impl Aggregate for AccountState {
    const FAMILY: &'static str = "account";
    const COLLECTION: Collection = Collection::Account;
    type Event = AccountEvent;

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            AccountEvent::Created { id, login, name, roles, employer, password_hash, pin_hash } => {
                *self = Self { id: Some(id), login, name, roles, employer, password_hash, pin_hash };
            }
            AccountEvent::PasswordChanged { password_hash } => self.password_hash = password_hash,
        }
    }

    fn lookup(&self) -> Option<String> {
        Some(self.login.clone())
    }
}
