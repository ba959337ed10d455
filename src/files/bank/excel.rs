//! The three layouts of banks in Excel: 11, 15 and 20 columns, distinguished by their headers.

use super::cells::{self, Field};
use super::finding::{Finding, Spot};
use super::raw::{Gathered, RawItem, RawKey, RawOption, RawType};
use crate::table::{self, Cell, Limits, Table, TableError};
use kaoping_engine::text::{fold_width, quoted};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows in which a header is looked for.
const SEARCHED: usize = 20;

/// A layout: its columns in the order of its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// The twin of the national text.
    Eleven,
    /// Options behind the rationale, keys as numbers of options.
    Fifteen,
    /// Six levels of the element table, rationale and source.
    Twenty,
}

impl Layout {
    const ALL: [Self; 3] = [Self::Eleven, Self::Fifteen, Self::Twenty];

    const fn columns(self) -> &'static [(&'static str, Field)] {
        match self {
            Self::Eleven => &[
                ("鉴定点代码", Field::Point),
                ("题目类型代码", Field::Type),
                ("试题(题干)", Field::Stem),
                ("选项A", Field::Option(0)),
                ("选项B", Field::Option(1)),
                ("选项C", Field::Option(2)),
                ("选项D", Field::Option(3)),
                ("选项E", Field::Option(4)),
                ("答案", Field::Key),
                ("难度代码", Field::Difficulty),
                ("一致性代码", Field::Consistency),
            ],
            Self::Fifteen => &[
                ("试题分类", Field::Point),
                ("试题类型", Field::Type),
                ("试题难度", Field::Difficulty),
                ("试题内容", Field::Stem),
                ("答案", Field::Key),
                ("解析", Field::Rationale),
                ("分值", Field::Marks),
                ("选项1", Field::Option(0)),
                ("选项2", Field::Option(1)),
                ("选项3", Field::Option(2)),
                ("选项4", Field::Option(3)),
                ("选项5", Field::Option(4)),
                ("选项6", Field::Option(5)),
                ("选项7", Field::Option(6)),
                ("选项8", Field::Option(7)),
            ],
            Self::Twenty => &[
                ("试题GUID", Field::Guid),
                ("题型", Field::Type),
                ("题干", Field::Stem),
                ("答案", Field::Key),
                ("选项A", Field::Option(0)),
                ("选项B", Field::Option(1)),
                ("选项C", Field::Option(2)),
                ("选项D", Field::Option(3)),
                ("选项E", Field::Option(4)),
                ("知识点一级", Field::Tier(1)),
                ("知识点二级", Field::Tier(2)),
                ("知识点三级", Field::Tier(3)),
                ("知识点四级", Field::Tier(4)),
                ("知识点五级", Field::Tier(5)),
                ("知识点六级", Field::Tier(6)),
                ("难度", Field::Difficulty),
                ("一致性", Field::Consistency),
                ("分数", Field::Marks),
                ("解析", Field::Rationale),
                ("出处", Field::Source),
            ],
        }
    }
}

/// A header that was found.
struct Header {
    layout: Layout,
    row: u32,
    columns: BTreeMap<u32, (&'static str, Field)>,
}

pub(super) fn read(file: &Arc<str>, bytes: &[u8]) -> Gathered {
    let spot = Spot::new(file, "");
    match table::open(bytes, Limits::BANK) {
        Ok((_, tables)) => match header(&spot, &tables) {
            Ok((table, header)) => rows(file, table, &header),
            Err(finding) => Gathered::refused(*finding),
        },
        Err(error) => Gathered::refused(spot.fault(error.fault())),
    }
}

/// The one worksheet with a header of one of the layouts.
fn header<'a>(spot: &Spot, tables: &'a [Table]) -> Result<(&'a Table, Header), Box<Finding>> {
    let mut found = Vec::new();
    for table in tables {
        let rows = table.rows.iter().take(SEARCHED);
        let headers = rows.flat_map(|(row, cells)| Layout::ALL.iter().filter_map(|layout| of(*layout, *row, cells)));
        // The layouts share names of columns: the one with most of its own counts.
        if let Some(header) = headers.max_by_key(|header| header.columns.len()) {
            found.push((table, header));
        }
    }
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some((table, header)), None) => whole(spot, table, &header).map(|()| (table, header)),
        (Some((first, _)), Some((second, _))) => Err(Box::new(spot.refused(
            "excel_two_lists",
            "工作表",
            &format!("{}、{}", first.name, second.name),
            ["两个工作表都有试题，不知道导入哪一个", "two worksheets hold items"],
            ["只保留要导入的工作表，其余的另存为文件", "keep the one to import, and save others as files of their own"],
        ))),
        (None, _) => Err(Box::new(spot.refused(
            "excel_header",
            "表头",
            "",
            ["没有找到 11、15 或 20 列题库的表头", "no header of the layouts of 11, 15 or 20 columns was found"],
            [
                "表头写在一行里，列名与格式说明一字不差，不要合并单元格",
                "put the header into one row, with exactly the names of the layout and no merged cells",
            ],
        ))),
    }
}

