//! The records of a .xls (MS-XLS 2.1.4), measured before a parser sees them.
//!
//! The parser lays each worksheet out as a rectangle from its first to its last cell, copies a
//! string for each cell that refers to it, and makes room as a worksheet says of itself. So
//! rectangles, copies and claims are bounded here.

use super::{Hidden, MAX_SHEETS, TableError};

/// The most cells in the rectangles of all worksheets together.
const MAX_AREA: u64 = 4_000_000;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const FILE_PASS: u16 = 0x002F;
const BOUND_SHEET: u16 = 0x0085;
const SST: u16 = 0x00FC;
const CONTINUE: u16 = 0x003C;
const DIMENSIONS: u16 = 0x0200;
const LABEL_SST: u16 = 0x00FD;
const MUL_RK: u16 = 0x00BD;
/// A row: whether it is hidden is bit 5 of the byte at 12 (2.4.221).
const ROW: u16 = 0x0208;
/// Columns: whether they are hidden is bit 0 of the byte at 8 (2.4.53).
const COLUMNS: u16 = 0x007D;
/// Formula, Number, Label, BoolErr, RK, RString: row and column come first.
const CELLS: [u16; 6] = [0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00D6];

/// Checks a workbook's stream; returns what is hidden in each of its worksheets, in their order.
pub(super) fn check(stream: &[u8], most_characters: usize) -> Result<Vec<Hidden>, TableError> {
    let mut sheets = Vec::new();
    let mut strings = Vec::new();
    let mut table: Option<Vec<&[u8]>> = None;
    for (kind, data) in records(stream) {
        match (kind, &mut table) {
            (CONTINUE, Some(segments)) => segments.push(data),
            (CONTINUE, None) => {}
            _ => {
                if let Some(segments) = table.take() {
                    strings = string_lengths(segments)?;
                }
            }
        }
        match kind {
            FILE_PASS => return Err(TableError::Password),
            BOUND_SHEET => sheets.push(number(data, 0, 4)? as usize),
            SST => table = Some(vec![data]),
            EOF => break,
            _ => {}
        }
    }
    if sheets.len() > MAX_SHEETS {
        return Err(TableError::TooManySheets);
    }
    let mut hidden = Vec::with_capacity(sheets.len());
    let (mut area, mut characters) = (0_u64, 0_usize);
    for start in sheets {
        let sheet = stream.get(start..).ok_or(TableError::Damaged)?;
        let (rows, columns) = measure(sheet, &strings, &mut characters)?;
        area = area.saturating_add(rows.length() * columns.length());
        if let (true, Some((row, column))) = (area > MAX_AREA, rows.last().zip(columns.last())) {
            return Err(TableError::StrayCell { row, column });
        }
        if characters > most_characters {
            return Err(TableError::TooLargeUnpacked);
        }
        hidden.push(hidden_in(sheet)?);
    }
    Ok(hidden)
}

/// What a worksheet hides.
fn hidden_in(sheet: &[u8]) -> Result<Hidden, TableError> {
    let mut hidden = Hidden::default();
    for (kind, data) in records(sheet) {
        match kind {
            EOF => break,
            ROW if number(data, 12, 1)? & 0x20 != 0 => drop(hidden.rows.insert(place(data, 0)?)),
            COLUMNS if number(data, 8, 1)? & 1 != 0 => hidden.columns.push((place(data, 0)?, place(data, 2)?)),
            _ => {}
        }
    }
    Ok(hidden)
}

/// The rows and columns that a worksheet's cells span; adds the characters of its strings to
/// `characters`.
fn measure(sheet: &[u8], strings: &[usize], characters: &mut usize) -> Result<(Span, Span), TableError> {
    let (mut rows, mut columns) = (Span::default(), Span::default());
    let mut depth = 0_usize;
    for (kind, data) in records(sheet) {
        match kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            DIMENSIONS => check_dimensions(data)?,
            MUL_RK => {
                rows.add(number(data, 0, 2)?);
                columns.add(number(data, 2, 2)?);
                columns.add(number(data, data.len().saturating_sub(2), 2)?);
            }
            LABEL_SST => {
                rows.add(number(data, 0, 2)?);
                columns.add(number(data, 2, 2)?);
                let string = number(data, 6, 4)? as usize;
                *characters = characters.saturating_add(strings.get(string).copied().unwrap_or_default());
            }
            _ if CELLS.contains(&kind) => {
                rows.add(number(data, 0, 2)?);
                columns.add(number(data, 2, 2)?);
            }
            _ => {}
        }
    }
    Ok((rows, columns))
}

