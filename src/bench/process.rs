//! Other programs: what they print, and what time and memory they take.

use crate::Failure;
use crate::clock::peak_of;
use crate::table::Table;
use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Runs a program and returns what it wrote to its standard output.
///
/// # Errors
/// When it cannot be run or fails.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.stderr(Stdio::inherit()).output().map_err(|error| format!("`{name}`: {error}"))?;
    if !done.status.success() {
        return Err(format!("`{name}` ended with {}", done.status).into());
    }
    Ok(String::from_utf8(done.stdout)?)
}

/// Runs this program for one part of a suite, and takes its figures.
///
/// # Errors
/// When the part fails.
pub(crate) fn part<const COUNT: usize>(table: &mut Table, arguments: [&str; COUNT]) -> Result<(), Failure> {
    table.read(&output(Command::new(std::env::current_exe()?).args(arguments))?)
}

/// Runs a program to its end and adds its time, its time on all cores and its most memory.
///
/// # Errors
/// When it cannot be run or fails.
pub(crate) fn measure(table: &mut Table, name: &str, command: &mut Command) -> Result<(), Failure> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let (mut ticks, mut memory) = (None, None);
    let status = loop {
        let of = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id())).ok();
        ticks = of("stat").as_deref().and_then(processor_ticks).or(ticks);
        memory = of("status").as_deref().and_then(peak_of).or(memory);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(Duration::from_millis(10));
    };
    if !status.success() {
        return Err(format!("{name}: ended with {status}").into());
    }
    table.add(&format!("{name}: time"), u64::try_from(start.elapsed().as_millis())?, "ms");
    if let Some(ticks) = ticks {
        // A tick is a hundredth of a second on Linux.
        table.add(&format!("{name}: time of all cores"), 10 * ticks, "ms");
    }
    if let Some(memory) = memory {
        table.add(&format!("{name}: peak memory"), memory / 1024, "MiB");
    }
    Ok(())
}

/// Ticks, each a hundredth of a second, that a process has had on the processor; `self` names this one.
pub(crate) fn ticks_of(process: &str) -> Option<u64> {
    processor_ticks(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// The memory that a process holds now, in KiB.
pub(crate) fn memory_of(process: u32) -> Option<u64> {
    resident(&fs::read_to_string(format!("/proc/{process}/status")).ok()?)
}

/// The memory of a `/proc/PID/status`, in KiB.
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// User and system time of a `/proc/PID/stat`, proc_pid_stat(5) fields 14 and 15.
fn processor_ticks(stat: &str) -> Option<u64> {
    // The name in brackets may hold spaces; after it comes field 3.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    // A name with spaces and brackets would shift the fields.
    #[test]
    fn the_system_tells_time() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194560 100 0 0 0 250 31 0 0 20 0 3 0 9 1 1";
        assert_eq!(processor_ticks(stat), Some(281));
        assert_eq!(resident("Name:\tkaoping\nVmHWM:\t  128000 kB\nVmRSS:\t 9 kB\n"), Some(9));
    }
}
