//! The correction of an item's key in a closed batch: one officer proposes, another approves, then
//! every result whose score it changes is replaced. The walk over the candidates may break off at
//! any place and goes on from there.

use super::batch::{BatchEvent, Seated};
use super::log::Recorded;
use crate::refusal::Refusal;
use kaoping_engine::kinds::decision::Decider;
use kaoping_engine::theory::key_rule::{KeyRule, KeyRules};
use kaoping_record::id::{AccountId, BankId, ItemId};
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// What one officer proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyProposal {
    pub bank: BankId,
    pub item: ItemId,
    /// What is to count in the place of the key.
    pub rule: KeyRule,
    pub reason: String,
    /// Who proposes it.
    pub by: AccountId,
    pub at_ms: Time,
}

/// How many results a correction changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEffect {
    /// Results whose theory mark changes.
    pub changed: u32,
    /// Of these, those that pass from now on.
    pub now_passed: u32,
    /// Of these, those that fail from now on.
    pub now_failed: u32,
}

/// A correction that was approved and logged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyCorrected {
    pub bank: BankId,
    pub item: ItemId,
    pub rule: KeyRule,
    pub reason: String,
    /// Who proposed and who approved.
    pub decided_by: Vec<Decider>,
    pub at_ms: Time,
    pub record: Recorded,
    /// What it changes, as counted when it was approved.
    pub effect: KeyEffect,
    /// Candidates of the roster, in its order, whose results are settled by it.
    pub settled: u32,
    /// When the last one was.
    pub completed_ms: Option<Time>,
}

/// The corrections of keys in a batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KeyCorrections {
    /// What waits for its approval.
    pub proposed: Option<KeyProposal>,
    /// Those that were logged, in order.
    pub logged: Vec<KeyCorrected>,
}

/// Why a key cannot be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyCorrectionRefusal {
    /// Before the closing nothing is corrected.
    NotClosed,
    /// Another proposal waits for its approval.
    Waits,
    /// The correction before is not carried out to its end.
    Unfinished,
    /// No proposal waits.
    NothingProposed,
    /// Who proposed it cannot approve it.
    SamePerson,
    /// The rule is the one in force.
    NothingChanges,
    /// No correction is under way.
    NotUnderWay,
}

impl From<KeyCorrectionRefusal> for Refusal {
    fn from(refusal: KeyCorrectionRefusal) -> Self {
        const RELOAD: (&str, &str) = ("刷新页面查看。", "reload the page");
        match refusal {
            KeyCorrectionRefusal::NotClosed => Self::conflict(
                "not_closed",
                "batch",
                ("批次关闭之后才能更正标准答案。", "a key is corrected once the batch is closed"),
                ("先完成评分并关闭批次。", "finish the scoring and close the batch"),
            ),
            KeyCorrectionRefusal::Waits => Self::conflict(
                "request_waits",
                "item",
                ("本批次已有一项标准答案更正等待批准。", "a correction of a key waits for its approval"),
                ("先批准或撤回那一项。", "approve it or take it back first"),
            ),
            KeyCorrectionRefusal::Unfinished => Self::conflict(
                "key_correction_unfinished",
                "batch",
                (
                    "标准答案更正还没有办完，部分成绩还是旧的。",
                    "a correction of a key is not carried out to its end; some results are still the old ones",
                ),
                ("在“成绩与证书”页点“继续办理”，办完再做这一步。", "continue it on the page of results, then do this"),
            ),
            KeyCorrectionRefusal::NothingProposed => Self::conflict(
                "nothing_requested",
                "item",
                ("没有等待批准的标准答案更正。", "no correction of a key waits for approval"),
                RELOAD,
            ),
            KeyCorrectionRefusal::SamePerson => Self::conflict(
                "same_person",
                "approval",
                ("申请人不能批准自己的申请。", "who asks cannot approve"),
                ("请另一位考务人员批准。", "another officer must approve"),
            ),
            KeyCorrectionRefusal::NothingChanges => Self::conflict(
                "nothing_to_correct",
                "rule",
                ("填写的与现行的标准答案相同，没有要更正的。", "this is the key that counts already"),
                ("核对试题后重新填写。", "look at the item and enter it again"),
            ),
            KeyCorrectionRefusal::NotUnderWay => Self::conflict(
                "not_under_way",
                "batch",
                ("没有正在办理的标准答案更正。", "no correction of a key is under way"),
                RELOAD,
            ),
        }
    }
}

