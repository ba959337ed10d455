//! A custodian's secret and its commitment as the page makes them, in a browser.
#![expect(clippy::indexing_slicing, reason = "a JSON value answers null for what it does not hold")]

use kaoping_wasm::ceremony::{commitment, new_secret};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

#[wasm_bindgen_test]
fn a_commitment_is_the_hash_of_the_specification() -> TestResult {
    let given = json!({ "basis": "05".repeat(32), "custodian": "c1", "secret": "07".repeat(32) });
    let answer: Value = serde_json::from_str(&commitment(&given.to_string()))?;
    // Python: sha256 of kaoping-draw-2, commitment, 32 bytes 0x05, c1 and 32 bytes 0x07, each after its length in four bytes.
    assert_eq!(answer["ok"]["commitment"], "2a8456fe8bbd902d0e8a1e81af0809dbc4178629301f2bbcb261a48e17d6117d");
    Ok(())
}

#[wasm_bindgen_test]
fn each_secret_is_another() -> TestResult {
    let secret = || Ok::<_, serde_json::Error>(serde_json::from_str::<Value>(&new_secret())?["ok"]["secret"].clone());
    let (first, second) = (secret()?, secret()?);
    assert_eq!(first.as_str().map(str::len), Some(64));
    assert_ne!(first, second);
    Ok(())
}

#[wasm_bindgen_test]
fn a_damaged_secret_is_refused() -> TestResult {
    for secret in ["", "07", &"zz".repeat(32)] {
        let given = json!({ "basis": "05".repeat(32), "custodian": "c1", "secret": secret });
        let answer: Value = serde_json::from_str(&commitment(&given.to_string()))?;
        assert_eq!(answer["error"]["code"], "secret", "{secret}");
    }
    Ok(())
}
