//! Why a paper cannot be filled: the smallest set of cells in conflict, what each lacks, and what would mend it.
//!
//! The dealing rule does not search: where it finds no admissible unit, it refuses. Here it is asked whether any paper
//! exists at all. Points alone are a matching of units to points (Hall's theorem); enemies and case groups need an exact
//! search, which is bounded by a budget of steps, so that an answer may be "not proven". Everything is deterministic.
//!
//! - [`explain`]: of one paper; [`margin`]: of a blueprint and its banks before any draw
//! - `problem`, `matching`, `search`: filling; `smallest`: the set; `words`: what people read

pub mod margin;
mod matching;
mod messages;
mod problem;
mod search;
mod smallest;
#[cfg(test)]
mod tests;

use super::cells::{Cell, CellName};
use super::units::{Unit, UnitNumber, Units};
use kaoping_record::id::{ItemId, UnitId};
use problem::Problem;
use search::{Answer, Budget, fill};
use std::collections::BTreeSet;

/// Steps that one explanation may take: about a second.
const BUDGET: usize = 200_000_000;
/// The most pairs of enemies of which it is asked which ones must be resolved.
const MOST_PAIRS: usize = 64;

/// Whether a paper without conflicts exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explanation {
    /// None exists. One conflict for each group of cells that shares points or enemies and cannot be filled.
    Conflicts(Vec<Conflict>),
    /// One exists; when a draw was refused all the same, its rule did not find it.
    Fillable,
    /// Not found out within the budget; no conflict is proven.
    Open,
}

/// Cells that together cannot be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The cells, in cell order.
    pub cells: Vec<CellInConflict>,
    /// Units that they want together.
    pub wanted: usize,
    /// Different points of the units that they may take.
    pub points: usize,
    /// Why they cannot be filled.
    pub cause: Cause,
    /// The fewest units that stay away however the others are chosen; `None` when the budget ended.
    pub lack: Option<usize>,
    /// New units of points of their own in any of the cells mend it, `lack` of them; otherwise as [`CellInConflict::missing`] says.
    pub anywhere: bool,
    /// Without what the person has seen before, the cells can be filled.
    pub seen_decides: bool,
    /// What is proven of the set.
    pub proof: Proof,
}

/// A cell of a conflict, with what it wants and what it can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellInConflict {
    /// The cell: function, item type and difficulty band.
    pub cell: CellName,
    /// Units that each paper takes.
    pub wanted: usize,
    /// How many units of the banks fall into the cell.
    pub pool: usize,
    /// Units of the pool that the person has seen before.
    pub seen: usize,
    /// Different points of the other units.
    pub points: usize,
    /// How many of these points another cell of the conflict has too.
    pub shared: usize,
    /// Units not seen that have an enemy among those of the conflict.
    pub enemies: usize,
    /// Units that stay away in one of the fullest papers; so many new ones here (and in the other cells) mend it.
    pub missing: usize,
}

/// Why cells cannot be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// They want more units than their points allow.
    Points,
    /// Points would do, but for these pairs of enemies; with all of them resolved the cells can be filled.
    Enemies(Vec<[UnitId; 2]>),
    /// Points and enemies of single items would do, but case groups take several points each.
    Groups,
}

/// What is proven of a set of cells in conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It is in conflict, and no set with fewer cells is.
    Smallest,
    /// It is in conflict, and no part of it is. A set with fewer cells was not ruled out.
    Irreducible,
    /// It is in conflict. That no part of it is was not proven.
    Conflict,
}

/// Whether a paper can be filled for a person who has seen some items, and why not.
#[must_use]
pub fn explain(cells: &[Cell], pools: &[Vec<UnitNumber>], units: &Units<'_>, avoid: &[ItemId]) -> Explanation {
    explain_within(cells, pools, units, avoid, &mut Budget::new(BUDGET))
}

fn explain_within(
    cells: &[Cell],
    pools: &[Vec<UnitNumber>],
    units: &Units<'_>,
    avoid: &[ItemId],
    budget: &mut Budget,
) -> Explanation {
    Explainer { cells, pools, units, avoid, problem: Problem::new(cells, pools, units, avoid) }.explain(budget)
}

struct Explainer<'a> {
    cells: &'a [Cell],
    pools: &'a [Vec<UnitNumber>],
    units: &'a Units<'a>,
    avoid: &'a [ItemId],
    problem: Problem,
}

