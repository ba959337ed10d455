//! SHA-256 digests, keyed digests, and the length-prefixed parts that are hashed.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A SHA-256 value, written as 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// Text that is not 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest is written as 64 lowercase hexadecimal digits")]
pub struct DigestError;

impl Digest {
    /// The value before a first event: 32 zero bytes.
    pub const ZERO: Self = Self([0; 32]);

    /// A digest from its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// SHA-256 of the parts, each after its length as four little-endian bytes.
    #[must_use]
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        Self::of(&length_prefixed(parts))
    }

    /// Reads 64 lowercase hexadecimal digits.
    ///
    /// # Errors
    /// [`DigestError`] for any other text.
    pub fn from_hex(text: &str) -> Result<Self, DigestError> {
        from_hex(text).and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(DigestError)
    }

    /// The 64 lowercase hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        to_hex(&self.0)
    }
}

/// HMAC-SHA-256 (RFC 2104) of the parts, each after its length as four little-endian bytes.
#[must_use]
pub fn keyed(key: &[u8; 32], parts: &[&[u8]]) -> Digest {
    // A 32-byte key is valid for every hash; `From` spares a fallible constructor.
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&padded(key));
    mac.update(&length_prefixed(parts));
    Digest(mac.finalize().into_bytes().into())
}

/// The parts one after another, each after its length as four little-endian bytes.
#[must_use]
pub fn length_prefixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        joined.extend_from_slice(&length.to_le_bytes());
        joined.extend_from_slice(part);
    }
    joined
}

/// Lowercase hexadecimal digits of `bytes`.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of an even number of lowercase hexadecimal digits; `None` for any other text.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// The key filled with zeros to the hash's block of 64 bytes, which HMAC does in any case.
fn padded(key: &[u8; 32]) -> hmac::digest::Key<Hmac<Sha256>> {
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    block
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({})", self.to_hex())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_hex())
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_published_vector() {
        // FIPS 180-4 example "abc".
        assert_eq!(Digest::of(b"abc").to_hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn keyed_agrees_with_openssl() {
        // printf '\1\0\0\0a\2\0\0\0bc' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07
        assert_eq!(
            keyed(&[7; 32], &[b"a", b"bc"]).to_hex(),
            "895c69a1aea577bac22bf4d5e521b574916adeae9fddc3b1f8b956114cc979b1"
        );
    }

    #[test]
    fn hexadecimal_is_strict() {
        assert_eq!(Digest::from_hex("AB"), Err(DigestError));
        assert_eq!(from_hex("0"), None);
        assert_eq!(from_hex("0g"), None);
        assert_eq!(from_hex("00ff"), Some(vec![0, 255]));
    }
}
