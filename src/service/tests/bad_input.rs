//! Bad input gets a message that names place, cause and cure, and changes nothing.

use super::fixture::{Batch, Caller};

use axum::http::StatusCode;
use kaoping_service::http::guard::Channel;
use serde_json::json;
use std::path::PathBuf;

fn roster(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/suite/roster").join(name);
    std::fs::read(path).unwrap()
}

#[tokio::test]
async fn a_faulty_roster_is_refused_whole() {
    let batch = Batch::new().await;
    let id = batch.planned().await;
    for (file, code) in [
        ("checksum.xlsx", "id_number_checksum"),
        ("id-as-number.xlsx", "id_number_as_number"),
        ("missing-column.xlsx", "missing_column"),
        ("double-id.xlsx", "id_number_double"),
    ] {
        let answer = batch.upload(&id, roster(file)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{file}");
        let faults = answer.body["faults"].as_array().unwrap();
        let fault = faults.iter().find(|fault| fault["code"] == code);
        let fault = fault.unwrap_or_else(|| panic!("{file}: {}", answer.text));
        for part in ["cause", "cure"] {
            assert!(!fault[part]["zh"].as_str().unwrap().is_empty() && !fault[part]["en"].as_str().unwrap().is_empty());
        }
        assert!(fault["place"].as_str().unwrap().contains('「'), "{file}: {fault}");
        assert_eq!(batch.stage(&id).await, "planned", "{file}");
        assert!(batch.tickets(&id).await.is_empty(), "{file}");
    }
}

// Catches an import that is final before a clerk has seen what was read.
#[tokio::test]
async fn a_preview_tells_what_an_import_would_do_and_keeps_nothing() {
    let batch = Batch::new().await;
    let id = batch.planned().await;
    let path = format!("/api/v1/batches/{id}/roster/preview");
    let office = batch.office();
    let preview = |file: &str| batch.service.request(Channel::Tls, &office, "POST", &path, Some(roster(file)));
    let seen = preview("good.xlsx").await.ok();
    let rows: Vec<_> = seen["entries"].as_array().unwrap().iter().map(|entry| entry["row"].as_u64().unwrap()).collect();
    assert_eq!(rows, [2, 4, 6]);
    assert_eq!(seen["entries"][2]["name"], "𠮷春梅");
    assert_eq!(seen["entries"][2]["id_masked"], "100000********1042");
    let counted: u64 = seen["rooms"].as_array().unwrap().iter().map(|room| room["candidates"].as_u64().unwrap()).sum();
    assert_eq!(counted, 3);
    assert_eq!(preview("filtered-row.xlsx").await.body["faults"][0]["code"], "hidden_row");
    assert_eq!(batch.stage(&id).await, "planned");
    assert!(batch.tickets(&id).await.is_empty());
}

#[tokio::test]
async fn a_plan_outside_the_filing_is_refused() {
    let batch = Batch::new().await;
    for (pointer, value, code) in [
        ("/level", json!(4), "outside_filing_level"),
        ("/occupation", json!("4-14-01-02"), "outside_filing_occupation"),
        ("/exam_day", json!("2027-07-01"), "filing_expired"),
        ("/practical/functions/0/weight", json!(49), "practical_weights"),
        ("/theory/minutes", json!(59), "theory_minutes"),
        ("/theory/rooms/0/seats", json!(31), "invigilator_ratio"),
        ("/custodians/1/outside", json!(false), "custodians"),
        ("/supervisor", batch.plan["practical"]["panels"][0]["lead"].clone(), "named_twice"),
        ("/theory/blueprint", json!("none"), "unknown"),
        ("/profile", json!("formal"), "bank_not_formal"),
    ] {
        let mut plan = batch.plan.clone();
        *plan.pointer_mut(pointer).unwrap() = value;
        let answer = batch.service.post(&batch.office(), "/api/v1/batches", json!({ "plan": plan })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{pointer}");
        let faults = answer.body["faults"].as_array().unwrap();
        assert!(faults.iter().any(|fault| fault["code"] == code), "{pointer}: {}", answer.text);
    }
    let list = batch.service.get(&batch.office(), "/api/v1/batches").await.ok();
    assert_eq!(list["batches"], json!([]));
}

#[tokio::test]
async fn more_candidates_than_examiners_or_seats_are_refused() {
    let batch = Batch::new().await;
    let id = batch.planned().await;
    let answer = batch.upload(&id, roster("roster-40.xlsx")).await;
    let codes: Vec<_> = answer.body["faults"].as_array().unwrap().iter().map(|fault| fault["code"].clone()).collect();
    assert_eq!(codes, [json!("seats"), json!("examiner_ratio")]);
    assert_eq!(batch.stage(&id).await, "planned");
}

#[tokio::test]
async fn the_ceremony_keeps_its_order() {
    let batch = Batch::new().await;
    let id = batch.seated().await;
    let service = &batch.service;
    let path = |step: &str| format!("/api/v1/batches/{id}/draw/{step}");
    let first = Caller::Staff(&batch.custodians[0]);
    let second = Caller::Staff(&batch.custodians[1]);
    let early = json!({ "commitment": "01".repeat(32) });
    assert_eq!(service.post(&first, &path("commitments"), early).await.code(), "not_at_this_stage");
    let basis = batch.basis(&id, json!({})).await;
    assert_eq!(batch.stage(&id).await, "basis_fixed");
    let commit = json!({ "commitment": batch.commitment(&basis, &batch.custodians[0], 1) });
    let early = service.post(&batch.office(), &path("manifest"), json!({})).await;
    assert_eq!(early.code(), "not_at_this_stage");
    service.post(&first, &path("commitments"), commit.clone()).await.ok();
    assert_eq!(service.post(&first, &path("commitments"), commit).await.code(), "already_committed");
    let secret = json!({ "secret": "01".repeat(32) });
    assert_eq!(service.post(&first, &path("openings"), secret.clone()).await.code(), "not_at_this_stage");
    let commit = json!({ "commitment": batch.commitment(&basis, &batch.custodians[1], 2) });
    service.post(&second, &path("commitments"), commit).await.ok();
    assert_eq!(service.post(&batch.office(), &path("deal"), json!({})).await.code(), "not_at_this_stage");
    service.post(&batch.office(), &path("manifest"), json!({})).await.ok();
    let late = service.post(&batch.office(), &path("basis"), json!({})).await;
    assert_eq!(late.code(), "not_at_this_stage");
    // The other custodian's secret is not this one's.
    assert_eq!(service.post(&second, &path("openings"), secret.clone()).await.code(), "other_secret");
    service.post(&first, &path("openings"), secret).await.ok();
    assert_eq!(batch.stage(&id).await, "fixed");
    service.post(&second, &path("openings"), json!({ "secret": "02".repeat(32) })).await.ok();
    service.post(&batch.office(), &path("deal"), json!({})).await.ok();
    assert_eq!(batch.stage(&id).await, "dealt");
    let again = service.post(&batch.office(), &path("deal"), json!({})).await;
    assert_eq!(again.code(), "not_at_this_stage");
}

#[tokio::test]
async fn a_batch_with_open_ends_cannot_be_closed() {
    let (batch, id) = Batch::with_papers().await;
    let answer = batch.service.post(&batch.office(), &format!("/api/v1/batches/{id}/close"), json!({})).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "incomplete"));
    assert_eq!(answer.body["faults"].as_array().unwrap().len(), 4);
    let published = batch.service.get(&batch.office(), &format!("/api/v1/batches/{id}/draw/bundle")).await;
    assert_eq!(published.code(), "not_at_this_stage");
}
