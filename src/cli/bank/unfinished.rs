//! A folder or a file that appears whole or not at all: it is made under another name, and Ctrl+C
//! removes that.

use crate::cli::stop::StopSignals;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What the shell reports of a command that Ctrl+C ended.
const INTERRUPTED: i32 = 130;

/// The work of all that began together.
#[derive(Default)]
struct Work {
    /// What is being made at the moment.
    places: BTreeSet<PathBuf>,
    /// Whether something is in its place already. What is left then takes a moment, and is done.
    is_done: bool,
}

/// Work that ends whole or leaves nothing behind. From its beginning on, Ctrl+C and SIGTERM end the
/// program, until something is in its place.
pub(super) struct Unfinished {
    work: Arc<Mutex<Work>>,
    path: PathBuf,
    to: PathBuf,
}

impl Unfinished {
    /// Begins work whose result will be at `to`, where nothing may exist yet.
    pub(super) fn begin(to: &Path) -> io::Result<Self> {
        let work = Arc::<Mutex<Work>>::default();
        let begun = Self::among(Arc::clone(&work), to)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let mut signals = {
            let _inside = runtime.enter();
            StopSignals::listen()?
        };
        thread::spawn(move || {
            while runtime.block_on(signals.come()).is_ok() {
                let work = lock(&work);
                if work.is_done {
                    continue;
                }
                for path in &work.places {
                    // Whatever is left of it has a name that says what it is.
                    let _removed = remove(path);
                }
                std::process::exit(INTERRUPTED);
            }
        });
        Ok(begun)
    }

    /// Begins more work that ends elsewhere; the same signals end both.
    pub(super) fn with(&self, to: &Path) -> io::Result<Self> {
        Self::among(Arc::clone(&self.work), to)
    }

    fn among(work: Arc<Mutex<Work>>, to: &Path) -> io::Result<Self> {
        if to.symlink_metadata().is_ok() {
            return Err(exists(to));
        }
        // The name under which it is made, beside the place where it will be.
        let mut name = OsString::from(".");
        name.push(to.file_name().unwrap_or_default());
        name.push(format!(".unfinished-{}", std::process::id()));
        Ok(Self { work, path: to.with_file_name(name), to: to.to_owned() })
    }

    /// Writes a folder's files, by their paths within it, and puts the folder in its place.
    pub(super) fn folder(self, files: &[(String, Vec<u8>)]) -> io::Result<()> {
        self.step(|work| {
            fs::create_dir(&self.path)?;
            work.places.insert(self.path.clone());
            Ok(())
        })?;
        for (within, bytes) in files {
            self.step(|_| {
                let file = self.path.join(within);
                if let Some(parent) = file.parent() {
                    fs::create_dir_all(parent)?;
                }
                fs::write(file, bytes)
            })?;
        }
        self.finish()
    }

    /// Writes a file and puts it in its place.
    pub(super) fn file(self, bytes: &[u8]) -> io::Result<()> {
        self.step(|work| {
            work.places.insert(self.path.clone());
            fs::write(&self.path, bytes)
        })?;
        self.finish()
    }

    /// A step of the work, in which a signal waits.
    fn step(&self, step: impl FnOnce(&mut Work) -> io::Result<()>) -> io::Result<()> {
        step(&mut lock(&self.work))
    }

    fn finish(&self) -> io::Result<()> {
        self.step(|work| {
            // A folder would replace an empty one, and a file another file, that came meanwhile.
            if self.to.symlink_metadata().is_ok() {
                return Err(exists(&self.to));
            }
            fs::rename(&self.path, &self.to)?;
            work.places.remove(&self.path);
            work.is_done = true;
            Ok(())
        })
    }
}

impl Drop for Unfinished {
    /// Work that failed leaves nothing behind.
    fn drop(&mut self) {
        if lock(&self.work).places.remove(&self.path) {
            let _removed = remove(&self.path);
        }
    }
}

fn exists(to: &Path) -> io::Error {
    let told = format!("{} exists already; name another, or remove it first", to.display());
    io::Error::new(io::ErrorKind::AlreadyExists, told)
}

fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn lock(work: &Mutex<Work>) -> MutexGuard<'_, Work> {
    work.lock().unwrap_or_else(PoisonError::into_inner)
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
        // The second path needs a folder where a file exists.
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
