//! Files and folders that only their owner may read, written so that a power cut leaves the former
//! file or the new one, never a half of it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Permissions of files and folders.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// Makes a folder for its owner alone, with the folders above it where they are missing.
///
/// # Errors
/// What the operating system says.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    builder.create(path)?;
    sync_folder(path.parent())
}

/// Writes a new file; never over another.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`] when there is one; else what the operating system says.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.try_exists()? {
        return Err(ErrorKind::AlreadyExists.into());
    }
    replace(path, bytes)
}

/// Writes a file in the place of what was there. When it returns, the file is on the disk under its
/// name.
///
/// # Errors
/// What the operating system says; the former file is then untouched.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_owned();
    name.push(".writing");
    let writing = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    let mut file = options.open(&writing)?;
    if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
        // A half of it would take space that is missing.
        let _ = fs::remove_file(&writing);
        return Err(error);
    }
    fs::rename(&writing, path)?;
    sync_folder(path.parent())
}

/// Makes the names in a folder durable.
///
/// # Errors
/// What the operating system says.
pub fn sync_folder(folder: Option<&Path>) -> io::Result<()> {
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Takes the rights of others away from a folder and everything in it; returns what was open to
/// them.
///
/// # Errors
/// What the operating system says, as when a file belongs to another user.
pub fn close_to_others(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut closed = Vec::new();
    close(folder, FOLDER_MODE, &mut closed)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A link is left alone: its target does not belong to the folder.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            closed.extend(close_to_others(&entry.path())?);
        } else if kind.is_file() {
            close(&entry.path(), FILE_MODE, &mut closed)?;
        }
    }
    Ok(closed)
}

#[cfg(unix)]
fn close(path: &Path, mode: u32, closed: &mut Vec<PathBuf>) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut permissions = fs::metadata(path)?.permissions();
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(mode);
        fs::set_permissions(path, permissions)?;
        closed.push(path.to_owned());
    }
    Ok(())
}

#[cfg(not(unix))]
fn close(_path: &Path, _mode: u32, _closed: &mut Vec<PathBuf>) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    /// A file's permissions; 0 of one that is missing.
    fn mode(path: &Path) -> u32 {
        fs::metadata(path).map_or(0, |file| file.permissions().mode() & 0o777)
    }

    #[test]
    fn what_is_written_belongs_to_its_owner_alone() -> io::Result<()> {
        let outer = tempfile::tempdir()?;
        let folder = outer.path().join("a/b");
        make_folder(&folder)?;
        let file = folder.join("secret");
        write_new(&file, b"one")?;
        assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
        assert_eq!(write_new(&file, b"two").map_err(|error| error.kind()), Err(ErrorKind::AlreadyExists));
        assert_eq!(fs::read(&file)?, b"one");
        replace(&file, b"two")?;
        assert_eq!(fs::read(&file)?, b"two");
        assert_eq!(fs::read_dir(&folder)?.count(), 1, "nothing half-written stays");
        Ok(())
    }

    #[test]
    fn what_was_open_to_others_is_closed_and_named() -> io::Result<()> {
        let outer = tempfile::tempdir()?;
        let (folder, file) = (outer.path().join("keys"), outer.path().join("keys/log.key"));
        make_folder(&folder)?;
        write_new(&file, b"key")?;
        assert_eq!(close_to_others(&folder)?, Vec::<PathBuf>::new());
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644))?;
        assert_eq!(close_to_others(&folder)?, [folder.clone(), file.clone()]);
        assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
        Ok(())
    }
}
