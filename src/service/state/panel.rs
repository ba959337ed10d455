//! A panel's mark on one sheet for one sitting. The key is `<sitting>.<sheet>`.

use crate::work::Aggregate;
use kaoping_engine::bank::Function;
use kaoping_engine::practical::panel::{PanelDecisions, PanelOutcome};
use kaoping_record::id::{AccountId, AssignmentId, BatchId, PanelId, SheetId, SittingId};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// What the panel marks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subject {
    /// The batch.
    pub batch: BatchId,
    /// The panel.
    pub panel: PanelId,
    /// Who leads it.
    pub lead: AccountId,
    /// The practical sitting.
    pub sitting: SittingId,
    /// The sheet.
    pub sheet: SheetId,
    /// Its function.
    pub function: Function,
    /// The candidate's drawn number.
    pub number: u32,
    /// The examiners' assignments of this round.
    pub assignments: Vec<AssignmentId>,
    /// How often the candidate has been examined on this sheet, from 1.
    pub round: u32,
}

/// A panel's mark.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PanelState {
    /// What it marks.
    pub subject: Option<Subject>,
    /// Assignments that are handed in.
    pub handed_in: Vec<AssignmentId>,
    /// What the lead has decided.
    pub decisions: PanelDecisions,
    /// Where it stands, once all sheets are in.
    pub outcome: Option<PanelOutcome>,
}

/// What happens to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum PanelEvent {
    /// It was set up.
    SetUp {
        /// What it marks.
        subject: Subject,
    },
    /// An examiner's sheet came in.
    SheetIn {
        /// Whose.
        assignment: AssignmentId,
        /// Where it stands now, when all are in.
        outcome: Option<PanelOutcome>,
    },
    /// The lead decided.
    Decided {
        /// All decisions.
        decisions: PanelDecisions,
        /// Where it stands now.
        outcome: PanelOutcome,
    },
    /// The candidate is examined again: sheets and decisions of the round before stay in the streams and no longer count.
    Repeated {
        /// The examiners' new assignments.
        assignments: Vec<AssignmentId>,
    },
}

impl Aggregate for PanelState {
    const FAMILY: &'static str = "panel";
    const COLLECTION: Collection = Collection::Panel;
    type Event = PanelEvent;

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            PanelEvent::SetUp { subject } => self.subject = Some(subject),
            PanelEvent::SheetIn { assignment, outcome } => {
                self.handed_in.push(assignment);
                self.outcome = outcome;
            }
            PanelEvent::Decided { decisions, outcome } => {
                self.decisions = decisions;
                self.outcome = Some(outcome);
            }
            PanelEvent::Repeated { assignments } => {
                self.handed_in.clear();
                self.decisions = PanelDecisions::default();
                self.outcome = None;
                if let Some(subject) = &mut self.subject {
                    subject.assignments = assignments;
                    subject.round += 1;
                }
            }
        }
    }

    fn lookup(&self) -> Option<String> {
        self.subject.as_ref().map(|subject| subject.lead.to_string())
    }
}
