//! A closed batch whose candidates are at the edge of passing, and what a correction of a key does to
//! it. The engine's own verifier judges.

use super::fixture::{Answer, Batch, Caller, Person};
use super::walked::{Keys, Walked, keys, score, sit};
use axum::http::StatusCode;
use kaoping_engine::draw::Paper;
use kaoping_engine::verify::batch::{BatchCheck, LoggedResults};
use kaoping_engine::verify::file::Verification;
use kaoping_engine::verify::file::report::Verdict;
use kaoping_engine::verify::file::status::Status;
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_engine::verify::scores::finding::{AuditDefect, AuditReport};
use kaoping_engine::verify::scores::{AuditCheck, AuditRules, LineCheck};
use kaoping_record::software::SoftwareVerifier;
use kaoping_service::aggregates::account::Role;
use kaoping_service::aggregates::batch::BatchState;
use kaoping_service::aggregates::result::ResultState;
use kaoping_service::http::guard::Channel;
use kaoping_service::rebuild::Rebuild;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// Whoever answers so many of a hundred items rightly passes.
const PASS: usize = 60;

/// A closed batch with certificates: the first candidate has 60 marks, the second 59.
pub(crate) struct Edge {
    pub(crate) walked: Walked,
    pub(crate) second: Person,
    /// An item that the first answered rightly.
    pub(crate) right: String,
    /// An item that the second answered wrongly, with the answer.
    pub(crate) wrong: (String, String),
}

