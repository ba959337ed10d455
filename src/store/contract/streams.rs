//! Appending and reading events.

use super::fixture::{Site, TestResult, append, appending, event, stream};
use super::on_every_backend;
use crate::{Append, Blob, Change, Collection, Commit, Document, Lookup, StoreError};
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use std::collections::BTreeSet;

on_every_backend!(
    reads_what_was_appended,
    a_wrong_head_changes_nothing,
    one_of_eight_writers_wins_each_place,
    several_streams_are_all_or_nothing,
    an_append_without_events_asserts_a_head,
    one_stream_twice_in_a_commit,
    altered_events_are_refused,
    a_failing_commit_of_a_group_fails_alone,
    pages_cover_every_event_once,
    pages_cover_every_stream_once,
    positions_have_no_gaps,
);

async fn reads_what_was_appended(site: &Site) -> TestResult {
    let store = site.open().await?;
    let seat = stream("seat/a");
    assert_eq!(store.head(&seat).await?, Head::EMPTY);
    assert_eq!(store.events(&seat, 0, 10).await?, vec![]);

    let commit = appending(&seat, Head::EMPTY, 3);
    let events = commit.appends[0].events.clone();
    let committed = store.commit(commit).await?;
    assert_eq!(committed.heads, vec![(seat.clone(), events[2].head())]);
    assert_eq!(committed.last_position, Some(3));
    assert_eq!(store.head(&seat).await?, Head { next_seq: 3, last: events[2].identity() });
    assert_eq!(store.events(&seat, 0, 10).await?, events);
    assert_eq!(store.events(&seat, 1, 1).await?, events[1..2]);
    assert_eq!(store.events(&seat, 3, 10).await?, vec![]);
    assert_eq!(store.history(&seat).await?, events);
    assert_eq!(store.events(&stream("seat/b"), 0, 10).await?, vec![]);
    Ok(())
}

async fn a_wrong_head_changes_nothing(site: &Site) -> TestResult {
    let store = site.open().await?;
    let (seat, other) = (stream("seat/a"), stream("seat/b"));
    let head = store.commit(appending(&seat, Head::EMPTY, 1)).await?.heads[0].1;
    let blob = Blob::new(b"paper".to_vec());
    let late = Commit {
        appends: vec![append(&other, Head::EMPTY, 2), append(&seat, Head::EMPTY, 1)],
        projections: vec![Change::Put {
            collection: Collection::Seat,
            key: "a".into(),
            lookup: Lookup::by("x"),
            document: Document::of(&1)?,
        }],
        blobs: vec![blob.clone()],
    };
    assert_eq!(
        store.commit(late).await,
        Err(StoreError::Conflict { stream: seat.clone(), expected: Head::EMPTY, found: head })
    );
    assert_eq!(store.head(&seat).await?, head);
    assert_eq!(store.head(&other).await?, Head::EMPTY);
    assert_eq!(store.all_events(0, 10).await?.len(), 1);
    assert_eq!(store.get(Collection::Seat, "a").await?, None);
    assert_eq!(store.find(Collection::Seat, "x", None, 10).await?, vec![]);
    assert_eq!(store.blob(&blob.digest()).await?, None);
    Ok(())
}

// A decision that rests on a stream without writing to it fails when the stream has moved, also
// when it was empty.
async fn an_append_without_events_asserts_a_head(site: &Site) -> TestResult {
    let store = site.open().await?;
    let (seat, sitting, never) = (stream("seat/a"), stream("sitting/a"), stream("sitting/b"));
    let moved = store.commit(appending(&sitting, Head::EMPTY, 2)).await?.heads[0].1;
    for (rests_on, expected, found) in [(&sitting, Head::EMPTY, moved), (&never, moved, Head::EMPTY)] {
        let appends = vec![append(&seat, Head::EMPTY, 1), append(rests_on, expected, 0)];
        let conflict = StoreError::Conflict { stream: rests_on.clone(), expected, found };
        assert_eq!(store.commit(Commit { appends, ..Commit::default() }).await, Err(conflict));
        assert_eq!(store.head(&seat).await?, Head::EMPTY);
    }
    let appends = vec![append(&sitting, moved, 0), append(&never, Head::EMPTY, 0), append(&seat, Head::EMPTY, 1)];
    let committed = store.commit(Commit { appends, ..Commit::default() }).await?;
    assert_eq!(committed.last_position, Some(3));
    // The assertions have moved nothing, and a stream without events stays one.
    assert_eq!((store.head(&sitting).await?, store.head(&never).await?), (moved, Head::EMPTY));
    store.commit(appending(&never, Head::EMPTY, 1)).await?;
    Ok(())
}

