//! Records against `tests/vectors/records/`, which other software made and signed.

use kaoping_engine::kinds::RecordError;
use kaoping_engine::kinds::any::{AnyRecord, KINDS};
use kaoping_record::digest::Digest;
use kaoping_record::key::{KeyId, PublicKey};
use kaoping_record::message::{Message as _, MessageError};
use kaoping_record::software::SoftwareVerifier;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
struct Contents {
    keys: BTreeMap<KeyId, PublicKey>,
    records: BTreeMap<String, Expected>,
}

#[derive(Deserialize)]
struct Expected {
    identity: Digest,
    kind: String,
    signed_by: Vec<KeyId>,
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/records")
}

fn contents() -> TestResult<Contents> {
    Ok(serde_json::from_slice(&fs::read(folder().join("contents.json"))?)?)
}

fn fixture(name: &str) -> TestResult<Vec<u8>> {
    Ok(fs::read(folder().join(format!("{name}.json")))?)
}

/// The bytes of a fixture with one change.
fn changed(name: &str, change: impl Fn(&mut Value) -> Option<()>) -> TestResult<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(&fixture(name)?)?;
    change(&mut value).ok_or_else(|| format!("{name} has no such member"))?;
    Ok(kaoping_record::canonical::to_bytes(&value)?)
}

/// Each object of a document: its place, and the names of its members.
fn objects(value: &Value, place: &str, found: &mut Vec<(String, Vec<String>)>) {
    match value {
        Value::Object(members) => {
            found.push((place.to_owned(), members.keys().cloned().collect()));
            members.iter().for_each(|(name, value)| objects(value, &format!("{place}/{name}"), found));
        }
        Value::Array(values) => {
            values.iter().zip(0..).for_each(|(value, index)| objects(value, &format!("{place}/{index}"), found));
        }
        _ => {}
    }
}

#[test]
fn every_kind_made_by_other_software_is_read() -> TestResult {
    let contents = contents()?;
    for (name, expected) in &contents.records {
        let bytes = fixture(name)?;
        let record = AnyRecord::read(&bytes).map_err(|error| format!("{name}: {error}"))?;
        assert_eq!(record.kind(), expected.kind, "{name}");
        assert_eq!(record.identity()?, expected.identity, "{name}");
        assert_eq!(record.to_bytes()?, bytes, "{name}");
        for key in &expected.signed_by {
            let key = contents.keys.get(key).ok_or("a listed key")?;
            assert_eq!(record.verify(&SoftwareVerifier, key), Ok(()), "{name}");
        }
    }
    let covered: BTreeSet<&str> = contents.records.values().map(|record| record.kind.as_str()).collect();
    let known: BTreeSet<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(covered, known, "every kind has a fixture");
    Ok(())
}

// Catches a payload type that lets unknown members through.
#[test]
fn unknown_kinds_versions_members_and_algorithms_are_refused() -> TestResult {
    for name in contents()?.records.keys() {
        let unknown = |bytes: Vec<u8>| matches!(AnyRecord::read(&bytes), Err(RecordError::Unknown { .. }));
        assert!(
            unknown(changed(name, |record| {
                record["v"] = json!(1000);
                Some(())
            })?),
            "{name}"
        );
        assert!(
            unknown(changed(name, |record| {
                record["kind"] = json!("other");
                Some(())
            })?),
            "{name}"
        );
        let no_form =
            |bytes: Vec<u8>| matches!(AnyRecord::read(&bytes), Err(RecordError::Message(MessageError::Canonical(_))));
        let add = |pointer: &'static str| {
            move |record: &mut Value| {
                record.pointer_mut(pointer)?.as_object_mut()?.insert("x".into(), json!(1));
                Some(())
            }
        };
        assert!(no_form(changed(name, add("/payload"))?), "{name}: payload");
        assert!(no_form(changed(name, add("/proofs/0"))?), "{name}: proof");
        assert!(no_form(changed(name, add(""))?), "{name}: message");
        assert!(
            no_form(changed(name, |record| {
                record["proofs"][0]["alg"] = json!("none");
                Some(())
            })?),
            "{name}"
        );
    }
    Ok(())
}

// Catches a payload type that takes a list for an object, or a record without a member that is always written.
#[test]
fn another_shape_is_refused_at_every_depth() -> TestResult {
    for name in contents()?.records.keys() {
        let record: Value = serde_json::from_slice(&fixture(name)?)?;
        let mut places = Vec::new();
        objects(&record, "", &mut places);
        for (place, members) in places {
            let listed = changed(name, |record| {
                let object = record.pointer_mut(&place)?;
                *object = object.as_object()?.values().cloned().collect();
                Some(())
            })?;
            assert!(AnyRecord::read(&listed).is_err(), "{name}: {place} as a list");
            // Maps from names to values may lack any.
            if place.ends_with("/scores") || place.ends_with("/payload/vetoes") {
                continue;
            }
            for member in members {
                let without =
                    changed(name, |record| record.pointer_mut(&place)?.as_object_mut()?.remove(&member).map(|_| ()))?;
                assert!(AnyRecord::read(&without).is_err(), "{name}: {place} without {member}");
            }
        }
    }
    Ok(())
}

