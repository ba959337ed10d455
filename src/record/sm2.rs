//! SM2 signatures with SM3 (GB/T 32918.2; GM/T 0003.2 and 0009) in pure Rust, always for the identity [`SM2_IDENTITY`].
//!
//! A certified device signs where the law asks for one; a key in memory is for verification and for sites that accept it.

use crate::key::{Algorithm, KeyError, PublicKey, SM2_IDENTITY, Signer};
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};

/// An SM2 key held in memory.
pub struct Sm2Signer {
    secret: SigningKey,
    public: PublicKey,
}

impl Sm2Signer {
    /// The key of a 32-byte scalar.
    ///
    /// # Errors
    /// [`KeyError::Key`] unless the scalar lies in 1 … n − 2 (GB/T 32918.1, 6.1), n being the order of the curve.
    pub fn from_scalar(scalar: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = SigningKey::from_slice(SM2_IDENTITY, scalar).map_err(|_| unusable())?;
        // With n − 1 the scheme would divide by zero at every signature.
        secret.try_sign(&[]).map_err(|_| unusable())?;
        let point = secret.verifying_key().to_sec1_bytes();
        let public = PublicKey::from_raw(Algorithm::Sm2Sm3, point.get(1..).ok_or_else(unusable)?)?;
        Ok(Self { secret, public })
    }
}

impl Signer for Sm2Signer {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        // Deterministic nonces (RFC 6979 with SM3), so that a weak random source cannot leak the key.
        let signature: Signature =
            self.secret.try_sign(message).map_err(|error| KeyError::Device(error.to_string()))?;
        Ok(signature.to_vec())
    }
}

/// Checks an SM2 signature for the identity [`SM2_IDENTITY`].
///
/// # Errors
/// [`KeyError`] when the key is of another algorithm or no point of the curve, or the signature does not hold.
pub fn verify(key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
    if key.algorithm() != Algorithm::Sm2Sm3 {
        return Err(unusable());
    }
    let uncompressed = [&[4], key.raw()].concat();
    let public = VerifyingKey::from_sec1_bytes(SM2_IDENTITY, &uncompressed).map_err(|_| unusable())?;
    let signature = Signature::from_slice(signature).map_err(|_| KeyError::Signature)?;
    public.verify(message, &signature).map_err(|_| KeyError::Signature)
}

const fn unusable() -> KeyError {
    KeyError::Key(Algorithm::Sm2Sm3.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::from_hex;
    use crate::key::Verifier as _;
    use crate::software::SoftwareVerifier;

    /// The example of GM/T 0003.5 (GB/T 32918.5, annex A.2): message `message digest`, identity `1234567812345678`.
    const SECRET: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
    const PUBLIC: &str = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                          ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    const SIGNATURE: &str = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
                             b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

    fn bytes(hex: &str) -> Vec<u8> {
        from_hex(hex).expect("hexadecimal")
    }

    fn scalar(hex: &str) -> [u8; 32] {
        bytes(hex).try_into().expect("32 bytes")
    }

    #[test]
    fn verifies_the_published_signature() {
        let key = PublicKey::from_raw(Algorithm::Sm2Sm3, &bytes(PUBLIC)).expect("a key");
        assert_eq!(SoftwareVerifier.verify(&key, b"message digest", &bytes(SIGNATURE)), Ok(()));
        assert_eq!(
            SoftwareVerifier.verify(&key, b"message digesT", &bytes(SIGNATURE)),
            Err(KeyError::Signature),
            "another message"
        );
        let signer = Sm2Signer::from_scalar(&scalar(SECRET)).expect("a key");
        assert_eq!(signer.public_key(), &key, "the published public half");
    }

    #[test]
    fn another_identity_does_not_hold() {
        let stranger = SigningKey::from_slice("ALICE123@YAHOO.COM", &scalar(SECRET)).expect("a key");
        let signature: Signature = stranger.sign(b"message");
        let key = PublicKey::from_raw(Algorithm::Sm2Sm3, &bytes(PUBLIC)).expect("a key");
        assert_eq!(verify(&key, b"message", &signature.to_vec()), Err(KeyError::Signature));
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let key = PublicKey::from_raw(Algorithm::Sm2Sm3, &bytes(PUBLIC)).expect("a key");
        let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
        let one = "0000000000000000000000000000000000000000000000000000000000000001";
        let zero = "0000000000000000000000000000000000000000000000000000000000000000";
        for parts in [[zero, one], [one, zero], [order, one], [one, order]] {
            assert_eq!(verify(&key, b"", &bytes(&parts.concat())), Err(KeyError::Signature), "{parts:?}");
        }
        assert_eq!(verify(&key, b"message digest", &bytes(SIGNATURE)[..63]), Err(KeyError::Signature));
        let nowhere = PublicKey::from_raw(Algorithm::Sm2Sm3, &[1; 64]).expect("64 bytes");
        assert_eq!(verify(&nowhere, b"", &bytes(SIGNATURE)), Err(KeyError::Key("SM2-SM3")));
    }

    #[test]
    fn secrets_out_of_range_are_refused() {
        for secret in [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122", // n − 1
            "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123", // n
        ] {
            assert!(Sm2Signer::from_scalar(&scalar(secret)).is_err(), "{secret}");
        }
        let largest = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121";
        assert!(Sm2Signer::from_scalar(&scalar(largest)).is_ok());
    }
}
