//! The smallest conflict: rules that no paper keeps together (section 3 of the specification).

#![expect(clippy::indexing_slicing, reason = "rules are numbered by the bounds")]

use super::error::Infeasible;
use super::rules::{Bounds, NO_MOST, Rules};
use super::search::{Outcome, search};

/// What stands in the way of a paper that the search did not find; `proved` when it proved that there is none.
pub(super) fn conflict(rules: &Rules<'_>, bounds: &Bounds, proved: bool) -> Infeasible {
    let mut left_out = bounds.clone();
    let mut remain = Vec::new();
    for rule in (0..bounds.least.len()).rev() {
        let before = (left_out.least[rule], left_out.most[rule]);
        left_out.least[rule] = 0;
        if rule >= rules.cells.len() {
            left_out.most[rule] = NO_MOST;
        }
        if matches!(search(rules, &left_out, [], u64::from), Outcome::Found(_)) {
            (left_out.least[rule], left_out.most[rule]) = before;
            remain.push(rule);
        }
    }
    let rules = remain.into_iter().rev().map(|rule| rules.named(rule)).collect();
    Infeasible { rules, proved }
}
