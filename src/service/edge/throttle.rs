//! Tries of passwords, PINs, tickets and seat secrets: after a failure there is a wait, and a room
//! must not be locked out.
//!
//! Three rules, from narrow to wide. A try counts as a failure from its start until it succeeds, so
//! that tries at the same time do not slip through.
//!
//! - **Account and address**: after 5 failures each further try must wait, 1 second at first, twice
//!   as long each time, at most a minute. A success ends it. Somebody else at
//!   another address does not notice.
//! - **Account**, from all addresses: 30 failures at once, then one each ten seconds. An address
//!   from which the account has logged in before is not bound by it, so that its owner gets in
//!   during an attack.
//! - **Address**, for all accounts: 300 failures at once, then one each second; several hundred PCs
//!   may share one address. Beyond that tries are not refused but take two seconds longer,
//!   as long as few wait.
//!
//! Each failure leaves a line in the log and a count. When an address has used up its failures, its
//! lines stop and the summary that the service writes each minute counts them.

pub use super::address::Address;
use super::rate::{Debt, Pair, Rate};
use crate::refusal::{Refusal, RefusalKind};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long failures and successes of an account at an address are remembered after the last one.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// Failures of an account from all addresses.
const ACCOUNT: Rate = Rate { each: Duration::from_secs(10), most: 30 };
/// Failures of an address.
const ADDRESS: Rate = Rate { each: Duration::from_secs(1), most: 300 };
/// How much longer tries take from an address that has used up its failures.
const DELAY: Duration = Duration::from_secs(2);
/// Most tries of an address that are delayed at once.
const MOST_DELAYED: usize = 64;
/// Most passwords and PINs of an address that are compared at once or wait for it.
const MOST_COMPARED: usize = 128;
/// Accounts and addresses that are remembered; beyond that those that failed once are forgotten.
const MOST_REMEMBERED: usize = 50_000;
/// Characters of a name that are remembered and logged.
const NAME: usize = 64;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Secret {
    /// A password, with a login name.
    Password,
    /// An examiner's PIN.
    Pin,
    /// An admission ticket's number.
    Ticket,
    /// The secret of a seat's enrolment.
    Seat,
}

impl Secret {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 4] = [Self::Password, Self::Pin, Self::Ticket, Self::Seat];

    /// How the log names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Pin => "pin",
            Self::Ticket => "ticket",
            Self::Seat => "seat_secret",
        }
    }

    const fn is_compared_slowly(self) -> bool {
        matches!(self, Self::Password | Self::Pin)
    }
}

/// Counts since the service started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// Failed tries, in the order of [`Secret::ALL`].
    pub failed: [u64; 4],
    /// Tries that had to wait and were refused.
    pub refused: u64,
    /// Tries that took longer because of others from the same address.
    pub delayed: u64,
}

type PairKey = (Secret, String, Address);

#[derive(Default)]
struct State {
    pairs: HashMap<PairKey, Pair>,
    accounts: HashMap<(Secret, String), Debt>,
    addresses: HashMap<(Secret, Address), Debt>,
    /// Passwords and PINs that are being compared, by address.
    compared: HashMap<Address, usize>,
    /// Tries that are delayed, by address.
    delayed: HashMap<Address, usize>,
    counts: Failures,
}

/// Remembers who failed.
#[derive(Clone, Default)]
pub struct Throttle(Arc<Mutex<State>>);

impl Throttle {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a try begin, perhaps after a delay. `account` is a login, an account or an enrolment;
    /// tickets have none.
    ///
    /// # Errors
    /// `too_many_tries` with the seconds to wait; `busy` when too many tries of this address are
    /// under way.
    pub async fn admit(&self, secret: Secret, account: Option<&str>, address: Address) -> Result<Attempt, Refusal> {
        let account = account.map(|account| account.chars().take(NAME).collect::<String>());
        let attempt = self.begin(secret, account, address)?;
        if attempt.is_delayed {
            sleep(DELAY).await;
        }
        Ok(attempt)
    }

