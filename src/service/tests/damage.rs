//! Damage in what is stored: named, confined to itself, and mended from the streams.

use super::fixture::{Batch, Caller};
use super::pc::{Pc, seated_pc};
use super::walked::Walked;
use axum::http::StatusCode;
use kaoping_engine::session::event::SeatEvent;
use kaoping_record::event::Sealed;
use kaoping_service::aggregates::log::leaf_key;
use kaoping_service::aggregates::seat;
use kaoping_service::app::App;
use kaoping_service::data_check::{check, check_alone, repair};
use kaoping_service::operations::sittings::collect_overdue;
use kaoping_store::{Change, Collection, Commit, Document, Lookup};
use serde_json::{Value, json};

/// Puts something else in the place of a document, past the streams, as a bad sector or an
/// administrator does.
async fn spoil(app: &App, collection: Collection, key: &str, value: &Value) {
    let change =
        Change::Put { collection, key: key.to_owned(), lookup: Lookup::NONE, document: Document::of(value).unwrap() };
    app.store.commit(Commit { projections: vec![change], ..Commit::default() }).await.unwrap();
}

/// The next answer of a PC is refused, and the refusal names the sitting's document.
async fn is_refused_as_damaged(batch: &Batch, pc: &mut Pc) {
    let answer = pc.answer(1, 0);
    let next = pc.write(batch, &answer);
    let refused = pc.send(batch, &[next]).await;
    let place = json!(format!("sitting/{}", pc.sitting()));
    assert_eq!((refused.code(), &refused.body["error"]["place"]), ("damaged", &place));
}

async fn named(app: &App) -> Vec<String> {
    let findings = check_alone(&app.store).await.unwrap();
    assert!(findings.broken.is_empty(), "{:?}", findings.broken);
    findings.damaged.iter().map(|damaged| format!("{}/{}", damaged.collection.name(), damaged.key)).collect()
}

// Catches a fold that differs between writing live and rebuilding, a document that nobody compares,
// and a repair that makes another document than the one that was there.
#[tokio::test]
async fn damaged_documents_are_named_and_made_again() {
    let walked = Walked::open().await;
    let app = &walked.batch.service.app;
    let findings = check(&app.store).await.unwrap();
    assert!(findings.is_clean(), "{:?} {:?}", findings.damaged, findings.broken);
    assert!(findings.streams > 40 && findings.documents > findings.streams / 2);
    assert_eq!(named(app).await, Vec::<String>::new());

    let seat = app.store.page(Collection::Seat, "seat/", None, 1).await.unwrap().remove(0);
    let sitting = app.store.page(Collection::Sitting, "", None, 1).await.unwrap().remove(0);
    // One that is no document of its kind, one with an answer less, one that is gone, and one that
    // no stream tells.
    let mut fewer: Value = seat.document.read().unwrap();
    let chosen = fewer["state"]["progress"]["answers"]["chosen"].as_object_mut().map(|chosen| {
        let first = chosen.keys().next().cloned().unwrap();
        chosen.remove(&first)
    });
    if chosen.is_none() {
        fewer["state"]["last_at_ms"] = json!(1);
    }
    spoil(app, Collection::Seat, &seat.key, &fewer).await;
    spoil(app, Collection::Sitting, &sitting.key, &json!([1])).await;
    spoil(app, Collection::Room, "nowhere", &json!({})).await;
    let gone = app.store.page(Collection::Batch, "", None, 1).await.unwrap().remove(0);
    let remove = Change::Remove { collection: Collection::Batch, key: gone.key.clone() };
    app.store.commit(Commit { projections: vec![remove], ..Commit::default() }).await.unwrap();
    let mut expected = [
        format!("batch/{}", gone.key),
        format!("seat/{}", seat.key),
        format!("sitting/{}", sitting.key),
        "room/nowhere".to_owned(),
    ];
    expected.sort_unstable();
    let mut found = named(app).await;
    found.sort_unstable();
    assert_eq!(found, expected);

    let findings = check_alone(&app.store).await.unwrap();
    assert_eq!(repair(&app.store, &findings).await.unwrap(), 4);
    assert_eq!(named(app).await, Vec::<String>::new());
    for (collection, entry) in [(Collection::Seat, &seat), (Collection::Sitting, &sitting), (Collection::Batch, &gone)]
    {
        assert_eq!(app.store.get(collection, &entry.key).await.unwrap().as_ref(), Some(&entry.document));
    }
    assert_eq!(app.store.get(Collection::Room, "nowhere").await.unwrap(), None);
}

