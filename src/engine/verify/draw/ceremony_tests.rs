//! A bundle with all records of its ceremony, a voided attempt among them, and every way to alter
//! one that an audit must name.

use super::audit::{bundle as audited, in_turn};
use super::bundle::Bundle;
use super::input_files::File;
use super::report::{Report, Verdict};
use crate::bank::Profile;
use crate::draw::basis::{PublicEntropy, Replaced};
use crate::draw::entropy::{EntropyOutcome, LOTTERY_RULE, LotteryOutcome};
use crate::draw::samples::{Sample, Shape, TestResult};
use crate::draw::void::{DrawVoid, VoidReason};
use crate::draw::{DrawInput, Secret, deal};
use crate::kinds::opening::Opening;
use crate::kinds::secret_opening::SecretOpening;
use crate::verify::file::trust::TrustList;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId};
use kaoping_record::key::Signer as _;
use kaoping_record::log::checkpoint::{Checkpoint, verifier_key};
use kaoping_record::log::cosignature::cosign;
use kaoping_record::log::leaf::{Leaf, LeafKind};
use kaoping_record::log::note::{Note, NoteKey, NoteKeyKind};
use kaoping_record::log::tree::{inclusion_proof, leaf_hash, root};
use kaoping_record::message::{Message, Signed};
use kaoping_record::software::{Ed25519Signer, Es256Signer, SoftwareVerifier};
use kaoping_record::time::Time;
use serde_json::{Value, json};

const SHAPE: Shape = Shape { papers: 6, pools: [20, 20, 12], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 3 };
/// Before this time nobody knows the public entropy.
const NOT_BEFORE: i64 = 1_795_320_000_000;
const ORIGIN: &str = "log.example/draws";

/// A published draw in its second attempt, and a trust list with its signer.
struct Published {
    bundle: Value,
    trust: TrustList,
}

fn signer() -> TestResult<Es256Signer> {
    Ok(Es256Signer::from_scalar(&[3; 32])?)
}

fn signed<T: Message>(payload: T) -> TestResult<(Value, Digest)> {
    let message = Signed::new(payload).sign(&signer()?)?;
    Ok((serde_json::from_slice(&message.to_bytes()?)?, message.identity()?))
}

fn salt() -> Bytes32 {
    Bytes32::new([5; 32])
}

fn leaf(index: u64, record: Digest) -> Value {
    json!({ "index": index, "record": record, "salt": salt() })
}

fn outcome() -> EntropyOutcome {
    EntropyOutcome::Lottery(LotteryOutcome {
        v: 1,
        rule: LOTTERY_RULE.into(),
        source: "中国福利彩票快乐8 第2026300期".into(),
        numbers: vec![(1..=20).map(|number| 4 * number).collect()],
        published_at_ms: Time::from_millis(NOT_BEFORE),
    })
}

fn witness() -> TestResult<(NoteKey, Ed25519Signer)> {
    let signer = Ed25519Signer::from_seed(&[9; 32])?;
    Ok((NoteKey::new("witness.example", NoteKeyKind::Witness, signer.public_key().clone())?, signer))
}

fn log() -> TestResult<Ed25519Signer> {
    Ok(Ed25519Signer::from_seed(&[8; 32])?)
}

/// The log of twelve leaves, those of these openings from the tenth on, cosigned at a time.
fn checkpoint(batch: &BatchId, openings: &[Digest], at: i64) -> TestResult<Value> {
    let mut hashes: Vec<Digest> = (0..10_u8).map(|number| Digest::of(&[number])).collect();
    for record in openings {
        hashes.push(leaf_hash(&Leaf::new(batch.clone(), LeafKind::SecretOpening, &salt(), record).entry()?));
    }
    let note = Checkpoint { origin: ORIGIN.into(), size: hashes.len() as u64, root: root(&hashes) }.sign(&log()?)?;
    let note = Note::parse(&note)?;
    let (key, signer) = witness()?;
    let line = cosign(&note, &key, &signer, Time::from_millis(at))?;
    let paths = (10..hashes.len()).map(|index| inclusion_proof(&hashes, index));
    Ok(json!({ "note": note.with(line).to_string(), "paths": paths.collect::<Option<Vec<_>>>() }))
}