// Catches a payload type in whose inner objects unknown members get lost.
#[test]
fn unknown_members_are_refused_at_every_depth() -> TestResult {
    for name in contents()?.records.keys() {
        let record: Value = serde_json::from_slice(&fixture(name)?)?;
        let mut places = Vec::new();
        objects(&record["payload"], "/payload", &mut places);
        for (place, _) in places {
            // Maps from names to values have no members of their own.
            if place.ends_with("/scores") || place.ends_with("/payload/vetoes") {
                continue;
            }
            let bytes = changed(name, |record| {
                record.pointer_mut(&place)?.as_object_mut()?.insert("x".into(), json!(1));
                Some(())
            })?;
            assert!(AnyRecord::read(&bytes).is_err(), "{name}: {place}");
        }
    }
    Ok(())
}

#[test]
fn members_that_contradict_each_other_are_named() -> TestResult {
    let one = json!([{ "account": "office", "outside": false }]);
    let cases: [(&str, &str, Value, &str); 28] = [
        ("draw-basis", "/payload/attempt", json!(2), "payload"),
        ("draw-manifest", "/payload/v", json!(2), "v"),
        ("draw-manifest", "/payload/commitments/1/custodian", json!("custodian-1"), "commitments"),
        ("secret-opening", "/payload/attempt", json!(0), "attempt"),
        ("opening", "/payload/attempt", json!(0), "attempt"),
        ("draw-void", "/payload/approved_by", json!("office"), "note"),
        ("correction", "/payload/reason/text", json!(" \u{3000}"), "reason.text"),
        ("correction", "/payload/decided_by", json!([]), "decided_by"),
        ("correction", "/payload/decided_by/1/account", json!("lead-1"), "decided_by"),
        ("key-correction-accepted", "/payload/decided_by/1/account", json!("office"), "decided_by"),
        ("key-correction-accepted", "/payload/decided_by", one, "decided_by"),
        ("key-correction-accepted", "/payload/rule/keys", json!([["o1"]]), "rule"),
        ("key-correction-accepted", "/payload/rule/keys", json!([["o2"], ["o1"]]), "rule"),
        ("key-correction-struck", "/payload/opened/key", json!([]), "opened.key"),
        ("key-correction-struck", "/payload/reason", json!(" "), "reason"),
        ("revocation-result", "/payload/reason/text", json!("字".repeat(501)), "reason.text"),
        ("key-event-revoked", "/payload/organization_id", json!("urn:kaoping:organization:"), "organization_id"),
        ("key-event-compromised", "/payload/event/reason", json!(""), "event.reason"),
        ("roster", "/payload/candidates", json!(0), "candidates"),
        ("closing", "/payload/ends/absent", json!(2), "ends"),
        ("closing", "/payload/size", json!(0), "size"),
        ("sitting-end-annulled", "/payload/decided_by", json!([]), "decided_by"),
        ("sitting-end-void", "/payload/next_batch", json!("b2"), "next_batch"),
        ("sitting-end-deferred", "/payload/next_batch", json!("b1"), "next_batch"),
        ("absence", "/payload/theory/evidence", json!(null), "result"),
        ("acknowledgement", "/payload/records", json!([]), "records"),
        ("theory-score", "/payload/half_marks", json!(3), "half_marks"),
        ("receipt", "/payload/answered", json!(101), "answered"),
    ];
    for (name, pointer, value, expected) in cases {
        let bytes = changed(name, |record| {
            *record.pointer_mut(pointer)? = value.clone();
            Some(())
        })?;
        match AnyRecord::read(&bytes) {
            Err(RecordError::Member { member, .. }) => assert_eq!(member, expected, "{name} {pointer}"),
            other => return Err(format!("{name} {pointer}: {other:?}").into()),
        }
    }
    Ok(())
}

#[test]
fn a_rotation_names_another_key() -> TestResult {
    let bytes = changed("key-event-rotated", |record| {
        let event = record.pointer_mut("/payload/event")?;
        let to: PublicKey = serde_json::from_value(event["to"].clone()).ok()?;
        event["from"] = json!(to.id());
        Some(())
    })?;
    assert!(matches!(AnyRecord::read(&bytes), Err(RecordError::Member { member: "event.to", .. })));
    assert_eq!(kaoping_engine::kinds::key_event::KeyEvent::KIND, "key-event");
    Ok(())
}
