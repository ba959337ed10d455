//! One function a check of a result. Each says what it found, in both languages.

use super::bundle::{BundleError, HexSalt, LogProof, Person, ResultBundle};
use super::report::Finding;
use super::trust::{TrustedIssuer, TrustedLog};
use crate::fault::Text;
use crate::marks::Exact;
use crate::plan::candidate::{Date, IdDocument, IdKind, PersonName};
use crate::plan::organization::OCCUPATION_CODE;
use crate::result::credential::{ResultCredential, ResultSubject, SAMPLE_LABEL, identity_commitment};
use crate::result::outcome::{PartResult, decide};
use kaoping_record::canonical::CanonicalError;
use kaoping_record::jws::{JwsError, Unverified};
use kaoping_record::key::{Algorithm, PublicKey, Verifier};
use kaoping_record::log::checkpoint::{Checkpoint, CheckpointError};
use kaoping_record::log::leaf::{Leaf, LeafKind};
use kaoping_record::log::tree::{leaf_hash, verify_inclusion};
use serde_json::Value;
use std::fmt::Display;

/// A result as it was handed over, before it is believed.
#[derive(Clone, Copy, Debug)]
pub struct Claimed<'a> {
    /// The file.
    pub bundle: &'a ResultBundle,
    /// Its JWS.
    pub jws: &'a Unverified,
    /// What it says.
    pub credential: &'a ResultCredential,
}

/// Why a text is no bundle, for people.
#[must_use]
pub fn no_bundle(error: &BundleError) -> Text {
    match error {
        BundleError::Length(_) => text("文件太大，不是成绩文件。", "the file is too large for a result", error),
        BundleError::Empty => text("没有内容。", "there is nothing in it", error),
        BundleError::Kind { .. } => text(
            "这是另一种文件，或是更新版本的成绩文件；请换用新版程序核对。",
            "a file of another kind, or of a later version that this program does not know",
            error,
        ),
        BundleError::Form(error) => no_form(error),
    }
}

/// Why a text is no credential, for people.
#[must_use]
pub fn no_jws(error: &JwsError) -> Text {
    match error {
        JwsError::Header(error) | JwsError::Payload(error) => no_form(error),
        _ => text("不是有效的签名文件：复制时可能缺了一部分。", "not a signed result; a part may be missing", error),
    }
}

/// Whether the credential is of the known form, and its parts agree about whom and what it is.
///
/// # Errors
/// What does not agree.
pub fn form(credential: &ResultCredential) -> Finding {
    let subject = &credential.credential_subject;
    let person = subject.id.strip_prefix("urn:kaoping:person:").unwrap_or_default();
    let right = credential.v == 1
        && credential.context == ["https://www.w3.org/ns/credentials/v2"]
        && credential.types == ["VerifiableCredential", "CareLevelResult"]
        && credential.id == format!("urn:kaoping:result:{}:{person}", subject.batch)
        && day_of(&credential.valid_from).is_some()
        && subject.label.as_deref().is_none_or(|label| label == SAMPLE_LABEL);
    if right {
        Ok(Text::new("文件完整，格式正确。", "whole and of the right form"))
    } else {
        Err(Text::new(
            "文件的各部分互相矛盾，或是本程序不认识的版本。",
            "its parts contradict each other, or it is of an unknown version",
        ))
    }
}

/// The line of the trust list that covers the issuer: the one whose filing the result names, else any line of its key.
#[must_use]
pub fn trusted<'a>(credential: &ResultCredential, lines: &[&'a TrustedIssuer]) -> Option<&'a TrustedIssuer> {
    let own = || lines.iter().filter(|line| line.organization_id == credential.issuer.id);
    own().find(|line| line.filing.number == credential.issuer.filing.number).or_else(|| own().next()).copied()
}

