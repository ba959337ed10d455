//! A result that holds, and what each way of tampering with it is called.

use super::bundle::{LogProof, Person, ResultBundle};
use super::report::{CheckName, Report, Verdict};
use super::trust::{Revocation, TrustList, TrustedIssuer};
use super::verify;
use crate::bank::{Level, Profile};
use crate::date::Date;
use crate::marks::{Exact, HalfMarks};
use crate::plan::organization::{Category, Filing, OCCUPATION_CODE, Organization};
use crate::result::credential::{Evidence, ResultCredential, ResultParts, Rules};
use crate::result::holder::HolderCommitment;
use crate::result::outcome::PartResult;
use crate::roster::{IdDocument, IdKind, PersonName};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical::CanonicalError;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::jws;
use kaoping_record::key::{Algorithm, PublicKey, Signer};
use kaoping_record::log::checkpoint::Checkpoint;
use kaoping_record::log::leaf::{Leaf, LeafKind};
use kaoping_record::log::tree::{inclusion_proof, leaf_hash, root};
use kaoping_record::software::{Ed25519Signer, Es256Signer, SoftwareVerifier};
use kaoping_record::time::Time;
use serde_json::{Value, json};
use std::error::Error;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

const ORIGIN: &str = "pingjia.example/kaoping-log";
const LEAF_SALT: Bytes32 = Bytes32::new([5; 32]);
const IDENTITY_SALT: Bytes32 = Bytes32::new([6; 32]);

/// 2026-11-22T04:00:00Z.
const ISSUED: i64 = 1_795_320_000_000;

fn issuer() -> TestResult<Es256Signer> {
    Ok(Es256Signer::from_scalar(&[3; 32])?)
}

fn log() -> TestResult<Ed25519Signer> {
    Ok(Ed25519Signer::from_seed(&[9; 32])?)
}

fn organization() -> TestResult<Organization> {
    Ok(Organization {
        name: "示例评价中心".into(),
        credit_code: "91000000EXAMPLE001".into(),
        province: "31".into(),
        category: Category::S,
        organization_code: "0000".into(),
        site_code: "000001".into(),
        filing: Filing {
            number: "示例备-0001".into(),
            occupation: OCCUPATION_CODE.into(),
            levels: vec![Level::Five],
            expires: Date::read("2028-12-31")?,
        },
        complaint_contact: "021-00000000".into(),
    })
}

fn trust() -> TestResult<TrustList> {
    let organization = organization()?;
    let issuer = TrustedIssuer::of(&organization, issuer()?.public_key().clone(), Time::from_millis(ISSUED - 1000));
    Ok(TrustList::new(vec![issuer], ORIGIN, log()?.public_key().clone(), log()?.public_key().clone())?)
}

fn credential(profile: Profile) -> TestResult<ResultCredential> {
    let digest = Digest::of(b"evidence");
    Ok(ResultCredential::new(ResultParts {
        organization: &organization()?,
        pseudonym: &PseudonymId::new("p7")?,
        batch: &BatchId::new("b1")?,
        level: Level::Five,
        theory: PartResult::theory(HalfMarks::new(143)),
        practical: PartResult::new(Exact::new(445, 6)?, Exact::PASS_MARK, false),
        rules: Rules { draw: "kaoping-draw-2".into(), theory: "exact-1".into(), panel: "mean-1".into() },
        evidence: Evidence {
            attempt: 1,
            identity: HolderCommitment::new(
                &IDENTITY_SALT,
                &PersonName::read("王𠮷")?,
                &IdDocument::read(IdKind::ResidentIdCard, "100000196803140025")?,
            ),
            manifest: digest,
            paper: digest,
            journal: digest,
            theory_score: digest,
            panels: digest,
        },
        profile,
        issued_at: Time::from_millis(ISSUED),
    }))
}

/// The payload signed, logged as the third of five leaves, and bundled.
fn bundled(payload: &Value) -> TestResult<ResultBundle> {
    let signed = jws::sign(payload, &issuer()?)?;
    let identity = jws::Unverified::parse(&signed)?.identity();
    let leaf = Leaf::new(BatchId::new("b1")?, LeafKind::Result, &LEAF_SALT, &identity);
    let mut leaves: Vec<Digest> = (0..5_u8).map(|number| leaf_hash(&[number])).collect();
    *leaves.get_mut(2).ok_or("five leaves")? = leaf_hash(&leaf.entry()?);
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 5, root: root(&leaves) };
    let proof = LogProof {
        index: 2,
        size: 5,
        path: inclusion_proof(&leaves, 2).ok_or("within")?,
        checkpoint: checkpoint.sign(&log()?)?,
        leaf,
        salt: LEAF_SALT,
    };
    Ok(ResultBundle::new(signed, issuer()?.public_key().clone(), proof, IDENTITY_SALT))
}

