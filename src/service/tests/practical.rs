//! Tablets and panels: what a PIN guards, what the lead examiner reads, and what examiners see of
//! their batches.

use super::fixture::{Batch, Caller, Person};
use super::walked::{Walked, scored_sheet};
use axum::http::StatusCode;
use kaoping_engine::practical::code::{NoteCode, VetoCode};
use kaoping_engine::practical::sheet_event::SheetEvent;
use kaoping_service::aggregates::account::Role;
use serde_json::{Value, json};

const FEEDING: &str = "s5-feeding-in-bed";

/// An examiner's assignments of one sheet for the first drawn number.
async fn feeding(batch: &Batch, examiner: &Person) -> Value {
    let list = batch.service.get(&Caller::Staff(examiner), "/api/v1/examiner/assignments").await.ok();
    let lines = list["assignments"].as_array().unwrap();
    lines.iter().find(|line| line["number"] == 1 && line["sheet"] == FEEDING).unwrap().clone()
}

async fn practical_sitting(batch: &Batch, id: &str) -> String {
    let panels = batch.service.get(&batch.office(), &format!("/api/v1/panels?batch={id}")).await.ok();
    let panels = panels["panels"].as_array().unwrap();
    let panel = panels.iter().find(|panel| panel["number"] == 1).unwrap();
    panel["sitting"].as_str().unwrap().to_owned()
}

// Catches a tablet that must seal a sheet before it learns that the service would refuse it.
#[tokio::test]
async fn a_pin_is_checked_before_anything_is_sealed() {
    let (batch, id) = Batch::with_papers().await;
    let [one, two, _] = &batch.examiners;
    let line = feeding(&batch, one).await;
    let assignment = line["assignment"].as_str().unwrap();
    let path = format!("/api/v1/examiner/assignments/{assignment}");
    let check = async |person: &Person, pin: &str| {
        let check = format!("{path}/hand-in/check");
        let answer = batch.service.post(&Caller::Staff(person), &check, json!({ "pin": pin })).await;
        (answer.status, answer.code().to_owned())
    };
    assert_eq!(check(one, "0").await, (StatusCode::FORBIDDEN, "wrong_pin".into()));
    assert_eq!(check(one, &one.pin).await, (StatusCode::NO_CONTENT, String::new()));
    assert_eq!(check(two, &two.pin).await.1, "forbidden");
    // A check changes nothing: the sheet is as before.
    assert_eq!(feeding(&batch, one).await["state"], "waiting");
    let absent = format!("/api/v1/panels/{}/absent", practical_sitting(&batch, &id).await);
    let lead = Caller::Staff(&batch.lead);
    batch.service.post(&lead, &absent, json!({ "reason": "未到" })).await;
    assert_eq!(check(one, &one.pin).await.1, "marked_absent");
    batch.service.request(kaoping_service::http::guard::Channel::Tls, &lead, "DELETE", &absent, None).await;
    let body = scored_sheet(&batch, one, assignment, |_, item| item.awards[0].code.clone(), &[]).await;
    batch.service.post(&Caller::Staff(one), &format!("{path}/hand-in"), body).await.ok();
    assert_eq!(check(one, &one.pin).await.1, "already_handed_in");
}