/// The header of a layout in this row, if enough of its columns have their names there.
fn of(layout: Layout, row: u32, cells: &BTreeMap<u32, Cell>) -> Option<Header> {
    let mut columns = BTreeMap::new();
    for (place, cell) in cells {
        let Cell::Text(text) = cell else { continue };
        let name = folded(text);
        columns.extend(layout.columns().iter().find(|(known, _)| folded(known) == name).map(|known| (*place, *known)));
    }
    let is_enough = columns.len() >= 4 && columns.values().any(|(_, field)| *field == Field::Stem);
    is_enough.then_some(Header { layout, row, columns })
}

/// A name without blanks, line breaks, stars and the width of brackets.
fn folded(name: &str) -> String {
    let is_sign = |letter: char| letter.is_whitespace() || letter == '*';
    fold_width(name).replace("(必填)", "").chars().filter(|letter| !is_sign(*letter)).collect()
}

/// Every column of the layout must be there, once.
fn whole(spot: &Spot, table: &Table, header: &Header) -> Result<(), Box<Finding>> {
    let spot = Spot { row: format!("第 {} 行", header.row + 1), ..spot.clone() };
    let refuse = |code: &str, field: &str, why: [&str; 2], cure: [&str; 2]| {
        Err(Box::new(spot.refused(code, field, &table.name, why, cure)))
    };
    for (name, _) in header.layout.columns() {
        match header.columns.values().filter(|(known, _)| known == name).count() {
            0 => {
                return refuse(
                    "excel_column_missing",
                    name,
                    [
                        &format!("按 {} 列的格式缺少这一列", header.layout.columns().len()),
                        &format!(
                            "the layout of {} columns has this one, which is missing",
                            header.layout.columns().len()
                        ),
                    ],
                    [
                        "补上这一列，列名一字不差；没有内容时留空",
                        "add the column with exactly this name, empty if need be",
                    ],
                );
            }
            1 => {}
            _ => {
                let cure = ["删去多余的一列", "remove one of the two"];
                return refuse("excel_column_twice", name, ["这一列出现了两次", "this column occurs twice"], cure);
            }
        }
    }
    if let Some((row, column)) = table.stray {
        return Err(Box::new(spot.fault(TableError::StrayCell { row, column }.fault())));
    }
    if table.is_cut {
        let why = ["内容超过一次能导入的数量", "the file holds more than can be read at once"];
        return refuse("excel_too_much", "文件", why, ["分成几个文件导入", "import several files"]);
    }
    Ok(())
}

fn rows(file: &Arc<str>, table: &Table, header: &Header) -> Gathered {
    let mut gathered = Gathered::default();
    gathered.findings.extend(beside(file, table, header));
    gathered.findings.extend(merges(file, table, header));
    for (row, cells) in table.rows.range(header.row + 1..) {
        let spot = Spot::new(file, format!("第 {} 行", row + 1));
        if table.hidden.rows.contains(row) {
            gathered.findings.push(spot.refused(
                "hidden_row",
                "行",
                "",
                ["这一行被隐藏或被筛选掉了，不知道要不要导入", "the row is hidden or filtered out"],
                [
                    "取消筛选和隐藏；不要的行请删去",
                    "remove the filter and show all rows; delete rows that are not meant",
                ],
            ));
            continue;
        }
        match item(&spot, cells, header) {
            Ok(Some(item)) => gathered.take(item),
            Ok(None) => {}
            Err(findings) => gathered.findings.extend(findings),
        }
    }
    gathered
}

