//! The suite `draw`: one paper, batches, and what nothing can be faster than, natively.

use super::table::Table;
use crate::place::Place;
use crate::run::{self, TaskError};

/// Measures in the release profile and prints the table; it stays in `target/bench/draw.json`.
///
/// # Errors
/// When the benchmark cannot be built or fails.
pub(super) fn suite(place: &Place) -> Result<(), TaskError> {
    let mut bench = place.command("cargo");
    bench.args(["bench", "--quiet", "--package", "kaoping-engine", "--bench", "draw"]);
    let table = Table::read(&run::output(bench)?)?;
    print!("\n{table}");
    table.write(place, "draw")
}
