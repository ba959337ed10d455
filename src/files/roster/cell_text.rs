//! From a cell to the text of a field, refusing what Excel has changed beyond recovery.

use crate::table::Cell;
use kaoping_engine::fault::Text;
use kaoping_engine::roster::Column;

/// The code, cause and cure of a cell that cannot be read.
pub(super) type CellFault = (&'static str, Text, Text);

/// Numbers below this are exact in Excel, which keeps 15 digits.
const EXACT: f64 = 1e15;

pub(super) fn text_of(cell: &Cell, column: Column) -> Result<String, CellFault> {
    match (cell, column) {
        (Cell::Text(text), _) => Ok(text.clone()),
        // Running numbers are often `=ROW()-1`, and nothing depends on them.
        (Cell::Formula | Cell::Error, Column::Serial) => Ok(String::new()),
        (Cell::Formula, _) => Err(formula()),
        (Cell::Error, _) => Err(error()),
        (Cell::Number(_) | Cell::Date(_) | Cell::DateWithTime(_), Column::IdNumber) => Err(id_number_as_number()),
        (Cell::Number(number), Column::BirthDate | Column::WorkSince) => date_digits(*number),
        (Cell::Number(number), _) => digits(*number),
        (Cell::Date(date), Column::BirthDate | Column::WorkSince) => Ok(date.to_string()),
        (Cell::DateWithTime(shown), Column::BirthDate | Column::WorkSince) => Err(date_with_time(shown)),
        (Cell::Date(_) | Cell::DateWithTime(_), _) => Err(became_date()),
        (Cell::Flag(flag), Column::HasCertificate) => Ok(if *flag { "是" } else { "否" }.to_owned()),
        (Cell::Flag(flag), _) => Ok(if *flag { "TRUE" } else { "FALSE" }.to_owned()),
    }
}

fn digits(number: f64) -> Result<String, CellFault> {
    if number.abs() >= EXACT {
        return Err((
            "number_lost_digits",
            Text::new(
                "被存成了数字，15 位以后的数字已经丢失。",
                "stored as a number, which lost its digits beyond the 15th",
            ),
            Text::new("把该列设为“文本”格式，再重新填写。", "format the column as text, then enter it again"),
        ));
    }
    Ok(number.to_string())
}

/// `19680314` and `201507` are dates; other numbers are days counted by Excel whose format was
/// lost.
fn date_digits(number: f64) -> Result<String, CellFault> {
    let is_whole = number.fract() == 0.0;
    if is_whole && ((19_000_101.0..21_000_101.0).contains(&number) || (190_001.0..210_001.0).contains(&number)) {
        return Ok(number.to_string());
    }
    Err((
        "date_as_number",
        Text::new("是数字，不是日期。", "a number, not a date"),
        Text::new(
            "把该列设为“日期”格式核对后再导入，或按 1968-03-14 的写法填写文本。",
            "format the column as dates and check them, or write text like 1968-03-14",
        ),
    ))
}

/// Some programs write a day as the last seconds of the day before, so the day is uncertain.
fn date_with_time(shown: &str) -> CellFault {
    (
        "date_with_time",
        Text::new(
            format!("存的是“{shown}”，带有时刻，日期可能差一天。"),
            format!("holds {shown}; with a time of day the date may be off by one"),
        ),
        Text::new(
            "对照证件，按 1968-03-14 的写法重新填写日期，不带时刻。",
            "compare with the document, and enter the date as 1968-03-14, without a time",
        ),
    )
}

fn formula() -> CellFault {
    (
        "formula",
        Text::new("是公式，不是内容本身。", "a formula, not the content itself"),
        Text::new(
            "复制该列，在原处“选择性粘贴—数值”，核对后再导入。",
            "copy the column, paste its values in place, check them and import again",
        ),
    )
}

fn error() -> CellFault {
    (
        "cell_error",
        Text::new("是公式出错后的结果（如 #REF!）。", "the result of a broken formula"),
        Text::new("填写内容本身。", "enter the content itself"),
    )
}

fn id_number_as_number() -> CellFault {
    (
        "id_number_as_number",
        Text::new(
            "被存成了数字，15 位以后的数字已经丢失。",
            "stored as a number, which lost its digits beyond the 15th",
        ),
        Text::new(
            "把该列设为“文本”格式，再对照证件重新填写（改格式找不回丢失的数字）。",
            "format the column as text, then enter it again from the document (the lost digits do not come back)",
        ),
    )
}

fn became_date() -> CellFault {
    (
        "became_date",
        Text::new("Excel 把内容变成了日期（例如 5-1 变成 5 月 1 日）。", "Excel made a date of it, as of 5-1"),
        Text::new("把该列设为“文本”格式，再重新填写。", "format the column as text, then enter it again"),
    )
}
