//! Documents and blobs.

use super::fixture::{Site, TestResult};
use super::on_every_backend;
use crate::commit::MAX_BLOB_BYTES;
use crate::document::MAX_DOCUMENT_BYTES;
use crate::{Blob, Change, Collection, Commit, Document, Lookup, Store, StoreError};
use kaoping_record::digest::Digest;
use std::collections::BTreeSet;

on_every_backend!(
    the_last_change_counts,
    finds_by_either_lookup,
    pages_cover_every_document_once,
    blobs_are_read_by_their_digest,
    what_is_too_long_is_refused,
);

fn put(key: &str, lookup: Lookup, value: i64) -> Change {
    let document = Document::of(&value).expect("in profile");
    Change::Put { collection: Collection::Seat, key: key.into(), lookup, document }
}

async fn change(store: &Store, projections: Vec<Change>) -> Result<(), StoreError> {
    store.commit(Commit { projections, ..Commit::default() }).await.map(|_| ())
}

async fn keys_found(store: &Store, lookup: &str) -> Result<Vec<String>, StoreError> {
    let found = store.find(Collection::Seat, lookup, None, 100).await?;
    Ok(found.into_iter().map(|entry| entry.key).collect())
}

async fn the_last_change_counts(site: &Site) -> TestResult {
    let store = site.open().await?;
    let remove = || Change::Remove { collection: Collection::Seat, key: "a".into() };
    change(&store, vec![remove()]).await?;
    change(&store, vec![put("a", Lookup::NONE, 1), remove(), put("a", Lookup::NONE, 2)]).await?;
    assert_eq!(store.get(Collection::Seat, "a").await?, Some(Document::of(&2)?));
    change(&store, vec![put("a", Lookup::NONE, 3)]).await?;
    assert_eq!(store.get(Collection::Seat, "a").await?, Some(Document::of(&3)?));
    assert_eq!(store.get(Collection::Room, "a").await?, None, "another collection");
    change(&store, vec![put("a", Lookup::NONE, 4), remove()]).await?;
    assert_eq!(store.get(Collection::Seat, "a").await?, None);
    Ok(())
}

async fn finds_by_either_lookup(site: &Site) -> TestResult {
    let store = site.open().await?;
    change(
        &store,
        vec![
            put("c", Lookup::by("王𠮷"), 1),
            put("a", Lookup::by("x").and("王𠮷"), 2),
            put("b", Lookup::by("x").and("x"), 3),
            put("d", Lookup::NONE, 4),
        ],
    )
    .await?;
    assert_eq!(keys_found(&store, "王𠮷").await?, ["a", "c"]);
    assert_eq!(keys_found(&store, "x").await?, ["a", "b"]);
    assert_eq!(keys_found(&store, "X").await?, [""; 0]);
    let second = store.find(Collection::Seat, "x", Some("a"), 1).await?;
    assert_eq!(second.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["b"]);

    change(
        &store,
        vec![put("a", Lookup::by("y"), 2), Change::Remove { collection: Collection::Seat, key: "b".into() }],
    )
    .await?;
    assert_eq!(keys_found(&store, "x").await?, [""; 0]);
    assert_eq!(keys_found(&store, "王𠮷").await?, ["c"]);
    assert_eq!(keys_found(&store, "y").await?, ["a"]);
    Ok(())
}

async fn pages_cover_every_document_once(site: &Site) -> TestResult {
    let store = site.open().await?;
    let keys = ["B1/a", "b1/A", "b1/a", "b1/~", "b1/a-b", "b1/a.b", "b1/ab", "b1/a/b", "b10/a", "b1", "b2/a"];
    change(&store, keys.iter().map(|key| put(key, Lookup::by("all"), 0)).collect()).await?;
    for prefix in ["", "b1", "b1/", "b1/a", "c"] {
        let expected: Vec<&str> =
            keys.into_iter().filter(|key| key.starts_with(prefix)).collect::<BTreeSet<_>>().into_iter().collect();
        for limit in [1, 2, 5, 100] {
            let mut read: Vec<String> = Vec::new();
            loop {
                let after = read.last().map(String::as_str);
                let page = store.page(Collection::Seat, prefix, after, limit).await?;
                let last = page.len() < limit as usize;
                read.extend(page.into_iter().map(|entry| entry.key));
                if last {
                    break;
                }
            }
            assert_eq!(read, expected, "prefix `{prefix}`, pages of {limit}");
        }
    }
    // A key behind the prefix ends it; one before it begins it.
    assert_eq!(store.page(Collection::Seat, "b1/", Some("z"), 10).await?, vec![]);
    assert_eq!(store.page(Collection::Seat, "b1/", Some("A"), 100).await?.len(), 7);
    assert_eq!(keys_found(&store, "all").await?.len(), keys.len());
    assert_eq!(store.page(Collection::Seat, "", None, 0).await, Err(StoreError::Limit(0)));
    assert_eq!(store.find(Collection::Seat, "all", None, 1001).await, Err(StoreError::Limit(1001)));
    Ok(())
}

async fn blobs_are_read_by_their_digest(site: &Site) -> TestResult {
    let store = site.open().await?;
    let blobs: Vec<Blob> = [b"".to_vec(), b"abc".to_vec(), vec![0; 300_000]].into_iter().map(Blob::new).collect();
    for _ in 0..2 {
        store.commit(Commit { blobs: blobs.clone(), ..Commit::default() }).await?;
    }
    for blob in &blobs {
        assert_eq!(store.blob(&blob.digest()).await?.as_deref(), Some(blob.bytes()));
    }
    assert_eq!(store.blob(&Digest::ZERO).await?, None);
    Ok(())
}

async fn what_is_too_long_is_refused(site: &Site) -> TestResult {
    let store = site.open().await?;
    let long = "x".repeat(MAX_DOCUMENT_BYTES);
    let document = Document::of(&long)?;
    let longer = Change::Put { collection: Collection::Seat, key: "a".into(), lookup: Lookup::NONE, document };
    assert!(matches!(change(&store, vec![longer]).await, Err(StoreError::Size { .. })));
    let blob = Blob::new(vec![0; MAX_BLOB_BYTES + 1]);
    let commit = Commit { blobs: vec![blob], ..Commit::default() };
    assert!(matches!(store.commit(commit).await, Err(StoreError::Size { .. })));
    assert!(matches!(change(&store, vec![put("座位", Lookup::NONE, 1)]).await, Err(StoreError::Key(_))));
    assert_eq!(store.page(Collection::Seat, "", None, 10).await?, vec![]);
    Ok(())
}
