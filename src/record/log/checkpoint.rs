//! Checkpoints: the log's size and root as a signed note (C2SP tlog-checkpoint, signed-note).
//!
//! ```text
//! <origin>
//! <size>
//! <root in base64>
//!
//! — <origin> <base64 of 4-byte key hash and signature>
//! ```

use crate::digest::Digest;
use crate::key::{Algorithm, KeyError, PublicKey, Signer};
use crate::software::verify_ed25519;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

/// The longest note that is read, in bytes.
pub const MAX_NOTE_BYTES: usize = 64 * 1024;

/// The state of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, a URL without scheme such as `pingjia.example/kaoping-log`.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Digest,
}

/// Why text is not a checkpoint that holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note with a checkpoint in it.
    #[error("not a signed checkpoint")]
    Form,
    /// The note is of another log.
    #[error("checkpoint is of log `{0}`")]
    Origin(String),
    /// No signature by the key.
    #[error("checkpoint is not signed by the log's key")]
    Missing,
    /// The key or signature does not hold.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.as_bytes()))
    }

    /// The signed note.
    ///
    /// # Errors
    /// [`CheckpointError::Key`] when the signer is not for Ed25519 or fails.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, CheckpointError> {
        let hash = key_hash(&self.origin, signer.public_key())?;
        let text = self.text();
        let signature = signer.sign(text.as_bytes())?;
        let line = STANDARD.encode([hash.as_slice(), &signature].concat());
        Ok(format!("{text}\n— {} {line}\n", self.origin))
    }

    /// Reads a note and checks the log's signature.
    ///
    /// # Errors
    /// [`CheckpointError`] naming what does not fit.
    pub fn verify(note: &str, origin: &str, key: &PublicKey) -> Result<Self, CheckpointError> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(CheckpointError::Form);
        }
        let (body, signatures) = note.rsplit_once("\n\n").ok_or(CheckpointError::Form)?;
        let text = format!("{body}\n");
        let checkpoint = Self::parse(&text)?;
        if checkpoint.origin != origin {
            return Err(CheckpointError::Origin(checkpoint.origin));
        }
        let hash = key_hash(origin, key)?;
        for line in signatures.lines() {
            let rest = line.strip_prefix("— ").ok_or(CheckpointError::Form)?;
            let (name, value) = rest.split_once(' ').ok_or(CheckpointError::Form)?;
            let value = STANDARD.decode(value).map_err(|_| CheckpointError::Form)?;
            let (value_hash, signature) = value.split_at_checked(4).ok_or(CheckpointError::Form)?;
            if name == origin && value_hash == hash {
                verify_ed25519(key, text.as_bytes(), signature)?;
                return Ok(checkpoint);
            }
        }
        Err(CheckpointError::Missing)
    }

    fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.lines();
        let mut line = || lines.next().filter(|line| !line.is_empty()).ok_or(CheckpointError::Form);
        let (origin, size, root) = (line()?, line()?, line()?);
        let digits = size.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || (size.len() > 1 && size.starts_with('0')) {
            return Err(CheckpointError::Form);
        }
        let root = STANDARD.decode(root).ok().and_then(|bytes| bytes.try_into().ok());
        Ok(Self {
            origin: origin.to_owned(),
            size: size.parse().map_err(|_| CheckpointError::Form)?,
            root: Digest::from_bytes(root.ok_or(CheckpointError::Form)?),
        })
    }
}

/// The verifier key as other people's tools take it: `<name>+<hash>+<base64 of type and key>`.
///
/// # Errors
/// [`CheckpointError::Key`] when the key is not for Ed25519.
pub fn verifier_key(origin: &str, key: &PublicKey) -> Result<String, CheckpointError> {
    let hash = crate::digest::to_hex(&key_hash(origin, key)?);
    Ok(format!("{origin}+{hash}+{}", STANDARD.encode([&[1], key.raw()].concat())))
}

/// First four bytes of SHA-256 of name, newline, signature type 1 and the key.
fn key_hash(origin: &str, key: &PublicKey) -> Result<[u8; 4], CheckpointError> {
    if key.algorithm() != Algorithm::Ed25519 {
        return Err(KeyError::Key("Ed25519").into());
    }
    let hash =
        Sha256::new().chain_update(origin.as_bytes()).chain_update([b'\n', 1]).chain_update(key.raw()).finalize();
    let [a, b, c, d, ..] = <[u8; 32]>::from(hash);
    Ok([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software::Ed25519Signer;

    #[test]
    fn reads_a_note_of_another_program() {
        // The example of golang.org/x/mod/sumdb/note: key PeterNeumann+c74f20a3.
        let key = STANDARD.decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").expect("base64");
        let key = PublicKey::from_raw(Algorithm::Ed25519, &key[1..]).expect("a key");
        assert_eq!(
            verifier_key("PeterNeumann", &key).expect("a name"),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        );
    }

    #[test]
    fn holds_and_breaks() {
        let signer = Ed25519Signer::from_seed(&[9; 32]).expect("a key");
        let checkpoint = Checkpoint { origin: "log.example/a".into(), size: 3, root: Digest::of(b"x") };
        let note = checkpoint.sign(&signer).expect("a note");
        let key = signer.public_key();
        assert_eq!(Checkpoint::verify(&note, "log.example/a", key), Ok(checkpoint));
        assert!(matches!(
            Checkpoint::verify(&note.replace("\n3\n", "\n4\n"), "log.example/a", key),
            Err(CheckpointError::Key(KeyError::Signature))
        ));
        assert!(matches!(Checkpoint::verify(&note, "log.example/b", key), Err(CheckpointError::Origin(_))));
        let stranger = Ed25519Signer::from_seed(&[8; 32]).expect("a key");
        assert_eq!(Checkpoint::verify(&note, "log.example/a", stranger.public_key()), Err(CheckpointError::Missing));
    }
}