// Catches a root that follows a document: one changed digit signed another history for the same
// size.
#[tokio::test]
async fn a_changed_leaf_document_changes_no_root_and_is_not_served() {
    let (batch, _) = Batch::with_papers().await;
    let app = &batch.service.app;
    let leaf = app.store.get(Collection::LogLeaf, &leaf_key(1)).await.unwrap().unwrap();
    let mut changed: Value = leaf.read().unwrap();
    let digest = changed["commitment"].as_str().unwrap().to_owned();
    let first = if digest.starts_with('0') { "1" } else { "0" };
    changed["commitment"] = json!(format!("{first}{}", &digest[1..]));
    let signed = batch.service.bytes("/api/v1/log/checkpoint").await;
    spoil(app, Collection::LogLeaf, &leaf_key(1), &changed).await;
    // Another process, which reads the tree anew.
    let again = batch.service.reopened(Box::new(kaoping_record::software::Es256Signer::from_scalar(&[9; 32]).unwrap()));
    let tree = again.log_tree().await.unwrap();
    let note = kaoping_service::operations::log::sign_checkpoint(&again, &tree, tree.size()).unwrap();
    assert_eq!(note.as_bytes(), signed);
    drop(tree);
    let answer = batch.service.get(&Caller::Anyone, "/api/v1/log/entries").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::INTERNAL_SERVER_ERROR, "damaged"));
    assert_eq!(answer.body["error"]["place"], "log_leaf/000000000001");
    assert_eq!(named(app).await, ["log_leaf/000000000001"]);
    repair(&app.store, &check_alone(&app.store).await.unwrap()).await.unwrap();
    assert!(batch.service.get(&Caller::Anyone, "/api/v1/log/entries").await.status.is_success());
}

// Catches one damaged document that takes the whole room's board, the lists and the collecting of
// papers with it.
#[tokio::test]
async fn a_damaged_seat_is_shown_as_such_and_the_others_work() {
    let (batch, id) = Batch::with_papers().await;
    let app = &batch.service.app;
    for (number, ticket) in (1..).zip(batch.tickets(&id).await.iter().take(2)) {
        let (enrolment, _) = batch.ask(ticket, number).await;
        batch.bind(&id, &enrolment, None).await.ok();
    }
    batch.room(&id, "open", json!({})).await.ok();
    let board = || async {
        let board =
            batch.service.get(&Caller::Staff(&batch.invigilator), &format!("/api/v1/rooms/{id}/1/r1")).await.ok();
        board["seats"].as_array().unwrap().clone()
    };
    let whole = board().await;
    let bound: Vec<&Value> = whole.iter().filter(|seat| seat["state"] == "bound").collect();
    let [first, second] = bound.as_slice() else { panic!("two are bound: {whole:?}") };
    spoil(app, Collection::Sitting, first["sitting"].as_str().unwrap(), &json!("x")).await;
    spoil(app, Collection::Seat, &format!("seat/{}/0", second["sitting"].as_str().unwrap()), &json!([])).await;
    spoil(app, Collection::Batch, "spoiled", &json!([])).await;
    spoil(app, Collection::Account, "spoiled", &json!([])).await;
    let after = board().await;
    for (before, now) in whole.iter().zip(&after) {
        let damaged = [first, second].iter().any(|seat| seat["number"] == before["number"]);
        assert_eq!(now["name"], before["name"]);
        assert_eq!(now["state"], if damaged { json!("damaged") } else { before["state"].clone() });
    }
    for path in ["/api/v1/rooms", "/api/v1/batches", "/api/v1/staff"] {
        let answer = batch.service.get(&batch.office(), path).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
    }
    // The time is over: nobody else waits for the damaged one.
    batch.service.clock.advance_minutes(200);
    collect_overdue(app).await.unwrap();
    let found = named(app).await;
    assert!(found.contains(&format!("sitting/{}", first["sitting"].as_str().unwrap())), "{found:?}");
    repair(&app.store, &check_alone(&app.store).await.unwrap()).await.unwrap();
    assert_eq!(board().await.iter().filter(|seat| seat["state"] == "damaged").count(), 0);
}

/// Puts a seat's document where the stream would end after these events.
async fn run_ahead(app: &App, pc: &Pc, events: &[String]) {
    let mut fold = seat::read(&app.store, &pc.stream).await.unwrap().unwrap().state.clone();
    let events: Vec<Sealed> = events.iter().map(|text| Sealed::parse(text.as_bytes()).unwrap()).collect();
    for event in &events {
        fold.fold(event).unwrap();
    }
    let change = seat::change(&pc.stream, events.last().unwrap().head(), fold).unwrap();
    app.store.commit(Commit { projections: vec![change], ..Commit::default() }).await.unwrap();
}

async fn room_of_one() -> (Batch, Pc, String) {
    let (batch, _, _, mut pc) = seated_pc().await;
    let opened = pc.opened(None);
    let answer = pc.answer(0, 1);
    let events = [pc.write(&batch, &opened), pc.write(&batch, &answer)];
    pc.send(&batch, &events).await.ok();
    let place = format!("seat/{}", pc.stream.as_str());
    (batch, pc, place)
}

