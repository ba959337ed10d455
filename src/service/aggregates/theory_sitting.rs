//! A theory exam of one person, from the seat to the score.

use super::reason::reason;
use super::sitting_event::{Pc, Place, Reopening, SittingEnd, SittingEvent, TheoryMark, UndoneEnd};
use super::sitting_refusal::SittingRefusal;
use crate::refusal::Refusal;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The most minutes that may be given at once.
pub(super) const MAX_MINUTES: u32 = 120;

/// A theory exam of one person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TheorySitting {
    /// Where and as whom.
    pub place: Place,
    /// PCs in the order in which they were bound; the last counts.
    pub pcs: Vec<Pc>,
    /// Extra time in milliseconds.
    pub extra_ms: i64,
    /// Time that was added when the paper was given back, in milliseconds: how long the sitting
    /// stood still, and what an invigilator gave.
    pub given_back_ms: i64,
    /// The request to undo the end, while nobody has approved it.
    pub reopening: Option<Reopening>,
    /// The ends that were undone, in order.
    pub undone: Vec<UndoneEnd>,
    /// How far it has come.
    pub stage: TheoryStage,
}

/// How far a theory exam has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum TheoryStage {
    /// Nobody has come yet.
    Expected,
    /// The candidate was marked absent.
    Absent,
    /// A PC is bound.
    Bound,
    /// The paper is in.
    HandedIn(SittingEnd),
    /// The paper is scored.
    Scored(SittingEnd, TheoryMark),
}

impl TheorySitting {
    /// A sitting to which nobody has come.
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            pcs: Vec::new(),
            extra_ms: 0,
            given_back_ms: 0,
            reopening: None,
            undone: Vec::new(),
            stage: TheoryStage::Expected,
        }
    }

    /// How the sitting ended, once the paper is in.
    #[must_use]
    pub fn end(&self) -> Option<&SittingEnd> {
        match &self.stage {
            TheoryStage::HandedIn(end) | TheoryStage::Scored(end, _) => Some(end),
            TheoryStage::Expected | TheoryStage::Absent | TheoryStage::Bound => None,
        }
    }

    /// Whether the paper is in.
    #[must_use]
    pub fn is_handed_in(&self) -> bool {
        self.end().is_some()
    }

    /// Whether the candidate was marked absent.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.stage, TheoryStage::Absent)
    }

    /// The theory score, once there is one.
    #[must_use]
    pub fn mark(&self) -> Option<&TheoryMark> {
        match &self.stage {
            TheoryStage::Scored(_, mark) => Some(mark),
            _ => None,
        }
    }

    /// The number of the PC that counts, from 0; `None` while none is bound.
    #[must_use]
    pub fn last_pc(&self) -> Option<u32> {
        u32::try_from(self.pcs.len()).ok()?.checked_sub(1)
    }

    /// Binds a PC. From the second one on a reason is needed.
    ///
    /// # Errors
    /// [`SittingRefusal::HandedIn`], [`SittingRefusal::MoveWithoutReason`].
    pub fn bind(&self, pc: Pc, why: Option<&str>) -> Result<SittingEvent, Refusal> {
        if self.is_handed_in() {
            return Err(SittingRefusal::HandedIn.into());
        }
        if self.pcs.is_empty() {
            return Ok(SittingEvent::Bound { pc, reason: None });
        }
        let why = why.filter(|why| !why.trim().is_empty()).ok_or(SittingRefusal::MoveWithoutReason)?;
        Ok(SittingEvent::Bound { pc, reason: Some(reason(why)?) })
    }

    /// Gives 1 to 120 minutes of extra time.
    ///
    /// # Errors
    /// [`SittingRefusal::Minutes`], [`SittingRefusal::HandedIn`]; `reason` without one.
    pub fn extend(&self, minutes: u32, why: &str, by: AccountId) -> Result<SittingEvent, Refusal> {
        let why = reason(why)?;
        if !(1..=MAX_MINUTES).contains(&minutes) {
            return Err(SittingRefusal::Minutes.into());
        }
        if self.is_handed_in() {
            return Err(SittingRefusal::HandedIn.into());
        }
        Ok(SittingEvent::Extended { minutes, reason: why, by })
    }

    /// Records that the candidate did not come.
    ///
    /// # Errors
    /// [`SittingRefusal::HasCome`] once a PC was bound; `reason` without one.
    pub fn mark_absent(&self, why: &str) -> Result<SittingEvent, Refusal> {
        let why = reason(why)?;
        match self.stage {
            TheoryStage::Expected | TheoryStage::Absent => Ok(SittingEvent::Absent { reason: why }),
            _ => Err(SittingRefusal::HasCome.into()),
        }
    }

    /// Ends the sitting.
    ///
    /// # Errors
    /// [`SittingRefusal::HandedIn`] when it has ended, [`SittingRefusal::NeverBound`] when nobody
    /// sat down.
    pub fn hand_in(&self, ending: SittingEnd) -> Result<SittingEvent, SittingRefusal> {
        match self.stage {
            TheoryStage::Bound => Ok(SittingEvent::Ended { ending }),
            TheoryStage::Expected | TheoryStage::Absent => Err(SittingRefusal::NeverBound),
            TheoryStage::HandedIn(_) | TheoryStage::Scored(..) => Err(SittingRefusal::HandedIn),
        }
    }
}

impl TheorySitting {
    pub(super) fn apply(&mut self, event: SittingEvent, at: Time) {
        match event {
            SittingEvent::Bound { pc, .. } => {
                self.pcs.push(pc);
                if !self.is_handed_in() {
                    self.stage = TheoryStage::Bound;
                }
            }
            SittingEvent::Extended { minutes, .. } => self.extra_ms += i64::from(minutes) * 60_000,
            SittingEvent::Absent { .. } => self.stage = TheoryStage::Absent,
            SittingEvent::Ended { ending } if !self.is_handed_in() => self.stage = TheoryStage::HandedIn(ending),
            SittingEvent::ReopeningAsked { by, minutes, reason } => {
                self.reopening = Some(Reopening { by, at_ms: at, minutes, reason });
            }
            SittingEvent::Reopened { added_ms, receipt, .. } if self.undoable().is_ok() => {
                self.stage = TheoryStage::Bound;
                self.reopening = None;
                self.given_back_ms = self.given_back_ms.saturating_add(added_ms);
                self.undone.push(UndoneEnd { receipt, reopened_ms: at });
            }
            SittingEvent::TheoryScored { mark } => {
                if let Some(end) = self.end().cloned() {
                    self.stage = TheoryStage::Scored(end, mark);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "theory_sitting_tests.rs"]
mod tests;
