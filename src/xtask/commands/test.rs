//! `cargo xtask test`: everything that must hold, stage by stage.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::build::{self, FACES};
use super::setup::{self, Purpose};
use super::{fmt, generate, layers, sizes};
use crate::place::Place;
use crate::postgres::Postgres;
use crate::run::{self, TaskError};
use crate::stamp;

/// One stage. Each builds what it needs, so that any of them can be run alone.
struct Stage {
    name: &'static str,
    what: &'static str,
    run: fn(&Run) -> Result<(), TaskError>,
}

/// Cheap ones first.
const STAGES: [Stage; 11] = [
    Stage {
        name: "fmt",
        what: "one layout for Rust, TypeScript and Svelte",
        run: |run| fmt::check(run.place),
    },
    Stage {
        name: "layers",
        what: "every crate's dependencies against its layer",
        run: |run| layers::check(run.place),
    },
    Stage {
        name: "clippy",
        what: "lints, natively and for the browser",
        run: clippy,
    },
    Stage {
        name: "unit",
        what: "Rust tests, with PostgreSQL",
        run: unit,
    },
    Stage {
        name: "build",
        what: "wasm faces, pages, program",
        run: |run| build::everything(run.place),
    },
    Stage {
        name: "generated",
        what: "generated files against the committed ones",
        run: |run| generate::check(run.place),
    },
    Stage {
        name: "sizes",
        what: "pages within their limits",
        run: |run| sizes::command(run.place, &[]),
    },
    Stage {
        name: "pages",
        what: "types and tests of the pages",
        run: pages,
    },
    Stage {
        name: "wasm",
        what: "the browser's crate in Chromium",
        run: wasm,
    },
    Stage {
        name: "e2e",
        what: "the whole line in Chromium",
        run: e2e,
    },
    Stage {
        name: "outside",
        what: "other people's verifiers",
        run: outside,
    },
];

/// What was asked for.
struct Run<'a> {
    place: &'a Place,
    long: bool,
    keep_going: bool,
    stages: Vec<&'static Stage>,
}

enum Verdict {
    Passed(Duration),
    Failed(Duration),
    NotRun,
}

/// Sets up and runs the stages.
///
/// # Errors
/// When an argument is unknown, set-up fails or a stage fails.
pub(crate) fn command(place: &Place, arguments: &[String]) -> Result<(), TaskError> {
    let run = Run::read(place, arguments)?;
    let start = Instant::now();
    setup::set_up(place, Purpose::Test)?;
    let set_up = start.elapsed();

    let mut verdicts = Vec::new();
    let mut stopped = false;
    for stage in &run.stages {
        let verdict = if stopped {
            Verdict::NotRun
        } else {
            run_stage(stage, &run)
        };
        stopped |= matches!(verdict, Verdict::Failed(_)) && !run.keep_going;
        verdicts.push((stage.name, verdict));
    }
    report(set_up, &verdicts, start.elapsed())
}

impl<'a> Run<'a> {
    fn read(place: &'a Place, arguments: &[String]) -> Result<Self, TaskError> {
        let mut run = Self {
            place,
            long: false,
            keep_going: false,
            stages: Vec::new(),
        };
        for argument in arguments {
            match argument.as_str() {
                "--long" => run.long = true,
                "--keep-going" => run.keep_going = true,
                name => {
                    run.stages
                        .push(
                            STAGES
                                .iter()
                                .find(|stage| stage.name == name)
                                .ok_or_else(|| {
                                    let names: Vec<&str> =
                                        STAGES.iter().map(|stage| stage.name).collect();
                                    TaskError::usage(format!(
                                        "`{name}` is not a stage: there are {}",
                                        names.join(", ")
                                    ))
                                })?,
                        )
                }
            }
        }
        if run.stages.is_empty() {
            run.stages = STAGES.iter().collect();
        }
        Ok(run)
    }

    /// A command that knows whether the long tests are wanted, and where the program is.
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.place.command(program);
        command.env("KAOPING_PROGRAM", self.place.program());
        if self.long {
            command.env("KAOPING_TEST_LONG", "1");
        }
        command
    }
}

fn run_stage(stage: &Stage, run: &Run) -> Verdict {
    println!("\n== {}: {}", stage.name, stage.what);
    let start = Instant::now();
    let outcome = (stage.run)(run);
    let time = start.elapsed();
    match outcome {
        Ok(()) => {
            println!("== {} passed in {}", stage.name, run::seconds(time));
            Verdict::Passed(time)
        }
        Err(error) => {
            eprintln!("{error}");
            println!("== {} FAILED after {}", stage.name, run::seconds(time));
            Verdict::Failed(time)
        }
    }
}