// Catches a lead who decides without the sheets, and one who sees a sheet while others are still
// scoring.
#[tokio::test]
async fn the_lead_reads_the_sheets_side_by_side_once_all_are_in() {
    let (batch, id) = Batch::with_papers().await;
    let path = format!("/api/v1/panels/{}/{FEEDING}/sheets", practical_sitting(&batch, &id).await);
    let lead = Caller::Staff(&batch.lead);
    let veto = SheetEvent::VetoMarked { veto: VetoCode::new("flat").unwrap(), note: NoteCode::new("n1").unwrap() };
    for (number, examiner) in batch.examiners.iter().enumerate() {
        assert_eq!(batch.service.get(&lead, &path).await.code(), "sheets_out", "after {number} sheets");
        let line = feeding(&batch, examiner).await;
        let assignment = line["assignment"].as_str().unwrap();
        // The third examiner gives nothing for the second item and marks a veto.
        let third = number == 2;
        let award = |place: usize, item: &kaoping_engine::practical::sheet::SheetItem| {
            let award = if third && place == 1 { item.awards.last() } else { item.awards.first() };
            award.unwrap().code.clone()
        };
        let vetoes = if third { std::slice::from_ref(&veto) } else { &[] };
        let body = scored_sheet(&batch, examiner, assignment, award, vetoes).await;
        let hand_in = format!("/api/v1/examiner/assignments/{assignment}/hand-in");
        batch.service.post(&Caller::Staff(examiner), &hand_in, body).await.ok();
    }
    let answer = batch.service.get(&lead, &path).await;
    for examiner in &batch.examiners {
        assert!(!answer.text.contains(&examiner.id), "an examiner is named");
    }
    let shown = answer.ok();
    let labels: Vec<&str> = shown["sheets"].as_array().unwrap().iter().map(|s| s["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["A", "B", "C"]);
    let lowest = |sheet: &&Value| sheet["total_half_marks"] != 200;
    assert_eq!(shown["sheets"].as_array().unwrap().iter().filter(lowest).count(), 1);
    let items = shown["items"].as_array().unwrap();
    assert_eq!((&items[0]["item"], &items[0]["spread_half_marks"]), (&json!("1.2"), &items[0]["half_marks"]));
    assert_eq!(items[0]["awards"].as_array().unwrap().iter().filter(|award| award["half_marks"] == 0).count(), 1);
    assert!(items[1..].iter().all(|item| item["spread_half_marks"] == 0));
    assert_eq!(items[1]["item"], "1.1", "the others come in the sheet's order");
    let [marked] = shown["vetoes"].as_array().unwrap().as_slice() else { panic!("one veto: {shown}") };
    let marks = marked["marks"].as_array().unwrap();
    let third = shown["sheets"].as_array().unwrap().iter().position(|sheet| sheet["total_half_marks"] != 200).unwrap();
    assert_eq!(marks.iter().position(|mark| !mark.is_null()), Some(third));
    assert!(marks[third]["at_ms"].is_i64() && marks[third]["note"].is_string());

    let other = batch.service.person("other-lead", Role::Lead).await;
    assert_eq!(batch.service.get(&Caller::Staff(&other), &path).await.code(), "forbidden");
    assert_eq!(batch.service.get(&batch.office(), &path).await.code(), "forbidden");
    assert_eq!(batch.service.get(&Caller::Staff(&batch.examiners[0]), &path).await.code(), "forbidden");
}

// Catches "2 号" of two batches that cannot be distinguished, and sheets of a closed batch that stay
// on the list for ever.
#[tokio::test]
async fn tasks_name_their_batch_until_it_is_closed() {
    let walked = Walked::open().await;
    let examiner = Caller::Staff(&walked.batch.examiners[0]);
    let service = &walked.batch.service;
    let list = service.get(&examiner, "/api/v1/examiner/assignments").await.ok();
    let line = list["assignments"].as_array().unwrap().first().unwrap().clone();
    assert_eq!((&line["batch_title"], &line["exam_day"]), (&json!("测试批次"), &json!("2026-12-01")));
    let path = format!("/api/v1/examiner/assignments/{}", line["assignment"].as_str().unwrap());
    let opened = service.get(&examiner, &path).await.ok();
    let place = (&opened["batch_title"], &opened["exam_day"], &opened["panel_name"]);
    assert_eq!(place, (&json!("测试批次"), &json!("2026-12-01"), &json!("第 1 考评组")));
    service.post(&walked.batch.office(), &walked.path("/close"), json!({})).await.ok();
    assert_eq!(service.get(&examiner, "/api/v1/examiner/assignments").await.ok()["assignments"], json!([]));
}

// Catches a candidate whose paper was taken and who reads nothing of who did it, and why.
#[tokio::test]
async fn a_receipt_says_who_took_the_paper_and_why() {
    let (batch, id) = Batch::with_papers().await;
    let ticket = batch.tickets(&id).await[0].clone();
    let (enrolment, token) = batch.ask(&ticket, 1).await;
    batch.bind(&id, &enrolment, None).await.ok();
    batch.room(&id, "open", json!({})).await.ok();
    let seat = batch.service.get(&Caller::Seat(&token), "/api/v1/seat").await.ok();
    let path = format!("/api/v1/sittings/{}/hand-in", seat["sitting"].as_str().unwrap());
    let body = json!({ "reason": "携带手机" });
    let collected = batch.service.post(&Caller::Staff(&batch.invigilator), &path, body).await;
    assert_eq!(collected.status, StatusCode::NO_CONTENT, "{}", collected.text);
    let receipt = batch.service.get(&Caller::Seat(&token), "/api/v1/seat/receipt").await.ok();
    let said = (&receipt["by"], &receipt["reason"], &receipt["events"]);
    assert_eq!(said, (&json!("invigilator"), &json!("携带手机"), &json!(0)));
}
