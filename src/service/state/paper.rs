//! A dealt paper. The key is `<batch>.<paper>`.

use crate::state::log::Recorded;
use crate::work::Aggregate;
use kaoping_engine::draw::seating::PaperUse;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PaperId, PseudonymId, RoomId};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// What was dealt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DealtPaper {
    /// The paper.
    pub paper: PaperId,
    /// What it is for.
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

/// A paper; empty before it is dealt.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PaperState {
    /// What was dealt.
    pub dealt: Option<DealtPaper>,
    /// Who got it, when it is a spare that was bound to a late addition.
    pub bound: Option<PseudonymId>,
    /// The record that accounts for it, when it is a spare or of the reserve.
    pub accounted: Option<Recorded>,
}

/// What happens to a paper.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum PaperEvent {
    /// It was dealt.
    Dealt {
        /// The paper.
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

/// The key of a paper.
#[must_use]
pub fn paper_key(batch: &BatchId, paper: &str) -> String {
    format!("{batch}.{paper}")
}

impl Aggregate for PaperState {
    const FAMILY: &'static str = "paper";
    const COLLECTION: Collection = Collection::Paper;
    type Event = PaperEvent;

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            PaperEvent::Dealt { paper } => self.dealt = Some(paper),
            PaperEvent::Bound { pseudonym, record } => {
                self.bound = Some(pseudonym);
                self.accounted = Some(record);
            }
            PaperEvent::Unused { record } => self.accounted = Some(record),
        }
    }
}
