//! Papers that are given back, and sessions that two invigilators end.

use super::fixture::{Answer, Batch, Caller, Person};
use super::pc::{Pc, seated_pc};
use axum::http::StatusCode;
use kaoping_engine::session::event::SeatEvent;
use kaoping_engine::session::hand_in::Receipt;
use kaoping_record::digest::Digest;
use kaoping_record::message::Signed;
use kaoping_service::operations::sittings::collect_overdue;
use serde_json::{Value, json};

async fn post(batch: &Batch, person: &Person, pc: &Pc, step: &str, body: Value) -> Answer {
    let path = format!("/api/v1/sittings/{}/{step}", pc.sitting());
    batch.service.post(&Caller::Staff(person), &path, body).await
}

async fn ask(batch: &Batch, person: &Person, pc: &Pc, minutes: u32) -> Answer {
    post(batch, person, pc, "reopening", json!({ "minutes": minutes, "reason": "误收" })).await
}

async fn approve(batch: &Batch, person: &Person, pc: &Pc) -> Answer {
    post(batch, person, pc, "reopening/approval", json!({})).await
}

async fn receipt(batch: &Batch, pc: &Pc) -> (Digest, Receipt) {
    let shown = batch.service.get(&Caller::Seat(&pc.token), "/api/v1/seat/receipt").await.ok();
    let signed: Signed<Receipt> = Signed::parse(shown["receipt"].as_str().unwrap().as_bytes()).unwrap();
    (signed.identity().unwrap(), signed.payload)
}

/// A seat with one answer, ten minutes after the opening.
async fn at_work() -> (Batch, String, Pc) {
    let (batch, id, _, mut pc) = seated_pc().await;
    let (opened, answer) = (pc.opened(None), pc.answer(0, 0));
    let events = [pc.write(&batch, &opened), pc.write(&batch, &answer)];
    pc.send(&batch, &events).await.ok();
    batch.service.clock.advance_minutes(10);
    (batch, id, pc)
}

#[tokio::test]
async fn a_paper_that_was_taken_by_mistake_is_given_back_with_what_was_left() {
    let (batch, id, mut pc) = at_work().await;
    post(&batch, &batch.invigilator, &pc, "hand-in", json!({ "reason": "误认座位" })).await;
    let (first, taken) = receipt(&batch, &pc).await;
    assert_eq!(taken.replaces, None);
    batch.service.clock.advance_minutes(5);
    assert_eq!(approve(&batch, &batch.second, &pc).await.code(), "reopening_not_asked");
    assert_eq!(ask(&batch, &batch.office, &pc, 0).await.code(), "forbidden", "an invigilator asks");
    assert_eq!(ask(&batch, &batch.invigilator, &pc, 2).await.status, StatusCode::NO_CONTENT);
    let seat = batch.board(&id).await["seats"]
        .as_array()
        .unwrap()
        .iter()
        .find(|seat| seat["state"] == "handed_in")
        .unwrap()
        .clone();
    assert_eq!((&seat["ended_by"], &seat["can_reopen"]), (&json!("invigilator"), &json!(true)));
    assert_eq!((&seat["reopening"]["by"], &seat["reopening"]["minutes"]), (&json!("invigilator-1"), &json!(2)));
    assert_eq!(approve(&batch, &batch.invigilator, &pc).await.code(), "second_needed");
    assert_eq!(approve(&batch, &batch.supervisor, &pc).await.code(), "forbidden");
    batch.service.clock.advance_minutes(5);
    assert_eq!(approve(&batch, &batch.office, &pc).await.status, StatusCode::NO_CONTENT);

    // 80 minutes were left when it was taken, and two were given.
    let seat = batch.service.get(&Caller::Seat(&pc.token), "/api/v1/seat").await.ok();
    let left = seat["deadline"]["ends_at_ms"].as_i64().unwrap() - seat["now_ms"].as_i64().unwrap();
    assert_eq!((&seat["state"], left), (&json!("open"), 82 * 60_000));
    assert_eq!(seat["reopened_ms"], seat["now_ms"]);
    let answer = pc.answer(1, 0);
    let events = [pc.write(&batch, &answer), pc.write(&batch, &SeatEvent::HandedIn { answered: 2 })];
    pc.send(&batch, &events).await.ok();
    let (second, handed_in) = receipt(&batch, &pc).await;
    assert_eq!((handed_in.replaces, handed_in.answered), (Some(first), 2));
    assert_ne!(handed_in.journal, taken.journal);
    // The holder of the first receipt is led to the one that counts.
    for asked in [first, second] {
        let path = format!("/api/v1/receipts/{}/{}", pc.sitting(), asked.to_hex());
        let bundle = batch.service.get(&Caller::Anyone, &path).await.ok();
        assert_eq!(bundle["receipt"]["payload"]["replaces"], first.to_hex());
    }
    assert_eq!(ask(&batch, &batch.invigilator, &pc, 5).await.code(), "not_undoable", "the candidate's own hand-in");
    let told = batch.board(&id).await["journal"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&told["happening"], &told["reason"]), (&json!("reopened"), &json!("误收")));
    batch.end_room(&id).await;
    let scored = batch.service.post(&batch.office(), &format!("/api/v1/batches/{id}/score"), json!({})).await.ok();
    assert_eq!(scored["scored"], 1, "{scored}");
}

