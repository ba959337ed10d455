//! The benchmarks, one module per suite: `cargo xtask bench` builds what they need and runs them in
//! the release profile.
//!
//! Each suite prints a table and keeps it in `target/bench/SUITE.json`. A figure is the median of
//! several runs, in time of the processor. Where the peak memory is measured, a suite runs this
//! program again for that part alone.

mod audit;
mod bank;
mod batch;
mod clock;
mod draw;
mod files;
mod gate;
mod load;
mod process;
mod records;
mod release;
mod table;
mod wasm;

use std::error::Error;
use std::path::{Path, PathBuf};
use table::Table;

type Failure = Box<dyn Error + Send + Sync>;
type Suite = fn(&mut Table) -> Result<(), Failure>;

const SUITES: [(&str, Suite); 7] = [
    ("release", release::measure),
    ("draw", draw::measure),
    ("audit", audit::measure),
    ("wasm", wasm::measure),
    ("records", records::measure),
    ("gate", gate::measure),
    ("load", load::measure),
];

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        // Parts that a suite measures in a process of their own.
        ["--draw-batch", seats, seen] => part(|table| draw::batch(table, seats.parse()?, seen.parse()?)),
        ["--audit-natively", file, name] => part(|table| wasm::native(table, Path::new(file), name)),
        ["--audit-bundle", results] => part(|table| records::bundle::whole(table, results.parse()?)),
        names => names.iter().try_for_each(|name| suite(name)),
    }
}

fn suite(name: &str) -> Result<(), Failure> {
    let Some((_, measure)) = SUITES.iter().find(|(suite, _)| *suite == name) else {
        return Err(format!("`{name}` is no suite").into());
    };
    let mut table = Table::default();
    measure(&mut table)?;
    print!("\n{table}");
    table.write(&build_folder()?.join("bench"), name)
}

fn part(measure: impl FnOnce(&mut Table) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut table = Table::default();
    measure(&mut table)?;
    print!("{}", table.lines());
    Ok(())
}

/// The checkout.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Cargo's build folder: this program lies in one of its profiles.
fn build_folder() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    Ok(program.ancestors().nth(2).ok_or("the benchmark lies in no build folder")?.to_owned())
}
