//! Where items give keys away: features that only one option has and that predict the key, stems
//! that use the key's words, and stems that answer another item.
//!
//! [`super::guess`] measures how far wording carries somebody; this module names the places. None
//! of it is a fault by itself: an author looks at each and decides.

#![expect(clippy::float_arithmetic, reason = "a measure of wording; no mark comes from it")]

use super::authored::{AuthoredBank, Place};
use super::guess::Guessed;
use super::item::Item;
use super::terms::ItemType;
use super::text::fold;
use std::collections::{BTreeMap, BTreeSet};

/// A feature is named from so many items on in which one option alone has it.
pub const LEAST_SEEN: usize = 10;
/// The least that a stem and its key have in common, in letters.
const LEAST_COMMON: usize = 3;
/// Pieces of stems that more items share say nothing of what one asks.
const MOST_HOLDERS: usize = 200;
/// The least of a key that another stem gives away, in letters.
const LEAST_KEY: usize = 3;

/// A feature that only one option has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Two neighbouring characters.
    Pair(char, char),
    /// A comma or a dash between parts.
    Comma,
    /// A digit.
    Digit,
    /// More characters than any other option.
    Longest,
    /// Fewer characters than any other option.
    Shortest,
}

/// A feature that predicts the key better than chance where only one option has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Telling {
    /// The feature.
    pub feature: Feature,
    /// Items in which one option alone has it.
    pub seen: usize,
    /// Items of these in which that option is the key.
    pub right: usize,
}

/// A stem that uses words of its own key, and of no other option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Echo<'a> {
    /// The item.
    pub place: Place<'a>,
    /// The words.
    pub words: String,
}

/// A stem that says what another item asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The item whose stem answers.
    pub teller: Place<'a>,
    /// The item that is answered.
    pub asked: Place<'a>,
    /// The key that the stem gives away.
    pub key: String,
}

/// Features that predict the key with 99.9 % confidence above chance, the best first.
#[must_use]
pub fn telling(bank: &AuthoredBank) -> Vec<Telling> {
    let mut counts: BTreeMap<Feature, (usize, usize, f64)> = BTreeMap::new();
    for (_, item) in singles(bank) {
        let options: Vec<BTreeSet<Feature>> = item.options.iter().map(|option| features(&option.text)).collect();
        let lengths: Vec<usize> = item.options.iter().map(|option| option.text.chars().count()).collect();
        let Some(key) = key_place(item) else { continue };
        let chance = 1.0 / f64::from(u32::try_from(options.len()).unwrap_or(u32::MAX));
        let mut note = |feature: &Feature, place: usize| {
            let (seen, right, expected) = counts.entry(feature.clone()).or_default();
            *seen += 1;
            *right += usize::from(place == key);
            *expected += chance;
        };
        for (place, own) in options.iter().enumerate() {
            let others =
                || options.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, features)| features);
            for feature in own.iter().filter(|feature| others().all(|other| !other.contains(*feature))) {
                note(feature, place);
            }
        }
        for (feature, extreme) in [(Feature::Longest, lengths.iter().max()), (Feature::Shortest, lengths.iter().min())]
        {
            let mut at =
                lengths.iter().enumerate().filter(|(_, length)| Some(*length) == extreme).map(|(place, _)| place);
            if let (Some(place), None) = (at.next(), at.next()) {
                note(&feature, place);
            }
        }
    }
    let mut found: Vec<(f64, Telling)> = Vec::new();
    for (feature, (seen, right, expected)) in counts {
        let measured = Guessed { items: seen, right: f64::from(u32::try_from(right).unwrap_or(u32::MAX)) };
        let chance = Guessed { items: seen, right: expected }.share();
        let lower = measured.lower_bound_at(3.290_527);
        if seen >= LEAST_SEEN && lower > chance {
            found.push((lower, Telling { feature, seen, right }));
        }
    }
    found.sort_by(|(one, a), (other, b)| other.total_cmp(one).then_with(|| a.feature.cmp(&b.feature)));
    found.into_iter().map(|(_, telling)| telling).collect()
}

/// Stems that share at least three letters in a row with their key, and at least two fewer with
/// every other option.
#[must_use]
pub fn echoes(bank: &AuthoredBank) -> Vec<Echo<'_>> {
    let mut found = Vec::new();
    for (place, item) in singles(bank) {
        let stem = letters(&item.stem);
        let common: Vec<Vec<char>> =
            item.options.iter().map(|option| longest_common(&stem, &letters(&option.text))).collect();
        let Some((key, words)) = key_place(item).and_then(|key| Some((key, common.get(key)?))) else { continue };
        let others = common.iter().enumerate().filter(|(place, _)| *place != key).map(|(_, words)| words.len());
        if words.len() >= LEAST_COMMON && others.max().unwrap_or(0) + 2 <= words.len() {
            found.push(Echo { place, words: words.iter().collect() });
        }
    }
    found
}

