//! Attempts of a draw: public entropy, a void with approval from outside, and the attempt after it.

use super::fixture::{Answer, Batch, Caller};
use axum::http::StatusCode;
use kaoping_service::aggregates::account::Role;
use kaoping_service::http::guard::Channel;
use serde_json::{Value, json};

struct Ceremony {
    batch: Batch,
    id: String,
}

impl Ceremony {
    async fn new() -> Self {
        let batch = Batch::new().await;
        let id = batch.seated().await;
        Self { batch, id }
    }

    fn path(&self, step: &str) -> String {
        format!("/api/v1/batches/{}/draw{step}", self.id)
    }

    async fn post(&self, caller: &Caller<'_>, step: &str, body: Value) -> Answer {
        self.batch.service.post(caller, &self.path(step), body).await
    }

    async fn office(&self, step: &str, body: Value) -> Answer {
        self.post(&self.batch.office(), step, body).await
    }

    async fn commit(&self, attempt: u32) {
        for (number, person) in (1..).zip(&self.batch.custodians) {
            let commitment = self.batch.commitment_of(&self.id, attempt, person, number);
            self.post(&Caller::Staff(person), "/commitments", json!({ "commitment": commitment })).await.ok();
        }
    }

    async fn open(&self, number: u8) -> Answer {
        let person = &self.batch.custodians[usize::from(number) - 1];
        let secret = kaoping_record::digest::to_hex(&[number; 32]);
        self.post(&Caller::Staff(person), "/openings", json!({ "secret": secret })).await
    }

    async fn read(&self) -> Value {
        self.batch.service.get(&self.batch.office(), &self.path("")).await.ok()
    }
}

fn void(note: &str) -> Value {
    json!({ "reason": "secret_lost", "note": note })
}

fn lottery(batch: &Batch, minutes: i64) -> Value {
    let not_before = batch.service.app.now().plus_millis(minutes * 60_000).millis();
    json!({ "public_entropy": {
        "source": "中国福利彩票双色球 第2026135期", "rule": "lottery-rfc3797", "not_before_ms": not_before,
    }})
}

#[tokio::test]
async fn an_attempt_ends_only_with_approval_from_outside() {
    let ceremony = Ceremony::new().await;
    let [inside, outside] = &ceremony.batch.custodians;
    assert_eq!(ceremony.office("/void", void("太早")).await.code(), "not_at_this_stage");
    ceremony.commit(1).await;
    ceremony.office("/manifest", json!({})).await.ok();
    ceremony.open(1).await.ok();
    let first = ceremony.read().await["manifest"]["digest"].clone();

    assert_eq!(ceremony.office("/void", void("  ")).await.code(), "reason");
    assert_eq!(ceremony.post(&Caller::Staff(outside), "/void/approval", json!({})).await.code(), "nothing_proposed");
    let asked = ceremony.office("/void", void("二号保管人的 U 盘损坏，备份打不开")).await.ok();
    assert_eq!(asked["proposal"]["may_approve"], false, "the office asks and cannot approve");
    assert_eq!(ceremony.post(&Caller::Staff(inside), "/void/approval", json!({})).await.code(), "forbidden");
    let seen = ceremony.batch.service.get(&Caller::Staff(outside), &ceremony.path("")).await.ok();
    assert_eq!(seen["proposal"]["may_approve"], true);
    let ended = ceremony.post(&Caller::Staff(outside), "/void/approval", json!({})).await.ok();

    assert_eq!((&ended["attempt"], &ended["stage"]), (&json!(2), &json!("seated")));
    let record = &ended["voided"][0]["document"];
    assert_eq!(record["payload"]["manifest"], first);
    assert_eq!(record["payload"]["opened"], json!([inside.id]));
    assert_eq!(record["payload"]["approved_by"], json!(outside.id));

    // The next attempt names what it replaces, and its number stands in the commitments.
    ceremony.commit(2).await;
    ceremony.office("/manifest", json!({})).await.ok();
    let next = ceremony.read().await;
    assert_eq!(next["manifest"]["document"]["payload"]["replaces"]["manifest"], first);
    ceremony.open(1).await.ok();
    ceremony.open(2).await.ok();
    let dealt = ceremony.office("/deal", json!({})).await.ok();
    assert_eq!((&dealt["stage"], &dealt["attempt"]), (&json!("dealt"), &json!(2)));
    assert_eq!(ceremony.office("/void", void("太晚")).await.code(), "not_at_this_stage");
}

