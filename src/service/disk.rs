//! Whether there is space left for what is written.

use kaoping_store::Store;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;
use utoipa::ToSchema;

/// Below this a day's exam may not fit.
const LOW: u64 = 256 * 1024 * 1024;
/// Below this next to nothing can be written: a database grows by pages, and by a log of its own.
const FULL: u64 = 1024 * 1024;
/// How long a write that found no space is remembered. Small ones may go on between large ones.
const REMEMBERED: Duration = Duration::from_secs(60);

/// Where the data lie.
pub trait Disk: Send + Sync {
    /// How many bytes may still be written; `None` where it is unknown.
    fn free_bytes(&self) -> Option<u64>;
}

/// The disk of a folder.
#[derive(Clone, Debug)]
pub struct FolderDisk(pub PathBuf);

impl Disk for FolderDisk {
    fn free_bytes(&self) -> Option<u64> {
        #[cfg(unix)]
        {
            let space = rustix::fs::statvfs(&self.0).ok()?;
            Some(space.f_bavail.saturating_mul(space.f_frsize))
        }
        #[cfg(not(unix))]
        None
    }
}

/// How much space is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiskState {
    /// Enough.
    Enough,
    /// Less than 256 MB.
    Low,
    /// None, or something could not be written for want of it within the last minute.
    Full,
}

impl DiskState {
    /// How much is left now: by the disk of the data folder, and by what the store could not write,
    /// which may lie elsewhere.
    #[must_use]
    pub fn of(store: &Store, disk: &dyn Disk) -> Self {
        if store.lacked_space_within(REMEMBERED) {
            return Self::Full;
        }
        match disk.free_bytes() {
            Some(free) if free < FULL => Self::Full,
            Some(free) if free < LOW => Self::Low,
            _ => Self::Enough,
        }
    }
}
