//! What verifiers get of a closed batch, judged by the engine's own checkers.

use super::fixture::Caller;
use super::walked::Walked;
use axum::http::StatusCode;
use kaoping_engine::session::hand_in::Receipt;
use kaoping_engine::verify::batch::finding::BatchDefect;
use kaoping_engine::verify::batch::{BatchCheck, LoggedResults};
use kaoping_engine::verify::draw::report as draw_report;
use kaoping_engine::verify::file::report::Verdict;
use kaoping_engine::verify::file::verify;
use kaoping_engine::verify::scores::{AuditCheck, AuditRules, LineCheck};
use kaoping_engine::view::bundle::check_draw;
use kaoping_record::digest::Digest;
use kaoping_record::message::Signed;
use kaoping_record::software::SoftwareVerifier;
use kaoping_service::aggregates::account::Role;
use kaoping_service::aggregates::export::ExportState;
use serde_json::{Value, json};

/// `%E5…`: 抽查.
const REASON: &str = "reason=%E6%8A%BD%E6%9F%A5";

#[tokio::test]
async fn a_closed_batch_is_found_whole() {
    let walked = Walked::open().await;
    let (service, office) = (&walked.batch.service, walked.batch.office());
    let early = service.get(&office, &walked.path("/bundle")).await;
    assert_eq!((early.status, early.code()), (StatusCode::CONFLICT, "not_closed"));
    service.post(&office, &walked.path("/close"), json!({})).await.ok();
    // Another batch's leaves are in the same log, before and after.
    walked.batch.seated().await;
    let bundle = service.get(&office, &walked.path("/bundle")).await;
    assert!(!bundle.text.contains("示例"), "no name, no employer");
    let trust = walked.trust().await;
    let report = |text: &str| {
        let mut check = BatchCheck::new(&trust, &SoftwareVerifier);
        text.lines().for_each(|line| check.line(line));
        check.finish()
    };
    let whole = report(&bundle.text);
    assert!(whole.complete, "{:?}", whole.findings);
    assert_eq!((whole.candidates, whole.leaves), (5, 17));
    let ends = whole.ends;
    assert_eq!((ends.result, ends.absent, ends.deferred, ends.sum()), (2, 2, 1, 5));

    // Without what opens one candidate's end, that is said.
    let closed: Vec<String> = bundle
        .text
        .lines()
        .map(|line| {
            let mut value: Value = serde_json::from_str(line).unwrap();
            if value["leaf"]["kind"] == "deferred" {
                value["opened"] = Value::Null;
            }
            value.to_string()
        })
        .collect();
    let report = report(&closed.join("\n"));
    assert!(!report.complete);
    assert!(report.findings.iter().any(|finding| finding.defect == BatchDefect::LeafClosed));
}

#[tokio::test]
async fn every_score_of_a_closed_batch_is_computed_again() {
    let walked = Walked::open().await;
    let service = &walked.batch.service;
    let supervisor = Caller::Staff(&walked.batch.supervisor);
    let path = walked.path(&format!("/audit?{REASON}"));
    assert_eq!(service.get(&supervisor, &path).await.code(), "not_closed");
    service.post(&walked.batch.office(), &walked.path("/close"), json!({})).await.ok();
    // Another batch's supervisor gets nothing, nor anybody without a reason.
    let stranger = service.person("supervisor-2", Role::Supervisor).await;
    assert_eq!(service.get(&Caller::Staff(&stranger), &path).await.code(), "not_named");
    assert_eq!(service.get(&supervisor, &walked.path("/audit?reason=%20")).await.code(), "reason");

    let bundle = service.get(&supervisor, &path).await;
    assert_eq!(bundle.status, StatusCode::OK);
    let trust = walked.trust().await;
    let mut lines = bundle.text.lines();
    let rules = AuditRules::read(lines.next().unwrap(), &trust, &SoftwareVerifier);
    let again = LineCheck::new(&rules, &trust, &SoftwareVerifier);
    let mut check = AuditCheck::new(&rules);
    lines.clone().for_each(|line| check.take(again.check(line)));
    let report = check.finish();
    assert!(report.agrees, "{:?}", report.findings);
    assert_eq!((report.results, report.with_journal), (2, 2));

    // An answer that was changed afterwards is found.
    let mut check = AuditCheck::new(&rules);
    let mut line: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    line["score"]["payload"]["items"][0]["half_marks"] = json!(0);
    line["score"]["payload"]["items"][0]["chosen"] = json!([]);
    check.take(again.check(&line.to_string()));
    assert!(!check.finish().agrees);

    // Who took it, and why, is kept.
    let exports: Option<ExportState> = service.app.read(&walked.id).await.unwrap();
    let exports = exports.expect("exports");
    let [export] = exports.exports.as_slice() else { panic!("{:?}", exports.exports) };
    assert_eq!((export.what.as_str(), export.reason.as_str(), export.rows), ("audit", "抽查", 2));
    assert!(export.actor.contains(&walked.batch.supervisor.id));
}

