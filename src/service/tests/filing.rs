//! The service refuses before it signs what no verifier accepts.

use super::fixture::{Batch, Caller};
use super::walked::Walked;
use axum::http::StatusCode;
use kaoping_record::software::Es256Signer;
use kaoping_service::aggregates::request::RequestKey;
use kaoping_service::http::guard::Channel;
use kaoping_service::operations::amendments::revocation;
use kaoping_service::operations::{closing, keys};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Enters the organization again with another last day of its filing.
async fn filed_until(batch: &Batch, day: &str) {
    let known = batch.service.get(&batch.office(), "/api/v1/organization").await.ok();
    let mut organization = known["organization"].clone();
    organization["filing"]["expires"] = day.into();
    let body = Some(organization.to_string().into_bytes());
    let answer = batch.service.request(Channel::Tls, &batch.office(), "PUT", "/api/v1/organization", body).await;
    assert!(answer.status.is_success(), "{}", answer.text);
}

async fn leaves(batch: &Batch) -> usize {
    let entries = batch.service.get(&Caller::Anyone, "/api/v1/log/entries?limit=1000").await.ok();
    entries["entries"].as_array().unwrap().len()
}

async fn post(batch: &Batch, path: &str) -> (StatusCode, String) {
    let answer = batch.service.post(&batch.office(), path, json!({})).await;
    (answer.status, answer.code().to_owned())
}

fn not_covered() -> (StatusCode, String) {
    (StatusCode::CONFLICT, "not_covered".to_owned())
}

#[tokio::test]
async fn a_filing_that_ended_at_midnight_signs_nothing_more() {
    let walked = Walked::open().await;
    let batch = &walked.batch;
    let certificates = walked.path("/certificates");
    assert_eq!(post(batch, &certificates).await.1, "not_closed", "certificates follow the closing");
    batch.service.post(&batch.office(), &walked.path("/close"), json!({})).await.ok();
    // The walk is on 1 December 2026 in China; the filing ends on that day.
    filed_until(batch, "2026-12-01").await;
    let before = leaves(batch).await;
    batch.service.clock.advance_minutes(13 * 60);
    batch.service.clock.advance_minutes(60 * 3);
    let office = batch.service.log_in("office", &batch.office.password, None).await.ok();
    let office = super::fixture::Person { cookie: office["cookie"].as_str().unwrap().into(), ..batch.office.clone() };
    let answer = batch.service.post(&Caller::Staff(&office), &certificates, json!({})).await;
    assert_eq!((answer.status, answer.code().to_owned()), not_covered(), "{}", answer.text);
    assert!(answer.text.contains("2026-12-02") && answer.text.contains("2026-12-01"), "{}", answer.text);
    assert_eq!(leaves(batch).await, before, "nothing was logged");
    // Renewed, the same step works, with the first number.
    let known = batch.service.get(&Caller::Staff(&office), "/api/v1/organization").await.ok();
    let mut organization = known["organization"].clone();
    organization["filing"]["expires"] = "2027-06-30".into();
    let body = Some(organization.to_string().into_bytes());
    batch.service.request(Channel::Tls, &Caller::Staff(&office), "PUT", "/api/v1/organization", body).await.ok();
    let issued: Value = batch.service.post(&Caller::Staff(&office), &certificates, json!({})).await.ok();
    assert_eq!(issued["new"], 1, "{issued}");
}

