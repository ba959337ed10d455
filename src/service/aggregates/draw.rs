//! The draw within a batch: how far its present attempt has come, and what custodians and the
//! office may do.

use super::attempt::{Entropy, FixedBasis, FixedManifest, OpenedSecret, Proposal, WitnessedOpenings};
use super::batch::{BatchEvent, BatchState, Seated};
use super::batch_refusal::BatchRefusal;
use super::log::Recorded;
use kaoping_engine::bank::Profile;
use kaoping_engine::plan::schedule::PlanCustodian;
use kaoping_record::digest::Digest;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far the draw's present attempt has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Draw {
    /// The attempt has begun; its basis is not fixed yet.
    Begun,
    /// The basis is fixed and logged; custodians commit to their secrets.
    Committing {
        basis: FixedBasis,
        /// Commitments by custodian.
        commitments: BTreeMap<AccountId, Digest>,
    },
    /// The manifest is fixed and logged; custodians open their secrets.
    Fixed(FixedDraw),
    /// The papers are dealt.
    Dealt(FixedDraw, Deal),
}

/// A draw whose manifest is fixed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FixedDraw {
    pub basis: FixedBasis,
    pub manifest: FixedManifest,
    /// Commitments by custodian; every custodian of the attempt has one.
    pub commitments: BTreeMap<AccountId, Digest>,
    /// Opened secrets, by custodian.
    pub secrets: BTreeMap<AccountId, OpenedSecret>,
    /// That all were opened in time, once a witness has seen it.
    pub witnessed: Option<WitnessedOpenings>,
    /// The public entropy, once it is known.
    pub entropy: Option<Entropy>,
    /// A void that waits for its approval.
    pub proposal: Option<Proposal>,
}

/// What was dealt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deal {
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

/// What a custodian's secret is compared with.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedSecret<'batch> {
    /// Digest of the basis that it was made for.
    pub basis: Digest,
    /// The manifest with its commitment.
    pub manifest: &'batch FixedManifest,
    /// The commitment that it must open.
    pub commitment: Digest,
    /// Whether it is open already.
    pub is_open: bool,
}

/// Custodians with their commitments, in the order of the plan.
pub type Committed<'batch> = Vec<(&'batch PlanCustodian, Digest)>;

impl Draw {
    /// The attempt's fixed manifest with what followed; `None` before it.
    #[must_use]
    pub fn fixed(&self) -> Option<&FixedDraw> {
        match self {
            Self::Begun | Self::Committing { .. } => None,
            Self::Fixed(fixed) | Self::Dealt(fixed, _) => Some(fixed),
        }
    }

    /// The deal; `None` before the papers are dealt.
    #[must_use]
    pub fn deal(&self) -> Option<&Deal> {
        match self {
            Self::Dealt(_, deal) => Some(deal),
            Self::Begun | Self::Committing { .. } | Self::Fixed(_) => None,
        }
    }

    /// The attempt's basis; `None` before it is fixed.
    #[must_use]
    pub fn basis(&self) -> Option<&FixedBasis> {
        match self {
            Self::Begun => None,
            Self::Committing { basis, .. } => Some(basis),
            Self::Fixed(fixed) | Self::Dealt(fixed, _) => Some(&fixed.basis),
        }
    }

    /// What a custodian committed to.
    #[must_use]
    pub fn commitment(&self, custodian: &AccountId) -> Option<&Digest> {
        match self {
            Self::Begun => None,
            Self::Committing { commitments, .. } => commitments.get(custodian),
            Self::Fixed(fixed) | Self::Dealt(fixed, _) => fixed.commitments.get(custodian),
        }
    }
}

impl FixedDraw {
    /// Whether every custodian has opened the secret.
    #[must_use]
    pub fn all_open(&self) -> bool {
        self.secrets.len() == self.commitments.len()
    }

    /// Whether a witness that cosigned so many leaves at this time has seen all openings in time,
    /// and no one did before.
    #[must_use]
    pub fn is_witnessed_by(&self, size: u64, at: Time) -> bool {
        let in_time = self.basis.not_before_ms.is_some_and(|not_before| at < not_before);
        in_time
            && self.witnessed.is_none()
            && self.all_open()
            && self.secrets.values().all(|opened| opened.record.leaf.index < size)
    }
}

/// What the ceremony allows.
impl BatchState {
    /// The draw's basis, once it is fixed.
    #[must_use]
    pub fn basis(&self) -> Option<&FixedBasis> {
        self.seated.as_ref().and_then(|seated| seated.draw.basis())
    }

