//! The keys of one organization: made on first use, kept in one folder.

use crate::file::{self, FileSeed, KeyFileError, Secret};
use crate::private;
use kaoping_record::key::{KeyError, PublicKey, Signer};
use kaoping_record::sm2::Sm2Signer;
use kaoping_record::software::{Ed25519Signer, Es256Signer};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Purpose and file name of the organization's key.
const ORGANIZATION: &str = "organization";
/// File of a next key of the organization.
const NEXT: &str = "organization.next.key";
/// Purpose of the organization's SM2 key.
const SM2: &str = "organization-sm2";

/// Fills a buffer with random bytes from the operating system.
pub type Entropy<'a> = &'a mut dyn FnMut(&mut [u8]) -> Result<(), std::io::Error>;

/// A key of the organization, wherever it lies: in a file or in a device.
pub type OrganizationKey = Box<dyn Signer + Send + Sync>;

/// All keys of an organization.
pub struct KeyRing {
    /// Signs results, certificates and records (ES256).
    pub organization: OrganizationKey,
    /// Signs results and certificates besides, where that is asked for (SM2).
    pub beside: Option<OrganizationKey>,
    /// Signs the log's checkpoints (Ed25519).
    pub log: Ed25519Signer,
    /// Signs receipts and the messages of the room (Ed25519).
    pub room: Ed25519Signer,
    /// Encrypts names and ID numbers.
    pub identity: Secret,
    /// Encrypts everything else that the store holds.
    pub data: Secret,
}

/// Why the keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// A file cannot be read or written.
    #[error("key file `{path}`: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: std::io::Error,
    },
    /// A file cannot be opened.
    #[error("key file `{path}`: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: KeyFileError,
    },
    /// A file is not there, although keys were made here before.
    #[error(
        "key file `{path}` is missing: put it back from the backup of the keys; a new key is made only where there are no data"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The bytes of a file are no key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl KeyRing {
    /// Opens the keys in a folder; none is made. With a `device` the organization's key lies in that.
    ///
    /// # Errors
    /// [`KeyRingError::Missing`] for a file that is not there; the others naming the file.
    pub fn open(folder: &Path, passphrase: &str, device: Option<OrganizationKey>) -> Result<Self, KeyRingError> {
        Self::gather(device, |purpose| existing_secret(&folder.join(key_file(purpose)), purpose, passphrase))
    }

    /// Opens the keys in a folder, and makes those that are not there yet: for a folder that has no data. With a `device` the
    /// organization's key lies in that, and none is made.
    ///
    /// # Errors
    /// [`KeyRingError`] naming the file.
    pub fn open_or_create(
        folder: &Path,
        passphrase: &str,
        device: Option<OrganizationKey>,
        entropy: Entropy<'_>,
    ) -> Result<Self, KeyRingError> {
        private::make_folder(folder).map_err(|error| KeyRingError::Io { path: folder.to_owned(), error })?;
        Self::gather(device, |purpose| secret_file(&folder.join(key_file(purpose)), purpose, passphrase, entropy))
    }

    fn gather(
        device: Option<OrganizationKey>,
        mut secret: impl FnMut(&str) -> Result<Secret, KeyRingError>,
    ) -> Result<Self, KeyRingError> {
        Ok(Self {
            organization: match device {
                Some(device) => device,
                None => Box::new(Es256Signer::from_scalar(&*secret(ORGANIZATION)?)?),
            },
            beside: None,
            log: Ed25519Signer::from_seed(&*secret("log")?)?,
            room: Ed25519Signer::from_seed(&*secret("room")?)?,
            identity: secret("identity")?,
            data: secret("data")?,
        })
    }
}

fn key_file(purpose: &str) -> String {
    format!("{purpose}.key")
}

/// The SM2 key with which an organization also signs results where that is asked for.
///
/// It lies in software: for sites that accept that. It is no part of [`KeyRing`], so that only those who sign with it have one.
///
/// # Errors
/// [`KeyRingError::Missing`] when there is none; the others naming the file.
pub fn open_sm2(folder: &Path, passphrase: &str) -> Result<Sm2Signer, KeyRingError> {
    Ok(Sm2Signer::from_scalar(&*existing_secret(&folder.join(key_file(SM2)), SM2, passphrase)?)?)
}

/// [`open_sm2`] on first use: the key is made when there is none.
///
/// # Errors
/// [`KeyRingError`] naming the file.
pub fn open_or_create_sm2(folder: &Path, passphrase: &str, entropy: Entropy<'_>) -> Result<Sm2Signer, KeyRingError> {
    private::make_folder(folder).map_err(|error| KeyRingError::Io { path: folder.to_owned(), error })?;
    Ok(Sm2Signer::from_scalar(&*secret_file(&folder.join(key_file(SM2)), SM2, passphrase, entropy)?)?)
}

/// The organization's next key, which waits in a file of its own until a rotation puts it into the place of the present one.
///
/// # Errors
/// [`KeyRingError`] naming the file.
pub fn open_or_create_next(folder: &Path, passphrase: &str, entropy: Entropy<'_>) -> Result<Es256Signer, KeyRingError> {
    let secret = secret_file(&folder.join(NEXT), ORGANIZATION, passphrase, entropy)?;
    Ok(Es256Signer::from_scalar(&secret)?)
}

/// Whether a next key waits.
#[must_use]
pub fn next_waits(folder: &Path) -> bool {
    folder.join(NEXT).exists()
}