async fn one_of_eight_writers_wins_each_place(site: &Site) -> TestResult {
    let store = site.open().await?;
    let seat = stream("seat/a");
    let mut head = Head::EMPTY;
    for round in 0..20_i64 {
        let writers: Vec<_> = (0..8_i64)
            .map(|writer| {
                let (store, seat) = (store.clone(), seat.clone());
                let events = vec![event(&seat, head, round * 8 + writer)];
                tokio::spawn(async move {
                    store
                        .commit(Commit {
                            appends: vec![Append { stream: seat, expected: head, events }],
                            ..Commit::default()
                        })
                        .await
                })
            })
            .collect();
        let mut won = Vec::new();
        let mut lost = Vec::new();
        for writer in writers {
            match writer.await? {
                Ok(committed) => won.push(committed.heads[0].1),
                Err(StoreError::Conflict { found, .. }) => lost.push(found),
                Err(error) => return Err(error.into()),
            }
        }
        assert_eq!((won.len(), lost.len()), (1, 7));
        assert!(lost.iter().all(|found| *found == won[0]), "a loser learns who won");
        head = won[0];
    }
    let history = store.history(&seat).await?;
    assert_eq!(history.iter().map(|event| event.event().seq).collect::<Vec<_>>(), (0..20).collect::<Vec<_>>());
    Ok(())
}

async fn several_streams_are_all_or_nothing(site: &Site) -> TestResult {
    let store = site.open().await?;
    let names = ["batch/a", "seat/a", "sitting/a"].map(stream);
    let mut commit =
        Commit { appends: names.iter().map(|name| append(name, Head::EMPTY, 2)).collect(), ..Commit::default() };
    commit.appends[2].events.remove(0);
    assert_eq!(
        store.commit(commit.clone()).await,
        Err(StoreError::Event { stream: names[2].clone(), source: EventError::Sequence { expected: 0, found: 1 } })
    );
    assert_eq!(store.all_events(0, 10).await?, vec![]);
    assert_eq!(store.streams("", None, 10).await?, vec![]);

    commit.appends[2] = append(&names[2], Head::EMPTY, 2);
    let committed = store.commit(commit).await?;
    assert_eq!(committed.last_position, Some(6));
    let order: Vec<Stream> =
        store.all_events(0, 10).await?.into_iter().map(|placed| placed.event.event().stream.clone()).collect();
    let [batch, seat, sitting] = names;
    assert_eq!(order, vec![batch.clone(), batch, seat.clone(), seat, sitting.clone(), sitting]);
    Ok(())
}

async fn one_stream_twice_in_a_commit(site: &Site) -> TestResult {
    let store = site.open().await?;
    let seat = stream("seat/a");
    let first = append(&seat, Head::EMPTY, 2);
    let middle = first.events[1].head();
    let commit = Commit { appends: vec![first, append(&seat, middle, 1)], ..Commit::default() };
    assert_eq!(store.commit(commit).await?.last_position, Some(3));
    assert_eq!(store.history(&seat).await?.len(), 3);

    // Without events it asserts where a stream ends, and appends nothing.
    let head = store.head(&seat).await?;
    let asserted = store.commit(appending(&seat, head, 0)).await?;
    assert_eq!((asserted.heads, asserted.last_position), (vec![(seat.clone(), head)], None));
    assert!(matches!(store.commit(appending(&seat, middle, 0)).await, Err(StoreError::Conflict { .. })));
    Ok(())
}

async fn altered_events_are_refused(site: &Site) -> TestResult {
    let store = site.open().await?;
    let seat = stream("seat/a");
    let honest = append(&seat, Head::EMPTY, 2);
    let altered = String::from_utf8(honest.events[0].bytes().to_vec())?.replace("\"n\":0", "\"n\":9");
    let altered = Sealed::parse(altered.as_bytes())?;
    let events = vec![altered, honest.events[1].clone()];
    let commit =
        Commit { appends: vec![Append { stream: seat.clone(), expected: Head::EMPTY, events }], ..Commit::default() };
    assert_eq!(
        store.commit(commit).await,
        Err(StoreError::Event { stream: seat.clone(), source: EventError::Chain { seq: 1 } })
    );
    let foreign = vec![event(&stream("seat/b"), Head::EMPTY, 0)];
    let commit = Commit {
        appends: vec![Append { stream: seat.clone(), expected: Head::EMPTY, events: foreign }],
        ..Commit::default()
    };
    assert!(matches!(
        store.commit(commit).await,
        Err(StoreError::Event { source: EventError::OtherStream { .. }, .. })
    ));
    assert_eq!(store.head(&seat).await?, Head::EMPTY);
    Ok(())
}

