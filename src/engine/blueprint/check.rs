//! What a blueprint must satisfy before anything is drawn by it. All faults at once.

use super::{BLUEPRINT_VERSION, Blueprint, Row};
use crate::bank::text;
use crate::fault::{Fault, Text};
use crate::marks::HalfMarks;
use std::collections::BTreeSet;

/// The most items of a paper.
const MOST_ITEMS: u128 = 1000;
/// The most items of a case group.
const MOST_GROUPED: u32 = 20;
/// The weights that a range may have.
const RANGE_WEIGHTS: std::ops::RangeInclusive<u32> = 1..=10_000;
/// The shortest and longest exam in minutes; the standard asks for 60 at least.
const MINUTES: std::ops::RangeInclusive<u32> = 60..=300;

/// Every fault of a blueprint; none means that the draw may use it. Places are JSON pointers (RFC
/// 6901).
#[must_use]
pub fn check(blueprint: &Blueprint) -> Vec<Fault> {
    let mut faults = Faults(Vec::new());
    check_head(blueprint, &mut faults);
    check_types(blueprint, &mut faults);
    check_functions(blueprint, &mut faults);
    check_rows(blueprint, &mut faults);
    check_margins(blueprint, &mut faults);
    check_extended(blueprint, &mut faults);
    check_bands(blueprint, &mut faults);
    check_ranges(blueprint, &mut faults);
    check_importance(blueprint, &mut faults);
    faults.0
}

struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, code: &str, place: String, cause: (String, String), cure: (&str, &str)) {
        self.0.push(Fault::new(code, place, Text::new(cause.0, cause.1), Text::new(cure.0, cure.1)));
    }
}

fn check_head(blueprint: &Blueprint, faults: &mut Faults) {
    if blueprint.v != BLUEPRINT_VERSION {
        faults.add(
            "blueprint_version",
            "/v".into(),
            (format!("组卷方案格式版本是 {}", blueprint.v), format!("form version is {}", blueprint.v)),
            ("改为 1", "set it to 1"),
        );
    }
    for (field, value) in [("title", &blueprint.title), ("standard", &blueprint.standard)] {
        if text::defect(value, text::MAX_NAME).is_some() {
            faults.add(
                "blueprint_text",
                format!("/{field}"),
                ("文字为空、过长或含有异常字符".into(), "text is blank, too long or holds a strange character".into()),
                ("填写 1 到 200 个字", "write 1 to 200 characters"),
            );
        }
    }
    if !MINUTES.contains(&blueprint.minutes) {
        faults.add(
            "blueprint_minutes",
            "/minutes".into(),
            (format!("考试时间是 {} 分钟", blueprint.minutes), format!("exam lasts {} minutes", blueprint.minutes)),
            ("改为 60 到 300 分钟", "set it to 60 to 300 minutes"),
        );
    }
    if blueprint.pass_half_marks == HalfMarks::ZERO || blueprint.pass_half_marks > HalfMarks::HUNDRED {
        faults.add(
            "blueprint_pass_mark",
            "/pass_half_marks".into(),
            (
                format!("及格线是 {} 分", blueprint.pass_half_marks),
                format!("pass mark is {} marks", blueprint.pass_half_marks),
            ),
            ("按半分计填写，60 分写 120", "write it in half-marks: 120 for 60 marks"),
        );
    }
    if !(1..=100).contains(&blueprint.minimum_multiple) {
        faults.add(
            "blueprint_minimum_multiple",
            "/minimum_multiple".into(),
            (
                format!("题量最低倍数是 {}", blueprint.minimum_multiple),
                format!("minimum multiple is {}", blueprint.minimum_multiple),
            ),
            ("改为 1 到 100，样题 2，正式考试 3", "set it to 1 to 100: 2 for samples, 3 for certification"),
        );
    }
}

fn check_types(blueprint: &Blueprint, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for (place, rule) in blueprint.types.iter().enumerate() {
        if !seen.insert(rule.item_type) {
            faults.add(
                "blueprint_type_twice",
                format!("/types/{place}"),
                (format!("{}出现两次", rule.item_type.chinese()), format!("type `{}` occurs twice", rule.item_type)),
                ("合并为一行", "merge the two"),
            );
        }
        if rule.count == 0 || rule.half_marks == HalfMarks::ZERO {
            faults.add(
                "blueprint_type_empty",
                format!("/types/{place}"),
                (
                    format!("{}的题数或分值是 0", rule.item_type.chinese()),
                    format!("type `{}` has no items or no marks", rule.item_type),
                ),
                ("填写题数和分值，或删去这一行", "give count and half-marks, or remove it"),
            );
        }
    }
    let items: u128 = blueprint.types.iter().map(|rule| u128::from(rule.count)).sum();
    if items > MOST_ITEMS {
        faults.add(
            "blueprint_items",
            "/types".into(),
            (format!("全卷 {items} 题，太多"), format!("a paper of {items} items is too long")),
            ("不超过 1000 题", "1000 items at most"),
        );
    }
    let total: u128 =
        blueprint.types.iter().map(|rule| u128::from(rule.count) * u128::from(rule.half_marks.get())).sum();
    if total != u128::from(HalfMarks::HUNDRED.get()) {
        faults.add(
            "blueprint_total",
            "/types".into(),
            (format!("全卷合计 {total} 个半分，应为 200"), format!("a paper is worth {total} half-marks, not 200")),
            ("调整各题型的题数或分值，使合计为 100 分", "change counts or half-marks so that they make 100 marks"),
        );
    }
}

