//! The suite `release`: the size of the program, and how long simulated batches take, in the development build.

use crate::table::Table;
use crate::{Failure, build_folder, process};
use std::fs;
use std::process::Command;

/// People in the simulated batches.
const BATCHES: [&str; 2] = ["40", "400"];

/// Measures what `cargo xtask build` made.
pub(crate) fn measure(table: &mut Table) -> Result<(), Failure> {
    let folder = build_folder()?;
    let programs = folder.join("debug");
    table.add("program, development build", fs::metadata(programs.join("kaoping"))?.len() / 1_000_000, "MB");
    for people in BATCHES {
        let mut demo = Command::new(programs.join("kaoping-demo"));
        demo.args(["--simulate", people, "--out"]).arg(folder.join("bench/demo"));
        process::measure(table, &format!("--simulate {people}"), &mut demo)?;
    }
    Ok(())
}
