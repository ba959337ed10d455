//! .xls (BIFF in a compound file). The parser's input is first taken out of its container, measured, and put into a
//! new container with nothing else in it.

use super::xlsx::{date_cell, is_shown, iso_cell, merge};
use super::{Budget, Cell, Found, Hidden, Limits, MAX_MERGES, MAX_SHEETS, Table, TableError, biff};
use calamine::{Data, Range, Reader, Xls, XlsError};
use cfb::{CompoundFile, Version};
use std::io::{Cursor, Read, Write};

pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Vec<Table>, TableError> {
    let stream = workbook_stream(bytes, limits.file)?;
    let mut hidden = biff::check(&stream, limits.characters)?;
    let container = contained(&stream).map_err(|_| TableError::Damaged)?;
    let mut workbook = Xls::new(Cursor::new(container)).map_err(|error| match error {
        XlsError::Password => TableError::Password,
        _ => TableError::Damaged,
    })?;
    // The records name worksheets in the order in which the parser lists them.
    hidden.resize_with(workbook.sheets_metadata().len(), Hidden::default);
    let sheets = workbook.sheets_metadata().iter().zip(hidden);
    let names: Vec<(String, Hidden)> =
        sheets.filter(|(sheet, _)| is_shown(sheet)).map(|(sheet, hidden)| (sheet.name.clone(), hidden)).collect();
    if names.len() > MAX_SHEETS {
        return Err(TableError::TooManySheets);
    }
    let mut budget = Budget::new(limits);
    let mut tables = Vec::new();
    for (name, hidden) in names {
        let cells = workbook.worksheet_range(&name).map_err(|_| TableError::Damaged)?;
        let formulas = workbook.worksheet_formula(&name).map_err(|_| TableError::Damaged)?;
        let merges = workbook.merge_cells_by_sheet_name(&name).map_err(|_| TableError::Damaged)?;
        if merges.len() > MAX_MERGES {
            return Err(TableError::TooManyMerges { found: merges.len() });
        }
        let mut table = Table { name, merges: merges.iter().map(merge).collect(), hidden, ..Table::default() };
        for (row, column, value) in used(&cells) {
            if let Some(cell) = cell(value) {
                table.put(row, column, cell, &mut budget);
            }
        }
        for (row, column, formula) in used(&formulas) {
            if !formula.is_empty() {
                table.put(row, column, Cell::Formula, &mut budget);
            }
        }
        tables.push(table);
    }
    Ok(tables)
}

/// Cells with their places in the worksheet.
fn used<T: calamine::CellType>(range: &Range<T>) -> impl Iterator<Item = (u32, u32, &T)> {
    let (top, left) = range.start().unwrap_or_default();
    range.used_cells().filter_map(move |(row, column, value)| {
        Some((top + u32::try_from(row).ok()?, left + u32::try_from(column).ok()?, value))
    })
}

fn cell(value: &Data) -> Option<Cell> {
    match value {
        Data::Empty => None,
        Data::String(text) => (!text.trim().is_empty()).then(|| Cell::Text(text.clone())),
        Data::Int(number) => number.to_string().parse().ok().map(Cell::Number),
        Data::Float(number) => Some(Cell::Number(*number)),
        Data::Bool(flag) => Some(Cell::Flag(*flag)),
        Data::DateTime(value) => Some(date_cell(value)),
        Data::DateTimeIso(text) => Some(iso_cell(text)),
        Data::DurationIso(text) => Some(Cell::Text(text.clone())),
        Data::Error(_) => Some(Cell::Error),
    }
}

fn workbook_stream(bytes: &[u8], most: usize) -> Result<Vec<u8>, TableError> {
    let mut container = CompoundFile::open(Cursor::new(bytes)).map_err(|_| TableError::Damaged)?;
    // An encrypted .xlsx is a compound file with this stream (MS-OFFCRYPTO 2.3.4.4).
    if container.is_stream("/EncryptedPackage") {
        return Err(TableError::Password);
    }
    let name = ["/Workbook", "/Book"].into_iter().find(|name| container.is_stream(name));
    let name = name.ok_or(TableError::NotATable(Found::Document))?;
    let mut stream = Vec::new();
    let content = container.open_stream(name).map_err(|_| TableError::Damaged)?;
    content.take(most as u64 + 1).read_to_end(&mut stream).map_err(|_| TableError::Damaged)?;
    if stream.len() > most { Err(TableError::TooLargeUnpacked) } else { Ok(stream) }
}

fn contained(stream: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut container = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new()))?;
    container.create_stream("/Workbook")?.write_all(stream)?;
    container.flush()?;
    Ok(container.into_inner().into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(stream: &str, content: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut container = CompoundFile::create(Cursor::new(Vec::new()))?;
        container.create_stream(stream)?.write_all(content)?;
        container.flush()?;
        Ok(container.into_inner().into_inner())
    }

    fn code(bytes: &[u8]) -> String {
        super::super::open(bytes, Limits::ROSTER).err().map(|error| error.fault().code).unwrap_or_default()
    }

    #[test]
    fn containers_of_other_things_are_named() -> std::io::Result<()> {
        assert_eq!(code(&file("/EncryptedPackage", b"?")?), "file_password");
        assert_eq!(code(&file("/WordDocument", b"?")?), "file_not_a_table");
        assert_eq!(code(&file("/Workbook", b"?")?), "file_damaged");
        // BOF, then FILEPASS with the XOR scheme (type 0).
        let xor = [&[9, 8, 4, 0, 0, 6, 5, 0][..], &[0x2F, 0, 6, 0, 0, 0, 1, 2, 3, 4], &[0x0A, 0, 0, 0]].concat();
        assert_eq!(code(&file("/Workbook", &xor)?), "file_password");
        assert_eq!(code(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and no more"), "file_damaged");
        Ok(())
    }
}
