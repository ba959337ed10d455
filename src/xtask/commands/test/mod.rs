//! `cargo xtask test`: everything that must hold, stage by stage.

mod stages;

use std::ffi::OsStr;
use std::process::Command;
use std::time::{Duration, Instant};

use self::stages::{STAGES, Stage};
use super::setup::{self, Purpose};
use crate::place::Place;
use crate::run::{self, TaskError};

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
        let verdict = if stopped { Verdict::NotRun } else { run_stage(stage, &run) };
        stopped |= matches!(verdict, Verdict::Failed(_)) && !run.keep_going;
        verdicts.push((stage.name, verdict));
    }
    report(set_up, &verdicts, start.elapsed())
}

impl<'a> Run<'a> {
    fn read(place: &'a Place, arguments: &[String]) -> Result<Self, TaskError> {
        let mut run = Self { place, long: false, keep_going: false, stages: Vec::new() };
        for argument in arguments {
            match argument.as_str() {
                "--long" => run.long = true,
                "--keep-going" => run.keep_going = true,
                name => run.stages.push(STAGES.iter().find(|stage| stage.name == name).ok_or_else(|| {
                    let names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
                    TaskError::usage(format!("`{name}` is not a stage: there are {}", names.join(", ")))
                })?),
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
        command.env("KAOPING_PROGRAM", self.place.program()).env("KAOPING_DEMO", self.place.demo());
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
    println!("\n{:<12}{:<9}{:>10}", "set-up", "done", run::minutes(set_up));
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
    if failed == 0 { Ok(()) } else { Err(TaskError::failed("the tests failed")) }
}
