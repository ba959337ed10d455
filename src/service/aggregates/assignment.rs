//! An examiner's task: to score one sheet for one sitting.

use crate::refusal::Refusal;
use crate::work::Aggregate;
use kaoping_engine::practical::session::HandedInSheet;
use kaoping_record::id::{AccountId, BatchId, PanelId, SheetId, SittingId};
use kaoping_record::message::Proof;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    pub batch: BatchId,
    /// The practical sitting.
    pub sitting: SittingId,
    pub panel: PanelId,
    /// Key of the panel's mark.
    pub panel_key: String,
    pub sheet: SheetId,
    /// Who scores.
    pub examiner: AccountId,
    /// The candidate's drawn number.
    pub number: u32,
    /// Place among the candidate's sheets, from 1.
    pub order: u32,
    /// How often the candidate has been examined on this sheet, this time included.
    pub round: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AssignmentState {
    pub task: Task,
    /// What was handed in.
    pub hand_in: Option<SheetHandIn>,
}

/// A sheet that was handed in with the examiner's PIN.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SheetHandIn {
    pub sheet: HandedInSheet,
    /// The room service's signatures of it, as an `examiner-sheet`.
    pub proofs: Vec<Proof>,
    /// The tablet's signed checkpoint.
    pub checkpoint: String,
}

/// The sheet is handed in and cannot change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetIsIn;

impl From<SheetIsIn> for Refusal {
    fn from(SheetIsIn: SheetIsIn) -> Self {
        Self::conflict(
            "already_handed_in",
            "assignment",
            ("这张评分表已经交了，不能再改。", "this sheet is handed in and cannot change"),
            ("如有疑问，请找考评组长。", "if in doubt, ask the lead examiner"),
        )
    }
}

impl AssignmentState {
    /// The sheet as it was handed in.
    #[must_use]
    pub fn handed_in(&self) -> Option<&HandedInSheet> {
        self.hand_in.as_ref().map(|hand_in| &hand_in.sheet)
    }

    /// That the sheet can still change.
    ///
    /// # Errors
    /// [`SheetIsIn`].
    pub fn open(&self) -> Result<(), SheetIsIn> {
        if self.hand_in.is_some() { Err(SheetIsIn) } else { Ok(()) }
    }

    /// Hands the sheet in.
    ///
    /// # Errors
    /// [`SheetIsIn`].
    pub fn hand_in(
        &self,
        sheet: HandedInSheet,
        proofs: Vec<Proof>,
        checkpoint: String,
    ) -> Result<AssignmentEvent, SheetIsIn> {
        self.open().map(|()| AssignmentEvent::HandedIn { sheet, proofs, checkpoint })
    }
}

/// What happens to an assignment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum AssignmentEvent {
    Given {
        task: Task,
    },
    /// The sheet was handed in with the examiner's PIN.
    HandedIn {
        sheet: HandedInSheet,
        /// The room service's signatures of it.
        proofs: Vec<Proof>,
        /// The tablet's signed checkpoint.
        checkpoint: String,
    },
}

impl Aggregate for AssignmentState {
    const FAMILY: &'static str = "assignment";
    const COLLECTION: Collection = Collection::Assignment;
    type Event = AssignmentEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        match event {
            AssignmentEvent::Given { task } => Some(Self { task, hand_in: None }),
            AssignmentEvent::HandedIn { .. } => None,
        }
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            AssignmentEvent::Given { task } => self.task = task,
            AssignmentEvent::HandedIn { sheet, proofs, checkpoint } => {
                self.hand_in = Some(SheetHandIn { sheet, proofs, checkpoint });
            }
        }
    }

    /// Found by the examiner.
    fn lookup(&self) -> Option<String> {
        Some(self.task.examiner.to_string())
    }
}
