//! Cells: function × type × group size × bank kind × difficulty band, with their quotas (section 3 of the specification).

use crate::bank::{BankKind, Difficulty, Function, ItemType};
use crate::blueprint::{Band, Blueprint};
use kaoping_record::id::BandName;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Function, kind of bank, type and band: together they name a cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CellName {
    /// The function (职业功能): a row of the standard's weight tables.
    pub function: Function,
    /// Single choice, multiple choice or true/false (题型).
    #[serde(rename = "type")]
    pub item_type: ItemType,
    /// Items in a unit.
    pub group_size: u32,
    /// National or extended; each kind has cells of its own.
    pub kind: BankKind,
    /// The difficulty band of the blueprint.
    pub band: BandName,
}

/// A cell: what each paper takes from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its name.
    pub name: CellName,
    /// Units that each paper takes, at least 1.
    pub quota: usize,
    /// The difficulties of its band.
    pub difficulties: Vec<Difficulty>,
}

/// The cells of a blueprint that passed its check, in cell order.
#[must_use]
pub fn expand(blueprint: &Blueprint) -> Vec<Cell> {
    let mut cells = Vec::new();
    for row in &blueprint.rows {
        let extended = row.extended.checked_div(row.group_size).unwrap_or_default();
        let national = row.count.saturating_sub(row.extended).checked_div(row.group_size).unwrap_or_default();
        for (kind, units) in [(BankKind::National, national), (BankKind::Extended, extended)] {
            for (band, quota) in blueprint.bands.iter().zip(split(units, &blueprint.bands)) {
                if quota > 0 {
                    cells.push(Cell {
                        name: CellName {
                            function: row.function,
                            item_type: row.item_type,
                            group_size: row.group_size,
                            kind,
                            band: band.name.clone(),
                        },
                        quota: quota as usize,
                        difficulties: band.difficulties.clone(),
                    });
                }
            }
        }
    }
    cells
}

/// Splits `units` over the bands by largest remainders; at a tie the earlier band is first.
fn split(units: u32, bands: &[Band]) -> Vec<u32> {
    let products: Vec<u64> = bands.iter().map(|band| u64::from(units) * u64::from(band.share)).collect();
    let mut quotas: Vec<u32> =
        products.iter().map(|product| u32::try_from(product / 100).unwrap_or(u32::MAX)).collect();
    let given: u32 = quotas.iter().sum();
    let mut order: Vec<usize> = (0..bands.len()).collect();
    // The sort is stable, so that equal remainders keep the order of the bands.
    order.sort_by_key(|band| std::cmp::Reverse(products.get(*band).map(|product| product % 100)));
    for band in order.into_iter().take(units.saturating_sub(given) as usize) {
        if let Some(quota) = quotas.get_mut(band) {
            *quota += 1;
        }
    }
    quotas
}

impl CellName {
    /// The name for people, such as 生活照护·单选题·国家题库·easy.
    #[must_use]
    pub fn chinese(&self) -> String {
        let group = if self.group_size == 1 { String::new() } else { format!("（每组 {} 题）", self.group_size) };
        let (function, item_type, kind) = (self.function.chinese(), self.item_type.chinese(), self.kind.chinese());
        format!("{function}·{item_type}{group}·{kind}·{}", self.band)
    }

    /// The parts that name the cell's stream.
    #[must_use]
    pub fn parts(&self) -> [String; 5] {
        [
            self.function.code().to_owned(),
            self.item_type.code().to_owned(),
            self.group_size.to_string(),
            self.kind.code().to_owned(),
            self.band.as_str().to_owned(),
        ]
    }
}

impl fmt::Display for CellName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.parts().join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::canonical;
    use std::error::Error;

    fn bands(shares: &[u32]) -> Vec<Band> {
        let band = |share: &u32| {
            Some(Band { name: BandName::new(format!("b{share}")).ok()?, difficulties: Vec::new(), share: *share })
        };
        shares.iter().filter_map(band).collect()
    }

    // By hand. 4 × 40, 40, 20 % = 1.6, 1.6, 0.8: one each first, then the hard band (80), then the easy one at the tie.
    #[test]
    fn largest_remainders_and_the_earlier_band_at_a_tie() {
        let level_five = bands(&[40, 40, 20]);
        assert_eq!(split(4, &level_five), [2, 1, 1]);
        assert_eq!(split(1, &level_five), [1, 0, 0]);
        assert_eq!(split(3, &level_five), [1, 1, 1]);
        assert_eq!(split(7, &level_five), [3, 3, 1]);
        assert_eq!(split(12, &level_five), [5, 5, 2]);
        assert_eq!(split(28, &level_five), [11, 11, 6]);
        assert_eq!(split(0, &level_five), [0, 0, 0]);
        assert_eq!(split(10, &bands(&[33, 33, 34])), [3, 3, 4]);
    }

    #[test]
    fn level_five_has_every_item_in_one_cell() -> Result<(), Box<dyn Error>> {
        let blueprint: Blueprint =
            canonical::from_authored(include_bytes!("../../../question-bank/blueprints/5.json"))?;
        let cells = expand(&blueprint);
        assert_eq!(cells.iter().map(|cell| cell.quota).sum::<usize>(), 100);
        // Six single-choice rows of three bands; true/false rows of 1, 3, 7, 4, 2, 3 fill 1, 3, 3, 3, 2, 3 bands.
        assert_eq!(cells.len(), 18 + 15);
        let first = cells.first().ok_or("a cell")?;
        assert_eq!(first.name.to_string(), "ethics/single_choice/1/national/easy");
        assert_eq!(first.name.chinese(), "职业道德·单选题·国家题库·easy");
        Ok(())
    }
}
