//! `cargo xtask layers`: compares every crate's normal dependencies with its layer.
//!
//! The table below is the one in `src/README.md`. It is compared with what Cargo links, for the machine and for wasm,
//! and for the browser's crate face by face.

use std::collections::BTreeSet;

use super::build::FACES;
use crate::place::Place;
use crate::run::{self, TaskError};

const ASYNC: &[&str] = &["tokio", "async-std", "smol", "futures-executor"];
const BROWSER: &[&str] = &["wasm-bindgen", "js-sys", "web-sys"];
const CLOCK: &[&str] = &["chrono", "jiff", "web-time", "instant"];
const DRIVERS: &[&str] = &["rusqlite", "libsqlite3-sys", "tokio-postgres", "deadpool-postgres", "sqlx", "diesel"];
const HTTP: &[&str] = &["axum", "hyper", "reqwest", "ureq"];
const RANDOM: &[&str] = &["getrandom", "rand"];
const BROWSER_STORAGE: &[&str] = &["web-sys", "gloo", "rexie", "indexed_db_futures"];

const WASM: &str = "wasm32-unknown-unknown";

/// A crate's place in the house.
struct Layer {
    package: &'static str,
    /// Crates of this workspace that it may name.
    uses: &'static [&'static str],
    /// Crates that stand nowhere below it.
    never: &'static [&'static [&'static str]],
    /// Crates that it doesn't name itself, though a layer below may.
    never_itself: &'static [&'static [&'static str]],
    /// Whether it is also built for wasm.
    wasm: bool,
    /// Features that are built one at a time.
    faces: &'static [&'static str],
}

const LAYERS: [Layer; 9] = [
    Layer {
        package: "kaoping-record",
        uses: &[],
        never: &[ASYNC, BROWSER, CLOCK, DRIVERS, HTTP, RANDOM],
        never_itself: &[],
        wasm: true,
        faces: &[],
    },
    Layer {
        package: "kaoping-engine",
        uses: &["kaoping-record"],
        never: &[ASYNC, BROWSER, CLOCK, DRIVERS, HTTP, RANDOM],
        never_itself: &[],
        wasm: true,
        faces: &[],
    },
    Layer {
        package: "kaoping-keys",
        uses: &["kaoping-record"],
        never: &[BROWSER, DRIVERS, HTTP],
        never_itself: &[],
        wasm: false,
        faces: &[],
    },
    Layer {
        package: "kaoping-wasm",
        uses: &["kaoping-engine", "kaoping-record"],
        never: &[ASYNC, BROWSER_STORAGE, CLOCK, DRIVERS, HTTP],
        never_itself: &[],
        wasm: true,
        faces: &FACES,
    },
    Layer {
        package: "kaoping-store",
        uses: &["kaoping-record"],
        never: &[BROWSER, HTTP],
        never_itself: &[],
        wasm: false,
        faces: &[],
    },
    Layer {
        package: "kaoping-files",
        uses: &["kaoping-engine", "kaoping-record"],
        never: &[ASYNC, BROWSER, DRIVERS, HTTP],
        never_itself: &[],
        wasm: false,
        faces: &[],
    },
    Layer {
        package: "kaoping-service",
        uses: &["kaoping-engine", "kaoping-files", "kaoping-keys", "kaoping-record", "kaoping-store"],
        never: &[BROWSER],
        never_itself: &[DRIVERS],
        wasm: false,
        faces: &[],
    },
    Layer {
        package: "kaoping",
        uses: &[
            "kaoping-engine",
            "kaoping-files",
            "kaoping-keys",
            "kaoping-record",
            "kaoping-service",
            "kaoping-store",
        ],
        never: &[BROWSER],
        never_itself: &[DRIVERS],
        wasm: false,
        faces: &[],
    },
    Layer {
        package: "xtask",
        uses: &[],
        never: &[ASYNC, BROWSER, DRIVERS, HTTP],
        never_itself: &[],
        wasm: false,
        faces: &[],
    },
];

/// Compares and prints what breaks a layer.
///
/// # Errors
/// When a dependency breaks a layer, or a crate has none.
pub(crate) fn command(place: &Place, arguments: &[String]) -> Result<(), TaskError> {
    if !arguments.is_empty() {
        return Err(TaskError::usage("layers takes no arguments"));
    }
    check(place)
}

