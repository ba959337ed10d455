//! `installation.json`: what binds a data folder, its keys and its stores together.
//!
//! It is written before the first key, as `founding`, and as `complete` once keys and stores are there. Keys and stores are
//! made while it says `founding`, and never later. A code under the data key guards a complete one.

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
    /// What the store may hold: the link of the last start, and those of later starts that were cut off.
    links: Vec<String>,
    /// The keys that must not be exchanged; `None` while they are made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complete: Option<Complete>,
}

/// What is known once keys and stores were made.
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
        let path = data.join(FILE);
        private::replace(&path, &canonical::to_bytes(self)?)
            .map_err(|error| format!("`{}`: {error}", path.display()).into())
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
