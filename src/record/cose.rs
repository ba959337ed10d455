//! COSE_Sign1 (RFC 9052, section 4.2) with ES256: the signed form for places that hold few bytes,
//! such as a QR code.
//!
//! The protected header has exactly the algorithm (1: −7) and the key (4), whose name is cut to
//! eight bytes: enough to find it among the keys of a trust list, which decides. The unprotected
//! header is empty, and there are no external data.

use crate::cbor::{CborError, Value};
use crate::key::{Algorithm, KeyError, KeyId, PublicKey, Signer, Verifier};

/// The tag of COSE_Sign1.
const SIGN1: u64 = 18;
/// The header's member that names the algorithm.
const ALGORITHM: i64 = 1;
/// The header's member that names the key.
const KEY: i64 = 4;
/// ES256 in the registry of COSE algorithms.
const ES256: i64 = -7;
/// Length of a signature, in bytes.
const SIGNATURE_BYTES: usize = 64;

/// The first eight bytes of a key's name.
pub type KeyPrefix = [u8; 8];

/// A signed payload whose signature was not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unverified {
    key: KeyPrefix,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// Why bytes are no signed payload that holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoseError {
    /// Not deterministic CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Not a COSE_Sign1 of exactly the known members.
    #[error("not a COSE_Sign1 with ES256")]
    Form,
    /// The key does not sign with ES256, or is another one than the header names.
    #[error("the header names another key")]
    OtherKey,
    /// The key or signature does not hold.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Unverified {
    /// A payload with a signature that was made before.
    #[must_use]
    pub fn new(payload: Vec<u8>, key: &KeyId, signature: Vec<u8>) -> Self {
        Self { key: key.prefix(), payload, signature }
    }

    /// Signs a payload.
    ///
    /// # Errors
    /// [`CoseError::OtherKey`] when the signer is not for ES256, [`CoseError::Key`] when it fails.
    pub fn sign(payload: Vec<u8>, signer: &dyn Signer) -> Result<Self, CoseError> {
        let key = signer.public_key();
        if key.algorithm() != Algorithm::Es256 {
            return Err(CoseError::OtherKey);
        }
        let mut signed = Self::new(payload, &key.id(), Vec::new());
        signed.signature = signer.sign(&signed.signing_input())?;
        Ok(signed)
    }

    /// Reads a signed payload.
    ///
    /// # Errors
    /// [`CoseError::Cbor`] or [`CoseError::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CoseError> {
        let Value::Tagged(SIGN1, content) = Value::from_bytes(bytes)? else { return Err(CoseError::Form) };
        let Value::List(parts) = *content else { return Err(CoseError::Form) };
        let [Value::Bytes(header), Value::Map(open), Value::Bytes(payload), Value::Bytes(signature)] = parts.as_slice()
        else {
            return Err(CoseError::Form);
        };
        let Value::Map(members) = Value::from_bytes(header)? else { return Err(CoseError::Form) };
        let [(ALGORITHM, Value::Integer(ES256)), (KEY, Value::Bytes(key))] = members.as_slice() else {
            return Err(CoseError::Form);
        };
        let key: KeyPrefix = key.as_slice().try_into().map_err(|_| CoseError::Form)?;
        if !open.is_empty() || signature.len() != SIGNATURE_BYTES {
            return Err(CoseError::Form);
        }
        Ok(Self { key, payload: payload.clone(), signature: signature.clone() })
    }

    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let parts = vec![
            Value::Bytes(self.protected()),
            Value::Map(Vec::new()),
            Value::Bytes(self.payload.clone()),
            Value::Bytes(self.signature.clone()),
        ];
        Value::Tagged(SIGN1, Box::new(Value::List(parts))).to_bytes()
    }

    /// The start of the signing key's name, as the header claims it.
    #[must_use]
    pub const fn key(&self) -> KeyPrefix {
        self.key
    }

    /// The payload, which is not to be believed before the signature was checked.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signature, r‖s.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`CoseError::OtherKey`] for another key, [`CoseError::Key`] when it does not hold.
    pub fn verify(&self, verifier: &dyn Verifier, key: &PublicKey) -> Result<(), CoseError> {
        if key.algorithm() != Algorithm::Es256 || key.id().prefix() != self.key {
            return Err(CoseError::OtherKey);
        }
        Ok(verifier.verify(key, &self.signing_input(), &self.signature)?)
    }

    fn protected(&self) -> Vec<u8> {
        let members = vec![(ALGORITHM, Value::Integer(ES256)), (KEY, Value::Bytes(self.key.to_vec()))];
        Value::Map(members).to_bytes()
    }

    /// What is signed (RFC 9052, section 4.4): `Signature1`, header, no external data, payload.
    fn signing_input(&self) -> Vec<u8> {
        let parts = vec![
            Value::Text("Signature1".into()),
            Value::Bytes(self.protected()),
            Value::Bytes(Vec::new()),
            Value::Bytes(self.payload.clone()),
        ];
        Value::List(parts).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software::{Es256Signer, SoftwareVerifier};

    fn signer(seed: u8) -> Es256Signer {
        Es256Signer::from_scalar(&[seed; 32]).expect("a key")
    }

    #[test]
    fn what_was_signed_is_read_and_holds_for_its_key_alone() -> Result<(), CoseError> {
        let key = signer(7);
        let bytes = Unverified::sign(b"payload".to_vec(), &key)?.to_bytes();
        let read = Unverified::parse(&bytes)?;
        assert_eq!((read.payload(), read.key()), (b"payload".as_slice(), key.public_key().id().prefix()));
        read.verify(&SoftwareVerifier, key.public_key())?;
        assert_eq!(read.verify(&SoftwareVerifier, signer(8).public_key()), Err(CoseError::OtherKey));
        Ok(())
    }

    // Catches a byte that no signature covers.
    #[test]
    fn each_altered_byte_is_noticed() -> Result<(), CoseError> {
        let key = signer(7);
        let bytes = Unverified::sign(b"payload".to_vec(), &key)?.to_bytes();
        for place in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 1;
            let held = Unverified::parse(&altered).and_then(|read| read.verify(&SoftwareVerifier, key.public_key()));
            assert!(held.is_err(), "byte {place}");
        }
        Ok(())
    }
}