fn genuine() -> TestResult<ResultBundle> {
    bundled(&serde_json::to_value(credential(Profile::Formal)?)?)
}

fn check(bundle: &ResultBundle, trust: &TrustList) -> TestResult<Report> {
    Ok(verify(&serde_json::to_string_pretty(bundle)?, trust, None, &SoftwareVerifier))
}

/// The checks that fail for a payload in which one member is replaced, though issuer and log vouch
/// for it.
fn failing(pointer: &str, value: Value) -> TestResult<(Verdict, Vec<CheckName>)> {
    let mut payload = serde_json::to_value(credential(Profile::Formal)?)?;
    *payload.pointer_mut(pointer).ok_or("a member of the payload")? = value;
    let report = check(&bundled(&payload)?, &trust()?)?;
    Ok((report.verdict, report.failed().map(|check| check.check).collect()))
}

#[test]
fn a_genuine_result_holds() -> TestResult {
    let report = check(&genuine()?, &trust()?)?;
    assert_eq!(report.failed().count(), 0, "{:?}", report.checks);
    assert_eq!(report.verdict, Verdict::Valid);
    assert_eq!(report.issued_on.as_deref(), Some("2026-11-22"));
    let skipped: Vec<CheckName> = report.not_checked.iter().map(|skipped| skipped.check).collect();
    assert_eq!(skipped, [CheckName::Holder, CheckName::Witness, CheckName::Revocation]);
    assert!(!report.sample && report.summary.zh.contains("合格"));
    Ok(())
}

#[test]
fn a_sample_result_never_reads_as_a_certification() -> TestResult {
    let sample = bundled(&serde_json::to_value(credential(Profile::Sample)?)?)?;
    let report = check(&sample, &trust()?)?;
    assert_eq!((report.verdict, report.sample), (Verdict::Valid, true));
    assert!(report.summary.zh.contains("样题") && !report.summary.zh.contains("合格"));
    Ok(())
}

#[test]
fn a_bare_jws_is_unlogged_and_no_pass() -> TestResult {
    let report = verify(&genuine()?.jws, &trust()?, None, &SoftwareVerifier);
    assert_eq!(report.verdict, Verdict::Unlogged);
    assert!(report.not_checked.iter().any(|skipped| skipped.check == CheckName::Log));
    Ok(())
}

#[test]
fn the_person_must_be_the_one_committed_to() -> TestResult {
    let bundle = serde_json::to_string(&genuine()?)?;
    let holds = |name: &str, id_kind: &str, id_number: &str| {
        let person =
            Person { name: name.into(), id_kind: id_kind.into(), id_number: id_number.into(), code_salt: None };
        Ok::<_, Box<dyn Error>>(verify(&bundle, &trust()?, Some(&person), &SoftwareVerifier).verdict)
    };
    assert_eq!(holds(" 王𠮷 ", "身份证", "１００000196803140025")?, Verdict::Valid);
    assert_eq!(holds("王吉", "居民身份证", "100000196803140025")?, Verdict::Invalid);
    assert_eq!(holds("王𠮷", "居民身份证", "10000019660908105x")?, Verdict::Invalid);
    assert_eq!(holds("王𠮷", "护照", "100000196803140025")?, Verdict::Invalid);
    Ok(())
}

// A signature by a key that nobody vouches for must never read as a pass.
#[test]
fn an_unknown_issuer_is_never_a_pass() -> TestResult {
    let mut trust = trust()?;
    trust.issuers.clear();
    assert_eq!(check(&genuine()?, &trust)?.verdict, Verdict::ValidUnknownIssuer);
    let bare = verify(&genuine()?.jws, &trust, None, &SoftwareVerifier);
    assert_eq!(bare.verdict, Verdict::Unchecked);
    // Another's key in the bundle does not stand in for the signer's.
    let mut other_key = genuine()?;
    other_key.issuer_key = Some(Es256Signer::from_scalar(&[4; 32])?.public_key().clone());
    assert_eq!(check(&other_key, &trust)?.verdict, Verdict::Unchecked);
    Ok(())
}

#[test]
fn an_issuer_cannot_speak_for_another() -> TestResult {
    let other = json!("urn:kaoping:organization:91000000OTHER00001");
    assert_eq!(failing("/issuer/id", other)?, (Verdict::Invalid, vec![CheckName::Issuer]));
    Ok(())
}

