//! CSV (RFC 4180) as Excel and WPS write it, in UTF-8 or GBK, with commas or tabs.

use super::{Budget, Cell, Format, Found, Limits, Table, TableError};
use crate::encoding::{self, Encoding};
use std::borrow::Cow;

pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<(Format, Vec<Table>), TableError> {
    let (format, text) = decode(bytes)?;
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let separator = if first.contains('\t') && !first.contains([',', '"']) { '\t' } else { ',' };
    Ok((format, vec![table(&text, separator, limits)?]))
}

fn decode(bytes: &[u8]) -> Result<(Format, Cow<'_, str>), TableError> {
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let is_utf16 = body.starts_with(b"\xFF\xFE") || body.starts_with(b"\xFE\xFF");
    if !is_utf16 && (body.contains(&0) || body.starts_with(b"%PDF")) {
        return Err(TableError::NotATable(Found::Other));
    }
    if body.trim_ascii_start().starts_with(b"<") {
        return Err(TableError::NotATable(Found::WebPage));
    }
    let (encoding, text) = encoding::decode(bytes)?;
    let format = match encoding {
        Encoding::Utf8 => Format::CsvUtf8,
        Encoding::Gbk => Format::CsvGbk,
    };
    Ok((format, text))
}

/// Cuts text into cells. Rows count as a spreadsheet shows them: blank ones too, and one with line breaks in quotes once.
fn table(text: &str, separator: char, limits: Limits) -> Result<Table, TableError> {
    let mut table = Table::default();
    let mut budget = Budget::new(limits);
    let (mut row, mut column) = (0, 0);
    let mut field = String::new();
    let mut quoted_since = None;
    let mut letters = text.chars().peekable();
    let mut end_field = |field: &mut String, row: u32, column: u32| {
        let text = std::mem::take(field);
        if !text.trim().is_empty() {
            table.put(row, column, Cell::Text(text), &mut budget);
        }
    };
    while let Some(letter) = letters.next() {
        if quoted_since.is_some() {
            match letter {
                '"' if letters.peek() == Some(&'"') => {
                    letters.next();
                    field.push('"');
                }
                '"' => quoted_since = None,
                other => field.push(other),
            }
            continue;
        }
        match letter {
            '"' if field.is_empty() => quoted_since = Some(row),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\r' | '\n' => {
                end_field(&mut field, row, column);
                (row, column) = (row + 1, 0);
            }
            other if other == separator => {
                end_field(&mut field, row, column);
                column += 1;
            }
            other => field.push(other),
        }
    }
    end_field(&mut field, row, column);
    match quoted_since {
        Some(row) => Err(TableError::OpenQuote { row: row + 1 }),
        None => Ok(table),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Result<Vec<(u32, u32, String)>, TableError> {
        let (_, tables) = read(text.as_bytes(), Limits::ROSTER)?;
        let rows = tables.into_iter().flat_map(|table| table.rows);
        Ok(rows
            .flat_map(|(row, cells)| cells.into_iter().map(move |(column, cell)| (row, column, cell)))
            .filter_map(|(row, column, cell)| match cell {
                Cell::Text(text) => Some((row, column, text)),
                _ => None,
            })
            .collect())
    }

    #[test]
    fn rows_count_as_a_spreadsheet_shows_them() -> Result<(), TableError> {
        let cell = |row, column, text: &str| (row, column, text.to_owned());
        assert_eq!(
            cells("a,\"b \"\"x\"\", y\"\r\n\r\n\"two\nlines\",,d\n e\rf")?,
            [
                cell(0, 0, "a"),
                cell(0, 1, "b \"x\", y"),
                cell(2, 0, "two\nlines"),
                cell(2, 2, "d"),
                cell(3, 0, " e"),
                cell(4, 0, "f")
            ]
        );
        assert_eq!(cells("a\tb, c\nd\te")?.len(), 3, "a comma in the first line makes it commas");
        assert_eq!(cells("a\tb\nd\te,f")?, [cell(0, 0, "a"), cell(0, 1, "b"), cell(1, 0, "d"), cell(1, 1, "e,f")]);
        let open = cells("a,b\n\"c,d\ne").err().map(|error| error.fault()).map(|fault| (fault.code, fault.place));
        assert_eq!(open, Some(("csv_quote".to_owned(), "第 2 行".to_owned())));
        Ok(())
    }

    #[test]
    fn encodings_are_told_apart() {
        let format =
            |bytes: &[u8]| read(bytes, Limits::ROSTER).map(|(format, _)| format).map_err(|error| error.fault().code);
        assert_eq!(format("姓名".as_bytes()), Ok(Format::CsvUtf8));
        assert_eq!(format("\u{FEFF}姓名".as_bytes()), Ok(Format::CsvUtf8));
        // 姓名 in GBK, and 𠮷 in GB 18030 as iconv writes it.
        assert_eq!(format(b"\xD0\xD5\xC3\xFB"), Ok(Format::CsvGbk));
        assert_eq!(format(b"\xD0\xD5\xC3\xFB,\x95\x34\xB2\x35"), Ok(Format::CsvGbk));
        assert_eq!(format(b"\xFF\xFEa\0"), Err("file_encoding".to_owned()));
        assert_eq!(format(b"\xD0\xD5\xC3\xFF"), Err("file_encoding".to_owned()));
        assert_eq!(format(b"\xEF\xBB\xBF\xD0\xD5\xC3\xFB"), Err("file_encoding".to_owned()));
        assert_eq!(format(b"a\0b"), Err("file_not_a_table".to_owned()));
        assert_eq!(format(b"\n<html><table>"), Err("file_not_a_table".to_owned()));
        assert_eq!(format(b"%PDF-1.7"), Err("file_not_a_table".to_owned()));
    }
}
