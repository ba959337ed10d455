use super::super::report::Verdict;
use super::*;
use crate::bank::Level;
use crate::plan::organization::Filing;
use kaoping_record::cose;
use kaoping_record::digest::Digest;
use kaoping_record::key::{PublicKey, Signer as _};
use kaoping_record::software::{Ed25519Signer, Es256Signer, SoftwareVerifier};
use std::error::Error;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

const ISSUER: &str = "urn:kaoping:organization:91310000MA1FL0000X";

fn salt() -> CodeSalt {
    CodeSalt::random([3; 10])
}

fn code() -> TestResult<CertificateCode> {
    let name = PersonName::read("陈桂芳")?;
    let document = IdDocument::read(IdKind::ResidentIdCard, "10000019660908105X")?;
    Ok(CertificateCode {
        issuer: ISSUER.into(),
        number: "S000031010023265000001".parse()?,
        level: Level::Five,
        issued_on: Date::new(2026, 12, 5)?,
        name: name.as_str().into(),
        id_masked: document.masked(),
        sample: false,
        holder: HolderTag::new(&salt(), &name, &document),
        certificate: RecordTag::of(&Digest::of(b"certificate")),
        results: vec![RecordTag::of(&Digest::of(b"result"))],
    })
}

fn signer() -> TestResult<Es256Signer> {
    Ok(Es256Signer::from_scalar(&[7; 32])?)
}

fn trusting(key: &PublicKey, change: impl FnOnce(&mut TrustedIssuer)) -> TestResult<TrustList> {
    let other = Ed25519Signer::from_seed(&[9; 32])?.public_key().clone();
    let filing = Filing {
        number: "沪备 1".into(),
        occupation: "4-14-01-03".into(),
        levels: vec![Level::Five],
        expires: Date::new(2027, 12, 31)?,
    };
    let mut line = TrustedIssuer {
        name: "示例评价机构".into(),
        organization_id: ISSUER.into(),
        key: key.clone(),
        filing,
        valid_from_ms: Time::from_millis(1_790_000_000_000),
        revoked: None,
        retired_ms: None,
        filed_from: None,
        provinces: Vec::new(),
        beside: Vec::new(),
    };
    change(&mut line);
    Ok(TrustList::new(vec![line], "log", other.clone(), other)?)
}

fn text(code: &CertificateCode) -> TestResult<String> {
    Ok(certificate_code::to_text(&cose::Unverified::sign(code.to_bytes(), &signer()?)?))
}

fn checked(text: &str, trust: &TrustList, person: Option<&Person>) -> Report {
    let now = Some(Time::from_millis(1_796_600_000_000));
    Verification { trust, status: None, person, now, verifier: &SoftwareVerifier }.check(text)
}

fn defects(report: &Report) -> Vec<Option<Defect>> {
    report.failed().map(|check| check.defect).collect()
}

// A code alone is no pass: nothing shows that the certificate stands in the log.
#[test]
fn a_genuine_code_alone_is_unlogged() -> TestResult {
    let trust = trusting(signer()?.public_key(), |_| {})?;
    let report = checked(&text(&code()?)?, &trust, None);
    assert_eq!((report.kind, report.verdict), (FileKind::CertificateCode, Verdict::Unlogged));
    assert_eq!(defects(&report), []);
    assert_eq!(report.issuer.as_deref(), Some("示例评价机构"));
    assert_eq!(report.code, Some(code()?));
    Ok(())
}

// Several files lie on a verifier's table; another certificate among them says nothing of a code.
#[test]
fn another_certificate_beside_a_code_changes_nothing() -> TestResult {
    let trust = trusting(signer()?.public_key(), |_| {})?;
    let against = Verification { trust: &trust, status: None, person: None, now: None, verifier: &SoftwareVerifier };
    let other = r#"{"jws":"a.b.c","kind":"certificate-bundle","v":1}"#;
    let (report, about) = against.check_among(&text(&code()?)?, &[other]);
    assert_eq!((report.verdict, about), (Verdict::Unlogged, None));
    let named =
        against.check_with(&text(&code()?)?, super::super::Beside { record: Some(other), ..Default::default() });
    assert_eq!(defects(&named), [Some(Defect::LogLeaf)], "who names it is told that it is another one");
    Ok(())
}

