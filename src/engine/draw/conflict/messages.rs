//! What people read of a conflict: cause and cure in both languages.

use super::{Cause, CellInConflict, Conflict, Explanation, Proof};
use crate::fault::{Fault, Text};
use kaoping_record::id::{PaperId, UnitId};

/// The most pairs of enemies that a sentence names.
const MOST_NAMED: usize = 8;

impl Explanation {
    /// What stands in the way of a paper, with its cure; `paper` is the one that a draw could not fill.
    #[must_use]
    pub fn faults(&self, paper: Option<&PaperId>) -> Vec<Fault> {
        let place = paper.map(|paper| format!("试卷 {paper}")).unwrap_or_default();
        match (self, paper) {
            (Self::Conflicts(conflicts), _) => conflicts.iter().map(|conflict| conflict.fault(&place)).collect(),
            (Self::Fillable, None) => Vec::new(),
            (Self::Fillable, Some(_)) => vec![Fault::new(
                "draw_not_found",
                place,
                Text::new(
                    "没有互相冲突的单元：无冲突的试卷是存在的，但按规定的发题步骤没有找到",
                    "no cells are in conflict: a paper without conflicts exists, but the dealing rule did not find it",
                ),
                Text::new(
                    "作废本次抽题，由保管人用新的密钥重新抽题；仍不成功时，在上面所列单元补充其他鉴定点的试题",
                    "void this attempt and draw again with new secrets; if that fails too, add items of other points to the cell named above",
                ),
            )],
            (Self::Open, _) => vec![Fault::new(
                "draw_not_proven",
                place,
                Text::new(
                    "在限定的计算量内，既没有找到无冲突的试卷，也没有证明它不存在",
                    "within its budget the search neither found a paper without conflicts nor proved that there is none",
                ),
                Text::new(
                    "减少互斥试题，或补充其他鉴定点的单题",
                    "resolve enemies, or add single items of other points",
                ),
            )],
        }
    }
}

impl Conflict {
    fn fault(&self, paper: &str) -> Fault {
        let cells: Vec<String> = self.cells.iter().map(|cell| cell.cell.chinese()).collect();
        let comma = if paper.is_empty() { "" } else { "，" };
        let place = format!("{paper}{comma}{}", cells.join("、"));
        Fault::new("draw_conflict", place, self.cause_text(), self.cure())
    }

    fn cause_text(&self) -> Text {
        let Self { cells, wanted, points, .. } = self;
        let count = cells.len();
        let (lack_zh, lack_en) = match self.lack {
            Some(lack) => {
                (format!("，最多只能选出 {} 个，还差 {lack} 个", wanted - lack), format!(", {lack} are lacking"))
            }
            None => (String::new(), String::new()),
        };
        let (why_zh, why_en) = match &self.cause {
            Cause::Points => ("同一试卷内鉴定点不能重复".to_owned(), "a paper has each point once".to_owned()),
            Cause::Enemies(pairs) => (
                format!("鉴定点足够，但试题互斥：{}", named(pairs, "、")),
                format!("points would do, but for enemies: {}", named(pairs, ", ")),
            ),
            Cause::Groups => (
                "题组各占用几个鉴定点，彼此重叠或互斥".to_owned(),
                "case groups take several points each and exclude each other".to_owned(),
            ),
        };
        let (proof_zh, proof_en) = match self.proof {
            Proof::Smallest => ("去掉其中任一单元即不再冲突，也没有更小的冲突", "no smaller set is in conflict"),
            Proof::Irreducible => ("去掉其中任一单元即不再冲突", "no part of it is in conflict"),
            Proof::Conflict => {
                ("是否有更小的冲突，在限定的计算量内未能证明", "that no smaller set is in conflict is not proven")
            }
        };
        let each_zh: Vec<String> = cells.iter().map(CellInConflict::chinese).collect();
        let each_en: Vec<String> = cells.iter().map(CellInConflict::english).collect();
        Text::new(
            format!(
                "这 {count} 个单元每卷共要 {wanted} 个，可用的共有 {points} 个鉴定点{lack_zh}；{why_zh}。{}。{proof_zh}",
                each_zh.join("；")
            ),
            format!(
                "these {count} cells want {wanted} units a paper and have {points} points{lack_en}; {why_en}. {}; {proof_en}",
                each_en.join("; ")
            ),
        )
    }

    fn cure(&self) -> Text {
        let (mut zh, mut en) = match self.lack {
            Some(lack) if self.anywhere => (
                format!("在其中任一单元补充 {lack} 个其他鉴定点的试题，或调整组卷方案，使这些单元共少用 {lack} 个"),
                format!(
                    "add {lack} items of other points in any of these cells, or let the blueprint take {lack} fewer from them"
                ),
            ),
            Some(_) => {
                let missing = || self.cells.iter().filter(|cell| cell.missing > 0);
                let zh: Vec<String> =
                    missing().map(|cell| format!("「{}」{} 个", cell.cell.chinese(), cell.missing)).collect();
                let en: Vec<String> = missing().map(|cell| format!("{} to {}", cell.missing, cell.cell)).collect();
                (
                    format!(
                        "补充其他鉴定点、不与他题互斥的试题：{}；或调整组卷方案，使它们少用同样个数",
                        zh.join("，")
                    ),
                    format!(
                        "add units of other points without enemies: {}; or let the blueprint take as many fewer",
                        en.join(", ")
                    ),
                )
            }
            None => (
                "在这些单元补充其他鉴定点的试题，或减少互斥试题".to_owned(),
                "add items of other points to these cells, or resolve enemies".to_owned(),
            ),
        };
        if let Cause::Enemies(pairs) = &self.cause {
            zh.push_str(&format!("；或核对试题，解除这 {} 对互斥", pairs.len()));
            en.push_str(&format!("; or review the items and resolve these {} pairs of enemies", pairs.len()));
        }
        if self.seen_decides {
            zh.push_str("；考生没有做过这些题时可以组成，也可改用该考生未用过的题库");
            en.push_str("; a person who has not seen these items can have a paper: use a bank that is new to this one");
        }
        Text::new(zh, en)
    }
}

impl CellInConflict {
    fn chinese(&self) -> String {
        let Self { wanted, pool, seen, points, shared, enemies, .. } = self;
        let seen = if *seen == 0 { String::new() } else { format!("（考生做过 {seen} 个）") };
        format!(
            "「{}」要 {wanted} 个，题库 {pool} 个{seen}，可用的涉及 {points} 个鉴定点，其中 {shared} 个与其他单元共有，{enemies} 个有互斥试题",
            self.cell.chinese()
        )
    }

    fn english(&self) -> String {
        let Self { cell, wanted, pool, seen, points, shared, enemies, .. } = self;
        let seen = if *seen == 0 { String::new() } else { format!(" ({seen} seen before)") };
        format!(
            "{cell} wants {wanted} of {pool} units{seen}, which have {points} points, {shared} of them shared; {enemies} have enemies"
        )
    }
}

fn named(pairs: &[[UnitId; 2]], comma: &str) -> String {
    let named: Vec<String> = pairs.iter().take(MOST_NAMED).map(|[one, other]| format!("{one}–{other}")).collect();
    let more = if pairs.len() > MOST_NAMED { "…" } else { "" };
    format!("{}{more}", named.join(comma))
}