    fn begin(&self, secret: Secret, account: Option<String>, address: Address) -> Result<Attempt, Refusal> {
        let now = Instant::now();
        let mut state = self.state();
        let debt = state.addresses.get(&(secret, address)).copied();
        let mut is_over = debt.is_some_and(|debt| debt.wait(ADDRESS, now) > Duration::ZERO);
        if let Some(account) = &account {
            let pair = state.pairs.get(&(secret, account.clone(), address)).copied();
            let is_known = pair.is_some_and(|pair| pair.has_succeeded);
            let all = state.accounts.get(&(secret, account.clone())).copied();
            let all = all.filter(|_| !is_known).map_or(Duration::ZERO, |debt| debt.wait(ACCOUNT, now));
            let wait = pair.map_or(Duration::ZERO, |pair| pair.wait(now)).max(all);
            if wait > Duration::ZERO {
                state.counts.refused += 1;
                return Err(too_many_tries(wait));
            }
            is_over &= !is_known;
        }
        if secret.is_compared_slowly() && !count_up(&mut state.compared, address, MOST_COMPARED) {
            state.counts.refused += 1;
            return Err(busy());
        }
        // A seat's own secret must always get through: it cannot be guessed.
        let is_delayed = is_over && count_up(&mut state.delayed, address, MOST_DELAYED);
        if is_over && !is_delayed && secret != Secret::Seat {
            if secret.is_compared_slowly() {
                count_down(&mut state.compared, address);
            }
            state.counts.refused += 1;
            return Err(busy());
        }
        state.counts.delayed += u64::from(is_delayed);
        // A secret that can be guessed counts as wrong until it proves right, so that parallel
        // tries gain nothing.
        let is_counted = secret != Secret::Seat;
        if is_counted {
            state.count_failure(secret, account.as_deref(), address, now);
        }
        drop(state);
        let (throttle, is_settled) = (self.clone(), false);
        Ok(Attempt { throttle, secret, account, address, is_delayed, is_over, is_counted, is_settled })
    }

    /// Counts since the service started.
    #[must_use]
    pub fn failures(&self) -> Failures {
        self.state().counts
    }
}

impl State {
    fn count_failure(&mut self, secret: Secret, account: Option<&str>, address: Address, now: Instant) {
        self.addresses.entry((secret, address)).or_insert(Debt(now)).add(ADDRESS, now);
        if let Some(account) = account {
            self.accounts.entry((secret, account.to_owned())).or_insert(Debt(now)).add(ACCOUNT, now);
            let new = Pair { failures: 0, last: now, has_succeeded: false };
            let pair = self.pairs.entry((secret, account.to_owned(), address)).or_insert(new);
            pair.failures += 1;
            pair.last = now;
        }
        self.forget(now);
    }

    fn take_back(&mut self, secret: Secret, account: Option<&str>, address: Address) {
        if let Some(debt) = self.addresses.get_mut(&(secret, address)) {
            debt.take_back(ADDRESS);
        }
        if let Some(account) = account {
            if let Some(debt) = self.accounts.get_mut(&(secret, account.to_owned())) {
                debt.take_back(ACCOUNT);
            }
            if let Some(pair) = self.pairs.get_mut(&(secret, account.to_owned(), address)) {
                pair.failures = pair.failures.saturating_sub(1);
            }
        }
    }

    /// Bounds what is remembered.
    fn forget(&mut self, now: Instant) {
        if self.pairs.len() + self.accounts.len() + self.addresses.len() <= MOST_REMEMBERED {
            return;
        }
        self.addresses.retain(|_, debt| debt.0 > now);
        self.accounts.retain(|_, debt| debt.0 > now + ACCOUNT.each);
        self.pairs.retain(|_, pair| {
            (pair.has_succeeded || pair.failures > 1) && now.saturating_duration_since(pair.last) < REMEMBERED
        });
        if self.pairs.len() > MOST_REMEMBERED {
            self.pairs.retain(|_, pair| pair.has_succeeded);
        }
    }
}

fn count_up(counts: &mut HashMap<Address, usize>, address: Address, most: usize) -> bool {
    let count = counts.entry(address).or_default();
    let is_free = *count < most;
    *count += usize::from(is_free);
    is_free
}

fn count_down(counts: &mut HashMap<Address, usize>, address: Address) {
    if let Some(count) = counts.get_mut(&address) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(&address);
        }
    }
}

/// A try under way. Dropped without an outcome, for example because the store failed, it counts as
/// none.
#[must_use]
pub struct Attempt {
    throttle: Throttle,
    secret: Secret,
    account: Option<String>,
    address: Address,
    is_delayed: bool,
    is_over: bool,
    /// Whether it counts as a failure already.
    is_counted: bool,
    is_settled: bool,
}

impl Attempt {
    /// It was wrong: a line in the log, and it counts.
    pub fn failed(mut self) {
        self.is_settled = true;
        if !self.is_counted {
            let mut state = self.throttle.state();
            state.count_failure(self.secret, self.account.as_deref(), self.address, Instant::now());
        }
        if let Some(count) = self.throttle.state().counts.failed.get_mut(self.secret as usize) {
            *count += 1;
        }
        if !self.is_over {
            let (secret, account, address) = (self.secret.name(), self.account.as_deref(), self.address);
            tracing::warn!(secret, ?account, %address, "a try failed");
        }
    }

