//! The timers of an examiner's sheet.

use super::scoring_error::ScoringError;
use super::sheet::{ItemKind, ValidSheet};
use super::sheet_event::Timer;
use kaoping_record::time::Time;
use std::collections::BTreeMap;

/// All timers that were ever started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Timers(BTreeMap<Timer, Run>);

/// A timer: what it has counted, and since when it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Run {
    counted_ms: i64,
    since: Option<Time>,
}

impl Timers {
    /// Milliseconds that a timer has counted up to `now`; `None` for one that was never started.
    pub(super) fn used_ms(&self, timer: &Timer, now: Time) -> Option<i64> {
        let run = self.0.get(timer)?;
        Some(run.counted_ms + run.since.map_or(0, |since| now.millis_since(since).max(0)))
    }

    /// The timers that run.
    pub(super) fn running(&self) -> impl Iterator<Item = &Timer> {
        self.0.iter().filter(|(_, run)| run.since.is_some()).map(|(timer, _)| timer)
    }

    pub(super) fn start(&mut self, sheet: &ValidSheet, at: Time, timer: &Timer) -> Result<(), ScoringError> {
        if let Timer::Item { item } = timer {
            let known = sheet.item(item).ok_or_else(|| ScoringError::UnknownItem(item.clone()))?;
            if !matches!(known.kind, ItemKind::Timed { .. }) {
                return Err(ScoringError::NotTimed(item.clone()));
            }
        }
        let run = self.0.entry(timer.clone()).or_default();
        if run.since.is_some() {
            return Err(ScoringError::TimerRuns);
        }
        run.since = Some(at);
        Ok(())
    }

    pub(super) fn stop(&mut self, at: Time, timer: &Timer) -> Result<(), ScoringError> {
        let run = self.0.get_mut(timer).ok_or(ScoringError::TimerStands)?;
        let since = run.since.take().ok_or(ScoringError::TimerStands)?;
        run.counted_ms = run.counted_ms.saturating_add(at.millis_since(since));
        Ok(())
    }
}
