//! A round of the drand beacon: a threshold BLS signature that nobody can know before the round's time.
//!
//! Known is the chain `quicknet` of the League of Entropy (scheme `bls-unchained-g1-rfc9380`). Its signatures are unique, and
//! so is their compressed encoding, so that a round gives one randomness alone.

use super::{PublicEntropy, refusal};
use crate::fault::Fault;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// A chain whose public key is pinned here.
struct Chain {
    /// The hash of the chain's description, in hexadecimal: its name.
    hash: &'static str,
    /// The public key, a compressed point of G2 in hexadecimal.
    #[cfg(feature = "drand")]
    key: &'static str,
    /// When round 1 was signed, in seconds since the epoch.
    genesis: i64,
    /// Seconds from round to round.
    period: i64,
}

/// `quicknet`, as `https://api.drand.sh/v2/beacons/quicknet/info` describes it.
const QUICKNET: Chain = Chain {
    hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    #[cfg(feature = "drand")]
    key: "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    genesis: 1_692_803_367,
    period: 3,
};

/// A round of the beacon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DrandOutcome {
    /// [`super::OUTCOME_VERSION`].
    pub v: u32,
    /// [`super::DRAND_RULE`].
    pub rule: String,
    /// The basis's source: the chain's hash, a slash, and the round.
    pub source: String,
    /// The round's signature in lowercase hexadecimal.
    pub signature: String,
}

/// The round of `quicknet` that is the first to be signed at or after a time, as a basis's source; for whoever plans a draw.
#[must_use]
pub fn source_at(time: Time) -> String {
    let since = time.millis().saturating_sub(QUICKNET.genesis * 1000).max(0);
    let period = QUICKNET.period * 1000;
    let round = (since / period) + i64::from(since % period != 0) + 1;
    format!("{}/{round}", QUICKNET.hash)
}

/// Whether the source names a round of a known chain that is signed at the basis's time or later.
pub(super) fn check_source(named: &PublicEntropy) -> Result<(), Box<Fault>> {
    let round = round_of(&named.source)?;
    if time_of(round) < named.not_before_ms {
        return Err(refusal(
            "entropy_time",
            "/public_entropy/not_before_ms",
            [
                &format!("第 {round} 轮在依据所定的最早时间之前就已公布"),
                &format!("round {round} is signed before the time that the basis sets"),
            ],
            ["选用之后的轮次", "name a later round"],
        ));
    }
    Ok(())
}

impl DrandOutcome {
    /// The round's randomness: SHA-256 of its signature, once that is verified.
    #[cfg(feature = "drand")]
    pub(super) fn bytes(&self, named: &PublicEntropy) -> Result<Vec<u8>, Box<Fault>> {
        use drand_verify::{G2PubkeyRfc, Pubkey as _, derive_randomness};
        use kaoping_record::digest::from_hex;
        let round = u64::try_from(round_of(&named.source)?).ok();
        let verified = || {
            let key = G2PubkeyRfc::from_variable(&from_hex(QUICKNET.key)?).ok()?;
            let signature = from_hex(&self.signature)?;
            key.verify(round?, b"", &signature).ok()?.then(|| derive_randomness(&signature).to_vec())
        };
        verified().ok_or_else(|| {
            refusal(
                "entropy_signature",
                "/signature",
                ["不是 drand 这一轮的有效签名", "not drand's valid signature of this round"],
                [
                    "从任一 drand 服务重新取这一轮的 signature",
                    "take the round's `signature` again from any drand service",
                ],
            )
        })
    }

    /// Without the feature `drand` no signature can be verified, so that none is relied on.
    #[cfg(not(feature = "drand"))]
    #[expect(clippy::unused_self, reason = "the same method as with the feature")]
    pub(super) fn bytes(&self, _named: &PublicEntropy) -> Result<Vec<u8>, Box<Fault>> {
        Err(refusal(
            "entropy_unverifiable",
            "/rule",
            ["此处不能验证 drand 的签名", "signatures of drand cannot be verified here"],
            ["用 kaoping audit 核验", "use `kaoping audit`"],
        ))
    }
}

