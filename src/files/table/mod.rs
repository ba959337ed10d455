//! Tables in files from outside: .xlsx, .xls and CSV, distinguished by their content and read
//! within limits.
//!
//! A file may be hostile. What unpacks to more than its [`Limits`], claims sizes that it does not
//! have, or breaks a parser is refused; no memory use depends on a number that the file merely
//! states.

mod biff;
mod csv;
mod error;
mod package;
mod shown;
mod xls;
mod xlsx;

pub use error::{Found, TableError, cell_place};

use kaoping_engine::date::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How much of a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The greatest file, in bytes.
    pub file: usize,
    /// The greatest size of a .xlsx unpacked, in bytes.
    pub unpacked: u64,
    /// The most cells that are filled in, over all worksheets.
    pub cells: usize,
    /// The most bytes of text in all cells together.
    pub characters: usize,
}

impl Limits {
    /// Rosters: some thousand people.
    pub const ROSTER: Self = Self { file: 10_000_000, unpacked: 64_000_000, cells: 500_000, characters: 16_000_000 };
    /// Banks: some ten thousand items of up to 20 columns.
    pub const BANK: Self = Self { file: 20_000_000, unpacked: 160_000_000, cells: 1_100_000, characters: 40_000_000 };
}

/// The most worksheets.
pub const MAX_SHEETS: usize = 50;
/// The most columns.
pub const MAX_COLUMNS: u32 = 256;
/// The most merged ranges of a worksheet.
pub const MAX_MERGES: usize = 5_000;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Excel since 2007, WPS.
    Xlsx,
    /// Excel 97 to 2003, WPS .et.
    Xls,
    /// CSV in UTF-8, with or without byte order mark.
    CsvUtf8,
    /// CSV in GBK or GB 18030.
    CsvGbk,
}

/// One worksheet, or the whole of a CSV file. Rows and columns count from 0.
#[derive(Debug, Default)]
pub struct Table {
    /// The worksheet's name; empty for CSV.
    pub name: String,
    /// Cells that are filled in, by row and column.
    pub rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
    /// Merged cells.
    pub merges: Vec<Merge>,
    /// The parts of it that a clerk does not see.
    pub hidden: Hidden,
    /// Row and column of the first cell beyond [`MAX_COLUMNS`]; it and its like were not read.
    pub stray: Option<(u32, u32)>,
    /// Whether it holds more than can be read, so that what was read is not all.
    pub is_cut: bool,
}

/// Rows and columns that are not shown. A CSV file has none.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    /// Rows hidden by hand, by a filter, or by a height of nothing.
    pub rows: BTreeSet<u32>,
    /// First and last of columns that are hidden.
    pub columns: Vec<(u32, u32)>,
}

/// A cell that is filled in.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Unchanged text.
    Text(String),
    /// A number, exact to 15 digits at most.
    Number(f64),
    /// A number shown as a date.
    Date(Date),
    /// A number shown as a date that also has a time of day, as `1968-03-13 23:59:17`.
    DateWithTime(String),
    /// TRUE or FALSE.
    Flag(bool),
    /// A formula, whatever its last value.
    Formula,
    /// `#REF!` and its kin.
    Error,
}

/// Merged cells, from the first to the last row and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// First row.
    pub top: u32,
    /// Last row.
    pub bottom: u32,
    /// First column.
    pub left: u32,
    /// Last column.
    pub right: u32,
}

impl Format {
    /// As messages name it.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Xlsx => "Excel 工作簿（.xlsx）",
            Self::Xls => "Excel 97-2003 工作簿（.xls）",
            Self::CsvUtf8 => "CSV（UTF-8 编码）",
            Self::CsvGbk => "CSV（GBK 编码）",
        }
    }
}

/// All visible worksheets of a file.
///
/// # Errors
/// [`TableError`].
pub fn open(bytes: &[u8], limits: Limits) -> Result<(Format, Vec<Table>), TableError> {
    if bytes.len() > limits.file {
        return Err(TableError::TooLarge { found: bytes.len(), most: limits.file });
    }
    // The parsers of binary formats are other people's: what breaks them is a damaged file, not the
    // end of the service.
    let guarded = |read: fn(&[u8], Limits) -> Result<Vec<Table>, TableError>| {
        catch_unwind(AssertUnwindSafe(|| read(bytes, limits))).unwrap_or(Err(TableError::Damaged))
    };
    if bytes.starts_with(b"PK") {
        Ok((Format::Xlsx, guarded(xlsx::read)?))
    } else if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        Ok((Format::Xls, guarded(xls::read)?))
    } else {
        csv::read(bytes, limits)
    }
}

/// What may still be read.
struct Budget {
    cells: usize,
    characters: usize,
}

impl Budget {
    const fn new(limits: Limits) -> Self {
        Self { cells: limits.cells, characters: limits.characters }
    }
}

impl Hidden {
    /// Whether a column is hidden.
    #[must_use]
    pub fn has_column(&self, column: u32) -> bool {
        self.columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }
}

impl Table {
    /// Puts a cell in its place; when the budget is spent the table is cut.
    fn put(&mut self, row: u32, column: u32, cell: Cell, budget: &mut Budget) {
        let characters = if let Cell::Text(text) = &cell { text.len() } else { 0 };
        let left = (budget.cells.checked_sub(1), budget.characters.checked_sub(characters));
        match left {
            _ if column >= MAX_COLUMNS => {
                self.stray.get_or_insert((row, column));
            }
            (Some(cells), Some(characters)) => {
                *budget = Budget { cells, characters };
                self.rows.entry(row).or_default().insert(column, cell);
            }
            _ => self.is_cut = true,
        }
    }
}
