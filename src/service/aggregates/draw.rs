//! The draw within a batch: how far its present attempt has come, and what custodians and the office may do.

use super::attempt::{Entropy, FixedManifest, Proposal};
use super::batch::{BatchEvent, BatchState, Seated};
use super::batch_refusal::BatchRefusal;
use super::log::Recorded;
use kaoping_engine::plan::schedule::PlanCustodian;
use kaoping_record::digest::Digest;
use kaoping_record::id::AccountId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far the draw's present attempt has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Draw {
    /// Custodians commit to their secrets.
    Committing {
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
    pub manifest: FixedManifest,
    /// Commitments by custodian; every custodian of the attempt has one.
    pub commitments: BTreeMap<AccountId, Digest>,
    /// Opened secrets in hexadecimal, by custodian.
    pub secrets: BTreeMap<AccountId, String>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedSecret {
    /// The commitment that it must open.
    pub commitment: Digest,
    /// Whether it is open already.
    pub is_open: bool,
}

/// Custodians with their commitments, in the order of the plan.
pub type Committed<'batch> = Vec<(&'batch PlanCustodian, Digest)>;

impl Draw {
    /// The attempt's fixed manifest with what followed; `None` while custodians commit.
    #[must_use]
    pub fn fixed(&self) -> Option<&FixedDraw> {
        match self {
            Self::Committing { .. } => None,
            Self::Fixed(fixed) | Self::Dealt(fixed, _) => Some(fixed),
        }
    }

    /// The deal; `None` before the papers are dealt.
    #[must_use]
    pub fn deal(&self) -> Option<&Deal> {
        match self {
            Self::Dealt(_, deal) => Some(deal),
            Self::Committing { .. } | Self::Fixed(_) => None,
        }
    }

    /// Commitments by custodian.
    #[must_use]
    pub fn commitments(&self) -> &BTreeMap<AccountId, Digest> {
        match self {
            Self::Committing { commitments } => commitments,
            Self::Fixed(fixed) | Self::Dealt(fixed, _) => &fixed.commitments,
        }
    }
}

impl FixedDraw {
    /// Whether every custodian has opened the secret.
    #[must_use]
    pub fn all_open(&self) -> bool {
        self.secrets.len() == self.commitments.len()
    }
}

