//! The roster (考生名册) that a clerk sends: the 33 columns of the registration form, one candidate a
//! row.
//!
//! Either every row is a candidate, or nothing is imported and every fault of the file is named at
//! once.

mod cell_text;
mod header;

use crate::table::{self, Cell, Format, Limits, Merge, Table, TableError};
use cell_text::text_of;
use header::Header;
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::roster::{AdmissionRules, Candidate, CandidateForm, Column};
use kaoping_engine::text::{fold_width, masked_number};
use std::collections::{BTreeMap, BTreeSet};

/// The most candidates of a file.
pub const MAX_ROWS: usize = 5000;
/// The most faults that are reported; one more says how many others there are.
pub const MAX_FAULTS: usize = 1000;

/// A roster without faults.
#[derive(Debug)]
pub struct RosterFile {
    /// How the file was written, which a clerk sees for confirmation.
    pub format: Format,
    /// Candidates in the order of the file.
    pub rows: Vec<RosterRow>,
    /// Parts that were left out without harm: unknown columns, notes.
    pub warnings: Vec<Fault>,
}

/// A candidate with the row that a spreadsheet shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterRow {
    /// Row in the file, from 1, the header included.
    pub row: u32,
    pub candidate: Candidate,
}

impl RosterFile {
    /// The candidates in the order of the file.
    #[must_use]
    pub fn into_candidates(self) -> Vec<Candidate> {
        self.rows.into_iter().map(|row| row.candidate).collect()
    }
}

/// Reads a roster from .xlsx, .xls or CSV; the content decides, not the file's name.
///
/// # Errors
/// Every fault, by row and column (`第 12 行「证件号码」`). ID numbers are masked in them.
pub fn read_roster(bytes: &[u8], rules: &AdmissionRules<'_>) -> Result<RosterFile, Vec<Fault>> {
    let (format, tables) = table::open(bytes, Limits::ROSTER).map_err(|error| vec![error.fault()])?;
    let (table, header) = header::find(&tables)?;
    if let Some((row, column)) = table.stray {
        return Err(vec![TableError::StrayCell { row, column }.fault()]);
    }
    if table.is_cut {
        return Err(vec![too_many_rows()]);
    }
    let mut warnings = header.warnings();
    warnings.extend(hidden_columns(table, &header));
    let mut faults = header.faults();
    if header.is_incomplete() {
        return Err(faults);
    }
    let notes = table.merges.iter().filter(|merge| merge.right > merge.left);
    let notes = notes.map(|merge| (merge.top, merge.left)).collect();
    let mut reader = Reader { table, header: &header, format, rules, notes, strays: Vec::new(), seen: BTreeMap::new() };
    faults.extend(reader.merge_faults());
    let mut rows = Vec::new();
    let mut filled = 0_usize;
    for (row, cells) in table.rows.range(header.row + 1..) {
        if reader.is_note(*row, cells) {
            warnings.push(note(*row));
            continue;
        }
        match reader.candidate(*row, cells) {
            Ok(None) => continue,
            Ok(Some(_)) | Err(_) if table.hidden.rows.contains(row) => faults.push(hidden_row(*row)),
            Ok(Some(candidate)) => rows.push(RosterRow { row: row + 1, candidate }),
            Err(more) => faults.extend(more),
        }
        filled += 1;
        if filled > MAX_ROWS {
            return Err(vec![too_many_rows()]);
        }
    }
    warnings.extend(reader.strays.iter().map(|(row, column)| beside(*row, *column)));
    if filled == 0 {
        faults.push(no_rows());
    }
    if faults.is_empty() { Ok(RosterFile { format, rows, warnings: bounded(warnings) }) } else { Err(bounded(faults)) }
}

struct Reader<'a> {
    table: &'a Table,
    header: &'a Header,
    format: Format,
    rules: &'a AdmissionRules<'a>,
    /// Row and first column of cells that are merged over several columns.
    notes: BTreeSet<(u32, u32)>,
    /// Cells in columns without a header.
    strays: Vec<(u32, u32)>,
    /// ID numbers with the rows in which they occurred first.
    seen: BTreeMap<String, u32>,
}

