//! `installation.json`: what binds a data folder, its keys and its stores together.
//!
//! It is written before the first key, as `founding`, and as `complete` once keys and stores are
//! there. Keys and stores are made while it says `founding`, and never later. A code under the data
//! key guards a complete one.

use super::Failure;
use kaoping_keys::private;
use kaoping_keys::ring::KeyRing;
use kaoping_record::canonical;
use kaoping_record::digest::{Digest, keyed};
use kaoping_record::key::Signer as _;
use kaoping_store::{InstallationId, Link};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The file's name in the data folder.
pub(crate) const FILE: &str = "installation.json";

/// The form of the file.
const VERSION: u32 = 1;

/// The file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    v: u32,
    installation: String,
    database: Database,
    /// What the store may hold: the link of the last start, and those of later starts that were cut
    /// off.
    links: Vec<String>,
    /// The keys that must not be exchanged; `None` while they are made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complete: Option<Complete>,
}

/// The data of an installation whose keys and stores exist.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Complete {
    /// Names of the log's and the room's key.
    log_key: String,
    room_key: String,
    /// Over the whole file without this member, under the data key.
    code: String,
}

/// Where the data lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

impl Record {
    /// A new installation.
    pub(crate) fn founding(installation: InstallationId, database: Database) -> Self {
        Self { v: VERSION, installation: installation.to_string(), database, links: Vec::new(), complete: None }
    }

    /// The record of a folder; `None` where there is none.
    ///
    /// # Errors
    /// Naming the file, when it cannot be read or is none.
    pub(crate) fn read(data: &Path) -> Result<Option<Self>, Failure> {
        let path = data.join(FILE);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            bytes => bytes.map_err(|error| format!("`{}`: {error}", path.display()))?,
        };
        let record: Result<Self, _> = canonical::from_bytes(&bytes);
        match record {
            Ok(record) if record.v == VERSION && record.ids().is_some() => Ok(Some(record)),
            _ => Err(damaged(&path)),
        }
    }

    /// Writes it, and syncs.
    ///
    /// # Errors
    /// Naming the file.
    pub(crate) fn write(&self, data: &Path) -> Result<(), Failure> {
        self.write_with_space(data)?.map_err(Failure::from)
    }

    /// Writes it, and syncs; the inner error says that there is no space for it.
    fn write_with_space(&self, data: &Path) -> Result<Result<(), String>, Failure> {
        let path = data.join(FILE);
        let named = |error: &std::io::Error| format!("`{}`: {error}", path.display());
        match private::replace(&path, &canonical::to_bytes(self)?) {
            Err(error) if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
                Ok(Err(named(&error)))
            }
            Err(error) => Err(named(&error).into()),
            Ok(()) => Ok(Ok(())),
        }
    }

    /// The link under which a start opens the stores: `new`, written down before, or the present
    /// one where the disk has no space for that. The exam goes on with it; a later start takes a
    /// new one.
    pub(crate) fn next_link(&mut self, new: Link, data: &Path, keys: &KeyRing) -> Result<Link, Failure> {
        let mut begun = self.clone();
        begun.begin(new, keys)?;
        match (begun.write_with_space(data)?, self.ids().and_then(|(_, links)| links.last().copied())) {
            (Ok(()), _) => {
                *self = begun;
                Ok(new)
            }
            (Err(full), Some(present)) if self.is_complete() => {
                tracing::warn!(full, "the disk is full: the service starts as it stood last, and cannot keep much");
                Ok(present)
            }
            (Err(full), _) => Err(full.into()),
        }
    }

    /// [`settle`](Self::settle), written where that changes anything. Where there is no space, a
    /// complete record stays as it is: it names this link among others.
    pub(crate) fn settle_at_start(&mut self, link: Link, data: &Path, keys: &KeyRing) -> Result<(), Failure> {
        if self.is_complete() && self.links == [link.to_string()] {
            return Ok(());
        }
        let was_complete = self.is_complete();
        self.settle(link, keys)?;
        match self.write_with_space(data)? {
            Err(full) if !was_complete => Err(full.into()),
            _ => Ok(()),
        }
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete.is_some()
    }

    pub(crate) fn database(&self) -> Database {
        self.database
    }

    /// The installation and the links that its store may hold.
    pub(crate) fn ids(&self) -> Option<(InstallationId, Vec<Link>)> {
        let links = self.links.iter().map(|link| Link::from_hex(link)).collect::<Option<_>>()?;
        Some((InstallationId::from_hex(&self.installation)?, links))
    }

    /// Adds the link of a start that begins.
    pub(crate) fn begin(&mut self, link: Link, keys: &KeyRing) -> Result<(), Failure> {
        self.links.push(link.to_string());
        if self.is_complete() { self.seal(keys) } else { Ok(()) }
    }

    /// Only this link is left, and the keys and stores are there.
    pub(crate) fn settle(&mut self, link: Link, keys: &KeyRing) -> Result<(), Failure> {
        self.links = vec![link.to_string()];
        self.seal(keys)
    }

    /// Refuses keys that are not those of the record, and a record that was altered.
    ///
    /// # Errors
    /// Naming the file that is wrong.
    pub(crate) fn check(&self, data: &Path, keys: &KeyRing) -> Result<(), Failure> {
        let Some(complete) = &self.complete else { return Ok(()) };
        let folder = data.join("keys");
        for (name, known, found) in [
            ("log.key", &complete.log_key, keys.log.public_key().id().to_hex()),
            ("room.key", &complete.room_key, keys.room.public_key().id().to_hex()),
        ] {
            if *known != found {
                let file = folder.join(name);
                return Err(format!(
                    "key file `{}` holds another key than this installation's: put the right one back from the backup \
                     of the keys",
                    file.display()
                )
                .into());
            }
        }
        if self.code(keys)?.to_hex() == complete.code {
            Ok(())
        } else {
            // Altered by hand, or of another installation whose passphrase is the same.
            Err(damaged(&data.join(FILE)))
        }
    }

    fn seal(&mut self, keys: &KeyRing) -> Result<(), Failure> {
        let [log_key, room_key] = [&keys.log, &keys.room].map(|key| key.public_key().id().to_hex());
        self.complete = Some(Complete { log_key, room_key, code: String::new() });
        let code = self.code(keys)?.to_hex();
        if let Some(complete) = &mut self.complete {
            complete.code = code;
        }
        Ok(())
    }

    fn code(&self, keys: &KeyRing) -> Result<Digest, Failure> {
        let mut plain = self.clone();
        if let Some(complete) = &mut plain.complete {
            complete.code = String::new();
        }
        Ok(keyed(&keys.data, &[b"kaoping/installation/1", &canonical::to_bytes(&plain)?]))
    }
}

