//! The short names inside a score sheet: unique there, and nowhere else.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// The longest name, in bytes.
pub const MAX_CODE_BYTES: usize = 32;

/// Text that cannot name a part of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name inside a sheet is 1 to {MAX_CODE_BYTES} characters of a-z, 0-9, `-`, `.` or `_`; got `{0}`")]
pub struct CodeError(String);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String))]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(String);

        impl $name {
            /// Reads a name.
            ///
            /// # Errors
            /// [`CodeError`] when it is empty, too long or holds another character.
            pub fn new(text: impl Into<String>) -> Result<Self, CodeError> {
                checked(text.into()).map(Self)
            }

            /// The name's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    )+};
}

codes! {
    /// A module of a sheet: the one procedure, or a part of an integrated case.
    ModuleCode;
    /// A section of a module (操作前, 操作中 …).
    SectionCode;
    /// A line of an item's table of awards.
    AwardCode;
    /// A veto (否定项) of a sheet.
    VetoCode;
    /// A ready-made note that an examiner picks when marking a veto, so that nobody types.
    NoteCode;
}

fn checked(text: String) -> Result<String, CodeError> {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_');
    if (1..=MAX_CODE_BYTES).contains(&text.len()) && text.bytes().all(allowed) {
        Ok(text)
    } else {
        Err(CodeError(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_be_a_name() {
        for text in ["", "V1", "a b", "否", &"a".repeat(33)] {
            assert!(VetoCode::new(text).is_err(), "{text}");
        }
        assert!(VetoCode::new("a".repeat(32)).is_ok());
        assert!(serde_json::from_str::<AwardCode>("\"\"").is_err());
    }
}
