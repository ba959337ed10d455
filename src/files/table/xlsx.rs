//! .xlsx, cell by cell, so that an empty cell at the far corner costs nothing.

use super::{Budget, Cell, Hidden, Limits, MAX_MERGES, MAX_SHEETS, Merge, Table, TableError, package, shown};
use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use kaoping_engine::date::Date;
use std::io::Cursor;

pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Vec<Table>, TableError> {
    package::check(bytes, limits.unpacked)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| told(&error))?;
    let sheets: Vec<String> =
        workbook.sheets_metadata().iter().filter(|sheet| is_shown(sheet)).map(|s| s.name.clone()).collect();
    if sheets.len() > MAX_SHEETS {
        return Err(TableError::TooManySheets);
    }
    let mut hidden = shown::hidden(bytes)?;
    let mut budget = Budget::new(limits);
    let mut tables = Vec::new();
    for name in sheets {
        let hidden = hidden.remove(&name).unwrap_or_default();
        tables.push(sheet(&mut workbook, name, hidden, &mut budget)?);
    }
    Ok(tables)
}

pub(super) fn is_shown(sheet: &calamine::Sheet) -> bool {
    sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
}

pub(super) fn merge(dimensions: &Dimensions) -> Merge {
    let Dimensions { start, end } = dimensions;
    Merge { top: start.0, bottom: end.0, left: start.1, right: end.1 }
}

/// A number with a format of dates; a time of day alone or a duration stays a number.
pub(super) fn date_cell(value: &ExcelDateTime) -> Cell {
    let number = Cell::Number(value.as_f64());
    if !value.is_datetime() || value.as_f64() < 1.0 {
        return number;
    }
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    match Date::new(year, month, day) {
        Ok(date) if (hour, minute, second, milli) == (0, 0, 0, 0) => Cell::Date(date),
        Ok(date) => Cell::DateWithTime(format!("{date} {hour:02}:{minute:02}:{second:02}")),
        Err(_) => number,
    }
}

/// `2026-12-01T00:00:00`, as some programs write dates.
pub(super) fn iso_cell(text: &str) -> Cell {
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
    let is_midnight = time.chars().all(|letter| matches!(letter, '0' | ':' | '.' | 'Z'));
    match day.parse::<Date>() {
        Ok(date) if is_midnight => Cell::Date(date),
        Ok(date) => Cell::DateWithTime(format!("{date} {time}")),
        Err(_) => Cell::Text(text.to_owned()),
    }
}

fn told(error: &XlsxError) -> TableError {
    if matches!(error, XlsxError::Password) { TableError::Password } else { TableError::Damaged }
}

fn sheet(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: String,
    hidden: Hidden,
    budget: &mut Budget,
) -> Result<Table, TableError> {
    let mut table = Table { name, hidden, ..Table::default() };
    let merges = workbook.merge_cells_by_sheet_name(&table.name).map_err(|error| told(&error))?;
    if merges.len() > MAX_MERGES {
        return Err(TableError::TooManyMerges { found: merges.len() });
    }
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
