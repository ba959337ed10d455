//! What an audit of a draw found, for people and for programs: what is proven, what differs, and
//! what was not looked at.

use super::bundle::BUNDLE_KIND;
use super::input_files::{Documents, MaybeSigned};
use super::range::SeatRange;
use super::tally::ListOutcome;
use crate::bank::Profile;
use crate::draw::entropy::Origin;
use crate::fault::{Fault, Text};
use crate::verify::file::trust::TrustList;
use kaoping_record::id::BatchId;
use kaoping_record::key::Verifier;
use kaoping_record::message::Message;
use serde::Serialize;

/// The whole finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "DrawReport"))]
pub struct Report {
    /// What it comes to.
    pub verdict: Verdict,
    /// The same in one sentence.
    pub summary: Text,
    /// The code of the specification (section 8) under which nothing is drawn: of a refusal, or of
    /// what is missing.
    pub refusal: Option<&'static str>,
    /// The batch, when its basis could be read.
    pub batch: Option<BatchId>,
    /// What holds by itself, each in one sentence.
    pub proven: Vec<Text>,
    /// What differs, at most [`super::tally::MOST_FAULTS`] of each list.
    pub differences: Vec<Fault>,
    /// How many differences there are in all.
    pub all_differences: usize,
    /// What was not checked, and why.
    pub not_checked: Vec<Text>,
}

/// What an audit comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "DrawVerdict"))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All that was published follows from the documents.
    Holds,
    /// It could not be checked.
    Unchecked,
    /// Something differs, or the draw is refused.
    Differs,
}

/// A document that its maker signs.
struct Signable {
    zh: &'static str,
    en: &'static str,
    file: &'static str,
    /// The code of a signature that does not hold.
    code: &'static str,
}

const BASIS: Signable = Signable { zh: "依据", en: "basis", file: super::BASIS_FILE, code: "record_signature" };
const MANIFEST: Signable =
    Signable { zh: "清单", en: "manifest", file: super::MANIFEST_FILE, code: "manifest_signature" };

/// The code of a leaf that the log of the batch does not hold.
pub(super) const UNLOGGED: &str = "leaf_unlogged";

/// A report while it is written.
#[derive(Debug, Default)]
pub struct Findings {
    batch: Option<BatchId>,
    refusal: Option<&'static str>,
    proven: Vec<Text>,
    differences: Vec<Fault>,
    uncounted: usize,
    not_checked: Vec<Text>,
    leaves: Option<Text>,
    /// The leaves were compared with the log of the batch.
    leaves_compared: bool,
    could_not: bool,
    /// Nothing was drawn because something is missing, not because something is wrong.
    missing: bool,
    /// The papers that results name were compared.
    joined: bool,
}

impl Findings {
    /// Notes what is proven.
    pub fn prove(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.proven.push(Text::new(zh, en));
    }

    /// Notes what was not checked.
    pub fn skip(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.not_checked.push(Text::new(zh, en));
    }

    /// Notes differences.
    pub fn differ(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.differences.extend(faults);
    }

    /// Notes that the draw is refused, with the code of section 8.
    pub fn refuse(&mut self, code: &'static str, faults: impl IntoIterator<Item = Fault>) {
        self.refusal = Some(code);
        self.differ(faults);
    }

    /// Notes why there is nothing that could be checked.
    pub fn cannot(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.could_not = true;
        self.skip(zh, en);
    }

    /// Notes why nothing was drawn again: what is missing leaves it unchecked, all else refuses it
    /// with the code of section 8.
    pub fn halt(&mut self, documents: &Documents, code: &'static str, faults: Vec<Fault>) {
        let absent = documents.absent();
        let all = |code: &str| faults.iter().all(|fault| fault.code == code);
        if code == "secret" && faults.len() == absent.len() && all("secret_missing") {
            self.miss(code);
            for custodian in absent {
                self.cannot(
                    format!("缺少保管人 {custodian} 开启的秘密数，不能重新抽题"),
                    format!("the opened secret of custodian `{custodian}` is missing: nothing can be drawn again"),
                );
            }
        } else if code == "entropy" && documents.outcome.is_none() && all("entropy_missing") {
            self.miss(code);
            self.cannot(
                "缺少依据写明的公开随机数的结果，不能重新抽题",
                "the outcome of the public entropy that the basis names is missing: nothing can be drawn again",
            );
        } else {
            self.refuse(code, faults);
        }
    }

