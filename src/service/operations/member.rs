//! Who acts.

use crate::aggregates::account::{AccountState, Choice, Role};
use crate::aggregates::batch::BatchState;
use crate::edge::throttle::Address;
use crate::refusal::{Refusal, RefusalKind};
use kaoping_record::id::AccountId;

/// A member of staff who is logged in.
#[derive(Clone, Debug)]
pub struct Member {
    pub account: AccountId,
    /// What it may do.
    pub roles: Vec<Role>,
    /// What it must choose before it may do anything.
    pub to_choose: Vec<Choice>,
    /// Its name among actors of events.
    actor: String,
    /// The name of the login that it asks with.
    login: String,
    /// Where it asks from.
    pub address: Address,
}

impl Member {
    /// The member that an account stands for, who asks with the login of this name.
    #[must_use]
    pub(super) fn of(account: &AccountState, login: String) -> Self {
        Self {
            login,
            actor: actor(&account.id),
            account: account.id.clone(),
            roles: account.roles.clone(),
            to_choose: account.to_choose(),
            address: Address::UNKNOWN,
        }
    }

    /// Its name among actors of events.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The name of the login that it asks with.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.login
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

    /// That the member may read a batch: officers read every one, everybody else those that name
    /// them.
    ///
    /// # Errors
    /// `not_named` otherwise.
    pub fn may_read(&self, batch: &BatchState) -> Result<(), Refusal> {
        if self.has_any(&[Role::Officer]) || batch.names(&self.account) {
            return Ok(());
        }
        Err(Refusal::new(
            RefusalKind::Forbidden,
            "not_named",
            "batch",
            ("这个批次的计划里没有您。", "the plan of this batch does not name you"),
            ("请打开自己参加的批次；有疑问请找考务人员。", "open a batch that names you; ask the office if in doubt"),
        ))
    }
}

/// The name of an account among actors of events.
#[must_use]
pub fn actor(account: &AccountId) -> String {
    format!("account:{account}")
}
