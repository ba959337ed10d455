//! What happens after results are signed: certificates, corrections, revocations, and changes of
//! keys. The engine's own verifier judges.

use super::fixture::{Caller, Person};
use super::walked::Walked;
use axum::http::StatusCode;
use kaoping_engine::verify::batch::BatchCheck;
use kaoping_engine::verify::file::bundle::Person as Holder;
use kaoping_engine::verify::file::report::Report;
use kaoping_engine::verify::file::report::Verdict;
use kaoping_engine::verify::file::status::Status;
use kaoping_engine::verify::file::{Verification, verify};
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::key::Signer as _;
use kaoping_record::software::{Es256Signer, SoftwareVerifier};
use kaoping_service::aggregates::account::Role;
use kaoping_service::aggregates::log::LogState;
use kaoping_service::aggregates::organization::OrganizationState;
use kaoping_service::aggregates::result::{ResultState, result_key};
use kaoping_service::http::guard::Channel;
use kaoping_service::operations::keys::{self, GivenUp};
use kaoping_service::rebuild::Rebuild;
use serde_json::{Value, json};

/// A batch that is closed, and a second officer.
struct Closed {
    walked: Walked,
    second: Person,
}

impl Closed {
    async fn new() -> Self {
        let walked = Walked::open().await;
        walked.batch.service.post(&walked.batch.office(), &walked.path("/close"), json!({})).await.ok();
        let second = walked.batch.service.person("office-2", Role::Officer).await;
        Self { walked, second }
    }

    /// A path below the result of the one who passed.
    fn path(&self, rest: &str) -> String {
        self.walked.path(&format!("/results/{}{rest}", self.walked.pseudonym(0)))
    }

    async fn get(&self, rest: &str) -> String {
        let answer = self.walked.batch.service.get(&self.walked.batch.office(), &self.path(rest)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.text
    }

    /// Status and code of an answer to the first or the second officer.
    async fn ask(&self, second: bool, rest: &str, body: Value) -> (StatusCode, String) {
        let caller = if second { Caller::Staff(&self.second) } else { self.walked.batch.office() };
        let answer = self.walked.batch.service.post(&caller, &self.path(rest), body).await;
        (answer.status, answer.code().to_owned())
    }

    async fn certify(&self) {
        let path = self.walked.path("/certificates");
        let answer = self.walked.batch.service.post(&self.walked.batch.office(), &path, json!({})).await;
        assert_eq!(answer.status, StatusCode::OK);
    }

    async fn verified(&self, file: &str) -> Report {
        let trust = self.walked.trust().await;
        let status = self.walked.batch.service.get(&Caller::Anyone, "/api/v1/status").await.text;
        let mut known = Status::default();
        known.add(&status, &trust, &SoftwareVerifier).unwrap();
        Verification { trust: &trust, status: Some(&known), person: None, now: None, verifier: &SoftwareVerifier }
            .check(file)
    }
}

fn done() -> (StatusCode, String) {
    (StatusCode::NO_CONTENT, String::new())
}

fn conflict(code: &str) -> (StatusCode, String) {
    (StatusCode::CONFLICT, code.to_owned())
}

#[tokio::test]
async fn a_certificate_is_a_credential_that_falls_with_its_result() {
    let closed = Closed::new().await;
    // A list without all passers never reaches the authority.
    let export = json!({ "reason": "上报", "format": "csv" });
    let path = closed.walked.path("/certificates/export");
    let office = closed.walked.batch.office();
    let early = closed.walked.batch.service.post(&office, &path, export.clone()).await;
    assert_eq!((early.status, early.code()), (StatusCode::CONFLICT, "certificates_missing"));
    closed.certify().await;
    let exported = closed.walked.batch.service.post(&office, &path, export).await;
    assert_eq!(exported.status, StatusCode::OK);
    let (result, certificate) = (closed.get("/bundle").await, closed.get("/certificate").await);
    let report = closed.verified(&certificate).await;
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.checks);
    assert_eq!(closed.verified(&result).await.verdict, Verdict::Valid);
    // Once more gives no second number and no second certificate.
    closed.certify().await;
    assert_eq!(closed.get("/certificate").await, certificate);

