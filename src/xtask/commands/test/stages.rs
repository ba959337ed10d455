//! What must hold, one function a stage.

use std::fs;
use std::path::{Path, PathBuf};

use super::Run;
use crate::commands::build::{self, FACES, TESTED};
use crate::commands::{check, fmt, generate, layers, sizes};
use crate::postgres::Postgres;
use crate::run::{self, TaskError};
use crate::stamp;

/// One stage. Each builds what it needs, so that any of them can be run alone.
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) run: fn(&Run) -> Result<(), TaskError>,
}

/// Cheap ones first.
pub(super) const STAGES: [Stage; 13] = [
    Stage { name: "fmt", what: "one layout for Rust, TypeScript and Svelte", run: |run| fmt::check(run.place) },
    Stage { name: "layers", what: "every crate's dependencies against its layer", run: |run| layers::check(run.place) },
    Stage { name: "clippy", what: "lints, natively and for the browser", run: clippy },
    Stage { name: "unit", what: "Rust tests, with PostgreSQL", run: unit },
    Stage { name: "build", what: "wasm packages, pages, program", run: |run| build::everything(run.place) },
    Stage {
        name: "generated",
        what: "generated files against the committed ones",
        run: |run| generate::check(run.place),
    },
    Stage { name: "sizes", what: "pages within their limits", run: |run| sizes::command(run.place, &[]) },
    Stage { name: "pages", what: "types and tests of the pages", run: pages },
    Stage { name: "wasm", what: "the browser's crate in Chromium", run: wasm },
    Stage { name: "browsers", what: "the draw in Chromium, Firefox and WebKit", run: browsers },
    Stage { name: "e2e", what: "the whole line in Chromium", run: e2e },
    Stage { name: "faults", what: "kills, outages, full disks, late and racing requests under load", run: faults },
    Stage { name: "outside", what: "other people's verifiers", run: outside },
];

fn clippy(run: &Run) -> Result<(), TaskError> {
    run::loud(check::lints_of_tested(run.command("cargo")))?;
    let mut browser = run.command("cargo");
    browser.args(["clippy", "--package", "kaoping-wasm", "--features", &FACES.join(",")]).args([
        "--target",
        "wasm32-unknown-unknown",
        "--",
        "-D",
        "warnings",
    ]);
    run::loud(browser)
}

fn unit(run: &Run) -> Result<(), TaskError> {
    let postgres = Postgres::start()?;
    run::loud(check::tests_of_tested(run.command("cargo"), &postgres))?;
    let mut examples = run.command("cargo");
    examples.args(["test", "--doc", "--quiet"]).args(TESTED);
    run::loud(examples)
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

/// Debian's driver of Chromium.
const CHROMEDRIVER: &str = "/usr/bin/chromedriver";

fn wasm(run: &Run) -> Result<(), TaskError> {
    expect_tests(&run.place.path("src/wasm/tests"), ".rs")?;
    let tests = || {
        let mut tests = run.command("cargo");
        tests
            .args(["test", "--package", "kaoping-wasm", "--test", "wasm", "--target", "wasm32-unknown-unknown"])
            .args(["--features", &FACES.join(",")])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
            .env("CHROMEDRIVER", CHROMEDRIVER);
        run::loud(tests)
    };
    // The runner gives the driver five seconds to listen, which its first start on a busy machine may not keep:
    // read it into memory before, and begin once more when it was late all the same. Real failures fail twice.
    let mut driver = run.command(CHROMEDRIVER);
    driver.arg("--version");
    run::output(driver)?;
    tests().or_else(|_| tests())
}

fn browsers(run: &Run) -> Result<(), TaskError> {
    build::released_face(run.place, "audit")?;
    let files = expect_tests(&run.place.path("tests/browsers"), ".test.mjs")?;
    let mut node = run.command("node");
    node.arg("--test").args(files).env(build::RELEASED_PAGES, build::released(run.place));
    run::loud(node)
}

fn e2e(run: &Run) -> Result<(), TaskError> {
    build::everything(run.place)?;
    expect_tests(&run.place.path("tests/e2e"), ".test.ts")?;
    npm(run, "tests/e2e", "check")?;
    npm(run, "tests/e2e", "test")
}

fn faults(run: &Run) -> Result<(), TaskError> {
    build::everything(run.place)?;
    let postgres = Postgres::start()?;
    let mut faults = run.command("cargo");
    faults.args(["run", "--quiet", "--package", "kaoping-faults", "--"]).args(run.long.then_some("--long"));
    faults.env("KAOPING_TEST_POSTGRES", postgres.address());
    run::loud(faults)
}

fn outside(run: &Run) -> Result<(), TaskError> {
    build::everything(run.place)?;
    let folder = run.place.path("tests/outside");
    let files = expect_tests(&folder, ".test.mjs")?;
    let batch = simulated_batch(run)?;
    let mut node = run.command("node");
    node.current_dir(&folder).env("KAOPING_BATCH", &batch).arg("--test").args(files);
    run::loud(node)?;
    let mut files = expect_tests(&folder, "_test.py")?;
    // The longest come first, so that no core waits for them at the end.
    files.sort_by_key(|file| !["rescoring_test.py", "vectors_test.py"].iter().any(|slow| file.ends_with(slow)));
    let python = |file: PathBuf| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut python = run.command(run.place.python());
        python.current_dir(&folder).env("KAOPING_BATCH", &batch).env("PYTHONDONTWRITEBYTECODE", "1");
        python.args(["-m", "unittest", "--verbose", &name]);
        (name, python)
    };
    run::side_by_side(files.into_iter().map(python).collect())
}

/// One whole batch, new in each run, whose files all outside verifiers read.
fn simulated_batch(run: &Run) -> Result<PathBuf, TaskError> {
    let folder = run.place.target("outside-batch");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| TaskError::file(&folder, &error))?;
    }
    let mut demo = run.command(run.place.demo());
    demo.args(["--simulate", "40", "--sm2", "--out"]).arg(&folder);
    run::loud(demo)?;
    Ok(folder)
}

fn npm(run: &Run, folder: &str, script: &str) -> Result<(), TaskError> {
    let mut npm = run.command("npm");
    npm.current_dir(run.place.path(folder)).args(["run", "--silent", script]);
    run::loud(npm)
}

/// The test files of a folder that must have some: a stage without tests would pass for nothing.
fn expect_tests(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, TaskError> {
    let files = tests_in(folder, ending)?;
    if files.is_empty() {
        return Err(TaskError::failed(format!("{} holds no *{ending}", folder.display())));
    }
    Ok(files)
}

fn tests_in(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, TaskError> {
    let files = stamp::files(folder)?;
    Ok(files.into_iter().filter(|path| path.to_str().is_some_and(|path| path.ends_with(ending))).collect())
}
