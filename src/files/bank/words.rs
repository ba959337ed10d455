//! Spellings of keys and types by clerks, and their meanings.

use kaoping_engine::bank::ItemType;
use kaoping_engine::text::fold_width;
use std::collections::BTreeMap;

/// The letters of options.
pub(super) const LETTERS: &str = "ABCDEFGH";

/// How a statement's key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Truth {
    pub(super) is_true: bool,
    /// One of the signs and words that nobody misreads.
    pub(super) is_plain: bool,
}

/// Reads a statement's key. A letter x is the sign of a wrong statement, never of a right one.
pub(super) fn truth(text: &str) -> Option<Truth> {
    let folded = fold_width(text.trim());
    let folded = folded.trim_end_matches(['.', '。']);
    let (is_true, is_plain) = match folded {
        "对" | "正确" | "√" => (true, true),
        "错" | "错误" | "×" => (false, true),
        "✓" | "✔" | "☑" | "是" | "T" | "t" | "TRUE" | "True" | "true" | "1" => (true, false),
        "✗" | "✘" | "✕" | "╳" | "x" | "X" | "否" | "F" | "f" | "FALSE" | "False" | "false" | "0" => {
            (false, false)
        }
        _ => return None,
    };
    Some(Truth { is_true, is_plain })
}

/// Whether two texts are the two answers to a statement; then whether the first of them is the true
/// one.
pub(super) fn statement_answers(texts: &[&str]) -> Option<bool> {
    let [first, second] = texts else { return None };
    // Letters and digits are labels, not answers.
    let word = |text: &str| truth(text).filter(|_| !text.trim().is_ascii() || text.trim().len() > 1);
    let (first, second) = (word(first)?, word(second)?);
    (first.is_true != second.is_true).then_some(first.is_true)
}

/// The meaning of codes of types in files that use codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeCodes(BTreeMap<String, ItemType>);

/// A text that does not say what codes of types mean.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("codes of types are written like `B=single_choice,C=true_false,G=multiple_choice`; got `{0}`")]
pub struct TypeCodesError(String);

impl Default for TypeCodes {
    /// B single choice, C statement, G multiple choice, as the national bank's files have them.
    fn default() -> Self {
        let usual = [("B", ItemType::SingleChoice), ("C", ItemType::TrueFalse), ("G", ItemType::MultipleChoice)];
        Self(usual.map(|(code, item_type)| (code.to_owned(), item_type)).into())
    }
}

impl std::str::FromStr for TypeCodes {
    type Err = TypeCodesError;

    fn from_str(text: &str) -> Result<Self, TypeCodesError> {
        let wrong = || TypeCodesError(text.to_owned());
        let mut codes = BTreeMap::new();
        for pair in text.split(',') {
            let (code, name) = pair.split_once('=').ok_or_else(wrong)?;
            let item_type = ItemType::ALL.iter().find(|known| known.code() == name.trim()).ok_or_else(wrong)?;
            if code.trim().is_empty() || codes.insert(code.trim().to_owned(), *item_type).is_some() {
                return Err(wrong());
            }
        }
        Ok(Self(codes))
    }
}

impl TypeCodes {
    /// The type that a name or a code means.
    pub(super) fn read(&self, text: &str) -> Option<ItemType> {
        let text = fold_width(text.trim());
        Some(match text.as_str() {
            "单选题" | "单选" | "单项选择题" | "单项选择" => ItemType::SingleChoice,
            "多选题" | "多选" | "多项选择题" | "多项选择" => ItemType::MultipleChoice,
            "判断题" | "判断" | "是非题" | "正误判断题" => ItemType::TrueFalse,
            code => *self.0.get(code)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_x_is_wrong_never_right() {
        for text in ["x", "X", "ｘ", "Ｘ", "×", "错", "F", "0", "✗"] {
            assert_eq!(truth(text).map(|truth| truth.is_true), Some(false), "{text}");
        }
        for text in ["√", "对", "T", "１", " 正确 ", "✓"] {
            assert_eq!(truth(text).map(|truth| truth.is_true), Some(true), "{text}");
        }
        for text in ["", "A", "B", "2", "对错", "不对", "v"] {
            assert_eq!(truth(text), None, "{text}");
        }
    }

    #[test]
    fn the_two_answers_of_a_statement_are_words() {
        assert_eq!(statement_answers(&["正确", "错误"]), Some(true));
        assert_eq!(statement_answers(&["错", "对"]), Some(false));
        assert_eq!(statement_answers(&["True", "False"]), Some(true));
        for texts in [&["正确", "对"][..], &["1", "0"], &["T", "F"], &["正确"], &["正确", "错误", "不知道"]]
        {
            assert_eq!(statement_answers(texts), None, "{texts:?}");
        }
    }

    #[test]
    fn codes_of_types_are_data() -> Result<(), TypeCodesError> {
        let usual = TypeCodes::default();
        assert_eq!(usual.read("B"), Some(ItemType::SingleChoice));
        assert_eq!(usual.read("多选题"), Some(ItemType::MultipleChoice));
        assert_eq!((usual.read("A"), usual.read("选择题")), (None, None));
        let own: TypeCodes = "A=single_choice,B=true_false".parse()?;
        assert_eq!((own.read("B"), own.read("G")), (Some(ItemType::TrueFalse), None));
        for wrong in ["", "A", "A=x", "A=true_false,A=single_choice", "=true_false"] {
            assert!(wrong.parse::<TypeCodes>().is_err(), "{wrong}");
        }
        Ok(())
    }
}