    let body = || json!({ "what": "certificate", "code": "error", "reason": "照片印错" });
    assert_eq!(closed.ask(false, "/revocation/approval", json!({})).await, conflict("nothing_requested"));
    assert_eq!(closed.ask(false, "/revocation", body()).await, done());
    assert_eq!(closed.ask(true, "/revocation", body()).await, conflict("request_waits"));
    assert_eq!(closed.ask(false, "/revocation/approval", json!({})).await, conflict("same_person"));
    assert_eq!(closed.verified(&certificate).await.verdict, Verdict::Valid, "asked for is not revoked");
    assert_eq!(closed.ask(true, "/revocation/approval", json!({})).await, done());
    assert_eq!(closed.verified(&certificate).await.verdict, Verdict::Revoked);
    assert_eq!(closed.verified(&result).await.verdict, Verdict::Valid, "the result still counts");
    assert_eq!(closed.ask(false, "/revocation", body()).await, conflict("already_revoked"));

    let body = json!({ "what": "result", "code": "fraud", "reason": "替考" });
    assert_eq!(closed.ask(true, "/revocation", body.clone()).await, done());
    let path = closed.path("/request");
    let service = &closed.walked.batch.service;
    let taken_back = service.request(Channel::Tls, &closed.walked.batch.office(), "DELETE", &path, None).await;
    assert_eq!(taken_back.status, StatusCode::NO_CONTENT);
    assert_eq!(closed.ask(true, "/revocation", body).await, done());
    assert_eq!(closed.ask(false, "/revocation/approval", json!({})).await, done());
    assert_eq!(closed.verified(&result).await.verdict, Verdict::Revoked);
    let list = service.get(&closed.walked.batch.office(), &closed.walked.path("/results")).await.ok();
    let line = list["results"].as_array().unwrap().iter().find(|line| line["pseudonym"] == closed.walked.pseudonym(0));
    assert_eq!((&line.unwrap()["revoked"], &line.unwrap()["certificate_revoked"]), (&json!(true), &json!(true)));
    closed.rebuilt().await;
}

#[tokio::test]
async fn a_wrong_name_is_corrected_by_two_who_enter_it_apart() {
    let closed = Closed::new().await;
    closed.certify().await;
    let (old, certificate) = (closed.get("/bundle").await, closed.get("/certificate").await);
    let service = &closed.walked.batch.service;
    let pseudonym = PseudonymId::new(closed.walked.pseudonym(0)).unwrap();
    let person = kaoping_service::operations::roster::person(&service.app, &pseudonym).await.unwrap();
    let number = person.document.number().to_owned();
    let right = json!({ "name": "王更正", "id_number": number, "reason": "登记时写错了名字" });
    let same = json!({ "name": person.name.as_str(), "id_number": number, "reason": "没有错" });
    assert_eq!(closed.ask(false, "/correction", same).await, conflict("nothing_to_correct"));
    let broken = json!({ "name": "王更正", "id_number": "110101199003070000", "reason": "登记时写错了名字" });
    assert_eq!(closed.ask(false, "/correction", broken).await.1, "id_number");
    assert_eq!(closed.ask(false, "/correction", right).await, done());
    let entry = |name: &str| json!({ "name": name, "id_number": number });
    assert_eq!(closed.ask(false, "/correction/approval", entry("王更正")).await, conflict("same_person"));
    assert_eq!(closed.ask(true, "/correction/approval", entry("王更政")).await, conflict("entries_differ"));
    assert_eq!(closed.verified(&old).await.verdict, Verdict::Valid);
    assert_eq!(closed.ask(true, "/correction/approval", entry("王更正")).await, done());

    assert_eq!(closed.verified(&old).await.verdict, Verdict::Superseded);
    assert_ne!(closed.verified(&certificate).await.verdict, Verdict::Valid, "it rests on what was replaced");
    let (new, renewed) = (closed.get("/bundle").await, closed.get("/certificate").await);
    let holder = |name: &str| Holder {
        name: name.into(),
        id_kind: "居民身份证".into(),
        id_number: number.clone(),
        code_salt: None,
    };
    let trust = closed.walked.trust().await;
    let check = |file: &str, name: &str| verify(file, &trust, Some(&holder(name)), &SoftwareVerifier).verdict;
    assert_eq!(check(&new, "王更正"), Verdict::Valid);
    assert_eq!(check(&renewed, "王更正"), Verdict::Valid);
    assert_eq!(check(&new, person.name.as_str()), Verdict::Invalid);
    assert_eq!(closed.verified(&new).await.verdict, Verdict::Valid);
    assert_eq!(closed.verified(&renewed).await.verdict, Verdict::Valid);
    let of = |bundle: &str| {
        let bundle: Value = serde_json::from_str(bundle).unwrap();
        kaoping_record::jws::Unverified::parse(bundle["jws"].as_str().unwrap()).unwrap().claimed::<Value>().unwrap()
    };
    let marks = |bundle: &str| {
        let credential = of(bundle);
        let subject = &credential["credentialSubject"];
        (subject["theory"].clone(), subject["practical"].clone(), subject["outcome"].clone())
    };
    assert_eq!(marks(&new), marks(&old), "marks are not touched");
    assert_eq!(of(&renewed)["id"], of(&certificate)["id"], "the number stays");

    // The batch stays whole: the first result ends the sitting, the correction follows it.
    let bundle = service.get(&closed.walked.batch.office(), &closed.walked.path("/bundle")).await.text;
    let mut check = BatchCheck::new(&trust, &SoftwareVerifier);
    bundle.lines().for_each(|line| check.line(line));
    let report = check.finish();
    assert!(report.complete, "{:?}", report.findings);
    closed.rebuilt().await;
}

