//! Rules of single fields: what holds for every text, and the fields that have no type of their
//! own.

use super::codes;
use super::column::Column;
use super::phone::Phone;
use super::problem::Problem;
use crate::text::{fold_width, is_formula, is_invisible, quoted};

/// The rules for every text: no formula, nothing invisible, a limited length.
pub(super) fn any_text(column: Column, text: &str) -> Result<(), Problem> {
    let found = text.chars().count();
    if found > column.length() {
        return Err(Problem::new(
            "overlong",
            (
                format!("有 {found} 个字，最多 {} 个字。", column.length()),
                format!("{found} characters, more than {}", column.length()),
            ),
            ("缩短后重填。", "shorten it"),
        ));
    }
    if is_formula(text) && !matches!(column, Column::Phone) {
        return Err(Problem::new(
            "formula",
            (
                "以 = + - @ 开头，电子表格会把它当公式执行。",
                "begins with = + - or @, which a spreadsheet would run as a formula",
            ),
            ("填写文字本身，不用公式。", "enter the text itself, not a formula"),
        ));
    }
    // The name's own error says which character is wrong.
    let unseen = |letter: &char| is_invisible(*letter) && !(column.has_lines() && matches!(letter, '\n' | '\r' | '\t'));
    if let Some(letter) = text.chars().find(unseen).filter(|_| column != Column::Name) {
        return Err(Problem::new(
            "invisible_character",
            (
                format!("含有看不见的字符（U+{:04X}）。", u32::from(letter)),
                format!("holds the invisible character U+{:04X}", u32::from(letter)),
            ),
            ("清空单元格后重新输入。", "clear the cell and type it again"),
        ));
    }
    Ok(())
}

pub(super) fn occupation(text: &str) -> Result<(), Problem> {
    codes::names_occupation(text).then_some(()).ok_or_else(|| {
        Problem::new(
            "occupation_unknown",
            (format!("{}不是健康照护师（长期照护师）。", quoted(text)), "not occupation 4-14-01-03"),
            ("填写 4-14-01-03、健康照护师 或 长期照护师。", "enter 4-14-01-03, 健康照护师 or 长期照护师"),
        )
    })
}

pub(super) fn phone(text: &str) -> Result<Phone, Problem> {
    Phone::read(text).map_err(|error| {
        Problem::new(
            "phone_form",
            ("不是手机号码。", error.to_string()),
            ("填写 11 位手机号码；境外号码以 + 和国家（地区）代码开头。", "enter 11 digits, or + and a country code"),
        )
    })
}

pub(super) fn email(text: &str) -> Result<String, Problem> {
    let text = fold_width(text);
    let valid = match text.split_once('@') {
        Some((user, host)) => {
            !user.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains('@')
                && !text.contains(char::is_whitespace)
        }
        None => false,
    };
    let problem = || {
        Problem::new(
            "email_form",
            ("不是电子邮箱地址。", "not an e-mail address"),
            ("改正，或留空。", "correct it, or leave it empty"),
        )
    };
    valid.then_some(text).ok_or_else(problem)
}

pub(super) fn postcode(text: &str) -> Result<String, Problem> {
    let text = fold_width(text);
    let valid = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    valid.then_some(text).ok_or_else(|| {
        Problem::new(
            "postcode_form",
            ("不是 6 位邮政编码。", "not a postcode of 6 digits"),
            (
                "改正，或留空；若 Excel 去掉了开头的 0，请把该列设为文本。",
                "correct it, or leave it empty; format the column as text to keep a leading 0",
            ),
        )
    })
}

/// `1.00000196803140E+17`: what a spreadsheet writes into a text file for a number with too many
/// digits.
pub(super) fn is_scientific(text: &str) -> bool {
    match text.split_once(['E', 'e']) {
        Some((digits, power)) => {
            power.starts_with('+')
                && digits.starts_with(|c: char| c.is_ascii_digit())
                && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        }
        None => false,
    }
}
