//! Edge cases of Ed25519 keys and signatures (C2SP/CCTV).

use kaoping_record::digest::from_hex;
use kaoping_record::key::{Algorithm, PublicKey, Verifier};
use kaoping_record::software::SoftwareVerifier;
use serde::Deserialize;

const VECTORS: &str = include_str!("../../../tests/vectors/ed25519/vectors.jsonl");

#[derive(Deserialize)]
struct Case {
    number: u32,
    key: String,
    sig: String,
    msg: String,
    flags: Option<Vec<String>>,
}

/// What is accepted of them: a point that has a component of low order beside that of prime order.
/// Whoever holds such a key could make two that accept one signature; keys here are named by the
/// organization that uses them, so nothing is gained by it.
const ACCEPTED: [&str; 2] = ["low_order_component_A", "low_order_component_R"];

#[test]
fn points_of_low_order_and_other_encodings_are_refused() -> Result<(), serde_json::Error> {
    let (mut held, mut refused) = (0, 0);
    for line in VECTORS.lines() {
        let case: Case = serde_json::from_str(line)?;
        let bytes = |hex: &str| from_hex(hex).expect("hexadecimal");
        let holds = PublicKey::from_raw(Algorithm::Ed25519, &bytes(&case.key))
            .and_then(|key| SoftwareVerifier.verify(&key, case.msg.as_bytes(), &bytes(&case.sig)))
            .is_ok();
        let flags = case.flags.unwrap_or_default();
        let expected = flags.iter().all(|flag| ACCEPTED.contains(&flag.as_str()));
        assert_eq!(holds, expected, "{}: {flags:?}", case.number);
        *(if holds { &mut held } else { &mut refused }) += 1;
    }
    assert_eq!(held + refused, 914);
    assert!(held > 0, "some hold");
    Ok(())
}
