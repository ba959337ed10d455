//! What is checked of the code on a printed certificate.
//!
//! A code holds no proof of the log. Alone it shows that the organization signed what the page
//! says, not that the certificate stands in the log; with the certificate's file it shows both.

use super::bundle::Person;
use super::defect::Defect;
use super::report::{CheckName, FileKind, Finding, Findings, Report};
use super::trust::{TrustList, TrustedIssuer};
use super::{Verification, checks, credential, verdict, withdrawal};
use crate::date::Date;
use crate::fault::Text;
use crate::result::certificate::CertificateCredential;
use crate::result::certificate_code::{self, CertificateCode, CodeError, CodeSalt, HolderTag, ReadCode, RecordTag};
use crate::roster::{IdDocument, IdKind, PersonName};
use kaoping_record::key::Verifier;
use kaoping_record::time::Time;

/// Checks a code, with the certificate's file where that is given.
pub(super) fn check(text: &str, file: Option<&str>, against: &Verification<'_>) -> Report {
    let mut findings = Findings::default();
    let read = match certificate_code::read(text) {
        Ok(read) => read,
        Err(error) => {
            findings.check(CheckName::Form, Err(no_code(&error)));
            return verdict::unreadable(findings, FileKind::CertificateCode);
        }
    };
    findings.check(CheckName::Form, Ok(Text::new("二维码完整，格式正确。", "whole and of the right form")));
    let adjusted = against.status.map(|status| status.cut_keys(against.trust));
    let trust = adjusted.as_ref().unwrap_or(against.trust);
    let lines = signers(&read, trust, against.verifier);
    let issuer = of_issuer(&lines, &read.code);
    check_issuer(&mut findings, &read, &lines, issuer, against);
    let index = check_log(&mut findings, &read.code, file, against);
    if let Some(issuer) = issuer {
        findings.check(CheckName::KeyRevocation, checks::key_revocation(issuer, index));
    }
    check_holder(&mut findings, &read, against.person);
    check_withdrawn(&mut findings, &read.code, against);
    let impostor = issuer.is_none() && !lines.is_empty();
    verdict::of_code(findings, read.code, issuer.map(|issuer| issuer.name.clone()), impostor)
}

/// The lines whose key the code names. Names are cut in a code: of several keys the one that signed
/// counts.
fn signers<'a>(read: &ReadCode, trust: &'a TrustList, verifier: &dyn Verifier) -> Vec<&'a TrustedIssuer> {
    let named = trust.issuers.iter().filter(|line| line.key.id().prefix() == read.signed.key());
    let (signed, others): (Vec<_>, Vec<_>) = named.partition(|line| read.signed.verify(verifier, &line.key).is_ok());
    if signed.is_empty() { others } else { signed }
}

/// The line of the issuer: the one whose filing covers the certificate, else any of its lines.
fn of_issuer<'a>(lines: &[&'a TrustedIssuer], code: &CertificateCode) -> Option<&'a TrustedIssuer> {
    let own = || lines.iter().filter(|line| line.organization_id == code.issuer);
    own().find(|line| filing(code, line, None).is_ok()).or_else(|| own().next()).copied()
}

fn check_issuer(
    findings: &mut Findings,
    read: &ReadCode,
    lines: &[&TrustedIssuer],
    issuer: Option<&TrustedIssuer>,
    against: &Verification<'_>,
) {
    let code = &read.code;
    findings.check(CheckName::Issuer, checks::issuer(&code.issuer, lines, issuer));
    let Some(line) = issuer.or(lines.first().copied()) else {
        findings.skip(
            CheckName::Signature,
            "没有签名人的公钥，无法核对签名。",
            "the signer's public key is not at hand, so the signature was not checked",
        );
        return;
    };
    let signed = read.signed.verify(against.verifier, &line.key);
    findings.check(CheckName::Signature, checks::signed(signed, |_| Defect::Signature));
    if let Some(issuer) = issuer {
        findings.check(CheckName::Filing, filing(code, issuer, against.now));
        if !issuer.beside.is_empty() {
            findings.skip(
                CheckName::RequiredSignatures,
                "二维码里只有 ES256 签名；国密签名在证书文件里。",
                "the code bears ES256 alone; further signatures stand in the certificate's file",
            );
        }
    }
}

