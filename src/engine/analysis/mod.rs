//! Item analysis (试题分析): how hard each item was, and whether people who know more solve it more
//! often.
//!
//! The formulas are in `README.md`. Sums are whole numbers and exact; only final divisions and
//! roots use floating point, so that no figure depends on the order of the people.

#![expect(clippy::float_arithmetic, reason = "measures of items; no mark comes from them")]

mod item;
mod marks;

pub use item::ItemFigures;
pub use marks::{MOST_CELLS, MOST_ITEMS, MOST_MARK, MOST_PERSONS, Mark, MarkError, Marks, MarksError};

use item::{Moments, figures};
use serde::Serialize;

/// From so many people on, an item that does not agree with the others is named as perhaps
/// miskeyed.
pub const ENOUGH_PERSONS: usize = 50;
/// A rest correlation below this, with [`ENOUGH_PERSONS`], is nearly none or negative.
pub const NEAR_ZERO: f64 = 0.05;

/// The figures of a test and of its items.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Analysis {
    /// How many people took it.
    pub persons: usize,
    /// The mean of their totals.
    pub mean: f64,
    /// The standard deviation of their totals, with n − 1; none of a single person.
    pub standard_deviation: Option<f64>,
    /// Cronbach's alpha; none of one item, or where all totals are equal.
    pub alpha: Option<f64>,
    /// Kuder and Richardson's formula 20; only where every item earns either nothing or the same
    /// mark.
    pub kr_20: Option<f64>,
    /// The standard error of measurement.
    pub standard_error: Option<f64>,
    /// In the order of the columns.
    pub items: Vec<ItemFigures>,
}

/// Analyses a test.
#[must_use]
pub fn analyze(marks: &Marks) -> Analysis {
    let totals = marks.totals();
    let total = Moments::of(totals.iter().copied());
    let moments: Vec<Moments> =
        marks.columns().map(|column| Moments::of(column.iter().map(|mark| mark.units()))).collect();
    let count = marks.items().len();
    let spread: i128 = moments.iter().map(|item| item.spread).sum();
    let alpha = (count >= 2 && total.spread > 0).then(|| {
        let items = float(count);
        items / (items - 1.0) * (1.0 - ratio(spread, total.spread))
    });
    let standard_deviation = total.standard_deviation();
    let standard_error =
        standard_deviation.zip(alpha).map(|(deviation, alpha)| deviation * (1.0 - alpha).max(0.0).sqrt());
    let figures = marks
        .columns()
        .zip(&moments)
        .enumerate()
        .map(|(place, (column, moments))| figures(marks, place, column, moments, &totals, &total));
    Analysis {
        persons: marks.persons(),
        mean: total.mean(),
        standard_deviation,
        alpha,
        kr_20: kr_20(marks, &moments, &total),
        standard_error,
        items: figures.collect(),
    }
}

/// With one mark for all items, shares of right answers take the place of variances.
fn kr_20(marks: &Marks, moments: &[Moments], total: &Moments) -> Option<f64> {
    let mut earned = marks.columns().flatten().map(|mark| mark.units()).filter(|units| *units != 0);
    let mark = earned.next()?;
    if moments.len() < 2 || total.spread <= 0 || !earned.all(|units| units == mark) {
        return None;
    }
    let persons = float(marks.persons());
    let whole = i128::from(mark);
    let uncertain: f64 = moments
        .iter()
        .map(|item| {
            let right = ratio(item.sum / whole, 1) / persons;
            right * (1.0 - right)
        })
        .sum();
    let variance = ratio(total.spread, whole * whole) / (persons * persons);
    let items = float(moments.len());
    Some(items / (items - 1.0) * (1.0 - uncertain / variance))
}

/// A quotient of whole numbers.
#[expect(clippy::cast_precision_loss, reason = "rounded once, to the nearest float")]
fn ratio(part: i128, whole: i128) -> f64 {
    part as f64 / whole as f64
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::NAN, f64::from)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
