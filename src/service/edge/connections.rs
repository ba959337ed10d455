//! Who may hold a connection.
//!
//! A connection belongs to a stranger until it has shown a bound seat's secret or a login.
//! Strangers share a limited number of connections, in total and for each address. A new connection
//! is never refused while another stranger only waits: the one that has waited longest is closed,
//! of the address that holds most. So an attacker who opens connections and leaves them closes its
//! own ones, and a browser whose idle connection was closed opens another.
//!
//! A connection on which a bound seat or a member of staff was recognised does not count any more,
//! up to [`MOST_OF_ONE`] for each of them.

use super::throttle::Address;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Most connections of one bound seat or account that do not count as a stranger's; a browser opens
/// six.
pub const MOST_OF_ONE: usize = 16;

/// How many connections strangers may hold, and how long anybody may hold one without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// All strangers together.
    pub total: usize,
    /// Those of one address: a whole school may share one.
    pub address: usize,
    /// How long the headers of a request may take, counted from the end of the one before. Pages
    /// ask every few seconds.
    pub idle: Duration,
}

const IDLE: Duration = Duration::from_secs(20);

impl Limits {
    /// Limits that leave most of the process's file descriptors to seats, staff and the store.
    #[must_use]
    pub fn for_descriptors(descriptors: u64) -> Self {
        let total = usize::try_from(descriptors / 4).unwrap_or(usize::MAX).clamp(32, 4096);
        Self { total, address: total / 2, idle: IDLE }
    }
}

/// All connections of both listeners.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    strangers: HashMap<u64, Stranger>,
    /// Strangers' connections by address.
    of_address: HashMap<Address, usize>,
    /// Connections of bound seats and of staff, by enrolment or account.
    of_known: HashMap<String, usize>,
    /// How many connections were closed to make room, and not yet reported.
    closed: u64,
}

#[derive(Debug)]
struct Stranger {
    address: Address,
    /// Since when the service waits for its bytes; `None` while a request is worked on.
    waits_since: Option<Instant>,
    close: oneshot::Sender<()>,
}

impl State {
    fn remove_stranger(&mut self, id: u64) -> Option<Stranger> {
        let stranger = self.strangers.remove(&id)?;
        count_down(&mut self.of_address, &stranger.address);
        Some(stranger)
    }

    /// Closes the stranger that has waited longest, of `address` or of all; `false` when none
    /// waits.
    fn close_one(&mut self, address: Option<Address>) -> bool {
        let waiting = self.strangers.iter().filter(|(_, stranger)| address.is_none_or(|at| at == stranger.address));
        let longest = waiting.filter_map(|(id, stranger)| Some((stranger.waits_since?, *id))).min();
        let Some(stranger) = longest.and_then(|(_, id)| self.remove_stranger(id)) else { return false };
        self.closed += 1;
        // A socket that is gone already has dropped the other end.
        let _ = stranger.close.send(());
        true
    }
}

fn count_down<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

impl Connections {
    /// No connections yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Shared { limits, state: Mutex::default() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Accepts a new connection; the second value resolves when it must be closed. `None` when
    /// strangers hold as many as they may and requests are worked on for all of them.
    #[must_use]
    pub fn admit(&self, peer: SocketAddr, local: SocketAddr) -> Option<(Connection, oneshot::Receiver<()>)> {
        let address = Address::of(peer.ip());
        let limits = self.0.limits;
        let mut state = self.state();
        if state.of_address.get(&address).is_some_and(|count| *count >= limits.address)
            && !state.close_one(Some(address))
        {
            return None;
        }
        if state.strangers.len() >= limits.total {
            let most = state.of_address.iter().max_by_key(|(_, count)| **count).map(|(address, _)| *address);
            if !state.close_one(most) && !state.close_one(None) {
                return None;
            }
        }
        let id = state.next;
        state.next += 1;
        *state.of_address.entry(address).or_default() += 1;
        let (close, closed) = oneshot::channel();
        state.strangers.insert(id, Stranger { address, waits_since: Some(Instant::now()), close });
        drop(state);
        let held = Held { connections: self.clone(), id, known: Mutex::default() };
        Some((Connection { held: Arc::new(held), address, local }, closed))
    }

    /// Strangers' connections, and connections of bound seats and staff.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let state = self.state();
        (state.strangers.len(), state.of_known.values().sum())
    }

    /// How many connections were closed to make room since this was last asked.
    #[must_use]
    pub fn take_closed(&self) -> u64 {
        std::mem::take(&mut self.state().closed)
    }
}

