//! The score of one paper.

use super::key_rule::{KeyRule, KeyRules};
use super::policy::ScoringPolicy;
use crate::bank::index::IndexItem;
use crate::bank::seal::ItemKey;
use crate::bank::{Function, Index, ItemType, Keys};
use crate::blueprint::Blueprint;
use crate::draw::paper::Paper;
use crate::marks::{HalfMarks, MarksError};
use crate::session::answers::Answers;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, ItemId, OptionId, SittingId};
use kaoping_record::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a paper cannot be scored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    /// None of the banks holds this item.
    #[error("item `{0}` of the paper is in none of the banks")]
    Item(ItemId),
    /// The keys hold none for this item.
    #[error("there is no key for item `{0}`")]
    Key(ItemId),
    /// The blueprint gives no marks for this type.
    #[error("the blueprint has no marks for items of type {0:?}")]
    Type(ItemType),
    /// Marks beyond what records hold.
    #[error(transparent)]
    Marks(#[from] MarksError),
}

/// One item's part of the score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemScore {
    /// Id of the item (试题), which is never reused.
    pub item: ItemId,
    /// What was chosen, sorted; empty without an answer.
    pub chosen: Vec<OptionId>,
    /// Half-marks that are earned.
    pub half_marks: HalfMarks,
    /// What it could earn.
    pub full: HalfMarks,
    /// The function (职业功能) that the item's point belongs to.
    pub function: Function,
}

/// The score of a paper with the data that it follows from, for people who may audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TheoryScore {
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// One person's theory or practical exam in the batch.
    pub sitting: SittingId,
    /// SHA-256 of the paper's canonical bytes.
    pub paper: Digest,
    /// Salted digest of the journal, as on the receipt.
    pub journal: Digest,
    /// By which rule items earn their marks.
    pub policy: ScoringPolicy,
    /// Items in the paper's order.
    pub items: Vec<ItemScore>,
    /// The sum.
    pub half_marks: HalfMarks,
}

impl Message for TheoryScore {
    const KIND: &'static str = "theory-score";
    const VERSION: u32 = 1;
}

/// What the marks are computed from.
#[derive(Clone, Copy, Debug)]
pub struct Scoring<'a> {
    /// Public indexes of the batch's banks.
    pub indexes: &'a [Index],
    /// Of every bank that the paper has items of.
    pub keys: &'a [Keys],
    /// The blueprint, for the marks of each type.
    pub blueprint: &'a Blueprint,
    /// By which rule items earn their marks.
    pub policy: ScoringPolicy,
}

/// The same, ready for many papers: items and keys are found without a search through the banks.
#[derive(Clone, Debug)]
pub struct PreparedScoring<'a> {
    index: BTreeMap<&'a ItemId, &'a IndexItem>,
    keys: BTreeMap<&'a ItemId, &'a ItemKey>,
    /// What takes the place of keys that were corrected.
    rules: Option<&'a KeyRules>,
    blueprint: &'a Blueprint,
    policy: ScoringPolicy,
}

impl<'a> Scoring<'a> {
    /// Makes ready for many papers.
    #[must_use]
    pub fn prepare(&self) -> PreparedScoring<'a> {
        PreparedScoring {
            index: self.indexes.iter().flat_map(|index| &index.items).map(|entry| (&entry.id, entry)).collect(),
            keys: self.keys.iter().flat_map(|keys| &keys.items).map(|entry| (&entry.id, entry)).collect(),
            rules: None,
            blueprint: self.blueprint,
            policy: self.policy,
        }
    }

    /// Marks of each item and their sum.
    ///
    /// # Errors
    /// [`ScoreError`] when an item or its key is not there.
    pub fn score(&self, paper: &Paper, answers: &Answers) -> Result<(Vec<ItemScore>, HalfMarks), ScoreError> {
        self.prepare().score(paper, |item| answers.of(item))
    }
}

impl<'a> PreparedScoring<'a> {
    /// The same by the rules that take the place of corrected keys.
    #[must_use]
    pub fn by_rules(self, rules: &'a KeyRules) -> Self {
        Self { rules: Some(rules), ..self }
    }

    /// Whether a corrected item is marked as by its bank's key, or by a rule that another has
    /// replaced.
    #[must_use]
    pub fn is_by_old_key(&self, found: &ItemScore) -> bool {
        let (Some(rules), Some(known), Some(key)) =
            (self.rules, self.index.get(&found.item), self.keys.get(&found.item))
        else {
            return false;
        };
        let award = |rule: &KeyRule| rule.award(self.policy, known.item_type, found.full, &found.chosen);
        let by_key = self.policy.award(known.item_type, found.full, &key.key, &found.chosen);
        rules.in_force(&found.item).is_some()
            && (found.half_marks == by_key || rules.replaced(&found.item).any(|rule| award(rule) == found.half_marks))
    }

    /// Marks of each item and their sum; `chosen` gives an item's options, sorted, none without an
    /// answer.
    ///
    /// # Errors
    /// [`ScoreError`] when an item or its key is not there.
    pub fn score<'b>(
        &self,
        paper: &Paper,
        chosen: impl Fn(&ItemId) -> &'b [OptionId],
    ) -> Result<(Vec<ItemScore>, HalfMarks), ScoreError> {
        let items = paper.items.iter().map(|entry| self.item(&entry.item, chosen(&entry.item)));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        let sum = HalfMarks::sum(items.iter().map(|item| item.half_marks))?;
        Ok((items, sum))
    }

    /// The same items with the same choices, scored once more.
    ///
    /// # Errors
    /// As [`Self::score`].
    pub fn score_again(&self, scored: &[ItemScore]) -> Result<(Vec<ItemScore>, HalfMarks), ScoreError> {
        let items = scored.iter().map(|scored| self.item(&scored.item, &scored.chosen));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        let sum = HalfMarks::sum(items.iter().map(|item| item.half_marks))?;
        Ok((items, sum))
    }

    fn item(&self, item: &ItemId, chosen: &[OptionId]) -> Result<ItemScore, ScoreError> {
        let known = self.index.get(item).ok_or_else(|| ScoreError::Item(item.clone()))?;
        let key = self.keys.get(item).ok_or_else(|| ScoreError::Key(item.clone()))?;
        let marks = self.blueprint.types.iter().find(|of_type| of_type.item_type == known.item_type);
        let full = marks.ok_or(ScoreError::Type(known.item_type))?.half_marks;
        let half_marks = match self.rules.and_then(|rules| rules.in_force(item)) {
            Some(rule) => rule.award(self.policy, known.item_type, full, chosen),
            None => self.policy.award(known.item_type, full, &key.key, chosen),
        };
        Ok(ItemScore { item: item.clone(), chosen: chosen.to_vec(), half_marks, full, function: known.function })
    }
}
