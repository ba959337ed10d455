//! A key in SoftHSM signs what others verify. Needs Debian's `libsofthsm2`.
//!
//! Where SoftHSM keeps its tokens it reads from the environment, so that each test runs itself again with its own folder.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use kaoping_keys::native::NativeVerifier;
use kaoping_keys::pkcs11::{Pkcs11Error, Pkcs11Signer, Place};
use kaoping_record::jws::{self, Unverified};
use kaoping_record::key::{KeyError, Signer, Verifier};
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;
use std::process::Command;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: [u8; 7] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
const PIN: &str = "fedcba";

#[test]
fn a_key_in_softhsm() -> TestResult {
    let folder = tempfile::tempdir()?;
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens)?;
    let configuration = folder.path().join("softhsm2.conf");
    std::fs::write(&configuration, format!("directories.tokendir = {}\n", tokens.display()))?;
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", "pkcs11::inside", "--ignored", "--nocapture"])
        .env("SOFTHSM2_CONF", configuration)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

#[test]
#[ignore = "run by a_key_in_softhsm, with a folder for SoftHSM"]
fn inside() -> TestResult {
    let session = token()?;
    make(&session, "organization", &P256)?;
    make(&session, "other", &P256)?;
    make(&session, "twice", &P256)?;
    make(&session, "twice", &P256)?;
    make(&session, "p384", &P384)?;

    let open =
        |token: &str, key: &str, pin: &str| Pkcs11Signer::open(&Place { module: Path::new(MODULE), token, key }, pin);
    let signer = open("kaoping", "organization", PIN)?;
    let signature = signer.sign(b"message")?;
    assert_eq!(NativeVerifier.verify(signer.public_key(), b"message", &signature), Ok(()));
    assert_eq!(NativeVerifier.verify(signer.public_key(), b"massage", &signature), Err(KeyError::Signature));
    let compact = jws::sign(&json!({"a": 1}), &signer)?;
    let payload: Value = Unverified::parse(&compact)?.verify(&NativeVerifier, signer.public_key())?;
    assert_eq!(payload, json!({"a": 1}));
    let other = open("kaoping", "other", PIN)?;
    assert_ne!(other.public_key(), signer.public_key(), "several keys at once");

    assert!(matches!(open("kaoping", "absent", PIN), Err(Pkcs11Error::Key { found: 0, .. })));
    assert!(matches!(open("kaoping", "twice", PIN), Err(Pkcs11Error::Key { found: 2, .. })));
    assert!(matches!(open("kaoping", "p384", PIN), Err(Pkcs11Error::Curve)));
    assert!(matches!(open("elsewhere", "organization", PIN), Err(Pkcs11Error::Token(_))));
    let nowhere = Place { module: Path::new("/nowhere.so"), token: "kaoping", key: "organization" };
    assert!(matches!(Pkcs11Signer::open(&nowhere, PIN), Err(Pkcs11Error::Module { .. })));
    drop((signer, other));
    session.logout()?;
    assert!(matches!(open("kaoping", "organization", "wrong!"), Err(Pkcs11Error::Login(_))));
    Ok(())
}

/// A new token, and a session in which its user makes keys.
fn token() -> TestResult<Session> {
    let device = Pkcs11::new(MODULE)?;
    device.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    let slot = *device.get_slots_with_token()?.first().ok_or("no slot")?;
    let officer = AuthPin::new("abcdef".into());
    device.init_token(slot, &officer, "kaoping")?;
    let slot = *device.get_slots_with_initialized_token()?.first().ok_or("no token")?;
    let session = device.open_rw_session(slot)?;
    session.login(UserType::So, Some(&officer))?;
    session.init_pin(&AuthPin::new(PIN.into()))?;
    session.logout()?;
    session.login(UserType::User, Some(&AuthPin::new(PIN.into())))?;
    Ok(session)
}

fn make(session: &Session, label: &str, curve: &[u8]) -> TestResult {
    let label = Attribute::Label(label.as_bytes().to_vec());
    let public = [Attribute::Token(true), Attribute::EcParams(curve.to_vec()), Attribute::Verify(true), label.clone()];
    let private = [Attribute::Token(true), Attribute::Sensitive(true), Attribute::Sign(true), label];
    session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)?;
    Ok(())
}
