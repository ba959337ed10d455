//! The owner of a place's data, what can be read there without the key, and what is noticed when a
//! place is exchanged.

use super::fixture::{AGAIN, INSTALLATION, NEW, Site, TestResult, append, appending, stream};
use crate::{
    Append, Blob, Change, Collection, Commit, Document, Expected, InstallationId, Link, Lookup, Opening, Store,
    StoreError,
};
use kaoping_record::event::{Head, Sealed};
use kaoping_record::time::Time;
use rusqlite::Connection;
use serde_json::json;

/// Each case on both durable backends.
macro_rules! on_durable_backends {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() -> super::TestResult {
                super::$case(&super::Site::sqlite()?).await
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() -> super::TestResult {
                let site = super::Site::postgres()?;
                super::$case(&site).await?;
                site.drop_schema().await
            })+
        }
    };
}
on_durable_backends!(
    a_place_is_founded_once_and_then_expected,
    a_place_that_another_folder_opened_is_not_linked,
    nothing_stored_can_be_read_without_the_key,
    a_damaged_document_spoils_only_itself,
);

const OTHER: InstallationId = InstallationId([9; 16]);

fn bound(installation: InstallationId, links: &[Link]) -> Opening<'_> {
    Opening { expected: Expected::Bound { installation, links }, ..NEW }
}

async fn refused(site: &Site, opening: &Opening<'_>) -> TestResult<StoreError> {
    match site.open_as(opening).await {
        Ok(_) => Err("it opened".into()),
        Err(error) => Ok(error),
    }
}

// Catches an empty place that is founded anew beside keys that have data, and one installation's
// data under another's folder.
async fn a_place_is_founded_once_and_then_expected(site: &Site) -> TestResult {
    for opening in [AGAIN, bound(INSTALLATION, &[NEW.next])] {
        assert!(matches!(refused(site, &opening).await?, StoreError::Missing { .. }));
    }
    // A first start that was cut off before anything happened may begin again.
    drop(site.open_as(&NEW).await?);
    let store = site.open_as(&NEW).await?;
    assert_eq!(store.installation(), Some(INSTALLATION));
    let foreign = Opening { expected: Expected::Empty(OTHER), ..NEW };
    assert!(matches!(refused(site, &foreign).await?, StoreError::Founded { installation: INSTALLATION, .. }));
    store.commit(appending(&stream("seat/a"), Head::EMPTY, 1)).await?;
    drop(store);
    assert!(matches!(refused(site, &NEW).await?, StoreError::Founded { installation: INSTALLATION, .. }));
    let other = refused(site, &bound(OTHER, &[NEW.next])).await?;
    assert!(matches!(other, StoreError::OtherInstallation { found: INSTALLATION, installation: OTHER, .. }));
    let wrong = Opening { key: &[8; 32], ..bound(INSTALLATION, &[NEW.next]) };
    assert!(matches!(refused(site, &wrong).await?, StoreError::WrongKey { .. }));
    let again = site.open_as(&bound(INSTALLATION, &[NEW.next])).await?;
    assert_eq!(again.history(&stream("seat/a")).await?.len(), 1);
    Ok(())
}

// Catches a copied data folder that goes on where the first one was, and a database put back behind
// the folder's back.
async fn a_place_that_another_folder_opened_is_not_linked(site: &Site) -> TestResult {
    let [first, second, third] = [[3; 16], [4; 16], [5; 16]].map(Link);
    drop(site.open_as(&Opening { next: first, ..NEW }).await?);
    drop(site.open_as(&Opening { next: second, ..bound(INSTALLATION, &[first]) }).await?);
    // The copy still has the link of before.
    let links = [first];
    let copy = Opening { next: third, ..bound(INSTALLATION, &links) };
    assert!(matches!(refused(site, &copy).await?, StoreError::Unlinked { .. }));
    // Refused, it left no link of its own; a start that was cut off between the two sides knows
    // both links.
    drop(site.open_as(&Opening { next: third, ..bound(INSTALLATION, &[first, second]) }).await?);
    drop(site.open_as(&Opening { next: first, ..AGAIN }).await?);
    drop(site.open_as(&bound(INSTALLATION, &[first])).await?);
    Ok(())
}

