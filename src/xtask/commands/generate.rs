//! `cargo xtask generate`: files with one generator, committed so that a change of an interface shows in a review.

use std::fs;
use std::path::Path;

use super::build::{self, FACES};
use crate::place::Place;
use crate::run::{self, TaskError};

/// The description of the API.
const DESCRIPTION: &str = "www/shared/api/openapi.json";

/// A committed file and what it must hold.
struct Generated {
    path: String,
    text: String,
}

/// Writes the generated files, or with `--check` compares them.
///
/// # Errors
/// When a build fails, or a committed file differs.
pub(crate) fn command(place: &Place, arguments: &[String]) -> Result<(), TaskError> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => write(place),
        ["--check"] => check(place),
        _ => Err(TaskError::usage("generate takes `--check`")),
    }
}

/// Compares the committed files with what their generators make now.
///
/// # Errors
/// When a build fails, or a committed file differs.
pub(crate) fn check(place: &Place) -> Result<(), TaskError> {
    compare(place, generate(place)?)
}

/// Compares the types of the pages' client with the committed description of the API, which a test of the program
/// compares with the service.
///
/// # Errors
/// When they differ.
pub(crate) fn check_client(place: &Place) -> Result<(), TaskError> {
    let description = read(&place.path(DESCRIPTION))?;
    compare(place, vec![client_types(place, &description)?])
}

fn compare(place: &Place, files: Vec<Generated>) -> Result<(), TaskError> {
    let count = files.len();
    let stale: Vec<String> = files
        .into_iter()
        .filter(|file| fs::read_to_string(place.path(&file.path)).ok().as_deref() != Some(file.text.as_str()))
        .map(|file| file.path)
        .collect();
    if stale.is_empty() {
        println!("{count} generated files are as committed");
        return Ok(());
    }
    Err(TaskError::failed(format!(
        "not what their generator makes: {}\nrun `cargo xtask generate`, look at the difference and commit it",
        stale.join(", ")
    )))
}

fn write(place: &Place) -> Result<(), TaskError> {
    for file in generate(place)? {
        let path = place.path(&file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| TaskError::file(folder, &error))?;
        }
        fs::write(&path, &file.text).map_err(|error| TaskError::file(&path, &error))?;
        println!("{}", file.path);
    }
    Ok(())
}

fn generate(place: &Place) -> Result<Vec<Generated>, TaskError> {
    build::everything(place)?;
    let mut files = Vec::new();

    let mut openapi = place.command(place.program());
    openapi.arg("openapi");
    let description = run::output(openapi)?;
    files.push(client_types(place, &description)?);
    files.push(Generated { path: DESCRIPTION.to_owned(), text: description });

    files.push(Generated { path: "www/shared/engine/generated/types.ts".to_owned(), text: engine_types(place)? });
    for face in FACES {
        let made = place.path(&format!("www/shared/engine/pkg/{face}/{face}.d.ts"));
        files.push(Generated { path: format!("www/shared/engine/types/{face}.d.ts"), text: read(&made)? });
    }
    Ok(files)
}

/// The types of the pages' client.
fn client_types(place: &Place, description: &str) -> Result<Generated, TaskError> {
    let source = place.target("xtask/openapi.json");
    let made = place.target("xtask/openapi.d.ts");
    fs::write(&source, description).map_err(|error| TaskError::file(&source, &error))?;
    let mut generator = place.command("openapi-typescript");
    generator.current_dir(place.path("www")).arg(&source).arg("--output").arg(&made);
    run::quiet(place, "openapi-typescript", generator)?;
    Ok(Generated { path: "www/shared/api/schema.d.ts".to_owned(), text: read(&made)? })
}

/// The types of what the engine answers to pages, from `src/engine/typescript`. Its packages and features are added to those
/// of the program, so that no dependency is built a second time.
fn engine_types(place: &Place) -> Result<String, TaskError> {
    let mut cargo = place.command("cargo");
    cargo.args(["build", "--quiet"]).args(build::PROGRAMS);
    cargo.args(["--package", "kaoping-engine", "--features", "kaoping-engine/typescript", "--bin", "engine-types"]);
    run::loud(cargo)?;
    let made = place.target("xtask/engine-types.ts");
    let types = run::output(place.command(place.target("debug/engine-types")))?;
    fs::write(&made, types).map_err(|error| TaskError::file(&made, &error))?;
    let mut layout = place.command("prettier");
    layout.current_dir(place.path("www")).args(["--log-level", "warn", "--config", ".prettierrc.json", "--write"]);
    layout.arg(&made);
    run::quiet(place, "prettier", layout)?;
    read(&made)
}

fn read(path: &Path) -> Result<String, TaskError> {
    fs::read_to_string(path).map_err(|error| TaskError::file(path, &error))
}
