//! A bundle with all records of its ceremony, a voided attempt among them, and every way to alter one that an audit must name.

use super::audit::{bundle as audited, in_turn};
use super::bundle::Bundle;
use super::documents::File;
use super::report::{Report, Verdict};
use crate::draw::manifest::Replaced;
use crate::draw::samples::{Sample, Shape, TestResult};
use crate::draw::void::{DrawVoid, VoidReason};
use crate::draw::{Manifest, deal};
use crate::records::opening::Opening;
use crate::result::verify::trust::TrustList;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId};
use kaoping_record::key::Signer as _;
use kaoping_record::message::{Message, Signed};
use kaoping_record::software::{Es256Signer, SoftwareVerifier};
use kaoping_record::time::Time;
use serde_json::{Value, json};

const SHAPE: Shape = Shape { papers: 6, pools: [20, 20, 12], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 3 };

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

fn leaf(index: u64, record: Digest) -> Value {
    json!({ "index": index, "record": record, "salt": "05".repeat(32) })
}

impl Published {
    fn new() -> TestResult<Self> {
        let mut sample = Sample::new(&SHAPE)?;
        let (first, first_identity) = signed(sample.manifest.clone())?;
        let opened = sample.secrets.first().ok_or("a secret")?.clone();
        let (void, void_identity) = signed(void(&sample.manifest.batch, first_identity, &["alpha"])?)?;
        sample.manifest.attempt = 2;
        sample.manifest.replaces = Some(Replaced { manifest: first_identity, void: void_identity });
        sample.reseed(77);
        sample.rename()?;
        let input = sample.input();
        let deal = deal(&input)?;
        let (manifest, identity) = signed(sample.manifest.clone())?;
        let (opening, opening_identity) = signed(Opening {
            at_ms: Time::from_millis(9),
            attempt: 2,
            batch: sample.manifest.batch.clone(),
            manifest: identity,
            papers: 6,
            seed: Digest::of(&canonical::to_bytes(&deal.seed())?),
        })?;
        let (equivalence, _) = signed(deal.equivalence()?)?;
        let papers: Vec<_> =
            deal.papers().map(|paper| json!({ "paper": paper.paper, "digest": paper.digest() })).collect();
        let bundle = json!({
            "kind": "draw-bundle", "v": 1, "manifest": manifest, "indexes": sample.indexes, "blueprint": sample.blueprint,
            "seating": sample.seating, "secrets": sample.secrets, "entropy": null, "papers": papers,
            "equivalence": equivalence, "manifest_leaf": leaf(7, identity), "opening": opening,
            "opening_leaf": leaf(8, opening_identity),
            "voided": [{
                "attempt": 1, "manifest": first, "manifest_leaf": leaf(3, first_identity), "secrets": [opened],
                "void": void, "void_leaf": leaf(5, void_identity),
            }],
        });
        let mut trust = TrustList::read(include_str!("../../../../tests/vectors/result/trust.json"))?;
        let line = trust.issuers.first_mut().ok_or("an issuer")?;
        line.key = signer()?.public_key().clone();
        Ok(Self { bundle, trust })
    }

    fn report(&self, bundle: &Value, trusted: bool) -> TestResult<Report> {
        let bytes = serde_json::to_vec(bundle)?;
        let bundle = Bundle::read(File { name: "draw.json", bytes: &bytes });
        let trust = trusted.then_some(&self.trust);
        Ok(audited(bundle, trust, &SoftwareVerifier, |comparison, papers| in_turn(comparison, papers, 100, |_, _| {})))
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
    let published = Published::new()?;
    let report = published.report(&published.bundle, true)?;
    assert_eq!((report.verdict, differences(&report)), (Verdict::Holds, vec![]));
    let proven = |text: &str| report.proven.iter().any(|proven| proven.en.contains(text));
    assert!(proven("the certificate of equivalence is, byte for byte") && proven("the opening names manifest"));
    assert!(proven("each of 1 earlier attempts ended in a void") && proven("4 records of the ceremony are signed"));
    let open = |text: &str| report.not_checked.iter().any(|open| open.en.contains(text));
    assert!(open("compare number and commitment with the log (4 ") && !open("does not know"));
    let unsigned = published.report(&published.bundle, false)?;
    assert_eq!(unsigned.verdict, Verdict::Holds);
    assert!(unsigned.not_checked.iter().any(|open| open.en.contains("no trust list was given")));
    Ok(())
}

// A published certificate or record that nobody compares could say anything.
#[test]
fn each_altered_record_is_named() -> TestResult {
    let published = Published::new()?;
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
        ("/opening_leaf/index", json!(7), vec!["leaf_order draw.json /opening_leaf"]),
        ("/manifest_leaf/record", other.clone(), vec!["leaf_other draw.json /manifest_leaf"]),
        ("/manifest_leaf/index", json!(4), vec!["leaf_order draw.json /manifest_leaf"]),
        ("/voided", json!([]), vec!["void_chain draw.json /manifest"]),
        ("/voided/0/attempt", json!(2), vec!["void_chain draw.json /voided/0/manifest"]),
        ("/voided/0/secrets", json!([]), vec!["void_secret draw.json /voided/0/secrets"]),
        ("/voided/0/secrets/0/secret", other.clone(), vec!["void_secret draw.json /voided/0/secrets"]),
        ("/voided/0/void_leaf/index", json!(3), vec!["leaf_order draw.json /voided/0/void_leaf"]),
        (
            "/voided/0/void/payload/note",
            json!("另一个原因"),
            vec![
                "record_signature draw.json /voided/0/void",
                "leaf_other draw.json /voided/0/void_leaf",
                "void_chain draw.json /manifest",
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
    let published = Published::new()?;
    let manifest: Manifest = serde_json::from_value(published.bundle["manifest"]["payload"].clone())?;
    let (of_first, identity) = signed(void(&manifest.batch, Digest::ZERO, &["alpha"])?)?;
    let mut bundle = published.bundle.clone();
    bundle["voided"][0]["void"] = of_first;
    bundle["voided"][0]["void_leaf"]["record"] = json!(identity);
    let report = published.report(&bundle, true)?;
    assert_eq!(differences(&report), ["void_other draw.json /voided/0/void", "void_chain draw.json /manifest"]);
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
    let published = Published::new()?;
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
    for member in ["equivalence", "manifest_leaf", "opening", "opening_leaf", "voided"] {
        bare.as_object_mut().ok_or("an object")?.remove(member);
    }
    let report = published.report(&bare, true)?;
    assert_eq!(report.verdict, Verdict::Holds);
    for text in
        ["no certificate of equivalence", "no record of the opening", "attempts before this one are not published"]
    {
        assert!(report.not_checked.iter().any(|open| open.en.contains(text)), "{text}");
    }
    Ok(())
}
