//! An installation: the folder of an organization with its keys, and the stores. One program at a
//! time works with it.
//!
//! Keys and stores are made on the first start of an empty folder alone. Whatever is missing or
//! exchanged later is refused by name; `adopt` binds what was restored on purpose.

pub(super) mod adopt;
mod folder;
mod record;

use super::entropy;
use folder::Folder;
use kaoping_keys::ring::{self, KeyRing, OrganizationKey};
use kaoping_record::key::Signer as _;
use kaoping_service::aggregates::organization::{KEY, OrganizationState};
use kaoping_service::app::{App, Parts, Settings, SystemClock};
use kaoping_service::disk::FolderDisk;
use kaoping_service::document;
use kaoping_service::last_checkpoint::LastCheckpoint;
use kaoping_service::operations::{keys, log};
use kaoping_store::identity::{self, IdentityStore};
use kaoping_store::{Expected, Link, Opening, Store};
use record::Database;
use std::error::Error;
use std::fs::File;
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

/// Where the organization's key lies in a device instead of a file (PKCS #11). Its PIN comes from
/// `KAOPING_PKCS11_PIN`.
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

/// The purpose for which an installation is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To serve; an empty folder becomes an installation.
    Serve,
    /// To change its keys, or an account.
    Keys,
    /// To look for damage: nothing is refused that the look is for.
    Doctor,
}

/// The passphrase from the environment.
pub(super) fn passphrase() -> Result<String, Failure> {
    let known = std::env::var(PASSPHRASE).map_err(|_| {
        format!("set {PASSPHRASE} to the passphrase of the organization's keys; the first run makes keys with it")
    })?;
    if known.trim().is_empty() {
        return Err(format!("{PASSPHRASE} is empty: keys are kept under a passphrase that is not").into());
    }
    Ok(known)
}

/// Opens keys and stores. `sm2` asks for a key whose signatures are added to credentials.
pub(super) async fn open(
    place: &Place,
    passphrase: &str,
    sm2: bool,
    purpose: Purpose,
    reached: impl FnOnce(String) -> Settings,
) -> Result<Installation, Failure> {
    let folder = Folder::lock(&place.data, purpose == Purpose::Serve)?;
    let mut record = folder.record(place.database(), purpose == Purpose::Serve)?;
    let device = place.device.open()?;
    let mut keys = match record.is_complete() {
        true => KeyRing::open(&folder.keys(), passphrase, device)?,
        false => KeyRing::open_or_create(&folder.keys(), passphrase, device, &mut entropy)?,
    };
    record.check(&place.data, &keys)?;
    let next = record.next_link(Link(random()?), &place.data, &keys)?;
    let (installation, links) = record.ids().ok_or("the record of the installation holds no ids")?;
    let expected = match record.is_complete() {
        true => Expected::Bound { installation, links: &links },
        false => Expected::Empty(installation),
    };
    let (store, identity) = stores(place, &keys, expected, next).await?;
    if sm2 {
        keys.beside = Some(Box::new(sm2_key(&store, &folder.keys(), passphrase).await?));
    }
    let app = app(place, store, identity, keys, reached)?;
    if record.is_complete() && app.last_checkpoint.known().is_none() {
        return Err(folder.without_checkpoint());
    }
    if purpose != Purpose::Doctor {
        log::at_start(&app).await?;
        if ring::next_waits(&folder.keys()) {
            finish_rotation(&app, &folder.keys(), passphrase).await?;
        }
        keys::at_start(&app).await?;
    }
    record.settle_at_start(next, &place.data, &app.keys)?;
    Ok(Installation { app, lock: folder.into_lock() })
}

/// The app of an installation's parts.
fn app(
    place: &Place,
    store: Store,
    identity: Arc<dyn IdentityStore>,
    keys: KeyRing,
    reached: impl FnOnce(String) -> Settings,
) -> Result<App, Failure> {
    // The name follows the key, so that two installations never share one.
    let settings = reached(format!("kaoping.local/{:.16}", keys.log.public_key().id().to_hex()));
    let file = place.data.join(folder::CHECKPOINT);
    let last_checkpoint = LastCheckpoint::open(&file, &settings.log_origin, keys.log.public_key())?;
    let clock = Arc::new(SystemClock::new()?);
    let disk = Arc::new(FolderDisk(place.data.clone()));
    Ok(App::new(Parts { store, identity, keys, last_checkpoint, clock, disk, settings }))
}

/// The SM2 key; made where the data know of none.
async fn sm2_key(store: &Store, folder: &Path, passphrase: &str) -> Result<kaoping_record::sm2::Sm2Signer, Failure> {
    let organization = document::document::<OrganizationState>(store, KEY).await?;
    if organization.is_some_and(|known| !known.state.beside.is_empty()) {
        return Ok(ring::open_sm2(folder, passphrase)?);
    }
    Ok(ring::open_or_create_sm2(folder, passphrase, &mut entropy)?)
}

fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    entropy(&mut bytes)?;
    Ok(bytes)
}

/// A rotation that was interrupted between its record and its file is recognised from the data, and
/// finished by the next rotation.
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

impl Place {
    fn database(&self) -> Database {
        if self.postgres.is_some() { Database::Postgres } else { Database::Sqlite }
    }
}

type Stores = (Store, Arc<dyn IdentityStore>);

/// Opens the stores, which then hold the link `next`.
async fn stores(place: &Place, keys: &KeyRing, expected: Expected<'_>, next: Link) -> Result<Stores, Failure> {
    let opening = Opening { key: &keys.data, expected, next, alone: true };
    if let Some(address) = &place.postgres {
        let store = Store::postgres(address, "kaoping", &opening).await?;
        let expected = of_the_same(&store, expected);
        return Ok((store, identity::postgres(address, "kaoping_identity", &keys.identity, &expected).await?));
    }
    let store = Store::sqlite(place.data.join("kaoping.db"), &opening)?;
    let expected = of_the_same(&store, expected);
    let identity = identity::sqlite(place.data.join("identities.db"), &keys.identity, &expected).await?;
    // The names of files that were just made are durable with their folder.
    kaoping_keys::private::sync_folder(Some(&place.data))?;
    Ok((store, identity))
}

/// Identities must be those of the installation whose data the store holds.
fn of_the_same<'a>(store: &Store, expected: Expected<'a>) -> Expected<'a> {
    match (expected, store.installation()) {
        (Expected::Founded, Some(installation)) => Expected::Bound { installation, links: &[] },
        _ => expected,
    }
}