async fn a_failing_commit_of_a_group_fails_alone(site: &Site) -> TestResult {
    let store = site.open().await?;
    let wrong = Head { next_seq: 4, ..Head::EMPTY };
    let writers: Vec<_> = (0..96)
        .map(|n| {
            let store = store.clone();
            let expected = if n % 8 == 0 { wrong } else { Head::EMPTY };
            tokio::spawn(async move { store.commit(appending(&stream(&format!("seat/{n:02}")), expected, 2)).await })
        })
        .collect();
    for (n, writer) in writers.into_iter().enumerate() {
        let result = writer.await?;
        assert_eq!(result.is_err(), n % 8 == 0, "commit {n}: {result:?}");
        let head = store.head(&stream(&format!("seat/{n:02}"))).await?;
        assert_eq!(head.next_seq, if n % 8 == 0 { 0 } else { 2 });
    }
    let positions: Vec<u64> = store.all_events(0, 1000).await?.iter().map(|placed| placed.position).collect();
    assert_eq!(positions, (1..=168).collect::<Vec<_>>());
    Ok(())
}

async fn pages_cover_every_event_once(site: &Site) -> TestResult {
    let store = site.open().await?;
    let seat = stream("seat/a");
    let commit = appending(&seat, Head::EMPTY, 20);
    let events = commit.appends[0].events.clone();
    store.commit(commit).await?;
    for limit in [1, 3, 10, 19, 20, 21] {
        let mut read = Vec::new();
        loop {
            let page = store.events(&seat, read.len() as u64, limit).await?;
            let last = page.len() < limit as usize;
            read.extend(page);
            if last {
                break;
            }
        }
        assert_eq!(read, events, "pages of {limit}");
    }
    for limit in [0, 1001] {
        assert_eq!(store.events(&seat, 0, limit).await, Err(StoreError::Limit(limit)));
        assert_eq!(store.all_events(0, limit).await, Err(StoreError::Limit(limit)));
    }
    Ok(())
}

async fn pages_cover_every_stream_once(site: &Site) -> TestResult {
    let store = site.open().await?;
    // Names that linguistic collations put in another order than bytes do, and neighbours of the
    // prefix.
    let names = ["seat/a-1", "seat/a.1", "seat/a/1", "seat/a1", "seat/a_1", "seat/b", "seat/ab", "seats/a", "sea/t"];
    for name in names {
        store.commit(appending(&stream(name), Head::EMPTY, 1)).await?;
    }
    let expected: BTreeSet<&str> = names.into_iter().filter(|name| name.starts_with("seat/")).collect();
    for limit in [1, 2, 7, 8] {
        let mut read: Vec<(Stream, Head)> = Vec::new();
        loop {
            let page = store.streams("seat/", read.last().map(|(stream, _)| stream), limit).await?;
            let last = page.len() < limit as usize;
            read.extend(page);
            if last {
                break;
            }
        }
        let read: Vec<&str> = read
            .iter()
            .map(|(stream, head)| {
                assert_eq!(head.next_seq, 1);
                stream.as_str()
            })
            .collect();
        assert_eq!(read, expected.iter().copied().collect::<Vec<_>>(), "pages of {limit}");
    }
    assert_eq!(store.streams("", None, 100).await?.len(), names.len());
    assert!(matches!(store.streams("seat /", None, 1).await, Err(StoreError::Key(_))));
    Ok(())
}

async fn positions_have_no_gaps(site: &Site) -> TestResult {
    let store = site.open().await?;
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let seat = stream(&format!("seat/{writer}"));
                for _ in 0..20 {
                    let head = store.head(&seat).await?;
                    store.commit(appending(&seat, head, 1)).await?;
                    // Refused commits must not use up positions.
                    let _ = store.commit(appending(&seat, head, 1)).await;
                }
                Ok::<_, StoreError>(())
            })
        })
        .collect();
    // A reader that follows while others write must miss nothing.
    let mut seen = Vec::new();
    while seen.len() < 160 {
        let after = seen.last().copied().unwrap_or(0);
        seen.extend(store.all_events(after, 7).await?.into_iter().map(|placed| placed.position));
        tokio::task::yield_now().await;
        if writers.iter().all(tokio::task::JoinHandle::is_finished) && store.all_events(0, 1000).await?.len() < 160 {
            break;
        }
    }
    for writer in writers {
        writer.await??;
    }
    assert_eq!(seen, (1..=160).collect::<Vec<_>>());
    Ok(())
}
