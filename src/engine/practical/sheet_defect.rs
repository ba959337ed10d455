//! The defects of a score sheet, each with its place, its cause and, in Chinese, its cure.

use super::sheet::{SAMPLE_LABEL, SHEET_VERSION};
use crate::bank::Function;
use crate::fault::{Fault, Text};
use crate::marks::HalfMarks;
use serde::Serialize;

/// A defect and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SheetDefect {
    /// The place as a JSON pointer (RFC 6901), such as `/modules/0/sections/1/items/3/awards/0`.
    pub place: String,
    /// What is wrong there: in JSON an object with its `code` and figures.
    pub problem: SheetProblem,
}

/// What can be wrong with a sheet. The figures are in half-marks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SheetProblem {
    /// Another version of the format.
    #[error("format version {found} is not {SHEET_VERSION}")]
    Version {
        /// The version.
        found: u32,
    },
    /// A text without a visible character.
    #[error("text is blank")]
    Blank,
    /// A placeholder that the author left behind (待定、略 …).
    #[error("text is only a placeholder")]
    Placeholder,
    /// A text that is too long.
    #[error("text has {found} characters, {max} are allowed")]
    TooLong {
        /// The bound.
        max: usize,
        /// The length in code points.
        found: usize,
    },
    /// A character that does not print everywhere, as its code point.
    #[error("character U+{point:04X} is not allowed")]
    Character {
        /// The code point.
        point: u32,
    },
    /// A number, or a number of entries, outside its bounds.
    #[error("{found} is not between {min} and {max}")]
    Bounds {
        /// The least.
        min: usize,
        /// The most.
        max: usize,
        /// What it is.
        found: usize,
    },
    /// A name that is used elsewhere already.
    #[error("name `{name}` is used twice")]
    Double {
        /// The code that occurs more than once.
        name: String,
    },
    /// Weights of modules that do not add up to 100.
    #[error("weights of the modules add up to {found}, not to 100")]
    Weights {
        /// Their sum.
        found: u64,
    },
    /// Items that are not worth their module's weight.
    #[error("items are worth {found} half-marks, the module's weight asks for {expected}")]
    ModuleMarks {
        /// Twice the weight.
        expected: u64,
        /// Sum of the items, in half-marks.
        found: u64,
    },
    /// Items that are not worth 100 marks in all.
    #[error("items are worth {found} half-marks in all, not 200")]
    TotalMarks {
        /// Sum of the items, in half-marks.
        found: u64,
    },
    /// An item that is worth nothing.
    #[error("item is worth nothing")]
    Worthless,
    /// A first award other than the item's marks.
    #[error("first award earns {found} marks, the item is worth {expected}")]
    FirstAward {
        /// The item's marks.
        expected: HalfMarks,
        /// The award's.
        found: HalfMarks,
    },
    /// An award that earns no less than the one before it.
    #[error("award earns {found} marks, which is not less than the {before} before it")]
    AwardOrder {
        /// The award before it.
        before: HalfMarks,
        /// The award found, in half-marks.
        found: HalfMarks,
    },
    /// A last award that is not nothing.
    #[error("last award earns {found} marks; an item that is not done must earn nothing")]
    LastAward {
        /// The award found, in half-marks.
        found: HalfMarks,
    },
    /// An award whose code is not the number that its kind asks for.
    #[error("award is coded `{found}`, its kind asks for `{expected}`")]
    AwardCode {
        /// The number.
        expected: String,
        /// The code.
        found: String,
    },
    /// An award that is not the item's marks less so many omissions.
    #[error("award earns {found} marks, its number of omissions leaves {expected}")]
    Deduction {
        /// What is left.
        expected: HalfMarks,
        /// The award found, in half-marks.
        found: HalfMarks,
    },
    /// Time limits that do not rise.
    #[error("time limits do not rise")]
    Limits,
    /// A veto on an item that the sheet does not have.
    #[error("sheet has no item `{item}`")]
    UnknownItem {
        /// The number that no item of the sheet has.
        item: String,
    },
    /// A function that only the theory exam has.
    #[error("function `{function}` is not examined in practice")]
    NotPractical {
        /// The function (职业功能): a row of the standard's weight tables.
        function: Function,
    },
    /// A sample that does not say so, or a formal sheet that calls itself one.
    #[error("label must be `{SAMPLE_LABEL}` for a sample, and for nothing else")]
    Label,
}