fn check_functions(blueprint: &Blueprint, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for (place, entry) in blueprint.functions.iter().enumerate() {
        let (chinese, code) = (entry.function.chinese(), entry.function.code());
        if !seen.insert(entry.function) {
            faults.add(
                "blueprint_function_twice",
                format!("/functions/{place}"),
                (format!("{chinese}出现两次"), format!("function `{code}` occurs twice")),
                ("合并为一行", "merge the two"),
            );
        }
        if entry.weight == 0 {
            faults.add(
                "blueprint_function_empty",
                format!("/functions/{place}"),
                (format!("{chinese}的比重是 0"), format!("function `{code}` has no weight")),
                ("填写比重，或删去这一行", "give its weight, or remove it"),
            );
        }
    }
    let sum: u128 = blueprint.functions.iter().map(|entry| u128::from(entry.weight)).sum();
    if sum != 100 {
        faults.add(
            "blueprint_weights",
            "/functions".into(),
            (format!("各职业功能比重合计 {sum}%"), format!("weights add up to {sum} %")),
            ("按国家职业标准的比重表填写，合计 100%", "take the weights of the standard, which add up to 100 %"),
        );
    }
}

fn check_rows(blueprint: &Blueprint, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for (place, row) in blueprint.rows.iter().enumerate() {
        let name = row_name(row);
        if !seen.insert((row.function, row.item_type, row.group_size)) {
            faults.add(
                "blueprint_row_twice",
                format!("/rows/{place}"),
                (
                    format!("{}（每组 {} 题）出现两次", name.0, row.group_size),
                    format!("row {} of group size {} occurs twice", name.1, row.group_size),
                ),
                ("合并为一行", "merge the two"),
            );
        }
        let known = blueprint.functions.iter().any(|entry| entry.function == row.function)
            && blueprint.types.iter().any(|rule| rule.item_type == row.item_type);
        if !known {
            faults.add(
                "blueprint_row_unknown",
                format!("/rows/{place}"),
                (
                    format!("{}不在职业功能表或题型表中", name.0),
                    format!("row {} names a function or type that the tables do not have", name.1),
                ),
                ("先在 functions 和 types 中列出", "list it under functions and types first"),
            );
        }
        if !(1..=MOST_GROUPED).contains(&row.group_size) {
            faults.add(
                "blueprint_group_size",
                format!("/rows/{place}/group_size"),
                (
                    format!("{}的每组题数是 {}", name.0, row.group_size),
                    format!("row {} has groups of {}", name.1, row.group_size),
                ),
                ("改为 1 到 20，单题写 1", "set it to 1 to 20; 1 for single items"),
            );
            continue;
        }
        let whole = row.count % row.group_size == 0 && row.extended % row.group_size == 0;
        if row.count == 0 || row.extended > row.count || !whole {
            faults.add(
                "blueprint_row_count",
                format!("/rows/{place}"),
                (
                    format!(
                        "{}：题数 {}，其中拓展题库 {}，每组 {} 题",
                        name.0, row.count, row.extended, row.group_size
                    ),
                    format!(
                        "row {}: {} items, {} of them extended, in groups of {}",
                        name.1, row.count, row.extended, row.group_size
                    ),
                ),
                (
                    "题数应大于 0，拓展题数不超过题数，两者都是每组题数的整数倍",
                    "counts must be above 0, extended at most the count, both multiples of the group size",
                ),
            );
        }
    }
}

fn check_margins(blueprint: &Blueprint, faults: &mut Faults) {
    for (place, rule) in blueprint.types.iter().enumerate() {
        let rows = blueprint.rows.iter().filter(|row| row.item_type == rule.item_type);
        let count: u128 = rows.map(|row| u128::from(row.count)).sum();
        if count != u128::from(rule.count) {
            faults.add(
                "blueprint_type_margin",
                format!("/types/{place}"),
                (
                    format!("{}应有 {} 题，各行合计 {count} 题", rule.item_type.chinese(), rule.count),
                    format!("type `{}` asks for {} items, its rows have {count}", rule.item_type, rule.count),
                ),
                ("改各行题数或题型的题数", "change the rows or the type's count"),
            );
        }
    }
    for (place, entry) in blueprint.functions.iter().enumerate() {
        let rows = blueprint.rows.iter().filter(|row| row.function == entry.function);
        let marks: u128 = rows
            .map(|row| {
                u128::from(row.count) * u128::from(blueprint.half_marks(row.item_type).unwrap_or_default().get())
            })
            .sum();
        if marks != 2 * u128::from(entry.weight) {
            faults.add(
                "blueprint_function_margin",
                format!("/functions/{place}"),
                (
                    format!(
                        "{}比重 {}%，应为 {} 个半分，各行合计 {marks}",
                        entry.function.chinese(),
                        entry.weight,
                        2 * u128::from(entry.weight)
                    ),
                    format!(
                        "function `{}` weighs {} %, its rows are worth {marks} half-marks",
                        entry.function, entry.weight
                    ),
                ),
                ("改这一职业功能各行的题数", "change the counts of this function's rows"),
            );
        }
    }
}

