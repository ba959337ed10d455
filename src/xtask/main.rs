//! The repository's commands:
//! `cargo xtask setup | build | start | check | test | fmt | generate | layers | sizes | bench`.
//!
//! Each command is one file in `commands/`. What they share: where things are (`place`), how
//! programs are run (`run`), what is already up to date (`stamp`), one run at a time (`lock`), and
//! a PostgreSQL that lives as long as a test run (`postgres`).

mod commands;
#[cfg(test)]
mod documents;
mod lock;
mod place;
mod postgres;
mod run;
mod stamp;

use std::process::ExitCode;

use place::Place;
use run::TaskError;

const HELP: &str = "\
cargo xtask COMMAND

  setup [--for start|test]     install what is missing; quick when all is there
  build [--release] [--faces a,b]
                               wasm packages, pages and the program; with --release as they are shipped; with --faces
                               those packages alone
  start [--simulate N]         set up, build, serve the demo batch; or let N simulated people walk it
  check                        while you work: layout, lints, layers, Rust tests; no pages, no browser
  test [--long] [--keep-going] [stage…]
                               set up and run every stage, or the named ones
  fmt                          format Rust, TypeScript and Svelte
  generate [--check]           write the generated files, or compare them with the committed ones
  layers                       compare every crate's dependencies with its layer, and look for circles of imports
  sizes                        sizes of wasm and pages as a release ships them, raw and brotli
  bench [release] [draw] [audit] [wasm] [records] [gate] [load]
                               sizes and simulated batches; papers and batches of the draw beside their limits;
                               100,000 papers drawn into files and audited; one audit natively and by wasm;
                               signatures, log and audits of results beside other software; an exam of
                               600 people on both stores beside what disk and databases give at most";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.code())
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<(), TaskError> {
    let Some((command, rest)) = arguments.split_first() else {
        println!("{HELP}");
        return Ok(());
    };
    if matches!(command.as_str(), "help" | "--help" | "-h") {
        println!("{HELP}");
        return Ok(());
    }
    let place = Place::find()?;
    let _lock = lock::take(&place)?;
    match command.as_str() {
        "setup" => commands::setup::command(&place, rest),
        "build" => commands::build::command(&place, rest),
        "start" => commands::start::command(&place, rest),
        "check" => commands::check::command(&place, rest),
        "test" => commands::test::command(&place, rest),
        "fmt" => commands::fmt::command(&place, rest),
        "generate" => commands::generate::command(&place, rest),
        "layers" => commands::layers::command(&place, rest),
        "sizes" => commands::sizes::command(&place, rest),
        "bench" => commands::bench::command(&place, rest),
        unknown => Err(TaskError::usage(format!("`{unknown}` is not a command\n\n{HELP}"))),
    }
}
