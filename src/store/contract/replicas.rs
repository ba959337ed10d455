//! Several programs on one PostgreSQL schema, and connections that break.

use super::fixture::{AGAIN, NEW, Site, TestResult, appending, stream};
use crate::{Commit, Store, StoreError};
use kaoping_record::event::Head;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test(flavor = "multi_thread")]
async fn replicas_share_one_order() -> TestResult {
    let site = Site::postgres()?;
    // All start on an empty schema at once.
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let Site::Postgres { url, schema } = &site else { return Err("not a server") };
            let (url, schema) = (url.clone(), schema.clone());
            Ok(tokio::spawn(async move { Store::postgres(&url, &schema, &NEW).await }))
        })
        .collect::<Result<_, _>>()?;
    let mut replicas = Vec::new();
    for start in starts {
        replicas.push(Arc::new(start.await??));
    }
    // Each appends to a stream of its own and to one that all want.
    let writers: Vec<_> = replicas
        .iter()
        .enumerate()
        .map(|(number, replica)| {
            let replica = Arc::clone(replica);
            tokio::spawn(async move {
                let (own, shared) = (stream(&format!("seat/{number}")), stream("seat/shared"));
                let mut conflicts = 0;
                for _ in 0..15 {
                    let head = replica.head(&own).await?;
                    replica.commit(appending(&own, head, 1)).await?;
                    loop {
                        let head = replica.head(&shared).await?;
                        match replica.commit(appending(&shared, head, 1)).await {
                            Ok(_) => break,
                            Err(StoreError::Conflict { .. }) => conflicts += 1,
                            Err(error) => return Err(error),
                        }
                    }
                }
                Ok(conflicts)
            })
        })
        .collect();
    for writer in writers {
        writer.await??;
    }
    for replica in &replicas {
        let all = replica.all_events(0, 1000).await?;
        let positions: Vec<u64> = all.iter().map(|placed| placed.position).collect();
        assert_eq!(positions, (1..=120).collect::<Vec<_>>());
        assert_eq!(replica.history(&stream("seat/shared")).await?.len(), 60);
    }
    site.drop_schema().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_outlives_its_connections() -> TestResult {
    let site = Site::postgres()?;
    let Site::Postgres { url, schema } = &site else { return Err("not a server".into()) };
    let mark = if url.contains('?') { '&' } else { '?' };
    let store = Store::postgres(&format!("{url}{mark}application_name={schema}"), schema, &NEW).await?;
    let seat = stream("seat/a");
    let mut head = store.commit(appending(&seat, Head::EMPTY, 1)).await?.heads[0].1;
    for _ in 0..3 {
        terminate(url, schema).await?;
        // At most the one commit that meets the dead connection is refused; it then did not begin.
        let commit = appending(&seat, head, 1);
        head = match store.commit(commit.clone()).await {
            Ok(committed) => committed.heads[0].1,
            Err(StoreError::Unavailable { .. }) => store.commit(commit).await?.heads[0].1,
            Err(error) => return Err(error.into()),
        };
    }
    assert_eq!(store.head(&seat).await?, head);
    assert_eq!(head.next_seq, 4);
    site.drop_schema().await
}

/// Ends all connections of that name, and returns when the server has none left.
async fn terminate(url: &str, name: &str) -> TestResult {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
    while !client.query(ended, &[&name]).await?.is_empty() {}
    drop(client);
    Ok(connection.await??)
}

#[tokio::test]
async fn an_address_without_a_server_is_named_without_its_password() -> TestResult {
    let url = "postgres://clerk:geheim@127.0.0.1:1/exam";
    let Err(error) = Store::postgres(url, "kaoping", &NEW).await else { return Err("port 1 answers".into()) };
    let StoreError::Unavailable { place, .. } = &error else { return Err(error.into()) };
    assert_eq!(place, "PostgreSQL 127.0.0.1:1/exam, schema kaoping");
    assert!(!error.to_string().contains("geheim"), "{error}");
    let bad_schema = Store::postgres(url, "a;b", &NEW).await.map(drop);
    assert!(matches!(&bad_schema, Err(StoreError::Unavailable { cause, .. }) if cause.contains("`a;b`")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_while_committing_is_an_unknown_outcome() -> TestResult {
    let site = Site::postgres()?;
    let Site::Postgres { url, schema } = &site else { return Err("not a server".into()) };
    let direct = site.open().await?;
    let (port, cut) = cutting_proxy(url).await?;
    let through = Store::postgres(&with_port(url, port)?, schema, &AGAIN).await?;
    let seat = stream("seat/a");
    let head = through.commit(appending(&seat, Head::EMPTY, 1)).await?.heads[0].1;

    cut.send(true)?;
    let commit = appending(&seat, head, 1);
    let wanted = commit.appends[0].events[0].head();
    let result = through.commit(commit).await;
    assert!(matches!(&result, Err(StoreError::Interrupted { .. })), "{result:?}");
    // The server may have read the COMMIT before the line was cut, or not. It holds the turn until
    // it has ended the transaction, so a commit of nothing waits for that.
    direct.commit(Commit::default()).await?;
    let found = direct.head(&seat).await?;
    assert!(found == head || found == wanted, "{found:?}");

    // The store continues with a new connection.
    cut.send(false)?;
    through.commit(appending(&seat, found, 1)).await?;
    assert_eq!(direct.head(&seat).await?.next_seq, found.next_seq + 1);
    site.drop_schema().await
}

/// A proxy to the test server that, on request, cuts a connection right after its next `COMMIT`
/// went through.
async fn cutting_proxy(
    url: &str,
) -> Result<(u16, tokio::sync::watch::Sender<bool>), Box<dyn std::error::Error + Send + Sync>> {
    let config: tokio_postgres::Config = url.parse()?;
    let host = match config.get_hosts().first() {
        Some(tokio_postgres::config::Host::Tcp(host)) => host.clone(),
        _ => return Err("the test server must be given by host and port".into()),
    };
    let server = (host, config.get_ports().first().copied().unwrap_or(5432));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let (cut, watched) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(&server).await else { return };
            let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
            let answers = tokio::spawn(forward(from_server, to_client, None));
            let watched = watched.clone();
            tokio::spawn(async move {
                forward(from_client, to_server, Some(watched)).await;
                answers.abort();
            });
        }
    });
    Ok((port, cut))
}

async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, cut: Option<tokio::sync::watch::Receiver<bool>>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let Some(bytes) = buffer.get(..length) else { return };
        let cutting =
            cut.as_ref().is_some_and(|cut| *cut.borrow()) && bytes.windows(6).any(|window| window == b"COMMIT");
        if to.write_all(bytes).await.is_err() || cutting {
            return;
        }
    }
}

fn with_port(url: &str, port: u16) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let config: tokio_postgres::Config = url.parse()?;
    let user = config.get_user().unwrap_or("postgres");
    let database = config.get_dbname().unwrap_or("postgres");
    let password = String::from_utf8_lossy(config.get_password().unwrap_or_default()).into_owned();
    Ok(format!("postgres://{user}:{password}@127.0.0.1:{port}/{database}"))
}
