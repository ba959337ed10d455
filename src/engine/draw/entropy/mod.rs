//! Public entropy: the outcome of an event that nobody knew when the secrets were opened, and the bytes that it gives.
//!
//! `ENTROPY.md` beside this folder describes the rules and the form of an outcome's document. In the sample profile a basis may
//! name any other rule too; its bytes are then taken as stated, and whoever audits the draw is told so.

mod drand;
mod lottery;

pub use drand::{DrandOutcome, source_at as drand_source_at};
pub use lottery::LotteryOutcome;

use super::basis::PublicEntropy;
use super::manifest_check::MOST_ENTROPY;
use crate::bank::Profile;
use crate::fault::{Fault, Text};
use kaoping_record::canonical;
use kaoping_record::digest::from_hex;
use serde::{Deserialize, Serialize};

/// The version of an outcome's form.
pub const OUTCOME_VERSION: u32 = 1;
/// The rule of a lottery's numbers, written as RFC 3797 writes them.
pub const LOTTERY_RULE: &str = "lottery-rfc3797";
/// The rule of a round of the drand beacon.
pub const DRAND_RULE: &str = "drand";

/// What came of the event that a basis names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = EntropyOutcome))]
#[serde(untagged)]
pub enum EntropyOutcome {
    /// Numbers of a lottery: [`LOTTERY_RULE`].
    Lottery(LotteryOutcome),
    /// A signed round of a beacon: [`DRAND_RULE`].
    Drand(DrandOutcome),
    /// Bytes by any other rule.
    Stated(StatedOutcome),
}

/// Bytes by a rule that this program does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StatedOutcome {
    /// [`OUTCOME_VERSION`].
    pub v: u32,
    /// The basis's rule.
    pub rule: String,
    /// The basis's source.
    pub source: String,
    /// The bytes in lowercase hexadecimal, 1 to 4096.
    pub bytes: String,
}

/// How far an outcome's origin can be checked without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A signature proves that the source gave it, and when at the earliest.
    Proven,
    /// Its form is checked; the numbers must be compared with the source's own announcement.
    Announced,
    /// Taken as stated.
    Unchecked,
}

impl EntropyOutcome {
    /// Reads an outcome's document, which people may have written by hand.
    ///
    /// # Errors
    /// `entropy_form` when it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, Box<Fault>> {
        canonical::from_authored(bytes).map_err(|error| {
            refusal(
                "entropy_form",
                "",
                [&format!("公开随机数文件读不懂：{error}"), &format!("not the document of an outcome: {error}")],
                ["按 ENTROPY.md 的格式填写", "write it in the form of ENTROPY.md"],
            )
        })
    }

    /// The bytes that enter the seed, when this is the outcome of the event that a basis of this profile names.
    ///
    /// # Errors
    /// A fault with a code that begins with `entropy_`: another version, rule or source, an event before its time,
    /// or an outcome that the rule refuses.
    pub fn bytes_for(&self, named: &PublicEntropy, profile: Profile) -> Result<Vec<u8>, Box<Fault>> {
        check_source(named, profile)?;
        let (v, rule, source) = self.head();
        if v != OUTCOME_VERSION {
            return Err(refusal(
                "entropy_version",
                "/v",
                [&format!("公开随机数文件版本 {v} 不认识"), &format!("version {v} of an outcome is not known")],
                ["写版本 1，或用较新的程序", "write version 1, or use a newer program"],
            ));
        }
        if rule != named.rule || source != named.source {
            return Err(refusal(
                "entropy_other",
                "/source",
                [
                    &format!("给出的是「{source}」（{rule}），依据写明的是「{}」（{}）", named.source, named.rule),
                    &format!(
                        "given is `{source}` by rule `{rule}`, but the basis names `{}` by rule `{}`",
                        named.source, named.rule
                    ),
                ],
                ["取依据写明的那一期、那一轮", "take the issue or round that the basis names"],
            ));
        }
        match (self, named.rule.as_str()) {
            (Self::Lottery(outcome), LOTTERY_RULE) => outcome.bytes(named),
            (Self::Drand(outcome), DRAND_RULE) => outcome.bytes(named),
            (Self::Stated(outcome), rule) if ![LOTTERY_RULE, DRAND_RULE].contains(&rule) => outcome.decoded(),
            _ => Err(refusal(
                "entropy_members",
                "/rule",
                [
                    &format!("文件内容不是规则「{rule}」所要的"),
                    &format!("the document does not have the members of rule `{rule}`"),
                ],
                ["按 ENTROPY.md 中该规则的格式填写", "write it in the form that ENTROPY.md gives for the rule"],
            )),
        }
    }

    /// How far the origin is checked by [`EntropyOutcome::bytes_for`].
    #[must_use]
    pub const fn origin(&self) -> Origin {
        match self {
            Self::Lottery(_) => Origin::Announced,
            Self::Drand(_) => Origin::Proven,
            Self::Stated(_) => Origin::Unchecked,
        }
    }

    fn head(&self) -> (u32, &str, &str) {
        match self {
            Self::Lottery(LotteryOutcome { v, rule, source, .. })
            | Self::Drand(DrandOutcome { v, rule, source, .. })
            | Self::Stated(StatedOutcome { v, rule, source, .. }) => (*v, rule, source),
        }
    }
}