#[tokio::test]
async fn a_void_can_be_taken_back_and_custodians_replaced() {
    let ceremony = Ceremony::new().await;
    ceremony.commit(1).await;
    ceremony.office("/manifest", json!({})).await.ok();
    ceremony.office("/void", void("先申请")).await.ok();
    let path = ceremony.path("/void");
    let caller = ceremony.batch.office();
    let withdrawn = ceremony.batch.service.request(Channel::Tls, &caller, "DELETE", &path, None).await.ok();
    assert_eq!(withdrawn["proposal"], Value::Null);

    let third = ceremony.batch.service.person("custodian-3", Role::Custodian).await;
    let [first, _] = &ceremony.batch.custodians;
    let line = |id: &str, outside: bool| json!({ "account": id, "outside": outside });
    let with = |custodians: Value| {
        let mut body = void("二号保管人失联");
        body["custodians"] = custodians;
        body
    };
    for wrong in [
        json!([line(&first.id, true)]),
        json!([line(&first.id, false), line(&third.id, false)]),
        json!([line(&first.id, false), line(&first.id, true)]),
        json!([line(&first.id, false), line(&ceremony.batch.office.id, true)]),
    ] {
        assert_eq!(ceremony.office("/void", with(wrong)).await.code(), "custodians");
    }
    // Nobody from outside is left of the first attempt: who will hold a secret of the next
    // approves.
    ceremony.office("/void", with(json!([line(&first.id, false), line(&third.id, true)]))).await.ok();
    let ended = ceremony.post(&Caller::Staff(&third), "/void/approval", json!({})).await.ok();
    let names: Vec<_> = ended["custodians"].as_array().unwrap().iter().map(|line| line["custodian"].clone()).collect();
    assert_eq!(names, [json!(first.id), json!(third.id)]);
}

#[tokio::test]
async fn public_entropy_is_named_before_it_exists_and_entered_after() {
    let ceremony = Ceremony::new().await;
    ceremony.commit(1).await;
    let soon = ceremony.office("/manifest", lottery(&ceremony.batch, 0)).await;
    assert_eq!(
        (soon.status, &soon.body["faults"][0]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("entropy_too_soon"))
    );
    let mut vague = lottery(&ceremony.batch, 60);
    vague["public_entropy"]["source"] = json!("某彩票");
    assert_eq!(ceremony.office("/manifest", vague).await.body["faults"][0]["code"], "entropy_source");

    let named = lottery(&ceremony.batch, 60);
    ceremony.office("/manifest", named.clone()).await.ok();
    ceremony.open(1).await.ok();
    ceremony.open(2).await.ok();
    assert_eq!(ceremony.office("/deal", json!({})).await.code(), "entropy_missing");
    let published = named["public_entropy"]["not_before_ms"].as_i64().unwrap();
    let outcome = |numbers: Value| {
        json!({ "outcome": { "v": 1, "rule": "lottery-rfc3797", "source": "中国福利彩票双色球 第2026135期",
            "numbers": numbers, "published_at_ms": published } })
    };
    let right = outcome(json!([[31, 3, 22, 7, 28, 12], [9]]));
    assert_eq!(ceremony.office("/entropy", right.clone()).await.code(), "entropy_early");
    ceremony.batch.service.clock.advance_minutes(61);
    let wrong = ceremony.office("/entropy", outcome(json!([[3, 7, 12, 22, 28], [9]]))).await;
    assert_eq!(wrong.body["faults"][0]["code"], "entropy_numbers");
    let taken = ceremony.office("/entropy", right.clone()).await.ok();
    assert_eq!(taken["entropy"]["after_opening"], true);
    assert_eq!(ceremony.office("/entropy", right).await.code(), "entropy_given");
    assert_eq!(ceremony.office("/deal", json!({})).await.ok()["stage"], "dealt");
}
