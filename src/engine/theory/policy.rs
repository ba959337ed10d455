//! Scoring policies. A published policy never changes; another rule gets another name.

use crate::bank::ItemType;
use crate::marks::HalfMarks;
use kaoping_record::id::OptionId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a choice is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ScoringPolicy {
    /// Full marks only when exactly right; nothing is deducted for a wrong answer.
    #[serde(rename = "exact-1")]
    Exact1,
    /// As `exact-1`, but an incomplete multiple choice without a wrong option earns half, rounded down to a half-mark.
    #[serde(rename = "partial-1")]
    Partial1,
}

impl ScoringPolicy {
    /// The name in records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact1 => "exact-1",
            Self::Partial1 => "partial-1",
        }
    }

    /// What a choice earns of `full` marks.
    #[must_use]
    pub fn award(self, item_type: ItemType, full: HalfMarks, key: &[OptionId], chosen: &[OptionId]) -> HalfMarks {
        let key: BTreeSet<&OptionId> = key.iter().collect();
        let chosen: BTreeSet<&OptionId> = chosen.iter().collect();
        if key == chosen && !key.is_empty() {
            return full;
        }
        let incomplete = !chosen.is_empty() && chosen.is_subset(&key);
        if self == Self::Partial1 && item_type == ItemType::MultipleChoice && incomplete {
            return HalfMarks::new(full.get() / 2);
        }
        HalfMarks::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(names: &str) -> Vec<OptionId> {
        names.chars().filter_map(|name| OptionId::new(name).ok()).collect()
    }

    fn award(policy: ScoringPolicy, item_type: ItemType, key: &str, chosen: &str) -> u32 {
        policy.award(item_type, HalfMarks::new(4), &options(key), &options(chosen)).get()
    }

    #[test]
    fn extra_ticks_earn_nothing() {
        use ItemType::{MultipleChoice, SingleChoice};
        use ScoringPolicy::{Exact1, Partial1};
        // (policy, type, key, chosen, half-marks of 4)
        let cases = [
            (Exact1, SingleChoice, "a", "a", 4),
            (Exact1, SingleChoice, "a", "b", 0),
            (Exact1, SingleChoice, "a", "", 0),
            (Exact1, MultipleChoice, "abc", "cab", 4),
            (Exact1, MultipleChoice, "abc", "ab", 0),
            (Exact1, MultipleChoice, "abc", "abcd", 0),
            (Partial1, MultipleChoice, "abc", "ab", 2),
            (Partial1, MultipleChoice, "abc", "abd", 0),
            (Partial1, MultipleChoice, "abc", "abcd", 0),
            (Partial1, MultipleChoice, "abc", "", 0),
            (Partial1, SingleChoice, "a", "b", 0),
        ];
        for (policy, item_type, key, chosen, expected) in cases {
            assert_eq!(award(policy, item_type, key, chosen), expected, "{policy:?} {key} {chosen}");
        }
    }

    #[test]
    fn an_item_without_key_earns_nothing() {
        assert_eq!(award(ScoringPolicy::Exact1, ItemType::SingleChoice, "", ""), 0);
    }
}
