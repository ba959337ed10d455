//! The data are still there after closing, and changes made meanwhile are noticed.

use super::fixture::{NEW, Site, TestResult, append, appending, stream};
use crate::{Blob, Change, Collection, Commit, Document, Lookup, Store, StoreError};
use kaoping_record::event::Head;
use rusqlite::Connection;

#[tokio::test]
async fn sqlite_keeps_everything() -> TestResult {
    keeps_everything(&Site::sqlite()?).await
}

#[tokio::test]
async fn postgres_keeps_everything() -> TestResult {
    let site = Site::postgres()?;
    keeps_everything(&site).await?;
    site.drop_schema().await
}

async fn keeps_everything(site: &Site) -> TestResult {
    let seat = stream("seat/a");
    let blob = Blob::new(b"paper".to_vec());
    let append = append(&seat, Head::EMPTY, 3);
    let events = append.events.clone();
    let store = site.open().await?;
    let put = Change::Put {
        collection: Collection::Seat,
        key: "a".into(),
        lookup: Lookup::by("x"),
        document: Document::of(&1)?,
    };
    store.commit(Commit { appends: vec![append], projections: vec![put], blobs: vec![blob.clone()] }).await?;
    drop(store);

    let store = site.open().await?;
    assert_eq!(store.history(&seat).await?, events);
    assert_eq!(store.find(Collection::Seat, "x", None, 10).await?.len(), 1);
    assert_eq!(store.blob(&blob.digest()).await?.as_deref(), Some(blob.bytes()));
    let committed = store.commit(appending(&seat, events[2].head(), 1)).await?;
    assert_eq!(committed.last_position, Some(4));
    Ok(())
}

#[tokio::test]
async fn sqlite_notices_altered_rows() -> TestResult {
    let site = Site::sqlite()?;
    let (seat, blob) = (stream("seat/a"), Blob::new(b"paper".to_vec()));
    let store = site.open().await?;
    let appends = vec![append(&seat, Head::EMPTY, 2)];
    store.commit(Commit { appends, projections: vec![], blobs: vec![blob.clone()] }).await?;
    let raw = Connection::open(site.file())?;
    let alter = "UPDATE event SET bytes = (SELECT bytes FROM event WHERE seq = 0) WHERE seq = 1";
    let error = raw.execute(alter, []).expect_err("a trigger guards events");
    assert!(error.to_string().contains("append-only"), "{error}");
    assert!(raw.execute("DELETE FROM event", []).is_err());
    raw.execute_batch("DROP TRIGGER event_is_never_altered; UPDATE blob SET bytes = x'00'")?;
    raw.execute(alter, [])?;
    assert_eq!(store.events(&seat, 0, 1).await?.len(), 1, "the first event was not touched");
    for result in [store.events(&seat, 0, 10).await.map(drop), store.all_events(0, 10).await.map(drop)] {
        let Err(StoreError::Corrupt { place, cause }) = result else { return Err(format!("{result:?}").into()) };
        assert!(place.ends_with("event 1 of stream `seat/a`"), "{place}");
        assert_eq!(cause, "it does not open: altered, or another one's");
    }
    assert!(matches!(store.blob(&blob.digest()).await, Err(StoreError::Corrupt { .. })));
    Ok(())
}

#[tokio::test]
async fn postgres_notices_altered_rows() -> TestResult {
    let site = Site::postgres()?;
    let Site::Postgres { schema, .. } = &site else { return Err("not a server".into()) };
    let seat = stream("seat/a");
    let store = site.open().await?;
    store.commit(appending(&seat, Head::EMPTY, 2)).await?;
    // The second event is put in the place of the first: its digest still fits.
    site.execute(&format!(
        "UPDATE {schema}.event SET (identity, bytes) = (SELECT identity, bytes FROM {schema}.event WHERE seq = 1)"
    ))
    .await?;
    let result = store.events(&seat, 0, 10).await;
    assert!(
        matches!(&result, Err(StoreError::Corrupt { cause, .. }) if cause == "it does not open: altered, or another one's"),
        "{result:?}"
    );
    site.drop_schema().await
}

#[tokio::test]
async fn sqlite_names_what_is_wrong_with_a_file() -> TestResult {
    let site = Site::sqlite()?;
    let file = site.file();
    let folder = file.parent().ok_or("no folder")?;
    let refused = |path: &std::path::Path| Store::sqlite(path, &NEW).map(drop);

    let missing = folder.join("missing/store.sqlite");
    let result = refused(&missing);
    assert!(matches!(&result, Err(StoreError::Unavailable { place, .. }) if *place == missing.display().to_string()));

    let text = folder.join("text.sqlite");
    std::fs::write(&text, "姓名,证件号码\n".repeat(100))?;
    assert!(matches!(refused(&text), Err(StoreError::Corrupt { .. })));

    drop(site.open().await?);
    let raw = Connection::open(&file)?;
    raw.execute("UPDATE schema_version SET version = 99", [])?;
    let result = refused(&file);
    assert_eq!(result, Err(StoreError::Newer { place: file.display().to_string(), found: 99, known: 1 }));
    Ok(())
}

#[tokio::test]
async fn sqlite_names_a_damaged_page() -> TestResult {
    let site = Site::sqlite()?;
    let seat = stream("seat/a");
    let store = site.open().await?;
    store.commit(appending(&seat, Head::EMPTY, 200)).await?;
    drop(store);
    let mut bytes = std::fs::read(site.file())?;
    // Everything behind the schema's page; a torn copy or a bad sector looks like this.
    bytes[4096 * 2..].fill(0x5a);
    std::fs::write(site.file(), bytes)?;
    let result = match site.open().await {
        Ok(store) => store.history(&seat).await.map(drop),
        Err(error) => Err(error),
    };
    assert!(matches!(result, Err(StoreError::Corrupt { .. })), "{result:?}");
    Ok(())
}
