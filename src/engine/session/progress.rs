//! The rules for the streams of a sitting, and the resulting state.
//!
//! The candidate's session, the service when it takes events, scoring and an audit all read events
//! with [`Progress::take`]. So whatever the service has taken is also what an audit finds whole.

use super::answers::{AnswerError, Answers, SeveralOptions};
use super::event::{SeatEvent, seat_stream};
use crate::draw::paper::Paper;
use kaoping_record::digest::Digest;
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::id::SittingId;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// Most events of a sitting, at all of its PCs together. The hand-in and the first event of another
/// PC come on top, so that both are always possible.
pub const MAX_EVENTS: u64 = 5_000;

/// The paper that a sitting's streams are about.
#[derive(Clone, Copy, Debug)]
pub struct OpenedPaper<'a> {
    /// The paper.
    pub paper: &'a Paper,
    /// The digest of the paper's canonical bytes.
    pub digest: Digest,
    /// Items of which several options may be chosen.
    pub several: &'a SeveralOptions,
}

/// Where the stream of one PC ends, and who writes it.
#[derive(Clone, Copy, Debug)]
pub struct StreamEnd<'a> {
    /// The PC's stream.
    pub stream: &'a Stream,
    /// The only actor of its events.
    pub actor: &'a str,
    /// Its end.
    pub head: Head,
}

/// The state after the events of a sitting, in the order of its PCs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Answers and flags.
    pub answers: Answers,
    /// How many events there are at all PCs together.
    pub events: u64,
    /// The last event; the first event of the next PC must name it.
    pub last: Option<Digest>,
    /// When the last event happened, by the PC's account.
    pub last_at_ms: Option<Time>,
}

/// Why an event cannot be the next of a sitting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// It does not continue its stream, or is no event of a seat.
    #[error(transparent)]
    Event(#[from] EventError),
    /// It does not fit the paper, or comes after the hand-in.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A stream begins by opening this paper where the stream before it ended, and opens no paper
    /// after that.
    #[error("a stream does not begin by opening this paper where the one before it ended")]
    Beginning,
    /// One PC writes a stream.
    #[error("event is by `{found}`, not by `{expected}`")]
    OtherActor {
        /// The writer of the stream.
        expected: String,
        /// The event's actor.
        found: String,
    },
    /// The streams of a sitting are named `seat/SITTING/NUMBER`, and come in the order of the
    /// numbers.
    #[error("stream `{0}` is not the next of this sitting")]
    OtherStream(String),
    /// No event is dated before the one before it.
    #[error("an event is dated before the one before it")]
    Backwards,
    /// A sitting has [`MAX_EVENTS`] events, the first ones of further PCs, and the hand-in.
    #[error("the sitting has {MAX_EVENTS} events; only the hand-in can follow")]
    TooMany,
}

impl Progress {
    /// Takes the next event of a PC's stream.
    ///
    /// # Errors
    /// [`StreamError`]; nothing has changed then.
    pub fn take(&mut self, opened: &OpenedPaper<'_>, end: &StreamEnd<'_>, event: &Sealed) -> Result<(), StreamError> {
        event.continues(end.stream, end.head)?;
        let touch = SeatEvent::open(event)?;
        let envelope = event.event();
        if envelope.actor != end.actor {
            let (expected, found) = (end.actor.to_owned(), envelope.actor.clone());
            return Err(StreamError::OtherActor { expected, found });
        }
        let begins = end.head == Head::EMPTY;
        let fits = match &touch {
            SeatEvent::Opened { paper, continues } => begins && *paper == opened.digest && *continues == self.last,
            _ => !begins,
        };
        if !fits {
            return Err(StreamError::Beginning);
        }
        if self.last_at_ms.is_some_and(|last| envelope.at_ms < last) {
            return Err(StreamError::Backwards);
        }
        if self.events >= MAX_EVENTS && !matches!(touch, SeatEvent::HandedIn { .. } | SeatEvent::Opened { .. }) {
            return Err(StreamError::TooMany);
        }
        self.answers.apply(opened.paper, opened.several, &touch)?;
        self.note(event);
        Ok(())
    }

    /// Folds an event that was taken before, as when stored streams are read again.
    ///
    /// # Errors
    /// [`EventError`] when it is no event of a seat.
    pub fn fold(&mut self, event: &Sealed) -> Result<(), EventError> {
        self.answers.fold(&SeatEvent::open(event)?);
        self.note(event);
        Ok(())
    }

    fn note(&mut self, event: &Sealed) {
        self.events += 1;
        self.last = Some(event.identity());
        self.last_at_ms = Some(event.event().at_ms);
    }
}

/// The streams of a sitting, read from the first event on.
#[derive(Debug)]
pub struct Replay<'a> {
    opened: OpenedPaper<'a>,
    sitting: &'a SittingId,
    progress: Progress,
    /// The PC whose stream is being read, and its stream.
    current: Option<(u32, Stream)>,
    actor: String,
    head: Head,
    /// Where the streams before the present one end.
    lasts: Vec<Digest>,
}

