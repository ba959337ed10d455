//! What counts as right for an item whose key was corrected after the closing of its batch.

use super::policy::ScoringPolicy;
use crate::bank::ItemType;
use crate::bank::index::IndexItem;
use crate::marks::HalfMarks;
use kaoping_record::id::{ItemId, OptionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most keys that one rule accepts.
pub const MAX_KEYS: usize = 16;

/// The rule that takes the place of an item's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum KeyRule {
    /// Each of these keys is right. One alone is another key than the bank's.
    Accepted {
        /// 1 to [`MAX_KEYS`] keys, sorted, each once; the options of each sorted, each once.
        #[cfg_attr(feature = "schema", schema(value_type = Vec<Vec<String>>))]
        keys: Vec<Vec<OptionId>>,
    },
    /// The item is struck: every paper that has it gets its full marks, also without an answer.
    Struck {},
}

impl KeyRule {
    /// A rule that accepts these keys, in whatever order they were entered.
    #[must_use]
    pub fn accepting(keys: impl IntoIterator<Item = Vec<OptionId>>) -> Self {
        let sorted = keys.into_iter().map(|mut key| {
            key.sort();
            key.dedup();
            key
        });
        let mut keys: Vec<Vec<OptionId>> = sorted.collect();
        keys.sort();
        keys.dedup();
        Self::Accepted { keys }
    }

    /// Whether it is written in its one form: within its bounds, everything sorted and once.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        match self {
            Self::Struck {} => true,
            Self::Accepted { keys } => {
                let key_is = |key: &Vec<OptionId>| !key.is_empty() && key.is_sorted_by(|a, b| a < b);
                (1..=MAX_KEYS).contains(&keys.len()) && keys.is_sorted_by(|a, b| a < b) && keys.iter().all(key_is)
            }
        }
    }

    /// Whether each accepted key could be the key of this item: options of it, and as many as its
    /// type has.
    #[must_use]
    pub fn fits(&self, item: &IndexItem) -> bool {
        let Self::Accepted { keys } = self else { return true };
        let counts = |key: &Vec<OptionId>| match item.item_type {
            ItemType::SingleChoice | ItemType::TrueFalse => key.len() == 1,
            ItemType::MultipleChoice => key.len() >= 2,
        };
        let is_own = |chosen: &OptionId| item.options.iter().any(|option| option.id == *chosen);
        keys.iter().all(|key| counts(key) && key.iter().all(is_own))
    }

    /// Whether it says the same as this key alone.
    #[must_use]
    pub fn is_just(&self, key: &[OptionId]) -> bool {
        *self == Self::accepting([key.to_vec()])
    }

    /// What a choice earns of `full` marks: by the accepted key that gives most, or all of them for
    /// a struck item.
    #[must_use]
    pub fn award(&self, policy: ScoringPolicy, item_type: ItemType, full: HalfMarks, chosen: &[OptionId]) -> HalfMarks {
        match self {
            Self::Struck {} => full,
            Self::Accepted { keys } => {
                let awards = keys.iter().map(|key| policy.award(item_type, full, key, chosen));
                awards.max().unwrap_or(HalfMarks::ZERO)
            }
        }
    }
}

/// The rules of the corrected items of a batch, by item, in the order in which they were logged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRules(BTreeMap<ItemId, Vec<KeyRule>>);

impl KeyRules {
    /// Adds a rule, which is in force for its item from now on.
    pub fn add(&mut self, item: ItemId, rule: KeyRule) {
        self.0.entry(item).or_default().push(rule);
    }

    /// The rule in force for an item; `None` where the bank's key counts.
    #[must_use]
    pub fn in_force(&self, item: &ItemId) -> Option<&KeyRule> {
        self.0.get(item).and_then(|rules| rules.last())
    }

