//! The suite `draw`: one paper, batches, and what nothing can be faster than, natively.

use std::process::Command;

use super::table::Table;
use crate::place::Place;
use crate::run::{self, TaskError};

/// Measures in the release profile and prints the table; it stays in `target/bench/draw.json`.
///
/// # Errors
/// When the benchmark cannot be built or fails.
pub(super) fn suite(place: &Place) -> Result<(), TaskError> {
    let table = Table::read(&run::output(program(place))?)?;
    print!("\n{table}");
    table.write(place, "draw")
}

/// The benchmark's program, built in the release profile; what it is asked to do follows.
pub(super) fn program(place: &Place) -> Command {
    let mut bench = place.command("cargo");
    bench.args(["bench", "--quiet", "--package", "kaoping-engine", "--bench", "draw", "--"]);
    bench
}
