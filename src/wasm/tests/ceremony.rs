//! A custodian's secret, its commitment and its opening as the page makes them, in a browser.
#![expect(clippy::indexing_slicing, reason = "a JSON value answers null for what it does not hold")]

use kaoping_wasm::ceremony::{check_opening, commitment, new_secret};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

const CASES: &str = include_str!("../../../tests/suite/verify/manifests.json");
const TRUST: &str = include_str!("../../../tests/vectors/result/trust.json");
/// 2026-12-01T04:00:00Z.
const NOW_MS: f64 = 1_796_097_600_000.0;

/// A secret's file with one member replaced.
fn file(member: &str, value: Value) -> Result<String, serde_json::Error> {
    let trust: Value = serde_json::from_str(TRUST)?;
    let mut file = json!({
        "attempt": 1, "basis": "05".repeat(32), "batch": "b1", "custodian": "c1", "kind": "draw-secret",
        "secret": "07".repeat(32), "trust": trust, "v": 1,
    });
    file[member] = value;
    Ok(file.to_string())
}

#[wasm_bindgen_test]
fn a_commitment_is_the_hash_of_the_specification() -> TestResult {
    let answer: Value = serde_json::from_str(&commitment(&file("v", json!(1))?))?;
    // Python: sha256 of kaoping-draw-2, commitment, 32 bytes 0x05, c1 and 32 bytes 0x07, each after its length in four bytes.
    assert_eq!(answer["ok"]["commitment"], "2a8456fe8bbd902d0e8a1e81af0809dbc4178629301f2bbcb261a48e17d6117d");
    Ok(())
}

#[wasm_bindgen_test]
fn each_secret_is_another_and_pins_the_log() -> TestResult {
    let place =
        json!({ "batch": "b1", "attempt": 1, "basis": "05".repeat(32), "custodian": "c1", "profile": "sample" });
    let made = || -> TestResult<Value> {
        let answer: Value = serde_json::from_str(&new_secret(&place.to_string(), TRUST))?;
        let file = answer["ok"]["file"].as_str().ok_or("a file")?;
        let again: Value = serde_json::from_str(&commitment(file))?;
        assert_eq!(again["ok"]["commitment"], answer["ok"]["commitment"]);
        Ok(serde_json::from_str(file)?)
    };
    let (first, second) = (made()?, made()?);
    assert_eq!(first["secret"].as_str().map(str::len), Some(64));
    assert_ne!(first["secret"], second["secret"]);
    let trust: Value = serde_json::from_str(TRUST)?;
    assert_eq!(first["trust"]["log"], trust["log"]);

    let mut formal = place.clone();
    formal["profile"] = json!("formal");
    let refused: Value = serde_json::from_str(&new_secret(&formal.to_string(), TRUST))?;
    assert_eq!(refused["error"]["code"], "trust_witness");
    Ok(())
}

#[wasm_bindgen_test]
fn a_damaged_secret_is_refused() -> TestResult {
    for secret in ["", "07", &"zz".repeat(32)] {
        let answer: Value = serde_json::from_str(&commitment(&file("secret", json!(secret))?))?;
        assert_eq!(answer["error"]["code"], "secret", "{secret}");
    }
    let answer: Value = serde_json::from_str(&commitment(&file("kind", json!("receipt"))?))?;
    assert_eq!(answer["error"]["code"], "secret");
    Ok(())
}

// Catches a page that sends a secret although a check of its manifest fails.
#[wasm_bindgen_test]
fn a_secret_leaves_only_when_every_check_holds() -> TestResult {
    let cases: Value = serde_json::from_str(CASES)?;
    let (mut opened, mut closed) = (0, 0);
    for case in cases["cases"].as_array().ok_or("cases")? {
        let (Some(manifest), Some(secret)) = (case["text"].as_str(), case["secret"].as_str()) else { continue };
        let answer: Value = serde_json::from_str(&check_opening(secret, manifest, NOW_MS))?;
        // The page takes the list that the secret pins, and one case gives another.
        let pinned = case["expect"]["defects"] != json!(["pinned_log"]);
        if pinned && answer["ok"]["report"].is_object() {
            assert_eq!(answer["ok"]["report"]["verdict"], case["expect"]["verdict"], "{}", case["name"]);
        }
        if pinned && case["expect"]["verdict"] == "valid" {
            assert!(answer["ok"]["secret"].is_string(), "{}", case["name"]);
            opened += 1;
        } else if pinned {
            assert!(answer["ok"]["secret"].is_null(), "{}", case["name"]);
            closed += 1;
        }
    }
    assert!(opened >= 2 && closed >= 15, "{opened} opened, {closed} closed");
    Ok(())
}