    /// That a basis can be fixed: the roster is in, and there is no manifest yet.
    ///
    /// # Errors
    /// [`BatchRefusal::NoBasisNow`].
    pub fn takes_basis(&self) -> Result<&Seated, BatchRefusal> {
        match &self.seated {
            Some(seated @ Seated { draw: Draw::Begun | Draw::Committing { .. }, closing: None, .. }) => Ok(seated),
            _ => Err(BatchRefusal::NoBasisNow),
        }
    }

    /// A custodian commits to a secret.
    ///
    /// # Errors
    /// [`BatchRefusal`] for somebody else, at another stage, or a second time.
    pub fn commit(&self, custodian: &AccountId, commitment: Digest) -> Result<BatchEvent, BatchRefusal> {
        self.held_by(custodian)?;
        let Some(Seated { draw: Draw::Committing { commitments, .. }, closing: None, .. }) = &self.seated else {
            return Err(BatchRefusal::NotCommitting);
        };
        if commitments.len() == self.custodians.len() {
            return Err(BatchRefusal::NotCommitting);
        }
        if commitments.contains_key(custodian) {
            return Err(BatchRefusal::AlreadyCommitted);
        }
        Ok(BatchEvent::Committed { custodian: custodian.clone(), commitment })
    }

    /// The custodians with their commitments, once all have committed and while no manifest is
    /// fixed.
    ///
    /// # Errors
    /// [`BatchRefusal::NotCommitted`].
    pub fn committed(&self) -> Result<(&FixedBasis, Committed<'_>), BatchRefusal> {
        let Some(Seated { draw: Draw::Committing { basis, commitments }, closing: None, .. }) = &self.seated else {
            return Err(BatchRefusal::NotCommitted);
        };
        let commitment = |custodian: &PlanCustodian| commitments.get(&custodian.account).copied();
        let all = self.custodians.iter().map(|custodian| Some((custodian, commitment(custodian)?)));
        Ok((basis, all.collect::<Option<_>>().ok_or(BatchRefusal::NotCommitted)?))
    }

