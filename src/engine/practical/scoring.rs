//! The marks that follow from the events of an examiner's sheet, without I/O.

use super::code::{AwardCode, NoteCode, VetoCode};
use super::sheet::{Award, SheetItem, ValidSheet};
use super::sheet_event::{SheetEvent, Timer};
use super::timers::Timers;
use crate::marks::HalfMarks;
use kaoping_record::digest::Digest;
use kaoping_record::id::{AssignmentId, SheetId, SheetItemId};
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use super::scoring_error::ScoringError;

/// A veto that the examiner has marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct MarkedVeto {
    /// What was seen.
    pub note: NoteCode,
    /// By the tablet's clock, milliseconds since 1970.
    pub at_ms: Time,
}

/// The state of an examiner's scoring of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scoring {
    assignment: AssignmentId,
    started: Option<Time>,
    handed_in: Option<Time>,
    last: Option<Time>,
    scores: BTreeMap<SheetItemId, AwardCode>,
    vetoes: BTreeMap<VetoCode, MarkedVeto>,
    timers: Timers,
    /// The awards and vetoes before each step that can still be undone, oldest first.
    steps: Vec<Before>,
}

/// What an item or a veto was before a step.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Before {
    Award { item: SheetItemId, award: Option<AwardCode> },
    Veto { veto: VetoCode, marked: Option<MarkedVeto> },
}

impl Scoring {
    /// The scoring of a sheet that is not opened yet.
    #[must_use]
    pub fn new(assignment: AssignmentId) -> Self {
        Self {
            assignment,
            started: None,
            handed_in: None,
            last: None,
            scores: BTreeMap::new(),
            vetoes: BTreeMap::new(),
            timers: Timers::default(),
            steps: Vec::new(),
        }
    }

    /// Lets an event happen at `at`.
    ///
    /// # Errors
    /// [`ScoringError`] when it cannot; the scoring is then as before.
    pub fn apply(&mut self, sheet: &ValidSheet, at: Time, event: &SheetEvent) -> Result<(), ScoringError> {
        if self.last.is_some_and(|last| at < last) {
            return Err(ScoringError::Time);
        }
        if self.handed_in.is_some() {
            return Err(ScoringError::HandedIn);
        }
        if self.started.is_none() && !matches!(event, SheetEvent::Started { .. }) {
            return Err(ScoringError::NotStarted);
        }
        match event {
            SheetEvent::Started { assignment, sheet: id, sheet_digest } => {
                self.start(sheet, at, assignment, id, *sheet_digest)?;
            }
            SheetEvent::Scored { item, award } => self.score(sheet, item, award)?,
            SheetEvent::Cleared { item } => self.clear(sheet, item)?,
            SheetEvent::VetoMarked { veto, note } => self.mark_veto(sheet, at, veto, note)?,
            SheetEvent::VetoWithdrawn { veto } => self.withdraw_veto(veto)?,
            SheetEvent::Undone {} => self.undo()?,
            SheetEvent::TimerStarted { timer } => self.timers.start(sheet, at, timer)?,
            SheetEvent::TimerStopped { timer } => self.timers.stop(at, timer)?,
            SheetEvent::HandedIn { total } => self.hand_in(sheet, at, *total)?,
        }
        self.last = Some(at);
        Ok(())
    }

    /// When the sheet was opened.
    #[must_use]
    pub fn started(&self) -> Option<Time> {
        self.started
    }

    /// When the sheet was handed in.
    #[must_use]
    pub fn handed_in(&self) -> Option<Time> {
        self.handed_in
    }

    /// The time of the last event.
    #[must_use]
    pub fn last(&self) -> Option<Time> {
        self.last
    }

    /// The award of an item, `None` while it is unscored.
    #[must_use]
    pub fn award(&self, item: &SheetItemId) -> Option<&AwardCode> {
        self.scores.get(item)
    }

    /// All awards so far.
    #[must_use]
    pub fn scores(&self) -> &BTreeMap<SheetItemId, AwardCode> {
        &self.scores
    }

    /// The vetoes that are marked.
    #[must_use]
    pub fn vetoes(&self) -> &BTreeMap<VetoCode, MarkedVeto> {
        &self.vetoes
    }

    /// The items without an award, in the sheet's order.
    #[must_use]
    pub fn unscored(&self, sheet: &ValidSheet) -> Vec<SheetItemId> {
        let items = sheet.sheet().items().map(|(_, item)| &item.id);
        items.filter(|item| !self.scores.contains_key(item)).cloned().collect()
    }

    /// The sum of the awards so far, before any veto.
    ///
    /// # Errors
    /// [`ScoringError`] when the awards are not the sheet's.
    pub fn total(&self, sheet: &ValidSheet) -> Result<HalfMarks, ScoringError> {
        let marks = self.scores.iter().map(|(item, award)| Ok(find(sheet, item, award)?.half_marks));
        Ok(HalfMarks::sum(marks.collect::<Result<Vec<_>, ScoringError>>()?)?)
    }

    /// Milliseconds that a timer has counted up to `now`; it stops at the hand-in.
    #[must_use]
    pub fn used_ms(&self, timer: &Timer, now: Time) -> i64 {
        let now = self.handed_in.map_or(now, |end| end.min(now));
        self.timers.used_ms(timer, now).unwrap_or(0)
    }

