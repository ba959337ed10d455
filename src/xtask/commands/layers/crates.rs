//! Every crate's normal dependencies against its layer: what Cargo links, for the machine and for
//! wasm, and for the browser's crate one entry point at a time.

use std::collections::BTreeSet;

use super::table::{BuiltFor, Layer};
use crate::commands::build::FACES;
use crate::place::Place;
use crate::run::{self, TaskError};

const WASM: &str = "wasm32-unknown-unknown";

/// The number of builds, and what breaks a layer in any of them.
///
/// # Errors
/// When Cargo fails.
pub(super) fn check(place: &Place, layers: &[Layer]) -> Result<(usize, Vec<String>), TaskError> {
    let members = tree(place, &["--workspace", "--depth", "0"])?;
    let known: BTreeSet<String> = layers.iter().map(Layer::package).collect();
    let mut breaches: Vec<String> = members
        .symmetric_difference(&known)
        .map(|package| format!("{package}: in the workspace or in the table of layers, not in both"))
        .collect();
    let mut builds = 0;
    for layer in layers {
        for (name, arguments) in layer.builds() {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let below = tree(place, &arguments)?;
            let direct = tree(place, &[arguments.as_slice(), &["--depth", "1"]].concat())?;
            breaches.extend(layer.breaches(&direct, &below).into_iter().map(|breach| format!("{name}: {breach}")));
            builds += 1;
        }
    }
    Ok((builds, breaches))
}

impl Layer {
    /// A name and Cargo's arguments for each build of the crate.
    fn builds(&self) -> Vec<(String, Vec<String>)> {
        let package = self.package();
        let with = |more: &[&str]| {
            let arguments = ["--package", &package].into_iter().chain(more.iter().copied());
            arguments.map(str::to_owned).collect::<Vec<_>>()
        };
        match self.built_for {
            BuiltFor::Machine => vec![(package.clone(), with(&[]))],
            BuiltFor::Both => {
                vec![(package.clone(), with(&[])), (format!("{package} for wasm"), with(&["--target", WASM]))]
            }
            BuiltFor::EntryPoints => FACES
                .iter()
                .map(|face| {
                    let arguments = with(&["--target", WASM, "--no-default-features", "--features", face]);
                    (format!("{package}, entry point {face}"), arguments)
                })
                .collect(),
        }
    }

    /// The crates among `direct` and `below` that this layer must not use.
    fn breaches(&self, direct: &BTreeSet<String>, below: &BTreeSet<String>) -> Vec<String> {
        let ours = below
            .iter()
            .filter(|name| name.starts_with("kaoping") && **name != self.package())
            .filter(|name| !self.uses.contains(name))
            .map(|name| format!("must not depend on {name}"));
        let named = |groups: &[&'static [&'static str]], among: &BTreeSet<String>| {
            groups.concat().into_iter().filter(|name| among.contains(*name)).collect::<Vec<_>>()
        };
        let anywhere = named(&self.never, below).into_iter().map(|name| format!("has {name} below it"));
        let itself = named(&self.never_itself, direct).into_iter().map(|name| format!("names {name} itself"));
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
    use super::super::table;
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn breaches(package: &str, direct: &[&str], below: &[&str]) -> Vec<String> {
        let layers = table::read(include_str!("../../../README.md")).expect("the table of layers");
        let layer = layers.iter().find(|layer| layer.package() == package).expect("a layer");
        layer.breaches(&set(direct), &set(below))
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
            ["must not depend on kaoping-engine"]
        );
    }

    // The service depends on drivers through the store; naming one would put SQL into it.
    #[test]
    fn the_service_may_stand_on_a_driver_but_not_name_it() {
        let below = ["kaoping-service", "kaoping-store", "rusqlite"];
        assert!(breaches("kaoping-service", &["kaoping-store"], &below).is_empty());
        assert_eq!(breaches("kaoping-service", &["kaoping-store", "rusqlite"], &below), ["names rusqlite itself"]);
    }
}
