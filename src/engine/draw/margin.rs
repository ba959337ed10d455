//! Whether a blueprint can be filled from some banks, and what they hold for it, before any draw.

use super::cells::Cell;
use super::error::{DrawError, RuleName};
use super::feasibility::Feasible;
use super::rules::Rules;
use super::units::Units;
use crate::bank::Index;
use crate::blueprint::{self, Blueprint};
use crate::fault::{Fault, Text};
use std::collections::BTreeSet;

/// What some banks hold for a blueprint.
#[derive(Debug)]
pub struct Margins {
    /// A line a cell, then a line a range, each with what papers take and what the banks have.
    pub lines: Vec<Text>,
    /// Why a draw would be refused: pools below the minimum multiple, or rules that no paper keeps together.
    pub refusal: Option<DrawError>,
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
    let cells = rules.cells.iter().zip(&rules.pools).map(|(Cell { name, quota, .. }, pool)| {
        let points = pool.iter().flat_map(|unit| rules.points.of(*unit)).collect::<BTreeSet<_>>().len();
        let (units, needed) = (pool.len(), quota * multiple);
        Text::new(
            format!("{}：每卷 {quota}，题库 {units}（至少 {needed}），鉴定点 {points}", name.chinese()),
            format!("{name}: a paper takes {quota} of {units} units, at least {needed} are needed, {points} points"),
        )
    });
    let ranges = rules.ranges.iter().enumerate().map(|(number, range)| {
        let own = rules.range.iter().zip(&rules.size).filter(|(range, _)| **range as usize == number);
        let (items, [least, most]) = (own.map(|(_, size)| size).sum::<u32>(), range.bounds());
        let RuleName { name, chinese } = rules.named(rules.cells.len() + number);
        Text::new(
            format!("{chinese}：每卷 {least} 到 {most} 题，题库 {items} 题"),
            format!("{name}: a paper takes {least} to {most} of {items} items"),
        )
    });
    let lines = cells.chain(ranges).collect();
    Ok(Margins { lines, refusal: Feasible::new(blueprint, units, &[]).err() })
}