/// Whether the issuer is in the trust list, under the name that it bears there.
///
/// # Errors
/// When the key is unknown, or belongs to another organization than the result says.
pub fn issuer(credential: &ResultCredential, lines: &[&TrustedIssuer], issuer: Option<&TrustedIssuer>) -> Finding {
    match (issuer, lines.first()) {
        (Some(issuer), _) => Ok(Text::new(
            format!("发证机构在信任清单中：{}。", issuer.name),
            format!("the issuer is in the trust list: {}", issuer.name),
        )),
        (None, Some(owner)) => Err(Text::new(
            format!("签名密钥属于“{}”，成绩却自称由“{}”发出。", owner.name, credential.issuer.name),
            format!("the signing key belongs to `{}`, but the result says `{}`", owner.name, credential.issuer.name),
        )),
        (None, None) => Err(Text::new(
            format!("自称的发证机构“{}”不在信任清单中。", credential.issuer.name),
            format!("the claimed issuer `{}` is not in the trust list", credential.issuer.name),
        )),
    }
}

/// Whether the key signed just these bytes.
///
/// # Errors
/// When it did not.
pub fn signature(claimed: &Claimed<'_>, key: &PublicKey, verifier: &dyn Verifier) -> Finding {
    match claimed.jws.verify::<Value>(verifier, key) {
        Ok(_) => {
            Ok(Text::new("签名有效（ES256），内容没有被改动。", "the signature holds (ES256); nothing was altered"))
        }
        Err(error) => Err(text(
            "签名不成立：内容被改动过，或者不是这个机构签发的。",
            "the signature does not hold: altered, or signed by somebody else",
            error,
        )),
    }
}

/// Whether every signature that the payload requires is there. ES256 is the JWS itself, and is always required.
///
/// # Errors
/// Names the missing ones, also those of an algorithm that this program does not know.
pub fn required_signatures(payload: &Value) -> Finding {
    let names: Option<Vec<&str>> = payload
        .get("requiredSignatures")
        .and_then(Value::as_array)
        .and_then(|names| names.iter().map(Value::as_str).collect());
    let Some(names) = names.filter(|names| names.contains(&Algorithm::Es256.name())) else {
        return Err(Text::new("没有写明需要哪些签名。", "it does not say which signatures it requires"));
    };
    let missing: Vec<&str> = names.into_iter().filter(|name| *name != Algorithm::Es256.name()).collect();
    if missing.is_empty() {
        Ok(Text::new("要求的签名都在。", "every required signature is there"))
    } else {
        let missing = missing.join(", ");
        Err(Text::new(
            format!("缺少要求的签名，或本程序不能核对：{missing}。"),
            format!("a required signature is missing or cannot be checked here: {missing}"),
        ))
    }
}

/// Whether the issuer, by the trust list, was filed for occupation and level on the day of issue, and used a key of its time.
///
/// # Errors
/// What lies outside the filing.
pub fn filing(credential: &ResultCredential, issuer: &TrustedIssuer) -> Finding {
    let (subject, filing) = (&credential.credential_subject, &issuer.filing);
    let number = &filing.number;
    let Some(day) = day_of(&credential.valid_from) else {
        return Err(Text::new("签发时间写错了。", "the time of issue is malformed"));
    };
    if subject.occupation_code != OCCUPATION_CODE || filing.occupation != subject.occupation_code {
        return Err(Text::new(
            format!("职业 {} 不在备案范围内（备案号 {number}）。", subject.occupation_code),
            format!("occupation {} is outside filing {number}", subject.occupation_code),
        ));
    }
    if !filing.levels.contains(&subject.level) {
        return Err(Text::new(
            format!("{} 不在备案等级内（备案号 {number}）。", subject.level.chinese()),
            format!("level {} is outside filing {number}", subject.level.number()),
        ));
    }
    if day > filing.expires {
        return Err(Text::new(
            format!("签发日 {day} 已过备案有效期 {}（备案号 {number}）。", filing.expires),
            format!("issued on {day}, after filing {number} expired on {}", filing.expires),
        ));
    }
    // Both are RFC 3339 in UTC with seconds, whose order as text is that of time.
    if credential.valid_from < issuer.valid_from_ms.to_rfc3339() {
        return Err(Text::new("签发时间早于密钥启用时间。", "issued before the key came into use"));
    }
    Ok(Text::new(
        format!("{} 在备案范围内（备案号 {number}），签发时备案有效。", subject.level.chinese()),
        format!("level {} lies within filing {number}, which held on the day of issue", subject.level.number()),
    ))
}

