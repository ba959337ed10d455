//! Signed messages: a payload, and a list of proofs to which further signatures can be added.
//!
//! A proof signs `"kaoping/" + kind + "/" + version`, a zero byte, and the payload's canonical
//! bytes. The kind and version in the signed bytes keep a signature of one kind from being shown as
//! another's. A message's identity is the digest of its payload, never of a signature (ES256 has
//! two forms of each).

use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;
use crate::key::{Algorithm, KeyError, KeyId, PublicKey, Signer, Verifier};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A kind of message and its version, which name its signing namespace.
pub trait Message: Serialize + DeserializeOwned {
    /// The kind, such as `draw-manifest`.
    const KIND: &'static str;
    /// The version, from 1.
    const VERSION: u32;
}

/// One signature over a message, or beside a credential over its JWS signing input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The algorithm.
    pub alg: Algorithm,
    /// The signing key's name.
    pub key: KeyId,
    /// The signature in base64url without padding.
    pub value: String,
}

/// A payload with its kind, version and proofs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Signed<T> {
    /// The kind of the payload.
    pub kind: String,
    /// The version of the payload's form.
    pub v: u32,
    /// The members that the kind defines; `v` and `kind` are beside it.
    pub payload: T,
    /// Signatures, in the order in which they were made.
    pub proofs: Vec<Proof>,
}

/// Why a message does not prove what it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The bytes are not canonical or do not fit the kind.
    #[error("message is not valid: {0}")]
    Canonical(#[from] CanonicalError),
    /// Another kind or version than the one asked for.
    #[error("message is of kind `{kind}` version {v}, not of the kind that was expected")]
    Kind {
        /// The kind that the document gives itself.
        kind: String,
        /// The version that the document gives itself.
        v: u32,
    },
    /// No proof by the key that must sign.
    #[error("no signature by the required key {0}")]
    Missing(KeyId),
    /// A signature or key is not valid.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

/// Why a detached signature is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It was made with another key than the one given.
    #[error("signed by key {0}, which is not the key given")]
    OtherKey(KeyId),
    /// It names one algorithm, its key is for another.
    #[error("a signature names another algorithm than its key")]
    Algorithm,
    /// The key or the signature is not valid.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Proof {
    /// A signature over `input`.
    ///
    /// # Errors
    /// [`KeyError`] when the signer fails.
    pub fn over(input: &[u8], signer: &dyn Signer) -> Result<Self, KeyError> {
        let signature = signer.sign(input)?;
        let key = signer.public_key();
        Ok(Self { alg: key.algorithm(), key: key.id(), value: URL_SAFE_NO_PAD.encode(signature) })
    }

    /// Checks that `key` made this signature over `input`.
    ///
    /// # Errors
    /// [`SignatureError`] naming what does not fit.
    pub fn verify(&self, input: &[u8], verifier: &dyn Verifier, key: &PublicKey) -> Result<(), SignatureError> {
        if key.id() != self.key {
            return Err(SignatureError::OtherKey(self.key.clone()));
        }
        if key.algorithm() != self.alg {
            return Err(SignatureError::Algorithm);
        }
        let signature = URL_SAFE_NO_PAD.decode(&self.value).map_err(|_| KeyError::Encoding)?;
        Ok(verifier.verify(key, input, &signature)?)
    }
}

impl<T: Message> Signed<T> {
    /// A message without a proof yet.
    #[must_use]
    pub fn new(payload: T) -> Self {
        Self { kind: T::KIND.to_owned(), v: T::VERSION, payload, proofs: Vec::new() }
    }

    /// Adds a proof.
    ///
    /// # Errors
    /// [`MessageError`] when the payload lies outside the canonical profile or the signer fails.
    pub fn sign(mut self, signer: &dyn Signer) -> Result<Self, MessageError> {
        let proof = Proof::over(&signing_input(&self.payload)?, signer).map_err(SignatureError::from)?;
        self.proofs.push(proof);
        Ok(self)
    }

    /// Reads a message from canonical bytes.
    ///
    /// # Errors
    /// [`MessageError`] when the bytes are not a message of this kind and version.
    pub fn parse(bytes: &[u8]) -> Result<Self, MessageError> {
        let read = canonical::from_bytes::<Self>(bytes);
        match read {
            Ok(read) if read.kind == T::KIND && read.v == T::VERSION => Ok(read),
            read => {
                // For a message of another kind this is reported first, whatever its payload lacks.
                let generic: Signed<serde_json::Value> = canonical::from_bytes(bytes)?;
                if generic.kind == T::KIND && generic.v == T::VERSION {
                    return Ok(read?);
                }
                Err(MessageError::Kind { kind: generic.kind, v: generic.v })
            }
        }
    }