/// First and last row and column that a worksheet states, with room for what the format can hold.
fn check_dimensions(data: &[u8]) -> Result<(), TableError> {
    let width = if data.len() == 10 { 2 } else { 4 };
    let (top, bottom) = (number(data, 0, width)?, number(data, width, width)?);
    let (left, right) = (number(data, 2 * width, 2)?, number(data, 2 * width + 2, 2)?);
    let is_possible = top <= bottom && bottom <= 65_536 && left <= right && right <= 256;
    if is_possible { Ok(()) } else { Err(TableError::Damaged) }
}

/// Lengths in characters of the shared strings (MS-XLS 2.4.265, 2.5.293), whose text may run on in
/// the next segment.
fn string_lengths(segments: Vec<&[u8]>) -> Result<Vec<usize>, TableError> {
    let mut cursor = Segments { rest: segments.into_iter(), current: &[] };
    cursor.advance();
    cursor.skip(8)?;
    let mut lengths = Vec::new();
    while cursor.has_more() {
        let length = cursor.take(2)?;
        let flags = cursor.take(1)?;
        let runs = if flags & 8 == 0 { 0 } else { cursor.take(2)? };
        let phonetic = if flags & 4 == 0 { 0 } else { cursor.take(4)? };
        cursor.skip_text(length as usize, flags & 1 == 1)?;
        cursor.skip(4 * runs as usize)?;
        cursor.skip(phonetic as usize)?;
        lengths.push(length as usize);
    }
    Ok(lengths)
}

struct Segments<'a> {
    rest: std::vec::IntoIter<&'a [u8]>,
    current: &'a [u8],
}

impl Segments<'_> {
    fn advance(&mut self) -> bool {
        match self.rest.next() {
            Some(next) => {
                self.current = next;
                true
            }
            None => false,
        }
    }

    fn has_more(&mut self) -> bool {
        while self.current.is_empty() {
            if !self.advance() {
                return false;
            }
        }
        true
    }

    fn take(&mut self, count: usize) -> Result<u64, TableError> {
        let mut value = 0_u64;
        for place in 0..count {
            if !self.has_more() {
                return Err(TableError::Damaged);
            }
            let (first, rest) = self.current.split_first().ok_or(TableError::Damaged)?;
            self.current = rest;
            value |= u64::from(*first) << (8 * place);
        }
        Ok(value)
    }

    fn skip(&mut self, mut count: usize) -> Result<(), TableError> {
        while count > 0 {
            if !self.has_more() {
                return Err(TableError::Damaged);
            }
            let step = count.min(self.current.len());
            self.current = self.current.get(step..).unwrap_or_default();
            count -= step;
        }
        Ok(())
    }

    /// Skips text; in each further segment a new first byte says whether it continues with one or
    /// two bytes per character.
    fn skip_text(&mut self, mut count: usize, mut is_wide: bool) -> Result<(), TableError> {
        while count > 0 {
            let width = if is_wide { 2 } else { 1 };
            let step = count.min(self.current.len() / width);
            self.current = self.current.get(step * width..).unwrap_or_default();
            count -= step;
            if count > 0 {
                if !self.advance() {
                    return Err(TableError::Damaged);
                }
                is_wide = self.take(1)? & 1 == 1;
            }
        }
        Ok(())
    }
}

/// From the least to the greatest of some numbers.
#[derive(Default)]
struct Span(Option<(u64, u64)>);

impl Span {
    fn add(&mut self, number: u64) {
        let (least, greatest) = self.0.unwrap_or((number, number));
        self.0 = Some((least.min(number), greatest.max(number)));
    }

