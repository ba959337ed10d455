//! The manifest: everything that a draw depends on, fixed and logged before any secret is opened.

use super::ALGORITHM;
use crate::bank::{BankKind, Level, Profile};
use crate::fault::{Fault, Text};
use kaoping_record::digest::Digest;
use kaoping_record::id::{BankId, BatchId, CustodianId};
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of the manifest's form.
pub const MANIFEST_VERSION: u32 = 1;
/// The longest text of an approval or a rule, in characters.
const MOST_TEXT: usize = 500;

/// A draw's manifest. The digest of its canonical bytes goes into the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`MANIFEST_VERSION`].
    pub v: u32,
    /// The algorithm: [`ALGORITHM`].
    pub algorithm: String,
    /// Which rules apply.
    pub profile: Profile,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// The attempt of the batch's draw, from 1.
    pub attempt: u32,
    /// What a further attempt replaces; null for the first.
    #[serde(deserialize_with = "Option::deserialize")]
    pub replaces: Option<Replaced>,
    /// The level that is examined.
    pub level: Level,
    /// Every bank that is drawn from, by the digest of its index.
    pub banks: Vec<BankEntry>,
    /// Digest of the blueprint.
    pub blueprint: Digest,
    /// Digest of the seating.
    pub seating: Digest,
    /// SHA-256 of the roster's canonical bytes.
    pub roster: Digest,
    /// Digest of the practical exam's plan; null when the batch has none.
    #[serde(deserialize_with = "Option::deserialize")]
    pub practical: Option<Digest>,
    /// The custodians, in the order in which their secrets enter the seed.
    pub custodians: Vec<CustodianEntry>,
    /// Where public entropy comes from; null for none.
    #[serde(deserialize_with = "Option::deserialize")]
    pub public_entropy: Option<PublicEntropy>,
}

impl Message for Manifest {
    const KIND: &'static str = "draw-manifest";
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
    /// The province (GB/T 2260, two digits) that an extended bank is for; null for the whole country.
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
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ManifestFiling))]
#[serde(deny_unknown_fields)]
pub struct Filing {
    /// The authority that the bank is filed with.
    pub authority: String,
    /// Under which the authority keeps the filing.
    pub number: String,
}

/// A custodian and its commitment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CustodianEntry {
    /// Id of the custodian, as in the commitments.
    pub custodian: CustodianId,
    /// From outside the organization.
    pub outside: bool,
    /// The commitment ([`super::seed::commitment`]).
    pub commitment: Digest,
}

/// Entropy that nobody can know when the manifest is logged.
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

impl Manifest {
    /// Every fault of the manifest by itself. Places are JSON pointers (RFC 6901).
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
            self.v != MANIFEST_VERSION || self.algorithm != ALGORITHM,
            "manifest_algorithm",
            "/algorithm",
            ["清单的版本或抽题算法不是本程序所用的", "version or algorithm is not the one of this program"],
            ["用支持该算法的程序，或重新生成清单", "use a program that knows it, or make the manifest again"],
        );
        refuse(
            self.attempt == 0 || (self.attempt == 1) != self.replaces.is_none(),
            "manifest_attempt",
            "/attempt",
            ["抽题次数与被替代的记录不符", "attempt number and the attempt that it replaces do not agree"],
            ["首次写 1，之后逐次加 1，并写明作废记录", "1 for the first; each further one names the void before it"],
        );
        let ids: BTreeSet<_> = self.banks.iter().map(|entry| &entry.bank).collect();
        refuse(
            self.banks.is_empty() || ids.len() != self.banks.len(),
            "manifest_banks",
            "/banks",
            ["没有题库，或同一题库出现两次", "no bank, or one bank twice"],
            ["每个题库列一次", "list each bank once"],
        );
        let names: BTreeSet<_> = self.custodians.iter().map(|entry| &entry.custodian).collect();
        refuse(
            self.custodians.is_empty() || names.len() != self.custodians.len(),
            "manifest_custodians",
            "/custodians",
            ["没有密钥保管人，或同一保管人出现两次", "no custodian, or one custodian twice"],
            ["每个保管人列一次", "list each custodian once"],
        );
        if let Some(entropy) = &self.public_entropy {
            let written = |text: &str| !text.trim().is_empty() && text.chars().count() <= MOST_TEXT;
            refuse(
                !written(&entropy.source) || !written(&entropy.rule),
                "manifest_entropy",
                "/public_entropy",
                [
                    "公开随机数的来源或取值规则没有写明，或过长",
                    "source or rule of the public entropy is blank or too long",
                ],
                ["写明来源、期次和取值规则", "name source, issue and rule"],
            );
        }
        if self.profile == Profile::Formal {
            let outside = self.custodians.iter().any(|entry| entry.outside);
            refuse(
                self.custodians.len() < 2 || !(outside || self.public_entropy.is_some()),
                "manifest_formal_custodians",
                "/custodians",
                [
                    "正式抽题要有两名以上保管人，且其中有机构以外的人，或使用公开随机数",
                    "certification needs two custodians, and one from outside or public entropy",
                ],
                ["增加机构以外的保管人，或写明公开随机数来源", "add a custodian from outside, or public entropy"],
            );
            refuse(
                self.attempt > 1 && self.public_entropy.is_none(),
                "manifest_formal_attempt",
                "/public_entropy",
                [
                    "正式抽题作废后重抽，必须使用新的公开随机数",
                    "a further attempt of certification needs fresh public entropy",
                ],
                ["写明尚未产生的公开随机数来源", "name public entropy that does not exist yet"],
            );
            let filed = |entry: &BankEntry| entry.approval.as_ref().is_some_and(|approval| approval.filings.len() >= 2);
            refuse(
                self.banks.iter().any(|entry| entry.kind == BankKind::Extended && !filed(entry)),
                "manifest_formal_bank",
                "/banks",
                ["拓展题库没有国家医保局和人社部两个备案号", "an extended bank lacks its two filings"],
                ["补充两个备案号，或不使用该题库", "give both filings, or leave the bank out"],
            );
        }
        faults
    }
}
