//! `cargo xtask layers`: checks dependencies. Crates against the table of layers in
//! `src/README.md`, and files against each other: no large circle of imports, and HTTP in the
//! service where it belongs alone.

mod circles;
mod crates;
mod http;
mod source;
mod table;

use std::fs;

use self::source::Modules;
use crate::place::Place;
use crate::run::TaskError;

/// Compares and prints what breaks a layer.
///
/// # Errors
/// When something breaks a layer, or a crate has none.
pub(crate) fn command(place: &Place, arguments: &[String]) -> Result<(), TaskError> {
    if !arguments.is_empty() {
        return Err(TaskError::usage("layers takes no arguments"));
    }
    check(place)
}

/// Compares every crate and every file.
///
/// # Errors
/// When something breaks a layer, or a crate has none.
pub(crate) fn check(place: &Place) -> Result<(), TaskError> {
    let page = place.path("src/README.md");
    let text = fs::read_to_string(&page).map_err(|error| TaskError::file(&page, &error))?;
    let layers = table::read(&text)?;
    let (builds, mut breaches) = crates::check(place, &layers)?;
    println!("{} crates in {builds} builds are compared with src/README.md", layers.len());
    let mut largest = Vec::new();
    for layer in &layers {
        let modules = Modules::read(&place.path(&format!("src/{}", layer.folder())))?;
        let (files, found) = circles::check(&layer.package(), &modules);
        largest.push(format!("{} {files}", layer.package()));
        breaches.extend(found);
        if layer.package() == "kaoping-service" {
            breaches.extend(http::breaches(&modules));
        }
    }
    println!("files in the largest circle of imports: {}", largest.join(", "));
    if breaches.is_empty() { Ok(()) } else { Err(TaskError::failed(breaches.join("\n"))) }
}