impl<'a> Replay<'a> {
    /// A sitting of which nothing was read.
    #[must_use]
    pub fn new(opened: OpenedPaper<'a>, sitting: &'a SittingId) -> Self {
        let (progress, actor, lasts) = (Progress::default(), String::new(), Vec::new());
        Self { opened, sitting, progress, current: None, actor, head: Head::EMPTY, lasts }
    }

    /// Takes the next event: of the stream that is being read, or the first of the next PC's.
    ///
    /// # Errors
    /// [`StreamError`]; the replay is then of no further use.
    pub fn take(&mut self, event: &Sealed) -> Result<(), StreamError> {
        let stream = &event.event().stream;
        if self.current.as_ref().is_none_or(|(_, current)| current != stream) {
            self.begin(stream, &event.event().actor)?;
        }
        let end = StreamEnd { stream, actor: &self.actor, head: self.head };
        self.progress.take(&self.opened, &end, event)?;
        self.head = event.head();
        Ok(())
    }

    /// Where the stream ends that is being read.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// What all events have led to.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The same, and the last event of each stream.
    #[must_use]
    pub fn finish(mut self) -> (Progress, Vec<Digest>) {
        self.lasts.extend(self.current.is_some().then_some(self.head.last));
        (self.progress, self.lasts)
    }

