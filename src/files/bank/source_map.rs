//! From places in the bank that is being made back to the rows of the file that it is made of.

use super::finding::{Finding, Spot, Weight, shortened};
use kaoping_engine::bank::authored::Placed;
use kaoping_engine::bank::item::ItemFile;
use kaoping_engine::fault::{Fault, Text};
use std::collections::BTreeMap;

/// Where each item of a bank came from: by its place as faults write it, such as
/// `items/A-A-A.json 第 1 题`.
pub(super) struct SourceMap {
    spots: BTreeMap<String, (Spot, String)>,
}

impl SourceMap {
    /// `spots` are those of the items, in the order of the files and their items.
    pub(super) fn new(files: &[Placed<ItemFile>], spots: impl Iterator<Item = Spot>) -> Self {
        let items =
            files.iter().flat_map(|file| (1..).zip(&file.value.items).map(move |(number, item)| (file, number, item)));
        let places =
            items.map(|(file, number, item): (_, usize, _)| (format!("{} 第 {number} 题", file.file), &item.stem));
        Self { spots: places.zip(spots).map(|((place, stem), spot)| (place, (spot, stem.clone()))).collect() }
    }

    /// A fault of the bank as a finding in the file. Places in its cause are translated too, unless
    /// they are another bank's.
    pub(super) fn finding(&self, fault: Fault, is_of_another_bank: bool) -> Finding {
        let (place, field) = item_place(&fault.place).unwrap_or(("", fault.place.as_str()));
        let found = self.spots.get(place);
        let (spot, stem) = found.map_or((None, ""), |(spot, stem)| (Some(spot), stem.as_str()));
        let cause = if is_of_another_bank { fault.cause.clone() } else { self.translated(&fault.cause) };
        Finding {
            file: spot.map(|spot| spot.file.to_string()).unwrap_or_default(),
            row: spot.map(|spot| spot.row.clone()).unwrap_or_default(),
            field: if spot.is_some() { field_name(field.trim()) } else { fault.place.clone() },
            weight: Weight::Refused,
            code: fault.code,
            what: shortened(stem),
            why: cause,
            cure: fault.cure,
        }
    }

    fn translated(&self, text: &Text) -> Text {
        Text { zh: self.in_rows(&text.zh), en: self.in_rows(&text.en) }
    }

    fn in_rows(&self, text: &str) -> String {
        let Some(start) = text.find("items/") else { return text.to_owned() };
        let (before, rest) = text.split_at_checked(start).unwrap_or((text, ""));
        match item_place(rest).and_then(|(place, after)| Some((self.spots.get(place)?, after))) {
            Some(((spot, _), after)) => format!("{before}{} {}{after}", spot.file, spot.row),
            None => text.to_owned(),
        }
    }
}

/// A place cut behind `items/… 第 n 题`.
fn item_place(place: &str) -> Option<(&str, &str)> {
    if !place.starts_with("items/") {
        return None;
    }
    let end = place.find(" 题")? + " 题".len();
    place.split_at_checked(end)
}

/// A field as the report names it.
fn field_name(field: &str) -> String {
    if let Some(number) = field.strip_prefix("options/").and_then(|number| number.parse::<usize>().ok()) {
        return format!("选项{}", super::words::LETTERS.chars().nth(number).unwrap_or('?'));
    }
    match field {
        "stem" => "题干",
        "key" => "答案",
        "options" => "选项",
        "rationale" => "解析",
        "source" => "出处",
        "point" => "鉴定点",
        "type" => "题型",
        other => other,
    }
    .to_owned()
}
