//! ES256: signatures and credentials of Wycheproof, and the nonce that RFC 6979 must reject.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kaoping_record::digest::{from_hex, to_hex};
use kaoping_record::jws::Unverified;
use kaoping_record::key::{Algorithm, PublicKey, Signer as _, Verifier as _};
use kaoping_record::software::{Es256Signer, SoftwareVerifier};
use serde::Deserialize;
use serde_json::Value;

const SIGNATURES: &str = include_str!("../../../tests/vectors/wycheproof/ecdsa.jsonl");
const CREDENTIALS: &str = include_str!("../../../tests/vectors/wycheproof/jws.jsonl");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Signature {
    tc_id: u32,
    comment: String,
    key: String,
    msg: String,
    sig: String,
    result: String,
}

#[test]
fn signatures_of_wycheproof() -> Result<(), serde_json::Error> {
    let (mut held, mut refused) = (0, 0);
    for line in SIGNATURES.lines() {
        let case: Signature = serde_json::from_str(line)?;
        let bytes = |hex: &str| from_hex(hex).expect("hexadecimal");
        let key = PublicKey::from_raw(Algorithm::Es256, &bytes(&case.key)[1..]).expect("64 bytes");
        let holds = SoftwareVerifier.verify(&key, &bytes(&case.msg), &bytes(&case.sig)).is_ok();
        assert_eq!(holds, case.result == "valid", "{}: {}", case.tc_id, case.comment);
        *(if holds { &mut held } else { &mut refused }) += 1;
    }
    assert_eq!((held, refused), (173, 89));
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential {
    tc_id: u32,
    comment: String,
    group: String,
    key: Option<Value>,
    jws: String,
    result: String,
}

// None of them is a credential of ours, whose header says so; whatever their signatures, no confusion
// of algorithms, embedded key or bent encoding may be read as one.
#[test]
fn no_credential_of_wycheproof_is_read() -> Result<(), serde_json::Error> {
    let mut signed = 0;
    for line in CREDENTIALS.lines() {
        let case: Credential = serde_json::from_str(line)?;
        assert!(Unverified::parse(&case.jws).is_err(), "{} of {}: {}", case.tc_id, case.group, case.comment);
        signed += u32::from(case.result == "valid" && signature_holds(&case) == Some(true));
    }
    assert_eq!(CREDENTIALS.lines().count(), 401);
    assert!(signed > 1, "the signatures of valid ones hold by themselves");
    Ok(())
}

/// Whether the signature over header and payload holds by a key for ES256; `None` for other keys.
fn signature_holds(case: &Credential) -> Option<bool> {
    let key = case.key.as_ref()?;
    let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(key.get(name)?.as_str()?).ok();
    let key = PublicKey::from_raw(Algorithm::Es256, &[coordinate("x")?, coordinate("y")?].concat()).ok()?;
    let (input, signature) = case.jws.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    Some(SoftwareVerifier.verify(&key, input.as_bytes(), &signature).is_ok())
}

// C2SP/CCTV, RFC6979: with this message the first nonce is not below the order and must be dropped.
#[test]
fn a_nonce_beyond_the_order_is_rejected() {
    let secret = from_hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721").expect("hexadecimal");
    let signer = Es256Signer::from_scalar(&secret.try_into().expect("32 bytes")).expect("a key");
    let signature = signer.sign(b"wv[vnX").expect("a signature");
    assert_eq!(
        to_hex(&signature),
        "efd9073b652e76da1b5a019c0e4a2e3fa529b035a6abb91ef67f0ed7a1f21234\
         3db4706c9d9f4a4fe13bb5e08ef0fab53a57dbab2061c83a35fa411c68d2ba33"
    );
}
