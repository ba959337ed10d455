//! The PCs that wait to be bound.
//!
//! Ticket numbers are short, so that candidates can type them, and follow each other: they are no
//! secrets. Anybody in the network can ask for anybody's seat. Three things make that harmless:
//!
//! - Nothing opens before an invigilator has found the four digits on the PC in front of the
//!   candidate. Among the PCs that wait in a room no two show the same digits.
//! - A place is held only while the PC's page goes on asking, at most [`HELD`] after it asked last.
//! - When a ticket, an address or the room has no place left, the PC is displaced that belongs to
//!   the address that holds most: so an attacker displaces itself, and the candidate's PC takes its
//!   place. A displaced page that goes on asking gets a place again as soon as there is one.
//!
//! Places are kept in memory. After a restart the pages that go on asking have theirs again within
//! seconds.

use super::throttle::Address;
use crate::aggregates::enrolment::EnrolmentRequest;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a place is held after its page asked last. Pages ask every few seconds.
pub const HELD: Duration = Duration::from_secs(20);

/// How many PCs may wait.
#[derive(Clone, Copy, Debug)]
struct Most {
    ticket: usize,
    address: usize,
    room: usize,
}

const MOST: Most = Most { ticket: 20, address: 700, room: 1000 };

/// A place of a PC that waits.
#[derive(Debug)]
struct Place {
    request: EnrolmentRequest,
    /// Where it asks from.
    address: Address,
    seen: Instant,
}

impl Place {
    fn new(request: &EnrolmentRequest, address: Address) -> Self {
        Self { request: request.clone(), address, seen: Instant::now() }
    }
}

/// The PCs that wait now.
#[derive(Debug, Default)]
pub struct Waiting(Mutex<HashMap<String, Place>>);

impl Waiting {
    fn held(&self) -> MutexGuard<'_, HashMap<String, Place>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, place| place.seen.elapsed() <= HELD);
        held
    }

    /// Holds a place for a PC that has just asked. `request` gets the first of these digits that no
    /// other PC in the room shows. `false` when there is no place and nobody else holds more.
    pub fn ask(
        &self,
        enrolment: &str,
        request: &mut EnrolmentRequest,
        address: Address,
        codes: impl IntoIterator<Item = String>,
    ) -> bool {
        let mut held = self.held();
        let shown: HashSet<&str> =
            of_room(&held, &request.room).map(|(_, other)| other.request.code.as_str()).collect();
        let Some(code) = codes.into_iter().find(|code| !shown.contains(code.as_str())) else { return false };
        request.code = code;
        hold(&mut held, enrolment, request, address)
    }

    /// Goes on holding a PC's place, or gives it one again; `false` as for [`Waiting::ask`].
    pub fn hold(&self, enrolment: &str, request: &EnrolmentRequest, address: Address) -> bool {
        hold(&mut self.held(), enrolment, request, address)
    }

    /// Gives the place up: the PC was bound or refused.
    pub fn release(&self, enrolment: &str) {
        self.held().remove(enrolment);
    }

    /// The enrolments that wait in a room, those first that asked first.
    #[must_use]
    pub fn of_room(&self, room: &str) -> Vec<(String, EnrolmentRequest)> {
        let held = self.held();
        let waiting = of_room(&held, room).map(|(enrolment, other)| (enrolment.clone(), other.request.clone()));
        let mut waiting: Vec<_> = waiting.collect();
        waiting.sort_by(|(a, first), (b, second)| (first.since_ms, a).cmp(&(second.since_ms, b)));
        waiting
    }
}

fn of_room<'a>(held: &'a HashMap<String, Place>, room: &'a str) -> impl Iterator<Item = (&'a String, &'a Place)> {
    held.iter().filter(move |(_, other)| other.request.room == room)
}

fn hold(held: &mut HashMap<String, Place>, enrolment: &str, request: &EnrolmentRequest, address: Address) -> bool {
    if let Some(known) = held.get_mut(enrolment) {
        known.seen = Instant::now();
        return true;
    }
    let is_free = count(held, |other| other.address == address) < MOST.address
        && make_room(held, MOST.ticket, address, |other| other.request.sitting == request.sitting)
        && make_room(held, MOST.room, address, |other| other.request.room == request.room);
    if is_free {
        held.insert(enrolment.to_owned(), Place::new(request, address));
    }
    is_free
}

fn count(held: &HashMap<String, Place>, counts: impl Fn(&Place) -> bool) -> usize {
    held.values().filter(|other| counts(other)).count()
}

