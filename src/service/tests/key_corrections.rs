//! Corrections of keys after the closing: two candidates at the edge of passing, of whom one falls
//! and one rises by the correction of an item. The engine's own verifier judges.

use super::fixture::{Answer, Batch, Caller, Person};
use super::walked::{Keys, Walked, keys, score, sit};
use axum::http::StatusCode;
use kaoping_engine::draw::Paper;
use kaoping_engine::verify::batch::{BatchCheck, LoggedResults};
use kaoping_engine::verify::file::report::Verdict;
use kaoping_engine::verify::file::status::Status;
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_engine::verify::file::{Verification, verify};
use kaoping_engine::verify::scores::finding::{AuditDefect, AuditReport};
use kaoping_engine::verify::scores::{AuditCheck, AuditRules, LineCheck};
use kaoping_record::id::BatchId;
use kaoping_record::software::SoftwareVerifier;
use kaoping_service::aggregates::account::Role;
use kaoping_service::aggregates::batch::BatchState;
use kaoping_service::aggregates::result::ResultState;
use kaoping_service::http::guard::Channel;
use kaoping_service::operations::key_corrections::settling::settle;
use kaoping_service::rebuild::Rebuild;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// Whoever answers so many of a hundred items rightly passes.
const PASS: usize = 60;

/// A closed batch with certificates: the first candidate has 60 marks, the second 59.
struct Edge {
    walked: Walked,
    second: Person,
    /// An item that the first answered rightly.
    right: String,
    /// An item that the second answered wrongly, with the answer.
    wrong: (String, String),
}

impl Edge {
    async fn new() -> Self {
        static CLOSED: OnceCell<Edge> = OnceCell::const_new();
        let edge = CLOSED.get_or_init(Self::walk).await;
        let walked = Walked {
            batch: edge.walked.batch.copied().await,
            id: edge.walked.id.clone(),
            entries: edge.walked.entries.clone(),
            receipts: edge.walked.receipts.clone(),
        };
        Self { walked, second: edge.second.clone(), right: edge.right.clone(), wrong: edge.wrong.clone() }
    }

    async fn walk() -> Self {
        let (batch, id) = Batch::with_papers().await;
        let roster = batch.service.get(&batch.office(), &format!("/api/v1/batches/{id}/roster")).await.ok();
        let entries = roster["entries"].as_array().unwrap().clone();
        let ticket = |number: usize| entries[number]["ticket"].as_str().unwrap().to_owned();
        let (first, one) = batch.ask(&ticket(0), 1).await;
        let (second, two) = batch.ask(&ticket(1), 2).await;
        batch.bind(&id, &first, None).await.ok();
        batch.bind(&id, &second, None).await.ok();
        batch.room(&id, "open", json!({})).await.ok();
        let known = keys();
        let mut receipts = Vec::new();
        let mut papers = Vec::new();
        for (seed, token, right) in [(1, &one, PASS), (2, &two, PASS - 1)] {
            let shown = batch.service.get(&Caller::Seat(token), "/api/v1/seat/paper").await.ok();
            let paper: Paper = serde_json::from_str(shown["paper"].as_str().unwrap()).unwrap();
            let mut answers: Keys = Keys::new();
            for (place, entry) in paper.items.iter().enumerate() {
                let key = &known[entry.item.as_str()];
                let other = entry.options.iter().find(|option| !key.contains(&option.to_string())).unwrap();
                let answer = if place < right { key.clone() } else { vec![other.to_string()] };
                answers.insert(entry.item.to_string(), answer);
            }
            let (_, receipt) = sit(&batch, token, seed, Some(&answers), None).await;
            receipts.push(receipt.unwrap());
            papers.push((paper, answers));
        }
        // Each is on the paper of one of them alone: papers of a batch share items.
        let alone = |paper: usize, from: usize| {
            let mut items = papers[paper].0.items[from..].iter().map(|entry| entry.item.to_string());
            items.find(|item| !papers[1 - paper].1.contains_key(item)).unwrap()
        };
        let (right, wrong) = (alone(0, 0), alone(1, PASS));
        let answer = papers[1].1[&wrong][0].clone();
        let receipts = [receipts[0].clone(), receipts[1].clone()];
        let walked = Walked { batch, id, entries, receipts };
        Self::finish(&walked).await;
        let second = walked.batch.service.person("office-2", Role::Officer).await;
        Self { walked, second, right, wrong: (wrong, answer) }
    }

