//! The bounded search for a legal paper: the scarcest rule first (section 3 of the specification).

#![expect(
    clippy::indexing_slicing,
    reason = "units, points and rules are numbered by the rules, in the innermost loops"
)]

use super::rules::{Bounds, Rules};
use super::units::UnitNumber;
use std::collections::BTreeMap;

/// Attempts, and the steps of the first; each later one may take twice as many.
const ATTEMPTS: u32 = 4;
const STEPS: u32 = 200;

/// What a search ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A legal paper, its units in the order in which they were chosen.
    Found(Vec<UnitNumber>),
    /// No legal paper exists.
    Impossible,
    /// None was found within the steps.
    GivenUp,
}

impl Outcome {
    /// The paper, when one was found.
    pub(super) fn paper(self) -> Option<Vec<UnitNumber>> {
        if let Self::Found(paper) = self { Some(paper) } else { None }
    }
}

/// Searches a paper within bounds, without excluded units; units of lower rank are tried first.
pub(super) fn search(
    rules: &Rules<'_>,
    bounds: &Bounds,
    excluded: impl IntoIterator<Item = UnitNumber>,
    rank: impl Fn(UnitNumber) -> u64,
) -> Outcome {
    let mut search = Search::new(rules, bounds, rank);
    excluded.into_iter().for_each(|unit| search.block(unit));
    for _ in 0..ATTEMPTS {
        search.steps = 0;
        if search.extend() {
            return Outcome::Found(search.held);
        }
        if search.steps < search.limit {
            return Outcome::Impossible;
        }
        search.limit *= 2;
    }
    Outcome::GivenUp
}

struct Search<'a, R> {
    rules: &'a Rules<'a>,
    bounds: &'a Bounds,
    rank: R,
    /// For each rule its units by weight.
    members: Vec<Vec<(u32, Vec<UnitNumber>)>>,
    /// For each function and kind of bank its cells and its ranges, as rules.
    parts: Vec<[Vec<usize>; 2]>,
    /// For each rule the sum of the held units' weights, and that of the free ones.
    sums: Vec<u32>,
    supply: Vec<u32>,
    /// For each unit the reasons why it is not free.
    reasons: Vec<u32>,
    /// For each rule how often it failed, and 1.
    failed: Vec<u64>,
    held: Vec<UnitNumber>,
    steps: u32,
    limit: u32,
}

impl<'a, R: Fn(UnitNumber) -> u64> Search<'a, R> {
    fn new(rules: &'a Rules<'a>, bounds: &'a Bounds, rank: R) -> Self {
        let count = bounds.least.len();
        let mut members: Vec<BTreeMap<u32, Vec<UnitNumber>>> = vec![BTreeMap::new(); count];
        let (mut supply, mut reasons) = (vec![0; count], vec![0; rules.units.len()]);
        for (unit, reasons) in (0..).zip(&mut reasons) {
            let weights = rules.weights.of(unit);
            for (rule, weight) in weights {
                members[*rule as usize].entry(*weight).or_default().push(unit);
            }
            *reasons = number(weights.iter().filter(|(rule, weight)| *weight > bounds.most[*rule as usize]).count());
            if *reasons == 0 {
                weights.iter().for_each(|(rule, weight)| supply[*rule as usize] += weight);
            }
        }
        let mut parts: BTreeMap<_, [Vec<usize>; 2]> = BTreeMap::new();
        for (rule, cell) in rules.cells.iter().enumerate() {
            parts.entry((cell.name.function, cell.name.kind)).or_default()[0].push(rule);
        }
        for (rule, range) in (rules.cells.len()..).zip(&rules.ranges) {
            parts.entry((range.function, range.kind)).or_default()[1].push(rule);
        }
        Self {
            members: members.into_iter().map(|of_rule| of_rule.into_iter().collect()).collect(),
            parts: parts.into_values().collect(),
            sums: vec![0; count],
            failed: vec![1; count],
            held: Vec::new(),
            steps: 0,
            limit: STEPS,
            rules,
            bounds,
            rank,
            supply,
            reasons,
        }
    }

