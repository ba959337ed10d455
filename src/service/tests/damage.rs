//! Damage in what is stored: named, confined to itself, and mended from the streams.

use super::fixture::{Batch, Caller};
use super::walked::Walked;
use axum::http::StatusCode;
use kaoping_service::aggregates::log::leaf_key;
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
    let batch = Batch::new().await;
    batch.dealt().await;
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
    let batch = Batch::new().await;
    let id = batch.dealt().await;
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
