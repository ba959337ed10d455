//! The coded fields of a candidate, each with the spellings that clerks use.

use crate::bank::Level;
use crate::plan::organization::{OCCUPATION, OCCUPATION_CODE, SPECIALTY};
use crate::text::fold_width;
use serde::{Deserialize, Serialize};

kaoping_record::coded_enums! {
    /// Sex (性别), GB/T 2261.1.
    Sex read by folded {
        /// 女.
        Female = "female" "女" | "女性" | "2",
        /// 男.
        Male = "male" "男" | "男性" | "1",
    }

    /// Where candidates come from (考生来源).
    Source read by folded {
        /// Employed.
        Employed = "employed" "在职" | "在职人员" | "在职职工" | "企业职工",
        /// At school or university.
        Student = "student" "在校学生" | "在校生" | "学生",
        /// Graduated this year.
        Graduate = "graduate" "应届毕业生" | "毕业生",
        /// Retired.
        Retired = "retired" "退休人员" | "退休",
        /// Come from farm work.
        RuralTransfer = "rural_transfer" "农村转移劳动力" | "农村转移就业劳动者" | "农村转移就业劳动力" | "农民工",
        /// Out of work.
        Unemployed = "unemployed" "失业人员" | "失业" | "下岗失业人员",
        /// On their own account.
        Individual = "individual" "个人" | "社会人员" | "个人报名" | "灵活就业人员",
        /// None of these.
        Other = "other" "其他" | "其它" | "其他人员",
    }

    /// Initial or promotion (认定分类).
    Assessment read by folded {
        /// The first certificate in the occupation.
        Initial = "initial" "初次认定" | "初次",
        /// From a lower level.
        Promotion = "promotion" "晋级认定" | "晋级" | "晋升认定",
    }

    /// First sitting or resit, and of which parts (考试类型).
    ExamKind read by folded {
        /// Both parts for the first time.
        First = "first" "正考" | "正考(理论+实操)" | "首考" | "新考",
        /// Both parts again.
        Resit = "resit" "补考(理论+实操)" | "补考理论+实操" | "补考(理论、实操)" | "补考(理论和实操)" | "补考(全部)",
        /// The theory exam again.
        ResitTheory = "resit_theory" "补考(理论)" | "补考理论" | "理论补考" | "补考(理论知识)",
        /// The practical exam again.
        ResitPractical = "resit_practical" "补考(实操)" | "补考实操" | "实操补考" | "补考(技能)" | "技能补考" | "补考(操作技能)",
    }
}

impl ExamKind {
    /// Whether the candidate sits the theory exam.
    #[must_use]
    pub const fn theory(self) -> bool {
        !matches!(self, Self::ResitPractical)
    }

    /// Whether the candidate sits the practical exam.
    #[must_use]
    pub const fn practical(self) -> bool {
        !matches!(self, Self::ResitTheory)
    }
}

/// The level of a certificate that somebody holds already, 5 (五级) to 1 (一级); in JSON the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct HeldLevel(u8);

/// A number that is no level of any certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("levels of certificates are 5 to 1; got {0}")]
pub struct HeldLevelError(u8);

impl HeldLevel {
    /// A level from its number, 5 to 1.
    ///
    /// # Errors
    /// [`HeldLevelError`] for another number.
    pub const fn new(number: u8) -> Result<Self, HeldLevelError> {
        if number >= 1 && number <= 5 { Ok(Self(number)) } else { Err(HeldLevelError(number)) }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its Chinese name.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self.0 {
            5 => "五级/初级工",
            4 => "四级/中级工",
            3 => "三级/高级工",
            2 => "二级/技师",
            _ => "一级/高级技师",
        }
    }

    /// Reads `五级`, `五级/初级工`, `初级工(五级)`, `初级工`, `5级`, `5` and so on for each level.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const SPELLINGS: [(&[&str], &[&str]); 5] = [
            (&["一级", "1级", "1"], &["高级技师"]),
            (&["二级", "2级", "2"], &["技师"]),
            (&["三级", "3级", "3"], &["高级工", "高级"]),
            (&["四级", "4级", "4"], &["中级工", "中级"]),
            (&["五级", "5级", "5"], &["初级工", "初级"]),
        ];
        let text = folded(text);
        let parts: Vec<&str> = text.split(['/', '(', ')', '、', '-', '—']).filter(|part| !part.is_empty()).collect();
        (1..).zip(SPELLINGS).find_map(|(number, (grades, titles))| {
            let matches = match parts.as_slice() {
                [one] => grades.contains(one) || titles.contains(one),
                [a, b] => (grades.contains(a) && titles.contains(b)) || (titles.contains(a) && grades.contains(b)),
                _ => false,
            };
            matches.then_some(Self(number))
        })
    }
}