#[tokio::test]
async fn the_promise_of_a_receipt_is_kept() {
    let walked = Walked::open().await;
    let service = &walked.batch.service;
    let trust = walked.trust().await;
    let receipts: Vec<Signed<Receipt>> =
        walked.receipts.iter().map(|text| Signed::parse(text.as_bytes()).unwrap()).collect();
    let path = |receipt: &Signed<Receipt>| {
        format!("/api/v1/receipts/{}/{}", receipt.payload.sitting, receipt.identity().unwrap())
    };
    let open = service.get(&Caller::Anyone, &path(&receipts[0])).await.ok();
    assert_eq!(open["end"], Value::Null);
    service.post(&walked.batch.office(), &walked.path("/close"), json!({})).await.ok();
    for receipt in &receipts {
        let bundle = service.get(&Caller::Anyone, &path(receipt)).await;
        assert!(bundle.body["end"]["record"].is_string());
        let report = verify(&bundle.text, &trust, None, &SoftwareVerifier);
        assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.checks);
        assert_eq!(report.receipt.as_ref(), Some(&receipt.payload));
    }
    // One receipt opens nothing of another sitting, and a sitting alone opens nothing.
    let other = format!("/api/v1/receipts/{}/{}", receipts[0].payload.sitting, receipts[1].identity().unwrap());
    assert_eq!(service.get(&Caller::Anyone, &other).await.status, StatusCode::NOT_FOUND);
    let guessed = format!("/api/v1/receipts/{}/{}", receipts[0].payload.sitting, "0".repeat(64));
    assert_eq!(service.get(&Caller::Anyone, &guessed).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_draw_of_a_closed_batch_is_drawn_again() {
    let walked = Walked::open().await;
    let (service, office) = (&walked.batch.service, walked.batch.office());
    service.post(&office, &walked.path("/close"), json!({})).await.ok();
    let bundle = service.get(&office, &walked.path("/draw/bundle")).await.text;
    let trust = walked.trust().await;
    let report = check_draw(bundle.as_bytes(), Some(&trust), &[], |_, _| {});
    assert_eq!((report.verdict, &report.differences), (draw_report::Verdict::Holds, &vec![]));
    let open = |text: &str| report.not_checked.iter().any(|open| open.en.contains(text));
    assert!(open("compare number and commitment with the log (3 ") && !open("does not know"), "{report:?}");
    let proven = |text: &str| report.proven.iter().any(|proven| proven.en.contains(text));
    assert!(proven("the basis is signed by") && proven("the manifest is signed by"), "{report:?}");

    // Joined with the log, the papers of the results are those of the draw; another one is named.
    let records = service.get(&office, &walked.path("/bundle")).await.text;
    let mut check = BatchCheck::new(&trust, &SoftwareVerifier);
    records.lines().for_each(|line| check.line(line));
    let mut logged = check.finish_with_results().1;
    let joined = check_draw(bundle.as_bytes(), Some(&trust), std::slice::from_ref(&logged), |_, _| {});
    assert_eq!((joined.verdict, &joined.differences), (draw_report::Verdict::Holds, &vec![]));
    assert!(joined.proven.iter().any(|proven| proven.en.starts_with("the papers that 2 results of the log name")));
    let codes = |logged: &LoggedResults| -> Vec<String> {
        let report = check_draw(bundle.as_bytes(), Some(&trust), std::slice::from_ref(logged), |_, _| {});
        report.differences.into_iter().map(|fault| fault.code.to_string()).collect()
    };
    let manifest = logged.manifest.replace(Digest::of(b"another"));
    assert_eq!(codes(&logged), ["other_manifest"]);
    logged.manifest = manifest;
    logged.papers.values_mut().next().expect("a result").digest = Digest::of(b"a paper that nobody drew");
    assert_eq!(codes(&logged), ["result_paper"]);
}
