//! Whether items give themselves away: a guesser that reads options and never a stem.
//!
//! The measure is fixed, so that it can be repeated and compared: naive Bayes on the characters and
//! the pairs of neighbouring characters of an option, in ten folds by range, with the seeds 1 to 4.
//! What it guesses is known from the wording alone: a word, a comma, the length of an option.
//! `tests/outside/guesser.py` measures the same.

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

/// One guess: which of several texts is right, or whether one text is true. A text is its
/// features by number, ascending.
struct Question<'a> {
    range: &'a str,
    texts: Vec<Vec<u32>>,
    /// The place of the key; for a statement 0 when it is true and 1 when it is false.
    key: usize,
}

/// Features by number, in their order.
#[derive(Default)]
struct Features(Vec<Feature>);

/// Guesses a bank: fold by fold from its other ranges, or from another bank.
#[must_use]
pub fn guess(bank: &AuthoredBank, learnt_from: Option<&AuthoredBank>) -> Guess {
    let measure = |item_type: ItemType, guessed: fn(&Scores<'_>, &Question<'_>) -> f64| {
        let banks = [Some(bank), learnt_from].into_iter().flatten();
        let features = Features::of(banks.flat_map(|bank| items(bank, item_type)).map(|(_, item)| item));
        let asked = questions(bank, item_type, &features);
        let right = match learnt_from {
            Some(other) => {
                let learnt = Learnt::from(questions(other, item_type, &features).iter(), &features);
                let nothing = Learnt::nothing(&features);
                asked.iter().map(|question| guessed(&Scores { all: &learnt, without: &nothing }, question)).sum()
            }
            None => {
                let all = Learnt::from(asked.iter(), &features);
                let each = SEEDS.iter().map(|seed| in_folds(&asked, seed, &all, &features, guessed));
                each.sum::<f64>() / count(SEEDS.len())
            }
        };
        Guessed { items: asked.len(), right }
    };
    Guess {
        singles: measure(ItemType::SingleChoice, |scores, question| scores.guesses_key(question)),
        statements: measure(ItemType::TrueFalse, |scores, question| scores.guesses_truth(question)),
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

/// How many are guessed, each from what all other folds have taught.
fn in_folds(
    asked: &[Question<'_>],
    seed: &str,
    all: &Learnt,
    features: &Features,
    guessed: fn(&Scores<'_>, &Question<'_>) -> f64,
) -> f64 {
    let folds = folds(asked, seed);
    let fold_of = |question: &Question<'_>| folds.get(question.range).copied().unwrap_or_default();
    (0..FOLDS)
        .map(|fold| {
            let inside = || asked.iter().filter(|question| fold_of(question) == fold);
            let without = Learnt::from(inside(), features);
            inside().map(|question| guessed(&Scores { all, without: &without }, question)).sum::<f64>()
        })
        .sum()
}

/// The fold of each range: its place by SHA-256 of the parts `kaoping/guesser/1`, seed, range,
/// modulo ten.
fn folds<'a>(asked: &[Question<'a>], seed: &str) -> BTreeMap<&'a str, usize> {
    let digest = |range: &str| Digest::of_parts(&[b"kaoping/guesser/1", seed.as_bytes(), range.as_bytes()]);
    let ranges: BTreeSet<&str> = asked.iter().map(|question| question.range).collect();
    let ordered: BTreeMap<Digest, &str> = ranges.into_iter().map(|range| (digest(range), range)).collect();
    ordered.into_values().enumerate().map(|(place, range)| (range, place % FOLDS)).collect()
}

/// Items of a type with their ranges.
fn items(bank: &AuthoredBank, item_type: ItemType) -> impl Iterator<Item = (&str, &Item)> {
    let files = bank.items.iter().map(|file| &file.value);
    let items = files.flat_map(|file| file.items.iter().map(move |item| (file.range.as_str(), item)));
    items.filter(move |(_, item)| item.item_type == item_type)
}

/// The text of an item that is read: the stem of a statement, the options of a choice.
fn texts(item: &Item) -> Vec<&str> {
    if item.item_type == ItemType::TrueFalse {
        vec![item.stem.as_str()]
    } else {
        item.options.iter().map(|option| option.text.as_str()).collect()
    }
}

fn questions<'a>(bank: &'a AuthoredBank, item_type: ItemType, features: &Features) -> Vec<Question<'a>> {
    let question = |(range, item): (&'a str, &'a Item)| {
        let place = item.options.iter().position(|option| item.key.first() == Some(&option.id))?;
        let is_true = item.options.get(place)?.text == TRUE_TEXT;
        let key = if item.item_type == ItemType::TrueFalse { usize::from(!is_true) } else { place };
        Some(Question { range, texts: texts(item).into_iter().map(|text| features.numbers(text)).collect(), key })
    };
    items(bank, item_type).filter_map(question).collect()
}

/// The characters and the pairs of neighbouring characters of a text.
fn features(text: &str) -> impl Iterator<Item = Feature> {
    let next = text.chars().skip(1);
    let pairs = text.chars().zip(next).map(|(letter, next)| (letter, Some(next)));
    text.chars().map(|letter| (letter, None)).chain(pairs)
}

