//! A panel's mark on one sheet for one sitting. The key is `<sitting>.<sheet>`.

use super::reason::reason;
use crate::refusal::Refusal;
use crate::work::Aggregate;
use kaoping_engine::bank::Function;
use kaoping_engine::practical::code::VetoCode;
use kaoping_engine::practical::panel::{
    PanelDecisions, PanelOutcome, SpreadDecision, SpreadVerdict, VetoDecision, VetoVerdict,
};
use kaoping_record::id::{AccountId, AssignmentId, BatchId, PanelId, SheetId, SittingId};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// What the panel marks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subject {
    pub batch: BatchId,
    pub panel: PanelId,
    pub lead: AccountId,
    /// The practical sitting.
    pub sitting: SittingId,
    pub sheet: SheetId,
    pub function: Function,
    /// The candidate's drawn number.
    pub number: u32,
    /// The examiners' assignments of this round.
    pub assignments: Vec<AssignmentId>,
    /// How often the candidate has been examined on this sheet, from 1.
    pub round: u32,
}

/// A panel's mark.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PanelState {
    /// What it marks.
    pub subject: Subject,
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
    /// The candidate is examined again: sheets and decisions of the round before stay in the
    /// streams and no longer count.
    Repeated {
        /// The examiners' new assignments.
        assignments: Vec<AssignmentId>,
    },
}

/// The key of a panel's mark.
#[must_use]
pub fn panel_key(sitting: &SittingId, sheet: &SheetId) -> String {
    format!("{sitting}.{sheet}")
}

/// What the lead examiner decides about a veto that examiners have marked.
#[derive(Clone, Debug, Serialize)]
pub struct VetoRuling {
    pub veto: VetoCode,
    /// Whether it happened and takes effect.
    pub verdict: VetoVerdict,
    pub reason: String,
}

/// What the lead examiner decides about totals that differ too much.
#[derive(Clone, Debug, Serialize)]
pub struct SpreadRuling {
    /// Whether the sheets count or the candidate is examined again.
    pub verdict: SpreadVerdict,
    pub reason: String,
}

/// Why a panel cannot be decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelRefusal {
    /// Whoever asks does not lead this panel.
    NotTheLead,
    /// Sheets are still missing, or no question is open.
    NothingToDecide,
    /// Sheets are still missing, and nobody sees one before all are in.
    SheetsOut,
}

impl From<PanelRefusal> for Refusal {
    fn from(refusal: PanelRefusal) -> Self {
        match refusal {
            PanelRefusal::NotTheLead => Self::forbidden(),
            PanelRefusal::NothingToDecide => Self::conflict(
                "nothing_to_decide",
                "panel",
                ("这里没有需要裁决的事项，或还有评分表没有交。", "there is nothing to decide, or sheets are still out"),
                ("刷新页面查看。", "reload the page"),
            ),
            PanelRefusal::SheetsOut => Self::conflict(
                "sheets_out",
                "panel",
                (
                    "还有评分表没有交，交齐以前看不到各张评分表。",
                    "sheets are still out; none is shown before all are in",
                ),
                ("等考评员都交了再看。", "wait until all examiners have handed in"),
            ),
        }
    }
}

impl PanelState {
    /// That this account leads the panel.
    ///
    /// # Errors
    /// [`PanelRefusal::NotTheLead`].
    pub fn led_by(&self, account: &AccountId) -> Result<(), PanelRefusal> {
        if self.subject.lead == *account { Ok(()) } else { Err(PanelRefusal::NotTheLead) }
    }

    /// The sheets that the lead may read: all of this round, once the last one is in.
    ///
    /// # Errors
    /// [`PanelRefusal::NotTheLead`], [`PanelRefusal::SheetsOut`].
    pub fn sheets_for(&self, lead: &AccountId) -> Result<&[AssignmentId], PanelRefusal> {
        self.led_by(lead)?;
        if self.outcome.is_some() { Ok(&self.subject.assignments) } else { Err(PanelRefusal::SheetsOut) }
    }

    /// The lead's decisions so far with these added.
    ///
    /// # Errors
    /// [`PanelRefusal`]; `reason` where one is missing.
    pub fn decide(
        &self,
        lead: &AccountId,
        at_ms: Time,
        vetoes: &[VetoRuling],
        spread: Option<&SpreadRuling>,
    ) -> Result<PanelDecisions, Refusal> {
        self.led_by(lead)?;
        let Some(PanelOutcome::Pending { .. }) = &self.outcome else {
            return Err(PanelRefusal::NothingToDecide.into());
        };
        let mut decisions = self.decisions.clone();
        for ruling in vetoes {
            decisions.vetoes.push(VetoDecision {
                veto: ruling.veto.clone(),
                verdict: ruling.verdict,
                lead: lead.clone(),
                at_ms,
                reason: reason(&ruling.reason)?,
            });
        }
        if let Some(ruling) = spread {
            decisions.spread = Some(SpreadDecision {
                verdict: ruling.verdict,
                lead: lead.clone(),
                at_ms,
                reason: reason(&ruling.reason)?,
            });
        }
        Ok(decisions)
    }
}

impl Aggregate for PanelState {
    const FAMILY: &'static str = "panel";
    const COLLECTION: Collection = Collection::Panel;
    type Event = PanelEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        let PanelEvent::SetUp { subject } = event else { return None };
        Some(Self { subject, handed_in: Vec::new(), decisions: PanelDecisions::default(), outcome: None })
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            PanelEvent::SetUp { subject } => self.subject = subject,
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
                self.subject.assignments = assignments;
                self.subject.round += 1;
            }
        }
    }

    /// Found by the lead examiner.
    fn lookup(&self) -> Option<String> {
        Some(self.subject.lead.to_string())
    }
}
