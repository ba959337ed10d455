//! The stream of events that one device writes in a session, and how many of them device and
//! service hold it.
//!
//! A session keeps its events in a [`Journal`]. The device fetches requests with
//! [`Journal::poll_output`] until there are none: each event is stored on the device first and sent
//! to the service afterwards. The service answers which event it holds, and [`Journal::confirm`]
//! notes it. Whatever is not confirmed can be sent again at any time ([`Journal::unconfirmed`]).

use super::reunite::reunite;
use kaoping_record::digest::Digest;
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::key::Signer;
use kaoping_record::message::{Message, MessageError, Signed};
use kaoping_record::time::Time;
use std::collections::VecDeque;

/// A request of a session to the device that runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Append these bytes of an event to the journal on the device, before anything that comes
    /// after.
    Persist(Vec<u8>),
    /// Send this new event to the service.
    Send {
        /// The event's identity.
        id: Digest,
        /// The event's canonical bytes.
        bytes: Vec<u8>,
    },
    /// Call the session's `wake` at this time.
    WakeAt(Time),
}

/// Why an event is not the next one of a journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// It is not an event, or it does not continue the stream.
    #[error(transparent)]
    Event(#[from] EventError),
    /// It was written by somebody else.
    #[error("event is by `{found}`, not by `{expected}`")]
    OtherActor {
        /// The writer of this journal.
        expected: String,
        /// The event's actor.
        found: String,
    },
}

/// The events that one device has written, and what is still to be done with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    stream: Stream,
    actor: String,
    events: Vec<Sealed>,
    /// How many events, from the first, the service holds.
    confirmed: usize,
    waiting: VecDeque<Output>,
}

impl Journal {
    /// An empty journal of this stream, to which only `actor` writes.
    #[must_use]
    pub fn new(stream: Stream, actor: String) -> Self {
        Self { stream, actor, events: Vec::new(), confirmed: 0, waiting: VecDeque::new() }
    }

    /// The stream that this device writes.
    #[must_use]
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The writer's name in the envelope.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Where the stream ends.
    #[must_use]
    pub fn head(&self) -> Head {
        self.events.last().map_or(Head::EMPTY, Sealed::head)
    }

    /// The time that is written into an event of `now`. A clock that runs backwards stops nobody:
    /// no event is dated before the last.
    #[must_use]
    pub fn date(&self, now: Time) -> Time {
        self.events.last().map_or(now, |last| last.event().at_ms.max(now))
    }

    /// The next request to the device.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.waiting.pop_front()
    }

    /// The events that the service is not known to hold, oldest first.
    #[must_use]
    pub fn unconfirmed(&self) -> &[Sealed] {
        self.events.get(self.confirmed..).unwrap_or_default()
    }

    /// The service holds this event and all before it. False when the event is not waited for.
    pub fn confirm(&mut self, id: Digest) -> bool {
        let place = self.unconfirmed().iter().position(|sealed| sealed.identity() == id);
        self.confirmed += place.map_or(0, |place| place + 1);
        place.is_some()
    }

    /// The service names the last event that it holds, `None` when it holds none. A service that
    /// was restored from an older backup holds less than it once confirmed; what it lacks counts as
    /// unconfirmed again. False when this changes nothing, or when the event is not in this
    /// journal.
    pub fn resume_after(&mut self, last: Option<Digest>) -> bool {
        let held = match last {
            None => Some(0),
            Some(id) => self.events.iter().position(|sealed| sealed.identity() == id).map(|place| place + 1),
        };
        let changed = held.filter(|held| *held != self.confirmed);
        self.confirmed = changed.unwrap_or(self.confirmed);
        changed.is_some()
    }

    /// Asks to be woken.
    pub(crate) fn wake_at(&mut self, time: Time) {
        self.waiting.push_back(Output::WakeAt(time));
    }

    /// Adds a new event: to be stored on the device, then sent.
    pub(crate) fn append(&mut self, sealed: Sealed) {
        self.waiting.push_back(Output::Persist(sealed.bytes().to_vec()));
        self.waiting.push_back(Output::Send { id: sealed.identity(), bytes: sealed.bytes().to_vec() });
        self.events.push(sealed);
    }

    /// Reads a stored event and checks that it is the next of this journal.
    pub(crate) fn read(&self, bytes: &[u8]) -> Result<Sealed, JournalError> {
        let sealed = Sealed::parse(bytes)?;
        sealed.continues(&self.stream, self.head())?;
        let found = &sealed.event().actor;
        if *found != self.actor {
            return Err(JournalError::OtherActor { expected: self.actor.clone(), found: found.clone() });
        }
        Ok(sealed)
    }

    /// Takes back an event that was stored before.
    pub(crate) fn restore(&mut self, sealed: Sealed) {
        self.events.push(sealed);
    }
}

/// How the events on a device and those of the service were joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejoined {
    /// How many of the device's events, from the first, still count; the device sets aside those
    /// after them.
    pub kept: usize,
    /// How many of the device's events count no longer.
    pub aside: usize,
    /// How many of those cannot be read; the others are not the service's, because another device
    /// went on.
    pub unreadable: usize,
}

/// A session that writes a [`Journal`]: what a device does with it is the same for each kind of
/// session.
pub trait Journaled {
    /// Why the session refuses.
    type Error;
    /// What the device signs about its stream.
    type Checkpoint: Message;