/// The round of a source.
fn round_of(source: &str) -> Result<i64, Box<Fault>> {
    let round = source.strip_prefix(QUICKNET.hash).and_then(|rest| rest.strip_prefix('/')).and_then(|text| {
        let round: u32 = text.parse().ok()?;
        // Written in one way only: no sign, no leading zero.
        (round > 0 && round.to_string() == text).then_some(round)
    });
    round.map(i64::from).ok_or_else(|| {
        refusal(
            "entropy_source",
            "/public_entropy/source",
            [
                &format!("「{source}」不是已知 drand 链的一轮"),
                &format!("`{source}` is no round of a known drand chain"),
            ],
            [
                &format!("写成「{}/轮次」（quicknet）", QUICKNET.hash),
                &format!("write `{}/ROUND` (quicknet)", QUICKNET.hash),
            ],
        )
    })
}

/// When a round is signed.
const fn time_of(round: i64) -> Time {
    // Rounds are below 2^32, so that this stays far inside the range.
    Time::from_millis((QUICKNET.genesis + (round - 1) * QUICKNET.period) * 1000)
}

#[cfg(test)]
mod tests {
    use super::super::DRAND_RULE;
    use super::*;

    fn named(source: &str, not_before_ms: i64) -> PublicEntropy {
        PublicEntropy {
            source: source.into(),
            rule: DRAND_RULE.into(),
            not_before_ms: Time::from_millis(not_before_ms),
        }
    }

    fn round(number: &str) -> String {
        format!("{}/{number}", QUICKNET.hash)
    }

    // A published pair of round and time: round 27946612 is that of 2026-04-20T00:00:00Z.
    #[test]
    fn rounds_have_their_time() {
        assert_eq!(time_of(27_946_612).to_rfc3339(), "2026-04-20T00:00:00Z");
        assert_eq!(source_at(Time::from_millis(1_776_643_200_000)), round("27946612"));
        assert_eq!(source_at(Time::from_millis(1_776_643_200_001)), round("27946613"));
        assert_eq!(source_at(Time::from_millis(0)), round("1"));
        let just = named(&round("27946612"), 1_776_643_200_000);
        assert_eq!(check_source(&just), Ok(()));
        let late = named(&round("27946612"), 1_776_643_200_001);
        assert_eq!(check_source(&late).expect_err("too early a round").code, "entropy_time");
    }

    #[test]
    fn a_source_names_one_round() {
        let other = format!("{}/1", "0".repeat(64));
        for bad in
            ["", "quicknet/1", &other, &round(""), &round("0"), &round("01"), &round("+1"), &round("1 "), &round("-1")]
        {
            assert_eq!(check_source(&named(bad, 0)).expect_err(bad).code, "entropy_source");
        }
    }

    #[cfg(feature = "drand")]
    mod verified {
        use super::super::super::{EntropyOutcome, Origin};
        use super::*;
        use crate::bank::Profile;
        use kaoping_record::digest::to_hex;

        const SIGNATURE: &str =
            "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";

        fn outcome(number: &str, signature: &str) -> EntropyOutcome {
            let (rule, source, signature) = (DRAND_RULE.into(), round(number), signature.into());
            EntropyOutcome::Drand(DrandOutcome { v: 1, rule, source, signature })
        }

        // Real rounds of quicknet, as its service published them.
        #[test]
        fn published_rounds_give_their_randomness() {
            let found = outcome("657413", SIGNATURE).bytes_for(&named(&round("657413"), 0), Profile::Formal);
            assert_eq!(
                found.map(|bytes| to_hex(&bytes)),
                Ok("fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587".into())
            );
            let signature =
                "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";
            assert!(outcome("123", signature).bytes_for(&named(&round("123"), 0), Profile::Formal).is_ok());
            assert_eq!(outcome("123", signature).origin(), Origin::Proven);
        }

        #[test]
        fn anything_else_is_no_signature_of_the_round() {
            let altered = SIGNATURE.replace("d97b", "d97c");
            for (number, signature) in [
                ("657414", SIGNATURE),
                ("657413", altered.as_str()),
                ("657413", ""),
                ("657413", "00"),
                ("657413", &SIGNATURE.to_uppercase()),
                ("657413", &format!("{SIGNATURE}00")),
            ] {
                let found = outcome(number, signature).bytes_for(&named(&round(number), 0), Profile::Formal);
                assert_eq!(found.expect_err("must be refused").code, "entropy_signature", "{number} {signature}");
            }
        }
    }
}
