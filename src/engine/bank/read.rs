//! A bank's files, read with every fault named.

use super::authored::{AuthoredBank, BankHead, Placed};
use super::element::{ElementCode, FunctionElements};
use super::item::{Item, ItemFile};
use super::picture::Pictures;
use crate::fault::{Fault, Text};
use kaoping_record::canonical;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A file of a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFile<'a> {
    /// Its path within the bank, with `/`: `bank.json`, `elements/….json` or `items/….json`.
    pub path: &'a str,
    /// The file's content, JSON in UTF-8.
    pub bytes: &'a [u8],
}

/// Reads a bank from its files; files elsewhere than at those paths are passed over. Its pictures are added by
/// [`AuthoredBank::with_pictures`].
///
/// # Errors
/// Every file and item that cannot be read. What is read may still have the faults that [`super::check::check`] finds.
pub fn bank(files: &[SourceFile<'_>]) -> Result<AuthoredBank, Vec<Fault>> {
    let (mut head, mut elements, mut items, mut faults) = (None, Vec::new(), Vec::new(), Vec::new());
    let mut files = files.to_vec();
    files.sort_by_key(|file| file.path);
    for SourceFile { path, bytes } in files {
        if path == "bank.json" {
            match canonical::from_authored::<BankHead>(bytes) {
                Ok(read) => head = Some(read),
                Err(error) => faults.push(unreadable(path, &error.to_string())),
            }
        } else if path.starts_with("elements/") && path.ends_with(".json") {
            match canonical::from_authored::<FunctionElements>(bytes) {
                Ok(value) => elements.push(Placed { file: path.to_owned(), value }),
                Err(error) => faults.push(unreadable(path, &error.to_string())),
            }
        } else if path.starts_with("items/") && path.ends_with(".json") {
            match item_file(path, bytes) {
                Ok(value) => items.push(Placed { file: path.to_owned(), value }),
                Err(found) => faults.extend(found),
            }
        }
    }
    match head {
        Some(head) if faults.is_empty() => Ok(AuthoredBank { head, elements, items, pictures: Pictures::new() }),
        Some(_) => Err(faults),
        None => {
            if faults.iter().all(|fault| fault.place != "bank.json") {
                faults.push(unreadable("bank.json", "the file is missing"));
            }
            Err(faults)
        }
    }
}

/// The range and the items of a file of `items/`, each item as a value of its own.
///
/// # Errors
/// The fault of a file that is not such a list.
pub(super) fn item_values(path: &str, bytes: &[u8]) -> Result<(ElementCode, Vec<Value>), Vec<Fault>> {
    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Loose {
        range: ElementCode,
        items: Vec<Value>,
    }
    let loose: Loose = canonical::from_authored(bytes).map_err(|error| vec![unreadable(path, &error.to_string())])?;
    Ok((loose.range, loose.items))
}

/// The fault of something that cannot be read.
pub(super) fn unreadable(place: &str, reason: &str) -> Fault {
    Fault::new(
        "bank_unreadable",
        place,
        Text::new(format!("无法读取：{reason}"), format!("cannot be read: {reason}")),
        Text::new(
            "对照 question-bank/schema/bank.schema.json 改正",
            "mend it by question-bank/schema/bank.schema.json",
        ),
    )
}

fn item_file(path: &str, bytes: &[u8]) -> Result<ItemFile, Vec<Fault>> {
    let (range, values) = item_values(path, bytes)?;
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    for (number, value) in (1..).zip(values) {
        let place = format!("{path} 第 {number} 题");
        if value.get("id").is_none() {
            faults.push(Fault::new(
                "item_without_id",
                place,
                Text::new("试题还没有编号", "item has no id yet"),
                Text::new("运行 kaoping bank mint", "run `kaoping bank mint`"),
            ));
            continue;
        }
        match serde_json::from_value::<Item>(value) {
            Ok(item) => items.push(item),
            Err(error) => faults.push(unreadable(&place, &error.to_string())),
        }
    }
    if faults.is_empty() { Ok(ItemFile { range, items }) } else { Err(faults) }
}