    fn begin(&mut self, stream: &Stream, actor: &str) -> Result<(), StreamError> {
        let other = || StreamError::OtherStream(stream.as_str().to_owned());
        let number: Option<u32> = stream.as_str().rsplit('/').next().and_then(|number| number.parse().ok());
        let number = number.ok_or_else(other)?;
        let later = self.current.as_ref().is_none_or(|(last, _)| number > *last);
        if !later || seat_stream(self.sitting, number)? != *stream || !actor.starts_with("seat:") {
            return Err(other());
        }
        self.lasts.extend(self.current.is_some().then_some(self.head.last));
        self.current = Some((number, stream.clone()));
        actor.clone_into(&mut self.actor);
        self.head = Head::EMPTY;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::paper::{PAPER_VERSION, PaperItem};
    use crate::session::event::actor;
    use kaoping_record::id::{BatchId, ItemId, OptionId, PaperId};
    use kaoping_record::key::{KeyId, Signer as _};
    use kaoping_record::software::Ed25519Signer;
    use std::collections::BTreeSet;

    type Tested<T = ()> = Result<T, Box<dyn std::error::Error>>;

    fn paper() -> Tested<Paper> {
        Ok(Paper {
            attempt: 1,
            batch: BatchId::new("b1")?,
            items: vec![PaperItem { item: ItemId::new("a")?, options: vec![OptionId::new("a1")?] }],
            manifest: Digest::of(b"manifest"),
            paper: PaperId::new("p1")?,
            v: PAPER_VERSION,
        })
    }

    /// Writes one stream after the other, by PCs with keys of their own.
    struct Writer {
        sitting: SittingId,
        number: u32,
        head: Head,
        at: i64,
    }

    impl Writer {
        fn pc(number: u32, at: i64) -> Tested<Self> {
            Ok(Self { sitting: SittingId::new("s1")?, number, head: Head::EMPTY, at })
        }

        fn key(&self) -> Tested<KeyId> {
            Ok(Ed25519Signer::from_seed(&[u8::try_from(self.number)?; 32])?.public_key().id())
        }

        fn write(&mut self, event: &SeatEvent) -> Tested<Sealed> {
            self.at += 1;
            let stream = seat_stream(&self.sitting, self.number)?;
            let sealed = event.seal(&stream, self.head, Time::from_millis(self.at), &self.key()?)?;
            self.head = sealed.head();
            Ok(sealed)
        }
    }

    fn flag(on: bool) -> Tested<SeatEvent> {
        Ok(SeatEvent::Flagged { item: ItemId::new("a")?, on })
    }

    fn replayed(events: &[Sealed]) -> Tested<Result<(Progress, Vec<Digest>), StreamError>> {
        let (paper, several, sitting) = (paper()?, BTreeSet::new(), SittingId::new("s1")?);
        let opened = OpenedPaper { digest: paper.digest(), paper: &paper, several: &several };
        let mut replay = Replay::new(opened, &sitting);
        let taken = events.iter().try_for_each(|event| replay.take(event));
        Ok(taken.map(|()| replay.finish()))
    }

    // Catches a PC in between that never opened the paper, and one that is counted as the end of a
    // stream.
    #[test]
    fn streams_continue_one_another_whatever_their_numbers() -> Tested {
        let paper = paper()?.digest();
        let (mut first, mut third) = (Writer::pc(0, 1)?, Writer::pc(2, 5)?);
        let mut events = vec![first.write(&SeatEvent::Opened { paper, continues: None })?, first.write(&flag(true)?)?];
        let last = first.head.last;
        events.push(third.write(&SeatEvent::Opened { paper, continues: Some(last) })?);
        events.push(third.write(&SeatEvent::HandedIn { answered: 0 })?);
        let (progress, lasts) = replayed(&events)??;
        assert_eq!(lasts, [last, third.head.last]);
        assert_eq!((progress.events, progress.last), (4, Some(third.head.last)));
        assert!(progress.answers.is_handed_in());
        Ok(())
    }

    // Catches streams that the service would take and an audit refuse.
    #[test]
    fn a_stream_begins_with_its_paper_where_the_one_before_it_ended() -> Tested {
        let paper = paper()?.digest();
        let beginnings = [
            SeatEvent::Opened { paper, continues: None },
            SeatEvent::Opened { paper, continues: Some(Digest::ZERO) },
            SeatEvent::Opened { paper: Digest::of(b"another"), continues: None },
            flag(true)?,
        ];
        for (place, begins) in beginnings.iter().enumerate() {
            let taken = replayed(&[Writer::pc(0, 1)?.write(begins)?])?;
            assert_eq!(taken.is_ok(), place == 0, "{begins:?}");
            let mut first = Writer::pc(0, 1)?;
            let opened = first.write(&SeatEvent::Opened { paper, continues: None })?;
            let second = Writer::pc(1, 5)?.write(begins)?;
            assert_eq!(replayed(&[opened.clone(), second])?, Err(StreamError::Beginning), "{begins:?}");
            let again = first.write(begins)?;
            assert_eq!(replayed(&[opened, again])?.is_ok(), place == 3, "{begins:?}");
        }
        Ok(())
    }

    #[test]
    fn streams_of_others_and_events_that_go_back_are_refused() -> Tested {
        let paper = paper()?.digest();
        let mut first = Writer::pc(1, 10)?;
        let opened = first.write(&SeatEvent::Opened { paper, continues: None })?;
        let continues = Some(first.head.last);
        let mut before = Writer::pc(0, 20)?;
        let earlier = before.write(&SeatEvent::Opened { paper, continues })?;
        assert!(matches!(replayed(&[opened.clone(), earlier])?, Err(StreamError::OtherStream(_))));
        let mut stranger = Writer { sitting: SittingId::new("s2")?, ..Writer::pc(0, 1)? };
        let other = stranger.write(&SeatEvent::Opened { paper, continues: None })?;
        assert!(matches!(replayed(&[other])?, Err(StreamError::OtherStream(_))));
        // Another key in the same stream; a date before that of the event before, at the same PC
        // and at the next.
        let stream = seat_stream(&first.sitting, 1)?;
        let forged = flag(true)?.seal(&stream, first.head, Time::from_millis(30), &stranger.key()?)?;
        assert!(matches!(replayed(&[opened.clone(), forged])?, Err(StreamError::OtherActor { .. })));
        let back = flag(true)?.seal(&stream, first.head, Time::from_millis(10), &first.key()?)?;
        assert_eq!(replayed(&[opened.clone(), back])?, Err(StreamError::Backwards));
        let back = Writer::pc(2, 1)?.write(&SeatEvent::Opened { paper, continues })?;
        assert_eq!(replayed(&[opened, back])?, Err(StreamError::Backwards));
        Ok(())
    }

    // Catches a sitting that grows without end, and one that can no longer be handed in, at another
    // PC either.
    #[test]
    fn a_full_sitting_takes_another_pc_and_the_hand_in_alone() -> Tested {
        let (paper, several) = (paper()?, BTreeSet::new());
        let opened = OpenedPaper { digest: paper.digest(), paper: &paper, several: &several };
        let mut writer = Writer::pc(0, 1)?;
        let first = writer.write(&SeatEvent::Opened { paper: paper.digest(), continues: None })?;
        let (stream, actor) = (seat_stream(&writer.sitting, 0)?, actor(&writer.key()?));
        let end = |head| StreamEnd { stream: &stream, actor: &actor, head };
        let mut progress = Progress::default();
        progress.take(&opened, &end(Head::EMPTY), &first)?;
        progress.events = MAX_EVENTS - 1;
        let head = writer.head;
        let last = writer.write(&flag(true)?)?;
        progress.take(&opened, &end(head), &last)?;
        let head = writer.head;
        let more = writer.write(&flag(false)?)?;
        assert_eq!(progress.take(&opened, &end(head), &more), Err(StreamError::TooMany));
        let mut other = Writer::pc(1, 2)?;
        let first = other.write(&SeatEvent::Opened { paper: paper.digest(), continues: progress.last })?;
        let (stream, actor) = (seat_stream(&other.sitting, 1)?, crate::session::event::actor(&other.key()?));
        let end = |head| StreamEnd { stream: &stream, actor: &actor, head };
        progress.take(&opened, &end(Head::EMPTY), &first)?;
        let head = other.head;
        let more = other.write(&flag(false)?)?;
        assert_eq!(progress.take(&opened, &end(head), &more), Err(StreamError::TooMany));
        other.head = head;
        let hand_in = other.write(&SeatEvent::HandedIn { answered: 0 })?;
        progress.take(&opened, &end(head), &hand_in)?;
        assert_eq!(progress.events, MAX_EVENTS + 2);
        Ok(())
    }
}
