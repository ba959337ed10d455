//! Decisions rest on what is true when they are committed: late bodies, a writer without pause,
//! streams that begin wrongly.

use super::fixture::Batch;
use super::pc::{Pc, seated_pc};
use axum::http::StatusCode;
use kaoping_engine::session::event::SeatEvent;
use kaoping_engine::session::progress::MAX_EVENTS;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed};
use kaoping_record::id::{AccountId, ItemId, SittingId};
use kaoping_service::aggregates::request::RequestKey;
use kaoping_service::aggregates::room::{Happening, RoomEvent, RoomState};
use kaoping_service::aggregates::seat;
use kaoping_service::aggregates::sitting::{EndedBy, SittingEvent, SittingState};
use kaoping_service::operations::member::Member;
use kaoping_service::operations::sittings;
use kaoping_store::{Append, Commit};
use serde_json::json;

async fn member(batch: &Batch) -> Member {
    batch.service.member(&batch.invigilator).await
}

fn request() -> RequestKey {
    RequestKey::try_from("a-request-of-a-test".to_owned()).unwrap()
}

fn extended() -> SittingEvent {
    SittingEvent::Extended { minutes: 5, reason: "停电".into(), by: AccountId::new("a1").unwrap() }
}

/// A second PC of the first candidate, bound and open.
async fn moved_to(batch: &Batch, id: &str, ticket: &str, seed: u8) -> Pc {
    let (enrolment, token) = batch.ask(ticket, seed).await;
    batch.bind(id, &enrolment, Some("网线断了")).await.ok();
    Pc::new(batch, token, seed).await
}

#[tokio::test]
async fn a_commit_asserts_every_head_that_the_work_loaded() {
    let (batch, id, _, pc) = seated_pc().await;
    let (app, sitting, room) = (&batch.service.app, pc.sitting(), format!("{id}.1.r1"));
    let mut rests = app.work("a");
    rests.load::<SittingState>(sitting).await.unwrap();
    rests.append::<RoomState>(&room, RoomEvent::Incident { text: "咳嗽".into() }).await.unwrap();
    let mut reads = app.work("a");
    reads.load::<SittingState>(sitting).await.unwrap();
    let mut moves = app.work("b");
    moves.append::<SittingState>(sitting, extended()).await.unwrap();
    moves.commit().await.unwrap();
    assert!(rests.commit().await.unwrap_err().is_race());
    assert!(
        app.read::<RoomState>(&room)
            .await
            .unwrap()
            .unwrap()
            .journal
            .iter()
            .all(|entry| !matches!(entry.what, Happening::Incident { .. }))
    );
    // What writes nothing has nothing to assert.
    reads.commit().await.unwrap();
}

#[tokio::test]
async fn a_commit_asserts_the_heads_of_seats_that_it_rests_on() {
    let (batch, id, _, mut pc) = seated_pc().await;
    let app = &batch.service.app;
    let mut rests = app.work("a");
    rests.guard(pc.stream.clone(), Head::EMPTY);
    rests.append::<RoomState>(&format!("{id}.1.r1"), RoomEvent::Incident { text: "咳嗽".into() }).await.unwrap();
    let opened = pc.opened(None);
    let text = pc.write(&batch, &opened);
    pc.send(&batch, &[text]).await.ok();
    assert!(rests.commit().await.unwrap_err().is_race());
}

#[tokio::test]
async fn a_body_that_comes_after_the_seat_moved_counts_nothing() {
    let (batch, id, ticket, mut first) = seated_pc().await;
    let opened = first.opened(None);
    let answer = first.answer(0, 1);
    let events = [first.write(&batch, &opened), first.write(&batch, &answer)];
    first.send(&batch, &events).await.ok();
    let stood = first.head;
    let other = first.answer(0, 2);
    let late = first.write(&batch, &other);
    let late = first.send_late(&batch, &[late]).await;

    let mut second = moved_to(&batch, &id, &ticket, 8).await;
    let opened = second.opened(Some(stood.last));
    let text = second.write(&batch, &opened);
    second.send(&batch, &[text]).await.ok();
    let refused = late.arrive().await;
    assert_eq!((refused.status, refused.code()), (StatusCode::UNAUTHORIZED, "seat_moved"));
    assert_eq!(batch.service.app.store.head(&first.stream).await.unwrap(), stood);

    let text = second.write(&batch, &SeatEvent::HandedIn { answered: 1 });
    second.send(&batch, &[text]).await.ok();
    batch.end_room(&id).await;
    let scored = batch.service.post(&batch.office(), &format!("/api/v1/batches/{id}/score"), json!({})).await.ok();
    assert_eq!(scored["scored"], 1, "{scored}");
}