/// Whether a basis's source says all that its rule needs, so that nothing is left to choose afterwards. Ask before the basis is
/// signed. Rules that this program does not know pass in the sample profile alone.
///
/// # Errors
/// `entropy_source` with what the source must look like; `entropy_time` for a round that is over before the basis's time.
pub fn check_source(named: &PublicEntropy, profile: Profile) -> Result<(), Box<Fault>> {
    match named.rule.as_str() {
        LOTTERY_RULE => lottery::check_source(named),
        DRAND_RULE => drand::check_source(named),
        _ if profile == Profile::Sample => Ok(()),
        rule => Err(refusal(
            "entropy_source",
            "/public_entropy/rule",
            [&format!("正式抽题不用规则「{rule}」"), &format!("certification does not take the rule `{rule}`")],
            [&format!("用 {LOTTERY_RULE} 或 {DRAND_RULE}"), &format!("use `{LOTTERY_RULE}` or `{DRAND_RULE}`")],
        )),
    }
}

impl StatedOutcome {
    fn decoded(&self) -> Result<Vec<u8>, Box<Fault>> {
        from_hex(&self.bytes).filter(|bytes| (1..=MOST_ENTROPY).contains(&bytes.len())).ok_or_else(|| {
            refusal(
                "entropy_bytes",
                "/bytes",
                ["不是 1 到 4096 个字节的小写十六进制", "not 1 to 4096 bytes in lowercase hexadecimal"],
                ["写成小写十六进制", "write them in lowercase hexadecimal"],
            )
        })
    }
}

/// A fault; texts are Chinese, then English.
fn refusal(code: &str, place: &str, cause: [&str; 2], cure: [&str; 2]) -> Box<Fault> {
    let ([cause_zh, cause_en], [cure_zh, cure_en]) = (cause, cure);
    Box::new(Fault::new(code, place, Text::new(cause_zh, cause_en), Text::new(cure_zh, cure_en)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::time::Time;

    fn named(rule: &str, source: &str) -> PublicEntropy {
        PublicEntropy { source: source.into(), rule: rule.into(), not_before_ms: Time::from_millis(1_000) }
    }

    fn refused(document: &str, named: &PublicEntropy) -> String {
        let outcome = EntropyOutcome::parse(document.as_bytes());
        outcome.and_then(|outcome| outcome.bytes_for(named, Profile::Sample)).expect_err("must be refused").code
    }

    #[test]
    fn unknown_rules_are_taken_as_stated() {
        let named = named("dice", "十粒骰子");
        let text = r#"{"v": 1, "rule": "dice", "source": "十粒骰子", "bytes": "00ff10"}"#;
        let outcome = EntropyOutcome::parse(text.as_bytes()).expect("an outcome");
        assert_eq!(
            (outcome.bytes_for(&named, Profile::Sample), outcome.origin()),
            (Ok(vec![0, 255, 16]), Origin::Unchecked)
        );
        let formal = outcome.bytes_for(&named, Profile::Formal).expect_err("certification takes no such rule");
        assert_eq!((formal.code.as_str(), formal.place.as_str()), ("entropy_source", "/public_entropy/rule"));
        for bytes in ["", "0", "FF", &"00".repeat(4097)] {
            assert_eq!(refused(&text.replace("00ff10", bytes), &named), "entropy_bytes");
        }
    }

    #[test]
    fn an_outcome_of_something_else_is_refused() {
        let text = r#"{"v": 1, "rule": "dice", "source": "十粒骰子", "bytes": "00ff10"}"#;
        assert_eq!(refused(text, &named("dice", "十一粒骰子")), "entropy_other");
        assert_eq!(refused(text, &named("coin", "十粒骰子")), "entropy_other");
        assert_eq!(refused(&text.replace("\"v\": 1", "\"v\": 2"), &named("dice", "十粒骰子")), "entropy_version");
        assert_eq!(refused("{}", &named("dice", "十粒骰子")), "entropy_form");
        // A second member of the same name could be read in two ways.
        assert_eq!(refused(&text.replace("{", "{\"v\": 1, "), &named("dice", "十粒骰子")), "entropy_form");
    }

    // Catches bytes that are slipped in under a rule that has a proof of its own.
    #[test]
    fn known_rules_take_no_stated_bytes() {
        let source = "中国福利彩票快乐8 第2026135期";
        let text = format!(r#"{{"v": 1, "rule": "{LOTTERY_RULE}", "source": "{source}", "bytes": "00ff10"}}"#);
        assert_eq!(refused(&text, &named(LOTTERY_RULE, source)), "entropy_members");
    }
}
