//! A folder or a file that appears whole or not at all: it is made under another name, and Ctrl+C removes that.

use super::stop::StopSignals;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What the shell reports of a command that Ctrl+C ended.
const INTERRUPTED: i32 = 130;

/// Where something is being made; `None` before and after.
type Place = Arc<Mutex<Option<PathBuf>>>;

/// Work that ends whole or leaves nothing behind. From its beginning on, Ctrl+C and SIGTERM end the program.
pub(super) struct Unfinished {
    place: Place,
    to: PathBuf,
}

impl Unfinished {
    /// Begins work that will end in `to`, where nothing may stand yet.
    pub(super) fn begin(to: &Path) -> io::Result<Self> {
        if to.symlink_metadata().is_ok() {
            let told = format!("{} exists already; name another, or remove it first", to.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, told));
        }
        let place = Place::default();
        let watched = Arc::clone(&place);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let mut signals = {
            let _inside = runtime.enter();
            StopSignals::listen()?
        };
        thread::spawn(move || {
            if runtime.block_on(signals.come()).is_ok() {
                let mut place = lock(&watched);
                if let Some(path) = place.take() {
                    // Whatever is left of it has a name that says what it is.
                    let _removed = remove(&path);
                }
                std::process::exit(INTERRUPTED);
            }
        });
        Ok(Self { place, to: to.to_owned() })
    }

    /// Writes a folder's files, by their paths within it, and puts the folder in its place.
    pub(super) fn folder(self, files: &[(String, Vec<u8>)]) -> io::Result<()> {
        let path = self.path();
        self.step(|place| {
            fs::create_dir(&path)?;
            *place = Some(path.clone());
            Ok(())
        })?;
        for (within, bytes) in files {
            self.step(|_| {
                let file = path.join(within);
                if let Some(parent) = file.parent() {
                    fs::create_dir_all(parent)?;
                }
                fs::write(file, bytes)
            })?;
        }
        self.finish(&path)
    }

    /// Writes a file and puts it in its place.
    pub(super) fn file(self, bytes: &[u8]) -> io::Result<()> {
        let path = self.path();
        self.step(|place| {
            *place = Some(path.clone());
            fs::write(&path, bytes)
        })?;
        self.finish(&path)
    }

    /// The name under which it is made, beside the place where it will be.
    fn path(&self) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(self.to.file_name().unwrap_or_default());
        name.push(format!(".unfinished-{}", std::process::id()));
        self.to.with_file_name(name)
    }

    /// A step of the work, in which Ctrl+C waits.
    fn step(&self, work: impl FnOnce(&mut Option<PathBuf>) -> io::Result<()>) -> io::Result<()> {
        work(&mut lock(&self.place))
    }

    fn finish(&self, path: &Path) -> io::Result<()> {
        self.step(|place| {
            // A folder would replace an empty one, and a file another file, that came meanwhile.
            if self.to.symlink_metadata().is_ok() {
                return Err(io::Error::new(
                    io::ErrorKind::AlreadyExists,
                    format!("{} exists already", self.to.display()),
                ));
            }
            fs::rename(path, &self.to)?;
            *place = None;
            Ok(())
        })
    }
}

impl Drop for Unfinished {
    /// Work that failed leaves nothing behind.
    fn drop(&mut self) {
        if let Some(path) = lock(&self.place).take() {
            let _removed = remove(&path);
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn lock(place: &Mutex<Option<PathBuf>>) -> MutexGuard<'_, Option<PathBuf>> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = fs::read_dir(folder)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<_>>()?;
        names.sort();
        Ok(names)
    }

    #[test]
    fn a_folder_appears_whole_or_not_at_all() -> io::Result<()> {
        let temporary = tempfile::tempdir()?;
        let to = temporary.path().join("bank");
        let file = |path: &str| (path.to_owned(), b"{}".to_vec());
        // The second path needs a folder where a file stands.
        let failed = Unfinished::begin(&to)?.folder(&[file("items"), file("items/A.json")]);
        assert!(failed.is_err());
        assert_eq!(names(temporary.path())?, Vec::<String>::new());
        Unfinished::begin(&to)?.folder(&[file("bank.json"), file("items/A.json")])?;
        assert_eq!(
            (names(temporary.path())?, names(&to)?),
            (vec!["bank".to_owned()], vec!["bank.json".into(), "items".into()])
        );
        assert!(Unfinished::begin(&to).is_err(), "what is there is never replaced");
        Ok(())
    }
}
