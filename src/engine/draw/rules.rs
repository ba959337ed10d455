//! What every paper must satisfy, in numbers: cells, ranges, importance and conflicts (section 3 of the specification).

#![expect(
    clippy::indexing_slicing,
    reason = "numbers of units, items, points and rules are made here with the lists that they index"
)]

use super::cells::{Cell, CellName};
use super::composition::compose;
use super::error::RuleName;
use super::lists::Lists;
use super::units::{UnitNumber, Units};
use crate::bank::element::RangeCode;
use crate::bank::{BankKind, Function, Importance};
use crate::blueprint::Blueprint;
use kaoping_record::id::ItemId;
use std::collections::{BTreeMap, BTreeSet};

/// The most of a rule that has none; sums stay far below it.
pub(super) const NO_MOST: u32 = u32::MAX / 2;

/// The rules of a draw, and the units that they are about, numbered from 0 by id.
#[derive(Debug)]
pub(super) struct Rules<'a> {
    /// The cells, in cell order.
    pub(super) cells: Vec<Cell>,
    /// The units of each cell, sorted.
    pub(super) pools: Vec<Vec<UnitNumber>>,
    /// The ranges, in rule order.
    pub(super) ranges: Vec<Range>,
    /// Least and most of X, Y and Z.
    pub(super) importance: [[u32; 2]; 3],
    /// For each unit its place among all units of the banks.
    pub(super) units: Vec<usize>,
    pub(super) cell: Vec<u32>,
    pub(super) range: Vec<u32>,
    pub(super) size: Vec<u32>,
    /// Items of each unit with importance X, Y and Z.
    pub(super) important: Vec<[u32; 3]>,
    /// The items of each unit in order.
    pub(super) items: Lists,
    /// The points of each unit, and the units of each point.
    pub(super) points: Lists,
    pub(super) at_point: Lists,
    /// The units that each unit is an enemy of, without those of its own points.
    pub(super) enemies: Lists,
    /// For each unit the rules in which it has weight, with its weight.
    pub(super) weights: Lists<(u32, u32)>,
    /// For each item id the units that a person who has seen it must not get.
    excludes: BTreeMap<&'a ItemId, Vec<UnitNumber>>,
}

/// A range (鉴定范围) of a function and kind of bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) function: Function,
    pub(super) kind: BankKind,
    pub(super) code: RangeCode,
    /// Its weight.
    pub(super) weight: u64,
    /// The weights of all ranges of the function and kind.
    pub(super) weights: u64,
    /// Items of the function and kind in a paper.
    pub(super) items: u64,
}

impl Range {
    /// Its share of the items, rounded down and up.
    pub(super) fn bounds(&self) -> [u32; 2] {
        let (share, whole) = (self.items * self.weight, self.weights.max(1));
        [share / whole, share.div_ceil(whole)].map(|bound| u32::try_from(bound).unwrap_or(NO_MOST))
    }
}

/// The least and the most of each rule, in rule order.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) least: Vec<u32>,
    pub(super) most: Vec<u32>,
}

impl<'a> Rules<'a> {
    /// The rules of a blueprint that passed its check, for the units of some banks.
    pub(super) fn new(blueprint: &Blueprint, units: &Units<'a>) -> Self {
        let (cells, places) = pooled(blueprint, units);
        let mut home: Vec<Option<u32>> = vec![None; units.units.len()];
        for (cell, pool) in (0..).zip(&places) {
            pool.iter().for_each(|place| home[*place] = Some(cell));
        }
        let drawn: Vec<usize> = (0..units.units.len()).filter(|place| home[*place].is_some()).collect();
        let cell: Vec<u32> = home.into_iter().flatten().collect();
        let mut pools = vec![Vec::new(); cells.len()];
        (0..).zip(&cell).for_each(|(unit, cell)| pools[*cell as usize].push(unit));

        let of = |unit: &usize| &units.units[*unit];
        let ranges = ranges(blueprint, &cells, units, &drawn);
        let numbers: BTreeMap<(Function, BankKind, &RangeCode), u32> =
            ranges.iter().map(|range| (range.function, range.kind, &range.code)).zip(0..).collect();
        let range =
            drawn.iter().map(of).map(|unit| numbers[&(unit.function, unit.kind, &unit.range)]).collect::<Vec<_>>();
        let size: Vec<u32> = cell.iter().map(|cell| cells[*cell as usize].name.group_size).collect();
        let important = |unit: &usize| {
            let letters = of(unit).items.iter().map(|item| units.items[*item as usize].importance);
            letters.fold([0; 3], |mut counts, letter| {
                counts.iter_mut().zip(Importance::ALL).for_each(|(count, other)| *count += u32::from(letter == *other));
                counts
            })
        };
        let important: Vec<[u32; 3]> = drawn.iter().map(important).collect();
        let (first_range, first_letter) = (number(cells.len()), number(cells.len() + ranges.len()));
        let weights = (0..drawn.len()).map(|unit| {
            let letters = (first_letter..).zip(important[unit]).filter(|(_, count)| *count > 0);
            [(cell[unit], 1), (first_range + range[unit], size[unit])].into_iter().chain(letters).collect::<Vec<_>>()
        });
        let points: Vec<&[u32]> = drawn.iter().map(|unit| of(unit).points.as_slice()).collect();
        let mut at_point =
            vec![Vec::new(); points.iter().flat_map(|points| points.iter()).max().map_or(0, |most| *most as usize + 1)];
        for (unit, points) in (0..).zip(&points) {
            points.iter().for_each(|point| at_point[*point as usize].push(unit));
        }
        let owners = owners(units, &drawn);
        Self {
            enemies: Lists::new(enemies(units, &drawn, &owners).iter()),
            excludes: excludes(units, &owners),
            weights: Lists::new(weights.collect::<Vec<_>>().iter()),
            items: Lists::new(drawn.iter().map(|unit| &of(unit).items)),
            points: Lists::new(points.iter()),
            at_point: Lists::new(at_point.iter()),
            importance: importance(blueprint),
            cells,
            pools,
            units: drawn,
            cell,
            range,
            size,
            important,
            ranges,
        }
    }

