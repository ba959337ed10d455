//! The check of a bank: every fault at once, each with its file, item and field, its cause and its
//! cure.

use super::authored::{AuthoredBank, BANK_VERSION, Place};
use super::element::ElementCode;
use super::item::Item;
use super::item_check::{check_item, text_fault};
use super::picture_check::{check_image, check_pictures};
use super::terms::{Importance, Profile};
use super::text;
use super::twins;
use crate::fault::{Fault, Text};
use kaoping_record::id::{GroupId, ItemId};
use std::collections::{BTreeMap, BTreeSet};

/// The fewest items that a point must have.
#[must_use]
pub const fn items_per_point(profile: Profile) -> usize {
    match profile {
        Profile::Sample => 2,
        Profile::Formal => 4,
    }
}

/// Every fault of a bank; none means that it may be sealed.
#[must_use]
pub fn check(bank: &AuthoredBank) -> Vec<Fault> {
    let mut faults = Vec::new();
    check_head(bank, &mut faults);
    check_elements(bank, &mut faults);
    check_importance(bank, &mut faults);
    check_ranges(bank, &mut faults);
    for (place, item) in bank.items() {
        faults.extend(check_item(place, item));
        faults.extend(check_image(place, item));
    }
    check_coverage(bank, &mut faults);
    check_relations(bank, &mut faults);
    check_groups(bank, &mut faults);
    check_twins(bank, &mut faults);
    check_pictures(bank, &mut faults);
    faults
}

fn fault(code: &str, place: impl Into<String>, zh: String, en: String, cure: [&str; 2]) -> Fault {
    let [cure_zh, cure_en] = cure;
    Fault::new(code, place, Text::new(zh, en), Text::new(cure_zh, cure_en))
}

fn check_head(bank: &AuthoredBank, faults: &mut Vec<Fault>) {
    let head = &bank.head;
    if head.v != BANK_VERSION {
        let (zh, en) = (format!("格式版本是 {}", head.v), format!("form version is {}", head.v));
        faults.push(fault("bank_version", "bank.json v", zh, en, ["改为 1", "set it to 1"]));
    }
    let named = [("label", &head.label), ("title", &head.title), ("standard", &head.standard)];
    for (field, value) in named.into_iter().chain(head.sources.iter().map(|source| ("sources", source))) {
        faults.extend(text_fault(&format!("bank.json {field}"), value, text::MAX_NAME));
    }
}

fn check_elements(bank: &AuthoredBank, faults: &mut Vec<Fault>) {
    let (mut codes, mut functions) = (BTreeSet::new(), BTreeSet::new());
    for file in &bank.elements {
        let (place, elements) = (&file.file, &file.value);
        let mut known = |code: &ElementCode, faults: &mut Vec<Fault>| {
            if !codes.insert(code.clone()) {
                let (zh, en) = (format!("代码 {code} 出现两次"), format!("code `{code}` occurs twice"));
                faults.push(fault(
                    "element_twice",
                    format!("{place} {code}"),
                    zh,
                    en,
                    ["给每项不同的代码", "give each its own code"],
                ));
            }
        };
        known(&elements.code, faults);
        faults.extend(text_fault(&format!("{place} {}", elements.code), &elements.name, text::MAX_NAME));
        if !functions.insert(elements.function) {
            let (zh, en) = (
                format!("{}出现在两个文件中", elements.function.chinese()),
                format!("function `{}` is in two files", elements.function),
            );
            faults.push(fault("element_function_twice", place, zh, en, ["合并为一个文件", "merge the two files"]));
        }
        for range in &elements.ranges {
            known(&range.code, faults);
            faults.extend(text_fault(&format!("{place} {}", range.code), &range.name, text::MAX_NAME));
            let inside = range.code.is_part_of(&elements.code);
            for point in &range.points {
                known(&point.code, faults);
                faults.extend(text_fault(&format!("{place} {}", point.code), &point.name, text::MAX_NAME));
                if !inside || !point.code.is_part_of(&range.code) {
                    let (zh, en) = (
                        format!("{} 不在 {} 之下", point.code, elements.code),
                        format!("`{}` does not lie under `{}`", point.code, elements.code),
                    );
                    faults.push(fault(
                        "element_tree",
                        format!("{place} {}", point.code),
                        zh,
                        en,
                        ["按上级代码续编，如 B-A、B-A-A、B-A-A-001", "continue the upper code: B-A, B-A-A, B-A-A-001"],
                    ));
                }
            }
        }
    }
}

fn check_importance(bank: &AuthoredBank, faults: &mut Vec<Fault>) {
    let rule = &bank.head.importance;
    let all = bank.points().count();
    for (importance, least, most) in
        [(Importance::X, rule.x_least, 100), (Importance::Y, 0, rule.y_most), (Importance::Z, 0, rule.z_most)]
    {
        let count = bank.points().filter(|(_, point)| point.importance == importance).count();
        if 100 * count < least as usize * all || 100 * count > most as usize * all {
            let zh = format!("{all} 个鉴定点中 {importance} 有 {count} 个，应占 {least}% 到 {most}%");
            let en = format!("{count} of {all} points are {importance}, which should be {least} % to {most} %");
            faults.push(fault(
                "bank_importance",
                "elements",
                zh,
                en,
                ["调整鉴定点的重要程度", "change the importance of points"],
            ));
        }
    }
}