/// Whether marks, the text that people read, and the outcome agree; passes are decided anew from the exact marks.
///
/// # Errors
/// What does not agree.
pub fn marks(subject: &ResultSubject) -> Finding {
    let (theory, practical) = (&subject.theory, &subject.practical);
    let passes = |part: &PartResult| part.exact >= Exact::PASS_MARK;
    for (part, zh, en) in [(theory, "理论", "theory"), (practical, "操作", "practical")] {
        if part.exact < Exact::ZERO || part.exact > Exact::whole(100) {
            return Err(Text::new(
                format!("{zh}成绩超出 0 至 100 分。"),
                format!("the {en} mark lies outside 0 to 100"),
            ));
        }
        if part.shown != part.exact.display_two_decimals(Exact::PASS_MARK) {
            return Err(Text::new(
                format!("{zh}成绩写的是 {}，与精确分数不符。", part.shown),
                format!("the {en} mark reads {}, which is not the exact mark", part.shown),
            ));
        }
        if part.passed && !passes(part) {
            return Err(Text::new(
                format!("{zh}成绩不到 60 分，却写成合格。"),
                format!("the {en} mark is below 60, yet it says passed"),
            ));
        }
    }
    // A practical exam that a veto ended is failed at any mark; theory has no veto.
    if !theory.passed && passes(theory) {
        return Err(Text::new("理论成绩达到 60 分，却写成不合格。", "the theory mark reaches 60, yet it says failed"));
    }
    if subject.outcome != decide(theory, practical) {
        return Err(Text::new("结论与两部分成绩不符。", "the outcome does not follow from the two parts"));
    }
    Ok(Text::new(
        format!("成绩与结论一致：理论 {}，操作 {}，各 60 分及以上才合格。", theory.shown, practical.shown),
        format!("marks and outcome agree: theory {}, practical {}; each must reach 60", theory.shown, practical.shown),
    ))
}

/// Whether the record stands in the log: its leaf commits to it, the path leads to the root, and the log signed the root.
///
/// # Errors
/// Which of the three does not hold.
pub fn log(claimed: &Claimed<'_>, proof: &LogProof, log: &TrustedLog) -> Finding {
    let kind = proof.leaf.kind;
    let batch = claimed.credential.credential_subject.batch.clone();
    let leaf = Leaf::new(batch, kind, &proof.salt.0, &claimed.jws.identity());
    if !matches!(kind, LeafKind::Result | LeafKind::Correction) || leaf != proof.leaf {
        return Err(Text::new("存证不是这份成绩的。", "the log's leaf is not of this result"));
    }
    let checkpoint = Checkpoint::verify(&proof.checkpoint, &log.origin, &log.key).map_err(|error| match error {
        CheckpointError::Origin(_) => text("存证属于另一个日志。", "the checkpoint is of another log", error),
        _ => text("日志的签名不成立。", "the log's signature does not hold", error),
    })?;
    let entry = leaf.entry().map_err(|error| no_form(&error))?;
    if checkpoint.size != proof.size {
        return Err(Text::new("存证的大小与日志签名的不符。", "the proof is for another size than the checkpoint's"));
    }
    verify_inclusion(&leaf_hash(&entry), proof.index, proof.size, &proof.path, &checkpoint.root).map_err(|error| {
        text("存证不成立：日志里没有这份成绩。", "the proof does not lead to the log's root", error)
    })?;
    Ok(Text::new(
        format!("已登记在日志“{}”第 {} 条（当时共 {} 条）。", log.origin, proof.index + 1, proof.size),
        format!("stands in log `{}` as entry {} of {}", log.origin, proof.index + 1, proof.size),
    ))
}

