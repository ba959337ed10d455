//! A sitting through its routes: binding, answers, another PC, the clock, the hand-in.

use super::fixture::{Batch, Caller};
use super::pc::{Pc, seated_pc};
use axum::http::StatusCode;
use kaoping_engine::session::event::SeatEvent;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed};
use kaoping_record::id::{ItemId, OptionId};
use kaoping_record::key::Signer as _;
use kaoping_record::software::Ed25519Signer;
use kaoping_record::time::Time;
use kaoping_service::operations::sittings::collect_overdue;
use serde_json::{Value, json};

#[tokio::test]
async fn an_unknown_ticket_opens_nothing() {
    let batch = Batch::new().await;
    let key = Ed25519Signer::from_seed(&[1; 32]).unwrap();
    let body = json!({ "ticket": "0000000000000", "key": key.public_key() });
    let answer = batch.service.post(&Caller::Anyone, "/api/v1/seat/enrolments", body).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "unknown_ticket"));
    assert_eq!(answer.body["error"]["place"], "ticket");
}

#[tokio::test]
async fn a_ticket_alone_opens_nothing() {
    let (batch, id) = Batch::with_papers().await;
    let ticket = batch.tickets(&id).await[0].clone();
    let (enrolment, token) = batch.ask(&ticket, 7).await;
    let seat = Caller::Seat(&token);
    assert_eq!(batch.service.get(&seat, "/api/v1/seat/paper").await.code(), "not_enrolled");
    let unchecked =
        json!({ "enrolment": enrolment, "ticket_checked": true, "photo_checked": false, "id_checked": true });
    assert_eq!(batch.room(&id, "bind", unchecked).await.code(), "not_checked");
    batch.bind(&id, &enrolment, None).await.ok();
    // Bound, but the room is not open yet.
    assert_eq!(batch.service.get(&seat, "/api/v1/seat/paper").await.code(), "not_open");
    batch.room(&id, "open", json!({})).await.ok();
    batch.service.get(&seat, "/api/v1/seat/paper").await.ok();
}

