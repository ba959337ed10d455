//! The header of a roster: which worksheet has one, in which row, and what its columns are.

use crate::table::{Cell, Table};
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::roster::Column;
use kaoping_engine::text::quoted;
use std::collections::BTreeMap;

/// Rows in which a header is looked for.
const SEARCHED: usize = 20;
/// Known headers that make a row the header.
const ENOUGH: usize = 4;

/// The header that was found.
pub(super) struct Header {
    /// Its row, from 0.
    pub(super) row: u32,
    /// Known columns by place.
    pub(super) columns: BTreeMap<u32, Column>,
    unknown: BTreeMap<u32, String>,
    doubled: Vec<Column>,
}

/// The one worksheet with a header.
pub(super) fn find(tables: &[Table]) -> Result<(&Table, Header), Vec<Fault>> {
    let mut found = tables.iter().filter_map(|table| Some((table, of(table)?)));
    match (found.next(), found.next()) {
        (None, _) => Err(vec![missing()]),
        (Some(only), None) => Ok(only),
        (Some((first, _)), Some((second, _))) => Err(vec![two(&first.name, &second.name)]),
    }
}

fn of(table: &Table) -> Option<Header> {
    table.rows.iter().take(SEARCHED).find_map(|(row, cells)| {
        let mut header = Header { row: *row, columns: BTreeMap::new(), unknown: BTreeMap::new(), doubled: Vec::new() };
        for (place, cell) in cells {
            let Cell::Text(text) = cell else { continue };
            match Column::read(text) {
                Some(column) if header.columns.values().any(|known| *known == column) => header.doubled.push(column),
                Some(column) => drop(header.columns.insert(*place, column)),
                None => drop(header.unknown.insert(*place, text.clone())),
            }
        }
        (header.columns.len() >= ENOUGH).then_some(header)
    })
}

impl Header {
    /// Whether rows cannot be read because a column is missing or doubled.
    pub(super) fn is_incomplete(&self) -> bool {
        !self.doubled.is_empty() || self.missing().any(Column::is_required)
    }

    /// Whether an unknown column has its name at this place.
    pub(super) fn names_unknown(&self, place: u32) -> bool {
        self.unknown.contains_key(&place)
    }

    pub(super) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.row != 0 {
            faults.push(Fault::new(
                "header_row",
                format!("第 {} 行", self.row + 1),
                Text::new("表头应在第 1 行。", "the header belongs into row 1"),
                Text::new("删去表头上方的标题和空行。", "remove titles and blank rows above the header"),
            ));
        }
        for column in self.missing().filter(|column| column.is_required()) {
            faults.push(Fault::new(
                "missing_column",
                self.place(column),
                Text::new("缺少这一列。", "this column is missing"),
                Text::new("按 33 列的报名表模板补上这一列，列名一字不差。", "add the column with exactly this name"),
            ));
        }
        for column in &self.doubled {
            faults.push(Fault::new(
                "doubled_column",
                self.place(*column),
                Text::new("这一列出现了两次。", "this column occurs twice"),
                Text::new("删去多余的一列。", "remove one of the two"),
            ));
        }
        faults
    }

    pub(super) fn warnings(&self) -> Vec<Fault> {
        let unknown = self.unknown.values().map(|name| {
            Fault::new(
                "unknown_column",
                format!("表头{}", quoted(name)),
                Text::new("不是报名表的列，没有导入。", "not a column of the form, left out"),
                Text::new("无须处理；若是列名写错，请改成模板里的列名。", "nothing to do, unless the name is misspelt"),
            )
        });
        let missing = self.missing().filter(|column| !column.is_required()).map(|column| {
            Fault::new(
                "missing_optional_column",
                self.place(column),
                Text::new("没有这一列，按空白处理。", "this column is missing and taken as empty"),
                Text::new("无须处理；需要时补上。", "nothing to do, unless it is needed"),
            )
        });
        unknown.chain(missing).collect()
    }

    fn missing(&self) -> impl Iterator<Item = Column> {
        Column::ALL.iter().copied().filter(|column| !self.columns.values().any(|known| known == column))
    }

    fn place(&self, column: Column) -> String {
        format!("第 {} 行表头{}", self.row + 1, column.place())
    }
}

fn missing() -> Fault {
    Fault::new(
        "header_missing",
        "文件",
        Text::new("没有找到表头（序号、职业工种名称、认定等级……）。", "no worksheet has the header of the form"),
        Text::new("用 33 列的报名表模板填写，表头放在第 1 行。", "use the form of 33 columns with its header in row 1"),
    )
}

fn two(first: &str, second: &str) -> Fault {
    Fault::new(
        "two_rosters",
        "文件",
        Text::new(
            format!("工作表{}和{}都有名单，不知道导入哪一个。", quoted(first), quoted(second)),
            format!("worksheets {} and {} both hold a list", quoted(first), quoted(second)),
        ),
        Text::new("只保留要导入的工作表，或把其他的隐藏。", "keep the one to import, or hide the others"),
    )
}