impl Published {
    fn new(profile: Profile) -> TestResult<Self> {
        let mut sample = Sample::new(&SHAPE)?;
        let formal = profile == Profile::Formal;
        sample.basis.profile = profile;
        sample.basis.public_entropy = formal.then(|| PublicEntropy {
            source: "中国福利彩票快乐8 第2026300期".into(),
            rule: LOTTERY_RULE.into(),
            not_before_ms: Time::from_millis(NOT_BEFORE),
        });
        sample.rename()?;
        let batch = sample.basis.batch.clone();
        let (first_basis, first_basis_identity) = signed(sample.basis.clone())?;
        let (first, first_identity) = signed(sample.manifest.clone())?;
        let opened = sample.secrets.first().ok_or("a secret")?.clone();
        let (void, void_identity) = signed(void(&batch, first_identity, &["alpha"])?)?;
        sample.basis.attempt = 2;
        sample.basis.replaces = Some(Replaced { manifest: first_identity, void: void_identity });
        sample.rename()?;
        sample.reseed(77);
        let outcome = formal.then(outcome);
        let entropy = outcome.as_ref().zip(sample.basis.public_entropy.as_ref());
        let entropy = entropy.map(|(outcome, named)| outcome.bytes_for(named, profile)).transpose();
        let entropy = entropy.map_err(|fault| fault.code)?;
        let input = DrawInput { public_entropy: entropy.as_deref(), ..sample.input() };
        let deal = deal(&input)?;
        let (basis, basis_identity) = signed(sample.basis.clone())?;
        let (manifest, identity) = signed(sample.manifest.clone())?;
        let opening_of = |secret: &Secret| {
            signed(SecretOpening {
                at_ms: Time::from_millis(8),
                attempt: 2,
                batch: batch.clone(),
                custodian: secret.custodian.clone(),
                manifest: identity,
                secret: secret.secret,
            })
        };
        let openings = sample.secrets.iter().map(opening_of).collect::<Result<Vec<_>, _>>()?;
        let (openings, opened_records): (Vec<Value>, Vec<Digest>) = openings.into_iter().unzip();
        let leaves: Vec<Value> = (10..).zip(&opened_records).map(|(index, record)| leaf(index, *record)).collect();
        let (opening, opening_identity) = signed(Opening {
            at_ms: Time::from_millis(9),
            attempt: 2,
            batch: batch.clone(),
            manifest: identity,
            papers: 6,
            seed: Digest::of(&canonical::to_bytes(&deal.seed())?),
        })?;
        let (equivalence, _) = signed(deal.equivalence()?)?;
        let papers: Vec<_> =
            deal.papers().map(|paper| json!({ "paper": paper.paper, "digest": paper.digest() })).collect();
        let checkpoint = formal.then(|| checkpoint(&batch, &opened_records, NOT_BEFORE - 1000)).transpose()?;
        let bundle = json!({
            "kind": "draw-bundle", "v": 1, "basis": basis, "manifest": manifest, "indexes": sample.indexes,
            "blueprint": sample.blueprint, "seating": sample.seating, "secrets": sample.secrets, "entropy": outcome,
            "papers": papers, "equivalence": equivalence, "basis_leaf": leaf(6, basis_identity),
            "manifest_leaf": leaf(7, identity), "openings": openings, "opening_leaves": leaves, "checkpoint": checkpoint,
            "opening": opening, "opening_leaf": leaf(12, opening_identity),
            "voided": [{
                "attempt": 1, "basis": first_basis, "basis_leaf": leaf(2, first_basis_identity), "manifest": first,
                "manifest_leaf": leaf(3, first_identity), "secrets": [opened], "void": void,
                "void_leaf": leaf(5, void_identity),
            }],
        });
        let mut trust = TrustList::read(include_str!("../../../../tests/vectors/result/trust.json"))?;
        let line = trust.issuers.first_mut().ok_or("an issuer")?;
        line.key = signer()?.public_key().clone();
        trust.log.origin = ORIGIN.into();
        trust.log.key = log()?.public_key().clone();
        trust.log.verifier_key = verifier_key(ORIGIN, log()?.public_key())?;
        trust.witnesses = vec![witness()?.0.to_string()];
        Ok(Self { bundle, trust })
    }

