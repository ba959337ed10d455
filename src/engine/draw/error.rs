//! Why a draw is refused, for the person who must act. A paper is never short: whatever cannot be dealt is refused.

use super::cells::CellName;
use super::conflict::Explanation;
use crate::fault::{Fault, Text};
use kaoping_record::canonical::CanonicalError;
use kaoping_record::id::PaperId;

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
    /// Pools that are too small for their cells.
    #[error("{} cells have too few units", .0.shortages.len())]
    Pool(Box<Short>),
    /// No unit of a cell is admissible to a paper.
    #[error("no unit of cell {} is admissible to paper `{}`", .0.cell, .0.paper)]
    Stuck(Box<Stuck>),
    /// A fraction of the equivalence certificate beyond what records hold.
    #[error("equivalence certificate lies beyond the range of records")]
    Range,
    /// A document outside the canonical profile.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

/// Pools that are too small, and what else stands in the way of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// All pools that are too small, each by itself.
    pub shortages: Vec<Shortage>,
    /// Whether a paper exists for a person who has seen nothing, and which cells are short together.
    pub explanation: Explanation,
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

/// A paper that no unit of a cell fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The paper's id, as in the seating.
    pub paper: PaperId,
    /// The cell: function, item type and difficulty band.
    pub cell: CellName,
    /// How many units of the banks fall into the cell.
    pub pool: usize,
    /// Units that each paper takes.
    pub quota: usize,
    /// Units of the pool that the person has seen before.
    pub seen: usize,
    /// Other units of the pool with a point that the paper already has.
    pub same_point: usize,
    /// Other units of the pool with an enemy in the paper.
    pub enemies: usize,
    /// Whether any paper exists, and which cells are in conflict.
    pub explanation: Explanation,
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
            Self::Stuck(_) => "stuck",
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
            Self::Pool(short) => {
                short.shortages.iter().map(Shortage::fault).chain(short.explanation.faults(None)).collect()
            }
            Self::Stuck(paper) => {
                let mut faults = vec![stuck(paper)];
                faults.extend(paper.explanation.faults(Some(&paper.paper)));
                faults
            }
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

fn stuck(stuck: &Stuck) -> Fault {
    let Stuck { paper, cell, pool, quota, seen, same_point, enemies, .. } = stuck;
    Fault::new(
        "draw_stuck",
        format!("试卷 {paper}，{}", cell.chinese()),
        Text::new(
            format!(
                "题库 {pool} 个，每卷用 {quota} 个：其中 {seen} 个考生做过，{same_point} 个与卷内试题同一鉴定点，{enemies} 个与卷内试题相互提示，没有可用的题"
            ),
            format!(
                "of {pool} units, of which a paper takes {quota}, {seen} were seen before, {same_point} share a point with the paper and {enemies} have an enemy in it: none is left"
            ),
        ),
        Text::new(
            "在这一类中补充其他鉴定点的试题，或减少互斥试题",
            "add items of other points to this cell, or resolve enemies",
        ),
    )
}
