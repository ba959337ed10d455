//! Thirty-two bytes that say nothing by themselves: salts, secrets and seeds.

use crate::digest::{from_hex, to_hex};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// 32 bytes, in JSON 64 lowercase hexadecimal digits. Many are secret at first, so `Debug` shows none of them.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Bytes32([u8; 32]);

/// Text that is not 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 lowercase hexadecimal digits")]
pub struct Bytes32Error;

impl Bytes32 {
    /// Takes the bytes, which for salts, secrets and seeds come from a random source.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 lowercase hexadecimal digits.
    ///
    /// # Errors
    /// [`Bytes32Error`] for any other text.
    pub fn from_hex(text: &str) -> Result<Self, Bytes32Error> {
        from_hex(text).and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(Bytes32Error)
    }

    /// The bytes themselves, for hashes and keys.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 lowercase hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        to_hex(&self.0)
    }
}

impl fmt::Debug for Bytes32 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Bytes32(…)")
    }
}

impl Serialize for Bytes32 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Bytes32 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_hex(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Catches another JSON form, which would change the bytes of bundles and seeds, and a secret in a log.
    #[test]
    fn json_is_hexadecimal_and_debug_is_masked() -> Result<(), serde_json::Error> {
        let bytes = Bytes32::new([0xab; 32]);
        let json = serde_json::to_string(&bytes)?;
        assert_eq!(json, format!("\"{}\"", "ab".repeat(32)));
        assert_eq!(serde_json::from_str::<Bytes32>(&json)?, bytes);
        assert!(!format!("{bytes:?}").contains("ab"));
        Ok(())
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "ab", &"AB".repeat(32), &"ab".repeat(33), &"0g".repeat(32)] {
            assert_eq!(Bytes32::from_hex(text), Err(Bytes32Error), "{text}");
        }
    }
}