/// Each file of items belongs to a range of the table, and its items to points of that range.
fn check_ranges(bank: &AuthoredBank, faults: &mut Vec<Fault>) {
    let ranges: BTreeMap<&ElementCode, BTreeSet<&ElementCode>> = bank
        .elements
        .iter()
        .flat_map(|file| &file.value.ranges)
        .map(|range| (&range.code, range.points.iter().map(|point| &point.code).collect()))
        .collect();
    let mut seen = BTreeSet::new();
    for file in &bank.items {
        let (place, range) = (&file.file, &file.value.range);
        let points = ranges.get(range);
        if points.is_none() || !seen.insert(range) {
            let (zh, en) = (
                format!("细目表中没有 {range}，或已有另一个文件"),
                format!("the element table has no `{range}`, or another file has it"),
            );
            faults.push(fault(
                "items_range",
                place,
                zh,
                en,
                ["改正 range，或补充细目表", "mend `range`, or add it to the element table"],
            ));
        }
        for (number, item) in (1..).zip(&file.value.items) {
            if points.is_some_and(|points| !points.contains(&item.point)) {
                let (zh, en) = (
                    format!("{} 不是 {range} 的鉴定点", item.point),
                    format!("`{}` is no point of `{range}`", item.point),
                );
                let place = format!("{} point", Place { file: place, number });
                faults.push(fault(
                    "item_point",
                    place,
                    zh,
                    en,
                    ["改正鉴定点代码，或把试题移到所属的文件", "mend the point, or move the item to its file"],
                ));
            }
        }
    }
}

fn check_coverage(bank: &AuthoredBank, faults: &mut Vec<Fault>) {
    let needed = items_per_point(bank.head.profile);
    let mut counts: BTreeMap<&ElementCode, usize> = BTreeMap::new();
    for (_, item) in bank.items() {
        *counts.entry(&item.point).or_default() += 1;
    }
    for (_, point) in bank.points() {
        let count = counts.get(&point.code).copied().unwrap_or_default();
        if count < needed {
            let zh = format!("鉴定点「{}」有 {count} 题，至少 {needed} 题", point.name);
            let en = format!("point has {count} items, {needed} at least");
            faults.push(fault("point_thin", point.code.as_str(), zh, en, ["补充试题", "write more items for it"]));
        }
    }
}

/// Ids are unique, and enemies exist.
fn check_relations(bank: &AuthoredBank, faults: &mut Vec<Fault>) {
    let mut seen: BTreeMap<&ItemId, Place<'_>> = BTreeMap::new();
    for (place, item) in bank.items() {
        if let Some(first) = seen.insert(&item.id, place) {
            let (zh, en) = (format!("编号 {} 已用于 {first}", item.id), format!("id `{}` is that of {first}", item.id));
            faults.push(fault(
                "item_id_twice",
                format!("{place} id"),
                zh,
                en,
                ["删去编号，重新运行 kaoping bank mint", "remove the id and run `kaoping bank mint`"],
            ));
        }
    }
    for (place, item) in bank.items() {
        let named: BTreeSet<_> = item.enemies.iter().collect();
        let strange = named.iter().any(|enemy| **enemy == item.id || !seen.contains_key(*enemy));
        if strange || named.len() != item.enemies.len() {
            let (zh, en) = (
                "互斥试题不存在、重复或是本题".to_owned(),
                "an enemy does not exist, occurs twice or is the item itself".to_owned(),
            );
            faults.push(fault(
                "item_enemy",
                format!("{place} enemies"),
                zh,
                en,
                ["改正互斥试题的编号", "mend the ids of the enemies"],
            ));
        }
    }
}

/// The items of a group have one function, type and case, and places of their own; no group's id is
/// an item's.
fn check_groups(bank: &AuthoredBank, faults: &mut Vec<Fault>) {
    let functions: BTreeMap<_, _> = bank.points().map(|(function, point)| (&point.code, function)).collect();
    let ids: BTreeSet<&str> = bank.items().map(|(_, item)| item.id.as_str()).collect();
    let mut groups: BTreeMap<&GroupId, Vec<&Item>> = BTreeMap::new();
    for (_, item) in bank.items() {
        if let Some(group) = &item.group {
            groups.entry(&group.id).or_default().push(item);
        }
    }
    for (group, items) in groups {
        let shape: BTreeSet<_> =
            items.iter().map(|item| (functions.get(&item.point), item.item_type, &item.case)).collect();
        let places: BTreeSet<_> =
            items.iter().filter_map(|item| item.group.as_ref()).map(|group| group.place).collect();
        if shape.len() != 1 || places.len() != items.len() || ids.contains(group.as_str()) {
            let zh = format!("题组 {group} 的职业功能、题型、案例不一致，位置重复，或编号与试题相同");
            let en = format!(
                "items of group `{group}` differ in function, type or case, share a place, or one has the group's id"
            );
            faults.push(fault(
                "group_shape",
                group.as_str(),
                zh,
                en,
                ["使组内一致，位置各不相同", "make the items agree and give each its place"],
            ));
        }
    }
}

