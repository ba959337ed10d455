//! A theory session as the candidate's page drives it, in a browser.
#![expect(clippy::indexing_slicing, reason = "a JSON value answers null for what it does not hold")]

use kaoping_engine::draw::paper::{PAPER_VERSION, Paper, PaperItem};
use kaoping_engine::session::hand_in::{Receipt, SeatCheckpoint, journal_digest};
use kaoping_record::digest::{Digest, to_hex};
use kaoping_record::id::{BatchId, IdError, ItemId, OptionId, PaperId, SittingId};
use kaoping_record::key::{PublicKey, Signer};
use kaoping_record::message::Signed;
use kaoping_record::software::{Ed25519Signer, SoftwareVerifier};
use kaoping_record::time::Time;
use kaoping_wasm::candidate::{Candidate, new_seat_key};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

const SEED: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
const RUNNING: &str = r#"{"state":"running","ends_at_ms":5400000}"#;

/// Two items of one choice and one of several, `c`.
fn paper() -> Result<Paper, IdError> {
    let items = ["a", "b", "c"].map(|item| {
        let options = ["1", "2", "3"].map(|option| OptionId::new(format!("{item}{option}")));
        Ok(PaperItem { item: ItemId::new(item)?, options: options.into_iter().collect::<Result<_, _>>()? })
    });
    Ok(Paper {
        attempt: 1,
        batch: BatchId::new("b1")?,
        items: items.into_iter().collect::<Result<_, _>>()?,
        manifest: Digest::of(b"manifest"),
        paper: PaperId::new("p1")?,
        v: PAPER_VERSION,
    })
}

fn start(journal: &[String], local: &[String]) -> TestResult<(Candidate, Value)> {
    let start = json!({
        "paper": String::from_utf8(paper()?.to_bytes())?, "several": ["c"], "sitting": "s1", "number": 0,
        "seed": SEED, "before": [], "journal": journal, "local": local,
    });
    let mut face = Candidate::new();
    let answer = ok(&face.start(0.0, &start.to_string()))?;
    Ok((face, answer))
}

fn opened() -> TestResult<(Candidate, Vec<String>)> {
    let (mut face, _) = start(&[], &[])?;
    ok(&face.deadline(1_000.0, RUNNING))?;
    let stored = persisted(&ok(&face.open(1_000.0, &paper()?.digest().to_hex(), None))?);
    Ok((face, stored))
}

fn ok(answer: &str) -> TestResult<Value> {
    let answer: Value = serde_json::from_str(answer)?;
    if answer["ok"].is_null() { Err(answer.to_string().into()) } else { Ok(answer["ok"].clone()) }
}

fn error(answer: &str) -> TestResult<String> {
    let answer: Value = serde_json::from_str(answer)?;
    Ok(answer["error"]["code"].as_str().ok_or("no error")?.to_owned())
}

fn persisted(answer: &Value) -> Vec<String> {
    let outputs = answer["outputs"].as_array().into_iter().flatten();
    outputs.filter_map(|output| output["persist"].as_str().map(str::to_owned)).collect()
}

fn sent(answer: &Value) -> Vec<String> {
    let outputs = answer["outputs"].as_array().into_iter().flatten();
    outputs.filter_map(|output| output["send"]["event"].as_str().map(str::to_owned)).collect()
}

fn id(event: &str) -> String {
    Digest::of(event.as_bytes()).to_hex()
}

