//! Shares, and the controlled rounding of lines to bands (section 4 of the specification).

#![expect(clippy::indexing_slicing, reason = "tables are made here with the lines and columns that index them")]

use std::cmp::Reverse;

/// Shares out a total by weights that are not all 0: what is left over goes to the greatest remainders, at a tie to the first.
pub(super) fn share(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum = weights.iter().sum::<u64>().max(1);
    let mut shares: Vec<u64> = weights.iter().map(|weight| total * weight / sum).collect();
    let left = total.saturating_sub(shares.iter().sum());
    let mut order: Vec<usize> = (0..weights.len()).collect();
    // The sort is stable, so that equal remainders keep their order.
    order.sort_by_key(|entry| Reverse(total * weights[*entry] % sum));
    order.into_iter().zip(0..left).for_each(|(entry, _)| shares[entry] += 1);
    shares
}

/// Rounds lines to columns of the same sum: each entry is its exact share rounded down or up, each line and each column has
/// its sum. `served` tells of a line, a column and an entry whether the bank has enough for it.
pub(super) fn round(lines: &[u64], columns: &[u64], served: impl Fn(usize, usize, u64) -> bool) -> Vec<Vec<u64>> {
    let sum = lines.iter().sum::<u64>().max(1);
    let down = |line: &u64| columns.iter().map(|column| line * column / sum).collect();
    let table: Vec<Vec<u64>> = lines.iter().map(down).collect();
    let need = |column: usize| columns[column].saturating_sub(table.iter().map(|entries| entries[column]).sum());
    let mut rounding = Rounding {
        need: (0..columns.len()).map(need).collect(),
        extra: vec![vec![false; columns.len()]; lines.len()],
        remainder: lines.iter().map(|line| columns.iter().map(|column| line * column % sum).collect()).collect(),
        table,
        served,
    };
    for (line, total) in lines.iter().enumerate() {
        for _ in rounding.table[line].iter().sum()..*total {
            let mut tried = vec![false; columns.len()];
            if !rounding.give(line, &mut tried, false) {
                rounding.give(line, &mut vec![false; columns.len()], true);
            }
        }
    }
    let whole = |(entries, extras): (&Vec<u64>, &Vec<bool>)| {
        entries.iter().zip(extras).map(|(entry, extra)| entry + u64::from(*extra)).collect()
    };
    rounding.table.iter().zip(&rounding.extra).map(whole).collect()
}

struct Rounding<S> {
    /// Entries rounded down.
    table: Vec<Vec<u64>>,
    /// What rounding down left of each entry.
    remainder: Vec<Vec<u64>>,
    /// Entries that are one more.
    extra: Vec<Vec<bool>>,
    /// Extras that each column still wants.
    need: Vec<u64>,
    served: S,
}

impl<S: Fn(usize, usize, u64) -> bool> Rounding<S> {
    /// Gives a line one extra more, if need be by moving those of other lines; `all` cells may have it, or served ones alone.
    fn give(&mut self, line: usize, tried: &mut [bool], all: bool) -> bool {
        let mut bands: Vec<usize> = (0..self.need.len()).collect();
        bands.sort_by_key(|band| Reverse(self.remainder[line][*band]));
        for band in bands {
            let can = self.remainder[line][band] > 0 && !self.extra[line][band] && !tried[band];
            if !can || !(all || (self.served)(line, band, self.table[line][band] + 1)) {
                continue;
            }
            tried[band] = true;
            if self.need[band] > 0 {
                self.need[band] -= 1;
                self.extra[line][band] = true;
                return true;
            }
            for other in 0..self.table.len() {
                if self.extra[other][band] && self.give(other, tried, all) {
                    self.extra[other][band] = false;
                    self.extra[line][band] = true;
                    return true;
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // By hand. 4 × 40, 40, 20 % = 1.6, 1.6, 0.8: one each first, then the hard band (80), then the easy one at the tie.
    #[test]
    fn largest_remainders_and_the_earlier_one_at_a_tie() {
        assert_eq!(share(4, &[40, 40, 20]), [2, 1, 1]);
        assert_eq!(share(1, &[40, 40, 20]), [1, 0, 0]);
        assert_eq!(share(12, &[40, 40, 20]), [5, 5, 2]);
        assert_eq!(share(10, &[33, 33, 34]), [3, 3, 4]);
    }

    // By hand: lines of 1 and 1 to columns of 1 and 1 tie at one half. The first line takes the first column; where the
    // bank has nothing for it there, it takes the second. The second line gets the rest.
    #[test]
    fn cells_that_the_bank_can_fill_come_first() {
        assert_eq!(round(&[1, 1], &[1, 1], |_, _, _| true), [[1, 0], [0, 1]]);
        assert_eq!(round(&[1, 1], &[1, 1], |line, band, _| line != band), [[0, 1], [1, 0]]);
        // The second line moves the first one's extra to the other column.
        assert_eq!(round(&[1, 1], &[1, 1], |line, band, _| line == 0 || band == 0), [[0, 1], [1, 0]]);
        // Nothing has enough in the second column; it is used all the same, and the first line moves to it.
        assert_eq!(round(&[1, 1], &[1, 1], |_, band, _| band == 0), [[0, 1], [1, 0]]);
    }

    proptest! {
        #[test]
        fn sums_are_kept_and_entries_rounded(
            lines in prop::collection::vec(1..60_u64, 1..8),
            weights in prop::collection::vec(1..100_u64, 1..6),
            gaps in any::<u64>(),
        ) {
            let sum: u64 = lines.iter().sum();
            let columns = share(sum, &weights);
            prop_assert_eq!(columns.iter().sum::<u64>(), sum);
            let table = round(&lines, &columns, |line, band, _| gaps >> (line * 5 + band) & 1 == 0);
            for (entries, line) in table.iter().zip(&lines) {
                prop_assert_eq!(entries.iter().sum::<u64>(), *line);
                for (entry, column) in entries.iter().zip(&columns) {
                    prop_assert!((line * column / sum..=(line * column).div_ceil(sum)).contains(entry));
                }
            }
            for (band, column) in columns.iter().enumerate() {
                prop_assert_eq!(table.iter().map(|entries| entries[band]).sum::<u64>(), *column);
            }
        }
    }
}
