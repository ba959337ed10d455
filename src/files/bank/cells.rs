//! From a cell to the text of a field, refusing what a spreadsheet has changed beyond recovery.

use super::finding::{Finding, Spot};
use crate::table::Cell;

/// Numbers below this are exact in Excel, which keeps 15 digits.
const EXACT: f64 = 1e15;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Point,
    Type,
    Stem,
    Option(usize),
    Key,
    Difficulty,
    Consistency,
    Rationale,
    Source,
    /// A level of the element table, from the top.
    Tier(u8),
    /// The worth of an item, which the blueprint decides here.
    Marks,
    /// An identity of another system.
    Guid,
}

/// The text of a cell.
pub(super) fn text(spot: &Spot, name: &str, field: Field, cell: &Cell) -> Result<String, Box<Finding>> {
    let refuse = |code: &str, what: &str, why: [&str; 2], cure: [&str; 2]| {
        Err(Box::new(spot.refused(code, name, what, why, cure)))
    };
    const AS_TEXT: [&str; 2] =
        ["把该列设为“文本”格式，照原题重新填写", "format the column as text, and enter it again as the item has it"];
    match (cell, field) {
        (Cell::Text(text), _) => Ok(text.clone()),
        (_, Field::Marks | Field::Guid) => Ok(String::new()),
        (Cell::Number(number), Field::Key | Field::Difficulty | Field::Consistency)
            if number.fract() == 0.0 && number.abs() < EXACT =>
        {
            Ok(number.to_string())
        }
        (Cell::Flag(flag), Field::Key) => Ok(if *flag { "TRUE" } else { "FALSE" }.to_owned()),
        // A number may be shown as 50% or 1.50, which is not known here.
        (Cell::Number(number), _) => refuse(
            "cell_number",
            &number.to_string(),
            ["存成了数字，看不出表格里显示的是什么", "stored as a number: how the sheet shows it is not known"],
            AS_TEXT,
        ),
        (Cell::Date(_) | Cell::DateWithTime(_), _) => {
            let what = if let Cell::Date(date) = cell { date.to_string() } else { String::new() };
            refuse("cell_date", &what, ["被表格变成了日期", "the spreadsheet has turned it into a date"], AS_TEXT)
        }
        (Cell::Flag(flag), _) => {
            let what = if *flag { "TRUE" } else { "FALSE" };
            refuse(
                "cell_flag",
                what,
                ["被表格变成了 TRUE 或 FALSE", "the spreadsheet has turned it into TRUE or FALSE"],
                AS_TEXT,
            )
        }
        (Cell::Formula, _) => refuse(
            "cell_formula",
            "",
            ["是公式，不是内容本身", "a formula, not the content itself"],
            [
                "复制该列，在原处“选择性粘贴—数值”，核对后再导入",
                "copy the column, paste its values in place, check them",
            ],
        ),
        (Cell::Error, _) => refuse(
            "cell_error",
            "",
            ["是公式出错后的结果（如 #REF!）", "the result of a broken formula"],
            ["改正公式，或直接填写内容", "mend the formula, or write the content"],
        ),
    }
}
