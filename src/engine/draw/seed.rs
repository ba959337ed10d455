//! Secrets, their commitments, and the seed that they make together (section 2 of the specification).

use super::ALGORITHM;
use super::stream::Stream;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::{Digest, keyed};
use kaoping_record::id::CustodianId;
use serde::{Deserialize, Serialize};

/// A custodian's opened secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// Whose it is.
    pub custodian: CustodianId,
    /// What the custodian kept until the draw was opened.
    pub secret: Bytes32,
}

/// The seed of one attempt of a batch's draw: with the public documents it gives every paper again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(Bytes32);

/// A custodian's commitment: `H(ALG, "commitment", digest of the basis, custodian, secret)`.
#[must_use]
pub fn commitment(basis: &Digest, custodian: &CustodianId, secret: &Bytes32) -> Digest {
    Digest::of_parts(&[
        ALGORITHM.as_bytes(),
        b"commitment",
        basis.as_bytes(),
        custodian.as_str().as_bytes(),
        secret.as_bytes(),
    ])
}

impl Seed {
    /// The seed from the manifest's digest, the secrets in the basis's order, and the public entropy (empty without).
    #[must_use]
    pub fn derive(manifest: Digest, secrets: &[&Secret], public_entropy: &[u8]) -> Self {
        let mut parts: Vec<&[u8]> = vec![ALGORITHM.as_bytes(), b"seed"];
        for secret in secrets {
            parts.push(secret.custodian.as_str().as_bytes());
            parts.push(secret.secret.as_bytes());
        }
        parts.push(public_entropy);
        Self(Bytes32::new(*keyed(manifest.as_bytes(), &parts).as_bytes()))
    }

    /// The stream for a purpose: `stream(K(seed, ALG, purpose, part, …))`.
    #[must_use]
    pub fn stream(&self, purpose: &str, parts: &[&str]) -> Stream {
        let head = [ALGORITHM.as_bytes(), purpose.as_bytes()];
        let parts: Vec<&[u8]> = head.into_iter().chain(parts.iter().map(|part| part.as_bytes())).collect();
        Stream::new(keyed(self.0.as_bytes(), &parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    // python3: hashlib.sha256(b"".join(len(p).to_bytes(4,"little")+p for p in parts)), and hmac.new(key, the same)
    #[test]
    fn commitment_and_seed_agree_with_python() -> Result<(), Box<dyn Error>> {
        let custodian = CustodianId::new("alpha")?;
        let secret = Bytes32::new([1; 32]);
        assert_eq!(
            commitment(&Digest::of(b"basis"), &custodian, &secret).to_hex(),
            "ad60afb254cfbe61476aba1aebb25208f184dd11611650dee45141befe1ea4c7"
        );
        let secrets = [
            Secret { custodian, secret },
            Secret { custodian: CustodianId::new("beta")?, secret: Bytes32::new([2; 32]) },
        ];
        let [first, second] = &secrets;
        let seed = Seed::derive(Digest::of(b"abc"), &[first, second], b"");
        assert_eq!(serde_json::to_value(seed)?, "75f357a4a2d489c9d597a73b03d8b83c3c02b0a9a63089512ff654a34380505d");
        assert_eq!(seed.stream("deck", &["ethics", "1"]).word(), 3_399_198_682);
        assert_ne!(Seed::derive(Digest::of(b"abc"), &[second, first], b""), seed, "the order is part of the seed");
        Ok(())
    }

    #[test]
    fn secrets_do_not_print() -> Result<(), Box<dyn Error>> {
        let secret = Secret { custodian: CustodianId::new("alpha")?, secret: Bytes32::new([0xab; 32]) };
        assert!(!format!("{secret:?}").contains("abab") && !format!("{secret:?}").contains("171"));
        assert_eq!(serde_json::from_str::<Secret>(&serde_json::to_string(&secret)?)?, secret);
        Ok(())
    }
}