/// Compares every build of every crate with the table.
///
/// # Errors
/// When a dependency breaks a layer, or a crate has none.
pub(crate) fn check(place: &Place) -> Result<(), TaskError> {
    let members = tree(place, &["--workspace", "--depth", "0"])?;
    let known: BTreeSet<String> = LAYERS.iter().map(|layer| layer.package.to_owned()).collect();
    let mut breaches: Vec<String> = members
        .symmetric_difference(&known)
        .map(|package| format!("{package}: in the workspace or in the table of layers, not in both"))
        .collect();
    let mut builds = 0_usize;
    for layer in &LAYERS {
        for (name, arguments) in layer.builds() {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let below = tree(place, &arguments)?;
            let direct = tree(place, &[arguments.as_slice(), &["--depth", "1"]].concat())?;
            breaches.extend(layer.breaches(&direct, &below).into_iter().map(|breach| format!("{name}: {breach}")));
            builds += 1;
        }
    }
    if breaches.is_empty() {
        println!("{} crates in {builds} builds keep their layers", LAYERS.len());
        return Ok(());
    }
    Err(TaskError::failed(breaches.join("\n")))
}

impl Layer {
    /// A name and Cargo's arguments for each build of the crate.
    fn builds(&self) -> Vec<(String, Vec<String>)> {
        let package = || vec!["--package".to_owned(), self.package.to_owned()];
        let mut builds = Vec::new();
        if self.faces.is_empty() {
            builds.push((self.package.to_owned(), package()));
        }
        if self.wasm && self.faces.is_empty() {
            let mut arguments = package();
            arguments.extend(["--target".to_owned(), WASM.to_owned()]);
            builds.push((format!("{} for wasm", self.package), arguments));
        }
        for face in self.faces {
            let mut arguments = package();
            arguments.extend(["--target", WASM, "--no-default-features", "--features", face].map(str::to_owned));
            builds.push((format!("{}, face {face}", self.package), arguments));
        }
        builds
    }

    /// What of `direct` and of everything `below` doesn't belong into this layer.
    fn breaches(&self, direct: &BTreeSet<String>, below: &BTreeSet<String>) -> Vec<String> {
        let names = |groups: &[&[&'static str]]| groups.concat();
        let ours = below
            .iter()
            .filter(|name| name.starts_with("kaoping") && *name != self.package)
            .filter(|name| !self.uses.contains(&name.as_str()))
            .map(|name| format!("may not stand on {name}"));
        let anywhere = names(self.never)
            .into_iter()
            .filter(|name| below.contains(*name))
            .map(|name| format!("has {name} below it"));
        let itself = names(self.never_itself)
            .into_iter()
            .filter(|name| direct.contains(*name))
            .map(|name| format!("names {name} itself"));
        ours.chain(anywhere).chain(itself).collect()
    }
}

/// The names of the packages that Cargo links, without those that only run at compile time.
fn tree(place: &Place, arguments: &[&str]) -> Result<BTreeSet<String>, TaskError> {
    let mut cargo = place.command("cargo");
    cargo
        .args(["tree", "--quiet", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"])
        .args(arguments);
    let text = run::output(cargo)?;
    Ok(text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn breaches(package: &str, direct: &[&str], below: &[&str]) -> Vec<String> {
        LAYERS
            .iter()
            .filter(|layer| layer.package == package)
            .flat_map(|layer| layer.breaches(&set(direct), &set(below)))
            .collect()
    }

    // A clock or randomness of its own would make the engine's replay differ from what happened.
    #[test]
    fn the_engine_may_not_reach_randomness_through_another_crate() {
        assert_eq!(
            breaches(
                "kaoping-engine",
                &["kaoping-record", "uuid"],
                &["kaoping-engine", "kaoping-record", "uuid", "getrandom"],
            ),
            ["has getrandom below it"]
        );
    }

    #[test]
    fn a_layer_above_is_refused() {
        assert_eq!(
            breaches("kaoping-record", &["kaoping-engine"], &["kaoping-record", "kaoping-engine"]),
            ["may not stand on kaoping-engine"]
        );
    }

    // The service stands on drivers through the store; naming one would put SQL into it.
    #[test]
    fn the_service_may_stand_on_a_driver_but_not_name_it() {
        let below = ["kaoping-service", "kaoping-store", "rusqlite"];
        assert!(breaches("kaoping-service", &["kaoping-store"], &below).is_empty());
        assert_eq!(breaches("kaoping-service", &["kaoping-store", "rusqlite"], &below), ["names rusqlite itself"]);
    }
}