    /// Rules that others have replaced.
    pub fn replaced(&self, item: &ItemId) -> impl Iterator<Item = &KeyRule> {
        self.0.get(item).and_then(|rules| rules.split_last()).into_iter().flat_map(|(_, former)| former)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::digest::Digest;
    use serde_json::json;

    fn options(names: &str) -> Vec<OptionId> {
        names.chars().filter_map(|name| OptionId::new(name).ok()).collect()
    }

    fn accepting(keys: &[&str]) -> KeyRule {
        KeyRule::accepting(keys.iter().map(|key| options(key)))
    }

    fn award(rule: &KeyRule, policy: ScoringPolicy, item_type: ItemType, chosen: &str) -> u32 {
        rule.award(policy, item_type, HalfMarks::new(4), &options(chosen)).get()
    }

    // Catches a struck item that gives nothing to who left it out, and keys that exclude each other.
    #[test]
    fn a_rule_takes_the_place_of_the_key() {
        use ItemType::{MultipleChoice, SingleChoice};
        use ScoringPolicy::{Exact1, Partial1};
        let other = accepting(&["b"]);
        let several = accepting(&["ab", "cd"]);
        let struck = KeyRule::Struck {};
        // (rule, policy, type, chosen, half-marks of 4)
        let cases = [
            (&other, Exact1, SingleChoice, "b", 4),
            (&other, Exact1, SingleChoice, "a", 0),
            (&other, Exact1, SingleChoice, "", 0),
            (&several, Exact1, MultipleChoice, "ba", 4),
            (&several, Exact1, MultipleChoice, "cd", 4),
            (&several, Exact1, MultipleChoice, "abcd", 0),
            (&several, Exact1, MultipleChoice, "a", 0),
            (&several, Partial1, MultipleChoice, "c", 2),
            (&several, Partial1, MultipleChoice, "bc", 0),
            (&struck, Exact1, SingleChoice, "", 4),
            (&struck, Partial1, MultipleChoice, "abcd", 4),
        ];
        for (rule, policy, item_type, chosen, expected) in cases {
            assert_eq!(award(rule, policy, item_type, chosen), expected, "{rule:?} {policy:?} `{chosen}`");
        }
    }

    #[test]
    fn a_rule_has_one_writing() {
        assert_eq!(accepting(&["ba", "ab", "c"]), KeyRule::Accepted { keys: vec![options("ab"), options("c")] });
        assert!(accepting(&["c", "ab"]).is_well_formed() && KeyRule::Struck {}.is_well_formed());
        assert!(accepting(&["a"]).is_just(&options("a")) && !accepting(&["a", "b"]).is_just(&options("a")));
        let keys = |keys: &[&str]| KeyRule::Accepted { keys: keys.iter().map(|key| options(key)).collect() };
        for wrong in [keys(&[]), keys(&[""]), keys(&["ba"]), keys(&["b", "a"]), keys(&["a", "a"]), keys(&["aa"])] {
            assert!(!wrong.is_well_formed(), "{wrong:?}");
        }
        let many: Vec<String> = ('a'..='q').map(String::from).collect();
        assert!(!keys(&many.iter().map(String::as_str).collect::<Vec<_>>()).is_well_formed(), "17 keys");
    }

    #[test]
    fn an_accepted_key_is_one_of_its_item() -> Result<(), Box<dyn std::error::Error>> {
        let item = |item_type: ItemType| {
            let options: Vec<_> = ["a", "b", "c"].map(|id| json!({ "id": id, "pinned": false })).into();
            serde_json::from_value::<IndexItem>(json!({
                "id": "i1", "function": "daily_care", "type": item_type, "difficulty": 3, "point": "B-A-A-001",
                "importance": "X", "enemies": [], "group": null, "options": options, "content": Digest::ZERO,
                "key": Digest::ZERO,
            }))
        };
        let (single, multiple) = (item(ItemType::SingleChoice)?, item(ItemType::MultipleChoice)?);
        assert!(accepting(&["a", "c"]).fits(&single) && accepting(&["ab", "abc"]).fits(&multiple));
        assert!(!accepting(&["ab"]).fits(&single), "two options of a single choice");
        assert!(!accepting(&["ab", "c"]).fits(&multiple), "one option of a multiple choice");
        assert!(!accepting(&["d"]).fits(&single), "no option of it");
        assert!(KeyRule::Struck {}.fits(&single) && KeyRule::Struck {}.fits(&multiple));
        Ok(())
    }

    #[test]
    fn the_last_rule_is_in_force() -> Result<(), Box<dyn std::error::Error>> {
        let item = ItemId::new("i1")?;
        let mut rules = KeyRules::default();
        assert_eq!((rules.in_force(&item), rules.replaced(&item).count()), (None, 0));
        rules.add(item.clone(), accepting(&["b"]));
        rules.add(item.clone(), KeyRule::Struck {});
        assert_eq!(rules.in_force(&item), Some(&KeyRule::Struck {}));
        assert_eq!(rules.replaced(&item).collect::<Vec<_>>(), [&accepting(&["b"])]);
        assert_eq!(rules.in_force(&ItemId::new("i2")?), None);
        Ok(())
    }
}
