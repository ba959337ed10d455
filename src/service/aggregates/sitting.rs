//! A sitting: one person's theory or practical exam in a batch, from the seat to its end.

use crate::refusal::Refusal;
use crate::work::Aggregate;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

pub use super::practical_sitting::{PracticalSitting, PracticalStage};
pub use super::sitting_event::{
    EndedBy, Pc, Place, PracticalMark, PracticalPlace, Reopening, SittingEnd, SittingEvent, TheoryMark, UndoneEnd,
};
pub use super::theory_sitting::{TheorySitting, TheoryStage};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum SittingState {
    /// A theory exam.
    Theory(Box<TheorySitting>),
    /// A practical exam.
    Practical(PracticalSitting),
}

impl SittingState {
    /// The theory exam.
    ///
    /// # Errors
    /// [`Refusal::not_found`] for a practical sitting.
    pub fn theory(&self) -> Result<&TheorySitting, Refusal> {
        match self {
            Self::Theory(sitting) => Ok(sitting),
            Self::Practical(_) => Err(Refusal::not_found("sitting")),
        }
    }

    /// The practical exam.
    ///
    /// # Errors
    /// [`Refusal::not_found`] for a theory sitting.
    pub fn practical(&self) -> Result<&PracticalSitting, Refusal> {
        match self {
            Self::Practical(sitting) => Ok(sitting),
            Self::Theory(_) => Err(Refusal::not_found("sitting")),
        }
    }
}

impl Aggregate for SittingState {
    const FAMILY: &'static str = "sitting";
    const COLLECTION: Collection = Collection::Sitting;
    type Event = SittingEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        match event {
            SittingEvent::Seated { place } => Some(Self::Theory(Box::new(TheorySitting::new(place)))),
            SittingEvent::Assigned { practical } => {
                Some(Self::Practical(PracticalSitting { place: practical, stage: PracticalStage::Expected }))
            }
            _ => None,
        }
    }

    fn apply(&mut self, event: Self::Event, at: Time, _actor: &str) {
        match self {
            Self::Theory(sitting) => sitting.apply(event, at),
            Self::Practical(sitting) => sitting.apply(event),
        }
    }

    /// A theory sitting is found by its admission ticket.
    fn lookup(&self) -> Option<String> {
        self.theory().ok().map(|sitting| sitting.place.ticket.clone())
    }
}
