//! The examiner's scoring of one sheet, without I/O: the tablet, the service and an audit run the same code.
//!
//! The device hands each touch to [`SheetSession::handle`] with its time, then fetches requests with
//! [`SheetSession::poll_output`] until there are none. After a restart it hands the stored events to
//! [`SheetSession::replay`]. A clock that runs backwards stops nobody: an event is never dated before the last.

use super::code::{AwardCode, VetoCode};
use super::scoring::{MarkedVeto, Scoring, ScoringError};
use super::sheet::{ItemKind, ValidSheet};
use super::sheet_event::{SheetEvent, Timer};
use crate::marks::HalfMarks;
use crate::outbox::{Outbox, Output};
use kaoping_record::digest::Digest;
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::id::{AccountId, AssignmentId, SheetId, SheetItemId};
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why an event was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// It cannot happen as the sheet stands.
    #[error(transparent)]
    Scoring(#[from] ScoringError),
    /// It is not an event of this stream, or of a form that is not known.
    #[error(transparent)]
    Event(#[from] EventError),
    /// A stored event was written by somebody else.
    #[error("event is by `{found}`, not by `{expected}`")]
    OtherActor {
        /// The examiner.
        expected: String,
        /// The event's actor.
        found: String,
    },
}

/// What an examiner is asked to do: score one sheet for one sitting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// Its identifier.
    pub id: AssignmentId,
    /// Who scores.
    pub examiner: AccountId,
    /// Where the events go; nobody else writes there.
    pub stream: Stream,
}

impl Assignment {
    /// The examiner as the actor of events: `account:` and the identifier.
    #[must_use]
    pub fn actor(&self) -> String {
        format!("account:{}", self.examiner)
    }
}

/// A sheet as an examiner handed it in: what a panel's mark is formed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandedInSheet {
    /// The examiner's task.
    pub assignment: AssignmentId,
    /// Who scored.
    pub examiner: AccountId,
    /// The sheet.
    pub sheet: SheetId,
    /// What the sheet said.
    pub sheet_digest: Digest,
    /// Each item's award.
    pub scores: BTreeMap<SheetItemId, AwardCode>,
    /// The vetoes that the examiner marked.
    pub vetoes: BTreeMap<VetoCode, MarkedVeto>,
    /// The sum of the awards, before any veto.
    pub total: HalfMarks,
    /// When it was handed in.
    pub at_ms: Time,
    /// Identity of the stream's last event, which fixes everything before it.
    pub last_event: Digest,
}

/// The examiner's scoring of one sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetSession {
    sheet: ValidSheet,
    assignment: Assignment,
    scoring: Scoring,
    head: Head,
    outbox: Outbox,
}

impl SheetSession {
    /// A session in which nothing has happened; [`Self::start`] opens the sheet.
    #[must_use]
    pub fn new(sheet: ValidSheet, assignment: Assignment) -> Self {
        let scoring = Scoring::new(assignment.id.clone());
        Self { sheet, assignment, scoring, head: Head::EMPTY, outbox: Outbox::default() }
    }