    /// The present events of this device.
    fn journal(&self) -> &Journal;

    /// The same, to fetch requests and to note what the service holds.
    fn journal_mut(&mut self) -> &mut Journal;

    /// Takes back a stored event of this device's stream; they come oldest first.
    ///
    /// # Errors
    /// When it is not the next event of the stream, or does not fit. The session is then as before.
    fn restore(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;

    /// The present stream.
    fn checkpoint(&self) -> Self::Checkpoint;

    /// Begins with what device and service hold of the stream, each oldest first, in a session
    /// without events. Where they went different ways the service's events count, and the device is
    /// asked to store them. What the device alone holds and the session cannot read counts no
    /// longer either; the person continues.
    ///
    /// # Errors
    /// When an event of the service does not fit.
    fn rejoin(&mut self, device: &[&[u8]], service: &[&[u8]]) -> Result<Rejoined, Self::Error> {
        let joined = reunite(device, service);
        let common = device.len() - joined.aside.len();
        let mut replayed = 0;
        for bytes in &joined.events {
            match self.restore(bytes) {
                Ok(()) => replayed += 1,
                Err(error) if replayed < joined.acknowledged => return Err(error),
                Err(_) => break,
            }
        }
        let journal = self.journal_mut();
        journal.confirmed = joined.acknowledged;
        let missing = journal.events.iter().skip(common);
        journal.waiting.extend(missing.map(|sealed| Output::Persist(sealed.bytes().to_vec())));
        let kept = common.min(replayed);
        Ok(Rejoined { kept, aside: device.len() - kept, unreadable: common - kept })
    }

    /// The checkpoint, signed with the device's key: the message's canonical bytes.
    ///
    /// # Errors
    /// [`MessageError`] when it cannot be signed.
    fn signed_checkpoint(&self, signer: &dyn Signer) -> Result<Vec<u8>, MessageError> {
        Signed::new(self.checkpoint()).sign(signer)?.to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Result<Journal, EventError> {
        Ok(Journal::new(Stream::new("tablet/a1")?, "account:e1".into()))
    }

    fn next(journal: &Journal, body: u32) -> Result<Sealed, EventError> {
        Sealed::next(journal.stream(), journal.head(), Time::from_millis(1), journal.actor(), "sheet.x", 1, &body)
    }

    fn three() -> Result<(Journal, [Digest; 3]), EventError> {
        let mut journal = journal()?;
        let mut ids = [Digest::ZERO; 3];
        for (id, body) in ids.iter_mut().zip(0..) {
            let sealed = next(&journal, body)?;
            *id = sealed.identity();
            journal.restore(sealed);
        }
        Ok((journal, ids))
    }

    fn unconfirmed(journal: &Journal) -> Vec<Digest> {
        journal.unconfirmed().iter().map(Sealed::identity).collect()
    }

    #[test]
    fn stores_before_it_sends() -> Result<(), EventError> {
        let mut journal = journal()?;
        for body in 0..3 {
            let sealed = next(&journal, body)?;
            journal.append(sealed.clone());
            assert_eq!(journal.poll_output(), Some(Output::Persist(sealed.bytes().to_vec())));
            let (id, bytes) = (sealed.identity(), sealed.bytes().to_vec());
            assert_eq!(journal.poll_output(), Some(Output::Send { id, bytes }));
        }
        assert_eq!(journal.poll_output(), None);
        Ok(())
    }

    #[test]
    fn offers_again_what_is_not_confirmed() -> Result<(), EventError> {
        let (mut journal, [first, second, third]) = three()?;
        assert_eq!(unconfirmed(&journal), [first, second, third]);
        assert!(journal.confirm(second));
        assert!(!journal.confirm(first), "confirmed together with the second");
        assert_eq!(unconfirmed(&journal), [third]);
        Ok(())
    }

    // Catches events that are lost when the service is restored from a backup older than its
    // confirmation.
    #[test]
    fn goes_back_to_what_a_restored_service_holds() -> Result<(), EventError> {
        let (mut journal, [first, second, third]) = three()?;
        assert!(journal.confirm(third));
        assert!(journal.resume_after(Some(first)));
        assert_eq!(unconfirmed(&journal), [second, third]);
        assert!(!journal.resume_after(Some(first)), "nothing new");
        assert!(!journal.resume_after(Some(Digest::of(b"elsewhere"))), "another way");
        assert_eq!(unconfirmed(&journal), [second, third]);
        assert!(journal.resume_after(None));
        assert_eq!(unconfirmed(&journal), [first, second, third]);
        assert!(journal.resume_after(Some(third)), "it may also hold more than was confirmed");
        assert_eq!(unconfirmed(&journal), []);
        Ok(())
    }

    #[test]
    fn reads_only_the_next_event_of_its_writer() -> Result<(), EventError> {
        let (journal, _) = three()?;
        let next = next(&journal, 3)?;
        assert_eq!(journal.read(next.bytes()), Ok(next.clone()));
        let other = String::from_utf8_lossy(next.bytes()).replace("account:e1", "account:e2");
        assert!(matches!(journal.read(other.as_bytes()), Err(JournalError::OtherActor { .. })));
        let elsewhere = String::from_utf8_lossy(next.bytes()).replace("tablet/a1", "tablet/a2");
        let error = journal.read(elsewhere.as_bytes());
        assert!(matches!(error, Err(JournalError::Event(EventError::OtherStream { .. }))));
        Ok(())
    }
}
