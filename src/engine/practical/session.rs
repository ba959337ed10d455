//! The examiner's scoring of one sheet, without I/O: the tablet, the service and an audit run the
//! same code.
//!
//! The device hands each touch to [`SheetSession::handle`] with its time, then fetches requests
//! from the session's [`Journal`] until there are none. After a restart it begins with
//! [`rejoin`](Journaled::rejoin).

use super::code::{AwardCode, VetoCode};
use super::scoring::{MarkedVeto, Scoring, ScoringError};
use super::sheet::{ItemKind, ValidSheet};
use super::sheet_event::{SheetEvent, Timer};
use crate::marks::HalfMarks;
use crate::session::checkpoint::TabletCheckpoint;
use crate::session::journal::{Journal, JournalError, Journaled};
use kaoping_record::digest::Digest;
use kaoping_record::event::{EventError, Stream};
use kaoping_record::id::{AccountId, AssignmentId, SheetId, SheetItemId};
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why an event was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// The present state of the sheet does not allow it.
    #[error(transparent)]
    Scoring(#[from] ScoringError),
    /// It is not the next event of this examiner's stream, or of a form that is not known.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl From<EventError> for SheetError {
    fn from(error: EventError) -> Self {
        Self::Journal(error.into())
    }
}

/// What an examiner is asked to do: score one sheet for one sitting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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
    /// The drawn number of the person who was examined.
    pub number: u32,
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
    journal: Journal,
}

impl SheetSession {
    /// A session in which nothing has happened; [`Self::start`] opens the sheet.
    #[must_use]
    pub fn new(sheet: ValidSheet, assignment: Assignment) -> Self {
        let scoring = Scoring::new(assignment.id.clone());
        let journal = Journal::new(assignment.stream.clone(), assignment.actor());
        Self { sheet, assignment, scoring, journal }
    }

    /// A session rebuilt from its stored events, oldest first. The service is taken to hold none of
    /// them.
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
    /// [`SheetError`] when it cannot; the session is then as before. A hand-in with items left is
    /// refused with [`ScoringError::Unscored`], which lists them.
    pub fn handle(&mut self, now: Time, event: &SheetEvent) -> Result<(), SheetError> {
        let at = self.journal.date(now);
        let sealed = event.seal(self.journal.stream(), self.journal.head(), at, self.journal.actor())?;
        self.scoring.apply(&self.sheet, at, event)?;
        self.journal.append(sealed);
        if matches!(event, SheetEvent::TimerStarted { .. }) {
            self.wake(at);
        }
        Ok(())
    }

    /// Asks to be woken at the next limit of a running timer, when there is one.
    pub fn wake(&mut self, now: Time) {
        let next = self.scoring.running().filter_map(|timer| self.left_ms(timer, now)).min();
        if let Some(left) = next {
            self.journal.wake_at(now.plus_millis(left));
        }
    }

    /// Milliseconds to the next limit of a timer as if it ran on from `now`; `None` beyond its
    /// last.
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
        // A time that equals a limit still earns its award, so the limit is over one millisecond
        // later.
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

    /// The state of the scoring.
    #[must_use]
    pub fn scoring(&self) -> &Scoring {
        &self.scoring
    }

    /// The events that give every item without an award its last one, which earns nothing: for a
    /// task that ended early.
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

    /// The sheet as handed in for the person of a drawn number, `None` before.
    ///
    /// # Errors
    /// [`SheetError`] when its awards cannot be added.
    pub fn handed_in(&self, number: u32) -> Result<Option<HandedInSheet>, SheetError> {
        let Some(at) = self.scoring.handed_in() else {
            return Ok(None);
        };
        Ok(Some(HandedInSheet {
            assignment: self.assignment.id.clone(),
            examiner: self.assignment.examiner.clone(),
            number,
            sheet: self.sheet.sheet().id.clone(),
            sheet_digest: self.sheet.digest(),
            scores: self.scoring.scores().clone(),
            vetoes: self.scoring.vetoes().clone(),
            total: self.scoring.total(&self.sheet)?,
            at_ms: at,
            last_event: self.journal.head().last,
        }))
    }
}

impl Journaled for SheetSession {
    type Error = SheetError;
    type Checkpoint = TabletCheckpoint;

    fn journal(&self) -> &Journal {
        &self.journal
    }

    fn journal_mut(&mut self) -> &mut Journal {
        &mut self.journal
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), SheetError> {
        let sealed = self.journal.read(bytes)?;
        self.scoring.apply(&self.sheet, sealed.event().at_ms, &SheetEvent::open(&sealed)?)?;
        self.journal.restore(sealed);
        Ok(())
    }

    fn checkpoint(&self) -> TabletCheckpoint {
        let head = self.journal.head();
        TabletCheckpoint { stream: self.journal.stream().clone(), events: head.next_seq, last: head.last }
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
