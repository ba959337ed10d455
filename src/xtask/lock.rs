//! One run at a time in a checkout: two would build into the same folders and remove each other's files.

use std::fs::{self, File, TryLockError};

use crate::place::Place;
use crate::run::TaskError;

/// Waits until no other run works in this checkout. The lock lasts as long as the file that is returned, and never longer
/// than this program: the demo that `start` becomes does not hold it.
///
/// # Errors
/// When the file can't be made or locked.
pub(crate) fn take(place: &Place) -> Result<File, TaskError> {
    let folder = place.target("xtask");
    fs::create_dir_all(&folder).map_err(|error| TaskError::file(&folder, &error))?;
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|error| TaskError::file(&path, &error))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => eprintln!("another `cargo xtask` works in this checkout; waiting for it"),
        Err(TryLockError::Error(error)) => return Err(TaskError::file(&path, &error)),
    }
    file.lock().map_err(|error| TaskError::file(&path, &error))?;
    Ok(file)
}
