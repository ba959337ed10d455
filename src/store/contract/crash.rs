//! A store whose process is killed in the middle of its commits.

use super::fixture::{AGAIN, NEW, TestResult, append, stream};
use crate::{Change, Collection, Commit, Document, Lookup, Store, StoreError};
use kaoping_record::event::Head;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Set in the child process: the file that it writes to.
const CHILD: &str = "KAOPING_TEST_CRASH_FILE";
/// Set in the child process: how many commits it makes one after the other before it ends. Without
/// it eight tasks commit until it is killed.
const ENOUGH: &str = "KAOPING_TEST_CRASH_COMMITS";
/// Acknowledgements to wait for before the child is killed.
const ACKNOWLEDGED: usize = 400;

/// The test starts itself as a child that commits from eight tasks and prints each acknowledged
/// head; then it kills the child (SIGKILL) and looks whether the file holds everything that was
/// printed.
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

/// Catches an acknowledgement that leaves before its bytes are synced, by another witness than this
/// program: `strace` notes in which order the kernel was asked to write the log, to sync it, and to
/// write the child's acknowledgements.
#[test]
fn the_kernel_saw_a_sync_before_each_acknowledgement() -> TestResult {
    let folder = tempfile::tempdir()?;
    let (file, trace) = (folder.path().join("store.sqlite"), folder.path().join("trace"));
    let ended = Command::new("strace")
        .args(["-f", "-y", "-qq", "-e", "trace=fdatasync,fsync,pwrite64,write", "-o"])
        .arg(&trace)
        .arg(std::env::current_exe()?)
        .args(["--exact", "contract::crash::killing_the_process_loses_no_acknowledged_commit", "--nocapture"])
        .env(CHILD, &file)
        .env(ENOUGH, "100")
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("strace: {error}; run `cargo xtask setup --for test`"))?;
    assert!(ended.success(), "{ended}");
    let (mut acknowledged, mut written, mut synced) = (0, false, false);
    // Threads that wait for a sync of the log, whose call takes two lines then.
    let mut waiting = BTreeSet::new();
    for line in std::fs::read_to_string(&trace)?.lines() {
        let (thread, call) = line.split_once(' ').ok_or("a line of strace begins with the thread")?;
        let (call, is_log) = (call.trim_start(), call.contains("store.sqlite-wal>"));
        let is_sync = call.starts_with("fdatasync(") || call.starts_with("fsync(");
        let is_resumed = call.starts_with("<... fdatasync resumed") || call.starts_with("<... fsync resumed");
        if is_log && is_sync && call.contains("<unfinished") {
            waiting.insert(thread.to_owned());
        } else if (is_log && is_sync || is_resumed && waiting.remove(thread)) && call.ends_with("= 0") {
            synced = true;
        } else if is_log && (call.starts_with("pwrite64(") || call.starts_with("write(")) {
            (written, synced) = (true, false);
        } else if call.starts_with("write(1<") && call.contains("\"ack seat/") {
            assert!(written && synced, "acknowledgement {acknowledged} was written before the log was synced: {line}");
            (acknowledged, written) = (acknowledged + 1, false);
        }
    }
    assert_eq!(acknowledged, 100);
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
    let enough: Option<u64> = std::env::var(ENOUGH).ok().and_then(|enough| enough.parse().ok());
    let writers: Vec<_> = (0..if enough.is_some() { 1 } else { 8 })
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let seat = stream(&format!("seat/{writer}"));
                for _ in 0..enough.unwrap_or(u64::MAX) {
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
                TestResult::Ok(())
            })
        })
        .collect();
    for writer in writers {
        writer.await??;
    }
    Ok(())
}
