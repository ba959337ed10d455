//! Units: what is dealt as one, an item or a case group, with ids turned into small numbers (section 3 of the specification).

use crate::bank::element::{ElementCode, RangeCode};
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
    /// The units, sorted by id.
    pub units: Vec<Unit>,
    numbers: BTreeMap<&'a ItemId, ItemNumber>,
}

/// What is dealt as one: a single item, or all items of a case group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The item's or the group's id.
    pub id: UnitId,
    /// Its items in order.
    pub items: Vec<ItemNumber>,
    /// Its items' points, each as a number that is the point's alone.
    pub points: Vec<u32>,
    /// The range (鉴定范围) of its items.
    pub range: RangeCode,
    /// Their function (职业功能).
    pub function: Function,
    /// Their type (题型).
    pub item_type: ItemType,
    /// The kind of their bank.
    pub kind: BankKind,
    /// The highest difficulty among them.
    pub difficulty: Difficulty,
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
        let points: BTreeSet<&ElementCode> = items.iter().map(|item| &item.point).collect();
        let points: BTreeMap<&ElementCode, u32> = points.into_iter().zip(0..).collect();

        let mut units: Vec<Unit> = Vec::new();
        for (members, kind) in gather(&entries) {
            let Some((first, id)) = members.first().and_then(|first| Some((*first, unit_id(first)?))) else { continue };
            faults.extend(check_group(&members));
            let own: BTreeSet<u32> = members.iter().filter_map(|item| points.get(&item.point).copied()).collect();
            units.push(Unit {
                id,
                items: members.iter().filter_map(|item| numbers.get(&item.id).copied()).collect(),
                points: own.into_iter().collect(),
                range: first.point.range(),
                function: first.function,
                item_type: first.item_type,
                kind,
                difficulty: members.iter().map(|item| item.difficulty).max().unwrap_or(first.difficulty),
            });
        }
        units.sort_by(|a, b| a.id.cmp(&b.id));
        if faults.is_empty() { Ok(Self { items, units, numbers }) } else { Err(faults) }
    }

    /// The number of an item; `None` when no bank of the draw has it.
    #[must_use]
    pub fn number(&self, item: &ItemId) -> Option<ItemNumber> {
        self.numbers.get(item).copied()
    }
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
    let alike = rest.iter().all(|item| {
        (item.function, item.item_type, item.point.range()) == (first.function, first.item_type, first.point.range())
    });
    let places: BTreeSet<_> = members.iter().filter_map(|item| item.group.as_ref()).map(|group| group.place).collect();
    let group = first.group.as_ref()?;
    (!alike || places.len() != members.len()).then(|| {
        fault(
            "index_group",
            group.id.as_str(),
            [
                "题组内职业功能、题型或鉴定范围不一致，或位置重复".into(),
                "items of a group differ in function, type or range, or share a place".into(),
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