    /// The whole message's canonical bytes.
    ///
    /// # Errors
    /// [`MessageError`] when the payload lies outside the canonical profile.
    pub fn to_bytes(&self) -> Result<Vec<u8>, MessageError> {
        Ok(canonical::to_bytes(self)?)
    }

    /// The digest of the payload, by which other records name this one.
    ///
    /// # Errors
    /// [`MessageError`] when the payload lies outside the canonical profile.
    pub fn identity(&self) -> Result<Digest, MessageError> {
        Ok(Digest::of(&canonical::to_bytes(&self.payload)?))
    }

    /// Checks that `key` signed this payload.
    ///
    /// # Errors
    /// [`MessageError::Missing`] without a proof by that key, else what is wrong with the proof.
    pub fn verify(&self, verifier: &dyn Verifier, key: &PublicKey) -> Result<(), MessageError> {
        let id = key.id();
        let Some(proof) = self.proofs.iter().find(|proof| proof.key == id) else {
            return Err(MessageError::Missing(id));
        };
        Ok(proof.verify(&signing_input(&self.payload)?, verifier, key)?)
    }
}

fn signing_input<T: Message>(payload: &T) -> Result<Vec<u8>, CanonicalError> {
    let mut input = format!("kaoping/{}/{}", T::KIND, T::VERSION).into_bytes();
    input.push(0);
    input.extend(canonical::to_bytes(payload)?);
    Ok(input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software::{Ed25519Signer, SoftwareVerifier};

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Note {
        text: String,
    }
    impl Message for Note {
        const KIND: &'static str = "note";
        const VERSION: u32 = 1;
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Other {
        text: String,
    }
    impl Message for Other {
        const KIND: &'static str = "other";
        const VERSION: u32 = 1;
    }

    fn signed() -> (Signed<Note>, PublicKey) {
        let signer = Ed25519Signer::from_seed(&[1; 32]).expect("a key");
        let note = Signed::new(Note { text: "一".into() }).sign(&signer).expect("signed");
        (note, signer.public_key().clone())
    }

    #[test]
    fn holds_and_breaks() {
        let (mut note, key) = signed();
        assert_eq!(note.verify(&SoftwareVerifier, &key), Ok(()));
        note.payload.text.push('二');
        assert_eq!(
            note.verify(&SoftwareVerifier, &key),
            Err(MessageError::Signature(SignatureError::Key(KeyError::Signature)))
        );
    }

    #[test]
    fn one_kind_cannot_pass_as_another() {
        let (note, key) = signed();
        let other: Signed<Other> =
            Signed { kind: "other".into(), v: 1, payload: Other { text: "一".into() }, proofs: note.proofs.clone() };
        assert_eq!(
            other.verify(&SoftwareVerifier, &key),
            Err(MessageError::Signature(SignatureError::Key(KeyError::Signature)))
        );
        let bytes = note.to_bytes().expect("canonical");
        assert!(matches!(Signed::<Other>::parse(&bytes), Err(MessageError::Kind { .. })));
        assert_eq!(Signed::<Note>::parse(&bytes), Ok(note));
    }

    #[test]
    fn a_proof_names_its_key_and_algorithm() {
        let signer = Ed25519Signer::from_seed(&[1; 32]).expect("a key");
        let proof = Proof::over(b"a", &signer).expect("signed");
        assert_eq!(proof.verify(b"a", &SoftwareVerifier, signer.public_key()), Ok(()));
        let renamed = Proof { alg: Algorithm::Es256, ..proof.clone() };
        assert_eq!(renamed.verify(b"a", &SoftwareVerifier, signer.public_key()), Err(SignatureError::Algorithm));
        let stranger = Ed25519Signer::from_seed(&[2; 32]).expect("a key");
        assert_eq!(
            proof.verify(b"a", &SoftwareVerifier, stranger.public_key()),
            Err(SignatureError::OtherKey(signer.public_key().id()))
        );
    }

    #[test]
    fn a_missing_signer_is_named() {
        let (note, _) = signed();
        let stranger = Ed25519Signer::from_seed(&[2; 32]).expect("a key");
        assert_eq!(
            note.verify(&SoftwareVerifier, stranger.public_key()),
            Err(MessageError::Missing(stranger.public_key().id()))
        );
    }
}