/// Pairs in which one stem holds the other's key and none of its other options, and at least half
/// of the other's stem by three-character pieces. Declared enemies never share a paper, so they are
/// not named.
#[must_use]
pub fn answers(bank: &AuthoredBank) -> Vec<Answer<'_>> {
    let items: Vec<(Place<'_>, &Item)> = bank.items().collect();
    let stems: Vec<String> = items.iter().map(|(_, item)| letters(&item.stem).into_iter().collect()).collect();
    let pieces: Vec<BTreeSet<[char; 3]>> = stems.iter().map(|stem| pieces(stem)).collect();
    let mut holders: BTreeMap<[char; 3], Vec<usize>> = BTreeMap::new();
    for (place, own) in pieces.iter().enumerate() {
        own.iter().for_each(|piece| holders.entry(*piece).or_default().push(place));
    }
    let mut found = Vec::new();
    for (asked, (asked_place, item)) in items.iter().enumerate() {
        let Some(own) = pieces.get(asked).filter(|own| !own.is_empty()) else { continue };
        let options: Vec<String> =
            item.options.iter().map(|option| letters(&option.text).into_iter().collect()).collect();
        let Some(key) = key_place(item).filter(|_| item.item_type == ItemType::SingleChoice) else { continue };
        let Some(key_text) = options.get(key).filter(|text| text.chars().count() >= LEAST_KEY) else { continue };
        // A text with half of the pieces has at least one of any half and one more: the rarest are
        // looked up.
        let mut rarest: Vec<(usize, [char; 3])> =
            own.iter().map(|piece| (holders.get(piece).map_or(0, Vec::len), *piece)).collect();
        rarest.sort_unstable();
        let looked_up = rarest.iter().take(own.len() + 1 - own.len().div_ceil(2));
        let looked_up = looked_up.filter(|(held, _)| *held <= MOST_HOLDERS);
        let tellers: BTreeSet<usize> = looked_up
            .filter_map(|(_, piece)| holders.get(piece))
            .flatten()
            .copied()
            .filter(|teller| *teller != asked)
            .collect();
        for teller in tellers {
            let (Some(stem), Some(theirs), Some((teller_place, told))) =
                (stems.get(teller), pieces.get(teller), items.get(teller))
            else {
                continue;
            };
            let says_others = options
                .iter()
                .enumerate()
                .any(|(place, text)| place != key && !text.is_empty() && stem.contains(text.as_str()));
            let are_apart = item.enemies.contains(&told.id) || told.enemies.contains(&item.id);
            if stem.contains(key_text.as_str())
                && !says_others
                && !are_apart
                && 2 * own.intersection(theirs).count() >= own.len()
            {
                found.push(Answer { teller: *teller_place, asked: *asked_place, key: key_text.clone() });
            }
        }
    }
    found
}

fn singles(bank: &AuthoredBank) -> impl Iterator<Item = (Place<'_>, &Item)> {
    bank.items().filter(|(_, item)| item.item_type == ItemType::SingleChoice)
}

fn key_place(item: &Item) -> Option<usize> {
    item.options.iter().position(|option| item.key.first() == Some(&option.id))
}

/// A text without signs and white space, folded.
fn letters(text: &str) -> Vec<char> {
    fold(text).chars().filter(|letter| letter.is_alphanumeric()).collect()
}

fn pieces(text: &str) -> BTreeSet<[char; 3]> {
    let letters: Vec<char> = text.chars().collect();
    letters.windows(3).filter_map(|piece| piece.try_into().ok()).collect()
}

fn features(text: &str) -> BTreeSet<Feature> {
    let letters: Vec<char> = text.chars().collect();
    let next = letters.iter().skip(1);
    let pairs = letters.iter().zip(next).filter(|(one, other)| one.is_alphabetic() && other.is_alphabetic());
    let mut found: BTreeSet<Feature> = pairs.map(|(one, other)| Feature::Pair(*one, *other)).collect();
    if text.contains(['，', '、', ',', '；', ';', '—']) {
        found.insert(Feature::Comma);
    }
    if text.contains(|letter: char| letter.is_ascii_digit()) {
        found.insert(Feature::Digit);
    }
    found
}

/// The longest run of letters that two texts share; the first of several.
fn longest_common(one: &[char], other: &[char]) -> Vec<char> {
    let mut longest: &[char] = &[];
    for start in 0..other.len() {
        for end in (start + longest.len() + 1)..=other.len() {
            let Some(run) = other.get(start..end).filter(|run| one.windows(run.len()).any(|window| window == *run))
            else {
                break;
            };
            longest = run;
        }
    }
    longest.to_vec()
}

impl Feature {
    /// As an author reads it.
    #[must_use]
    pub fn chinese(&self) -> String {
        match self {
            Self::Pair(one, other) => format!("「{one}{other}」"),
            Self::Comma => "逗号或顿号".to_owned(),
            Self::Digit => "数字".to_owned(),
            Self::Longest => "最长的选项".to_owned(),
            Self::Shortest => "最短的选项".to_owned(),
        }
    }
}

#[cfg(test)]
#[path = "giveaway_tests.rs"]
mod tests;
