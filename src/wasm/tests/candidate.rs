//! A theory session through the candidate's entry point, in a browser.
#![cfg(all(target_arch = "wasm32", feature = "candidate"))]
#![expect(clippy::indexing_slicing, reason = "a JSON value answers null for what it does not hold")]

use kaoping_engine::draw::paper::{PAPER_VERSION, Paper, PaperItem};
use kaoping_engine::session::checkpoint::SeatCheckpoint;
use kaoping_engine::session::hand_in::{Receipt, journal_digest};
use kaoping_record::digest::{Digest, to_hex};
use kaoping_record::id::{BatchId, ItemId, OptionId, PaperId, SittingId};
use kaoping_record::key::{PublicKey, Signer};
use kaoping_record::message::Signed;
use kaoping_record::software::{Ed25519Signer, SoftwareVerifier};
use kaoping_record::time::Time;
use kaoping_wasm::candidate::Candidate;
use kaoping_wasm::running::new_device_key;
use serde_json::{Value, json};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

type Tested<T = ()> = Result<T, Box<dyn std::error::Error>>;

const FLAG: &str = r#"{"touch":"flag","item":"a","on":true}"#;

/// A session with its key and its first event.
fn opened() -> Tested<(Candidate, Value, String)> {
    let key = ok(&new_device_key())?;
    let paper = Paper {
        attempt: 1,
        batch: BatchId::new("b1")?,
        items: vec![PaperItem { item: ItemId::new("a")?, options: vec![OptionId::new("a1")?] }],
        manifest: Digest::of(b"manifest"),
        paper: PaperId::new("p1")?,
        v: PAPER_VERSION,
    };
    let start = json!({
        "paper": String::from_utf8(paper.to_bytes())?, "paper_digest": paper.digest(), "several": [], "sitting": "s1",
        "number": 0, "seed": key["seed"], "before": [], "service": [], "device": [],
        "deadline": { "state": "running", "ends_at_ms": 5_400_000 }, "opened_at_ms": 0,
    });
    let mut entry = Candidate::new();
    let started = ok(&entry.start(1_000.0, &start.to_string()))?;
    assert_eq!((&started["kept"], &started["aside"]), (&json!(0), &json!(0)));
    let event = started["turn"]["persist"][0].as_str().ok_or("an event")?.to_owned();
    Ok((entry, key, event))
}

fn ok(answer: &str) -> Tested<Value> {
    let answer: Value = serde_json::from_str(answer)?;
    if answer["error"].is_null() { Ok(answer["ok"].clone()) } else { Err(answer.to_string().into()) }
}

fn error(answer: &str) -> Tested<String> {
    let answer: Value = serde_json::from_str(answer)?;
    Ok(answer["error"]["code"].as_str().ok_or("no error")?.to_owned())
}

fn id(event: &str) -> String {
    Digest::of(event.as_bytes()).to_hex()
}

