//! A batch from its plan to its closing.

use super::batch_refusal::BatchRefusal;
use crate::aggregates::attempt::{
    Entropy, FixedBasis, FixedManifest, OpenedSecret, Proposal, VoidedAttempt, WitnessedOpenings,
};
use crate::aggregates::key_correction::{KeyCorrected, KeyCorrectionRefusal, KeyCorrections, KeyProposal};
use crate::aggregates::log::Recorded;
use crate::work::Aggregate;
use kaoping_engine::plan::schedule::{Plan, PlanCustodian};
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_record::digest::Digest;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use super::draw::{Committed, Deal, Draw, ExpectedSecret, FixedDraw};

/// How far a batch has come, as pages name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// There is a plan.
    Planned,
    /// The roster is accepted and everyone has a seat. A void leads back to here.
    Seated,
    /// What is drawn from is fixed and logged; custodians commit.
    BasisFixed,
    /// Every custodian has committed.
    Committed,
    /// The manifest is fixed and logged.
    Fixed,
    /// Every custodian has opened the secret.
    Opened,
    /// The papers are dealt, tasks and panels drawn.
    Dealt,
    /// Closed: every sitting has its terminal leaf.
    Closed,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BatchState {
    pub plan: Plan,
    /// The draw's attempt, from 1.
    pub attempt: u32,
    /// Who holds the secrets of this attempt.
    pub custodians: Vec<PlanCustodian>,
    /// Attempts that ended without papers.
    pub voided: Vec<VoidedAttempt>,
    /// Roster and draw, once the roster is in.
    pub seated: Option<Seated>,
}

/// A batch whose candidates have seats.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seated {
    /// Number of candidates, late additions included.
    pub candidates: u32,
    /// Blob of the roster.
    pub roster: Digest,
    /// The record that commits to the roster.
    pub record: Recorded,
    /// Blob of the seating.
    pub seating: Digest,
    /// Candidates who were added after the draw, each on a spare paper.
    pub late: Vec<RosterEntry>,
    /// The draw's present attempt.
    pub draw: Draw,
    /// Bases that were replaced before there was a manifest, of whatever attempt.
    pub given_up: Vec<FixedBasis>,
    /// The record of the batch's closing.
    pub closing: Option<Recorded>,
    /// Corrections of keys after the closing.
    #[serde(default)]
    pub(super) key_corrections: KeyCorrections,
}

/// What happens to a batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum BatchEvent {
    /// The plan was accepted.
    Planned {
        plan: Plan,
    },
    /// The roster was accepted and seats were assigned.
    Seated {
        /// Number of candidates.
        candidates: u32,
        /// Blob of the roster.
        roster: Digest,
        /// The record that commits to the roster.
        record: Recorded,
        /// Blob of the seating.
        seating: Digest,
    },
    /// What is drawn from was fixed and logged; another basis before the manifest takes its place.
    BasisFixed {
        basis: FixedBasis,
    },
    /// A custodian committed.
    Committed {
        custodian: AccountId,
        commitment: Digest,
    },
    /// The manifest was fixed and logged.
    Fixed {
        manifest: FixedManifest,
    },
    /// A custodian opened the secret.
    Opened {
        custodian: AccountId,
        opened: OpenedSecret,
    },
    /// A witness cosigned a checkpoint with all openings before the public entropy's time.
    OpeningsWitnessed {
        witnessed: WitnessedOpenings,
    },
    /// The public entropy came.
    EntropyGiven {
        entropy: Entropy,
    },
    /// The office asked for the attempt's end.
    VoidProposed {
        /// What it asks for.
        proposal: Proposal,
    },
    /// The office took that back.
    VoidWithdrawn {},
    /// The attempt ended without papers, approved from outside and logged; the next one begins.
    Voided {
        /// What ended.
        voided: Box<VoidedAttempt>,
    },
    /// The papers were dealt.
    Dealt {
        deal: Deal,
    },
    /// A candidate was added on a spare paper.
    Added {
        /// The candidate.
        entry: RosterEntry,
        /// Why so late.
        reason: String,
    },
    Closed {
        record: Recorded,
    },
    /// An officer proposed another rule in the place of an item's key.
    KeyCorrectionProposed {
        proposal: KeyProposal,
    },
    /// That was taken back.
    KeyCorrectionWithdrawn {},
    /// Another officer approved it, and it was logged: from now on its rule counts.
    KeyCorrected {
        corrected: Box<KeyCorrected>,
    },
    /// The results of the roster's first candidates are settled by the correction under way.
    KeyCorrectionSettled {
        /// How many.
        until: u32,
        /// When the last one was, once these are all.
        completed_ms: Option<Time>,
    },
}

impl BatchState {
    /// How far it has come.
    #[must_use]
    pub fn stage(&self) -> Stage {
        let Some(seated) = &self.seated else { return Stage::Planned };
        if seated.closing.is_some() {
            return Stage::Closed;
        }
        match &seated.draw {
            Draw::Begun => Stage::Seated,
            Draw::Committing { commitments, .. } if commitments.len() == self.custodians.len() => Stage::Committed,
            Draw::Committing { .. } => Stage::BasisFixed,
            Draw::Fixed(fixed) if fixed.all_open() => Stage::Opened,
            Draw::Fixed(_) => Stage::Fixed,
            Draw::Dealt(..) => Stage::Dealt,
        }
    }

