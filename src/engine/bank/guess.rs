//! Whether items give themselves away: a guesser that reads options and never a stem.
//!
//! The measure is fixed, so that it can be repeated and compared: naive Bayes on the characters and the pairs of
//! neighbouring characters of an option, in ten folds by range, with the seeds 1 to 4. What it guesses is known from the
//! wording alone: a word, a comma, the length of an option. `tests/outside/guesser.py` measures the same.

#![expect(clippy::float_arithmetic, reason = "a measure of wording; no mark comes from it")]

use super::authored::AuthoredBank;
use super::item::{Item, TRUE_TEXT};
use super::terms::ItemType;
use kaoping_record::digest::Digest;
use std::collections::{BTreeMap, BTreeSet};

/// A bank with fewer items is judged by what was learnt from the national bank of its level.
pub const LEAST_ITEMS: usize = 200;
/// Single choices: chance is 25 %, and a lower bound above this is a warning.
pub const SINGLES_LIMIT: f64 = 0.30;
/// Statements: chance is 50 %, and a lower bound above this is a warning.
pub const STATEMENTS_LIMIT: f64 = 0.55;

const FOLDS: usize = 10;
const SEEDS: [&str; 4] = ["1", "2", "3", "4"];
/// Scores that differ by less are one score: sums of logarithms differ in their last digits.
const TIE: f64 = 1e-9;

/// How much of a bank is guessed.
#[derive(Clone, Copy, Debug)]
pub struct Guess {
    /// Single choices, from their options.
    pub singles: Guessed,
    /// True/false statements, from the statement: chance is one half.
    pub statements: Guessed,
}

/// How many items of a type are guessed, on average over the seeds.
#[derive(Clone, Copy, Debug)]
pub struct Guessed {
    /// How many items there are.
    pub items: usize,
    /// How many of them are guessed; with `n` equal scores the key among them counts `1/n`.
    pub right: f64,
}

/// A character, or two neighbouring ones.
type Feature = (char, Option<char>);

/// What is guessed of one item: one text of several, or whether one text is true.
struct Question<'a> {
    range: &'a str,
    texts: Vec<BTreeSet<Feature>>,
    /// The place of the key; for a statement 0 when it is true and 1 when it is false.
    key: usize,
}

/// Guesses a bank: fold by fold from its other ranges, or from another bank.
#[must_use]
pub fn guess(bank: &AuthoredBank, learnt_from: Option<&AuthoredBank>) -> Guess {
    let measure = |item_type: ItemType, guessed: fn(&Learnt, &Question<'_>) -> f64| {
        let asked = questions(bank, item_type);
        let right = match learnt_from {
            Some(other) => {
                let learnt = Learnt::from(questions(other, item_type).iter());
                asked.iter().map(|question| guessed(&learnt, question)).sum()
            }
            None => SEEDS.iter().map(|seed| in_folds(&asked, seed, guessed)).sum::<f64>() / count(SEEDS.len()),
        };
        Guessed { items: asked.len(), right }
    };
    Guess {
        singles: measure(ItemType::SingleChoice, Learnt::guesses_key),
        statements: measure(ItemType::TrueFalse, Learnt::guesses_truth),
    }
}

impl Guessed {
    /// The share that is guessed, from 0 to 1; 0 of no items.
    #[must_use]
    pub fn share(&self) -> f64 {
        if self.items == 0 { 0.0 } else { self.right / count(self.items) }
    }

    /// The lower bound of Wilson's interval of 95 % (E. B. Wilson 1927) for the share.
    #[must_use]
    pub fn lower_bound(&self) -> f64 {
        self.lower_bound_at(1.959_964)
    }

    /// The same bound at another quantile of the normal distribution.
    pub(super) fn lower_bound_at(&self, z: f64) -> f64 {
        if self.items == 0 {
            return 0.0;
        }
        let (n, share) = (count(self.items), self.share());
        let spread = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        (share + z * z / (2.0 * n) - spread) / (1.0 + z * z / n)
    }
}

fn in_folds(asked: &[Question<'_>], seed: &str, guessed: fn(&Learnt, &Question<'_>) -> f64) -> f64 {
    let folds = folds(asked, seed);
    let fold_of = |question: &Question<'_>| folds.get(question.range).copied().unwrap_or_default();
    (0..FOLDS)
        .map(|fold| {
            let (inside, outside): (Vec<_>, Vec<_>) = asked.iter().partition(|question| fold_of(question) == fold);
            let learnt = Learnt::from(outside.into_iter());
            inside.into_iter().map(|question| guessed(&learnt, question)).sum::<f64>()
        })
        .sum()
}

/// The fold of each range: its place by SHA-256 of the parts `kaoping/guesser/1`, seed, range, modulo ten.
fn folds<'a>(asked: &[Question<'a>], seed: &str) -> BTreeMap<&'a str, usize> {
    let digest = |range: &str| Digest::of_parts(&[b"kaoping/guesser/1", seed.as_bytes(), range.as_bytes()]);
    let ranges: BTreeSet<&str> = asked.iter().map(|question| question.range).collect();
    let ordered: BTreeMap<Digest, &str> = ranges.into_iter().map(|range| (digest(range), range)).collect();
    ordered.into_values().enumerate().map(|(place, range)| (range, place % FOLDS)).collect()
}

fn questions(bank: &AuthoredBank, item_type: ItemType) -> Vec<Question<'_>> {
    let files = bank.items.iter().map(|file| &file.value);
    let items = files.flat_map(|file| file.items.iter().map(move |item| (file.range.as_str(), item)));
    items.filter(|(_, item)| item.item_type == item_type).filter_map(|(range, item)| question(range, item)).collect()
}