    fn miss(&mut self, code: &'static str) {
        (self.refusal, self.missing) = (Some(code), true);
    }

    /// How many differences were noted so far.
    pub(super) fn differences(&self) -> usize {
        self.differences.len()
    }

    /// Notes which leaves of the log the records claim, in place of the general word about the log.
    pub(super) fn leaves(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.leaves = Some(Text::new(zh, en));
    }

    /// Notes that this many leaves were compared with those of the batch's log.
    pub(super) fn leaves_compared(&mut self, count: usize) {
        self.leaves_compared = true;
        if !self.differences.iter().any(|fault| fault.code == UNLOGGED) {
            self.prove(
                format!("日志在这些序号上有公布的 {count} 个抽题条目"),
                format!("the log holds the {count} published leaves of the draw at their indexes"),
            );
        }
    }

    /// Notes what the documents themselves prove, once the draw has accepted them.
    pub fn documents(&mut self, documents: &Documents, origin: Option<Origin>) {
        let basis = documents.basis.payload();
        let (banks, secrets) = (documents.indexes.len(), documents.secrets.len());
        self.batch = Some(basis.batch.clone());
        self.prove(
            format!("清单所定的就是这份依据，组卷方案、座位表和 {banks} 个题库索引就是依据所定的"),
            format!(
                "the manifest fixed this basis, and blueprint, seating and {banks} bank indexes are those of the basis"
            ),
        );
        self.prove(
            format!("{secrets} 名保管人开启的秘密数都与清单中的封存值相符"),
            format!("the secrets of {secrets} custodians are those that the manifest commits to"),
        );
        let source = basis.public_entropy.as_ref().map(|named| named.source.as_str()).unwrap_or_default();
        match origin {
            None => self.skip(
                "没有使用公开随机数：全体保管人串通即可预知试卷",
                "no public entropy was used: all custodians together could have known the papers",
            ),
            Some(Origin::Proven) => self.prove(
                format!("公开随机数由来源签名，早于依据所定时间无人知道：{source}"),
                format!("the source signed the public entropy, and nobody knew it before the basis's time: {source}"),
            ),
            Some(Origin::Announced) => self.skip(
                format!("公开随机数的格式相符，号码和开奖时间请与公告核对：{source}"),
                format!(
                    "the public entropy has the right form; compare numbers and time with the announcement: {source}"
                ),
            ),
            Some(Origin::Unchecked) => self.skip(
                format!("公开随机数按所给的字节使用，其来源没有核对：{source}"),
                format!("the public entropy was taken as given; its origin was not checked: {source}"),
            ),
        }
    }

    /// Notes what the papers of a list, of those in a range, came to.
    pub fn list(&mut self, outcome: ListOutcome, range: SeatRange, zh: &str, en: &str) {
        let wanted = range.places().len();
        let ListOutcome { same, faults, all_faults } = outcome;
        if all_faults == 0 {
            self.prove(
                format!("{wanted} 份{zh}与重新抽出的逐字节相同"),
                format!("{wanted} {en} are, byte for byte, those drawn again"),
            );
        } else {
            self.prove(
                format!("{wanted} 份{zh}中有 {same} 份与重新抽出的相同"),
                format!("of {wanted} {en} {same} are those drawn again"),
            );
        }
        self.uncounted += all_faults - faults.len().min(all_faults);
        self.differ(faults);
    }

    /// Notes that the results of the batch were compared, and how many more differ than are listed.
    pub(super) fn joined(&mut self, unlisted: usize) {
        self.joined = true;
        self.uncounted += unlisted;
    }

    /// Notes who signed basis and manifest, as far as a trust list tells.
    pub fn signers(&mut self, documents: &Documents, trust: Option<&TrustList>, verifier: &dyn Verifier) {
        self.signer(&documents.basis, BASIS, trust, verifier);
        self.signer(&documents.manifest, MANIFEST, trust, verifier);
    }

