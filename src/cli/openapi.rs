//! `kaoping openapi`: the API's description.

use super::Outcome;
use kaoping_service::router::openapi;
use std::process::ExitCode;

pub(super) fn run() -> Outcome {
    println!("{}", openapi().to_pretty_json()?);
    Ok(ExitCode::SUCCESS)
}
