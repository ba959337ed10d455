//! Settling: exchanges that keep papers free of conflicts and within the bounds of importance
//! (section 5 of the specification).

#![expect(
    clippy::indexing_slicing,
    reason = "units, places, strata and papers are numbered by the deal and the rules, in the innermost loops"
)]

use super::feasibility::Feasible;
use super::held::Held;
use super::searched::search_paper;
use super::seed::Seed;
use super::session::{Session, Strata};
use super::table::Table;
use super::units::UnitNumber;
use std::cmp::Reverse;

/// How many papers after this one, and before it, an exchange looks at.
const WINDOW: usize = 32;
/// How often a card is turned out of one paper.
const TURNS: u32 = 50;

/// The cards that a place may have.
#[derive(Clone, Copy)]
enum Wanted {
    /// Those that fit.
    Fitting,
    /// Those that would fit if one held unit were turned out.
    Near,
    /// Those that fit and bring the paper below a distance from the bounds of importance.
    Closer(u32),
}

/// Settles the papers of a session, whose name goes into the streams of searched papers, in order.
pub(super) fn settle(feasible: &Feasible<'_>, strata: &Strata, session: Session, name: &str, seed: &Seed) -> Session {
    let rules = &feasible.rules;
    let mut order: Vec<usize> = (0..rules.cells.len()).collect();
    // The sort is stable, so that ties keep cell order.
    order.sort_by_key(|cell| {
        (Reverse(rules.cells[*cell].name.group_size), rules.pools[*cell].len() - rules.cells[*cell].quota)
    });
    let papers = session.papers;
    let table = Table::new(feasible, strata, session);
    let mut settling = Settling { held: Held::new(rules), table, order, queue: Vec::new(), name, seed };
    (0..papers).for_each(|paper| settling.paper(paper));
    settling.table.session
}

struct Settling<'a> {
    table: Table<'a>,
    /// The paper that is being settled.
    held: Held<'a>,
    /// The cells in settling order.
    order: Vec<usize>,
    /// Cells and places of the paper, those that were turned out again at the end.
    queue: Vec<(usize, usize)>,
    /// The session's name.
    name: &'a str,
    seed: &'a Seed,
}

