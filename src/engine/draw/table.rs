//! The cards of a session while they are settled, with the sums that every exchange keeps.

#![expect(
    clippy::indexing_slicing,
    reason = "units, places, strata and papers are numbered by the deal and the rules, in the innermost loops"
)]

use super::feasibility::Feasible;
use super::rules::Rules;
use super::session::{ForcedCard, Session, Strata, Stratum};
use super::units::UnitNumber;

/// The cards of a session, and what follows from them.
pub(super) struct Table<'a> {
    pub(super) feasible: &'a Feasible<'a>,
    pub(super) rules: &'a Rules<'a>,
    pub(super) strata: &'a Strata,
    pub(super) session: Session,
    /// For each unit how many cards of it there are.
    pub(super) counts: Vec<u32>,
    /// For each stratum the cards of its unit with the fewest, of the one with the most, and the
    /// bound.
    spans: Vec<[u32; 2]>,
    bounds: Vec<u32>,
    /// For each paper its items of each range, and of each importance.
    ranges: Vec<u32>,
    important: Vec<[u32; 3]>,
    /// Papers that were searched.
    fixed: Vec<bool>,
}

impl<'a> Table<'a> {
    pub(super) fn new(feasible: &'a Feasible<'a>, strata: &'a Strata, session: Session) -> Self {
        let rules = &feasible.rules;
        let counts = session.counts(rules.units.len());
        let bound = |stratum: &Stratum| stratum.sum(&counts).div_ceil(stratum.units.len());
        let bounds = strata.all.iter().map(|stratum| u32::try_from(bound(stratum)).unwrap_or(u32::MAX)).collect();
        let mut table = Self {
            spans: vec![[0; 2]; strata.all.len()],
            ranges: vec![0; session.papers * rules.ranges.len()],
            important: vec![[0; 3]; session.papers],
            fixed: vec![false; session.papers],
            feasible,
            rules,
            strata,
            session,
            counts,
            bounds,
        };
        (0..strata.all.len()).for_each(|stratum| table.measure(stratum));
        for paper in 0..table.session.papers {
            for cell in 0..rules.cells.len() {
                for place in table.session.places(cell, paper) {
                    table.add(paper, table.session.cards[place], 1);
                }
            }
        }
        table
    }

    /// The most cards that a unit's stratum gives it, without forced ones.
    pub(super) fn bound(&self, unit: UnitNumber) -> u32 {
        self.bounds[self.strata.of_unit[unit as usize] as usize]
    }

    pub(super) fn has_fewest(&self, unit: UnitNumber) -> bool {
        self.counts[unit as usize] == self.spans[self.strata.of_unit[unit as usize] as usize][0]
    }

    pub(super) fn has_most(&self, unit: UnitNumber) -> bool {
        self.counts[unit as usize] == self.spans[self.strata.of_unit[unit as usize] as usize][1]
    }

    pub(super) fn is_fixed(&self, paper: usize) -> bool {
        self.fixed[paper]
    }

    /// Whether every range of a paper stays within its bounds when one card takes another's place.
    pub(super) fn keeps_ranges(&self, paper: usize, out: UnitNumber, into: UnitNumber) -> bool {
        let [from, to] = [out, into].map(|unit| self.rules.range[unit as usize] as usize);
        if from == to {
            return true;
        }
        let (ranges, first) = (&self.ranges[paper * self.rules.ranges.len()..], self.rules.cells.len());
        let bounds = &self.feasible.bounds;
        ranges[from] >= bounds.least[first + from] + self.rules.size[out as usize]
            && ranges[to] + self.rules.size[into as usize] <= bounds.most[first + to]
    }

    /// How far a paper is from the bounds of importance.
    pub(super) fn distance(&self, paper: usize) -> u32 {
        self.distance_of(self.important[paper])
    }

    /// The same when one card has taken another's place.
    pub(super) fn distance_with(&self, paper: usize, out: UnitNumber, into: UnitNumber) -> u32 {
        let mut counts = self.important[paper];
        let (out, into) = (self.rules.important[out as usize], self.rules.important[into as usize]);
        for ((count, out), into) in counts.iter_mut().zip(out).zip(into) {
            *count = *count + into - out;
        }
        self.distance_of(counts)
    }