impl KeyCorrections {
    /// The rules in the place of keys.
    #[must_use]
    pub fn rules(&self) -> KeyRules {
        let mut rules = KeyRules::default();
        for corrected in &self.logged {
            rules.add(corrected.item.clone(), corrected.rule.clone());
        }
        rules
    }

    /// The correction that counts for an item.
    #[must_use]
    pub fn of(&self, item: &ItemId) -> Option<&KeyCorrected> {
        self.logged.iter().rev().find(|corrected| corrected.item == *item)
    }

    /// The correction whose walk over the candidates is not at its end.
    #[must_use]
    pub fn under_way(&self) -> Option<&KeyCorrected> {
        self.logged.last().filter(|corrected| corrected.completed_ms.is_none())
    }

    /// That every result is by the keys that count.
    ///
    /// # Errors
    /// [`KeyCorrectionRefusal::Unfinished`].
    pub fn are_carried_out(&self) -> Result<(), KeyCorrectionRefusal> {
        if self.under_way().is_none() { Ok(()) } else { Err(KeyCorrectionRefusal::Unfinished) }
    }

    /// Proposes a rule where `present` counts.
    ///
    /// # Errors
    /// [`KeyCorrectionRefusal::Waits`], [`KeyCorrectionRefusal::Unfinished`],
    /// [`KeyCorrectionRefusal::NothingChanges`].
    pub fn propose(&self, proposal: KeyProposal, present: &KeyRule) -> Result<BatchEvent, KeyCorrectionRefusal> {
        self.are_carried_out()?;
        if self.proposed.is_some() {
            return Err(KeyCorrectionRefusal::Waits);
        }
        if proposal.rule == *present {
            return Err(KeyCorrectionRefusal::NothingChanges);
        }
        Ok(BatchEvent::KeyCorrectionProposed { proposal })
    }

    /// Takes the proposal back.
    ///
    /// # Errors
    /// [`KeyCorrectionRefusal::NothingProposed`].
    pub fn withdraw(&self) -> Result<BatchEvent, KeyCorrectionRefusal> {
        self.proposed.as_ref().ok_or(KeyCorrectionRefusal::NothingProposed)?;
        Ok(BatchEvent::KeyCorrectionWithdrawn {})
    }

    /// The proposal that somebody approves, and both who decided.
    ///
    /// # Errors
    /// [`KeyCorrectionRefusal::NothingProposed`], [`KeyCorrectionRefusal::SamePerson`].
    pub fn approve(&self, by: &AccountId) -> Result<(&KeyProposal, Vec<Decider>), KeyCorrectionRefusal> {
        let proposal = self.proposed.as_ref().ok_or(KeyCorrectionRefusal::NothingProposed)?;
        if proposal.by == *by {
            return Err(KeyCorrectionRefusal::SamePerson);
        }
        let decider = |account: &AccountId| Decider { account: account.clone(), outside: false };
        Ok((proposal, vec![decider(&proposal.by), decider(by)]))
    }

    pub(super) fn apply(&mut self, event: BatchEvent) {
        match event {
            BatchEvent::KeyCorrectionProposed { proposal } => self.proposed = Some(proposal),
            BatchEvent::KeyCorrectionWithdrawn {} => self.proposed = None,
            BatchEvent::KeyCorrected { corrected } => {
                self.proposed = None;
                self.logged.push(*corrected);
            }
            BatchEvent::KeyCorrectionSettled { until, completed_ms } => {
                if let Some(corrected) = self.logged.last_mut() {
                    corrected.settled = until;
                    corrected.completed_ms = completed_ms;
                }
            }
            _ => {}
        }
    }
}

