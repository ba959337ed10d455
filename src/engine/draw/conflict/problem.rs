//! What one paper must be filled from: for each cell how many units it wants, and which units it may take.

#![expect(
    clippy::indexing_slicing,
    reason = "numbers of cells, points and candidates are made here from the lists that they index"
)]

use super::super::cells::Cell;
use super::super::units::{UnitNumber, Units};
use kaoping_record::id::ItemId;
use std::collections::{BTreeMap, BTreeSet};

/// A filling problem. Cells, points and candidates are numbers of this problem.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// Units that each cell wants.
    pub(super) wanted: Vec<usize>,
    /// The units that may be taken. Units that another can always stand for are left out.
    pub(super) candidates: Vec<Candidate>,
    /// The candidates of each cell.
    pub(super) of_cell: Vec<Vec<usize>>,
    /// How many points there are.
    pub(super) points: usize,
}

/// A unit that may be taken.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Its cell.
    pub(super) cell: usize,
    /// The unit.
    pub(super) unit: UnitNumber,
    /// Its points.
    pub(super) points: Vec<usize>,
    /// Candidates with other points that must not share a paper with it.
    pub(super) enemies: Vec<usize>,
}

impl Problem {
    /// The problem of a paper whose person has seen some items.
    pub(super) fn new(cells: &[Cell], pools: &[Vec<UnitNumber>], units: &Units<'_>, avoid: &[ItemId]) -> Self {
        let seen: BTreeSet<u32> = avoid.iter().filter_map(|item| units.number(item)).collect();
        let mut points = BTreeMap::new();
        let mut candidates = Vec::new();
        for (cell, pool) in pools.iter().enumerate() {
            for number in pool {
                let unit = &units.units[*number as usize];
                if unit.items.iter().any(|item| seen.contains(item)) {
                    continue;
                }
                let mut number_of = |point: &u32| {
                    let next = points.len();
                    *points.entry(*point).or_insert(next)
                };
                let points = unit.points.iter().map(&mut number_of).collect();
                candidates.push(Candidate { cell, unit: *number, points, enemies: Vec::new() });
            }
        }
        name_enemies(&mut candidates, units);
        let candidates = without_dominated(candidates);
        let mut of_cell = vec![Vec::new(); cells.len()];
        for (number, candidate) in candidates.iter().enumerate() {
            of_cell[candidate.cell].push(number);
        }
        Self { wanted: cells.iter().map(|cell| cell.quota).collect(), candidates, of_cell, points: points.len() }
    }

    /// The same problem for some of its cells: the others want nothing.
    pub(super) fn wanted_of(&self, cells: &[usize]) -> Vec<usize> {
        let of = |cell: usize| if cells.contains(&cell) { self.wanted[cell] } else { 0 };
        (0..self.wanted.len()).map(of).collect()
    }

    /// Pairs of enemies among the candidates of some cells, each once.
    pub(super) fn enemies(&self, cells: &[usize]) -> Vec<[usize; 2]> {
        let of_cells = |candidate: usize| cells.contains(&self.candidates[candidate].cell);
        let ones = (0..self.candidates.len()).filter(|one| of_cells(*one));
        let pairs = ones.flat_map(|one| self.candidates[one].enemies.iter().map(move |other| [one, *other]));
        pairs.filter(|[one, other]| one < other && of_cells(*other)).collect()
    }

    /// The same problem without some pairs of enemies.
    pub(super) fn resolved(&self, pairs: &[[usize; 2]]) -> Self {
        let mut problem = self.clone();
        for [one, other] in pairs {
            problem.candidates[*one].enemies.retain(|enemy| enemy != other);
            problem.candidates[*other].enemies.retain(|enemy| enemy != one);
        }
        problem
    }

    /// Whether the points alone decide about some cells: one point a unit, no enemies.
    pub(super) fn is_plain(&self, cells: &[usize]) -> bool {
        let candidates = cells.iter().flat_map(|cell| &self.of_cell[*cell]).map(|number| &self.candidates[*number]);
        let single = candidates.clone().all(|candidate| candidate.points.len() == 1);
        single && candidates.flat_map(|candidate| &candidate.enemies).all(|enemy| !self.is_of(*enemy, cells))
    }

    /// The cells in groups that share neither a point nor enemies, so that each group is a problem of its own.
    pub(super) fn components(&self) -> Vec<Vec<usize>> {
        let mut group: Vec<usize> = (0..self.wanted.len()).collect();
        let mut join = |one: usize, other: usize| {
            let (from, to) = (group[one].max(group[other]), group[one].min(group[other]));
            group.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
        };
        let mut owner = vec![None; self.points];
        for candidate in &self.candidates {
            for point in &candidate.points {
                join(candidate.cell, *owner[*point].get_or_insert(candidate.cell));
            }
            candidate.enemies.iter().for_each(|enemy| join(candidate.cell, self.candidates[*enemy].cell));
        }
        let members = |of: usize| (0..group.len()).filter(|cell| group[*cell] == of).collect::<Vec<_>>();
        (0..group.len()).map(members).filter(|members| !members.is_empty()).collect()
    }

    fn is_of(&self, candidate: usize, cells: &[usize]) -> bool {
        cells.contains(&self.candidates[candidate].cell)
    }
}

/// Enemies that share a point exclude each other anyway, so only those of different points are named.
fn name_enemies(candidates: &mut [Candidate], units: &Units<'_>) {
    let mut of_item = BTreeMap::new();
    for (number, candidate) in candidates.iter().enumerate() {
        for item in &units.units[candidate.unit as usize].items {
            of_item.insert(*item, number);
        }
    }
    for number in 0..candidates.len() {
        let candidate = &candidates[number];
        let items = units.units[candidate.unit as usize].enemies.iter();
        let others: BTreeSet<usize> = items.filter_map(|item| of_item.get(item).copied()).collect();
        let apart = |other: &usize| candidates[*other].points.iter().all(|point| !candidate.points.contains(point));
        let enemies = others.into_iter().filter(|other| *other != number && apart(other)).collect();
        candidates[number].enemies = enemies;
    }
}

/// Leaves out each unit for which one of its cell can always stand: one with no point beyond its own, and no enemies.
fn without_dominated(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut free = BTreeMap::new();
    for (number, candidate) in candidates.iter().enumerate() {
        if let ([point], []) = (candidate.points.as_slice(), candidate.enemies.as_slice()) {
            free.entry((candidate.cell, *point)).or_insert(number);
        }
    }
    let stays = |number: usize, candidate: &Candidate| {
        let stands = candidate.points.iter().filter_map(|point| free.get(&(candidate.cell, *point)));
        stands.copied().all(|other| other == number)
    };
    let kept: Vec<usize> = (0..candidates.len()).filter(|number| stays(*number, &candidates[*number])).collect();
    let renumbered: BTreeMap<usize, usize> = kept.iter().copied().zip(0..).collect();
    let renumber = |candidate: &Candidate| Candidate {
        enemies: candidate.enemies.iter().filter_map(|enemy| renumbered.get(enemy).copied()).collect(),
        ..candidate.clone()
    };
    kept.iter().map(|number| renumber(&candidates[*number])).collect()
}