/// The same stem twice, about the same picture or none, is refused. Near twins must be declared
/// enemies, so that no paper asks one thing twice, whatever their points become. The items of one
/// group may resemble each other: their case is the same.
fn check_twins(bank: &AuthoredBank, faults: &mut Vec<Fault>) {
    let items: Vec<(Place<'_>, &Item)> = bank.items().collect();
    for twin in twins::find(&stems(&items)) {
        let (Some((first_place, first)), Some((place, second))) = (items.get(twin.first), items.get(twin.second))
        else {
            continue;
        };
        let grouped =
            first.group.is_some() && first.group.as_ref().map(|g| &g.id) == second.group.as_ref().map(|g| &g.id);
        let same_picture =
            first.image.as_ref().map(|image| &image.file) == second.image.as_ref().map(|image| &image.file);
        let declared = first.enemies.contains(&second.id) || second.enemies.contains(&first.id);
        if twin.exact && same_picture {
            faults.push(same_stem(*place, second, &first_place.to_string(), first));
        } else if !declared && !grouped {
            let (zh, en) = (
                format!("题干与 {first_place}（{}）几乎相同：「{}」", first.id, first.stem),
                format!("stem is nearly that of {first_place} (`{}`): `{}`", first.id, first.stem),
            );
            faults.push(fault(
                "item_near_twin",
                format!("{place} stem"),
                zh,
                en,
                ["改写题干，或在 enemies 中写明对方编号", "rewrite it, or name the other under `enemies`"],
            ));
        }
    }
}

/// Items of `bank` that `other` has too, or has nearly: a bank that is put beside it must not ask
/// the same again.
#[must_use]
pub fn check_beside(bank: &AuthoredBank, other: &AuthoredBank) -> Vec<Fault> {
    let (own, others): (Vec<_>, Vec<_>) = (bank.items().collect(), other.items().collect());
    let title = &other.head.title;
    let mut faults = Vec::new();
    for twin in twins::find_across(&stems(&others), &stems(&own)) {
        let (Some((first_place, first)), Some((place, second))) = (others.get(twin.first), own.get(twin.second)) else {
            continue;
        };
        let first_place = format!("《{title}》{first_place}");
        if twin.exact {
            faults.push(same_stem(*place, second, &first_place, first));
            continue;
        }
        let (zh, en) = (
            format!("题干与{first_place}（{}）几乎相同：「{}」", first.id, first.stem),
            format!("stem is nearly that of {first_place} (`{}`): `{}`", first.id, first.stem),
        );
        let cure = ["改写题干，或不收这一题", "rewrite it, or leave it out"];
        faults.push(fault("item_near_twin", format!("{place} stem"), zh, en, cure));
    }
    faults
}

/// What candidates read before the options: the case, then the stem.
fn stems(items: &[(Place<'_>, &Item)]) -> Vec<String> {
    items.iter().map(|(_, item)| format!("{}{}", item.case.as_deref().unwrap_or_default(), item.stem)).collect()
}

/// The fault of a stem that occurs twice: with two keys, nobody can tell which one is right.
fn same_stem(place: Place<'_>, item: &Item, first_place: &str, first: &Item) -> Fault {
    let place = format!("{place} stem");
    let (own, others) = (key_texts(item), key_texts(first));
    let offers = |item: &Item, texts: &[String]| {
        texts.iter().all(|text| item.options.iter().any(|option| text::fold(&option.text) == *text))
    };
    // Two questions with other options, such as 下列说法正确的是, need not contradict each other.
    if own == others || !offers(item, &others) || !offers(first, &own) {
        let (zh, en) = (
            format!("题干与 {first_place} 相同：「{}」", first.stem),
            format!("stem is that of {first_place}: `{}`", first.stem),
        );
        return fault("item_stem_twice", place, zh, en, ["删去其中一题", "remove one of them"]);
    }
    let (own, others) = (own.join("、"), others.join("、"));
    fault(
        "item_two_keys",
        place,
        format!("题干与 {first_place} 相同而答案不同：这里是「{own}」，那里是「{others}」"),
        format!("stem is that of {first_place} with another key: `{own}` here, `{others}` there"),
        ["查明哪个答案对，删去另一题", "find out which key is right, and remove the other item"],
    )
}

/// The texts of the right options, folded and sorted.
fn key_texts(item: &Item) -> Vec<String> {
    let right = item.options.iter().filter(|option| item.key.contains(&option.id));
    let mut texts: Vec<String> = right.map(|option| text::fold(&option.text)).collect();
    texts.sort_unstable();
    texts
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
