//! Whether a blueprint can be filled from some banks, and what they hold for it, before any draw.

use super::cells::CellName;
use super::error::DrawError;
use super::feasibility::Feasible;
use super::rules::{Range, Rules};
use super::units::Units;
use crate::bank::element::RangeCode;
use crate::bank::{BankKind, Function, Index};
use crate::blueprint::{self, Blueprint};
use crate::fault::Fault;
use std::collections::BTreeSet;

/// What some banks hold for a blueprint.
#[derive(Debug)]
pub struct Margins {
    /// The cells, in cell order.
    pub cells: Vec<CellMargin>,
    /// The ranges, in rule order.
    pub ranges: Vec<RangeMargin>,
    /// How many papers the book has, by which the cards of a session are spread; none when no paper is found.
    pub book: usize,
    /// Why a draw would be refused: pools below the minimum multiple, or rules that no paper keeps together.
    pub refusal: Option<DrawError>,
}

/// A cell and what it has.
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
}

/// A range and what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeMargin {
    /// The function (职业功能).
    pub function: Function,
    /// The kind of bank.
    pub kind: BankKind,
    /// The code of the range (鉴定范围).
    pub range: RangeCode,
    /// Items that each paper has of it, at least and at most.
    pub items: [u32; 2],
    /// How many items of the banks may be dealt for it.
    pub pool: usize,
}

/// What the banks hold for a blueprint.
///
/// # Errors
/// Every fault of the blueprint, or of the indexes.
pub fn margins(blueprint: &Blueprint, indexes: &[Index]) -> Result<Margins, Vec<Fault>> {
    let faults = blueprint::check(blueprint);
    if !faults.is_empty() {
        return Err(faults);
    }
    let units = Units::new(indexes)?;
    let rules = Rules::new(blueprint, &units);
    let multiple = blueprint.minimum_multiple as usize;
    let cells = rules.cells.iter().zip(&rules.pools).map(|(cell, pool)| CellMargin {
        cell: cell.name.clone(),
        quota: cell.quota,
        pool: pool.len(),
        needed: cell.quota * multiple,
        points: pool.iter().flat_map(|unit| rules.points.of(*unit)).collect::<BTreeSet<_>>().len(),
    });
    let ranges = (0..).zip(&rules.ranges).map(|(number, range): (u32, &Range)| {
        let own = rules.range.iter().zip(&rules.size).filter(|(range, _)| **range == number);
        RangeMargin {
            function: range.function,
            kind: range.kind,
            range: range.code.clone(),
            items: range.bounds(),
            pool: own.map(|(_, size)| *size as usize).sum(),
        }
    });
    let (cells, ranges) = (cells.collect(), ranges.collect());
    let feasible = Feasible::new(blueprint, units, &[]);
    let book = feasible.as_ref().map_or(0, |feasible| feasible.book.len());
    Ok(Margins { cells, ranges, book, refusal: feasible.err() })
}
