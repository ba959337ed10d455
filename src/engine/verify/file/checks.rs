//! One function a check of a result or certificate. Each says what it found, in both languages.

use super::bundle::Person;
use super::credential_form::Claims;
use super::defect::Defect;
use super::report::Finding;
use super::trust::TrustedIssuer;
use crate::bank::Level;
use crate::date::Date;
use crate::fault::Text;
use crate::marks::Exact;
use crate::plan::organization::OCCUPATION_CODE;
use crate::result::credential::ResultSubject;
use crate::result::holder::HolderCommitment;
use crate::result::outcome::{PartResult, decide};
use crate::roster::{IdDocument, IdKind, PersonName};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::jws::{JwsError, Unverified};
use kaoping_record::key::{Algorithm, KeyError, PublicKey, Verifier};
use kaoping_record::message::{Proof, SignatureError};
use kaoping_record::time::Time;
use serde_json::Value;
use std::fmt::Display;

/// The line of the trust list that covers the issuer: the one whose filing the result names, else
/// any line of its key.
pub(in crate::verify) fn trusted<'a>(claims: &Claims<'_>, lines: &[&'a TrustedIssuer]) -> Option<&'a TrustedIssuer> {
    let own = || lines.iter().filter(|line| line.organization_id == claims.issuer_id);
    own().find(|line| line.filing.number == claims.filing_number).or_else(|| own().next()).copied()
}

/// Whether the issuer, which calls itself `claimed`, is in the trust list.
pub(in crate::verify) fn issuer(claimed: &str, lines: &[&TrustedIssuer], issuer: Option<&TrustedIssuer>) -> Finding {
    match (issuer, lines.first()) {
        (Some(issuer), _) => Ok(Text::new(
            format!("发证机构在信任清单中：{}。", issuer.name),
            format!("the issuer is in the trust list: {}", issuer.name),
        )),
        (None, Some(owner)) => Defect::IssuerImpostor.says(
            format!("签名密钥属于“{}”，文件却自称由“{}”发出。", owner.name, claimed),
            format!("the signing key belongs to `{}`, but the file says `{}`", owner.name, claimed),
        ),
        (None, None) => Defect::IssuerUnknown.says(
            format!("自称的发证机构“{}”不在信任清单中。", claimed),
            format!("the claimed issuer `{}` is not in the trust list", claimed),
        ),
    }
}

/// Whether the key signed just these bytes.
pub(in crate::verify) fn signature(jws: &Unverified, key: &PublicKey, verifier: &dyn Verifier) -> Finding {
    signed(jws.verify::<Value>(verifier, key).map(drop), |error| Defect::from(error))
}

/// What a check of the main signature, which is by ES256, came to.
pub(super) fn signed<E: Display>(outcome: Result<(), E>, defect: impl FnOnce(&E) -> Defect) -> Finding {
    outcome
        .map(|()| Text::new("签名有效（ES256），内容没有被改动。", "the signature holds (ES256); nothing was altered"))
        .map_err(|error| {
            defect(&error).tells(
                "签名不成立：内容被改动过，或者不是这个机构签发的。",
                "the signature does not hold: altered, or signed by somebody else",
                error,
            )
        })
}

/// The signatures that the payload requires, by name. ES256 is the JWS itself, and is always
/// required.
pub(in crate::verify) fn required_names(payload: &Value) -> Option<Vec<&str>> {
    let names = payload.get("requiredSignatures")?.as_array()?;
    let names: Vec<&str> = names.iter().map(Value::as_str).collect::<Option<_>>()?;
    names.contains(&Algorithm::Es256.name()).then_some(names)
}

/// Whether every signature that the payload requires is there, by a key that the issuer has in the
/// trust list, and holds. Names the missing ones, also those of an algorithm that this program does
/// not know.
pub(in crate::verify) fn required_signatures(
    payload: &Value,
    jws: &Unverified,
    proofs: &[Proof],
    issuer: Option<&TrustedIssuer>,
    verifier: &dyn Verifier,
) -> Finding {
    let Some(names) = required_names(payload) else {
        return Defect::RequiredUnnamed.says("没有写明需要哪些签名。", "it does not say which signatures it requires");
    };
    for name in names.into_iter().filter(|name| *name != Algorithm::Es256.name()) {
        if name != Algorithm::Sm2Sm3.name() {
            return Defect::RequiredUnknown.says(
                format!("要求的签名“{name}”本程序不能核对。"),
                format!("a required signature cannot be checked here: {name}"),
            );
        }
        beside(name, jws, proofs, issuer, verifier)?;
    }
    Ok(Text::new("要求的签名都在。", "every required signature is there"))
}

/// Whether one of the further signatures holds.
fn beside(
    name: &str,
    jws: &Unverified,
    proofs: &[Proof],
    issuer: Option<&TrustedIssuer>,
    verifier: &dyn Verifier,
) -> Finding {
    let Some(proof) = proofs.iter().find(|proof| proof.alg.name() == name) else {
        return Defect::RequiredMissing
            .says(format!("缺少要求的签名：{name}。"), format!("a required signature is missing: {name}"));
    };
    let Some(key) = issuer.and_then(|issuer| issuer.beside.iter().find(|key| key.id() == proof.key)) else {
        return Defect::RequiredKey.says(
            format!("要求的签名 {name} 所用的密钥不在信任清单中。"),
            format!("the key of the required signature {name} is not in the trust list"),
        );
    };
    match jws.verify_beside(proof, verifier, key) {
        Ok(()) => Ok(Text::new(format!("{name} 签名有效。"), format!("the {name} signature holds"))),
        Err(error @ JwsError::Beside(SignatureError::Key(KeyError::Unsupported(_)))) => Err(Defect::RequiredUnknown
            .tells("要求的签名本程序不能核对。", "a required signature cannot be checked here", error)),
        Err(error) => Err(Defect::RequiredSignature.tells(
            "要求的签名不成立：内容被改动过，或者签名标识不对。",
            "a required signature does not hold: altered, or made for another identity",
            error,
        )),
    }
}

/// What somebody signs, as far as a filing must cover it.
#[derive(Clone, Copy, Debug)]
pub(in crate::verify) struct Covered<'a> {
    pub(in crate::verify) occupation_code: &'a str,
    pub(in crate::verify) level: Level,
    pub(in crate::verify) province: Option<&'a str>,
    /// When it is signed, in RFC 3339.
    pub(in crate::verify) signed_at: &'a str,
}