impl Seated {
    /// The corrections of keys, once the batch is closed.
    ///
    /// # Errors
    /// [`KeyCorrectionRefusal::NotClosed`].
    pub fn key_corrections(&self) -> Result<&KeyCorrections, KeyCorrectionRefusal> {
        self.closing.as_ref().map(|_| &self.key_corrections).ok_or(KeyCorrectionRefusal::NotClosed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregates::log::LoggedLeaf;
    use kaoping_record::digest::Digest;
    use kaoping_record::id::OptionId;

    fn account(name: &str) -> AccountId {
        AccountId::new(name).expect("id")
    }

    fn accepting(option: &str) -> KeyRule {
        KeyRule::accepting([vec![OptionId::new(option).expect("id")]])
    }

    fn proposal(rule: KeyRule) -> KeyProposal {
        KeyProposal {
            bank: BankId::new("bank").expect("id"),
            item: ItemId::new("item").expect("id"),
            rule,
            reason: "标准答案有误".into(),
            by: account("first"),
            at_ms: Time::from_millis(0),
        }
    }

    fn corrected(rule: KeyRule) -> KeyCorrected {
        let KeyProposal { bank, item, reason, at_ms, .. } = proposal(rule.clone());
        let leaf = LoggedLeaf { index: 9, salt: String::new(), record: Digest::ZERO };
        let record = Recorded { message: Digest::ZERO, leaf };
        let (decided_by, effect) = (Vec::new(), KeyEffect::default());
        KeyCorrected { bank, item, rule, reason, decided_by, at_ms, record, effect, settled: 0, completed_ms: None }
    }

    #[test]
    fn one_proposes_and_another_approves() {
        let mut corrections = KeyCorrections::default();
        let present = accepting("a");
        let same = corrections.propose(proposal(accepting("a")), &present);
        assert_eq!(same.err(), Some(KeyCorrectionRefusal::NothingChanges));
        assert_eq!(corrections.withdraw().err(), Some(KeyCorrectionRefusal::NothingProposed));
        corrections.apply(corrections.propose(proposal(KeyRule::Struck {}), &present).expect("a proposal"));
        let second = corrections.propose(proposal(accepting("b")), &present);
        assert_eq!(second.err(), Some(KeyCorrectionRefusal::Waits));
        assert_eq!(corrections.approve(&account("first")).err(), Some(KeyCorrectionRefusal::SamePerson));
        let (_, decided_by) = corrections.approve(&account("second")).expect("approved");
        assert_eq!(decided_by.len(), 2);
        corrections.apply(corrections.withdraw().expect("withdrawn"));
        assert_eq!(corrections.approve(&account("second")).err(), Some(KeyCorrectionRefusal::NothingProposed));
    }

    #[test]
    fn nothing_is_proposed_until_the_one_before_is_carried_out() {
        let mut corrections = KeyCorrections::default();
        corrections.apply(BatchEvent::KeyCorrected { corrected: Box::new(corrected(accepting("b"))) });
        let item = ItemId::new("item").expect("id");
        assert_eq!(corrections.rules().in_force(&item), Some(&accepting("b")), "it counts at once");
        let early = corrections.propose(proposal(KeyRule::Struck {}), &accepting("b"));
        assert_eq!(early.err(), Some(KeyCorrectionRefusal::Unfinished));
        corrections.apply(BatchEvent::KeyCorrectionSettled { until: 1, completed_ms: None });
        assert_eq!(corrections.under_way().map(|corrected| corrected.settled), Some(1));
        let at = Time::from_millis(5);
        corrections.apply(BatchEvent::KeyCorrectionSettled { until: 2, completed_ms: Some(at) });
        assert!(corrections.under_way().is_none() && corrections.are_carried_out().is_ok());
        corrections.apply(BatchEvent::KeyCorrected { corrected: Box::new(corrected(KeyRule::Struck {})) });
        assert_eq!(corrections.of(&item).map(|corrected| &corrected.rule), Some(&KeyRule::Struck {}));
    }
}
