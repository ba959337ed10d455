//! An examiner's task: to score one sheet for one sitting.

use crate::work::Aggregate;
use kaoping_engine::practical::session::HandedInSheet;
use kaoping_record::id::{AccountId, BatchId, PanelId, SheetId, SittingId};
use kaoping_record::message::Proof;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// The task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    /// The batch.
    pub batch: BatchId,
    /// The practical sitting.
    pub sitting: SittingId,
    /// The panel.
    pub panel: PanelId,
    /// Key of the panel's mark.
    pub panel_key: String,
    /// The sheet.
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

/// An assignment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AssignmentState {
    /// The task.
    pub task: Option<Task>,
    /// The sheet as handed in.
    pub handed_in: Option<HandedInSheet>,
    /// The room service's signatures of it, as an `examiner-sheet`.
    pub proofs: Vec<Proof>,
    /// The tablet's signed checkpoint of the hand-in.
    pub checkpoint: Option<String>,
}

/// What happens to an assignment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum AssignmentEvent {
    /// It was given.
    Given {
        /// The task.
        task: Task,
    },
    /// The sheet was handed in with the examiner's PIN.
    HandedIn {
        /// The sheet.
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

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            AssignmentEvent::Given { task } => self.task = Some(task),
            AssignmentEvent::HandedIn { sheet, proofs, checkpoint } => {
                self.proofs = proofs;
                self.handed_in = Some(sheet);
                self.checkpoint = Some(checkpoint);
            }
        }
    }

    fn lookup(&self) -> Option<String> {
        self.task.as_ref().map(|task| task.examiner.to_string())
    }
}
