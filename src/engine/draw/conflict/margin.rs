//! Whether a blueprint can be filled from some banks, and how many units each cell has to spare, before any draw.

use super::problem::Problem;
use super::search::{Answer, Budget, fill};
use super::{Explanation, explain};
use crate::bank::Index;
use crate::blueprint::{self, Blueprint};
use crate::draw::cells::{self, Cell, CellName};
use crate::draw::deal;
use crate::draw::error::Shortage;
use crate::draw::units::Units;
use crate::fault::Fault;
use std::collections::BTreeSet;

/// Steps for the margins of all cells together.
const BUDGET: usize = 200_000_000;

/// What some banks hold for a blueprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Margins {
    /// The cells, in cell order.
    pub cells: Vec<CellMargin>,
    /// Pools below the blueprint's minimum multiple: a draw is refused.
    pub shortages: Vec<Shortage>,
    /// Whether a paper exists for a person who has seen nothing.
    pub explanation: Explanation,
}

/// A cell and what it has to spare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellMargin {
    /// The cell: function, item type and difficulty band.
    pub cell: CellName,
    /// Units that each paper takes.
    pub quota: usize,
    /// How many units of the banks fall into the cell.
    pub pool: usize,
    /// Units that the pool must have: the quota times the blueprint's minimum multiple.
    pub needed: usize,
    /// Different points of its pool.
    pub points: usize,
    /// How many units more each paper could take from this cell while all others are filled; `None` when no paper
    /// exists or the budget ended.
    pub spare: Option<usize>,
}

impl Margins {
    /// Whether a draw may begin: no pool is short, and a paper exists.
    #[must_use]
    pub fn is_fillable(&self) -> bool {
        self.shortages.is_empty() && self.explanation == Explanation::Fillable
    }

    /// What stands in the way, with its cure.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let shortages = self.shortages.iter().map(Shortage::fault);
        shortages.chain(self.explanation.faults(None)).collect()
    }
}

/// Compares a blueprint with the public indexes of its banks.
///
/// # Errors
/// Every fault of the blueprint, or else of the indexes.
pub fn margins(blueprint: &Blueprint, indexes: &[Index]) -> Result<Margins, Vec<Fault>> {
    let faults = blueprint::check(blueprint);
    if !faults.is_empty() {
        return Err(faults);
    }
    let units = Units::new(indexes)?;
    let cells = cells::expand(blueprint);
    let pools = units.pools(&cells);
    let explanation = explain(&cells, &pools, &units, &[]);
    let problem = Problem::new(&cells, &pools, &units, &[]);
    let mut spares = Spares { problem: &problem, budget: Budget::new(BUDGET) };
    let fillable = explanation == Explanation::Fillable;
    let margin = |(number, (cell, pool)): (usize, (&Cell, &Vec<u32>))| {
        let points: BTreeSet<u32> =
            pool.iter().filter_map(|unit| units.units.get(*unit as usize)).flat_map(|u| &u.points).copied().collect();
        CellMargin {
            cell: cell.name.clone(),
            quota: cell.quota,
            pool: pool.len(),
            needed: cell.quota.saturating_mul(blueprint.minimum_multiple as usize),
            points: points.len(),
            spare: if fillable { spares.of(number, cell.quota, points.len()) } else { None },
        }
    };
    let margins = cells.iter().zip(&pools).enumerate().map(margin).collect();
    Ok(Margins { cells: margins, shortages: deal::shortages(&cells, &pools, blueprint.minimum_multiple), explanation })
}

struct Spares<'a> {
    problem: &'a Problem,
    budget: Budget,
}

impl Spares<'_> {
    /// The most units beyond the quota, between none and what the cell's own points allow.
    fn of(&mut self, cell: usize, quota: usize, points: usize) -> Option<usize> {
        let component = self.problem.components().into_iter().find(|component| component.contains(&cell))?;
        let (mut least, mut most) = (0, points.saturating_sub(quota));
        while least < most {
            let middle = least + (most - least).div_ceil(2);
            let mut wanted = self.problem.wanted_of(&component);
            *wanted.get_mut(cell)? += middle;
            match fill(self.problem, &wanted, 0, &mut self.budget) {
                Answer::Filled(_) => least = middle,
                Answer::Impossible => most = middle - 1,
                Answer::Open => return None,
            }
        }
        Some(least)
    }
}
