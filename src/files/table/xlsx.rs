//! .xlsx, cell by cell, so that an empty cell at the far corner costs nothing.

use super::{Budget, Cell, MAX_SHEETS, Merge, Table, TableError, package};
use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use kaoping_engine::date::Date;
use std::io::Cursor;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Table>, TableError> {
    package::check(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| told(&error))?;
    let sheets: Vec<String> =
        workbook.sheets_metadata().iter().filter(|sheet| is_shown(sheet)).map(|s| s.name.clone()).collect();
    if sheets.len() > MAX_SHEETS {
        return Err(TableError::TooManySheets);
    }
    let mut budget = Budget::new();
    sheets.into_iter().map(|name| sheet(&mut workbook, name, &mut budget)).collect()
}

pub(super) fn is_shown(sheet: &calamine::Sheet) -> bool {
    sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
}

pub(super) fn merge(dimensions: &Dimensions) -> Merge {
    let Dimensions { start, end } = dimensions;
    Merge { top: start.0, bottom: end.0, left: start.1, right: end.1 }
}

/// A number with a format of dates; a time of day or a duration stays a number.
pub(super) fn date_cell(value: &ExcelDateTime) -> Cell {
    let number = Cell::Number(value.as_f64());
    if !value.is_datetime() || value.as_f64() < 1.0 {
        return number;
    }
    let (year, month, day, ..) = value.to_ymd_hms_milli();
    Date::new(year, month, day).map_or(number, Cell::Date)
}

/// `2026-12-01T00:00:00`, as some programs write dates.
pub(super) fn iso_cell(text: &str) -> Cell {
    let day = text.split('T').next().unwrap_or(text);
    day.parse().map_or_else(|_| Cell::Text(text.to_owned()), Cell::Date)
}

fn told(error: &XlsxError) -> TableError {
    if matches!(error, XlsxError::Password) { TableError::Password } else { TableError::Damaged }
}

fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: String, budget: &mut Budget) -> Result<Table, TableError> {
    let mut table = Table { name, ..Table::default() };
    let merges = workbook.merge_cells_by_sheet_name(&table.name).map_err(|error| told(&error))?;
    table.merges = merges.iter().map(merge).collect();
    let mut cells = match workbook.worksheet_cells_reader(&table.name) {
        Ok(cells) => cells,
        // A sheet of charts has no cells.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(table),
        Err(error) => return Err(told(&error)),
    };
    while let Some(record) = cells.next_cell_with_formula_metadata().map_err(|error| told(&error))? {
        let cell = match record.value {
            _ if record.formula.is_some() => Cell::Formula,
            DataRef::String(text) if !text.trim().is_empty() => Cell::Text(text),
            DataRef::SharedString(text) if !text.trim().is_empty() => Cell::Text(text.to_owned()),
            DataRef::Empty | DataRef::String(_) | DataRef::SharedString(_) => continue,
            DataRef::Int(number) => number.to_string().parse().map_or(Cell::Error, Cell::Number),
            DataRef::Float(number) => Cell::Number(number),
            DataRef::Bool(flag) => Cell::Flag(flag),
            DataRef::DateTime(value) => date_cell(&value),
            DataRef::DateTimeIso(text) => iso_cell(&text),
            DataRef::DurationIso(text) => Cell::Text(text),
            DataRef::Error(_) => Cell::Error,
        };
        table.put(record.pos.0, record.pos.1, cell, budget);
        if table.is_cut {
            break;
        }
    }
    Ok(table)
}