    /// It was right: earlier failures of this account at this address are forgotten.
    pub fn succeeded(mut self) {
        self.is_settled = true;
        let mut state = self.throttle.state();
        if self.is_counted {
            state.take_back(self.secret, self.account.as_deref(), self.address);
        }
        if let Some(account) = &self.account {
            let pair = Pair { failures: 0, last: Instant::now(), has_succeeded: true };
            state.pairs.insert((self.secret, account.clone(), self.address), pair);
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let mut state = self.throttle.state();
        if !self.is_settled && self.is_counted {
            state.take_back(self.secret, self.account.as_deref(), self.address);
        }
        if self.secret.is_compared_slowly() {
            count_down(&mut state.compared, self.address);
        }
        if self.is_delayed {
            count_down(&mut state.delayed, self.address);
        }
    }
}

fn too_many_tries(wait: Duration) -> Refusal {
    let seconds = wait.as_millis().div_ceil(1000);
    Refusal::new(
        RefusalKind::TooMany,
        "too_many_tries",
        "",
        ("输错次数太多。", "there were too many wrong tries"),
        (&format!("请等 {seconds} 秒后再试。"), &format!("try again in {seconds} seconds")),
    )
}

/// Too many people try at the same moment.
pub(crate) fn busy() -> Refusal {
    Refusal::new(
        RefusalKind::TooMany,
        "busy",
        "",
        ("现在同时登录的人太多。", "too many people are trying at the same moment"),
        ("请过几秒再试。", "try again in a few seconds"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::rate::FREE;
    use super::*;
    use std::net::IpAddr;

    fn address(host: u8) -> Address {
        Address::of(IpAddr::from([10, 0, 0, host]))
    }

    async fn fail(throttle: &Throttle, login: &str, host: u8) -> bool {
        let attempt = throttle.admit(Secret::Password, Some(login), address(host)).await;
        attempt.map(Attempt::failed).is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_at_an_address_waits_longer_each_time() {
        let throttle = Throttle::default();
        for _ in 0..FREE {
            assert!(fail(&throttle, "office", 1).await);
        }
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert!(!fail(&throttle, "office", 1).await);
            tokio::time::advance(Duration::from_millis(seconds * 1000 - 10)).await;
            assert!(!fail(&throttle, "office", 1).await, "{seconds}");
            tokio::time::advance(Duration::from_millis(20)).await;
            assert!(fail(&throttle, "office", 1).await, "{seconds}");
        }
        // Neither another account here nor the same one elsewhere must wait.
        assert!(fail(&throttle, "other", 1).await && fail(&throttle, "office", 2).await);
        assert_eq!(throttle.failures().failed, [FREE.into(), 0, 0, 0].map(|n: u64| if n > 0 { n + 10 } else { 0 }));
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_ends_the_wait_and_a_lost_try_is_none() {
        let throttle = Throttle::default();
        for _ in 0..FREE - 1 {
            assert!(fail(&throttle, "office", 1).await);
        }
        for _ in 0..10 {
            drop(throttle.admit(Secret::Password, Some("office"), address(1)).await.unwrap());
        }
        throttle.admit(Secret::Password, Some("office"), address(1)).await.unwrap().succeeded();
        for _ in 0..FREE {
            assert!(fail(&throttle, "office", 1).await);
        }
        assert!(!fail(&throttle, "office", 1).await);
    }

    #[tokio::test(start_paused = true)]
    async fn tries_at_the_same_time_do_not_slip_through() {
        let throttle = Throttle::default();
        let mut under_way = Vec::new();
        for _ in 0..50 {
            under_way.extend(throttle.admit(Secret::Pin, Some("examiner"), address(1)).await);
        }
        assert_eq!(under_way.len(), FREE as usize);
    }

    #[tokio::test(start_paused = true)]
    async fn many_addresses_do_not_help_and_the_owner_gets_in() {
        let throttle = Throttle::default();
        throttle.admit(Secret::Password, Some("office"), address(200)).await.unwrap().succeeded();
        let mut tries = 0;
        for host in 0..100 {
            tries += usize::from(fail(&throttle, "office", host).await);
        }
        assert_eq!(tries, 30);
        assert!(throttle.admit(Secret::Password, Some("office"), address(200)).await.is_ok());
        tokio::time::advance(Duration::from_secs(11)).await;
        assert!(fail(&throttle, "office", 150).await && !fail(&throttle, "office", 151).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_room_behind_one_address_is_slowed_and_not_locked_out() {
        let throttle = Throttle::default();
        for _ in 0..ADDRESS.most {
            throttle.admit(Secret::Ticket, None, address(1)).await.unwrap().failed();
        }
        let begun = Instant::now();
        throttle.admit(Secret::Ticket, None, address(1)).await.unwrap().succeeded();
        assert_eq!(begun.elapsed(), DELAY);
        let begun = Instant::now();
        throttle.admit(Secret::Ticket, None, address(2)).await.unwrap().succeeded();
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_room_that_hands_in_at_one_moment_is_not_delayed() {
        let throttle = Throttle::default();
        let begun = Instant::now();
        let mut under_way = Vec::new();
        for seat in 0..2_000 {
            under_way.push(throttle.admit(Secret::Seat, Some(&format!("seat-{seat}")), address(1)).await.unwrap());
        }
        under_way.into_iter().for_each(Attempt::succeeded);
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