    fn signer<T: Message>(
        &mut self,
        document: &MaybeSigned<T>,
        what: Signable,
        trust: Option<&TrustList>,
        verifier: &dyn Verifier,
    ) {
        let Signable { zh, en, file, code } = what;
        let MaybeSigned::Signed(message) = document else {
            self.skip(
                format!("{zh}没有签名：不知道是谁定的"),
                format!("the {en} is not signed: who fixed it is unknown"),
            );
            return;
        };
        let Some(trust) = trust else {
            self.skip(
                format!("{zh}的签名没有核对：没有给出信任清单"),
                format!("the {en}'s signature was not checked: no trust list was given"),
            );
            return;
        };
        let known = trust.issuers.iter().find(|issuer| {
            let key = issuer.key.id();
            message.proofs.iter().any(|proof| proof.key == key)
        });
        match known.map(|issuer| (issuer, message.verify(verifier, &issuer.key))) {
            Some((issuer, Ok(()))) => self.prove(
                format!("{zh}由信任清单中的「{}」签名", issuer.name),
                format!("the {en} is signed by `{}` of the trust list", issuer.name),
            ),
            Some((issuer, Err(error))) => self.differ([Fault::new(
                code,
                file,
                Text::new(
                    format!("{zh}上「{}」的签名无效", issuer.name),
                    format!("the {en}'s signature by `{}` does not hold: {error}", issuer.name),
                ),
                Text::new(format!("向评价组织索取原{zh}"), format!("ask the organization for the {en} as it was")),
            )]),
            None => self.cannot(
                format!("{zh}的签发者不在信任清单中：签名没有核对"),
                format!("the {en}'s issuer is not in the trust list: its signature was not checked"),
            ),
        }
    }

    /// The report, with what no audit of files can show.
    #[must_use]
    pub fn report(mut self, profile: Option<Profile>) -> Report {
        if !self.leaves_compared {
            let open = self.leaves.take().unwrap_or_else(|| {
                Text::new(
                    "依据、清单和开启的秘密数是否依次登记日志：这些文件中没有日志证明",
                    "whether basis, manifest and openings were logged in their order: these files hold no proof of the \
                     log",
                )
            });
            self.not_checked.push(open);
        }
        self.skip(
            "试题文字和答案是否与索引相符：没有打开；名册、批次计划和操作考核计划也没有打开",
            "whether texts and keys are those of the index: they were not opened, nor roster and plans",
        );
        if !self.joined {
            self.skip(
                "考生拿到的是不是这些试卷：请把批次文件一起给出，与成绩中的试卷摘要核对",
                "whether candidates were given these papers: give the batch bundle with it, whose results name them",
            );
        }
        if profile == Some(Profile::Sample) {
            self.skip(
                "这是样题，非国家题库，不能用于正式认定",
                "these are sample items, not of the national bank: the draw certifies nobody",
            );
        }
        let all_differences = self.differences.len() + self.uncounted;
        let (verdict, summary) = if self.refusal.is_some() && !self.missing {
            (
                Verdict::Differs,
                Text::new(
                    "不符：按公布的材料不能重新抽题",
                    "does not hold: nothing can be drawn from what was published",
                ),
            )
        } else if all_differences > 0 {
            let zh = format!("不符：重新抽题后有 {all_differences} 处不同");
            (
                Verdict::Differs,
                Text::new(zh, format!("does not hold: {all_differences} differences after drawing again")),
            )
        } else if self.could_not {
            (Verdict::Unchecked, Text::new("未能核验，不要据此认定", "could not be checked: do not rely on it"))
        } else {
            (
                Verdict::Holds,
                Text::new("相符：公布的内容全部可以重新抽出", "holds: all that was published is drawn again"),
            )
        };
        let Self { batch, refusal, proven, differences, not_checked, .. } = self;
        Report { verdict, summary, refusal, batch, proven, differences, all_differences, not_checked }
    }

    /// Notes what a bundle leaves out and what in it is not known.
    pub fn bundle(&mut self, unknown: &[String]) {
        self.skip(
            "抽题公开包只公布试卷摘要，不含试卷证明，试卷证明没有比较",
            "the bundle has digests of papers alone; their certificates were not compared",
        );
        if !unknown.is_empty() {
            let names = unknown.join(", ");
            self.skip(
                format!("{BUNDLE_KIND} 中有本程序不认识的内容：{names}"),
                format!("the bundle has members that this program does not know: {names}"),
            );
        }
    }
}