    /// What a custodian's secret is compared with, while secrets are opened: in certification only
    /// as long as nobody can know the public entropy.
    ///
    /// # Errors
    /// [`BatchRefusal`] for somebody else, at another stage or too late.
    pub fn opening_of(&self, custodian: &AccountId, now: Time) -> Result<ExpectedSecret<'_>, BatchRefusal> {
        self.held_by(custodian)?;
        let fixed = self.under_way().ok().filter(|fixed| !fixed.all_open()).ok_or(BatchRefusal::NotOpening)?;
        let commitment = fixed.commitments.get(custodian).copied().ok_or(BatchRefusal::NotACustodian)?;
        let is_open = fixed.secrets.contains_key(custodian);
        let known = fixed.basis.not_before_ms.is_some_and(|not_before| now >= not_before);
        if known && !is_open && self.plan.profile == Profile::Formal {
            return Err(BatchRefusal::OpeningsLate);
        }
        Ok(ExpectedSecret { basis: fixed.basis.record.leaf.record, manifest: &fixed.manifest, commitment, is_open })
    }

    /// Whether a secret was opened before, by whomever and in whatever attempt.
    #[must_use]
    pub fn has_served(&self, secret: &str) -> bool {
        let before = self.voided.iter().map(|ended| &ended.secrets).chain(self.fixed().map(|fixed| &fixed.secrets));
        before.flat_map(BTreeMap::values).any(|opened| opened.secret == secret)
    }

    /// The draw that waits for its public entropy.
    ///
    /// # Errors
    /// [`BatchRefusal::NoEntropyWanted`], [`BatchRefusal::EntropyGiven`]; in certification
    /// [`BatchRefusal::OpeningsUnseen`] unless a witness has seen in time that all secrets were
    /// open.
    pub fn takes_entropy(&self) -> Result<&FixedDraw, BatchRefusal> {
        let fixed = self.under_way().ok().filter(|fixed| fixed.basis.not_before_ms.is_some());
        let fixed = fixed.ok_or(BatchRefusal::NoEntropyWanted)?;
        if self.plan.profile == Profile::Formal && fixed.witnessed.is_none() {
            return Err(BatchRefusal::OpeningsUnseen);
        }
        if fixed.entropy.is_some() { Err(BatchRefusal::EntropyGiven) } else { Ok(fixed) }
    }

    /// Everything that dealing needs: all secrets, and the entropy where the basis names any.
    ///
    /// # Errors
    /// [`BatchRefusal::NotOpened`], [`BatchRefusal::EntropyMissing`].
    pub fn ready_to_deal(&self) -> Result<(&Seated, &FixedDraw), BatchRefusal> {
        let Some(seated @ Seated { draw: Draw::Fixed(fixed), closing: None, .. }) = &self.seated else {
            return Err(BatchRefusal::NotOpened);
        };
        if !fixed.all_open() {
            return Err(BatchRefusal::NotOpened);
        }
        if fixed.basis.not_before_ms.is_some() && fixed.entropy.is_none() {
            return Err(BatchRefusal::EntropyMissing);
        }
        Ok((seated, fixed))
    }

    /// The attempt between manifest and deal.
    ///
    /// # Errors
    /// [`BatchRefusal::NotUnderWay`].
    pub fn under_way(&self) -> Result<&FixedDraw, BatchRefusal> {
        match &self.seated {
            Some(Seated { draw: Draw::Fixed(fixed), closing: None, .. }) => Ok(fixed),
            _ => Err(BatchRefusal::NotUnderWay),
        }
    }

    /// The attempt and the void that this account may approve.
    ///
    /// # Errors
    /// [`BatchRefusal::NotUnderWay`], [`BatchRefusal::NothingProposed`],
    /// [`BatchRefusal::MayNotApprove`].
    pub fn approve_void(&self, account: &AccountId) -> Result<(&FixedDraw, &Proposal), BatchRefusal> {
        let fixed = self.under_way()?;
        let proposal = fixed.proposal.as_ref().ok_or(BatchRefusal::NothingProposed)?;
        if self.may_approve(proposal, account) { Ok((fixed, proposal)) } else { Err(BatchRefusal::MayNotApprove) }
    }

    /// Whether this account may approve a void: a custodian from outside, of this attempt or of the
    /// next, who is not the one who asks.
    #[must_use]
    pub fn may_approve(&self, proposal: &Proposal, account: &AccountId) -> bool {
        let mut custodians = self.custodians.iter().chain(&proposal.next_custodians);
        proposal.by != *account && custodians.any(|custodian| custodian.outside && custodian.account == *account)
    }

    /// Takes a proposed void back.
    ///
    /// # Errors
    /// [`BatchRefusal::NothingProposed`].
    pub fn withdraw_void(&self) -> Result<BatchEvent, BatchRefusal> {
        let proposed = self.fixed().is_some_and(|fixed| fixed.proposal.is_some());
        if proposed { Ok(BatchEvent::VoidWithdrawn {}) } else { Err(BatchRefusal::NothingProposed) }
    }

    fn held_by(&self, account: &AccountId) -> Result<(), BatchRefusal> {
        let holds = self.custodians.iter().any(|custodian| custodian.account == *account);
        if holds { Ok(()) } else { Err(BatchRefusal::NotACustodian) }
    }
}

impl Draw {
    pub(super) fn apply(&mut self, event: BatchEvent) {
        match (self, event) {
            (Self::Committing { commitments, .. }, BatchEvent::Committed { custodian, commitment }) => {
                commitments.insert(custodian, commitment);
            }
            (draw @ Self::Committing { .. }, BatchEvent::Fixed { manifest }) => {
                if let Self::Committing { basis, commitments } = std::mem::replace(draw, Self::Begun) {
                    *draw = Self::Fixed(FixedDraw {
                        basis,
                        manifest,
                        commitments,
                        secrets: BTreeMap::new(),
                        witnessed: None,
                        entropy: None,
                        proposal: None,
                    });
                }
            }
            (draw @ Self::Fixed(_), BatchEvent::Dealt { deal }) => {
                if let Some(fixed) = draw.fixed().cloned() {
                    *draw = Self::Dealt(fixed, deal);
                }
            }
            (Self::Fixed(fixed), BatchEvent::Opened { custodian, opened }) => {
                fixed.secrets.insert(custodian, opened);
            }
            (Self::Fixed(fixed), BatchEvent::OpeningsWitnessed { witnessed }) => fixed.witnessed = Some(witnessed),
            (Self::Fixed(fixed), BatchEvent::EntropyGiven { entropy }) => fixed.entropy = Some(entropy),
            (Self::Fixed(fixed), BatchEvent::VoidProposed { proposal }) => fixed.proposal = Some(proposal),
            (Self::Fixed(fixed) | Self::Dealt(fixed, _), BatchEvent::VoidWithdrawn {}) => fixed.proposal = None,
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
