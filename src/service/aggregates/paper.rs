//! A dealt paper. The key is `<batch>.<paper>`.

use crate::aggregates::log::Recorded;
use crate::work::Aggregate;
use kaoping_engine::draw::seating::PaperUse;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PaperId, PseudonymId, RoomId};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DealtPaper {
    pub paper: PaperId,
    pub paper_use: PaperUse,
    /// The session; `None` for the reserve set.
    pub session: Option<u32>,
    /// The room; `None` for the reserve set.
    pub room: Option<RoomId>,
    /// Digest and blob of the paper.
    pub digest: Digest,
    /// The signed paper certificate.
    pub certificate: String,
    /// How many cards were forced.
    pub forced: u32,
}

/// A paper of a batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaperState {
    pub dealt: DealtPaper,
    /// What became of it.
    pub fate: PaperFate,
}

/// What became of a paper.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PaperFate {
    /// It lies at its seat, or is a spare that nobody needed so far.
    Dealt,
    /// A late addition got it.
    Bound {
        pseudonym: PseudonymId,
        /// The logged record of its use.
        record: Recorded,
    },
    /// Nobody needed it.
    Unused {
        /// The logged record of that.
        record: Recorded,
    },
}

impl PaperState {
    /// Who got this spare paper.
    #[must_use]
    pub fn bound_to(&self) -> Option<&PseudonymId> {
        match &self.fate {
            PaperFate::Bound { pseudonym, .. } => Some(pseudonym),
            PaperFate::Dealt | PaperFate::Unused { .. } => None,
        }
    }

    /// The logged record that accounts for a spare paper.
    #[must_use]
    pub fn record(&self) -> Option<&Recorded> {
        match &self.fate {
            PaperFate::Bound { record, .. } | PaperFate::Unused { record } => Some(record),
            PaperFate::Dealt => None,
        }
    }
}

/// What happens to a paper.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum PaperEvent {
    Dealt {
        paper: DealtPaper,
    },
    /// A spare was bound to a late addition, which is logged.
    Bound {
        /// The person.
        pseudonym: PseudonymId,
        /// The record of its use.
        record: Recorded,
    },
    /// Nobody needed it, which is logged.
    Unused {
        /// The record that says so.
        record: Recorded,
    },
}

#[must_use]
pub fn paper_key(batch: &BatchId, paper: &str) -> String {
    format!("{batch}.{paper}")
}

impl Aggregate for PaperState {
    const FAMILY: &'static str = "paper";
    const COLLECTION: Collection = Collection::Paper;
    type Event = PaperEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        match event {
            PaperEvent::Dealt { paper } => Some(Self { dealt: paper, fate: PaperFate::Dealt }),
            PaperEvent::Bound { .. } | PaperEvent::Unused { .. } => None,
        }
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            PaperEvent::Dealt { paper } => self.dealt = paper,
            PaperEvent::Bound { pseudonym, record } => self.fate = PaperFate::Bound { pseudonym, record },
            PaperEvent::Unused { record } if matches!(self.fate, PaperFate::Dealt) => {
                self.fate = PaperFate::Unused { record };
            }
            PaperEvent::Unused { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregates::log::LoggedLeaf;

    fn recorded(index: u64) -> Recorded {
        let leaf = LoggedLeaf { index, salt: String::new(), record: Digest::of(b"record") };
        Recorded { message: Digest::of(b"message"), leaf }
    }

    // Catches a closing that takes a spare paper away from the candidate who has just got it.
    #[test]
    fn a_paper_that_somebody_has_never_becomes_unused() {
        let dealt = DealtPaper {
            paper: PaperId::new("spare-1").expect("id"),
            paper_use: PaperUse::Spare,
            session: Some(1),
            room: None,
            digest: Digest::of(b"paper"),
            certificate: String::new(),
            forced: 0,
        };
        let pseudonym = PseudonymId::new("p1").expect("id");
        let at = Time::from_millis(0);
        let mut paper = PaperState::begin(PaperEvent::Dealt { paper: dealt }, at, "office").expect("begins");
        paper.apply(PaperEvent::Bound { pseudonym: pseudonym.clone(), record: recorded(1) }, at, "office");
        paper.apply(PaperEvent::Unused { record: recorded(2) }, at, "office");
        assert_eq!(paper.bound_to(), Some(&pseudonym));
        assert_eq!(paper.record().map(|record| record.leaf.index), Some(1));
    }
}
