//! Accounts of staff, custodians and supervisors.

use super::account_refusal::AccountRefusal;
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

    /// Whether its holder has no other role: the office knows all names, custodians watch the
    /// office, supervisors watch everybody.
    const fn stands_alone(self) -> bool {
        matches!(self, Self::Officer | Self::Custodian | Self::Supervisor)
    }
}

/// That one person may hold all of these roles.
///
/// # Errors
/// [`AccountRefusal::Roles`].
pub fn compatible(roles: &[Role]) -> Result<(), AccountRefusal> {
    let other = |role: &Role| roles.iter().any(|held| held != role);
    let conflict = roles.iter().any(|role| role.stands_alone() && other(role));
    if conflict { Err(AccountRefusal::Roles) } else { Ok(()) }
}

/// What the owner of an account must choose before it can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// A password in the place of the one-time one.
    Password,
    /// An examiner's PIN.
    Pin,
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
    /// Whether the password is a one-time one, which officers have seen.
    pub is_one_time: bool,
    /// Argon2id hash of the PIN that an examiner gives at hand-in.
    pub pin_hash: Option<String>,
    /// The codes of a phone that a login asks for besides the password.
    pub second_factor: SecondFactor,
    /// A reset that waits for its approval.
    pub reset: Option<ResetRequest>,
    pub is_closed: bool,
    /// How often all of its logins were ended at once. A login counts only under the number that it
    /// was opened with.
    pub logins_ended: u32,
}

/// One-time codes by RFC 6238. The secrets are sealed (`operations/second_factor.rs`).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SecondFactor {
    /// The secret that counts, once it was confirmed.
    pub secret: Option<String>,
    /// A secret that was shown, and waits for its first code.
    pub proposed: Option<String>,
    /// The time step of the last code that was taken: none is taken twice.
    pub last_step: u64,
}

/// One officer's request that an account gets a new one-time password.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResetRequest {
    pub by: AccountId,
    pub at_ms: Time,
    pub reason: String,
}

/// What happens to an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum AccountEvent {
    /// It was made, with a one-time password.
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
    },
    /// Its owner chose a password. All logins end.
    PasswordChosen {
        /// Hash of the new one.
        password_hash: String,
    },
    /// Its owner chose a PIN.
    PinChosen { pin_hash: String },
    /// A secret for one-time codes was shown to the owner.
    SecondFactorProposed { secret: String },
    /// The owner gave a code of it: from now on logins ask for codes.
    SecondFactorConfirmed { step: u64 },
    /// A login gave the code of this time step.
    SecondFactorUsed { step: u64 },
    /// Logins ask for codes no longer.
    SecondFactorRemoved {},
    /// An officer asked for a new one-time password.
    ResetRequested { request: ResetRequest },
    /// That was taken back.
    ResetWithdrawn {},
    /// Another officer approved: there is a new one-time password, and neither a PIN nor a second
    /// factor. All logins end.
    Reset {
        /// Hash of the new one.
        password_hash: String,
        reason: String,
    },
    /// All logins were ended.
    LoginsEnded {},
    /// It was closed for good. All logins end.
    Closed { reason: String },
}

impl AccountState {
    /// What its owner must choose before anything else.
    #[must_use]
    pub fn to_choose(&self) -> Vec<Choice> {
        let needs_pin = self.roles.contains(&Role::Examiner) && self.pin_hash.is_none();
        let choices = [(self.is_one_time, Choice::Password), (needs_pin, Choice::Pin)];
        choices.into_iter().filter_map(|(needed, choice)| needed.then_some(choice)).collect()
    }

    /// Whether a plan may name it for a duty.
    #[must_use]
    pub fn may_serve_as(&self, role: Role) -> bool {
        !self.is_closed && self.roles.contains(&role)
    }

    /// That something can still happen to it.
    ///
    /// # Errors
    /// [`AccountRefusal::Closed`].
    pub fn is_open(&self) -> Result<(), AccountRefusal> {
        if self.is_closed { Err(AccountRefusal::Closed) } else { Ok(()) }
    }

