//! Checking many signatures natively: ES256 by ring's assembly, several times as fast as in pure Rust.
//!
//! Ed25519 and SM2 stay with [`SoftwareVerifier`]: it checks Ed25519 strictly (RFC 8032 and no key of low order), which others
//! do in other ways, so that one signature would hold here and not in a browser.

use kaoping_record::key::{Algorithm, KeyError, PublicKey, Verifier};
use kaoping_record::software::SoftwareVerifier;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

/// Checks all algorithms; accepts and refuses exactly what [`SoftwareVerifier`] does.
#[derive(Clone, Copy, Debug, Default)]
pub struct NativeVerifier;

impl Verifier for NativeVerifier {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
        if key.algorithm() != Algorithm::Es256 {
            return SoftwareVerifier.verify(key, message, signature);
        }
        let point = [&[4], key.raw()].concat();
        let checked = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature);
        // Ring does not say whether key or signature is at fault. What it refuses stays refused, whatever the other says.
        checked.or_else(|_| SoftwareVerifier.verify(key, message, signature).and(Err(KeyError::Signature)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::sm2::Sm2Signer;
    use kaoping_record::software::{Ed25519Signer, Es256Signer};

    #[test]
    fn all_algorithms_hold_and_break() {
        let signers: [Box<dyn kaoping_record::key::Signer>; 3] = [
            Box::new(Es256Signer::from_scalar(&[1; 32]).expect("a key")),
            Box::new(Ed25519Signer::from_seed(&[1; 32]).expect("a key")),
            Box::new(Sm2Signer::from_scalar(&[1; 32]).expect("a key")),
        ];
        for signer in signers {
            let signature = signer.sign(b"message").expect("signed");
            let name = signer.public_key().algorithm().name();
            assert_eq!(NativeVerifier.verify(signer.public_key(), b"message", &signature), Ok(()), "{name}");
            assert_eq!(
                NativeVerifier.verify(signer.public_key(), b"massage", &signature),
                Err(KeyError::Signature),
                "{name}"
            );
        }
    }

    #[test]
    fn an_unusable_key_is_named() {
        let nowhere = PublicKey::from_raw(Algorithm::Es256, &[1; 64]).expect("64 bytes");
        assert_eq!(NativeVerifier.verify(&nowhere, b"", &[1; 64]), Err(KeyError::Key("ES256")));
    }
}
