//! A decision counts once, however often its request comes: the answer to an earlier one may have been lost.

use super::fixture::{Answer, Batch, Caller};
use super::pc::seated_pc;
use axum::http::StatusCode;
use kaoping_service::aggregates::room::{Happening, JournalEntry, RoomState};
use serde_json::{Value, json};

const KEY: &str = "0123456789abcdef";

async fn decide(batch: &Batch, path: &str, body: Value) -> Answer {
    batch.service.post(&Caller::Staff(&batch.invigilator), path, body).await
}

#[tokio::test]
async fn extra_time_that_was_asked_for_twice_is_given_once() {
    let batch = Batch::new().await;
    let (id, _, pc) = seated_pc(&batch).await;
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
    let batch = Batch::new().await;
    let (id, _, _) = seated_pc(&batch).await;
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
    let batch = Batch::new().await;
    let id = batch.dealt().await;
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