#[test]
fn what_lies_outside_the_filing_is_named() -> TestResult {
    let subject = |member: &str| format!("/credentialSubject/{member}");
    assert_eq!(failing(&subject("level"), json!(4))?, (Verdict::Invalid, vec![CheckName::Filing]));
    assert_eq!(failing(&subject("occupationCode"), json!("4-14-01-02"))?, (Verdict::Invalid, vec![CheckName::Filing]));
    // The last day of the filing in China ends at 16:00 UTC.
    assert_eq!(failing("/validFrom", json!("2028-12-31T15:59:59Z"))?, (Verdict::Valid, vec![]));
    assert_eq!(failing("/validFrom", json!("2028-12-31T16:00:00Z"))?, (Verdict::Invalid, vec![CheckName::Filing]));
    assert_eq!(failing("/validFrom", json!("2026-11-22T03:59:58Z"))?, (Verdict::Invalid, vec![CheckName::Filing]));
    // What the result says of its own filing counts for nothing.
    assert_eq!(failing("/issuer/filing/levels", json!([5, 4, 3]))?, (Verdict::Valid, vec![]));
    Ok(())
}

#[test]
fn marks_that_contradict_each_other_are_named() -> TestResult {
    let subject = |member: &str| format!("/credentialSubject/{member}");
    let marks = (Verdict::Invalid, vec![CheckName::Marks]);
    assert_eq!(failing(&subject("theory/shown"), json!("91.50"))?, marks);
    assert_eq!(failing(&subject("theory/exact"), json!({ "num": 201, "den": 2 }))?, marks);
    assert_eq!(failing(&subject("theory/passed"), json!(false))?, marks);
    assert_eq!(failing(&subject("outcome"), json!("failed"))?, marks);
    assert_eq!(
        failing(&subject("practical"), json!({ "exact": { "num": 119, "den": 2 }, "shown": "59.50", "passed": true }))?,
        marks
    );
    // A veto that ended the practical fails it at any mark.
    let mut payload = serde_json::to_value(credential(Profile::Formal)?)?;
    *payload.pointer_mut("/credentialSubject/practical/passed").ok_or("there")? = json!(false);
    *payload.pointer_mut("/credentialSubject/outcome").ok_or("there")? = json!("failed");
    assert_eq!(check(&bundled(&payload)?, &trust()?)?.verdict, Verdict::Valid);
    Ok(())
}

#[test]
fn a_missing_signature_fails_even_if_its_algorithm_is_unknown() -> TestResult {
    let required = (Verdict::Invalid, vec![CheckName::RequiredSignatures]);
    assert_eq!(failing("/requiredSignatures", json!(["ES256", "Ed25519"]))?, required);
    assert_eq!(failing("/requiredSignatures", json!(["ES256", "SM2-SM3"]))?, required);
    assert_eq!(failing("/requiredSignatures", json!([]))?, required);
    Ok(())
}

#[test]
fn every_altered_byte_of_the_payload_is_refused() -> TestResult {
    let bundle = genuine()?;
    let start = bundle.jws.find('.').ok_or("three parts")?;
    for place in start + 1..bundle.jws.len() {
        let mut altered = bundle.clone();
        let other = if altered.jws.get(place..=place) == Some("A") { "B" } else { "A" };
        if altered.jws.get(place..=place) == Some(".") {
            continue;
        }
        altered.jws.replace_range(place..=place, other);
        let verdict = check(&altered, &trust()?)?.verdict;
        assert!(matches!(verdict, Verdict::Invalid | Verdict::Unreadable), "byte {place}: {verdict:?}");
    }
    Ok(())
}

#[test]
fn a_proof_must_be_of_this_result_and_this_log() -> TestResult {
    let log_fails = |change: &dyn Fn(&mut LogProof)| {
        let mut bundle = genuine()?;
        change(bundle.proof.as_mut().ok_or("a proof")?);
        let report = check(&bundle, &trust()?)?;
        let failed: Vec<CheckName> = report.failed().map(|check| check.check).collect();
        Ok::<_, Box<dyn Error>>(report.verdict == Verdict::Invalid && failed == [CheckName::Log])
    };
    assert!(!log_fails(&|_| ())?);
    assert!(log_fails(&|proof| proof.index = 3)?);
    assert!(log_fails(&|proof| proof.size = 0)?);
    assert!(log_fails(&|proof| proof.path.clear())?);
    assert!(log_fails(&|proof| proof.salt = Bytes32::new([0; 32]))?);
    assert!(log_fails(&|proof| proof.leaf.commitment = Digest::ZERO)?);
    assert!(log_fails(&|proof| proof.leaf.kind = LeafKind::Absent)?);
    assert!(log_fails(&|proof| proof.checkpoint = proof.checkpoint.replace("\n5\n", "\n6\n"))?);
    assert!(log_fails(&|proof| proof.checkpoint = proof.checkpoint.replace(ORIGIN, "other.example/log"))?);
    Ok(())
}

