//! Who may apply (申报条件): the conditions of each level as data that an organization can replace.

use crate::bank::Level;
use crate::text::fold_width;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A condition's code: the level and a number, such as `5-1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConditionCode(String);

/// Text that is no condition's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a condition's code is the level, a hyphen and a number from 1 to 99, such as 5-1")]
pub struct ConditionCodeError;

/// One condition of a level; any one of them suffices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplyCondition {
    /// The code.
    pub code: ConditionCode,
    /// The level for which it counts.
    pub level: Level,
    /// Its wording.
    pub text: String,
    /// Whether it rests on an earlier certificate, whose level and number the candidate must then give.
    pub needs_certificate: bool,
}

/// All conditions, with where they come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplyConditions {
    /// The text that they follow.
    pub source: String,
    /// The conditions.
    pub conditions: Vec<ApplyCondition>,
}

impl ConditionCode {
    /// A condition's code.
    ///
    /// # Errors
    /// [`ConditionCodeError`] when it is not a level, a hyphen and a number from 1 to 99.
    pub fn new(text: &str) -> Result<Self, ConditionCodeError> {
        let (level, number) = text.split_once('-').ok_or(ConditionCodeError)?;
        let known = Level::ALL.iter().any(|known| known.number().to_string() == level);
        let counted = matches!(number.parse::<u8>(), Ok(1..=99)) && !number.starts_with(['0', '+']);
        if known && counted { Ok(Self(text.to_owned())) } else { Err(ConditionCodeError) }
    }

    /// The code's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ApplyConditions {
    /// The conditions of the national standard of 2024 for 健康照护师（长期照护师）, from a transcription.
    #[must_use]
    pub fn standard() -> Self {
        let conditions = STANDARD.iter().map(|(level, number, needs_certificate, text)| ApplyCondition {
            code: ConditionCode(format!("{level}-{number}")),
            level: *level,
            text: (*text).to_owned(),
            needs_certificate: *needs_certificate,
        });
        Self {
            source: "国家职业标准 健康照护师（长期照护师）（2024 年版）申报条件，据转录文本".to_owned(),
            conditions: conditions.collect(),
        }
    }

    /// The condition of a code.
    #[must_use]
    pub fn get(&self, code: &ConditionCode) -> Option<&ApplyCondition> {
        self.conditions.iter().find(|condition| condition.code == *code)
    }

    /// Reads a condition by its code in any spelling (`5-1`, `5—1`, `五级-1`, `五级(1)`) or by its wording.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<&ApplyCondition> {
        let folded: String = fold_width(text).split_whitespace().collect();
        let wording = |condition: &&ApplyCondition| fold_width(&condition.text) == folded;
        self.conditions.iter().find(wording).or_else(|| {
            let code = code_of(&folded)?;
            self.conditions.iter().find(|condition| condition.code.as_str() == code)
        })
    }

    /// The codes of a level, in order, as a message lists them: `4-1、4-2、4-3`.
    #[must_use]
    pub fn codes(&self, level: Level) -> String {
        let of_level = self.conditions.iter().filter(|condition| condition.level == level);
        of_level.map(|condition| condition.code.as_str()).collect::<Vec<_>>().join("、")
    }
}

/// `5-1` of `5—1`, `5.1`, `五级-1`, `5级(1)` …
fn code_of(text: &str) -> Option<String> {
    let mut rest = text.chars();
    let level = match rest.next()? {
        '五' => '5',
        '四' => '4',
        '三' => '3',
        digit => digit,
    };
    let rest = rest.as_str();
    let rest = rest.strip_prefix('级').unwrap_or(rest);
    let number = rest.strip_prefix(['-', '—', '–', '_', '.', '(', '第'])?;
    let number = number.strip_suffix([')', '条']).unwrap_or(number);
    number.parse::<u8>().ok().map(|number| format!("{level}-{number}"))
}

