//! What each item by itself must satisfy.

use super::authored::Place;
use super::item::{FALSE_TEXT, Item, TRUE_TEXT};
use super::terms::ItemType;
use super::text::{self, TextDefect, fold};
use crate::fault::{Fault, Text};
use std::collections::BTreeSet;

/// Fewest and most options of a choice.
const OPTIONS: std::ops::RangeInclusive<usize> = 3..=8;

/// Every fault of an item by itself.
#[must_use]
pub fn check_item(place: Place<'_>, item: &Item) -> Vec<Fault> {
    let mut faults = Vec::new();
    let case = item.case.iter().map(|case| ("case".to_owned(), case, text::MAX_STEM));
    let options = item.options.iter().enumerate();
    let options = options.map(|(number, option)| (format!("options/{number}"), &option.text, text::MAX_OPTION));
    // Banks from elsewhere often have no rationales; one that is there must say something.
    let rationale = Some(&item.rationale).filter(|rationale| !rationale.is_empty());
    let rationale = rationale.map(|rationale| ("rationale".to_owned(), rationale, text::MAX_RATIONALE));
    let texts = [("stem".to_owned(), &item.stem, text::MAX_STEM), ("source".to_owned(), &item.source, text::MAX_NAME)];
    for (field, value, most) in texts.into_iter().chain(rationale).chain(case).chain(options) {
        faults.extend(text_fault(&format!("{place} {field}"), value, most));
    }
    let mut refuse = |broken: bool, code: &str, field: &str, cause: [&str; 2], cure: [&str; 2]| {
        if broken {
            let ([cause_zh, cause_en], [cure_zh, cure_en]) = (cause, cure);
            let place = format!("{place} {field}");
            faults.push(Fault::new(code, place, Text::new(cause_zh, cause_en), Text::new(cure_zh, cure_en)));
        }
    };
    let is_statement = item.item_type == ItemType::TrueFalse;
    let shown: Vec<&str> = item.options.iter().map(|option| option.text.as_str()).collect();
    let all_pinned = item.options.iter().all(|option| option.pinned);
    refuse(
        is_statement && (shown != [TRUE_TEXT, FALSE_TEXT] || !all_pinned),
        "item_true_false",
        "options",
        ["判断题的选项不是固定的「正确」「错误」", "options of a statement are not 正确 and 错误, both pinned"],
        ["写两个选项：正确、错误，都设为 pinned", "give 正确 and 错误 in this order, both pinned"],
    );
    refuse(
        !is_statement && !OPTIONS.contains(&shown.len()),
        "item_option_count",
        "options",
        ["选项少于 3 个或多于 8 个", "fewer than 3 or more than 8 options"],
        ["补充或删减选项", "add or remove options"],
    );
    let ids: BTreeSet<_> = item.options.iter().map(|option| &option.id).collect();
    refuse(
        ids.len() != item.options.len(),
        "item_option_twice",
        "options",
        ["选项编号重复", "an option id occurs twice"],
        ["给每个选项不同的编号", "give each option an id of its own"],
    );
    let folded: BTreeSet<String> = shown.iter().map(|option| fold(option)).collect();
    refuse(
        folded.len() != shown.len(),
        "item_option_same",
        "options",
        ["两个选项内容相同", "two options say the same"],
        ["改写其中一个选项", "rewrite one of them"],
    );
    refuse(
        shown.iter().any(|option| begins_with_letter(option)),
        "item_option_letter",
        "options",
        ["选项文字以「A.」一类字母开头", "an option's text begins with its letter"],
        ["去掉字母，界面会自动加上", "remove the letter; the page adds it"],
    );
    refuse(
        item.options.iter().skip_while(|option| !option.pinned).any(|option| !option.pinned),
        "item_pinned_order",
        "options",
        ["固定的选项（如「以上都是」）后面还有会打乱的选项", "an option that is shuffled comes after a pinned one"],
        ["把固定的选项移到最后", "move pinned options to the end"],
    );
    let key: BTreeSet<_> = item.key.iter().collect();
    let fits = match item.item_type {
        ItemType::SingleChoice | ItemType::TrueFalse => key.len() == 1,
        ItemType::MultipleChoice => key.len() >= 2,
    };
    refuse(
        !fits || key.len() != item.key.len() || !key.is_subset(&ids),
        "item_key",
        "key",
        ["答案不是本题的选项、重复，或个数与题型不符", "key names no option, repeats one, or does not fit the type"],
        [
            "单选和判断写一个选项编号，多选写两个以上",
            "one option id for single choice and true/false, two or more for multiple choice",
        ],
    );
    refuse(
        item.case.is_some() && item.group.is_none(),
        "item_case",
        "case",
        ["有案例文字，却不属于任何题组", "item has a case but no group"],
        ["写明题组，或把案例并入题干", "name its group, or move the case into the stem"],
    );
    faults
}

/// The fault of a text, at its place.
#[must_use]
pub fn text_fault(place: &str, value: &str, most: usize) -> Option<Fault> {
    let (code, zh, en, cure) = match text::defect(value, most)? {
        TextDefect::Blank => {
            ("text_blank", "没有可见文字".to_owned(), "nothing visible".to_owned(), ["填写文字", "write the text"])
        }
        TextDefect::TooLong { found, most } => (
            "text_long",
            format!("有 {found} 个字，最多 {most} 个"),
            format!("{found} characters, {most} at most"),
            ["缩短文字", "shorten it"],
        ),
        TextDefect::Character(c) => (
            "text_character",
            format!("含有不能通用的字符 U+{:04X}", c as u32),
            format!("holds U+{:04X}, which is not the same on every machine", c as u32),
            ["换成通用字符", "replace it"],
        ),
        TextDefect::Placeholder => (
            "text_placeholder",
            format!("「{value}」只是占位文字"),
            format!("`{value}` is a placeholder"),
            ["填写真实内容", "write the real text"],
        ),
    };
    let [cure_zh, cure_en] = cure;
    Some(Fault::new(code, place, Text::new(zh, en), Text::new(cure_zh, cure_en)))
}

fn begins_with_letter(option: &str) -> bool {
    let mut letters = fold(option).chars().collect::<Vec<_>>().into_iter();
    matches!((letters.next(), letters.next()), (Some('a'..='h'), Some('.' | '、' | ')' | ':')))
}
