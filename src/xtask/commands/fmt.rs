//! `cargo xtask fmt`: one layout for Rust, TypeScript and Svelte.

use std::process::Command;

use crate::place::Place;
use crate::run::{self, TaskError};

/// Formats everything in place.
///
/// # Errors
/// When a file can't be parsed.
pub(crate) fn command(place: &Place, arguments: &[String]) -> Result<(), TaskError> {
    if !arguments.is_empty() {
        return Err(TaskError::usage("fmt takes no arguments"));
    }
    let mut cargo = place.command("cargo");
    cargo.args(["fmt", "--all"]);
    run::loud(cargo)?;
    run::loud(prettier(place, "--write"))
}

/// Compares the layout without changing a file.
///
/// # Errors
/// When a file is laid out differently.
pub(crate) fn check(place: &Place) -> Result<(), TaskError> {
    let mut cargo = place.command("cargo");
    cargo.args(["fmt", "--all", "--check"]);
    run::loud(cargo)?;
    run::loud(prettier(place, "--check"))
}

fn prettier(place: &Place, mode: &str) -> Command {
    let mut command = place.command("prettier");
    command.current_dir(place.path("www")).args(["--log-level", "warn", "--config", ".prettierrc.json", mode]).args([
        ".",
        "../tests/**/*.{ts,mjs}",
        "../src/**/*.mjs",
    ]);
    command
}