impl Edge {
    pub(crate) async fn new() -> Self {
        static CLOSED: OnceCell<Edge> = OnceCell::const_new();
        let edge = CLOSED.get_or_init(Self::walk).await;
        let walked = edge.walked.copied().await;
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

    pub(crate) fn path(&self, rest: &str) -> String {
        self.walked.path(&format!("/key-corrections{rest}"))
    }

    pub(crate) async fn ask(&self, second: bool, rest: &str, body: Value) -> Answer {
        let caller = if second { Caller::Staff(&self.second) } else { self.walked.batch.office() };
        self.walked.batch.service.post(&caller, &self.path(rest), body).await
    }

    pub(crate) async fn list(&self) -> Value {
        self.walked.batch.service.get(&self.walked.batch.office(), &self.path("")).await.ok()
    }

    /// The first candidate's answer is wrong from now on.
    pub(crate) async fn turned(&self) -> Value {
        let service = &self.walked.batch.service;
        let shown = service.get(&self.walked.batch.office(), &self.path(&format!("/items/{}", self.right))).await.ok();
        let present = shown["present"]["keys"][0][0].as_str().unwrap();
        let options = shown["options"].as_array().unwrap().iter().map(|option| option["id"].as_str().unwrap());
        let other = options.into_iter().find(|option| *option != present).unwrap();
        json!({ "kind": "accepted", "keys": [[other]] })
    }

    /// Proposes and approves; nobody is settled yet.
    pub(crate) async fn decide(&self, item: &str, rule: &Value) {
        let body = json!({ "item": item, "rule": rule, "reason": "标准答案有误" });
        assert_eq!(self.ask(false, "", body).await.status, StatusCode::NO_CONTENT);
        assert_eq!(self.ask(true, "/approval", json!({})).await.status, StatusCode::NO_CONTENT);
    }

    /// Proposes, approves, and settles everybody.
    pub(crate) async fn correct(&self, item: &str, rule: &Value) {
        self.decide(item, rule).await;
        let settled = self.ask(true, "/settling", json!({})).await.ok();
        assert_eq!(settled, json!({ "settled": 4, "candidates": 4, "is_complete": true }));
    }

    /// Mark, outcome and number of the certificate that the list shows of a candidate.
    pub(crate) async fn line(&self, entry: usize) -> (String, String, Value, bool) {
        let results =
            self.walked.batch.service.get(&self.walked.batch.office(), &self.walked.path("/results")).await.ok();
        let lines = results["results"].as_array().unwrap();
        let line = lines.iter().find(|line| line["pseudonym"] == self.walked.pseudonym(entry)).unwrap().clone();
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        (text("theory"), text("outcome"), line["certificate"].clone(), line["certificate_revoked"] == true)
    }

    pub(crate) async fn file(&self, entry: usize, what: &str) -> String {
        let path = self.walked.path(&format!("/results/{}/{what}", self.walked.pseudonym(entry)));
        let answer = self.walked.batch.service.get(&self.walked.batch.office(), &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.text
    }

    /// A file's verdict with the corrections and revocations that the service publishes.
    pub(crate) async fn verdict(&self, file: &str) -> Verdict {
        let trust = self.walked.trust().await;
        let set = self.walked.batch.service.get(&Caller::Anyone, "/api/v1/status").await.text;
        let mut status = Status::default();
        status.add(&set, &trust, &SoftwareVerifier).unwrap();
        let against =
            Verification { trust: &trust, status: Some(&status), person: None, now: None, verifier: &SoftwareVerifier };
        against.check(file).verdict
    }

    pub(crate) async fn logged(&self, trust: &TrustList) -> LoggedResults {
        let service = &self.walked.batch.service;
        let bundle = service.get(&self.walked.batch.office(), &self.walked.path("/bundle")).await.text;
        let mut check = BatchCheck::new(trust, &SoftwareVerifier);
        bundle.lines().for_each(|line| check.line(line));
        let (report, logged) = check.finish_with_results();
        assert!(report.complete, "{:?}", report.findings);
        assert!(!bundle.contains("\"key-correction\""), "the batch bundle opens no key");
        logged
    }

    pub(crate) async fn audit_text(&self) -> String {
        let path = self.walked.path("/audit?reason=%E6%8A%BD%E6%9F%A5");
        self.walked.batch.service.get(&Caller::Staff(&self.walked.batch.supervisor), &path).await.text
    }

    /// The audit of all scores, joined with the log.
    pub(crate) async fn audited(&self) -> AuditReport {
        let trust = self.walked.trust().await;
        let logged = self.logged(&trust).await;
        judged(&self.audit_text().await, &trust, &logged)
    }

    /// A request without a key of its own.
    pub(crate) async fn ask_plain(&self, rest: &str, body: &Value) -> Answer {
        let body = Some(body.to_string().into_bytes());
        let (service, office) = (&self.walked.batch.service, self.walked.batch.office());
        service.request(Channel::Tls, &office, "POST", &self.path(rest), body).await
    }

    /// How many events the store holds.
    pub(crate) async fn events(&self) -> u64 {
        let mut last = 0;
        loop {
            let page = self.walked.batch.service.app.store.all_events(last, 1000).await.unwrap();
            match page.last() {
                Some(placed) => last = placed.position,
                None => return last,
            }
        }
    }

    pub(crate) async fn size(&self) -> u64 {
        let note = self.walked.batch.service.get(&Caller::Anyone, "/api/v1/log/checkpoint").await.text;
        note.lines().nth(1).unwrap().parse().unwrap()
    }

    /// How often a candidate's result was replaced.
    pub(crate) async fn superseded(&self, entry: usize) -> usize {
        let key = format!("{}.{}", self.walked.id, self.walked.pseudonym(entry));
        let state: ResultState = self.walked.batch.service.app.need(&key, "result").await.unwrap();
        state.signed().unwrap().superseded.len()
    }

    /// Every document follows from the events alone.
    pub(crate) async fn rebuilt(&self) {
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

pub(crate) fn judged(audit: &str, trust: &TrustList, logged: &LoggedResults) -> AuditReport {
    let mut lines = audit.lines();
    let rules = AuditRules::read(lines.next().unwrap(), trust, &SoftwareVerifier);
    let again = LineCheck::new(&rules, trust, &SoftwareVerifier);
    let mut check = AuditCheck::new(&rules).of_log(logged);
    lines.for_each(|line| check.take(again.check(line)));
    check.finish()
}

/// The signed part of a file.
pub(crate) fn jws(file: &str) -> Value {
    serde_json::from_str::<Value>(file).unwrap()["jws"].clone()
}

pub(crate) fn defects(report: &AuditReport) -> Vec<AuditDefect> {
    report.findings.iter().map(|finding| finding.defect).collect()
}
