//! An installation: the folder of an organization with its keys, and the stores. One program at a time works with it.

use super::entropy;
use kaoping_keys::ring::{self, KeyRing, OrganizationKey};
use kaoping_record::key::Signer as _;
use kaoping_service::aggregates::organization::{KEY, OrganizationState};
use kaoping_service::app::{App, Parts, Settings, SystemClock};
use kaoping_service::operations::keys;
use kaoping_store::Store;
use kaoping_store::identity::{self, IdentityStore};
use std::error::Error;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the passphrase of the keys comes from.
const PASSPHRASE: &str = "KAOPING_PASSPHRASE";

type Failure = Box<dyn Error + Send + Sync>;

#[derive(clap::Args)]
pub(crate) struct Place {
    /// Folder for keys, certificates and, without PostgreSQL, the data.
    #[arg(long, default_value = "kaoping-data")]
    pub(super) data: PathBuf,
    /// Data in PostgreSQL instead of SQLite: postgres://user:password@host/database.
    #[arg(long, env = "KAOPING_POSTGRES", hide_env_values = true)]
    pub(super) postgres: Option<String>,
    #[command(flatten)]
    pub(super) device: Device,
}

/// Where the organization's key lies in a device instead of a file (PKCS #11). Its PIN comes from `KAOPING_PKCS11_PIN`.
#[derive(clap::Args)]
pub(crate) struct Device {
    /// The organization's key lies in a device: the library of the device's maker.
    #[arg(long, value_name = "LIBRARY", requires_all = ["pkcs11_token", "pkcs11_key"])]
    pub(super) pkcs11_module: Option<PathBuf>,
    /// Label of the token.
    #[arg(long, value_name = "LABEL")]
    pub(super) pkcs11_token: Option<String>,
    /// Label that the private and the public key share.
    #[arg(long, value_name = "LABEL")]
    pub(super) pkcs11_key: Option<String>,
}

/// An installation that is open.
pub(super) struct Installation {
    pub(super) app: App,
    /// Held as long as the installation is open.
    pub(super) lock: File,
}

/// The passphrase from the environment.
pub(super) fn passphrase() -> Result<String, Failure> {
    std::env::var(PASSPHRASE).map_err(|_| {
        format!("set {PASSPHRASE} to the passphrase of the organization's keys; the first run makes keys with it")
            .into()
    })
}

/// Opens keys and stores. `sm2` asks for a key whose signatures stand beside credentials.
pub(super) async fn open(
    place: &Place,
    passphrase: &str,
    sm2: bool,
    reached: impl FnOnce(String) -> Settings,
) -> Result<Installation, Failure> {
    let lock = lock(&place.data)?;
    let folder = place.data.join("keys");
    let mut keys = KeyRing::open_or_create(&folder, passphrase, place.device.open()?, &mut entropy)?;
    if sm2 {
        keys.beside = Some(Box::new(ring::open_or_create_sm2(&folder, passphrase, &mut entropy)?));
    }
    let (store, identity) = stores(&place.data, place.postgres.as_deref(), &keys).await?;
    // The name follows the key, so that two installations never share one.
    let settings = reached(format!("kaoping.local/{:.16}", keys.log.public_key().id().to_hex()));
    let clock = Arc::new(SystemClock::new()?);
    let app = App::new(Parts { store, identity, keys, clock, settings });
    if ring::next_waits(&folder) {
        finish_rotation(&app, &folder, passphrase).await?;
    }
    keys::at_start(&app).await?;
    Ok(Installation { app, lock })
}

/// A rotation that was cut off between its record and its file is told by the data, and finished by the next rotation.
async fn finish_rotation(app: &App, folder: &Path, passphrase: &str) -> Result<(), Failure> {
    let next = ring::open_or_create_next(folder, passphrase, &mut entropy)?;
    let state: OrganizationState = app.read(KEY).await?.unwrap_or_default();
    let took_over = state.present_key().is_some_and(|present| present.key == *next.public_key());
    if took_over {
        ring::take_next(folder, app.keys.organization.public_key())?;
        return Err("a rotation of the organization's key is now complete; start again".into());
    }
    Ok(())
}

impl Device {
    /// The key in the device, when one is named.
    #[cfg(feature = "pkcs11")]
    pub(super) fn open(&self) -> Result<Option<OrganizationKey>, Failure> {
        use kaoping_keys::pkcs11::{Pkcs11Signer, Place};
        const PIN: &str = "KAOPING_PKCS11_PIN";
        let (Some(module), Some(token), Some(key)) = (&self.pkcs11_module, &self.pkcs11_token, &self.pkcs11_key) else {
            return Ok(None);
        };
        let pin = std::env::var(PIN).map_err(|_| format!("set {PIN} to the PIN of the token"))?;
        Ok(Some(Box::new(Pkcs11Signer::open(&Place { module, token, key }, &pin)?)))
    }

    /// The key in the device, when one is named.
    #[cfg(not(feature = "pkcs11"))]
    pub(super) fn open(&self) -> Result<Option<OrganizationKey>, Failure> {
        match self.pkcs11_module {
            Some(_) => Err("this program was built without the feature `pkcs11`".into()),
            None => Ok(None),
        }
    }
}

fn lock(data: &Path) -> Result<File, Failure> {
    fs::create_dir_all(data)?;
    let path = data.join("kaoping.lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(format!("another kaoping works with {}; stop it first", data.display()).into())
        }
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

type Stores = (Store, Arc<dyn IdentityStore>);

async fn stores(data: &Path, postgres: Option<&str>, keys: &KeyRing) -> Result<Stores, Failure> {
    if let Some(address) = postgres {
        let store = Store::postgres(address, "kaoping").await?;
        return Ok((store, identity::postgres(address, "kaoping_identity", &keys.identity).await?));
    }
    let store = Store::sqlite(data.join("kaoping.db"))?;
    Ok((store, identity::sqlite(data.join("identities.db"), &keys.identity).await?))
}