    /// Whether somebody has a duty in it: by the plan, as a custodian of this attempt, or of the
    /// one that is asked for.
    #[must_use]
    pub fn names(&self, account: &AccountId) -> bool {
        let next = self.fixed().and_then(|fixed| fixed.proposal.as_ref()).map(|proposal| &proposal.next_custodians);
        let custodians = self.custodians.iter().chain(next.into_iter().flatten());
        self.plan.people().any(|named| named == account)
            || custodians.map(|custodian| &custodian.account).any(|named| named == account)
    }

    /// Number of candidates, late additions included; 0 before the roster is in.
    #[must_use]
    pub fn candidates(&self) -> u32 {
        self.seated.as_ref().map_or(0, |seated| seated.candidates)
    }

    /// Roster and draw.
    ///
    /// # Errors
    /// [`BatchRefusal::NoRoster`].
    pub fn seated(&self) -> Result<&Seated, BatchRefusal> {
        self.seated.as_ref().ok_or(BatchRefusal::NoRoster)
    }

    /// The draw's fixed manifest with what followed.
    #[must_use]
    pub fn fixed(&self) -> Option<&FixedDraw> {
        self.seated.as_ref().and_then(|seated| seated.draw.fixed())
    }

    #[must_use]
    pub fn deal(&self) -> Option<&Deal> {
        self.seated.as_ref().and_then(|seated| seated.draw.deal())
    }

    /// That the roster can still be read.
    ///
    /// # Errors
    /// [`BatchRefusal::RosterFixed`].
    pub fn takes_roster(&self) -> Result<(), BatchRefusal> {
        if self.seated.is_none() { Ok(()) } else { Err(BatchRefusal::RosterFixed) }
    }

    /// The batch while late additions may come: dealt and not closed.
    ///
    /// # Errors
    /// [`BatchRefusal::NotDealtOrClosed`].
    pub fn takes_late_additions(&self) -> Result<&Seated, BatchRefusal> {
        match &self.seated {
            Some(seated @ Seated { draw: Draw::Dealt(..), closing: None, .. }) => Ok(seated),
            _ => Err(BatchRefusal::NotDealtOrClosed),
        }
    }

    /// The batch once its papers are dealt, closed or not.
    ///
    /// # Errors
    /// [`BatchRefusal::NotDealt`].
    pub fn dealt(&self) -> Result<(&Seated, &FixedDraw, &Deal), BatchRefusal> {
        match &self.seated {
            Some(seated @ Seated { draw: Draw::Dealt(fixed, deal), .. }) => Ok((seated, fixed, deal)),
            _ => Err(BatchRefusal::NotDealt),
        }
    }

    /// The batch with a roster, while it is not closed.
    ///
    /// # Errors
    /// [`BatchRefusal::Closed`] otherwise.
    pub fn not_closed(&self) -> Result<&Seated, BatchRefusal> {
        self.seated.as_ref().filter(|seated| seated.closing.is_none()).ok_or(BatchRefusal::Closed)
    }

    /// The corrections of keys, once the batch is closed.
    ///
    /// # Errors
    /// [`KeyCorrectionRefusal::NotClosed`].
    pub fn key_corrections(&self) -> Result<&KeyCorrections, KeyCorrectionRefusal> {
        self.seated.as_ref().ok_or(KeyCorrectionRefusal::NotClosed)?.key_corrections()
    }

    /// The batch after its closing.
    ///
    /// # Errors
    /// [`BatchRefusal::NotClosed`].
    pub fn closed(&self) -> Result<(&Seated, &Recorded), BatchRefusal> {
        let seated = self.seated.as_ref().ok_or(BatchRefusal::NotClosed)?;
        Ok((seated, seated.closing.as_ref().ok_or(BatchRefusal::NotClosed)?))
    }
}

impl Aggregate for BatchState {
    const FAMILY: &'static str = "batch";
    const COLLECTION: Collection = Collection::Batch;
    type Event = BatchEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        let BatchEvent::Planned { plan } = event else { return None };
        let custodians = plan.custodians.clone();
        Some(Self { plan, attempt: 1, custodians, voided: Vec::new(), seated: None })
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            BatchEvent::Planned { plan } => self.plan = plan,
            BatchEvent::Seated { candidates, roster, record, seating } => {
                self.seated = Some(Seated {
                    candidates,
                    roster,
                    record,
                    seating,
                    late: Vec::new(),
                    draw: Draw::Begun,
                    given_up: Vec::new(),
                    closing: None,
                    key_corrections: KeyCorrections::default(),
                });
            }
            BatchEvent::Voided { voided } => {
                self.attempt = voided.attempt + 1;
                self.custodians.clone_from(&voided.next_custodians);
                if let Some(seated) = &mut self.seated {
                    seated.draw = Draw::Begun;
                }
                self.voided.push(*voided);
            }
            event => {
                if let Some(seated) = &mut self.seated {
                    seated.apply(event);
                }
            }
        }
    }
}

impl Seated {
    pub(super) fn apply(&mut self, event: BatchEvent) {
        match event {
            BatchEvent::Added { entry, .. } => {
                self.candidates += 1;
                self.late.push(entry);
            }
            BatchEvent::Closed { record } => self.closing = Some(record),
            BatchEvent::BasisFixed { basis } if self.draw.fixed().is_none() => {
                let draw = Draw::Committing { basis, commitments: BTreeMap::new() };
                if let Draw::Committing { basis, .. } = std::mem::replace(&mut self.draw, draw) {
                    self.given_up.push(basis);
                }
            }
            event @ (BatchEvent::KeyCorrectionProposed { .. }
            | BatchEvent::KeyCorrectionWithdrawn {}
            | BatchEvent::KeyCorrected { .. }
            | BatchEvent::KeyCorrectionSettled { .. }) => self.key_corrections.apply(event),
            event => self.draw.apply(event),
        }
    }
}