/// Displaces a PC when `most` places are held already: the one seen longest ago of the address that
/// holds most of all. A request from that address itself is refused.
fn make_room(held: &mut HashMap<String, Place>, most: usize, asking: Address, counts: impl Fn(&Place) -> bool) -> bool {
    if count(held, &counts) < most {
        return true;
    }
    let mut of_address: HashMap<Address, usize> = HashMap::new();
    for other in held.values() {
        *of_address.entry(other.address).or_default() += 1;
    }
    let here = held.iter().filter(|(_, other)| counts(other));
    let size = |address: &Address| of_address.get(address).copied().unwrap_or_default();
    let displaced = here
        .max_by_key(|(enrolment, other)| (size(&other.address), other.seen.elapsed(), (*enrolment).clone()))
        .map(|(enrolment, other)| (enrolment.clone(), other.address));
    match displaced {
        Some((enrolment, address)) if address != asking && size(&address) > size(&asking) => {
            held.remove(&enrolment);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::digest::Digest;
    use kaoping_record::id::SittingId;
    use kaoping_record::key::Signer as _;
    use kaoping_record::software::Ed25519Signer;
    use kaoping_record::time::Time;

    fn request(ticket: &str) -> EnrolmentRequest {
        EnrolmentRequest {
            ticket: ticket.into(),
            sitting: SittingId::new(format!("sitting-{ticket}")).unwrap(),
            room: "b.1.r1".into(),
            key: Ed25519Signer::from_seed(&[1; 32]).unwrap().public_key().clone(),
            code: String::new(),
            secret: Digest::of(b""),
            since_ms: Time::from_millis(0),
        }
    }

    fn address(host: u8) -> Address {
        Address::of([10, 0, 0, host].into())
    }

    fn hold(waiting: &Waiting, enrolment: &str, ticket: &str, host: u8) -> bool {
        waiting.hold(enrolment, &request(ticket), address(host))
    }

    fn names(waiting: &Waiting) -> Vec<String> {
        waiting.of_room("b.1.r1").into_iter().map(|(enrolment, _)| enrolment).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_stranger_cannot_keep_the_candidate_out() {
        let waiting = Waiting::default();
        for n in 0..100 {
            assert_eq!(hold(&waiting, &format!("fake-{n}"), "1", 9), n < MOST.ticket);
        }
        assert!(hold(&waiting, "honest", "1", 1));
        assert!((100..200).all(|n| !hold(&waiting, &format!("fake-{n}"), "1", 9)));
        assert!(names(&waiting).contains(&"honest".to_owned()));
        assert_eq!(names(&waiting).len(), MOST.ticket);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stranger_with_many_tickets_fills_no_room() {
        let waiting = Waiting::default();
        let taken = (0..2000).filter(|n| hold(&waiting, &format!("fake-{n}"), &format!("{}", n / 10), 9));
        assert_eq!(taken.count(), MOST.address);
        let honest = (0..30).filter(|n| hold(&waiting, &format!("honest-{n}"), &format!("{n}"), 1));
        assert_eq!(honest.count(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_is_held_while_the_page_asks() {
        let waiting = Waiting::default();
        assert!(hold(&waiting, "a", "1", 1) && hold(&waiting, "b", "1", 1));
        for _ in 0..5 {
            tokio::time::advance(Duration::from_secs(5)).await;
            assert!(hold(&waiting, "a", "1", 1));
        }
        assert_eq!(names(&waiting), ["a"]);
        assert!(hold(&waiting, "b", "1", 1));
        waiting.release("a");
        assert_eq!(names(&waiting), ["b"]);
    }

    #[tokio::test(start_paused = true)]
    async fn six_hundred_pcs_behind_one_address_wait() {
        let waiting = Waiting::default();
        assert!((0..600).all(|n| hold(&waiting, &format!("{n}"), &format!("{n}"), 1)));
    }

    #[tokio::test(start_paused = true)]
    async fn no_two_pcs_of_a_room_show_the_same_digits() {
        let waiting = Waiting::default();
        let codes = || ["1111", "2222"].map(str::to_owned);
        let (mut first, mut second, mut third) = (request("1"), request("2"), request("3"));
        assert!(
            waiting.ask("a", &mut first, address(1), codes()) && waiting.ask("b", &mut second, address(1), codes())
        );
        assert_eq!((first.code.as_str(), second.code.as_str()), ("1111", "2222"));
        assert!(!waiting.ask("c", &mut third, address(1), codes()));
    }
}
