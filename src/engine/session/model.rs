//! Both kinds of session beside a model of a journal, under every short sequence of what can happen
//! to one.

use super::candidate::{CandidateSession, Seat, Touch};
use super::clock::Deadline;
use super::journal::{Journaled, Output, Rejoined};
use crate::draw::paper::{PAPER_VERSION, Paper, PaperItem};
use crate::practical::code::AwardCode;
use crate::practical::example;
use crate::practical::session::{Assignment, SheetSession};
use crate::practical::sheet_event::SheetEvent;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};
use kaoping_record::id::{AccountId, AssignmentId, BatchId, ItemId, OptionId, PaperId, SheetItemId, SittingId};
use kaoping_record::key::Signer;
use kaoping_record::software::Ed25519Signer;
use kaoping_record::time::Time;
use std::collections::BTreeSet;
use std::error::Error;

type Tried<T> = Result<T, Box<dyn Error>>;

/// Every sequence of this many steps is tried.
const STEPS: u32 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Handle,
    ConfirmNext,
    ConfirmLast,
    ConfirmStranger,
    /// The service comes back from a backup that holds one event.
    ServiceHoldsFirst,
    /// The service comes back from a backup that holds nothing.
    ServiceHoldsNothing,
    Reload,
    /// The device has lost what it stored.
    ReloadEmpty,
    /// Another device went on after the last confirmed event.
    ReloadBehindAnother,
}

const ALL: [Step; 9] = [
    Step::Handle,
    Step::ConfirmNext,
    Step::ConfirmLast,
    Step::ConfirmStranger,
    Step::ServiceHoldsFirst,
    Step::ServiceHoldsNothing,
    Step::Reload,
    Step::ReloadEmpty,
    Step::ReloadBehindAnother,
];

/// The visible state of a session after a step. Events are named by their number in the stream.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    changed: bool,
    rejoined: Option<Rejoined>,
    persist: Vec<u64>,
    send: Vec<u64>,
    events: u64,
    unconfirmed: Vec<u64>,
}

/// The model: how many events the device has written, and how many of them the service has
/// confirmed.
#[derive(Clone, Copy, Default)]
struct Model {
    written: u64,
    confirmed: u64,
}

impl Model {
    fn step(&mut self, step: Step) -> Seen {
        let Self { written, confirmed } = *self;
        let (mut persist, mut send, mut rejoined) = (Vec::new(), Vec::new(), None);
        let changed = match step {
            Step::Handle => {
                (persist, send) = (vec![written], vec![written]);
                self.written += 1;
                true
            }
            Step::ConfirmNext => {
                self.confirmed = written.min(confirmed + 1);
                confirmed < written
            }
            Step::ConfirmLast => {
                self.confirmed = written;
                confirmed < written
            }
            Step::ConfirmStranger => false,
            Step::ServiceHoldsFirst => {
                self.confirmed = if written == 0 { 0 } else { 1 };
                self.confirmed != confirmed
            }
            Step::ServiceHoldsNothing => {
                self.confirmed = 0;
                confirmed > 0
            }
            Step::Reload => {
                rejoined = Some((written, 0));
                true
            }
            Step::ReloadEmpty => {
                self.written = confirmed;
                (rejoined, persist) = (Some((0, 0)), (0..confirmed).collect());
                true
            }
            Step::ReloadBehindAnother => {
                *self = Self { written: confirmed + 1, confirmed: confirmed + 1 };
                (rejoined, persist) = (Some((confirmed, written - confirmed)), vec![confirmed]);
                true
            }
        };
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let rejoined = rejoined.map(|(kept, aside)| Rejoined { kept: count(kept), aside: count(aside), unreadable: 0 });
        let unconfirmed = (self.confirmed..self.written).collect();
        Seen { changed, rejoined, persist, send, events: self.written, unconfirmed }
    }
}

/// A kind of session: how one begins, and something that always writes one event.
trait Kind: Journaled<Error: Error + 'static> + Clone {
    fn empty() -> Tried<Self>;
    fn act(&mut self, now: Time) -> Tried<()>;
}

impl Kind for CandidateSession {
    fn empty() -> Tried<Self> {
        let paper = Paper {
            attempt: 1,
            batch: BatchId::new("b1")?,
            items: vec![PaperItem { item: ItemId::new("a")?, options: vec![OptionId::new("a1")?] }],
            manifest: Digest::of(b"manifest"),
            paper: PaperId::new("p1")?,
            v: PAPER_VERSION,
        };
        let key = Ed25519Signer::from_seed(&[7; 32])?.public_key().id();
        let seat = Seat { sitting: SittingId::new("s1")?, number: 0, key };
        let mut session = Self::new(paper, BTreeSet::new(), seat, [])?;
        session.set_deadline(Time::from_millis(0), Deadline::Running { ends_at_ms: Time::from_millis(9_000_000) });
        Ok(session)
    }

    fn act(&mut self, now: Time) -> Tried<()> {
        if self.journal().head().next_seq == 0 {
            return Ok(self.open(now, Time::from_millis(0))?);
        }
        let item = ItemId::new("a")?;
        let on = !self.answers().is_flagged(&item);
        Ok(self.handle(now, Touch::Flag { item, on })?)
    }
}

