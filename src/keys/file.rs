//! A secret in a file, encrypted with a passphrase.
//!
//! The file is canonical JSON: `{argon2, ciphertext, nonce, purpose, salt, v}`. The key comes from the passphrase by
//! Argon2id (RFC 9106; 64 MiB, 3 passes, 1 lane); the secret is sealed with XChaCha20-Poly1305, with version and purpose as
//! associated data, so that a file cannot be shown as another's.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::{from_hex, to_hex};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Memory of the default, in KiB.
const MEMORY_KIB: u32 = 64 * 1024;
/// Passes of the default.
const PASSES: u32 = 3;
/// Most memory that a file may ask for, in KiB, so that a forged file cannot exhaust the machine.
const MEMORY_LIMIT_KIB: u32 = 1024 * 1024;

/// A 32-byte secret, wiped when it is dropped.
pub type Secret = Zeroizing<[u8; 32]>;

/// Why a key file cannot be made or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// The file is not of this form.
    #[error("not a key file: {0}")]
    Form(#[from] CanonicalError),
    /// The file holds a key for another purpose.
    #[error("key file is for `{found}`, not for `{expected}`")]
    Purpose {
        /// The purpose that was asked for.
        expected: String,
        /// The purpose of the file.
        found: String,
    },
    /// The passphrase is wrong, or the file was altered.
    #[error("the passphrase does not open this key file, or the file was altered")]
    Locked,
    /// Nothing, or nothing but blanks, where a passphrase belongs.
    #[error("the passphrase is empty: a key needs one that is not")]
    Empty,
    /// Parameters or lengths that no file of this program has.
    #[error("key file holds parameters that are not accepted")]
    Parameters,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    argon2: Cost,
    ciphertext: String,
    nonce: String,
    purpose: String,
    salt: String,
    v: u32,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cost {
    memory_kib: u32,
    passes: u32,
}

/// Random bytes for one file: salt and nonce.
pub struct FileSeed {
    /// For the passphrase.
    pub salt: [u8; 16],
    /// For the cipher.
    pub nonce: [u8; 24],
}

/// The bytes of a key file.
///
/// # Errors
/// [`KeyFileError::Empty`] without a passphrase; [`KeyFileError::Parameters`] when the derivation refuses its parameters.
pub fn seal(purpose: &str, secret: &Secret, passphrase: &str, seed: &FileSeed) -> Result<Vec<u8>, KeyFileError> {
    let cost = Cost { memory_kib: MEMORY_KIB, passes: PASSES };
    let cipher = cipher(passphrase, &seed.salt, cost)?;
    let aad = associated(purpose);
    let payload = Payload { msg: secret.as_slice(), aad: &aad };
    let ciphertext = cipher.encrypt(&XNonce::from(seed.nonce), payload).map_err(|_| KeyFileError::Parameters)?;
    Ok(canonical::to_bytes(&KeyFile {
        argon2: cost,
        ciphertext: to_hex(&ciphertext),
        nonce: to_hex(&seed.nonce),
        purpose: purpose.to_owned(),
        salt: to_hex(&seed.salt),
        v: 1,
    })?)
}

/// The secret of a key file.
///
/// # Errors
/// [`KeyFileError`] naming what does not fit.
pub fn open(bytes: &[u8], purpose: &str, passphrase: &str) -> Result<Secret, KeyFileError> {
    let file: KeyFile = canonical::from_bytes(bytes)?;
    if file.purpose != purpose {
        return Err(KeyFileError::Purpose { expected: purpose.to_owned(), found: file.purpose });
    }
    if file.v != 1 || file.argon2.memory_kib > MEMORY_LIMIT_KIB || file.argon2.passes > 16 {
        return Err(KeyFileError::Parameters);
    }
    let bytes = |text: &str| from_hex(text).ok_or(KeyFileError::Parameters);
    let nonce: [u8; 24] = bytes(&file.nonce)?.try_into().map_err(|_| KeyFileError::Parameters)?;
    let cipher = cipher(passphrase, &bytes(&file.salt)?, file.argon2)?;
    let ciphertext = bytes(&file.ciphertext)?;
    let aad = associated(purpose);
    let payload = Payload { msg: &ciphertext, aad: &aad };
    let plain = Zeroizing::new(cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| KeyFileError::Locked)?);
    let secret = plain.as_slice().try_into().map_err(|_| KeyFileError::Locked)?;
    Ok(Zeroizing::new(secret))
}

fn associated(purpose: &str) -> Vec<u8> {
    format!("kaoping/key-file/1/{purpose}").into_bytes()
}

fn cipher(passphrase: &str, salt: &[u8], cost: Cost) -> Result<XChaCha20Poly1305, KeyFileError> {
    if passphrase.trim().is_empty() {
        return Err(KeyFileError::Empty);
    }
    let parameters = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).map_err(|_| KeyFileError::Parameters)?;
    let mut key = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
        .map_err(|_| KeyFileError::Parameters)?;
    Ok(XChaCha20Poly1305::new(&(*key).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let seed = FileSeed { salt: [1; 16], nonce: [2; 24] };
        seal("log", &Zeroizing::new([7; 32]), "correct horse", &seed).expect("sealed")
    }

    #[test]
    fn opens_with_the_passphrase_and_purpose_alone() {
        assert_eq!(open(&file(), "log", "correct horse"), Ok(Zeroizing::new([7; 32])));
        assert_eq!(open(&file(), "log", "wrong"), Err(KeyFileError::Locked));
        assert!(matches!(open(&file(), "organization", "correct horse"), Err(KeyFileError::Purpose { .. })));
    }

    #[test]
    fn an_empty_passphrase_neither_makes_nor_opens_a_file() {
        let seed = FileSeed { salt: [1; 16], nonce: [2; 24] };
        for empty in ["", " \t\n", "\u{3000}"] {
            assert_eq!(seal("log", &Zeroizing::new([7; 32]), empty, &seed), Err(KeyFileError::Empty));
            assert_eq!(open(&file(), "log", empty), Err(KeyFileError::Empty));
        }
    }

    #[test]
    fn an_altered_file_stays_locked() {
        let text = String::from_utf8(file()).expect("text");
        let renamed = text.replace("\"log\"", "\"lag\"");
        assert_eq!(open(renamed.as_bytes(), "lag", "correct horse"), Err(KeyFileError::Locked));
        let greedy = text.replace("65536", "9999999");
        assert_eq!(open(greedy.as_bytes(), "log", "correct horse"), Err(KeyFileError::Parameters));
        assert!(!text.contains(&"07".repeat(32)));
    }
}
