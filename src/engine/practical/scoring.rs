//! What the events of an examiner's sheet add up to. Pure: events in, marks out.

use super::code::{AwardCode, NoteCode, VetoCode};
use super::sheet::{Award, ItemKind, SheetItem, ValidSheet};
use super::sheet_event::{SheetEvent, Timer};
use crate::marks::{HalfMarks, MarksError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{AssignmentId, SheetId, SheetItemId};
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why an event cannot happen on a sheet. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScoringError {
    /// The sheet was not opened yet.
    #[error("sheet is not started")]
    NotStarted,
    /// The sheet is open already.
    #[error("sheet is started already")]
    StartedTwice,
    /// The sheet was handed in; a correction is a record of its own.
    #[error("sheet is handed in already")]
    HandedIn,
    /// The event opens another sheet, or another text of it.
    #[error("event opens sheet `{found}`, or another text of it, not `{expected}`")]
    OtherSheet {
        /// The sheet that is open.
        expected: SheetId,
        /// The event's.
        found: SheetId,
    },
    /// The event opens the sheet for another task.
    #[error("event is of assignment `{found}`, not of `{expected}`")]
    OtherAssignment {
        /// This task.
        expected: AssignmentId,
        /// The event's.
        found: AssignmentId,
    },
    /// The sheet has no such item.
    #[error("sheet has no item `{0}`")]
    UnknownItem(SheetItemId),
    /// The item has no such award.
    #[error("item `{item}` has no award `{award}`")]
    UnknownAward {
        /// Number of the item on the score sheet, such as `1.2`.
        item: SheetItemId,
        /// Code of the award that the item does not have.
        award: AwardCode,
    },
    /// The item has no award that could be taken back.
    #[error("item `{0}` is not scored")]
    NotScored(SheetItemId),
    /// The sheet has no such veto.
    #[error("sheet has no veto `{0}`")]
    UnknownVeto(VetoCode),
    /// The veto has no such note.
    #[error("veto `{veto}` has no note `{note}`")]
    UnknownNote {
        /// Code of the veto (否定项) on the sheet.
        veto: VetoCode,
        /// Code of the note that the veto does not have.
        note: NoteCode,
    },
    /// The veto is marked already.
    #[error("veto `{0}` is marked already")]
    VetoMarkedTwice(VetoCode),
    /// The veto is not marked.
    #[error("veto `{0}` is not marked")]
    VetoNotMarked(VetoCode),
    /// No award or veto is left that could be undone.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// The item is not timed.
    #[error("item `{0}` is not timed")]
    NotTimed(SheetItemId),
    /// The timer runs already.
    #[error("timer runs already")]
    TimerRuns,
    /// The timer does not run.
    #[error("timer does not run")]
    TimerStands,
    /// Items without an award; all of them.
    #[error("{} items are not scored yet", .0.len())]
    Unscored(Vec<SheetItemId>),
    /// The examiner stands by another sum than the awards have.
    #[error("handed in with {claimed} marks, but the awards add up to {sum}")]
    Total {
        /// The sum that the examiner saw.
        claimed: HalfMarks,
        /// The awards' sum.
        sum: HalfMarks,
    },
    /// An event that is older than the one before it.
    #[error("event is older than the one before it")]
    Time,
    /// Marks beyond what can be counted.
    #[error(transparent)]
    Marks(#[from] MarksError),
}

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

/// How an examiner's scoring of a sheet stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scoring {
    assignment: AssignmentId,
    started: Option<Time>,
    handed_in: Option<Time>,
    last: Option<Time>,
    scores: BTreeMap<SheetItemId, AwardCode>,
    vetoes: BTreeMap<VetoCode, MarkedVeto>,
    timers: BTreeMap<Timer, Run>,
    /// What the awards and vetoes were before each step that can still be undone, oldest first.
    steps: Vec<Before>,
}

/// What an item or a veto was before a step.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Before {
    Award { item: SheetItemId, award: Option<AwardCode> },
    Veto { veto: VetoCode, marked: Option<MarkedVeto> },
}