/// By how much the clock of whoever checks may be behind, in milliseconds: a day, for clocks that
/// were set by hand.
const CLOCK_MS: i64 = 24 * 60 * 60 * 1000;

/// Whether it claims to be issued by now.
///
/// # Errors
/// [`Defect::IssuedInFuture`].
pub(in crate::verify) fn not_in_future(claims: &Claims<'_>, now: Time) -> Result<(), (Defect, Text)> {
    let latest = now.plus_millis(CLOCK_MS).to_rfc3339();
    // Both are RFC 3339 in UTC with seconds, whose order as text is that of time.
    if *claims.valid_from > *latest {
        return Err(Defect::IssuedInFuture.tells(
            "签发时间在将来：时间写错了，或者这台设备的时钟慢了。",
            "issued in the future: the time is wrong, or this device's clock is behind",
            claims.valid_from,
        ));
    }
    Ok(())
}

/// Whether the issuer, by the trust list, was filed for occupation and level on the day of issue,
/// and used a key of its time.
pub(in crate::verify) fn filing(claims: &Claims<'_>, issuer: &TrustedIssuer) -> Finding {
    let Claims { occupation_code, level, province, valid_from, .. } = *claims;
    covered(&Covered { occupation_code, level, province, signed_at: valid_from }, issuer)
}

