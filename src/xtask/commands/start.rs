//! `cargo xtask start`: everything from a fresh clone to a running demo batch.

use std::os::unix::process::CommandExt;

use super::build;
use super::setup::{self, Purpose};
use crate::place::Place;
use crate::run::TaskError;

/// Sets up, builds, and becomes `kaoping-demo` with the same arguments, so signals and exit code are its own.
///
/// # Errors
/// When set-up or build fails, or the program can't be run.
pub(crate) fn command(place: &Place, arguments: &[String]) -> Result<(), TaskError> {
    setup::set_up(place, Purpose::Start)?;
    build::everything(place)?;
    let error = place.command(place.demo()).args(arguments).exec();
    Err(TaskError::failed(format!("{}: {error}", place.demo().display())))
}