/// Whether the issuer was filed for level and province on the day that is printed, and used the key
/// then.
fn filing(code: &CertificateCode, issuer: &TrustedIssuer, now: Option<Time>) -> Finding {
    let (day, number) = (code.issued_on, &issuer.filing.number);
    // A clock that was set by hand may be a day behind.
    let tomorrow = now.and_then(|now| Date::in_china(now).ok()).and_then(|today| today.plus_days(1).ok());
    if tomorrow.is_some_and(|tomorrow| day > tomorrow) {
        return Defect::IssuedInFuture.says(
            "发证日期在将来：日期写错了，或者这台设备的时钟慢了。",
            "issued in the future: the day is wrong, or this device's clock is behind",
        );
    }
    checks::level_filed(code.level, issuer)?;
    let province = code.number.province();
    if !issuer.provinces.is_empty() && !issuer.provinces.iter().any(|filed| filed == province) {
        return Defect::FilingProvince.says(
            format!("省份 {province} 不在备案地区内（备案号 {number}）。"),
            format!("province {province} is outside filing {number}"),
        );
    }
    checks::day_filed(day, issuer)?;
    if Date::in_china(issuer.valid_from_ms).is_ok_and(|begun| day < begun) {
        return Defect::KeyNotBegun.says("发证日期早于密钥启用的日期。", "issued before the key came into use");
    }
    let retired = issuer.retired_ms.and_then(|retired| Date::in_china(retired).ok());
    if retired.is_some_and(|retired| day > retired) {
        return Defect::KeyRetired.says("发证日期晚于密钥停用的日期。", "issued after another key took over");
    }
    Ok(Text::new(
        format!("{} 在备案范围内（备案号 {number}），发证时备案有效。", code.level.chinese()),
        format!("level {} lies within filing {number}, which held on the day of issue", code.level.number()),
    ))
}

/// Whether the certificate stands in the log, by its file; its place there, once that is proven.
fn check_log(
    findings: &mut Findings,
    code: &CertificateCode,
    file: Option<&str>,
    against: &Verification<'_>,
) -> Option<u64> {
    let Some(file) = file else {
        findings.unlogged = true;
        findings.skip(
            CheckName::Log,
            "二维码里没有存证，没有核对证书是否登记在日志中；请和证书文件一起核对。",
            "a code holds no log proof; check it together with the certificate's file",
        );
        return None;
    };
    let (report, proof) = credential::check_with_proof(file, against);
    let same = report.certificate.as_ref().is_some_and(|certificate| is_same(code, certificate));
    let named = report.identity.as_ref().is_some_and(|identity| RecordTag::of(identity) == code.certificate);
    if !same || !named {
        findings.check(
            CheckName::Log,
            Defect::LogLeaf.says(
                "一起给出的证书文件不是这个二维码的。",
                "the certificate's file that was given is not the one of this code",
            ),
        );
        return None;
    }
    let failed = report.failed().find(|check| check.check != CheckName::Revocation);
    if let Some(failed) = failed {
        findings.check(CheckName::Log, Err((failed.defect.unwrap_or(Defect::Contradiction), failed.text.clone())));
        return None;
    }
    match proof.filter(|_| report.holds(CheckName::Log)) {
        Some(index) => {
            findings.check(
                CheckName::Log,
                Ok(Text::new(
                    "与一起给出的证书文件一致，证书已登记在日志中。",
                    "it agrees with the certificate's file, which stands in the log",
                )),
            );
            Some(index)
        }
        None => {
            findings.unlogged = true;
            findings.skip(
                CheckName::Log,
                "一起给出的证书文件里没有存证。",
                "the certificate's file holds no log proof either",
            );
            None
        }
    }
}

