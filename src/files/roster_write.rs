//! The registration form of 33 columns as .xlsx, which [`crate::roster::read_roster`] reads back.

use crate::text_sheet;
use kaoping_engine::date::Date;
use kaoping_engine::roster::{Candidate, Column};

/// Why a workbook cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("workbook cannot be written: {0}")]
pub struct RosterWriteError(#[from] rust_xlsxwriter::XlsxError);

/// Candidates as a workbook of one worksheet; without candidates it is the empty form. Every cell
/// is text.
///
/// The same candidates and `made`, the day in its properties, give the same bytes.
///
/// # Errors
/// [`RosterWriteError`] when there are more than a worksheet holds.
pub fn write_roster_xlsx(candidates: &[Candidate], made: Date) -> Result<Vec<u8>, RosterWriteError> {
    let headers = Column::ALL.iter().map(|column| column.header());
    let row = |candidate: &Candidate| Column::ALL.iter().map(|column| candidate.text(*column)).collect();
    Ok(text_sheet::write("考生名册", headers, candidates.iter().map(row), made)?)
}