/// Prints a table and one closing line.
fn report(set_up: Duration, verdicts: &[(&str, Verdict)], all: Duration) -> Result<(), TaskError> {
    println!(
        "\n{:<12}{:<9}{:>10}",
        "set-up",
        "done",
        run::minutes(set_up)
    );
    let (mut passed, mut failed) = (0_usize, 0_usize);
    for (name, verdict) in verdicts {
        let (word, time) = match verdict {
            Verdict::Passed(time) => {
                passed += 1;
                ("passed", run::minutes(*time))
            }
            Verdict::Failed(time) => {
                failed += 1;
                ("FAILED", run::minutes(*time))
            }
            Verdict::NotRun => ("not run", String::new()),
        };
        println!("{name:<12}{word:<9}{time:>10}");
    }
    println!("{:<21}{:>10}", "in all", run::minutes(all));
    println!("{passed} passed, {failed} failed");
    if failed == 0 {
        Ok(())
    } else {
        Err(TaskError::failed("the tests failed"))
    }
}

fn clippy(run: &Run) -> Result<(), TaskError> {
    let mut native = run.command("cargo");
    native.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    run::loud(native)?;
    let mut browser = run.command("cargo");
    browser
        .args([
            "clippy",
            "--package",
            "kaoping-wasm",
            "--features",
            &FACES.join(","),
        ])
        .args(["--target", "wasm32-unknown-unknown", "--", "-D", "warnings"]);
    run::loud(browser)
}

fn unit(run: &Run) -> Result<(), TaskError> {
    let postgres = Postgres::start()?;
    let mut tests = run.command("cargo");
    if nextest_is_there(run) {
        tests.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        tests.args([
            "test",
            "--workspace",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
        ]);
    }
    tests.env("KAOPING_TEST_POSTGRES", postgres.address());
    run::loud(tests)?;
    let mut examples = run.command("cargo");
    examples.args(["test", "--workspace", "--doc", "--quiet"]);
    run::loud(examples)
}

fn nextest_is_there(run: &Run) -> bool {
    let mut ask = run.command("cargo");
    ask.args(["nextest", "--version"]);
    ask.output().is_ok_and(|result| result.status.success())
}

fn pages(run: &Run) -> Result<(), TaskError> {
    build::faces(run.place)?;
    npm(run, "www", "check")?;
    if tests_in(&run.place.path("www"), ".test.ts")?.is_empty() {
        println!("www has no test files of its own");
        return Ok(());
    }
    npm(run, "www", "test")
}

fn wasm(run: &Run) -> Result<(), TaskError> {
    let mut pack = run.command("wasm-pack");
    pack.args(["test", "--mode", "no-install", "--headless", "--chrome"])
        .args(["--chromedriver", "/usr/bin/chromedriver", "src/wasm"])
        .args(["--features", &FACES.join(",")]);
    run::loud(pack)
}

fn e2e(run: &Run) -> Result<(), TaskError> {
    build::everything(run.place)?;
    expect_tests(&run.place.path("tests/e2e"), ".test.ts")?;
    npm(run, "tests/e2e", "check")?;
    npm(run, "tests/e2e", "test")
}

fn outside(run: &Run) -> Result<(), TaskError> {
    build::everything(run.place)?;
    let folder = run.place.path("tests/outside");
    let files = expect_tests(&folder, ".test.mjs")?;
    let mut node = run.command("node");
    node.current_dir(&folder).arg("--test").args(files);
    run::loud(node)?;
    expect_tests(&folder, "_test.py")?;
    let mut python = run.command(run.place.python());
    python
        .current_dir(&folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .args([
            "-m",
            "unittest",
            "discover",
            "--verbose",
            "--pattern",
            "*_test.py",
        ]);
    run::loud(python)
}

fn npm(run: &Run, folder: &str, script: &str) -> Result<(), TaskError> {
    let mut npm = run.command("npm");
    npm.current_dir(run.place.path(folder))
        .args(["run", "--silent", script]);
    run::loud(npm)
}

/// The test files of a folder that must have some: a stage without tests would pass for nothing.
fn expect_tests(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, TaskError> {
    let files = tests_in(folder, ending)?;
    if files.is_empty() {
        return Err(TaskError::failed(format!(
            "{} holds no *{ending}",
            folder.display()
        )));
    }
    Ok(files)
}

fn tests_in(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, TaskError> {
    let files = stamp::files(folder)?;
    Ok(files
        .into_iter()
        .filter(|path| path.to_str().is_some_and(|path| path.ends_with(ending)))
        .collect())
}
