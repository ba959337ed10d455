//! Who acts.

use crate::aggregates::account::{AccountState, Role};
use crate::edge::throttle::Address;
use crate::refusal::Refusal;
use kaoping_record::id::AccountId;

/// A member of staff who is logged in.
#[derive(Clone, Debug)]
pub struct Member {
    pub account: AccountId,
    /// What it may do.
    pub roles: Vec<Role>,
    /// Its name among actors of events.
    pub actor: String,
    /// Where it asks from.
    pub address: Address,
}

impl Member {
    /// The member that an account stands for.
    #[must_use]
    pub fn of(account: AccountState) -> Self {
        Self { actor: actor(&account.id), account: account.id, roles: account.roles, address: Address::UNKNOWN }
    }

    /// Whether the account has one of these roles.
    #[must_use]
    pub fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }

    /// That this is the account that an act is reserved for.
    ///
    /// # Errors
    /// [`Refusal::forbidden`] for everybody else.
    pub fn must_be(&self, account: &AccountId) -> Result<(), Refusal> {
        if self.account == *account { Ok(()) } else { Err(Refusal::forbidden()) }
    }
}

/// The name of an account among actors of events.
#[must_use]
pub fn actor(account: &AccountId) -> String {
    format!("account:{account}")
}