fn check_extended(blueprint: &Blueprint, faults: &mut Faults) {
    let marks: u128 = blueprint
        .rows
        .iter()
        .map(|row| u128::from(row.extended) * u128::from(blueprint.half_marks(row.item_type).unwrap_or_default().get()))
        .sum();
    // A paper has 200 half-marks, so one percent is two of them.
    if blueprint.extended_cap > 100 || marks > 2 * u128::from(blueprint.extended_cap) {
        faults.add(
            "blueprint_extended_cap",
            "/extended_cap".into(),
            (
                format!("拓展题库占 {marks} 个半分，上限 {}%", blueprint.extended_cap),
                format!("extended items are worth {marks} half-marks, the cap is {} %", blueprint.extended_cap),
            ),
            (
                "减少各行的拓展题数，或经批准后提高上限",
                "lower the rows' extended counts, or raise the cap once approved",
            ),
        );
    }
}

fn check_bands(blueprint: &Blueprint, faults: &mut Faults) {
    let (mut names, mut difficulties) = (BTreeSet::new(), BTreeSet::new());
    for (place, band) in blueprint.bands.iter().enumerate() {
        let doubled = !names.insert(&band.name)
            | !band.difficulties.iter().fold(true, |fresh, d| difficulties.insert(*d) & fresh);
        if doubled || band.difficulties.is_empty() || !(1..=100).contains(&band.share) {
            faults.add(
                "blueprint_band",
                format!("/bands/{place}"),
                (
                    format!("难度档 {} 没有难度、没有占比，或名称、难度与别的档重复", band.name),
                    format!(
                        "band `{}` has no difficulties or share, or repeats another's name or difficulty",
                        band.name
                    ),
                ),
                ("各档名称不同，难度不重叠，占比 1 到 100", "names and difficulties must differ; shares are 1 to 100"),
            );
        }
    }
    let sum: u128 = blueprint.bands.iter().map(|band| u128::from(band.share)).sum();
    if sum != 100 {
        faults.add(
            "blueprint_band_shares",
            "/bands".into(),
            (format!("各难度档占比合计 {sum}%"), format!("shares of the bands add up to {sum} %")),
            ("调整占比，使合计为 100%", "change the shares so that they add up to 100 %"),
        );
    }
}

fn check_ranges(blueprint: &Blueprint, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for (place, entry) in blueprint.ranges.iter().enumerate() {
        let known = blueprint.functions.iter().any(|function| function.function == entry.function);
        let fresh = seen.insert((entry.function, entry.kind, &entry.range));
        if !known || !fresh || !RANGE_WEIGHTS.contains(&entry.weight) {
            let range = entry.range.as_str();
            faults.add(
                "blueprint_range",
                format!("/ranges/{place}"),
                (
                    format!("{}的鉴定范围 {range} 重复、职业功能未列出，或权重不当", entry.function.chinese()),
                    format!("range `{range}` occurs twice, its function is not listed, or its weight is out of range"),
                ),
                ("每个范围列一次，权重 1 到 10000", "list each range once, with a weight of 1 to 10000"),
            );
        }
    }
}

fn check_importance(blueprint: &Blueprint, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for (place, entry) in blueprint.importance.iter().enumerate() {
        if !seen.insert(entry.importance) || entry.least > entry.most {
            faults.add(
                "blueprint_importance",
                format!("/importance/{place}"),
                (
                    format!("重要程度 {} 重复，或下限大于上限", entry.importance.code()),
                    format!("importance `{}` occurs twice, or its least is above its most", entry.importance.code()),
                ),
                ("每个重要程度列一次，下限不大于上限", "list each importance once, its least at most its most"),
            );
        }
    }
    let least: u128 = blueprint.importance.iter().map(|entry| u128::from(entry.least)).sum();
    let items: u128 = blueprint.types.iter().map(|rule| u128::from(rule.count)).sum();
    if least > items {
        faults.add(
            "blueprint_importance_sum",
            "/importance".into(),
            (
                format!("各重要程度的下限合计 {least} 题，全卷 {items} 题"),
                format!("importances ask for {least} items at least, a paper has {items}"),
            ),
            ("降低下限，合计不超过全卷题数", "lower them: together at most the items of a paper"),
        );
    }
}

fn row_name(row: &Row) -> (String, String) {
    (
        format!("{}·{}", row.function.chinese(), row.item_type.chinese()),
        format!("`{}` × `{}`", row.function, row.item_type),
    )
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