/// A row's item; `None` when nothing of the layout is filled in.
fn item(spot: &Spot, cells: &BTreeMap<u32, Cell>, header: &Header) -> Result<Option<RawItem>, Vec<Finding>> {
    let mut item = RawItem::new(spot.clone());
    let (mut findings, mut is_blank) = (Vec::new(), true);
    let (mut key, mut options, mut tiers) = (String::new(), BTreeMap::new(), BTreeMap::new());
    for (place, (name, field)) in &header.columns {
        let Some(cell) = cells.get(place) else { continue };
        is_blank = false;
        let text = match cells::text(spot, name, *field, cell) {
            Ok(text) => text.trim().to_owned(),
            Err(finding) => {
                findings.push(*finding);
                continue;
            }
        };
        match field {
            Field::Point => item.point = text,
            Field::Type => item.item_type = RawType::Written(text),
            Field::Stem => item.stem = text,
            Field::Option(place) => drop(options.insert(*place, text)),
            Field::Key => key = text,
            Field::Difficulty => item.difficulty = text,
            Field::Consistency => item.consistency = text,
            Field::Rationale => item.rationale = text,
            Field::Source => item.source = text,
            Field::Tier(tier) => drop(tiers.insert(*tier, text)),
            Field::Marks | Field::Guid => {}
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    if is_blank {
        return Ok(None);
    }
    if let Some(tier) = tiers.into_values().next_back() {
        item.point = tier;
    }
    let last = options.keys().next_back().map_or(0, |last| last + 1);
    item.options = (0..last).map(|place| RawOption::unlettered(options.remove(&place).unwrap_or_default())).collect();
    item.key = if header.layout == Layout::Fifteen { RawKey::Numbered(key) } else { RawKey::Written(key) };
    Ok(Some(item))
}

/// Columns outside the layout, and columns of the layout that are hidden.
fn beside(file: &Arc<str>, table: &Table, header: &Header) -> Vec<Finding> {
    let spot = Spot::new(file, format!("第 {} 行", header.row + 1));
    let names = table.rows.get(&header.row).into_iter().flatten();
    let unknown = names.filter(|(place, _)| !header.columns.contains_key(place)).map(|(_, cell)| {
        let name = if let Cell::Text(text) = cell { quoted(text) } else { String::new() };
        spot.told(
            "excel_column_unknown",
            "表头",
            &name,
            ["不是这种格式的列，没有导入", "not a column of this layout, left out"],
            ["无须处理；若是列名写错，请改正", "nothing to do, unless the name is misspelt"],
        )
    });
    let is_filled = |place: &u32| table.rows.range(header.row + 1..).any(|(_, cells)| cells.contains_key(place));
    let hidden = header.columns.iter().filter(|(place, _)| table.hidden.has_column(**place) && is_filled(place));
    let hidden = hidden.map(|(_, (name, _))| {
        spot.told(
            "hidden_column",
            name,
            "",
            ["这一列在表格里是隐藏的，但照样读取了", "this column is hidden in the file, and was read all the same"],
            ["取消隐藏，核对内容", "show the column and look at what it holds"],
        )
    });
    unknown.chain(hidden).collect()
}

/// Cells merged in the header or below it: only the first of them keeps its text.
fn merges(file: &Arc<str>, table: &Table, header: &Header) -> Vec<Finding> {
    let touches = |left: u32, right: u32| header.columns.range(left..=right.max(left)).next();
    let merges = table.merges.iter().filter(|merge| merge.bottom >= header.row);
    let found = merges.filter_map(|merge| {
        let (_, (name, _)) = touches(merge.left, merge.right)?;
        let rows = format!("第 {} 行", merge.top.max(header.row) + 1);
        Some(Spot::new(file, rows).refused(
            "merged_cells",
            name,
            "",
            ["单元格合并了，只有第一格有内容", "cells are merged, and only the first holds the text"],
            ["取消合并，逐格填写", "undo the merge and fill in each cell"],
        ))
    });
    found.collect()
}