impl TryFrom<u8> for HeldLevel {
    type Error = HeldLevelError;
    fn try_from(number: u8) -> Result<Self, HeldLevelError> {
        Self::new(number)
    }
}

impl From<HeldLevel> for u8 {
    fn from(level: HeldLevel) -> Self {
        level.0
    }
}

/// Reads a level of the occupation in any spelling of [`HeldLevel::read`].
#[must_use]
pub fn read_level(text: &str) -> Option<Level> {
    Level::try_from(HeldLevel::read(text)?.number()).ok()
}

/// Whether a text names the occupation 4-14-01-03 健康照护师（长期照护师）: by its code, with any dashes, by the
/// occupation's or the specialty's name, or by several of these.
#[must_use]
pub fn names_occupation(text: &str) -> bool {
    let dashed: String = folded(text)
        .chars()
        .map(|c| if matches!(c, '—' | '–' | '－' | '‐' | '‑' | '―' | '−') { '-' } else { c })
        .collect();
    // Word and WPS write the code with double dashes.
    let text = dashed.replace("--", "-");
    let rest = [OCCUPATION_CODE, OCCUPATION, SPECIALTY].iter().fold(text.clone(), |rest, name| rest.replace(name, ""));
    rest != text && rest.chars().all(|c| matches!(c, '(' | ')' | '/' | '-' | ',' | '、' | ':' | '·'))
}

/// Reads 是 or 否 (有, 无).
#[must_use]
pub fn read_yes(text: &str) -> Option<bool> {
    match folded(text).as_str() {
        "是" | "有" => Some(true),
        "否" | "无" | "没有" => Some(false),
        _ => None,
    }
}

/// ASCII width, without blanks.
fn folded(text: &str) -> String {
    fold_width(text).split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_in_every_spelling() {
        for text in [
            "五级",
            "五级/初级工",
            "初级工(五级)",
            "初级工（五级）",
            "５",
            "5",
            "5级",
            "初级工",
            "五级 / 初级工",
            "五级、初级工",
        ] {
            assert_eq!(read_level(text), Some(Level::Five), "{text}");
        }
        assert_eq!(read_level("三级/高级工"), Some(Level::Three));
        assert_eq!(read_level("高级技师"), None);
        assert_eq!(HeldLevel::read("二级/技师").map(HeldLevel::chinese), Some("二级/技师"));
        assert_eq!(HeldLevel::read("高级技师(一级)").map(HeldLevel::number), Some(1));
        for text in ["", "五级/中级工", "6", "初", "五级/初级工/五级", "五 四"] {
            assert_eq!(HeldLevel::read(text), None, "{text}");
        }
    }

    #[test]
    fn occupations_in_every_spelling() {
        for text in [
            "4—14—01—03",
            "4-14-01-03",
            "4－14－01－03",
            "4——14——01——03",
            "健康照护师",
            "长期照护师",
            "健康照护师（长期照护师）",
            "4-14-01-03 健康照护师",
            "健康照护师/长期照护师",
            " 健康照护师 ",
        ] {
            assert!(names_occupation(text), "{text}");
        }
        for text in ["", "养老护理员", "4-14-01-02", "健康照护师助理", "4-14-01-031", "-"] {
            assert!(!names_occupation(text), "{text}");
        }
    }

    #[test]
    fn kinds_of_exam_name_their_parts() {
        assert_eq!(ExamKind::read("补考（理论）"), Some(ExamKind::ResitTheory));
        assert_eq!(ExamKind::read("实操补考"), Some(ExamKind::ResitPractical));
        assert_eq!(ExamKind::read("补考（理论＋实操）"), Some(ExamKind::Resit));
        assert_eq!(ExamKind::read("补考"), None, "does not say which part");
        assert!(ExamKind::First.theory() && ExamKind::First.practical());
        assert!(!ExamKind::ResitPractical.theory() && !ExamKind::ResitTheory.practical());
    }

    #[test]
    fn every_chinese_name_reads_back() {
        for source in Source::ALL {
            assert_eq!(Source::read(source.chinese()), Some(*source));
        }
        for kind in ExamKind::ALL {
            assert_eq!(ExamKind::read(kind.chinese()), Some(*kind));
        }
        assert_eq!(Sex::read("女 "), Some(Sex::Female));
        assert_eq!(Assessment::read("晋级认定"), Some(Assessment::Promotion));
        assert_eq!((read_yes("有"), read_yes("否"), read_yes("?")), (Some(true), Some(false), None));
    }
}
