//! Names of people, kept exactly as their papers write them.

use crate::text::is_invisible;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// The most code points of a name.
pub const NAME_LENGTH: usize = 50;

/// A person's name: 1 to 50 code points, letters of any script (also outside the BMP, such as 𠮷).
///
/// Never put into a Unicode normal form, which would change compatibility ideographs. Only the interpunct is made one:
/// `•`, `‧`, `・` and `．` are read as `·` (U+00B7). `Debug` shows the surname's first letter alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

/// Text that is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonNameError {
    /// Nothing but blanks.
    #[error("name is empty")]
    Empty,
    /// Longer than 50 code points.
    #[error("name has {found} characters, more than 50")]
    Length {
        /// Code points found.
        found: usize,
    },
    /// A control, zero-width or private-use character.
    #[error("name holds the invisible or private-use character U+{code:04X}", code = u32::from(*.0))]
    Invisible(char),
    /// A digit, a sign, or an interpunct at an end or doubled.
    #[error("name holds `{0}`, which is no letter")]
    NotALetter(char),
    /// A blank beside a Chinese character, as clerks put it between two characters for looks.
    #[error("name holds a blank beside a Chinese character")]
    Blank,
}

impl PersonName {
    /// Reads a name; blanks at its ends are dropped.
    ///
    /// # Errors
    /// [`PersonNameError`].
    pub fn read(text: &str) -> Result<Self, PersonNameError> {
        let name: String = text.trim().chars().map(interpunct).collect();
        let found = name.chars().count();
        if found == 0 {
            return Err(PersonNameError::Empty);
        }
        if found > NAME_LENGTH {
            return Err(PersonNameError::Length { found });
        }
        let mut before = '·';
        for letter in name.chars() {
            check(before, letter)?;
            before = letter;
        }
        if before == '·' {
            return Err(PersonNameError::NotALetter('·'));
        }
        if !name.chars().any(char::is_alphabetic) {
            return Err(PersonNameError::NotALetter(before));
        }
        Ok(Self(name))
    }

    /// The name in full.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as it may be shown to others: the first letter, then a star for each further one (张*, 欧**).
    #[must_use]
    pub fn masked(&self) -> String {
        self.0.chars().enumerate().map(|(place, letter)| if place == 0 { letter } else { '*' }).collect()
    }
}

fn interpunct(letter: char) -> char {
    match letter {
        '•' | '‧' | '・' | '．' | '･' | '∙' | '⋅' => '·',
        other => other,
    }
}

fn check(before: char, letter: char) -> Result<(), PersonNameError> {
    match letter {
        _ if is_invisible(letter) => Err(PersonNameError::Invisible(letter)),
        _ if letter.is_whitespace() && (letter != ' ' || is_han(before)) => Err(PersonNameError::Blank),
        _ if is_han(letter) && before.is_whitespace() => Err(PersonNameError::Blank),
        '·' if before == '·' => Err(PersonNameError::NotALetter(letter)),
        ' ' | '·' | '-' | '\'' | '’' | '.' | '\u{300}'..='\u{36F}' => Ok(()),
        _ if letter.is_alphabetic() => Ok(()),
        _ => Err(PersonNameError::NotALetter(letter)),
    }
}

/// Chinese characters: the unified ideographs with all extensions, the compatibility ideographs, and 〇.
fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3007}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}')
}

impl fmt::Debug for PersonName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PersonName({})", self.masked())
    }
}

impl Serialize for PersonName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PersonName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_script_are_kept() {
        for name in
            ["张三", "𠮷春梅", "阿依古丽·买买提", "〇一", "Zoë O’Neil-Smith", "𬱖", "Ngũgĩ", "김영희", "凉\u{F979}"]
        {
            assert_eq!(PersonName::read(name).map(|n| n.0), Ok(name.to_owned()), "{name}");
        }
        // A compatibility ideograph that NFC would replace, and a decomposed accent that NFC would join.
        assert_eq!(PersonName::read("Zoe\u{308}").map(|n| n.0), Ok("Zoe\u{308}".to_owned()));
    }

    #[test]
    fn interpuncts_become_one() {
        for name in ["阿里·木", "阿里•木", "阿里‧木", "阿里・木", "阿里．木", " 阿里·木\u{3000}"]
        {
            assert_eq!(PersonName::read(name).map(|n| n.0), Ok("阿里·木".to_owned()), "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        assert_eq!(PersonName::read(" \u{3000}"), Err(PersonNameError::Empty));
        assert_eq!(PersonName::read("张\u{200B}三"), Err(PersonNameError::Invisible('\u{200B}')));
        assert_eq!(PersonName::read("张\u{E000}"), Err(PersonNameError::Invisible('\u{E000}')));
        assert_eq!(PersonName::read("张\n三"), Err(PersonNameError::Invisible('\n')));
        assert_eq!(PersonName::read("张 三"), Err(PersonNameError::Blank));
        assert_eq!(PersonName::read("张\u{3000}三"), Err(PersonNameError::Blank));
        assert_eq!(PersonName::read("张三1"), Err(PersonNameError::NotALetter('1')));
        assert_eq!(PersonName::read("·张"), Err(PersonNameError::NotALetter('·')));
        assert_eq!(PersonName::read("张·"), Err(PersonNameError::NotALetter('·')));
        assert_eq!(PersonName::read("张··三"), Err(PersonNameError::NotALetter('·')));
        assert_eq!(PersonName::read("-"), Err(PersonNameError::NotALetter('-')));
        assert!(PersonName::read(&"𠮷".repeat(50)).is_ok(), "code points are counted, not bytes or UTF-16 units");
        assert_eq!(PersonName::read(&"𠮷".repeat(51)), Err(PersonNameError::Length { found: 51 }));
    }

    #[test]
    fn others_see_the_first_letter() -> Result<(), PersonNameError> {
        assert_eq!(PersonName::read("𠮷春梅")?.masked(), "𠮷**");
        assert_eq!(format!("{:?}", PersonName::read("张三")?), "PersonName(张*)");
        Ok(())
    }
}