impl Features {
    fn of<'a>(items: impl Iterator<Item = &'a Item>) -> Self {
        let mut known: BTreeSet<Feature> = BTreeSet::new();
        items.flat_map(texts).for_each(|text| known.extend(features(text)));
        Self(known.into_iter().collect())
    }

    /// The features of a text by number, each once.
    fn numbers(&self, text: &str) -> Vec<u32> {
        let number = |feature: Feature| u32::try_from(self.0.binary_search(&feature).ok()?).ok();
        let mut numbers: Vec<u32> = features(text).filter_map(number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// How often each feature occurred in right texts and in wrong ones.
struct Learnt {
    features: Vec<[u32; 2]>,
    texts: [u32; 2],
}

impl Learnt {
    fn nothing(features: &Features) -> Self {
        Self { features: vec![[0; 2]; features.0.len()], texts: [0; 2] }
    }

    fn from<'a, 'b: 'a>(questions: impl Iterator<Item = &'a Question<'b>>, features: &Features) -> Self {
        let mut learnt = Self::nothing(features);
        for question in questions {
            for (place, text) in question.texts.iter().enumerate() {
                // A statement is one text, whose key says whether it is true.
                let is_wrong = if question.texts.len() == 1 { question.key == 1 } else { place != question.key };
                learnt.add(text, is_wrong);
            }
        }
        learnt
    }

    fn add(&mut self, text: &[u32], is_wrong: bool) {
        let one = |counts: &mut [u32; 2]| {
            let [right, wrong] = counts;
            *(if is_wrong { wrong } else { right }) += 1;
        };
        one(&mut self.texts);
        for feature in text {
            if let Some(counts) = self.features.get_mut(*feature as usize) {
                one(counts);
            }
        }
    }
}

/// Scores by all that was learnt, without what the asked fold taught.
struct Scores<'a> {
    all: &'a Learnt,
    without: &'a Learnt,
}

impl Scores<'_> {
    /// How many right and wrong texts there were.
    fn texts(&self) -> [f64; 2] {
        difference(self.all.texts, self.without.texts)
    }

    /// The logarithm of how much likelier a text's features are in a right text than in a wrong
    /// one.
    fn score(&self, text: &[u32]) -> f64 {
        let [right_texts, wrong_texts] = self.texts();
        let counts = |feature: &u32| {
            let of = |learnt: &Learnt| learnt.features.get(*feature as usize).copied().unwrap_or_default();
            difference(of(self.all), of(self.without))
        };
        let known = text.iter().map(counts).filter(|[right, wrong]| right + wrong > 0.0);
        known
            .map(|[right, wrong]| {
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
        let [true_texts, false_texts] = self.texts();
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

fn difference(all: [u32; 2], without: [u32; 2]) -> [f64; 2] {
    let ([all_right, all_wrong], [right, wrong]) = (all, without);
    [all_right.saturating_sub(right), all_wrong.saturating_sub(wrong)].map(f64::from)
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Questions with the same texts and key in each range, and the features of the texts.
    fn asked<'a>(ranges: &[&'a str], texts: &[&str], key: usize) -> (Vec<Question<'a>>, Features) {
        let known: BTreeSet<Feature> = texts.iter().flat_map(|text| features(text)).collect();
        let features = Features(known.into_iter().collect());
        let numbers = || texts.iter().map(|text| features.numbers(text)).collect();
        (ranges.iter().map(|range| Question { range, texts: numbers(), key }).collect(), features)
    }

    fn guessed(
        seed: &str,
        (asked, features): (Vec<Question<'_>>, Features),
        by: fn(&Scores<'_>, &Question<'_>) -> f64,
    ) -> f64 {
        let all = Learnt::from(asked.iter(), &features);
        in_folds(&asked, seed, &all, &features, by)
    }

    // Catches a guesser that learns nothing, and one that learns from what it is asked.
    #[test]
    fn a_word_that_stands_in_keys_alone_is_learnt_from_other_ranges() {
        let ranges = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"];
        let options = ["及时报告", "走开", "坐下", "睡觉"];
        assert!(
            (guessed("1", asked(&ranges, &options, 0), |scores, question| scores.guesses_key(question)) - 12.0).abs()
                < TIE
        );
        let alone = guessed("1", asked(&["A"], &options, 0), |scores, question| scores.guesses_key(question));
        assert!((alone - 0.25).abs() < TIE, "nothing is known: chance");
        assert!(
            (guessed("2", asked(&ranges, &["一定要"], 1), |scores, question| scores.guesses_truth(question)) - 12.0)
                .abs()
                < TIE
        );
    }

    #[test]
    fn folds_hold_whole_ranges_and_differ_by_seed() {
        let ranges: Vec<String> = (10..40).map(|number| format!("A-{number}")).collect();
        let ranges: Vec<&str> = ranges.iter().map(String::as_str).collect();
        let (asked, _) = asked(&ranges, &["甲", "乙"], 0);
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