#[tokio::test]
async fn a_paper_whose_time_was_over_is_given_back_with_minutes_alone() {
    let (batch, id, pc) = at_work().await;
    batch.service.clock.advance_minutes(82);
    assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 1);
    assert_eq!(ask(&batch, &batch.invigilator, &pc, 0).await.code(), "no_time_left");
    assert_eq!(ask(&batch, &batch.invigilator, &pc, 15).await.status, StatusCode::NO_CONTENT);
    assert_eq!(approve(&batch, &batch.second, &pc).await.status, StatusCode::NO_CONTENT);
    let state = async || batch.service.get(&Caller::Seat(&pc.token), "/api/v1/seat").await.ok()["state"].clone();
    batch.service.clock.advance_minutes(14);
    assert_eq!((state().await, collect_overdue(&batch.service.app).await.unwrap()), (json!("open"), 0));
    batch.service.clock.advance_minutes(3);
    assert_eq!((collect_overdue(&batch.service.app).await.unwrap(), state().await), (1, json!("handed_in")));
    assert!(receipt(&batch, &pc).await.1.replaces.is_some());
    batch.end_room(&id).await;
    assert_eq!(ask(&batch, &batch.invigilator, &pc, 15).await.code(), "room_closed");
}

#[tokio::test]
async fn two_invigilators_end_a_session_and_nothing_of_it_changes_afterwards() {
    let (batch, id, pc) = at_work().await;
    let ticket = batch.tickets(&id).await[1].clone();
    let (waiting, _) = batch.ask(&ticket, 9).await;
    assert_eq!(batch.confirm_end(&id, &batch.invigilator).await.code(), "at_work");
    post(&batch, &batch.invigilator, &pc, "hand-in", json!({ "reason": "身体不适" })).await;
    let board = batch.board(&id).await;
    let absentee = board["seats"].as_array().unwrap().iter().find(|seat| seat["state"] == "expected").unwrap();
    let absent = format!("/api/v1/sittings/{}/absent", absentee["sitting"].as_str().unwrap());
    batch.service.post(&Caller::Staff(&batch.invigilator), &absent, json!({ "reason": "未到" })).await;
    let old = json!({ "counts": board["end"]["counts"] });
    assert_eq!(batch.room(&id, "end", old).await.code(), "counts_changed", "counts from before the absence");
    let first = batch.confirm_end(&id, &batch.invigilator).await.ok();
    assert_eq!(
        first["end"]["counts"],
        json!({
            "handed_in": 0, "by_time": 0, "by_invigilator": 1, "absent": 1, "never_came": 2, "at_work": 0,
        })
    );
    assert_eq!(
        (&first["end"]["confirmed_by"], &first["end"]["confirmed_by_me"]),
        (&json!("invigilator-1"), &json!(true))
    );
    assert_eq!(batch.confirm_end(&id, &batch.invigilator).await.code(), "second_needed");
    assert_eq!(batch.confirm_end(&id, &batch.office).await.code(), "forbidden");
    let ended = batch.confirm_end(&id, &batch.second).await.ok();
    assert_eq!((&ended["state"], &ended["end"]["counts"]["absent"]), (&json!("closed"), &json!(3)));

    let reason = json!({ "reason": "晚到" });
    for (step, body) in [
        ("open", json!({})),
        ("pause", reason.clone()),
        ("resume", reason.clone()),
        ("incident", json!({ "text": "晚到" })),
        ("refuse", json!({ "enrolment": waiting, "reason": "晚到" })),
    ] {
        assert_eq!(batch.room(&id, step, body).await.code(), "room_closed", "{step}");
    }
    assert_eq!(batch.bind(&id, &waiting, None).await.code(), "room_closed");
    for (step, body) in [
        ("hand-in", reason.clone()),
        ("absent", reason.clone()),
        ("extend", json!({ "minutes": 5, "reason": "晚到" })),
        ("reopening", json!({ "minutes": 5, "reason": "晚到" })),
        ("reopening/approval", json!({})),
    ] {
        assert_eq!(post(&batch, &batch.invigilator, &pc, step, body).await.code(), "room_closed", "{step}");
    }
    let key = kaoping_record::software::Ed25519Signer::from_seed(&[5; 32]).unwrap();
    let body = json!({ "ticket": ticket, "key": kaoping_record::key::Signer::public_key(&key) });
    let late = batch.service.post(&Caller::Anyone, "/api/v1/seat/enrolments", body).await;
    assert_eq!(late.code(), "room_closed");
}
