//! Documents as values: what memory gives is what the place holds.

use super::fixture::{NEW, Site, TestResult, appending, stream};
use super::on_every_backend;
use crate::{Change, Collection, Commit, Document, Lookup, Memory, Opening, Store, StoreError};
use kaoping_record::event::Head;
use std::sync::Arc;

on_every_backend!(a_value_follows_its_document, a_value_of_another_store_is_seen);

const KEY: &str = "a";

fn put(document: Document) -> Vec<Change> {
    vec![Change::Put { collection: Collection::Seat, key: KEY.into(), lookup: Lookup::NONE, document }]
}

async fn change(store: &Store, projections: Vec<Change>) -> Result<(), StoreError> {
    store.commit(Commit { projections, ..Commit::default() }).await.map(|_| ())
}

async fn value(store: &Store) -> Result<Option<i64>, StoreError> {
    Ok(store.value::<i64>(Collection::Seat, KEY).await?.map(|value| *value))
}

/// The store as the one program that may write to it.
async fn alone(site: &Site) -> Result<Store, StoreError> {
    site.open_as(&Opening { alone: true, ..NEW }).await
}

async fn a_value_follows_its_document(site: &Site) -> TestResult {
    let store = alone(site).await?;
    assert!(store.is_exclusive());
    assert_eq!(value(&store).await?, None);
    change(&store, put(Document::keeping(Arc::new(1_i64))?)).await?;
    assert_eq!(value(&store).await?, Some(1));
    // From bytes alone, as a repair writes it.
    change(&store, put(Document::of(&2)?)).await?;
    assert_eq!(value(&store).await?, Some(2));
    assert_eq!(value(&store).await?, Some(2), "from memory");
    // A commit that is refused leaves memory as it was.
    let (seat, mut refused) = (stream("seat/a"), appending(&stream("seat/a"), Head::EMPTY, 1));
    store.commit(appending(&seat, Head::EMPTY, 1)).await?;
    refused.projections = put(Document::keeping(Arc::new(3_i64))?);
    assert!(matches!(store.commit(refused).await, Err(StoreError::Conflict { .. })));
    assert_eq!(value(&store).await?, Some(2));
    assert!(
        matches!(store.value::<String>(Collection::Seat, KEY).await, Err(StoreError::Document { .. })),
        "another type is read anew, and refused"
    );
    change(&store, vec![Change::Remove { collection: Collection::Seat, key: KEY.into() }]).await?;
    assert_eq!(value(&store).await?, None);
    Ok(())
}

// Catches a replica that goes on with what another replica has changed.
async fn a_value_of_another_store_is_seen(site: &Site) -> TestResult {
    let memory = Memory::default();
    let open = async || match site {
        Site::Memory(_) => Ok(Store::shared_memory(memory.clone())),
        _ => site.open().await,
    };
    let (one, other) = (open().await?, open().await?);
    assert!(!one.is_exclusive());
    change(&one, put(Document::keeping(Arc::new(1_i64))?)).await?;
    assert_eq!((value(&one).await?, value(&other).await?), (Some(1), Some(1)));
    change(&other, put(Document::keeping(Arc::new(2_i64))?)).await?;
    // What a commit asserts may be as it was; who learns better forgets it.
    let lately = one.value_to_assert::<i64>(Collection::Seat, KEY).await?.ok_or("a value")?;
    one.forget(Collection::Seat, KEY, lately);
    assert_eq!(one.value_to_assert::<i64>(Collection::Seat, KEY).await?.as_deref(), Some(&2));
    change(&other, put(Document::keeping(Arc::new(3_i64))?)).await?;
    assert_eq!(value(&one).await?, Some(3), "without an assertion it is read anew");
    Ok(())
}