    /// Practical exam, absences, scoring, closing, certificates.
    async fn finish(walked: &Walked) {
        let (batch, service) = (&walked.batch, &walked.batch.service);
        let numbers = [walked.number(0).await, walked.number(1).await];
        for examiner in &batch.examiners {
            let list = service.get(&Caller::Staff(examiner), "/api/v1/examiner/assignments").await.ok();
            for line in list["assignments"].as_array().unwrap() {
                if numbers.contains(&line["number"]) {
                    score(batch, examiner, line["assignment"].as_str().unwrap(), true).await;
                }
            }
        }
        for entry in [2, 3] {
            let body = json!({ "end": "deferred", "code": "illness", "reason": "住院" });
            let path = walked.path(&format!("/results/{}/end", walked.pseudonym(entry)));
            service.post(&batch.office(), &path, body).await;
        }
        batch.end_room(&walked.id).await;
        let scored = service.post(&batch.office(), &walked.path("/score"), json!({})).await.ok();
        assert_eq!(scored["signed"], 2, "{scored}");
        let early = service.get(&batch.office(), &walked.path("/key-corrections")).await;
        assert_eq!((early.status, early.code()), (StatusCode::CONFLICT, "not_closed"));
        service.post(&batch.office(), &walked.path("/close"), json!({})).await.ok();
        service.post(&batch.office(), &walked.path("/certificates"), json!({})).await.ok();
    }

    fn path(&self, rest: &str) -> String {
        self.walked.path(&format!("/key-corrections{rest}"))
    }

    async fn ask(&self, second: bool, rest: &str, body: Value) -> Answer {
        let caller = if second { Caller::Staff(&self.second) } else { self.walked.batch.office() };
        self.walked.batch.service.post(&caller, &self.path(rest), body).await
    }

    async fn list(&self) -> Value {
        self.walked.batch.service.get(&self.walked.batch.office(), &self.path("")).await.ok()
    }

    /// The first candidate's answer is wrong from now on.
    async fn turned(&self) -> Value {
        let service = &self.walked.batch.service;
        let shown = service.get(&self.walked.batch.office(), &self.path(&format!("/items/{}", self.right))).await.ok();
        let present = shown["present"]["keys"][0][0].as_str().unwrap();
        let options = shown["options"].as_array().unwrap().iter().map(|option| option["id"].as_str().unwrap());
        let other = options.into_iter().find(|option| *option != present).unwrap();
        json!({ "kind": "accepted", "keys": [[other]] })
    }

    /// Proposes, approves, and settles everybody.
    async fn correct(&self, item: &str, rule: &Value) {
        let body = json!({ "item": item, "rule": rule, "reason": "标准答案有误" });
        assert_eq!(self.ask(false, "", body).await.status, StatusCode::NO_CONTENT);
        assert_eq!(self.ask(true, "/approval", json!({})).await.status, StatusCode::NO_CONTENT);
        let settled = self.ask(true, "/settling", json!({})).await.ok();
        assert_eq!(settled, json!({ "settled": 4, "candidates": 4, "is_complete": true }));
    }

    /// Mark, outcome and number of the certificate that the list shows of a candidate.
    async fn line(&self, entry: usize) -> (String, String, Value, bool) {
        let results =
            self.walked.batch.service.get(&self.walked.batch.office(), &self.walked.path("/results")).await.ok();
        let lines = results["results"].as_array().unwrap();
        let line = lines.iter().find(|line| line["pseudonym"] == self.walked.pseudonym(entry)).unwrap().clone();
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        (text("theory"), text("outcome"), line["certificate"].clone(), line["certificate_revoked"] == true)
    }

