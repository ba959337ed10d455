//! Signers and a verifier in pure Rust, which also run in a browser.

use crate::key::{Algorithm, KeyError, PublicKey, Signer, Verifier};
use ed25519_dalek::Signer as _;
use p256::ecdsa::signature::Verifier as _;

/// An Ed25519 key held in memory: seats, tablets and the log sign with such keys.
pub struct Ed25519Signer {
    secret: ed25519_dalek::SigningKey,
    public: PublicKey,
}

impl Ed25519Signer {
    /// The key of a 32-byte seed (RFC 8032, section 5.1.5).
    ///
    /// # Errors
    /// Never in practice; the public half is always 32 bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = PublicKey::from_raw(Algorithm::Ed25519, secret.verifying_key().as_bytes())?;
        Ok(Self { secret, public })
    }
}

impl Signer for Ed25519Signer {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        Ok(self.secret.sign(message).to_bytes().to_vec())
    }
}

/// An ES256 key held in memory: the evaluation organization's, where no device holds it.
pub struct Es256Signer {
    secret: p256::ecdsa::SigningKey,
    public: PublicKey,
}

impl Es256Signer {
    /// The key of a 32-byte scalar.
    ///
    /// # Errors
    /// [`KeyError::Key`] when the scalar is zero or not below the order of the curve.
    pub fn from_scalar(scalar: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = p256::ecdsa::SigningKey::from_bytes(&(*scalar).into()).map_err(|_| KeyError::Key("ES256"))?;
        let point = secret.verifying_key().to_sec1_point(false);
        let public = PublicKey::from_raw(Algorithm::Es256, point.as_bytes().get(1..).ok_or(KeyError::Key("ES256"))?)?;
        Ok(Self { secret, public })
    }
}

impl Signer for Es256Signer {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        // Deterministic nonces (RFC 6979), so that a weak random source cannot leak the key.
        let signature: p256::ecdsa::Signature = self.secret.sign(message);
        Ok(signature.to_bytes().to_vec())
    }
}

/// Checks in pure Rust: ES256, Ed25519, and with the feature `sm2` also SM2 with SM3.
#[derive(Clone, Copy, Debug, Default)]
pub struct SoftwareVerifier;

impl Verifier for SoftwareVerifier {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
        match key.algorithm() {
            Algorithm::Es256 => verify_es256(key, message, signature),
            Algorithm::Ed25519 => verify_ed25519(key, message, signature),
            #[cfg(feature = "sm2")]
            Algorithm::Sm2Sm3 => crate::sm2::verify(key, message, signature),
            #[cfg(not(feature = "sm2"))]
            Algorithm::Sm2Sm3 => Err(KeyError::Unsupported(Algorithm::Sm2Sm3.name())),
        }
    }
}

/// Checks Ed25519 alone, so that a page which needs no other algorithm carries no other.
///
/// # Errors
/// [`KeyError`] when the key is of another algorithm or of low order, or the signature does not hold.
pub fn verify_ed25519(key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
    let unusable = || KeyError::Key("Ed25519");
    if key.algorithm() != Algorithm::Ed25519 {
        return Err(unusable());
    }
    let point = key.raw().try_into().map_err(|_| unusable())?;
    let public = ed25519_dalek::VerifyingKey::from_bytes(point).map_err(|_| unusable())?;
    if public.is_weak() {
        return Err(unusable());
    }
    let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| KeyError::Signature)?;
    public.verify_strict(message, &signature).map_err(|_| KeyError::Signature)
}

fn verify_es256(key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
    let uncompressed = [&[4], key.raw()].concat();
    let public = p256::ecdsa::VerifyingKey::from_sec1_bytes(&uncompressed).map_err(|_| KeyError::Key("ES256"))?;
    let signature = p256::ecdsa::Signature::from_slice(signature).map_err(|_| KeyError::Signature)?;
    public.verify(message, &signature).map_err(|_| KeyError::Signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{from_hex, to_hex};

    fn bytes32(hex: &str) -> [u8; 32] {
        from_hex(hex).and_then(|bytes| bytes.try_into().ok()).expect("32 bytes")
    }

    #[test]
    fn ed25519_of_rfc_8032_test_2() {
        let signer =
            Ed25519Signer::from_seed(&bytes32("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
                .expect("a key");
        let signature = signer.sign(&[0x72]).expect("a signature");
        assert_eq!(
            to_hex(&signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
        assert_eq!(SoftwareVerifier.verify(signer.public_key(), &[0x72], &signature), Ok(()));
        assert_eq!(SoftwareVerifier.verify(signer.public_key(), &[0x73], &signature), Err(KeyError::Signature));
    }

    #[test]
    fn es256_of_rfc_6979_sample() {
        // RFC 6979, appendix A.2.5, SHA-256, message "sample". The signature there has a high s; verifiers
        // accept both forms, so only r is compared.
        let signer =
            Es256Signer::from_scalar(&bytes32("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"))
                .expect("a key");
        let signature = signer.sign(b"sample").expect("a signature");
        assert_eq!(to_hex(&signature[..32]), "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716");
        assert_eq!(SoftwareVerifier.verify(signer.public_key(), b"sample", &signature), Ok(()));
    }

    #[test]
    fn low_order_keys_are_refused() {
        // The eight points whose order divides 8, in all their writings (RFC 7748, section 7, names the danger; the list is
        // that of libsodium). With some of them one signature would hold for nearly every message.
        let ff = "ff".repeat(30);
        let zeros = "00".repeat(30);
        let order8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc";
        let other8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03";
        let points = [
            format!("00{zeros}00"),
            format!("00{zeros}80"),
            format!("01{zeros}00"),
            format!("01{zeros}80"),
            format!("{order8}05"),
            format!("{order8}85"),
            format!("{other8}7a"),
            format!("{other8}fa"),
            format!("ec{ff}7f"),
            format!("ec{ff}ff"),
            format!("ed{ff}7f"),
            format!("ed{ff}ff"),
            format!("ee{ff}7f"),
            format!("ee{ff}ff"),
        ];
        for point in points {
            let key = PublicKey::from_raw(Algorithm::Ed25519, &bytes32(&point)).expect("32 bytes");
            assert_eq!(SoftwareVerifier.verify(&key, b"", &[0; 64]), Err(KeyError::Key("Ed25519")), "{point}");
        }
    }
}
