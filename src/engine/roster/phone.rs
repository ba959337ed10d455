//! Mobile numbers.

use crate::text::fold_width;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A mobile number: 11 digits of mainland China, or `+`, country code and number (8 to 15 digits, ITU-T E.164) for
/// others. `Debug` masks it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// Text that is no mobile number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mobile number has 11 digits and begins with 13 to 19, or begins with + and a country code")]
pub struct PhoneError;

impl Phone {
    /// Reads a number; blanks, hyphens and `+86`, `86-` or `0086` before it are dropped.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn read(text: &str) -> Result<Self, PhoneError> {
        let folded = fold_width(text);
        let number: String = folded.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')')).collect();
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let national = ["+86", "0086", "86"].iter().find_map(|code| number.strip_prefix(code)).unwrap_or(&number);
        let is_mobile =
            national.len() == 11 && is_digits(national) && matches!(national.as_bytes(), [b'1', b'3'..=b'9', ..]);
        if is_mobile {
            return Ok(Self(national.to_owned()));
        }
        let abroad = number.strip_prefix('+').filter(|digits| !digits.starts_with("86") && !digits.starts_with('0'));
        match abroad {
            Some(digits) if is_digits(digits) && (8..=15).contains(&digits.len()) => Ok(Self(number)),
            _ => Err(PhoneError),
        }
    }

    /// The number in full.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as it may be shown: `138****8000`.
    #[must_use]
    pub fn masked(&self) -> String {
        let last = self.0.len().saturating_sub(4);
        self.0.chars().enumerate().map(|(place, c)| if place < 3 || place >= last { c } else { '*' }).collect()
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Phone({})", self.masked())
    }
}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobile_numbers_in_every_spelling() {
        for text in [
            "13800138000",
            "138 0013 8000",
            "138-0013-8000",
            "+86 13800138000",
            "86-13800138000",
            "１３８００１３８０００",
            "008613800138000",
        ] {
            assert_eq!(Phone::read(text).map(|p| p.0), Ok("13800138000".to_owned()), "{text}");
        }
        assert_eq!(Phone::read("+852 9123 4567").map(|p| p.0), Ok("+85291234567".to_owned()));
        assert_eq!(Phone::read("13800138000").map(|p| p.masked()), Ok("138****8000".to_owned()));
    }

    #[test]
    fn others_are_refused() {
        for text in [
            "",
            "1380013800",
            "138001380001",
            "12800138000",
            "021-12345678",
            "无",
            "+86 1234567890",
            "+0123456789",
            "1.38E+10",
        ] {
            assert_eq!(Phone::read(text), Err(PhoneError), "{text}");
        }
    }
}
