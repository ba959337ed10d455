//! What a session asks of the device that runs it: to store, to send, to wake it.

use kaoping_record::digest::Digest;
use kaoping_record::event::Sealed;
use kaoping_record::time::Time;
use std::collections::VecDeque;

/// A request of a session to the device that runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Append these bytes of an event to the journal on the device, before anything that comes after.
    Persist(Vec<u8>),
    /// Send this event to the service until [`Outbox::confirm`] says that it is durable there.
    Send {
        /// The event's identity.
        id: Digest,
        /// The event's canonical bytes.
        bytes: Vec<u8>,
    },
    /// Call the session's `wake` at this time.
    WakeAt(Time),
}

/// Requests that wait to be fetched, and events that the service has not confirmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    waiting: VecDeque<Output>,
    unconfirmed: VecDeque<Sealed>,
}

impl Outbox {
    /// A new event: to be stored on the device, then sent.
    pub fn add(&mut self, sealed: Sealed) {
        self.waiting.push_back(Output::Persist(sealed.bytes().to_vec()));
        self.waiting.push_back(send(&sealed));
        self.unconfirmed.push_back(sealed);
    }

    /// An event that the device has stored already.
    pub fn restore(&mut self, sealed: Sealed) {
        self.unconfirmed.push_back(sealed);
    }

    /// Asks to be woken.
    pub fn wake_at(&mut self, time: Time) {
        self.waiting.push_back(Output::WakeAt(time));
    }

    /// The next request, in order.
    pub fn poll(&mut self) -> Option<Output> {
        self.waiting.pop_front()
    }

    /// The service holds this event, and so all before it in the stream. False when the event is not waited for.
    pub fn confirm(&mut self, id: Digest) -> bool {
        let Some(place) = self.unconfirmed.iter().position(|sealed| sealed.identity() == id) else {
            return false;
        };
        self.unconfirmed.drain(..=place);
        true
    }

    /// Asks once more to send whatever is not confirmed, in order: after a reload, or when the network is back.
    pub fn resend(&mut self) {
        self.waiting.retain(|output| !matches!(output, Output::Send { .. }));
        self.waiting.extend(self.unconfirmed.iter().map(send));
    }

    /// How many events the service has not confirmed.
    #[must_use]
    pub fn unconfirmed(&self) -> usize {
        self.unconfirmed.len()
    }
}

fn send(sealed: &Sealed) -> Output {
    Output::Send { id: sealed.identity(), bytes: sealed.bytes().to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::event::{EventError, Head, Stream};

    fn three() -> Result<Vec<Sealed>, EventError> {
        let stream = Stream::new("tablet/a1")?;
        let mut head = Head::EMPTY;
        (0..3)
            .map(|body| {
                let sealed = Sealed::next(&stream, head, Time::from_millis(1), "account:e1", "sheet.x", 1, &body)?;
                head = sealed.head();
                Ok(sealed)
            })
            .collect()
    }

    #[test]
    fn stores_before_it_sends() -> Result<(), EventError> {
        let mut outbox = Outbox::default();
        for sealed in three()? {
            outbox.add(sealed.clone());
            assert_eq!(outbox.poll(), Some(Output::Persist(sealed.bytes().to_vec())));
            assert_eq!(outbox.poll(), Some(send(&sealed)));
        }
        assert_eq!(outbox.poll(), None);
        Ok(())
    }

    #[test]
    fn sends_again_what_is_not_confirmed_and_only_once_each() -> Result<(), EventError> {
        let events = three()?;
        let mut outbox = Outbox::default();
        events.iter().cloned().for_each(|sealed| outbox.restore(sealed));
        let [first, second, third] = <[Sealed; 3]>::try_from(events).unwrap_or_else(|other| unreachable!("{other:?}"));
        assert!(outbox.confirm(second.identity()));
        assert!(!outbox.confirm(first.identity()), "confirmed together with the second");
        outbox.resend();
        outbox.resend();
        assert_eq!((outbox.poll(), outbox.poll()), (Some(send(&third)), None));
        assert_eq!(outbox.unconfirmed(), 1);
        Ok(())
    }
}