// Catches a call that reads other arguments or answers another shape than the page's types say.
#[wasm_bindgen_test]
fn a_session_acts_confirms_and_goes_back() -> Tested {
    let (mut entry, _, first) = opened()?;
    let turn = ok(&entry.handle(2_000.0, FLAG))?;
    assert_eq!((&turn["view"]["flagged"], &turn["view"]["unconfirmed"]), (&json!(["a"]), &json!(2)));
    let second = turn["persist"][0].as_str().ok_or("an event")?.to_owned();
    let unsent = |entry: &Candidate| ok(&entry.unsent());
    let [one, two] = [&first, &second].map(|event| json!({ "id": id(event), "event": event }));
    assert_eq!(unsent(&entry)?, json!([one, two]));
    assert_eq!(ok(&entry.confirm(2_500.0, &id(&second)))?["unconfirmed"], 0);
    assert_eq!(ok(&entry.confirm(2_500.0, &id(&second)))?, Value::Null);
    assert_eq!(ok(&entry.resume_after(2_500.0, Some(id(&first))))?["unconfirmed"], 1);
    assert_eq!(ok(&entry.resume_after(2_500.0, None))?["unconfirmed"], 2);
    assert_eq!(ok(&entry.resume_after(2_500.0, None))?, Value::Null);
    assert_eq!(unsent(&entry)?, json!([one, two]));
    let paused = ok(&entry.deadline(3_000.0, r#"{"state":"paused","left_ms":60000}"#))?;
    assert_eq!(paused["view"]["left_ms"], 60_000);
    assert_eq!(error(&entry.handle(3_000.0, r#"{"touch":"flag","item":"a","on":false}"#))?, "not_open");
    ok(&entry.deadline(3_000.0, r#"{"state":"running","ends_at_ms":4000}"#))?;
    assert_eq!(ok(&entry.tick(4_000.0))?["view"]["handed_in"], true);
    Ok(())
}

#[wasm_bindgen_test]
fn what_the_page_should_never_send_is_refused() -> Tested {
    let (mut entry, ..) = opened()?;
    for touch in ["", "{}", r#"{"touch":"flag","item":"a"}"#, r#"{"touch":"answer","item":"x","options":["a1"]}"#] {
        assert_eq!(error(&entry.handle(2_000.0, touch))?, "input", "{touch}");
    }
    assert_eq!(error(&entry.confirm(2_000.0, "a1"))?, "input");
    assert_eq!(error(&entry.checkpoint("a1"))?, "input");
    let mut unstarted = Candidate::new();
    assert_eq!(error(&unstarted.start(0.0, "{}"))?, "input");
    assert_eq!(error(&unstarted.tick(0.0))?, "input");
    Ok(())
}

#[wasm_bindgen_test]
fn the_seat_signs_its_stream_with_its_key() -> Tested {
    let (entry, key, first) = opened()?;
    let text = ok(&entry.checkpoint(key["seed"].as_str().ok_or("a seed")?))?;
    let signed: Signed<SeatCheckpoint> = Signed::parse(text.as_str().ok_or("text")?.as_bytes())?;
    assert_eq!((signed.payload.events, signed.payload.last.to_hex()), (1, id(&first)));
    let public: PublicKey = serde_json::from_value(key["key"].clone())?;
    signed.verify(&SoftwareVerifier, &public)?;
    let other: PublicKey = serde_json::from_value(ok(&new_device_key())?["key"].clone())?;
    assert!(signed.verify(&SoftwareVerifier, &other).is_err(), "each key is another");
    Ok(())
}

#[wasm_bindgen_test]
fn checks_its_receipt() -> Tested {
    let (entry, _, first) = opened()?;
    let service = Ed25519Signer::from_seed(&[7; 32])?;
    let (key, salt) = (serde_json::to_string(service.public_key())?, [5; 32]);
    let receipt = Receipt {
        at_ms: Time::from_millis(5),
        answered: 0,
        batch: BatchId::new("b1")?,
        items: 1,
        journal: journal_digest(&salt, &[Digest::of(first.as_bytes())]),
        logged_by_ms: Time::from_millis(9),
        replaces: None,
        sitting: SittingId::new("s1")?,
    };
    let receipt = String::from_utf8(Signed::new(receipt).sign(&service)?.to_bytes()?)?;
    let checked = ok(&entry.verify_receipt("s1", &receipt, &to_hex(&salt), &key))?;
    assert_eq!((&checked["complete"], &checked["at_ms"]), (&json!(true), &json!(5)));
    let unstarted = ok(&Candidate::new().verify_receipt("s1", &receipt, &to_hex(&salt), &key))?;
    assert_eq!((&unstarted["code"], &unstarted["complete"]), (&checked["code"], &Value::Null));
    assert_eq!(error(&entry.verify_receipt("s2", &receipt, &to_hex(&salt), &key))?, "receipt");
    Ok(())
}