/// [`filing`] before there is a credential, for whoever is about to sign one.
pub(in crate::verify) fn covered(signed: &Covered<'_>, issuer: &TrustedIssuer) -> Finding {
    let (level, filing) = (signed.level, &issuer.filing);
    let number = &filing.number;
    let Ok(day) = Date::of_rfc3339(signed.signed_at) else {
        return Defect::Contradiction.says("签发时间写错了。", "the time of issue is malformed");
    };
    if signed.occupation_code != OCCUPATION_CODE || filing.occupation != signed.occupation_code {
        return Defect::FilingOccupation.says(
            format!("职业 {} 不在备案范围内（备案号 {number}）。", signed.occupation_code),
            format!("occupation {} is outside filing {number}", signed.occupation_code),
        );
    }
    level_filed(level, issuer)?;
    let inside = signed.province.is_some_and(|province| issuer.provinces.iter().any(|filed| filed == province));
    if !inside && !issuer.provinces.is_empty() {
        // Who leaves the province out has not said that the filing covers it.
        let province = signed.province.unwrap_or("–");
        return Defect::FilingProvince.says(
            format!("省份 {province} 不在备案地区内（备案号 {number}）。"),
            format!("province {province} is outside filing {number}"),
        );
    }
    day_filed(day, issuer)?;
    // Both are RFC 3339 in UTC with seconds, whose order as text is that of time.
    if *signed.signed_at < *issuer.valid_from_ms.to_rfc3339() {
        return Defect::KeyNotBegun.says("签发时间早于密钥启用时间。", "issued before the key came into use");
    }
    if issuer.retired_ms.is_some_and(|retired| *signed.signed_at > *retired.to_rfc3339()) {
        return Defect::KeyRetired.says("签发时间晚于密钥停用时间。", "issued after another key took over");
    }
    Ok(Text::new(
        format!("{} 在备案范围内（备案号 {number}），签发时备案有效。", level.chinese()),
        format!("level {} lies within filing {number}, which held on the day of issue", level.number()),
    ))
}

/// Whether the filing names the level.
///
/// # Errors
/// [`Defect::FilingLevel`].
pub(super) fn level_filed(level: Level, issuer: &TrustedIssuer) -> Result<(), (Defect, Text)> {
    let number = &issuer.filing.number;
    if issuer.filing.levels.contains(&level) {
        return Ok(());
    }
    Err((
        Defect::FilingLevel,
        Text::new(
            format!("{} 不在备案等级内（备案号 {number}）。", level.chinese()),
            format!("level {} is outside filing {number}", level.number()),
        ),
    ))
}

/// Whether the filing held on a day.
///
/// # Errors
/// [`Defect::FilingNotBegun`] or [`Defect::FilingExpired`].
pub(super) fn day_filed(day: Date, issuer: &TrustedIssuer) -> Result<(), (Defect, Text)> {
    let (number, expires) = (&issuer.filing.number, issuer.filing.expires);
    if let Some(from) = issuer.filed_from.filter(|from| day < *from) {
        return Err((
            Defect::FilingNotBegun,
            Text::new(
                format!("签发日 {day} 早于备案生效日 {from}（备案号 {number}）。"),
                format!("issued on {day}, before filing {number} began on {from}"),
            ),
        ));
    }
    if day > expires {
        return Err((
            Defect::FilingExpired,
            Text::new(
                format!("签发日 {day} 已过备案有效期 {expires}（备案号 {number}）。"),
                format!("issued on {day}, after filing {number} expired on {expires}"),
            ),
        ));
    }
    Ok(())
}

/// Whether the key was in use at the time that a record claims.
///
/// # Errors
/// [`Defect::KeyNotBegun`] or [`Defect::KeyRetired`].
pub(in crate::verify) fn key_time(issuer: &TrustedIssuer, at: Time) -> Result<(), (Defect, Text)> {
    let time = at.to_rfc3339();
    if at < issuer.valid_from_ms {
        return Err(Defect::KeyNotBegun.tells(
            "记录的时间早于密钥启用时间。",
            "made before the key came into use",
            time,
        ));
    }
    if issuer.retired_ms.is_some_and(|retired| at > retired) {
        return Err(Defect::KeyRetired.tells("记录的时间晚于密钥停用时间。", "made after another key took over", time));
    }
    Ok(())
}

