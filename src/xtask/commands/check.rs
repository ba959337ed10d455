//! `cargo xtask check`: what must hold before a commit, without pages and browsers.

use std::process::Command;
use std::time::Instant;

use super::build::TESTED;
use super::{fmt, generate, layers, setup};
use crate::place::Place;
use crate::postgres::Postgres;
use crate::run::{self, TaskError};

type Check = fn(&Place) -> Result<(), TaskError>;

/// Cheap ones first.
const CHECKS: [(&str, Check); 5] = [
    ("one layout for Rust, TypeScript and Svelte", fmt::check),
    ("layers and circles of imports", layers::check),
    ("types of the pages' client", generate::check_client),
    ("lints", lints),
    ("Rust tests, with PostgreSQL", tests),
];

/// Runs the checks until one fails.
///
/// # Errors
/// When an argument is given, or a check fails.
pub(crate) fn command(place: &Place, arguments: &[String]) -> Result<(), TaskError> {
    if !arguments.is_empty() {
        return Err(TaskError::usage("check takes no arguments"));
    }
    setup::pages(place)?;
    let start = Instant::now();
    for (what, check) in CHECKS {
        println!("\n== {what}");
        let start = Instant::now();
        check(place)?;
        println!("== {}", run::seconds(start.elapsed()));
    }
    println!("\nall holds, in {}; `cargo xtask test` runs pages and browsers as well", run::minutes(start.elapsed()));
    Ok(())
}

fn lints(place: &Place) -> Result<(), TaskError> {
    run::loud(lints_of_tested(place.command("cargo")))
}

/// Clippy on every crate and its tests.
pub(super) fn lints_of_tested(mut cargo: Command) -> Command {
    cargo.arg("clippy").args(TESTED).args(["--all-targets", "--", "-D", "warnings"]);
    cargo
}

fn tests(place: &Place) -> Result<(), TaskError> {
    let postgres = Postgres::start()?;
    run::loud(tests_of_tested(place.command("cargo"), &postgres))
}

/// All tests of all crates but those in documentation. Each file of tests is one process, whose tests share what they
/// prepare.
pub(super) fn tests_of_tested(mut cargo: Command, postgres: &Postgres) -> Command {
    cargo.args(["test", "--lib", "--bins", "--tests"]).args(TESTED).arg("--no-fail-fast");
    cargo.env("KAOPING_TEST_POSTGRES", postgres.address());
    cargo
}
