//! A batch from its plan to its closing.

use crate::work::Aggregate;
use kaoping_engine::plan::schedule::Plan;
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
    /// The roster is accepted and everyone has a seat.
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
    /// Number of candidates.
    pub candidates: u32,
    /// Blob of the roster.
    pub roster: Option<Digest>,
    /// Blob of the seating.
    pub seating: Option<Digest>,
    /// The draw's attempt, from 1.
    pub attempt: u32,
    /// Commitments by custodian.
    pub commitments: BTreeMap<AccountId, Digest>,
    /// The manifest, once it is fixed.
    pub manifest: Option<FixedManifest>,
    /// Opened secrets in hexadecimal, by custodian.
    pub secrets: BTreeMap<AccountId, String>,
    /// The deal.
    pub deal: Option<Deal>,
    /// Index of the closing leaf.
    pub closing_leaf: Option<u64>,
}

/// The manifest as it was fixed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FixedManifest {
    /// Digest of the payload.
    pub digest: Digest,
    /// Blob of the signed message.
    pub message: Digest,
    /// Index of its leaf.
    pub leaf: u64,
    /// Salt of its leaf, hexadecimal.
    pub leaf_salt: String,
}

/// What was dealt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deal {
    /// Digest of the seed.
    pub seed_digest: Digest,
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
    /// The papers were dealt.
    Dealt {
        /// The deal.
        deal: Deal,
    },
    /// The batch was closed.
    Closed {
        /// Index of the closing leaf.
        leaf: u64,
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
                self.plan = Some(plan);
                self.attempt = 1;
            }
            BatchEvent::Seated { candidates, roster, seating } => {
                self.stage = Stage::Seated;
                self.candidates = candidates;
                self.roster = Some(roster);
                self.seating = Some(seating);
            }
            BatchEvent::Committed { custodian, commitment } => {
                self.commitments.insert(custodian, commitment);
                let custodians = self.plan.as_ref().map_or(0, |plan| plan.custodians.len());
                if self.commitments.len() == custodians {
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
            BatchEvent::Dealt { deal } => {
                self.stage = Stage::Dealt;
                self.deal = Some(deal);
            }
            BatchEvent::Closed { leaf } => {
                self.stage = Stage::Closed;
                self.closing_leaf = Some(leaf);
            }
        }
    }
}
