//! Undoing the end of a theory exam: one person asks, another approves, and the candidate goes on.

use super::reason::reason;
use super::sitting_event::{EndedBy, SittingEnd, SittingEvent};
use super::sitting_refusal::SittingRefusal;
use super::theory_sitting::{MAX_MINUTES, TheorySitting, TheoryStage};
use crate::refusal::Refusal;
use kaoping_record::digest::Digest;
use kaoping_record::id::AccountId;

impl TheorySitting {
    /// Time added to the paper's minutes, in milliseconds.
    #[must_use]
    pub fn added_ms(&self) -> i64 {
        self.extra_ms.saturating_add(self.given_back_ms)
    }

    /// Whether the sitting has an end that may be undone.
    #[must_use]
    pub fn is_undoable(&self) -> bool {
        self.undoable().is_ok()
    }

    /// The end that may be undone: not the candidate's own hand-in, and not a paper that is scored.
    pub(super) fn undoable(&self) -> Result<&SittingEnd, SittingRefusal> {
        match &self.stage {
            TheoryStage::HandedIn(end) if end.by != EndedBy::Candidate => Ok(end),
            _ => Err(SittingRefusal::NotUndoable),
        }
    }

    /// Asks to undo the end; `minutes`, 0 to 120, are given in addition to what was left. A new
    /// request replaces one that nobody has approved.
    ///
    /// # Errors
    /// [`SittingRefusal::NotUndoable`], [`SittingRefusal::Minutes`],
    /// [`SittingRefusal::NoTimeLeft`]; `reason` without one.
    pub fn ask_reopening(&self, minutes: u32, why: &str, by: AccountId) -> Result<SittingEvent, Refusal> {
        let end = self.undoable()?;
        if minutes > MAX_MINUTES {
            return Err(SittingRefusal::Minutes.into());
        }
        if end.left_ms == 0 && minutes == 0 {
            return Err(SittingRefusal::NoTimeLeft.into());
        }
        Ok(SittingEvent::ReopeningAsked { by, minutes, reason: reason(why)? })
    }

    /// Approves the request to undo the end. `lacking` tells by how much the paper's end must move
    /// so that so many milliseconds are left; `receipt` is the identity of the end's receipt.
    ///
    /// # Errors
    /// [`SittingRefusal::NotUndoable`], [`SittingRefusal::NotAsked`],
    /// [`SittingRefusal::SecondNeeded`] for who asked, [`SittingRefusal::NotUndoable`] while the
    /// room has no time.
    pub fn approve_reopening(
        &self,
        by: &AccountId,
        receipt: Digest,
        lacking: impl FnOnce(i64) -> Option<i64>,
    ) -> Result<SittingEvent, SittingRefusal> {
        let end = self.undoable()?;
        let asked = self.reopening.as_ref().ok_or(SittingRefusal::NotAsked)?;
        if asked.by == *by {
            return Err(SittingRefusal::SecondNeeded);
        }
        let left = end.left_ms.saturating_add(i64::from(asked.minutes) * 60_000);
        Ok(SittingEvent::Reopened {
            asked_by: asked.by.clone(),
            approved_by: by.clone(),
            reason: asked.reason.clone(),
            left_ms: end.left_ms,
            minutes: asked.minutes,
            added_ms: lacking(left).ok_or(SittingRefusal::NotUndoable)?,
            receipt,
        })
    }
}
