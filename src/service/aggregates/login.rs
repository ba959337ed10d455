//! Logins: who was in, from when to when. The key is the digest of the cookie's token, never the
//! token.

use crate::work::Aggregate;
use kaoping_engine::session::room_time::ClockReading;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// How far a machine's clock may be behind after a start.
const CLOCK_TOLERANCE_MS: i64 = 5 * 60_000;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoginState {
    pub login: Login,
    /// Whether it was closed before it ended by itself.
    is_closed: bool,
}

/// A login as it was opened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Login {
    pub account: AccountId,
    pub opened_ms: Time,
    /// The start of the machine in which it was opened, and the milliseconds since then.
    pub boot_id: String,
    pub boottime_ms: i64,
    /// When it ends by itself.
    pub expires_ms: Time,
    /// How often all logins of the account had been ended when it was opened.
    pub logins_ended: u32,
    /// How the browser names itself.
    pub device: String,
}

/// What happens to a login.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum LoginEvent {
    /// Somebody logged in.
    Opened { login: Login },
    /// Logged out, ended by its owner, or presented after its end.
    Closed {},
}

impl LoginState {
    /// Whether nobody has closed it, though its time may be over.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.is_closed
    }

    /// The login, while it is open at this time; whether its account still counts it is for the
    /// account to say.
    ///
    /// Until the machine is started again its age is measured by the boot time, which nobody can
    /// set. Afterwards it is measured by the clock, and a login that seems to come from the future
    /// counts no longer: the clock was set back.
    #[must_use]
    pub fn open_at(&self, now: Time, clocks: &ClockReading) -> Option<&Login> {
        let login = &self.login;
        let opened =
            ClockReading { wall_ms: login.opened_ms, boot_id: login.boot_id.clone(), boottime_ms: login.boottime_ms };
        let by_clock = now.millis().saturating_sub(login.opened_ms.millis());
        let age = clocks.since(&opened).unwrap_or(by_clock);
        let lasts = login.expires_ms.millis().saturating_sub(login.opened_ms.millis());
        (!self.is_closed && (-CLOCK_TOLERANCE_MS..lasts).contains(&age)).then_some(login)
    }
}

impl Aggregate for LoginState {
    const FAMILY: &'static str = "login";
    const COLLECTION: Collection = Collection::LoginSession;
    type Event = LoginEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        match event {
            LoginEvent::Opened { login } => Some(Self { login, is_closed: false }),
            LoginEvent::Closed {} => None,
        }
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            LoginEvent::Opened { login } => *self = Self { login, is_closed: false },
            LoginEvent::Closed {} => self.is_closed = true,
        }
    }

    /// Its account, while it was not closed.
    fn lookup(&self) -> Option<String> {
        (!self.is_closed).then(|| self.login.account.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Time {
        Time::from_millis(millis)
    }

    /// A login of the first start of the machine that lasts an hour.
    fn opened(opened_ms: i64) -> LoginState {
        let login = Login {
            account: AccountId::new("a1").expect("id"),
            opened_ms: at(opened_ms),
            boot_id: "first".into(),
            boottime_ms: 1_000,
            expires_ms: at(opened_ms + HOUR),
            logins_ended: 0,
            device: "Firefox".into(),
        };
        LoginState::begin(LoginEvent::Opened { login }, at(opened_ms), "account:a1").expect("begins")
    }

    fn reading(boot_id: &str, boottime_ms: i64) -> ClockReading {
        ClockReading { wall_ms: at(0), boot_id: boot_id.into(), boottime_ms }
    }

    const HOUR: i64 = 3_600_000;

    // Catches a login that works after its end or after the logout.
    #[test]
    fn a_login_ends_by_itself_and_by_logging_out() {
        let mut state = opened(0);
        let later = |passed: i64| (at(passed), reading("first", 1_000 + passed));
        let is_open = |state: &LoginState, (now, clocks): (Time, ClockReading)| state.open_at(now, &clocks).is_some();
        assert!(is_open(&state, later(HOUR - 1)));
        assert!(!is_open(&state, later(HOUR)));
        assert_eq!(state.lookup().as_deref(), Some("a1"));
        state.apply(LoginEvent::Closed {}, at(50), "account:a1");
        assert!(!is_open(&state, later(60)));
        assert_eq!(state.lookup(), None, "it is listed no longer");
    }

    // Catches a login that opens again when the clock is set back and the service starts anew.
    #[test]
    fn no_clock_that_is_set_back_opens_an_expired_login_again() {
        let day = 24 * HOUR;
        let state = opened(day);
        // The same start of the machine: whatever the clock says, the boot time counts.
        for now in [day - HOUR, day, day + 1, day + 10 * HOUR] {
            assert!(state.open_at(at(now), &reading("first", 1_000 + HOUR - 1)).is_some(), "{now}");
            assert!(state.open_at(at(now), &reading("first", 1_000 + HOUR)).is_none(), "{now}");
        }
        // Another start: the clock counts, and a login from its future is none.
        let after = |now: i64| state.open_at(at(now), &reading("second", 20)).is_some();
        assert!(after(day + HOUR - 1) && !after(day + HOUR));
        assert!(after(day - CLOCK_TOLERANCE_MS) && !after(day - CLOCK_TOLERANCE_MS - 1));
        assert!(!after(0), "a clock that lost its battery");
    }
}