    /// The bounds of all rules.
    pub(super) fn bounds(&self) -> Bounds {
        let quotas = self.cells.iter().map(|cell| [number(cell.quota); 2]);
        let all: Vec<[u32; 2]> =
            quotas.chain(self.ranges.iter().map(Range::bounds)).chain(self.importance.iter().copied()).collect();
        Bounds { least: all.iter().map(|bound| bound[0]).collect(), most: all.iter().map(|bound| bound[1]).collect() }
    }

    /// What the refusal of a draw calls a rule.
    pub(super) fn named(&self, rule: usize) -> RuleName {
        let range = rule.checked_sub(self.cells.len());
        let letter = range.and_then(|range| range.checked_sub(self.ranges.len()));
        let (name, chinese) = match (self.cells.get(rule), range.and_then(|range| self.ranges.get(range)), letter) {
            (Some(cell), _, _) => (cell.name.to_string(), cell.name.chinese()),
            (None, Some(Range { function, kind, code, .. }), _) => (
                format!("{}/{}/{}", function.code(), kind.code(), code.as_str()),
                format!("{}·{}·鉴定范围 {}", function.chinese(), kind.chinese(), code.as_str()),
            ),
            (None, None, letter) => {
                let letter = letter.and_then(|letter| Importance::ALL.get(letter));
                letter.map_or_else(Default::default, |letter| {
                    (letter.code().into(), format!("重要程度 {}", letter.code()))
                })
            }
        };
        RuleName { name, chinese }
    }

