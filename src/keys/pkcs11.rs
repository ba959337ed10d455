//! An ES256 key in a device, over PKCS #11 (OASIS, version 2.40 and later): it signs there and never leaves it.
//!
//! The device hashes nothing: the message's SHA-256 goes in (`CKM_ECDSA`, section 2.3.6 of the mechanisms), r‖s comes out, as JWS has it.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as DeviceError, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use kaoping_record::digest::Digest;
use kaoping_record::key::{Algorithm, KeyError, PublicKey, Signer, Verifier};
use kaoping_record::software::SoftwareVerifier;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The object identifier of P-256 in DER (RFC 5480, section 2.1.1.1), as `CKA_EC_PARAMS` holds it.
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// Where a key is in a device.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The library of the device's maker, such as `/usr/lib/softhsm/libsofthsm2.so`.
    pub module: &'a Path,
    /// The token's label.
    pub token: &'a str,
    /// The label that private and public key share.
    pub key: &'a str,
}

/// A key in a device.
pub struct Pkcs11Signer {
    // Sessions are not made for several threads at once.
    session: Mutex<Session>,
    private: ObjectHandle,
    public: PublicKey,
}

/// Why a key in a device cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Pkcs11Error {
    /// The maker's library cannot be loaded.
    #[error("library `{path}`: {error}")]
    Module {
        /// The library.
        path: PathBuf,
        /// What the loader says.
        error: DeviceError,
    },
    /// No token has this label.
    #[error("no token is labelled `{0}`")]
    Token(String),
    /// The PIN is wrong or locked.
    #[error("the token does not open: {0}")]
    Login(DeviceError),
    /// Not exactly one private and one public key of this label.
    #[error("{found} {class} elliptic-curve keys are labelled `{label}`, not one")]
    Key {
        label: String,
        /// Private or public.
        class: &'static str,
        /// How many there are.
        found: usize,
    },
    /// The key is not of P-256.
    #[error("the key is not of the curve P-256")]
    Curve,
    /// What the private key signs does not verify with the public key of the same label.
    #[error("the private and the public key of this label are no pair")]
    Pair,
    /// The device refused.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

impl Pkcs11Signer {
    /// Opens a key, and lets it sign once to see that both halves belong together.
    ///
    /// # Errors
    /// [`Pkcs11Error`] naming what is not there or does not open.
    pub fn open(place: &Place<'_>, pin: &str) -> Result<Self, Pkcs11Error> {
        let failed = |error| Pkcs11Error::Module { path: place.module.to_owned(), error };
        let device = Pkcs11::new(place.module).map_err(failed)?;
        match device.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // The library counts for the whole program, which may hold several keys.
            Ok(()) | Err(DeviceError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(failed(error)),
        }
        let session = session(&device, place.token)?;
        match session.login(UserType::User, Some(&AuthPin::new(pin.into()))) {
            Ok(()) | Err(DeviceError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(Pkcs11Error::Login(error)),
        }
        let public = public_key(&session, one(&session, place.key, ObjectClass::PUBLIC_KEY, "public")?)?;
        let private = one(&session, place.key, ObjectClass::PRIVATE_KEY, "private")?;
        let signer = Self { session: Mutex::new(session), private, public };
        let signature = signer.sign(b"kaoping").map_err(|_| Pkcs11Error::Pair)?;
        SoftwareVerifier.verify(&signer.public, b"kaoping", &signature).map_err(|_| Pkcs11Error::Pair)?;
        Ok(signer)
    }
}

impl Signer for Pkcs11Signer {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let digest = Digest::of(message);
        let signed = session.sign(&Mechanism::Ecdsa, self.private, digest.as_bytes());
        signed.map_err(|error| KeyError::Device(error.to_string()))
    }
}

fn session(device: &Pkcs11, token: &str) -> Result<Session, Pkcs11Error> {
    for slot in device.get_slots_with_initialized_token()? {
        if device.get_token_info(slot)?.label() == token {
            return Ok(device.open_ro_session(slot)?);
        }
    }
    Err(Pkcs11Error::Token(token.to_owned()))
}

fn one(session: &Session, label: &str, class: ObjectClass, name: &'static str) -> Result<ObjectHandle, Pkcs11Error> {
    let template =
        [Attribute::Class(class), Attribute::KeyType(KeyType::EC), Attribute::Label(label.as_bytes().to_vec())];
    match session.find_objects(&template)?.as_slice() {
        [handle] => Ok(*handle),
        found => Err(Pkcs11Error::Key { label: label.to_owned(), class: name, found: found.len() }),
    }
}

fn public_key(session: &Session, handle: ObjectHandle) -> Result<PublicKey, Pkcs11Error> {
    let mut point = None;
    for attribute in session.get_attributes(handle, &[AttributeType::EcParams, AttributeType::EcPoint])? {
        match attribute {
            Attribute::EcParams(curve) if curve != P256 => return Err(Pkcs11Error::Curve),
            Attribute::EcPoint(bytes) => point = Some(bytes),
            _ => {}
        }
    }
    let point = point.ok_or(Pkcs11Error::Curve)?;
    // The standard wraps the uncompressed point into an OCTET STRING; some devices do not.
    let bare = point.strip_prefix(&[0x04, 0x41]).filter(|bare| bare.len() == 65).unwrap_or(&point);
    let raw = bare.strip_prefix(&[0x04]).ok_or(Pkcs11Error::Curve)?;
    PublicKey::from_raw(Algorithm::Es256, raw).map_err(|_| Pkcs11Error::Curve)
}
