//! The defects of single fields, in words for the clerk who must correct them.

use super::condition::ConditionCode;
use super::identity::IdNumberError;
use super::name::PersonNameError;
use crate::date::DateError;
use crate::fault::{Fault, Text};
use crate::text::{is_private_use, quoted};

/// A fault that does not know its place yet.
pub(super) struct Problem {
    code: &'static str,
    cause: Text,
    cure: Text,
}

impl Problem {
    pub(super) fn new(
        code: &'static str,
        cause: (impl Into<String>, impl Into<String>),
        cure: (impl Into<String>, impl Into<String>),
    ) -> Self {
        Self { code, cause: Text::new(cause.0, cause.1), cure: Text::new(cure.0, cure.1) }
    }

    /// The same for a value that may be shown.
    pub(super) fn about(mut self, shown: &str) -> Self {
        self.cause = Text::new(format!("{shown} {}", self.cause.zh), format!("{shown}: {}", self.cause.en));
        self
    }

    pub(super) fn at(self, place: impl Into<String>) -> Fault {
        Fault::new(self.code, place, self.cause, self.cure)
    }
}

pub(super) fn required() -> Problem {
    Problem::new("required_empty", ("没有填写。", "is empty"), ("补填后重新导入。", "fill it in and import again"))
}

pub(super) fn unknown(text: &str, names: &str) -> Problem {
    Problem::new(
        "code_unknown",
        (format!("{}不在可填的内容之中。", quoted(text)), "not one of the values"),
        (format!("填写其中之一：{names}。"), format!("enter one of: {names}")),
    )
}

pub(super) fn id_number_as_number() -> Problem {
    Problem::new(
        "id_number_as_number",
        ("被存成了数字，15 位以后的数字已经丢失。", "was stored as a number, and its digits beyond the 15th are lost"),
        (
            "把该列设为“文本”格式，再对照证件重新填写（改格式找不回丢失的数字）。",
            "format the column as text, then enter it again from the document (the lost digits do not come back)",
        ),
    )
}

pub(super) fn evidence(code: &ConditionCode) -> Problem {
    Problem::new(
        "condition_evidence",
        (
            format!("申报条件 {code} 以已有的证书为依据，但没有填写证书。"),
            format!("condition {code} rests on a certificate, but none is given"),
        ),
        (
            "填写证书等级和证书编号，或改填其他申报条件。",
            "enter the certificate's level and number, or another condition",
        ),
    )
}

impl From<IdNumberError> for Problem {
    fn from(error: IdNumberError) -> Self {
        let (code, zh, cure, cure_en) = match error {
            IdNumberError::OldForm => (
                "id_number_old_form",
                "是 15 位的旧身份证号，已停止使用。".to_owned(),
                "填写 18 位公民身份号码。",
                "enter the citizen number of 18 characters",
            ),
            IdNumberError::Length { found } => (
                "id_number_length",
                format!("有 {found} 位，公民身份号码应为 18 位。"),
                "对照证件补全或删去多余的字符；若 Excel 曾把它当数字，请把该列设为文本后重填。",
                "compare with the document; if Excel took it for a number, format the column as text and enter it again",
            ),
            IdNumberError::Character => (
                "id_number_character",
                "含有不该有的字符：前 17 位应为数字，末位为数字或 X。".to_owned(),
                "对照证件改正。",
                "correct it from the document",
            ),
            IdNumberError::BirthDate => (
                "id_number_birth_date",
                "第 7 至 14 位不是真实存在的出生日期。".to_owned(),
                "对照证件改正。",
                "correct it from the document",
            ),
            IdNumberError::Checksum => (
                "id_number_checksum",
                "校验位不符（GB 11643），至少有一位写错。".to_owned(),
                "对照证件逐位核对后改正。",
                "compare it digit by digit with the document",
            ),
            IdNumberError::FreeForm => (
                "id_number_free_form",
                "应为 5 至 20 位字母或数字。".to_owned(),
                "对照证件改正。",
                "correct it from the document",
            ),
        };
        Self::new(code, (zh, error.to_string()), (cure, cure_en))
    }
}

impl From<PersonNameError> for Problem {
    fn from(error: PersonNameError) -> Self {
        let (code, zh, cure, cure_en) = match error {
            PersonNameError::Empty => {
                ("name_empty", "没有填写。".to_owned(), "填写与证件一致的姓名。", "enter the name as on the document")
            }
            PersonNameError::Length { found } => (
                "name_length",
                format!("有 {found} 个字，最多 50 个字。"),
                "填写与证件一致的姓名。",
                "enter the name as on the document",
            ),
            PersonNameError::Invisible(letter) if is_private_use(letter) => (
                "name_private_use",
                format!("含有自造字（U+{:04X}），在别的电脑上显示不出来。", u32::from(letter)),
                "改用支持 GB 18030-2022 的输入法重新输入该字。",
                "enter that character again with an input method for GB 18030-2022",
            ),
            PersonNameError::Invisible(letter) => (
                "name_invisible",
                format!("含有看不见的字符（U+{:04X}）。", u32::from(letter)),
                "清空单元格后重新输入。",
                "clear the cell and type it again",
            ),
            PersonNameError::NotALetter(letter) => (
                "name_character",
                format!("“{letter}”不能这样出现在姓名里。"),
                "填写与证件一致的姓名；间隔号用“·”。",
                "enter the name as on the document; the interpunct is ·",
            ),
            PersonNameError::Blank => (
                "name_blank",
                "汉字旁有空格，证书上的姓名会与证件不一致。".to_owned(),
                "删去空格。",
                "remove the blank",
            ),
        };
        Self::new(code, (zh, error.to_string()), (cure, cure_en))
    }
}

impl From<DateError> for Problem {
    fn from(error: DateError) -> Self {
        let (code, zh) = match error {
            DateError::Form => ("date_form", "不是日期。"),
            DateError::Impossible => ("date_impossible", "没有这一天。"),
        };
        Self::new(code, (zh, error.to_string()), ("按 1968-03-14 的写法填写。", "write it like 1968-03-14"))
    }
}