impl Explainer<'_> {
    fn explain(&self, budget: &mut Budget) -> Explanation {
        let (mut conflicts, mut open) = (Vec::new(), false);
        for component in self.problem.components() {
            match fill(&self.problem, &self.problem.wanted_of(&component), 0, budget) {
                Answer::Filled(_) => {}
                Answer::Open => open = true,
                Answer::Impossible => {
                    let smallest = smallest::smallest(&self.problem, &component, budget);
                    conflicts.push(self.conflict(&smallest.cells, smallest.proof, budget));
                }
            }
        }
        match (conflicts.is_empty(), open) {
            (false, _) => Explanation::Conflicts(conflicts),
            (true, true) => Explanation::Open,
            (true, false) => Explanation::Fillable,
        }
    }

    fn conflict(&self, set: &[usize], proof: Proof, budget: &mut Budget) -> Conflict {
        let wanted = self.problem.wanted_of(set);
        let all: usize = wanted.iter().sum();
        let (lack, missing) = self.lack(&wanted, all, budget);
        let usable: Vec<Vec<&Unit>> = set.iter().map(|cell| self.usable(*cell)).collect();
        let points: Vec<BTreeSet<u32>> =
            usable.iter().map(|units| units.iter().flat_map(|unit| &unit.points).copied().collect()).collect();
        let members: BTreeSet<u32> = usable.iter().flatten().flat_map(|unit| &unit.items).copied().collect();
        let cells = set.iter().zip(&usable).zip(&points).enumerate().filter_map(|(place, ((number, units), own))| {
            let others = || points.iter().enumerate().filter(move |(other, _)| *other != place);
            let has_enemy =
                |unit: &&&Unit| unit.enemies.iter().any(|enemy| members.contains(enemy) && !unit.items.contains(enemy));
            let cell = self.cells.get(*number)?;
            let pool = self.pools.get(*number)?.len();
            Some(CellInConflict {
                cell: cell.name.clone(),
                wanted: cell.quota,
                pool,
                seen: pool - units.len(),
                points: own.len(),
                shared: own.iter().filter(|point| others().any(|(_, points)| points.contains(point))).count(),
                enemies: units.iter().filter(has_enemy).count(),
                missing: missing.get(*number).copied().unwrap_or_default(),
            })
        });
        Conflict {
            cells: cells.collect(),
            wanted: all,
            points: points.iter().flatten().collect::<BTreeSet<_>>().len(),
            cause: self.cause(set, &wanted, all, budget),
            lack,
            anywhere: self.problem.is_plain(set),
            seen_decides: self.seen_decides(set, budget),
            proof,
        }
    }

    /// The fewest units that stay away, and of which cells in one of the fullest papers.
    fn lack(&self, wanted: &[usize], all: usize, budget: &mut Budget) -> (Option<usize>, Vec<usize>) {
        for lack in 1..=all {
            match fill(&self.problem, wanted, lack, budget) {
                Answer::Impossible => {}
                Answer::Open => break,
                Answer::Filled(candidates) => {
                    let mut missing = wanted.to_vec();
                    for candidate in candidates.iter().filter_map(|number| self.problem.candidates.get(*number)) {
                        if let Some(count) = missing.get_mut(candidate.cell) {
                            *count = count.saturating_sub(1);
                        }
                    }
                    return (Some(lack), missing);
                }
            }
        }
        (None, Vec::new())
    }

    fn cause(&self, set: &[usize], wanted: &[usize], all: usize, budget: &mut Budget) -> Cause {
        let nothing_out = vec![false; self.problem.candidates.len()];
        let matching = matching::Matching::largest(&self.problem, wanted, &nothing_out, budget);
        if matching.is_ok_and(|matching| matching.pairs.len() < all) {
            return Cause::Points;
        }
        let mut pairs = self.problem.enemies(set);
        let fills =
            |resolved: &[[usize; 2]], budget: &mut Budget| fill(&self.problem.resolved(resolved), wanted, 0, budget);
        if !matches!(fills(&pairs, budget), Answer::Filled(_)) {
            return Cause::Groups;
        }
        if pairs.len() <= MOST_PAIRS {
            for place in (0..pairs.len()).rev() {
                let pair = pairs.remove(place);
                if !matches!(fills(&pairs, budget), Answer::Filled(_)) {
                    pairs.insert(place, pair);
                }
            }
        }
        let id = |candidate: usize| {
            let candidate = self.problem.candidates.get(candidate)?;
            Some(self.units.units.get(candidate.unit as usize)?.id.clone())
        };
        Cause::Enemies(pairs.into_iter().filter_map(|[one, other]| Some([id(one)?, id(other)?])).collect())
    }

    fn seen_decides(&self, set: &[usize], budget: &mut Budget) -> bool {
        if self.avoid.is_empty() {
            return false;
        }
        let unseen = Problem::new(self.cells, self.pools, self.units, &[]);
        matches!(fill(&unseen, &unseen.wanted_of(set), 0, budget), Answer::Filled(_))
    }

    /// The units of a cell's pool that the person has not seen.
    fn usable(&self, cell: usize) -> Vec<&Unit> {
        let avoided: BTreeSet<u32> = self.avoid.iter().filter_map(|item| self.units.number(item)).collect();
        let units = self.pools.get(cell).into_iter().flatten().filter_map(|unit| self.units.units.get(*unit as usize));
        units.filter(|unit| unit.items.iter().all(|item| !avoided.contains(item))).collect()
    }
}