impl Kind for SheetSession {
    fn empty() -> Tried<Self> {
        let assignment = Assignment {
            id: AssignmentId::new("a1")?,
            examiner: AccountId::new("e1")?,
            stream: Stream::new("tablet/a1")?,
        };
        Ok(Self::new(example::sheet()?, assignment))
    }

    fn act(&mut self, now: Time) -> Tried<()> {
        let event = if self.journal().head().next_seq == 0 {
            self.start()
        } else {
            SheetEvent::Scored { item: SheetItemId::new("b")?, award: AwardCode::new("full")? }
        };
        Ok(self.handle(now, &event)?)
    }
}

/// A session with what its device has stored.
#[derive(Clone)]
struct Device<Session> {
    session: Session,
    stored: Vec<Sealed>,
}

impl<Session: Kind> Device<Session> {
    fn step(&mut self, step: Step, now: Time) -> Tried<Seen> {
        let id = |sealed: Option<&Sealed>| sealed.map_or(Digest::of(b"stranger"), Sealed::identity);
        let unconfirmed = self.session.journal().unconfirmed();
        let (next, last, first) = (id(unconfirmed.first()), id(unconfirmed.last()), id(self.stored.first()));
        let confirmed = self.stored.len() - unconfirmed.len();
        let mut rejoined = None;
        let journal = self.session.journal_mut();
        let changed = match step {
            Step::Handle => {
                self.session.act(now)?;
                true
            }
            Step::ConfirmNext => journal.confirm(next),
            Step::ConfirmLast => journal.confirm(last),
            Step::ConfirmStranger => journal.confirm(Digest::of(b"stranger")),
            Step::ServiceHoldsFirst => journal.resume_after(Some(first)),
            Step::ServiceHoldsNothing => journal.resume_after(None),
            Step::Reload | Step::ReloadEmpty | Step::ReloadBehindAnother => {
                let mut service: Vec<Sealed> = self.stored.iter().take(confirmed).cloned().collect();
                match step {
                    Step::ReloadEmpty => self.stored.clear(),
                    Step::ReloadBehindAnother => service.push(another::<Session>(&service, now)?),
                    _ => {}
                }
                let device: Vec<&[u8]> = self.stored.iter().map(Sealed::bytes).collect();
                let service: Vec<&[u8]> = service.iter().map(Sealed::bytes).collect();
                self.session = Session::empty()?;
                let joined = self.session.rejoin(&device, &service)?;
                self.stored.truncate(joined.kept);
                rejoined = Some(joined);
                true
            }
        };
        let (mut persist, mut send) = (Vec::new(), Vec::new());
        while let Some(output) = self.session.journal_mut().poll_output() {
            match output {
                Output::Persist(bytes) => {
                    let sealed = Sealed::parse(&bytes)?;
                    persist.push(sealed.event().seq);
                    self.stored.push(sealed);
                }
                Output::Send { bytes, .. } => send.push(Sealed::parse(&bytes)?.event().seq),
                Output::WakeAt(_) => {}
            }
        }
        let journal = self.session.journal();
        assert_eq!(journal.head(), self.stored.last().map_or(Head::EMPTY, Sealed::head));
        let unconfirmed = journal.unconfirmed().iter().map(|sealed| sealed.event().seq).collect();
        Ok(Seen { changed, rejoined, persist, send, events: journal.head().next_seq, unconfirmed })
    }
}

/// The event that another device wrote after these.
fn another<Session: Kind>(service: &[Sealed], now: Time) -> Tried<Sealed> {
    let mut session = Session::empty()?;
    for event in service {
        session.restore(event.bytes())?;
    }
    // Later than anything that this device wrote, so that the two events differ.
    session.act(now.plus_millis(1_000))?;
    session.journal().unconfirmed().last().cloned().ok_or_else(|| "no event".into())
}

fn explore<Session: Kind>(device: &Device<Session>, model: Model, before: &[Step]) -> Tried<usize> {
    if u32::try_from(before.len())? == STEPS {
        return Ok(1);
    }
    let mut sequences = 0;
    for step in ALL {
        let (mut device, mut model) = (device.clone(), model);
        let now = Time::from_millis(10_000 + 10_000 * i64::try_from(before.len())?);
        let seen = device.step(step, now)?;
        assert_eq!(seen, model.step(step), "{before:?}, then {step:?}");
        sequences += explore(&device, model, &[before, &[step]].concat())?;
    }
    Ok(sequences)
}

// Catches a session of one kind that confirms, resends, rejoins or stores in another way than the
// other kind.
#[test]
fn both_sessions_behave_as_the_model_under_every_short_sequence() -> Tried<()> {
    let candidate = Device { session: CandidateSession::empty()?, stored: Vec::new() };
    let sheet = Device { session: SheetSession::empty()?, stored: Vec::new() };
    assert_eq!(explore(&candidate, Model::default(), &[])?, ALL.len().pow(STEPS));
    assert_eq!(explore(&sheet, Model::default(), &[])?, ALL.len().pow(STEPS));
    Ok(())
}