    /// An officer asks for a new one-time password.
    ///
    /// # Errors
    /// [`AccountRefusal`] for the own account, a closed one, or a second request.
    pub fn request_reset(&self, request: ResetRequest) -> Result<AccountEvent, AccountRefusal> {
        self.is_open()?;
        self.is_of_other(&request.by)?;
        if self.reset.is_some() {
            return Err(AccountRefusal::ResetWaits);
        }
        Ok(AccountEvent::ResetRequested { request })
    }

    /// The request is taken back.
    ///
    /// # Errors
    /// [`AccountRefusal::NoReset`].
    pub fn withdraw_reset(&self) -> Result<AccountEvent, AccountRefusal> {
        self.reset.as_ref().map(|_| AccountEvent::ResetWithdrawn {}).ok_or(AccountRefusal::NoReset)
    }

    /// Another officer approves the reset.
    ///
    /// # Errors
    /// [`AccountRefusal`] without a request, for who asked, for the own account, or for a closed
    /// one.
    pub fn approve_reset(&self, by: &AccountId, password_hash: String) -> Result<AccountEvent, AccountRefusal> {
        self.is_open()?;
        self.is_of_other(by)?;
        let request = self.reset.as_ref().ok_or(AccountRefusal::NoReset)?;
        if request.by == *by {
            return Err(AccountRefusal::SamePerson);
        }
        Ok(AccountEvent::Reset { password_hash, reason: request.reason.clone() })
    }

    /// An officer closes it.
    ///
    /// # Errors
    /// [`AccountRefusal`] for the own account, or a closed one.
    pub fn close(&self, by: &AccountId, reason: String) -> Result<AccountEvent, AccountRefusal> {
        self.is_open()?;
        self.is_of_other(by)?;
        Ok(AccountEvent::Closed { reason })
    }

    fn is_of_other(&self, by: &AccountId) -> Result<(), AccountRefusal> {
        if self.id == *by { Err(AccountRefusal::Own) } else { Ok(()) }
    }

    fn end_logins(&mut self) {
        self.logins_ended += 1;
    }
}

