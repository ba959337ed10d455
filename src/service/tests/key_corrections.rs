//! Corrections of keys after the closing: one candidate falls and one rises by the correction of an
//! item.

use super::edge_batch::{Edge, defects, judged, jws};
use super::fixture::Caller;
use super::walked::keys;
use axum::http::StatusCode;
use kaoping_engine::verify::file::report::Verdict;
use kaoping_engine::verify::file::verify;
use kaoping_engine::verify::scores::finding::AuditDefect;
use kaoping_record::id::BatchId;
use kaoping_record::software::SoftwareVerifier;
use kaoping_service::aggregates::batch::BatchState;
use kaoping_service::http::guard::Channel;
use kaoping_service::operations::key_corrections::settling::settle;
use serde_json::{Value, json};

#[tokio::test]
async fn a_dry_run_shows_what_would_change_and_writes_nothing() {
    let edge = Edge::new().await;
    let service = &edge.walked.batch.service;
    let before = (edge.events().await, edge.list().await);
    let body = json!({ "item": edge.right, "rule": edge.turned().await });
    let preview = edge.ask_plain("/preview", &body).await.ok();
    assert_eq!((&preview["results"], &preview["papers"]), (&json!(2), &json!(1)), "{preview}");
    assert_eq!(preview["effect"], json!({ "changed": 1, "now_passed": 0, "now_failed": 1 }));
    let [falls] = preview["affected"].as_array().unwrap().as_slice() else { panic!("{preview}") };
    let shown = |name: &str| falls[name].as_str().unwrap();
    assert_eq!((shown("theory_before"), shown("theory_after")), ("60.00", "59.00"));
    assert_eq!((shown("outcome_before"), shown("outcome_after")), ("passed", "failed"));
    assert_eq!(falls["pseudonym"], edge.walked.pseudonym(0));
    assert!(falls["certificate"].is_string(), "{falls}");

    // The other way round, by several keys and by striking the item.
    let (item, answer) = &edge.wrong;
    let shown = service.get(&edge.walked.batch.office(), &edge.path(&format!("/items/{item}"))).await.ok();
    let key = shown["present"]["keys"][0][0].as_str().unwrap();
    for rule in [json!({ "kind": "accepted", "keys": [[answer], [key]] }), json!({ "kind": "struck" })] {
        let preview = edge.ask_plain("/preview", &json!({ "item": item, "rule": rule })).await.ok();
        assert_eq!(preview["effect"], json!({ "changed": 1, "now_passed": 1, "now_failed": 0 }), "{rule}");
    }
    for (rule, code) in [
        (json!({ "kind": "accepted", "keys": [[answer, key]] }), "rule"),
        (json!({ "kind": "accepted", "keys": [] }), "rule"),
        (json!({ "kind": "accepted", "keys": [["no-option"]] }), "rule"),
    ] {
        assert_eq!(edge.ask_plain("/preview", &json!({ "item": item, "rule": rule })).await.code(), code, "{rule}");
    }
    let unknown = edge.ask_plain("/preview", &json!({ "item": "no-item", "rule": { "kind": "struck" } })).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let search = service.get(&edge.walked.batch.office(), &edge.path(&format!("/items?text={item}"))).await.ok();
    assert_eq!(search["items"][0]["item"], *item);
    assert!(search["items"][0].get("present").is_none(), "a search shows no key");
    assert_eq!((edge.events().await, edge.list().await), before, "nothing was written");
}

#[tokio::test]
async fn outcomes_flip_both_ways_and_every_score_is_computed_again() {
    let edge = Edge::new().await;
    let (first, certificate) = (edge.file(0, "bundle").await, edge.file(0, "certificate").await);
    let unchanged = edge.file(1, "bundle").await;
    let number = edge.line(0).await.2;
    assert_eq!(edge.verdict(&certificate).await, Verdict::Valid);

    edge.correct(&edge.right, &edge.turned().await).await;
    assert_eq!(edge.line(0).await, ("59.00".into(), "failed".into(), number.clone(), true));
    assert_eq!(edge.verdict(&first).await, Verdict::Superseded);
    assert_ne!(edge.verdict(&certificate).await, Verdict::Valid, "who fails has no certificate");
    assert_eq!(edge.verdict(&edge.file(0, "bundle").await).await, Verdict::Valid);
    assert_eq!(jws(&edge.file(1, "bundle").await), jws(&unchanged), "whose mark stays keeps the result");
    let report = edge.audited().await;
    assert!(report.agrees, "{:?}", report.findings);

    // The other one rises, and gets a certificate.
    let (item, answer) = edge.wrong.clone();
    edge.correct(&item, &json!({ "kind": "accepted", "keys": [[answer]] })).await;
    assert_eq!(edge.line(1).await, ("60.00".into(), "passed".into(), Value::Null, false));
    let service = &edge.walked.batch.service;
    let issued = service.post(&edge.walked.batch.office(), &edge.walked.path("/certificates"), json!({})).await.ok();
    assert_eq!((&issued["new"], &issued["all"]), (&json!(1), &json!(1)), "{issued}");
    assert_eq!(edge.verdict(&edge.file(1, "certificate").await).await, Verdict::Valid);
    let report = edge.audited().await;
    assert!(report.agrees, "{:?}", report.findings);

    // The first correction was wrong as well: the key counts again, and the certificate keeps its number.
    let back = json!({ "kind": "accepted", "keys": [keys()[&edge.right]] });
    edge.correct(&edge.right, &back).await;
    assert_eq!(edge.line(0).await, ("60.00".into(), "passed".into(), number, false));
    assert_eq!(edge.verdict(&edge.file(0, "certificate").await).await, Verdict::Valid);
    assert_ne!(edge.verdict(&certificate).await, Verdict::Valid);
    let report = edge.audited().await;
    assert!(report.agrees, "{:?}", report.findings);
    edge.rebuilt().await;
}