#[tokio::test]
async fn a_key_takes_over_and_the_former_one_is_cut_off_by_the_log() {
    let closed = Closed::new().await;
    let service = &closed.walked.batch.service;
    let before = closed.get("/bundle").await;
    let app = &service.app;
    let former = app.keys.organization.public_key().clone();
    let known = keys::signing_keys(app).await.unwrap();
    assert_eq!(known.len(), 1, "enrolled when the organization was entered");
    let name = former.id().as_str().to_owned();
    let refused = keys::revoke(app, &name, GivenUp::Revoked, "换人").await.unwrap_err();
    assert!(refused.to_string().contains("key"), "{refused}");
    let next = Es256Signer::from_scalar(&[9; 32]).unwrap();
    keys::rotate(app, &next).await.unwrap();
    let trust = closed.walked.trust().await;
    assert_eq!(trust.issuers.len(), 2);
    assert!(trust.issuers[0].retired_ms.is_some() && trust.issuers[1].retired_ms.is_none());
    assert_eq!(trust.issuers[1].key, *next.public_key());
    assert_eq!(closed.verified(&before).await.verdict, Verdict::Valid, "signed before the rotation");
    assert!(keys::rotate(app, &next).await.is_err(), "this app still holds the former key");

    // The same data with the next key: it signs, and gives the former key up.
    let size = {
        let state: LogState = app.need("main", "log").await.unwrap();
        state.size
    };
    let reopened = service.reopened(Box::new(next));
    keys::at_start(&reopened).await.unwrap();
    assert!(keys::revoke(&reopened, &name, GivenUp::Compromised { from_index: size + 1 }, "失窃").await.is_err());
    let result_index = {
        let bundle: Value = serde_json::from_str(&before).unwrap();
        bundle["proof"]["index"].as_u64().unwrap()
    };
    keys::revoke(&reopened, &name, GivenUp::Compromised { from_index: result_index + 1 }, "失窃").await.unwrap();
    assert_eq!(
        closed.verified(&before).await.verdict,
        Verdict::Valid,
        "it stands before the first leaf that is doubted"
    );
    keys::revoke(&reopened, &name, GivenUp::Compromised { from_index: result_index }, "更早就失窃").await.unwrap();
    assert_eq!(closed.verified(&before).await.verdict, Verdict::Invalid, "whatever time it claims");
    closed.rebuilt().await;
}

impl Closed {
    /// Every document follows from the events alone.
    async fn rebuilt(&self) {
        let app = &self.walked.batch.service.app;
        let batch = BatchId::new(self.walked.id.clone()).unwrap();
        let key = result_key(&batch, &PseudonymId::new(self.walked.pseudonym(0)).unwrap());
        let documents = || async {
            let result: ResultState = app.need(&key, "result").await.unwrap();
            let organization: OrganizationState = app.need("main", "organization").await.unwrap();
            json!([result, organization])
        };
        let before = documents().await;
        app.store.rebuild(Box::new(Rebuild::default())).await.unwrap();
        assert_eq!(documents().await, before);
    }
}
