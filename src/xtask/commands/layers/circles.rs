//! No import circle of more than three files in any crate: who reads one file of a circle has to read them all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::source::Modules;

/// Files that may import each other in one circle: a type, its parts and its check.
const LARGEST: usize = 3;

/// The largest circle of a crate, and a breach for each that is too large.
pub(super) fn check(package: &str, modules: &Modules) -> (usize, Vec<String>) {
    let circles = circles(&modules.arrows());
    let largest = circles.iter().map(BTreeSet::len).max().unwrap_or(1);
    let breaches = circles.into_iter().filter(|circle| circle.len() > LARGEST).map(|circle| {
        let names: Vec<String> = circle.iter().map(|file| file.display().to_string()).collect();
        format!("{package}: {} files import each other in a circle: {}", circle.len(), names.join(" "))
    });
    (largest, breaches.collect())
}

/// The groups of files of which each reaches every other.
fn circles<'a>(arrows: &BTreeMap<&'a Path, BTreeSet<&'a Path>>) -> Vec<BTreeSet<&'a Path>> {
    let reached: BTreeMap<&Path, BTreeSet<&Path>> = arrows.keys().map(|file| (*file, reached(file, arrows))).collect();
    let reaches = |from: &Path, to: &Path| reached.get(from).is_some_and(|all| all.contains(to));
    let mut circles: Vec<BTreeSet<&Path>> = Vec::new();
    for file in arrows.keys() {
        if reaches(file, file) && !circles.iter().any(|circle| circle.contains(file)) {
            circles.push(arrows.keys().copied().filter(|other| reaches(file, other) && reaches(other, file)).collect());
        }
    }
    circles
}

/// Every file that can be reached from one by one or more arrows.
fn reached<'a>(from: &Path, arrows: &BTreeMap<&'a Path, BTreeSet<&'a Path>>) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&Path> = arrows.get(from).into_iter().flatten().copied().collect();
    while let Some(next) = waiting.pop() {
        if reached.insert(next) {
            waiting.extend(arrows.get(next).into_iter().flatten());
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    // Two circles that share no file are not one, and a file that only looks into a circle is not of it.
    #[test]
    fn circles_are_found() {
        let arrows = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("e", "f"), ("f", "e"), ("c", "e")];
        let mut graph: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
        for (from, to) in arrows {
            graph.entry(Path::new(from)).or_default().insert(Path::new(to));
        }
        let found: Vec<Vec<&str>> =
            circles(&graph).iter().map(|circle| circle.iter().filter_map(|file| file.to_str()).collect()).collect();
        assert_eq!(found, [vec!["a", "b", "c"], vec!["e", "f"]]);
    }
}