// Catches results that no correction of the log explains, and an audit that hides one.
#[tokio::test]
async fn a_score_by_the_old_key_and_a_hidden_correction_are_named() {
    let edge = Edge::new().await;
    let before = edge.audit_text().await;
    edge.correct(&edge.right, &edge.turned().await).await;
    let trust = edge.walked.trust().await;
    let logged = edge.logged(&trust).await;
    let after = edge.audit_text().await;
    assert!(judged(&after, &trust, &logged).agrees);
    let hidden = judged(&before, &trust, &logged);
    assert!(defects(&hidden).contains(&AuditDefect::KeyCorrection), "{:?}", hidden.findings);
    // The lines of before under the header of after.
    let (header, _) = after.split_once('\n').unwrap();
    let (_, lines) = before.split_once('\n').unwrap();
    let old = judged(&format!("{header}\n{lines}"), &trust, &logged);
    assert!(defects(&old).contains(&AuditDefect::OldKey), "{:?}", old.findings);
}

#[tokio::test]
async fn two_officers_decide_and_each_decision_counts_once() {
    let edge = Edge::new().await;
    let rule = edge.turned().await;
    let body = json!({ "item": edge.right, "rule": rule, "reason": "标准答案有误", "request": "propose-this-once" });
    for _ in 0..2 {
        assert_eq!(edge.ask(false, "", body.clone()).await.status, StatusCode::NO_CONTENT);
    }
    let other = json!({ "item": edge.wrong.0, "rule": { "kind": "struck" }, "reason": "题干有误" });
    assert_eq!(edge.ask(true, "", other.clone()).await.code(), "request_waits");
    assert_eq!(edge.ask(false, "/approval", json!({})).await.code(), "same_person");
    assert_eq!(edge.ask(false, "/settling", json!({})).await.code(), "not_under_way");
    assert_eq!(edge.list().await["proposed"]["may_approve"], false);
    // Taken back, nothing is left of it.
    let service = &edge.walked.batch.service;
    let (office, path) = (edge.walked.batch.office(), edge.path("/proposal"));
    let withdrawn = service.request(Channel::Tls, &office, "DELETE", &path, None).await;
    assert_eq!(withdrawn.status, StatusCode::NO_CONTENT);
    assert_eq!(edge.ask(true, "/approval", json!({})).await.code(), "nothing_requested");
    let present = json!({ "kind": "accepted", "keys": [keys()[&edge.right]] });
    let same = json!({ "item": edge.right, "rule": present, "reason": "没有不同" });
    assert_eq!(edge.ask(false, "", same).await.code(), "nothing_to_correct");
    let unsaid = json!({ "item": edge.right, "rule": rule, "reason": " " });
    assert_eq!(edge.ask(false, "", unsaid).await.code(), "reason");

    let again = json!({ "item": edge.right, "rule": rule, "reason": "标准答案有误" });
    edge.ask(false, "", again).await;
    let size = edge.size().await;
    let once = json!({ "request": "approve-this-once" });
    for _ in 0..2 {
        assert_eq!(edge.ask(true, "/approval", once.clone()).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(edge.size().await, size + 1, "one leaf");
    assert_eq!(edge.ask(true, "/approval", json!({})).await.code(), "nothing_requested");
    // Until it is carried out nothing else rests on the results.
    assert_eq!(edge.ask(true, "", other).await.code(), "key_correction_unfinished");
    let issue = service.post(&office, &edge.walked.path("/certificates"), json!({})).await;
    assert_eq!(issue.code(), "key_correction_unfinished");
    let export = json!({ "reason": "上报", "format": "csv" });
    let export = service.post(&office, &edge.walked.path("/certificates/export"), export).await;
    assert_eq!(export.code(), "key_correction_unfinished");
    let (one, two) = tokio::join!(edge.ask(false, "/settling", json!({})), edge.ask(true, "/settling", json!({})));
    assert!(one.status.is_success() || two.status.is_success());
    assert_eq!(edge.superseded(0).await, 1, "two walks at once replace a result once");
}

// Catches a correction that stops half-way for good, or that changes somebody twice.
#[tokio::test]
async fn whatever_breaks_it_off_it_goes_on_where_it_stood() {
    let edge = Edge::new().await;
    let batch = BatchId::new(edge.walked.id.clone()).unwrap();
    let service = &edge.walked.batch.service;
    edge.decide(&edge.right, &edge.turned().await).await;
    // The service ends right after the approval; the scores are by the old key and said to be so.
    let report = edge.audited().await;
    assert_eq!(defects(&report), [AuditDefect::OldKey]);
    let member = service.member(&edge.second).await;
    let mut ends = 0;
    loop {
        let restarted = service.restarted();
        let settled = settle(&restarted, &member, &batch, 1).await.unwrap();
        ends += 1;
        assert_eq!((settled.settled, settled.candidates), (ends, 4));
        if settled.is_complete {
            break;
        }
        let waits = service.restarted().need::<BatchState>(batch.as_str(), "batch").await.unwrap();
        assert!(waits.key_corrections().unwrap().under_way().is_some());
    }
    assert_eq!(ends, 4);
    assert_eq!(settle(&service.app, &member, &batch, 1).await.unwrap_err().code(), "not_under_way");
    assert_eq!(edge.superseded(0).await, 1);
    assert!(edge.audited().await.agrees);
    edge.rebuilt().await;
}

// The walk is broken off after a person's commit and before its place is noted.
#[tokio::test]
async fn a_person_who_was_settled_is_passed_over() {
    let edge = Edge::new().await;
    let batch = BatchId::new(edge.walked.id.clone()).unwrap();
    let service = &edge.walked.batch.service;
    edge.decide(&edge.right, &edge.turned().await).await;
    let member = service.member(&edge.second).await;
    let before: BatchState = service.app.need(batch.as_str(), "batch").await.unwrap();
    settle(&service.app, &member, &batch, 4).await.unwrap();
    let size = edge.size().await;
    // As if the last event had not come: the same state as before the walk.
    let mut work = service.app.work("test");
    let again = before.key_corrections().unwrap().under_way().unwrap().clone();
    let event = kaoping_service::aggregates::batch::BatchEvent::KeyCorrected { corrected: Box::new(again) };
    work.append::<BatchState>(batch.as_str(), event).await.unwrap();
    work.commit().await.unwrap();
    assert!(settle(&service.app, &member, &batch, 4).await.unwrap().is_complete);
    assert_eq!(edge.size().await, size, "nothing is logged twice");
    assert_eq!(edge.superseded(0).await, 1);
}

#[tokio::test]
async fn a_revoked_result_stays_revoked() {
    let edge = Edge::new().await;
    let service = &edge.walked.batch.service;
    let path = |rest: &str| edge.walked.path(&format!("/results/{}/revocation{rest}", edge.walked.pseudonym(0)));
    let body = json!({ "what": "result", "code": "fraud", "reason": "查实替考" });
    service.post(&edge.walked.batch.office(), &path(""), body).await;
    service.post(&Caller::Staff(&edge.second), &path("/approval"), json!({})).await;
    edge.correct(&edge.right, &edge.turned().await).await;
    let file = edge.file(0, "bundle").await;
    let trust = edge.walked.trust().await;
    assert_eq!(verify(&file, &trust, None, &SoftwareVerifier).verdict, Verdict::Valid);
    assert_eq!(edge.verdict(&file).await, Verdict::Revoked);
    let set = service.get(&Caller::Anyone, "/api/v1/status").await.text;
    assert_eq!(set.matches("查实替考").count(), 2, "for the reason that was given then");
    assert!(edge.audited().await.agrees);
}

// Catches a request about the old result that gets lost, or that is approved about nothing.
#[tokio::test]
async fn a_request_that_waits_is_about_the_new_result() {
    let edge = Edge::new().await;
    let service = &edge.walked.batch.service;
    let path = |rest: &str| edge.walked.path(&format!("/results/{}/revocation{rest}", edge.walked.pseudonym(1)));
    let body = json!({ "what": "result", "code": "fraud", "reason": "查实替考" });
    service.post(&edge.walked.batch.office(), &path(""), body).await;
    edge.correct(&edge.wrong.0, &json!({ "kind": "struck" })).await;
    let approved = service.post(&Caller::Staff(&edge.second), &path("/approval"), json!({})).await;
    assert_eq!(approved.status, StatusCode::NO_CONTENT, "{}", approved.text);
    assert_eq!(edge.verdict(&edge.file(1, "bundle").await).await, Verdict::Revoked);
}
