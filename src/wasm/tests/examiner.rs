//! A score sheet through the examiner's entry point, in a browser.
#![cfg(all(target_arch = "wasm32", feature = "examiner"))]
#![expect(clippy::indexing_slicing, reason = "a JSON value answers null for what it does not hold")]

use kaoping_record::digest::Digest;
use kaoping_wasm::examiner::Examiner;
use kaoping_wasm::running::new_device_key;
use serde_json::{Value, json};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

type Tested<T = ()> = Result<T, Box<dyn std::error::Error>>;

const SHEET: &str = include_str!("../../../question-bank/sheets/5/s5-feeding-in-bed.json");

fn started(service: &[&str], device: &[&str]) -> Tested<(Examiner, Value)> {
    let start = json!({
        "sheet": serde_json::from_str::<Value>(SHEET)?, "service": service, "device": device,
        "assignment": { "id": "a1", "examiner": "e1", "stream": "tablet/a1" },
    });
    let mut entry = Examiner::new();
    let answer = ok(&entry.start(1_000.0, &start.to_string()))?;
    Ok((entry, answer))
}

fn ok(answer: &str) -> Tested<Value> {
    let answer: Value = serde_json::from_str(answer)?;
    if answer["error"].is_null() { Ok(answer["ok"].clone()) } else { Err(answer.to_string().into()) }
}

fn error(answer: &str) -> Tested<String> {
    let answer: Value = serde_json::from_str(answer)?;
    Ok(answer["error"]["code"].as_str().ok_or("no error")?.to_owned())
}

// Catches a call that reads other arguments or answers another shape than the page's types say.
#[wasm_bindgen_test]
fn a_sheet_is_scored_stored_and_begun_again() -> Tested {
    let (mut entry, _) = started(&[], &[])?;
    let begun = ok(&entry.handle(1_000.0, r#"{"touch":"begin"}"#))?;
    let first = begun["persist"][0].as_str().ok_or("an event")?;
    let scored = ok(&entry.handle(2_000.0, r#"{"touch":"score","item":"1.1","award":"2"}"#))?;
    let second = scored["persist"][0].as_str().ok_or("an event")?;
    assert_eq!((&scored["view"]["awards"], &scored["view"]["unconfirmed"]), (&json!({ "1.1": "2" }), &json!(2)));
    assert_eq!(ok(&entry.confirm(2_000.0, &Digest::of(first.as_bytes()).to_hex()))?["unconfirmed"], 1);
    assert_eq!(ok(&entry.unsent())?[0]["event"], second);

    let (again, joined) = started(&[first], &[first, second])?;
    assert_eq!((&joined["kept"], &joined["turn"]["persist"]), (&json!(2), &json!([])));
    assert_eq!(joined["turn"]["view"]["awards"], scored["view"]["awards"]);
    assert_eq!(ok(&again.unsent())?[0]["event"], second);
    let (_, restored) = started(&[first, second], &[])?;
    assert_eq!(restored["turn"]["persist"], json!([first, second]));

    let timer = r#"{"touch":"start_timer","timer":{"type":"task"}}"#;
    ok(&entry.handle(3_000.0, timer))?;
    assert_eq!(ok(&entry.tick(4_000.0))?["view"]["timers"][1]["used_ms"], 1_000);
    let key = ok(&new_device_key())?;
    let signed = ok(&entry.checkpoint(key["seed"].as_str().ok_or("a seed")?))?;
    assert!(signed.as_str().is_some_and(|text| text.contains("tablet-checkpoint")));
    Ok(())
}

#[wasm_bindgen_test]
fn a_refusal_has_a_code() -> Tested {
    let (mut entry, _) = started(&[], &[])?;
    assert_eq!(error(&entry.handle(1_000.0, r#"{"touch":"undo","item":"1.1"}"#))?, "input");
    assert_eq!(error(&entry.handle(1_000.0, r#"{"touch":"score","item":"1.1","award":"2"}"#))?, "refused");
    ok(&entry.handle(1_000.0, r#"{"touch":"begin"}"#))?;
    assert_eq!(error(&entry.handle(1_000.0, r#"{"touch":"hand_in","total_half_marks":0}"#))?, "unscored");
    assert_eq!(error(&Examiner::new().tick(0.0))?, "input");
    Ok(())
}