/// Puts the next key into the place of the present one, which is kept under the name of its public half.
///
/// # Errors
/// [`KeyRingError`] naming the file.
pub fn take_next(folder: &Path, present: &PublicKey) -> Result<(), KeyRingError> {
    let place = folder.join(format!("{ORGANIZATION}.key"));
    let kept = folder.join(format!("{ORGANIZATION}-{:.16}.key", present.id().to_hex()));
    let renamed = |from: &Path, to: &Path| {
        fs::rename(from, to).map_err(|error| KeyRingError::Io { path: from.to_owned(), error })
    };
    if !kept.exists() && place.exists() {
        renamed(&place, &kept)?;
    }
    renamed(&folder.join(NEXT), &place)?;
    private::sync_folder(Some(folder)).map_err(|error| KeyRingError::Io { path: folder.to_owned(), error })
}

/// The secret in a key file for one purpose, which must be there.
fn existing_secret(path: &Path, purpose: &str, passphrase: &str) -> Result<Secret, KeyRingError> {
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => KeyRingError::Missing { path: path.to_owned() },
        _ => KeyRingError::Io { path: path.to_owned(), error },
    })?;
    file::open(&bytes, purpose, passphrase).map_err(|error| KeyRingError::File { path: path.to_owned(), error })
}

/// The secret in a key file for one purpose, made when there is no such file.
///
/// # Errors
/// [`KeyRingError`] naming the file.
pub fn secret_file(path: &Path, purpose: &str, passphrase: &str, entropy: Entropy<'_>) -> Result<Secret, KeyRingError> {
    let io = |error| KeyRingError::Io { path: path.to_owned(), error };
    let in_file = |error| KeyRingError::File { path: path.to_owned(), error };
    match existing_secret(path, purpose, passphrase) {
        Err(KeyRingError::Missing { .. }) => {}
        known => return known,
    }
    let mut secret = Zeroizing::new([0_u8; 32]);
    let mut seed = FileSeed { salt: [0; 16], nonce: [0; 24] };
    entropy(secret.as_mut()).map_err(io)?;
    entropy(&mut seed.salt).map_err(io)?;
    entropy(&mut seed.nonce).map_err(io)?;
    let bytes = file::seal(purpose, &secret, passphrase, &seed).map_err(in_file)?;
    private::write_new(path, &bytes).map_err(io)?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_keys_come_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut next = 0_u8;
        let mut entropy = |buffer: &mut [u8]| {
            for byte in buffer {
                next = next.wrapping_add(1);
                *byte = next;
            }
            Ok(())
        };
        let made = KeyRing::open_or_create(folder.path(), "p", None, &mut entropy).expect("made");
        let opened =
            KeyRing::open_or_create(folder.path(), "p", None, &mut |_| panic!("makes nothing")).expect("opened");
        assert_eq!(made.organization.public_key(), opened.organization.public_key());
        assert_eq!(made.log.public_key(), opened.log.public_key());
        assert_eq!(made.identity, opened.identity);
        assert_eq!(made.data, KeyRing::open(folder.path(), "p", None).expect("opened").data);
        let sm2 = open_or_create_sm2(folder.path(), "p", &mut |buffer: &mut [u8]| {
            buffer.fill(5);
            Ok(())
        });
        let opened = open_or_create_sm2(folder.path(), "p", &mut |_| panic!("makes nothing")).expect("opened");
        assert_eq!(sm2.expect("made").public_key(), opened.public_key());
        assert!(matches!(
            KeyRing::open_or_create(folder.path(), "q", None, &mut |_| Ok(())),
            Err(KeyRingError::File { error: KeyFileError::Locked, .. })
        ));
    }

    // Catches a lost key that is silently replaced by another.
    #[test]
    fn a_key_that_is_missing_is_named_and_not_made() {
        let mut fill = |buffer: &mut [u8]| {
            buffer.fill(3);
            Ok(())
        };
        let folder = tempfile::tempdir().expect("a folder");
        KeyRing::open_or_create(folder.path(), "p", None, &mut fill).expect("made");
        let aside = folder.path().join("aside");
        for name in ["organization", "log", "room", "identity", "data"] {
            let lost = folder.path().join(format!("{name}.key"));
            fs::rename(&lost, &aside).expect("moved");
            let refused = KeyRing::open(folder.path(), "p", None).err().expect("refused").to_string();
            assert!(refused.contains(&lost.display().to_string()) && refused.contains("backup"), "{refused}");
            assert!(!lost.exists());
            fs::rename(&aside, &lost).expect("moved back");
        }
        assert!(matches!(open_sm2(folder.path(), "p"), Err(KeyRingError::Missing { .. })));
    }

    #[test]
    fn a_next_key_takes_over_and_the_present_one_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let fill = |byte: u8| {
            move |buffer: &mut [u8]| {
                buffer.fill(byte);
                Ok(())
            }
        };
        let open = || KeyRing::open_or_create(folder.path(), "p", None, &mut fill(7)).expect("opened").organization;
        let present = open().public_key().clone();
        assert!(!next_waits(folder.path()));
        let next = open_or_create_next(folder.path(), "p", &mut fill(9)).expect("made");
        assert!(next_waits(folder.path()));
        assert_eq!(open().public_key(), &present, "until it takes over");
        take_next(folder.path(), &present).expect("taken");
        assert_eq!(open().public_key(), next.public_key());
        assert!(!next_waits(folder.path()));
        let kept = folder.path().join(format!("organization-{:.16}.key", present.id().to_hex()));
        assert!(kept.exists(), "the former key is kept");
        // A device in place of a file: no file is made.
        let bare = tempfile::tempdir().expect("a folder");
        let device = Box::new(Es256Signer::from_scalar(&[5; 32]).expect("a key"));
        KeyRing::open_or_create(bare.path(), "p", Some(device), &mut fill(7)).expect("opened");
        assert!(!bare.path().join("organization.key").exists());
    }
}
