//! The smallest set of cells that together cannot be filled.
//!
//! Removing cell after cell gives a set of which no part is in conflict; looking through all smaller sets, those first
//! that have the fewest cells, proves that there is none. Each filling that turns up on the way is grown as far
//! as it goes and answers for all sets within it.

use super::Proof;
use super::problem::Problem;
use super::search::{Answer, Budget, fill};

/// A set of cells in conflict, in order, and what is proven of it.
pub(super) struct Smallest {
    pub(super) cells: Vec<usize>,
    pub(super) proof: Proof,
}

/// The smallest conflict among cells that cannot be filled.
pub(super) fn smallest(problem: &Problem, cells: &[usize], budget: &mut Budget) -> Smallest {
    let mut known = Fillable { problem, all: cells, sets: Vec::new() };
    let mut left = cells.to_vec();
    let mut irreducible = true;
    // The last cells go first, so that of several conflicts the one of the first cells is named.
    for cell in cells.iter().rev() {
        let rest: Vec<usize> = left.iter().copied().filter(|other| other != cell).collect();
        match known.holds(&rest, budget) {
            Some(false) => left = rest,
            Some(true) => {}
            None => irreducible = false,
        }
    }
    if !irreducible {
        return Smallest { cells: left, proof: Proof::Conflict };
    }
    for size in 1..left.len() {
        let mut places: Vec<usize> = (0..size).collect();
        loop {
            let set: Vec<usize> = places.iter().filter_map(|place| cells.get(*place).copied()).collect();
            match known.holds(&set, budget) {
                Some(false) => return Smallest { cells: set, proof: Proof::Smallest },
                Some(true) => {}
                None => return Smallest { cells: left, proof: Proof::Irreducible },
            }
            if !next(&mut places, cells.len()) {
                break;
            }
        }
    }
    Smallest { cells: left, proof: Proof::Smallest }
}

/// Sets of cells that can be filled, each as large as it could be grown.
struct Fillable<'a> {
    problem: &'a Problem,
    all: &'a [usize],
    sets: Vec<Vec<usize>>,
}

impl Fillable<'_> {
    /// Whether a set can be filled; `None` when the budget ends.
    fn holds(&mut self, set: &[usize], budget: &mut Budget) -> Option<bool> {
        budget.spend(set.len() * (1 + self.sets.len())).ok()?;
        if self.sets.iter().any(|known| set.iter().all(|cell| known.binary_search(cell).is_ok())) {
            return Some(true);
        }
        match fill(self.problem, &self.problem.wanted_of(set), 0, budget) {
            Answer::Filled(_) => {
                let grown = self.grow(set.to_vec(), budget);
                self.sets.push(grown);
                Some(true)
            }
            Answer::Impossible => Some(false),
            Answer::Open => None,
        }
    }

    fn grow(&self, mut set: Vec<usize>, budget: &mut Budget) -> Vec<usize> {
        for cell in self.all {
            if !set.contains(cell) {
                set.push(*cell);
                if !matches!(fill(self.problem, &self.problem.wanted_of(&set), 0, budget), Answer::Filled(_)) {
                    set.pop();
                }
            }
        }
        set.sort_unstable();
        set
    }
}

/// The next choice of places in the order of the dictionary; false after the last.
fn next(places: &mut [usize], of: usize) -> bool {
    let size = places.len();
    let Some(at) = (0..size).rev().find(|at| places.get(*at).is_some_and(|place| *place < of - size + at)) else {
        return false;
    };
    let Some(first) = places.get(at).copied() else { return false };
    places.iter_mut().skip(at).zip(first + 1..).for_each(|(place, value)| *place = value);
    true
}
