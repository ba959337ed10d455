//! The suite `wasm`: the audit of one draw natively and by the wasm that the verify page ships, in one run.

use super::table::Table;
use crate::commands::build;
use crate::place::Place;
use crate::run::{self, TaskError};

/// Measures in the release profile and in the wasm as built for the pages; the table stays in `target/bench/wasm.json`.
///
/// # Errors
/// When a build fails, or an audit does not hold.
pub(super) fn suite(place: &Place) -> Result<(), TaskError> {
    build::face(place, "audit")?;
    let draw = place.target("bench-draw.json");
    let mut native = place.command("cargo");
    native.args(["bench", "--quiet", "--package", "kaoping-engine", "--bench", "draw", "--", "--audit"]).arg(&draw);
    let native = run::output(native)?;
    let mut wasm = place.command("node");
    wasm.arg("src/engine/benches/draw/audit.mjs").arg(place.path("www/shared/engine/pkg/audit")).arg(&draw);
    let table = Table::read(&(native + &run::output(wasm)?))?;
    print!("\n{table}");
    table.write(place, "wasm")
}
