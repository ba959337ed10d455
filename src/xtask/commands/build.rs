//! `cargo xtask build`: the wasm packages, then the pages, then the program that embeds them.

use crate::place::Place;
use crate::run::{self, Done, TaskError};
use crate::stamp::{self, Stamp};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The users of wasm, each with an artifact of its own: features of the same name in `src/wasm`.
pub(crate) const FACES: [&str; 5] = ["candidate", "examiner", "ceremony", "verify", "audit"];

/// The faces that draw or check whole batches.
const FAST_FACES: [&str; 2] = ["verify", "audit"];

/// How Cargo builds these for speed instead of size. No other face shares their engine, which has
/// features of its own.
const FAST: [&str; 1] = ["profile.wasm.package.kaoping-engine.opt-level=2"];

/// How small wasm-opt makes what a release ships. It takes as long as all other steps: for a first
/// look and for most tests the modules stay as they are linked.
const RELEASED: &str = "-Oz";

/// The variable that names the folder of the released wasm packages for the pages' build and tests.
pub(crate) const RELEASED_PAGES: &str = "KAOPING_RELEASED";

const WASM: &str = "wasm32-unknown-unknown";

/// The verify page as one HTML file, for disks and USB sticks.
const ONE_FILE: &str = "verify/kaoping-verify.html";

/// Reads the arguments and builds.
///
/// # Errors
/// When a face is unknown or a build fails.
pub(crate) fn command(place: &Place, arguments: &[String]) -> Result<(), TaskError> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => everything(place),
        ["--release"] => release(place),
        ["--faces", names] => {
            println!("build");
            names.split(',').try_for_each(|name| face(place, name))
        }
        _ => Err(TaskError::usage("build takes `--release` or `--faces NAME,NAME`")),
    }
}

/// Cargo's arguments for the program with its pages, and the demo that runs it.
pub(crate) const PROGRAMS: [&str; 6] =
    ["--package", "kaoping", "--package", "kaoping-demo", "--features", "kaoping/pages,kaoping/pkcs11"];
/// Cargo's arguments for every crate and its tests. They need no pages.
pub(crate) const TESTED: [&str; 3] = ["--workspace", "--features", "kaoping/pkcs11"];

/// Builds what changed: wasm packages, pages, and the program that embeds them.
///
/// # Errors
/// When a build fails.
pub(crate) fn everything(place: &Place) -> Result<(), TaskError> {
    pages(place)?;
    let mut cargo = place.command("cargo");
    cargo.arg("build").args(PROGRAMS);
    run::loud(cargo)
}

/// Builds what is shipped: the program in the release profile, with the pages as released.
///
/// # Errors
/// When a build fails.
fn release(place: &Place) -> Result<(), TaskError> {
    released_pages(place)?;
    let (made, dist) = (released(place).join("dist"), place.path("www/dist"));
    let file = |error: &std::io::Error| TaskError::file(&dist, error);
    if dist.exists() {
        fs::remove_dir_all(&dist).map_err(|error| file(&error))?;
    }
    for source in stamp::files(&made)? {
        let copy = dist.join(source.strip_prefix(&made).unwrap_or(&source));
        fs::create_dir_all(copy.parent().unwrap_or(&dist)).map_err(|error| file(&error))?;
        fs::copy(&source, &copy).map_err(|error| file(&error))?;
    }
    // The next `start` has to make its own pages again.
    let stamp = place.target("xtask/pages.stamp");
    if stamp.exists() {
        fs::remove_file(&stamp).map_err(|error| TaskError::file(&stamp, &error))?;
    }
    let mut cargo = place.command("cargo");
    cargo.args(["build", "--release", "--package", "kaoping", "--features", "kaoping/pages,kaoping/pkcs11"]);
    run::loud(cargo)?;
    println!("{}", place.target("release/kaoping").display());
    Ok(())
}

/// Builds the wasm packages and pages that changed, into `www/dist`.
///
/// # Errors
/// When a build fails.
pub(crate) fn pages(place: &Place) -> Result<(), TaskError> {
    faces(place)?;
    run::step("pages", || {
        let stamp = Stamp::of(place.target("xtask/pages.stamp"), &[place.path("www")], &[])?;
        let dist = place.path("www/dist");
        if stamp.is_current() && dist.join("index.html").is_file() && dist.join(ONE_FILE).is_file() {
            return Ok(Done::Already);
        }
        run::quiet(place, "pages", vite(place))?;
        stamp.keep()?;
        Ok(Done::Now)
    })
}

