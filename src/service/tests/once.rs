//! A decision counts once, however often its request comes: the answer to an earlier one may have
//! been lost.

use super::fixture::{Answer, Batch, Caller, Person, Service};
use super::pc::seated_pc;
use super::walked::Walked;
use axum::http::StatusCode;
use kaoping_engine::date::Date;
use kaoping_files::roster_sample::synthetic_roster;
use kaoping_files::roster_write::write_roster_xlsx;
use kaoping_service::aggregates::account::{AccountState, Role};
use kaoping_service::aggregates::room::{Happening, JournalEntry, RoomState};
use kaoping_service::http::guard::Channel;
use kaoping_store::identity::IndexKind;
use serde_json::{Value, json};

const KEY: &str = "0123456789abcdef";

async fn decide(batch: &Batch, path: &str, body: Value) -> Answer {
    batch.service.post(&Caller::Staff(&batch.invigilator), path, body).await
}

#[tokio::test]
async fn extra_time_that_was_asked_for_twice_is_given_once() {
    let (batch, id, _, pc) = seated_pc().await;
    let path = format!("/api/v1/sittings/{}/extend", pc.sitting());
    let body = |minutes: u32, request: &str| json!({ "minutes": minutes, "reason": "停电", "request": request });
    for _ in 0..3 {
        assert_eq!(decide(&batch, &path, body(10, KEY)).await.status, StatusCode::NO_CONTENT);
    }
    let other = decide(&batch, &path, body(20, KEY)).await;
    assert_eq!((other.status, other.code()), (StatusCode::CONFLICT, "request_reused"));
    assert_eq!(decide(&batch, &path, body(5, "another-request-1")).await.status, StatusCode::NO_CONTENT);
    let board = batch.service.get(&Caller::Staff(&batch.invigilator), &format!("/api/v1/rooms/{id}/1/r1")).await.ok();
    let seats = board["seats"].as_array().unwrap();
    let seat = seats.iter().find(|seat| seat["sitting"] == pc.sitting()).unwrap();
    assert_eq!(seat["extra_minutes"], 15);
    for bad in [json!({ "minutes": 5, "reason": "停电", "request": "short" })] {
        assert_eq!(decide(&batch, &path, bad).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn requests_at_once_with_one_key_count_once() {
    let (batch, id, _, _) = seated_pc().await;
    let note = || batch.room(&id, "incident", json!({ "text": "有人咳嗽", "request": KEY }));
    let (first, second, third) = tokio::join!(note(), note(), note());
    for answer in [first, second, third] {
        answer.ok();
    }
    let state: RoomState = batch.service.app.need(&format!("{id}.1.r1"), "room").await.unwrap();
    let is_note = |entry: &&JournalEntry| matches!(entry.what, Happening::Incident { .. });
    assert_eq!(state.journal.iter().filter(is_note).count(), 1);
}

#[tokio::test]
async fn a_repeated_decision_is_answered_as_the_first_time() {
    let (batch, id) = Batch::with_papers().await;
    let tickets = batch.tickets(&id).await;
    let (enrolment, token) = batch.ask(&tickets[0], 7).await;
    let (stranger, _) = batch.ask(&tickets[1], 8).await;
    let bind = json!({ "enrolment": enrolment, "ticket_checked": true, "photo_checked": true, "id_checked": true, "request": "bind-0123456789abcdef" });
    let steps = [
        ("bind", bind),
        ("refuse", json!({ "enrolment": stranger, "reason": "不是本人", "request": "refuse-0123456789abcdef" })),
        ("open", json!({ "request": "open-0123456789abcdef" })),
        ("pause", json!({ "reason": "停电", "request": "pause-0123456789abcdef" })),
        ("resume", json!({ "reason": "来电", "request": "resume-0123456789abcdef" })),
    ];
    for (step, body) in steps {
        let first = batch.room(&id, step, body.clone()).await.ok();
        assert_eq!(batch.room(&id, step, body).await.ok(), first, "{step}");
    }
    let seat = batch.service.get(&Caller::Seat(&token), "/api/v1/seat").await.ok();
    let path = format!("/api/v1/sittings/{}/hand-in", seat["sitting"].as_str().unwrap());
    for _ in 0..2 {
        let body = json!({ "reason": "收卷", "request": "hand-in-0123456789abcdef" });
        assert_eq!(decide(&batch, &path, body).await.status, StatusCode::NO_CONTENT);
    }
    // Another decision about the same paper is refused as before.
    assert_eq!(decide(&batch, &path, json!({ "reason": "收卷" })).await.code(), "already_handed_in");
}

fn late_file(people: std::ops::Range<usize>) -> Vec<u8> {
    let day = Date::new(2026, 12, 1).unwrap();
    write_roster_xlsx(&synthetic_roster(8, 3, day).unwrap()[people], day).unwrap()
}

#[tokio::test]
async fn a_batch_that_was_asked_for_twice_is_one() {
    let batch = Batch::new().await;
    let make = async |title: &str, request: &str| {
        let mut plan = batch.plan.clone();
        plan["title"] = title.into();
        batch.service.post(&batch.office(), "/api/v1/batches", json!({ "plan": plan, "request": request })).await
    };
    let first = make("第一批", KEY).await.ok();
    assert_eq!(make("第一批", KEY).await.ok(), first);
    assert_eq!(make("第二批", KEY).await.code(), "request_reused");
    let list = async || batch.service.get(&batch.office(), "/api/v1/batches").await.ok()["batches"].clone();
    assert_eq!(list().await.as_array().unwrap().len(), 1);
    assert_ne!(make("第一批", "another-request-1").await.ok(), first);
    assert_eq!(list().await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn rosters_and_late_additions_are_answered_again_and_taken_once() {
    let batch = Batch::new().await;
    let id = batch.planned().await;
    let upload = async |file: Vec<u8>| {
        let path = format!("/api/v1/batches/{id}/roster?request={KEY}");
        batch.service.request(Channel::Tls, &batch.office(), "POST", &path, Some(file)).await
    };
    let first = upload(late_file(0..4)).await.ok();
    assert_eq!(upload(late_file(0..4)).await.ok(), first);
    assert_eq!(upload(late_file(0..3)).await.code(), "request_reused");
    assert_eq!(batch.upload(&id, late_file(0..4)).await.code(), "roster_fixed");
    batch.deal(&id).await;
    let key = "late-0123456789abcdef";
    let late = |people| batch.upload_late_as(key, &id, "r1", late_file(people));
    let (one, two, three) = tokio::join!(late(4..5), late(4..5), late(4..5));
    let first = one.ok();
    assert_eq!((two.ok(), three.ok()), (first.clone(), first));
    assert_eq!(late(5..6).await.code(), "request_reused");
    assert_eq!(batch.tickets(&id).await.len(), 5);
    let number = synthetic_roster(8, 3, Date::new(2026, 12, 1).unwrap()).unwrap()[4].document.number().to_owned();
    let found = batch.service.app.identity.find_by_blind_index(IndexKind::DocumentNumber, &number).await.unwrap();
    assert_eq!(found.len(), 1, "a repeated upload leaves nobody's name behind");
}

// The answer of both holds a one-time password, which is kept nowhere.
#[tokio::test]
async fn accounts_and_resets_are_answered_again_with_the_same_password() {
    let service = Service::new().await;
    let office = service.person("office", Role::Officer).await;
    let second = service.person("office-2", Role::Officer).await;
    let post = async |who: &Person, path: &str, body: Value| {
        service.post(&Caller::Staff(who), &format!("/api/v1/staff{path}"), body).await
    };
    let new = |login: &str| json!({ "login": login, "name": "新人", "roles": ["lead"], "request": KEY });
    let made = post(&office, "", new("lead")).await.ok();
    assert_eq!(post(&office, "", new("lead")).await.ok(), made);
    assert_eq!(post(&office, "", new("other")).await.code(), "request_reused");
    let password = made["one_time_password"].as_str().unwrap();
    service.log_in("lead", password, None).await.ok();
    // Another officer's key of the same letters is another key.
    assert_eq!(post(&second, "", new("lead")).await.code(), "login_taken");
    assert_ne!(post(&second, "", new("other")).await.ok()["one_time_password"], made["one_time_password"]);

    let of = |step: &str| format!("/{}/{step}", made["account"]["id"].as_str().unwrap());
    let reset = json!({ "reason": "忘记密码", "request": "reset-0123456789abcdef" });
    let approval = json!({ "request": "approval-0123456789abcdef" });
    for _ in 0..2 {
        assert_eq!(post(&office, &of("reset"), reset.clone()).await.status, StatusCode::NO_CONTENT);
    }
    let approved = post(&second, &of("reset/approval"), approval.clone()).await.ok();
    assert_ne!(approved["one_time_password"], made["one_time_password"]);
    // A request that comes once more asks for nothing new, and an approval approves nothing else.
    assert_eq!(post(&office, &of("reset"), reset).await.status, StatusCode::NO_CONTENT);
    let state: AccountState = service.app.need(made["account"]["id"].as_str().unwrap(), "account").await.unwrap();
    assert!(state.reset.is_none());
    post(&office, &of("reset"), json!({ "reason": "又忘记了" })).await;
    assert_eq!(post(&second, &of("reset/approval"), approval).await.ok(), approved);
    let state: AccountState = service.app.need(made["account"]["id"].as_str().unwrap(), "account").await.unwrap();
    assert!(state.reset.is_some(), "the second request waits for an approval of its own");
    service.log_in("lead", approved["one_time_password"].as_str().unwrap(), None).await.ok();
}

#[tokio::test]
async fn decisions_of_the_office_count_once() {
    let walked = Walked::open().await;
    let batch = &walked.batch;
    let second = batch.service.person("office-2", Role::Officer).await;
    let path = |step: &str| walked.path(&format!("/results/{}{step}", walked.pseudonym(0)));
    let post = async |who: &Person, step: &str, body: &Value| {
        let answer = batch.service.post(&Caller::Staff(who), &path(step), body.clone()).await;
        (answer.status, answer.code().to_owned())
    };
    let done = || (StatusCode::NO_CONTENT, String::new());
    let asked = json!({ "what": "result", "code": "error", "reason": "误签", "request": KEY });
    assert_eq!(post(&batch.office, "/revocation", &asked).await, done());
    let withdrawn = batch.service.request(Channel::Tls, &batch.office(), "DELETE", &path("/request"), None).await;
    assert_eq!(withdrawn.status, StatusCode::NO_CONTENT);
    // A request that was taken back does not come back by itself.
    assert_eq!(post(&batch.office, "/revocation", &asked).await, done());
    let approval = json!({ "request": KEY });
    assert_eq!(post(&second, "/revocation/approval", &approval).await.1, "nothing_requested");
    let again = json!({ "what": "result", "code": "error", "reason": "误签", "request": "another-request-1" });
    assert_eq!(post(&batch.office, "/revocation", &again).await, done());
    for _ in 0..2 {
        assert_eq!(post(&second, "/revocation/approval", &approval).await, done());
    }
    assert_eq!(
        post(&batch.office, "/revocation", &json!({ "what": "result", "code": "error", "reason": "误签" })).await.1,
        "already_revoked"
    );
}

// Absence is taken back and recorded again by the lead; a late copy of the first request changes
// nothing.
#[tokio::test]
async fn a_lead_examiners_decisions_count_once() {
    let (batch, id) = Batch::with_papers().await;
    let roster = batch.service.get(&batch.office(), &format!("/api/v1/batches/{id}/roster")).await.ok();
    let sitting = roster["entries"][0]["practical"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/panels/{sitting}/absent");
    let absent = || json!({ "reason": "未到", "request": KEY });
    let is_absent = async || {
        let panels = batch.service.get(&Caller::Staff(&batch.lead), &format!("/api/v1/panels?batch={id}")).await.ok();
        let panels = panels["panels"].as_array().unwrap().clone();
        panels.iter().find(|panel| panel["sitting"] == *sitting).unwrap()["absent"].clone()
    };
    let lead = Caller::Staff(&batch.lead);
    assert_eq!(batch.service.post(&lead, &path, absent()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(is_absent().await, true);
    batch.service.request(Channel::Tls, &lead, "DELETE", &path, None).await;
    assert_eq!(batch.service.post(&lead, &path, absent()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(is_absent().await, false, "the candidate came; the copy of the first request does not undo that");
}

// Every decision demands its key: a page that forgets it is found here.
#[tokio::test]
async fn a_decision_without_a_key_is_refused() {
    let (batch, id) = Batch::with_papers().await;
    let office = batch.office();
    let of = |path: &str, body: Value| (path.replace("{id}", &id), body);
    for (path, body) in [
        of("/api/v1/batches", json!({ "plan": batch.plan })),
        of("/api/v1/staff", json!({ "login": "someone", "name": "某人", "roles": ["lead"] })),
        of("/api/v1/staff/none/reset", json!({ "reason": "忘记" })),
        of("/api/v1/staff/none/reset/approval", json!({})),
        of("/api/v1/staff/none/closing", json!({ "reason": "离职" })),
        of("/api/v1/batches/{id}/draw/void", json!({ "reason": "entropy_missing", "note": "原因" })),
        of("/api/v1/batches/{id}/results/none/end", json!({ "end": "void", "code": "technical", "reason": "停电" })),
        of("/api/v1/batches/{id}/results/none/correction", json!({ "name": "王", "id_number": "1", "reason": "错" })),
        of("/api/v1/batches/{id}/results/none/correction/approval", json!({ "name": "王", "id_number": "1" })),
        of(
            "/api/v1/batches/{id}/results/none/revocation",
            json!({ "what": "result", "code": "error", "reason": "错" }),
        ),
        of("/api/v1/batches/{id}/results/none/revocation/approval", json!({})),
    ] {
        let body = body.to_string().into_bytes();
        let answer = batch.service.request(Channel::Tls, &office, "POST", &path, Some(body)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", answer.text);
        assert!(answer.text.contains("missing field `request`"), "{path}: {}", answer.text);
    }
    for path in
        [format!("/api/v1/batches/{id}/roster"), format!("/api/v1/batches/{id}/roster/late?session=1&room=r1&reason=x")]
    {
        let answer = batch.service.request(Channel::Tls, &office, "POST", &path, Some(late_file(4..5))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
    }
}