#[tokio::test]
async fn a_body_that_comes_after_the_paper_was_taken_counts_nothing() {
    let (batch, _, _, mut pc) = seated_pc().await;
    let opened = pc.opened(None);
    let text = pc.write(&batch, &opened);
    pc.send(&batch, &[text]).await.ok();
    let stood = pc.head;
    let answer = pc.answer(0, 1);
    let late = pc.write(&batch, &answer);
    let late = pc.send_late(&batch, &[late]).await;
    let sitting = SittingId::new(pc.sitting()).unwrap();
    sittings::collect_by_invigilator(&batch.service.app, &member(&batch).await, &sitting, "作弊", &request())
        .await
        .unwrap();
    let refused = late.arrive().await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "already_handed_in"));
    assert_eq!(batch.service.app.store.head(&pc.stream).await.unwrap(), stood);
}

// An answer that was acknowledged while the paper was open must be in the ending, however busily
// the PC writes.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn what_was_acknowledged_before_a_forced_hand_in_counts() {
    let (batch, id) = Batch::with_papers().await;
    let tickets = batch.tickets(&id).await;
    batch.room(&id, "open", json!({})).await.ok();
    for (seed, ticket) in (1_u8..).zip(&tickets) {
        let (enrolment, token) = batch.ask(ticket, seed).await;
        batch.bind(&id, &enrolment, None).await.ok();
        let mut pc = Pc::new(&batch, token, seed).await;
        let opened = pc.opened(None);
        let text = pc.write(&batch, &opened);
        pc.send(&batch, &[text]).await.ok();
        let (app, member, sitting) =
            (batch.service.app.clone(), member(&batch).await, SittingId::new(pc.sitting()).unwrap());
        let taken = tokio::spawn({
            let sitting = sitting.clone();
            // One key a decision.
            let request = RequestKey::try_from(format!("a-request-of-seat-{seed}")).unwrap();
            async move {
                let taken = sittings::collect_by_invigilator(&app, &member, &sitting, "收卷", &request).await;
                taken.map_err(|error| error.code().to_owned())
            }
        });
        let mut acknowledged = pc.head;
        for place in 0.. {
            let flag = SeatEvent::Flagged { item: pc.paper.items[0].item.clone(), on: place % 2 == 0 };
            let text = pc.write(&batch, &flag);
            let answer = pc.send(&batch, &[text]).await;
            if answer.status != StatusCode::OK {
                assert_eq!(answer.code(), "already_handed_in");
                break;
            }
            acknowledged = pc.head;
        }
        assert_eq!(taken.await.unwrap(), Ok(()));
        let state: SittingState = batch.service.app.need(sitting.as_str(), "sitting").await.unwrap();
        let end = state.theory().unwrap().end().unwrap().clone();
        assert_eq!((end.by, end.heads), (EndedBy::Invigilator, vec![(pc.stream.clone(), acknowledged)]));
    }
}

#[tokio::test]
async fn a_stream_begins_where_the_one_before_it_ended() {
    let (batch, id, ticket, mut first) = seated_pc().await;
    let refuses = async |pc: &mut Pc, continues: Option<Digest>| {
        let opened = pc.opened(continues);
        let text = pc.write(&batch, &opened);
        let refused = pc.send(&batch, &[text]).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "event"));
        pc.head = Head::EMPTY;
    };
    refuses(&mut first, Some(Digest::ZERO)).await;
    let opened = first.opened(None);
    let answer = first.answer(0, 1);
    let events = [first.write(&batch, &opened), first.write(&batch, &answer)];
    first.send(&batch, &events).await.ok();
    // The second PC never opens the paper; the third goes on where the first ended.
    let mut second = moved_to(&batch, &id, &ticket, 8).await;
    refuses(&mut second, None).await;
    let mut third = moved_to(&batch, &id, &ticket, 9).await;
    for wrong in [None, Some(Digest::ZERO), Some(Digest::of(b"other"))] {
        refuses(&mut third, wrong).await;
    }
    let opened = third.opened(Some(first.head.last));
    let events = [third.write(&batch, &opened), third.write(&batch, &SeatEvent::HandedIn { answered: 1 })];
    third.send(&batch, &events).await.ok();
    let state: SittingState = batch.service.app.need(third.sitting(), "sitting").await.unwrap();
    let end = state.theory().unwrap().end().unwrap().clone();
    assert_eq!(end.heads, [(first.stream, first.head), (third.stream, third.head)]);
    batch.end_room(&id).await;
    let scored = batch.service.post(&batch.office(), &format!("/api/v1/batches/{id}/score"), json!({})).await.ok();
    assert_eq!(scored["scored"], 1, "{scored}");
}

