//! Twins: stems that say the same, and stems that nearly do.

use super::text::fold;
use std::collections::BTreeMap;

/// The most twins that are reported: a bank with so many is refused in any case, and pairs grow
/// with the square of its items.
pub const MOST_TWINS: usize = 20_000;

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

/// The twins of a list of stems, [`MOST_TWINS`] at most. Near twins share at least four fifths of
/// their three-character pieces, letters and digits alone: Dice's coefficient
/// `2·|A ∩ B| / (|A| + |B|) ≥ 0.8`.
#[must_use]
pub fn find(stems: &[String]) -> Vec<Twins> {
    let folded: Vec<String> = stems.iter().map(|stem| fold(stem)).collect();
    Search::new(&folded, folded.len()).twins(0)
}

/// Twins of which one is in `others` and one in `own`: `first` is its place in `others`, `second`
/// that in `own`.
#[must_use]
pub fn find_across(others: &[String], own: &[String]) -> Vec<Twins> {
    let folded: Vec<String> = others.iter().chain(own).map(|stem| fold(stem)).collect();
    let mut twins = Search::new(&folded, others.len()).twins(others.len());
    for twin in &mut twins {
        twin.second -= others.len();
    }
    twins
}

/// Stems by their rarest pieces. Two sets that share four fifths have at least one of their rarest
/// pieces in common, so common pieces are never looked up (prefix filtering: Chaudhuri, Ganti,
/// Kaushik 2006).
struct Search<'a> {
    folded: &'a [String],
    /// The pieces of each stem as ranks, the rarest first.
    pieces: Vec<Vec<u32>>,
    /// Where the holders of each rank begin; one more at the end.
    starts: Vec<u32>,
    /// Stems by one of their rarest pieces: all holders of rank 0, then those of rank 1, ascending.
    holders: Vec<u32>,
    /// Stems by their text.
    texts: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Search<'a> {
    /// Twins are looked for among the first `indexed` stems.
    fn new(folded: &'a [String], indexed: usize) -> Self {
        let pieces: Vec<Vec<u64>> = folded.iter().map(|stem| pieces(stem)).collect();
        let mut known: Vec<u64> = pieces.iter().flatten().copied().collect();
        known.sort_unstable();
        let mut counts: Vec<(u32, u64)> = Vec::new();
        for piece in known.drain(..) {
            match counts.last_mut().filter(|(_, last)| *last == piece) {
                Some((count, _)) => *count += 1,
                None => counts.push((1, piece)),
            }
        }
        counts.sort_unstable();
        let mut ranks: Vec<(u64, u32)> = counts.iter().zip(0..).map(|((_, piece), rank)| (*piece, rank)).collect();
        drop(counts);
        ranks.sort_unstable();
        let rank = |piece: &u64| {
            let place = ranks.binary_search_by_key(piece, |(known, _)| *known).ok()?;
            ranks.get(place).map(|(_, rank)| *rank)
        };
        let ranked = |own: Vec<u64>| {
            let mut own: Vec<u32> = own.iter().filter_map(rank).collect();
            own.sort_unstable();
            own
        };
        let pieces: Vec<Vec<u32>> = pieces.into_iter().map(ranked).collect();
        let mut held: Vec<(u32, u32)> = Vec::new();
        for (place, own) in (0..).zip(pieces.iter().take(indexed)) {
            held.extend(rarest(own).iter().map(|rank| (*rank, place)));
        }
        held.sort_unstable();
        let mut starts = vec![0_u32; ranks.len() + 1];
        for (rank, _) in &held {
            if let Some(count) = starts.get_mut(*rank as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut texts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, text) in folded.iter().enumerate().take(indexed) {
            texts.entry(text).or_default().push(place);
        }
        Self { folded, pieces, starts, holders: held.into_iter().map(|(_, place)| place).collect(), texts }
    }

    /// The twins of the stems from `from` on, each with an earlier one among those that are
    /// indexed.
    fn twins(&self, from: usize) -> Vec<Twins> {
        let mut twins = Vec::new();
        for second in from..self.folded.len() {
            self.twins_of(second, &mut twins);
            if twins.len() >= MOST_TWINS {
                break;
            }
        }
        twins.truncate(MOST_TWINS);
        twins.sort_unstable();
        twins
    }

    fn twins_of(&self, second: usize, twins: &mut Vec<Twins>) {
        let (Some(text), Some(own)) = (self.folded.get(second), self.pieces.get(second)) else { return };
        let same = self.texts.get(text.as_str()).map_or(&[][..], Vec::as_slice);
        let same = same.get(..same.partition_point(|first| *first < second)).unwrap_or_default();
        twins.extend(same.iter().map(|first| Twins { first: *first, second, exact: true }));
        let mut alike: Vec<usize> =
            rarest(own).iter().flat_map(|rank| self.holders_of(*rank)).map(|place| *place as usize).collect();
        alike.sort_unstable();
        alike.dedup();
        let near = alike.into_iter().filter(|first| {
            *first < second
                && same.binary_search(first).is_err()
                && self.pieces.get(*first).is_some_and(|other| is_near(other, own))
        });
        twins.extend(near.map(|first| Twins { first, second, exact: false }));
    }

    fn holders_of(&self, rank: u32) -> &[u32] {
        let bound = |rank: usize| self.starts.get(rank).map_or(0, |start| *start as usize);
        self.holders.get(bound(rank as usize)..bound(rank as usize + 1)).unwrap_or_default()
    }
}