/// One connection; its socket and its requests share it.
#[derive(Clone, Debug)]
pub struct Connection {
    held: Arc<Held>,
    /// Where it comes from.
    pub address: Address,
    /// Where it arrived.
    pub local: SocketAddr,
}

#[derive(Debug)]
struct Held {
    connections: Connections,
    id: u64,
    /// The bound seat or account, once recognised.
    known: Mutex<Option<String>>,
}

impl Connection {
    /// A bound seat or a member of staff was recognised on it; `who` is the enrolment or the
    /// account.
    pub fn recognise(&self, who: &str) {
        let mut known = self.held.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_some() {
            return;
        }
        let mut state = self.held.connections.state();
        let count = state.of_known.entry(who.to_owned()).or_default();
        if *count < MOST_OF_ONE {
            *count += 1;
            state.remove_stranger(self.held.id);
            *known = Some(who.to_owned());
        }
    }

    /// Whether a bound seat or a member of staff was recognised on it.
    #[must_use]
    pub fn is_recognised(&self) -> bool {
        self.held.known.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// A request has arrived whole and is worked on.
    pub fn works(&self) {
        self.set_waits_since(None);
    }

    /// The answer is there; the service waits for the client again.
    pub fn waits(&self) {
        self.set_waits_since(Some(Instant::now()));
    }

    fn set_waits_since(&self, since: Option<Instant>) {
        if let Some(stranger) = self.held.connections.state().strangers.get_mut(&self.held.id) {
            stranger.waits_since = since;
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut state = self.connections.state();
        match known {
            Some(who) => count_down(&mut state.of_known, &who),
            None => drop(state.remove_stranger(self.id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(total: usize, address: usize) -> Limits {
        Limits { total, address, idle: IDLE }
    }

    fn peer(host: u8) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, host], 1))
    }

    fn admit(all: &Connections, host: u8) -> (Connection, oneshot::Receiver<()>) {
        all.admit(peer(host), peer(9)).unwrap()
    }

    #[tokio::test]
    async fn six_hundred_bound_seats_of_one_address_leave_room_for_strangers() {
        let all = Connections::new(limits(20, 10));
        let mut seats = Vec::new();
        for seat in 0..600 {
            let (connection, closed) = admit(&all, 1);
            connection.recognise(&format!("seat-{seat}"));
            seats.push((connection, closed));
        }
        let mut strangers: Vec<_> = (0..30).map(|_| admit(&all, 1)).collect();
        assert_eq!(all.counts(), (10, 600));
        // The oldest were asked to close, no seat was.
        assert!(strangers.iter_mut().take(20).all(|(_, closed)| closed.try_recv().is_ok()));
        assert!(strangers.iter_mut().skip(20).all(|(_, closed)| closed.try_recv().is_err()));
        assert!(seats.iter_mut().all(|(_, closed)| closed.try_recv() != Ok(())));
        assert_eq!(all.take_closed(), 20);
        drop(seats);
        drop(strangers);
        assert_eq!(all.counts(), (0, 0));
    }

    #[tokio::test]
    async fn room_is_made_at_the_address_that_holds_most() {
        let all = Connections::new(limits(6, 5));
        let mut honest = admit(&all, 1);
        let _attacker: Vec<_> = (0..5).map(|_| admit(&all, 2)).collect();
        let mut other = admit(&all, 3);
        assert!(honest.1.try_recv().is_err() && other.1.try_recv().is_err());
        assert_eq!(all.counts(), (6, 0));
    }

    #[tokio::test]
    async fn who_is_worked_for_is_not_closed() {
        let all = Connections::new(limits(2, 2));
        let (first, mut first_closed) = admit(&all, 1);
        let (second, mut second_closed) = admit(&all, 1);
        first.works();
        let (third, _third_closed) = admit(&all, 1);
        assert!(first_closed.try_recv().is_err());
        assert!(second_closed.try_recv().is_ok());
        third.works();
        assert!(all.admit(peer(1), peer(9)).is_none());
        first.waits();
        assert!(all.admit(peer(1), peer(9)).is_some());
        drop(second);
    }

    #[tokio::test]
    async fn one_seat_cannot_hold_connections_without_end() {
        let all = Connections::new(limits(30, 30));
        let connections: Vec<_> = (0..20).map(|_| admit(&all, 1)).collect();
        connections.iter().for_each(|(connection, _)| connection.recognise("seat"));
        assert_eq!(all.counts(), (4, MOST_OF_ONE));
    }
}
