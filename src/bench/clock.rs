//! Time and memory of what is measured.
//!
//! Time is the processor time of this thread, so that other programs' work does not count.

use rustix::time::{ClockId, clock_gettime};
use std::fs;
use std::hint::black_box;

/// Nanoseconds for one of `count` things that a run does: the median of so many runs.
pub(crate) fn median<T>(runs: usize, count: u64, mut run: impl FnMut() -> T) -> u64 {
    let mut times: Vec<u64> = (0..runs.max(1)).map(|_| once(&mut run).1 / count.max(1)).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The result of a run, and its nanoseconds.
pub(crate) fn once<T>(run: impl FnOnce() -> T) -> (T, u64) {
    let start = now();
    let outcome = black_box(run());
    (outcome, now().saturating_sub(start))
}

/// Nanoseconds of this thread on a processor. What the system notes beside (`schedstat`) moves by
/// milliseconds, which is more than a run of the fastest things.
fn now() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let part = |part: i64| u64::try_from(part).unwrap_or_default();
    part(time.tv_sec) * 1_000_000_000 + part(time.tv_nsec)
}

/// The most memory that this process has held, in KiB; `None` where the system does not say.
pub(crate) fn peak_memory() -> Option<u64> {
    peak_of(&fs::read_to_string("/proc/self/status").ok()?)
}

/// The most memory of a `/proc/PID/status`, in KiB.
pub(crate) fn peak_of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_memory() {
        assert_eq!(peak_of("Name:\tkaoping\nVmHWM:\t  128000 kB\nVmRSS:\t 9 kB\n"), Some(128_000));
        assert_eq!(peak_of("Name:\tkaoping\n"), None);
    }
}
