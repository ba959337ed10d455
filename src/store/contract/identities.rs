//! The encrypted identities on each backend.

use super::fixture::{NEW, Site, TestResult};
use super::on_every_backend;
use crate::StoreError;
use crate::founding::Expected;
use crate::identity::{self, Identity, IdentityStore, IndexKind, MAX_IDENTITY_BYTES, MemoryIdentities};
use kaoping_record::id::PseudonymId;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

const KEY: [u8; 32] = [7; 32];
const NAME: &str = "阿依古丽·买买提";
const NUMBER: &str = "10000019660908105X";

on_every_backend!(
    identities_are_found_by_their_values,
    an_identity_is_replaced_whole,
    deleting_leaves_nothing_to_find,
    one_faulty_identity_keeps_all_out,
);

async fn open(site: &Site, key: &[u8; 32]) -> Result<Arc<dyn IdentityStore>, StoreError> {
    match site {
        Site::Memory(_) => identity::memory(MemoryIdentities::default(), key, &NEW.expected).await,
        Site::Sqlite(_) | Site::Postgres { .. } => match open_as(site, key, &Expected::Founded).await {
            Err(StoreError::Missing { .. }) => open_as(site, key, &NEW.expected).await,
            known => known,
        },
    }
}

async fn open_as(site: &Site, key: &[u8; 32], expected: &Expected<'_>) -> Result<Arc<dyn IdentityStore>, StoreError> {
    match site {
        Site::Postgres { url, schema } => identity::postgres(url, schema, key, expected).await,
        Site::Memory(_) | Site::Sqlite(_) => identity::sqlite(site.file(), key, expected).await,
    }
}

fn pseudonym(name: &str) -> PseudonymId {
    PseudonymId::new(name).expect("a pseudonym")
}

fn person(name: &str, bytes: &str, indexes: &[(IndexKind, &str)]) -> Identity {
    Identity {
        pseudonym: pseudonym(name),
        bytes: Zeroizing::new(bytes.as_bytes().to_vec()),
        indexes: indexes.iter().map(|(kind, value)| (*kind, Zeroizing::new((*value).to_owned()))).collect(),
    }
}