/// A timer: what it has counted, and since when it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Run {
    counted_ms: i64,
    since: Option<Time>,
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
            timers: BTreeMap::new(),
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
            SheetEvent::TimerStarted { timer } => self.start_timer(sheet, at, timer)?,
            SheetEvent::TimerStopped { timer } => self.stop_timer(at, timer)?,
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

    /// Milliseconds that a timer has counted up to `now`; it stands still from the hand-in.
    #[must_use]
    pub fn used_ms(&self, timer: &Timer, now: Time) -> i64 {
        let Some(run) = self.timers.get(timer) else {
            return 0;
        };
        let now = self.handed_in.map_or(now, |end| end.min(now));
        run.counted_ms + run.since.map_or(0, |since| now.millis_since(since).max(0))
    }

    /// The timers that run.
    pub fn running(&self) -> impl Iterator<Item = &Timer> {
        let handed_in = self.handed_in.is_some();
        self.timers.iter().filter(move |(_, run)| run.since.is_some() && !handed_in).map(|(timer, _)| timer)
    }

    /// The award that a timed item's timer speaks for; the examiner confirms it by scoring.
    #[must_use]
    pub fn suggested<'sheet>(&self, sheet: &'sheet ValidSheet, item: &SheetItemId, now: Time) -> Option<&'sheet Award> {
        let timer = Timer::Item { item: item.clone() };
        self.timers.get(&timer)?;
        sheet.item(item)?.award_for_time(self.used_ms(&timer, now))
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

    fn start_timer(&mut self, sheet: &ValidSheet, at: Time, timer: &Timer) -> Result<(), ScoringError> {
        if let Timer::Item { item } = timer
            && !matches!(known(sheet, item)?.kind, ItemKind::Timed { .. })
        {
            return Err(ScoringError::NotTimed(item.clone()));
        }
        let run = self.timers.entry(timer.clone()).or_default();
        if run.since.is_some() {
            return Err(ScoringError::TimerRuns);
        }
        run.since = Some(at);
        Ok(())
    }

    fn stop_timer(&mut self, at: Time, timer: &Timer) -> Result<(), ScoringError> {
        let run = self.timers.get_mut(timer).ok_or(ScoringError::TimerStands)?;
        let since = run.since.take().ok_or(ScoringError::TimerStands)?;
        run.counted_ms = run.counted_ms.saturating_add(at.millis_since(since));
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
mod tests {
    use super::super::example;
    use super::*;

    type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

    fn item(id: &str) -> Result<SheetItemId, kaoping_record::id::IdError> {
        SheetItemId::new(id)
    }

    fn scored(id: &str, award: &str) -> TestResult<SheetEvent> {
        Ok(SheetEvent::Scored { item: item(id)?, award: AwardCode::new(award)? })
    }

    fn opened(sheet: &ValidSheet) -> TestResult<Scoring> {
        let assignment = AssignmentId::new("a1")?;
        let mut scoring = Scoring::new(assignment.clone());
        let started = SheetEvent::Started { assignment, sheet: sheet.sheet().id.clone(), sheet_digest: sheet.digest() };
        scoring.apply(sheet, Time::from_millis(0), &started)?;
        assert_eq!(scoring.apply(sheet, Time::from_millis(0), &started), Err(ScoringError::StartedTwice));
        Ok(scoring)
    }

    #[test]
    fn nothing_happens_before_the_start_or_on_another_sheet() -> TestResult {
        let sheet = example::sheet()?;
        let assignment = AssignmentId::new("a1")?;
        let mut scoring = Scoring::new(assignment.clone());
        let now = Time::from_millis(0);
        assert_eq!(scoring.apply(&sheet, now, &scored("b", "full")?), Err(ScoringError::NotStarted));
        let id = sheet.sheet().id.clone();
        let other_text =
            SheetEvent::Started { assignment: assignment.clone(), sheet: id.clone(), sheet_digest: Digest::ZERO };
        assert!(matches!(scoring.apply(&sheet, now, &other_text), Err(ScoringError::OtherSheet { .. })));
        let other_task =
            SheetEvent::Started { assignment: AssignmentId::new("a2")?, sheet: id, sheet_digest: sheet.digest() };
        assert!(matches!(scoring.apply(&sheet, now, &other_task), Err(ScoringError::OtherAssignment { .. })));
        assert_eq!(scoring, Scoring::new(assignment));
        Ok(())
    }

    #[test]
    fn every_kind_earns_what_its_table_says() -> TestResult {
        let sheet = example::sheet()?;
        let mut scoring = opened(&sheet)?;
        // 0 + 5 + 12.5 + 6 + 10 + 5 marks, half-marks 0 + 10 + 25 + 12 + 20 + 10.
        for (id, award) in [("b", "none"), ("g", "b"), ("d", "1"), ("c", "1"), ("t", "b"), ("j", "c")] {
            scoring.apply(&sheet, Time::from_millis(1), &scored(id, award)?)?;
        }
        assert_eq!(scoring.total(&sheet)?, HalfMarks::new(77));
        assert_eq!(scoring.unscored(&sheet), []);
        Ok(())
    }

    #[test]
    fn a_hand_in_lists_what_is_left_and_stands_by_its_sum() -> TestResult {
        let sheet = example::sheet()?;
        let mut scoring = opened(&sheet)?;
        let now = Time::from_millis(1);
        for (id, award) in [("b", "full"), ("d", "0"), ("t", "a")] {
            scoring.apply(&sheet, now, &scored(id, award)?)?;
        }
        let early = SheetEvent::HandedIn { total: HalfMarks::new(100) };
        assert_eq!(
            scoring.apply(&sheet, now, &early),
            Err(ScoringError::Unscored(vec![item("g")?, item("c")?, item("j")?]))
        );
        for (id, award) in [("g", "a"), ("c", "3"), ("j", "a")] {
            scoring.apply(&sheet, now, &scored(id, award)?)?;
        }
        let sum = HalfMarks::new(200);
        assert_eq!(scoring.apply(&sheet, now, &early), Err(ScoringError::Total { claimed: HalfMarks::new(100), sum }));
        scoring.apply(&sheet, now, &SheetEvent::HandedIn { total: sum })?;
        for event in [SheetEvent::HandedIn { total: sum }, scored("b", "none")?] {
            assert_eq!(scoring.apply(&sheet, now, &event), Err(ScoringError::HandedIn));
        }
        assert_eq!((scoring.total(&sheet)?, scoring.can_undo()), (sum, false));
        Ok(())
    }

    #[test]
    fn refusals_name_what_is_unknown_and_change_nothing() -> TestResult {
        let sheet = example::sheet()?;
        let mut scoring = opened(&sheet)?;
        scoring.apply(&sheet, Time::from_millis(5), &scored("b", "full")?)?;
        let before = scoring.clone();
        let (veto, note) = (VetoCode::new("cap")?, NoteCode::new("n9")?);
        let timer = Timer::Item { item: item("b")? };
        let refused = [
            (scored("x", "full")?, ScoringError::UnknownItem(item("x")?)),
            (scored("b", "half")?, ScoringError::UnknownAward { item: item("b")?, award: AwardCode::new("half")? }),
            (SheetEvent::Cleared { item: item("g")? }, ScoringError::NotScored(item("g")?)),
            (
                SheetEvent::VetoMarked { veto: VetoCode::new("x")?, note: note.clone() },
                ScoringError::UnknownVeto(VetoCode::new("x")?),
            ),
            (
                SheetEvent::VetoMarked { veto: veto.clone(), note: note.clone() },
                ScoringError::UnknownNote { veto: veto.clone(), note },
            ),
            (SheetEvent::VetoWithdrawn { veto: veto.clone() }, ScoringError::VetoNotMarked(veto)),
            (SheetEvent::TimerStarted { timer }, ScoringError::NotTimed(item("b")?)),
            (SheetEvent::TimerStopped { timer: Timer::Task {} }, ScoringError::TimerStands),
        ];
        for (event, error) in refused {
            assert_eq!(scoring.apply(&sheet, Time::from_millis(6), &event), Err(error));
            assert_eq!(scoring, before);
        }
        assert_eq!(scoring.apply(&sheet, Time::from_millis(4), &scored("g", "a")?), Err(ScoringError::Time));
        Ok(())
    }

    // Catches an undo that undoes the undo: pressed twice, it left the sheet as it was.
    #[test]
    fn each_undo_goes_back_one_step_further() -> TestResult {
        let sheet = example::sheet()?;
        let mut scoring = opened(&sheet)?;
        let (cap, n1) = (VetoCode::new("cap")?, NoteCode::new("n1")?);
        let steps = [
            scored("g", "a")?,
            scored("g", "c")?,
            SheetEvent::VetoMarked { veto: cap.clone(), note: n1 },
            SheetEvent::VetoWithdrawn { veto: cap },
            SheetEvent::Cleared { item: item("g")? },
            scored("g", "c")?,
        ];
        let mut before = Vec::new();
        for (at, step) in (1..).zip(&steps) {
            before.push((scoring.scores().clone(), scoring.vetoes().clone()));
            scoring.apply(&sheet, Time::from_millis(at), step)?;
        }
        while let Some(expected) = before.pop() {
            assert!(scoring.can_undo());
            scoring.apply(&sheet, Time::from_millis(9), &SheetEvent::Undone {})?;
            // A veto that comes back keeps the time at which it was marked.
            assert_eq!((scoring.scores(), scoring.vetoes()), (&expected.0, &expected.1));
        }
        assert!(!scoring.can_undo());
        let nothing = scoring.apply(&sheet, Time::from_millis(9), &SheetEvent::Undone {});
        assert_eq!(nothing, Err(ScoringError::NothingToUndo));
        Ok(())
    }

    // Catches an undo that skips what the examiner did by hand after an earlier undo.
    #[test]
    fn what_is_done_after_an_undo_is_undone_first() -> TestResult {
        let sheet = example::sheet()?;
        let mut scoring = opened(&sheet)?;
        let now = Time::from_millis(1);
        for step in [scored("g", "a")?, scored("b", "full")?, SheetEvent::Undone {}, scored("g", "c")?] {
            scoring.apply(&sheet, now, &step)?;
        }
        let award = |scoring: &Scoring| item("g").map(|g| scoring.award(&g).map(|award| award.as_str().to_owned()));
        assert_eq!(award(&scoring)?.as_deref(), Some("c"));
        scoring.apply(&sheet, now, &SheetEvent::Undone {})?;
        assert_eq!(award(&scoring)?.as_deref(), Some("a"));
        scoring.apply(&sheet, now, &SheetEvent::Undone {})?;
        assert_eq!((award(&scoring)?, scoring.can_undo()), (None, false));
        Ok(())
    }

    #[test]
    fn timers_count_on_and_speak_for_an_award() -> TestResult {
        let sheet = example::sheet()?;
        let mut scoring = opened(&sheet)?;
        let timer = Timer::Item { item: item("t")? };
        let (start, stop) =
            (SheetEvent::TimerStarted { timer: timer.clone() }, SheetEvent::TimerStopped { timer: timer.clone() });
        assert_eq!(scoring.suggested(&sheet, &item("t")?, Time::from_millis(0)), None);
        scoring.apply(&sheet, Time::from_millis(1_000), &start)?;
        assert_eq!(scoring.apply(&sheet, Time::from_millis(1_000), &start), Err(ScoringError::TimerRuns));
        scoring.apply(&sheet, Time::from_millis(41_000), &stop)?;
        scoring.apply(&sheet, Time::from_millis(100_000), &start)?;
        // 40 s, then 20 s more: exactly one minute.
        assert_eq!(scoring.used_ms(&timer, Time::from_millis(120_000)), 60_000);
        let suggested = |at: i64| -> Result<_, kaoping_record::id::IdError> {
            Ok(scoring.suggested(&sheet, &item("t")?, Time::from_millis(at)).map(|award| award.code.as_str()))
        };
        assert_eq!(suggested(120_000)?, Some("a"));
        assert_eq!(suggested(120_001)?, Some("b"));
        assert_eq!(scoring.award(&item("t")?), None, "only the examiner's touch scores");
        Ok(())
    }
}
