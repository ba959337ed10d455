//! What the picture of an item must satisfy, by the item alone and beside the files of its bank.

use super::authored::{AuthoredBank, Place};
use super::item::Item;
use super::item_check::text_fault;
use super::picture::{MAX_ALT, PictureType};
use super::terms::ItemType;
use super::text::fold;
use crate::fault::{Fault, Text};
use std::collections::BTreeSet;

/// The fault of a picture: its field, why, and what to do.
struct Defect {
    code: &'static str,
    field: &'static str,
    cause: [String; 2],
    cure: [&'static str; 2],
}

/// Faults of the picture that an item names, by the item alone: form of the path, alternative text.
#[must_use]
pub(super) fn check_image(place: Place<'_>, item: &Item) -> Vec<Fault> {
    let Some(image) = &item.image else { return Vec::new() };
    let mut faults: Vec<Fault> = text_fault(&format!("{place} image.alt"), &image.alt, MAX_ALT).into_iter().collect();
    if PictureType::of_path(&image.file).is_none() {
        faults.push(fault(
            place,
            Defect {
                code: "picture_path",
                field: "file",
                cause: [
                    format!("图片路径「{}」的写法不对", image.file),
                    format!("`{}` is no path of a picture", image.file),
                ],
                cure: [
                    "写成 pictures/名称.svg（或 .png、.jpg），名称只用小写字母、数字、- 和 .",
                    "write pictures/NAME.svg (or .png, .jpg); NAME has lowercase letters, digits, `-` and `.`",
                ],
            },
        ));
    }
    if gives_key_away(item, &image.alt) {
        faults.push(fault(
            place,
            Defect {
                code: "picture_alt_key",
                field: "alt",
                cause: [
                    "替代文字里写着正确选项，却没有别的选项".into(),
                    "the alternative text says the right option and no other".into(),
                ],
                cure: ["只写画了什么，不写结论", "say what is drawn, and not what follows from it"],
            },
        ));
    }
    faults
}

/// Whether the alternative text holds the wording of a right option, and that of no wrong one.
fn gives_key_away(item: &Item, alt: &str) -> bool {
    if item.item_type == ItemType::TrueFalse {
        return false;
    }
    let alt = fold(alt);
    let holds = |right: bool| {
        let options = item.options.iter().filter(|option| item.key.contains(&option.id) == right);
        options.map(|option| fold(&option.text)).any(|text| text.chars().count() > 1 && alt.contains(&text))
    };
    holds(true) && !holds(false)
}

/// Faults between items and files: what an item names must be there and sound, and every file is
/// used.
pub(super) fn check_pictures(bank: &AuthoredBank, faults: &mut Vec<Fault>) {
    let mut used = BTreeSet::new();
    for (place, item) in bank.items() {
        let Some(image) = &item.image else { continue };
        used.insert(image.file.as_str());
        match bank.pictures.get(&image.file) {
            Some(Ok(_)) => {}
            Some(Err(refused)) => {
                let at_item = |fault: &Fault| format!("{place} image.file {}", fault.place);
                faults.extend(refused.iter().map(|fault| Fault { place: at_item(fault), ..fault.clone() }));
            }
            // A path of another form was named already.
            None if PictureType::of_path(&image.file).is_none() => {}
            None => faults.push(fault(
                place,
                Defect {
                    code: "picture_missing",
                    field: "file",
                    cause: [format!("题库中没有文件 {}", image.file), format!("the bank has no file `{}`", image.file)],
                    cure: ["放入图片，或改正文件名", "add the picture, or mend its name"],
                },
            )),
        }
    }
    for file in bank.pictures.keys().filter(|file| !used.contains(file.as_str())) {
        faults.push(Fault::new(
            "picture_unused",
            file,
            Text::new("没有试题使用这个文件", "no item uses this file"),
            Text::new("删去文件，或在试题的 image 中写明", "remove it, or name it under an item's `image`"),
        ));
    }
}

fn fault(place: Place<'_>, Defect { code, field, cause: [zh, en], cure: [cure_zh, cure_en] }: Defect) -> Fault {
    Fault::new(code, format!("{place} image.{field}"), Text::new(zh, en), Text::new(cure_zh, cure_en))
}