async fn nothing_stored_can_be_read_without_the_key(site: &Site) -> TestResult {
    const SECRET: &str = "kaoping-answer-key-3C";
    let store = site.open().await?;
    let seat = stream("seat/a");
    let body = json!({ "text": SECRET });
    let event = Sealed::next(&seat, Head::EMPTY, Time::from_millis(1), "service", "seat.answered", 1, &body)?;
    let document = Document::of(&body)?;
    let put = Change::Put { collection: Collection::Bank, key: "b".into(), lookup: Lookup::NONE, document };
    let blob = Blob::new(SECRET.into());
    let appends = vec![Append { stream: seat.clone(), expected: Head::EMPTY, events: vec![event.clone()] }];
    store.commit(Commit { appends, projections: vec![put], blobs: vec![blob.clone()] }).await?;
    drop(store);
    let raw = raw(site).await?;
    let holds = |bytes: &[u8]| raw.windows(bytes.len()).any(|window| window == bytes);
    assert!(holds(b"seat/a"), "names of streams are readable, or nothing was looked at");
    assert!(!holds(SECRET.as_bytes()));
    assert!(!holds(blob.digest().as_bytes()), "whoever knows a text could ask whether it is there");
    let store = site.open().await?;
    assert_eq!(store.history(&seat).await?, [event]);
    assert_eq!(store.blob(&blob.digest()).await?.as_deref(), Some(SECRET.as_bytes()));
    assert_eq!(store.get(Collection::Bank, "b").await?, Some(Document::of(&body)?));
    Ok(())
}

/// All bytes of a place.
async fn raw(site: &Site) -> TestResult<Vec<u8>> {
    let Site::Postgres { url, schema } = site else { return Ok(std::fs::read(site.file())?) };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let mut bytes = Vec::new();
    for (table, columns) in [("event", "stream, bytes"), ("document", "key, bytes"), ("blob", "digest, bytes")] {
        for row in client.query(&format!("SELECT {columns} FROM {schema}.{table}"), &[]).await? {
            bytes.extend(row.try_get::<_, Vec<u8>>(0).or_else(|_| row.try_get::<_, String>(0).map(Into::into))?);
            bytes.extend(row.try_get::<_, Vec<u8>>(1)?);
        }
    }
    drop(client);
    connection.await??;
    Ok(bytes)
}

async fn a_damaged_document_spoils_only_itself(site: &Site) -> TestResult {
    let store = site.open().await?;
    let put = |key: &str, n: i64| {
        let document = Document::of(&n).expect("in profile");
        Change::Put { collection: Collection::Seat, key: key.into(), lookup: Lookup::by("room"), document }
    };
    store.commit(Commit { projections: vec![put("a", 1), put("b", 2)], ..Commit::default() }).await?;
    // The one document in the other's place, as a careless or a malicious repair would put it.
    let moved = "SET bytes = (SELECT bytes FROM document_of WHERE key = 'a') WHERE key = 'b'";
    match site {
        Site::Postgres { schema, .. } => {
            let table = format!("{schema}.document");
            site.execute(&format!("UPDATE {table} {}", moved.replace("document_of", &table))).await?;
        }
        _ => {
            Connection::open(site.file())?
                .execute(&format!("UPDATE document {}", moved.replace("document_of", "document")), [])?;
        }
    }
    let page = store.page(Collection::Seat, "", None, 10).await?;
    let found = store.find(Collection::Seat, "room", None, 10).await?;
    assert_eq!(page, found);
    let [whole, damaged] = page.as_slice() else { return Err("not two documents".into()) };
    assert_eq!(whole.document.read::<i64>()?, 1);
    let one = store.get(Collection::Seat, "b").await?.ok_or("gone")?;
    for document in [&damaged.document, &one] {
        let Err(StoreError::Document { collection, key, .. }) = document.read::<i64>() else {
            return Err("another document's bytes were believed".into());
        };
        assert_eq!((collection, key.as_str()), (Collection::Seat, "b"));
    }
    Ok(())
}

// Catches a copy of the data folder that works beside the first on one server.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_lets_one_program_work_with_an_installation() -> TestResult {
    let site = named_site()?;
    let alone = |next| Opening { next: Link(next), alone: true, ..AGAIN };
    drop(site.open().await?);
    let first = site.open_as(&alone([3; 16])).await?;
    let taken = refused(&site, &alone([4; 16])).await?;
    assert!(matches!(taken, StoreError::Taken { installation: INSTALLATION, .. }), "{taken}");
    // The one that was refused has changed nothing.
    let seat = stream("seat/a");
    let head = first.commit(appending(&seat, Head::EMPTY, 1)).await?.heads[0].1;
    // Its connections break: it takes the lock again by itself, and writes nothing before.
    let former = holder(&site).await?.ok_or("nobody holds the lock")?;
    terminate(&site).await?;
    while holder(&site).await?.is_none_or(|process| process == former) {
        tokio::task::yield_now().await;
    }
    let head = commit_in_time(&first, &seat, head).await?;
    assert!(matches!(refused(&site, &alone([4; 16])).await?, StoreError::Taken { .. }));
    drop(first);
    let second = loop {
        match site.open_as(&alone([4; 16])).await {
            Err(StoreError::Taken { .. }) => tokio::task::yield_now().await,
            known => break known?,
        }
    };
    assert_eq!(second.head(&seat).await?, head);
    site.drop_schema().await
}