const STANDARD: [(Level, u8, bool, &str); 10] = [
    (Level::Five, 1, false, "年满16周岁，拟从事或正在从事本职业或相关职业工作。"),
    (Level::Four, 1, false, "累计从事本职业或相关职业工作满5年。"),
    (
        Level::Four,
        2,
        true,
        "取得本职业或相关职业五级/初级工职业资格（职业技能等级）证书后，累计从事本职业或相关职业工作满3年。",
    ),
    (
        Level::Four,
        3,
        false,
        "取得本专业或相关专业的技工院校或中等及以上职业院校、专科及以上普通高等学校毕业证书（含在读应届毕业生）。",
    ),
    (Level::Three, 1, false, "累计从事本职业或相关职业工作满10年。"),
    (
        Level::Three,
        2,
        true,
        "取得本职业或相关职业四级/中级工职业资格（职业技能等级）证书后，累计从事本职业或相关职业工作满4年。",
    ),
    (
        Level::Three,
        3,
        false,
        "取得符合专业对应关系的初级职称（专业技术人员职业资格）后，累计从事本职业或相关职业工作满1年。",
    ),
    (Level::Three, 4, false, "取得本专业或相关专业的技工院校高级工班及以上毕业证书（含在读应届毕业生）。"),
    (
        Level::Three,
        5,
        true,
        "取得本职业或相关职业四级/中级工职业资格（职业技能等级）证书，并取得高等职业学校、专科及以上普通高等学校本专业或相关专业毕业证书（含在读应届毕业生）。",
    ),
    (
        Level::Three,
        6,
        false,
        "取得经评估论证的高等职业学校、专科及以上普通高等学校本专业或相关专业的毕业证书（含在读应届毕业生）。",
    ),
];

impl TryFrom<String> for ConditionCode {
    type Error = ConditionCodeError;
    fn try_from(text: String) -> Result<Self, ConditionCodeError> {
        Self::new(&text)
    }
}

impl From<ConditionCode> for String {
    fn from(code: ConditionCode) -> Self {
        code.0
    }
}

impl fmt::Display for ConditionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for ConditionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ConditionCode({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_standard() {
        let standard = ApplyConditions::standard();
        assert_eq!(standard.codes(Level::Five), "5-1");
        assert_eq!(standard.codes(Level::Four), "4-1、4-2、4-3");
        assert_eq!(standard.codes(Level::Three), "3-1、3-2、3-3、3-4、3-5、3-6");
        for condition in &standard.conditions {
            assert_eq!(ConditionCode::new(condition.code.as_str()).as_ref(), Ok(&condition.code));
            assert!(condition.code.as_str().starts_with(&condition.level.number().to_string()));
        }
    }

    #[test]
    fn conditions_in_every_spelling() {
        let standard = ApplyConditions::standard();
        for text in ["4-2", "4—2", "４－２", "四级-2", "四级(2)", "四级（2）", "4.2", "4级第2条"] {
            assert_eq!(standard.read(text).map(|c| c.code.as_str()), Some("4-2"), "{text}");
        }
        assert_eq!(standard.read("累计从事本职业或相关职业工作满5年。").map(|c| c.code.as_str()), Some("4-1"));
        for text in ["", "5", "5-2", "2026-05-01", "51", "满16周岁", "4-"] {
            assert_eq!(standard.read(text), None, "{text}");
        }
    }

    #[test]
    fn another_list_can_take_its_place() -> Result<(), serde_json::Error> {
        let own: ApplyConditions = serde_json::from_str(
            r#"{"source":"示例","conditions":[{"code":"5-7","level":5,"text":"示例条件","needs_certificate":false}]}"#,
        )?;
        assert_eq!(own.read("5-7").map(|c| c.text.as_str()), Some("示例条件"));
        for code in ["7-1", "5-0", "5-01", "5-100", "5-+1", "5", ""] {
            assert_eq!(ConditionCode::new(code), Err(ConditionCodeError), "{code}");
        }
        Ok(())
    }
}