    /// The least distance that any card in the place of this one could bring.
    pub(super) fn least_distance_without(&self, paper: usize, out: UnitNumber) -> u32 {
        let size = self.rules.size[out as usize];
        let mut without = self.important[paper];
        without.iter_mut().zip(self.rules.important[out as usize]).for_each(|(count, out)| *count -= out);
        let bounds = || self.rules.importance.iter().zip(without);
        let above: u32 = bounds().map(|([_, most], count)| count.saturating_sub(*most)).sum();
        let below: u32 = bounds().map(|([least, _], count)| least.saturating_sub(count)).sum();
        // Its items lower what is below a bound by one each, and at best lift nothing above one.
        above + below.saturating_sub(size)
    }

    fn distance_of(&self, counts: [u32; 3]) -> u32 {
        let bounds = self.rules.importance.iter().zip(counts);
        bounds.map(|([least, most], count)| least.saturating_sub(count) + count.saturating_sub(*most)).sum()
    }

    /// Exchanges two cards of one cell, of two papers.
    pub(super) fn exchange(&mut self, [paper, place]: [usize; 2], [other_paper, other]: [usize; 2]) {
        let (card, found) = (self.session.cards[place], self.session.cards[other]);
        self.session.cards.swap(place, other);
        self.turn(paper, card, found);
        self.turn(other_paper, found, card);
    }

    /// Puts another unit in a card's place.
    pub(super) fn substitute(&mut self, paper: usize, place: usize, unit: UnitNumber) {
        let card = std::mem::replace(&mut self.session.cards[place], unit);
        self.turn(paper, card, unit);
        self.counts[card as usize] -= 1;
        self.counts[unit as usize] += 1;
        let strata = [card, unit].map(|unit| self.strata.of_unit[unit as usize] as usize);
        strata.into_iter().for_each(|stratum| self.measure(stratum));
    }

    /// Gives a paper the units that a search brought: units that it had keep their places, the
    /// others are forced cards.
    pub(super) fn replace(&mut self, paper: usize, new: &[UnitNumber], by_witness: bool) {
        for cell in 0..self.rules.cells.len() {
            let mut coming = self.rules.of_cell(new, cell);
            coming.sort_unstable();
            let mut open = Vec::new();
            for place in self.session.places(cell, paper) {
                match coming.iter().position(|unit| *unit == self.session.cards[place]) {
                    Some(kept) => drop(coming.remove(kept)),
                    None => open.push(place),
                }
            }
            for (place, unit) in open.into_iter().zip(coming) {
                let instead = self.session.cards[place];
                self.session.forced.push(ForcedCard { paper, cell, instead, unit });
                self.substitute(paper, place, unit);
            }
        }
        self.fixed[paper] = true;
        self.session.searched.push((paper, by_witness));
    }

    fn turn(&mut self, paper: usize, out: UnitNumber, into: UnitNumber) {
        // The card that comes is counted first, so that no sum falls below zero.
        self.add(paper, into, 1);
        self.add(paper, out, -1);
    }

    fn add(&mut self, paper: usize, unit: UnitNumber, sign: i32) {
        let unit = unit as usize;
        let change = |sum: &mut u32, by: u32| *sum = if sign > 0 { *sum + by } else { *sum - by };
        change(
            &mut self.ranges[paper * self.rules.ranges.len() + self.rules.range[unit] as usize],
            self.rules.size[unit],
        );
        self.important[paper].iter_mut().zip(self.rules.important[unit]).for_each(|(sum, by)| change(sum, by));
    }

    fn measure(&mut self, stratum: usize) {
        let counts = || self.strata.all[stratum].units.iter().map(|unit| self.counts[*unit as usize]);
        self.spans[stratum] = [counts().min().unwrap_or_default(), counts().max().unwrap_or_default()];
    }
}