async fn text(store: &dyn IdentityStore, name: &str) -> Result<Option<String>, StoreError> {
    let bytes = store.get(&pseudonym(name)).await?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

async fn identities_are_found_by_their_values(site: &Site) -> TestResult {
    let store = open(site, &KEY).await?;
    store
        .put(vec![
            person("p2", NAME, &[(IndexKind::DocumentNumber, NUMBER), (IndexKind::Name, NAME)]),
            person("p1", "second batch", &[(IndexKind::DocumentNumber, NUMBER)]),
            person("p3", "another", &[(IndexKind::Phone, NUMBER), (IndexKind::Phone, NUMBER)]),
        ])
        .await?;
    assert_eq!(text(&*store, "p2").await?.as_deref(), Some(NAME));
    assert_eq!(text(&*store, "nobody").await?, None);
    let found = store.find_by_blind_index(IndexKind::DocumentNumber, "10000019660908105x ").await?;
    assert_eq!(found, [pseudonym("p1"), pseudonym("p2")]);
    assert_eq!(store.find_by_blind_index(IndexKind::Name, "阿依古丽•买买提").await?, [pseudonym("p2")]);
    assert_eq!(store.find_by_blind_index(IndexKind::Phone, NUMBER).await?, [pseudonym("p3")]);
    assert_eq!(store.find_by_blind_index(IndexKind::Name, "阿依").await?, []);
    Ok(())
}

async fn an_identity_is_replaced_whole(site: &Site) -> TestResult {
    let store = open(site, &KEY).await?;
    store.put(vec![person("p1", "before", &[(IndexKind::Phone, "1"), (IndexKind::Name, "a")])]).await?;
    store.put(vec![person("p1", "after", &[(IndexKind::Phone, "2")])]).await?;
    assert_eq!(text(&*store, "p1").await?.as_deref(), Some("after"));
    assert_eq!(store.find_by_blind_index(IndexKind::Phone, "1").await?, []);
    assert_eq!(store.find_by_blind_index(IndexKind::Name, "a").await?, []);
    assert_eq!(store.find_by_blind_index(IndexKind::Phone, "2").await?, [pseudonym("p1")]);
    Ok(())
}

async fn deleting_leaves_nothing_to_find(site: &Site) -> TestResult {
    let store = open(site, &KEY).await?;
    store
        .put(vec![person("p1", "x", &[(IndexKind::Phone, "1")]), person("p2", "y", &[(IndexKind::Phone, "1")])])
        .await?;
    assert!(store.delete(&pseudonym("p1")).await?);
    assert!(!store.delete(&pseudonym("p1")).await?);
    assert_eq!(text(&*store, "p1").await?, None);
    assert_eq!(store.find_by_blind_index(IndexKind::Phone, "1").await?, [pseudonym("p2")]);
    Ok(())
}

async fn one_faulty_identity_keeps_all_out(site: &Site) -> TestResult {
    let store = open(site, &KEY).await?;
    let long = "x".repeat(MAX_IDENTITY_BYTES + 1);
    let result = store.put(vec![person("p1", "x", &[]), person("p2", &long, &[])]).await;
    assert!(matches!(result, Err(StoreError::Size { .. })), "{result:?}");
    assert_eq!(text(&*store, "p1").await?, None);
    Ok(())
}

#[tokio::test]
async fn sqlite_opens_again_with_its_key_alone() -> TestResult {
    opens_again_with_its_key_alone(&Site::sqlite()?).await
}

#[tokio::test]
async fn postgres_opens_again_with_its_key_alone() -> TestResult {
    let site = Site::postgres()?;
    opens_again_with_its_key_alone(&site).await?;
    site.drop_schema().await
}

async fn opens_again_with_its_key_alone(site: &Site) -> TestResult {
    let store = open(site, &KEY).await?;
    store.put(vec![person("p1", NAME, &[(IndexKind::Name, NAME)])]).await?;
    drop(store);
    let wrong = open(site, &[8; 32]).await.map(drop);
    assert!(matches!(wrong, Err(StoreError::WrongKey { .. })), "{wrong:?}");
    let store = open(site, &KEY).await?;
    assert_eq!(text(&*store, "p1").await?.as_deref(), Some(NAME));
    assert_eq!(store.find_by_blind_index(IndexKind::Name, NAME).await?, [pseudonym("p1")]);
    Ok(())
}

/// Whether any file of the folder (database, write-ahead log, shared memory) holds the bytes.
fn on_disk(folder: &Path, needle: &[u8]) -> Result<bool, std::io::Error> {
    for file in std::fs::read_dir(folder)? {
        let bytes = std::fs::read(file?.path())?;
        if bytes.windows(needle.len()).any(|window| window == needle) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[tokio::test]
async fn sqlite_files_show_neither_plaintext_nor_what_was_deleted() -> TestResult {
    let site = Site::sqlite()?;
    let Site::Sqlite(folder) = &site else { return Err("not a file".into()) };
    let store = open(&site, &KEY).await?;
    let indexes = [(IndexKind::DocumentNumber, NUMBER), (IndexKind::Name, NAME), (IndexKind::Phone, "13800000000")];
    store.put(vec![person("p1", &format!("{NAME},{NUMBER}"), &indexes), person("p2", "stays", &[])]).await?;
    for plain in [NAME, NUMBER, "13800000000", "10000019660908105"] {
        assert!(!on_disk(folder.path(), plain.as_bytes())?, "{plain} is readable");
    }
    let raw = rusqlite::Connection::open(site.file())?;
    let sealed: Vec<u8> = raw.query_row("SELECT sealed FROM identity WHERE pseudonym = 'p1'", [], |row| row.get(0))?;
    let index: Vec<u8> = raw.query_row("SELECT value FROM blind_index LIMIT 1", [], |row| row.get(0))?;
    drop(raw);
    assert!(on_disk(folder.path(), &sealed)? && on_disk(folder.path(), &index)?, "the search finds what is there");
    store.delete(&pseudonym("p1")).await?;
    assert!(!on_disk(folder.path(), &sealed)?, "the ciphertext is still there");
    assert!(!on_disk(folder.path(), &index)?, "an index value is still there");
    assert_eq!(text(&*store, "p2").await?.as_deref(), Some("stays"));
    Ok(())
}

#[tokio::test]
async fn a_row_moved_to_another_pseudonym_does_not_open() -> TestResult {
    let site = Site::sqlite()?;
    let store = open(&site, &KEY).await?;
    store.put(vec![person("p1", "one", &[]), person("p2", "two", &[])]).await?;
    rusqlite::Connection::open(site.file())?.execute_batch(
        "UPDATE identity SET sealed = (SELECT sealed FROM identity WHERE pseudonym = 'p2') WHERE pseudonym = 'p1'",
    )?;
    let result = store.get(&pseudonym("p1")).await;
    assert!(matches!(&result, Err(StoreError::Corrupt { place, .. }) if place.ends_with("identity p1")));
    assert_eq!(text(&*store, "p2").await?.as_deref(), Some("two"));
    Ok(())
}

#[tokio::test]
async fn postgres_rows_show_no_plaintext() -> TestResult {
    let site = Site::postgres()?;
    let Site::Postgres { url, schema } = &site else { return Err("not a server".into()) };
    let store = open(&site, &KEY).await?;
    store.put(vec![person("p1", NAME, &[(IndexKind::DocumentNumber, NUMBER)])]).await?;
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let row = client
        .query_one(
            &format!("SELECT sealed, value FROM {schema}.identity JOIN {schema}.blind_index USING (pseudonym)"),
            &[],
        )
        .await?;
    let (sealed, value): (Vec<u8>, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
    assert_eq!((sealed.len(), value.len()), (1 + 24 + NAME.len() + 16, 32));
    assert!(!sealed.windows(NAME.len()).any(|window| window == NAME.as_bytes()));
    drop(client);
    connection.await??;
    site.drop_schema().await
}
