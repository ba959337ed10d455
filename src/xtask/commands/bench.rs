//! `cargo xtask bench`: builds what the suites of `src/bench` measure, and runs them in the release profile.

use super::{build, sizes};
use crate::commands::setup::{self, Purpose};
use crate::place::Place;
use crate::postgres::Postgres;
use crate::run::{self, TaskError};

type Prepare = fn(&Place) -> Result<(), TaskError>;

/// Each suite, and what it needs besides itself.
const SUITES: [(&str, Prepare); 7] = [
    ("release", release),
    ("draw", |_| Ok(())),
    ("audit", program),
    ("wasm", wasm),
    ("records", |_| Ok(())),
    ("gate", program),
    ("load", program),
];

/// Runs the named suites; without a name all of them, one after the other.
///
/// # Errors
/// For a name that no suite has, when a build fails, and whatever a suite returns.
pub(crate) fn command(place: &Place, names: &[String]) -> Result<(), TaskError> {
    for name in names {
        if SUITES.iter().all(|(suite, _)| suite != name) {
            let known: Vec<&str> = SUITES.iter().map(|(suite, _)| *suite).collect();
            return Err(TaskError::usage(format!("`{name}` is no suite: {}", known.join(", "))));
        }
    }
    setup::set_up(place, Purpose::Test)?;
    let chosen = |suite: &str| names.is_empty() || names.iter().any(|name| name == suite);
    SUITES.iter().filter(|(suite, _)| chosen(suite)).try_for_each(|(suite, prepare)| {
        prepare(place)?;
        let mut bench = place.command("cargo");
        bench.args(["run", "--quiet", "--release", "--package", "kaoping-bench", "--", suite]);
        let server = (suite == &"load").then(Postgres::durable).transpose()?;
        if let Some(server) = &server {
            bench.env("KAOPING_TEST_POSTGRES", server.address());
        }
        run::loud(bench)
    })
}

/// The sizes that a release states, and the programs whose simulated batches it states.
fn release(place: &Place) -> Result<(), TaskError> {
    sizes::command(place, &[])?;
    build::everything(place)
}

/// The entry point `audit` as released, and the suite's program without SHA instructions, which wasm has not either.
fn wasm(place: &Place) -> Result<(), TaskError> {
    build::released_face(place, "audit")?;
    let mut soft = place.command("cargo");
    soft.args(["build", "--quiet", "--release", "--package", "kaoping-bench", "--target-dir"])
        .arg(place.target("soft"));
    soft.args(["--config", r#"build.rustflags=["--cfg", 'sha2_backend="soft"']"#]);
    run::loud(soft)
}

/// The program in the release profile.
fn program(place: &Place) -> Result<(), TaskError> {
    let mut build = place.command("cargo");
    build.args(["build", "--quiet", "--release", "--package", "kaoping"]);
    run::loud(build)
}
