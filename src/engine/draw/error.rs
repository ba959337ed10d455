//! Why a draw is refused, for the person who must act. A paper is never short: whatever cannot be dealt is refused.

use super::cells::CellName;
use crate::fault::{Fault, Text};
use kaoping_record::canonical::CanonicalError;

/// A refused draw; nothing was dealt. [`DrawError::code`] is the code of section 8 of the specification.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// The basis is at fault by itself.
    #[error("basis has {} faults", .0.len())]
    Basis(Vec<Fault>),
    /// The manifest is not one of the basis.
    #[error("manifest has {} faults", .0.len())]
    Manifest(Vec<Fault>),
    /// A document is not the one that basis or manifest names.
    #[error("{} documents are not those that basis or manifest names", .0.len())]
    Document(Vec<Fault>),
    /// The blueprint is at fault.
    #[error("blueprint has {} faults", .0.len())]
    Blueprint(Vec<Fault>),
    /// The seating is at fault.
    #[error("seating has {} faults", .0.len())]
    Seating(Vec<Fault>),
    /// An index is at fault.
    #[error("indexes have {} faults", .0.len())]
    Index(Vec<Fault>),
    /// A secret is missing, foreign, or not the one committed to.
    #[error("{} secrets are missing, foreign or altered", .0.len())]
    Secret(Vec<Fault>),
    /// Public entropy is missing, or given without being named.
    #[error("public entropy and manifest do not agree")]
    Entropy(Vec<Fault>),
    /// Pools that are too small for their cells, each by itself.
    #[error("{} cells have too few units", .0.len())]
    Pool(Vec<Shortage>),
    /// No paper was found, even for a person who has seen nothing.
    #[error("no paper was found that keeps {} rules together", .0.rules.len())]
    Infeasible(Box<Infeasible>),
    /// A fraction of the equivalence certificate beyond what records hold.
    #[error("equivalence certificate lies beyond the range of records")]
    Range,
    /// A document outside the canonical profile.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

/// A cell whose pool is too small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// The cell: function, item type and difficulty band.
    pub cell: CellName,
    /// How many units of the banks fall into the cell.
    pub pool: usize,
    /// Units that each paper takes.
    pub quota: usize,
    /// Units that the pool must have: the quota times the blueprint's minimum multiple.
    pub needed: usize,
}

/// Rules that no paper was found to keep together; without any one of them there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Infeasible {
    /// The rules, in rule order.
    pub rules: Vec<RuleName>,
    /// Whether it is certain that there is no paper; otherwise the search gave up.
    pub proved: bool,
}

/// A rule that every paper keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleName {
    /// A cell as `function/type/group_size/kind/band`, a range as `function/kind/range`, an importance by its letter.
    pub name: String,
    /// What people call it.
    pub chinese: String,
}

impl DrawError {
    /// The code of the refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Basis(_) => "basis",
            Self::Manifest(_) => "manifest",
            Self::Document(_) => "document",
            Self::Blueprint(_) => "blueprint",
            Self::Seating(_) => "seating",
            Self::Index(_) => "index",
            Self::Secret(_) => "secret",
            Self::Entropy(_) => "entropy",
            Self::Pool(_) => "pool",
            Self::Infeasible(_) => "infeasible",
            Self::Range => "range",
            Self::Canonical(_) => "form",
        }
    }

    /// What is wrong, where, and what to do.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Basis(faults)
            | Self::Manifest(faults)
            | Self::Document(faults)
            | Self::Blueprint(faults)
            | Self::Seating(faults)
            | Self::Index(faults)
            | Self::Secret(faults)
            | Self::Entropy(faults) => faults.clone(),
            Self::Pool(shortages) => shortages.iter().map(Shortage::fault).collect(),
            Self::Infeasible(infeasible) => vec![infeasible.fault()],
            Self::Range => vec![Fault::new(
                "draw_range",
                "",
                Text::new("等值证明中的数值超出记录范围", "a figure of the equivalence certificate is too large"),
                Text::new("减少一次抽题的试卷份数", "draw fewer papers at once"),
            )],
            Self::Canonical(error) => vec![Fault::new(
                "draw_canonical",
                "",
                Text::new(format!("文件不合规范格式：{error}"), error.to_string()),
                Text::new("重新生成该文件", "make the document again"),
            )],
        }
    }
}

impl Shortage {
    /// What the cell lacks, and what to do.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let Self { cell, pool, quota, needed } = self;
        Fault::new(
            "draw_pool",
            cell.chinese(),
            Text::new(
                format!("题库只有 {pool} 个，每卷用 {quota} 个，至少需要 {needed} 个"),
                format!("cell {cell} has {pool} units; a paper takes {quota}, so that {needed} are needed"),
            ),
            Text::new(
                format!("补充 {} 个这一难度的试题，或调整组卷方案", needed - pool),
                format!("add {} units of this cell, or change the blueprint", needed - pool),
            ),
        )
    }
}

impl Infeasible {
    /// Which rules are in conflict, and what to do.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let listed = |text: fn(&RuleName) -> &str, comma| self.rules.iter().map(text).collect::<Vec<_>>().join(comma);
        let (zh, en) = (listed(|rule| &rule.chinese, "、"), listed(|rule| &rule.name, ", "));
        let (sure_zh, sure_en) = if self.proved {
            ("没有一份试卷能同时满足这些要求", "no paper keeps these rules together")
        } else {
            (
                "在限定的步数内没有找到同时满足这些要求的试卷",
                "within its steps the search found no paper that keeps these rules together",
            )
        };
        Fault::new(
            "draw_infeasible",
            "",
            Text::new(format!("{sure_zh}：{zh}"), format!("{sure_en}: {en}")),
            Text::new(
                "在这些单元和鉴定范围中补充其他鉴定点的试题，减少互斥试题，或在组卷方案中放宽重要程度、鉴定范围的要求",
                "add items of other points to these cells and ranges, resolve enemies, or let the blueprint ask less of importances and ranges",
            ),
        )
    }
}