/// What the ceremony allows.
impl BatchState {
    /// A custodian commits to a secret.
    ///
    /// # Errors
    /// [`BatchRefusal`] for somebody else, at another stage, or a second time.
    pub fn commit(&self, custodian: &AccountId, commitment: Digest) -> Result<BatchEvent, BatchRefusal> {
        self.held_by(custodian)?;
        let Some(Seated { draw: Draw::Committing { commitments }, closing: None, .. }) = &self.seated else {
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

    /// The custodians with their commitments, once all have committed and while no manifest is fixed.
    ///
    /// # Errors
    /// [`BatchRefusal::NotCommitted`].
    pub fn committed(&self) -> Result<(&Seated, Committed<'_>), BatchRefusal> {
        let Some(seated @ Seated { draw: Draw::Committing { commitments }, closing: None, .. }) = &self.seated else {
            return Err(BatchRefusal::NotCommitted);
        };
        let commitment = |custodian: &PlanCustodian| commitments.get(&custodian.account).copied();
        let all = self.custodians.iter().map(|custodian| Some((custodian, commitment(custodian)?)));
        Ok((seated, all.collect::<Option<_>>().ok_or(BatchRefusal::NotCommitted)?))
    }

    /// What a custodian's secret is compared with, while secrets are opened.
    ///
    /// # Errors
    /// [`BatchRefusal`] for somebody else or at another stage.
    pub fn opening_of(&self, custodian: &AccountId) -> Result<ExpectedSecret, BatchRefusal> {
        self.held_by(custodian)?;
        let fixed = self.under_way().ok().filter(|fixed| !fixed.all_open()).ok_or(BatchRefusal::NotOpening)?;
        let commitment = fixed.commitments.get(custodian).copied().ok_or(BatchRefusal::NotACustodian)?;
        Ok(ExpectedSecret { commitment, is_open: fixed.secrets.contains_key(custodian) })
    }

    /// The draw that waits for its public entropy.
    ///
    /// # Errors
    /// [`BatchRefusal::NoEntropyWanted`], [`BatchRefusal::EntropyGiven`].
    pub fn takes_entropy(&self) -> Result<&FixedDraw, BatchRefusal> {
        let fixed = self.under_way().ok().filter(|fixed| fixed.manifest.entropy);
        let fixed = fixed.ok_or(BatchRefusal::NoEntropyWanted)?;
        if fixed.entropy.is_some() { Err(BatchRefusal::EntropyGiven) } else { Ok(fixed) }
    }

    /// Everything that dealing needs: all secrets, and the entropy where the manifest names any.
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
        if fixed.manifest.entropy && fixed.entropy.is_none() {
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
    /// [`BatchRefusal::NotUnderWay`], [`BatchRefusal::NothingProposed`], [`BatchRefusal::MayNotApprove`].
    pub fn approve_void(&self, account: &AccountId) -> Result<(&FixedDraw, &Proposal), BatchRefusal> {
        let fixed = self.under_way()?;
        let proposal = fixed.proposal.as_ref().ok_or(BatchRefusal::NothingProposed)?;
        if self.may_approve(proposal, account) { Ok((fixed, proposal)) } else { Err(BatchRefusal::MayNotApprove) }
    }

    /// Whether this account may approve a void: a custodian from outside, of this attempt or of the next, who is not the
    /// one who asks.
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
            (Self::Committing { commitments }, BatchEvent::Committed { custodian, commitment }) => {
                commitments.insert(custodian, commitment);
            }
            (draw @ Self::Committing { .. }, BatchEvent::Fixed { manifest }) => {
                let (commitments, secrets) = (draw.commitments().clone(), BTreeMap::new());
                *draw = Self::Fixed(FixedDraw { manifest, commitments, secrets, entropy: None, proposal: None });
            }
            (draw @ Self::Fixed(_), BatchEvent::Dealt { deal }) => {
                if let Some(fixed) = draw.fixed().cloned() {
                    *draw = Self::Dealt(fixed, deal);
                }
            }
            (Self::Fixed(fixed), BatchEvent::Opened { custodian, secret }) => {
                fixed.secrets.insert(custodian, secret);
            }
            (Self::Fixed(fixed), BatchEvent::EntropyGiven { entropy }) => fixed.entropy = Some(entropy),
            (Self::Fixed(fixed), BatchEvent::VoidProposed { proposal }) => fixed.proposal = Some(proposal),
            (Self::Fixed(fixed) | Self::Dealt(fixed, _), BatchEvent::VoidWithdrawn {}) => fixed.proposal = None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregates::log::LoggedLeaf;
    use kaoping_engine::draw::void::VoidReason;
    use kaoping_record::time::Time;

    fn account(name: &str) -> AccountId {
        AccountId::new(name).expect("id")
    }

    fn leaf(index: u64) -> LoggedLeaf {
        LoggedLeaf { index, salt: String::new(), record: Digest::of(b"record") }
    }

    fn recorded() -> Recorded {
        Recorded { message: Digest::of(b"message"), leaf: leaf(0) }
    }

    fn fixed() -> FixedDraw {
        FixedDraw {
            manifest: FixedManifest {
                digest: Digest::of(b"manifest"),
                message: Digest::of(b"message"),
                leaf: leaf(1),
                entropy: false,
            },
            commitments: [(account("c1"), Digest::of(b"1")), (account("c2"), Digest::of(b"2"))].into(),
            secrets: BTreeMap::new(),
            entropy: None,
            proposal: None,
        }
    }

    fn deal() -> Deal {
        let digest = Digest::of(b"deal");
        Deal { seed_digest: digest, opening: recorded(), papers: digest, equivalence: digest, count: 1 }
    }

    fn proposal() -> Proposal {
        Proposal {
            reason: VoidReason::SecretLost,
            note: "密码丢失".into(),
            by: account("office"),
            at_ms: Time::from_millis(1),
            next_custodians: Vec::new(),
        }
    }

    // Catches a proposal that is left behind by a deal and can never be taken back.
    #[test]
    fn a_proposed_void_can_be_taken_back_before_and_after_the_deal() {
        for dealt in [false, true] {
            let mut draw = Draw::Fixed(fixed());
            draw.apply(BatchEvent::VoidProposed { proposal: proposal() });
            if dealt {
                draw.apply(BatchEvent::Dealt { deal: deal() });
            }
            assert!(draw.fixed().is_some_and(|fixed| fixed.proposal.is_some()), "dealt: {dealt}");
            draw.apply(BatchEvent::VoidWithdrawn {});
            assert!(draw.fixed().is_some_and(|fixed| fixed.proposal.is_none()), "dealt: {dealt}");
        }
    }

    // Catches an event of another stage that moves the draw.
    #[test]
    fn a_draw_goes_from_committing_over_fixed_to_dealt_and_nowhere_else() {
        let mut draw = Draw::Committing { commitments: BTreeMap::new() };
        draw.apply(BatchEvent::Dealt { deal: deal() });
        assert!(draw.fixed().is_none() && draw.deal().is_none());
        draw.apply(BatchEvent::Committed { custodian: account("c1"), commitment: Digest::of(b"1") });
        draw.apply(BatchEvent::Fixed { manifest: fixed().manifest });
        assert_eq!(draw.commitments().len(), 1);
        draw.apply(BatchEvent::Committed { custodian: account("c2"), commitment: Digest::of(b"2") });
        assert_eq!(draw.commitments().len(), 1, "nobody commits after the manifest");
        draw.apply(BatchEvent::Dealt { deal: deal() });
        draw.apply(BatchEvent::Opened { custodian: account("c1"), secret: "00".into() });
        assert!(draw.fixed().is_some_and(|fixed| fixed.secrets.is_empty()), "nobody opens after the deal");
        assert_eq!(draw.deal().map(|deal| deal.count), Some(1));
    }
}
