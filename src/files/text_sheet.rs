//! A workbook of one worksheet whose cells are all text: one header row, then the rows.

use kaoping_engine::date::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

/// Writes the workbook. `made` is written to its properties, so that the same rows give the same
/// bytes.
pub(crate) fn write<'a>(
    name: &str,
    headers: impl Iterator<Item = &'a str>,
    rows: impl Iterator<Item = Vec<String>>,
    made: Date,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(made.year(), made.month(), made.day())?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    // `@` is Excel's format for text: numbers keep all digits, also when a clerk edits the cell.
    let text = Format::new().set_num_format("@");
    let bold = Format::new().set_num_format("@").set_bold();
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, header) in (0_u16..).zip(headers) {
        let width = (header.chars().count() * 2 + 6).clamp(12, 24);
        sheet.set_column_width(column, u32::try_from(width).unwrap_or(24))?;
        sheet.set_column_format(column, &text)?;
        sheet.write_string_with_format(0, column, header, &bold)?;
    }
    for (row, texts) in (1_u32..).zip(rows) {
        for (column, content) in (0_u16..).zip(texts) {
            sheet.write_string_with_format(row, column, content, &text)?;
        }
    }
    workbook.save_to_buffer()
}
