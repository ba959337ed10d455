//! The suite `audit`: 100,000 papers are drawn into files and audited by the program, in the release profile.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::draw;
use super::table::Table;
use crate::place::Place;
use crate::run::{self, TaskError};

/// Papers of the audited draw.
const PAPERS: &str = "100000";

/// Draws, audits and prints; the table stays in `target/bench/audit.json`, the papers do not.
///
/// # Errors
/// When a build, the draw or the audit fails.
pub(super) fn suite(place: &Place) -> Result<(), TaskError> {
    let folder = place.target("bench/audit");
    clear(&folder)?;
    let (documents, drawn) = (folder.join("documents"), folder.join("drawn"));
    let mut write = draw::program(place);
    write.arg("--write").arg(PAPERS).arg(&documents);
    run::loud(write)?;
    let mut build = place.command("cargo");
    build.args(["build", "--quiet", "--release", "--package", "kaoping"]);
    run::loud(build)?;
    let program = place.target("release/kaoping");

    let mut draw = place.command(&program);
    draw.arg("draw").arg("--manifest").arg(documents.join("manifest.json"));
    draw.arg("--secrets").args(["inside", "outside"].map(|name| documents.join(format!("secret-{name}.json"))));
    draw.arg("--index").arg(documents.join("index.json")).arg("--out").arg(&drawn);
    let mut audit = place.command(&program);
    audit.arg("audit").arg(&drawn);
    let lines = [measure("draw", draw)?, measure("audit", audit)?].concat();
    let table = Table::read(&lines)?;
    print!("\n{table}");
    table.write(place, "audit")?;
    clear(&folder)
}

/// Runs a program to its end and gives its time, its time on all cores and its most memory as lines of a table.
fn measure(name: &str, mut command: Command) -> Result<String, TaskError> {
    let failed = |what: String| TaskError::failed(format!("{name} of {PAPERS} papers: {what}"));
    let start = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().map_err(|error| failed(error.to_string()))?;
    let (mut ticks, mut memory) = (None, None);
    let status = loop {
        let of = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id())).ok();
        ticks = of("stat").as_deref().and_then(processor_ticks).or(ticks);
        memory = of("status").as_deref().and_then(peak_memory).or(memory);
        if let Some(status) = child.try_wait().map_err(|error| failed(error.to_string()))? {
            break status;
        }
        thread::sleep(Duration::from_millis(10));
    };
    if !status.success() {
        return Err(failed(format!("ended with {status}")));
    }
    let mut lines = format!("{name} of {PAPERS}: time\t{}\tms\n", start.elapsed().as_millis());
    // A tick is a hundredth of a second on Linux.
    lines.extend(ticks.map(|ticks| format!("{name} of {PAPERS}: time of all cores\t{}\tms\n", 10 * ticks)));
    lines.extend(memory.map(|memory| format!("{name} of {PAPERS}: peak memory\t{}\tMiB\n", memory / 1024)));
    Ok(lines)
}

/// User and system time of a `/proc/PID/stat`, proc_pid_stat(5) fields 14 and 15.
fn processor_ticks(stat: &str) -> Option<u64> {
    // The name in brackets may hold spaces; after it comes field 3.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

/// The most memory of a `/proc/PID/status`, in KiB.
fn peak_memory(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn clear(folder: &Path) -> Result<(), TaskError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| TaskError::file(folder, &error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // A name with spaces and brackets would shift the fields.
    #[test]
    fn the_system_tells_time_and_memory() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194560 100 0 0 0 250 31 0 0 20 0 3 0 9 1 1";
        assert_eq!(processor_ticks(stat), Some(281));
        assert_eq!(peak_memory("Name:\tkaoping\nVmHWM:\t  128000 kB\nVmRSS:\t 9 kB\n"), Some(128_000));
        assert_eq!(peak_memory("Name:\tkaoping\n"), None);
    }
}