/// Whether the mark of each part that there is, its text and its pass agree.
///
/// # Errors
/// [`Defect::MarkRange`], [`Defect::MarkShown`] or [`Defect::MarkPassed`].
pub(super) fn marks_of_parts(
    theory: Option<&PartResult>,
    practical: Option<&PartResult>,
) -> Result<(), (Defect, Text)> {
    let wrong = |defect, zh: String, en: String| Err((defect, Text::new(zh, en)));
    let passes = |part: &PartResult| part.exact >= Exact::PASS_MARK;
    for (part, zh, en) in [(theory, "理论", "theory"), (practical, "操作", "practical")] {
        let Some(part) = part else { continue };
        if part.exact < Exact::ZERO || part.exact > Exact::whole(100) {
            return wrong(
                Defect::MarkRange,
                format!("{zh}成绩超出 0 至 100 分。"),
                format!("the {en} mark lies outside 0 to 100"),
            );
        }
        if part.shown != part.exact.display_two_decimals(Exact::PASS_MARK) {
            return wrong(
                Defect::MarkShown,
                format!("{zh}成绩写的是 {}，与精确分数不符。", part.shown),
                format!("the {en} mark reads {}, which is not the exact mark", part.shown),
            );
        }
        if part.passed && !passes(part) {
            return wrong(
                Defect::MarkPassed,
                format!("{zh}成绩不到 60 分，却写成合格。"),
                format!("the {en} mark is below 60, yet it says passed"),
            );
        }
    }
    // A practical exam that a veto ended is failed at any mark; theory has no veto.
    if theory.is_some_and(|theory| !theory.passed && passes(theory)) {
        return Err((
            Defect::MarkPassed,
            Text::new("理论成绩达到 60 分，却写成不合格。", "the theory mark reaches 60, yet it says failed"),
        ));
    }
    Ok(())
}

/// Whether marks, the text that people read, and the outcome agree; passes are decided anew from
/// the exact marks.
pub(in crate::verify) fn marks(subject: &ResultSubject) -> Finding {
    let (theory, practical) = (&subject.theory, &subject.practical);
    marks_of_parts(Some(theory), Some(practical))?;
    if subject.outcome != decide(theory, practical) {
        return Defect::Outcome.says("结论与两部分成绩不符。", "the outcome does not follow from the two parts");
    }
    Ok(Text::new(
        format!("成绩与结论一致：理论 {}，操作 {}，各 60 分及以上才合格。", theory.shown, practical.shown),
        format!("marks and outcome agree: theory {}, practical {}; each must reach 60", theory.shown, practical.shown),
    ))
}

/// Whether the key still counted; `index` is the result's place in the log, once that is proven.
pub(in crate::verify) fn key_revocation(issuer: &TrustedIssuer, index: Option<u64>) -> Finding {
    match (&issuer.revoked, index) {
        (None, _) => {
            Ok(Text::new("信任清单中，签名密钥没有被吊销。", "the trust list does not revoke the signing key"))
        }
        (Some(revoked), Some(index)) if index < revoked.from_index => Ok(Text::new(
            "签名密钥后来被吊销，但这份文件在吊销以前就已登记。",
            "the signing key was revoked later; this was logged before that",
        )),
        (Some(revoked), _) => Defect::KeyRevoked.says(
            format!("签名密钥已被吊销（{}），这份文件不能证明是在吊销以前登记的。", revoked.reason),
            format!("the signing key is revoked ({}), and this is not proven to be older", revoked.reason),
        ),
    }
}

/// Whether the result is about this person. The kind of document is committed to by its Chinese
/// name.
pub(super) fn holder(claims: &Claims<'_>, person: &Person, salt: &Bytes32) -> Finding {
    let malformed = |zh: &str, en: &str, error: &dyn std::fmt::Display| Defect::PersonMalformed.tells(zh, en, error);
    let name = PersonName::read(&person.name)
        .map_err(|error| malformed("填写的姓名不能是人名，请按证件改正。", "what was entered is no name", &error))?;
    let kind = IdKind::read(&person.id_kind)
        .ok_or_else(|| malformed("不认识填写的证件种类。", "the kind of document is unknown", &person.id_kind))?;
    let document = IdDocument::read(kind, &person.id_number).map_err(|error| {
        malformed("证件号码填错了，请按证件改正。", "what was entered is no number of such a document", &error)
    })?;
    let commitment = HolderCommitment::new(salt, &name, &document);
    if commitment.person == claims.holder.person && commitment.shown_name == claims.holder.shown_name {
        Ok(Text::new("姓名和证件号码与文件一致，是本人的。", "name and ID number are those of the file"))
    } else if commitment.person == claims.holder.person {
        Ok(Text::new(
            "是本人的。姓名的写法与签发时登记的不同（异体字编码或间隔点），不影响结论。",
            "name and ID number are those of the file; the name was registered in another way of writing it",
        ))
    } else {
        Defect::OtherPerson.says(
            "姓名、证件种类或号码与这份文件不符。请看有没有填错；没有填错，就不是本人的。",
            "name, kind of document or number is not that of the file; if typed correctly, it is somebody else's",
        )
    }
}