    fn report(&self, bundle: &Value, trusted: bool) -> TestResult<Report> {
        let bytes = serde_json::to_vec(bundle)?;
        let bundle = Bundle::read(File { name: "draw.json", bytes: &bytes });
        let trust = trusted.then_some(&self.trust);
        Ok(audited(bundle, trust, &SoftwareVerifier, &[], |comparison, papers| {
            in_turn(comparison, papers, 100, |_, _| {})
        }))
    }

    /// Codes and places of what differs when one part is another.
    fn with(&self, pointer: &str, value: Value) -> TestResult<Vec<String>> {
        let mut bundle = self.bundle.clone();
        *bundle.pointer_mut(pointer).ok_or_else(|| format!("no {pointer}"))? = value;
        Ok(differences(&self.report(&bundle, true)?))
    }
}

fn void(batch: &BatchId, manifest: Digest, opened: &[&str]) -> TestResult<DrawVoid> {
    Ok(DrawVoid {
        approved_by: AccountId::new("beta")?,
        at_ms: Time::from_millis(5),
        attempt: 1,
        batch: batch.clone(),
        manifest,
        note: "保管人的 U 盘损坏，备份也打不开".into(),
        opened: opened.iter().map(|account| AccountId::new(*account)).collect::<Result<_, _>>()?,
        proposed_by: AccountId::new("office")?,
        reason: VoidReason::SecretLost,
    })
}

fn differences(report: &Report) -> Vec<String> {
    report.differences.iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect()
}

#[test]
fn a_whole_ceremony_holds() -> TestResult {
    let published = Published::new(Profile::Sample)?;
    let report = published.report(&published.bundle, true)?;
    assert_eq!((report.verdict, differences(&report)), (Verdict::Holds, vec![]));
    let proven = |text: &str| report.proven.iter().any(|proven| proven.en.contains(text));
    assert!(proven("the certificate of equivalence is, byte for byte") && proven("the opening names manifest"));
    assert!(proven("each of 1 earlier attempts ended in a void") && proven("7 records of the ceremony are signed"));
    let open = |text: &str| report.not_checked.iter().any(|open| open.en.contains(text));
    assert!(open("compare number and commitment with the log (3 ") && !open("does not know"));
    let unsigned = published.report(&published.bundle, false)?;
    assert_eq!(unsigned.verdict, Verdict::Holds);
    assert!(unsigned.not_checked.iter().any(|open| open.en.contains("no trust list was given")));
    Ok(())
}

// A published certificate or record that nobody compares could say anything.
#[test]
fn each_altered_record_is_named() -> TestResult {
    let published = Published::new(Profile::Sample)?;
    let other = json!("0".repeat(64));
    for (pointer, value, expected) in [
        (
            "/equivalence/payload/items",
            json!(9),
            vec!["record_signature draw.json /equivalence", "document_differs draw.json /equivalence/payload /items"],
        ),
        ("/equivalence/payload/x", json!(1), vec!["record_unreadable draw.json /equivalence"]),
        (
            "/opening/payload/seed",
            other.clone(),
            vec![
                "record_signature draw.json /opening",
                "leaf_other draw.json /opening_leaf",
                "opening_other draw.json /opening/payload/seed",
            ],
        ),
        ("/opening_leaf/record", other.clone(), vec!["leaf_other draw.json /opening_leaf"]),
        ("/opening_leaf/index", json!(11), vec!["leaf_order draw.json /opening_leaf"]),
        ("/basis_leaf/record", other.clone(), vec!["leaf_other draw.json /basis_leaf"]),
        ("/basis_leaf/index", json!(5), vec!["leaf_order draw.json /basis_leaf"]),
        ("/manifest_leaf/record", other.clone(), vec!["leaf_other draw.json /manifest_leaf"]),
        ("/manifest_leaf/index", json!(6), vec!["leaf_order draw.json /manifest_leaf"]),
        ("/opening_leaves/1/record", other.clone(), vec!["leaf_other draw.json /opening_leaves/1"]),
        ("/opening_leaves/1/index", json!(7), vec!["leaf_order draw.json /opening_leaves/1"]),
        ("/opening_leaves", json!([]), vec!["secret_opening_other draw.json /openings"]),
        ("/openings", json!([]), vec!["secret_opening_other draw.json /openings"]),
        ("/voided", json!([]), vec!["void_chain draw.json /basis"]),
        ("/voided/0/attempt", json!(2), vec!["void_chain draw.json /voided/0/basis"]),
        ("/voided/0/basis_leaf/record", other.clone(), vec!["leaf_other draw.json /voided/0/basis_leaf"]),
        ("/voided/0/secrets", json!([]), vec!["void_secret draw.json /voided/0/secrets"]),
        ("/voided/0/secrets/0/secret", other.clone(), vec!["void_secret draw.json /voided/0/secrets"]),
        ("/voided/0/void_leaf/index", json!(3), vec!["leaf_order draw.json /voided/0/void_leaf"]),
        (
            "/voided/0/void/payload/note",
            json!("另一个原因"),
            vec![
                "record_signature draw.json /voided/0/void",
                "leaf_other draw.json /voided/0/void_leaf",
                "void_chain draw.json /basis",
            ],
        ),
    ] {
        let found = if pointer == "/equivalence/payload/x" {
            let mut payload = published.bundle["equivalence"]["payload"].clone();
            payload["x"] = value;
            published.with("/equivalence/payload", payload)?
        } else {
            published.with(pointer, value)?
        };
        assert_eq!(found, expected, "{pointer}");
    }
    Ok(())
}

