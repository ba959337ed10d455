//! SM2 signatures of a published example, of OpenSSL and of sm-crypto hold; altered ones do not.

use kaoping_record::digest::from_hex;
use kaoping_record::key::{Algorithm, PublicKey, Verifier};
use kaoping_record::software::SoftwareVerifier;
use serde::Deserialize;

const SIGNATURES: &str = include_str!("../../../tests/vectors/sm/signatures.json");

#[derive(Deserialize)]
struct Signatures {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    x: String,
    y: String,
    message: String,
    signature: String,
    valid: bool,
}

#[test]
fn signatures_of_other_software() {
    let Signatures { cases } = serde_json::from_str(SIGNATURES).expect("vectors");
    let (mut held, mut refused) = (0, 0);
    for case in cases {
        let bytes = |hex: &str| from_hex(hex).expect("hexadecimal");
        let key = PublicKey::from_raw(Algorithm::Sm2Sm3, &bytes(&(case.x + &case.y))).expect("64 bytes");
        let outcome = SoftwareVerifier.verify(&key, case.message.as_bytes(), &bytes(&case.signature));
        assert_eq!(outcome.is_ok(), case.valid, "{}: {outcome:?}", case.name);
        *(if case.valid { &mut held } else { &mut refused }) += 1;
    }
    assert_eq!((held, refused), (6, 15));
}
