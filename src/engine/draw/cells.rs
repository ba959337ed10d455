//! Cells: function × type × group size × bank kind × difficulty band (section 3 of the specification).

use crate::bank::{BankKind, Difficulty, Function, ItemType};
use kaoping_record::id::BandName;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Function, kind of bank, type and band: together they name a cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CellName {
    /// The function (职业功能): a row of the standard's weight tables.
    pub function: Function,
    /// Single choice, multiple choice or true/false (题型).
    #[serde(rename = "type")]
    pub item_type: ItemType,
    /// Items in a unit.
    pub group_size: u32,
    /// National or extended; each kind has cells of its own.
    pub kind: BankKind,
    /// The difficulty band of the blueprint.
    pub band: BandName,
}

/// A cell: what each paper takes from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its name.
    pub name: CellName,
    /// Units that each paper takes, at least 1.
    pub quota: usize,
    /// The difficulties of its band.
    pub difficulties: Vec<Difficulty>,
}

impl CellName {
    /// The name for people, such as 生活照护·单选题·国家题库·easy.
    #[must_use]
    pub fn chinese(&self) -> String {
        let group = if self.group_size == 1 { String::new() } else { format!("（每组 {} 题）", self.group_size) };
        let (function, item_type, kind) = (self.function.chinese(), self.item_type.chinese(), self.kind.chinese());
        format!("{function}·{item_type}{group}·{kind}·{}", self.band)
    }

    /// The parts that name the cell's stream.
    #[must_use]
    pub fn parts(&self) -> [String; 5] {
        [
            self.function.code().to_owned(),
            self.item_type.code().to_owned(),
            self.group_size.to_string(),
            self.kind.code().to_owned(),
            self.band.as_str().to_owned(),
        ]
    }
}

impl fmt::Display for CellName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.parts().join("/"))
    }
}
