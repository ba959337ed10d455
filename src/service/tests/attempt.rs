//! Attempts of a draw: what commitments are bound to, public entropy, openings that a witness saw in time, a void with approval from
//! outside, and the attempt after it.

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

    /// The basis is fixed, and the custodians commit, the first to the secret of this number.
    async fn commit(&self, choice: Value, first: u8) {
        let basis = self.batch.basis(&self.id, choice).await;
        for (number, person) in (first..).zip(&self.batch.custodians) {
            let commitment = self.batch.commitment(&basis, person, number);
            self.post(&Caller::Staff(person), "/commitments", json!({ "commitment": commitment })).await.ok();
        }
    }

    /// The first or second custodian opens the secret of a number.
    async fn open(&self, custodian: usize, number: u8) -> Answer {
        let person = &self.batch.custodians[custodian - 1];
        let secret = kaoping_record::digest::to_hex(&[number; 32]);
        self.post(&Caller::Staff(person), "/openings", json!({ "secret": secret })).await
    }

    async fn read(&self) -> Value {
        self.batch.service.get(&self.batch.office(), &self.path("")).await.ok()
    }
}

/// The manifest of the attempt that ended last.
fn ended_manifest(view: &Value) -> Value {
    view["voided"].as_array().unwrap().last().unwrap()["document"]["payload"]["manifest"].clone()
}

fn void(note: &str) -> Value {
    json!({ "reason": "secret_lost", "note": note })
}

fn lottery(batch: &Batch, minutes: i64) -> Value {
    let not_before = batch.service.app.now().plus_millis(minutes * 60_000).millis();
    json!({ "public_entropy": {
        "source": "中国福利彩票快乐8 第2026335期", "rule": "lottery-rfc3797", "not_before_ms": not_before,
    }})
}

#[tokio::test]
async fn an_attempt_ends_only_with_approval_from_outside() {
    let ceremony = Ceremony::new().await;
    let [inside, outside] = &ceremony.batch.custodians;
    assert_eq!(ceremony.office("/void", void("太早")).await.code(), "not_at_this_stage");
    ceremony.commit(json!({}), 1).await;
    ceremony.office("/manifest", json!({})).await.ok();
    ceremony.open(1, 1).await.ok();
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

    // The next attempt names what it replaces. A secret that was open before is known, and serves nobody again.
    let again = ceremony.batch.basis(&ceremony.id, json!({})).await;
    let old = ceremony.batch.commitment(&again, outside, 1);
    ceremony.post(&Caller::Staff(outside), "/commitments", json!({ "commitment": old })).await.ok();
    let old = ceremony.batch.commitment(&again, inside, 3);
    ceremony.post(&Caller::Staff(inside), "/commitments", json!({ "commitment": old })).await.ok();
    ceremony.office("/manifest", json!({})).await.ok();
    assert_eq!(ceremony.open(2, 1).await.code(), "secret_again");
    ceremony.office("/void", void("二号保管人用了已经公开的密码")).await.ok();
    ceremony.post(&Caller::Staff(outside), "/void/approval", json!({})).await.ok();

    ceremony.commit(json!({}), 5).await;
    ceremony.office("/manifest", json!({})).await.ok();
    let next = ceremony.read().await;
    let replaced = ended_manifest(&next);
    assert_eq!(next["basis"]["document"]["payload"]["replaces"]["manifest"], replaced);
    assert_eq!(next["manifest"]["document"]["payload"]["basis"], next["basis"]["digest"]);
    ceremony.open(1, 5).await.ok();
    ceremony.open(2, 6).await.ok();
    let dealt = ceremony.office("/deal", json!({})).await.ok();
    assert_eq!((&dealt["stage"], &dealt["attempt"]), (&json!("dealt"), &json!(3)));
    assert_eq!(ceremony.office("/void", void("太晚")).await.code(), "not_at_this_stage");
}

#[tokio::test]
async fn a_void_can_be_taken_back_and_custodians_replaced() {
    let ceremony = Ceremony::new().await;
    ceremony.commit(json!({}), 1).await;
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
    let soon = ceremony.office("/basis", lottery(&ceremony.batch, 0)).await;
    assert_eq!(
        (soon.status, &soon.body["faults"][0]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("entropy_too_soon"))
    );
    for vague in ["某彩票", "中国福利彩票双色球 第2026135期", "某彩票 第1期 1/1"] {
        let mut choice = lottery(&ceremony.batch, 60);
        choice["public_entropy"]["source"] = json!(vague);
        let refused = ceremony.office("/basis", choice).await;
        assert_eq!(refused.body["faults"][0]["code"], "entropy_source", "{vague}");
    }

    let named = lottery(&ceremony.batch, 60);
    ceremony.commit(named.clone(), 1).await;
    ceremony.office("/manifest", json!({})).await.ok();
    ceremony.open(1, 1).await.ok();
    ceremony.open(2, 2).await.ok();
    assert_eq!(ceremony.office("/deal", json!({})).await.code(), "entropy_missing");
    let published = named["public_entropy"]["not_before_ms"].as_i64().unwrap();
    let outcome = |numbers: Vec<u32>| {
        json!({ "outcome": { "v": 1, "rule": "lottery-rfc3797", "source": "中国福利彩票快乐8 第2026335期",
            "numbers": [numbers], "published_at_ms": published } })
    };
    let right = outcome((1..=20).map(|number| 4 * number).collect());
    assert_eq!(ceremony.office("/entropy", right.clone()).await.code(), "entropy_early");
    ceremony.batch.service.clock.advance_minutes(61);
    let wrong = ceremony.office("/entropy", outcome(vec![3, 7, 12, 22, 28])).await;
    assert_eq!(wrong.body["faults"][0]["code"], "entropy_numbers");
    let taken = ceremony.office("/entropy", right.clone()).await.ok();
    assert_eq!(taken["entropy"]["after_opening"], true);
    assert_eq!(ceremony.office("/entropy", right).await.code(), "entropy_given");
    assert_eq!(ceremony.office("/deal", json!({})).await.ok()["stage"], "dealt");
}

// A commitment is made for one basis: after another one, nobody can be held to it.
#[tokio::test]
async fn another_basis_asks_for_all_commitments_anew() {
    let ceremony = Ceremony::new().await;
    let [inside, _] = &ceremony.batch.custodians;
    ceremony.commit(json!({}), 1).await;
    let first = ceremony.read().await["basis"]["digest"].clone();
    ceremony.commit(lottery(&ceremony.batch, 60), 3).await;
    let view = ceremony.read().await;
    assert_eq!(view["stage"], "committed");
    assert_ne!(view["basis"]["digest"], first);
    ceremony.office("/manifest", json!({})).await.ok();
    assert_eq!(ceremony.read().await["manifest"]["document"]["payload"]["basis"], view["basis"]["digest"]);
    let old = ceremony.open(1, 1).await;
    assert_eq!((old.status, old.code()), (StatusCode::UNPROCESSABLE_ENTITY, "other_secret"), "{}", inside.id);
    ceremony.open(1, 3).await.ok();
    ceremony.open(2, 4).await.ok();
}
