//! The book: legal papers that say how a session's papers are spread over cells and ranges (section 4 of the specification).

#![expect(clippy::indexing_slicing, reason = "units and ranges are numbered by the rules")]

use super::rules::{Bounds, Rules};
use super::search::search;
use super::units::UnitNumber;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The most papers of a book.
const PAPERS: usize = 32;

/// The book that begins with a paper.
pub(super) fn book(rules: &Rules<'_>, bounds: &Bounds, first: Vec<UnitNumber>) -> Vec<Vec<UnitNumber>> {
    let units = rules.units.len();
    let (mut used, mut given) = (vec![0_u64; units], vec![0_u64; rules.ranges.len()]);
    let mut book: Vec<Vec<UnitNumber>> = Vec::new();
    let mut found = Some(first);
    for place in 1..=PAPERS {
        if let Some(paper) = found {
            for unit in &paper {
                used[*unit as usize] += 1;
                given[rules.range[*unit as usize] as usize] += u64::from(rules.size[*unit as usize]);
            }
            book.push(paper);
        }
        if place == PAPERS {
            break;
        }
        let targets = targets(rules, bounds, book.len(), &given);
        let evenly = |unit: UnitNumber| used[unit as usize] << 32 | u64::from(unit);
        let elsewhere = |unit: UnitNumber| {
            let begin = place * units / PAPERS;
            ((unit as usize + units - begin) % units) as u64
        };
        let paper = search(rules, &targets, [], evenly).paper();
        found = paper.or_else(|| search(rules, bounds, [], elsewhere).paper());
    }
    book
}

/// The bounds with a target for each range: the items that rounding down leaves go where the book is most behind.
fn targets(rules: &Rules<'_>, bounds: &Bounds, papers: usize, given: &[u64]) -> Bounds {
    let mut targets = bounds.clone();
    let first = rules.cells.len();
    let mut ranges: Vec<usize> = (0..rules.ranges.len()).collect();
    let behind = |range: &usize| {
        let of = &rules.ranges[*range];
        let due = i128::from(of.items * of.weight) * (papers as i128 + 1);
        due - i128::from(of.weights) * i128::from(given[*range] + u64::from(bounds.least[first + range]))
    };
    // The sort is stable, so that ties keep the order of the ranges.
    ranges.sort_by_key(|range| Reverse(behind(range)));
    let part = |range: usize| (rules.ranges[range].function, rules.ranges[range].kind);
    let mut left: BTreeMap<_, u64> = BTreeMap::new();
    for range in 0..rules.ranges.len() {
        let left = left.entry(part(range)).or_insert(rules.ranges[range].items);
        *left = left.saturating_sub(bounds.least[first + range].into());
    }
    for range in ranges.iter().filter(|range| bounds.most[first + *range] > bounds.least[first + *range]) {
        if let Some(left) = left.get_mut(&part(*range)).filter(|left| **left > 0) {
            *left -= 1;
            targets.least[first + range] += 1;
        }
    }
    targets.most[first..first + rules.ranges.len()].copy_from_slice(&targets.least[first..first + rules.ranges.len()]);
    targets
}