/// Whether a code says what its certificate says.
fn is_same(code: &CertificateCode, certificate: &CertificateCredential) -> bool {
    let subject = &certificate.credential_subject;
    code.issuer == certificate.issuer.id
        && code.number == subject.number
        && code.level == subject.level
        && code.issued_on == subject.issued_on
        && code.sample == subject.label.is_some()
}

fn check_holder(findings: &mut Findings, read: &ReadCode, person: Option<&Person>) {
    let Some(person) = person else {
        return findings.skip(
            CheckName::Holder,
            "没有核对证件号码；请填写本人证件上的姓名和号码，以及二维码旁的 16 位校验码。",
            "the ID number was not checked; enter name and number from the person's ID document, and the 16 characters beside the code",
        );
    };
    let salt = match (&person.code_salt, &read.salt) {
        (Some(typed), _) if !typed.trim().is_empty() => CodeSalt::read(typed).map_err(|error| {
            Defect::PersonMalformed.tells(
                "校验码填错了：它是二维码旁的 16 位字母和数字。",
                "the 16 characters beside the code are not typed right",
                error,
            )
        }),
        (_, Some(salt)) => Ok(salt.clone()),
        _ => {
            return findings.skip(
                CheckName::Holder,
                "没有核对证件号码：还要填写二维码旁的 16 位校验码。",
                "the ID number was not checked: the 16 characters beside the code are needed too",
            );
        }
    };
    findings.check(CheckName::Holder, salt.and_then(|salt| holder(&read.code, person, &salt)));
}

fn holder(code: &CertificateCode, person: &Person, salt: &CodeSalt) -> Finding {
    let malformed = |zh: &str, en: &str, error: &dyn std::fmt::Display| Defect::PersonMalformed.tells(zh, en, error);
    let name = PersonName::read(&person.name)
        .map_err(|error| malformed("填写的姓名不能是人名，请按证件改正。", "what was entered is no name", &error))?;
    let kind = IdKind::read(&person.id_kind)
        .ok_or_else(|| malformed("不认识填写的证件种类。", "the kind of document is unknown", &person.id_kind))?;
    let document = IdDocument::read(kind, &person.id_number).map_err(|error| {
        malformed("证件号码填错了，请按证件改正。", "what was entered is no number of such a document", &error)
    })?;
    if HolderTag::new(salt, &name, &document) == code.holder {
        return Ok(Text::new(
            "姓名和证件号码与证书一致，是本人的。",
            "name and ID number are those of the certificate",
        ));
    }
    Defect::OtherPerson.says(
        "姓名、证件种类、号码或校验码与这张证书不符。请看有没有填错；没有填错，就不是本人的。",
        "name, kind of document, number or the 16 characters are not those of the certificate; if typed correctly, it is somebody else's",
    )
}

fn check_withdrawn(findings: &mut Findings, code: &CertificateCode, against: &Verification<'_>) {
    withdrawal::check(findings, against, |status| {
        status.finding_about(&code.issuer, |record| {
            let tag = RecordTag::of(record);
            tag == code.certificate || code.results.contains(&tag)
        })
    });
}

fn no_code(error: &CodeError) -> (Defect, Text) {
    let defect = match error {
        CodeError::Form | CodeError::Text(_) | CodeError::Long => Defect::Malformed,
        CodeError::Signed(_) => Defect::Shape,
        CodeError::Payload(_) => Defect::NotCanonical,
        CodeError::Member(_) => Defect::Contradiction,
    };
    defect.tells(
        "这不是完整的证书二维码：扫描或复制时可能缺了一部分，也可能被人改过。",
        "not a whole code of a certificate: a part may be missing, or it was altered",
        error,
    )
}

#[cfg(test)]
mod tests;
