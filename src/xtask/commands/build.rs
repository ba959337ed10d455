//! `cargo xtask build`: the wasm faces, then the pages, then the program that embeds them.

use crate::place::{Place, WASM_BINDGEN, WASM_PACK};
use crate::run::{self, Done, TaskError};
use crate::stamp::Stamp;
use std::fs;

/// The users of wasm, each with an artifact of its own: features of the same name in `src/wasm`.
pub(crate) const FACES: [&str; 5] = ["candidate", "examiner", "ceremony", "verify", "audit"];

/// The verify page as one HTML file, for disks and USB sticks.
const ONE_FILE: &str = "www/dist/verify/kaoping-verify.html";

/// Reads the arguments and builds.
///
/// # Errors
/// When a face is unknown or a build fails.
pub(crate) fn command(place: &Place, arguments: &[String]) -> Result<(), TaskError> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => everything(place, Extent::Program),
        ["--faces", names] => {
            println!("build");
            names.split(',').try_for_each(|name| face(place, name))
        }
        _ => Err(TaskError::usage("build takes `--faces NAME,NAME`")),
    }
}

/// How much Rust to build.
#[derive(Clone, Copy)]
pub(crate) enum Extent {
    /// The program, and the demo that runs it.
    Program,
    /// The program and every test, with one choice of features, so that no dependency is built twice in a test run.
    Workspace,
}

impl Extent {
    /// Cargo's arguments.
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Program => {
                &["--package", "kaoping", "--package", "kaoping-demo", "--features", "kaoping/pages,kaoping/pkcs11"]
            }
            Self::Workspace => &["--workspace", "--features", "kaoping/pages,kaoping/pkcs11"],
        }
    }
}

/// Builds what changed: faces, pages, and the program that embeds them.
///
/// # Errors
/// When a build fails.
pub(crate) fn everything(place: &Place, extent: Extent) -> Result<(), TaskError> {
    pages(place)?;
    let mut cargo = place.command("cargo");
    cargo.arg("build").args(extent.arguments());
    if matches!(extent, Extent::Workspace) {
        cargo.arg("--all-targets");
    }
    run::loud(cargo)
}

/// Builds the faces and pages that changed, into `www/dist`.
///
/// # Errors
/// When a build fails.
pub(crate) fn pages(place: &Place) -> Result<(), TaskError> {
    faces(place)?;
    run::step("pages", || {
        let inputs = [place.path("www")];
        let stamp = Stamp::of(place.target("xtask/pages.stamp"), &inputs, &[])?;
        if stamp.is_current() && place.path("www/dist/index.html").is_file() && place.path(ONE_FILE).is_file() {
            return Ok(Done::Already);
        }
        let mut vite = place.command("npm");
        vite.current_dir(place.path("www")).args(["run", "build"]);
        run::quiet(place, "pages", vite)?;
        stamp.keep()?;
        Ok(Done::Now)
    })?;
    say_one_file(place)
}

/// Prints size and SHA-256 of the verify page as one file, so that whoever hands it out can publish them.
fn say_one_file(place: &Place) -> Result<(), TaskError> {
    let page = place.path(ONE_FILE);
    let size = fs::metadata(&page).map_err(|error| TaskError::file(&page, &error))?.len();
    let beside = place.path(&format!("{ONE_FILE}.sha256"));
    let digest = fs::read_to_string(&beside).map_err(|error| TaskError::file(&beside, &error))?;
    println!("  {ONE_FILE}: {size} bytes, SHA-256 {}", digest.split_whitespace().next().unwrap_or_default());
    Ok(())
}

/// Builds the faces that changed, each into `www/shared/engine/pkg/FACE`.
///
/// # Errors
/// When a build fails.
pub(crate) fn faces(place: &Place) -> Result<(), TaskError> {
    println!("build");
    FACES.iter().try_for_each(|name| face(place, name))
}

/// A page is loaded for its first use and should be small; an audit draws thousands of papers and should be fast.
fn profile(face: &str) -> &'static str {
    if face == "audit" { "wasm-fast" } else { "wasm" }
}

/// Builds one face if it changed.
///
/// # Errors
/// When there is no such face, or its build fails.
pub(crate) fn face(place: &Place, name: &str) -> Result<(), TaskError> {
    if !FACES.contains(&name) {
        return Err(TaskError::usage(format!("`{name}` is not a face: there are {}", FACES.join(", "))));
    }
    run::step(&format!("wasm face {name}"), || {
        let inputs = ["Cargo.toml", "Cargo.lock", "src/record", "src/engine", "src/wasm"].map(|path| place.path(path));
        let words = [name, WASM_BINDGEN, WASM_PACK];
        let stamp = Stamp::of(place.target(&format!("xtask/{name}.stamp")), &inputs, &words)?;
        let folder = place.path("www/shared/engine/pkg").join(name);
        if stamp.is_current() && folder.join(format!("{name}_bg.wasm")).is_file() {
            return Ok(Done::Already);
        }
        let mut pack = place.command("wasm-pack");
        pack.args(["build", "src/wasm", "--mode", "no-install"])
            .args(["--no-pack", "--no-gitignore", "--target", "web", "--profile", profile(name)])
            .arg("--out-dir")
            .arg(&folder)
            .args(["--out-name", name, "--features", name]);
        run::quiet(place, &format!("face-{name}"), pack)?;
        stamp.keep()?;
        Ok(Done::Now)
    })
}
