//! The data folder: locked, closed to other users, and with a record or refused.

use super::Failure;
use super::random;
use super::record::{Database, FILE, Record};
use kaoping_keys::private;
use kaoping_store::InstallationId;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// The file of the newest checkpoint.
pub(super) const CHECKPOINT: &str = "log.checkpoint";

/// A data folder with which nobody else works.
pub(super) struct Folder {
    data: PathBuf,
    lock: File,
}

impl Folder {
    /// Locks a folder, which is made where that is allowed, and takes the rights of others away
    /// from all in it.
    pub(super) fn lock(data: &Path, may_make: bool) -> Result<Self, Failure> {
        let named = |error: std::io::Error| format!("`{}`: {error}", data.display());
        // Databases make files of their own, which must be nobody else's either.
        #[cfg(unix)]
        rustix::process::umask(rustix::fs::Mode::from_bits_retain(0o077));
        if !may_make && !data.is_dir() {
            return Err(nothing_here(data));
        }
        private::make_folder(data).map_err(named)?;
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(data.join("kaoping.lock"))
            .map_err(named)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(format!("another kaoping works with {}; stop it first", data.display()).into());
            }
            Err(TryLockError::Error(error)) => return Err(named(error).into()),
        }
        for path in private::close_to_others(data).map_err(named)? {
            tracing::warn!(path = %path.display(), "other users could read this; it is closed to them now");
        }
        Ok(Self { data: data.to_owned(), lock: file })
    }

    pub(super) fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }

    pub(super) fn into_lock(self) -> File {
        self.lock
    }

    /// The installation's record. An empty folder becomes an installation where that is allowed.
    pub(super) fn record(&self, database: Database, may_found: bool) -> Result<Record, Failure> {
        if let Some(record) = Record::read(&self.data)? {
            return match (record.database(), database) {
                (Database::Postgres, Database::Sqlite) => Err(format!(
                    "the data of `{}` lie in PostgreSQL: give its address with --postgres",
                    self.data.display()
                )
                .into()),
                (Database::Sqlite, Database::Postgres) => Err(format!(
                    "the data of `{}` lie in its own files, not in PostgreSQL: start without --postgres and \
                     KAOPING_POSTGRES",
                    self.data.display()
                )
                .into()),
                _ => Ok(record),
            };
        }
        if let Some(found) = self.found()? {
            return Err(format!(
                "`{}` is there, but `{}` is missing: put the whole data folder back from a backup, or, if it was put \
                 together on purpose, run `kaoping adopt --reason …`",
                found.display(),
                self.data.join(FILE).display()
            )
            .into());
        }
        if !may_found {
            return Err(nothing_here(&self.data));
        }
        let record = Record::founding(InstallationId(random()?), database);
        record.write(&self.data)?;
        Ok(record)
    }

    /// Something that only an installation has.
    fn found(&self) -> Result<Option<PathBuf>, Failure> {
        let own = ["kaoping.db", "identities.db", CHECKPOINT].map(|name| self.data.join(name));
        let keys = match fs::read_dir(self.keys()) {
            Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(format!("`{}`: {error}", self.keys().display()).into()),
        };
        let is_key = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "key");
        Ok(own.into_iter().filter(|path| path.exists()).chain(keys.into_iter().filter(is_key)).next())
    }

    /// Why nothing may be signed without the newest checkpoint.
    pub(super) fn without_checkpoint(&self) -> Failure {
        format!(
            "`{}` is missing, so that nobody knows what the log has signed: put it back from a backup of the data folder, \
             or run `kaoping adopt --reason …`, with the newest checkpoint that somebody else keeps",
            self.data.join(CHECKPOINT).display()
        )
        .into()
    }
}

fn nothing_here(data: &Path) -> Failure {
    format!("`{}` holds no installation: `kaoping serve` makes one", data.display()).into()
}