    /// Whether the held units could be made a legal paper; if not, they are what they were.
    fn extend(&mut self) -> bool {
        let Ok(scarcest) = self.scarcest() else { return false };
        if self.ranges_want_too_much() {
            return false;
        }
        let Some(rule) = scarcest else { return true };
        let mut struck = Vec::new();
        while self.steps < self.limit
            && let Some(unit) = self.next(rule)
        {
            self.steps += 1;
            self.hold(unit);
            if self.extend() {
                return true;
            }
            self.give_back(unit);
            self.block(unit);
            struck.push(unit);
        }
        struck.into_iter().for_each(|unit| self.unblock(unit));
        false
    }

    /// The rule with the least to spare among those that lack something; `Err` when one cannot be filled any more.
    fn scarcest(&mut self) -> Result<Option<usize>, ()> {
        let mut scarcest: Option<(u64, usize)> = None;
        for (rule, least) in self.bounds.least.iter().enumerate() {
            let lack = least.saturating_sub(self.sums[rule]);
            if lack == 0 {
                continue;
            }
            let Some(spare) = self.supply[rule].checked_sub(lack) else {
                self.failed[rule] += 1;
                return Err(());
            };
            let spare = u64::from(spare) + 1;
            if scarcest.is_none_or(|(other, of)| spare * self.failed[of] < other * self.failed[rule]) {
                scarcest = Some((spare, rule));
            }
        }
        Ok(scarcest.map(|(_, rule)| rule))
    }

    fn ranges_want_too_much(&self) -> bool {
        let Bounds { least, most } = self.bounds;
        self.parts.iter().any(|[cells, ranges]| {
            let lack: u32 = ranges.iter().map(|rule| least[*rule].saturating_sub(self.sums[*rule])).sum();
            let size = |cell: usize| self.rules.cells[cell].name.group_size;
            let room = |cell: &usize| (most[*cell] - self.sums[*cell]) * size(*cell);
            lack > cells.iter().map(room).sum()
        })
    }

    /// The free unit of a rule that is to be tried next.
    fn next(&self, rule: usize) -> Option<UnitNumber> {
        let units = self.members[rule].iter().flat_map(|(_, units)| units).copied();
        units.filter(|unit| self.reasons[*unit as usize] == 0).min_by_key(|unit| (self.rank)(*unit))
    }

    fn hold(&mut self, unit: UnitNumber) {
        self.held.push(unit);
        self.change(unit, true);
    }

    fn give_back(&mut self, unit: UnitNumber) {
        self.held.pop();
        self.change(unit, false);
    }

    /// Takes a unit into the sums, or out of them, with all that this blocks or frees.
    fn change(&mut self, unit: UnitNumber, held: bool) {
        let rules = self.rules;
        for (rule, weight) in rules.weights.of(unit) {
            let rule = *rule as usize;
            let without = if held { self.sums[rule] } else { self.sums[rule] - weight };
            let room = self.bounds.most[rule] - without;
            let members = std::mem::take(&mut self.members[rule]);
            for (_, units) in members.iter().filter(|(other, _)| *other <= room && *other + weight > room) {
                units.iter().for_each(|unit| self.set(*unit, held));
            }
            self.members[rule] = members;
            self.sums[rule] = if held { without + weight } else { without };
        }
        for point in rules.points.of(unit) {
            rules.at_point.of(*point).iter().for_each(|other| self.set(*other, held));
        }
        rules.enemies.of(unit).iter().for_each(|other| self.set(*other, held));
    }

    fn set(&mut self, unit: UnitNumber, blocked: bool) {
        if blocked { self.block(unit) } else { self.unblock(unit) }
    }

    fn block(&mut self, unit: UnitNumber) {
        let reasons = &mut self.reasons[unit as usize];
        *reasons += 1;
        if *reasons == 1 {
            for (rule, weight) in self.rules.weights.of(unit) {
                self.supply[*rule as usize] -= weight;
            }
        }
    }

    fn unblock(&mut self, unit: UnitNumber) {
        let reasons = &mut self.reasons[unit as usize];
        *reasons -= 1;
        if *reasons == 0 {
            for (rule, weight) in self.rules.weights.of(unit) {
                self.supply[*rule as usize] += weight;
            }
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
