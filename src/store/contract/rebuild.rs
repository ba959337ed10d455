//! Documents made again from the events.

use super::fixture::{Site, TestResult, all_documents, append, stream};
use super::on_every_backend;
use crate::{Change, Collection, Commit, Document, Lookup, Placed, Projector, Rebuilt, StoreError};
use kaoping_record::event::{Head, Sealed};
use std::collections::BTreeMap;
use std::error::Error;

on_every_backend!(
    a_rebuild_equals_the_live_documents,
    a_failed_rebuild_changes_nothing,
    a_projector_may_not_touch_what_is_authoritative,
    a_rebuild_reads_more_than_one_page,
);

/// Counts the answers of each seat; an odd number of answers is found by `odd`.
#[derive(Default)]
struct Answers(BTreeMap<String, i64>);

impl Answers {
    fn changes(&mut self, event: &Sealed) -> Vec<Change> {
        let key = event.event().stream.as_str().replace('/', ".");
        let count = self.0.entry(key.clone()).or_insert(0);
        *count += 1;
        if *count == 7 {
            return vec![Change::Remove { collection: Collection::Seat, key }];
        }
        let lookup = if *count % 2 == 1 { Lookup::by("odd") } else { Lookup::NONE };
        let document = Document::of(count).expect("in profile");
        vec![Change::Put { collection: Collection::Seat, key, lookup, document }]
    }
}

impl Projector for Answers {
    fn project(&mut self, event: &Placed) -> Result<Vec<Change>, Box<dyn Error + Send + Sync>> {
        Ok(self.changes(&event.event))
    }
}

fn put(collection: Collection, key: &str) -> Change {
    let document = Document::of(&"by hand").expect("in profile");
    Change::Put { collection, key: key.into(), lookup: Lookup::by("odd"), document }
}

async fn a_rebuild_equals_the_live_documents(site: &Site) -> TestResult {
    let store = site.open().await?;
    let mut live = Answers::default();
    for (seat, count) in [("seat/a", 1), ("seat/b", 2), ("seat/c", 7), ("seat/d", 8)] {
        let append = append(&stream(seat), Head::EMPTY, count);
        let projections = append.events.iter().flat_map(|event| live.changes(event)).collect();
        store.commit(Commit { appends: vec![append], projections, blobs: vec![] }).await?;
    }
    let account = put(Collection::Setting, "clerk");
    store.commit(Commit { projections: vec![account], ..Commit::default() }).await?;
    let before = all_documents(&store).await?;
    assert_eq!(before.len(), 4, "three seats and an account");

    let damage = vec![
        put(Collection::Seat, "seat.a"),
        put(Collection::Seat, "nobody"),
        put(Collection::Room, "nowhere"),
        Change::Remove { collection: Collection::Seat, key: "seat.b".into() },
    ];
    store.commit(Commit { projections: damage, ..Commit::default() }).await?;
    let rebuilt = store.rebuild(Box::<Answers>::default()).await?;
    assert_eq!(rebuilt, Rebuilt { events: 18, changes: 18 });
    assert_eq!(all_documents(&store).await?, before);
    let odd = store.find(Collection::Seat, "odd", None, 10).await?;
    assert_eq!(odd.into_iter().map(|entry| entry.key).collect::<Vec<_>>(), ["seat.a"]);
    assert_eq!(store.all_events(0, 100).await?.len(), 18, "events stay");
    Ok(())
}

struct Fails;

impl Projector for Fails {
    fn project(&mut self, event: &Placed) -> Result<Vec<Change>, Box<dyn Error + Send + Sync>> {
        if event.position == 2 { Err("no such kind".into()) } else { Ok(vec![put(Collection::Seat, "half")]) }
    }
}

async fn a_failed_rebuild_changes_nothing(site: &Site) -> TestResult {
    let store = site.open().await?;
    let projections = vec![put(Collection::Seat, "a")];
    let appends = vec![append(&stream("seat/a"), Head::EMPTY, 3)];
    store.commit(Commit { appends, projections, blobs: vec![] }).await?;
    let before = all_documents(&store).await?;
    let stopped = StoreError::Projector { position: 2, cause: "no such kind".into() };
    assert_eq!(store.rebuild(Box::new(Fails)).await, Err(stopped));
    assert_eq!(all_documents(&store).await?, before);
    // The writer goes on.
    store.commit(Commit { projections: vec![put(Collection::Seat, "b")], ..Commit::default() }).await?;
    assert_eq!(all_documents(&store).await?.len(), 2);
    Ok(())
}

struct Oversteps;

impl Projector for Oversteps {
    fn project(&mut self, _: &Placed) -> Result<Vec<Change>, Box<dyn Error + Send + Sync>> {
        Ok(vec![put(Collection::Setting, "intruder")])
    }
}

async fn a_projector_may_not_touch_what_is_authoritative(site: &Site) -> TestResult {
    let store = site.open().await?;
    let appends = vec![append(&stream("seat/a"), Head::EMPTY, 1)];
    store.commit(Commit { appends, ..Commit::default() }).await?;
    let result = store.rebuild(Box::new(Oversteps)).await;
    assert!(matches!(result, Err(StoreError::Projector { position: 1, .. })), "{result:?}");
    assert_eq!(all_documents(&store).await?, vec![]);
    Ok(())
}

async fn a_rebuild_reads_more_than_one_page(site: &Site) -> TestResult {
    let store = site.open().await?;
    for seat in 0..3 {
        let appends = vec![append(&stream(&format!("seat/{seat}")), Head::EMPTY, 700)];
        store.commit(Commit { appends, ..Commit::default() }).await?;
    }
    let rebuilt = store.rebuild(Box::<Answers>::default()).await?;
    assert_eq!(rebuilt.events, 2100);
    for seat in 0..3 {
        let document = store.get(Collection::Seat, &format!("seat.{seat}")).await?;
        assert_eq!(document, Some(Document::of(&700)?));
    }
    Ok(())
}