#[tokio::test]
async fn the_paper_carries_no_key() {
    let (batch, _, _, pc) = seated_pc().await;
    let shown = batch.service.get(&Caller::Seat(&pc.token), "/api/v1/seat/paper").await;
    for (_, bytes) in kaoping_service::library::files("national/5/items/") {
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        for item in file["items"].as_array().unwrap() {
            assert!(!shown.text.contains(item["rationale"].as_str().unwrap()));
        }
    }
    assert!(!shown.text.contains("\"key\"") && !shown.text.contains("rationale"));
    assert_eq!(shown.body["items"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn answers_are_kept_and_come_back() {
    let (batch, _, _, mut pc) = seated_pc().await;
    let opened = pc.opened(None);
    let events = vec![pc.write(&batch, &opened), {
        let answer = pc.answer(0, 1);
        pc.write(&batch, &answer)
    }];
    let answer = pc.send(&batch, &events).await.ok();
    assert_eq!(answer["acknowledged"], pc.head.last.to_hex());
    // Sent again, as after a lost answer: the same, and nothing is stored twice.
    let again = pc.send(&batch, &events).await.ok();
    assert_eq!(again["acknowledged"], pc.head.last.to_hex());
    let shown = batch.service.get(&Caller::Seat(&pc.token), "/api/v1/seat/paper").await.ok();
    assert_eq!(shown["journal"].as_array().unwrap().len(), 2);
    assert_eq!(shown["journal"][1], events[1]);
}

#[tokio::test]
async fn events_that_do_not_fit_are_refused() {
    let (batch, _, _, mut pc) = seated_pc().await;
    let opened = pc.opened(None);
    let first = pc.write(&batch, &opened);
    pc.send(&batch, std::slice::from_ref(&first)).await.ok();
    let good = pc.head;

    // Altered bytes, a forged continuation, a foreign option, two options, another key, a time
    // ahead of the room's.
    let altered = first.replace("\"seq\":0", "\"seq\": 0");
    assert_eq!(pc.send(&batch, &[altered]).await.code(), "event");
    pc.head = Head { next_seq: 1, last: Digest::of(b"other") };
    let answer = pc.answer(0, 0);
    let forged = pc.write(&batch, &answer);
    assert_eq!(pc.send(&batch, &[forged]).await.code(), "chain");
    let item = pc.paper.items[0].clone();
    let strange = [
        SeatEvent::Answered { item: item.item.clone(), options: vec![OptionId::new("none").unwrap()] },
        SeatEvent::Answered { item: ItemId::new("none").unwrap(), options: vec![] },
        SeatEvent::Answered {
            item: item.item.clone(),
            options: {
                let mut two = item.options[..2].to_vec();
                two.sort();
                two
            },
        },
        SeatEvent::HandedIn { answered: 5 },
        SeatEvent::Opened { paper: Digest::of(b"other"), continues: None },
    ];
    for event in strange {
        pc.head = good;
        let text = pc.write(&batch, &event);
        assert_eq!(pc.send(&batch, &[text]).await.code(), "event", "{event:?}");
    }
    let answer = pc.answer(0, 0);
    let stranger = Ed25519Signer::from_seed(&[9; 32]).unwrap().public_key().id();
    let at = batch.service.app.now();
    let by_stranger = answer.seal(&pc.stream, good, at, &stranger).unwrap();
    let ahead = answer.seal(&pc.stream, good, at.plus_millis(60_000), &pc.key).unwrap();
    for (sealed, code) in [(by_stranger, "event"), (ahead, "ahead")] {
        let text = String::from_utf8(sealed.bytes().to_vec()).unwrap();
        assert_eq!(pc.send(&batch, &[text]).await.code(), code);
    }
    assert_eq!(batch.service.app.store.head(&pc.stream).await.unwrap(), good);
}

#[tokio::test]
async fn a_second_hand_in_changes_nothing() {
    let (batch, id, _, mut pc) = seated_pc().await;
    let opened = pc.opened(None);
    let answer = pc.answer(3, 2);
    let mut events = vec![pc.write(&batch, &opened), pc.write(&batch, &answer)];
    events.push(pc.write(&batch, &SeatEvent::HandedIn { answered: 1 }));
    let taken = pc.send(&batch, &events).await.ok();
    let receipt = taken["receipt"].as_str().unwrap().to_owned();
    assert!(receipt.contains("\"answered\":1") && !receipt.contains("options"));
    // The same events once more give the same receipt; anything new is refused.
    assert_eq!(pc.send(&batch, &events).await.ok()["receipt"], receipt);
    let late = pc.answer(4, 0);
    let late = pc.write(&batch, &late);
    let refused = pc.send(&batch, &[late]).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "already_handed_in"));
    let body = json!({ "reason": "再收一次" });
    let sitting = pc.stream.as_str().split('/').nth(1).unwrap().to_owned();
    let path = format!("/api/v1/sittings/{sitting}/hand-in");
    let forced = batch.service.post(&Caller::Staff(&batch.invigilator), &path, body).await;
    assert_eq!(forced.code(), "already_handed_in");
    // Scoring waits until the session has ended, then says what is still missing, and signs
    // nothing.
    let path = format!("/api/v1/batches/{id}/score");
    let scored = batch.service.post(&batch.office(), &path, json!({})).await.ok();
    assert_eq!((&scored["scored"], scored["pending"].as_array().unwrap().len()), (&json!(0), 4));
    assert!(scored["pending"][0]["why"]["zh"].as_str().unwrap().contains("“第 1 考场”第 1 场还没有结束"), "{scored}");
    batch.end_room(&id).await;
    let scored = batch.service.post(&batch.office(), &format!("/api/v1/batches/{id}/score"), json!({})).await.ok();
    assert_eq!((scored["scored"].as_u64(), scored["signed"].as_u64()), (Some(1), Some(0)));
    assert_eq!(scored["pending"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_second_pc_continues_and_the_first_stops() {
    let (batch, id, ticket, mut first) = seated_pc().await;
    let opened = first.opened(None);
    let answer = first.answer(0, 1);
    let events = [first.write(&batch, &opened), first.write(&batch, &answer)];
    first.send(&batch, &events).await.ok();
    let (enrolment, token) = batch.ask(&ticket, 8).await;
    assert_eq!(batch.bind(&id, &enrolment, None).await.code(), "reason_missing");
    batch.bind(&id, &enrolment, Some("电脑死机")).await.ok();
    let more = first.answer(1, 1);
    let more = first.write(&batch, &more);
    let refused = first.send(&batch, &[more]).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::UNAUTHORIZED, "seat_moved"));

    let mut second = Pc::new(&batch, token, 8).await;
    let shown = batch.service.get(&Caller::Seat(&second.token), "/api/v1/seat/paper").await.ok();
    assert_eq!(shown["before"], json!(events));
    let continues = Sealed::parse(events[1].as_bytes()).unwrap().identity();
    // The paper is the same, options in the same order.
    assert_eq!(second.paper, first.paper);
    let opened = second.opened(Some(continues));
    let events = [second.write(&batch, &opened), second.write(&batch, &SeatEvent::HandedIn { answered: 1 })];
    let taken = second.send(&batch, &events).await.ok();
    assert!(taken["receipt"].as_str().unwrap().contains("\"answered\":1"));
}

#[tokio::test]
async fn the_room_clock_ends_the_paper_once() {
    let (batch, id, _, mut pc) = seated_pc().await;
    let opened = pc.opened(None);
    let answer = pc.answer(0, 0);
    let events = [pc.write(&batch, &opened), pc.write(&batch, &answer)];
    pc.send(&batch, &events).await.ok();
    let sitting = pc.stream.as_str().split('/').nth(1).unwrap().to_owned();
    let invigilator = Caller::Staff(&batch.invigilator);
    let extend = |minutes: u32| json!({ "minutes": minutes, "reason": "视力障碍，经批准" });
    let path = format!("/api/v1/sittings/{sitting}/extend");
    batch.service.post(&invigilator, &path, extend(10)).await;
    assert_eq!(batch.service.post(&invigilator, &path, extend(121)).await.code(), "minutes");

    // 90 minutes, 10 extra, a pause of 20: open at 115 minutes, over at 121.
    batch.service.clock.advance_minutes(30);
    batch.room(&id, "pause", json!({ "reason": "停电" })).await.ok();
    let paused = pc.answer(1, 0);
    let saved = pc.head;
    let text = pc.write(&batch, &paused);
    assert_eq!(pc.send(&batch, &[text]).await.code(), "not_open");
    pc.head = saved;
    batch.service.clock.advance_minutes(20);
    batch.room(&id, "resume", json!({ "reason": "来电" })).await.ok();
    batch.service.clock.advance_minutes(65);
    let answer = pc.answer(1, 0);
    let text = pc.write(&batch, &answer);
    pc.send(&batch, &[text]).await.ok();
    batch.service.clock.advance_minutes(6);
    let late = pc.answer(2, 0);
    let text = pc.write(&batch, &late);
    assert_eq!(pc.send(&batch, &[text]).await.code(), "not_open");

    // The service takes the paper with what it had acknowledged, and not twice.
    batch.service.clock.advance_minutes(1);
    assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 1);
    assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 0);
    let receipt = batch.service.get(&Caller::Seat(&pc.token), "/api/v1/seat/receipt").await.ok();
    assert_eq!(receipt["answered"], 2);
}

