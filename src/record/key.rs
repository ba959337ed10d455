//! Keys and the two traits that sign and verify.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A signature algorithm. Unknown names are refused where they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256, 64 bytes r‖s (RFC 7518, section 3.4).
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519 (RFC 8032), 64 bytes.
    #[serde(rename = "Ed25519")]
    Ed25519,
}

impl Algorithm {
    /// The name in records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Ed25519 => "Ed25519",
        }
    }
}

/// The name of a key: its RFC 7638 thumbprint (SHA-256 of the canonical JWK) in base64url, 43 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// The 43 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Lowercase hexadecimal form, for places that allow no capital letters, such as an event's actor.
    #[must_use]
    pub fn to_hex(&self) -> String {
        crate::digest::to_hex(&URL_SAFE_NO_PAD.decode(&self.0).unwrap_or_default())
    }
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: Algorithm,
    // ES256: x‖y, 64 bytes. Ed25519: 32 bytes.
    bytes: Vec<u8>,
}

/// Why text or bytes are no key, or a signature could not be made or does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Wrong length, not a point of the curve, or a point of low order.
    #[error("not a usable {0} key")]
    Key(&'static str),
    /// Not base64url without padding.
    #[error("not base64url")]
    Encoding,
    /// The signature does not hold for these bytes and this key.
    #[error("the signature does not hold")]
    Signature,
    /// The device that holds the key refused or failed.
    #[error("the key cannot sign: {0}")]
    Device(String),
}

/// Makes signatures with one key.
pub trait Signer {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// Signs the bytes.
    ///
    /// # Errors
    /// [`KeyError::Device`] when the key's holder refuses.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError>;
}

/// Checks signatures.
pub trait Verifier {
    /// Checks a signature of `message` by `key`.
    ///
    /// # Errors
    /// [`KeyError`] when the key is unusable or the signature does not hold.
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), KeyError>;
}

impl PublicKey {
    /// A key from its raw bytes: x‖y (64 bytes) for ES256, 32 bytes for Ed25519.
    ///
    /// # Errors
    /// [`KeyError::Key`] for another length. Whether the point is usable is checked when it is used.
    pub fn from_raw(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        let length = match algorithm {
            Algorithm::Es256 => 64,
            Algorithm::Ed25519 => 32,
        };
        if bytes.len() != length {
            return Err(KeyError::Key(algorithm.name()));
        }
        Ok(Self { algorithm, bytes: bytes.to_vec() })
    }

    /// The algorithm that the key is for.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The raw bytes, as in [`PublicKey::from_raw`].
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.bytes
    }

    /// The key's name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let digest = crate::digest::Digest::of(self.thumbprint_input().as_bytes());
        KeyId(URL_SAFE_NO_PAD.encode(digest.as_bytes()))
    }

    /// The members that a thumbprint is made of, in order (RFC 7638, section 3.2; RFC 8037, section 2).
    fn thumbprint_input(&self) -> String {
        let (left, right) = self.bytes.split_at(32);
        match self.algorithm {
            Algorithm::Es256 => format!(
                r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
                URL_SAFE_NO_PAD.encode(left),
                URL_SAFE_NO_PAD.encode(right)
            ),
            Algorithm::Ed25519 => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(left)),
        }
    }
}

/// The JSON Web Key (RFC 7517): exactly the members of the thumbprint.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    crv: String,
    kty: String,
    x: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    y: Option<String>,
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (left, right) = self.bytes.split_at(32);
        let x = URL_SAFE_NO_PAD.encode(left);
        match self.algorithm {
            Algorithm::Es256 => {
                let y = Some(URL_SAFE_NO_PAD.encode(right));
                Jwk { crv: "P-256".into(), kty: "EC".into(), x, y }.serialize(serializer)
            }
            Algorithm::Ed25519 => Jwk { crv: "Ed25519".into(), kty: "OKP".into(), x, y: None }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let jwk = Jwk::deserialize(deserializer)?;
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(de::Error::custom);
        let x = decode(&jwk.x)?;
        match (jwk.kty.as_str(), jwk.crv.as_str(), jwk.y) {
            ("EC", "P-256", Some(y)) => Self::from_raw(Algorithm::Es256, &[x, decode(&y)?].concat()),
            ("OKP", "Ed25519", None) => Self::from_raw(Algorithm::Ed25519, &x),
            _ => Err(KeyError::Key("known")),
        }
        .map_err(de::Error::custom)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyId({})", self.0)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match URL_SAFE_NO_PAD.decode(&text) {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(text)),
            _ => Err(de::Error::custom(KeyError::Encoding)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprint_of_published_key() {
        // RFC 8037, appendix A.3.
        let key: PublicKey =
            serde_json::from_str(r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)
                .expect("a key");
        assert_eq!(key.id().as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn unknown_kinds_of_key_are_refused() {
        for text in [
            r#"{"kty":"RSA","crv":"P-256","x":"","y":""}"#,
            r#"{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}"#,
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"AA"}"#,
        ] {
            assert!(serde_json::from_str::<PublicKey>(text).is_err(), "{text}");
        }
    }
}
