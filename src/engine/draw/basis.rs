//! The basis: everything that a draw depends on but the secrets, fixed and logged before anybody
//! commits to one.

use super::ALGORITHM;
use crate::bank::{BankKind, Level, Profile};
use crate::fault::{Fault, Text};
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{BankId, BatchId, CustodianId};
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of the basis's form.
pub const BASIS_VERSION: u32 = 1;
/// The longest source or rule of public entropy, in characters.
const MOST_TEXT: usize = 500;
/// How many authorities an extended bank is filed with.
const AUTHORITIES: usize = 2;

/// What is drawn from. The digest of its canonical bytes goes into each commitment and into the
/// manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The algorithm: [`ALGORITHM`].
    pub algorithm: String,
    /// The attempt of the batch's draw, from 1.
    pub attempt: u32,
    /// Every bank that is drawn from, by the digest of its index.
    pub banks: Vec<BankEntry>,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// Digest of the blueprint.
    pub blueprint: Digest,
    /// The custodians, in the order in which their secrets enter the seed.
    pub custodians: Vec<BasisCustodian>,
    /// The level that is examined.
    pub level: Level,
    /// Digest of the batch's plan.
    pub plan: Digest,
    /// Digest of the practical exam's plan with the digests of its sheets
    /// ([`crate::plan::schedule::FixedPractical`]); null when the batch has none.
    #[serde(deserialize_with = "Option::deserialize")]
    pub practical: Option<Digest>,
    /// Which rules apply.
    pub profile: Profile,
    /// Where public entropy comes from; null for none.
    #[serde(deserialize_with = "Option::deserialize")]
    pub public_entropy: Option<PublicEntropy>,
    /// What a further attempt replaces; null for the first.
    #[serde(deserialize_with = "Option::deserialize")]
    pub replaces: Option<Replaced>,
    /// SHA-256 of the roster's canonical bytes.
    pub roster: Digest,
    /// Digest of the seating.
    pub seating: Digest,
    /// [`BASIS_VERSION`].
    pub v: u32,
}

impl Message for Basis {
    const KIND: &'static str = "draw-basis";
    const VERSION: u32 = 1;
}

/// The attempt before this one, which ended in a void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// Digest of its manifest.
    pub manifest: Digest,
    /// Digest of the logged void, which carries the reason and the outside approval.
    pub void: Digest,
}

/// A bank of the draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BankEntry {
    /// Id of the bank (题库).
    pub bank: BankId,
    /// National (国家题库) or a province's extended bank (拓展题库).
    pub kind: BankKind,
    /// Digest of its public index.
    pub index: Digest,
    /// The commitment to its keys ([`crate::bank::Index::answer_keys`]).
    pub answer_keys: Digest,
    /// Who allowed its use; null for samples.
    #[serde(deserialize_with = "Option::deserialize")]
    pub approval: Option<Approval>,
}

/// Who allowed a bank's use, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The province (GB/T 2260, two digits) that an extended bank is for; null for the whole
    /// country.
    #[serde(deserialize_with = "Option::deserialize")]
    pub province: Option<String>,
    /// Filings: an extended bank has one with 国家医保局 and one with 人社部.
    pub filings: Vec<Filing>,
    /// When the approval ends; null when it does not.
    #[serde(deserialize_with = "Option::deserialize")]
    pub expires_at_ms: Option<Time>,
}

/// One filing (备案).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = BasisFiling))]
#[serde(deny_unknown_fields)]
pub struct Filing {
    /// The authority that the bank is filed with.
    pub authority: String,
    /// Under which the authority keeps the filing.
    pub number: String,
}

/// A custodian of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BasisCustodian {
    /// Id of the custodian, as in the commitments.
    pub custodian: CustodianId,
    /// From outside the organization.
    pub outside: bool,
}

/// Entropy that nobody can know before a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PublicEntropy {
    /// What it is: the lottery and issue, or the beacon and round.
    pub source: String,
    /// How its outcome becomes bytes.
    pub rule: String,
    /// It must not be known before this time.
    pub not_before_ms: Time,
}