    /// A session rebuilt from its stored events, oldest first. Until [`Self::confirm`] says otherwise the
    /// service is taken to hold none of them; [`Self::resend`] offers them again.
    ///
    /// # Errors
    /// [`SheetError`] for the first event that is not the next of this examiner's stream.
    pub fn replay<'events>(
        sheet: ValidSheet,
        assignment: Assignment,
        events: impl IntoIterator<Item = &'events [u8]>,
    ) -> Result<Self, SheetError> {
        let mut session = Self::new(sheet, assignment);
        for bytes in events {
            session.restore(bytes)?;
        }
        Ok(session)
    }

    /// The event that opens this sheet.
    #[must_use]
    pub fn start(&self) -> SheetEvent {
        SheetEvent::Started {
            assignment: self.assignment.id.clone(),
            sheet: self.sheet.sheet().id.clone(),
            sheet_digest: self.sheet.digest(),
        }
    }

    /// Lets an event happen.
    ///
    /// # Errors
    /// [`SheetError`] when it cannot; the session is then as before. A hand-in with items left is refused with
    /// [`ScoringError::Unscored`], which lists them.
    pub fn handle(&mut self, now: Time, event: &SheetEvent) -> Result<(), SheetError> {
        let at = self.scoring.last().map_or(now, |last| last.max(now));
        let mut scoring = self.scoring.clone();
        scoring.apply(&self.sheet, at, event)?;
        let sealed = event.seal(&self.assignment.stream, self.head, at, &self.assignment.actor())?;
        self.scoring = scoring;
        self.head = sealed.head();
        self.outbox.add(sealed);
        if matches!(event, SheetEvent::TimerStarted { .. }) {
            self.wake(at);
        }
        Ok(())
    }

    /// The next request to the device.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outbox.poll()
    }

    /// The service holds this event and all before it. False when it is not waited for.
    pub fn confirm(&mut self, id: Digest) -> bool {
        self.outbox.confirm(id)
    }

    /// Asks again to send whatever the service has not confirmed.
    pub fn resend(&mut self) {
        self.outbox.resend();
    }

    /// How many events the service has not confirmed.
    #[must_use]
    pub fn unconfirmed(&self) -> usize {
        self.outbox.unconfirmed()
    }

    /// Asks to be woken at the next limit of a running timer, when there is one.
    pub fn wake(&mut self, now: Time) {
        let next = self.scoring.running().filter_map(|timer| self.left_ms(timer, now)).min();
        if let Some(left) = next {
            self.outbox.wake_at(now.plus_millis(left));
        }
    }

    /// Milliseconds to the next limit of a timer as if it ran on from `now`; `None` beyond its last.
    #[must_use]
    pub fn left_ms(&self, timer: &Timer, now: Time) -> Option<i64> {
        let used = self.scoring.used_ms(timer, now);
        let sheet = self.sheet.sheet();
        let minutes = |minutes: u32| vec![i64::from(minutes) * 60_000];
        let limits = match timer {
            Timer::Prepare {} => minutes(sheet.minutes_prepare),
            Timer::Task {} => minutes(sheet.minutes),
            Timer::Item { item } => match &self.sheet.item(item)?.kind {
                ItemKind::Timed { limits_s } => limits_s.iter().map(|limit| i64::from(*limit) * 1000).collect(),
                _ => return None,
            },
        };
        // A time that equals a limit still earns its award, so the limit is over one millisecond later.
        limits.into_iter().map(|limit| limit + 1 - used).find(|left| *left > 0)
    }

    /// The sheet.
    #[must_use]
    pub fn sheet(&self) -> &ValidSheet {
        &self.sheet
    }

    /// The task.
    #[must_use]
    pub fn assignment(&self) -> &Assignment {
        &self.assignment
    }

    /// How the scoring stands.
    #[must_use]
    pub fn scoring(&self) -> &Scoring {
        &self.scoring
    }

    /// Where the stream ends.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// The events that give every item without an award its last one, which earns nothing: for a task that
    /// ended early.
    #[must_use]
    pub fn not_done(&self) -> Vec<SheetEvent> {
        let items = self.scoring.unscored(&self.sheet).into_iter();
        items
            .filter_map(|item| {
                let award = self.sheet.item(&item)?.awards.last()?.code.clone();
                Some(SheetEvent::Scored { item, award })
            })
            .collect()
    }

    /// The sheet as handed in, `None` before.
    ///
    /// # Errors
    /// [`SheetError`] when its awards cannot be added.
    pub fn handed_in(&self) -> Result<Option<HandedInSheet>, SheetError> {
        let Some(at) = self.scoring.handed_in() else {
            return Ok(None);
        };
        Ok(Some(HandedInSheet {
            assignment: self.assignment.id.clone(),
            examiner: self.assignment.examiner.clone(),
            sheet: self.sheet.sheet().id.clone(),
            sheet_digest: self.sheet.digest(),
            scores: self.scoring.scores().clone(),
            vetoes: self.scoring.vetoes().clone(),
            total: self.scoring.total(&self.sheet)?,
            at_ms: at,
            last_event: self.head.last,
        }))
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), SheetError> {
        let sealed = Sealed::parse(bytes)?;
        sealed.continues(&self.assignment.stream, self.head)?;
        let (expected, found) = (self.assignment.actor(), sealed.event().actor.clone());
        if expected != found {
            return Err(SheetError::OtherActor { expected, found });
        }
        let event = SheetEvent::open(&sealed)?;
        self.scoring.apply(&self.sheet, sealed.event().at_ms, &event)?;
        self.head = sealed.head();
        self.outbox.restore(sealed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::code::NoteCode;
    use super::super::example;
    use super::*;
    use proptest::prelude::*;
    type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

    fn assignment() -> TestResult<Assignment> {
        Ok(Assignment {
            id: AssignmentId::new("a1")?,
            examiner: AccountId::new("e1")?,
            stream: Stream::new("tablet/a1")?,
        })
    }

    fn started() -> TestResult<SheetSession> {
        let mut session = SheetSession::new(example::sheet()?, assignment()?);
        let start = session.start();
        session.handle(Time::from_millis(1_000), &start)?;
        Ok(session)
    }

    fn scored(id: &str, award: &str) -> TestResult<SheetEvent> {
        Ok(SheetEvent::Scored { item: SheetItemId::new(id)?, award: AwardCode::new(award)? })
    }

    /// Everything that the session wants stored, oldest first.
    fn journal(session: &mut SheetSession) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| session.poll_output())
            .filter_map(|output| match output {
                Output::Persist(bytes) => Some(bytes),
                _ => None,
            })
            .collect()
    }

    fn replay(journal: &[Vec<u8>]) -> TestResult<SheetSession> {
        Ok(SheetSession::replay(example::sheet()?, assignment()?, journal.iter().map(Vec::as_slice))?)
    }

    #[test]
    fn an_event_is_stored_then_sent_until_it_is_confirmed() -> TestResult {
        let mut session = started()?;
        let stored = session.poll_output();
        let Some(Output::Send { id, bytes }) = session.poll_output() else {
            return Err("nothing to send".into());
        };
        assert_eq!(stored, Some(Output::Persist(bytes)));
        assert_eq!((session.poll_output(), session.unconfirmed()), (None, 1));
        session.resend();
        assert!(matches!(session.poll_output(), Some(Output::Send { id: again, .. }) if again == id));
        assert!(session.confirm(id));
        session.resend();
        assert_eq!((session.poll_output(), session.unconfirmed()), (None, 0));
        Ok(())
    }

    #[test]
    fn a_refused_event_leaves_no_trace() -> TestResult {
        let mut session = started()?;
        let before = session.clone();
        assert!(session.handle(Time::from_millis(2_000), &scored("x", "full")?).is_err());
        assert_eq!(session, before);
        Ok(())
    }

    #[test]
    fn a_clock_that_runs_backwards_stops_nobody() -> TestResult {
        let mut session = started()?;
        session.handle(Time::from_millis(500), &scored("b", "full")?)?;
        assert_eq!(session.scoring().last(), Some(Time::from_millis(1_000)));
        let stored = journal(&mut session);
        assert_eq!(replay(&stored)?.scoring(), session.scoring());
        Ok(())
    }

    #[test]
    fn a_restart_in_the_middle_loses_nothing() -> TestResult {
        let mut session = started()?;
        session.handle(Time::from_millis(2_000), &scored("b", "full")?)?;
        let mut stored = journal(&mut session);
        let mut again = replay(&stored)?;
        assert_eq!((again.scoring(), again.head()), (session.scoring(), session.head()));
        assert_eq!((again.poll_output(), again.unconfirmed()), (None, 2));
        for event in again.not_done() {
            again.handle(Time::from_millis(3_000), &event)?;
        }
        again.handle(Time::from_millis(4_000), &SheetEvent::HandedIn { total: HalfMarks::new(20) })?;
        stored.extend(journal(&mut again));
        // start, one award, five not done, hand-in
        assert_eq!(stored.len(), 8);
        let handed_in = replay(&stored)?.handed_in()?.ok_or("not handed in")?;
        assert_eq!((handed_in.total, handed_in.at_ms), (HalfMarks::new(20), Time::from_millis(4_000)));
        assert_eq!((handed_in.scores.len(), handed_in.last_event), (6, again.head().last));
        assert_eq!(session.handed_in()?, None);
        Ok(())
    }

    #[test]
    fn a_journal_that_was_touched_is_refused() -> TestResult {
        let mut session = started()?;
        session.handle(Time::from_millis(2_000), &scored("g", "c")?)?;
        session.handle(Time::from_millis(3_000), &scored("b", "full")?)?;
        let stored = journal(&mut session);
        let [start, graded, binary] = stored.as_slice() else {
            return Err("three events".into());
        };
        let error = |events: &[&[u8]]| -> TestResult<SheetError> {
            let replayed = SheetSession::replay(example::sheet()?, assignment()?, events.iter().copied());
            replayed.err().ok_or_else(|| "accepted".into())
        };
        assert!(matches!(error(&[start, binary])?, SheetError::Event(EventError::Sequence { .. })), "one left out");
        let better = String::from_utf8(graded.clone())?.replace(r#""award":"c""#, r#""award":"a""#);
        assert!(
            matches!(error(&[start, better.as_bytes(), binary])?, SheetError::Event(EventError::Chain { seq: 2 })),
            "one altered"
        );
        let other = String::from_utf8(start.clone())?.replace("account:e1", "account:e2");
        assert!(matches!(error(&[other.as_bytes()])?, SheetError::OtherActor { .. }), "somebody else's");
        let elsewhere = String::from_utf8(start.clone())?.replace("tablet/a1", "tablet/a2");
        assert!(
            matches!(error(&[elsewhere.as_bytes()])?, SheetError::Event(EventError::OtherStream { .. })),
            "another stream"
        );
        Ok(())
    }

    #[test]
    fn wakes_at_the_next_limit_of_a_running_timer() -> TestResult {
        let mut session = started()?;
        let wake = |session: &mut SheetSession| {
            std::iter::from_fn(|| session.poll_output()).find_map(|output| match output {
                Output::WakeAt(time) => Some(time.millis()),
                _ => None,
            })
        };
        session.handle(Time::from_millis(10_000), &SheetEvent::TimerStarted { timer: Timer::Task {} })?;
        assert_eq!(wake(&mut session), Some(10_000 + 12 * 60_000 + 1));
        let item = Timer::Item { item: SheetItemId::new("t")? };
        session.handle(Time::from_millis(20_000), &SheetEvent::TimerStarted { timer: item })?;
        assert_eq!(wake(&mut session), Some(20_000 + 60_000 + 1), "the item's first limit comes first");
        session.wake(Time::from_millis(80_001));
        assert_eq!(wake(&mut session), Some(20_000 + 90_000 + 1), "then its second");
        session.wake(Time::from_millis(110_001));
        assert_eq!(wake(&mut session), Some(10_000 + 12 * 60_000 + 1), "then the task's");
        Ok(())
    }

    /// Touches, some of which are refused.
    fn touches() -> TestResult<Vec<SheetEvent>> {
        let mut touches = Vec::new();
        for (id, awards) in [("b", ["full", "none"]), ("g", ["a", "c"]), ("d", ["0", "3"]), ("x", ["a", "b"])] {
            for award in awards {
                touches.push(scored(id, award)?);
            }
            touches.push(SheetEvent::Cleared { item: SheetItemId::new(id)? });
        }
        for veto in ["cap", "end"] {
            touches.push(SheetEvent::VetoMarked { veto: VetoCode::new(veto)?, note: NoteCode::new("n1")? });
            touches.push(SheetEvent::VetoWithdrawn { veto: VetoCode::new(veto)? });
        }
        for timer in [Timer::Task {}, Timer::Item { item: SheetItemId::new("t")? }] {
            touches.push(SheetEvent::TimerStarted { timer: timer.clone() });
            touches.push(SheetEvent::TimerStopped { timer });
        }
        touches.push(SheetEvent::HandedIn { total: HalfMarks::new(200) });
        Ok(touches)
    }

    /// What the awards are after these touches, told without the session: the last word on each item counts.
    fn model(touches: &[SheetEvent]) -> BTreeMap<String, String> {
        let mut awards = BTreeMap::new();
        for touch in touches {
            match touch {
                SheetEvent::Scored { item, award } if item.as_str() != "x" => {
                    awards.insert(item.to_string(), award.to_string());
                }
                SheetEvent::Cleared { item } => {
                    awards.remove(item.as_str());
                }
                _ => {}
            }
        }
        awards
    }

    proptest! {
        // Catches state that lives outside the events, and a refusal that half happened.
        #[test]
        fn replay_rebuilds_the_state(order in prop::collection::vec((0_usize..20, -5_i64..50), 0..40)) {
            let all = touches().map_err(|error| TestCaseError::fail(error.to_string()))?;
            let mut session = started().map_err(|error| TestCaseError::fail(error.to_string()))?;
            let mut now = 1_000;
            let mut chosen = Vec::new();
            for (touch, step) in order {
                now += step;
                if let Some(touch) = all.get(touch) {
                    let _refused = session.handle(Time::from_millis(now), touch);
                    chosen.push(touch.clone());
                }
            }
            let awards: BTreeMap<_, _> = session.scoring().scores().iter().map(|(item, award)| (item.to_string(), award.to_string())).collect();
            prop_assert_eq!(awards, model(&chosen));
            let stored = journal(&mut session);
            let again = replay(&stored).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(again.scoring(), session.scoring());
            prop_assert_eq!(again.head(), session.head());
            prop_assert_eq!(again.unconfirmed(), stored.len());
        }
    }
}