impl Aggregate for AccountState {
    const FAMILY: &'static str = "account";
    const COLLECTION: Collection = Collection::Account;
    type Event = AccountEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        let AccountEvent::Created { id, login, name, roles, employer, password_hash } = event else { return None };
        Some(Self {
            id,
            login,
            name,
            roles,
            employer,
            password_hash,
            is_one_time: true,
            pin_hash: None,
            second_factor: SecondFactor::default(),
            reset: None,
            is_closed: false,
            logins_ended: 0,
        })
    }

    fn apply(&mut self, event: Self::Event, at: Time, actor: &str) {
        match event {
            created @ AccountEvent::Created { .. } => {
                if let Some(state) = Self::begin(created, at, actor) {
                    *self = state;
                }
            }
            AccountEvent::PasswordChosen { password_hash } => {
                self.password_hash = password_hash;
                self.is_one_time = false;
                self.end_logins();
            }
            AccountEvent::PinChosen { pin_hash } => self.pin_hash = Some(pin_hash),
            AccountEvent::SecondFactorProposed { secret } => self.second_factor.proposed = Some(secret),
            AccountEvent::SecondFactorConfirmed { step } => {
                self.second_factor.secret = self.second_factor.proposed.take();
                self.second_factor.last_step = step;
            }
            AccountEvent::SecondFactorUsed { step } => self.second_factor.last_step = step,
            AccountEvent::SecondFactorRemoved {} => self.second_factor = SecondFactor::default(),
            AccountEvent::ResetRequested { request } => self.reset = Some(request),
            AccountEvent::ResetWithdrawn {} => self.reset = None,
            AccountEvent::Reset { password_hash, .. } => {
                self.password_hash = password_hash;
                self.is_one_time = true;
                self.pin_hash = None;
                self.second_factor = SecondFactor::default();
                self.reset = None;
                self.end_logins();
            }
            AccountEvent::LoginsEnded {} => self.end_logins(),
            AccountEvent::Closed { .. } => {
                self.is_closed = true;
                self.reset = None;
                self.end_logins();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> AccountId {
        AccountId::new(name).expect("id")
    }

    fn account(roles: Vec<Role>) -> AccountState {
        let event = AccountEvent::Created {
            id: id("a1"),
            login: "wang".into(),
            name: "王".into(),
            roles,
            employer: None,
            password_hash: "first".into(),
        };
        AccountState::begin(event, Time::from_millis(0), "service").expect("begins")
    }

    fn then(state: &mut AccountState, event: AccountEvent) {
        state.apply(event, Time::from_millis(1), "service");
    }

    fn request(by: &str) -> ResetRequest {
        ResetRequest { by: id(by), at_ms: Time::from_millis(1), reason: "忘记密码".into() }
    }

    // Catches an examiner who can work without a PIN of her own, or with the password that the
    // office has seen.
    #[test]
    fn the_owner_chooses_password_and_pin_first_and_after_each_reset() {
        let mut examiner = account(vec![Role::Examiner]);
        assert_eq!(examiner.to_choose(), [Choice::Password, Choice::Pin]);
        then(&mut examiner, AccountEvent::PasswordChosen { password_hash: "own".into() });
        assert_eq!(examiner.to_choose(), [Choice::Pin]);
        then(&mut examiner, AccountEvent::PinChosen { pin_hash: "pin".into() });
        assert_eq!(examiner.to_choose(), []);
        then(&mut examiner, AccountEvent::ResetRequested { request: request("b") });
        then(&mut examiner, AccountEvent::Reset { password_hash: "second".into(), reason: "忘记密码".into() });
        assert_eq!(examiner.to_choose(), [Choice::Password, Choice::Pin]);
        assert_eq!(account(vec![Role::Officer]).to_choose(), [Choice::Password]);
    }

    // Catches an officer who resets an account alone, and so gets its password alone.
    #[test]
    fn a_reset_takes_two_other_officers() {
        let mut known = account(vec![Role::Officer]);
        let approve = |known: &AccountState, by: &str| known.approve_reset(&id(by), "second".into()).map(drop);
        assert_eq!(approve(&known, "b"), Err(AccountRefusal::NoReset));
        assert_eq!(known.request_reset(request("a1")).map(drop), Err(AccountRefusal::Own));
        let event = known.request_reset(request("b")).expect("asked");
        then(&mut known, event);
        assert_eq!(known.request_reset(request("c")).map(drop), Err(AccountRefusal::ResetWaits));
        assert_eq!(approve(&known, "b"), Err(AccountRefusal::SamePerson));
        assert_eq!(approve(&known, "a1"), Err(AccountRefusal::Own));
        assert_eq!(approve(&known, "c"), Ok(()));
    }

    // Catches a login that outlives the password it was opened with, or the account.
    #[test]
    fn whatever_takes_access_away_ends_all_logins() {
        let mut known = account(vec![Role::Officer]);
        for event in [
            AccountEvent::PasswordChosen { password_hash: "own".into() },
            AccountEvent::Reset { password_hash: "second".into(), reason: "忘记密码".into() },
            AccountEvent::LoginsEnded {},
            AccountEvent::Closed { reason: "离职".into() },
        ] {
            let before = known.logins_ended;
            then(&mut known, event);
            assert_eq!(known.logins_ended, before + 1);
        }
        assert_eq!(known.close(&id("b"), "再次".into()).map(drop), Err(AccountRefusal::Closed));
    }

    // Catches one account that is its own watch.
    #[test]
    fn an_account_holds_no_conflicting_roles() {
        use Role::{Custodian, Examiner, Invigilator, Lead, Officer, Supervisor};
        for alone in [Officer, Custodian, Supervisor] {
            assert_eq!(compatible(&[alone]), Ok(()));
            assert_eq!(compatible(&[alone, alone]), Ok(()));
            for other in [Officer, Custodian, Invigilator, Examiner, Lead, Supervisor] {
                assert_eq!(compatible(&[other, alone]).is_err(), other != alone, "{other:?} {alone:?}");
            }
        }
        assert_eq!(compatible(&[Invigilator, Examiner, Lead]), Ok(()));
    }
}