    async fn file(&self, entry: usize, what: &str) -> String {
        let path = self.walked.path(&format!("/results/{}/{what}", self.walked.pseudonym(entry)));
        let answer = self.walked.batch.service.get(&self.walked.batch.office(), &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.text
    }

    /// A file's verdict with the corrections and revocations that the service publishes.
    async fn verdict(&self, file: &str) -> Verdict {
        let trust = self.walked.trust().await;
        let set = self.walked.batch.service.get(&Caller::Anyone, "/api/v1/status").await.text;
        let mut status = Status::default();
        status.add(&set, &trust, &SoftwareVerifier).unwrap();
        let against =
            Verification { trust: &trust, status: Some(&status), person: None, now: None, verifier: &SoftwareVerifier };
        against.check(file).verdict
    }

    async fn logged(&self, trust: &TrustList) -> LoggedResults {
        let service = &self.walked.batch.service;
        let bundle = service.get(&self.walked.batch.office(), &self.walked.path("/bundle")).await.text;
        let mut check = BatchCheck::new(trust, &SoftwareVerifier);
        bundle.lines().for_each(|line| check.line(line));
        let (report, logged) = check.finish_with_results();
        assert!(report.complete, "{:?}", report.findings);
        assert!(!bundle.contains("\"key-correction\""), "the batch bundle opens no key");
        logged
    }

    async fn audit_text(&self) -> String {
        let path = self.walked.path("/audit?reason=%E6%8A%BD%E6%9F%A5");
        self.walked.batch.service.get(&Caller::Staff(&self.walked.batch.supervisor), &path).await.text
    }

    /// The audit of all scores, joined with the log.
    async fn audited(&self) -> AuditReport {
        let trust = self.walked.trust().await;
        let logged = self.logged(&trust).await;
        judged(&self.audit_text().await, &trust, &logged)
    }
}

fn judged(audit: &str, trust: &TrustList, logged: &LoggedResults) -> AuditReport {
    let mut lines = audit.lines();
    let rules = AuditRules::read(lines.next().unwrap(), trust, &SoftwareVerifier);
    let again = LineCheck::new(&rules, trust, &SoftwareVerifier);
    let mut check = AuditCheck::new(&rules).of_log(logged);
    lines.for_each(|line| check.take(again.check(line)));
    check.finish()
}

/// The signed part of a file.
fn jws(file: &str) -> Value {
    serde_json::from_str::<Value>(file).unwrap()["jws"].clone()
}

fn defects(report: &AuditReport) -> Vec<AuditDefect> {
    report.findings.iter().map(|finding| finding.defect).collect()
}

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
    let body = json!({ "item": edge.right, "rule": edge.turned().await, "reason": "标准答案有误" });
    edge.ask(false, "", body).await;
    edge.ask(true, "/approval", json!({})).await;
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
    let body = json!({ "item": edge.right, "rule": edge.turned().await, "reason": "标准答案有误" });
    edge.ask(false, "", body).await;
    edge.ask(true, "/approval", json!({})).await;
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

impl Edge {
    /// A request without a key of its own.
    async fn ask_plain(&self, rest: &str, body: &Value) -> Answer {
        let body = Some(body.to_string().into_bytes());
        let (service, office) = (&self.walked.batch.service, self.walked.batch.office());
        service.request(Channel::Tls, &office, "POST", &self.path(rest), body).await
    }

    /// How many events the store holds.
    async fn events(&self) -> u64 {
        let mut last = 0;
        loop {
            let page = self.walked.batch.service.app.store.all_events(last, 1000).await.unwrap();
            match page.last() {
                Some(placed) => last = placed.position,
                None => return last,
            }
        }
    }

    async fn size(&self) -> u64 {
        let note = self.walked.batch.service.get(&Caller::Anyone, "/api/v1/log/checkpoint").await.text;
        note.lines().nth(1).unwrap().parse().unwrap()
    }

    /// How often a candidate's result was replaced.
    async fn superseded(&self, entry: usize) -> usize {
        let key = format!("{}.{}", self.walked.id, self.walked.pseudonym(entry));
        let state: ResultState = self.walked.batch.service.app.need(&key, "result").await.unwrap();
        state.signed().unwrap().superseded.len()
    }

    /// Every document follows from the events alone.
    async fn rebuilt(&self) {
        let app = &self.walked.batch.service.app;
        let key = format!("{}.{}", self.walked.id, self.walked.pseudonym(0));
        let documents = || async {
            let result: ResultState = app.need(&key, "result").await.unwrap();
            let batch: BatchState = app.need(&self.walked.id, "batch").await.unwrap();
            json!([result, batch])
        };
        let before = documents().await;
        app.store.rebuild(Box::new(Rebuild::default())).await.unwrap();
        assert_eq!(documents().await, before);
    }
}