/// The pieces of a stem of which a twin has at least one: a twin shares at least two thirds of them
/// all.
fn rarest(own: &[u32]) -> &[u32] {
    let shared = (2 * own.len()).div_ceil(3);
    own.get(..(own.len() + 1 - shared).min(own.len())).unwrap_or_default()
}

fn is_near(first: &[u32], second: &[u32]) -> bool {
    let both = first.len() + second.len();
    // The first comparison holds even if the shorter one lies in the longer one altogether.
    10 * first.len().min(second.len()) >= 4 * both && 10 * shared(first, second) >= 4 * both
}

/// How many ranks two ascending lists share.
fn shared(first: &[u32], second: &[u32]) -> usize {
    let (mut first, mut second) = (first.iter().peekable(), second.iter().peekable());
    let mut count = 0;
    while let (Some(one), Some(other)) = (first.peek(), second.peek()) {
        match one.cmp(other) {
            std::cmp::Ordering::Less => drop(first.next()),
            std::cmp::Ordering::Greater => drop(second.next()),
            std::cmp::Ordering::Equal => {
                count += 1;
                first.next();
                second.next();
            }
        }
    }
    count
}

/// The pieces of a stem, ascending: three characters of 21 bits each.
fn pieces(stem: &str) -> Vec<u64> {
    let letters: Vec<u64> = stem.chars().filter(|c| c.is_alphanumeric()).map(|c| u64::from(u32::from(c))).collect();
    let three = letters.windows(3).map(|piece| piece.iter().fold(0, |packed, letter| packed << 21 | letter));
    let mut pieces: Vec<u64> = three.collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces
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

    // By hand. ABCDEFGHIJKL has ten pieces. With one letter more at the end ten of eleven are
    // shared, 20/21. A change in the middle breaks three pieces: 14/20 is below 0.8; a change of
    // the last letter breaks one: 18/20.
    #[test]
    fn four_fifths_of_the_pieces_make_near_twins() {
        assert_eq!(twins(&["ABCDEFGHIJKL", "ABCDEFGHIJKLM"]), [(0, 1, false)]);
        assert_eq!(twins(&["ABCDEFGHIJKL", "ABCDEFGHIJKX"]), [(0, 1, false)]);
        assert_eq!(twins(&["ABCDEFGHIJKL", "ABCDEXGHIJKL"]), []);
        // Nine letters have seven pieces; changing the first leaves six: 12/14 ≥ 0.8. Six have
        // four: 6/8 < 0.8.
        assert_eq!(twins(&["ABCDEFGHI", "XBCDEFGHI"]), [(0, 1, false)]);
        assert_eq!(twins(&["ABCDEF", "XBCDEF"]), []);
    }

    #[test]
    fn twins_across_banks_are_told_by_their_places_in_each() {
        let owned = |stems: &[&str]| stems.iter().map(|stem| (*stem).to_owned()).collect::<Vec<_>>();
        let (others, own) =
            (owned(&["喂饭前先做什么？", "ABCDEFGHIJKL"]), owned(&["ABCDEFGHIJKLM", "喂饭前先做什么?", "x"]));
        let found: Vec<_> = find_across(&others, &own).into_iter().map(|t| (t.first, t.second, t.exact)).collect();
        assert_eq!(found, [(0, 1, true), (1, 0, false)]);
    }

    #[test]
    fn many_twins_are_not_all_told() {
        let same = vec!["下列说法正确的是（　）。".to_owned(); 300];
        assert_eq!(find(&same).len(), MOST_TWINS);
        assert_eq!(find_across(&same, &same).len(), MOST_TWINS);
    }

    // Catches a search by rarest pieces that leaves out a pair which comparing all pairs finds.
    #[test]
    fn the_search_finds_what_all_pairs_find() {
        let mut state = 7_u32;
        let mut next = |bound: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % bound
        };
        let letters: Vec<char> = "甲乙丙丁ABC".chars().collect();
        let mut stems: Vec<String> = Vec::new();
        for round in 0..400 {
            let length = 3 + next(14);
            let mut stem: Vec<char> = (0..length).map(|_| letters[next(7) as usize]).collect();
            // Half of them are an earlier one with a letter changed.
            if round > 0 && next(2) == 0 {
                stem = stems[next(round) as usize].chars().collect();
                let place = next(stem.len() as u32) as usize;
                stem[place] = letters[next(7) as usize];
            }
            stems.push(stem.into_iter().collect());
        }
        let mut expected = Vec::new();
        for (second, stem) in stems.iter().enumerate() {
            for (first, other) in stems.iter().enumerate().take(second) {
                let (a, b) = (pieces(&fold(other)), pieces(&fold(stem)));
                let both = a.iter().filter(|piece| b.contains(piece)).count();
                if fold(other) == fold(stem) {
                    expected.push(Twins { first, second, exact: true });
                } else if both > 0 && 10 * both >= 4 * (a.len() + b.len()) {
                    expected.push(Twins { first, second, exact: false });
                }
            }
        }
        expected.sort_unstable();
        assert!(expected.iter().filter(|twins| !twins.exact).count() > 50, "the stems are alike enough");
        assert_eq!(find(&stems), expected);
    }
}