// Every other place that signs under a filing: roster, basis, manifest, results, corrections.
#[tokio::test]
async fn nothing_is_signed_outside_the_filing() {
    let batch = Batch::new().await;
    let id = batch.planned().await;
    let path = |step: &str| format!("/api/v1/batches/{id}/{step}");
    filed_until(&batch, "2026-11-30").await;
    let before = leaves(&batch).await;
    let day = kaoping_engine::date::Date::new(2026, 12, 1).unwrap();
    let people = kaoping_files::roster_sample::synthetic_roster(4, 3, day).unwrap();
    let file = || kaoping_files::roster_write::write_roster_xlsx(&people, day).unwrap();
    assert_eq!(batch.upload(&id, file()).await.code(), "not_covered");
    filed_until(&batch, "2026-12-01").await;
    batch.upload(&id, file()).await.ok();
    filed_until(&batch, "2026-11-30").await;
    assert_eq!(post(&batch, &path("draw/basis")).await, not_covered());
    filed_until(&batch, "2026-12-01").await;
    let basis = batch.basis(&id, json!({})).await;
    for (number, person) in (1..).zip(&batch.custodians) {
        let body = json!({ "commitment": batch.commitment(&basis, person, number) });
        batch.service.post(&Caller::Staff(person), &path("draw/commitments"), body).await.ok();
    }
    filed_until(&batch, "2026-11-30").await;
    assert_eq!(post(&batch, &path("draw/manifest")).await, not_covered());
    assert_eq!(leaves(&batch).await, before + 2, "the roster and the basis alone");
}

#[tokio::test]
async fn results_and_corrections_wait_for_the_filing() {
    let walked = Walked::unscored().await;
    let batch = &walked.batch;
    filed_until(batch, "2026-11-30").await;
    let before = leaves(batch).await;
    assert_eq!(post(batch, &walked.path("/score")).await, not_covered());
    assert_eq!(leaves(batch).await, before);
    filed_until(batch, "2026-12-31").await;
    assert_eq!(batch.service.post(&batch.office(), &walked.path("/score"), json!({})).await.ok()["signed"], 2);

    let second = batch.service.person("office-2", kaoping_service::aggregates::account::Role::Officer).await;
    let pseudonym = kaoping_record::id::PseudonymId::new(walked.pseudonym(0)).unwrap();
    let person = || kaoping_service::operations::roster::person(&batch.service.app, &pseudonym);
    let registered = person().await.unwrap();
    let number = registered.document.number().to_owned();
    let path = walked.path(&format!("/results/{}/correction", walked.pseudonym(0)));
    let right = json!({ "name": "王更正", "id_number": number, "reason": "登记时写错了名字" });
    batch.service.post(&batch.office(), &path, right).await;
    filed_until(batch, "2026-11-30").await;
    let entry = json!({ "name": "王更正", "id_number": number });
    let approval = format!("{path}/approval");
    let answer = batch.service.post(&Caller::Staff(&second), &approval, entry.clone()).await;
    assert_eq!((answer.status, answer.code().to_owned()), not_covered());
    assert_eq!(person().await.unwrap().name, registered.name, "what a refused correction wrote is taken back");
    filed_until(batch, "2026-12-31").await;
    let answer = batch.service.post(&Caller::Staff(&second), &approval, entry).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    assert_eq!(person().await.unwrap().name.as_str(), "王更正");
}

#[tokio::test]
async fn a_key_that_was_given_up_signs_no_result() {
    let walked = Walked::unscored().await;
    let batch = &walked.batch;
    keys::rotate(&batch.service.app, &Es256Signer::from_scalar(&[9; 32]).unwrap()).await.unwrap();
    let before = leaves(batch).await;
    assert_eq!(post(batch, &walked.path("/score")).await, (StatusCode::CONFLICT, "key_not_in_use".to_owned()));
    assert_eq!(leaves(batch).await, before);
}