impl Settling<'_> {
    fn paper(&mut self, paper: usize) {
        let feasible = self.table.feasible;
        let excluded = feasible.seen(self.table.session.first + paper).map_or(&[][..], |seen| &seen.excluded);
        self.held.exclude(excluded, true);
        let complete = self.fill(paper) && self.meet_importance(paper);
        for cell in 0..self.table.rules.cells.len() {
            for place in self.table.session.places(cell, paper) {
                let card = self.table.session.cards[place];
                if self.held.place(card) == Some(place) {
                    self.held.release(card);
                }
            }
        }
        self.held.exclude(excluded, false);
        if !complete {
            let stream = self.seed.stream("search", &[self.name, &paper.to_string()]);
            search_paper(&mut self.table, paper, excluded, stream);
        }
    }

    /// Makes each card fit; false when a place was left open.
    fn fill(&mut self, paper: usize) -> bool {
        self.queue.clear();
        for cell in &self.order {
            self.queue.extend(self.table.session.places(*cell, paper).map(|place| (*cell, place)));
        }
        let (mut turns, mut next, mut complete) = (0, 0, true);
        while let Some((cell, place)) = self.queue.get(next).copied() {
            next += 1;
            let card = self.table.session.cards[place];
            if !self.held.fits(card) && !self.exchange(paper, cell, place, Wanted::Fitting) {
                let near = turns < TURNS
                    && (self.held.obstacle(card).is_some() || self.exchange(paper, cell, place, Wanted::Near));
                let obstacle = if near { self.held.obstacle(self.table.session.cards[place]) } else { None };
                let Some((obstacle, its_place)) = obstacle.and_then(|unit| Some((unit, self.held.place(unit)?))) else {
                    complete = false;
                    continue;
                };
                turns += 1;
                self.held.release(obstacle);
                self.queue.push((self.table.rules.cell[obstacle as usize] as usize, its_place));
            }
            self.held.hold(self.table.session.cards[place], place);
        }
        complete
    }

    /// Brings every importance within its bounds; false when no exchange does.
    fn meet_importance(&mut self, paper: usize) -> bool {
        loop {
            let distance = self.table.distance(paper);
            if distance == 0 {
                return true;
            }
            let closer = (0..self.order.len()).any(|cell| self.come_closer(paper, self.order[cell], distance));
            if !closer {
                return false;
            }
        }
    }

    /// Exchanges the first card of a cell of which that brings the paper below a distance; false
    /// when there is none.
    fn come_closer(&mut self, paper: usize, cell: usize, distance: u32) -> bool {
        self.table.session.places(cell, paper).any(|place| {
            let card = self.table.session.cards[place];
            if self.table.least_distance_without(paper, card) >= distance {
                return false;
            }
            self.held.release(card);
            let found = self.exchange(paper, cell, place, Wanted::Closer(distance));
            self.held.hold(self.table.session.cards[place], place);
            found
        })
    }

    /// Gives a place another card: one of a later paper, one that no paper has, or one of an
    /// earlier paper.
    fn exchange(&mut self, paper: usize, cell: usize, place: usize, wanted: Wanted) -> bool {
        self.forward(paper, cell, place, wanted)
            || self.substitute(paper, cell, place, wanted)
            || self.backward(paper, cell, place, wanted)
    }

    fn forward(&mut self, paper: usize, cell: usize, place: usize, wanted: Wanted) -> bool {
        let card = self.table.session.cards[place];
        for later in paper + 1..(paper + 1 + WINDOW).min(self.table.session.papers) {
            for other in self.table.session.places(cell, later) {
                let found = self.table.session.cards[other];
                if self.may_take(paper, card, found, wanted) && self.table.keeps_ranges(later, found, card) {
                    self.table.exchange([paper, place], [later, other]);
                    return true;
                }
            }
        }
        false
    }

    fn substitute(&mut self, paper: usize, cell: usize, place: usize, wanted: Wanted) -> bool {
        let card = self.table.session.cards[place];
        if !self.table.has_most(card) {
            return false;
        }
        let stratum = |unit: UnitNumber| self.table.strata.of_unit[unit as usize];
        let fewer = |unit: UnitNumber| {
            stratum(unit) != stratum(card) || self.table.counts[unit as usize] < self.table.counts[card as usize]
        };
        let mut pool = self.table.rules.pools[cell].iter().copied();
        let found =
            pool.find(|unit| self.table.has_fewest(*unit) && fewer(*unit) && self.may_take(paper, card, *unit, wanted));
        found.inspect(|unit| self.table.substitute(paper, place, *unit)).is_some()
    }

    fn backward(&mut self, paper: usize, cell: usize, place: usize, wanted: Wanted) -> bool {
        let card = self.table.session.cards[place];
        for earlier in (paper.saturating_sub(WINDOW)..paper).rev().filter(|earlier| !self.table.is_fixed(*earlier)) {
            for other in self.table.session.places(cell, earlier).rev() {
                let found = self.table.session.cards[other];
                let takes = self.may_take(paper, card, found, wanted)
                    && self.table.keeps_ranges(earlier, found, card)
                    && self.table.distance_with(earlier, found, card) == 0
                    && self.may_lie(card, earlier, other);
                if takes {
                    self.table.exchange([paper, place], [earlier, other]);
                    return true;
                }
            }
        }
        false
    }

    /// Whether a card of this paper may give way to another one.
    fn may_take(&self, paper: usize, card: UnitNumber, found: UnitNumber, wanted: Wanted) -> bool {
        let is_wanted = match wanted {
            Wanted::Fitting => self.held.fits(found),
            Wanted::Near => self.held.obstacle(found).is_some(),
            Wanted::Closer(distance) => {
                self.table.distance_with(paper, card, found) < distance && self.held.fits(found)
            }
        };
        is_wanted && found != card && self.table.keeps_ranges(paper, card, found)
    }

    /// Whether a unit may lie at a place of a settled paper: it is not excluded there, and in
    /// conflict with no other card.
    fn may_lie(&self, unit: UnitNumber, paper: usize, at: usize) -> bool {
        let Table { feasible, rules, session, .. } = &self.table;
        let seen = feasible.seen(session.first + paper);
        let excluded = seen.is_some_and(|seen| seen.excluded.binary_search(&unit).is_ok());
        let clashes = |other: UnitNumber| other == unit || rules.conflict(unit, other);
        !excluded
            && (0..rules.cells.len())
                .flat_map(|cell| session.places(cell, paper))
                .all(|place| place == at || !clashes(session.cards[place]))
    }
}
