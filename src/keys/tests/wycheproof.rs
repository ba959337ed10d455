//! Project Wycheproof's cases for Ed25519 and ES256: both verifiers take every valid one and refuse every other.
//!
//! None of its cases for the two algorithms is merely "acceptable"; such a one would have to be decided here.

use kaoping_keys::native::NativeVerifier;
use kaoping_record::key::{Algorithm, PublicKey, Verifier};
use kaoping_record::software::SoftwareVerifier;
use std::error::Error;
use wycheproof::{TestResult, ecdsa, eddsa};

/// How many cases held and how many were refused.
#[derive(Debug, Default, PartialEq)]
struct Count {
    valid: usize,
    refused: usize,
}

impl Count {
    fn judge(&mut self, key: &PublicKey, message: &[u8], signature: &[u8], expected: TestResult, name: &str) {
        assert_ne!(expected, TestResult::Acceptable, "{name}: decide it");
        let valid = expected == TestResult::Valid;
        let software = SoftwareVerifier.verify(key, message, signature);
        let native = NativeVerifier.verify(key, message, signature);
        assert_eq!(software.is_ok(), valid, "{name}: {software:?}");
        assert_eq!(native, software, "{name}");
        *(if valid { &mut self.valid } else { &mut self.refused }) += 1;
    }
}

#[test]
fn ed25519() -> Result<(), Box<dyn Error>> {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519)?;
    let mut count = Count::default();
    for group in set.test_groups {
        let key = PublicKey::from_raw(Algorithm::Ed25519, &group.key.pk)?;
        for test in group.tests {
            count.judge(&key, &test.msg, &test.sig, test.result, &format!("{} {}", test.tc_id, test.comment));
        }
    }
    assert_eq!(count, Count { valid: 88, refused: 63 });
    Ok(())
}

/// Signatures as r‖s, as JWS has them (RFC 7518, section 3.4).
#[test]
fn es256() -> Result<(), Box<dyn Error>> {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363)?;
    let mut count = Count::default();
    for group in set.test_groups {
        let point = group.key.key.strip_prefix(&[4]).ok_or("not an uncompressed point")?;
        let key = PublicKey::from_raw(Algorithm::Es256, point)?;
        for test in group.tests {
            count.judge(&key, &test.msg, &test.sig, test.result, &format!("{} {}", test.tc_id, test.comment));
        }
    }
    assert_eq!(count, Count { valid: 173, refused: 89 });
    Ok(())
}
