//! A store whose process is killed in the middle of its commits.

use super::fixture::{AGAIN, NEW, TestResult, append, stream};
use crate::{Change, Collection, Commit, Document, Lookup, Store, StoreError};
use kaoping_record::event::Head;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Set in the child process: the file that it writes to.
const CHILD: &str = "KAOPING_TEST_CRASH_FILE";
/// Acknowledgements to wait for before the child is killed.
const ACKNOWLEDGED: usize = 400;

/// The test starts itself as a child that commits from eight tasks and prints each acknowledged head; then it kills
/// the child (SIGKILL) and looks whether the file holds everything that was printed.
#[tokio::test(flavor = "multi_thread")]
async fn killing_the_process_loses_no_acknowledged_commit() -> TestResult {
    if let Some(file) = std::env::var_os(CHILD) {
        return write_until_killed(PathBuf::from(file)).await;
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("store.sqlite");
    for round in 1..=3 {
        let acknowledged = kill_after_acknowledgements(&file)?;
        assert!(acknowledged.len() >= ACKNOWLEDGED, "round {round}");
        let store = Store::sqlite(&file, &AGAIN)?;
        for (name, seq) in &acknowledged {
            let head = store.head(&stream(name)).await?;
            assert!(head.next_seq > *seq, "round {round}: {name} {seq} was acknowledged, head is {head:?}");
        }
        for (seat, head) in store.streams("seat/", None, 100).await? {
            let history = store.history(&seat).await?;
            assert_eq!(history.last().map_or(Head::EMPTY, |event| event.head()), head);
            let document = store.get(Collection::Seat, seat.as_str()).await?;
            assert_eq!(document, Some(Document::of(&head.next_seq)?), "events and document are one commit");
        }
    }
    Ok(())
}

/// Streams and numbers that the child acknowledged before it died.
fn kill_after_acknowledgements(file: &Path) -> Result<Vec<(String, u64)>, Box<dyn std::error::Error + Send + Sync>> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--exact", "contract::crash::killing_the_process_loses_no_acknowledged_commit", "--nocapture"])
        .env(CHILD, file)
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().ok_or("no output")?;
    let mut acknowledged = Vec::new();
    let mut killed = false;
    // Lines that the child wrote before it died are read to the end: they were acknowledged too.
    for line in BufReader::new(output).lines() {
        let line = line?;
        let Some((name, seq)) = line.strip_prefix("ack ").and_then(|rest| rest.split_once(' ')) else { continue };
        acknowledged.push((name.to_owned(), seq.parse()?));
        if acknowledged.len() >= ACKNOWLEDGED && !killed {
            child.kill()?;
            killed = true;
        }
    }
    let status = child.wait()?;
    if status.code().is_some() {
        return Err(format!("the child ended by itself: {status}").into());
    }
    Ok(acknowledged)
}

async fn write_until_killed(file: PathBuf) -> TestResult {
    let store = match Store::sqlite(&file, &AGAIN) {
        Err(StoreError::Missing { .. }) => Store::sqlite(&file, &NEW)?,
        known => known?,
    };
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let seat = stream(&format!("seat/{writer}"));
                loop {
                    let head = store.head(&seat).await?;
                    let next = head.next_seq + 1;
                    let document = Document::of(&next)?;
                    let put = Change::Put {
                        collection: Collection::Seat,
                        key: seat.as_str().to_owned(),
                        lookup: Lookup::NONE,
                        document,
                    };
                    let appends = vec![append(&seat, head, 1)];
                    store.commit(Commit { appends, projections: vec![put], blobs: vec![] }).await?;
                    // One write call a line, so that a kill cannot cut a number short.
                    std::io::stdout().write_all(format!("ack {} {}\n", seat.as_str(), head.next_seq).as_bytes())?;
                }
                #[expect(unreachable_code, reason = "gives the endless loop its error type")]
                TestResult::Ok(())
            })
        })
        .collect();
    for writer in writers {
        writer.await??;
    }
    Ok(())
}