#[test]
fn a_log_key_of_low_order_signs_nothing() -> TestResult {
    let mut trust = trust()?;
    trust.log.key = PublicKey::from_raw(Algorithm::Ed25519, &[0; 32])?;
    let failed: Vec<CheckName> = check(&genuine()?, &trust)?.failed().map(|check| check.check).collect();
    assert_eq!(failed, [CheckName::Log]);
    Ok(())
}

// A thief dates results back; only the place in the log tells.
#[test]
fn a_revoked_key_counts_by_place_in_the_log_alone() -> TestResult {
    let verdict = |from_index: u64, jws_alone: bool| {
        let mut trust = trust()?;
        let line = trust.issuers.first_mut().ok_or("a line")?;
        line.revoked = Some(Revocation { from_index, reason: "密钥泄露".into() });
        let bundle = genuine()?;
        let text = if jws_alone { bundle.jws } else { serde_json::to_string(&bundle)? };
        Ok::<_, Box<dyn Error>>(verify(&text, &trust, None, &SoftwareVerifier).verdict)
    };
    assert_eq!(verdict(3, false)?, Verdict::Valid);
    assert_eq!(verdict(2, false)?, Verdict::Invalid);
    assert_eq!(verdict(3, true)?, Verdict::Invalid);
    Ok(())
}

#[test]
fn what_is_no_result_is_unreadable() -> TestResult {
    let trust = trust()?;
    let text = serde_json::to_string(&genuine()?)?;
    for text in [
        "",
        "你好",
        "{}",
        "a.b.c",
        &text.replacen("{", "{\"jws\":\"\",", 1),
        &text.replace("\"v\":1", "\"v\":9007199254740993"),
    ] {
        let report = verify(text, &trust, None, &SoftwareVerifier);
        assert_eq!((report.verdict, report.checks.len()), (Verdict::Unreadable, 1), "{text}");
    }
    Ok(())
}

#[test]
fn a_trust_list_reads_back_and_its_defects_are_named() -> TestResult {
    use super::trust::TrustError;
    let text = serde_json::to_string_pretty(&trust()?)?;
    assert_eq!(TrustList::read(&text)?, trust()?);
    assert!(matches!(TrustList::read(&text.replace("trust-list", "result-bundle")), Err(TrustError::Kind { .. })));
    assert_eq!(TrustList::read(&text.replace("kaoping-log+", "kaoping-log+0")), Err(TrustError::LogKey));
    assert!(matches!(
        TrustList::read(&text.replace("\"revoked\": null", "\"revoked\": null, \"x\": 1")),
        Err(TrustError::Form(_))
    ));
    let mut listed = serde_json::to_value(trust()?)?;
    let line = &listed["issuers"][0];
    let members = ["name", "organization_id", "key", "filing", "valid_from_ms", "revoked"];
    let members: Vec<Value> = members.iter().map(|name| line[*name].clone()).collect();
    listed["issuers"][0] = [members, vec![json!(null), json!(null), json!([]), json!([])]].concat().into();
    let shape = CanonicalError::Shape("/issuers/0".into());
    assert_eq!(TrustList::read(&listed.to_string()), Err(TrustError::Form(shape)), "a line as a list");
    Ok(())
}

// Catches a change of the bundle's, the credential's or the trust list's form: version 1 stays
// readable.
#[test]
fn files_of_version_1_stay_readable() -> TestResult {
    let list = TrustList::read(include_str!("../../../../tests/vectors/result/trust.json"))?;
    let bundle = include_str!("../../../../tests/vectors/result/bundle.json");
    let person = Person {
        name: "王𠮷".into(),
        id_kind: "居民身份证".into(),
        id_number: "100000196803140025".into(),
        code_salt: None,
    };
    let report = verify(bundle, &list, Some(&person), &SoftwareVerifier);
    assert_eq!((report.verdict, report.sample), (Verdict::Valid, true), "{:?}", report.checks);
    assert!(report.holds(CheckName::Holder) && report.holds(CheckName::Log));
    assert_eq!(report.issued_on.as_deref(), Some("2026-11-22"));
    let subject = report.credential.ok_or("readable")?.credential_subject;
    assert_eq!((subject.theory.shown.as_str(), subject.practical.shown.as_str()), ("71.50", "74.17"));
    Ok(())
}