/// Whether the key still counted; `index` is the result's place in the log, once that is proven.
///
/// # Errors
/// When the key was given up, and the result does not provably stand in the log before that.
pub fn key_revocation(issuer: &TrustedIssuer, index: Option<u64>) -> Finding {
    match (&issuer.revoked, index) {
        (None, _) => {
            Ok(Text::new("信任清单中，签名密钥没有被吊销。", "the trust list does not revoke the signing key"))
        }
        (Some(revoked), Some(index)) if index < revoked.from_index => Ok(Text::new(
            "签名密钥后来被吊销，但这份成绩在吊销以前就已登记。",
            "the signing key was revoked later; this result was logged before that",
        )),
        (Some(revoked), _) => Err(Text::new(
            format!("签名密钥已被吊销（{}），这份成绩不能证明是在吊销以前登记的。", revoked.reason),
            format!("the signing key is revoked ({}), and the result is not proven to be older", revoked.reason),
        )),
    }
}

/// Whether the result is about this person. The kind of document is committed to by its Chinese name.
///
/// # Errors
/// When name, kind of document or number are another's, or cannot be a person's.
pub fn holder(credential: &ResultCredential, person: &Person, salt: &HexSalt) -> Finding {
    let name = PersonName::read(&person.name)
        .map_err(|error| text("填写的姓名不能是人名，请按证件改正。", "what was entered is no name", error))?;
    let kind = IdKind::read(&person.id_kind)
        .ok_or_else(|| Text::new("不认识填写的证件种类。", "the kind of document is unknown"))?;
    let document = IdDocument::read(kind, &person.id_number).map_err(|error| {
        text("证件号码填错了，请按证件改正。", "what was entered is no number of such a document", error)
    })?;
    let commitment = identity_commitment(&salt.0, name.as_str(), kind.chinese(), document.number());
    if commitment == credential.credential_subject.evidence.identity {
        Ok(Text::new("姓名和证件号码与成绩一致，是本人的成绩。", "name and ID number are those of the result"))
    } else {
        Err(Text::new(
            "姓名、证件种类或号码与这份成绩不符。请看有没有填错；没有填错，就不是本人的成绩。",
            "name, kind of document or number is not that of the result; if typed correctly, it is somebody else's",
        ))
    }
}

/// The day in China (UTC+8) of an RFC 3339 time in UTC with seconds; `None` for another form.
#[must_use]
pub fn day_of(rfc3339: &str) -> Option<Date> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (day, time) = rfc3339.strip_suffix('Z')?.split_once('T')?;
    let hyphens = day.len() == 10 && day.get(4..5) == Some("-") && day.get(7..8) == Some("-");
    let [hour, minute, second] = <[&str; 3]>::try_from(time.split(':').collect::<Vec<_>>()).ok()?;
    let in_range =
        |text: &str, end: u8| text.len() == 2 && digits(text) && text.parse::<u8>().is_ok_and(|number| number < end);
    if !hyphens || !in_range(hour, 24) || !in_range(minute, 60) || !in_range(second, 60) {
        return None;
    }
    let utc = Date::read(day).ok()?;
    if hour >= "16" { utc.plus_days(1).ok() } else { Some(utc) }
}

fn no_form(error: &CanonicalError) -> Text {
    text(
        "内容不符合成绩文件的格式：可能损坏，或被人改过。",
        "not of the form of a result: damaged, or tampered with",
        error,
    )
}

/// A sentence with the program's own words behind the English one, for whoever looks into it.
fn text(zh: &str, en: &str, detail: impl Display) -> Text {
    Text::new(zh, format!("{en} ({detail})"))
}