fn question<'a>(range: &'a str, item: &'a Item) -> Option<Question<'a>> {
    let place = item.options.iter().position(|option| item.key.first() == Some(&option.id))?;
    Some(if item.item_type == ItemType::TrueFalse {
        let is_true = item.options.get(place)?.text == TRUE_TEXT;
        Question { range, texts: vec![features(&item.stem)], key: usize::from(!is_true) }
    } else {
        Question { range, texts: item.options.iter().map(|option| features(&option.text)).collect(), key: place }
    })
}

fn features(text: &str) -> BTreeSet<Feature> {
    let letters: Vec<char> = text.chars().collect();
    let next = letters.iter().skip(1).copied();
    let pairs = letters.iter().zip(next).map(|(letter, next)| (*letter, Some(next)));
    letters.iter().map(|letter| (*letter, None)).chain(pairs).collect()
}

/// How often each feature stood in right texts and in wrong ones.
#[derive(Default)]
struct Learnt {
    features: BTreeMap<Feature, [u32; 2]>,
    texts: [u32; 2],
}

impl Learnt {
    fn from<'a, 'b: 'a>(questions: impl Iterator<Item = &'a Question<'b>>) -> Self {
        let mut learnt = Self::default();
        for question in questions {
            for (place, text) in question.texts.iter().enumerate() {
                // A statement is one text, whose key says whether it is true.
                let is_wrong = if question.texts.len() == 1 { question.key == 1 } else { place != question.key };
                learnt.add(text, is_wrong);
            }
        }
        learnt
    }

    fn add(&mut self, text: &BTreeSet<Feature>, is_wrong: bool) {
        let one = |counts: &mut [u32; 2]| {
            let [right, wrong] = counts;
            *(if is_wrong { wrong } else { right }) += 1;
        };
        one(&mut self.texts);
        for feature in text {
            one(self.features.entry(*feature).or_default());
        }
    }

    /// The logarithm of how much likelier a text's features are in a right text than in a wrong one.
    fn score(&self, text: &BTreeSet<Feature>) -> f64 {
        let [right_texts, wrong_texts] = self.texts.map(f64::from);
        let known = text.iter().filter_map(|feature| self.features.get(feature));
        known
            .map(|counts| {
                let [right, wrong] = counts.map(f64::from);
                ((right + 0.5) / (right_texts + 1.0)).ln() - ((wrong + 0.5) / (wrong_texts + 1.0)).ln()
            })
            .sum()
    }

    /// 1 when the key alone has the greatest score, `1/n` when `n` options share it, otherwise 0.
    fn guesses_key(&self, question: &Question<'_>) -> f64 {
        let scores: Vec<f64> = question.texts.iter().map(|text| self.score(text)).collect();
        let greatest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let is_greatest = |score: &f64| *score > greatest - TIE;
        if scores.get(question.key).is_some_and(is_greatest) {
            1.0 / count(scores.iter().filter(|score| is_greatest(score)).count())
        } else {
            0.0
        }
    }

    /// 1 when a statement is taken for what it is, ½ when nothing speaks for either.
    fn guesses_truth(&self, question: &Question<'_>) -> f64 {
        let [true_texts, false_texts] = self.texts.map(f64::from);
        let text = question.texts.iter().map(|text| self.score(text)).sum::<f64>();
        let score = ((true_texts + 1.0) / (false_texts + 1.0)).ln() + text;
        if score.abs() < TIE {
            0.5
        } else if (score > 0.0) == (question.key == 0) {
            1.0
        } else {
            0.0
        }
    }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question<'a>(range: &'a str, texts: &[&str], key: usize) -> Question<'a> {
        Question { range, texts: texts.iter().map(|text| features(text)).collect(), key }
    }

    // Catches a guesser that learns nothing, and one that learns from what it is asked.
    #[test]
    fn a_word_that_stands_in_keys_alone_is_learnt_from_other_ranges() {
        let ranges = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"];
        let told: Vec<_> =
            ranges.iter().map(|range| question(range, &["及时报告", "走开", "坐下", "睡觉"], 0)).collect();
        assert!((in_folds(&told, "1", Learnt::guesses_key) - 12.0).abs() < TIE);
        let alone = [question("A", &["及时报告", "走开", "坐下", "睡觉"], 0)];
        assert!((in_folds(&alone, "1", Learnt::guesses_key) - 0.25).abs() < TIE, "nothing is known: chance");
        let statements: Vec<_> = ranges.iter().map(|range| question(range, &["一定要"], 1)).collect();
        assert!((in_folds(&statements, "2", Learnt::guesses_truth) - 12.0).abs() < TIE);
    }

    #[test]
    fn folds_hold_whole_ranges_and_differ_by_seed() {
        let ranges: Vec<String> = (10..40).map(|number| format!("A-{number}")).collect();
        let asked: Vec<_> = ranges.iter().map(|range| question(range, &["甲", "乙"], 0)).collect();
        let first = folds(&asked, "1");
        for fold in 0..FOLDS {
            assert_eq!(first.values().filter(|found| **found == fold).count(), 3);
        }
        assert_ne!(first, folds(&asked, "2"));
    }

    // Expected by hand from Wilson's formula: 50 of 100 lies above 0.4038.
    #[test]
    fn the_lower_bound_is_wilsons() {
        let half = Guessed { items: 100, right: 50.0 };
        assert!((half.lower_bound() - 0.4038).abs() < 0.0001);
        assert!(Guessed { items: 0, right: 0.0 }.lower_bound().abs() < TIE);
    }
}