    fn length(&self) -> u64 {
        self.0.map_or(0, |(least, greatest)| greatest - least + 1)
    }

    fn last(&self) -> Option<u32> {
        self.0.and_then(|(_, greatest)| u32::try_from(greatest).ok())
    }
}

/// Records with their kinds, up to the end or to one that is cut short.
fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (head, rest) = stream.split_first_chunk::<4>()?;
        let [k0, k1, l0, l1] = *head;
        let length = usize::from(u16::from_le_bytes([l0, l1]));
        let data = rest.get(..length)?;
        stream = rest.get(length..)?;
        Some((u16::from_le_bytes([k0, k1]), data))
    })
}

/// A little-endian number of `width` bytes.
fn number(data: &[u8], start: usize, width: usize) -> Result<u64, TableError> {
    let bytes = data.get(start..start + width).ok_or(TableError::Damaged)?;
    Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// A row's or a column's number, of two bytes.
fn place(data: &[u8], start: usize) -> Result<u32, TableError> {
    u32::try_from(number(data, start, 2)?).map_err(|_| TableError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap_or_default();
        [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
    }

    /// A workbook of one worksheet with these records.
    fn workbook(strings: &[Vec<u8>], cells: &[Vec<u8>]) -> Vec<u8> {
        let globals = [record(BOF, &[0, 6, 5, 0]), strings.concat()].concat();
        let end = record(EOF, &[]);
        let start = u32::try_from(globals.len() + 4 + 8 + end.len()).unwrap_or_default();
        let sheet = record(BOUND_SHEET, &[&start.to_le_bytes()[..], &[0, 0, 0, 0]].concat());
        [globals, sheet, end.clone(), record(BOF, &[0, 6, 16, 0]), cells.concat(), end].concat()
    }

    fn code(stream: &[u8]) -> String {
        check(stream, 16_000_000).err().map(|error| error.fault().code).unwrap_or_default()
    }

    fn label(row: u16, column: u16, string: u32) -> Vec<u8> {
        record(LABEL_SST, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0, 0], &string.to_le_bytes()].concat())
    }

    #[test]
    fn rectangles_and_claims_are_bounded() {
        assert_eq!(code(&workbook(&[], &[label(0, 0, 0), label(5000, 33, 0)])), "");
        assert_eq!(code(&workbook(&[], &[label(0, 0, 0), label(65_535, 255, 0)])), "stray_cell");
        let claim =
            |bottom: u32| record(DIMENSIONS, &[&[0; 4][..], &bottom.to_le_bytes(), &[0, 0, 33, 0, 0, 0]].concat());
        assert_eq!(code(&workbook(&[], &[claim(65_536)])), "");
        assert_eq!(code(&workbook(&[], &[claim(u32::MAX)])), "file_damaged");
        let beyond = record(BOUND_SHEET, &[255, 255, 255, 127, 0, 0, 0, 0]);
        assert_eq!(code(&[beyond, record(EOF, &[])].concat()), "file_damaged");
    }

    #[test]
    fn copies_of_a_string_are_counted() {
        // Two strings: `ab`, and one of 60,000 characters that runs over eight segments, wide in
        // the odd ones.
        let mut segments =
            vec![record(SST, &[&[0; 8][..], &[2, 0, 0, b'a', b'b'], &60_000_u16.to_le_bytes(), &[0]].concat())];
        for place in 0..8_u8 {
            let is_wide = place % 2;
            segments.push(record(CONTINUE, &[vec![is_wide], vec![b'x'; 7500 * (1 + usize::from(is_wide))]].concat()));
        }
        let few: Vec<Vec<u8>> = (0..266).map(|row| label(row, 0, 1)).collect();
        assert_eq!(code(&workbook(&segments, &few)), "", "266 · 60,000 characters are fewer than 16 million");
        let many: Vec<Vec<u8>> = (0..267).map(|row| label(row, 0, 1)).collect();
        assert_eq!(code(&workbook(&segments, &many)), "file_too_large_unpacked");
        let cut = segments.get(..4).unwrap_or_default();
        assert_eq!(code(&workbook(cut, &few)), "file_damaged");
    }
}