impl BankEntry {
    /// Whether the bank is filed with as many different authorities as an extended bank needs.
    fn is_filed(&self) -> bool {
        let filings = self.approval.iter().flat_map(|approval| &approval.filings);
        filings.map(|filing| &filing.authority).collect::<BTreeSet<_>>().len() >= AUTHORITIES
    }
}

impl Basis {
    /// The digest of its canonical bytes.
    ///
    /// # Errors
    /// [`CanonicalError`] when it lies outside the canonical profile.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        Ok(Digest::of(&canonical::to_bytes(self)?))
    }

    /// Every fault of the basis by itself. Places are JSON pointers (RFC 6901).
    #[must_use]
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut refuse = |broken: bool, code: &str, place: &str, cause: [&str; 2], cure: [&str; 2]| {
            if broken {
                let ([cause_zh, cause_en], [cure_zh, cure_en]) = (cause, cure);
                faults.push(Fault::new(code, place, Text::new(cause_zh, cause_en), Text::new(cure_zh, cure_en)));
            }
        };
        refuse(
            self.v != BASIS_VERSION || self.algorithm != ALGORITHM,
            "basis_algorithm",
            "/algorithm",
            ["依据的版本或抽题算法不是本程序所用的", "version or algorithm is not the one of this program"],
            ["用支持该算法的程序，或重新生成依据", "use a program that knows it, or make the basis again"],
        );
        refuse(
            self.attempt == 0 || (self.attempt == 1) != self.replaces.is_none(),
            "basis_attempt",
            "/attempt",
            ["抽题次数与被替代的记录不符", "attempt number and the attempt that it replaces do not agree"],
            ["首次写 1，之后逐次加 1，并写明作废记录", "1 for the first; each further one names the void before it"],
        );
        let ids: BTreeSet<_> = self.banks.iter().map(|entry| &entry.bank).collect();
        refuse(
            self.banks.is_empty() || ids.len() != self.banks.len(),
            "basis_banks",
            "/banks",
            ["没有题库，或同一题库出现两次", "no bank, or one bank twice"],
            ["每个题库列一次", "list each bank once"],
        );
        let names: BTreeSet<_> = self.custodians.iter().map(|entry| &entry.custodian).collect();
        refuse(
            self.custodians.is_empty() || names.len() != self.custodians.len(),
            "basis_custodians",
            "/custodians",
            ["没有秘密数保管人，或同一保管人出现两次", "no custodian, or one custodian twice"],
            ["每个保管人列一次", "list each custodian once"],
        );
        if let Some(entropy) = &self.public_entropy {
            let written = |text: &str| !text.trim().is_empty() && text.chars().count() <= MOST_TEXT;
            refuse(
                !written(&entropy.source) || !written(&entropy.rule),
                "basis_entropy",
                "/public_entropy",
                [
                    "公开随机数的来源或取值规则没有写明，或过长",
                    "source or rule of the public entropy is blank or too long",
                ],
                ["写明来源、期次和取值规则", "name source, issue and rule"],
            );
        }
        if self.profile == Profile::Formal {
            refuse(
                self.custodians.len() < 2,
                "basis_formal_custodians",
                "/custodians",
                ["正式抽题要有两名以上保管人", "certification needs two custodians"],
                ["增加一名保管人", "add a custodian"],
            );
            refuse(
                self.public_entropy.is_none(),
                "basis_formal_entropy",
                "/public_entropy",
                ["正式抽题必须使用公开随机数", "certification needs public entropy"],
                ["写明尚未产生的公开随机数来源", "name public entropy that does not exist yet"],
            );
            refuse(
                self.banks.iter().any(|entry| entry.kind == BankKind::Extended && !entry.is_filed()),
                "basis_formal_bank",
                "/banks",
                ["拓展题库没有在两个不同的部门备案", "an extended bank is not filed with two different authorities"],
                ["补充国家医保局和人社部的备案号，或不使用该题库", "give both filings, or leave the bank out"],
            );
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{Sample, Shape, TestResult};
    use super::*;

    fn formal() -> TestResult<Basis> {
        let mut basis = Sample::new(&Shape::SMALL)?.basis;
        basis.profile = Profile::Formal;
        basis.public_entropy =
            Some(PublicEntropy {
                source: "十粒骰子".into(), rule: "dice".into(), not_before_ms: Time::from_millis(1)
            });
        Ok(basis)
    }

    fn codes(basis: &Basis) -> Vec<String> {
        basis.check().into_iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn certification_needs_entropy_and_two_custodians() -> TestResult {
        let basis = formal()?;
        assert_eq!(codes(&basis), Vec::<String>::new());
        let mut other = basis.clone();
        other.public_entropy = None;
        assert_eq!(codes(&other), ["basis_formal_entropy"]);
        other.profile = Profile::Sample;
        assert_eq!(codes(&other), Vec::<String>::new());
        let mut other = basis.clone();
        other.custodians.truncate(1);
        assert_eq!(codes(&other), ["basis_formal_custodians"]);
        // Somebody from outside is not asked for: public entropy is always there.
        let mut other = basis.clone();
        other.custodians.iter_mut().for_each(|custodian| custodian.outside = false);
        assert_eq!(codes(&other), Vec::<String>::new());
        Ok(())
    }

    // Catches filings that are counted rather than their authorities.
    #[test]
    fn an_extended_bank_is_filed_with_two_authorities() -> TestResult {
        let filing = |authority: &str, number: &str| Filing { authority: authority.into(), number: number.into() };
        let mut basis = formal()?;
        basis.banks[0].kind = BankKind::Extended;
        assert_eq!(codes(&basis), ["basis_formal_bank"]);
        for (filings, holds) in [
            (vec![filing("国家医保局", "1"), filing("人社部", "1")], true),
            (vec![filing("国家医保局", "1"), filing("国家医保局", "1")], false),
            (vec![filing("国家医保局", "1"), filing("国家医保局", "2")], false),
            (vec![filing("国家医保局", "1"), filing("国家医保局 ", "1")], true),
            (vec![filing("国家医保局", "1")], false),
        ] {
            let text = format!("{filings:?}");
            basis.banks[0].approval = Some(Approval { province: None, filings, expires_at_ms: None });
            assert_eq!(codes(&basis).is_empty(), holds, "{text}");
        }
        Ok(())
    }

    #[test]
    fn attempts_follow_each_other_and_lists_have_no_doubles() -> TestResult {
        let basis = formal()?;
        let replaced = Replaced { manifest: Digest::ZERO, void: Digest::ZERO };
        for (attempt, replaces, holds) in [
            (1, None, true),
            (0, None, false),
            (2, None, false),
            (1, Some(replaced.clone()), false),
            (2, Some(replaced), true),
        ] {
            let other = Basis { attempt, replaces, ..basis.clone() };
            assert_eq!(codes(&other).is_empty(), holds, "{attempt}");
        }
        let mut other = basis.clone();
        other.banks.push(basis.banks[0].clone());
        other.custodians.push(basis.custodians[0].clone());
        assert_eq!(codes(&other), ["basis_banks", "basis_custodians"]);
        let mut other = Basis { algorithm: "kaoping-draw-1".into(), ..basis.clone() };
        assert_eq!(codes(&other), ["basis_algorithm"]);
        other = Basis { v: 2, ..basis };
        assert_eq!(codes(&other), ["basis_algorithm"]);
        Ok(())
    }

    // Characters are code points, and white space is that of Unicode: another count would take or
    // refuse other texts.
    #[test]
    fn entropy_is_named_in_1_to_500_characters() -> TestResult {
        let mut basis = formal()?;
        for (source, holds) in [
            ("\u{1f3b2}".repeat(500), true),
            ("长".repeat(501), false),
            ("\t\u{85}\u{a0}\u{1680}\u{2003}\u{2029}\u{202f}\u{205f}\u{3000}".to_owned(), false),
            ("\u{200b}".to_owned(), true),
        ] {
            if let Some(entropy) = &mut basis.public_entropy {
                entropy.source.clone_from(&source);
            }
            assert_eq!(codes(&basis).is_empty(), holds, "{source:?}");
        }
        Ok(())
    }
}