// Catches a program that was cut off, lost the lock to a copy of its folder, and writes on when
// that one ends.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_not_written_after_another_folder_took_over() -> TestResult {
    let site = named_site()?;
    drop(site.open().await?);
    let first = site.open_as(&Opening { alone: true, next: Link([3; 16]), ..AGAIN }).await?;
    let Site::Postgres { schema, .. } = &site else { return Err("not a server".into()) };
    // The trace of a copy that held the lock while the connection was broken.
    site.execute(&format!("UPDATE {schema}.founding SET link = decode(repeat('04', 16), 'hex')")).await?;
    let seat = stream("seat/a");
    let refused = first.commit(appending(&seat, Head::EMPTY, 1)).await;
    assert!(matches!(refused, Err(StoreError::Unlinked { .. })), "{refused:?}");
    terminate(&site).await?;
    let mut without_lock = 0;
    while without_lock < 20 {
        match first.commit(appending(&seat, Head::EMPTY, 1)).await {
            Err(StoreError::Unavailable { cause, .. }) if cause.contains("lock of this installation") => {
                without_lock += 1;
            }
            // Before it is noticed that the lock is gone, the link says so.
            Err(StoreError::Unlinked { .. } | StoreError::Unavailable { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => return Err("it wrote without the lock".into()),
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    site.drop_schema().await
}

/// A schema whose connections have its name.
fn named_site() -> TestResult<Site> {
    let Site::Postgres { url, schema } = Site::postgres()? else { return Err("not a server".into()) };
    let mark = if url.contains('?') { '&' } else { '?' };
    Ok(Site::Postgres { url: format!("{url}{mark}application_name={schema}"), schema })
}

/// Ends the other connections of the schema's name.
async fn terminate(site: &Site) -> TestResult {
    let Site::Postgres { schema, .. } = site else { return Err("not a server".into()) };
    site.execute(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = '{schema}' AND pid <> pg_backend_pid()"
    ))
    .await
}

/// The server's process that holds a lock for this schema's connections.
async fn holder(site: &Site) -> TestResult<Option<i32>> {
    let Site::Postgres { url, schema } = site else { return Err("not a server".into()) };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let held = "SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE locktype = 'advisory' AND granted AND application_name = $1";
    let row = client.query_opt(held, &[&schema]).await?;
    drop(client);
    connection.await??;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// Commits as soon as the store lets it; every refusal on the way says that it did nothing.
async fn commit_in_time(store: &Store, seat: &kaoping_record::event::Stream, head: Head) -> TestResult<Head> {
    for _ in 0..200 {
        match store.commit(appending(seat, head, 1)).await {
            Ok(committed) => return Ok(committed.heads[0].1),
            Err(StoreError::Unavailable { .. }) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            Err(error) => return Err(error.into()),
        }
    }
    Err("the lock was not taken again".into())
}

// Catches a store that acknowledges what goes into a file without a name: all of it is lost at the
// next start.
#[tokio::test]
async fn sqlite_writes_nothing_into_a_file_that_was_taken_away() -> TestResult {
    for suffix in ["", "-wal", "-shm"] {
        let site = Site::sqlite()?;
        let store = site.open().await?;
        let head = store.commit(appending(&stream("seat/a"), Head::EMPTY, 1)).await?.heads[0].1;
        let mut file = site.file().into_os_string();
        file.push(suffix);
        std::fs::remove_file(&file)?;
        let commit = Commit { appends: vec![append(&stream("seat/a"), head, 1)], ..Commit::default() };
        let refused = store.commit(commit.clone()).await;
        let replaced = StoreError::Replaced { place: file.to_string_lossy().into_owned() };
        assert_eq!(refused, Err(replaced.clone()));
        // Another file under the same name is not the one that was opened.
        std::fs::write(&file, b"")?;
        assert_eq!(store.commit(commit).await, Err(replaced));
    }
    Ok(())
}
