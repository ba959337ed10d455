//! A practical exam of one person, until its mark is formed.

use super::sitting_event::{PracticalMark, PracticalPlace, SittingEvent};
use serde::{Deserialize, Serialize};

/// A practical exam of one person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PracticalSitting {
    /// Panel, drawn number and tasks.
    pub place: PracticalPlace,
    /// How far it has come.
    pub stage: PracticalStage,
}

/// How far a practical exam has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PracticalStage {
    /// Panels are still scoring.
    Expected,
    /// The candidate was marked absent.
    Absent,
    /// The mark is formed.
    Marked(PracticalMark),
}

impl PracticalSitting {
    /// Whether the candidate was marked absent.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.stage, PracticalStage::Absent)
    }

    /// The practical mark, once it is formed.
    #[must_use]
    pub fn mark(&self) -> Option<&PracticalMark> {
        match &self.stage {
            PracticalStage::Marked(mark) => Some(mark),
            PracticalStage::Expected | PracticalStage::Absent => None,
        }
    }
}

impl PracticalSitting {
    pub(super) fn apply(&mut self, event: SittingEvent) {
        match event {
            SittingEvent::Absent { .. } => self.stage = PracticalStage::Absent,
            SittingEvent::Came {} => self.stage = PracticalStage::Expected,
            SittingEvent::PracticalScored { mark } => self.stage = PracticalStage::Marked(mark),
            _ => {}
        }
    }
}