// What ends something needs a key in use alone: a filing that lapsed must not keep a wrong
// certificate valid, nor an exam without an end.
#[tokio::test]
async fn what_ends_something_needs_no_filing_but_the_key_in_use() {
    let walked = Walked::unscored().await;
    let batch = &walked.batch;
    let second = batch.service.person("office-2", kaoping_service::aggregates::account::Role::Officer).await;
    batch.service.post(&batch.office(), &walked.path("/score"), json!({})).await.ok();
    let of = |step: &str| walked.path(&format!("/results/{}{step}", walked.pseudonym(0)));
    let revocation = json!({ "what": "result", "code": "fraud", "reason": "替考" });
    batch.service.post(&batch.office(), &of("/revocation"), revocation).await;
    let approve = async || {
        let answer = batch.service.post(&Caller::Staff(&second), &of("/revocation/approval"), json!({})).await;
        (answer.status, answer.code().to_owned())
    };
    filed_until(batch, "2026-11-30").await;
    let key = batch.service.reopened(Box::new(Es256Signer::from_scalar(&[9; 32]).unwrap()));
    keys::rotate(&batch.service.app, &Es256Signer::from_scalar(&[9; 32]).unwrap()).await.unwrap();
    let before = leaves(batch).await;
    let key_not_in_use = || (StatusCode::CONFLICT, "key_not_in_use".to_owned());
    assert_eq!(approve().await, key_not_in_use());
    assert_eq!(post(batch, &walked.path("/close")).await, key_not_in_use());
    assert_eq!(leaves(batch).await, before, "nothing was logged");
    // The service that holds the present key does both, although the filing has ended.
    let second = batch.service.member(&second).await;
    let id = kaoping_record::id::BatchId::new(walked.id.clone()).unwrap();
    let pseudonym = kaoping_record::id::PseudonymId::new(walked.pseudonym(0)).unwrap();
    let request = RequestKey::try_from("0123456789abcdef".to_owned()).unwrap();
    revocation::approve_revocation(&key, &second, (&id, &pseudonym), &request).await.unwrap();
    closing::close_batch(&key, &second, &id).await.unwrap();
}

#[tokio::test]
async fn late_additions_need_the_filing_and_every_end_the_key_in_use() {
    let (batch, id) = Batch::with_papers().await;
    let next = batch.planned().await;
    let day = kaoping_engine::date::Date::new(2026, 12, 1).unwrap();
    let people = kaoping_files::roster_sample::synthetic_roster(8, 3, day).unwrap();
    let file =
        |range: std::ops::Range<usize>| kaoping_files::roster_write::write_roster_xlsx(&people[range], day).unwrap();
    filed_until(&batch, "2026-11-30").await;
    let before = leaves(&batch).await;
    // Who is added now would get no result.
    assert_eq!(batch.upload_late(&id, "r1", file(5..6)).await.code(), "not_covered");
    assert_eq!(leaves(&batch).await, before);
    filed_until(&batch, "2026-12-31").await;
    keys::rotate(&batch.service.app, &Es256Signer::from_scalar(&[9; 32]).unwrap()).await.unwrap();
    let before = leaves(&batch).await;
    let roster = batch.service.get(&batch.office(), &format!("/api/v1/batches/{id}/roster")).await.ok();
    let pseudonym = roster["entries"][0]["pseudonym"].as_str().unwrap();
    let end = json!({ "end": "void", "code": "technical", "reason": "停电" });
    let path = format!("/api/v1/batches/{id}/results/{pseudonym}/end");
    assert_eq!(batch.service.post(&batch.office(), &path, end).await.code(), "key_not_in_use");
    assert_eq!(batch.upload_late(&id, "r1", file(5..6)).await.code(), "key_not_in_use");
    assert_eq!(batch.upload(&next, file(0..4)).await.code(), "key_not_in_use");
    assert_eq!(leaves(&batch).await, before);
}

// All signing passes through one module: this test finds code that signs elsewhere.
#[test]
fn the_organizations_key_signs_behind_one_door() {
    let mut signs = Vec::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let uses = text.matches("keys.organization").count() + text.matches("keys.beside").count();
                let reads = text.matches("keys.organization.public_key()").count();
                if uses > reads {
                    signs.push(path.file_name().unwrap().to_string_lossy().into_owned());
                }
            }
        }
    }
    signs.sort();
    assert_eq!(signs, ["credentials.rs", "keys.rs"], "ask `operations/credentials.rs` for the signature");
}
