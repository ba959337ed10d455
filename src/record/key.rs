//! Keys and the two traits that sign and verify.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A signature algorithm. Unknown names are refused where they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256, 64 bytes r‖s (RFC 7518, section 3.4).
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519 (RFC 8032), 64 bytes.
    #[serde(rename = "Ed25519")]
    Ed25519,
    /// SM2 with SM3 (GB/T 32918.2, GM/T 0003.2), 64 bytes r‖s; the signer's identity is
    /// [`SM2_IDENTITY`]. The name is used only in records of this program and is not a JOSE `alg`:
    /// a JWS header never carries it.
    #[serde(rename = "SM2-SM3")]
    Sm2Sm3,
}

/// The identity that SM2 hashes before a message: the default of GM/T 0009, which other software
/// takes too.
pub const SM2_IDENTITY: &str = "1234567812345678";

impl Algorithm {
    /// The name in records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Ed25519 => "Ed25519",
            Self::Sm2Sm3 => "SM2-SM3",
        }
    }

    /// The curve's name in a JWK.
    const fn curve(self) -> &'static str {
        match self {
            Self::Es256 => "P-256",
            Self::Ed25519 => "Ed25519",
            Self::Sm2Sm3 => "SM2",
        }
    }
}

/// The name of a key: its RFC 7638 thumbprint (SHA-256 of the canonical JWK) in base64url, 43
/// characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct KeyId(String);

impl KeyId {
    /// The 43 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Lowercase hexadecimal form, for places that allow no capital letters, such as an event's
    /// actor.
    #[must_use]
    pub fn to_hex(&self) -> String {
        crate::digest::to_hex(&self.bytes())
    }

    /// The first eight bytes, for places that hold few: by them a key is found, never trusted.
    #[must_use]
    pub fn prefix(&self) -> [u8; 8] {
        self.bytes().first_chunk().copied().unwrap_or_default()
    }

    fn bytes(&self) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(&self.0).unwrap_or_default()
    }
}

/// A key of one of the known algorithms, in JSON a JWK (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(as = "Jwk"))]
pub struct PublicKey {
    algorithm: Algorithm,
    // ES256 and SM2: x‖y, 64 bytes. Ed25519: 32 bytes.
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
    /// This program was built without the algorithm.
    #[error("this program cannot check {0}")]
    Unsupported(&'static str),
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
    /// A key from its raw bytes: x‖y (64 bytes) for ES256 and SM2, 32 bytes for Ed25519.
    ///
    /// # Errors
    /// [`KeyError::Key`] for another length. Whether the point is usable is checked when it is
    /// used.
    pub fn from_raw(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        let length = match algorithm {
            Algorithm::Es256 | Algorithm::Sm2Sm3 => 64,
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

    /// The members that a thumbprint is made of, in order (RFC 7638, section 3.2; RFC 8037, section
    /// 2).
    fn thumbprint_input(&self) -> String {
        let Jwk { crv, kty, x, y } = self.jwk();
        match y {
            Some(y) => format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#),
            None => format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}"}}"#),
        }
    }

    fn jwk(&self) -> Jwk {
        let (left, right) = self.bytes.split_at(32);
        let (kty, y) = match self.algorithm {
            Algorithm::Es256 | Algorithm::Sm2Sm3 => ("EC", Some(URL_SAFE_NO_PAD.encode(right))),
            Algorithm::Ed25519 => ("OKP", None),
        };
        Jwk { crv: self.algorithm.curve().into(), kty: kty.into(), x: URL_SAFE_NO_PAD.encode(left), y }
    }
}

/// The JSON Web Key (RFC 7517): exactly the members of the thumbprint. JOSE has no name for the
/// curve of SM2 (RFC 8998 calls it `curveSM2` in TLS); `"crv": "SM2"` is what OpenSSL calls it.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
struct Jwk {
    crv: String,
    kty: String,
    x: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    y: Option<String>,
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for PublicKey {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        Jwk::schema()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for PublicKey {
    fn name() -> std::borrow::Cow<'static, str> {
        Jwk::name()
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.jwk().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let jwk = Jwk::deserialize(deserializer)?;
        // Each coordinate by itself: 31 and 33 bytes are 64 together, and another key (RFC 7518,
        // section 6.2.1.2).
        let coordinate = |text: &str| match URL_SAFE_NO_PAD.decode(text) {
            Ok(bytes) if bytes.len() == 32 => Ok(bytes),
            Ok(_) => Err(de::Error::custom("a coordinate of a key has 32 bytes")),
            Err(error) => Err(de::Error::custom(error)),
        };
        let x = coordinate(&jwk.x)?;
        match (jwk.kty.as_str(), jwk.crv.as_str(), jwk.y) {
            ("EC", "P-256", Some(y)) => Self::from_raw(Algorithm::Es256, &[x, coordinate(&y)?].concat()),
            ("EC", "SM2", Some(y)) => Self::from_raw(Algorithm::Sm2Sm3, &[x, coordinate(&y)?].concat()),
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
    fn an_sm2_key_is_read_and_named() {
        // The key of GM/T 0003.5; its thumbprint was computed with Python's hashlib.
        let text = r#"{"crv":"SM2","kty":"EC","x":"CfnfMR5UIaFQ3X0WHkvFxnIXn60YM_wHa7CP81bzUCA","y":"zOpJDOJndaUtxupxjMGqYArtBfvzXghKZjL2By2prRM"}"#;
        let key: PublicKey = serde_json::from_str(text).expect("a key");
        assert_eq!(key.algorithm(), Algorithm::Sm2Sm3);
        assert_eq!(serde_json::to_string(&key).expect("text"), text);
        assert_eq!(key.id().as_str(), "lgVsnVqdKsFLJ2q4y2l6gACWaCOEQcWQb1t30j4Q6fU");
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

    // Catches coordinates that are cut elsewhere: x of 31 bytes and y of 33 are 64 together.
    #[test]
    fn each_coordinate_has_32_bytes() {
        let jwk = |x: usize, y: usize| {
            let coordinate = |length: usize| URL_SAFE_NO_PAD.encode(vec![7; length]);
            format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, coordinate(x), coordinate(y))
        };
        assert!(serde_json::from_str::<PublicKey>(&jwk(32, 32)).is_ok());
        for (x, y) in [(31, 33), (33, 31), (0, 64), (64, 0)] {
            assert!(serde_json::from_str::<PublicKey>(&jwk(x, y)).is_err(), "{x} and {y}");
        }
    }
}
