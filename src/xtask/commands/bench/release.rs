//! The suite `release`: the figures that a release states: sizes, and how long simulated batches take.

use std::fs;
use std::time::Instant;

use crate::commands::{build, sizes};
use crate::place::Place;
use crate::run::{self, TaskError};

/// People in the simulated batches.
const BATCHES: [&str; 2] = ["40", "400"];

/// Measures and prints.
///
/// # Errors
/// When a build or a simulated batch fails.
pub(super) fn suite(place: &Place) -> Result<(), TaskError> {
    sizes::command(place, &[])?;
    build::everything(place, build::Extent::Program)?;
    let program = place.program();
    let bytes = fs::metadata(&program).map_err(|error| TaskError::file(&program, &error))?.len();
    println!("\nprogram, development build: {} MB", bytes / 1_000_000);
    for people in BATCHES {
        let start = Instant::now();
        let mut demo = place.command(&program);
        demo.args(["demo", "--simulate", people]);
        run::quiet(place, &format!("simulate-{people}"), demo)?;
        println!("--simulate {people}: {}", run::seconds(start.elapsed()));
    }
    Ok(())
}