fn damaged(path: &Path) -> Failure {
    format!(
        "`{}` is damaged or not this installation's: put it back from a backup of the data folder, or, if the folder was \
         put together on purpose, remove the file and run `kaoping adopt --reason …`",
        path.display()
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(folder: &Path, byte: u8) -> KeyRing {
        let mut fill = |buffer: &mut [u8]| {
            buffer.fill(byte);
            Ok(())
        };
        KeyRing::open_or_create(folder, "p", None, &mut fill).expect("keys")
    }

    // A service that was killed on a full disk did not start again: its record is written at every
    // start.
    #[cfg(unix)]
    #[test]
    fn a_start_without_space_keeps_the_link_of_the_last_one() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let data = folder.path();
        let own = keys(&data.join("keys"), 5);
        let mut record = Record::founding(InstallationId([1; 16]), Database::Sqlite);
        // Whatever is written here finds no space.
        let fill = || std::os::unix::fs::symlink("/dev/full", data.join(format!("{FILE}.writing")));
        fill()?;
        let refused = record.next_link(Link([2; 16]), data, &own).err().ok_or("founded without space")?.to_string();
        assert!(refused.contains(FILE), "{refused}");
        // A first start with space, then one without.
        assert_eq!(record.next_link(Link([2; 16]), data, &own)?, Link([2; 16]));
        record.settle_at_start(Link([2; 16]), data, &own)?;
        fill()?;
        assert_eq!(record.next_link(Link([3; 16]), data, &own)?, Link([2; 16]));
        record.settle_at_start(Link([2; 16]), data, &own)?;
        let read = || Record::read(data)?.ok_or_else(|| Failure::from("gone"));
        assert_eq!(read()?.ids(), Some((InstallationId([1; 16]), vec![Link([2; 16])])));
        read()?.check(data, &own)?;
        // The disk fills up between the two: both links stay, and the next start knows either.
        assert_eq!(record.next_link(Link([4; 16]), data, &own)?, Link([4; 16]));
        fill()?;
        record.settle_at_start(Link([4; 16]), data, &own)?;
        assert_eq!(read()?.ids(), Some((InstallationId([1; 16]), vec![Link([2; 16]), Link([4; 16])])));
        read()?.check(data, &own)
    }

    #[test]
    fn a_record_holds_for_its_keys_alone_and_for_no_other_text() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let data = folder.path();
        assert!(Record::read(data)?.is_none());
        let own = keys(&data.join("keys"), 5);
        let mut record = Record::founding(InstallationId([1; 16]), Database::Sqlite);
        record.write(data)?;
        assert!(!Record::read(data)?.ok_or("gone")?.is_complete());
        record.begin(Link([2; 16]), &own)?;
        record.settle(Link([2; 16]), &own)?;
        record.write(data)?;
        let read = Record::read(data)?.ok_or("gone")?;
        assert_eq!(read.ids(), Some((InstallationId([1; 16]), vec![Link([2; 16])])));
        read.check(data, &own)?;
        let other = keys(&data.join("others"), 6);
        let refused = read.check(data, &other).err().ok_or("accepted")?.to_string();
        assert!(refused.contains("log.key") && refused.contains("backup"), "{refused}");

        let text = fs::read_to_string(data.join(FILE))?;
        fs::write(data.join(FILE), text.replace("sqlite", "postgres"))?;
        let refused = Record::read(data)?.ok_or("gone")?.check(data, &own).err().ok_or("accepted")?.to_string();
        assert!(refused.contains(FILE), "{refused}");
        for text in ["", "{}", &text.replace(&"01".repeat(16), "01")] {
            fs::write(data.join(FILE), text)?;
            assert!(Record::read(data).err().ok_or("read")?.to_string().contains(FILE));
        }
        Ok(())
    }
}
