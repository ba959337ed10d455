//! A score sheet as the tablet's page drives it, in a browser.
#![expect(clippy::indexing_slicing, reason = "a JSON value answers null for what it does not hold")]

use kaoping_engine::session::hand_in::TabletCheckpoint;
use kaoping_record::digest::Digest;
use kaoping_record::key::PublicKey;
use kaoping_record::message::Signed;
use kaoping_record::software::SoftwareVerifier;
use kaoping_wasm::examiner::{Examiner, new_tablet_key};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

const SHEET: &str = include_str!("../../../question-bank/sheets/5/s5-feeding-in-bed.json");

fn start(journal: &[String], stored: &[String]) -> TestResult<(Examiner, Value)> {
    let sheet: Value = serde_json::from_str(SHEET)?;
    let assignment = json!({ "id": "a1", "examiner": "e1", "stream": "tablet/a1" });
    let text = json!({ "sheet": sheet, "assignment": assignment, "journal": journal, "stored": stored }).to_string();
    let mut face = Examiner::new();
    let answer = ok(&face.start(1_000.0, &text))?;
    Ok((face, answer))
}

fn ok(answer: &str) -> TestResult<Value> {
    let answer: Value = serde_json::from_str(answer)?;
    if answer["ok"].is_null() { Err(answer.to_string().into()) } else { Ok(answer["ok"].clone()) }
}

fn error(answer: &str) -> TestResult<String> {
    let answer: Value = serde_json::from_str(answer)?;
    Ok(answer["error"]["code"].as_str().ok_or("no error")?.to_owned())
}

/// What the answer asks to store.
fn persisted(answer: &Value) -> Vec<String> {
    let outputs = answer["outputs"].as_array().into_iter().flatten();
    outputs.filter_map(|output| output["persist"].as_str().map(str::to_owned)).collect()
}

/// What the answer asks to send.
fn sent(answer: &Value) -> Vec<String> {
    let outputs = answer["outputs"].as_array().into_iter().flatten();
    outputs.filter_map(|output| output["send"]["event"].as_str().map(str::to_owned)).collect()
}

/// A sheet with two awards and a veto, and its journal.
fn scored() -> TestResult<(Examiner, Vec<String>)> {
    let (mut face, _) = start(&[], &[])?;
    let mut journal = persisted(&ok(&face.begin(1_000.0))?);
    journal.extend(persisted(&ok(&face.score(2_000.0, "1.1", "2"))?));
    journal.extend(persisted(&ok(&face.score(3_000.0, "1.2", "b"))?));
    let sheet: Value = serde_json::from_str(SHEET)?;
    let veto = &sheet["vetoes"][0];
    let (id, note) = (veto["id"].as_str().ok_or("id")?, veto["notes"][0]["code"].as_str().ok_or("note")?);
    journal.extend(persisted(&ok(&face.mark(4_000.0, id, note))?));
    Ok((face, journal))
}

#[wasm_bindgen_test]
fn a_reload_gives_the_same_view() -> TestResult {
    let (mut face, journal) = scored()?;
    let before = ok(&face.tick(5_000.0))?["view"].clone();
    // 1.1 both done 3 marks, 1.2 one step missing 2 marks: 5 marks.
    assert_eq!((before["total_half_marks"].as_u64(), before["unconfirmed"].as_u64()), (Some(10), Some(4)));
    let (_, again) = start(&journal, &[])?;
    assert_eq!(again["view"], before);
    assert_eq!(sent(&again), journal);
    Ok(())
}

#[wasm_bindgen_test]
fn undo_takes_the_last_step_back() -> TestResult {
    let (mut face, _) = scored()?;
    let undone = ok(&face.undo(5_000.0))?["view"].clone();
    assert_eq!(undone["vetoes"], json!({}));
    assert_eq!(undone["total_half_marks"], 10);
    let cleared = ok(&face.clear(6_000.0, "1.2"))?["view"].clone();
    assert_eq!(cleared["total_half_marks"], 6);
    let back = ok(&face.undo(7_000.0))?["view"].clone();
    assert_eq!((back["total_half_marks"].as_u64(), back["awards"]["1.2"].as_str()), (Some(10), Some("b")));
    Ok(())
}

