//! How fast records are made and checked, beside what others need for the same. `cargo xtask bench records` runs it, and
//! OpenSSL, jose and sm-crypto beside it.
//!
//! Each line of output is `name TAB value TAB unit`; a line's value is the median of several runs, in time of the processor.
//! With `--bundle N` it audits a bundle of N results, so that the memory that it reports is that of this bundle alone.

mod bundle;
mod clock;
mod documents;
mod log;
mod signatures;

use std::error::Error;
use std::process::Command;

pub(crate) type Any = Box<dyn Error + Send + Sync>;

/// Runs of each measurement.
pub(crate) const RUNS: usize = 7;
/// Results of the measured bundle.
const RESULTS: u32 = 100_000;

fn main() -> Result<(), Any> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(place) = arguments.iter().position(|argument| argument == "--bundle") {
        return bundle::whole(arguments.get(place + 1).ok_or("--bundle N")?.parse()?);
    }
    signatures::measure()?;
    log::measure()?;
    bundle::parts()?;
    let status = Command::new(std::env::current_exe()?).args(["--bundle", &RESULTS.to_string()]).status()?;
    if status.success() { Ok(()) } else { Err("the bundle failed".into()) }
}

pub(crate) fn line(name: &str, value: u64, unit: &str) {
    println!("{name}\t{value}\t{unit}");
}