/// Builds the pages as a release ships them, into `target/xtask/released/dist`, and says what the
/// page of one file is.
///
/// # Errors
/// When a build fails.
pub(crate) fn released_pages(place: &Place) -> Result<(), TaskError> {
    println!("build");
    FACES.iter().try_for_each(|name| released_face(place, name))?;
    let released = released(place);
    run::step("pages, as released", || {
        let inputs = [place.path("www"), released.join("pkg")];
        let stamp = Stamp::of(place.target("xtask/pages-released.stamp"), &inputs, &[])?;
        if stamp.is_current() && released.join("dist").join(ONE_FILE).is_file() {
            return Ok(Done::Already);
        }
        let mut vite = vite(place);
        vite.env(RELEASED_PAGES, &released);
        run::quiet(place, "pages-released", vite)?;
        stamp.keep()?;
        Ok(Done::Now)
    })?;
    say_one_file(&released.join("dist").join(ONE_FILE))
}

fn vite(place: &Place) -> Command {
    let mut vite = place.command("npm");
    vite.current_dir(place.path("www")).args(["run", "build"]);
    vite
}

/// Prints size and SHA-256 of the verify page as one file, so that the organization can publish
/// them.
fn say_one_file(page: &Path) -> Result<(), TaskError> {
    let size = fs::metadata(page).map_err(|error| TaskError::file(page, &error))?.len();
    let beside = page.with_extension("html.sha256");
    let digest = fs::read_to_string(&beside).map_err(|error| TaskError::file(&beside, &error))?;
    let digest = digest.split_whitespace().next().unwrap_or_default();
    println!("  {}: {size} bytes, SHA-256 {digest}", page.display());
    Ok(())
}

/// Builds the wasm packages that changed, each into `www/shared/engine/pkg/FACE`.
///
/// # Errors
/// When a build fails.
pub(crate) fn faces(place: &Place) -> Result<(), TaskError> {
    println!("build");
    FACES.iter().try_for_each(|name| face(place, name))
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
        let folder = place.path("www/shared/engine/pkg").join(name);
        let stamp = Stamp::of(place.target(&format!("xtask/{name}.stamp")), &wasm_sources(place), &[name])?;
        if stamp.is_current() && folder.join(format!("{name}_bg.wasm")).is_file() {
            return Ok(Done::Already);
        }
        let mut cargo = place.command("cargo");
        cargo.args(["build", "--package", "kaoping-wasm", "--lib", "--profile", "wasm", "--target", WASM]).args([
            "--no-default-features",
            "--features",
            name,
        ]);
        if FAST_FACES.contains(&name) {
            cargo.args(FAST.into_iter().flat_map(|setting| ["--config", setting]));
        }
        run::quiet(place, &format!("face-{name}"), cargo)?;
        let mut bindgen = place.command("cargo");
        bindgen.args(["run", "--package", "kaoping-bindgen", "--"]);
        bindgen.arg(place.target(&format!("{WASM}/wasm/kaoping_wasm.wasm"))).arg(name).arg(&folder);
        run::quiet(place, &format!("bindgen-{name}"), bindgen)?;
        stamp.keep()?;
        Ok(Done::Now)
    })
}

fn wasm_sources(place: &Place) -> [PathBuf; 6] {
    ["Cargo.toml", "Cargo.lock", "src/record", "src/engine", "src/wasm", "src/bindgen"].map(|path| place.path(path))
}

/// Makes one face as a release ships it, in `target/xtask/released/pkg`: the built one, made small.
///
/// # Errors
/// When there is no such face, or its build fails.
pub(crate) fn released_face(place: &Place, name: &str) -> Result<(), TaskError> {
    face(place, name)?;
    run::step(&format!("wasm face {name}, as released"), || {
        let built = place.path("www/shared/engine/pkg").join(name);
        let folder = released(place).join("pkg").join(name);
        let stamp = Stamp::of(
            place.target(&format!("xtask/{name}-released.stamp")),
            std::slice::from_ref(&built),
            &[RELEASED],
        )?;
        let module = format!("{name}_bg.wasm");
        if stamp.is_current() && folder.join(&module).is_file() {
            return Ok(Done::Already);
        }
        fs::create_dir_all(&folder).map_err(|error| TaskError::file(&folder, &error))?;
        for file in stamp::files(&built)? {
            let copy = folder.join(file.file_name().unwrap_or_default());
            fs::copy(&file, &copy).map_err(|error| TaskError::file(&file, &error))?;
        }
        let mut small = place.command("wasm-opt");
        small.arg(RELEASED).arg(built.join(&module)).arg("--output").arg(folder.join(&module));
        run::quiet(place, &format!("wasm-opt-{name}"), small)?;
        stamp.keep()?;
        Ok(Done::Now)
    })
}

/// The folder of wasm packages and pages as a release ships them.
pub(crate) fn released(place: &Place) -> PathBuf {
    place.target("xtask/released")
}
