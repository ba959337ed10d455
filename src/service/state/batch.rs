//! A batch from its plan to its closing.

use crate::state::attempt::{Entropy, FixedManifest, Proposal, VoidedAttempt};
use crate::state::log::Recorded;
use crate::work::Aggregate;
use kaoping_engine::plan::schedule::{Plan, PlanCustodian};
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How far a batch has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// There is a plan (or nothing yet).
    #[default]
    Planned,
    /// The roster is accepted and everyone has a seat. A void leads back to here.
    Seated,
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

/// A batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BatchState {
    /// The plan.
    pub plan: Option<Plan>,
    /// How far it has come.
    pub stage: Stage,
    /// Number of candidates, late additions included.
    pub candidates: u32,
    /// Blob of the roster.
    pub roster: Option<Digest>,
    /// The record that commits to the roster.
    pub roster_record: Option<Recorded>,
    /// Blob of the seating.
    pub seating: Option<Digest>,
    /// Candidates who were added after the draw, each on a spare paper.
    pub late: Vec<RosterEntry>,
    /// The draw's attempt, from 1.
    pub attempt: u32,
    /// Who holds the secrets of this attempt.
    pub custodians: Vec<PlanCustodian>,
    /// Commitments by custodian.
    pub commitments: BTreeMap<AccountId, Digest>,
    /// The manifest, once it is fixed.
    pub manifest: Option<FixedManifest>,
    /// Opened secrets in hexadecimal, by custodian.
    pub secrets: BTreeMap<AccountId, String>,
    /// The public entropy, once it is known.
    pub entropy: Option<Entropy>,
    /// A void that waits for its approval.
    pub proposal: Option<Proposal>,
    /// Attempts that ended without papers.
    pub voided: Vec<VoidedAttempt>,
    /// The deal.
    pub deal: Option<Deal>,
    /// The record of its closing.
    pub closing: Option<Recorded>,
}

/// What was dealt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deal {
    /// Digest of the seed.
    pub seed_digest: Digest,
    /// The record of the opening, which publishes the seed's digest.
    pub opening: Recorded,
    /// Blob of the list of papers with their certificates.
    pub papers: Digest,
    /// Blob of the signed equivalence certificate.
    pub equivalence: Digest,
    /// Number of papers, spares and reserve included.
    pub count: u32,
}

/// What happens to a batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum BatchEvent {
    /// The plan was accepted.
    Planned {
        /// The plan.
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
    /// A custodian committed.
    Committed {
        /// The custodian.
        custodian: AccountId,
        /// The commitment.
        commitment: Digest,
    },
    /// The manifest was fixed and logged.
    Fixed {
        /// It.
        manifest: FixedManifest,
    },
    /// A custodian opened the secret.
    Opened {
        /// The custodian.
        custodian: AccountId,
        /// The secret, hexadecimal.
        secret: String,
    },
    /// The public entropy came.
    EntropyGiven {
        /// It.
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
        voided: VoidedAttempt,
    },
    /// The papers were dealt.
    Dealt {
        /// The deal.
        deal: Deal,
    },
    /// A candidate was added on a spare paper.
    Added {
        /// The candidate.
        entry: RosterEntry,
        /// Why so late.
        reason: String,
    },
    /// The batch was closed.
    Closed {
        /// The record.
        record: Recorded,
    },
}

impl BatchState {
    /// The plan.
    ///
    /// # Errors
    /// 404 when there is no such batch.
    pub fn plan(&self) -> Result<&Plan, crate::error::ApiError> {
        self.plan.as_ref().ok_or_else(|| crate::error::ApiError::not_found("batch"))
    }

    /// The batch's identifier.
    #[must_use]
    pub fn id(&self) -> Option<&BatchId> {
        self.plan.as_ref().map(|plan| &plan.batch)
    }
}

impl Aggregate for BatchState {
    const FAMILY: &'static str = "batch";
    const COLLECTION: Collection = Collection::Batch;
    type Event = BatchEvent;

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            BatchEvent::Planned { plan } => {
                self.custodians.clone_from(&plan.custodians);
                self.plan = Some(plan);
                self.attempt = 1;
            }
            BatchEvent::Seated { candidates, roster, record, seating } => {
                self.stage = Stage::Seated;
                self.candidates = candidates;
                self.roster = Some(roster);
                self.roster_record = Some(record);
                self.seating = Some(seating);
            }
            BatchEvent::Committed { custodian, commitment } => {
                self.commitments.insert(custodian, commitment);
                if self.commitments.len() == self.custodians.len() {
                    self.stage = Stage::Committed;
                }
            }
            BatchEvent::Fixed { manifest } => {
                self.stage = Stage::Fixed;
                self.manifest = Some(manifest);
            }
            BatchEvent::Opened { custodian, secret } => {
                self.secrets.insert(custodian, secret);
                if self.secrets.len() == self.commitments.len() {
                    self.stage = Stage::Opened;
                }
            }
            BatchEvent::EntropyGiven { entropy } => self.entropy = Some(entropy),
            BatchEvent::VoidProposed { proposal } => self.proposal = Some(proposal),
            BatchEvent::VoidWithdrawn {} => self.proposal = None,
            BatchEvent::Voided { voided } => {
                self.stage = Stage::Seated;
                self.attempt = voided.attempt + 1;
                self.custodians.clone_from(&voided.next_custodians);
                self.commitments.clear();
                self.manifest = None;
                self.secrets.clear();
                self.entropy = None;
                self.proposal = None;
                self.voided.push(voided);
            }
            BatchEvent::Dealt { deal } => {
                self.stage = Stage::Dealt;
                self.deal = Some(deal);
            }
            BatchEvent::Added { entry, .. } => {
                self.candidates += 1;
                self.late.push(entry);
            }
            BatchEvent::Closed { record } => {
                self.stage = Stage::Closed;
                self.closing = Some(record);
            }
        }
    }
}
