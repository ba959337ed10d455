//! Accounts of staff, custodians and supervisors.

use crate::work::Aggregate;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The organization's office (考务).
    Officer,
    /// Holds one of the draw's secrets (保管人).
    Custodian,
    /// Invigilator (监考员).
    Invigilator,
    /// Examiner (考评员).
    Examiner,
    /// Lead examiner (考评组长).
    Lead,
    /// Quality supervisor (质量督导员): reads, never writes.
    Supervisor,
}

impl Role {
    /// The role's name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Custodian => "custodian",
            Self::Invigilator => "invigilator",
            Self::Examiner => "examiner",
            Self::Lead => "lead",
            Self::Supervisor => "supervisor",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountState {
    /// Its identifier.
    pub id: AccountId,
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
        employer: Option<String>,
        password_hash: String,
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

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        match event {
            AccountEvent::Created { id, login, name, roles, employer, password_hash, pin_hash } => {
                Some(Self { id, login, name, roles, employer, password_hash, pin_hash })
            }
            AccountEvent::PasswordChanged { .. } => None,
        }
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            AccountEvent::Created { id, login, name, roles, employer, password_hash, pin_hash } => {
                *self = Self { id, login, name, roles, employer, password_hash, pin_hash };
            }
            AccountEvent::PasswordChanged { password_hash } => self.password_hash = password_hash,
        }
    }

    fn lookup(&self) -> Option<String> {
        Some(self.login.clone())
    }
}