// The grace of a hand-in is its own: answers that come with it 25 seconds after the end are late.
#[tokio::test]
async fn after_the_end_only_the_hand_in_has_a_minute() {
    let (batch, _, _, mut pc) = seated_pc().await;
    let opened = pc.opened(None);
    let text = pc.write(&batch, &opened);
    pc.send(&batch, &[text]).await.ok();
    let stored = pc.head;
    batch.service.clock.advance_minutes(90);
    let answers: Vec<SeatEvent> = (0..59).map(|place| pc.answer(place, 0)).collect();
    let mut events: Vec<String> = answers.iter().map(|answer| pc.write(&batch, answer)).collect();
    events.push(pc.write(&batch, &SeatEvent::HandedIn { answered: 59 }));
    batch.service.clock.advance_seconds(25);
    let refused = pc.send(&batch, &events).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "not_open"));
    assert_eq!(batch.service.app.store.head(&pc.stream).await.unwrap(), stored);
    pc.head = stored;
    let text = pc.write(&batch, &SeatEvent::HandedIn { answered: 0 });
    assert_eq!(pc.send(&batch, &[text]).await.ok()["state"], "handed_in");
}

#[tokio::test]
async fn no_event_is_dated_outside_the_papers_time_or_backwards() {
    let (batch, _, _, mut pc) = seated_pc().await;
    let since = batch.service.app.now();
    let opened = pc.opened(None);
    let sealed = opened.seal(&pc.stream, pc.head, since.plus_millis(-1), &pc.key).unwrap();
    let text = String::from_utf8(sealed.bytes().to_vec()).unwrap();
    assert_eq!(pc.send(&batch, &[text]).await.code(), "event", "before the opening");
    batch.service.clock.advance_minutes(1);
    let text = pc.write(&batch, &opened);
    pc.send(&batch, &[text]).await.ok();
    let answer = pc.answer(0, 0);
    let send = async |at: Time| {
        let sealed = answer.seal(&pc.stream, pc.head, at, &pc.key).unwrap();
        let text = String::from_utf8(sealed.bytes().to_vec()).unwrap();
        pc.send(&batch, &[text]).await.code().to_owned()
    };
    for before in [1, 60_001, 1_796_083_260_000] {
        assert_eq!(send(since.plus_millis(60_000 - before)).await, "event", "{before} ms before the event before");
    }
    batch.service.clock.advance_minutes(89);
    assert_eq!(send(since.plus_millis(90 * 60_000 + 1)).await, "event", "an answer after the end");
    assert_eq!(send(since.plus_millis(90 * 60_000)).await, "");
}

