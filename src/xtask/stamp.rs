//! Stamps of results that are up to date: a stamp contains the fingerprint of the inputs of a
//! result.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::run::TaskError;

/// Folders that hold results, never inputs.
const RESULTS: [&str; 3] = ["node_modules", "dist", "target"];

/// A file that remembers which inputs a result was made from.
pub(crate) struct Stamp {
    file: PathBuf,
    fingerprint: String,
}

impl Stamp {
    /// Takes the fingerprint of `inputs` (files, folders; a missing one counts as empty) and of
    /// `words`.
    ///
    /// # Errors
    /// When an input can't be read.
    pub(crate) fn of(file: PathBuf, inputs: &[PathBuf], words: &[&str]) -> Result<Self, TaskError> {
        // Not for security: it only needs to distinguish two states of one checkout.
        let mut hasher = DefaultHasher::new();
        words.hash(&mut hasher);
        for input in inputs {
            for path in files(input)? {
                path.strip_prefix(input).unwrap_or(&path).hash(&mut hasher);
                fs::read(&path).map_err(|error| TaskError::file(&path, &error))?.hash(&mut hasher);
            }
        }
        Ok(Self { file, fingerprint: format!("{:016x}", hasher.finish()) })
    }

    /// Whether the result was made from the same inputs.
    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|known| known == self.fingerprint)
    }

    /// Remembers the inputs, after the result was made.
    ///
    /// # Errors
    /// When the stamp can't be written.
    pub(crate) fn keep(&self) -> Result<(), TaskError> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder).map_err(|error| TaskError::file(folder, &error))?;
        }
        fs::write(&self.file, &self.fingerprint).map_err(|error| TaskError::file(&self.file, &error))
    }
}

/// Every file at or below `path`, in order, except results.
///
/// # Errors
/// When a folder can't be read.
pub(crate) fn files(path: &Path) -> Result<BTreeSet<PathBuf>, TaskError> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![path.to_path_buf()];
    while let Some(next) = waiting.pop() {
        if next.is_file() {
            found.insert(next);
        } else if next.is_dir() {
            let entries = fs::read_dir(&next).map_err(|error| TaskError::file(&next, &error))?;
            for entry in entries {
                let entry = entry.map_err(|error| TaskError::file(&next, &error))?;
                let result = RESULTS.iter().any(|name| entry.file_name() == *name);
                if !result {
                    waiting.push(entry.path());
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    // A stamp that ignored contents, names or tool versions would leave old wasm in the pages.
    #[test]
    fn every_kind_of_change_is_seen() -> Result<(), Box<dyn std::error::Error>> {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("in/node_modules"))?;
        let take = |words: &[&str]| {
            Stamp::of(folder.join("stamp"), &[folder.join("in")], words).map_err(|error| error.to_string())
        };
        fs::write(folder.join("in/a"), "1")?;
        let first = take(&["v1"])?;
        assert!(!first.is_current());
        first.keep().map_err(|error| error.to_string())?;
        assert!(take(&["v1"])?.is_current());
        assert!(!take(&["v2"])?.is_current());

        fs::write(folder.join("in/node_modules/b"), "a result")?;
        assert!(take(&["v1"])?.is_current());
        fs::write(folder.join("in/a"), "2")?;
        assert!(!take(&["v1"])?.is_current());
        fs::remove_file(folder.join("in/a"))?;
        fs::write(folder.join("in/c"), "1")?;
        assert!(!take(&["v1"])?.is_current());
        fs::remove_dir_all(&folder)?;
        Ok(())
    }
}
