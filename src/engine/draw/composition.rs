//! Quotas: how many units each paper takes of each cell (section 4 of the specification).

use super::cells::{Cell, CellName};
use super::rounding::{round, share};
use crate::bank::BankKind;
use crate::blueprint::{Band, Blueprint, Row};
use std::collections::BTreeMap;

/// What a row of the blueprint takes from one kind of bank.
struct Line<'a> {
    row: &'a Row,
    kind: BankKind,
    units: u64,
}

/// The cells of a blueprint that passed its check, in cell order. `pool` tells how many units the banks have in a cell.
#[must_use]
pub fn compose(blueprint: &Blueprint, pool: impl Fn(&CellName) -> usize) -> Vec<Cell> {
    let lines = lines(blueprint);
    let multiple = u64::from(blueprint.minimum_multiple);
    let has = |line: &Line<'_>, band: &Band, units: u64| pool(&name(line, band)) as u64 >= units * multiple;
    let shares: Vec<u64> = blueprint.bands.iter().map(|band| band.share.into()).collect();
    let mut rest = share(blueprint.items().into(), &shares);
    let mut quotas: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    let mut sizes: Vec<u32> = lines.iter().map(|line| line.row.group_size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    for size in sizes.into_iter().rev() {
        let own: Vec<usize> =
            (0..).zip(&lines).filter(|(_, line)| line.row.group_size == size).map(|(at, _)| at).collect();
        let of_size: Vec<&Line<'_>> = lines.iter().filter(|line| line.row.group_size == size).collect();
        let filled = |band: &Band| size == 1 || of_size.iter().any(|line| has(line, band, 1));
        let weights = blueprint.bands.iter().zip(&rest).map(|(band, rest)| if filled(band) { *rest } else { 0 });
        let mut weights: Vec<u64> = weights.collect();
        if weights.iter().all(|weight| *weight == 0) {
            weights.clone_from(&shares);
        }
        let units: Vec<u64> = of_size.iter().map(|line| line.units).collect();
        let columns = share(units.iter().sum(), &weights);
        let served = |line: usize, band: usize, quota: u64| {
            of_size.get(line).zip(blueprint.bands.get(band)).is_some_and(|(line, band)| has(line, band, quota))
        };
        quotas.extend(own.into_iter().zip(round(&units, &columns, served)));
        for (rest, column) in rest.iter_mut().zip(&columns) {
            *rest = rest.saturating_sub(column * u64::from(size));
        }
    }
    let mut cells = Vec::new();
    for (line, quotas) in lines.iter().zip(quotas.values()) {
        for (band, quota) in blueprint.bands.iter().zip(quotas).filter(|(_, quota)| **quota > 0) {
            let quota = usize::try_from(*quota).unwrap_or(usize::MAX);
            cells.push(Cell { name: name(line, band), quota, difficulties: band.difficulties.clone() });
        }
    }
    cells
}

fn lines(blueprint: &Blueprint) -> Vec<Line<'_>> {
    blueprint.rows.iter().flat_map(of_row).filter(|line| line.units > 0).collect()
}

fn of_row(row: &Row) -> [Line<'_>; 2] {
    let kinds = [(BankKind::National, row.count.saturating_sub(row.extended)), (BankKind::Extended, row.extended)];
    let units = |items: u32| items.checked_div(row.group_size).unwrap_or_default().into();
    kinds.map(|(kind, items)| Line { row, kind, units: units(items) })
}

fn name(line: &Line<'_>, band: &Band) -> CellName {
    let Row { function, item_type, group_size, .. } = *line.row;
    CellName { function, item_type, group_size, kind: line.kind, band: band.name.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::canonical;
    use std::error::Error;

    fn blueprint(level: u8) -> Result<Blueprint, Box<dyn Error>> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../question-bank/blueprints");
        Ok(canonical::from_authored(&std::fs::read(format!("{folder}/{level}.json"))?)?)
    }

    fn items_of(cells: &[Cell], band: &str) -> usize {
        let of_band = cells.iter().filter(|cell| cell.name.band.as_str() == band);
        of_band.map(|cell| cell.quota * cell.name.group_size as usize).sum()
    }

    // The blueprint's own shares: 40 %, 40 % and 20 % of 100 items, and of the 90 items of levels 4 and 3.
    #[test]
    fn each_band_has_its_share_of_the_paper() -> Result<(), Box<dyn Error>> {
        for (level, shares) in [(5, [40, 40, 20]), (4, [36, 36, 18]), (3, [36, 36, 18])] {
            let cells = compose(&blueprint(level)?, |_| usize::MAX);
            assert_eq!(["easy", "middle", "hard"].map(|band| items_of(&cells, band)), shares, "level {level}");
        }
        let cells = compose(&blueprint(5)?, |_| usize::MAX);
        let first = cells.first().ok_or("a cell")?;
        assert_eq!(first.name.to_string(), "ethics/single_choice/1/national/easy");
        assert_eq!(first.name.chinese(), "职业道德·单选题·国家题库·easy");
        Ok(())
    }

    // By hand: with no hard group in the bank, groups take the easy and the middle band, and singles make up for them.
    #[test]
    fn singles_make_up_for_bands_without_groups() -> Result<(), Box<dyn Error>> {
        let mut blueprint = blueprint(5)?;
        let row = blueprint.rows.get_mut(2).ok_or("third row")?;
        row.group_size = 4;
        let is_hard_group = |name: &CellName| name.group_size > 1 && name.band.as_str() == "hard";
        let cells = compose(&blueprint, |name| if is_hard_group(name) { 0 } else { usize::MAX });
        assert!(cells.iter().all(|cell| !is_hard_group(&cell.name)));
        assert_eq!(["easy", "middle", "hard"].map(|band| items_of(&cells, band)), [40, 40, 20]);
        Ok(())
    }
}
