//! The figures of one item.

use super::marks::{Mark, Marks};
use super::{ENOUGH_PERSONS, NEAR_ZERO, ratio};
use serde::Serialize;

/// Units of a mark, as a float.
const UNITS: f64 = 10_000.0;

/// The figures of an item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemFigures {
    /// Its name: the head of its column.
    pub item: String,
    /// The mean of its marks.
    pub mean: f64,
    /// The mean as a share of the greatest mark; none where that is not known.
    pub facility: Option<f64>,
    /// The standard deviation of its marks, with n − 1; none of a single person.
    pub standard_deviation: Option<f64>,
    /// The correlation of its marks with those of all other items together; none where either does
    /// not vary.
    pub rest_correlation: Option<f64>,
    /// The same in percent, which Moodle calls the discrimination index.
    pub discrimination_index: Option<f64>,
    /// The covariance with the rest as a percentage of the greatest that these marks allow.
    pub discriminative_efficiency: Option<f64>,
    /// Its rest correlation is nearly zero or negative, and enough people took it.
    pub perhaps_miskeyed: bool,
}

/// Sums of a column, in units, and the spread `n Σx² − (Σx)²`, which is `n (n − 1)` times the
/// variance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    pub(super) count: usize,
    pub(super) sum: i128,
    pub(super) spread: i128,
}

impl Moments {
    pub(super) fn of(values: impl Iterator<Item = i64>) -> Self {
        let (mut count, mut sum, mut squares) = (0_usize, 0_i128, 0_i128);
        for value in values {
            count += 1;
            sum += i128::from(value);
            squares += i128::from(value) * i128::from(value);
        }
        Self { count, sum, spread: whole(count) * squares - sum * sum }
    }

    pub(super) fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { ratio(self.sum, whole(self.count)) / UNITS }
    }

    pub(super) fn standard_deviation(&self) -> Option<f64> {
        let pairs = whole(self.count) * (whole(self.count) - 1);
        (self.count >= 2).then(|| ratio(self.spread, pairs).sqrt() / UNITS)
    }
}

pub(super) fn figures(
    marks: &Marks,
    place: usize,
    column: &[Mark],
    own: &Moments,
    totals: &[i64],
    total: &Moments,
) -> ItemFigures {
    let with_total: i128 =
        column.iter().zip(totals).map(|(mark, total)| i128::from(mark.units()) * i128::from(*total)).sum();
    let with_total = whole(own.count) * with_total - own.sum * total.sum;
    // The rest of the test is the total without the item.
    let with_rest = with_total - own.spread;
    let rest_spread = total.spread - 2 * with_total + own.spread;
    let varies = own.spread > 0 && rest_spread > 0;
    let rest_correlation =
        varies.then(|| ratio(with_rest, 1) / (ratio(own.spread, 1).sqrt() * ratio(rest_spread, 1).sqrt()));
    let efficiency = varies.then(|| greatest(column, totals, own, total)).filter(|greatest| *greatest > 0);
    let is_enough = own.count >= ENOUGH_PERSONS;
    let most = marks.most(place).map(Mark::units).filter(|most| *most > 0);
    ItemFigures {
        item: marks.items().get(place).cloned().unwrap_or_default(),
        mean: own.mean(),
        facility: most.map(|most| ratio(own.sum, whole(own.count) * i128::from(most))).filter(|_| own.count > 0),
        standard_deviation: own.standard_deviation(),
        rest_correlation,
        discrimination_index: rest_correlation.map(|correlation| 100.0 * correlation),
        discriminative_efficiency: efficiency.map(|greatest| 100.0 * ratio(with_rest, greatest)),
        perhaps_miskeyed: is_enough && rest_correlation.is_some_and(|correlation| correlation < NEAR_ZERO),
    }
}

/// The covariance (times `n (n − 1)`) that there would be if those with the most in the rest had
/// the most in the item.
fn greatest(column: &[Mark], totals: &[i64], own: &Moments, total: &Moments) -> i128 {
    let mut marks: Vec<i64> = column.iter().map(|mark| mark.units()).collect();
    let mut rests: Vec<i64> = totals.iter().zip(column).map(|(total, mark)| total - mark.units()).collect();
    marks.sort_unstable();
    rests.sort_unstable();
    let products: i128 = marks.iter().zip(&rests).map(|(mark, rest)| i128::from(*mark) * i128::from(*rest)).sum();
    whole(own.count) * products - own.sum * (total.sum - own.sum)
}

fn whole(count: usize) -> i128 {
    i128::try_from(count).unwrap_or(i128::MAX)
}
