//! What the machine gives at most: syncs of a file, rows of a plain SQLite, and PostgreSQL without
//! the service.

use crate::Failure;
use crate::table::Table;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long each is measured.
const TIME: Duration = Duration::from_secs(2);
/// Bytes of an event with its document, about.
const ROW: usize = 3000;

/// Syncs a second of 4 KB each, in the folder where the data lie.
pub(super) fn syncs(table: &mut Table, folder: &Path) -> Result<(), Failure> {
    let mut file = File::create(folder.join("syncs"))?;
    let (began, mut count) = (Instant::now(), 0_u64);
    while began.elapsed() < TIME {
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    table.add("floor: syncs of a file", rate(count, began), "/s");
    Ok(())
}

/// Rows a second of the size of an acknowledgement, each in a transaction of its own and in groups.
pub(super) fn sqlite(table: &mut Table, folder: &Path) -> Result<(), Failure> {
    let mut connection = rusqlite::Connection::open(folder.join("floor.db"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE row (position INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;",
    )?;
    for group in [1_u64, 32, 256] {
        let (began, mut count) = (Instant::now(), 0);
        while began.elapsed() < TIME {
            let transaction = connection.transaction()?;
            let mut insert = transaction.prepare_cached("INSERT INTO row (bytes) VALUES (?1)")?;
            for _ in 0..group {
                insert.execute([vec![7_u8; ROW]])?;
            }
            drop(insert);
            transaction.commit()?;
            count += group;
        }
        table.add(&format!("floor: SQLite, rows in groups of {group}"), rate(count, began), "/s");
    }
    Ok(())
}

/// Rows a second of `pgbench` with 1 and 8 clients, where it is installed.
pub(super) fn postgres(table: &mut Table, folder: &Path, address: &str) -> Result<(), Failure> {
    let script = folder.join("row.sql");
    std::fs::write(&script, format!("INSERT INTO floor_row (bytes) VALUES (repeat('7', {ROW})::bytea);\n"))?;
    let mut make = Command::new("psql");
    make.args([address, "-qc", "CREATE TABLE IF NOT EXISTS floor_row (position BIGSERIAL PRIMARY KEY, bytes BYTEA)"]);
    if !make.stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    for clients in ["1", "8"] {
        let mut pgbench = Command::new("pgbench");
        pgbench.args(["-n", "-M", "prepared", "-T", "3", "-c", clients, "-f"]).arg(&script).arg(address);
        let Ok(output) = pgbench.stderr(Stdio::null()).output() else { return Ok(()) };
        let text = String::from_utf8_lossy(&output.stdout);
        let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(['.', ' ']).next()?.parse().ok());
        table.add(&format!("floor: pgbench, rows by {clients} clients"), rate.ok_or("pgbench told no rate")?, "/s");
    }
    Ok(())
}

fn rate(count: u64, began: Instant) -> u64 {
    let rate = u128::from(count) * 1000 / began.elapsed().as_millis().max(1);
    u64::try_from(rate).unwrap_or_default()
}