// Catches a seat without its document that is told for ever that its events do not continue the
// stored ones.
#[tokio::test]
async fn a_missing_seat_is_named_as_damaged_until_it_is_repaired() {
    let (batch, mut pc, place) = room_of_one().await;
    let app = &batch.service.app;
    let remove = Change::Remove { collection: Collection::Seat, key: pc.stream.as_str().to_owned() };
    app.store.commit(Commit { projections: vec![remove], ..Commit::default() }).await.unwrap();
    let answer = pc.answer(1, 0);
    let next = pc.write(&batch, &answer);
    let handed_in = pc.write(&batch, &SeatEvent::HandedIn { answered: 2 });
    for events in [vec![next.clone()], vec![next.clone(), handed_in.clone()]] {
        let answer = pc.send(&batch, &events).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::INTERNAL_SERVER_ERROR, "damaged"), "{}", answer.text);
        assert_eq!(answer.body["error"]["place"], place);
    }
    assert_eq!(named(app).await, [place]);
    repair(&app.store, &check_alone(&app.store).await.unwrap()).await.unwrap();
    let taken = pc.send(&batch, &[next, handed_in]).await.ok();
    assert!(taken["receipt"].as_str().unwrap().contains("\"answered\":2"));
}

// The same for what the service writes itself: once a 404, or a race that nobody won.
#[tokio::test]
async fn a_missing_sitting_is_named_as_damaged() {
    let (batch, mut pc, _) = room_of_one().await;
    let app = &batch.service.app;
    let remove = Change::Remove { collection: Collection::Sitting, key: pc.sitting().to_owned() };
    app.store.commit(Commit { projections: vec![remove], ..Commit::default() }).await.unwrap();
    is_refused_as_damaged(&batch, &mut pc).await;
    let extend = format!("/api/v1/sittings/{}/extend", pc.sitting());
    let body = json!({ "minutes": 5, "reason": "停电" });
    assert_eq!(batch.service.post(&Caller::Staff(&batch.invigilator), &extend, body).await.code(), "damaged");
}

// A stream that lost its last events under a whole document: 409 `race` for ever, and `doctor`
// repaired nothing. Its PC still has them.
#[tokio::test]
async fn a_stream_that_was_cut_is_whole_again_once_its_pc_sends_what_is_missing() {
    let (batch, mut pc, place) = room_of_one().await;
    let app = &batch.service.app;
    let stored = pc.head;
    let lost: Vec<String> = (0..3)
        .map(|option| {
            let answer = pc.answer(1, option);
            pc.write(&batch, &answer)
        })
        .collect();
    run_ahead(app, &pc, &lost).await;
    let answer = pc.answer(2, 0);
    let next = pc.write(&batch, &answer);
    let refused = pc.send(&batch, std::slice::from_ref(&next)).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::INTERNAL_SERVER_ERROR, "damaged"), "{}", refused.text);
    assert_eq!(refused.body["error"]["place"], place);

    assert_eq!(named(app).await, [place]);
    assert_eq!(repair(&app.store, &check_alone(&app.store).await.unwrap()).await.unwrap(), 1);
    assert_eq!(named(app).await, Vec::<String>::new());
    // The service says where its stream ends, and the PC sends what follows.
    let refused = pc.send(&batch, std::slice::from_ref(&next)).await;
    assert_eq!((refused.code(), &refused.body["head"]), ("chain", &json!(stored.last.to_hex())));
    pc.send(&batch, &lost).await.ok();
    let taken = pc.send(&batch, &[next]).await.ok();
    assert_eq!(taken["acknowledged"], pc.head.last.to_hex());
}

// What the service wrote itself nobody sends again: a document that has seen more is all that is
// left of it, and is not made from less.
#[tokio::test]
async fn a_cut_stream_of_the_service_is_broken_and_its_document_stays() {
    let (batch, mut pc, _) = room_of_one().await;
    let app = &batch.service.app;
    let known = app.store.get(Collection::Sitting, pc.sitting()).await.unwrap().unwrap();
    let mut ahead: Value = known.read().unwrap();
    ahead["head"]["next_seq"] = json!(ahead["head"]["next_seq"].as_u64().unwrap() + 2);
    spoil(app, Collection::Sitting, pc.sitting(), &ahead).await;
    let findings = check_alone(&app.store).await.unwrap();
    let broken: Vec<&str> = findings.broken.iter().map(|broken| broken.stream.as_str()).collect();
    assert_eq!(broken, [format!("sitting/{}", pc.sitting())]);
    assert_eq!(repair(&app.store, &findings).await.unwrap(), 0);
    is_refused_as_damaged(&batch, &mut pc).await;
}