// Records that the organization signed, but for something else.
#[test]
fn genuine_records_of_something_else_are_named() -> TestResult {
    let published = Published::new(Profile::Sample)?;
    let batch = BatchId::new("batch")?;
    let (of_first, identity) = signed(void(&batch, Digest::ZERO, &["alpha"])?)?;
    let mut bundle = published.bundle.clone();
    bundle["voided"][0]["void"] = of_first;
    bundle["voided"][0]["void_leaf"]["record"] = json!(identity);
    let report = published.report(&bundle, true)?;
    assert_eq!(differences(&report), ["void_other draw.json /voided/0/void", "void_chain draw.json /basis"]);
    let mut opening: Opening = serde_json::from_value(published.bundle["opening"]["payload"].clone())?;
    opening.papers = 5;
    let (opening, identity) = signed(opening)?;
    let mut bundle = published.bundle.clone();
    bundle["opening"] = opening;
    bundle["opening_leaf"]["record"] = json!(identity);
    assert_eq!(differences(&published.report(&bundle, true)?), ["opening_other draw.json /opening/payload/papers"]);
    Ok(())
}

#[test]
fn what_is_missing_is_not_proven_rather_than_wrong() -> TestResult {
    let published = Published::new(Profile::Sample)?;
    let mut bundle = published.bundle.clone();
    bundle["secrets"].as_array_mut().ok_or("a list")?.pop();
    let report = published.report(&bundle, true)?;
    assert_eq!((report.verdict, report.refusal), (Verdict::Unchecked, Some("secret")));
    assert_eq!(differences(&report), Vec::<String>::new());
    assert!(report.not_checked.iter().any(|open| open.en.contains("the opened secret of custodian `beta` is missing")));
    let mut doubled = published.bundle.clone();
    let secret = doubled["secrets"][0].clone();
    doubled["secrets"].as_array_mut().ok_or("a list")?.push(secret);
    assert_eq!(published.report(&doubled, true)?.refusal, Some("secret"), "given twice is not missing");
    let mut bare = published.bundle.clone();
    for member in [
        "equivalence",
        "basis_leaf",
        "manifest_leaf",
        "openings",
        "opening_leaves",
        "checkpoint",
        "opening",
        "opening_leaf",
        "voided",
    ] {
        bare.as_object_mut().ok_or("an object")?.remove(member);
    }
    let report = published.report(&bare, true)?;
    assert_eq!(report.verdict, Verdict::Holds);
    for text in
        ["no certificate of equivalence", "records of the opened secrets are not", "attempts before this one are not"]
    {
        assert!(report.not_checked.iter().any(|open| open.en.contains(text)), "{text}");
    }
    Ok(())
}

