//! Units: what is dealt as one, an item or a case group, with ids turned into small numbers.

use super::cells::Cell;
use super::number_lists::NumberLists;
use crate::bank::index::INDEX_VERSION;
use crate::bank::{BankKind, Difficulty, Function, Index, ItemType, index::IndexItem};
use crate::fault::{Fault, Text};
use kaoping_record::id::{GroupId, ItemId, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// An item of any of the banks, by its place among all of them.
pub type ItemNumber = u32;
/// A unit, by its place in the order of ids.
pub type UnitNumber = u32;

/// All units of the banks of a draw.
#[derive(Debug)]
pub struct Units<'a> {
    /// The items, each by its number.
    pub items: Vec<&'a IndexItem>,
    /// The units, sorted by id, each by its number.
    pub units: Vec<Unit>,
    /// How many points there are.
    pub points: usize,
    /// The items of each unit, again, for the innermost loops; so are its points and enemies.
    pub(super) items_of: NumberLists,
    pub(super) points_of: NumberLists,
    pub(super) enemies_of: NumberLists,
    numbers: BTreeMap<&'a ItemId, ItemNumber>,
}

/// What is dealt as one: a single item, or all items of a case group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The item's or the group's id.
    pub id: UnitId,
    /// Its items in order.
    pub items: Vec<ItemNumber>,
    /// Its items' points.
    pub points: Vec<u32>,
    /// Items that its items exclude, whichever of the two names the other.
    pub enemies: Vec<ItemNumber>,
    function: Function,
    item_type: ItemType,
    kind: BankKind,
    difficulty: Difficulty,
}

impl<'a> Units<'a> {
    /// The units of some indexes.
    ///
    /// # Errors
    /// Every fault of the indexes.
    pub fn new(indexes: &'a [Index]) -> Result<Self, Vec<Fault>> {
        let mut faults = check(indexes);
        let entries: Vec<(BankKind, &IndexItem)> =
            indexes.iter().flat_map(|index| index.items.iter().map(|item| (index.kind, item))).collect();
        let items: Vec<&IndexItem> = entries.iter().map(|(_, item)| *item).collect();
        let numbers: BTreeMap<&ItemId, ItemNumber> = items.iter().map(|item| &item.id).zip(0..).collect();
        let mut points = BTreeMap::new();
        for item in &items {
            let next = points.len();
            points.entry(&item.point).or_insert(next);
        }
        let point_of = |item: &IndexItem| points.get(&item.point).and_then(|point| u32::try_from(*point).ok());
        let excluded = enemies(&items, &numbers);

        let mut units: Vec<Unit> = Vec::new();
        for (members, kind) in gather(&entries) {
            let numbered: Vec<ItemNumber> = members.iter().filter_map(|item| numbers.get(&item.id).copied()).collect();
            let Some((first, id)) = members.first().and_then(|first| Some((*first, unit_id(first)?))) else { continue };
            faults.extend(check_group(&members));
            let mut unit_points: Vec<u32> = members.iter().filter_map(|item| point_of(item)).collect();
            unit_points.sort_unstable();
            unit_points.dedup();
            units.push(Unit {
                id,
                points: unit_points,
                enemies: numbered
                    .iter()
                    .filter_map(|number| excluded.get(*number as usize))
                    .flatten()
                    .copied()
                    .collect(),
                items: numbered,
                function: first.function,
                item_type: first.item_type,
                kind,
                difficulty: members.iter().map(|item| item.difficulty).max().unwrap_or(first.difficulty),
            });
        }
        units.sort_by(|a, b| a.id.cmp(&b.id));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            points: points.len(),
            items_of: NumberLists::new(units.iter().map(|unit| &unit.items)),
            points_of: NumberLists::new(units.iter().map(|unit| &unit.points)),
            enemies_of: NumberLists::new(units.iter().map(|unit| &unit.enemies)),
            items,
            units,
            numbers,
        })
    }

    /// The number of an item; `None` when no bank of the draw has it.
    #[must_use]
    pub fn number(&self, item: &ItemId) -> Option<ItemNumber> {
        self.numbers.get(item).copied()
    }

    /// The pools of all cells, each sorted by unit id.
    #[must_use]
    pub fn pools(&self, cells: &[Cell]) -> Vec<Vec<UnitNumber>> {
        let belongs = |cell: &Cell, unit: &Unit| {
            cell.name.function == unit.function
                && cell.name.item_type == unit.item_type
                && cell.name.group_size as usize == unit.items.len()
                && cell.name.kind == unit.kind
                && cell.difficulties.contains(&unit.difficulty)
        };
        let mut pools = vec![Vec::new(); cells.len()];
        for (number, unit) in (0..).zip(&self.units) {
            // A unit has one cell: rows and bands do not overlap.
            let home = cells.iter().zip(&mut pools).find(|(cell, _)| belongs(cell, unit));
            if let Some((_, pool)) = home {
                pool.push(number);
            }
        }
        pools
    }
}