    /// The timers that run.
    pub fn running(&self) -> impl Iterator<Item = &Timer> {
        let handed_in = self.handed_in.is_some();
        self.timers.running().filter(move |_| !handed_in)
    }

    /// The award that a timed item's timer speaks for; the examiner confirms it by scoring.
    #[must_use]
    pub fn suggested<'sheet>(&self, sheet: &'sheet ValidSheet, item: &SheetItemId, now: Time) -> Option<&'sheet Award> {
        let now = self.handed_in.map_or(now, |end| end.min(now));
        let used_ms = self.timers.used_ms(&Timer::Item { item: item.clone() }, now)?;
        sheet.item(item)?.award_for_time(used_ms)
    }

    /// Whether an award or a veto can be undone. Each undoing goes back one step further.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.steps.is_empty() && self.handed_in.is_none()
    }

    fn start(
        &mut self,
        sheet: &ValidSheet,
        at: Time,
        assignment: &AssignmentId,
        id: &SheetId,
        digest: Digest,
    ) -> Result<(), ScoringError> {
        if self.started.is_some() {
            return Err(ScoringError::StartedTwice);
        }
        if *id != sheet.sheet().id || digest != sheet.digest() {
            return Err(ScoringError::OtherSheet { expected: sheet.sheet().id.clone(), found: id.clone() });
        }
        if *assignment != self.assignment {
            return Err(ScoringError::OtherAssignment { expected: self.assignment.clone(), found: assignment.clone() });
        }
        self.started = Some(at);
        Ok(())
    }

    fn score(&mut self, sheet: &ValidSheet, item: &SheetItemId, award: &AwardCode) -> Result<(), ScoringError> {
        find(sheet, item, award)?;
        let before = self.scores.insert(item.clone(), award.clone());
        self.steps.push(Before::Award { item: item.clone(), award: before });
        Ok(())
    }

    fn clear(&mut self, sheet: &ValidSheet, item: &SheetItemId) -> Result<(), ScoringError> {
        known(sheet, item)?;
        let before = self.scores.remove(item).ok_or_else(|| ScoringError::NotScored(item.clone()))?;
        self.steps.push(Before::Award { item: item.clone(), award: Some(before) });
        Ok(())
    }

    fn mark_veto(
        &mut self,
        sheet: &ValidSheet,
        at: Time,
        veto: &VetoCode,
        note: &NoteCode,
    ) -> Result<(), ScoringError> {
        let known = sheet.veto(veto).ok_or_else(|| ScoringError::UnknownVeto(veto.clone()))?;
        if !known.notes.iter().any(|ready| ready.code == *note) {
            return Err(ScoringError::UnknownNote { veto: veto.clone(), note: note.clone() });
        }
        if self.vetoes.contains_key(veto) {
            return Err(ScoringError::VetoMarkedTwice(veto.clone()));
        }
        self.vetoes.insert(veto.clone(), MarkedVeto { note: note.clone(), at_ms: at });
        self.steps.push(Before::Veto { veto: veto.clone(), marked: None });
        Ok(())
    }

    fn withdraw_veto(&mut self, veto: &VetoCode) -> Result<(), ScoringError> {
        let before = self.vetoes.remove(veto).ok_or_else(|| ScoringError::VetoNotMarked(veto.clone()))?;
        self.steps.push(Before::Veto { veto: veto.clone(), marked: Some(before) });
        Ok(())
    }

    fn undo(&mut self) -> Result<(), ScoringError> {
        match self.steps.pop().ok_or(ScoringError::NothingToUndo)? {
            Before::Award { item, award: Some(award) } => {
                self.scores.insert(item, award);
            }
            Before::Award { item, award: None } => {
                self.scores.remove(&item);
            }
            Before::Veto { veto, marked: Some(marked) } => {
                self.vetoes.insert(veto, marked);
            }
            Before::Veto { veto, marked: None } => {
                self.vetoes.remove(&veto);
            }
        }
        Ok(())
    }

    fn hand_in(&mut self, sheet: &ValidSheet, at: Time, claimed: HalfMarks) -> Result<(), ScoringError> {
        let unscored = self.unscored(sheet);
        if !unscored.is_empty() {
            return Err(ScoringError::Unscored(unscored));
        }
        let sum = self.total(sheet)?;
        if sum != claimed {
            return Err(ScoringError::Total { claimed, sum });
        }
        self.handed_in = Some(at);
        Ok(())
    }
}

/// The award that a code names.
///
/// # Errors
/// [`ScoringError::UnknownItem`] or [`ScoringError::UnknownAward`].
pub fn find<'sheet>(
    sheet: &'sheet ValidSheet,
    item: &SheetItemId,
    award: &AwardCode,
) -> Result<&'sheet Award, ScoringError> {
    known(sheet, item)?
        .award(award)
        .ok_or_else(|| ScoringError::UnknownAward { item: item.clone(), award: award.clone() })
}

fn known<'sheet>(sheet: &'sheet ValidSheet, item: &SheetItemId) -> Result<&'sheet SheetItem, ScoringError> {
    sheet.item(item).ok_or_else(|| ScoringError::UnknownItem(item.clone()))
}

#[cfg(test)]
#[path = "scoring_tests.rs"]
mod tests;
