//! `cargo xtask sizes`: what a browser loads for each page of a release, raw and brotli.

use super::build;
use crate::place::Place;
use crate::run::{self, TaskError};

/// Builds the pages and prints their sizes.
///
/// # Errors
/// When a build fails or a page is over its limit.
pub(crate) fn command(place: &Place, arguments: &[String]) -> Result<(), TaskError> {
    if !arguments.is_empty() {
        return Err(TaskError::usage("sizes takes no arguments"));
    }
    build::released_pages(place)?;
    let mut sizes = place.command("node");
    sizes.current_dir(place.path("www")).arg("sizes.mjs").env(build::RELEASED_PAGES, build::released(place));
    run::loud(sizes)
}