// A damaged stream costs one candidate's mark, is named, and stops nobody else's.
#[tokio::test]
async fn scoring_names_who_cannot_be_scored_and_goes_on() {
    let (batch, id) = Batch::with_papers().await;
    let tickets = batch.tickets(&id).await;
    let mut pcs = Vec::new();
    for (seed, ticket) in (1_u8..).zip(&tickets[..2]) {
        let (enrolment, token) = batch.ask(ticket, seed).await;
        batch.bind(&id, &enrolment, None).await.ok();
        pcs.push((seed, token));
    }
    batch.room(&id, "open", json!({})).await.ok();
    let mut streams = Vec::new();
    for (seed, token) in pcs {
        let mut pc = Pc::new(&batch, token, seed).await;
        let opened = pc.opened(None);
        let text = pc.write(&batch, &opened);
        pc.send(&batch, &[text]).await.ok();
        if seed == 1 {
            // Somebody with the database writes an answer that no paper holds, and the document
            // that fits it.
            let strange = SeatEvent::Answered { item: ItemId::new("none").unwrap(), options: Vec::new() };
            let (stream, expected) = (pc.stream.clone(), pc.head);
            let sealed = Sealed::parse(pc.write(&batch, &strange).as_bytes()).unwrap();
            let mut fold = seat::read(&batch.service.app.store, &stream).await.unwrap().unwrap().state.clone();
            fold.fold(&sealed).unwrap();
            let commit = Commit {
                projections: vec![seat::change(&stream, sealed.head(), fold).unwrap()],
                appends: vec![Append { stream, expected, events: vec![sealed] }],
                blobs: Vec::new(),
            };
            batch.service.app.store.commit(commit).await.unwrap();
        }
        let text = pc.write(&batch, &SeatEvent::HandedIn { answered: 0 });
        pc.send(&batch, &[text]).await.ok();
        streams.push(pc.stream);
    }
    batch.end_room(&id).await;
    let scored = batch.service.post(&batch.office(), &format!("/api/v1/batches/{id}/score"), json!({})).await.ok();
    assert_eq!(scored["scored"], 1, "{scored}");
    let pending = scored["pending"].as_array().unwrap();
    let named: Vec<_> = pending.iter().filter(|line| line["stream"] == streams[0].as_str()).collect();
    assert_eq!((named.len(), &named[0]["ticket"]), (1, &json!(tickets[0])), "{scored}");
    let path = format!("/api/v1/batches/{id}/close");
    let closed = batch.service.post(&batch.office(), &path, json!({})).await;
    assert_eq!((closed.code(), closed.body["faults"].as_array().unwrap().len()), ("incomplete", 4));
    assert!(closed.text.contains(&format!("[{}]", streams[0].as_str())), "{}", closed.text);
    assert!(!closed.text.contains(streams[1].as_str()));
}

#[tokio::test]
async fn a_seat_that_writes_without_end_is_stopped_and_can_hand_in() {
    let (batch, _, _, mut pc) = seated_pc().await;
    let opened = pc.opened(None);
    let text = pc.write(&batch, &opened);
    pc.send(&batch, &[text]).await.ok();
    let item = pc.paper.items[0].item.clone();
    let mut toggles = (0..MAX_EVENTS).map(|place| SeatEvent::Flagged { item: item.clone(), on: place % 2 == 0 });
    for _ in 0..MAX_EVENTS / 500 {
        let stored = pc.head;
        let flags: Vec<SeatEvent> = toggles.by_ref().take(500).collect();
        let events: Vec<String> = flags.iter().map(|flag| pc.write(&batch, flag)).collect();
        let answer = pc.send(&batch, &events).await;
        if answer.status != StatusCode::OK {
            // The opening has taken one place: of the last 500 one is too many, and none is stored.
            assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "too_many_events"));
            assert_eq!(stored.next_seq, MAX_EVENTS - 499);
            pc.head = stored;
        }
    }
    assert_eq!(pc.head.next_seq, MAX_EVENTS - 499);
    let text = pc.write(&batch, &SeatEvent::HandedIn { answered: 0 });
    assert_eq!(pc.send(&batch, &[text]).await.ok()["state"], "handed_in");
}

// A logged absence is an end: a candidate who comes afterwards cannot be seated.
#[tokio::test]
async fn nobody_sits_down_after_the_exam_has_its_end() {
    let (batch, id) = Batch::with_papers().await;
    let roster = batch.service.get(&batch.office(), &format!("/api/v1/batches/{id}/roster")).await.ok();
    let entry = &roster["entries"][0];
    let body = json!({ "end": "void", "code": "illness", "reason": "住院" });
    let path = format!("/api/v1/batches/{id}/results/{}/end", entry["pseudonym"].as_str().unwrap());
    let ended = batch.service.post(&batch.office(), &path, body).await;
    assert!(ended.status.is_success(), "{}", ended.text);
    let (enrolment, _) = batch.ask(entry["ticket"].as_str().unwrap(), 7).await;
    assert_eq!(batch.bind(&id, &enrolment, None).await.code(), "has_ended");
}
