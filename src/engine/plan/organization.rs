//! The evaluation organization (社会培训评价组织) and what it is filed for.

use crate::bank::Level;
use crate::date::Date;
use crate::fault::{Fault, Text};
use crate::text::is_shown;
use serde::{Deserialize, Serialize};

/// The occupation that this engine certifies.
pub const OCCUPATION_CODE: &str = "4-14-01-03";
/// Name of the occupation (职业).
pub const OCCUPATION: &str = "健康照护师";
/// Name of the specialty (工种).
pub const SPECIALTY: &str = "长期照护师";

/// Who runs the exam, issues the certificate and answers for both (谁评价、谁发证、谁负责).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Full name, 2 to 60 characters.
    pub name: String,
    /// Unified social credit code (统一社会信用代码), 18 characters.
    pub credit_code: String,
    /// Province, two digits of GB/T 2260.
    pub province: String,
    /// `S` for an evaluation organization, `Y` for an employer, as in the certificate's number.
    pub category: Category,
    /// Four characters of the certificate's number; `0000` when filed with a province.
    pub organization_code: String,
    /// Six characters of the certificate's number that name the site.
    pub site_code: String,
    /// Levels, period and number of the filing (备案).
    pub filing: Filing,
    /// Where people complain, printed on what goes out.
    pub complaint_contact: String,
}

/// The first character of a certificate's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Category {
    /// Evaluation organization (社会培训评价组织).
    S,
    /// Employer (用人单位).
    Y,
}

/// A filing (备案): only what it names may be examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Filing {
    /// Filing number (备案号).
    pub number: String,
    /// Occupation code, `4-14-01-03`.
    pub occupation: String,
    /// Levels that may be examined.
    pub levels: Vec<Level>,
    /// Last day on which it holds.
    pub expires: Date,
}

impl Organization {
    /// Everything that is wrong with the organization's data.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut need = |right: bool, place: &str, zh: &str, en: &str| {
            if !right {
                faults.push(Fault::new(
                    "organization_field",
                    place,
                    Text::new(zh, en),
                    Text::new("请按备案文件改正后再保存。", "correct it from the filing document and save again"),
                ));
            }
        };
        let length = |text: &str| text.chars().count();
        let code = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        };
        need(
            (2..=60).contains(&length(&self.name)) && is_shown(&self.name),
            "name",
            "机构名称须为 2 至 60 个看得见的字。",
            "the name has 2 to 60 visible characters",
        );
        need(
            code(&self.credit_code, 18),
            "credit_code",
            "统一社会信用代码须为 18 位数字或大写字母。",
            "the credit code has 18 digits or capital letters",
        );
        need(
            self.province.len() == 2 && self.province.bytes().all(|b| b.is_ascii_digit()),
            "province",
            "省份代码须为 2 位数字（GB/T 2260）。",
            "the province is two digits of GB/T 2260",
        );
        need(
            code(&self.organization_code, 4),
            "organization_code",
            "机构代码须为 4 位。",
            "the organization's code has 4 characters",
        );
        need(code(&self.site_code, 6), "site_code", "站点代码须为 6 位。", "the site's code has 6 characters");
        need(
            (1..=60).contains(&length(&self.filing.number)) && is_shown(&self.filing.number),
            "filing.number",
            "备案号须为 1 至 60 个看得见的字。",
            "the filing number has 1 to 60 visible characters",
        );
        need(
            self.filing.occupation == OCCUPATION_CODE,
            "filing.occupation",
            "备案职业须为 4-14-01-03 健康照护师。",
            "the filing is for another occupation than 4-14-01-03",
        );
        need(!self.filing.levels.is_empty(), "filing.levels", "备案等级至少一个。", "the filing names no level");
        need(
            (1..=100).contains(&length(&self.complaint_contact)) && is_shown(&self.complaint_contact),
            "complaint_contact",
            "投诉联系方式须为 1 至 100 个看得见的字。",
            "the complaint contact has 1 to 100 visible characters",
        );
        faults
    }
}
