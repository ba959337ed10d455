//! Twins: stems that say the same, and stems that nearly do.

use super::text::fold;
use std::collections::{BTreeMap, BTreeSet};

/// Two stems whose folded texts are alike, by their places in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Twins {
    /// The earlier one.
    pub first: usize,
    /// The later one.
    pub second: usize,
    /// Not a character differs after folding.
    pub exact: bool,
}

/// All twins of a list of stems. Near twins share at least four fifths of their three-character pieces, letters and
/// digits alone: Dice's coefficient `2·|A ∩ B| / (|A| + |B|) ≥ 0.8`.
#[must_use]
pub fn find(stems: &[String]) -> Vec<Twins> {
    let folded: Vec<String> = stems.iter().map(|stem| fold(stem)).collect();
    let pieces: Vec<BTreeSet<[char; 3]>> = folded.iter().map(|stem| pieces(stem)).collect();
    let mut holders: BTreeMap<[char; 3], Vec<usize>> = BTreeMap::new();
    let mut texts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut twins = BTreeSet::new();
    for (second, (text, own)) in folded.iter().zip(&pieces).enumerate() {
        let same = texts.entry(text).or_default();
        twins.extend(same.iter().map(|first| Twins { first: *first, second, exact: true }));
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for first in own.iter().filter_map(|piece| holders.get(piece)).flatten() {
            *shared.entry(*first).or_default() += 1;
        }
        for (first, shared) in shared {
            let both = own.len() + pieces.get(first).map_or(0, BTreeSet::len);
            if 10 * shared >= 4 * both && !same.contains(&first) {
                twins.insert(Twins { first, second, exact: false });
            }
        }
        same.push(second);
        for piece in own {
            holders.entry(*piece).or_default().push(second);
        }
    }
    twins.into_iter().collect()
}

fn pieces(stem: &str) -> BTreeSet<[char; 3]> {
    let letters: Vec<char> = stem.chars().filter(|c| c.is_alphanumeric()).collect();
    letters.windows(3).filter_map(|piece| piece.try_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twins(stems: &[&str]) -> Vec<(usize, usize, bool)> {
        let stems: Vec<String> = stems.iter().map(|stem| (*stem).to_owned()).collect();
        find(&stems).into_iter().map(|twins| (twins.first, twins.second, twins.exact)).collect()
    }

    #[test]
    fn width_and_space_make_no_difference() {
        assert_eq!(twins(&["打 120 时先说什么？", "喂饭前做什么？", "打１２０时先说什么?"]), [(0, 2, true)]);
    }

    // By hand. ABCDEFGHIJKL has ten pieces. With one letter more at the end ten of eleven are shared, 20/21.
    // A change in the middle breaks three pieces: 14/20 is below 0.8; a change of the last letter breaks one: 18/20.
    #[test]
    fn four_fifths_of_the_pieces_make_near_twins() {
        assert_eq!(twins(&["ABCDEFGHIJKL", "ABCDEFGHIJKLM"]), [(0, 1, false)]);
        assert_eq!(twins(&["ABCDEFGHIJKL", "ABCDEFGHIJKX"]), [(0, 1, false)]);
        assert_eq!(twins(&["ABCDEFGHIJKL", "ABCDEXGHIJKL"]), []);
        // Nine letters have seven pieces; changing the first leaves six: 12/14 ≥ 0.8. Six have four: 6/8 < 0.8.
        assert_eq!(twins(&["ABCDEFGHI", "XBCDEFGHI"]), [(0, 1, false)]);
        assert_eq!(twins(&["ABCDEF", "XBCDEF"]), []);
    }
}
