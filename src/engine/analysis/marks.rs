//! The table of marks: a row for each person, a column for each item.

use std::fmt;
use std::str::FromStr;

/// The most items of a test.
pub const MOST_ITEMS: usize = 1_000;
/// The most people.
pub const MOST_PERSONS: usize = 1_000_000;
/// The most marks in all: 160 MB.
pub const MOST_CELLS: usize = 40_000_000;
/// The most that an item may earn.
pub const MOST_MARK: u32 = 100_000;

/// Units of a mark: four digits behind the point.
const UNITS: i32 = 10_000;

/// What one person earned with one item, exact to four digits behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark(i32);

/// A text that is no mark.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mark is a number up to {MOST_MARK} with at most four digits behind the point")]
pub struct MarkError;

impl Mark {
    pub(super) fn units(self) -> i64 {
        i64::from(self.0)
    }
}

impl FromStr for Mark {
    type Err = MarkError;

    fn from_str(text: &str) -> Result<Self, MarkError> {
        let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !are_digits(whole) || !are_digits(part) || whole.len() > 9 {
            return Err(MarkError);
        }
        let part = part.trim_end_matches('0');
        if part.len() > 4 {
            return Err(MarkError);
        }
        let whole: u32 = whole.parse().map_err(|_| MarkError)?;
        let part: u32 = format!("{part:0<4}").parse().map_err(|_| MarkError)?;
        if whole > MOST_MARK || whole == MOST_MARK && part > 0 {
            return Err(MarkError);
        }
        let units =
            i32::try_from(whole).map_err(|_| MarkError)? * UNITS + i32::try_from(part).map_err(|_| MarkError)?;
        Ok(Self(if is_negative { -units } else { units }))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.abs() / UNITS, self.0.abs() % UNITS);
        let part = format!("{part:04}");
        let part = part.trim_end_matches('0');
        if part.is_empty() { write!(formatter, "{sign}{whole}") } else { write!(formatter, "{sign}{whole}.{part}") }
    }
}

/// Marks that cannot be analysed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarksError {
    /// No item, or more than [`MOST_ITEMS`].
    #[error("a test has 1 to {MOST_ITEMS} items; got {0}")]
    Items(usize),
    /// A row of another length.
    #[error("a row has {found} marks; the test has {expected} items")]
    Length {
        /// Marks of the row.
        found: usize,
        /// Items of the test.
        expected: usize,
    },
    /// More than [`MOST_PERSONS`] people or [`MOST_CELLS`] marks.
    #[error("more than {MOST_PERSONS} people or {MOST_CELLS} marks")]
    TooMany,
    /// A mark above the item's greatest one.
    #[error("item {} earns more than its greatest mark", .place + 1)]
    AboveMost {
        /// The item's place, from 0.
        place: usize,
    },
}

/// The marks of a test, by item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    items: Vec<String>,
    most: Option<Vec<Mark>>,
    columns: Vec<Vec<Mark>>,
}

impl Marks {
    /// A test of these items, with the greatest mark of each where that is known.
    ///
    /// # Errors
    /// [`MarksError`].
    pub fn new(items: Vec<String>, most: Option<Vec<Mark>>) -> Result<Self, MarksError> {
        if items.is_empty() || items.len() > MOST_ITEMS {
            return Err(MarksError::Items(items.len()));
        }
        if let Some(found) = most.as_ref().map(Vec::len).filter(|found| *found != items.len()) {
            return Err(MarksError::Length { found, expected: items.len() });
        }
        let columns = vec![Vec::new(); items.len()];
        Ok(Self { items, most, columns })
    }

    /// Adds a person.
    ///
    /// # Errors
    /// [`MarksError`].
    pub fn push(&mut self, row: &[Mark]) -> Result<(), MarksError> {
        if row.len() != self.items.len() {
            return Err(MarksError::Length { found: row.len(), expected: self.items.len() });
        }
        let persons = self.persons() + 1;
        if persons > MOST_PERSONS || persons * row.len() > MOST_CELLS {
            return Err(MarksError::TooMany);
        }
        let above = self.most.as_ref().and_then(|most| row.iter().zip(most).position(|(mark, most)| mark > most));
        if let Some(place) = above {
            return Err(MarksError::AboveMost { place });
        }
        for (column, mark) in self.columns.iter_mut().zip(row) {
            column.push(*mark);
        }
        Ok(())
    }

    /// How many people there are.
    #[must_use]
    pub fn persons(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// The items' names.
    #[must_use]
    pub fn items(&self) -> &[String] {
        &self.items
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = &[Mark]> {
        self.columns.iter().map(Vec::as_slice)
    }

    /// The greatest mark of an item, where it is known.
    pub(super) fn most(&self, place: usize) -> Option<Mark> {
        self.most.as_ref()?.get(place).copied()
    }

    /// What each person earned in all, in units.
    pub(super) fn totals(&self) -> Vec<i64> {
        let mut totals = vec![0; self.persons()];
        for column in &self.columns {
            for (total, mark) in totals.iter_mut().zip(column) {
                *total += mark.units();
            }
        }
        totals
    }
}
