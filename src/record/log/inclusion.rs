//! A record's place in the log as a text of its own (C2SP tlog-proof), which other tools read too.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <base64>                       (may be left out; it is not authenticated)
//! index <number of the leaf, from 0>
//! <hash in base64, the leaf's sibling first>
//! …
//!
//! <signed checkpoint>
//! ```

use super::add_checkpoint::{decimal, hash};
use super::checkpoint::{Checkpoint, CheckpointError};
use super::note::{MAX_NOTE_BYTES, Note, NoteKey};
use super::tree::{ProofError, leaf_hash, verify_inclusion};
use crate::digest::Digest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fmt;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// Most hashes that lead from a leaf to a root.
const MAX_PATH_HASHES: usize = 64;

/// A proof that a log contains an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// Further data for its reader, such as a leaf's salt. They are not signed.
    pub extra: Option<Vec<u8>>,
    /// The leaf's number, from 0.
    pub index: u64,
    /// Hashes from the leaf to the root, the leaf's sibling first.
    pub path: Vec<Digest>,
    /// The signed checkpoint with its cosignatures.
    pub checkpoint: Note,
}

/// Why text is no such proof, or does not prove.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InclusionError {
    /// Not of the form.
    #[error("not a proof of inclusion")]
    Form,
    /// The log's signature is missing or does not hold.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not there.
    #[error(transparent)]
    Path(#[from] ProofError),
}

impl InclusionProof {
    /// Reads a proof without judging it.
    ///
    /// # Errors
    /// [`InclusionError::Form`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InclusionError> {
        if text.len() > 2 * MAX_NOTE_BYTES {
            return Err(InclusionError::Form);
        }
        Self::read(text).ok_or(InclusionError::Form)
    }

    fn read(text: &str) -> Option<Self> {
        let (head, checkpoint) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        if lines.next()? != FIRST_LINE {
            return None;
        }
        let mut line = lines.next()?;
        let mut extra = None;
        if let Some(value) = line.strip_prefix("extra ") {
            extra = Some(STANDARD.decode(value).ok()?);
            line = lines.next()?;
        }
        let index = decimal(line.strip_prefix("index ")?)?;
        let path: Vec<_> = lines.map(hash).collect::<Option<_>>()?;
        (path.len() <= MAX_PATH_HASHES).then_some(())?;
        Some(Self { extra, index, path, checkpoint: Note::parse(checkpoint).ok()? })
    }

    /// Checks that an entry is at the index of a tree that the log signed. [`super::cosignature`]
    /// returns its witnesses.
    ///
    /// # Errors
    /// [`InclusionError`] naming what does not fit.
    pub fn verify(&self, entry: &[u8], log: &NoteKey) -> Result<Checkpoint, InclusionError> {
        let checkpoint = Checkpoint::verify_note(&self.checkpoint, log)?;
        verify_inclusion(&leaf_hash(entry), self.index, checkpoint.size, &self.path, &checkpoint.root)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for InclusionProof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(formatter, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(formatter, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(formatter, "{}", STANDARD.encode(hash.as_bytes()))?;
        }
        write!(formatter, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Signer as _;
    use crate::log::note::NoteKeyKind;
    use crate::log::tree::{inclusion_proof, root};
    use crate::software::Ed25519Signer;

    fn proof() -> (InclusionProof, NoteKey) {
        let signer = Ed25519Signer::from_seed(&[1; 32]).expect("a key");
        let leaves: Vec<Digest> = (0..7_u8).map(|n| leaf_hash(&[n])).collect();
        let note = Checkpoint { origin: "log.example".into(), size: 7, root: root(&leaves) }.sign(&signer);
        let proof = InclusionProof {
            extra: Some(b"salt".to_vec()),
            index: 4,
            path: inclusion_proof(&leaves, 4).expect("within"),
            checkpoint: Note::parse(&note.expect("signed")).expect("a note"),
        };
        (proof, NoteKey::new("log.example", NoteKeyKind::Log, signer.public_key().clone()).expect("a key"))
    }

    #[test]
    fn reads_what_it_writes() {
        let (proof, log) = proof();
        let text = proof.to_string();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra c2FsdA==\nindex 4\n"));
        assert_eq!(InclusionProof::parse(&text).as_ref(), Ok(&proof));
        let bare = InclusionProof { extra: None, ..proof };
        assert!(bare.to_string().starts_with("c2sp.org/tlog-proof@v1\nindex 4\n"));
        assert_eq!(InclusionProof::parse(&bare.to_string()).as_ref(), Ok(&bare));
        assert_eq!(bare.verify(&[4], &log).map(|checkpoint| checkpoint.size), Ok(7));
        assert_eq!(bare.verify(&[5], &log), Err(ProofError::Root.into()));
        let moved = InclusionProof { index: 5, ..bare };
        assert_eq!(moved.verify(&[4], &log), Err(ProofError::Root.into()));
    }

    #[test]
    fn other_texts_are_refused() {
        let text = proof().0.to_string();
        for bad in [
            String::new(),
            text.replace("@v1", "@v2"),
            text.replace("index 4", "index 04"),
            text.replace("index 4\n", ""),
            text.replace("extra c2FsdA==", "extra c2FsdA"),
            text.replace("— ", "- "),
            text.replace("index 4\n", &format!("index 4\n{}", "A".repeat(43))),
        ] {
            assert_eq!(InclusionProof::parse(&bad), Err(InclusionError::Form), "{bad:.50}");
        }
    }
}
