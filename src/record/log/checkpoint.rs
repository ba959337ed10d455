//! Checkpoints: the log's size and root as a signed note (C2SP tlog-checkpoint, signed-note).
//!
//! ```text
//! <origin>
//! <size>
//! <root in base64>
//!
//! — <origin> <base64 of 4-byte key hash and signature>
//! ```

use super::note::{Note, NoteError, NoteKey, NoteKeyKind};
use crate::digest::Digest;
use crate::key::{KeyError, PublicKey, Signer};
use crate::software::verify_ed25519;
use base64::{Engine as _, engine::general_purpose::STANDARD};

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
        let key = NoteKey::new(&self.origin, NoteKeyKind::Log, signer.public_key().clone())?;
        let signature = signer.sign(self.text().as_bytes())?;
        Ok(Note::new(self.text())?.with(key.line(signature)).to_string())
    }

    /// Reads a note and checks the log's signature.
    ///
    /// # Errors
    /// [`CheckpointError`] naming what does not fit.
    pub fn verify(note: &str, origin: &str, key: &PublicKey) -> Result<Self, CheckpointError> {
        Self::verify_note(&Note::parse(note)?, &NoteKey::new(origin, NoteKeyKind::Log, key.clone())?)
    }

    /// Checks the log's signature of a note that was read; the key's name is the log's.
    ///
    /// # Errors
    /// [`CheckpointError`] naming what does not fit.
    pub fn verify_note(note: &Note, log: &NoteKey) -> Result<Self, CheckpointError> {
        let checkpoint = Self::parse(note.text())?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::Origin(checkpoint.origin));
        }
        let line = note.by(log).filter(|_| log.kind() == NoteKeyKind::Log).ok_or(CheckpointError::Missing)?;
        verify_ed25519(log.key(), note.text().as_bytes(), &line.signature)?;
        Ok(checkpoint)
    }

    /// Reads a checkpoint's text, signed or not. Lines after the third are the log's own affair.
    ///
    /// # Errors
    /// [`CheckpointError::Form`] when the first three lines are not origin, size and root.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.lines();
        let mut line = || lines.next().filter(|line| !line.is_empty()).ok_or(CheckpointError::Form);
        let (origin, size, root) = (line()?, line()?, line()?);
        let digits = size.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || (size.len() > 1 && size.starts_with('0')) {
            return Err(CheckpointError::Form);
        }
        let root = STANDARD.decode(root).ok().and_then(|bytes| bytes.try_into().ok());
        let size = size.parse().map_err(|_| CheckpointError::Form)?;
        let root = Digest::from_bytes(root.ok_or(CheckpointError::Form)?);
        // An empty tree has one root only (RFC 6962, section 2.1).
        if size == 0 && root != Digest::of(b"") {
            return Err(CheckpointError::Form);
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

/// The verifier key as other people's tools take it: `<name>+<hash>+<base64 of type and key>`.
///
/// # Errors
/// [`CheckpointError`] when the key is not for Ed25519 or the origin cannot be a key's name.
pub fn verifier_key(origin: &str, key: &PublicKey) -> Result<String, CheckpointError> {
    Ok(NoteKey::new(origin, NoteKeyKind::Log, key.clone())?.to_string())
}

impl From<NoteError> for CheckpointError {
    fn from(error: NoteError) -> Self {
        match error {
            NoteError::Key(error) => Self::Key(error),
            NoteError::Form | NoteError::Name(_) | NoteError::VerifierKey => Self::Form,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software::Ed25519Signer;

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