impl SheetDefect {
    /// The defect for the person who wrote the sheet, in both languages.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let [cause, zh, en] = self.problem.words();
        let code =
            serde_json::to_value(&self.problem).ok().and_then(|json| Some(json.get("code")?.as_str()?.to_owned()));
        Fault::new(
            &format!("sheet_{}", code.unwrap_or_default()),
            self.place.clone(),
            Text::new(cause, self.problem.to_string()),
            Text::new(zh, en),
        )
    }
}

impl SheetProblem {
    /// The cause in Chinese, and the cure in Chinese and English.
    fn words(&self) -> [String; 3] {
        let words = |cause: String, zh: &str, en: &str| [cause, zh.to_owned(), en.to_owned()];
        match self {
            Self::Version { found } => words(
                format!("格式版本是 {found}，本程序只认 {SHEET_VERSION}"),
                "请改用程序认得的格式版本",
                "write the sheet in the format version that the program knows",
            ),
            Self::Blank => words("文字是空的".to_owned(), "请填写", "fill it in"),
            Self::Placeholder => {
                words("文字只是占位（如“待定”）".to_owned(), "请填写真正的内容", "write what is meant")
            }
            Self::TooLong { max, found } => {
                words(format!("文字有 {found} 个字，最多 {max} 个"), "请缩短", "shorten it")
            }
            Self::Character { point } => words(
                format!("含有不能正常显示的字符 U+{point:04X}"),
                "请删去，或换成普通文字",
                "remove it or use ordinary text",
            ),
            Self::Bounds { min, max, found } => {
                words(format!("数目是 {found}，应在 {min} 到 {max} 之间"), "请改正数目", "correct the number")
            }
            Self::Double { name } => {
                words(format!("编号“{name}”用了两次"), "请换一个没用过的编号", "choose a name that is not used yet")
            }
            Self::Weights { found } => {
                words(format!("各模块权重之和是 {found}，应为 100"), "请调整权重", "adjust the weights")
            }
            Self::ModuleMarks { expected, found } => words(
                format!("本模块各项配分之和是 {} 分，权重要求 {} 分", marks(*found), marks(*expected)),
                "请调整配分或权重",
                "adjust the items' marks or the weight",
            ),
            Self::TotalMarks { found } => words(
                format!("全表配分之和是 {} 分，应为 100 分", marks(*found)),
                "请调整配分",
                "adjust the items' marks",
            ),
            Self::Worthless => words("配分是 0".to_owned(), "请给出配分，或删去本项", "give it marks or remove it"),
            Self::FirstAward { expected, found } => words(
                format!("第一档是 {found} 分，应等于配分 {expected} 分"),
                "请改正第一档或配分",
                "correct the first award or the item's marks",
            ),
            Self::AwardOrder { before, found } => words(
                format!("本档 {found} 分，不比上一档的 {before} 分少"),
                "请从高到低排列",
                "sort the awards from high to low",
            ),
            Self::LastAward { found } => {
                words(format!("最后一档是 {found} 分，应为 0 分"), "请加上 0 分的一档", "add an award of nothing")
            }
            Self::AwardCode { expected, found } => {
                words(format!("本档代码是“{found}”，应为“{expected}”"), "请改正代码", "correct the award's code")
            }
            Self::Deduction { expected, found } => words(
                format!("本档是 {found} 分，按每处扣分应为 {expected} 分"),
                "请改正分数",
                "correct the award's marks",
            ),
            Self::Limits => words("时限没有从小到大排列".to_owned(), "请从小到大排列", "sort the limits"),
            Self::UnknownItem { item } => {
                words(format!("表中没有编号为“{item}”的考核项"), "请改成表中已有的编号", "name an item of the sheet")
            }
            Self::NotPractical { function } => words(
                format!("“{}”没有操作技能考核", function.chinese()),
                "请改成有操作考核的职业功能",
                "name a function that has a practical exam",
            ),
            Self::Label => words(
                format!("样题必须标注“{SAMPLE_LABEL}”，正式题不得如此标注"),
                "请改正标注或题库种类",
                "correct the label or the kind of bank",
            ),
        }
    }
}

/// Half-marks as marks, for sums that may be too great for [`HalfMarks`].
fn marks(half_marks: u64) -> String {
    format!("{}{}", half_marks / 2, if half_marks.is_multiple_of(2) { "" } else { ".5" })
}
