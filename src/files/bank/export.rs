//! A bank in formats of others: Excel in 20 columns, QTI 3.0, or a package of its own files.

use super::export_qti;
use super::finding::{Finding, Spot};
use super::report::WriteError;
use super::words::LETTERS;
use crate::text_sheet;
use kaoping_engine::bank::ItemType;
use kaoping_engine::bank::authored::{AuthoredBank, Place};
use kaoping_engine::bank::element::ElementCode;
use kaoping_engine::bank::item::{FALSE_TEXT, Item};
use kaoping_engine::date::Date;
use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The columns of the Excel form, as [`super::ImportFormat::Excel`] reads them.
const HEADERS: [&str; 20] = [
    "试题GUID",
    "题型",
    "题干",
    "答案",
    "选项A",
    "选项B",
    "选项C",
    "选项D",
    "选项E",
    "知识点一级",
    "知识点二级",
    "知识点三级",
    "知识点四级",
    "知识点五级",
    "知识点六级",
    "难度",
    "一致性",
    "分数",
    "解析",
    "出处",
];
/// The options that the Excel form has room for.
const EXCEL_OPTIONS: usize = 5;

/// A bank in another format.
#[derive(Debug)]
pub struct Exported {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many items it holds.
    pub items: usize,
    /// Items that the format cannot hold and that were left out.
    pub left_out: Vec<Finding>,
}

/// Why a bank is not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Items that the format cannot hold.
    #[error("{} items cannot be written in this format", .0.len())]
    Unsupported(Vec<Finding>),
    /// The workbook cannot be written.
    #[error(transparent)]
    Workbook(#[from] WriteError),
    /// The package cannot be written.
    #[error("package cannot be written: {0}")]
    Package(#[from] std::io::Error),
}

/// The bank as a workbook of 20 columns, every cell text. Enemies are not part of the form.
///
/// # Errors
/// [`ExportError::Unsupported`] for items with pictures, case groups or more than five options,
/// unless `leaves_out`; [`ExportError::Workbook`].
pub fn excel(bank: &AuthoredBank, made: Date, leaves_out: bool) -> Result<Exported, ExportError> {
    let (items, left_out) = held(bank, Some(EXCEL_OPTIONS), leaves_out)?;
    let tiers = tiers(bank);
    let rows = items.iter().map(|item| excel_row(item, &tiers));
    let bytes = text_sheet::write("试题", HEADERS.into_iter(), rows, made).map_err(WriteError)?;
    Ok(Exported { bytes, items: items.len(), left_out })
}

/// The bank as a content package of QTI 3.0.
///
/// # Errors
/// [`ExportError::Unsupported`] for items with pictures or case groups, unless `leaves_out`;
/// [`ExportError::Package`].
pub fn qti(bank: &AuthoredBank, leaves_out: bool) -> Result<Exported, ExportError> {
    let (items, left_out) = held(bank, None, leaves_out)?;
    let mut parts = vec![("imsmanifest.xml".to_owned(), export_qti::manifest(bank, &items).into_bytes())];
    parts.extend(items.iter().map(|item| (export_qti::path(item), export_qti::item(item).into_bytes())));
    Ok(Exported { bytes: package(&parts)?, items: items.len(), left_out })
}

/// Files by their paths as one zip file; the same files give the same bytes.
///
/// # Errors
/// What the zip writer refuses, such as a path that occurs twice.
pub fn package(files: &[(String, Vec<u8>)]) -> std::io::Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        writer.start_file(path.as_str(), SimpleFileOptions::default())?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The items that a format can hold.
fn held(
    bank: &AuthoredBank,
    most_options: Option<usize>,
    leaves_out: bool,
) -> Result<(Vec<&Item>, Vec<Finding>), ExportError> {
    let (mut items, mut left_out) = (Vec::new(), Vec::new());
    for (place, item) in bank.items() {
        match beyond(item, most_options) {
            Some(why) => left_out.push(finding(place, item, why)),
            None => items.push(item),
        }
    }
    if left_out.is_empty() || leaves_out { Ok((items, left_out)) } else { Err(ExportError::Unsupported(left_out)) }
}

/// Data of an item that other formats cannot express.
fn beyond(item: &Item, most_options: Option<usize>) -> Option<[&'static str; 2]> {
    if item.image.is_some() {
        return Some(["有图片", "it has a picture"]);
    }
    if item.group.is_some() || item.case.is_some() {
        return Some(["属于题组，有共同的案例", "it belongs to a group with a case"]);
    }
    let is_long = item.item_type != ItemType::TrueFalse && most_options.is_some_and(|most| item.options.len() > most);
    is_long.then_some(["选项超过 5 个", "it has more than five options"])
}

fn finding(place: Place<'_>, item: &Item, why: [&str; 2]) -> Finding {
    let spot = Spot { file: place.file.into(), row: format!("第 {} 题", place.number) };
    spot.unsupported("export_unsupported", &item.stem, why)
}

/// The tiers of each point: function, range and point, each by code and name.
fn tiers(bank: &AuthoredBank) -> BTreeMap<&ElementCode, [String; 3]> {
    let mut found = BTreeMap::new();
    for file in &bank.elements {
        for range in &file.value.ranges {
            for point in &range.points {
                let tier = |code: &ElementCode, name: &str| format!("{code} {name}");
                let function = tier(&file.value.code, &file.value.name);
                found.insert(&point.code, [function, tier(&range.code, &range.name), tier(&point.code, &point.name)]);
            }
        }
    }
    found
}

fn excel_row(item: &Item, tiers: &BTreeMap<&ElementCode, [String; 3]>) -> Vec<String> {
    let is_statement = item.item_type == ItemType::TrueFalse;
    let right = || item.options.iter().zip(LETTERS.chars()).filter(|(option, _)| item.key.contains(&option.id));
    let key = if is_statement {
        if right().any(|(option, _)| option.text == FALSE_TEXT) { "错" } else { "对" }.to_owned()
    } else {
        right().map(|(_, letter)| letter).collect()
    };
    let shown = if is_statement { 0 } else { EXCEL_OPTIONS };
    let mut options = item.options.iter().take(shown).map(|option| option.text.clone());
    let options = std::array::from_fn::<String, EXCEL_OPTIONS, _>(|_| options.next().unwrap_or_default());
    let tiers = tiers.get(&item.point).cloned().unwrap_or_default();
    let mut row = vec![item.id.as_str().to_owned(), item.item_type.chinese().to_owned(), item.stem.clone(), key];
    row.extend(options);
    row.extend(tiers);
    row.extend(std::array::from_fn::<String, 3, _>(|_| String::new()));
    row.push(item.difficulty.get().to_string());
    row.push(item.consistency.map(|consistency| consistency.get().to_string()).unwrap_or_default());
    row.push(String::new());
    row.extend([item.rationale.clone(), item.source.clone()]);
    row
}
