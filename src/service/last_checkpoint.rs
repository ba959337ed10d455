//! The newest checkpoint that was signed, kept outside the database: nothing is signed that does
//! not continue it.
//!
//! The file holds the signed note itself. It is written and synced before a newer checkpoint is
//! handed out, so whatever is put into the place of the database, the log cannot show a second
//! history under the same key.

use crate::log_tree::LogTree;
use crate::refusal::{Refusal, RefusalKind};
use kaoping_keys::private;
use kaoping_record::key::{PublicKey, Signer};
use kaoping_record::log::checkpoint::{Checkpoint, CheckpointError};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The last checkpoint and where it is kept.
pub struct LastCheckpoint {
    file: Option<PathBuf>,
    known: Mutex<Option<Checkpoint>>,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LastCheckpointError {
    /// It cannot be read or written.
    #[error("`{path}`: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: std::io::Error,
    },
    /// It is not a checkpoint of this log.
    #[error("`{path}` is not the last checkpoint of this log ({error}): put it back from a backup of the data folder")]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        error: CheckpointError,
    },
}

impl LastCheckpoint {
    /// Kept in memory alone, for tests.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { file: None, known: Mutex::default() }
    }

    /// The checkpoint in a file; a file that is missing holds none yet.
    ///
    /// # Errors
    /// [`LastCheckpointError`] naming the file.
    pub fn open(path: &Path, origin: &str, log: &PublicKey) -> Result<Self, LastCheckpointError> {
        let known = match fs::read_to_string(path) {
            Ok(note) => Some(
                Checkpoint::verify(&note, origin, log)
                    .map_err(|error| LastCheckpointError::Checkpoint { path: path.to_owned(), error })?,
            ),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            // Bytes that are no text are no note either.
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                let error = CheckpointError::Form;
                return Err(LastCheckpointError::Checkpoint { path: path.to_owned(), error });
            }
            Err(error) => return Err(LastCheckpointError::Io { path: path.to_owned(), error }),
        };
        Ok(Self { file: Some(path.to_owned()), known: Mutex::new(known) })
    }

    /// The checkpoint itself.
    #[must_use]
    pub fn known(&self) -> Option<Checkpoint> {
        self.lock().clone()
    }

    /// Refuses a tree that does not contain what was signed last.
    ///
    /// # Errors
    /// `log_differs`.
    pub fn check(&self, tree: &LogTree) -> Result<(), Refusal> {
        match &*self.lock() {
            Some(known) => continues(tree, known),
            None => Ok(()),
        }
    }

    /// Signs the first `size` leaves of a tree; a newer checkpoint is kept before it is returned.
    ///
    /// # Errors
    /// `log_differs`; [`Refusal::not_found`] when there are fewer leaves; [`Refusal::internal`]
    /// when it cannot be kept.
    pub(crate) fn sign(&self, tree: &LogTree, size: u64, origin: &str, signer: &dyn Signer) -> Result<String, Refusal> {
        let root = tree.root(size).map_err(|_| Refusal::not_found("size"))?;
        let mut known = self.lock();
        if let Some(known) = &*known {
            continues(tree, known)?;
        }
        let checkpoint = Checkpoint { origin: origin.to_owned(), size, root };
        let note = checkpoint.sign(signer)?;
        if known.as_ref().is_none_or(|known| known.size < size) {
            if let Some(file) = &self.file {
                private::replace(file, note.as_bytes()).map_err(|error| not_kept(file, &error))?;
            }
            *known = Some(checkpoint);
        }
        Ok(note)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Checkpoint>> {
        // The value changes in one assignment, so a thread that panicked left it whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A checkpoint that could not be kept is not given out. Without space that passes by itself.
fn not_kept(file: &Path, error: &std::io::Error) -> Refusal {
    let named = format!("`{}`: {error}", file.display());
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Refusal::unavailable(named),
        _ => Refusal::internal(named),
    }
}

/// Refuses a tree that does not contain what a checkpoint says.
///
/// # Errors
/// `log_differs`.
pub fn continues(tree: &LogTree, known: &Checkpoint) -> Result<(), Refusal> {
    if tree.root(known.size) == Ok(known.root) {
        return Ok(());
    }
    tracing::error!(
        leaves = tree.size(),
        signed = known.size,
        "the log does not contain what was signed, so nothing is signed: run `kaoping doctor`"
    );
    Err(Refusal::new(
        RefusalKind::Internal,
        "log_differs",
        "log",
        (
            &format!("存证日志与已签名的检查点（{} 条）不一致，不再签名。", known.size),
            &format!("the log does not contain what was signed ({} leaves), so nothing is signed", known.size),
        ),
        (
            "请管理员运行 kaoping doctor，并恢复包含这些记录的备份。",
            "have `kaoping doctor` run, and restore a backup that holds these leaves",
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::log::tree::leaf_hash;
    use kaoping_record::software::Ed25519Signer;

    fn tree(leaves: &[&str]) -> LogTree {
        let mut tree = LogTree::default();
        leaves.iter().for_each(|leaf| tree.append(leaf_hash(leaf.as_bytes())));
        tree
    }

    #[test]
    fn what_was_signed_is_continued_or_nothing_is_signed() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let (file, signer) = (folder.path().join("log.checkpoint"), Ed25519Signer::from_seed(&[1; 32])?);
        let opened = || LastCheckpoint::open(&file, "o", signer.public_key());
        let last = opened()?;
        assert_eq!(last.known(), None);
        let note = last.sign(&tree(&["a", "b"]), 2, "o", &signer)?;
        assert_eq!(fs::read_to_string(&file)?, note, "kept before it is handed out");
        // After a start the file alone remembers.
        let last = opened()?;
        assert_eq!(last.known().map(|known| known.size), Some(2));
        for other in [&["a"][..], &["a", "x"], &["a", "x", "c"], &[]] {
            let refused = last.sign(&tree(other), other.len() as u64, "o", &signer);
            assert_eq!(
                refused.map_err(|refusal| refusal.code().to_owned()),
                Err("log_differs".to_owned()),
                "{other:?}"
            );
            assert!(last.check(&tree(other)).is_err());
        }
        // An older size of the same tree may be signed again, and does not lower what is known.
        last.sign(&tree(&["a", "b", "c"]), 3, "o", &signer)?;
        last.sign(&tree(&["a", "b", "c"]), 1, "o", &signer)?;
        assert_eq!(opened()?.known().map(|known| known.size), Some(3));
        Ok(())
    }

    #[test]
    fn a_file_that_is_no_checkpoint_of_this_log_is_named() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let (file, signer) = (folder.path().join("log.checkpoint"), Ed25519Signer::from_seed(&[1; 32])?);
        let other = Ed25519Signer::from_seed(&[2; 32])?;
        let note = Checkpoint { origin: "o".into(), size: 0, root: tree(&[]).root(0)? }.sign(&other)?;
        for bytes in [b"".as_slice(), b"\xff\xfe", note.as_bytes()] {
            fs::write(&file, bytes)?;
            let Err(error) = LastCheckpoint::open(&file, "o", signer.public_key()) else { panic!("believed") };
            assert!(error.to_string().contains("log.checkpoint"), "{error}");
        }
        Ok(())
    }
}