#[wasm_bindgen_test]
fn what_the_service_holds_is_not_sent_again() -> TestResult {
    let (mut face, journal) = scored()?;
    let second = Digest::of(journal[1].as_bytes()).to_hex();
    assert_eq!(ok(&face.confirm(5_000.0, &second))?["view"]["unconfirmed"], 2);
    assert_eq!(sent(&ok(&face.resend(5_000.0))?), journal[2..]);
    // A tablet without its storage goes on from what the service holds.
    let (_, restored) = start(&[], &journal[..2])?;
    assert_eq!((restored["kept"].as_u64(), restored["missing"].as_array().map(Vec::len)), (Some(0), Some(2)));
    assert_eq!((restored["view"]["unconfirmed"].as_u64(), sent(&restored).len()), (Some(0), 0));
    Ok(())
}

#[wasm_bindgen_test]
fn another_tablets_events_count_and_nothing_is_mixed() -> TestResult {
    let (_, journal) = scored()?;
    let (mut other, _) = start(&journal[..1], &journal[..1])?;
    let mut stored = journal[..1].to_vec();
    stored.extend(persisted(&ok(&other.score(9_000.0, "1.1", "0"))?));
    let (_, joined) = start(&journal, &stored)?;
    assert_eq!((joined["kept"].as_u64(), joined["aside"].as_u64()), (Some(1), Some(3)));
    assert_eq!(joined["missing"], json!([stored[1]]));
    assert_eq!(joined["view"]["awards"], json!({ "1.1": "0" }));
    Ok(())
}

#[wasm_bindgen_test]
fn nothing_is_handed_in_unscored_or_with_another_sum() -> TestResult {
    let (mut face, journal) = scored()?;
    assert_eq!(error(&face.hand_in(5_000.0, 10))?, "unscored");
    let filled = ok(&face.not_done(5_000.0))?;
    assert_eq!(
        (filled["view"]["unscored"].clone(), filled["view"]["total_half_marks"].clone()),
        (json!([]), json!(10))
    );
    assert_eq!(error(&face.hand_in(6_000.0, 12))?, "total");
    let handed_in = ok(&face.hand_in(6_000.0, 10))?;
    assert_eq!(handed_in["view"]["handed_in"], 6_000);
    assert_eq!(error(&face.score(7_000.0, "1.1", "0"))?, "handed_in");

    let key = ok(&new_tablet_key())?;
    let message = ok(&face.checkpoint(key["seed"].as_str().ok_or("a seed")?))?;
    let message: Signed<TabletCheckpoint> = Signed::parse(message["message"].as_str().ok_or("text")?.as_bytes())?;
    let public: PublicKey = serde_json::from_value(key["key"].clone())?;
    message.verify(&SoftwareVerifier, &public)?;
    let events = journal.len() + persisted(&filled).len() + 1;
    assert_eq!(message.payload.events, u64::try_from(events)?);
    assert_eq!(message.payload.last, Digest::of(persisted(&handed_in)[0].as_bytes()));
    Ok(())
}

#[wasm_bindgen_test]
fn timers_count_on_and_suggest_an_award() -> TestResult {
    let sheet = include_str!("../../../question-bank/sheets/5/s5-choking-recognition.json");
    let sheet: Value = serde_json::from_str(sheet)?;
    let items = sheet["modules"][0]["sections"].as_array().into_iter().flatten();
    let mut items = items.flat_map(|section| section["items"].as_array().into_iter().flatten());
    let item = items.find(|item| item["kind"]["type"] == "timed").ok_or("a timed item")?;
    let id = item["id"].as_str().ok_or("an id")?;
    let assignment = json!({ "id": "a1", "examiner": "e1", "stream": "tablet/a1" });
    let mut face = Examiner::new();
    let text = json!({ "sheet": sheet, "assignment": assignment, "journal": [], "stored": [] }).to_string();
    ok(&face.start(0.0, &text))?;
    ok(&face.begin(0.0))?;
    let timer = json!({ "type": "item", "item": id }).to_string();
    ok(&face.timer(1_000.0, &timer, true))?;
    let limit = item["kind"]["limits_s"][0].as_f64().ok_or("a limit")? * 1000.0;
    let in_time = ok(&face.tick(1_000.0 + limit))?["view"]["suggested"][id].clone();
    assert_eq!(in_time, item["awards"][0]["code"]);
    let late = ok(&face.timer(1_001.0 + limit, &timer, false))?["view"]["suggested"][id].clone();
    assert_eq!(late, item["awards"][1]["code"]);
    Ok(())
}
