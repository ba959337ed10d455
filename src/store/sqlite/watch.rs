//! Whether the files of a store are still those that were opened. A file that is deleted or replaced can be written on
//! without an error, and everything written then is lost.

use crate::error::StoreError;
use std::path::{Path, PathBuf};

/// The files of one open database: the file itself, its write-ahead log and that log's index.
pub(crate) struct Watch {
    files: Vec<(PathBuf, Option<Identity>)>,
}

/// Device and number of a file.
type Identity = (u64, u64);

impl Watch {
    /// Remembers the files as they are now.
    pub(crate) fn of(path: &Path) -> Self {
        let files = ["", "-wal", "-shm"].map(|suffix| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        });
        Self { files: files.into_iter().map(|file| (file.clone(), identity(&file))).collect() }
    }

    /// Refuses when one of them is another now.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match self.files.iter().find(|(file, identity_then)| identity(file) != *identity_then) {
            None => Ok(()),
            Some((file, _)) => Err(StoreError::Replaced { place: file.display().to_string() }),
        }
    }
}

#[cfg(unix)]
fn identity(file: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(file).ok().map(|file| (file.dev(), file.ino()))
}

/// Elsewhere an open file can be neither deleted nor replaced.
#[cfg(not(unix))]
fn identity(_file: &Path) -> Option<Identity> {
    None
}