/// For each item the items that it excludes: those that it names, and those that name it.
fn enemies(items: &[&IndexItem], numbers: &BTreeMap<&ItemId, ItemNumber>) -> Vec<BTreeSet<ItemNumber>> {
    let mut excluded = vec![BTreeSet::new(); items.len()];
    for (number, item) in (0..).zip(items) {
        // An enemy in a bank that is not drawn from excludes nothing here.
        for enemy in item.enemies.iter().filter_map(|enemy| numbers.get(enemy).copied()) {
            for (one, other) in [(number, enemy), (enemy, number)] {
                if let Some(set) = excluded.get_mut(one as usize) {
                    set.insert(other);
                }
            }
        }
    }
    excluded
}

/// The members of each unit in order, with the kind of their bank.
fn gather<'a>(entries: &[(BankKind, &'a IndexItem)]) -> Vec<(Vec<&'a IndexItem>, BankKind)> {
    let mut groups: BTreeMap<(&GroupId, BankKind), Vec<&IndexItem>> = BTreeMap::new();
    let mut units = Vec::new();
    for (kind, item) in entries {
        match &item.group {
            Some(group) => groups.entry((&group.id, *kind)).or_default().push(item),
            None => units.push((vec![*item], *kind)),
        }
    }
    for ((_, kind), mut members) in groups {
        members.sort_by_key(|item| item.group.as_ref().map(|group| group.place));
        units.push((members, kind));
    }
    units
}

/// Ids of all kinds follow one rule, so the text of one is always the text of another.
fn unit_id(item: &IndexItem) -> Option<UnitId> {
    UnitId::new(item.group.as_ref().map_or(item.id.as_str(), |group| group.id.as_str())).ok()
}

fn check(indexes: &[Index]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let (mut seen, mut groups) = (BTreeSet::new(), BTreeMap::new());
    for index in indexes {
        if index.v != INDEX_VERSION {
            faults.push(fault(
                "index_version",
                index.bank.as_str(),
                [format!("索引版本是 {}", index.v), format!("index is of version {}", index.v)],
                ["用相应版本的程序重新封存题库", "seal the bank again"],
            ));
        }
        if !index.items.is_sorted_by(|a, b| a.id < b.id) {
            faults.push(fault(
                "index_order",
                index.bank.as_str(),
                ["试题没有按编号排列".into(), "items are not sorted by id".into()],
                ["重新封存题库", "seal the bank again"],
            ));
        }
        for item in &index.items {
            if !seen.insert(item.id.as_str()) {
                faults.push(twice(item.id.as_str()));
            }
            let options: BTreeSet<_> = item.options.iter().map(|option| &option.id).collect();
            if item.options.len() < 2 || options.len() != item.options.len() {
                faults.push(fault(
                    "index_options",
                    item.id.as_str(),
                    ["选项少于两个，或选项编号重复".into(), "fewer than two options, or an option id twice".into()],
                    ["改正该题后重新封存题库", "mend the item and seal the bank again"],
                ));
            }
            if let Some(group) = &item.group
                && *groups.entry(&group.id).or_insert(&index.bank) != &index.bank
            {
                faults.push(twice(group.id.as_str()));
            }
        }
    }
    // Also of an item that the draw does not deal by itself, because a group has it.
    faults.extend(groups.keys().filter(|group| seen.contains(group.as_str())).map(|group| twice(group.as_str())));
    faults
}

fn check_group(members: &[&IndexItem]) -> Option<Fault> {
    let (first, rest) = members.split_first()?;
    let alike = rest.iter().all(|item| item.function == first.function && item.item_type == first.item_type);
    let places: BTreeSet<_> = members.iter().filter_map(|item| item.group.as_ref()).map(|group| group.place).collect();
    let group = first.group.as_ref()?;
    (!alike || places.len() != members.len()).then(|| {
        fault(
            "index_group",
            group.id.as_str(),
            [
                "题组内职业功能或题型不一致，或位置重复".into(),
                "items of a group differ in function or type, or share a place".into(),
            ],
            ["改正题组后重新封存题库", "mend the group and seal the bank again"],
        )
    })
}

fn twice(id: &str) -> Fault {
    fault(
        "index_twice",
        id,
        ["编号出现两次".into(), "id stands twice".into()],
        ["试题和题组的编号在所有题库中都不能重复", "ids of items and groups must differ across all banks"],
    )
}

fn fault(code: &str, place: &str, [cause_zh, cause_en]: [String; 2], [cure_zh, cure_en]: [&str; 2]) -> Fault {
    Fault::new(code, place, Text::new(cause_zh, cause_en), Text::new(cure_zh, cure_en))
}
