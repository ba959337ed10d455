//! The element table (鉴定要素细目表): functions, ranges (鉴定范围) and points (鉴定点).

use super::terms::{Function, Importance};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// The longest code of an element, in bytes.
pub const MAX_CODE_BYTES: usize = 32;

/// The code of a function, range or point, such as `B-A`, `B-A-A` or `B-A-A-001`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementCode(String);

/// Text that cannot be the code of an element.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a code of the element table is parts of A-Z and 0-9 joined by `-`, {MAX_CODE_BYTES} characters at most; got `{0}`"
)]
pub struct ElementCodeError(String);

impl ElementCode {
    /// Reads a code.
    ///
    /// # Errors
    /// [`ElementCodeError`] unless it is non-empty parts of A-Z and 0-9, joined by `-`, 32 bytes at most.
    pub fn new(text: impl Into<String>) -> Result<Self, ElementCodeError> {
        let text = text.into();
        let part = |part: &str| !part.is_empty() && part.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'0'..=b'9'));
        if text.len() <= MAX_CODE_BYTES && text.split('-').all(part) {
            Ok(Self(text))
        } else {
            Err(ElementCodeError(text.chars().take(40).collect()))
        }
    }

    /// The code's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The range that a point of this code lies in.
    #[must_use]
    pub fn range(&self) -> RangeCode {
        RangeCode(self.0.rsplit_once('-').map_or_else(String::new, |(range, _)| range.to_owned()))
    }

    /// Whether this code is a direct part of `whole`: `B-A-A-001` of `B-A-A`.
    #[must_use]
    pub fn is_part_of(&self, whole: &Self) -> bool {
        self.0.rsplit_once('-').is_some_and(|(upper, _)| upper == whole.0)
    }
}

impl fmt::Debug for ElementCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ElementCode({})", self.0)
    }
}

impl fmt::Display for ElementCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for ElementCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ElementCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The code of a point's range (鉴定范围): the point's without its last part, empty for a point of one part.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RangeCode(String);

impl RangeCode {
    /// Reads a code; it may be empty.
    ///
    /// # Errors
    /// [`ElementCodeError`] unless it is empty or an element's code.
    pub fn new(text: impl Into<String>) -> Result<Self, ElementCodeError> {
        let text = text.into();
        if text.is_empty() { Ok(Self(text)) } else { ElementCode::new(text).map(|code| Self(code.0)) }
    }

    /// The code's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for RangeCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RangeCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The elements of one function: one file of `elements/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionElements {
    /// The function's code, such as `B-A`.
    pub code: ElementCode,
    /// The name that pages show, in Chinese.
    pub name: String,
    /// The function (职业功能): a row of the standard's weight tables.
    pub function: Function,
    /// Its ranges (工作内容).
    pub ranges: Vec<Range>,
}

/// A range (鉴定范围).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Its code, such as `B-A-A`.
    pub code: ElementCode,
    /// The name that pages show, in Chinese.
    pub name: String,
    /// The points (鉴定点) of the range, in the order of the table.
    pub points: Vec<Point>,
}

/// A point (鉴定点): the smallest thing that is examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Its code, such as `B-A-A-001`.
    pub code: ElementCode,
    /// The name that pages show, in Chinese.
    pub name: String,
    /// How important it is.
    pub importance: Importance,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_strictly() -> Result<(), ElementCodeError> {
        for text in ["", "a-b", "A--B", "A-", "A B", &"A".repeat(33)] {
            assert!(ElementCode::new(text).is_err(), "{text}");
        }
        let (point, range) = (ElementCode::new("B-A-A-001")?, ElementCode::new("B-A-A")?);
        assert!(point.is_part_of(&range) && range.is_part_of(&ElementCode::new("B-A")?));
        assert!(!point.is_part_of(&ElementCode::new("B-A")?) && !range.is_part_of(&range));
        assert_eq!((point.range().as_str(), ElementCode::new("B")?.range().as_str()), ("B-A-A", ""));
        assert!(RangeCode::new("").is_ok() && RangeCode::new("B-").is_err());
        Ok(())
    }
}
