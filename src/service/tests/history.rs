//! A seat's events, which it reads page by page.

use super::fixture::{Batch, Caller};
use super::pc::{Pc, seated_pc};
use axum::http::StatusCode;
use kaoping_engine::session::event::SeatEvent;
use kaoping_record::digest::Digest;
use serde_json::{Value, json};

/// Writes so many events, in requests of at most 500.
async fn write(batch: &Batch, pc: &mut Pc, count: usize, continues: Option<Digest>) -> Vec<String> {
    let item = pc.paper.items[0].item.clone();
    let mut events = Vec::with_capacity(count);
    let opened = pc.opened(continues);
    events.push(pc.write(batch, &opened));
    for place in 1..count {
        events.push(pc.write(batch, &SeatEvent::Flagged { item: item.clone(), on: place % 2 == 1 }));
    }
    for some in events.chunks(500) {
        pc.send(batch, some).await.ok();
    }
    events
}

fn texts(page: &Value, member: &str) -> Vec<String> {
    page[member].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

// The whole history of a seat once came in one answer: 1.5 MB, for which others waited.
#[tokio::test]
async fn events_come_in_pages_that_hold_each_once_and_in_order() {
    let (batch, id, ticket, mut first) = seated_pc().await;
    let of_first = write(&batch, &mut first, 700, None).await;
    let (enrolment, token) = batch.ask(&ticket, 8).await;
    batch.bind(&id, &enrolment, Some("电脑死机")).await.ok();
    let mut second = Pc::new(&batch, token, 8).await;
    let of_second = write(&batch, &mut second, 450, Some(first.head.last)).await;

    let seat = Caller::Seat(&second.token);
    let mut page = batch.service.get(&seat, "/api/v1/seat/paper").await.ok();
    let (mut before, mut journal, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let (earlier, own) = (texts(&page, "before"), texts(&page, "journal"));
        sizes.push((earlier.len(), own.len()));
        before.extend(earlier);
        journal.extend(own);
        let next = page["next"].clone();
        if next.is_null() {
            break;
        }
        let path = format!("/api/v1/seat/paper/history?pc={}&seq={}", next["pc"], next["seq"]);
        page = batch.service.get(&seat, &path).await.ok();
        assert!(page.get("items").is_none(), "the paper comes once");
    }
    assert_eq!(sizes, [(500, 0), (200, 300), (0, 150)]);
    assert!(before == of_first && journal == of_second);

    // Beyond the end there is nothing, and what is no place is refused.
    for path in ["?pc=1&seq=450", "?pc=7&seq=0", "?pc=1&seq=18446744073709551615"] {
        let page = batch.service.get(&seat, &format!("/api/v1/seat/paper/history{path}")).await.ok();
        assert_eq!(page, json!({ "before": [], "journal": [], "next": null }), "{path}");
    }
    for path in ["", "?pc=1", "?pc=-1&seq=0", "?pc=0&seq=x", "?pc=0&seq=0&limit=9"] {
        let answer = batch.service.get(&seat, &format!("/api/v1/seat/paper/history{path}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.text);
    }
}

// A page of events is as well guarded as the paper.
#[tokio::test]
async fn pages_of_events_are_for_the_last_pc_of_an_open_paper() {
    let (batch, id, ticket, first) = seated_pc().await;
    let path = "/api/v1/seat/paper/history?pc=0&seq=0";
    batch.service.get(&Caller::Seat(&first.token), path).await.ok();
    assert_eq!(batch.service.get(&Caller::Anyone, path).await.code(), "not_enrolled");
    let (enrolment, token) = batch.ask(&ticket, 8).await;
    assert_eq!(batch.service.get(&Caller::Seat(&token), path).await.code(), "not_enrolled");
    batch.bind(&id, &enrolment, Some("电脑死机")).await.ok();
    assert_eq!(batch.service.get(&Caller::Seat(&first.token), path).await.code(), "seat_moved");
    batch.service.get(&Caller::Seat(&token), path).await.ok();
    batch.room(&id, "pause", json!({ "reason": "停电" })).await.ok();
    assert_eq!(batch.service.get(&Caller::Seat(&token), path).await.code(), "not_open");
}