// Another basis under the same commitments would be another draw.
#[test]
fn a_manifest_of_an_earlier_attempt_is_of_its_basis() -> TestResult {
    let published = Published::new(Profile::Sample)?;
    let mut bundle = published.bundle.clone();
    bundle["voided"][0]["basis"] = bundle["basis"].clone();
    let found = differences(&published.report(&bundle, true)?);
    assert!(found.contains(&"void_chain draw.json /voided/0/basis".to_owned()), "{found:?}");
    assert!(found.contains(&"void_chain draw.json /voided/0/manifest".to_owned()), "{found:?}");
    Ok(())
}

// Genuine records of an opening that are not those of this draw.
#[test]
fn openings_are_those_of_the_draw() -> TestResult {
    let published = Published::new(Profile::Sample)?;
    for (member, value) in [
        ("batch", json!("other")),
        ("attempt", json!(1)),
        ("custodian", json!("beta")),
        ("manifest", json!("0".repeat(64))),
        ("secret", json!("0".repeat(64))),
    ] {
        let mut bundle = published.bundle.clone();
        let mut opening: SecretOpening = serde_json::from_value({
            let mut payload = bundle["openings"][0]["payload"].clone();
            payload[member] = value;
            payload
        })?;
        opening.at_ms = Time::from_millis(8);
        let (record, identity) = signed(opening)?;
        bundle["openings"][0] = record;
        bundle["opening_leaves"][0]["record"] = json!(identity);
        let expected = format!("secret_opening_other draw.json /openings/0/payload/{member}");
        assert_eq!(differences(&published.report(&bundle, true)?), [expected]);
    }
    Ok(())
}

// Whoever opened a secret in an attempt that ended would know it in the next.
#[test]
fn a_secret_serves_once() -> TestResult {
    let published = Published::new(Profile::Sample)?;
    let mut bundle = published.bundle.clone();
    bundle["voided"][0]["secrets"][0]["secret"] = bundle["secrets"][1]["secret"].clone();
    let found = differences(&published.report(&bundle, true)?);
    assert_eq!(found, ["void_secret draw.json /voided/0/secrets", "secret_again draw.json /secrets/1"]);
    Ok(())
}

#[test]
fn certification_shows_that_secrets_were_opened_in_time() -> TestResult {
    const LATE: &str = "openings_late draw.json /checkpoint";
    let published = Published::new(Profile::Formal)?;
    let report = published.report(&published.bundle, true)?;
    assert_eq!((report.verdict, differences(&report)), (Verdict::Holds, vec![]));
    assert!(report.proven.iter().any(|proven| proven.en.contains("`witness.example` saw it at")));
    let unsigned = published.report(&published.bundle, false)?;
    assert_eq!(unsigned.verdict, Verdict::Holds);
    assert!(unsigned.not_checked.iter().any(|open| open.en.contains("signatures and time were not checked")));

    let batch = BatchId::new("batch")?;
    let records: Vec<Digest> = serde_json::from_value(json!([
        published.bundle["opening_leaves"][0]["record"],
        published.bundle["opening_leaves"][1]["record"],
    ]))?;
    // A witness's time is in whole seconds.
    assert_eq!(published.with("/checkpoint", checkpoint(&batch, &records, NOT_BEFORE)?)?, [LATE]);
    assert_eq!(published.with("/checkpoint", checkpoint(&batch, &[Digest::ZERO, Digest::ZERO], 0)?)?, [LATE]);
    assert_eq!(published.with("/checkpoint", Value::Null)?, [LATE]);
    assert_eq!(published.with("/checkpoint/paths", json!([]))?, [LATE]);
    assert_eq!(published.with("/checkpoint/note", json!("x"))?, [LATE]);
    let note = published.bundle["checkpoint"]["note"].as_str().ok_or("a note")?;
    let mut lines: Vec<&str> = note.lines().collect();
    lines.pop();
    assert_eq!(published.with("/checkpoint/note", json!(lines.join("\n") + "\n"))?, [LATE], "no witness");
    let mut other = Published::new(Profile::Formal)?;
    other.trust.log.key = witness()?.1.public_key().clone();
    assert_eq!(differences(&other.report(&other.bundle, true)?), [LATE], "another log");
    let mut nobody = published;
    nobody.trust.witnesses.clear();
    assert_eq!(nobody.report(&nobody.bundle, true)?.verdict, Verdict::Unchecked);
    Ok(())
}