#[test]
fn what_the_trust_list_does_not_cover_is_refused() -> TestResult {
    let key = signer()?.public_key().clone();
    let text = text(&code()?)?;
    let revoked = super::super::trust::Revocation { from_index: 5, reason: "遗失".into() };
    let expired = Date::new(2026, 12, 4)?;
    let cases: Vec<(TrustList, Verdict, Defect)> = vec![
        (
            trusting(Es256Signer::from_scalar(&[8; 32])?.public_key(), |_| {})?,
            Verdict::Unchecked,
            Defect::IssuerUnknown,
        ),
        (trusting(&key, |line| line.organization_id += "1")?, Verdict::Invalid, Defect::IssuerImpostor),
        (trusting(&key, |line| line.filing.levels = vec![Level::Four])?, Verdict::Invalid, Defect::FilingLevel),
        (trusting(&key, |line| line.filing.expires = expired)?, Verdict::Invalid, Defect::FilingExpired),
        (trusting(&key, |line| line.provinces = vec!["44".into()])?, Verdict::Invalid, Defect::FilingProvince),
        (trusting(&key, |line| line.revoked = Some(revoked))?, Verdict::Invalid, Defect::KeyRevoked),
        (trusting(&key, |line| line.retired_ms = Some(line.valid_from_ms))?, Verdict::Invalid, Defect::KeyRetired),
    ];
    for (trust, verdict, defect) in cases {
        let report = checked(&text, &trust, None);
        assert_eq!((report.verdict, defects(&report)), (verdict, vec![Some(defect)]), "{defect:?}");
    }
    let mut future = code()?;
    future.issued_on = Date::new(2026, 12, 31)?;
    let report = checked(&self::text(&future)?, &trusting(&key, |_| {})?, None);
    assert_eq!(defects(&report), [Some(Defect::IssuedInFuture)]);
    Ok(())
}

#[test]
fn an_altered_code_does_not_pass() -> TestResult {
    let trust = trusting(signer()?.public_key(), |_| {})?;
    let good = text(&code()?)?;
    let mut other = code()?;
    other.name = "陈桂花".into();
    let signed = certificate_code::read(&good)?.signed;
    let forged = cose::Unverified::new(other.to_bytes(), &signer()?.public_key().id(), signed.signature().to_vec());
    let report = checked(&certificate_code::to_text(&forged), &trust, None);
    assert_eq!((report.verdict, defects(&report)), (Verdict::Invalid, vec![Some(Defect::Signature)]));
    for broken in [&good[..good.len() - 1], &good.replace("KP1:", "KP1:0"), "KP1:", "KP1:BB8"] {
        assert_eq!(checked(broken, &trust, None).verdict, Verdict::Unreadable, "{broken}");
    }
    Ok(())
}

// Catches a certificate that passes for another person's of the same masked number.
#[test]
fn the_salt_beside_the_code_shows_whose_it_is() -> TestResult {
    let trust = trusting(signer()?.public_key(), |_| {})?;
    let person = |number: &str, salt: Option<&str>| Person {
        name: "陈桂芳".into(),
        id_kind: "居民身份证".into(),
        id_number: number.into(),
        code_salt: salt.map(str::to_owned),
    };
    let (text, printed) = (text(&code()?)?, salt().printed());
    let own = checked(&text, &trust, Some(&person("10000019660908105X", Some(&printed))));
    assert!(own.holds(CheckName::Holder));
    let pasted = checked(&format!("{text}\n{printed}"), &trust, Some(&person("10000019660908105X", None)));
    assert!(pasted.holds(CheckName::Holder));
    let without = checked(&text, &trust, Some(&person("10000019660908105X", None)));
    assert!(without.not_checked.iter().any(|open| open.check == CheckName::Holder));
    for (number, salt, defect) in [
        ("100000197506061042", printed.as_str(), Defect::OtherPerson),
        ("10000019660908105X", "0000-0000-0000-0000", Defect::OtherPerson),
        ("10000019660908105X", "12", Defect::PersonMalformed),
    ] {
        assert_eq!(defects(&checked(&text, &trust, Some(&person(number, Some(salt))))), [Some(defect)]);
    }
    Ok(())
}