impl Reader<'_> {
    /// A row's candidate; `None` when nothing is filled in but a running number.
    fn candidate(&mut self, row: u32, cells: &BTreeMap<u32, Cell>) -> Result<Option<Candidate>, Vec<Fault>> {
        let mut form = CandidateForm::default();
        let mut faults = Vec::new();
        for (place, cell) in cells {
            match self.header.columns.get(place) {
                Some(column) => match text_of(cell, *column) {
                    Ok(text) => form.set(*column, &text),
                    Err((code, cause, cure)) => faults.push(Fault::new(code, column.place(), cause, cure)),
                },
                None if self.header.names_unknown(*place) => {}
                None if self.is_csv() => faults.push(beyond_header(*place)),
                None => self.strays.push((row, *place)),
            }
        }
        if form.is_blank() && faults.is_empty() {
            return Ok(None);
        }
        faults.extend(self.double(&form, row));
        match form.admit(self.rules) {
            Ok(candidate) if faults.is_empty() => return Ok(Some(candidate)),
            Ok(_) => {}
            // A cell that could not be read looks empty to the form; its own fault says why.
            Err(more) => {
                let unread: Vec<String> = faults.iter().map(|fault| fault.place.clone()).collect();
                let is_news = |fault: &Fault| fault.code != "required_empty" || !unread.contains(&fault.place);
                faults.extend(more.into_iter().filter(is_news));
            }
        }
        faults.sort_by_key(|fault| Column::ALL.iter().position(|column| column.place() == fault.place));
        for fault in &mut faults {
            fault.place = format!("第 {} 行{}", row + 1, fault.place);
        }
        Err(faults)
    }

    const fn is_csv(&self) -> bool {
        matches!(self.format, Format::CsvUtf8 | Format::CsvGbk)
    }

    fn double(&mut self, form: &CandidateForm, row: u32) -> Option<Fault> {
        let number = form.get(Column::IdNumber).map(|number| fold_width(number).to_ascii_uppercase())?;
        let Some(first) = self.seen.get(&number) else {
            self.seen.insert(number, row);
            return None;
        };
        Some(Fault::new(
            "id_number_double",
            Column::IdNumber.place(),
            Text::new(
                format!("{} 在第 {} 行已经出现过。", masked_number(&number), first + 1),
                format!("{} is already in row {}", masked_number(&number), first + 1),
            ),
            Text::new(
                "同一人只报一行；删去多余的一行，或改正写错的号码。",
                "keep one row a person, or correct the number",
            ),
        ))
    }

    /// A row with one text in a cell merged over several columns: a note or a heading between
    /// groups.
    fn is_note(&self, row: u32, cells: &BTreeMap<u32, Cell>) -> bool {
        let Some((column, _)) = cells.first_key_value().filter(|_| cells.len() == 1) else { return false };
        self.notes.contains(&(row, *column))
    }

    /// Cells merged within the rows of candidates: only the first of them keeps its text.
    fn merge_faults(&self) -> Vec<Fault> {
        let mut merges: Vec<&Merge> = self.table.merges.iter().collect();
        merges.sort_by_key(|merge| (merge.top, merge.left));
        merges.into_iter().filter_map(|merge| self.merge_fault(merge)).collect()
    }

    fn merge_fault(&self, merge: &Merge) -> Option<Fault> {
        let first = merge.top.max(self.header.row + 1);
        let (_, column) = self.header.columns.range(merge.left..=merge.right.max(merge.left)).next()?;
        let cells = self.table.rows.range(first..=merge.bottom.max(first)).next()?;
        let is_note = merge.top == merge.bottom && self.is_note(*cells.0, cells.1);
        if merge.bottom < first || is_note {
            return None;
        }
        let rows = if first == merge.bottom {
            format!("第 {} 行", first + 1)
        } else {
            format!("第 {} 至 {} 行", first + 1, merge.bottom + 1)
        };
        Some(Fault::new(
            "merged_cells",
            format!("{rows}{}", column.place()),
            Text::new("单元格合并了，只有第一格有内容。", "cells are merged, and only the first holds the text"),
            Text::new("取消合并，逐行填写。", "undo the merge and fill in each row"),
        ))
    }
}

