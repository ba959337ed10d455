//! `cargo xtask bench`: what is measured. One file a suite; without a name all suites run, one after the other.

mod audit;
mod draw;
mod openssl;
mod records;
mod release;
mod table;
mod wasm;

use crate::commands::setup::{self, Purpose};
use crate::place::Place;
use crate::run::TaskError;

type Suite = fn(&Place) -> Result<(), TaskError>;

const SUITES: [(&str, Suite); 5] = [
    ("release", release::suite),
    ("draw", draw::suite),
    ("audit", audit::suite),
    ("wasm", wasm::suite),
    ("records", records::suite),
];

/// Runs the named suites.
///
/// # Errors
/// For a name that no suite has, and whatever a suite returns.
pub(crate) fn command(place: &Place, names: &[String]) -> Result<(), TaskError> {
    for name in names {
        if SUITES.iter().all(|(suite, _)| suite != name) {
            let known: Vec<&str> = SUITES.iter().map(|(suite, _)| *suite).collect();
            return Err(TaskError::usage(format!("`{name}` is no suite: {}", known.join(", "))));
        }
    }
    setup::set_up(place, Purpose::Test)?;
    let chosen = |suite: &str| names.is_empty() || names.iter().any(|name| name == suite);
    SUITES.iter().filter(|(suite, _)| chosen(suite)).try_for_each(|(_, run)| run(place))
}
