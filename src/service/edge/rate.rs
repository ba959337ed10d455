//! How failures are forgiven, and how long to wait after one.

use std::time::Duration;
use tokio::time::Instant;

/// Failures of an account at an address before it must wait.
pub(super) const FREE: u32 = 5;
/// The longest wait of an account at an address.
const LONGEST: Duration = Duration::from_secs(60);

/// How many failures may happen at once, and how fast they are forgiven.
#[derive(Clone, Copy)]
pub(super) struct Rate {
    pub(super) each: Duration,
    pub(super) most: u32,
}

/// When all failures are forgiven; the past when there are none.
#[derive(Clone, Copy)]
pub(super) struct Debt(pub(super) Instant);

impl Debt {
    pub(super) fn add(&mut self, rate: Rate, now: Instant) {
        self.0 = self.0.max(now) + rate.each;
    }

    pub(super) fn take_back(&mut self, rate: Rate) {
        self.0 = self.0.checked_sub(rate.each).unwrap_or(self.0);
    }

    /// How long until another failure is allowed.
    pub(super) fn wait(self, rate: Rate, now: Instant) -> Duration {
        let allowed = rate.each.saturating_mul(rate.most.saturating_sub(1));
        self.0.saturating_duration_since(now).saturating_sub(allowed)
    }
}

/// An account at an address.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) failures: u32,
    pub(super) last: Instant,
    pub(super) has_succeeded: bool,
}

impl Pair {
    pub(super) fn wait(self, now: Instant) -> Duration {
        let Some(beyond) = self.failures.checked_sub(FREE) else { return Duration::ZERO };
        let wait = Duration::from_secs(1 << beyond.min(6)).min(LONGEST);
        wait.saturating_sub(now.saturating_duration_since(self.last))
    }
}