    /// The units that a person who has seen some items must not get, sorted.
    pub(super) fn excluded(&self, avoid: &[ItemId]) -> Vec<UnitNumber> {
        let mut units: Vec<UnitNumber> =
            avoid.iter().filter_map(|item| self.excludes.get(item)).flatten().copied().collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    /// Whether two different units share a point or are enemies.
    pub(super) fn conflict(&self, one: UnitNumber, other: UnitNumber) -> bool {
        let points = self.points.of(other);
        self.points.of(one).iter().any(|point| points.contains(point)) || self.enemies.of(one).contains(&other)
    }

    /// The units of a paper by cell.
    pub(super) fn of_cell(&self, paper: &[UnitNumber], cell: usize) -> Vec<UnitNumber> {
        paper.iter().filter(|unit| self.cell[**unit as usize] as usize == cell).copied().collect()
    }
}

/// The cells, and the units of each by their places among all units.
fn pooled(blueprint: &Blueprint, units: &Units<'_>) -> (Vec<Cell>, Vec<Vec<usize>>) {
    let mut pools: BTreeMap<CellName, Vec<usize>> = BTreeMap::new();
    for (place, unit) in units.units.iter().enumerate() {
        let Some(band) = blueprint.bands.iter().find(|band| band.difficulties.contains(&unit.difficulty)) else {
            continue;
        };
        let (function, item_type, group_size) = (unit.function, unit.item_type, number(unit.items.len()));
        let name = CellName { function, item_type, group_size, kind: unit.kind, band: band.name.clone() };
        pools.entry(name).or_default().push(place);
    }
    let cells = compose(blueprint, |name| pools.get(name).map_or(0, Vec::len));
    let of_cells = cells.iter().map(|cell| pools.remove(&cell.name).unwrap_or_default()).collect();
    (cells, of_cells)
}

/// The ranges in rule order: by function, kind and code, those of the units and those that the blueprint lists.
fn ranges(blueprint: &Blueprint, cells: &[Cell], units: &Units<'_>, drawn: &[usize]) -> Vec<Range> {
    let mut points: BTreeMap<(Function, BankKind), BTreeMap<&RangeCode, BTreeSet<u32>>> = BTreeMap::new();
    for unit in drawn.iter().map(|unit| &units.units[*unit]) {
        let of_kind = points.entry((unit.function, unit.kind)).or_default();
        of_kind.entry(&unit.range).or_default().extend(&unit.points);
    }
    let mut ranges = Vec::new();
    for (function, kind) in blueprint
        .functions
        .iter()
        .flat_map(|entry| [BankKind::National, BankKind::Extended].map(|kind| (entry.function, kind)))
    {
        let listed = blueprint.ranges.iter().filter(|entry| (entry.function, entry.kind) == (function, kind));
        let listed: BTreeMap<&RangeCode, u64> = listed.map(|entry| (&entry.range, entry.weight.into())).collect();
        let found = points.remove(&(function, kind)).unwrap_or_default();
        let by_points =
            found.iter().map(|(code, points)| (*code, if listed.is_empty() { points.len() as u64 } else { 0 }));
        let weights: BTreeMap<&RangeCode, u64> =
            by_points.chain(listed.iter().map(|(code, weight)| (*code, *weight))).collect();
        let sum = weights.values().sum();
        let own = cells.iter().filter(|cell| (cell.name.function, cell.name.kind) == (function, kind));
        let items = own.map(|cell| cell.quota as u64 * u64::from(cell.name.group_size)).sum();
        ranges.extend(weights.into_iter().map(|(code, weight)| Range {
            function,
            kind,
            code: code.clone(),
            weight,
            weights: sum,
            items,
        }));
    }
    ranges
}

/// For each item the unit that it belongs to, when that can be dealt.
fn owners(units: &Units<'_>, drawn: &[usize]) -> Vec<Option<UnitNumber>> {
    let mut owners = vec![None; units.items.len()];
    for (number, unit) in (0..).zip(drawn) {
        units.units[*unit].items.iter().for_each(|item| owners[*item as usize] = Some(number));
    }
    owners
}

fn enemies(units: &Units<'_>, drawn: &[usize], owners: &[Option<UnitNumber>]) -> Vec<Vec<UnitNumber>> {
    let mut enemies = vec![BTreeSet::new(); drawn.len()];
    let points = |unit: UnitNumber| &units.units[drawn[unit as usize]].points;
    for (item, owner) in units.items.iter().zip(owners) {
        let others = item.enemies.iter().filter_map(|enemy| owners[units.number(enemy)? as usize]);
        for (one, other) in others.filter_map(|other| Some(((*owner)?, other))) {
            if one != other && points(one).iter().all(|point| !points(other).contains(point)) {
                enemies[one as usize].insert(other);
                enemies[other as usize].insert(one);
            }
        }
    }
    enemies.into_iter().map(|set| set.into_iter().collect()).collect()
}

/// Seen items exclude their own unit, those that name them, and those that they name, whether the draw has them or not.
fn excludes<'a>(units: &Units<'a>, owners: &[Option<UnitNumber>]) -> BTreeMap<&'a ItemId, Vec<UnitNumber>> {
    let mut excludes: BTreeMap<&ItemId, Vec<UnitNumber>> = BTreeMap::new();
    for (item, owner) in units.items.iter().zip(owners) {
        let named = item.enemies.iter().filter_map(|enemy| owners[units.number(enemy)? as usize]);
        let mut own: Vec<UnitNumber> = named.chain(*owner).collect();
        excludes.entry(&item.id).or_default().append(&mut own);
        for enemy in &item.enemies {
            excludes.entry(enemy).or_default().extend(*owner);
        }
    }
    excludes
}

/// Least and most of each importance.
fn importance(blueprint: &Blueprint) -> [[u32; 2]; 3] {
    let bounds = |letter: Importance| {
        let listed = blueprint.importance.iter().find(|entry| entry.importance == letter);
        listed.map_or([0, NO_MOST], |entry| [entry.least, entry.most.min(NO_MOST)])
    };
    [Importance::X, Importance::Y, Importance::Z].map(bounds)
}

/// Units, rules and quotas are bounded far below 2^31.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NO_MOST)
}