#[tokio::test]
async fn only_who_did_not_come_is_absent() {
    let (batch, id, _, _) = seated_pc().await;
    let board = batch.service.get(&Caller::Staff(&batch.invigilator), &format!("/api/v1/rooms/{id}/1/r1")).await.ok();
    let seats = board["seats"].as_array().unwrap().clone();
    let mut absent = 0;
    for seat in seats {
        let path = format!("/api/v1/sittings/{}/absent", seat["sitting"].as_str().unwrap());
        let answer = batch.service.post(&Caller::Staff(&batch.invigilator), &path, json!({ "reason": "未到" })).await;
        if seat["state"] == "expected" {
            assert_eq!(answer.status, StatusCode::NO_CONTENT);
            absent += 1;
        } else {
            assert_eq!(answer.code(), "has_come");
        }
    }
    assert_eq!(absent, 3);
}

#[tokio::test]
async fn examiners_see_their_own_sheets_alone() {
    let (batch, _) = Batch::with_papers().await;
    let mut seen = Vec::new();
    for examiner in &batch.examiners {
        let list = batch.service.get(&Caller::Staff(examiner), "/api/v1/examiner/assignments").await;
        // Four candidates, four sheets each; a drawn number, neither name nor employer.
        assert_eq!(list.body["assignments"].as_array().unwrap().len(), 16);
        assert!(!list.text.contains("示例") && !list.text.contains("pseudonym"));
        seen.push(list.body["assignments"][0]["assignment"].as_str().unwrap().to_owned());
    }
    let other = format!("/api/v1/examiner/assignments/{}", seen[1]);
    assert_eq!(batch.service.get(&Caller::Staff(&batch.examiners[0]), &other).await.code(), "forbidden");
    let own = format!("/api/v1/examiner/assignments/{}/hand-in", seen[0]);
    let key = Ed25519Signer::from_seed(&[1; 32]).unwrap();
    let body = json!({ "events": [], "checkpoint": "", "key": key.public_key(), "pin": "000000" });
    assert_eq!(batch.service.post(&Caller::Staff(&batch.examiners[0]), &own, body).await.code(), "wrong_pin");
    assert!(batch.service.app.now() > Time::from_millis(0));
}

// Catches candidates who are turned away because a keyboard writes full-width digits, or because a
// ticket prints groups.
#[tokio::test]
async fn a_ticket_may_be_typed_in_full_width_and_in_groups() {
    let batch = Batch::new().await;
    let id = batch.seated().await;
    let ticket = batch.tickets(&id).await.remove(0);
    let wide: String = ticket
        .chars()
        .filter_map(|digit| char::from_u32(u32::from(digit) - u32::from('0') + u32::from('０')))
        .collect();
    let (head, tail) = ticket.split_at(4);
    for (typed, seed) in [(wide, 1), (format!(" {head} {tail}"), 2), (format!("{head}-{tail}\u{3000}"), 3)] {
        let (enrolment, _) = batch.ask(&typed, seed).await;
        assert!(!enrolment.is_empty(), "{typed}");
    }
}
