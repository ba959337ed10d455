//! Names of people, kept as their papers write them, and the form in which two names are compared.

use crate::text::is_invisible;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, compose};

/// The most code points of a name.
pub const NAME_LENGTH: usize = 50;

/// A person's name: 1 to 50 code points, letters of any script (also outside the BMP, such as 𠮷).
///
/// Reading changes two things and nothing else. A letter and the marks behind it are composed, as file systems and input
/// methods take them apart; a compatibility ideograph stays what it is. The interpunct is made one: `•`, `‧`, `・` and `．`,
/// and a full stop between two Chinese characters, are read as `·` (U+00B7). `Debug` shows the surname's first letter alone.
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
        let name = composed(&with_one_interpunct(text.trim()));
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

    /// The form in which names are compared: Unicode's normal form NFC, which also replaces each compatibility ideograph
    /// by its unified one. Two people with the same number and names of one comparison form are taken as one.
    #[must_use]
    pub fn comparison_form(&self) -> String {
        self.0.nfc().collect()
    }

    /// The name as it may be shown to others: the first letter, then a star for each further one (张*, 欧**).
    #[must_use]
    pub fn masked(&self) -> String {
        self.0.chars().enumerate().map(|(place, letter)| if place == 0 { letter } else { '*' }).collect()
    }
}

fn with_one_interpunct(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_han_at =
        |place: Option<usize>| place.and_then(|place| letters.get(place)).is_some_and(|found| is_han(*found));
    let read = |(place, letter): (usize, &char)| match letter {
        '•' | '‧' | '・' | '．' | '･' | '∙' | '⋅' => '·',
        '.' if is_han_at(place.checked_sub(1)) && is_han_at(place.checked_add(1)) => '·',
        other => *other,
    };
    letters.iter().enumerate().map(read).collect()
}

/// Joins letters with the marks behind them, and the parts of Korean syllables, where Unicode has one code point for both.
/// Unlike NFC it never replaces a single code point by another.
fn composed(text: &str) -> String {
    let mut name: Vec<char> = Vec::new();
    for letter in text.chars() {
        let before = name.last().copied();
        let joined = before.and_then(|before| if joins(letter) { compose(before, letter) } else { None });
        match joined {
            Some(joined) => {
                name.pop();
                name.push(joined);
            }
            None => name.push(letter),
        }
    }
    name.into_iter().collect()
}

/// Whether a code point belongs to the letter before it: a combining mark, or a vowel or final consonant of Korean.
fn joins(letter: char) -> bool {
    canonical_combining_class(letter) != 0 || matches!(letter, '\u{1161}'..='\u{1175}' | '\u{11A8}'..='\u{11C2}')
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
    }

    // Names from file names of macOS, and from keyboards that send marks by themselves; expected by Python's unicodedata.
    #[test]
    fn letters_and_marks_are_composed_and_nothing_else_changes() {
        for (typed, kept) in [
            ("Zoe\u{308}", "Zo\u{EB}"),
            ("Nguye\u{302}\u{303}n", "Nguy\u{1EC5}n"),
            ("\u{1100}\u{1175}\u{11B7}", "\u{AE40}"),
            ("a\u{35C}b", "a\u{35C}b"),
            ("\u{F979}", "\u{F979}"),
            ("\u{212B}", "\u{212B}"),
        ] {
            assert_eq!(PersonName::read(typed).map(|n| n.0), Ok(kept.to_owned()), "{typed}");
        }
    }

    // Catches a holder who is called another person because his input method writes his name in another way.
    #[test]
    fn ways_of_writing_a_name_have_one_comparison_form() -> Result<(), PersonNameError> {
        for (one, other) in [("凉\u{F979}", "凉凉"), ("\u{212B}sa", "A\u{30A}sa"), ("阿里.木", "阿里・木")] {
            assert_eq!(PersonName::read(one)?.comparison_form(), PersonName::read(other)?.comparison_form());
        }
        assert_ne!(PersonName::read("张三")?.comparison_form(), PersonName::read("張三")?.comparison_form());
        Ok(())
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