// Catches choices that a reload loses or doubles.
#[wasm_bindgen_test]
fn a_reload_leads_to_the_same_view() -> TestResult {
    let (mut face, mut stored) = opened()?;
    for (item, options) in
        [("a", r#"["a2"]"#), ("c", r#"["c3","c1"]"#), ("a", r#"["a1"]"#), ("b", r#"["b1"]"#), ("b", "[]")]
    {
        stored.extend(persisted(&ok(&face.answer(2_000.0, item, options))?));
    }
    let last = ok(&face.flag(3_000.0, "b", true))?;
    stored.extend(persisted(&last));
    let view = &last["view"];
    assert_eq!(view["answers"], json!({"a": ["a1"], "c": ["c1", "c3"]}));
    assert_eq!((&view["flagged"], &view["not_done"]), (&json!(["b"]), &json!(["b"])));
    assert_eq!((&view["answered"], &view["items"], &view["unconfirmed"]), (&json!(2), &json!(3), &json!(7)));

    // The service has four of the seven events.
    let (mut again, started) = start(&stored[..4], &stored)?;
    assert_eq!((&started["kept"], persisted(&started).len()), (&json!(7), 0));
    let seen = ok(&again.deadline(3_000.0, RUNNING))?;
    assert_eq!(seen["view"]["unconfirmed"], 3);
    for member in ["answers", "flagged", "not_done", "answered", "items", "handed_in", "left_ms", "notice"] {
        assert_eq!(seen["view"][member], view[member], "{member}");
    }
    assert_eq!(sent(&ok(&again.resend())?), stored[4..], "only what the service lacks is sent");
    Ok(())
}

// Catches a restore card that wipes the PC: the service's events must come back and be stored again.
#[wasm_bindgen_test]
fn a_pc_that_lost_its_storage_goes_on_from_the_service() -> TestResult {
    let (mut face, mut stored) = opened()?;
    stored.extend(persisted(&ok(&face.answer(2_000.0, "a", r#"["a2"]"#))?));
    let (mut again, started) = start(&stored, &[])?;
    assert_eq!(persisted(&started), stored);
    assert_eq!(started["view"]["answers"], json!({"a": ["a2"]}));
    ok(&again.deadline(3_000.0, RUNNING))?;
    let next = ok(&again.answer(3_000.0, "b", r#"["b1"]"#))?;
    assert!(sent(&next)[0].contains(&format!(r#""prev":"{}""#, id(&stored[1]))), "the chain goes on");
    Ok(())
}

// Catches two windows whose events would be mixed into one stream.
#[wasm_bindgen_test]
fn events_that_went_another_way_are_set_aside() -> TestResult {
    let (mut one, mut first) = opened()?;
    let (mut other, _) = opened()?;
    let mut second = first.clone();
    first.extend(persisted(&ok(&one.answer(2_000.0, "a", r#"["a1"]"#))?));
    second.extend(persisted(&ok(&other.answer(2_000.0, "a", r#"["a2"]"#))?));
    let (_, started) = start(&first, &second)?;
    assert_eq!((&started["kept"], persisted(&started)), (&json!(1), vec![first[1].clone()]));
    assert_eq!(started["view"]["answers"], json!({"a": ["a1"]}));
    Ok(())
}

#[wasm_bindgen_test]
fn a_confirmed_event_is_not_sent_again() -> TestResult {
    let (mut face, _) = opened()?;
    let answered = sent(&ok(&face.answer(2_000.0, "a", r#"["a1"]"#))?);
    let flagged = sent(&ok(&face.flag(2_500.0, "a", true))?);
    assert_eq!(ok(&face.confirm(&id(&answered[0])))?, json!(true));
    assert_eq!(ok(&face.confirm(&id(&answered[0])))?, json!(false));
    assert_eq!(sent(&ok(&face.resend())?), flagged);
    assert_eq!(ok(&face.tick(3_000.0))?["view"]["unconfirmed"], 1);
    Ok(())
}

// Catches a paper that stays open when its time is over, and answers after the hand-in.
#[wasm_bindgen_test]
fn hands_in_by_itself_when_time_is_over() -> TestResult {
    let (mut face, _) = opened()?;
    ok(&face.answer(2_000.0, "a", r#"["a1"]"#))?;
    let calm = ok(&face.tick(5_399_999.0))?;
    assert_eq!((&calm["view"]["handed_in"], &calm["view"]["notice"]["minutes"]), (&json!(false), &json!(1)));
    let over = ok(&face.tick(5_400_000.0))?;
    assert_eq!(over["view"]["handed_in"], true);
    assert!(sent(&over)[0].contains("seat.handed_in"));
    assert_eq!(error(&face.answer(5_400_001.0, "b", r#"["b1"]"#))?, "handed_in");
    ok(&face.tick(5_400_002.0))?;
    assert_eq!(sent(&ok(&face.resend())?).len(), 3, "opened, answered, handed in once");
    Ok(())
}

#[wasm_bindgen_test]
fn a_refusal_changes_nothing() -> TestResult {
    let (mut face, _) = start(&[], &[])?;
    assert_eq!(error(&face.answer(0.0, "a", r#"["a1"]"#))?, "not_open");
    ok(&face.deadline(0.0, RUNNING))?;
    assert_eq!(error(&face.open(0.0, &id("another paper"), None))?, "other_paper");
    ok(&face.open(0.0, &paper()?.digest().to_hex(), None))?;
    for (item, options) in [("a", r#"["a1","a2"]"#), ("a", r#"["b1"]"#), ("x", r#"["a1"]"#), ("a", "a1")] {
        assert_eq!(error(&face.answer(1.0, item, options))?, "input", "{item} {options}");
    }
    ok(&face.deadline(2.0, r#"{"state":"paused","left_ms":1000}"#))?;
    assert_eq!(error(&face.answer(2.0, "a", r#"["a1"]"#))?, "not_open");
    assert_eq!(ok(&face.tick(9e9))?["view"]["answered"], 0);
    assert_eq!(error(&Candidate::new().tick(0.0))?, "input");
    Ok(())
}

#[wasm_bindgen_test]
fn the_seat_signs_its_stream() -> TestResult {
    let (mut face, stored) = opened()?;
    let text = ok(&face.checkpoint())?;
    let signed: Signed<SeatCheckpoint> = Signed::parse(text.as_str().ok_or("text")?.as_bytes())?;
    assert_eq!((signed.payload.events, signed.payload.last.to_hex()), (1, id(&stored[0])));
    let made = ok(&new_seat_key())?;
    assert_ne!(made["seed"], ok(&new_seat_key())?["seed"]);
    let key: PublicKey = serde_json::from_value(made["key"].clone())?;
    assert!(signed.verify(&SoftwareVerifier, &key).is_err(), "signed by another key");
    Ok(())
}

// Catches a receipt of another journal, of another sitting, or by another key.
#[wasm_bindgen_test]
fn checks_its_receipt() -> TestResult {
    let (face, stored) = opened()?;
    let service = Ed25519Signer::from_seed(&[7; 32])?;
    let key = serde_json::to_string(service.public_key())?;
    let salt = [9; 32];
    let receipt = |sitting: &str, last: Digest| -> TestResult<String> {
        let payload = Receipt {
            at_ms: Time::from_millis(5),
            answered: 0,
            batch: BatchId::new("b1")?,
            items: 3,
            journal: journal_digest(&salt, &[last]),
            logged_by_ms: Time::from_millis(9),
            sitting: SittingId::new(sitting)?,
        };
        Ok(String::from_utf8(Signed::new(payload).sign(&service)?.to_bytes()?)?)
    };
    let last = Digest::of(stored[0].as_bytes());
    let ours = receipt("s1", last)?;
    let checked = ok(&face.verify_receipt("s1", &ours, &to_hex(&salt), &key))?;
    assert_eq!((&checked["complete"], &checked["items"], &checked["at_ms"]), (&json!(true), &json!(3), &json!(5)));
    let code = checked["code"].as_str().ok_or("code")?;
    assert_eq!((code.len(), &code[4..5]), (9, "-"));
    let older = receipt("s1", Digest::of(b"an event before"))?;
    assert_eq!(ok(&face.verify_receipt("s1", &older, &to_hex(&salt), &key))?["complete"], false);
    let unstarted = ok(&Candidate::new().verify_receipt("s1", &ours, &to_hex(&salt), &key))?;
    assert_eq!((&unstarted["code"], &unstarted["complete"]), (&checked["code"], &Value::Null));
    let other = serde_json::to_string(Ed25519Signer::from_seed(&[8; 32])?.public_key())?;
    assert_eq!(error(&face.verify_receipt("s1", &ours, &to_hex(&salt), &other))?, "receipt");
    assert_eq!(error(&face.verify_receipt("s1", &receipt("s2", last)?, &to_hex(&salt), &key))?, "receipt");
    assert_eq!(
        error(&face.verify_receipt("s1", &ours.replace("\"items\":3", "\"items\":2"), &to_hex(&salt), &key))?,
        "receipt"
    );
    Ok(())
}