/// Columns of the form that hold something and are not shown.
fn hidden_columns(table: &Table, header: &Header) -> Vec<Fault> {
    let below = || table.rows.range(header.row + 1..).map(|(_, cells)| cells);
    let is_filled = |place: &u32| below().any(|cells| cells.contains_key(place));
    let hidden = header.columns.iter().filter(|(place, _)| table.hidden.has_column(**place) && is_filled(place));
    hidden.map(|(_, column)| hidden_column(*column)).collect()
}

fn hidden_column(column: Column) -> Fault {
    Fault::new(
        "hidden_column",
        format!("列{}", column.place()),
        Text::new(
            "这一列在表格里是隐藏的，但照样读取了。",
            "this column is hidden in the file, and was read all the same",
        ),
        Text::new("取消隐藏，核对这一列的内容。", "show the column and look at what it holds"),
    )
}

fn hidden_row(row: u32) -> Fault {
    Fault::new(
        "hidden_row",
        format!("第 {} 行", row + 1),
        Text::new("这一行被隐藏或被筛选掉了，不知道要不要导入。", "the row is hidden or filtered out"),
        Text::new(
            "取消筛选和隐藏；不报名的行请删去，再重新导入。",
            "remove the filter and show all rows; delete rows that are not meant, and import again",
        ),
    )
}

fn bounded(mut faults: Vec<Fault>) -> Vec<Fault> {
    let more = faults.len().saturating_sub(MAX_FAULTS);
    if more > 0 {
        faults.truncate(MAX_FAULTS);
        faults.push(Fault::new(
            "more_faults",
            "文件",
            Text::new(format!("另有 {more} 处错误没有列出。"), format!("{more} more faults are not listed")),
            Text::new("先改正已列出的，再重新导入。", "correct those listed and import again"),
        ));
    }
    faults
}

fn too_many_rows() -> Fault {
    Fault::new(
        "too_many_rows",
        "文件",
        Text::new(format!("一次最多导入 {MAX_ROWS} 名考生。"), format!("more than {MAX_ROWS} candidates")),
        Text::new("分成几个文件导入；删去名单以外的内容。", "import several files; remove what is not the list"),
    )
}

fn no_rows() -> Fault {
    Fault::new(
        "roster_empty",
        "文件",
        Text::new("表头下面没有考生。", "no candidate below the header"),
        Text::new("在表头下面逐行填写考生后重新导入。", "enter the candidates below the header"),
    )
}

fn note(row: u32) -> Fault {
    Fault::new(
        "note_skipped",
        format!("第 {} 行", row + 1),
        Text::new("是合并单元格的说明文字，没有导入。", "a note in merged cells, left out"),
        Text::new("无须处理；若是考生，请取消合并后填写。", "nothing to do, unless it is a candidate"),
    )
}

fn beside(row: u32, column: u32) -> Fault {
    Fault::new(
        "beyond_header",
        table::cell_place(row, column),
        Text::new("这一格不在报名表的列里，没有导入。", "this cell is in no column of the form, and was left out"),
        Text::new("无须处理；若是考生的信息，请移到相应的列里。", "nothing to do, unless it is about the candidate"),
    )
}

fn beyond_header(column: u32) -> Fault {
    Fault::new(
        "beyond_header",
        format!("第 {} 列", column + 1),
        Text::new(
            "比表头多出内容，很可能是逗号把一格分成了两格。",
            "more fields than the header, probably cut by a comma",
        ),
        Text::new(
            "给含逗号的内容加上英文双引号，或改存为 .xlsx 后导入。",
            "quote fields that hold commas, or import an .xlsx",
        ),
    )
}
